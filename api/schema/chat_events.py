"""The streams about chats in the schema: of one chat, and of an agent's own list."""

from collections.abc import AsyncGenerator
from datetime import datetime
from typing import Annotated, Union

import strawberry

from api import events
from api.models.enums import Sender
from api.schema.base import Info, Request, from_id, to_id
from api.schema.chats import Chat, ChatId
from api.schema.departments import WaitEstimate
from api.schema.messages import Message, no_chat
from api.schema.scalars import Cursor
from api.schema.sharing import followed
from api.schema.users import User
from api.subscriptions.chats import ChatReceived, ChatStream
from api.subscriptions.inbox import InboxReceived, PresenceReceived, UnassignedReceived, inbox_events
from api.subscriptions.positions import Place


@strawberry.type(description="A line was written.")
class MessageSent:
    message: Message = strawberry.field(description="The line.")


@strawberry.type(description="One side has read up to a message.")
class MessagesRead:
    by: Sender = strawberry.field(description="Which side.")
    seq: int = strawberry.field(description="The number of the last message read.")


@strawberry.type(description="The chat was claimed, handed off, rated or changed otherwise.")
class ChatChanged:
    chat: Chat = strawberry.field(description="The chat as it is now.")


@strawberry.type(description="The chat was closed.")
class ChatEnded:
    chat: Chat = strawberry.field(description="The chat as it is now.")


@strawberry.type(description="Somebody is writing; passing, never replayed.")
class TypingShown:
    by: Sender = strawberry.field(description="Which side.")
    name: str = strawberry.field(description="Who.")


@strawberry.type(description="The customer's place in the queue is another one; passing, never replayed.")
class PositionMoved:
    position: int = strawberry.field(description="1 is next.")
    estimated_wait: WaitEstimate | None = strawberry.field(description="The likely wait still.")


ChatEvent = Annotated[
    Union[MessageSent, MessagesRead, ChatChanged, ChatEnded, TypingShown, PositionMoved],  # noqa: UP007 - see queue.py
    strawberry.union("ChatEvent", description="Something that happened in a chat."),
]


@strawberry.type(description="Something that happened in a chat, with its place in the stream.")
class ChatEventDelivery:
    cursor: Cursor | None = strawberry.field(description="Where to resume after this event; null for passing ones.")
    at: datetime = strawberry.field(description="When it happened.")
    event: ChatEvent = strawberry.field(description="What happened.")


@strawberry.type(description="A chat is now the caller's.")
class ChatAssigned:
    chat: Chat = strawberry.field(description="The chat as it is now.")


@strawberry.type(description="Something happened in a chat of the caller's: a line, a read mark, another status.")
class ChatActivity:
    chat: Chat = strawberry.field(description="The chat as it is now.")


@strawberry.type(description="A chat is the caller's no more.")
class ChatUnassigned:
    chat_id: strawberry.ID = strawberry.field(description="The chat.")
    reason: str = strawberry.field(description="Why, such as closed.")


@strawberry.type(description="Whether the caller attends: told as following begins, and whenever it changes.")
class PresenceChanged:
    user: User = strawberry.field(description="The caller as they are now.")


InboxEvent = Annotated[
    Union[ChatAssigned, ChatActivity, ChatUnassigned, PresenceChanged],  # noqa: UP007 - see queue.py
    strawberry.union("InboxEvent", description="Something that happened in an agent's own list of chats."),
]


@strawberry.type(description="Something that happened in an agent's own list, with its place in the stream.")
class InboxEventDelivery:
    cursor: Cursor | None = strawberry.field(description="Where to resume; null for activity, which is never replayed.")
    at: datetime = strawberry.field(description="When it happened.")
    event: InboxEvent = strawberry.field(description="What happened.")


@strawberry.type
class ChatSubscription:
    @strawberry.subscription(description="What happens in a chat after a cursor, or from now on.")
    async def chat_events(
        self,
        info: Info,
        chat_id: ChatId,
        after: Annotated[Cursor | None, strawberry.argument(description="A chat's or an event's cursor.")] = None,
    ) -> AsyncGenerator[ChatEventDelivery, None]:
        stream = ChatStream(from_id(chat_id, missing=no_chat))
        async for delivery in followed(info, stream, after, _chat_delivery):
            yield delivery

    @strawberry.subscription(
        description="What happens in the caller's own list of chats; while it is open, the caller is present."
    )
    async def inbox_events(
        self,
        info: Info,
        after: Annotated[Cursor | None, strawberry.argument(description="An event's cursor.")] = None,
    ) -> AsyncGenerator[InboxEventDelivery, None]:
        request = info.context
        async for received in inbox_events(request.ctx, request.running, after):
            request.forget()
            cursor = Cursor(received.cursor) if received.cursor else None
            yield InboxEventDelivery(cursor=cursor, at=received.at, event=_inbox_event(request, received))


async def _chat_delivery(request: Request, received: ChatReceived) -> ChatEventDelivery | None:
    event = await _chat_event(request, received)
    cursor = Cursor(received.cursor) if received.cursor else None
    return ChatEventDelivery(cursor=cursor, at=received.at, event=event) if event is not None else None


async def _chat_event(
    request: Request, received: ChatReceived
) -> MessageSent | MessagesRead | ChatChanged | ChatEnded | TypingShown | PositionMoved | None:
    match received.event:
        case events.MessageSent() as fact:
            return MessageSent(message=Message.told(fact))
        case events.MessagesRead(by=by, seq=seq):
            return MessagesRead(by=by, seq=seq)
        case events.Typing(by=by, name=name):
            return TypingShown(by=by, name=name)
        case Place(position=position, estimate=estimate):
            return PositionMoved(position=position, estimated_wait=WaitEstimate.of(estimate))
        case events.ChatEnded(chat_id=chat_id) | events.ChatChanged(chat_id=chat_id) as fact:
            row = await request.loaders.chats.load(chat_id)
            kind = ChatEnded if isinstance(fact, events.ChatEnded) else ChatChanged
            return kind(chat=Chat.of(request, row)) if row else None


def _inbox_event(
    request: Request, received: InboxReceived
) -> ChatAssigned | ChatActivity | ChatUnassigned | PresenceChanged:
    if isinstance(received, PresenceReceived):
        return PresenceChanged(user=User.of(received.user))
    if isinstance(received, UnassignedReceived):
        return ChatUnassigned(chat_id=to_id(received.event.chat_id), reason=received.event.reason)
    kind = ChatAssigned if isinstance(received.event, events.ChatAssigned) else ChatActivity
    return kind(chat=Chat.of(request, received.chat))
