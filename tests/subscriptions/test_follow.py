"""Reading one stream from a cursor into the present: the whole of it, in order, once; or a typed end."""

import asyncio
import random
from collections.abc import AsyncGenerator
from contextlib import aclosing
from datetime import timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import update
from sqlmodel import col

from api.errors import Invalid, Lagged, Resync
from api.events import Delivery, MessagesRead, Passing, Typing, Unrecognised, chat_stream
from api.models import EventRow
from api.models.enums import Sender
from api.resolvers.upkeep import prune_events
from api.services import Running
from api.subscriptions.cursors import read_cursor, write_cursor
from api.subscriptions.follow import follow
from api.subscriptions.readers import Reader
from tests.clock import Clock
from tests.running import OpenRunning

CHAT = UUID(int=7)
STREAM = chat_stream(CHAT)

Following = AsyncGenerator[Delivery | Passing | None]


async def write(running: Running, *numbers: int) -> None:
    """Events whose own number is the one that their stream should give them."""
    async with running.services.db.transaction() as tx:
        for number in numbers:
            tx.emit(MessagesRead(CHAT, Sender.AGENT, number))


def following(running: Running, reader: Reader, after: str | None) -> Following:
    items = follow(running.hub, running.services.db, reader, STREAM, after, pause=lambda: 0.02)
    assert isinstance(items, AsyncGenerator)
    return items


async def read_until(running: Running, last: int, after: int | None) -> list[int]:
    """The numbers that a new reader sees, up to `last`; each is the event's own."""
    seen: list[int] = []
    async with running.hub.reader() as reader, aclosing(following(running, reader, cursor(running, after))) as items:
        async for item in items:
            if isinstance(item, Delivery) and not isinstance(item.event, Unrecognised):
                assert isinstance(item.event, MessagesRead)
                assert item.event.seq == item.seq
                seen.append(item.seq)
            if seen and seen[-1] >= last:
                return seen
    return seen


def cursor(running: Running, seq: int | None) -> str | None:
    return None if seq is None else write_cursor(running.services.db.epoch, seq)


async def numbers_until_the_end(items: Following, seen: list[int] | None = None) -> None:
    """Note the numbers that come, until reading ends with an error."""
    async with asyncio.timeout(30):
        async for item in items:
            if isinstance(item, Delivery) and seen is not None:
                seen.append(item.seq)


async def first(running: Running, after: str | None) -> Delivery | Passing | None:
    """The first thing that a new reader is told."""
    async with running.hub.reader() as reader, aclosing(following(running, reader, after)) as items:
        async for item in items:
            return item
    return None


async def test_a_fact_that_only_a_newer_version_knows_stops_nobody(running: Running) -> None:
    await write(running, 1, 2, 3)
    async with running.services.db.transaction() as tx:
        newer = update(EventRow).where(col(EventRow.stream) == STREAM, col(EventRow.seq) == 2).values(kind="Blessed")
        await tx.session.execute(newer)
    assert await read_until(running, 3, 0) == [1, 3]


# Cursors


@given(epoch=st.text("0123456789abcdef", min_size=1, max_size=8), seq=st.integers(0, 10**17))
def test_a_cursor_is_read_as_it_was_written(epoch: str, seq: int) -> None:
    assert read_cursor(epoch, write_cursor(epoch, seq)) == seq


@given(st.text(max_size=40))
def test_anything_else_is_invalid_or_of_another_database(text: str) -> None:
    with pytest.raises((Invalid, Resync)):
        read_cursor("epoch", f"x{text}")


@pytest.mark.parametrize("text", ["", ".", "epoch", "epoch.", "epoch.-1", "epoch.1.2", "epoch.²", "epoch." + "9" * 19])
def test_a_malformed_cursor_is_invalid(text: str) -> None:
    with pytest.raises(Invalid, match="bad_cursor"):
        read_cursor("epoch", text)


# Joining


@pytest.mark.settings(tick="PT0.1S")
async def test_every_reader_sees_the_history_after_its_cursor_in_order_while_others_write(
    running: Running, database_url: str, open_running: OpenRunning
) -> None:
    """Readers of both processes join at random moments, with and without a bell, under two writers."""
    chance = random.Random(7)
    total = 60
    async with open_running(database_url, tick="PT0.1S") as second:
        both = (running, second)

        async def writing() -> None:
            number = 0
            while number < total:
                many = min(chance.choice((1, 1, 1, 2, 7)), total - number)
                await write(chance.choice(both), *range(number + 1, number + many + 1))
                number += many
                await asyncio.sleep(chance.choice((0, 0, 0.001, 0.004)))

        async def reading() -> None:
            await asyncio.sleep(chance.random() * 0.2)
            here = chance.choice(both)
            stands = (await here.services.db.heads([STREAM])).get(STREAM, 0)
            after = chance.choice((0, stands, max(0, stands - 3)))
            if after < total:
                assert await read_until(here, total, after) == list(range(after + 1, total + 1))

        async with asyncio.timeout(30):
            await asyncio.gather(writing(), *(reading() for _ in range(30)))


async def test_without_a_cursor_a_reader_begins_now(running: Running) -> None:
    await write(running, 1, 2)
    reading = asyncio.create_task(read_until(running, 3, None))
    await asyncio.sleep(0.2)
    await write(running, 3)
    assert await asyncio.wait_for(reading, 30) == [3]


async def test_a_reader_that_is_up_to_date_waits_for_news(running: Running) -> None:
    await write(running, 1, 2)
    assert await first(running, cursor(running, 2)) is None


async def test_a_long_history_comes_in_pages_without_gap(running: Running) -> None:
    await write(running, *range(1, 1202))
    assert await read_until(running, 1201, 0) == list(range(1, 1202))
    assert await read_until(running, 1201, 1200) == [1201]


async def test_a_cursor_ahead_of_this_process_but_not_of_the_database_is_honoured(
    running: Running, database_url: str, open_running: OpenRunning, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The other process has told the client more than this one has heard of yet."""
    async with open_running(database_url, tick="PT60S") as deaf, deaf.hub.reader(STREAM):
        with monkeypatch.context() as deafened:
            # Its doorbell may join only now, and would look at once for what it has missed.
            deafened.setattr(deaf.hub, "_fetch", lambda _: None)
            await write(running, 1, 2, 3)
            assert deaf.hub._feeds[STREAM].head == 0
        reading = asyncio.create_task(read_until(deaf, 4, 3))
        await asyncio.sleep(0.05)
        await write(running, 4)
        await deaf.hub.tick()
        assert await asyncio.wait_for(reading, 30) == [4]


async def test_signals_come_between(running: Running) -> None:
    typing = Typing(CHAT, Sender.AGENT, "Ana")
    async with running.hub.reader() as reader, aclosing(following(running, reader, None)) as items:
        assert await anext(items) is None
        running.hub.signal(typing)
        assert await anext(items) == typing


# Ends


async def test_a_cursor_of_another_database_is_told_to_fetch_again(running: Running) -> None:
    await write(running, 1)
    with pytest.raises(Resync):
        await first(running, "0ther.1")


async def test_a_cursor_ahead_of_what_exists_is_told_to_fetch_again(running: Running) -> None:
    """As after an older backup was restored under its own epoch."""
    await write(running, 1)
    for seq in (2, 999):
        with pytest.raises(Resync):
            await first(running, cursor(running, seq))


async def test_a_cursor_in_an_unknown_stream_is_told_to_fetch_again(running: Running) -> None:
    with pytest.raises(Resync):
        await first(running, cursor(running, 1))
    assert await first(running, cursor(running, 0)) is None


async def test_a_cursor_older_than_what_is_kept_is_told_to_fetch_again(running: Running, clock: Clock) -> None:
    await write(running, 1, 2)
    clock.advance(days=6)
    await write(running, 3)
    clock.advance(days=1, seconds=1)
    assert await prune_events(running.as_system()) == 2
    for seq in (0, 1):
        with pytest.raises(Resync):
            await first(running, cursor(running, seq))
    assert await read_until(running, 3, 2) == [3]
    clock.advance(days=30)
    assert await prune_events(running.as_system()) == 1
    with pytest.raises(Resync):
        await first(running, cursor(running, 2))
    assert await first(running, cursor(running, 3)) is None
    assert running.services.settings.event_retention == timedelta(days=7)


async def test_numbers_go_on_after_everything_was_pruned(running: Running, clock: Clock) -> None:
    await write(running, 1, 2)
    clock.advance(days=8)
    await prune_events(running.as_system())
    await write(running, 3)
    assert await read_until(running, 3, 2) == [3]


async def test_a_reader_behind_a_hole_is_told_to_fetch_again(
    running: Running, database_url: str, open_running: OpenRunning, clock: Clock
) -> None:
    """Events that this process missed were pruned before it could read them: never a silent skip."""
    async with (
        open_running(database_url, tick="PT60S") as deaf,
        deaf.hub.reader() as reader,
        aclosing(following(deaf, reader, None)) as items,
    ):
        assert await anext(items) is None
        await write(running, 1, 2)
        clock.advance(days=8)
        await prune_events(running.as_system())
        await write(running, 3)
        await deaf.hub.tick()
        with pytest.raises(Resync):
            await numbers_until_the_end(items)


@pytest.mark.settings(reader_buffer=16)
async def test_a_reader_that_lags_resumes_from_its_cursor_without_loss(running: Running) -> None:
    seen: list[int] = []
    async with running.hub.reader() as reader, aclosing(following(running, reader, cursor(running, 0))) as items:
        await write(running, 1)
        while not seen:
            if isinstance(item := await anext(items), Delivery):
                seen.append(item.seq)
        for number in range(2, 40):
            await write(running, number)
        with pytest.raises(Lagged):
            await numbers_until_the_end(items, seen)
    assert seen + await read_until(running, 39, seen[-1]) == list(range(1, 40))
