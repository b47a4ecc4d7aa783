"""The history of the database's shape, shipped with the program."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection
from sqlalchemy.ext.asyncio import AsyncEngine

_HERE = Path(__file__).parent


def config() -> Config:
    """Alembic's configuration, without a file of its own."""
    alembic = Config()
    alembic.set_main_option("script_location", str(_HERE))
    return alembic


async def migrate(engine: AsyncEngine) -> None:
    """Bring a database to the newest shape; on PostgreSQL one process does it while others wait."""
    async with engine.connect() as connection:
        await connection.run_sync(_upgrade)


def _upgrade(connection: Connection) -> None:
    alembic = config()
    alembic.attributes["connection"] = connection
    command.upgrade(alembic, "head")
