"""What a refusal must leave alone: everything."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from sqlmodel import SQLModel

from api.db import Database
from api.errors import AppError

Contents = dict[str, list[tuple[Any, ...]]]


async def contents(db: Database) -> Contents:
    """Every row of every table, events and the heads of streams included, as the driver gives them."""
    found: Contents = {}
    async with db.read() as session:
        connection = await session.connection()
        for table in SQLModel.metadata.sorted_tables:
            key = ", ".join(f'"{column.name}"' for column in table.primary_key.columns)
            rows = await connection.exec_driver_sql(f'SELECT * FROM "{table.name}" ORDER BY {key}')  # noqa: S608 - our own names
            found[table.name] = [tuple(row) for row in rows]
    return found


@asynccontextmanager
async def nothing_changes(db: Database) -> AsyncIterator[None]:
    """No row and no event may appear, change or go within the block."""
    before = await contents(db)
    yield
    after = await contents(db)
    for table, rows in before.items():
        assert after[table] == rows, f"{table} changed"


@asynccontextmanager
async def refused(
    db: Database, error: type[AppError], reason: str, *, field: tuple[str, ...] | None = None
) -> AsyncIterator[None]:
    """The block fails with exactly this error and sentence (and field, if given), and nothing has changed."""
    async with nothing_changes(db):
        with pytest.raises(AppError) as caught:
            yield
    assert type(caught.value) is error
    assert caught.value.reason == reason
    if field is not None:
        assert caught.value.problems[0].field == field
