"""A backup that is older than what clients have seen: they are told to read again, and never kept in silence."""

import asyncio
import os
import sqlite3
import uuid
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import TypeVar

import pytest
from sqlalchemy import Connection, text
from sqlalchemy.engine import make_url
from sqlmodel import SQLModel

from api.backups import back_up, restore
from api.db import Database
from api.errors import SettingsError
from api.services import Running, run_once
from api.settings import Settings
from tests import invariants
from tests.clock import Clock
from tests.databases import Postgres
from tests.faults.traffic import FOLLOW
from tests.people import Desk
from tests.running import OpenRunning, migrate_now, settings_for
from tests.schema.conftest import Door, open_door

R = TypeVar("R")

CURSOR = "query($c: ID!) { chat(id: $c) { cursor messages(last: 1) { nodes { body } } } }"
SEND = "mutation($c: ID!, $b: String!) { sendMessage(chatId: $c, body: $b) { message { id } } }"


@pytest.fixture(params=["sqlite", "postgres"])
def url(request: pytest.FixtureRequest) -> Iterator[str]:
    """A database that nobody uses at the moment."""
    if request.param == "sqlite":
        yield request.getfixturevalue("sqlite_url")
        return
    server: Postgres = request.getfixturevalue("postgres_server")
    request.getfixturevalue("monkeypatch").setenv("PATH", server.programs(), prepend=os.pathsep)
    with server.fresh(migrate_now) as url:
        yield url


@pytest.fixture
def settings(url: str, tmp_path: Path) -> Settings:
    """What the commands are given."""
    return settings_for(url, tmp_path)


async def test_clients_of_a_restored_backup_are_told_to_read_again_and_go_on_from_there(
    url: str, settings: Settings, tmp_path: Path, open_running: OpenRunning, clock: Clock
) -> None:
    file = tmp_path / "backup"
    async with open_running(url) as running:
        opened = await Desk(running, clock).opened()
    chat = {"c": str(opened.chat.id)}
    back_up(settings, file)
    async with open_running(url) as running, open_door(Desk(running, clock)) as door:
        for number in range(5):
            await door.ask(SEND, token=opened.token, b=f"lost with the disk {number}", **chat)
        ahead = (await door.ask(CURSOR, token=opened.token, **chat))["chat"]["cursor"]
    restore(settings, file)
    async with open_running(url) as running, open_door(Desk(running, clock)) as door:
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


def test_a_backup_is_for_its_owner_alone_and_replaces_nothing(settings: Settings, tmp_path: Path) -> None:
    file = tmp_path / "backup"
    made = back_up(settings, file)
    assert (made.path, made.size) == (file, file.stat().st_size)
    assert file.stat().st_mode & 0o777 == 0o600
    before = file.read_bytes()
    with pytest.raises(SettingsError, match="never replaces"):
        back_up(settings, file)
    assert file.read_bytes() == before
    assert [path.name for path in tmp_path.iterdir() if "backup" in path.name] == ["backup"]


def test_what_is_no_backup_is_refused_and_changes_nothing(settings: Settings, tmp_path: Path) -> None:
    file = tmp_path / "shopping list"
    file.write_text("milk\n")
    before = contents_of(settings)
    with pytest.raises(SettingsError):
        restore(settings, file)
    with pytest.raises(SettingsError, match="is not there"):
        restore(settings, tmp_path / "nowhere")
    assert contents_of(settings) == before


async def test_nothing_is_restored_under_a_desk_that_is_served(
    url: str, settings: Settings, tmp_path: Path, open_running: OpenRunning, clock: Clock
) -> None:
    file = tmp_path / "backup"
    back_up(settings, file)
    async with open_running(url) as running:
        desk = Desk(running, clock)
        opened = await desk.opened()
        with pytest.raises(SettingsError, match="in use"):
            await asyncio.to_thread(restore, settings, file)
        assert await desk.lines(opened.chat.id)


def test_the_backup_of_a_newer_program_is_refused(settings: Settings, tmp_path: Path) -> None:
    stamp(settings, "9999")
    file = tmp_path / "backup"
    assert back_up(settings, file).revision == "9999"
    before = contents_of(settings)
    with pytest.raises(SettingsError, match="newer AliDash"):
        restore(settings, file)
    assert contents_of(settings) == before


async def test_a_backup_taken_while_people_write_holds_whole_transactions(
    url: str, settings: Settings, tmp_path: Path, open_running: OpenRunning, clock: Clock
) -> None:
    """Each chat of the copy has all that its opening wrote; what was acknowledged before the copy began is in it."""
    files = [tmp_path / f"backup {number}" for number in range(3)]
    async with open_running(url) as running:
        desk = Desk(running, clock)
        acknowledged: list[set[uuid.UUID]] = []
        opened: set[uuid.UUID] = set()
        one_more = asyncio.Semaphore(0)
        enough = asyncio.Event()
        writing = asyncio.create_task(_open_on(desk, opened, one_more, enough))
        for file in files:
            async with asyncio.timeout(30):
                for _ in range(5):
                    await one_more.acquire()
            acknowledged.append(set(opened))
            await asyncio.to_thread(back_up, settings, file)
        # Not cut off: what was being written then would hold the file a moment longer than the app.
        enough.set()
        await writing
    for file, known in zip(files, acknowledged, strict=True):
        restore(settings, file)
        async with open_running(url) as running:
            found = await invariants.check(Desk(running, clock))
            assert known <= {chat.id for chat in found}


async def _open_on(desk: Desk, opened: set[uuid.UUID], one_more: asyncio.Semaphore, enough: asyncio.Event) -> None:
    while not enough.is_set():
        opened.add((await desk.opened()).chat.id)
        one_more.release()


def test_the_database_that_was_replaced_is_kept_on_sqlite(sqlite_url: str, tmp_path: Path) -> None:
    settings = settings_for(sqlite_url, tmp_path)
    file = tmp_path / "backup"
    back_up(settings, file)
    stamp(settings, "0001")
    kept = Path(restore(settings, file).removeprefix("what was there before is "))
    assert (revision_of(kept), revision_of(Path(make_url(sqlite_url).database or ""))) == ("0001", revision_of(file))


def test_a_broken_database_is_replaced_and_what_it_left_in_its_log_is_not_played(
    sqlite_url: str, tmp_path: Path
) -> None:
    """What a backup is most often for. The -wal of the broken one is beside it still."""
    settings = settings_for(sqlite_url, tmp_path)
    backup, path = tmp_path / "backup", Path(make_url(sqlite_url).database or "")
    back_up(settings, backup)
    before = contents_of(settings)
    with closing(sqlite3.connect(path)) as database:
        database.execute("DELETE FROM properties")
        database.commit()
        left = path.with_name(f"{path.name}-wal").read_bytes()
    path.write_bytes(b"\xff" * 20_000)
    path.with_name(f"{path.name}-wal").write_bytes(left)
    kept = Path(restore(settings, backup).removeprefix("what was there before is "))
    assert (kept.stat().st_size, kept.with_name(f"{kept.name}-wal").read_bytes()) == (20_000, left)
    after = contents_of(settings)
    assert after.pop("properties") == [row for row in before.pop("properties") if row[0] != "epoch"]
    assert after == before


@pytest.mark.parametrize("name", ["x" * 300, "in/proc"])
def test_a_name_that_the_disk_refuses_is_told_in_one_line(sqlite_url: str, tmp_path: Path, name: str) -> None:
    settings = settings_for(sqlite_url, tmp_path)
    target = Path("/proc/backup") if name == "in/proc" else tmp_path / name
    with pytest.raises(SettingsError):
        back_up(settings, target)
    with pytest.raises(SettingsError):
        restore(settings, target)


def test_a_database_that_a_newer_program_migrated_is_left_as_it_is(settings: Settings) -> None:
    stamp(settings, "9999")
    with pytest.raises(SettingsError, match="a newer AliDash has migrated the database"):
        run_once(nothing, settings)
    with pytest.raises(SettingsError, match="a newer AliDash has migrated the database"):
        migrate_now(settings.database)


async def nothing(running: Running) -> None:
    """All that matters is that it does not come to this."""


def revision_of(path: Path) -> str:
    with closing(sqlite3.connect(path)) as database:
        return database.execute("SELECT version_num FROM alembic_version").fetchone()[0]


def stamp(settings: Settings, revision: str) -> None:
    """Have the database say that it stands at another migration."""
    statement = text("UPDATE alembic_version SET version_num = :revision")
    run_on(settings, lambda connection: connection.execute(statement, {"revision": revision}))


def contents_of(settings: Settings) -> dict[str, list[tuple[object, ...]]]:
    """Every row of every table."""

    def read(connection: Connection) -> dict[str, list[tuple[object, ...]]]:
        tables = [*SQLModel.metadata.tables.values()]
        return {table.name: sorted(map(tuple, connection.execute(table.select())), key=repr) for table in tables}

    return run_on(settings, read)


def run_on(settings: Settings, work: Callable[[Connection], R]) -> R:
    """Do something with the database, and leave no connection open."""

    async def within() -> R:
        db = Database(settings, Clock())
        try:
            async with db.engine.begin() as connection:
                return await connection.run_sync(work)
        finally:
            await db.close()

    return asyncio.run(within())
