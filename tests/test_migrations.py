"""The database's shape: what the migrations make is what the tables say, on both databases."""

import asyncio
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import JSON, Connection, Index, Uuid, bindparam, event, insert, inspect, select, text
from sqlmodel import SQLModel, col

from api.db import Database
from api.migrations import config, migrate
from api.models import AuditEntry, Chat, Customer, Department, Session, User
from api.models.base import JsonColumn, UtcDateTime, new_id
from api.models.enums import Channel, ChatStatus
from api.resolvers.chats import ChatFilter, by_creation, list_chats
from api.resolvers.pages import PageRequest
from api.resolvers.privacy import erase_customer
from api.resolvers.verifying import verify_audit
from api.services import Running, assemble, opened
from tests.changes import contents
from tests.clock import NOON, Clock
from tests.databases import Postgres
from tests.people import Desk
from tests.running import OpenRunning, settings_for

ROOT = Path(__file__).parent.parent


def of_postgres(found: Any) -> bool:
    """Whether this is an index of a kind that SQLite does not know."""
    return isinstance(found, Index) and found.dialect_options["postgresql"]["using"] == "gin"


def differences(connection: Connection) -> list[Any]:
    def ours(found: Any, name: str | None, kind: str, *_: Any) -> bool:
        """Not SQLite's own tables behind the full-text index, nor there the index of PostgreSQL that does its work."""
        sqlite = connection.dialect.name == "sqlite"
        return not sqlite or not ((kind == "table" and (name or "").startswith("chat_search")) or of_postgres(found))

    options = {
        "compare_type": True,
        "compare_server_default": True,
        "target_metadata": SQLModel.metadata,
        "include_object": ours,
    }
    return compare_metadata(MigrationContext.configure(connection, opts=options), SQLModel.metadata)


async def test_the_migrated_database_is_what_the_tables_say(running: Running) -> None:
    async with running.services.db.engine.connect() as connection:
        assert await connection.run_sync(differences) == []


async def test_partial_indexes_are_made_too(running: Running) -> None:
    """Alembic does not compare them; without them two chats could share an external id."""

    def indexes(connection: Connection) -> set[str]:
        found = inspect(connection)
        return {str(index["name"]) for table in found.get_table_names() for index in found.get_indexes(table)}

    sqlite = running.services.db.embedded
    every = [index for table in SQLModel.metadata.tables.values() for index in table.indexes]
    expected = {str(index.name) for index in every if not (sqlite and of_postgres(index))}
    async with running.services.db.engine.connect() as connection:
        assert expected <= await connection.run_sync(indexes)


async def test_migrating_again_changes_nothing(desk: Desk) -> None:
    await desk.closed(await desk.agent("tecnico"))
    before = await contents(desk.db)
    await migrate(desk.db.engine)
    await migrate(desk.db.engine)
    assert await contents(desk.db) == before


async def test_opening_again_finds_everything_and_the_same_epoch(database_url: str, open_running: OpenRunning) -> None:
    async with open_running(database_url) as first:
        epoch, before = first.services.db.epoch, await contents(first.services.db)
    async with open_running(database_url) as second:
        assert second.services.db.epoch == epoch != ""
        assert await contents(second.services.db) == before


START = """
import asyncio, sys
from api.services import assemble, opened
from api.settings import load_settings
async def start():
    async with opened(assemble(load_settings(_env_file=None, database_url=sys.argv[1], data=sys.argv[2]))) as running:
        print(running.services.db.epoch)
asyncio.run(start())
"""


async def starting(url: str, folder: Path) -> "asyncio.subprocess.Process":
    """Another process that opens the database, says its epoch and leaves."""
    return await asyncio.create_subprocess_exec(
        sys.executable, "-c", START, url, str(folder), cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )


async def epoch_of(process: "asyncio.subprocess.Process") -> str:
    out, errors = await asyncio.wait_for(process.communicate(), 60)
    assert process.returncode == 0, errors.decode()
    return out.decode().strip()


async def test_several_processes_may_start_on_one_empty_database_at_once(
    postgres_server: Postgres, tmp_path: Path
) -> None:
    with postgres_server.fresh() as postgres:
        urls = (postgres, f"sqlite+aiosqlite:///{tmp_path / 'new.sqlite3'}")
        processes = [await starting(url, tmp_path) for _ in range(2) for url in urls]
        epochs = [await epoch_of(process) for process in processes]
        assert epochs[0] == epochs[2] != epochs[1] == epochs[3]
        db = Database(settings_for(postgres, tmp_path), Clock())
        async with db.engine.connect() as connection:
            assert await connection.run_sync(differences) == []
        await db.close()


async def test_a_new_embedded_database_is_its_owners_alone(tmp_path: Path) -> None:
    path = tmp_path / "new" / "desk.sqlite3"
    db = Database(settings_for(f"sqlite+aiosqlite:///{path}", tmp_path), Clock())
    await migrate(db.engine)
    assert {file.name: oct(file.stat().st_mode & 0o777) for file in path.parent.iterdir()} == {
        "desk.sqlite3": "0o600",
        "desk.sqlite3-shm": "0o600",
        "desk.sqlite3-wal": "0o600",
    }
    await db.close()


async def test_all_steps_are_one_transaction(postgres_server: Postgres, tmp_path: Path) -> None:
    """Between two of them, another process would take the second one."""
    with postgres_server.fresh() as postgres:
        for url in (postgres, f"sqlite+aiosqlite:///{tmp_path / 'new.sqlite3'}"):
            db = Database(settings_for(url, tmp_path), Clock())
            commits: list[Any] = []
            event.listen(db.engine.sync_engine, "commit", commits.append)
            await migrate(db.engine)
            await db.close()
            assert len(commits) == 1


async def test_a_process_waits_for_as_long_as_another_migrates(postgres_url: str, tmp_path: Path) -> None:
    """Longer than a lock may be waited for elsewhere."""
    one, other = (Database(settings_for(postgres_url, tmp_path), Clock()) for _ in range(2))
    limits: list[str] = []

    @event.listens_for(other.engine.sync_engine, "after_cursor_execute")
    def look(connection: Any, cursor: Any, statement: str, *_: Any) -> None:
        if "advisory" in statement:
            cursor.execute("SELECT current_setting('lock_timeout')")
            limits.append(cursor.fetchone()[0])

    async with one.engine.connect() as connection:
        await connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": 727_340_001})
        waiting = asyncio.create_task(migrate(other.engine))
        await asyncio.sleep(0.3)
        assert not waiting.done()
        await connection.rollback()
    await asyncio.wait_for(waiting, 30)
    assert limits == ["0"]
    await asyncio.gather(one.close(), other.close())


async def test_audit_entries_from_before_the_chain_are_chained(database_url_empty: str, tmp_path: Path) -> None:
    """In the order in which they were made, over more than one batch; and the log goes on from there."""
    running = assemble(settings_for(database_url_empty, tmp_path), Clock())
    db = running.services.db
    async with db.engine.connect() as connection:
        await connection.run_sync(upgrade_to, "0003")
        statement = text(
            "INSERT INTO audit (id, at, actor, action, object, after) "
            "VALUES (:id, :at, 'system', 'create_user', 'user:x', :after)"
        ).bindparams(
            bindparam("id", type_=Uuid()), bindparam("at", type_=UtcDateTime()), bindparam("after", type_=JSON())
        )
        moments = [NOON + timedelta(seconds=2500 - i) for i in range(2500)]
        rows = [{"id": new_id(), "at": at, "after": {"name": "José", "n": 1.0}} for at in moments]
        await connection.execute(statement, rows)
        await connection.commit()
    async with opened(running):
        found = await verify_audit(running.as_system())
        assert (found.sound, found.entries) == (True, 2500)
        async with db.read() as session:
            order = select(col(AuditEntry.at)).order_by(col(AuditEntry.seq)).limit(3)
            assert list((await session.execute(order)).scalars()) == sorted(moments)[:3]


async def test_who_never_changed_a_one_time_password_needs_a_link_and_loses_nothing_else(
    database_url_empty: str, tmp_path: Path
) -> None:
    """A table that SQLite made anew would take along what refers to it."""
    running = assemble(settings_for(database_url_empty, tmp_path), Clock())
    people = {"held": True, "free": False}
    async with running.services.db.engine.connect() as connection:
        await connection.run_sync(upgrade_to, "0014")
        for name, held in people.items():
            given = {"id": new_id(), "login": new_id(), "name": name, "held": held, "at": NOON, "no": [], "hash": name}
            types = [bindparam(id, type_=Uuid()) for id in ("id", "login")]
            when, permissions = bindparam("at", type_=UtcDateTime()), bindparam("no", type_=JsonColumn)
            user = (
                "INSERT INTO users (id, email, name, role, permissions, capacity, active_chats, status, status_since,"
            )
            user += " active, password_hash, must_change_password, created_at) VALUES (:id, :name, :name, 'AGENT', :no,"
            user += " 5, 0, 'OFFLINE', :at, :active, 'kept', :held, :at)"
            bound = text(user).bindparams(types[0], when, permissions, bindparam("held"), active=True)
            await connection.execute(bound, given)
            session = "INSERT INTO sessions (id, user_id, kind, token_hash, created_at, last_seen_at)"
            session += " VALUES (:login, :id, 'COOKIE', :hash, :at, :at)"
            await connection.execute(text(session).bindparams(*types, when), given)
        await connection.commit()
    async with opened(running), running.services.db.read() as session:
        users = {user.email: user for user in (await session.execute(select(User))).scalars()}
        logins = {row.token_hash: row for row in (await session.execute(select(Session))).scalars()}
        assert {name: user.password_hash for name, user in users.items()} == {"held": "", "free": "kept"}
        assert {name: row.revoked_at is not None for name, row in logins.items()} == people


async def test_nobody_is_restricted_by_the_upgrade(database_url_empty: str, tmp_path: Path) -> None:
    """And those who came before can be."""
    running = assemble(settings_for(database_url_empty, tmp_path, legal_hold=timedelta(days=730)), Clock())
    since: dict[str, Any] = {"created_at": NOON}
    department = Department(slug="antes", name="Antes", **since)
    people = [Customer(name=f"Zé {i}", **since) for i in range(3)]
    chats = [
        Chat(
            protocol=f"20260302-{i:06d}",
            status=ChatStatus.CLOSED,
            channel=Channel.WIDGET,
            department_id=department.id,
            customer_id=customer.id,
            customer_name=customer.name,
            closed_at=NOON,
            **since,
        )
        for i, customer in enumerate(people)
    ]
    new = {"restricted_at", "restricted_until", "restricted_by"}
    async with running.services.db.engine.connect() as connection:
        await connection.run_sync(upgrade_to, "0017")
        for row in (department, *people, *chats):
            await connection.execute(insert(type(row)).values(row.model_dump(exclude=new)))
        await connection.commit()
    async with opened(running):
        desk = Desk(running, Clock())
        boss = await desk.admin()
        page = await list_chats(boss, ChatFilter(), by_creation, PageRequest())
        assert [chat.id for chat in page.rows] == sorted(chat.id for chat in chats)
        await erase_customer(boss, people[0].id, reason="Pedido do titular")
        async with running.services.db.read() as session:
            rows = {row.id: row.restricted_until for row in (await session.execute(select(Customer))).scalars()}
        until = NOON + timedelta(days=730)
        assert rows == {people[0].id: until, people[1].id: None, people[2].id: None}


def upgrade_to(connection: Connection, revision: str) -> None:
    alembic = config()
    alembic.attributes.update(connection=connection, sign=None)
    command.upgrade(alembic, revision)


@pytest.fixture(params=["sqlite", "postgres"])
def database_url_empty(request: pytest.FixtureRequest, postgres_server: Postgres, tmp_path: Path) -> Iterator[str]:
    """The address of a database in which there is nothing at all."""
    if request.param == "sqlite":
        yield f"sqlite+aiosqlite:///{tmp_path / 'old.sqlite3'}"
        return
    with postgres_server.fresh() as url:
        yield url


def test_the_history_is_one_line() -> None:
    script = ScriptDirectory.from_config(config())
    assert len(script.get_heads()) == len(script.get_bases()) == 1
    assert all(revision.doc for revision in script.walk_revisions())
