"""Stock Strawberry, to compare with: the same five fields to each subscriber, by its own ASGI app and a queue each.

python -m benchmarks.stock PORT
"""

import asyncio
import sys
from collections.abc import AsyncGenerator
from datetime import UTC, datetime

import strawberry
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route, WebSocketRoute
from strawberry.asgi import GraphQL

from api.serving import config_for


@strawberry.type
class Message:
    """What one of our messages shows."""

    seq: int
    body: str
    sender: str
    sender_name: str
    sent_at: datetime


@strawberry.type
class Query:
    """A schema has one."""

    ok: bool = True


def build() -> Starlette:
    """An app whose `POST /emit?count=N` hands N messages to every subscriber of `messageSent`."""
    queues: set[asyncio.Queue[Message]] = set()

    @strawberry.type
    class Subscription:
        @strawberry.subscription
        async def message_sent(self) -> AsyncGenerator[Message, None]:
            queue: asyncio.Queue[Message] = asyncio.Queue()
            queues.add(queue)
            try:
                while True:
                    yield await queue.get()
            finally:
                queues.discard(queue)

    async def emit(request: Request) -> Response:
        body = (await request.body()).decode()
        for seq in range(int(request.query_params["count"])):
            message = Message(seq=seq, body=body, sender="AGENT", sender_name="Ana", sent_at=datetime.now(UTC))
            for queue in queues:
                queue.put_nowait(message)
            await asyncio.sleep(0)
        return Response()

    app = GraphQL[None, None](strawberry.Schema(query=Query, subscription=Subscription))
    return Starlette(routes=[Route("/emit", emit, methods=["POST"]), WebSocketRoute("/graphql", app)])


if __name__ == "__main__":
    uvicorn.Server(config_for(build(), port=int(sys.argv[1]))).run()
