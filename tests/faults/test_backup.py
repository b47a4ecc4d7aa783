"""A backup that is older than what clients have seen: they are told to read again, and never kept in silence."""

import re
import sqlite3
from abc import abstractmethod
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path
from typing import Protocol

import pytest
from sqlalchemy.engine import make_url

from tests.clock import Clock
from tests.databases import Postgres
from tests.faults.traffic import FOLLOW
from tests.people import Desk
from tests.running import OpenRunning, migrate_now
from tests.schema.conftest import Door, open_door

OPERATIONS = Path(__file__).parents[2] / "docs" / "operations.md"
CURSOR = "query($c: ID!) { chat(id: $c) { cursor messages(last: 1) { nodes { body } } } }"
SEND = "mutation($c: ID!, $b: String!) { sendMessage(chatId: $c, body: $b) { message { id } } }"


class Stored(Protocol):
    """A database that nobody uses at the moment, and its backup."""

    url: str

    @abstractmethod
    def back_up(self) -> None: ...

    @abstractmethod
    def restore(self) -> None: ...


def new_epoch() -> str:
    """What an operator runs after restoring, as the page for operators says."""
    found = re.search(r'"(DELETE FROM properties [^"]*)"', OPERATIONS.read_text(encoding="utf-8"))
    assert found
    return found[1]


class OnSqlite:
    def __init__(self, url: str) -> None:
        self.url = url
        self._path = Path(make_url(url).database or "")
        self._backup = self._path.with_suffix(".backup")

    def back_up(self) -> None:
        with closing(sqlite3.connect(self._path)) as connection:
            connection.execute("VACUUM INTO ?", (str(self._backup),))

    def restore(self) -> None:
        self._path.write_bytes(self._backup.read_bytes())
        for ending in ("-wal", "-shm"):
            with suppress(FileNotFoundError):
                self._path.with_name(self._path.name + ending).unlink()
        with closing(sqlite3.connect(self._path)) as connection, connection:
            connection.execute(new_epoch())


class OnPostgres:
    def __init__(self, server: Postgres, url: str) -> None:
        self.url = url
        self._server = server
        self._name = make_url(url).database

    def back_up(self) -> None:
        self._server.execute(f"CREATE DATABASE {self._name}_backup TEMPLATE {self._name}")

    def restore(self) -> None:
        self._server.execute(f"DROP DATABASE {self._name}")
        self._server.execute(f"ALTER DATABASE {self._name}_backup RENAME TO {self._name}")
        Postgres(self.url).execute(new_epoch())


@pytest.fixture(params=["sqlite", "postgres"])
def stored(request: pytest.FixtureRequest) -> Iterator[Stored]:
    if request.param == "sqlite":
        yield OnSqlite(request.getfixturevalue("sqlite_url"))
        return
    server: Postgres = request.getfixturevalue("postgres_server")
    with server.fresh(migrate_now) as url:
        yield OnPostgres(server, url)


async def test_clients_of_a_restored_backup_are_told_to_read_again_and_go_on_from_there(
    stored: Stored, open_running: OpenRunning, clock: Clock
) -> None:
    async with open_running(stored.url) as running:
        opened = await Desk(running, clock).opened()
    chat = {"c": str(opened.chat.id)}
    stored.back_up()
    async with open_running(stored.url) as running, open_door(Desk(running, clock)) as door:
        for number in range(5):
            await door.ask(SEND, token=opened.token, b=f"lost with the disk {number}", **chat)
        ahead = (await door.ask(CURSOR, token=opened.token, **chat))["chat"]["cursor"]
    stored.restore()
    async with open_running(stored.url) as running, open_door(Desk(running, clock)) as door:
        assert await code_of(door, opened.token, a=ahead, **chat) == "RESYNC"
        # Nor when what was written since has the numbers of what was lost.
        for number in range(10):
            await door.ask(SEND, token=opened.token, b=f"after the restore {number}", **chat)
        assert await code_of(door, opened.token, a=ahead, **chat) == "RESYNC"
        again = (await door.ask(CURSOR, token=opened.token, **chat))["chat"]
        assert again["messages"]["nodes"] == [{"body": "after the restore 9"}]
        async with door.socket(opened.token) as socket:
            await socket.subscribe("1", FOLLOW, a=again["cursor"], **chat)
            await door.ask(SEND, token=opened.token, b="live again", **chat)
            while (frame := (await socket.of("1"))["payload"]["data"]["chatEvents"])["cursor"] is None:
                continue
        assert frame["event"]["message"]["body"] == "live again"


async def code_of(door: Door, token: str, **variables: str) -> str:
    """The code that ends a subscription; before it, nothing but what is passing."""
    async with door.socket(token) as socket:
        await socket.subscribe("1", FOLLOW, **variables)
        while (frame := await socket.of("1"))["type"] == "next":
            assert frame["payload"]["data"]["chatEvents"]["cursor"] is None
    assert frame["type"] == "error"
    return frame["payload"][0]["extensions"]["code"]
