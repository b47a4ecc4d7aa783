"""Sockets that stall, vanish, come all at once, or come and go without end: they cost the others nothing."""

import asyncio
import gc
import json
import os
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
import websockets
from sqlalchemy import text

from tests.faults.deployments import beginning, parties
from tests.faults.history import Fact, stored_history
from tests.faults.traffic import FOLLOW, Party, connected, fact_of, traffic
from tests.people import Desk
from tests.schema.conftest import Door, open_door

BIG = "🚒" * 4000
"""16 kB of the longest message there may be."""

GROWTH = 16 * 1024 * 1024
"""Bytes that a process may grow by while thousands come and go: what its allocator keeps, and no more."""

SPARE = 8
"""Descriptors of what the app opens when it is first needed, whoever comes; hundreds come."""


@pytest.fixture
async def door(desk: Desk) -> AsyncIterator[Door]:
    """A served app with its people, on each kind of database."""
    async with open_door(desk) as door:
        yield door


def socket_url(door: Door) -> str:
    return door.url.replace("http", "ws", 1) + "/graphql"


async def subscribe(connection: websockets.ClientConnection, party: Party, after: str | None, id: str = "1") -> None:
    payload = {"query": FOLLOW, "variables": {"c": party.chat_id, "a": after}}
    await connection.send(json.dumps({"id": id, "type": "subscribe", "payload": payload}))


async def until(true: Callable[[], object], within: float) -> None:
    async with asyncio.timeout(within):
        while not true():  # noqa: ASYNC110 - nobody is told when a reader is gone
            await asyncio.sleep(0.02)


# Readers that read no more


@asynccontextmanager
async def deaf(door: Door, party: Party, operations: int) -> AsyncIterator[websockets.ClientConnection]:
    """Somebody who subscribed, and then takes nothing any more, not even a ping."""
    before = door.desk.running.hub.subscribers
    async with connected(socket_url(door), party.token) as connection:
        for number in range(operations):
            await subscribe(connection, party, None, str(number))
        await until(lambda: door.desk.running.hub.subscribers == before + operations, 10)
        connection.transport.pause_reading()
        yield connection


async def test_a_stalled_reader_is_evicted_and_the_others_see_everything_meanwhile(
    door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    senders = [module for name, module in sys.modules.items() if name.startswith("api.subscriptions.")]
    for module in (module for module in senders if hasattr(module, "SEND_TIMEOUT")):
        monkeypatch.setattr(module, "SEND_TIMEOUT", 1.0)
    hub = door.desk.running.hub
    party, *_ = await parties(door.desk, 1)
    async with traffic([door.url]) as healthy:
        following = asyncio.create_task(healthy.follow(party, beginning(door.desk.db)))
        await until(lambda: hub.subscribers == 1, 10)
        async with deaf(door, party, 30):
            # More than the kernel takes in for a peer that reads nothing.
            for number in range(16):
                message = await healthy.send(party, str(number), BIG)
                await healthy.until(lambda message=message: healthy.has_seen(party, message))
            await until(lambda: hub.subscribers == 1, 10)
        assert not following.done()
        following.cancel()
        await asyncio.gather(following, return_exceptions=True)
        healthy.history.check(await stored_history(door.desk.db, [party.chat_id]))


async def test_a_half_open_socket_is_gone_when_it_answers_no_ping(desk: Desk) -> None:
    party, *_ = await parties(desk, 1)
    async with open_door(desk, ws_ping_interval=0.3, ws_ping_timeout=0.3) as door, traffic([door.url]) as healthy:
        following = asyncio.create_task(healthy.follow(party, beginning(desk.db)))
        await until(lambda: desk.running.hub.subscribers == 1, 10)
        async with deaf(door, party, 1):
            await until(lambda: desk.running.hub.subscribers == 1, 10)
        assert healthy.connections == 1
        following.cancel()
        await asyncio.gather(following, return_exceptions=True)


# All at once


async def test_everybody_who_comes_back_at_once_is_caught_up(door: Door, times: int) -> None:
    talking = await parties(door.desk, 5)
    async with traffic([door.url]) as writing:
        for number in range(10):
            await asyncio.gather(*(writing.send(party, f"{party.name} {number}") for party in talking))
    stored = await stored_history(door.desk.db, {party.chat_id for party in talking})
    comers = [talking[number % len(talking)] for number in range(100 * times)]
    start = beginning(door.desk.db)
    async with asyncio.timeout(20 * times), asyncio.TaskGroup() as group:
        # Whoever is refused, by a 5xx, say, fails here: nobody tries twice.
        for party in comers:
            group.create_task(catch_up(door, party, start, stored[party.chat_id]))


async def catch_up(door: Door, party: Party, start: str, stored: list[Fact]) -> None:
    # However long the crowd takes: the test as a whole is what is bounded.
    async with connected(socket_url(door), party.token, patience=600) as connection:
        await subscribe(connection, party, start)
        for fact in stored:
            frame = json.loads(await connection.recv())
            assert fact_of(frame["payload"]["data"]["chatEvents"]) == fact


# Without end


@dataclass(frozen=True)
class Held:
    """What a process holds on to."""

    tasks: int
    feeds: int
    descriptors: int
    memory: int

    @classmethod
    def by(cls, door: Door) -> "Held":
        gc.collect()
        pages = int(Path("/proc/self/statm").read_text().split()[1])
        return cls(
            tasks=len(asyncio.all_tasks()),
            feeds=len(door.desk.running.hub._feeds),
            descriptors=len(list(Path("/proc/self/fd").iterdir())),
            memory=pages * os.sysconf("SC_PAGE_SIZE"),
        )


async def settled(door: Door) -> Held:
    """What is held when whoever left is gone, and each pool has all the connections that it will ever have."""
    db = door.desk.db
    async with AsyncExitStack() as stack:
        for _ in range(door.desk.running.services.settings.database_pool):
            session = await stack.enter_async_context(db.read())
            await session.execute(text("SELECT 1"))
    await until(lambda: not door.desk.running.hub._feeds, 10)
    await asyncio.sleep(0.1)
    return Held.by(door)


async def let_go(door: Door, before: Held) -> None:
    """Until no more is held than before, but for a little memory."""

    def back() -> bool:
        now = Held.by(door)
        return (
            now.feeds == 0
            and now.tasks <= before.tasks
            and now.descriptors <= before.descriptors + SPARE
            and now.memory - before.memory < GROWTH
        )

    try:
        await until(back, 10)
    except TimeoutError:
        raise AssertionError(f"{Held.by(door)} after {before}") from None


async def test_a_thousand_subscriptions_that_come_and_go_leave_nothing(door: Door, times: int) -> None:
    party, *_ = await parties(door.desk, 1)
    async with connected(socket_url(door), party.token) as connection:
        await come_and_go(door, connection, party, 50)
        before = await settled(door)
        await come_and_go(door, connection, party, 1000 * times)
        await let_go(door, before)


async def come_and_go(door: Door, connection: websockets.ClientConnection, party: Party, count: int) -> None:
    """Subscribe and complete: at once, but for every tenth, which waits for its first event."""
    for number in range(count):
        await subscribe(connection, party, beginning(door.desk.db), str(number))
        while number % 10 == 9:
            frame = json.loads(await connection.recv())
            if (frame["type"], frame["id"]) == ("next", str(number)):
                break
        await connection.send(json.dumps({"id": str(number), "type": "complete"}))


async def test_hundreds_of_connections_that_drop_leave_nothing(door: Door, times: int) -> None:
    party, *_ = await parties(door.desk, 1)
    await connect_and_drop(door, party, 20)
    before = await settled(door)
    await connect_and_drop(door, party, 200 * times)
    await let_go(door, before)


async def connect_and_drop(door: Door, party: Party, count: int) -> None:
    """Connect, subscribe, and break off: at once, but for every tenth, which waits for its first event."""

    async def one(number: int) -> None:
        async with connected(socket_url(door), party.token) as connection:
            await subscribe(connection, party, beginning(door.desk.db))
            if number % 10 == 9:
                await connection.recv()

    for start in range(0, count, 20):
        await asyncio.gather(*map(one, range(start, start + 20)))
