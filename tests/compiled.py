"""What SQLAlchemy makes of a statement is kept from test to test, as one engine keeps it when serving. A pytest plugin.

It keeps that by engine and dialect, and each test has engines of its own, so that much of a test went into compiling
the same statements again. Our dialects of one kind are all made alike: what was compiled for one fits the others.
"""

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy.dialects.postgresql.asyncpg import PGDialect_asyncpg
from sqlalchemy.dialects.sqlite.aiosqlite import SQLiteDialect_aiosqlite
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.engine import Engine
from sqlalchemy.util import LRUCache

OURS = (PGDialect_asyncpg, SQLiteDialect_aiosqlite, SQLiteDialect_pysqlite)
KEPT = 5000
"""Statements of all tests of a process; one app has some hundreds."""


@pytest.fixture(scope="session", autouse=True)
def compiled_once() -> Iterator[None]:
    """Dialects of a kind are equal, and engines share what was compiled for them."""
    cache: LRUCache[Any, Any] = LRUCache(KEPT)
    with pytest.MonkeyPatch.context() as patch:
        # Each engine would put a cache of its own there.
        patch.setattr(Engine, "_compiled_cache", property(lambda _: cache, lambda *_: None), raising=False)
        for kind in OURS:
            patch.setattr(kind, "__eq__", _alike, raising=False)
            patch.setattr(kind, "__hash__", _kind, raising=False)
        yield


def _alike(self: object, other: object) -> bool:
    return type(self) is type(other)


def _kind(self: object) -> int:
    return hash(type(self))
