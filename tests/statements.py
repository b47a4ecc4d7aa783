"""Which statements a block of code has run."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import event

from api.db import Database

BEGINNINGS = ("BEGIN", "PRAGMA")
"""What SQLite's connections say by themselves, and PostgreSQL's driver says in its own way."""


@contextmanager
def statements_of(db: Database) -> Iterator[list[tuple[str, Any]]]:
    """The statements that run on a database during the block, with their parameters."""
    said: list[tuple[str, Any]] = []

    def note(connection: Any, cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        if not statement.startswith(BEGINNINGS):
            said.append((statement, parameters))

    for engine in db.engines:
        event.listen(engine, "before_cursor_execute", note)
    try:
        yield said
    finally:
        for engine in db.engines:
            event.remove(engine, "before_cursor_execute", note)
