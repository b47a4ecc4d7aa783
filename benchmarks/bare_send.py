"""The yardstick of `send.py`: a bare endpoint with the raw driver, which commits all who wait together.

It knows no GraphQL, no callers, no rules: it reads the chat, raises its counters, stores the line and its event under
the next number of the chat's stream, commits, answers, and sends the same bytes to whoever follows the chat.
"""

import asyncio
import sqlite3
import sys
import uuid
from collections.abc import AsyncIterator, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

import asyncpg
import orjson
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

from api.serving import config_for

SCHEMA = """
CREATE TABLE chats (
  id TEXT PRIMARY KEY, customer TEXT NOT NULL, message_seq BIGINT NOT NULL, event_seq BIGINT NOT NULL
);
CREATE TABLE messages (
  id TEXT PRIMARY KEY, chat_id TEXT NOT NULL REFERENCES chats (id), seq BIGINT NOT NULL, author TEXT NOT NULL,
  body TEXT NOT NULL, client_id TEXT, sent_at TEXT NOT NULL, UNIQUE (chat_id, seq), UNIQUE (chat_id, author, client_id)
);
CREATE TABLE events (
  stream TEXT NOT NULL, seq BIGINT NOT NULL, kind TEXT NOT NULL, payload TEXT NOT NULL, at TEXT NOT NULL,
  PRIMARY KEY (stream, seq)
);
"""
RAISE = (
    "UPDATE chats SET message_seq = message_seq + 1, event_seq = event_seq + 1 WHERE id = {}"
    " RETURNING message_seq, event_seq, customer"
)
MESSAGE = (
    "INSERT INTO messages (id, chat_id, seq, author, body, client_id, sent_at) VALUES ({}, {}, {}, {}, {}, {}, {})"
)
EVENT = "INSERT INTO events (stream, seq, kind, payload, at) VALUES ({}, {}, {}, {}, {})"

Command = dict[str, str]
Stored = tuple[int, int, bytes]
"""The numbers of the message and of its event, and the frame for the chat's followers."""


def _rows(
    command: Command, message_seq: int, event_seq: int, customer: str
) -> tuple[tuple[Any, ...], tuple[Any, ...], bytes]:
    now = datetime.now(UTC).isoformat()
    id, chat = str(uuid.uuid4()), command["chat"]
    told = {
        "id": id,
        "seq": message_seq,
        "sender": "CUSTOMER",
        "senderName": customer,
        "body": command["body"],
        "sentAt": now,
    }
    payload = orjson.dumps(told).decode()
    frame = b'{"id":"1","type":"next","payload":{"data":{"chatEvents":{"cursor":"%d","event":{"message":%b}}}}}' % (
        event_seq, payload.encode(),
    )  # fmt: skip
    message = (id, chat, message_seq, "customer", command["body"], command["key"], now)
    return message, (f"chat:{chat}", event_seq, "MessageSent", payload, now), frame


class Sqlite:
    """The raw driver on a thread of its own."""

    def __init__(self, path: str) -> None:
        self._thread = ThreadPoolExecutor(1)
        self._path = path

    async def open(self) -> None:
        await self._run(self._connect)

    def _connect(self) -> None:
        self._connection = sqlite3.connect(self._path, isolation_level=None, check_same_thread=False)
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
            self._connection.execute(f"PRAGMA {pragma}")
        self._connection.executescript(SCHEMA)

    async def _run(self, work: Callable[..., Any], *given: Any) -> Any:
        return await asyncio.get_running_loop().run_in_executor(self._thread, work, *given)

    async def add(self, chat: str, customer: str) -> None:
        await self._run(self._connection.execute, "INSERT INTO chats VALUES (?, ?, 0, 0)", (chat, customer))

    async def store(self, commands: Sequence[Command]) -> list[Stored]:
        return await self._run(self._store, commands)

    def _store(self, commands: Sequence[Command]) -> list[Stored]:
        connection, stored = self._connection, []
        connection.execute("BEGIN IMMEDIATE")
        for command in commands:
            numbers = connection.execute(RAISE.format("?"), (command["chat"],)).fetchone()
            message, event, frame = _rows(command, *numbers)
            connection.execute(MESSAGE.format(*"???????"), message)
            connection.execute(EVENT.format(*"?????"), event)
            stored.append((numbers[0], numbers[1], frame))
        connection.execute("COMMIT")
        return stored


class Postgres:
    """asyncpg: one statement raises the counters of all chats, two more store the rows."""

    def __init__(self, url: str) -> None:
        self._url = url.replace("postgresql+asyncpg://", "postgresql://")

    async def open(self) -> None:
        self._connection = await asyncpg.connect(self._url)
        await self._connection.execute(SCHEMA)

    async def add(self, chat: str, customer: str) -> None:
        await self._connection.execute("INSERT INTO chats VALUES ($1, $2, 0, 0)", chat, customer)

    async def store(self, commands: Sequence[Command]) -> list[Stored]:
        connection = self._connection
        async with connection.transaction():
            counts: dict[str, int] = {}
            for command in commands:
                counts[command["chat"]] = counts.get(command["chat"], 0) + 1
            raised = await connection.fetch(
                "UPDATE chats SET message_seq = message_seq + n, event_seq = event_seq + n"
                " FROM unnest($1::text[], $2::bigint[]) AS raised (chat, n) WHERE id = chat"
                " RETURNING id, message_seq, event_seq, customer",
                list(counts), list(counts.values()),
            )  # fmt: skip
            heads = {row["id"]: [row["message_seq"], row["event_seq"], row["customer"]] for row in raised}
            messages, events, stored = [], [], []
            for command in commands:
                head = heads[command["chat"]]
                behind = counts[command["chat"]] = counts[command["chat"]] - 1
                numbers = head[0] - behind, head[1] - behind, head[2]
                message, event, frame = _rows(command, *numbers)
                messages.append(message)
                events.append(event)
                stored.append((numbers[0], numbers[1], frame))
            await connection.executemany(MESSAGE.format(*(f"${n}" for n in range(1, 8))), messages)
            await connection.executemany(EVENT.format(*(f"${n}" for n in range(1, 6))), events)
        return stored


class Bare:
    """The endpoint: group commit, answer, deliver."""

    def __init__(self, database: Sqlite | Postgres) -> None:
        self._database = database
        self._waiting: list[tuple[Command, asyncio.Future[Stored]]] = []
        self._working: asyncio.Task[None] | None = None
        self._followers: dict[str, list[WebSocket]] = {}

    async def open(self, request: Request) -> Response:
        command = orjson.loads(await request.body())
        await self._database.add(command["chat"], command["name"])
        return Response(b"{}")

    async def send(self, request: Request) -> Response:
        command = orjson.loads(await request.body())
        future: asyncio.Future[Stored] = asyncio.get_running_loop().create_future()
        self._waiting.append((command, future))
        if self._working is None:
            self._working = asyncio.create_task(self._work())
        seq, _, _ = await future
        return Response(orjson.dumps({"data": {"sendMessage": {"message": {"seq": seq}, "userErrors": []}}}))

    async def _work(self) -> None:
        while self._waiting:
            await asyncio.sleep(0)
            group, self._waiting = self._waiting, []
            stored = await self._database.store([command for command, _ in group])
            for (command, future), (seq, event, frame) in zip(group, stored, strict=True):
                future.set_result((seq, event, frame))
                for socket in self._followers.get(command["chat"], ()):
                    await socket.send_text(frame.decode())
        self._working = None

    async def follow(self, socket: WebSocket) -> None:
        await socket.accept(subprotocol="graphql-transport-ws")
        await socket.receive_text()
        await socket.send_text('{"type":"connection_ack"}')
        chat = orjson.loads(await socket.receive_text())["payload"]["variables"]["c"]
        self._followers.setdefault(chat, []).append(socket)
        try:
            await socket.receive_text()
        except WebSocketDisconnect:
            self._followers[chat].remove(socket)


def build(url: str) -> Starlette:
    """An app with `POST /open` and `/graphql` to send to and to follow."""
    database = Postgres(url) if url.startswith("postgresql") else Sqlite(url.partition("///")[2])
    bare = Bare(database)

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        await database.open()
        yield

    routes = [
        Route("/open", bare.open, methods=["POST"]),
        Route("/graphql", bare.send, methods=["POST"]),
        WebSocketRoute("/graphql", bare.follow),
    ]
    return Starlette(routes=routes, lifespan=lifespan)


if __name__ == "__main__":
    uvicorn.Server(config_for(build(sys.argv[2]), port=int(sys.argv[1]))).run()
