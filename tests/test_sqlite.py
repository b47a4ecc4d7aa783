"""Short reads are done on the loop's thread, long ones elsewhere; a reader cannot write."""

import sqlite3
import threading
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import OperationalError
from sqlalchemy.ext.asyncio import AsyncEngine

from api.engines import sqlite_batch, sqlite_reader, sqlite_writer
from api.sqlite import Connection

COUNT = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {}) SELECT sum(i), {} FROM n"


@pytest.fixture
async def reader(tmp_path: Path) -> AsyncEngine:
    return sqlite_reader(make_url(f"sqlite+aiosqlite:///{tmp_path}/a.sqlite3"), 1)


async def _on(reader: AsyncEngine, most: int) -> tuple[int, str]:
    """The sum of the numbers up to `most`, and on which thread it was finished."""
    async with reader.connect() as connection:
        raw = await connection.get_raw_connection()
        assert raw.driver_connection is not None
        await raw.driver_connection.create_function("thread", 1, lambda _: threading.current_thread().name)
        total, name = (await connection.execute(text(COUNT.format(most, "thread(i)")))).one()
    await reader.dispose()
    return total, name


async def test_a_short_read_is_done_at_once(reader: AsyncEngine) -> None:
    assert await _on(reader, 10) == (55, threading.main_thread().name)


async def test_a_long_read_is_done_on_a_thread(reader: AsyncEngine) -> None:
    total, name = await _on(reader, 300_000)
    assert total == 300_000 * 300_001 // 2
    assert name != threading.main_thread().name


async def test_a_reader_cannot_write(reader: AsyncEngine) -> None:
    async with reader.connect() as connection:
        with pytest.raises(OperationalError, match="readonly"):
            await connection.execute(text("CREATE TABLE a (b)"))
    await reader.dispose()


async def test_what_is_committed_is_on_the_disk(tmp_path: Path) -> None:
    """Tests of apps in this process do without, see tests/running.py; the program does not."""
    url = make_url(f"sqlite+aiosqlite:///{tmp_path}/a.sqlite3")
    writer, batch = sqlite_writer(url), sqlite_batch(url)
    async with writer.connect() as connection:
        assert (await connection.execute(text("PRAGMA synchronous"))).scalar() == 2
    with batch.connect() as connection:
        assert connection.execute(text("PRAGMA synchronous")).scalar() == 2
    await writer.dispose()
    batch.dispose()


async def test_a_connection_that_fails_leaves_no_thread_that_would_talk_to_a_closed_loop(tmp_path: Path) -> None:
    connection = Connection(str(tmp_path))
    with pytest.raises(sqlite3.OperationalError):
        await connection
    assert not connection._thread.is_alive()
