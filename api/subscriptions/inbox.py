"""What moves in an agent's own list of chats."""

import uuid
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime

from api.context import Context
from api.events import (
    ChatAssigned,
    ChatEvent,
    ChatUnassigned,
    Delivery,
    PresenceChanged,
    chat_stream,
    staff_stream,
)
from api.models import Chat, User
from api.resolvers.access import staff
from api.resolvers.chats import chats_by_id
from api.resolvers.users import active_chats_of, get_viewer
from api.subscriptions.cursors import write_cursor
from api.subscriptions.follow import follow
from api.subscriptions.hub import Hub
from api.subscriptions.readers import Reader
from api.subscriptions.rights import Rights
from api.subscriptions.running import Running


@dataclass(frozen=True)
class OwnReceived:
    """A chat is the agent's, or something happened in it: the fact, and the chat as it is now.

    Activity (a line, a read mark, another status) has no cursor: it says what the chat is like now.
    """

    cursor: str | None
    at: datetime
    event: ChatAssigned | ChatEvent
    chat: Chat


@dataclass(frozen=True)
class UnassignedReceived:
    """A chat is the agent's no more: the fact."""

    cursor: str
    at: datetime
    event: ChatUnassigned


@dataclass(frozen=True)
class PresenceReceived:
    """Whether the agent attends, as following begins and whenever it is not what it was: the agent as they are now."""

    cursor: str
    at: datetime
    user: User


InboxReceived = OwnReceived | UnassignedReceived | PresenceReceived
"""Something an agent is told of their own chats."""


async def inbox_events(ctx: Context, running: Running, after: str | None) -> AsyncIterator[InboxReceived]:
    """Chats that become or cease to be the caller's, after a cursor or from now on, and what happens in them.

    Begins with whether the caller attends: whoever reads their list after that misses nothing. Raises Resync, Lagged;
    Unauthenticated or Forbidden as soon as the caller's rights are gone.
    """
    me = staff(ctx).user_id
    rights = Rights(ctx, get_viewer, ctx.settings.reauthorise)
    hub, stream = running.hub, staff_stream(me)
    async with hub.reader(stream) as reader:
        # Where the stream stands before anybody is present: from then on chats may come, also while theirs are joined.
        after = after or write_cursor(ctx.db.epoch, hub.head_of(stream))
        async with running.attendance.of(ctx.principal):
            for chat in await active_chats_of(ctx, me):
                await hub.join(reader, chat_stream(chat.id))
            yield PresenceReceived(after, ctx.now(), await get_viewer(ctx))
            async for item in follow(hub, ctx.db, reader, stream, after, pause=ctx.settings.reauthorise.total_seconds):
                await rights.check_if_due(item)
                if isinstance(item, Delivery):
                    received = await _received(rights.ctx, hub, reader, item)
                    if received is not None:
                        yield received


async def _received(ctx: Context, hub: Hub, reader: Reader, delivery: Delivery) -> InboxReceived | None:
    event = delivery.event
    if isinstance(event, ChatAssigned):
        await hub.join(reader, chat_stream(event.chat_id))
        chat = await _chat(ctx, event.chat_id)
        return OwnReceived(write_cursor(ctx.db.epoch, delivery.seq), delivery.at, event, chat) if chat else None
    if isinstance(event, ChatUnassigned):
        hub.leave(reader, chat_stream(event.chat_id))
        return UnassignedReceived(write_cursor(ctx.db.epoch, delivery.seq), delivery.at, event)
    if isinstance(event, PresenceChanged):
        return PresenceReceived(write_cursor(ctx.db.epoch, delivery.seq), delivery.at, await get_viewer(ctx))
    if isinstance(event, ChatEvent):
        chat = await _chat(ctx, event.chat_id)
        return OwnReceived(None, delivery.at, event, chat) if chat else None
    return None


async def _chat(ctx: Context, chat_id: uuid.UUID) -> Chat | None:
    return (await chats_by_id(ctx, [chat_id])).get(chat_id)
