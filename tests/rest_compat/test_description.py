"""The description of the routes: true, complete, and a page that needs nothing from elsewhere."""

import re
from typing import Any

import httpx2
import jsonschema_rs
import pytest
from starlette.applications import Starlette

from api.middleware import PAGE_POLICY
from api.texts import Locale
from rest_compat.descriptions import DETAILS, SUMMARIES
from rest_compat.openapi import describe
from rest_compat.routes import ROOT, TABLE, routes

DESCRIPTION = describe(TABLE, ROOT, Locale.EN)
OPERATIONS = [
    pytest.param(operation, id=f"{method.upper()} {path}")
    for path, methods in DESCRIPTION["paths"].items()
    for method, operation in methods.items()
]


@pytest.fixture
async def reader() -> Any:
    transport = httpx2.ASGITransport(app=Starlette(routes=routes()))
    async with httpx2.AsyncClient(transport=transport, base_url="http://desk.example/api/v1") as client:
        yield client


def validator(schema: dict[str, Any]) -> Any:
    return jsonschema_rs.validator_for(schema | {"components": DESCRIPTION["components"]})


def test_every_route_is_described_in_both_languages() -> None:
    names = {operation.name for operation in TABLE}
    assert set(SUMMARIES) == set(DETAILS) == names
    portuguese = describe(TABLE, ROOT, Locale.PT_BR)
    for (path, english), (_, other) in zip(DESCRIPTION["paths"].items(), portuguese["paths"].items(), strict=True):
        for method in english:
            assert english[method]["summary"] != other[method]["summary"], path


@pytest.mark.parametrize("operation", OPERATIONS)
def test_examples_are_valid(operation: dict[str, Any]) -> None:
    contents = [response["content"] for response in operation["responses"].values()]
    contents += [operation["requestBody"]["content"]] if "requestBody" in operation else []
    for content in contents:
        for media in content.values():
            shown = [media["example"]] if "example" in media else [one["value"] for one in media["examples"].values()]
            assert shown
            for example in shown:
                validator(media["schema"]).validate(example)


@pytest.mark.parametrize("operation", OPERATIONS)
def test_every_field_says_what_it_is(operation: dict[str, Any]) -> None:
    assert operation["description"].endswith(".")
    for parameter in operation["parameters"]:
        assert parameter["name"] == "id" or parameter["description"].endswith("."), parameter["name"]
    for name, schema in DESCRIPTION["components"]["schemas"].items():
        for field, part in schema.get("properties", {}).items():
            assert part["description"].endswith("."), f"{name}.{field}"


async def test_openapi_is_served_in_the_readers_language(reader: httpx2.AsyncClient) -> None:
    response = await reader.get("/openapi.json", headers={"accept-language": "en"})
    assert response.json() == DESCRIPTION
    assert (response.headers["content-type"], response.headers["vary"]) == ("application/json", "Accept-Language")
    assert (await reader.get("/openapi.json")).json() == describe(TABLE, ROOT, Locale.PT_BR)


@pytest.mark.parametrize(
    ("language", "heading"), [("pt-BR", "Quem espera"), ("en", "Who waits"), ("fr", "Quem espera")]
)
async def test_the_page_speaks_the_readers_language(reader: httpx2.AsyncClient, language: str, heading: str) -> None:
    response = await reader.get("/docs/", headers={"accept-language": language})
    assert response.headers["content-type"] == "text/html; charset=utf-8"
    assert heading in response.text
    assert f'<html lang="{"en" if language == "en" else "pt-BR"}">' in response.text


async def test_the_page_has_no_script_and_nothing_from_elsewhere(reader: httpx2.AsyncClient) -> None:
    response = await reader.get("/docs/")
    assert response.headers["content-security-policy"] == PAGE_POLICY
    assert not re.search(r"<script|<style|\sstyle=|\son\w+=|https?://|//", response.text.replace("application/", ""))
    [sheet] = re.findall(r'<link rel="stylesheet" href="([^"]+)"', response.text)
    style = await reader.get(sheet.removeprefix(ROOT))
    assert style.headers["content-type"].startswith("text/css")
    assert "url(" not in style.text


async def test_every_link_on_the_page_leads_somewhere(reader: httpx2.AsyncClient) -> None:
    page = (await reader.get("/docs/")).text
    targets = set(re.findall(r' id="([^"]+)"', page))
    assert set(re.findall(r'href="#([^"]+)"', page)) <= targets
    assert {operation.name for operation in TABLE} <= targets
