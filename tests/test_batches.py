"""Transactions on SQLite in one go: where they run, and that they never hold the loop up for another process."""

import asyncio
import sqlite3
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Connection, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import IntegrityError

from api.batches import SqliteBatches


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "a.sqlite3"
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("CREATE TABLE lines (id INTEGER PRIMARY KEY, thread TEXT)")
    connection.close()
    return path


@pytest.fixture
def batches(file: Path) -> Iterator[SqliteBatches]:
    batches = SqliteBatches(make_url(f"sqlite+aiosqlite:///{file}"))
    yield batches
    batches.close()


def add_line(connection: Connection) -> str:
    name = threading.current_thread().name
    connection.execute(text("INSERT INTO lines (thread) VALUES (:name)"), {"name": name})
    return name


def count(file: Path) -> int:
    connection = sqlite3.connect(file)
    found: int = connection.execute("SELECT count(*) FROM lines").fetchone()[0]
    connection.close()
    return found


async def test_what_is_brief_runs_here_and_is_committed(file: Path, batches: SqliteBatches) -> None:
    assert await batches.at_once(add_line) == threading.main_thread().name
    assert count(file) == 1


async def test_what_takes_its_time_runs_on_a_thread(file: Path, batches: SqliteBatches) -> None:
    assert await batches.on_thread(add_line) != threading.main_thread().name
    assert count(file) == 1


async def test_another_process_that_writes_is_waited_for_on_a_thread(file: Path, batches: SqliteBatches) -> None:
    other = sqlite3.connect(file, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    writing = asyncio.create_task(batches.at_once(add_line))
    for _ in range(20):
        # The loop turns meanwhile: were it held up, the other one could never end.
        await asyncio.sleep(0.01)
    assert not writing.done()
    other.execute("COMMIT")
    assert await asyncio.wait_for(writing, 30) != threading.main_thread().name
    other.close()
    assert count(file) == 1


async def test_what_fails_leaves_nothing_and_the_next_one_works(file: Path, batches: SqliteBatches) -> None:
    def twice(connection: Connection) -> None:
        add_line(connection)
        connection.execute(text("INSERT INTO lines (id) VALUES (1), (1)"))

    with pytest.raises(IntegrityError):
        await batches.at_once(twice)
    assert count(file) == 0
    await batches.at_once(add_line)
    assert count(file) == 1
