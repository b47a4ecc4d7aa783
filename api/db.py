"""The database: reading, and transactions that write facts together with their events."""

import asyncio
import logging
import os
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol, TypeVar

import asyncpg
from sqlalchemy import event as sqlalchemy_event
from sqlalchemy import insert, select, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, create_async_engine
from sqlalchemy.pool import AsyncAdaptedQueuePool, QueuePool
from sqlmodel import col

from api import sqlite
from api.errors import AppError, Contention, Invalid, StorageFull, Unavailable
from api.events import Delivery, Event, from_payload, to_payload
from api.models import EventRow, Property, Stream
from api.settings import Settings

log = logging.getLogger(__name__)

_NUMBER = text(
    "INSERT INTO streams (name, last_seq) VALUES (:name, :count)"
    " ON CONFLICT (name) DO UPDATE SET last_seq = streams.last_seq + excluded.last_seq RETURNING last_seq"
)
_DEADLOCK_OR_SERIALISATION = {"40P01", "40001", "55P03"}
_DISK_FULL = {"53100"}
_UNPRINTABLE = {"22021"}
_OUT_OF_RANGE = {"22000", "22003"}
"""What callers gave does not fit any row: 22000 is the driver's own refusal."""
_ATTEMPTS = 4

R = TypeVar("R")


class Publish(Protocol):
    """Hears what a transaction made true, after its commit."""

    def __call__(self, deliveries: Sequence[Delivery], /) -> None: ...


class Transaction:
    """One unit of work. What it emits is numbered and stored with it, and published only after its commit."""

    def __init__(self, session: AsyncSession, now: datetime) -> None:
        self.session = session
        self.now = now
        self._events: list[Event] = []

    def emit(self, event: Event) -> None:
        """Say what happened. A rollback says nothing."""
        self._events.append(event)

    async def number_events(self) -> list[Delivery]:
        """Give each event the next number of its stream, and store it.

        Streams are locked in name order, so that two transactions never wait for each other.
        """
        deliveries: list[Delivery] = []
        for stream, events in _by_stream(self._events):
            last = (await self.session.execute(_NUMBER, {"name": stream, "count": len(events)})).scalar_one()
            first = last - len(events) + 1
            deliveries += [Delivery(stream, first + i, self.now, event) for i, event in enumerate(events)]
        if deliveries:
            await self.session.execute(insert(EventRow), [_row(delivery) for delivery in deliveries])
        return deliveries


class Database:
    """One database with its readers and writers.

    `publish` is told of each commit's events; the hub hands it in, so that nothing here points upwards.
    """

    def __init__(self, settings: Settings, clock: Callable[[], datetime]) -> None:
        self._url = make_url(settings.database)
        self._clock = clock
        self.publish: Publish = _nobody_listens
        self.epoch = ""
        if self.embedded:
            _make_file(self._url.database)
            # One writer: SQLite has one anyway, and waiting in line is quicker than colliding.
            self._writer = _sqlite_engine(self._url, "BEGIN IMMEDIATE", pool_size=1)
            self._reader = _sqlite_engine(self._url, "BEGIN", pool_size=settings.database_pool)
        else:
            self._writer = self._reader = _postgres_engine(self._url, settings.database_pool)

    @property
    def embedded(self) -> bool:
        """Whether this is SQLite in our own process."""
        return self._url.get_backend_name() == "sqlite"

    @property
    def engine(self) -> AsyncEngine:
        """The engine that may write, for migrations."""
        return self._writer

    @property
    def in_use(self) -> dict[str, int]:
        """How many connections are taken, of those that write and of those that read (PostgreSQL: of all)."""
        pools = (
            {"writer": self._writer.pool, "reader": self._reader.pool} if self.embedded else {"all": self._writer.pool}
        )
        return {name: pool.checkedout() for name, pool in pools.items() if isinstance(pool, QueuePool)}

    async def open(self) -> None:
        """Learn the epoch of a migrated database, writing it on the first run."""
        async with self.transaction() as tx:
            tx.session.sync_session.autoflush = False
            await tx.session.execute(
                text("INSERT INTO properties (name, value) VALUES ('epoch', :value) ON CONFLICT (name) DO NOTHING"),
                {"value": secrets.token_hex(4)},
            )
            query = select(col(Property.value)).where(col(Property.name) == "epoch")
            self.epoch = (await tx.session.execute(query)).scalar_one()

    async def close(self) -> None:
        """Let go of every connection."""
        await self._writer.dispose()
        await self._reader.dispose()

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncSession]:
        """A session for reading: one consistent view on SQLite, released at the end of the block."""
        with _typed_errors():
            async with AsyncSession(self._reader, expire_on_commit=False, autoflush=False) as session:
                yield session

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Transaction]:
        """All or nothing; its events are published after the commit.

        Raises Contention when it lost against another transaction (run it again), Unavailable, StorageFull.
        """
        with _typed_errors():
            async with AsyncSession(self._writer, expire_on_commit=False, autoflush=True) as session:
                tx = Transaction(session, self._clock())
                yield tx
                await session.flush()
                deliveries = await tx.number_events()
                await session.commit()
        if deliveries:
            self.publish(deliveries)

    async def heads(self, streams: Iterable[str]) -> dict[str, int]:
        """Where these streams stand; one that has no event yet is absent."""
        async with self.read() as session:
            query = select(col(Stream.name), col(Stream.last_seq)).where(col(Stream.name).in_(list(streams)))
            return {name: seq for name, seq in await session.execute(query)}

    async def events_after(self, stream: str, seq: int, limit: int) -> list[Delivery]:
        """The stored events of a stream after a number, in order, at most `limit`."""
        async with self.read() as session:
            rows = await session.execute(
                select(col(EventRow.seq), col(EventRow.at), col(EventRow.kind), col(EventRow.payload))
                .where(col(EventRow.stream) == stream, col(EventRow.seq) > seq)
                .order_by(col(EventRow.seq))
                .limit(limit)
            )
            return [Delivery(stream, number, at, from_payload(kind, payload)) for number, at, kind, payload in rows]


def _nobody_listens(deliveries: Sequence[Delivery], /) -> None:
    """Before a hub is joined, events are only stored."""


def _by_stream(events: list[Event]) -> list[tuple[str, list[Event]]]:
    grouped: dict[str, list[Event]] = {}
    for event in events:
        grouped.setdefault(event.stream, []).append(event)
    return sorted(grouped.items())


def _row(delivery: Delivery) -> dict[str, Any]:
    return {
        "stream": delivery.stream,
        "seq": delivery.seq,
        "kind": type(delivery.event).__name__,
        "payload": to_payload(delivery.event),
        "at": delivery.at,
    }


def _make_file(path: str | None) -> None:
    """Make an empty database that only its owner may read: it holds conversations, and SQLite's own files follow it."""
    if not path or path == ":memory:":
        return
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    # Where it cannot be made, SQLite says so itself when it opens it.
    with suppress(OSError):
        os.close(os.open(path, os.O_CREAT | os.O_EXCL, 0o600))


def _sqlite_engine(url: Any, begin: str, pool_size: int) -> AsyncEngine:
    engine = create_async_engine(
        url,
        async_creator=lambda: sqlite.Connection(url.database or ":memory:"),
        poolclass=AsyncAdaptedQueuePool,
        pool_size=pool_size,
        max_overflow=0,
        pool_timeout=10,
        hide_parameters=True,
    )

    @sqlalchemy_event.listens_for(engine.sync_engine, "connect")
    def _prepare(connection: Any, _: Any) -> None:
        # The driver must not open transactions by itself: we begin them, as IMMEDIATE where we write.
        connection.isolation_level = None
        cursor = connection.cursor()
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=5000"):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()
        # SQLite's own lower() knows no accents, and PostgreSQL's does.
        connection.create_function("lower", 1, lambda text: text.lower() if isinstance(text, str) else text)

    @sqlalchemy_event.listens_for(engine.sync_engine, "begin")
    def _begin(connection: Any) -> None:
        connection.exec_driver_sql(begin)

    return engine


def _postgres_engine(url: Any, pool_size: int) -> AsyncEngine:
    return create_async_engine(
        url,
        pool_size=pool_size,
        max_overflow=0,
        pool_timeout=10,
        pool_pre_ping=True,
        hide_parameters=True,
        connect_args={"server_settings": {"lock_timeout": "5s", "statement_timeout": "30s", "timezone": "UTC"}},
    )


@contextmanager
def _typed_errors() -> Iterator[None]:
    """Turn what a driver raises into what callers understand; anything unknown goes through as it is."""
    try:
        yield
    except PoolTimeout as error:
        raise Unavailable("unavailable") from error
    except UnicodeEncodeError as error:
        raise Invalid("unprintable") from error
    except OverflowError as error:
        raise Invalid("bad_value") from error
    except DBAPIError as error:
        typed = _typed(error)
        if typed is None:
            raise
        log.warning("database: %s", type(error.orig).__name__)
        raise typed from error
    except (OSError, asyncpg.PostgresConnectionError, asyncpg.CannotConnectNowError) as error:
        log.warning("database: %s", type(error).__name__)
        raise Unavailable("unavailable") from error


def _typed(error: DBAPIError) -> AppError | None:
    state = getattr(error.orig, "sqlstate", None)
    message = str(error.orig).lower()
    if state in _DEADLOCK_OR_SERIALISATION or "database is locked" in message:
        return Contention("unavailable")
    if state in _UNPRINTABLE:
        return Invalid("unprintable")
    if state in _OUT_OF_RANGE:
        return Invalid("bad_value")
    if state in _DISK_FULL or "database or disk is full" in message:
        return StorageFull("storage_full")
    if error.connection_invalidated or isinstance(error, InterfaceError) or (state or "").startswith(("08", "57P")):
        return Unavailable("unavailable")
    if isinstance(error, OperationalError) and "unable to open" in message:
        return Unavailable("unavailable")
    return None


async def persist(work: Callable[[], Awaitable[R]]) -> R:
    """Do `work`, and again when its transaction had to give way, up to four times in all; then raise Unavailable."""
    lost: Contention | None = None
    for attempt in range(_ATTEMPTS):
        if attempt:
            # Longer each time, and never in step with others.
            await asyncio.sleep(0.005 * 2**attempt * (1 + secrets.randbelow(100) / 100))
        try:
            return await work()
        except Contention as error:
            lost = error
    raise Unavailable("unavailable") from lost
