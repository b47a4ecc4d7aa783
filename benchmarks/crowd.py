"""How long it takes until a crowd that comes back at once has caught up.

    python -m benchmarks.crowd [--database sqlite|postgres] [--people 500] [--events 3]

Starts the real program in a process of its own. So many of the staff follow one chat from its cursor, and then so
many customers each a chat of their own, that waits; all of them connect in the same moment. They come twice: when the
lease of their presence has run out, and within it. Somebody else asks by HTTP all the while, one question after the
other. At the end it is checked that everybody was told of each event once and in order, and that nobody was refused.
"""

import argparse
import asyncio
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import orjson

from api.context import Context
from api.events import MessageSent, chat_stream
from api.models.base import new_id
from api.models.enums import MessageKind, Role, Sender
from api.resolvers.departments import list_departments
from api.resolvers.openings import Opening, open_chat
from api.resolvers.tokens import create_token
from api.resolvers.users import NewUser, create_user
from api.services import Running
from api.subscriptions.cursors import write_cursor
from benchmarks.desks import databases, on_database
from benchmarks.frames import Listener
from benchmarks.send import UNLIMITED
from benchmarks.wire import Caller
from tests.people import valid_cpf
from tests.server import serving

FOLLOW = """subscription($c: ID!, $a: Cursor) { chatEvents(chatId: $c, after: $a) {
  event { ... on MessageSent { message { seq body sender senderName sentAt } } } } }"""
QUESTION = "query($c: ID!) { chat(id: $c) { messages(last: 20) { edges { node { seq body } } } } }"
PATIENCE = 60.0


@dataclass
class Seat:
    """Somebody who follows a chat from where they left it, and what they have heard since."""

    token: str
    chat_id: UUID
    cursor: str
    heard: list[int] = field(default_factory=list)

    def greeting(self) -> list[object]:
        """What they say when they are connected."""
        variables = {"c": str(self.chat_id), "a": self.cursor}
        return [
            {"type": "connection_init", "payload": {"token": self.token}},
            {"id": "1", "type": "subscribe", "payload": {"query": FOLLOW, "variables": variables}},
        ]

    def hear(self, frame: bytes) -> None:
        """Note a message; a place in line is none."""
        message = orjson.loads(frame)["payload"]["data"]["chatEvents"]["event"].get("message")
        if message is not None:
            self.heard.append(message["seq"])


@dataclass
class Wave:
    """How one return went: seconds until all had caught up, and the slowest answer that somebody else got meanwhile."""

    took: float
    slowest: float
    missed: int


async def come_back(base: str, seats: Sequence[Seat], events: int) -> Wave:
    """Everybody connects in the same moment; returns when each has heard of everything, or patience has ended.

    Raises RuntimeError when somebody was refused.
    """
    for seat in seats:
        seat.heard.clear()
    refused, answers = list[dict[str, Any]](), list[float]()
    asyncio.get_running_loop().set_exception_handler(lambda _, context: refused.append(context))
    began = time.perf_counter()
    asking = asyncio.create_task(_ask(base, seats[0], answers))
    sockets = await asyncio.gather(*(_connect(base, seat) for seat in seats))
    until = began + PATIENCE
    # Being told of each frame would cost more than the frame.
    while any(len(seat.heard) < events for seat in seats) and time.perf_counter() < until and not refused:  # noqa: ASYNC110
        await asyncio.sleep(0.01)
    took = time.perf_counter() - began
    asking.cancel()
    (outcome,) = await asyncio.gather(asking, return_exceptions=True)
    if refused or not isinstance(outcome, asyncio.CancelledError):
        raise RuntimeError(f"somebody was refused: {[str(one.get('exception')) for one in refused]} {outcome!r}")
    for transport in sockets:
        transport.abort()
    expected = list(range(1, events + 1))
    return Wave(took, max(answers, default=took), sum(seat.heard != expected for seat in seats))


async def _connect(base: str, seat: Seat) -> asyncio.Transport:
    address = urlsplit(base)
    transport, _ = await asyncio.get_running_loop().create_connection(
        lambda: Listener(seat.greeting(), b'{"id":"1","type":"next"', seat.hear),
        address.hostname or "localhost",
        address.port or 80,
    )
    return transport


async def _ask(base: str, seat: Seat, answers: list[float]) -> None:
    caller = Caller(base)
    while True:
        began = time.perf_counter()
        await caller.ask(QUESTION, token=seat.token, c=str(seat.chat_id))
        answers.append(time.perf_counter() - began)
        await asyncio.sleep(0.05)


async def _chats(running: Running, count: int, events: int) -> list[Seat]:
    """So many new chats with their customers, who have missed so many messages."""
    department = (await list_departments(running.as_system()))[0]
    seats: list[Seat] = []
    for number in range(count):
        ctx = Context(running.services, address=f"10.1.{number // 250}.{number % 250}")
        opening = Opening(name="Zé", message="Oi", department_slug=department.slug, cpf=valid_cpf(number + 1))
        opened = await open_chat(ctx, opening)
        chat_id = opened.chat.id
        cursor = write_cursor(running.services.db.epoch, await _head(running, chat_id))
        seats.append(Seat(opened.token, chat_id, cursor))
    async with running.services.db.transaction() as tx:
        for seat in seats:
            for seq in range(1, events + 1):
                kind, sender = MessageKind.TEXT, Sender.CUSTOMER
                tx.emit(MessageSent(seat.chat_id, new_id(), seq, sender, "Zé", kind, "Alguém aí?", None, tx.now))
    return seats


async def _head(running: Running, chat_id: UUID) -> int:
    stream = chat_stream(chat_id)
    return (await running.services.db.heads([stream])).get(stream, 0)


async def _staff(running: Running, count: int, chat: Seat) -> list[Seat]:
    """So many people who follow one chat."""
    seats: list[Seat] = []
    for number in range(count):
        email = f"person{number}@desk.example"
        person = NewUser(email, f"Person {number}", Role.SUPERVISOR, (), "a long password")
        await create_user(running.as_system(), person)
        seats.append(Seat(await create_token(running.as_system(), email=email), chat.chat_id, chat.cursor))
    return seats


async def measure(base: str, url: str, folder: Path, people: int, events: int) -> list[Wave]:
    """The four waves: staff and customers, after their lease and within it."""
    async with on_database(folder, url) as running:
        customers = await _chats(running, people, events)
        staff = await _staff(running, people, customers[0])
    waves: list[Wave] = []
    for name, seats in (("staff", staff), ("customers", customers)):
        for when in ("whose lease is over", "within their lease"):
            wave = await come_back(base, seats, events)
            print(
                f"  {people} {name} {when}: caught up in {wave.took:5.2f} s,"
                f" slowest answer to somebody else {wave.slowest * 1000:5.0f} ms, {wave.missed} missed something",
                flush=True,
            )
            waves.append(wave)
            await asyncio.sleep(3)
    return waves


def main() -> int:
    """Run, print, and answer 1 when somebody missed something."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--database", choices=["sqlite", "postgres"], default="sqlite")
    parser.add_argument("--people", type=int, default=500)
    parser.add_argument("--events", type=int, default=3)
    chosen = parser.parse_args()
    print(f"{chosen.database}:")
    with (
        tempfile.TemporaryDirectory() as name,
        databases(chosen.database, Path(name), "desk") as (url,),
        serving(Path(name), url, **UNLIMITED) as server,
    ):
        waves = asyncio.run(measure(server.url, url, Path(name), chosen.people, chosen.events))
    return 1 if any(wave.missed for wave in waves) else 0


if __name__ == "__main__":
    sys.exit(main())
