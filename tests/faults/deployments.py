"""AliDash as an operator runs it: processes of the program on one database, with the people of a desk in it."""

import itertools
import time
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from api.db import Database
from api.models import User
from api.models.enums import Availability
from api.resolvers.claims import claim_chat
from api.resolvers.presence import set_availability
from api.resolvers.tokens import create_token
from tests.clock import Clock
from tests.databases import Valkey
from tests.faults.traffic import Party
from tests.people import Desk
from tests.running import GENEROUS, KEYS, OpenRunning
from tests.server import Server

TICK = 2.0
"""Seconds between two looks at the database: long enough to tell the bell from the tick."""

SERVES_AGAIN_WITHIN = 30.0
"""Seconds. An idle machine takes three, nearly all of them for importing; those of CI are neither idle nor quick."""


@dataclass
class Deployment:
    """One desk: a database, the processes that serve it, and the bell between them."""

    database_url: str
    servers: list[Server]
    valkey: Valkey | None = None
    restarts: list[float] = field(default_factory=list)

    @property
    def bases(self) -> list[str]:
        return [server.url for server in self.servers]

    def start(self) -> None:
        """Start every process, at once."""
        with ThreadPoolExecutor(len(self.servers)) as threads:
            list(threads.map(lambda server: server.start(), self.servers))

    def stop(self) -> None:
        for server in self.servers:
            server.stop()

    def kill_and_start(self, server: Server) -> None:
        """Kill a process as a power cut would, and start it again."""
        server.kill()
        began = time.monotonic()
        server.start()
        self.restarts.append(time.monotonic() - began)
        assert self.restarts[-1] < SERVES_AGAIN_WITHIN


def a_server(folder: Path, database_url: str, **environment: str) -> Server:
    """A process to be started; it is as quick to start again as an installed program, whose bytecode is there."""
    folder.mkdir(exist_ok=True)
    given = {f"ALIDASH_{name.upper()}": value for name, value in (KEYS | GENEROUS).items()}
    given |= {"ALIDASH_TICK": f"PT{TICK}S", "PYTHONDONTWRITEBYTECODE": ""}
    return Server(folder, database_url, environment=given | environment)


@contextmanager
def deployed(deployment: Deployment) -> Iterator[Deployment]:
    """The processes serve for the length of the block."""
    try:
        deployment.start()
        yield deployment
    finally:
        deployment.stop()


async def parties(desk: Desk, chats: int) -> list[Party]:
    """Both sides of so many chats, each attended by an agent of its own."""
    found: list[Party] = []
    for number in range(chats):
        agent, opened = await desk.online("tecnico"), await desk.opened()
        await claim_chat(agent, opened.chat.id)
        token = await create_token(desk.system, email=(await desk.user(agent)).email)
        found.append(Party(f"agent {number}", str(opened.chat.id), token))
        found.append(Party(f"customer {number}", str(opened.chat.id), opened.token))
        await set_availability(agent, Availability.PAUSED, "Café")
    return found


@asynccontextmanager
async def desk_of(deployment: Deployment, open_running: OpenRunning, clock: Clock) -> AsyncIterator[Desk]:
    """The desk behind a deployment, from outside its processes. Its people are others than those of earlier tests."""
    async with open_running(deployment.database_url) as running:
        desk = Desk(running, clock)
        yield replace(desk, _numbers=itertools.count(1 + 100 * await desk.count(User)))


def beginning(db: Database) -> str:
    """The cursor before everything."""
    return f"{db.epoch}.0"
