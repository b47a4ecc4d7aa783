"""What those are told who watch over the program, and who may read its figures."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx2
import pytest
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import text
from starlette.applications import Starlette

from api import probes
from api.errors import Unavailable
from api.migrations import Standing, standing
from api.models import User
from api.probes import DATABASE_WITHIN
from api.resolvers.counters import check_counters
from tests.clock import Clock
from tests.people import Desk, person

TOKEN = "a token for Prometheus, of enough length"
NEAR, FAR, PROXY = "127.0.0.1", "203.0.113.9", "10.0.0.1"

Samples = dict[tuple[str, frozenset[tuple[str, str]]], float]


@asynccontextmanager
async def caller(app: Starlette, address: str = NEAR) -> AsyncIterator[httpx2.AsyncClient]:
    transport = httpx2.ASGITransport(app=app, client=(address, 5000))
    async with httpx2.AsyncClient(transport=transport, base_url="http://desk.example") as client:
        yield client


async def read(app: Starlette, address: str = NEAR, **headers: str) -> int:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    async with caller(app, address) as client:
        return (await client.get("/metrics", headers=named)).status_code


async def figures(app: Starlette) -> Samples:
    """Every sample by its name and labels."""
    async with caller(app) as client:
        answer = await client.get("/metrics")
    assert answer.headers["content-type"].startswith("text/plain; version=")
    families = text_string_to_metric_families(answer.text)
    return {
        (sample.name, frozenset(sample.labels.items())): sample.value
        for family in families
        for sample in family.samples
    }


def sample(found: Samples, name: str, **labels: str) -> float | None:
    return found.get((f"alidash_{name}", frozenset(labels.items())))


# Who may read the figures


async def test_only_this_machine_reads_the_figures_by_default(app: Starlette) -> None:
    assert [await read(app, address) for address in (NEAR, "::1", "::ffff:127.0.0.1")] == [200, 200, 200]
    assert [await read(app, address) for address in (FAR, PROXY, "192.168.0.1", "", "nobody")] == [404] * 5


async def test_whoever_is_refused_is_told_what_an_unknown_address_tells(app: Starlette) -> None:
    async with caller(app, FAR) as client:
        refused, unknown = await client.get("/metrics"), await client.get("/metricz")
    assert (refused.status_code, refused.text) == (unknown.status_code, unknown.text)


@pytest.mark.settings(trusted_proxies=[PROXY, NEAR], metrics_allow=[NEAR, "10.1.0.0/16"])
async def test_behind_a_proxy_the_address_that_it_tells_counts(app: Starlette) -> None:
    assert await read(app, PROXY, x_forwarded_for=FAR) == 404
    assert await read(app, NEAR, x_forwarded_for=FAR) == 404
    # What a stranger claims comes first, and who they are comes last.
    assert await read(app, PROXY, x_forwarded_for=f"{NEAR}, {FAR}") == 404
    assert await read(app, PROXY) == 404
    assert await read(app, PROXY, x_forwarded_for="10.1.2.3") == 200
    assert await read(app, NEAR) == 200


@pytest.mark.parametrize("header", ["x-forwarded-for", "x-real-ip", "forwarded"])
async def test_a_proxy_on_this_machine_that_nobody_told_us_of_lends_nobody_its_address(
    app: Starlette, header: str
) -> None:
    assert await read(app, NEAR, **{header: NEAR}) == 404


@pytest.mark.settings(metrics_allow=[])
async def test_with_no_address_allowed_nobody_reads_the_figures(app: Starlette) -> None:
    assert await read(app, NEAR) == 404
    assert await read(app, NEAR, authorization=f"Bearer {TOKEN}") == 404


@pytest.mark.settings(metrics_allow=[], metrics_token=TOKEN)
async def test_a_token_opens_the_figures_from_anywhere(app: Starlette) -> None:
    assert await read(app, FAR, authorization=f"Bearer {TOKEN}", x_forwarded_for=FAR) == 200
    assert await read(app, FAR, authorization=f"Bearer {TOKEN}x") == 404
    assert await read(app, FAR, authorization="Basic abc") == 404
    assert await read(app, FAR) == 404


# What the figures say


async def test_the_desk_is_told_by_department(app: Starlette, clock: Clock) -> None:
    desk = Desk(app.state.running, clock)
    ana = await desk.online("tecnico", "comercial")
    await desk.active(ana)
    await desk.waiting()
    clock.advance(seconds=20)
    await desk.waiting()
    found = await figures(app)
    told = {
        name: [sample(found, name, department=slug) for slug in ("tecnico", "comercial", "administrativo")]
        for name in ("queue_waiting", "queue_longest_wait_seconds", "chats_attended", "agents_online")
    }
    assert told == {
        "queue_waiting": [2, 0, 0],
        "queue_longest_wait_seconds": [20, 0, 0],
        "chats_attended": [1, 0, 0],
        "agents_online": [1, 1, 0],
    }


async def test_however_many_ask_the_database_is_asked_once(app: Starlette, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Any] = []

    async def count(ctx: Any) -> list[Any]:
        asked.append(ctx)
        return []

    monkeypatch.setattr(probes, "departments_now", count)
    assert await asyncio.gather(*(read(app) for _ in range(5))) == [200] * 5
    assert len(asked) == 1


async def test_a_database_that_is_away_is_told_and_the_rest_is_told_all_the_same(
    app: Starlette, monkeypatch: pytest.MonkeyPatch
) -> None:
    await Desk(app.state.running, app.state.running.services.clock).waiting()
    assert sample(await figures(app), "queue_waiting", department="tecnico") == 1

    async def away(ctx: Any) -> list[Any]:
        raise Unavailable("unavailable")

    monkeypatch.setattr(probes, "departments_now", away)
    monkeypatch.setattr(probes, "FRESH_FOR", 0.0)
    found = await figures(app)
    assert sample(found, "database_up") == 0
    assert sample(found, "queue_waiting", department="tecnico") is None
    assert sample(found, "subscribers") == 0


async def test_the_live_side_tells_who_listens_and_how_far_behind(app: Starlette) -> None:
    hub = app.state.running.hub
    async with hub.reader("chat:one", "chat:two") as reader:
        feed = hub._feeds["chat:one"]
        feed.known = feed.head + 3
        for _ in range(10):
            reader.offer(object())
        found = await figures(app)
    assert [sample(found, name) for name in ("subscribers", "feeds", "feed_lag")] == [1, 2, 3]
    assert sample(found, "reader_fill") == 10 / app.state.running.services.settings.reader_buffer
    assert sample(found, "doorbell_silence_seconds") is not None
    pools = {"writer", "reader"} if app.state.running.services.db.embedded else {"all"}
    assert {dict(labels).get("pool") for (name, labels) in found if name == "alidash_database_connections"} == pools


async def test_the_process_is_told(app: Starlette) -> None:
    found = await figures(app)
    assert found["process_open_fds", frozenset()] > 0
    assert found["process_resident_memory_bytes", frozenset()] > 1_000_000


# Readiness


async def test_ready_says_what_it_knows(app: Starlette, client: httpx2.AsyncClient) -> None:
    assert (await client.get("/readyz")).json().keys() == {"status", "doorbell", "migrations"}


async def test_a_process_that_is_told_to_stop_is_not_ready_and_lives(
    app: Starlette, client: httpx2.AsyncClient
) -> None:
    app.state.running.stopping.begun = True
    answer = await client.get("/readyz")
    assert (answer.status_code, answer.json()) == (503, {"status": "stopping"})
    assert (await client.get("/healthz")).status_code == 200


@pytest.mark.parametrize(
    ("revision", "status", "says"),
    [("0001", 503, "behind"), (None, 503, "behind"), ("f0e1", 200, "ahead")],
)
async def test_ready_says_how_the_databases_shape_stands_to_the_programs(
    app: Starlette, client: httpx2.AsyncClient, revision: str | None, status: int, says: str
) -> None:
    engine = app.state.running.services.db.engine
    async with engine.begin() as connection:
        stood = (await connection.execute(text("DELETE FROM alembic_version RETURNING version_num"))).scalar_one()
        if revision:
            await connection.execute(text("INSERT INTO alembic_version VALUES (:it)"), {"it": revision})
    try:
        answer = await client.get("/readyz")
        assert (answer.status_code, answer.json()["migrations"]) == (status, says)
    finally:
        async with engine.begin() as connection:
            await connection.execute(text("DELETE FROM alembic_version"))
            await connection.execute(text("INSERT INTO alembic_version VALUES (:it)"), {"it": stood})
    async with app.state.running.services.db.read() as session:
        assert await standing(session) is Standing.CURRENT


async def test_a_database_that_does_not_answer_makes_it_unready(
    app: Starlette, client: httpx2.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def hang(session: Any) -> Standing:
        await asyncio.sleep(DATABASE_WITHIN * 100)
        return Standing.CURRENT

    monkeypatch.setattr(probes, "standing", hang)
    monkeypatch.setattr(probes, "DATABASE_WITHIN", 0.05)
    answer = await client.get("/readyz")
    assert (answer.status_code, answer.json()) == (503, {"status": "unavailable", "database": "TIMEOUT"})


async def test_every_figure_is_documented(app: Starlette) -> None:
    names = {family.name for family in app.state.running.telemetry.registry.collect()}
    ours = {name for name in names if name.startswith("alidash_")}
    assert len(ours) > 15
    operations = (Path(__file__).parent.parent / "docs" / "operations.md").read_text(encoding="utf-8")
    assert {name for name in ours if name not in operations} == set()


async def test_what_the_nightly_check_found_is_told_by_counter(
    app: Starlette, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(probes, "FRESH_FOR", 0.0)
    desk = Desk(app.state.running, clock)
    ana = await desk.agent("tecnico")
    found = await figures(app)
    assert sample(found, "counter_differences", counter="agent_load") is None, "nobody has checked yet"
    async with desk.db.transaction() as tx:
        user = await tx.session.get_one(User, person(ana).user_id)
        user.active_chats = 3
    await check_counters(desk.system)
    found = await figures(app)
    told = [sample(found, "counter_differences", counter=counter) for counter in ("agent_load", "message_seq")]
    assert told == [1, 0]
