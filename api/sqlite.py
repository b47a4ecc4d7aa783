"""aiosqlite with fewer trips to its thread: one for each statement, with the BEGIN before it and the rows after it.

The driver makes four trips for a statement (open a cursor, execute, fetch, close) and one more for BEGIN. Each trip
wakes a thread and then the loop, which costs more than most statements do.
"""

import sqlite3
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Self

import aiosqlite


class Connection(aiosqlite.Connection):
    """A connection whose cursors are cheap, and whose transactions begin with their first statement."""

    def __init__(self, path: str) -> None:
        # Rows and cursors are let go of on the loop's thread; SQLite itself is built to be called from several.
        super().__init__(lambda: sqlite3.connect(path, check_same_thread=False), iter_chunk_size=64)
        self._thread.daemon = True
        self.begin: str | None = None
        """How the next statement's transaction begins, when one is due."""

    def cursor(self) -> Any:
        return Cursor(self)

    async def statement(self, run: Callable[[sqlite3.Cursor], object]) -> tuple[sqlite3.Cursor, list[Any]]:
        """Begin if that is due, run one statement and fetch its rows, in one trip."""
        begin, self.begin = self.begin, None

        def trip() -> tuple[sqlite3.Cursor, list[Any]]:
            cursor = self._conn.cursor()
            if begin is not None:
                cursor.execute(begin)
            run(cursor)
            return cursor, cursor.fetchall() if cursor.description else []

        return await self._execute(trip)

    async def commit(self) -> None:
        if not self._never_began():
            await super().commit()

    async def rollback(self) -> None:
        if not self._never_began():
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
