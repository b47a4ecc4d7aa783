"""The queue in the schema."""

import uuid
from collections.abc import AsyncGenerator
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Annotated, Union

import strawberry

from api.errors import NotFound
from api.events import ChatQueued as QueuedFact
from api.resolvers.queue import QueueState, QueueView, list_queue, view_queue, waiting_by_incident
from api.schema.base import Connection, Info, Request, from_id, page_request, to_id
from api.schema.departments import no_department
from api.schema.incidents import Incident, load_incident
from api.schema.scalars import Cursor
from api.schema.sharing import followed
from api.schema.users import User, load_user
from api.subscriptions.cursors import write_cursor
from api.subscriptions.queue import LeavingReceived, QueueReceived, QueueStream

if TYPE_CHECKING:
    from api.schema.chats import Chat

LazyChat = Annotated["Chat", strawberry.lazy("api.schema.chats")]


@strawberry.type(description="How many of those who wait in a queue one incident explains.")
class QueueIncident:
    key: strawberry.Private[uuid.UUID]
    waiting: int = strawberry.field(description="How many wait.")

    @strawberry.field(description="The incident.")
    async def incident(self, info: Info) -> Incident | None:
        return await load_incident(info, self.key)


@strawberry.type(description="Who waits in a department.")
class Queue:
    key: strawberry.Private[uuid.UUID]
    cursor: Cursor = strawberry.field(description="Where queueEvents(after:) continues from what this query read.")

    @classmethod
    def of(cls, view: QueueView) -> "Queue":
        return cls(key=view.department.id, cursor=Cursor(write_cursor(view.epoch, view.event_seq)))

    @strawberry.field(description="The chats that wait, in the order to be served.")
    async def entries(
        self,
        info: Info,
        first: Annotated[int | None, strawberry.argument(description="How many, at most 100; 50 by default.")] = None,
        after: Annotated[Cursor | None, strawberry.argument(description="After this place.")] = None,
    ) -> Connection[LazyChat]:
        from api.schema.chats import Chat

        page = await list_queue(info.context.ctx, self.key, page_request(first, after))
        return Connection.of(page, partial(Chat.of, info.context), partial(self._count, info))

    @strawberry.field(description="How many wait.")
    async def waiting(self, info: Info) -> int:
        return await self._count(info)

    @strawberry.field(
        description="How many of them each incident explains, the most first; empty for who may not see incidents."
    )
    async def incidents(self, info: Info) -> list[QueueIncident]:
        explained = await waiting_by_incident(info.context.ctx, self.key)
        return [QueueIncident(key=key, waiting=waiting) for key, waiting in explained.items()]

    @strawberry.field(description="How long the one who waits longest has waited; null when nobody does.")
    async def oldest_wait(self, info: Info) -> timedelta | None:
        oldest = (await self._state(info)).oldest_queued_at
        return max(timedelta(), info.context.ctx.now() - oldest) if oldest else None

    @strawberry.field(description="How many agents of the department are ONLINE.")
    async def agents_online(self, info: Info) -> int:
        return (await self._state(info)).agents_online

    async def _count(self, info: Info) -> int:
        return (await self._state(info)).waiting

    async def _state(self, info: Info) -> QueueState:
        return await info.context.loaders.queues.load(self.key)


@strawberry.type(description="A chat began to wait.")
class ChatQueued:
    chat: LazyChat = strawberry.field(description="The chat as it is now.")
    position: int = strawberry.field(description="Its place, 1 is next; 0 when it waits no more.")


@strawberry.type(description="A chat waits no more.")
class ChatLeftQueue:
    chat_id: strawberry.ID = strawberry.field(description="The chat.")
    reason: str = strawberry.field(description="claimed, transferred, ticket (it waits as one now) or closed.")
    agent_key: strawberry.Private[uuid.UUID | None]

    @strawberry.field(description="Who claimed it; null when nobody did.")
    async def agent(self, info: Info) -> User | None:
        return await load_user(info, self.agent_key)


@strawberry.type(description="A waiting chat changed its place.")
class ChatReordered:
    chat: LazyChat = strawberry.field(description="The chat as it is now.")
    position: int = strawberry.field(description="Its place, 1 is next; 0 when it waits no more.")


QueueEvent = Annotated[
    Union[ChatQueued, ChatLeftQueue, ChatReordered],  # noqa: UP007 - Strawberry names unions written this way
    strawberry.union("QueueEvent", description="Something that happened in a queue."),
]


@strawberry.type(description="Something that happened in a queue, with its place in the stream.")
class QueueEventDelivery:
    cursor: Cursor = strawberry.field(description="Where to resume after this event.")
    at: datetime = strawberry.field(description="When it happened.")
    event: QueueEvent = strawberry.field(description="What happened.")

    @classmethod
    async def of(cls, request: Request, received: QueueReceived) -> "QueueEventDelivery":
        return cls(cursor=Cursor(received.cursor), at=received.at, event=_drawn(request, received))


def _drawn(request: Request, received: QueueReceived) -> ChatQueued | ChatLeftQueue | ChatReordered:
    from api.schema.chats import Chat

    if isinstance(received, LeavingReceived):
        fact = received.event
        return ChatLeftQueue(chat_id=to_id(fact.chat_id), reason=fact.reason, agent_key=fact.agent_id)
    kind = ChatQueued if isinstance(received.event, QueuedFact) else ChatReordered
    return kind(chat=Chat.of(request, received.chat), position=received.position)


@strawberry.type
class QueueQuery:
    @strawberry.field(description="A department's queue; null for who does not attend there.")
    async def queue(
        self,
        info: Info,
        department_id: Annotated[strawberry.ID, strawberry.argument(description="The department.")],
    ) -> Queue | None:
        try:
            key = from_id(department_id, missing=no_department)
            return Queue.of(await view_queue(info.context.ctx, key))
        except NotFound:
            return None


@strawberry.type
class QueueSubscription:
    @strawberry.subscription(description="What happens in a queue after a cursor, or from now on.")
    async def queue_events(
        self,
        info: Info,
        department_id: Annotated[strawberry.ID, strawberry.argument(description="The department.")],
        after: Annotated[Cursor | None, strawberry.argument(description="A queue's or an event's cursor.")] = None,
    ) -> AsyncGenerator[QueueEventDelivery, None]:
        stream = QueueStream(from_id(department_id, missing=no_department))
        async for delivery in followed(info, stream, after, QueueEventDelivery.of):
            yield delivery
