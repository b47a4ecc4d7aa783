"""What an operator should know before customers do: settings, keys, database, broker, clock, disk, sign-in."""

import asyncio
import os
import resource
import shutil
import stat
from collections.abc import AsyncGenerator, AsyncIterator, Iterator
from contextlib import aclosing
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import SQLAlchemyError

from api.assets import folder
from api.db import Database
from api.errors import AppError, Unavailable
from api.migrations import Standing, standing
from api.openid import IdentityProvider
from api.resolvers.keys import sealed_by
from api.resolvers.users import has_admin
from api.services import assemble
from api.settings import Settings
from api.subscriptions.doorbell import Doorbell
from api.subscriptions.running import Running

ANSWERS_WITHIN = 5.0
"""Seconds that the database and the broker are given."""
CLOCKS_APART = timedelta(seconds=1)
FREE_LOW, FREE_NONE = 2 * 1024**3, 200 * 1024**2
"""Bytes of free disk under which it is time to look, and under which it is late."""
FILES_FEW = 4096
"""Open files that a process is allowed at least: each socket of a browser is one."""

_DURABLE = text("SELECT name, setting FROM pg_settings WHERE name IN ('fsync', 'synchronous_commit') ORDER BY name")
_CLOCK = text("SELECT EXTRACT(EPOCH FROM clock_timestamp())")


class Health(StrEnum):
    """How serious a finding is."""

    WELL = "ok"
    ODD = "look"
    """It works; somebody should look at it."""
    ILL = "bad"
    """It does not work, or will not for long."""


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at, in words for operators."""

    health: Health
    about: str
    says: str

    def __str__(self) -> str:
        return f"{self.health:5}{self.about}: {self.says}"


def well(about: str, says: str) -> Finding:
    return Finding(Health.WELL, about, says)


def odd(about: str, says: str) -> Finding:
    return Finding(Health.ODD, about, says)


def ill(about: str, says: str) -> Finding:
    return Finding(Health.ILL, about, says)


async def examine(settings: Settings) -> AsyncIterator[Finding]:
    """Look at everything once, and change nothing; the database need not be migrated, nor answer at all."""
    for finding in (*_settings(settings), *_folder(settings), _files(), *_front_ends()):
        yield finding
    if (file := _file(settings)) and not file.is_file():
        # Looking for it would make it.
        yield odd("database", f"{file} is not there yet; the first start makes it")
        return
    running = assemble(settings)
    try:
        async for finding in _services(running):
            yield finding
    finally:
        await running.services.db.close()


async def _services(running: Running) -> AsyncIterator[Finding]:
    try:
        async with asyncio.timeout(ANSWERS_WITHIN):
            async with aclosing(_database(running)) as findings:
                async for finding in findings:
                    yield finding
    except TimeoutError:
        yield ill("database", f"no answer within {ANSWERS_WITHIN:.0f} seconds")
    except AppError as error:
        yield ill(
            "database", f"not usable ({error.code}); is it there, and are ALIDASH_DATABASE_URL and the disk right?"
        )
    except SQLAlchemyError as error:
        yield ill("database", f"cannot be read as one of AliDash: {str(error).splitlines()[0]}")
    yield await _broker(running.services.settings, running.services.db)
    if running.services.identity_provider is not None:
        yield await _provider(running.services.identity_provider)


def _settings(settings: Settings) -> Iterator[Finding]:
    yield well("settings", f"{settings.env}, {settings.timezone}, {settings.locale}")
    if not settings.production:
        yield odd("settings", "development is for one's own desk; customers need ALIDASH_ENV=production")
        return
    if settings.public_url is None or not settings.public_url.startswith("https://"):
        yield odd("settings", "ALIDASH_PUBLIC_URL is not https://: cookies and CPFs would travel in the clear")
    elif not settings.trusted_proxies:
        yield odd("settings", "ALIDASH_TRUSTED_PROXIES names no proxy: behind one, all customers share one rate limit")
    if not settings.origins:
        yield odd("settings", "ALIDASH_WIDGET_ORIGINS names no site: nobody may embed the widget")
    if settings.chat_retention and settings.legal_hold and settings.chat_retention < settings.legal_hold:
        yield odd("privacy", "ALIDASH_CHAT_RETENTION forgets chats before ALIDASH_LEGAL_HOLD lets them be erased")


def _folder(settings: Settings) -> Iterator[Finding]:
    data = settings.data.absolute()
    if not data.is_dir():
        yield odd("data", f"{data} is not there yet; the first start makes it")
        return
    if not os.access(data, os.W_OK | os.X_OK):
        yield ill("data", f"{data} cannot be written by this user")
    for path in (data, _file(settings)):
        if path is None or not path.exists() or not _others_read(path):
            continue
        yield odd("data", f"{path} can be read by others on this machine: chmod go= {path}")
    free = shutil.disk_usage(data).free
    says = f"{free / 1024**3:.1f} GiB free for {data}"
    yield ill("disk", says) if free < FREE_NONE else odd("disk", says) if free < FREE_LOW else well("disk", says)


def _file(settings: Settings) -> Path | None:
    """Where SQLite keeps everything; None for PostgreSQL, and in memory."""
    url = make_url(settings.database)
    return (
        Path(url.database)
        if url.get_backend_name() == "sqlite" and url.database != ":memory:" and url.database
        else None
    )


def _others_read(path: Path) -> bool:
    return bool(path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO))


def _files() -> Finding:
    allowed, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    says = f"{allowed} open files allowed"
    return (
        well("machine", says)
        if allowed >= FILES_FEW
        else odd("machine", f"{says}: each socket is one; raise LimitNOFILE")
    )


def _front_ends() -> Iterator[Finding]:
    for name, file in (("web", "index.html"), ("widget", "alidash.js")):
        built = (folder(name) / file).is_file()
        yield well(name, "built") if built else ill(name, "not built: run `make front-ends`")


async def _database(running: Running) -> AsyncGenerator[Finding]:
    db = running.services.db
    async with db.read() as session:
        shape = await standing(session)
        if not db.embedded:
            for name, value in (await session.execute(_DURABLE)).all():
                if value == "off":
                    yield ill("database", f"{name} is off: what was acknowledged may be lost with the power")
            theirs = float((await session.execute(_CLOCK)).scalar_one())
            yield _clocks(timedelta(seconds=theirs - running.services.clock().timestamp()))
    yield well("database", "SQLite" if db.embedded else "PostgreSQL")
    if shape is not Standing.CURRENT:
        yield odd("database", f"its shape is {shape}: {'`alidash migrate`' if shape is Standing.BEHIND else 'upgrade'}")
        return
    async with aclosing(_desk(running)) as findings:
        async for finding in findings:
            yield finding


def _clocks(apart: timedelta) -> Finding:
    where = "ahead" if apart > timedelta() else "behind"
    says = f"the database's clock is {abs(apart.total_seconds()):.1f} seconds {where}"
    return well("clock", says) if abs(apart) <= CLOCKS_APART else ill("clock", f"{says}: keep both by NTP")


async def _desk(running: Running) -> AsyncGenerator[Finding]:
    ctx = running.as_system()
    if not await has_admin(ctx):
        yield odd("people", "there is no administrator: alidash create-admin")
    sealed = await sealed_by(ctx)
    if sealed.lost:
        yield ill("keys", f"{sealed.lost} CPFs and secrets are sealed by a key that ALIDASH_CPF_KEYS does not name")
    if sealed.behind:
        yield odd("keys", f"{sealed.behind} CPFs and secrets are sealed by an earlier key: alidash keys rotate")
    if not sealed.lost and not sealed.behind:
        yield well("keys", f"every CPF and secret is sealed by {next(iter(sealed.by_key))}")


async def _provider(provider: IdentityProvider) -> Finding:
    """Whether staff could sign in by the identity provider now."""
    name = provider.client.issuer
    try:
        await provider.endpoints()
    except Unavailable:
        return ill("provider", f"{name} gives no discovery document that can be used; passwords go on working")
    return well("provider", f"{name} answers")


async def _broker(settings: Settings, db: Database) -> Finding:
    """Ring our own bell, and wait until it is heard."""
    kind = settings.broker_url.get_secret_value().partition("://")[0]
    if kind == "memory":
        return well("broker", "none; one process needs none" if db.embedded else "none; several deliver by the tick")
    heard = asyncio.Event()
    bell = Doorbell(
        settings.broker_url.get_secret_value(),
        heard=lambda _: None,
        signalled=lambda _: None,
        rejoined=heard.set,
    )
    bell.open()
    try:
        async with asyncio.timeout(ANSWERS_WITHIN):
            await heard.wait()
            while bell.latency is None:
                bell.ring({})
                await asyncio.sleep(0.05)
        return well("broker", f"{kind}, heard after {bell.latency * 1000:.0f} ms")
    except TimeoutError:
        return ill(
            "broker", f"{kind} was not heard within {ANSWERS_WITHIN:.0f} seconds; the tick carries on without it"
        )
    finally:
        await bell.close()
