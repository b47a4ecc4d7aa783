"""The history of the database's shape, shipped with the program."""

from enum import StrEnum
from functools import cache
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from api.chain import Sign
from api.errors import SettingsError

_HERE = Path(__file__).parent
_STANDS_AT = text("SELECT version_num FROM alembic_version")


class Standing(StrEnum):
    """How a database's shape stands to this program's."""

    CURRENT = "current"
    BEHIND = "behind"
    """A migration of ours has not been run: an older backup was put in place, say."""
    AHEAD = "ahead"
    """A newer program has migrated it."""


def config() -> Config:
    """Alembic's configuration, without a file of its own."""
    alembic = Config()
    alembic.set_main_option("script_location", str(_HERE))
    return alembic


async def migrate(engine: AsyncEngine, sign: Sign | None = None) -> None:
    """Bring a database to the newest shape; on PostgreSQL one process does it while others wait.

    `sign` chains the audit entries of a database from before they were chained. Raises SettingsError when a newer
    program has migrated it.
    """
    async with engine.connect() as connection:
        await connection.run_sync(_upgrade, sign)


async def standing(session: AsyncSession) -> Standing:
    """How the database's shape stands to ours: one small statement."""
    revision = (await session.execute(_STANDS_AT)).scalar_one_or_none()
    history = _history()
    if revision == history[0]:
        return Standing.CURRENT
    return Standing.BEHIND if revision is None or revision in history else Standing.AHEAD


def knows(revision: str) -> bool:
    """Whether this program can bring a database of that shape to its own."""
    return revision in _history()


@cache
def _history() -> tuple[str, ...]:
    """The revisions that this program knows, the newest first."""
    return tuple(script.revision for script in ScriptDirectory.from_config(config()).walk_revisions())


def _upgrade(connection: Connection, sign: Sign | None) -> None:
    revision = MigrationContext.configure(connection).get_current_revision()
    if revision is not None and not knows(revision):
        raise SettingsError(f"a newer AliDash has migrated the database (its shape is {revision}); install that one")
    alembic = config()
    alembic.attributes.update(connection=connection, sign=sign)
    command.upgrade(alembic, "head")
