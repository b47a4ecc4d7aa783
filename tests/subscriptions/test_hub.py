"""Who reads which stream here: in order, once, bounded, and gone without a trace."""

import asyncio
import random
from collections.abc import AsyncIterator
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.db import Database
from api.errors import Lagged, Unavailable
from api.events import ChatChanged, Delivery, Event, MessagesRead, Typing, chat_stream
from api.models.enums import Sender
from api.services import Running
from api.subscriptions.feed import Feed
from api.subscriptions.hub import Hub
from api.subscriptions.readers import Reader
from tests.clock import NOON

CHAT = UUID(int=7)
STREAM = chat_stream(CHAT)


def delivery(seq: int) -> Delivery:
    return Delivery(STREAM, seq, NOON, ChatChanged(CHAT))


async def emit(db: Database, *events: Event) -> None:
    async with db.transaction() as tx:
        for event in events:
            tx.emit(event)


async def emit_and_fail(db: Database) -> None:
    async with db.transaction() as tx:
        tx.emit(ChatChanged(CHAT))
        raise RuntimeError


async def taken(reader: Reader, count: int) -> list[int]:
    """The numbers of the next deliveries."""
    items = [await reader.next(30) for _ in range(count)]
    return [item.seq for item in items if isinstance(item, Delivery)]


# A reader's buffer


async def test_a_reader_gets_what_was_offered_in_order() -> None:
    reader = Reader(16)
    for seq in (1, 2, 3):
        reader.offer(delivery(seq))
    assert await taken(reader, 3) == [1, 2, 3]
    assert await reader.next(0.001) is None


async def test_a_reader_that_is_full_is_ended_and_holds_nothing_any_more() -> None:
    reader = Reader(16)
    for seq in range(1, 5000):
        reader.offer(delivery(seq))
    assert len(reader._items) == 0
    for _ in range(2):
        with pytest.raises(Lagged, match="lagged"):
            await reader.next(0.001)


async def test_a_reader_with_exactly_a_full_buffer_has_not_lagged() -> None:
    reader = Reader(16)
    for seq in range(1, 17):
        reader.offer(delivery(seq))
    assert await taken(reader, 16) == list(range(1, 17))


async def test_a_wait_lasts_its_own_time_whatever_was_waited_for_before() -> None:
    reader, clock = Reader(16), asyncio.get_running_loop().time
    # A long wait that an item ended, one that an item ends after a short one, and a short one behind a long one.
    for patience, comes in ((5, 0.01), (0.2, 0.01), (5, 0.3)):
        asyncio.get_running_loop().call_later(comes, reader.offer, delivery(1))
        assert await reader.next(patience) == delivery(1)
    began = clock()
    assert await reader.next(0.05) is None
    assert 0.04 < clock() - began < 4
    reader.close()


async def test_a_reader_that_was_given_up_waits_for_nothing() -> None:
    reader = Reader(16)
    waiting = asyncio.create_task(reader.next(5))
    await asyncio.sleep(0)
    waiting.cancel()
    await asyncio.gather(waiting, return_exceptions=True)
    reader.close()
    reader.offer(delivery(1))
    assert await reader.next(30) == delivery(1)


# A feed's gate


@given(order=st.permutations(range(1, 13)), head=st.integers(0, 4), known_after=st.integers(0, 12))
def test_a_feed_lets_events_through_in_order_once_however_they_arrive(
    order: list[int], head: int, known_after: int
) -> None:
    feed, reader = Feed(STREAM), Reader(100)
    feed.readers.add(reader)
    for place, seq in enumerate(order):
        if place == known_after:
            feed.start_at(head)
        feed.push(delivery(seq))
        feed.push(delivery(seq))
    feed.start_at(head)
    assert [item.seq for item in reader._items if isinstance(item, Delivery)] == list(range(head + 1, 13))
    assert feed.head == 12
    assert feed._ahead == {}


def test_a_feed_says_when_an_earlier_event_is_missing() -> None:
    feed = Feed(STREAM)
    feed.start_at(3)
    assert feed.push(delivery(2))
    assert feed.push(delivery(4))
    assert not feed.push(delivery(6))
    assert feed.push(delivery(5))
    assert feed.head == 6


def test_a_feed_keeps_a_bounded_number_of_events_that_come_too_early() -> None:
    feed = Feed(STREAM)
    feed.start_at(0)
    for seq in range(2, 5000):
        feed.push(delivery(seq))
    assert len(feed._ahead) <= 1000


# The hub


@pytest.mark.settings(tick="PT60S")
async def test_what_is_committed_here_reaches_the_readers_here_without_bell_or_tick(running: Running) -> None:
    db, hub = running.services.db, running.hub
    async with hub.reader(STREAM) as one, hub.reader(STREAM) as two:
        await emit(db, ChatChanged(CHAT), ChatChanged(CHAT))
        await emit(db, ChatChanged(uuid4()))
        assert await taken(one, 2) == await taken(two, 2) == [1, 2]
        assert await one.next(0.02) is None


async def test_a_rollback_publishes_nothing_and_uses_no_number(running: Running) -> None:
    db, hub = running.services.db, running.hub
    async with hub.reader(STREAM) as reader:
        with pytest.raises(RuntimeError):
            await emit_and_fail(db)
        assert await reader.next(0.05) is None
        assert await db.heads([STREAM]) == {}
        await emit(db, ChatChanged(CHAT))
        assert await taken(reader, 1) == [1]


async def test_a_commit_that_fails_publishes_nothing(running: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    from sqlalchemy.ext.asyncio import AsyncSession

    db, hub = running.services.db, running.hub

    async def refuse(self: AsyncSession) -> None:
        raise ConnectionResetError

    async with hub.reader(STREAM) as reader:
        with monkeypatch.context() as patch:
            patch.setattr(AsyncSession, "commit", refuse)
            with pytest.raises(Unavailable):
                await emit(db, ChatChanged(CHAT))
        assert await reader.next(0.05) is None
        assert await db.heads([STREAM]) == {}


async def test_publishing_out_of_order_delivers_in_order(running: Running) -> None:
    """Two commits may be handed over in the other order; and one of them may never be."""
    db, hub = running.services.db, running.hub
    handed: list[Delivery] = []
    db.publish = handed.extend
    async with hub.reader(STREAM) as reader:
        for _ in range(8):
            await emit(db, ChatChanged(CHAT))
        del handed[5]
        random.Random(1).shuffle(handed)
        for item in handed:
            hub.publish([item])
        assert await taken(reader, 8) == list(range(1, 9))


@pytest.mark.settings(tick="PT0.05S")
async def test_the_tick_finds_what_no_bell_announced(running: Running) -> None:
    db, hub = running.services.db, running.hub
    db.publish = lambda deliveries, /: None
    async with hub.reader(STREAM) as reader:
        for _ in range(3):
            await emit(db, ChatChanged(CHAT))
        assert await taken(reader, 3) == [1, 2, 3]


@pytest.mark.settings(tick="PT0.05S")
async def test_the_tick_outlives_whatever_goes_wrong_in_it(running: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    db, hub = running.services.db, running.hub
    db.publish = lambda deliveries, /: None
    real, failures = db.heads, [RuntimeError("odd"), Unavailable("unavailable")]

    async def failing_at_first(streams: list[str]) -> dict[str, int]:
        if failures:
            raise failures.pop()
        return await real(streams)

    async with hub.reader(STREAM) as reader:
        monkeypatch.setattr(db, "heads", failing_at_first)
        await emit(db, ChatChanged(CHAT))
        assert await taken(reader, 1) == [1]


@pytest.mark.settings(tick="PT0.05S")
async def test_a_read_that_fails_is_tried_again_and_nothing_is_skipped(
    running: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    db, hub = running.services.db, running.hub
    db.publish = lambda deliveries, /: None
    real, failures = db.events_after, [RuntimeError("odd"), Unavailable("unavailable")]

    async def failing_at_first(stream: str, seq: int, limit: int) -> list[Delivery]:
        if failures:
            raise failures.pop()
        return await real(stream, seq, limit)

    async with hub.reader(STREAM) as reader:
        monkeypatch.setattr(db, "events_after", failing_at_first)
        await emit(db, ChatChanged(CHAT), ChatChanged(CHAT))
        assert await taken(reader, 2) == [1, 2]


async def test_signals_pass_and_leave_nothing(running: Running) -> None:
    typing = Typing(CHAT, Sender.CUSTOMER, "Zé")
    async with running.hub.reader(STREAM) as reader, running.hub.reader("queue:other") as other:
        running.hub.signal(typing)
        assert await reader.next(30) == typing
        assert await other.next(0.02) is None
    assert await running.services.db.heads([STREAM]) == {}


async def test_a_thousand_readers_come_and_go_without_a_trace(running: Running) -> None:
    hub, db = running.hub, running.services.db
    tasks = len(asyncio.all_tasks())

    async def come_and_go(number: int) -> None:
        stream = chat_stream(UUID(int=number % 50))
        async with hub.reader(stream, "queue:shared") as reader:
            assert await reader.next(0.001) is None

    async def come_and_be_cancelled(number: int) -> None:
        task = asyncio.create_task(come_and_go(number))
        await asyncio.sleep(0)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    for start in range(0, 1000, 100):
        batch = range(start, start + 100)
        await asyncio.gather(*(come_and_be_cancelled(n) if n % 5 == 0 else come_and_go(n) for n in batch))
    await emit(db, ChatChanged(UUID(int=1)))
    assert hub.subscribers == 0
    assert hub._feeds == {}
    assert len(asyncio.all_tasks()) <= tasks


async def test_leaving_one_stream_keeps_the_others(running: Running) -> None:
    hub, db = running.hub, running.services.db
    async with hub.reader(STREAM) as reader:
        await hub.join(reader, chat_stream(UUID(int=8)))
        hub.leave(reader, STREAM)
        hub.leave(reader, STREAM)
        await emit(db, ChatChanged(CHAT), ChatChanged(UUID(int=8)))
        item = await reader.next(30)
        assert isinstance(item, Delivery)
        assert item.stream == chat_stream(UUID(int=8))
    assert hub._feeds == {}


async def test_a_slow_reader_lags_alone(running: Running) -> None:
    hub, db = running.hub, running.services.db
    async with hub.reader(STREAM) as slow, hub.reader(STREAM) as quick:
        for start in range(0, 1200, 100):
            await emit(db, *(MessagesRead(CHAT, Sender.AGENT, n) for n in range(start, start + 100)))
            assert len(await taken(quick, 100)) == 100
        with pytest.raises(Lagged):
            await slow.next(0.001)


async def test_a_hub_that_never_opened_closes_quietly(running: Running) -> None:
    hub = Hub(running.services.db, running.services.settings)
    hub.publish([delivery(1)])
    await hub.close()
    assert hub.subscribers == 0


@pytest.fixture(autouse=True)
async def no_task_is_left() -> AsyncIterator[None]:
    """A task that died unseen is a fault too."""
    problems: list[str] = []
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(lambda _, context: problems.append(str(context)))
    yield
    loop.set_exception_handler(None)
    assert problems == []
