"""Who reads which stream here, and how each event reaches them: in order, once, and never slowing the others.

An event arrives by one of three ways: handed over after a commit of this process, rung in by another process and then
read from the database, or found by the tick because a ring was lost. A feed lets all three through one gate, which
opens for the next number only.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Collection, Sequence
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

from api.db import Database
from api.errors import AppError
from api.events import Delivery, Passing, Typing
from api.models.enums import Sender
from api.settings import Settings
from api.subscriptions.doorbell import Doorbell
from api.subscriptions.feed import Feed
from api.subscriptions.readers import Listener, Reader

log = logging.getLogger(__name__)

PAGE = 500


class Hub:
    """All feeds of one app, the bell to other processes, and the tick for what the bell lost."""

    def __init__(self, db: Database, settings: Settings) -> None:
        self._db = db
        self._tick = settings.tick.total_seconds()
        self._buffer = settings.reader_buffer
        self._feeds: dict[str, Feed] = {}
        self._ticking: asyncio.Task[None] | None = None
        self.moved_elsewhere: Callable[[Collection[str]], None] = lambda streams: None
        """Is told of streams to which another process has added something."""
        self._doorbell = Doorbell(
            settings.broker_url.get_secret_value(),
            heard=self._on_heads,
            signalled=self._on_signal,
            rejoined=self._on_rejoined,
        )

    @property
    def doorbell(self) -> Doorbell:
        """The bell, for those who ask whether it works."""
        return self._doorbell

    @property
    def subscribers(self) -> int:
        """How many subscribers there are in this process."""
        return sum(reader.subscribers for reader in {r for feed in self._feeds.values() for r in feed.readers})

    @property
    def feeds(self) -> int:
        """How many streams are read in this process."""
        return len(self._feeds)

    @property
    def lag(self) -> int:
        """By how many events the readers of a stream are behind what is known of it: of the worst one."""
        return max((feed.behind for feed in self._feeds.values()), default=0)

    @property
    def fill(self) -> float:
        """How full the fullest reader's buffer is, from 0 to 1."""
        return max((reader.fill for feed in self._feeds.values() for reader in feed.readers), default=0.0)

    async def open(self) -> None:
        """Begin to listen."""
        self._doorbell.open()
        self._ticking = asyncio.create_task(self._keep_ticking(), name="hub tick")

    async def close(self) -> None:
        """Stop listening; readers are ended by their own connections."""
        reading = [feed.reading for feed in self._feeds.values() if feed.reading]
        for task in [self._ticking, *reading]:
            if task:
                task.cancel()
        await asyncio.gather(*(task for task in [self._ticking, *reading] if task), return_exceptions=True)
        await self._doorbell.close()

    def publish(self, deliveries: Sequence[Delivery]) -> None:
        """Hand committed events to the readers here, and ring for those elsewhere."""
        heads: dict[str, int] = {}
        for delivery in deliveries:
            heads[delivery.stream] = max(delivery.seq, heads.get(delivery.stream, 0))
            feed = self._feeds.get(delivery.stream)
            if feed and not feed.push(delivery):
                self._fetch(feed)
        self._doorbell.ring(heads)

    def signal(self, typing: Typing) -> None:
        """Tell the readers of a chat, here and elsewhere, that somebody is writing."""
        self.show(typing)
        self._doorbell.signal([str(typing.chat_id), typing.by, typing.name])

    def show(self, passing: Passing) -> None:
        """Tell the readers here of something passing."""
        feed = self._feeds.get(passing.stream)
        for reader in feed.readers if feed else ():
            reader.offer(passing)

    def new_reader(self) -> Reader:
        """A reader that listens to nothing yet."""
        return Reader(self._buffer)

    @asynccontextmanager
    async def reader(self, *streams: str) -> AsyncIterator[Reader]:
        """Listen to streams for the length of the block. More may be joined and left meanwhile."""
        reader = self.new_reader()
        try:
            for stream in streams:
                await self.join(reader, stream)
            yield reader
        finally:
            reader.close()
            for stream in [name for name, feed in self._feeds.items() if reader in feed.readers]:
                self.leave(reader, stream)

    @asynccontextmanager
    async def listening(self, listener: Listener, *streams: str) -> AsyncIterator[None]:
        """Have a listener told what happens in streams for the length of the block."""
        try:
            for stream in streams:
                await self.join(listener, stream)
            yield
        finally:
            for stream in streams:
                self.leave(listener, stream)

    def head_of(self, stream: str) -> int:
        """Where a stream stands that is read here."""
        return self._feeds[stream].head or 0

    async def join(self, reader: Listener, stream: str) -> int:
        """Add a stream to a reader; returns where the stream stands, everything after which will reach the reader."""
        feed = self._feeds.setdefault(stream, Feed(stream))
        # Listen before asking: an event that is committed between the two would be lost.
        feed.readers.add(reader)
        if feed.head is not None:
            return feed.head
        heads = await self._db.heads([stream])
        return feed.start_at(heads.get(stream, 0))

    async def join_all(self, reader: Listener, streams: Collection[str]) -> None:
        """Add many streams to a reader, asking once where they stand."""
        feeds = [self._feeds.setdefault(stream, Feed(stream)) for stream in streams]
        for feed in feeds:
            feed.readers.add(reader)
        heads = await self._db.heads([feed.stream for feed in feeds if feed.head is None])
        for feed in feeds:
            feed.start_at(heads.get(feed.stream, 0))

    def leave(self, reader: Listener, stream: str) -> None:
        """Take a stream from a reader; a feed without readers is forgotten."""
        feed = self._feeds.get(stream)
        if feed is None:
            return
        feed.readers.discard(reader)
        if not feed.readers:
            del self._feeds[stream]

    def _on_heads(self, heads: dict[str, int]) -> None:
        self.moved_elsewhere(heads)
        for stream, seq in heads.items():
            feed = self._feeds.get(stream)
            if feed and feed.head is not None and seq > feed.head:
                feed.known = max(feed.known, seq)
                self._fetch(feed)

    def _on_signal(self, signal: list[Any]) -> None:
        chat_id, by, name = signal
        self.show(Typing(UUID(chat_id), Sender(by), name))

    def _on_rejoined(self) -> None:
        for feed in self._feeds.values():
            self._fetch(feed)

    def _fetch(self, feed: Feed) -> None:
        """Read what is missing from the database, one read at a time for each feed."""
        if feed.head is not None and (feed.reading is None or feed.reading.done()):
            feed.reading = asyncio.create_task(self._read_missing(feed), name=f"fetch {feed.stream}")

    async def _read_missing(self, feed: Feed) -> None:
        try:
            while feed.head is not None and (rows := await self._db.events_after(feed.stream, feed.head, PAGE)):
                if rows[0].seq != feed.head + 1:
                    feed.skip_to(rows[0].seq - 1)
                for delivery in rows:
                    feed.push(delivery)
                if len(rows) < PAGE:
                    return
        except AppError as error:
            # The database is away: the next tick tries again, nothing is skipped.
            log.warning("hub: %s not read: %s", feed.stream, error.code)
        except Exception:
            # Nor by a fault of ours, which would else go unseen: it is looked at again at the next tick too.
            log.exception("hub: %s not read", feed.stream)

    async def _keep_ticking(self) -> None:
        while True:
            await asyncio.sleep(self._tick)
            try:
                await self.tick()
            except AppError as error:
                log.warning("hub: tick missed: %s", error.code)
            except Exception:
                # The tick is what makes up for everything else: it goes on whatever happens.
                log.exception("hub: tick missed")

    async def tick(self) -> None:
        """Compare where the streams read here stand with the database, in one query for each thousand of them."""
        streams = list(self._feeds)
        for start in range(0, len(streams), 1000):
            self._on_heads(await self._db.heads(streams[start : start + 1000]))
