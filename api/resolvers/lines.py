"""Writing lines into a chat whose row the transaction holds: people's, and the desk's own."""

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy import Row, update
from sqlmodel import col

from api.context import ChatCustomer, Context, Machine, Principal, Staff, System
from api.db import Transaction
from api.events import MessageSent
from api.masking import mask_numbers
from api.models import Chat, Department, Message
from api.models.enums import MessageKind, Sender
from api.resolvers.turns import turn_after
from api.texts import say


@dataclass(frozen=True)
class Author:
    """Who writes: the side, the name shown, and the owner of the client ids."""

    sender: Sender
    name: str
    key: str


BODY_LIMIT = 4000
SYSTEM_AUTHOR = Author(Sender.SYSTEM, "AliDash", "system")


def as_kept(ctx: Context, words: str) -> str:
    """What is kept of words that came from outside: numbers nobody should have written are masked. Staff's stay."""
    outside = not isinstance(ctx.principal, Staff | System)
    return mask_numbers(words) if outside and ctx.settings.mask_numbers else words


class Line(Protocol):
    """What is read of a message."""

    @property
    def id(self) -> uuid.UUID: ...
    @property
    def seq(self) -> int: ...
    @property
    def sender(self) -> Sender: ...
    @property
    def sender_name(self) -> str: ...
    @property
    def kind(self) -> MessageKind: ...
    @property
    def body(self) -> str: ...
    @property
    def client_id(self) -> str | None: ...
    @property
    def sent_at(self) -> datetime: ...


class NamedChat(Protocol):
    """A chat that knows its customer's name."""

    @property
    def customer_name(self) -> str: ...


def author_of(principal: Principal, chat: NamedChat) -> Author:
    """Who the caller is, as the author of a line in this chat."""
    match principal:
        case Staff(name=name):
            return Author(Sender.AGENT, name, principal.actor)
        case Machine(name=name):
            return Author(Sender.BOT, name, principal.actor)
        case ChatCustomer():
            return Author(Sender.CUSTOMER, chat.customer_name, "customer")
        case _:
            return SYSTEM_AUTHOR


async def write_message(
    ctx: Context,
    tx: Transaction,
    chat: Chat,
    author: Author,
    *,
    body: str,
    kind: MessageKind = MessageKind.TEXT,
    client_id: str | None = None,
) -> Message:
    """Add a line to a chat whose row this transaction holds, and say so. Only words move the turn."""
    turn: dict[str, Any] = {}
    if kind is MessageKind.TEXT:
        department = await tx.session.get_one(Department, chat.department_id)
        turn = turn_after(ctx.settings, chat, author.sender, now=tx.now, warn_after=department.warn_after)
    numbered = update(Chat).where(col(Chat.id) == chat.id).values(message_seq=col(Chat.message_seq) + 1, **turn)
    seq = (await tx.session.execute(numbered.returning(col(Chat.message_seq)))).scalar_one()
    message = Message(
        chat_id=chat.id,
        seq=seq,
        sender=author.sender,
        author=author.key,
        sender_name=author.name,
        kind=kind,
        body=body,
        client_id=client_id,
        sent_at=tx.now,
    )
    tx.session.add(message)
    tx.emit(fact_of(message))
    return message


async def announce(ctx: Context, tx: Transaction, chat: Chat, reason: str, **values: object) -> None:
    """A line by the desk itself, in the desk's language, for both sides."""
    body = say(reason, ctx.settings.locale, **values)
    await write_message(ctx, tx, chat, SYSTEM_AUTHOR, body=body, kind=MessageKind.EVENT)


async def note(ctx: Context, tx: Transaction, chat: Chat, body: str) -> None:
    """A line for the staff alone, by the caller."""
    await write_message(ctx, tx, chat, author_of(ctx.principal, chat), body=body, kind=MessageKind.NOTE)


def fact_of(message: Message | Row[Any]) -> MessageSent:
    """The fact that a line was written, with the whole line."""
    return MessageSent(
        chat_id=message.chat_id,
        message_id=message.id,
        seq=message.seq,
        sender=message.sender,
        sender_name=message.sender_name,
        kind=message.kind,
        body=message.body,
        client_id=message.client_id,
        sent_at=message.sent_at,
    )
