"""The yardstick of query.py: a bare Starlette endpoint that runs one prepared statement and answers the same content.

    python -m benchmarks.bare_query PORT DATABASE_URL

It knows no GraphQL and no callers: it reads the chat's id from the request, reads the messages with the raw driver, and
writes the JSON that ours answers.
"""

import sqlite3
import sys
import uuid
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime
from typing import Any

import asyncpg
import orjson
import uvicorn
from sqlalchemy.engine import make_url
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from api.serving import config_for

READ = "SELECT id, seq, body, sender, sender_name, sent_at FROM messages WHERE chat_id = {} ORDER BY seq DESC LIMIT 20"

Read = Callable[[uuid.UUID], Awaitable[Sequence[Any]]]


def _sqlite(path: str) -> Read:
    connection = sqlite3.connect(path, check_same_thread=False)

    async def read(chat_id: uuid.UUID) -> Sequence[Any]:
        rows = connection.execute(READ.format("?"), (chat_id.hex,)).fetchall()
        return [(str(uuid.UUID(id)), *rest, sent_at.replace(" ", "T") + "Z") for id, *rest, sent_at in rows]

    return read


def _postgres(url: str) -> Read:
    pool: list[Any] = []

    async def read(chat_id: uuid.UUID) -> Sequence[Any]:
        if not pool:
            pool.append(await asyncpg.create_pool(url, min_size=10, max_size=10))
        rows = await pool[0].fetch(READ.format("$1"), chat_id)
        return [(str(id), *rest, _written(sent_at)) for id, *rest, sent_at in rows]

    return read


def _written(value: datetime) -> str:
    return value.astimezone(UTC).isoformat().replace("+00:00", "Z")


def build(url: str) -> Starlette:
    """An app with `POST /graphql`."""
    address = make_url(url)
    plain = address.set(drivername="postgresql").render_as_string(hide_password=False)
    read = _sqlite(str(address.database)) if address.get_backend_name() == "sqlite" else _postgres(plain)

    async def answer(request: Request) -> Response:
        asked = orjson.loads(await request.body())
        nodes = [
            {"id": id, "seq": seq, "body": body, "sender": sender, "senderName": name, "sentAt": sent_at}
            for id, seq, body, sender, name, sent_at in reversed(await read(uuid.UUID(asked["variables"]["id"])))
        ]
        data = {"chat": {"messages": {"nodes": nodes}}}
        return Response(orjson.dumps({"data": data}), media_type="application/json")

    return Starlette(routes=[Route("/graphql", answer, methods=["POST"])])


if __name__ == "__main__":
    uvicorn.Server(config_for(build(sys.argv[2]), port=int(sys.argv[1]))).run()
