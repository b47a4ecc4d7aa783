"""A PostgreSQL that is ended at once and started again: callers are told so, and everything heals by itself."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from api.subscriptions import doorbell
from tests.clock import Clock
from tests.databases import MortalPostgres
from tests.faults.deployments import beginning, parties
from tests.faults.history import stored_history
from tests.faults.traffic import SEND, Party, connected, lively
from tests.people import Desk
from tests.running import OpenRunning, migrate_now
from tests.schema.conftest import Door, open_door


@asynccontextmanager
async def two_doors(mortal: MortalPostgres, open_running: OpenRunning, clock: Clock) -> AsyncIterator[list[Door]]:
    """Two processes' worth of a desk, with PostgreSQL as their database and as their bell."""
    url = mortal.url.replace("postgresql://", "postgresql+asyncpg://")
    await asyncio.to_thread(migrate_now, url)
    settings = {"broker_url": mortal.url, "tick": "PT0.2S"}
    async with (
        open_running(url, **settings) as one,
        open_running(url, **settings) as other,
        open_door(Desk(one, clock)) as here,
        open_door(Desk(other, clock)) as there,
    ):
        yield [here, there]


async def test_an_immediate_restart_is_told_as_unavailable_heals_by_itself_and_loses_nothing(
    mortal_postgres: MortalPostgres,
    open_running: OpenRunning,
    clock: Clock,
    monkeypatch: pytest.MonkeyPatch,
    times: int,
) -> None:
    monkeypatch.setattr(doorbell, "_BEAT", 0.2)
    monkeypatch.setattr(doorbell, "_SILENCE", 0.8)
    async with two_doors(mortal_postgres, open_running, clock) as doors:
        here, there = doors
        talking = await parties(here.desk, 3)
        async with lively([here.url, there.url], talking, beginning(here.desk.db)) as traffic:
            for _ in range(2 * times):
                await traffic.more(20)
                await asyncio.to_thread(mortal_postgres.stop)
                for door in doors:
                    await is_told_unavailable(door, talking[0])
                await asyncio.to_thread(mortal_postgres.start)
                await traffic.more(20)
        traffic.history.check(await stored_history(here.desk.db, {party.chat_id for party in talking}))
        for door in doors:
            assert (await door.client.get("/readyz")).status_code == 200
            await rings_again(door)


async def is_told_unavailable(door: Door, party: Party) -> None:
    """While the database is away: typed at each door, with the time to come back; 503 where nothing was executed."""
    sent = {"c": party.chat_id, "b": "?", "k": "never acknowledged"}
    graphql = await door.post(SEND, token=party.token, **sent)
    (error,) = graphql.json()["errors"]
    assert error["extensions"]["code"] == "UNAVAILABLE", graphql.text
    # A caller who was known a moment ago gets as far as the mutation, which is then told as GraphQL tells it.
    assert graphql.status_code == 503 or graphql.json()["data"] is None
    assert int(graphql.headers.get("retry-after") or error["extensions"]["retryAfter"]) >= 1
    headers = {"authorization": f"Bearer {party.token}"}
    rest = await door.client.post(f"/api/v1/chat/{party.chat_id}/message/", json={"text": "?"}, headers=headers)
    assert (rest.status_code, rest.json()["code"]) == (503, "UNAVAILABLE")
    assert int(rest.headers["retry-after"]) >= 1
    assert (await door.client.get("/readyz")).status_code == 503
    await a_query_on_a_socket_is_told_unavailable(door)


async def a_query_on_a_socket_is_told_unavailable(door: Door) -> None:
    async with connected(door.url.replace("http", "ws", 1) + "/graphql", None) as connection:
        payload = {"query": "{ departments { slug } }"}
        await connection.send(json.dumps({"id": "1", "type": "subscribe", "payload": payload}))
        frame = json.loads(await connection.recv())
    error = frame["payload"]["errors"][0] if frame["type"] == "next" else frame["payload"][0]
    assert error["extensions"]["code"] == "UNAVAILABLE", frame


async def rings_again(door: Door) -> None:
    """The bell is heard again, by a connection of its own to the new server."""
    async with asyncio.timeout(30):
        while not door.desk.running.hub.doorbell.connected:  # noqa: ASYNC110 - it is heard by the loop, and tells nobody
            await asyncio.sleep(0.05)
