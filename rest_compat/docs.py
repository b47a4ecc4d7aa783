"""The description of the routes, for programs and, as a page without any script, for people."""

import json
from collections.abc import Iterable, Sequence
from functools import cache
from html import escape
from pathlib import Path
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from api.middleware import PAGE_POLICY
from api.texts import Locale
from rest_compat import reply
from rest_compat.body import JsonObject
from rest_compat.descriptions import CREDENTIALS, ERRORS, SAMPLES, TITLE, Told
from rest_compat.openapi import describe
from rest_compat.operations import Operation, ReadOnly, locale_of

STYLE: Final = Path(__file__).with_name("docs.css").read_text(encoding="utf-8")
_HEADERS: Final = {"cache-control": "public, max-age=300", "vary": "Accept-Language"}

_ROUTES = Told("Endereços", "Routes")
_CREDENTIALS = Told("Credenciais", "Credentials")
_SENT_AS = Told("Envie como", "Send as")
_ERRORS = Told("Erros", "Errors")
_WHO = Told("Quem", "Who")
_ANYONE = Told("qualquer um", "anyone")
_PARAMETERS = Told("Parâmetros", "Parameters")
_BODY = Told("Corpo", "Body")
_ANSWER = Told("Resposta", "Answer")
_REQUIRED = Told("obrigatório", "required")
_FOR_PROGRAMS = Told("A mesma descrição para programas", "The same description for programs")


def documentation(table: Sequence[Operation], root: str) -> list[BaseRoute]:
    """The routes of the description: as JSON, as a page, and the page's stylesheet."""

    @cache
    def description(locale: Locale) -> JsonObject:
        return describe(table, root, locale)

    async def machine(request: Request) -> Response:
        locale = locale_of(request)
        content = json.dumps(description(locale), ensure_ascii=False)
        return Response(content, media_type=reply.JSON, headers=_HEADERS | {"content-language": locale.value})

    async def page(request: Request) -> Response:
        locale = locale_of(request)
        headers = _HEADERS | {"content-language": locale.value, "content-security-policy": PAGE_POLICY}
        return Response(page_of(description(locale), root, locale), media_type="text/html", headers=headers)

    async def style(request: Request) -> Response:
        return Response(STYLE, media_type="text/css", headers=_HEADERS)

    handlers = {"openapi.json": machine, "docs": page, "docs/style.css": style}
    return [
        Route(f"{root}/{path}{slash}", ReadOnly(handler)) for path, handler in handlers.items() for slash in ("", "/")
    ]


def page_of(description: JsonObject, root: str, locale: Locale) -> str:
    """The description as one HTML page."""
    title = escape(TITLE.to(locale))
    operations = [
        (f"{method.upper()} {root}{path}", operation)
        for path, methods in description["paths"].items()
        for method, operation in methods.items()
    ]
    schemas = description["components"]["schemas"]
    introduction = description["info"]["description"].split("\n\n")[0]
    return "".join(
        [
            f'<!doctype html><html lang="{locale.value}"><head><meta charset="utf-8"><title>{title}</title>',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            '<meta name="color-scheme" content="light dark">',
            f'<link rel="icon" href="data:,"><link rel="stylesheet" href="{root}/docs/style.css"></head><body>',
            f"<header><h1>{title}</h1><p>{escape(introduction)}</p>",
            f'<p>{_FOR_PROGRAMS.to(locale)}: <a href="{root}/openapi.json">openapi.json</a></p></header>',
            _contents(operations, locale),
            "<main>",
            _credentials(locale),
            *(_operation(address, operation, schemas, locale) for address, operation in operations),
            _errors(locale),
            "</main></body></html>",
        ]
    )


def _contents(operations: Sequence[tuple[str, JsonObject]], locale: Locale) -> str:
    items = "".join(
        f'<li><a href="#{operation["operationId"]}"><code>{escape(address)}</code></a> '
        f"{escape(operation['summary'])}</li>"
        for address, operation in operations
    )
    return f"<nav><h2>{_ROUTES.to(locale)}</h2><ul>{items}</ul></nav>"


def _credentials(locale: Locale) -> str:
    rows = "".join(
        f"<dt><code>{name}</code></dt><dd>{escape(told.to(locale))}</dd>" for name, told in CREDENTIALS.items()
    )
    send = f"<p>{_SENT_AS.to(locale)} <code>Authorization: Bearer …</code></p>"
    return f"<section><h2>{_CREDENTIALS.to(locale)}</h2>{send}<dl>{rows}</dl></section>"


def _operation(address: str, operation: JsonObject, schemas: JsonObject, locale: Locale) -> str:
    method, path = address.split(" ", 1)
    who = ", ".join(next(iter(need), _ANYONE.to(locale)) for need in operation["security"])
    parts = [
        f'<section id="{operation["operationId"]}"><h2>{escape(operation["summary"])}</h2>',
        f'<p class="address"><b>{method}</b> <code>{escape(path)}</code></p>',
        f"<p>{escape(operation['description'])}</p><p>{_WHO.to(locale)}: {escape(who)}</p>",
        _fields(_PARAMETERS, _parameters(operation), locale),
    ]
    if "requestBody" in operation:
        body = operation["requestBody"]["content"][reply.JSON]
        schema = schemas[body["schema"]["$ref"].rsplit("/", 1)[1]]
        parts += [_fields(_BODY, _properties(schema), locale), _sample(body["example"])]
    parts += [_response(status, response, schemas, locale) for status, response in operation["responses"].items()]
    return "".join([*parts, "</section>"])


Field = tuple[str, str, bool, str]


def _parameters(operation: JsonObject) -> Iterable[Field]:
    for one in operation["parameters"]:
        yield one["name"], _kind(one["schema"]), one.get("required", False), one.get("description", "")


def _properties(schema: JsonObject) -> Iterable[Field]:
    for name, part in schema.get("properties", {}).items():
        yield name, _kind(part), name in schema.get("required", []), part.get("description", "")


def _kind(schema: JsonObject) -> str:
    """What a value looks like, in a few words."""
    branches = [branch for branch in schema.get("anyOf", []) if branch.get("type") != "null" and "const" not in branch]
    if branches:
        return " | ".join(_kind(branch) for branch in branches)
    if "enum" in schema:
        return " | ".join(schema["enum"])
    if schema.get("type") == "array":
        return f"[{_kind(schema['items'])}]"
    if "$ref" in schema:
        return schema["$ref"].rsplit("/", 1)[1]
    bounds = f" {schema['minimum']}–{schema['maximum']}" if "minimum" in schema else ""
    length = f" ≤ {schema['maxLength']}" if "maxLength" in schema else ""
    return f"{schema.get('format', schema.get('type', ''))}{bounds}{length}"


def _fields(title: Told, fields: Iterable[Field], locale: Locale) -> str:
    rows = [
        f"<dt><code>{escape(name)}</code> <i>{escape(kind)}</i>"
        f"{f' <b>{_REQUIRED.to(locale)}</b>' if needed else ''}</dt><dd>{escape(text)}</dd>"
        for name, kind, needed, text in fields
    ]
    return f"<h3>{title.to(locale)}</h3><dl>{''.join(rows)}</dl>" if rows else ""


def _response(status: str, response: JsonObject, schemas: JsonObject, locale: Locale) -> str:
    if (lines := response["content"].get(reply.CSV)) is not None:
        shown = f'<pre tabindex="0">{escape(lines["example"])}</pre>'
        return f"<h3>{status}</h3><details><summary>CSV</summary>{shown}</details>"
    content = response["content"].get(reply.JSON)
    if content is None:
        codes = response["content"][reply.PROBLEM_JSON]["examples"]
        links = " ".join(f'<a href="#{code}">{code}</a>' for code in codes)
        return f'<p class="problem"><b>{status}</b> {links}</p>'
    schema = content["schema"].get("items", content["schema"])
    fields = _fields(_ANSWER, _properties(schemas[schema["$ref"].rsplit("/", 1)[1]]), locale)
    details = f"<details><summary>JSON</summary>{fields}{_sample(content['example'])}</details>"
    return f"<h3>{status}</h3>{details}"


def _sample(value: Any) -> str:
    return f'<pre tabindex="0">{escape(json.dumps(value, ensure_ascii=False, indent=2))}</pre>' if value else ""


def _errors(locale: Locale) -> str:
    rows = "".join(
        f'<dt id="{code.value}"><code>{code.value}</code> {int(reply.status_of(error))}</dt>'
        f"<dd>{escape(reply.details(error, locale).detail)}</dd>"
        for code, error in SAMPLES.items()
    )
    return f"<section><h2>{_ERRORS.to(locale)}</h2><p>{escape(ERRORS.to(locale))}</p><dl>{rows}</dl></section>"
