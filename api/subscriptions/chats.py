"""What both sides of a chat see of it as it happens."""

import asyncio
import uuid
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from datetime import datetime

from api.context import ChatCustomer, Context, Staff
from api.events import (
    ChatChanged,
    ChatEnded,
    ChatEvent,
    Delivery,
    MessageSent,
    Passing,
    QueueEvent,
    Typing,
    chat_stream,
    queue_stream,
)
from api.models import Chat
from api.models.enums import ChatStatus, MessageKind
from api.resolvers.access import attends
from api.resolvers.chats import follow_chat, require_following
from api.subscriptions.cursors import write_cursor
from api.subscriptions.follow import follow
from api.subscriptions.hub import Hub
from api.subscriptions.positions import FRESH_FOR, Place, Positions
from api.subscriptions.readers import Reader
from api.subscriptions.rights import Rights
from api.subscriptions.running import Running


@dataclass(frozen=True)
class ChatReceived:
    """Something a subscriber of a chat is told. Without a cursor it is passing, and never replayed."""

    cursor: str | None
    at: datetime
    event: ChatEvent | Typing | Place


@dataclass(frozen=True)
class ChatStream:
    """A chat, as several of the staff may follow it."""

    chat_id: uuid.UUID

    @property
    def name(self) -> str:
        """The stream of the chat."""
        return chat_stream(self.chat_id)

    def is_shared(self, ctx: Context) -> bool:
        """Whether others may read the same; a customer is alone in the chat, and is told the place in line besides."""
        return not isinstance(ctx.principal, ChatCustomer)

    async def admit(self, ctx: Context) -> bool:
        """Raise unless the caller may follow; True when that is only because the chat is theirs to attend."""
        chat = await follow_chat(ctx, self.chat_id)
        return isinstance(ctx.principal, Staff) and not attends(ctx.principal, chat.department_id)

    async def readmit(self, audience: Context) -> None:
        """Raise unless this audience may read on."""
        await require_following(audience, self.chat_id)

    async def told(self, ctx: Context, item: Delivery | Passing) -> ChatReceived | None:
        """What a reader is told of an item, if anything."""
        if isinstance(item, Typing):
            return ChatReceived(None, ctx.now(), item)
        if isinstance(item, Delivery) and isinstance(item.event, ChatEvent) and _may_see(ctx, item.event):
            return ChatReceived(write_cursor(ctx.db.epoch, item.seq), item.at, item.event)
        return None

    def events(self, ctx: Context, running: Running, after: str | None) -> AsyncGenerator[ChatReceived, None]:
        """The chat for one reader alone."""
        return chat_events(ctx, running, self.chat_id, after)


async def chat_events(
    ctx: Context, running: Running, chat_id: uuid.UUID, after: str | None
) -> AsyncGenerator[ChatReceived, None]:
    """The facts of a chat after a cursor (or from now on), with typing and, for a waiting customer, the place in line.

    While it lasts, the caller is connected. Raises NotFound, Resync, Lagged; Unauthenticated or NotFound as soon as
    the caller's rights are gone.
    """
    chat, told = await follow_chat(ctx, chat_id), ChatStream(chat_id).told
    rights = Rights(ctx, lambda now: require_following(now, chat_id), ctx.settings.reauthorise)
    hub, line = running.hub, _Line(ctx, running.positions, chat)
    async with running.attendance.of(ctx.principal), hub.reader(*rights.beside()) as reader:
        await line.listen(hub, reader)
        stream = chat_stream(chat_id)
        if (moved := await line.moved()) is not None:
            yield moved
        async for item in follow(hub, ctx.db, reader, stream, after, pause=line.pause):
            await rights.check_if_due(item)
            if item is not None and item.stream == stream and (received := await told(ctx, item)) is not None:
                yield received
            await line.hear(hub, reader, item)
            if (moved := await line.moved()) is not None:
                yield moved


def _may_see(ctx: Context, event: ChatEvent) -> bool:
    """Internal notes are no part of a customer's stream."""
    hidden = isinstance(event, MessageSent) and event.kind is MessageKind.NOTE
    return not (hidden and isinstance(ctx.principal, ChatCustomer))


class _Line:
    """A customer's place in the queue: told when joining, then whenever it is another one, while the chat waits."""

    def __init__(self, ctx: Context, positions: Positions, chat: Chat) -> None:
        self._ctx, self._positions, self._chat = ctx, positions, chat
        self._told: int | None = None
        self._stale_since: float | None = _loop_time()

    @property
    def _watched(self) -> bool:
        return isinstance(self._ctx.principal, ChatCustomer) and self._chat.status is ChatStatus.WAITING

    def pause(self) -> float:
        """How long to wait for the next item: not long while a move is still to be told."""
        usual = self._ctx.settings.reauthorise.total_seconds()
        return min(usual, FRESH_FOR) if self._watched and self._stale_since is not None else usual

    async def listen(self, hub: Hub, reader: Reader) -> None:
        """Hear of the queue that the chat waits in."""
        if self._watched:
            await hub.join(reader, queue_stream(self._chat.department_id))

    async def hear(self, hub: Hub, reader: Reader, item: Delivery | Passing | None) -> None:
        """Note what may have moved the place."""
        event = item.event if isinstance(item, Delivery) else None
        if isinstance(event, QueueEvent):
            self._stale_since = _loop_time()
        elif isinstance(event, ChatChanged | ChatEnded) and isinstance(self._ctx.principal, ChatCustomer):
            hub.leave(reader, queue_stream(self._chat.department_id))
            self._chat = await follow_chat(self._ctx, self._chat.id)
            self._stale_since = _loop_time()
            await self.listen(hub, reader)

    async def moved(self) -> ChatReceived | None:
        """The new place, if it is another one than was told; moves within a second are told as one."""
        if not self._watched or self._stale_since is None:
            return None
        department_id = self._chat.department_id
        if not await self._positions.moved_since(department_id, self._stale_since):
            return None
        self._stale_since = None
        place = self._positions.place(department_id, self._chat.id)
        if place is None or place.position == self._told:
            return None
        self._told = place.position
        return ChatReceived(None, self._ctx.now(), place)


def _loop_time() -> float:
    return asyncio.get_running_loop().time()
