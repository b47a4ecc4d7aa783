"""The database: reading, and transactions that write facts together with their events."""

import asyncio
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable, Hashable, Iterable, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any, Protocol, TypeVar

from sqlalchemy import Connection, bindparam, select, text
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession
from sqlalchemy.orm import Session
from sqlalchemy.pool import QueuePool
from sqlmodel import col

from api import chain
from api.batches import SqliteBatches
from api.commits import GroupCommit
from api.drivers import typed_errors
from api.engines import SqliteGlance, make_file, postgres, sqlite_reader, sqlite_writer
from api.errors import Contention, Unavailable
from api.events import Delivery, Event, from_payload
from api.models import EventRow, Stream, property_value
from api.settings import Settings
from api.writing import Writing

_ATTEMPTS = 4
PATIENCE = 10.0
"""Seconds that a transaction waits for its turn to write, as long as for a connection."""

ABREAST = 2
"""Groups of commands that PostgreSQL commits at the same time."""

_HEADS = select(col(Stream.name), col(Stream.last_seq)).where(col(Stream.name).in_(bindparam("names", expanding=True)))

C = TypeVar("C")
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
        self._acts: list[chain.Act] = []

    def emit(self, event: Event) -> None:
        """Say what happened. A rollback says nothing."""
        self._events.append(event)

    def audit(self, act: chain.Act) -> None:
        """Enter an act into the audit log, at the end of this transaction. A rollback enters nothing."""
        self._acts.append(act)

    async def write(self, work: Callable[[Writing], R]) -> R:
        """Do what needs no awaiting as a part of this transaction, on what it has written so far."""

        def plainly(session: Session) -> R:
            session.flush()
            # The same list: what it says, this transaction says.
            return work(Writing(session.connection(), lambda: self.now, self._events))

        return await self.session.run_sync(plainly)

    async def finish(self, sign: chain.Sign) -> list[Delivery]:
        """Give each event the next number of its stream, and each act its place in the audit log; store them."""

        def store(writing: Writing) -> list[Delivery]:
            deliveries = writing.store_events()
            if self._acts:
                # Last of all: whoever holds the head of the chain waits for nobody, only for the commit.
                chain.append(writing.connection, self._acts, sign)
            return deliveries

        return await self.write(store) if self._events or self._acts else []


class Database:
    """One database with its readers and writers.

    `publish` is told of each commit's events; the hub hands it in, so that nothing here points upwards. `sign` makes
    the digests of audit entries; the vault hands it in, and its key is never in the database.
    """

    def __init__(self, settings: Settings, clock: Callable[[], datetime]) -> None:
        self._url = make_url(settings.database)
        self._clock = clock
        self._groups: dict[Any, GroupCommit[Any, Any]] = {}
        self.publish: Publish = _nobody_listens
        self.sign: chain.Sign = _nobody_signs
        self.epoch = ""
        # SQLite has one writer anyway, and waiting in line is quicker than colliding.
        self._line = asyncio.Lock()
        if self.embedded:
            make_file(self._url.database)
            self._writer = sqlite_writer(self._url)
            self._reader = sqlite_reader(self._url, settings.database_pool)
            self._batches = SqliteBatches(self._url)
            self._glance = SqliteGlance(self._url)
            plain = [*self._batches.engines, self._glance.engine]
            self.engines = [self._writer.sync_engine, self._reader.sync_engine, *plain]
        else:
            self._writer = self._reader = postgres(self._url, settings.database_pool)
            self._glance_away = self._reader.execution_options(isolation_level="AUTOCOMMIT")
            self.engines = [self._writer.sync_engine]

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
        """Learn the epoch of a migrated database, written on the first run; begin the audit log where it is empty."""
        async with self.transaction() as tx:
            tx.session.sync_session.autoflush = False
            await tx.session.execute(
                text("INSERT INTO properties (name, value) VALUES ('epoch', :value) ON CONFLICT (name) DO NOTHING"),
                {"value": secrets.token_hex(4)},
            )
            await tx.session.execute(
                text(
                    "INSERT INTO properties (name, value) SELECT :name, :value "
                    "WHERE NOT EXISTS (SELECT 1 FROM audit) ON CONFLICT (name) DO NOTHING"
                ),
                {"name": chain.HEAD, "value": str(chain.Head())},
            )
            self.epoch = (await tx.session.execute(property_value("epoch"))).scalar_one()

    async def close(self) -> None:
        """Let go of every connection, after what is under way."""
        await asyncio.gather(*(group.close() for group in self._groups.values()))
        await self._writer.dispose()
        await self._reader.dispose()
        if self.embedded:
            self._batches.close()
            self._glance.close()

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncSession]:
        """A session for reading: one consistent view on SQLite, released at the end of the block."""
        with typed_errors():
            async with AsyncSession(self._reader, expire_on_commit=False, autoflush=False) as session:
                yield session

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Transaction]:
        """All or nothing; its events are published after the commit.

        Raises Contention when it lost against another transaction (run it again), Unavailable, StorageFull.
        """
        with typed_errors():
            async with self.turn(), AsyncSession(self._writer, expire_on_commit=False, autoflush=True) as session:
                tx = Transaction(session, self._clock())
                yield tx
                await session.flush()
                deliveries = await tx.finish(self.sign)
                await session.commit()
        if deliveries:
            self.publish(deliveries)

    async def write(self, work: Callable[[Writing], R], *, brief: bool = False) -> R:
        """Do `work` in one transaction, in one go: on SQLite on a thread, or what is brief here. Publishes after it.

        Raises Contention when it lost against another transaction (run it again), Unavailable, StorageFull.
        """

        def stored(connection: Connection) -> tuple[R, list[Delivery]]:
            writing = Writing(connection, self._clock)
            return work(writing), writing.store_events()

        with typed_errors():
            if self.embedded:
                run = self._batches.at_once if brief else self._batches.on_thread
                async with self.turn():
                    result, deliveries = await run(stored)
            else:
                async with self._writer.connect() as connection, connection.begin():
                    result, deliveries = await connection.run_sync(stored)
        if deliveries:
            self.publish(deliveries)
        return result

    async def together(
        self,
        work: Callable[[Writing, Sequence[C]], Sequence[R | Exception]],
        command: C,
        *,
        about: Callable[[C], Hashable],
    ) -> R:
        """Let `work` do this command, in one transaction with others of its kind that wait now.

        `work` answers each command in its place; an exception in that place is that command's own. Raises it, or what
        `write` raises. `about` tells what a command locks.
        """
        group = self._groups.get(work)
        if group is None:
            group = self._groups[work] = GroupCommit(
                lambda commands: self.write(lambda writing: work(writing, commands), brief=True),
                about=about,
                # While one waits for the disk or the network, another one may run; SQLite writes one after the other.
                abreast=1 if self.embedded else ABREAST,
            )
        return await group.submit(command)

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """Wait in line to write; PostgreSQL keeps its own lines, one for each row."""
        if not self.embedded:
            yield
            return
        try:
            async with asyncio.timeout(PATIENCE):
                await self._line.acquire()
        except TimeoutError as error:
            raise Unavailable("unavailable") from error
        try:
            yield
        finally:
            self._line.release()

    async def look(self, work: Callable[[Connection], R]) -> R:
        """Read something that an index finds at once; on SQLite right here, which is quicker than asking a thread.

        Raises Unavailable.
        """
        with typed_errors():
            if self.embedded:
                return work(self._glance.connection)
            async with self._glance_away.connect() as away:
                return await away.run_sync(work)

    async def heads(self, streams: Iterable[str]) -> dict[str, int]:
        """Where these streams stand; one that has no event yet is absent."""
        names = list(streams)
        return await self.look(
            lambda connection: {name: seq for name, seq in connection.execute(_HEADS, {"names": names})}
        )

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


def _nobody_signs(text: str, /) -> str:
    raise RuntimeError("no key was handed in, and nobody's acts can be entered")


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
