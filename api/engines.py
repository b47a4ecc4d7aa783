"""How connections to each kind of database are made."""

import math
import os
import sqlite3
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import orjson
from sqlalchemy import URL, Connection, Engine, StaticPool, create_engine
from sqlalchemy import event as sqlalchemy_event
from sqlalchemy.exc import InvalidatePoolError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import AsyncAdaptedQueuePool

from api import sqlite

_SHARED: dict[str, Any] = {
    # Errors never carry what people wrote into a log.
    "hide_parameters": True,
    "json_serializer": lambda value: orjson.dumps(value).decode(),
    "json_deserializer": orjson.loads,
}

RESTED = 1.0
"""Seconds after which a connection is no longer taken to live only because it did."""
BUSY_FOR = 5000
"""Milliseconds that a writer waits for another process to let go of a SQLite file."""


def make_file(path: str | None) -> None:
    """Make an empty database that only its owner may read: it holds conversations, and SQLite's own files follow it."""
    if not path or path == ":memory:":
        return
    # Where it cannot be made, SQLite says so itself when it opens it.
    with suppress(OSError):
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        os.close(os.open(path, os.O_CREAT | os.O_EXCL, 0o600))


def sqlite_reader(url: URL, pool_size: int) -> AsyncEngine:
    """Connections that only read, each statement at once or on a thread: see sqlite.py."""
    engine = _sqlite(url, pool_size, brief=True)
    _prepare(engine.sync_engine, "BEGIN", "PRAGMA query_only=ON")
    return engine


def sqlite_writer(url: URL) -> AsyncEngine:
    """The one connection of transactions that wait for something between their statements."""
    engine = _sqlite(url, 1, brief=False)
    _prepare(engine.sync_engine, "BEGIN IMMEDIATE")
    return engine


def sqlite_batch(url: URL, *more: str) -> Engine:
    """One connection of transactions that run from begin to commit in one go: see batches.py."""
    engine = _plain_sqlite(url)
    _prepare(engine, "BEGIN IMMEDIATE", *more)
    return engine


class SqliteGlance:
    """The one connection of reads so short that they are done at once; each statement sees the newest commit."""

    def __init__(self, url: URL) -> None:
        # Nothing is ever begun on it that would have to be rolled back.
        self.engine = _plain_sqlite(url, pool_reset_on_return=None)
        _prepare(self.engine, None, "PRAGMA query_only=ON")
        self._connection: Connection | None = None

    @property
    def connection(self) -> Connection:
        """The same for all looks: taking it anew costs as much as a statement."""
        if self._connection is None:
            self._connection = self.engine.connect()
        return self._connection

    def close(self) -> None:
        """Let go of it."""
        if self._connection is not None:
            self._connection.close()
        self.engine.dispose()


def _plain_sqlite(url: URL, **options: Any) -> Engine:
    connect, path = sqlite3.connect, url.database or ":memory:"
    return create_engine(
        "sqlite://",
        # It may be opened and used by one thread, and closed by another.
        creator=lambda: connect(path, check_same_thread=False),
        poolclass=StaticPool,
        **_SHARED,
        **options,
    )


def postgres(url: URL, pool_size: int) -> AsyncEngine:
    """Connections that may read and write."""
    engine = create_async_engine(
        url,
        pool_size=pool_size,
        max_overflow=0,
        pool_timeout=10,
        connect_args={
            "server_settings": {"lock_timeout": "5s", "statement_timeout": "30s", "timezone": "UTC", "jit": "off"},
            # A statement that writes several rows is another one for each number of them.
            "prepared_statement_cache_size": 500,
        },
        **_SHARED,
    )
    _ask_after_a_rest(engine.sync_engine)
    return engine


def _ask_after_a_rest(engine: Engine) -> None:
    """See that a connection still lives before it is used, unless it was used a moment ago.

    SQLAlchemy's own way asks each time, in three round trips.
    """

    @sqlalchemy_event.listens_for(engine, "checkin")
    def _rests(_: Any, record: Any) -> None:
        record.info["rests_since"] = time.monotonic()

    @sqlalchemy_event.listens_for(engine, "checkout")
    def _wakes(connection: Any, record: Any, _: Any) -> None:
        if time.monotonic() - record.info.get("rests_since", math.inf) < RESTED:
            return
        try:
            engine.dialect.do_ping(connection)
        except engine.dialect.loaded_dbapi.Error as error:
            # Whatever ended this one has likely ended the others too.
            raise InvalidatePoolError from error


def _sqlite(url: URL, pool_size: int, *, brief: bool) -> AsyncEngine:
    return create_async_engine(
        url,
        async_creator=lambda: sqlite.Connection(url.database or ":memory:", brief=brief),
        poolclass=AsyncAdaptedQueuePool,
        pool_size=pool_size,
        max_overflow=0,
        pool_timeout=10,
        **_SHARED,
    )


def _prepare(engine: Engine, begin: str | None, *more: str) -> None:
    @sqlalchemy_event.listens_for(engine, "connect")
    def _connected(connection: Any, _: Any) -> None:
        # The driver must not open transactions by itself: we begin them, as IMMEDIATE where we write.
        connection.isolation_level = None
        cursor = connection.cursor()
        pragmas = (
            "journal_mode=WAL",
            "synchronous=FULL",
            "foreign_keys=ON",
            "secure_delete=ON",
            f"busy_timeout={BUSY_FOR}",
        )
        for statement in (*(f"PRAGMA {pragma}" for pragma in pragmas), *more):
            cursor.execute(statement)
        cursor.close()
        # SQLite's own lower() knows no accents, and PostgreSQL's does.
        connection.create_function("lower", 1, lambda text: text.lower() if isinstance(text, str) else text)

    if begin is None:
        return

    @sqlalchemy_event.listens_for(engine, "begin")
    def _begin(connection: Any) -> None:
        connection.exec_driver_sql(begin)
