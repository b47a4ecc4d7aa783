"""Runs migrations on the connection it is handed; alembic calls this file."""

from alembic import context
from sqlalchemy import Connection, text
from sqlmodel import SQLModel

import api.models  # noqa: F401 - registers the tables

_LOCK = 727_340_001
"""Any number, the same in every process: whoever holds it migrates."""


def run(connection: Connection) -> None:
    """Migrate in one transaction, one process at a time."""
    # Alembic would commit after each step on SQLite, and another process would take the next step in between.
    context.configure(
        connection=connection, target_metadata=SQLModel.metadata, render_as_batch=True, transactional_ddl=True
    )
    with context.begin_transaction():
        if connection.dialect.name == "postgresql":
            # However long another process migrates, and however long this takes.
            connection.execute(text("SET LOCAL lock_timeout = 0"))
            connection.execute(text("SET LOCAL statement_timeout = 0"))
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
        context.run_migrations()
    connection.commit()


run(context.config.attributes["connection"])
