"""The description of the routes (OpenAPI 3.1), made from the very table that serves them."""

from collections.abc import Iterable, Sequence
from typing import Any, Final, get_args, get_origin

from pydantic.json_schema import JsonSchemaMode, models_json_schema

from api.auth import COOKIE
from api.errors import AppError
from api.models.enums import Permission, Scope
from api.resolvers.access import Who
from api.texts import Locale
from rest_compat import reply
from rest_compat.body import KEY_LIMIT, KEY_PATTERN, JsonObject
from rest_compat.descriptions import (
    CREDENTIALS,
    DETAILS,
    ERRORS,
    IDEMPOTENCY_KEY,
    INTRODUCTION,
    NOT_JSON,
    SAMPLES,
    SUMMARIES,
    TITLE,
)
from rest_compat.fields import BLANK, SAID
from rest_compat.operations import Operation
from rest_compat.spreadsheet import lines_of

_REF: Final = "#/components/schemas/{model}"


def describe(table: Sequence[Operation], root: str, locale: Locale) -> JsonObject:
    """The whole description, in the reader's language."""
    schemas = _schemas(table, locale)
    paths: JsonObject = {}
    for operation in table:
        paths.setdefault(operation.path, {})[operation.method.lower()] = _operation(operation, schemas, locale)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": TITLE.to(locale),
            "version": "1",
            "description": f"{INTRODUCTION.to(locale)}\n\n{ERRORS.to(locale)}",
        },
        "servers": [{"url": root}],
        "paths": paths,
        "components": {"schemas": schemas, "securitySchemes": _credentials(locale)},
    }


def _schemas(table: Sequence[Operation], locale: Locale) -> JsonObject:
    models: list[tuple[Any, JsonSchemaMode]] = [(reply.ProblemDetails, "serialization")]
    for operation in table:
        models.append((_model(operation.answer), "serialization"))
        models.extend((read, "validation") for read in (operation.body, operation.params) if read is not None)
    _, definitions = models_json_schema(models, ref_template=_REF)
    return {name: _told(schema, locale) for name, schema in definitions["$defs"].items()}


def _told(schema: Any, locale: Locale) -> Any:
    """The same schema, with descriptions in one language and without the titles that only repeat names."""
    if isinstance(schema, list):
        return [_told(part, locale) for part in schema]
    if not isinstance(schema, dict):
        return schema
    found = {
        key: {name: _told(part, locale) for name, part in value.items()}
        if key == "properties"
        else _told(value, locale)
        for key, value in schema.items()
        if key not in ("title", SAID)
    }
    if SAID in schema:
        found["description"] = schema[SAID][0 if locale is Locale.PT_BR else 1]
    if found.get("default", "") is None:
        del found["default"]
    elif "enum" in found and "default" in found:
        found["default"] = str(found["default"]).lower()
    return _narrowed(found)


def _narrowed(schema: JsonObject) -> JsonObject:
    """Put what narrows the type beside it: for an optional field, into the branch that is not null."""
    branches = schema.get("anyOf", [])
    if len(branches) != 2 or branches[1] != {"type": "null"}:
        return schema
    narrower = {
        key: schema.pop(key) for key in ("pattern", "format", "maxLength", "minimum", "maximum") if key in schema
    }
    blank = [{"const": ""}] if schema.pop(BLANK, False) else []
    return schema | {"anyOf": [branches[0] | narrower, *blank, branches[1]]}


def _operation(operation: Operation, schemas: JsonObject, locale: Locale) -> JsonObject:
    found: JsonObject = {
        "operationId": operation.name,
        "summary": SUMMARIES[operation.name].to(locale),
        "description": DETAILS[operation.name].to(locale),
        "parameters": list(_parameters(operation, schemas, locale)),
        "responses": _responses(operation, schemas, locale),
        "security": list(_security(operation)),
    }
    if operation.body is not None:
        schema = schemas[operation.body.__name__]
        found["requestBody"] = {
            "required": bool(schema.get("required")),
            "content": {reply.JSON: {"schema": _ref(operation.body), "example": example(schema, schemas)}},
        }
    return found


def _parameters(operation: Operation, schemas: JsonObject, locale: Locale) -> Iterable[JsonObject]:
    if "{id}" in operation.path:
        yield {"name": "id", "in": "path", "required": True, "schema": {"type": "string", "format": "uuid"}}
    if operation.repeatable:
        yield {
            "name": "Idempotency-Key",
            "in": "header",
            "description": IDEMPOTENCY_KEY.to(locale),
            "schema": {"type": "string", "pattern": KEY_PATTERN, "maxLength": KEY_LIMIT},
        }
    if operation.params is not None:
        for name, schema in schemas[operation.params.__name__]["properties"].items():
            yield {
                "name": name,
                "in": "query",
                "description": schema["description"],
                "schema": _plain(schema),
            }


def _plain(schema: JsonObject) -> JsonObject:
    """A query parameter's schema: it is there or not, but never null."""
    branches = [branch for branch in schema.get("anyOf", []) if branch != {"type": "null"}]
    rest = {key: value for key, value in schema.items() if key not in ("anyOf", "description", "default")}
    rest |= {"default": schema["default"]} if schema.get("default") is not None else {}
    if not branches:
        return rest
    return rest | (branches[0] if len(branches) == 1 else {"type": "string", "anyOf": branches})


def _responses(operation: Operation, schemas: JsonObject, locale: Locale) -> JsonObject:
    successes = [reply.success(created=created) for created in ([False, True] if operation.creates else [False])]
    found: JsonObject = {
        str(int(status)): {"description": status.phrase, "content": _answer(operation, schemas)} for status in successes
    }
    errors: list[AppError] = [SAMPLES[code] for code in operation.codes]
    errors += [NOT_JSON] if operation.body is not None else []
    for error in errors:
        status = reply.status_of(error)
        known = found.setdefault(str(int(status)), _problem_response(error))
        examples = known["content"][reply.PROBLEM_JSON]["examples"]
        examples[error.code.value] = {"value": reply.details(error, locale).model_dump(mode="json", exclude_none=True)}
    return dict(sorted(found.items()))


def _answer(operation: Operation, schemas: JsonObject) -> JsonObject:
    model = _model(operation.answer)
    if operation.media == reply.CSV:
        line = example(schemas[model.__name__], schemas)
        return {reply.CSV: {"schema": {"type": "string"}, "example": lines_of(list(line), [line])}}
    schema, shown = _ref(model), example(schemas[model.__name__], schemas)
    if get_origin(operation.answer) is list:
        schema, shown = {"type": "array", "items": schema}, [shown]
    return {reply.JSON: {"schema": schema, "example": shown}}


def _problem_response(error: AppError) -> JsonObject:
    found: JsonObject = {
        "description": reply.status_of(error).phrase,
        "content": {reply.PROBLEM_JSON: {"schema": _ref(reply.ProblemDetails), "examples": {}}},
    }
    headers = {name: {"schema": {"type": "string"}} for name in reply.headers_of(error) if name in _DOCUMENTED_HEADERS}
    return found | ({"headers": headers} if headers else {})


_DOCUMENTED_HEADERS: Final = ("www-authenticate", "retry-after")


def _security(operation: Operation) -> Iterable[dict[str, list[str]]]:
    """Which credentials open it, as the use case's grants have it."""
    kinds = {_credential(grant) for grant in operation.grants} - {None}
    if operation.public:
        kinds |= {"apiKey"} if operation.method == "POST" else set()
        yield {}
    if "staffToken" in kinds:
        kinds.add("panelCookie")
    yield from ({kind: []} for kind in CREDENTIALS if kind in kinds)


def _credential(grant: object) -> str | None:
    match grant:
        case Who.CUSTOMER:
            return "chatToken"
        case Permission() | Who.STAFF:
            return "staffToken"
        case Scope():
            return "apiKey"
        case _:
            return None


def _credentials(locale: Locale) -> JsonObject:
    found: JsonObject = {
        name: {"type": "http", "scheme": "bearer", "description": told.to(locale)} for name, told in CREDENTIALS.items()
    }
    cookie = {"type": "apiKey", "in": "cookie", "name": COOKIE}
    return found | {"panelCookie": cookie | {"description": CREDENTIALS["panelCookie"].to(locale)}}


def example(schema: JsonObject, schemas: JsonObject) -> Any:
    """A whole object, put together from the examples of its fields; fields that have none are left out."""
    if "$ref" in schema:
        return example(schemas[schema["$ref"].rsplit("/", 1)[1]], schemas)
    if schema.get("examples"):
        return schema["examples"][0]
    if schema.get("type") == "array":
        return [example(schema["items"], schemas)]
    required = schema.get("required", [])
    parts = {name: example(part, schemas) for name, part in schema.get("properties", {}).items()}
    return {name: part for name, part in parts.items() if part not in ({}, None)} | {
        name: None for name in required if parts[name] in ({}, None)
    }


def _model(answer: Any) -> type[reply.Answer]:
    return get_args(answer)[0] if get_origin(answer) is list else answer


def _ref(model: type[Any]) -> JsonObject:
    return {"$ref": _REF.format(model=model.__name__)}
