"""What moves in a department's queue."""

import uuid
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from datetime import datetime

from api.context import Context
from api.events import ChatLeftQueue, ChatQueued, ChatReordered, Delivery, Passing, queue_stream
from api.models import Chat
from api.resolvers.queue import positions, queued_by_id, view_queue
from api.subscriptions.cursors import write_cursor
from api.subscriptions.follow import follow
from api.subscriptions.rights import Rights
from api.subscriptions.running import Running


@dataclass(frozen=True)
class WaitingReceived:
    """A chat waits, or waits in another place: the fact, and the chat as it is now with its place (0: no more)."""

    cursor: str
    at: datetime
    event: ChatQueued | ChatReordered
    chat: Chat
    position: int


@dataclass(frozen=True)
class LeavingReceived:
    """A chat waits no more: the fact."""

    cursor: str
    at: datetime
    event: ChatLeftQueue


QueueReceived = WaitingReceived | LeavingReceived
"""Something an agent is told of a queue."""


@dataclass(frozen=True)
class QueueStream:
    """A department's queue, as all who attend there may follow it."""

    department_id: uuid.UUID

    @property
    def name(self) -> str:
        """The stream of the queue."""
        return queue_stream(self.department_id)

    def is_shared(self, ctx: Context) -> bool:
        """Whether others may read the same."""
        return True

    async def admit(self, ctx: Context) -> bool:
        """Raise unless the caller may look; nobody does so for who they are."""
        await view_queue(ctx, self.department_id)
        return False

    async def readmit(self, audience: Context) -> None:
        """Raise unless this audience may look on."""
        await self.admit(audience)

    async def told(self, ctx: Context, item: Delivery | Passing) -> QueueReceived | None:
        """What a reader is told of an item, if anything."""
        return await _received(ctx, item) if isinstance(item, Delivery) else None

    def events(self, ctx: Context, running: Running, after: str | None) -> AsyncGenerator[QueueReceived, None]:
        """The queue for one reader alone."""
        return queue_events(ctx, running, self.department_id, after)


async def queue_events(
    ctx: Context, running: Running, department_id: uuid.UUID, after: str | None
) -> AsyncGenerator[QueueReceived, None]:
    """The facts of a queue after a cursor, or from now on.

    A chat that joined and has gone elsewhere meanwhile is left out: its leaving is told by its own event. Raises
    NotFound, Resync, Lagged; Unauthenticated, Forbidden or NotFound as soon as the caller's rights are gone.
    """
    rights = Rights(ctx, lambda now: view_queue(now, department_id), ctx.settings.reauthorise)
    await view_queue(ctx, department_id)
    stream = queue_stream(department_id)
    hub = running.hub
    async with running.attendance.of(ctx.principal), hub.reader(*rights.beside()) as reader:
        async for item in follow(hub, ctx.db, reader, stream, after, pause=ctx.settings.reauthorise.total_seconds):
            await rights.check_if_due(item)
            if isinstance(item, Delivery) and item.stream == stream:
                received = await _received(rights.ctx, item)
                if received is not None:
                    yield received


async def _received(ctx: Context, delivery: Delivery) -> QueueReceived | None:
    event = delivery.event
    cursor = write_cursor(ctx.db.epoch, delivery.seq)
    if isinstance(event, ChatLeftQueue):
        return LeavingReceived(cursor, delivery.at, event)
    if not isinstance(event, ChatQueued | ChatReordered):
        return None
    chat = (await queued_by_id(ctx, [event.chat_id])).get(event.chat_id)
    if chat is None:
        return None
    places = await positions(ctx, [event.chat_id])
    return WaitingReceived(cursor, delivery.at, event, chat, places.get(event.chat_id, 0))
