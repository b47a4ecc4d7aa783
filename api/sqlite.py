"""aiosqlite with fewer trips to its thread.

The driver makes four trips for a statement (open a cursor, execute, fetch, close) and one more for BEGIN. Each trip
wakes a thread and then the loop, which costs more than most statements do. Here a statement is one trip, with the
BEGIN before it and the rows after it; and on a connection that only reads it is usually none: what is found within
two milliseconds is read at once, and only what takes longer is begun anew on the thread, where nobody waits for it.
"""

import sqlite3
import time
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Self

import aiosqlite

BRIEF = 0.002
"""Seconds of reading that the loop does itself: about what two trips to a thread would cost it."""
_STEPS = 500
"""How many of SQLite's own steps lie between two looks at the time."""


class Connection(aiosqlite.Connection):
    """A connection whose cursors are cheap, and whose transactions begin with their first statement.

    A `brief` one only ever reads, so that a statement may be tried, and be tried again elsewhere.
    """

    def __init__(self, path: str, *, brief: bool = False) -> None:
        # Rows and cursors are let go of on the loop's thread; SQLite itself is built to be called from several.
        super().__init__(lambda: sqlite3.connect(path, check_same_thread=False), iter_chunk_size=64)
        self._thread.daemon = True
        self._brief = brief
        self._watched = False
        self._until = 0.0
        self.begin: str | None = None
        """How the next statement's transaction begins, when one is due."""

    async def _connect(self) -> aiosqlite.Connection:
        try:
            return await super()._connect()
        except sqlite3.Error:
            # The driver asks its thread to stop and goes on; a loop that is closed before that happens has it raise.
            self._thread.join()
            raise

    def cursor(self) -> Any:
        return Cursor(self)

    async def statement(self, run: Callable[[sqlite3.Cursor], object]) -> tuple[sqlite3.Cursor, list[Any]]:
        """Begin if that is due, run one statement and fetch its rows."""
        begin, self.begin = self.begin, None

        def trip() -> tuple[sqlite3.Cursor, list[Any]]:
            cursor = self._conn.cursor()
            if begin is not None and not self._conn.in_transaction:
                cursor.execute(begin)
            run(cursor)
            return cursor, cursor.fetchall() if cursor.description else []

        if self._brief:
            try:
                return self._at_once(trip)
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode != sqlite3.SQLITE_INTERRUPT:
                    raise
        return await self._execute(trip)

    def _at_once(self, trip: Callable[[], tuple[sqlite3.Cursor, list[Any]]]) -> tuple[sqlite3.Cursor, list[Any]]:
        if not self._watched:
            self._conn.set_progress_handler(self._is_late, _STEPS)
            self._watched = True
        self._until = time.perf_counter() + BRIEF
        try:
            return trip()
        finally:
            self._until = 0.0

    def _is_late(self) -> bool:
        """Asked by SQLite now and then; True interrupts the statement."""
        return 0.0 < self._until < time.perf_counter()

    async def commit(self) -> None:
        if not self._never_began():
            await super().commit()

    async def rollback(self) -> None:
        if self._never_began():
            return
        if self._brief:
            self._conn.rollback()
        else:
            await super().rollback()

    def _never_began(self) -> bool:
        begin, self.begin = self.begin, None
        return begin is not None


class Cursor:
    """What SQLAlchemy asks of a cursor; it holds the rows, and nothing of it has to be closed."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._cursor: sqlite3.Cursor | None = None
        self._rows: list[Any] = []
        self.arraysize = 1

    async def __aenter__(self) -> Self:
        return self

    async def execute(self, sql: str, parameters: Iterable[Any] = ()) -> Self:
        if sql.startswith("BEGIN"):
            self._connection.begin = sql
            return self
        given = tuple(parameters)
        self._cursor, self._rows = await self._connection.statement(lambda cursor: cursor.execute(sql, given))
        return self

    async def executemany(self, sql: str, parameters: Iterable[Sequence[Any]]) -> Self:
        self._cursor, self._rows = await self._connection.statement(lambda cursor: cursor.executemany(sql, parameters))
        return self

    async def fetchall(self) -> list[Any]:
        rows, self._rows = self._rows, []
        return rows

    async def close(self) -> None:
        """Nothing is left to close: the rows have been read."""

    @property
    def description(self) -> Any:
        return self._cursor.description if self._cursor else None

    @property
    def rowcount(self) -> int:
        return self._cursor.rowcount if self._cursor else -1

    @property
    def lastrowid(self) -> int | None:
        return self._cursor.lastrowid if self._cursor else None
