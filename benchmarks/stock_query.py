"""Stock Strawberry on SQLModel, to compare with in query.py: the usual way, over the same data.

    python -m benchmarks.stock_query PORT DATABASE_URL

Its own ASGI app with its default extensions; a session for each request, in which the caller is looked up by the token,
the chat by its id, and its messages are read; objects of the ORM handed to Strawberry's types.
"""

import sys
import uuid
from datetime import datetime
from typing import Any

import strawberry
import uvicorn
from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine
from sqlmodel import col, select
from starlette.applications import Starlette
from starlette.requests import HTTPConnection
from starlette.routing import Route
from starlette.types import Receive, Scope, Send
from strawberry.asgi import GraphQL
from strawberry.types import Info

from api.models import Chat as ChatRow
from api.models import Message as MessageRow
from api.models import Session, User
from api.passwords import token_hash
from api.serving import config_for

Asked = Info[dict[str, Any], None]


@strawberry.type
class Message:
    """What one of our messages shows."""

    id: strawberry.ID
    seq: int
    body: str
    sender: str
    sender_name: str
    sent_at: datetime


@strawberry.type
class Messages:
    """A page of them."""

    nodes: list[Message]


@strawberry.type
class Chat:
    """A chat with its messages."""

    id: strawberry.ID
    key: strawberry.Private[uuid.UUID]

    @strawberry.field
    async def messages(self, info: Asked, last: int) -> Messages:
        query = select(MessageRow).where(MessageRow.chat_id == self.key).order_by(col(MessageRow.seq).desc())
        rows = (await info.context["session"].execute(query.limit(last))).scalars().all()
        return Messages(nodes=[_drawn(row) for row in reversed(rows)])


def _drawn(row: MessageRow) -> Message:
    return Message(
        id=strawberry.ID(str(row.id)),
        seq=row.seq,
        body=row.body,
        sender=row.sender.value,
        sender_name=row.sender_name,
        sent_at=row.sent_at,
    )


@strawberry.type
class Query:
    """Its one query: a chat, for who is signed in."""

    @strawberry.field
    async def chat(self, info: Asked, id: strawberry.ID) -> Chat | None:
        session: AsyncSession = info.context["session"]
        token = info.context["request"].headers["authorization"].removeprefix("Bearer ")
        login = select(User).join(Session, col(Session.user_id) == col(User.id))
        caller = (await session.execute(login.where(Session.token_hash == token_hash(token)))).scalar_one_or_none()
        row = await session.get(ChatRow, uuid.UUID(id)) if caller else None
        return Chat(id=strawberry.ID(str(row.id)), key=row.id) if row else None


def build(url: str) -> Starlette:
    """An app with `POST /graphql`."""
    engine = create_async_engine(url)

    class Endpoint(GraphQL[dict[str, Any], None]):
        """Strawberry's endpoint, with a session for each request in its context."""

        async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
            async with AsyncSession(engine) as session:
                scope["session"] = session
                await super().__call__(scope, receive, send)

        async def get_context(self, request: HTTPConnection, response: Any) -> dict[str, Any]:
            return {"request": request, "session": request.scope["session"]}

    return Starlette(routes=[Route("/graphql", Endpoint(strawberry.Schema(query=Query)), methods=["POST"])])


if __name__ == "__main__":
    uvicorn.Server(config_for(build(sys.argv[2]), port=int(sys.argv[1]))).run()
