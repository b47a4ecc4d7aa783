"""The bell between processes: quick while it works, never missed for long, and never in the way."""

import asyncio
import gc
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

import pytest
from broadcaster import Broadcast, Event
from broadcaster._backends.memory import MemoryBackend
from redis.exceptions import RedisError

from api.events import ChatChanged, Delivery, Typing, chat_stream
from api.models.enums import Sender
from api.services import Running
from api.subscriptions import doorbell
from api.subscriptions.doorbell import Doorbell
from api.subscriptions.readers import Reader
from tests.databases import Postgres, Valkey
from tests.running import OpenRunning

CHAT = UUID(int=7)
STREAM = chat_stream(CHAT)
NEVER = "PT600S"
"""A tick that plays no part in a test."""


async def eventually(true: Callable[[], bool], within: float = 30) -> None:
    """Wait until something is so."""
    async with asyncio.timeout(within):
        while not true():  # noqa: ASYNC110 - there is no event to wait for
            await asyncio.sleep(0.01)


async def emit(running: Running, count: int = 1) -> None:
    async with running.services.db.transaction() as tx:
        for _ in range(count):
            tx.emit(ChatChanged(CHAT))


async def taken(reader: Reader, count: int, within: float = 30) -> list[int]:
    items = [await reader.next(within) for _ in range(count)]
    return [item.seq for item in items if isinstance(item, Delivery)]


def broker_of_postgres(url: str) -> str:
    return url.replace("postgresql+asyncpg://", "postgres://")


@pytest.fixture(params=["valkey", "postgres"])
def broker_url(request: pytest.FixtureRequest) -> str:
    """A broker of each kind that production uses."""
    if request.param == "valkey":
        return request.getfixturevalue("valkey_server").replace("valkey://", "redis://")
    return broker_of_postgres(request.getfixturevalue("postgres_url"))


@asynccontextmanager
async def two(open_running: OpenRunning, url: str, broker: str, tick: str = NEVER) -> AsyncIterator[list[Running]]:
    """Two apps on one database and one broker, both joined."""
    async with (
        open_running(url, broker_url=broker, tick=tick) as one,
        open_running(url, broker_url=broker, tick=tick) as other,
    ):
        for running in (one, other):
            await eventually(lambda running=running: running.hub.doorbell.connected)
        yield [one, other]


async def test_another_process_hears_of_a_commit_by_the_bell(
    open_running: OpenRunning, sqlite_url: str, broker_url: str
) -> None:
    async with two(open_running, sqlite_url, broker_url) as (one, other), other.hub.reader(STREAM) as reader:
        for number in range(1, 6):
            await emit(one)
            assert await taken(reader, 1) == [number]


async def test_a_burst_arrives_whole_and_in_order(open_running: OpenRunning, sqlite_url: str, broker_url: str) -> None:
    async with two(open_running, sqlite_url, broker_url) as (one, other), other.hub.reader(STREAM) as reader:
        for _ in range(10):
            await asyncio.gather(emit(one, 3), emit(other, 2))
        assert await taken(reader, 50) == list(range(1, 51))


async def test_signals_reach_the_other_process(open_running: OpenRunning, sqlite_url: str, broker_url: str) -> None:
    typing = Typing(CHAT, Sender.CUSTOMER, "Zé ção 😀")
    async with two(open_running, sqlite_url, broker_url) as (one, other), other.hub.reader(STREAM) as reader:
        one.hub.signal(typing)
        assert await reader.next(30) == typing


async def test_many_streams_ring_within_the_brokers_limits(
    open_running: OpenRunning, sqlite_url: str, broker_url: str
) -> None:
    """PostgreSQL's NOTIFY refuses 8,000 bytes."""
    async with two(open_running, sqlite_url, broker_url) as (one, other):
        chats = [UUID(int=number) for number in range(300)]
        async with other.hub.reader(*map(chat_stream, chats)) as reader:
            async with one.services.db.transaction() as tx:
                for chat in chats:
                    tx.emit(ChatChanged(chat))
            assert await taken(reader, 300) == [1] * 300


async def test_a_bell_that_drops_everything_costs_time_and_nothing_else(
    open_running: OpenRunning, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Doorbell, "ring", lambda self, heads: None)
    async with (
        open_running(database_url, tick="PT0.1S") as one,
        open_running(database_url, tick="PT0.1S") as other,
        other.hub.reader(STREAM) as reader,
    ):
        for _ in range(5):
            await emit(one, 2)
        assert await taken(reader, 10) == list(range(1, 11))


@pytest.fixture
def quick_bell(monkeypatch: pytest.MonkeyPatch) -> None:
    """A bell that notices within a second what production notices within fifteen."""
    monkeypatch.setattr(doorbell, "_BEAT", 0.2)
    monkeypatch.setattr(doorbell, "_SILENCE", 0.8)


@pytest.mark.usefixtures("quick_bell")
async def test_a_broker_that_dies_delays_and_comes_back_by_itself(
    open_running: OpenRunning, sqlite_url: str, mortal_valkey: Valkey
) -> None:
    broker = mortal_valkey.url.replace("valkey://", "redis://")
    async with two(open_running, sqlite_url, broker) as (one, other), other.hub.reader(STREAM) as reader:
        await emit(one)
        assert await taken(reader, 1) == [1]
        mortal_valkey.stop()
        began = time.monotonic()
        await emit(one)
        assert time.monotonic() - began < 1
        await eventually(lambda: not other.hub.doorbell.connected)
        await other.hub.tick()
        assert await taken(reader, 1) == [2]
        await emit(one)
        mortal_valkey.start()
        # Having joined again it looks for what it missed; and then it rings as before.
        assert await taken(reader, 1) == [3]
        await eventually(lambda: one.hub.doorbell.connected and other.hub.doorbell.connected)
        await emit(one)
        assert await taken(reader, 1) == [4]


@pytest.mark.usefixtures("quick_bell")
async def test_a_listening_connection_that_the_server_ends_is_made_again(
    open_running: OpenRunning, sqlite_url: str, postgres_url: str, postgres_server: Postgres
) -> None:
    async with (
        two(open_running, sqlite_url, broker_of_postgres(postgres_url)) as (one, other),
        other.hub.reader(STREAM) as reader,
    ):
        name = postgres_url.rsplit("/", 1)[1].split("?")[0]
        ends = f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'"  # noqa: S608
        postgres_server.execute(ends)
        await emit(one)
        assert await taken(reader, 1) == [1]
        await eventually(lambda: one.hub.doorbell.connected and other.hub.doorbell.connected)
        await emit(one)
        assert await taken(reader, 1) == [2]


@pytest.mark.usefixtures("quick_bell")
async def test_a_ring_into_a_dead_connection_is_said_again(
    open_running: OpenRunning, sqlite_url: str, valkey_server: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with (
        two(open_running, sqlite_url, valkey_server.replace("valkey://", "redis://")) as (one, other),
        other.hub.reader(STREAM) as reader,
    ):
        publish, lost = Doorbell._publish, list[dict[str, int]]()

        async def losing(self: Doorbell, broadcast: Broadcast, heads: dict[str, int], signals: list[list[Any]]) -> None:
            if heads and not lost:
                lost.append(heads)
                raise ConnectionResetError
            await publish(self, broadcast, heads, signals)

        monkeypatch.setattr(Doorbell, "_publish", losing)
        await emit(one, 2)
        assert await taken(reader, 2) == [1, 2]
        assert lost == [{STREAM: 2}]


@pytest.mark.usefixtures("quick_bell")
async def test_a_broker_that_is_away_from_the_start_hinders_nobody(
    open_running: OpenRunning, sqlite_url: str, mortal_valkey: Valkey
) -> None:
    broker = mortal_valkey.url.replace("valkey://", "redis://")
    mortal_valkey.stop()
    async with open_running(sqlite_url, broker_url=broker) as running, running.hub.reader(STREAM) as reader:
        await emit(running)
        assert await taken(reader, 1) == [1]
        assert not running.hub.doorbell.connected
        mortal_valkey.start()
        await eventually(lambda: running.hub.doorbell.connected)


async def test_a_listener_that_ended_is_replaced_before_the_silence_tells(
    open_running: OpenRunning, sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What broadcaster has listening ends for good when a broker that restarts refuses it; publishing works again."""
    monkeypatch.setattr(doorbell, "_BEAT", 600.0)
    monkeypatch.setattr(doorbell, "_SILENCE", 600.0)
    joined: list[None] = []
    async with open_running(sqlite_url) as running:
        bell = running.hub.doorbell
        await eventually(lambda: bell.connected)
        monkeypatch.setattr(bell, "_rejoined", lambda: joined.append(None))
        hear, refused = MemoryBackend.next_published, list[None]()

        async def refuse(self: MemoryBackend) -> Event:
            if not refused:
                refused.append(None)
                raise ConnectionRefusedError
            return await hear(self)

        monkeypatch.setattr(MemoryBackend, "next_published", refuse)
        bell.ring({})
        await eventually(lambda: len(joined) == 1)
        assert bell.connected


async def test_a_broker_that_is_away_leaves_no_task_behind(mortal_valkey: Valkey) -> None:
    mortal_valkey.stop()
    bell = Doorbell(
        mortal_valkey.url.replace("valkey://", "redis://"),
        heard=lambda heads: None,
        signalled=lambda signal: None,
        rejoined=lambda: None,
    )
    complaints: list[str] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: complaints.append(context["message"]))
    for _ in range(3):
        with pytest.raises(RedisError):
            await bell._join()
        gc.collect()
    assert complaints == []


@pytest.mark.usefixtures("quick_bell")
async def test_a_process_that_stood_still_takes_its_own_silence_for_nobodys_fault(
    open_running: OpenRunning, sqlite_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    async with open_running(sqlite_url) as running:
        bell = running.hub.doorbell
        await eventually(lambda: bell.connected)
        time.sleep(2)  # noqa: ASYNC251 - to stand still is what this is about
        assert not bell.connected
        await eventually(lambda: bell.connected)
    assert [record.getMessage() for record in caplog.records if "joining again" in record.getMessage()] == []


async def test_what_could_not_be_rung_is_kept_for_when_it_can() -> None:
    bell = Doorbell("memory://", heard=lambda heads: None, signalled=lambda signal: None, rejoined=lambda: None)

    class Gone:
        async def publish(self, channel: str, message: str) -> None:
            bell.ring({"newer": 5})
            raise ConnectionError

    bell.ring({STREAM: 1, "newer": 4})
    with pytest.raises(ConnectionError):
        await bell._send(Gone())  # type: ignore[arg-type]
    assert bell._heads == {STREAM: 1, "newer": 5}
    assert bell._something.is_set()


async def test_a_bell_that_is_not_open_keeps_a_bounded_number_of_signals() -> None:
    bell = Doorbell("memory://", heard=lambda heads: None, signalled=lambda signal: None, rejoined=lambda: None)
    for number in range(5000):
        bell.signal([str(number)])
        bell.ring({STREAM: number})
    assert len(bell._signals) <= 1000
    assert bell._heads == {STREAM: 4999}
    await bell.close()


async def test_two_apps_over_memory_do_not_hear_each_other(open_running: OpenRunning, sqlite_url: str) -> None:
    async with two(open_running, sqlite_url, "memory://") as (one, other), other.hub.reader(STREAM) as reader:
        await emit(one)
        assert await reader.next(0.2) is None
        await other.hub.tick()
        assert await taken(reader, 1) == [1]
