"""Rewriting the database's files, so that what was deleted is not in them either."""

import asyncio
import sqlite3
from contextlib import closing

from sqlalchemy.ext.asyncio import AsyncEngine

from api.db import Database
from api.drivers import typed_errors
from api.engines import BUSY_FOR


async def scrub(db: Database) -> bool:
    """Let no deleted bytes stay in the files of the database; on SQLite nobody writes meanwhile, and anybody reads.

    False when somebody stood in the way, and it is to be tried again. Raises Unavailable, StorageFull.
    """
    with typed_errors():
        if not db.embedded:
            await _vacuum(db.engine)
            return True
        async with db.turn():
            return await asyncio.to_thread(_rewrite, db.engine.url.database or "")


def _rewrite(path: str) -> bool:
    connection = sqlite3.connect(path, timeout=BUSY_FOR / 1000, isolation_level=None)
    with closing(connection):
        try:
            # The index keeps what was taken out of it until its parts are merged.
            connection.execute("INSERT INTO chat_search (chat_search) VALUES ('optimize')")
            connection.execute("VACUUM")
            busy, _, _ = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY:
                raise
            return False
    # Somebody still reads pages of before, which stay in the log as long.
    return not busy


async def _vacuum(engine: AsyncEngine) -> None:
    """Free what dead rows hold, in every table: no query reads it, and it is written over in time."""
    async with engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
        await connection.exec_driver_sql("SET statement_timeout = 0")
        try:
            await connection.exec_driver_sql("VACUUM")
        finally:
            await connection.exec_driver_sql("RESET statement_timeout")
