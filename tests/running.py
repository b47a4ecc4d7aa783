"""A running app for a test: a database of its own, quick passwords, a clock that the test moves."""

import asyncio
import shutil
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from functools import cache
from pathlib import Path
from typing import Any

import asyncpg
import httpx2
import pytest
from sqlalchemy import Engine, delete
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlmodel import SQLModel
from starlette.applications import Starlette

from api import engines, services
from api.chain import Sign
from api.db import Database
from api.migrations import migrate
from api.passwords import Passwords
from api.services import Running, assemble, opened
from api.settings import Settings, load_settings
from tests.clock import Clock
from tests.databases import Postgres, in_thread

FREE = {"legal_hold": None}
"""Most tests of erasing are about erasing; those about the hold set their own."""

GENEROUS = {
    "rate_open": "100000/minute",
    "rate_open_cpf": "100000/minute",
    "rate_open_all": "100000/minute",
    "rate_message": "100000/minute",
    "rate_reveal": "100000/minute",
    "socket_frames": "0",
}
"""Limits that no test meets by accident; those about limits set their own."""

KEYS = {
    "cpf_search_key": "a search key for tests, of enough length",
    "cpf_keys": "test1:MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=",
}

OpenRunning = Callable[..., AbstractAsyncContextManager[Running]]


class QuickPasswords(Passwords):
    """Passwords for tests that are not about passwords: Argon2 takes a tenth of a second each."""

    def __init__(self) -> None:
        pass

    async def hash(self, password: str) -> str:
        return f"quick {password}"

    async def matches(self, password: str, stored: str | None) -> bool:
        return stored == f"quick {password}"


def settings_for(url: str, folder: Path, **overrides: Any) -> Settings:
    """Settings of a test's app, untouched by the environment's `.env`."""
    given = {"data": folder, "database_url": url} | KEYS | GENEROUS | FREE | overrides
    return load_settings(_env_file=None, **given)


def without_waiting_for_the_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    """SQLite's commits of a test's own app leave the disk to the operating system, which no test of it ends."""
    prepare = engines._prepare

    def prepare_quickly(engine: Engine, begin: str | None, *more: str) -> None:
        prepare(engine, begin, "PRAGMA synchronous=OFF", *more)

    monkeypatch.setattr(engines, "_prepare", prepare_quickly)


async def migrated_already(engine: AsyncEngine, sign: Sign | None = None) -> None:
    """In place of a migration."""


def migrate_now(url: str) -> None:
    """Migrate the database at `url` and leave no connection open."""

    async def work() -> None:
        db = Database(load_settings(_env_file=None, database_url=url), Clock())
        try:
            await migrate(db.engine)
        finally:
            await db.close()

    asyncio.run(work())


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated, empty SQLite database to copy."""
    path = tmp_path_factory.mktemp("template") / "alidash.sqlite3"
    # A browser's driver keeps an event loop running in this thread.
    in_thread(lambda: migrate_now(f"sqlite+aiosqlite:///{path}"))
    return path


@pytest.fixture
def sqlite_url(sqlite_template: Path, tmp_path: Path) -> str:
    """The address of a fresh SQLite database."""
    path = tmp_path / "alidash.sqlite3"
    shutil.copy(sqlite_template, path)
    return f"sqlite+aiosqlite:///{path}"


@pytest.fixture(scope="session")
def one_postgres_url(postgres_server: Postgres) -> Iterator[str]:
    """A migrated PostgreSQL database that tests use one after the other: emptying it is quicker than a new one."""
    with postgres_server.fresh(migrate_now) as url:
        yield url


@cache
def emptying() -> str:
    """Statements that empty every table. No foreign keys meanwhile; TRUNCATE would take ten times as long."""
    deletes = "; ".join(str(delete(table)) for table in SQLModel.metadata.sorted_tables)
    return f"SET session_replication_role = replica; {deletes}"


@pytest.fixture
async def postgres_url(one_postgres_url: str) -> str:
    """The address of an empty, migrated PostgreSQL database."""
    url = make_url(one_postgres_url)
    connection = await asyncpg.connect(url.set(drivername="postgresql").render_as_string(hide_password=False))
    try:
        # Whoever a failed test left behind must not stop the next one.
        others = "FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        await connection.execute(f"SELECT pg_terminate_backend(pid) {others}")
        await connection.execute(emptying())
    finally:
        await connection.close()
    return one_postgres_url


@pytest.fixture(params=["sqlite", "postgres"])
def database_url(request: pytest.FixtureRequest) -> str:
    """The address of a fresh, migrated database: each test that uses it runs on SQLite and on PostgreSQL."""
    return request.getfixturevalue(f"{request.param}_url")


@pytest.fixture
def clock() -> Clock:
    """The time of the app under test."""
    return Clock()


@pytest.fixture
def open_running(
    request: pytest.FixtureRequest, tmp_path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> OpenRunning:
    """Opens an app on a database: `async with open_running(url, rate_open="1/minute") as running`."""
    if request.node.get_closest_marker("real_passwords") is None:
        monkeypatch.setattr(services, "Passwords", QuickPasswords)
    without_waiting_for_the_disk(monkeypatch)
    # The databases of the fixtures are migrated; that opening an app migrates is the subject of test_migrations.py.
    monkeypatch.setattr(services, "migrate", migrated_already)

    @asynccontextmanager
    async def open_one(url: str, **overrides: Any) -> AsyncIterator[Running]:
        async with opened(assemble(settings_for(url, tmp_path, **overrides), clock)) as running:
            yield running

    return open_one


@pytest.fixture
async def running(
    request: pytest.FixtureRequest, database_url: str, open_running: OpenRunning
) -> AsyncIterator[Running]:
    """An app that is up, on each kind of database; `@pytest.mark.settings(…)` overrides its settings."""
    marker = request.node.get_closest_marker("settings")
    async with open_running(database_url, **(marker.kwargs if marker else {})) as running:
        yield running


@asynccontextmanager
async def client_of(app: Starlette, **options: Any) -> AsyncIterator[httpx2.AsyncClient]:
    """A client of an app in this process, such as a browser on its own pages."""
    transport = httpx2.ASGITransport(app=app, client=("10.9.8.7", 5000))
    async with httpx2.AsyncClient(transport=transport, base_url="http://desk.example", **options) as client:
        yield client


@pytest.fixture
async def app(
    request: pytest.FixtureRequest, database_url: str, tmp_path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Starlette]:
    """The whole app, started, on each kind of database; what it runs on is `app.state.running`."""
    from api.app import create_app

    if request.node.get_closest_marker("real_passwords") is None:
        monkeypatch.setattr(services, "Passwords", QuickPasswords)
    without_waiting_for_the_disk(monkeypatch)
    marker = request.node.get_closest_marker("settings")
    app = create_app(settings_for(database_url, tmp_path, **(marker.kwargs if marker else {})), clock)
    async with app.router.lifespan_context(app):
        yield app


@pytest.fixture
async def client(app: Starlette) -> AsyncIterator[httpx2.AsyncClient]:
    """Somebody without credentials, over HTTP."""
    async with client_of(app) as client:
        yield client
