"""The lines of a chat: sending, reading, typing."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, bindparam, func, select, true
from sqlmodel import col

from api.context import ChatCustomer, Context, Machine, Principal, Staff, System
from api.db import persist
from api.errors import Invalid, NotFound
from api.events import MessagesRead, Typing
from api.models import Chat, Message
from api.models.enums import ChatStatus, MessageKind, Permission, Scope, Sender
from api.resolvers.access import (
    SeenChat,
    Who,
    access_chat,
    allow,
    held_to,
    look_at_chat,
    may_see,
    require_sight,
    visible_chats,
)
from api.resolvers.audit import record_reading
from api.resolvers.checks import Checks
from api.resolvers.lines import BODY_LIMIT, Line, as_kept, author_of
from api.resolvers.notifications import settle_chat
from api.resolvers.pages import Order, Page, PageRequest, Prepared
from api.resolvers.sending import Sending, Sent, send

_READERS = (Who.CUSTOMER, Permission.CHAT_ATTEND, Permission.CHAT_VIEW_ALL, Scope.CHAT_WRITE)

CLIENT_ID_LIMIT = 64

by_seq: Order[Line] = Order(columns=(col(Message.seq),), place=lambda line: (line.seq,))

_LINES = select(
    col(Message.id),
    col(Message.seq),
    col(Message.sender),
    col(Message.sender_name),
    col(Message.kind),
    col(Message.body),
    col(Message.client_id),
    col(Message.sent_at),
).where(col(Message.chat_id) == bindparam("chat_id"))
_FOR_STAFF = Prepared(_LINES, by_seq)
_FOR_OTHERS = Prepared(_LINES.where(col(Message.kind) != MessageKind.NOTE), by_seq)


def reads_notes(principal: Principal) -> bool:
    """Whether a caller may read internal notes: they are for staff."""
    return isinstance(principal, Staff | System)


def readable_messages(principal: Principal) -> ColumnElement[bool]:
    """Which messages a caller may read, as a condition."""
    return true() if reads_notes(principal) else col(Message.kind) != MessageKind.NOTE


def side_of(principal: Principal) -> Sender:
    """On which side of a chat the caller stands."""
    match principal:
        case Staff() | System():
            return Sender.AGENT
        case Machine():
            return Sender.BOT
        case _:
            return Sender.CUSTOMER


@allow(Who.CUSTOMER, Permission.CHAT_ATTEND, Scope.CHAT_WRITE)
async def send_message(
    ctx: Context,
    chat_id: uuid.UUID,
    *,
    body: str,
    client_id: str | None = None,
    kind: MessageKind = MessageKind.TEXT,
) -> Sent:
    """Write a line. Returning means that it is stored; the same `client_id` again answers the first line.

    A customer who writes within the reopen window of a closed chat reopens it: the same protocol waits again.
    Raises NotFound, ChatClosed, Conflict (not the caller's turn), Forbidden, IdempotencyMismatch, Invalid, RateLimited.
    """
    checks = Checks()
    body = checks.prose("body", as_kept(ctx, body), limit=BODY_LIMIT)
    client_id = checks.text("clientId", client_id, limit=CLIENT_ID_LIMIT, required=False) or None
    if kind is MessageKind.EVENT:
        checks.fault("kind", "bad_choice", choices="TEXT, NOTE")
    checks.done()
    if isinstance(ctx.principal, ChatCustomer):
        await ctx.services.limiter.take(ctx.settings.rate_message, "message", str(chat_id))
    sending = Sending(ctx, chat_id, body=body, client_id=client_id, kind=kind)
    # Only this is run again when it loses a race: the try itself was counted above, once.
    return await persist(lambda: send(sending))


@allow(Who.CUSTOMER, Permission.CHAT_ATTEND)
async def mark_read(ctx: Context, chat_id: uuid.UUID, *, seq: int) -> Chat:
    """Say that the caller's side has read up to a message; going backwards changes nothing.

    Only the agent who attends reads for the staff: a look by somebody else tells the customer nothing.
    Raises NotFound, Invalid.
    """
    async with ctx.db.transaction() as tx:
        chat = await access_chat(ctx, tx.session, chat_id, lock=True)
        if not 0 <= seq <= chat.message_seq:
            raise Invalid("read_ahead", field=("seq",))
        side = side_of(ctx.principal)
        if isinstance(ctx.principal, Staff) and chat.agent_id != ctx.principal.user_id:
            return chat
        if isinstance(ctx.principal, Staff):
            await settle_chat(tx, ctx.principal.user_id, chat.id)
        column = "agent_read_seq" if side is Sender.AGENT else "customer_read_seq"
        if seq > getattr(chat, column):
            setattr(chat, column, seq)
            tx.session.add(chat)
            tx.emit(MessagesRead(chat_id=chat.id, by=side, seq=seq))
        return chat


@allow(Who.CUSTOMER, Permission.CHAT_ATTEND)
async def set_typing(ctx: Context, chat_id: uuid.UUID) -> None:
    """Show the other side that the caller is writing; stored nowhere. Raises NotFound."""
    chat = await ctx.db.look(lambda connection: look_at_chat(ctx, connection, chat_id))
    author = author_of(ctx.principal, chat)
    mine = not isinstance(ctx.principal, Staff) or chat.agent_id == ctx.principal.user_id
    if mine and chat.status is not ChatStatus.CLOSED:
        ctx.services.signal(Typing(chat_id=chat.id, by=author.sender, name=author.name))


@allow(*_READERS)
async def list_messages(
    ctx: Context, chat_id: uuid.UUID, page: PageRequest, *, chat: SeenChat | None = None
) -> Page[Line]:
    """The lines of a chat that the caller may read, in order; of somebody else's, that is audited. Raises NotFound.

    `chat` is the chat itself, where the same operation has just read it.
    """
    if chat is not None and not may_see(ctx.principal, chat):
        raise NotFound("chat_not_found")
    lines = _FOR_STAFF if reads_notes(ctx.principal) else _FOR_OTHERS

    def look(connection: Connection) -> tuple[Page[Line], SeenChat]:
        seen = chat or require_sight(ctx, connection, chat_id)
        return lines.read(connection, page, chat_id=chat_id), seen

    found, seen = await ctx.db.look(look)
    await record_reading(ctx, seen)
    return found


@allow(*_READERS)
async def count_messages(ctx: Context, chat_id: uuid.UUID) -> int:
    """How many lines of a chat the caller may read. Raises NotFound."""
    async with ctx.db.read() as session:
        await access_chat(ctx, session, chat_id)
        mine = col(Message.chat_id) == chat_id, readable_messages(ctx.principal)
        return (await session.execute(select(func.count()).select_from(Message).where(*mine))).scalar_one()


@dataclass(frozen=True)
class History:
    """A chat with some of its lines."""

    chat: Chat
    messages: list[Message]
    has_more: bool


@allow(*_READERS)
async def read_history(ctx: Context, chat_id: uuid.UUID, *, after: int = 0, limit: int = 50) -> History:
    """The chat and its lines after a number, oldest first; of somebody else's chat, that is audited.

    Raises NotFound, Invalid.
    """
    checks = Checks()
    checks.number("after", after, least=0, most=2**31 - 1)
    checks.number("limit", limit, least=1, most=200)
    checks.done()
    async with ctx.db.read() as session:
        chat = await access_chat(ctx, session, chat_id)
        query = (
            select(Message)
            .where(col(Message.chat_id) == chat_id, col(Message.seq) > after, readable_messages(ctx.principal))
            .order_by(col(Message.seq))
            .limit(limit + 1)
        )
        rows = list((await session.execute(query)).scalars())
    await record_reading(ctx, chat)
    return History(chat, rows[:limit], len(rows) > limit)


@allow(*_READERS)
async def unread_counts(ctx: Context, chat_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, int]:
    """How many lines of the other side the caller's side has not read yet, by chat; chats with none are absent."""
    staff = side_of(ctx.principal) is Sender.AGENT
    theirs = [Sender.CUSTOMER] if staff else [Sender.AGENT, Sender.BOT]
    read = col(Chat.agent_read_seq) if staff else col(Chat.customer_read_seq)
    query = (
        select(col(Message.chat_id), func.count())
        .join(Chat, col(Chat.id) == col(Message.chat_id))
        .where(
            col(Message.chat_id).in_(chat_ids),
            held_to(visible_chats(ctx.principal)),
            col(Message.seq) > read,
            col(Message.sender).in_(theirs),
            col(Message.kind) == MessageKind.TEXT,
        )
        .group_by(col(Message.chat_id))
    )
    async with ctx.db.read() as session:
        return {chat_id: count for chat_id, count in await session.execute(query)}


@allow(*_READERS)
async def last_messages(ctx: Context, chat_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, Message]:
    """The last thing that a person or bot said in each chat, as far as the caller may read it."""
    newest = (
        select(col(Message.chat_id), func.max(col(Message.seq)).label("seq"))
        .join(Chat, col(Chat.id) == col(Message.chat_id))
        .where(
            col(Message.chat_id).in_(chat_ids),
            held_to(visible_chats(ctx.principal)),
            col(Message.kind) == MessageKind.TEXT,
        )
        .group_by(col(Message.chat_id))
        .subquery()
    )
    query = select(Message).join(
        newest, (col(Message.chat_id) == newest.c.chat_id) & (col(Message.seq) == newest.c.seq)
    )
    async with ctx.db.read() as session:
        return {message.chat_id: message for message in (await session.execute(query)).scalars()}


@allow(*_READERS)
async def first_messages(ctx: Context, chat_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, Message]:
    """The words that each chat was opened with, as far as the caller may see it."""
    query = (
        select(Message)
        .join(Chat, col(Chat.id) == col(Message.chat_id))
        .where(
            col(Message.chat_id).in_(chat_ids),
            held_to(visible_chats(ctx.principal)),
            col(Message.seq) == 1,
            col(Message.kind) == MessageKind.TEXT,
        )
    )
    async with ctx.db.read() as session:
        return {message.chat_id: message for message in (await session.execute(query)).scalars()}
