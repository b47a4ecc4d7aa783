"""The whole contract by machine: Schemathesis sends what the description allows, and what it forbids, to a server."""

import asyncio
import itertools
import logging
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import schemathesis
import structlog
import uvicorn
from hypothesis import strategies
from schemathesis.config import SchemathesisConfig
from schemathesis.engine import from_schema
from schemathesis.engine.events import FatalError, NonFatalError, ScenarioFinished

from api import services
from api.app import create_app
from api.context import Machine
from api.models.enums import Role, Scope
from api.resolvers.access_points import AccessPointDetails, create_access_point
from api.resolvers.api_keys import create_api_key
from api.resolvers.tokens import create_token
from api.services import assemble, opened
from api.settings import Settings
from tests.clock import Clock
from tests.people import Desk, valid_cpf
from tests.running import QuickPasswords, settings_for

NUMBERS = strategies.integers(1, 999_999_999)
# What these formats mean is more than a pattern can say.
schemathesis.openapi.format("cpf", NUMBERS.map(valid_cpf).filter(lambda cpf: len(set(cpf)) > 1))
schemathesis.openapi.format("phone", strategies.integers(900000000, 999999999).map(lambda number: f"+5511{number}"))
schemathesis.openapi.format("email", strategies.from_regex(r"[a-z0-9.+-]{1,20}@[a-z]{1,20}\.(com|br)", fullmatch=True))

ALL_DOMAIN_RULES = ["2xx", "400", "403", "404", "409", "422"]


@dataclass(frozen=True)
class Callers:
    """A credential of each kind, and the ids that it may use."""

    admin: str
    chat: str
    key: str
    user_id: str
    point_id: str
    chats: dict[str, str]
    """By who may use them."""


async def _people(settings: Settings) -> Callers:
    async with opened(assemble(settings)) as running:
        desk = Desk(running, Clock())
        admin = await desk.admin("tecnico")
        somebody = await desk.user(await desk.agent("tecnico"))
        waiting = await desk.opened()
        key = await create_api_key(admin, name="Robô", scopes=list(Scope))
        bot = desk.as_(Machine(key.key.id, key.key.name, frozenset(Scope)))
        of_bot = await desk.opened(by=bot, bot_owns=True)
        boss = await desk.user(await desk.staff(Role.ADMIN, "tecnico", "comercial"))
        return Callers(
            admin=await create_token(desk.system, email=boss.email),
            chat=waiting.token,
            key=key.secret,
            user_id=str(somebody.id),
            point_id=str((await create_access_point(admin, AccessPointDetails("Rádio"))).id),
            chats={
                "admin": str(waiting.chat.id),
                "chat": str(waiting.chat.id),
                "key": str(of_bot.chat.id),
            },
        )


@contextmanager
def _serving(settings: Settings) -> Iterator[str]:
    """The real app behind a real server, in a thread with a loop of its own."""
    # Thousands of lines in the log are of no help here, and take their time.
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    server = uvicorn.Server(uvicorn.Config(create_app(settings), port=0, log_config=None, ws="none"))
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        while not server.started:
            assert thread.is_alive()
            time.sleep(0.01)
        port = server.servers[0].sockets[0].getsockname()[1]
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join()
        structlog.reset_defaults()


def _configuration(callers: Callers, who: str) -> SchemathesisConfig:
    return SchemathesisConfig.from_dict(
        {
            "seed": 1,
            "max-failures": 10,
            "headers": {"Authorization": f"Bearer {getattr(callers, who)}"},
            "generation": {"max-examples": 8, "deterministic": True, "database": "none"},
            # Every boundary of every field takes its time: once is enough, and the admin meets most of the rules.
            "phases": {"stateful": {"enabled": False}, "coverage": {"enabled": who == "admin"}},
            "checks": {"positive_data_acceptance": {"expected-statuses": ALL_DOMAIN_RULES}},
            "operations": [
                {"include-path-regex": "/chat/[{]id", "parameters": {"path.id": callers.chats[who]}},
                {"include-path-regex": "/users/", "parameters": {"path.id": callers.user_id}},
                {"include-path-regex": "/network/", "parameters": {"path.id": callers.point_id}},
            ],
        }
    )


@pytest.mark.slow
@pytest.mark.parametrize("who", ["admin", "chat", "key"])
def test_the_server_keeps_the_contract(
    database_url: str, who: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(services, "Passwords", QuickPasswords)
    settings = settings_for(database_url, tmp_path)
    callers = asyncio.run(_people(settings))
    with _serving(settings) as url:
        schema = schemathesis.openapi.from_url(f"{url}/api/v1/openapi.json", config=_configuration(callers, who))
        failures, statuses, problems = _run(schema.include(lambda found: _may_call(who, found.operation)))
    assert not problems, "\n\n".join(problems)
    assert not failures, "\n\n".join(failures)
    assert {200, 400, 404} <= statuses
    assert not {status for status in statuses if status >= 500}


def _may_call(who: str, operation: Any) -> bool:
    """Whether such a caller has any business there; that others are sent away is tested elsewhere."""
    credentials = [name for need in operation.definition.raw["security"] for name in (need or {"": []})]
    return "" in credentials or {"admin": "staffToken", "chat": "chatToken", "key": "apiKey"}[who] in credentials


def _run(schema: Any) -> tuple[list[str], set[int], list[str]]:
    """What the checks found, which statuses were met, and what went wrong with the run itself."""
    failures: list[str] = []
    problems: list[str] = []
    statuses: set[int] = set()
    for event in from_schema(schema).execute():
        if isinstance(event, NonFatalError | FatalError):
            problems.append(str(event))
        if isinstance(event, ScenarioFinished):
            recorder = event.recorder
            statuses |= {one.response.status_code for one in recorder.interactions.values() if one.response}
            checks = itertools.chain.from_iterable(recorder.checks.values())
            failed = [check.failure_info for check in checks if check.failure_info is not None]
            failures += [f"{event.label}: {one.failure}\n{one.code_sample}" for one in failed]
    return failures, statuses, problems
