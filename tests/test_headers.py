"""Every answer of every route, whatever was asked of it, closes the doors that browsers leave open."""

import re
from collections.abc import Iterator, Sequence

import httpx2
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.routing import BaseRoute, Mount, Route
from starlette.types import Message, Receive, Scope, Send

from api.middleware import DATA_POLICY, PAGE_POLICY, BodyLimit

KEPT = {
    "/assets": "public, max-age=31536000, immutable",
    "/widget.js": "public, max-age=300",
    "/widget-panel.js": "public, max-age=300",
    "/widget-proof.js": "public, max-age=300",
    "/api/v1/openapi.json": "public, max-age=300",
    "/api/v1/docs": "public, max-age=300",
}
"""What caches may keep, and for how long; everything else holds data, or is asked for again each time."""
ASKED_AGAIN = "no-cache"
STYLED_BY_ATTRIBUTE = {"/graphql"}
"""Pages whose policy lets styles be set by attribute, and nothing more: GraphiQL (ADR 16)."""
SAMPLE = "01a2089c-9782-7632-bc54-79fd32e8afec"


def paths(routes: Sequence[BaseRoute], before: str = "") -> Iterator[tuple[str, set[str]]]:
    """Every path that is served, with something in place of its parameters, and the methods that it takes."""
    for route in routes:
        if isinstance(route, Mount):
            yield from paths(route.routes, before + route.path)
            yield f"{before}{route.path}/nothing-of-this-name.js", {"GET"}
        elif isinstance(route, Route):
            yield re.sub(r"\{[^}]*\}", SAMPLE, before + route.path), set(route.methods or {"GET", "POST"})


async def test_every_answer_of_every_route_closes_doors(app: Starlette, client: httpx2.AsyncClient) -> None:
    walked = [*paths(app.routes), ("/nowhere", {"GET"})]
    assert len(walked) > 30
    for path, methods in walked:
        for method in sorted(methods | {"GET", "POST", "DELETE", "OPTIONS"}):
            answer = await client.request(method, path, headers={"accept": "text/html"})
            assert answer.status_code < 500, (method, path, answer.text)
            require_closed(answer, path)


@pytest.mark.parametrize(
    ("method", "path", "options", "status"),
    [
        ("POST", "/graphql", {"content": b"x" * 300_000, "headers": {"content-type": "application/json"}}, 413),
        ("POST", "/graphql", {"content": b"{", "headers": {"content-type": "application/json"}}, 400),
        ("POST", "/api/v1/chat/init/", {"content": b"\xff", "headers": {"content-type": "application/json"}}, 400),
        ("OPTIONS", "/graphql", {"headers": {"origin": "https://x.example"}}, None),
        ("HEAD", "/login/", {}, None),
    ],
)
async def test_refusals_close_doors_too(
    client: httpx2.AsyncClient, method: str, path: str, options: dict[str, object], status: int | None
) -> None:
    answer = await client.request(method, path, **options)  # type: ignore[arg-type]
    assert status in (None, answer.status_code)
    require_closed(answer, path)


def require_closed(answer: httpx2.Response, path: str) -> None:
    headers, where = answer.headers, f"{answer.request.method} {path}: {answer.status_code}"
    assert headers["x-content-type-options"] == "nosniff", where
    assert headers["referrer-policy"] == "same-origin", where
    assert headers["cross-origin-opener-policy"] == "same-origin", where
    assert "camera=()" in headers["permissions-policy"], where
    assert headers["x-request-id"], where
    assert "server" not in headers, where
    require_policy(headers["content-security-policy"], headers.get("content-type", ""), path, where)
    kept = next((value for begins, value in KEPT.items() if path.startswith(begins)), None)
    allowed = {"no-store", ASKED_AGAIN, kept}
    assert headers["cache-control"] in allowed, where


def require_policy(policy: str, kind: str, path: str, where: str) -> None:
    """Pages run our scripts and styles alone; nothing may frame anything; data may do nothing at all."""
    if not kind.startswith("text/html"):
        assert policy in (DATA_POLICY, PAGE_POLICY), where
        return
    if path in STYLED_BY_ATTRIBUTE:
        policy = policy.replace("; style-src-attr 'unsafe-inline'", "")
    assert "unsafe" not in policy, where
    directives: dict[str, str] = dict(part.strip().split(" ", 1) for part in policy.split(";"))
    assert directives["default-src"] == "'none'", where
    assert directives["frame-ancestors"] == "'none'", where
    assert directives.get("script-src", "'self'") == "'self'", where


async def test_who_leaves_in_the_middle_of_a_body_is_no_fault_of_ours() -> None:
    async def reading(scope: Scope, receive: Receive, send: Send) -> None:
        await Request(scope, receive).body()

    async def gone() -> Message:
        return {"type": "http.disconnect"}

    said: list[Message] = []

    async def hear(message: Message) -> None:
        said.append(message)

    await BodyLimit(reading, limit=100)({"type": "http", "path": "/", "headers": []}, gone, hear)
    assert said == []
