"""What is compared: our program with a chat and people who follow it, a bare Starlette WebSocket, stock Strawberry."""

import asyncio
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AbstractContextManager, asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from uuid import UUID

import httpx2 as httpx
import psutil

from api.context import Context
from api.events import MessageSent
from api.models.base import new_id
from api.models.enums import MessageKind, Role, Sender
from api.resolvers.departments import list_departments
from api.resolvers.openings import Opening, open_chat
from api.resolvers.tokens import create_token
from api.resolvers.users import NewUser, create_user
from api.services import Running
from benchmarks.desks import on_database, processor_time
from benchmarks.frames import Audience
from tests.server import ROOT, serving

OURS = """subscription($c: ID!) { chatEvents(chatId: $c) {
  event { ... on MessageSent { message { seq body sender senderName sentAt } } } } }"""
STOCK = "subscription { messageSent { seq body sender senderName sentAt } }"
LINE = "Bom dia! Já reiniciei o roteador duas vezes e a luz continua vermelha."
PATIENCE = 180.0
NEXT = b'{"id":"1","type":"next"'


@dataclass
class Rival:
    """A server with its audience, and a way to have so many messages sent to each of it."""

    name: str
    process: psutil.Process
    audience: Audience
    emit: Callable[[int], Awaitable[object]]

    @property
    def cpu(self) -> float:
        """Seconds of processor time used so far."""
        return processor_time(self.process)

    async def settled(self, subscribers: int) -> None:
        """Until everybody hears of an event: who has subscribed is told so by nothing else."""
        reached = 0
        async with asyncio.timeout(PATIENCE):
            while reached != subscribers:
                heard = self.audience.heard
                await self.emit(1)
                await asyncio.sleep(2)
                reached = self.audience.heard - heard


@asynccontextmanager
async def ours(folder: Path, people: int) -> AsyncIterator[Rival]:
    """The real program, and so many people of the staff, who may follow one chat.

    The messages are written by this process into the same database, all at once, and found by the program's tick: what
    is measured is what delivering costs, not what writing does (see send.py).
    """
    url = f"sqlite+aiosqlite:///{folder}/desk.sqlite3"
    with serving(folder, url) as server:
        async with on_database(folder, url) as running:
            tokens = [await new_person(running, number) for number in range(people)]
            chat_id = await new_chat(running)

            async def emit(count: int) -> None:
                async with running.services.db.transaction() as tx:
                    for seq in range(count):
                        tx.emit(_line(chat_id, seq, tx.now))

            greetings = [_greeting(OURS, {"token": token}, c=str(chat_id)) for token in tokens]
            yield Rival("ours", psutil.Process(server.pid), Audience(server.url, greetings, NEXT), emit)


@contextmanager
def other(name: str, greeting: list[object], counted: bytes, text: Callable[[], bytes]) -> Iterator[Rival]:
    """`benchmarks.<name>` with an audience."""
    with started(name) as (base, process):

        async def emit(count: int) -> None:
            async with httpx.AsyncClient(timeout=60) as client:
                await client.post(f"{base}/emit", params={"count": count}, content=text())

        yield Rival(name, process, Audience(base, [greeting], counted), emit)


@contextmanager
def started(name: str, *given: str) -> Iterator[tuple[str, psutil.Process]]:
    """`benchmarks.<name>` in a process of its own: where it serves, and its process."""
    port = _free_port()
    process = subprocess.Popen([sys.executable, "-m", f"benchmarks.{name}", str(port), *given], cwd=ROOT)
    try:
        _wait_for(port)
        yield f"http://localhost:{port}", psutil.Process(process.pid)
    finally:
        process.kill()
        process.wait()


def stock() -> AbstractContextManager[Rival]:
    """Stock Strawberry."""
    return other("stock", _greeting(STOCK, {}), NEXT, LINE.encode)


def bare(text: Callable[[], bytes]) -> AbstractContextManager[Rival]:
    """A bare Starlette WebSocket that sends a text."""
    return other("bare", [], b"", text)


def _greeting(query: str, payload: dict[str, str], **variables: str) -> list[object]:
    subscribe = {"query": query, "variables": variables}
    return [
        {"type": "connection_init", "payload": payload},
        {"id": "1", "type": "subscribe", "payload": subscribe},
    ]


def _line(chat_id: UUID, seq: int, at: datetime) -> MessageSent:
    return MessageSent(chat_id, new_id(), seq, Sender.CUSTOMER, "Zé", MessageKind.TEXT, LINE, None, at)


async def new_person(running: Running, number: int) -> str:
    """The token of somebody new who may follow every chat."""
    email = f"person{number}@desk.example"
    await create_user(running.as_system(), NewUser(email, f"Person {number}", Role.SUPERVISOR, (), "a long password"))
    return await create_token(running.as_system(), email=email)


async def new_chat(running: Running) -> UUID:
    """A chat that waits."""
    department = (await list_departments(running.as_system()))[0]
    opening = Opening(name="Zé", message="Oi", department_slug=department.slug, cpf="52998224725")
    return (await open_chat(Context(running.services, address="127.0.0.1"), opening)).chat.id


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _wait_for(port: int) -> None:
    end = time.monotonic() + 30
    while True:
        try:
            socket.create_connection(("localhost", port), 1).close()
        except OSError:
            if time.monotonic() > end:
                raise
            time.sleep(0.05)
        else:
            return
