"""Chats as they are: found, listed, followed, and what they are about."""

import re
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, select, true
from sqlalchemy import func as sql
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from api.context import ChatCustomer, Context, Principal
from api.errors import Invalid, NotFound
from api.events import ChatChanged, ChatReordered
from api.models import Chat, User
from api.models.enums import (
    Category,
    Channel,
    ChatKind,
    ChatStatus,
    CloseReason,
    Permission,
    Priority,
    Scope,
)
from api.resolvers.access import (
    Who,
    access_chat,
    allow,
    held_to,
    look_at_chat,
    require_in_charge,
    require_sight,
    sights_of,
    visible_chats,
)
from api.resolvers.audit import WORDS, record, record_reading
from api.resolvers.checks import Checks
from api.resolvers.pages import Order, Page, PageRequest, paginate
from api.resolvers.queue import by_rank, queue_rank
from api.resolvers.search import Wanted, count_found, find_chats, read_search

by_creation: Order[Chat] = Order(columns=(col(Chat.id),), place=lambda chat: (chat.id,))
newest_first: Order[Chat] = Order(columns=(col(Chat.id),), place=lambda chat: (chat.id,), descending=True)
recently_closed: Order[Chat] = Order(
    columns=(col(Chat.closed_at), col(Chat.id)), place=lambda chat: (chat.closed_at, chat.id), descending=True
)


recently_rated: Order[Chat] = Order(
    columns=(col(Chat.rated_at), col(Chat.id)), place=lambda chat: (chat.rated_at, chat.id), descending=True
)


@dataclass(frozen=True)
class ChatFilter:
    """Which chats a list is about; what is None does not narrow it. Periods are half-open."""

    status: Sequence[ChatStatus] | None = None
    department_id: uuid.UUID | None = None
    agent_id: uuid.UUID | None = None
    customer_id: uuid.UUID | None = None
    channel: Sequence[Channel] | None = None
    category: Sequence[Category] | None = None
    kind: ChatKind | None = None
    due_before: datetime | None = None
    created_in: tuple[datetime, datetime] | None = None
    closed_in: tuple[datetime, datetime] | None = None
    close_reason: Sequence[CloseReason] | None = None
    score: Sequence[int] | None = None
    rated_in: tuple[datetime, datetime] | None = None
    search: str | None = None
    """Words, each of which a chat has to hold; only closed chats are found, seconds after their end."""


_PROTOCOL = re.compile(r"[0-9]{8}-[0-9]{6,11}")

_READERS = (Who.CUSTOMER, Permission.CHAT_ATTEND, Permission.CHAT_VIEW_ALL, Scope.CHAT_WRITE)


@allow(*_READERS)
async def get_chat(ctx: Context, *, id: uuid.UUID | None = None, protocol: str | None = None) -> Chat:
    """One chat, by id or by protocol. Raises NotFound, also for somebody else's."""
    if (id is None) == (protocol is None):
        raise Invalid("id_or_protocol", field=("id",))
    if protocol is not None and not _PROTOCOL.fullmatch(protocol):
        raise NotFound("chat_not_found")
    if id is not None:
        return await ctx.db.look(lambda connection: look_at_chat(ctx, connection, id))
    async with ctx.db.read() as session:
        query = select(Chat).where(col(Chat.protocol) == protocol, visible_chats(ctx.principal))
        chat = (await session.execute(query)).scalar_one_or_none()
    if chat is None:
        raise NotFound("chat_not_found")
    return chat


@allow(Who.CUSTOMER, Permission.CHAT_ATTEND, Permission.CHAT_VIEW_ALL)
async def follow_chat(ctx: Context, chat_id: uuid.UUID) -> Chat:
    """The chat, if the caller may follow it as it happens; of somebody else's, that is audited. Raises NotFound."""
    chat = await ctx.db.look(lambda connection: look_at_chat(ctx, connection, chat_id))
    await record_reading(ctx, chat)
    return chat


@allow(Who.CUSTOMER, Permission.CHAT_ATTEND, Permission.CHAT_VIEW_ALL)
async def require_following(ctx: Context, chat_id: uuid.UUID) -> None:
    """As `follow_chat`, for who follows already and is only looked at again. Raises NotFound."""
    if isinstance(ctx.principal, ChatCustomer) and ctx.principal.chat_id == chat_id:
        return  # Who they are was just read from the chat itself.
    await ctx.db.look(lambda connection: require_sight(ctx, connection, chat_id))


@allow(*_READERS, Scope.QUEUE_READ)
async def chats_by_id(ctx: Context, ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, Chat]:
    """Those of these chats that the caller may see."""
    async with ctx.db.read() as session:
        query = select(Chat).where(col(Chat.id).in_(ids), held_to(visible_chats(ctx.principal)))
        return {chat.id: chat for chat in (await session.execute(query)).scalars()}


@allow(*_READERS)
async def agent_names(ctx: Context, chat_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, str]:
    """The name of who attends each of these chats, for both its sides; chats without an agent are absent."""
    query = (
        select(col(Chat.id), col(User.name))
        .join(User, col(User.id) == col(Chat.agent_id))
        .where(col(Chat.id).in_(chat_ids), held_to(visible_chats(ctx.principal)))
    )
    async with ctx.db.read() as session:
        return {key: value for key, value in await session.execute(query)}


@allow(Permission.CHAT_ATTEND, Permission.CHAT_VIEW_ALL)
async def list_chats(ctx: Context, chats: ChatFilter, order: Order[Chat], page: PageRequest) -> Page[Chat]:
    """The chats that the caller may see, narrowed and ordered; what a search finds, the last that closed first.

    Raises Invalid.
    """
    async with ctx.db.read() as session:
        return await page_of_chats(session, ctx.principal, chats, order, page)


async def page_of_chats(
    session: AsyncSession, principal: Principal, chats: ChatFilter, order: Order[Chat], page: PageRequest
) -> Page[Chat]:
    """A step of every list of chats: one page of those that a caller may see. Raises Invalid."""
    conditions = _conditions(chats)
    if (wanted := _wanted(chats)) is not None:
        return await find_chats(session, principal, wanted, and_(true(), *conditions), page)
    # Who sees some departments only would otherwise be led past all that others have closed since.
    parts = sights_of(principal) if order is recently_closed and chats.department_id is None else []
    query = select(Chat).where(visible_chats(principal), *conditions)
    for every, column in (
        (by_rank, Chat.queue_rank),
        (recently_closed, Chat.closed_at),
        (recently_rated, Chat.rated_at),
    ):
        if order is every:
            query = query.where(col(column).is_not(None))
    return await paginate(session, query, order, page, parts=parts)


@allow(Permission.CHAT_ATTEND, Permission.CHAT_VIEW_ALL)
async def count_chats(ctx: Context, chats: ChatFilter) -> int:
    """How many chats the list holds in all. Raises Invalid."""
    conditions = _conditions(chats)
    async with ctx.db.read() as session:
        if (wanted := _wanted(chats)) is not None:
            return await count_found(session, ctx.principal, wanted, and_(true(), *conditions))
        query = select(sql.count()).select_from(Chat).where(visible_chats(ctx.principal), *conditions)
        return (await session.execute(query)).scalar_one()


def _wanted(chats: ChatFilter) -> Wanted | None:
    terms = read_search(chats.search)
    if terms is None:
        return None
    return Wanted(terms, department_id=chats.department_id, agent_id=chats.agent_id, closed_in=chats.closed_in)


def _conditions(chats: ChatFilter) -> list[ColumnElement[bool]]:
    equal = {
        col(Chat.department_id): chats.department_id,
        col(Chat.agent_id): chats.agent_id,
        col(Chat.customer_id): chats.customer_id,
        col(Chat.kind): chats.kind,
    }
    among: dict[Any, Sequence[Any] | None] = {
        col(Chat.status): chats.status,
        col(Chat.channel): chats.channel,
        col(Chat.category): chats.category,
        col(Chat.close_reason): chats.close_reason,
        col(Chat.rating_score): chats.score,
    }
    within = {
        col(Chat.created_at): chats.created_in,
        col(Chat.closed_at): chats.closed_in,
        col(Chat.rated_at): chats.rated_in,
    }
    return [
        *(column == value for column, value in equal.items() if value is not None),
        *(column.in_(values) for column, values in among.items() if values is not None),
        *([col(Chat.due_at) < chats.due_before] if chats.due_before is not None else []),
        *((column >= period[0]) & (column < period[1]) for column, period in within.items() if period is not None),
    ]


SUBJECT_LIMIT = 200


@dataclass(frozen=True)
class ChatChange:
    """What to set in a chat; None leaves a value as it is."""

    priority: Priority | None = None
    category: Category | None = None
    subject: str | None = None
    due_at: datetime | None = None


@allow(Permission.CHAT_ATTEND, Permission.QUEUE_MANAGE)
async def update_chat(ctx: Context, chat_id: uuid.UUID, change: ChatChange) -> Chat:
    """Set what a chat is about and how urgent it is; a waiting one moves to its new place at once.

    By who attends it, or who manages the queue. Raises NotFound, Invalid, ChatClosed, Conflict (somebody else's chat).
    """
    checks = Checks()
    subject = checks.text("subject", change.subject, limit=SUBJECT_LIMIT, required=False)
    checks.future("dueAt", change.due_at, "past_due", now=ctx.now())
    checks.done()
    async with ctx.db.transaction() as tx:
        chat = await access_chat(ctx, tx.session, chat_id, lock=True)
        require_in_charge(ctx, chat)
        if change.due_at is not None and chat.kind is not ChatKind.TICKET:
            raise Invalid("only_tickets_are_due", field=("dueAt",))
        before = _described(chat)
        chat.priority = change.priority or chat.priority
        chat.category = change.category or chat.category
        if change.subject is not None:
            chat.subject = subject or None
        if change.due_at is not None:
            chat.due_at, chat.deadline = change.due_at, change.due_at
        after = _described(chat)
        if before == after:
            return chat
        if chat.priority != before["priority"] and chat.queued_at is not None:
            chat.queue_rank = queue_rank(ctx.settings, chat.queued_at, chat.priority, chat.incident_id)
            if chat.status is ChatStatus.WAITING and chat.kind is ChatKind.CHAT:
                tx.emit(ChatReordered(department_id=chat.department_id, chat_id=chat.id))
        tx.session.add(chat)
        entry = _told(before, after)
        record(ctx, tx, action="update_chat", object=f"chat:{chat.id}", **entry)
        tx.emit(ChatChanged(chat_id=chat.id))
        return chat


def _described(chat: Chat) -> dict[str, Any]:
    """A chat's own properties, as they can be set."""
    return chat.model_dump(mode="json", include={"priority", "category", "subject", "due_at"})


def _told(before: dict[str, Any], after: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """What an audit entry says of a change: of a subject only that it is another, since entries are for ever."""
    words = {"subject": WORDS} if before["subject"] != after["subject"] else {}
    plain = [{name: value for name, value in each.items() if name != "subject"} for each in (before, after)]
    return {"before": plain[0], "after": plain[1] | words}
