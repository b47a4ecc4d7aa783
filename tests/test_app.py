"""The app as a whole: it starts, answers, says when it is ready, and stops without a trace."""

import asyncio

import httpx2
import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from api.middleware import Cors
from tests.clock import Clock
from tests.people import Desk


async def test_it_is_alive_and_ready(client: httpx2.AsyncClient) -> None:
    for path in ("/healthz", "/readyz"):
        answer = await client.get(path)
        assert answer.status_code == 200
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["x-request-id"]


async def test_graphql_and_rest_answer_from_the_same_database(
    app: Starlette, client: httpx2.AsyncClient, clock: Clock
) -> None:
    desk = Desk(app.state.running, clock)
    chat = await desk.waiting()
    query = {"query": "{ departments { slug queue { waiting } } }"}
    answer = await client.post("/graphql", json=query)
    assert answer.status_code == 200, answer.text
    assert chat.department_id
    slugs = {department["slug"] for department in answer.json()["data"]["departments"]}
    assert slugs == {"comercial", "tecnico", "administrativo"}
    assert (await client.get("/api/v1/departments/")).status_code == 200


async def test_a_body_that_is_too_large_is_refused(client: httpx2.AsyncClient) -> None:
    answer = await client.post(
        "/graphql", content=b"x" * (256 * 1024 + 1), headers={"content-type": "application/json"}
    )
    assert (answer.status_code, answer.json()["code"]) == (413, "TOO_LARGE")


@pytest.mark.parametrize(
    ("origin", "answered"),
    [("https://site.example", "https://site.example"), ("https://evil.example", None), (None, None)],
)
async def test_foreign_pages_are_answered_as_they_are_allowed(origin: str | None, answered: str | None) -> None:
    async def answer(request: Request) -> Response:
        return PlainTextResponse("ok", headers={"vary": "Accept-Language"})

    guarded = Starlette(
        routes=[Route("/", answer)], middleware=[Middleware(Cors, allow_origins=["https://site.example"])]
    )
    transport = httpx2.ASGITransport(app=guarded)
    async with httpx2.AsyncClient(transport=transport, base_url="http://desk.example") as asking:
        told = await asking.get("/", headers={"origin": origin} if origin else {})
    assert told.text == "ok"
    assert told.headers.get("access-control-allow-origin") == answered
    # What a cache keeps of one of them is not for the others.
    assert [name.strip() for name in told.headers["vary"].split(",")] == ["Accept-Language", "Origin"]


@pytest.mark.parametrize("path", ["/nowhere", "/api/v1/nowhere/", "/graphql/", "/assets/../../pyproject.toml"])
async def test_an_unknown_address_is_not_found(client: httpx2.AsyncClient, path: str) -> None:
    assert (await client.get(path)).status_code == 404


async def test_it_stops_without_a_trace(app: Starlette, client: httpx2.AsyncClient) -> None:
    assert (await client.get("/healthz")).status_code == 200
    names = {task.get_name() for task in asyncio.all_tasks()}
    assert {"doorbell", "hub tick", "jobs"} <= names
