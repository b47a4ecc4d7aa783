"""PostgreSQL and Valkey for tests: real servers, started when a test first asks, gone when the run ends.

Each test process has servers of its own, unless `ALIDASH_TEST_POSTGRES_URL` and `ALIDASH_TEST_VALKEY_URL`
name some that are already there. This module is a pytest plugin: conftest.py lists it in `pytest_plugins`.
"""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar
from uuid import uuid4

import asyncpg
import pytest
import redis
from sqlalchemy.engine import make_url

HOLDER = Path(__file__).with_name("hold_server.py")

Migrate = Callable[[str], object]
R = TypeVar("R")


@dataclass
class Postgres:
    """A PostgreSQL server on which tests make databases."""

    url: str
    _templates: dict[Migrate, str] = field(default_factory=dict)

    @contextmanager
    def fresh(self, migrate: Migrate | None = None) -> Iterator[str]:
        """A database of the test's own, as a postgresql+asyncpg:// URL.

        With `migrate`, it is a copy of one that `migrate(url)` made, once. That is a plain function, called
        in a thread without an event loop: it may call asyncio.run. It must leave no connection open.
        """
        name = self._create(template=self._template(migrate) if migrate else "template1")
        try:
            yield self._address(name)
        finally:
            self._drop(name)

    def execute(self, statement: str) -> None:
        """Run one statement as the server's administrator, such as one that ends other connections."""
        in_thread(lambda: asyncio.run(self._execute(statement)))

    def programs(self) -> str:
        """The folder of the programs that came with the server, such as pg_dump."""
        return in_thread(lambda: asyncio.run(self._execute("SELECT setting FROM pg_config WHERE name = 'BINDIR'")))

    def drop_templates(self) -> None:
        """Remove the databases that `fresh` copied."""
        for name in self._templates.values():
            self._drop(name)
        self._templates.clear()

    def _template(self, migrate: Migrate) -> str:
        if migrate not in self._templates:
            name = self._create(template="template1")
            self._templates[migrate] = name
            in_thread(lambda: migrate(self._address(name)))
        return self._templates[migrate]

    def _create(self, *, template: str) -> str:
        name = f"alidash_test_{uuid4().hex}"
        self.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
        return name

    def _drop(self, name: str) -> None:
        self.execute(f"DROP DATABASE {name} WITH (FORCE)")

    def _address(self, database: str) -> str:
        url = make_url(self.url).set(drivername="postgresql+asyncpg", database=database)
        return url.render_as_string(hide_password=False)

    async def _execute(self, statement: str) -> Any:
        """Run one statement; the first value of its first row, if it has any."""
        url = make_url(self.url).set(drivername="postgresql")
        connection = await asyncpg.connect(url.render_as_string(hide_password=False))
        try:
            return await connection.fetchval(statement)
        finally:
            await connection.close()


@dataclass
class Valkey:
    """A Valkey server of one test's own, to be stopped and started again at the same address."""

    url: str = ""
    _process: "subprocess.Popen[str] | None" = None

    def start(self) -> None:
        port = [str(make_url(self.url).port)] if self.url else []
        self._process, self.url = _hold("valkey", *port)

    def stop(self) -> None:
        if self._process is not None:
            _release(self._process)
            self._process = None

    @contextmanager
    def frozen(self) -> Iterator[None]:
        """The server holds its connections and answers nothing for the length of the block."""
        with redis.Redis.from_url(self.broker_url) as client:
            pid = client.info("server")["process_id"]  # type: ignore[index] - asked of a client that does not await
        os.kill(pid, signal.SIGSTOP)
        try:
            yield
        finally:
            os.kill(pid, signal.SIGCONT)

    @property
    def broker_url(self) -> str:
        """The address as our setting spells it."""
        return self.url.replace("valkey://", "redis://")


@dataclass
class MortalPostgres:
    """A PostgreSQL server of one test's own: what it committed is there when it is started again."""

    url: str
    _process: "subprocess.Popen[str]"

    def stop(self) -> None:
        """End it at once: connections break, nothing is finished."""
        self._tell("stop")

    def start(self) -> None:
        """Start it again, at the same address."""
        self._tell("start")

    def _tell(self, command: str) -> None:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        print(command, file=self._process.stdin, flush=True)
        assert self._process.stdout.readline().strip() == "done", f"PostgreSQL did not {command}"


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[Postgres]:
    """The PostgreSQL server of this test process."""
    with _server("postgres", os.environ.get("ALIDASH_TEST_POSTGRES_URL")) as url:
        postgres = Postgres(url)
        yield postgres
        postgres.drop_templates()


@pytest.fixture(scope="session")
def valkey_server() -> Iterator[str]:
    """The URL of this test process's Valkey server: redis://host:port."""
    with _server("valkey", os.environ.get("ALIDASH_TEST_VALKEY_URL")) as url:
        yield url


@pytest.fixture
def mortal_valkey() -> Iterator[Valkey]:
    """A Valkey server for a test that stops it on purpose."""
    valkey = Valkey()
    valkey.start()
    yield valkey
    valkey.stop()


@pytest.fixture
def mortal_postgres() -> Iterator[MortalPostgres]:
    """A PostgreSQL server for a test that ends it on purpose."""
    process, url = _hold("mortal-postgres")
    yield MortalPostgres(url, process)
    _release(process)


@contextmanager
def _server(kind: str, elsewhere: str | None) -> Iterator[str]:
    if elsewhere:
        yield elsewhere
        return
    process, url = _hold(kind)
    try:
        yield url
    finally:
        _release(process)


def _hold(kind: str, *arguments: str) -> tuple["subprocess.Popen[str]", str]:
    """Start the process that holds a server; returns it and the server's URL."""
    process = subprocess.Popen(
        [sys.executable, HOLDER, kind, *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        # Ctrl-C is for the tests, which then close this process's standard input.
        start_new_session=True,
    )
    assert process.stdout is not None
    url = process.stdout.readline().strip()
    if not url:
        _release(process)
        raise RuntimeError(f"The {kind} server for tests did not start; its messages are above.")
    return process, url


def _release(process: "subprocess.Popen[str]") -> None:
    # Closes the holder's standard input, for which it waits, and then waits for the holder.
    process.communicate(timeout=30)


def in_thread(work: Callable[[], R]) -> R:
    """Do work that runs an event loop of its own, even where the caller's thread already runs one."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(work).result()
