"""The doctor finds what is wrong, names what to do, and changes nothing."""

import asyncio
import os
import socket
import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.engine import make_url

from api.doctor import Finding, Health, examine
from api.settings import Settings
from tests.clock import Clock
from tests.databases import Postgres, Valkey
from tests.identity_provider import providing
from tests.people import Desk
from tests.running import OpenRunning, migrate_now, settings_for


@pytest.fixture
def private(tmp_path: Path) -> Path:
    """A data folder as an operator should have it."""
    tmp_path.chmod(0o700)
    return tmp_path


async def found(settings: Settings) -> list[Finding]:
    return [finding async for finding in examine(settings)]


def about(findings: list[Finding], subject: str) -> list[str]:
    """What is told of a subject, but for what is well."""
    return [finding.says for finding in findings if finding.about == subject and finding.health is not Health.WELL]


async def test_a_desk_that_is_well_is_told_so_of_everything(
    database_url: str, private: Path, open_running: OpenRunning, clock: Clock
) -> None:
    async with open_running(database_url) as running:
        desk = Desk(running, clock)
        await desk.admin()
        await desk.opened()
    # The server of the tests may be one that trades durability for speed, and is told so rightly.
    findings = [it for it in await found(settings_for(database_url, private)) if "may be lost" not in it.says]
    odd = {finding.about for finding in findings if finding.health is not Health.WELL}
    # Development it is, and says so.
    assert odd == {"settings"}
    well = {finding.about for finding in findings if finding.health is Health.WELL}
    assert {"settings", "disk", "machine", "web", "widget", "database", "keys", "broker"} <= well


async def test_nothing_is_made_by_looking(tmp_path: Path) -> None:
    folder = tmp_path / "nowhere"
    findings = await found(settings_for(f"sqlite+aiosqlite:///{folder}/alidash.sqlite3", folder))
    assert not folder.exists()
    assert "is not there yet" in about(findings, "database")[0]
    assert "is not there yet" in about(findings, "data")[0]


async def test_a_key_that_is_gone_is_bad_and_one_that_was_followed_is_looked_at(
    database_url: str, private: Path, open_running: OpenRunning, clock: Clock
) -> None:
    async with open_running(database_url) as running:
        await Desk(running, clock).opened()
    old = settings_for(database_url, private)
    assert old.cpf_keys is not None
    fresh = "new:" + "bmV3".ljust(43, "A") + "="
    both = settings_for(database_url, private, cpf_keys=f"{fresh},{old.cpf_keys.get_secret_value()}")
    assert about(await found(both), "keys") == [
        "1 CPFs and secrets are sealed by an earlier key: alidash keys rotate",
    ]
    findings = await found(settings_for(database_url, private, cpf_keys=fresh))
    assert [finding.health for finding in findings if finding.about == "keys"] == [Health.ILL]


async def test_a_desk_without_administrator_is_told(
    database_url: str, private: Path, open_running: OpenRunning
) -> None:
    async with open_running(database_url):
        pass
    assert about(await found(settings_for(database_url, private)), "people") == [
        "there is no administrator: alidash create-admin"
    ]


def test_files_that_others_can_read_are_told(sqlite_url: str, private: Path) -> None:
    file = Path(make_url(sqlite_url).database or "")
    file.chmod(0o644)
    private.chmod(0o755)
    told = about(asyncio.run(found(settings_for(sqlite_url, private))), "data")
    assert [line.rpartition("chmod ")[2] for line in told] == [f"go= {private}", f"go= {file}"]


async def test_an_older_shape_is_told_and_left_as_it_is(sqlite_url: str, private: Path) -> None:
    file = Path(make_url(sqlite_url).database or "")
    with closing(sqlite3.connect(file)) as database, database:
        database.execute("UPDATE alembic_version SET version_num = '0003'")
    told = about(await found(settings_for(sqlite_url, private)), "database")
    assert told == ["its shape is behind: `alidash migrate`"]


async def test_a_database_that_is_not_ours_is_bad(private: Path) -> None:
    (private / "alidash.sqlite3").write_text("no database at all, but long enough to be looked at" * 40)
    findings = await found(settings_for(f"sqlite+aiosqlite:///{private}/alidash.sqlite3", private))
    assert [finding.health for finding in findings if finding.about == "database"] == [Health.ILL]


def test_a_postgres_that_forgets_is_bad(postgres_server: Postgres, private: Path) -> None:
    with postgres_server.fresh(migrate_now) as url:
        Postgres(url).execute(f"ALTER DATABASE {make_url(url).database} SET synchronous_commit = off")
        findings = asyncio.run(found(settings_for(url, private)))
    assert "synchronous_commit is off" in " ".join(about(findings, "database"))


@pytest.fixture
def closed_port() -> int:
    with closing(socket.socket()) as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


async def test_a_database_that_cannot_be_reached_is_bad(private: Path, closed_port: int) -> None:
    url = f"postgresql+asyncpg://alidash:secret@127.0.0.1:{closed_port}/alidash"
    findings = await found(settings_for(url, private))
    assert [finding.health for finding in findings if finding.about == "database"] == [Health.ILL]
    assert "secret" not in " ".join(map(str, findings))


async def test_a_broker_is_heard_or_bad(
    sqlite_url: str, private: Path, closed_port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    valkey = Valkey()
    await asyncio.to_thread(valkey.start)
    try:
        settings = settings_for(sqlite_url, private, broker_url=valkey.broker_url)
        (heard,) = [finding for finding in await found(settings) if finding.about == "broker"]
    finally:
        await asyncio.to_thread(valkey.stop)
    assert (heard.health, heard.says.partition(" after")[0]) == (Health.WELL, "redis, heard")
    monkeypatch.setattr("api.doctor.ANSWERS_WITHIN", 0.3)
    settings = settings_for(sqlite_url, private, broker_url=f"redis://127.0.0.1:{closed_port}")
    (silent,) = [finding for finding in await found(settings) if finding.about == "broker"]
    assert silent.health is Health.ILL


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"public_url": "http://desk.example"}, "is not https://"),
        ({"public_url": "https://desk.example"}, "ALIDASH_TRUSTED_PROXIES names no proxy"),
        ({"public_url": "https://desk.example", "trusted_proxies": "127.0.0.1"}, "ALIDASH_WIDGET_ORIGINS names no"),
    ],
)
async def test_production_settings_that_are_odd_are_told(
    sqlite_url: str, private: Path, given: dict[str, Any], says: str
) -> None:
    findings = await found(settings_for(sqlite_url, private, env="production", **given))
    assert any(says in line for line in about(findings, "settings"))


async def test_a_retention_that_forgets_what_the_law_keeps_is_told(sqlite_url: str, private: Path) -> None:
    async def told(**given: timedelta) -> int:
        findings = await found(settings_for(sqlite_url, private, env="production", **given))
        return len(about(findings, "privacy"))

    year, hold = timedelta(days=365), timedelta(days=730)
    assert await told(chat_retention=year, legal_hold=hold) == 1
    assert await told(chat_retention=hold, legal_hold=hold) == await told(chat_retention=year) == 0


async def test_an_identity_provider_answers_or_is_bad(sqlite_url: str, private: Path) -> None:
    with providing() as provider:
        settings = settings_for(sqlite_url, private, **provider.settings)
        (answers,) = [finding for finding in await found(settings) if finding.about == "provider"]
        provider.metadata = {"issuer": "https://elsewhere.example"}
        (astray,) = [finding for finding in await found(settings) if finding.about == "provider"]
    assert (answers.health, answers.says) == (Health.WELL, f"{settings.oidc_issuer} answers")
    assert astray.health is Health.ILL
    (gone,) = [finding for finding in await found(settings) if finding.about == "provider"]
    assert gone.health is Health.ILL


def test_what_is_left_of_the_disk_is_told(sqlite_url: str, private: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = type("Usage", (), {"free": 100 * 1024**2})
    monkeypatch.setattr("api.doctor.shutil.disk_usage", lambda _: usage)
    findings = asyncio.run(found(settings_for(sqlite_url, private)))
    assert [finding.health for finding in findings if finding.about == "disk"] == [Health.ILL]


def test_findings_line_up() -> None:
    assert str(Finding(Health.ILL, "disk", "full")) == "bad  disk: full"
    assert os.linesep not in str(Finding(Health.WELL, "disk", "free"))
