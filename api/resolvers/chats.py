"""The life of a chat after its opening: claimed, handed off, closed, rated. One owner of the next move at any time."""

import re
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, select, update
from sqlalchemy import func as sql
from sqlmodel import col

from api.context import ChatCustomer, Context, Machine, Staff
from api.db import Transaction
from api.errors import Capacity, ChatClosed, Conflict, Forbidden, Invalid, NotFound
from api.events import (
    ChatAssigned,
    ChatChanged,
    ChatEnded,
    ChatLeftQueue,
    ChatUnassigned,
)
from api.models import Chat, Department, Leg, User
from api.models.enums import (
    Category,
    Channel,
    ChatKind,
    ChatStatus,
    CloseReason,
    LegOutcome,
    MessageKind,
    Permission,
    Scope,
)
from api.resolvers.access import Who, access_chat, access_queue, allow, staff, visible_chats
from api.resolvers.checks import Checks
from api.resolvers.messages import SYSTEM_AUTHOR, write_message
from api.resolvers.openings import enqueue
from api.resolvers.pages import Order, Page, PageRequest, paginate
from api.resolvers.queue import by_rank
from api.texts import say

COMMENT_LIMIT = 1000

by_creation: Order[Chat] = Order(columns=(col(Chat.id),), place=lambda chat: (chat.id,))
newest_first: Order[Chat] = Order(columns=(col(Chat.id),), place=lambda chat: (chat.id,), descending=True)
recently_closed: Order[Chat] = Order(
    columns=(col(Chat.closed_at), col(Chat.id)), place=lambda chat: (chat.closed_at, chat.id), descending=True
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
    created_in: tuple[datetime, datetime] | None = None
    closed_in: tuple[datetime, datetime] | None = None


@dataclass(frozen=True)
class ChatTimes:
    """How long a chat waited and was attended, summed over its legs; up to now for the one still open."""

    waiting: timedelta
    handling: timedelta


def times_of(legs: Sequence[Leg], now: datetime) -> ChatTimes:
    """The times that a chat's legs tell."""
    waiting = handling = timedelta()
    for leg in legs:
        left = leg.left_at or now
        waiting += max(timedelta(), (leg.claimed_at or left) - leg.queued_at)
        handling += max(timedelta(), left - leg.claimed_at) if leg.claimed_at else timedelta()
    return ChatTimes(waiting, handling)


_PROTOCOL = re.compile(r"[0-9]{8}-[0-9]{6,11}")

_READERS = (Who.CUSTOMER, Permission.CHAT_ATTEND, Permission.CHAT_VIEW_ALL, Scope.CHAT_WRITE)


@allow(*_READERS)
async def get_chat(ctx: Context, *, id: uuid.UUID | None = None, protocol: str | None = None) -> Chat:
    """One chat, by id or by protocol. Raises NotFound, also for somebody else's."""
    if (id is None) == (protocol is None):
        raise Invalid("id_or_protocol", field=("id",))
    if protocol is not None and not _PROTOCOL.fullmatch(protocol):
        raise NotFound("chat_not_found")
    which = col(Chat.id) == id if id is not None else col(Chat.protocol) == protocol
    async with ctx.db.read() as session:
        query = select(Chat).where(which, visible_chats(ctx.principal))
        chat = (await session.execute(query)).scalar_one_or_none()
    if chat is None:
        raise NotFound("chat_not_found")
    return chat


@allow(Who.CUSTOMER, Permission.CHAT_ATTEND, Permission.CHAT_VIEW_ALL)
async def follow_chat(ctx: Context, chat_id: uuid.UUID) -> Chat:
    """The chat, if the caller may follow it as it happens. Raises NotFound."""
    async with ctx.db.read() as session:
        return await access_chat(ctx, session, chat_id)


@allow(*_READERS, Scope.QUEUE_READ)
async def chats_by_id(ctx: Context, ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, Chat]:
    """Those of these chats that the caller may see."""
    async with ctx.db.read() as session:
        query = select(Chat).where(col(Chat.id).in_(ids), visible_chats(ctx.principal))
        return {chat.id: chat for chat in (await session.execute(query)).scalars()}


@allow(Permission.CHAT_ATTEND, Permission.CHAT_VIEW_ALL)
async def legs_of(ctx: Context, chat_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, list[Leg]]:
    """The legs of chats that the caller may see, in order."""
    query = (
        select(Leg)
        .join(Chat, col(Chat.id) == col(Leg.chat_id))
        .where(col(Leg.chat_id).in_(chat_ids), visible_chats(ctx.principal))
        .order_by(col(Leg.queued_at), col(Leg.id))
    )
    async with ctx.db.read() as session:
        return _by_chat((await session.execute(query)).scalars())


@allow(*_READERS)
async def agent_names(ctx: Context, chat_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, str]:
    """The name of who attends each of these chats, for both its sides; chats without an agent are absent."""
    query = (
        select(col(Chat.id), col(User.name))
        .join(User, col(User.id) == col(Chat.agent_id))
        .where(col(Chat.id).in_(chat_ids), visible_chats(ctx.principal))
    )
    async with ctx.db.read() as session:
        return {key: value for key, value in await session.execute(query)}


@allow(*_READERS)
async def times_of_chats(ctx: Context, chat_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, ChatTimes]:
    """How long these chats waited and were attended, for both their sides."""
    query = (
        select(Leg)
        .join(Chat, col(Chat.id) == col(Leg.chat_id))
        .where(col(Leg.chat_id).in_(chat_ids), visible_chats(ctx.principal))
    )
    async with ctx.db.read() as session:
        legs = _by_chat((await session.execute(query)).scalars())
    return {chat_id: times_of(own, ctx.now()) for chat_id, own in legs.items()}


def _by_chat(legs: Iterable[Leg]) -> dict[uuid.UUID, list[Leg]]:
    grouped: dict[uuid.UUID, list[Leg]] = {}
    for leg in legs:
        grouped.setdefault(leg.chat_id, []).append(leg)
    return grouped


@allow(Permission.CHAT_ATTEND, Permission.CHAT_VIEW_ALL)
async def list_chats(ctx: Context, chats: ChatFilter, order: Order[Chat], page: PageRequest) -> Page[Chat]:
    """The chats that the caller may see, narrowed and ordered. Raises Invalid."""
    async with ctx.db.read() as session:
        query = select(Chat).where(visible_chats(ctx.principal), *_conditions(chats))
        if order is by_rank:
            query = query.where(col(Chat.queue_rank).is_not(None))
        if order is recently_closed:
            query = query.where(col(Chat.closed_at).is_not(None))
        return await paginate(session, query, order, page)


@allow(Permission.CHAT_ATTEND, Permission.CHAT_VIEW_ALL)
async def count_chats(ctx: Context, chats: ChatFilter) -> int:
    """How many chats the list holds in all."""
    async with ctx.db.read() as session:
        query = select(sql.count()).select_from(Chat).where(visible_chats(ctx.principal), *_conditions(chats))
        return (await session.execute(query)).scalar_one()


def _conditions(chats: ChatFilter) -> list[ColumnElement[bool]]:
    equal = {
        col(Chat.department_id): chats.department_id,
        col(Chat.agent_id): chats.agent_id,
        col(Chat.customer_id): chats.customer_id,
        col(Chat.kind): chats.kind,
    }
    among = {
        col(Chat.status): chats.status,
        col(Chat.channel): chats.channel,
        col(Chat.category): chats.category,
    }
    within = {col(Chat.created_at): chats.created_in, col(Chat.closed_at): chats.closed_in}
    return [
        *(column == value for column, value in equal.items() if value is not None),
        *(column.in_(values) for column, values in among.items() if values is not None),
        *((column >= period[0]) & (column < period[1]) for column, period in within.items() if period is not None),
    ]


@allow(Permission.CHAT_ATTEND)
async def claim_chat(ctx: Context, chat_id: uuid.UUID) -> Chat:
    """Take a waiting chat. Of two agents at once exactly one gets it; claiming one's own chat again changes nothing.

    Raises NotFound, ChatClosed, Conflict (somebody else was first), Capacity.
    """
    async with ctx.db.transaction() as tx:
        chat = await access_chat(ctx, tx.session, chat_id)
        if not await _claim(ctx, tx, chat.id):
            await tx.session.refresh(chat)
            if chat.status is ChatStatus.ACTIVE and chat.agent_id == staff(ctx).user_id:
                return chat
            if chat.status is ChatStatus.CLOSED:
                raise ChatClosed("chat_closed")
            raise Conflict("chat_not_waiting")
        return await _claimed(ctx, tx, chat.id)


@allow(Permission.CHAT_ATTEND)
async def claim_next(ctx: Context, department_id: uuid.UUID | None = None) -> Chat:
    """Take the chat that is to be served next in a department, or in all of the caller's.

    Raises NotFound (nobody waits, or not the caller's department), Capacity.
    """
    async with ctx.db.transaction() as tx:
        if department_id is not None:
            await access_queue(ctx, tx.session, department_id)
        departments = staff(ctx).department_ids if department_id is None else {department_id}
        # Whoever was skipped may only be held for a moment, by a customer who writes: look again, and wait this time.
        chat_id = await _claim_first(ctx, tx, departments, skip_locked=True) or await _claim_first(
            ctx, tx, departments, skip_locked=False
        )
        if chat_id is None:
            raise NotFound("queue_empty")
        return await _claimed(ctx, tx, chat_id)


@allow(Scope.CHAT_WRITE)
async def hand_off_chat(ctx: Context, chat_id: uuid.UUID) -> Chat:
    """A bot gives its chat to the people of the department; a repeat changes nothing.

    Raises NotFound, ChatClosed, Conflict (the bot does not own it).
    """
    async with ctx.db.transaction() as tx:
        chat = await access_chat(ctx, tx.session, chat_id, lock=True)
        if chat.status is ChatStatus.WAITING:
            return chat
        if chat.status is not ChatStatus.BOT:
            raise ChatClosed("chat_closed") if chat.status is ChatStatus.CLOSED else Conflict("bot_not_owner")
        await enqueue(ctx, tx, chat)
        department = await tx.session.get_one(Department, chat.department_id)
        await _say(ctx, tx, chat, "event_handed_off", department=department.name)
        tx.emit(ChatChanged(chat_id=chat.id))
        return chat


@dataclass(frozen=True)
class Rating:
    """How it was for the customer, from 1 to 5, and why."""

    score: int
    comment: str | None = None


@allow(Who.CUSTOMER, Permission.CHAT_ATTEND, Permission.QUEUE_MANAGE, Scope.CHAT_WRITE)
async def close_chat(
    ctx: Context, chat_id: uuid.UUID, *, reason: CloseReason | None = None, rating: Rating | None = None
) -> Chat:
    """End a chat, and with it its leg and the agent's load. Closing it again answers the same.

    A customer, or a bot in their name, may rate it in the same step: either both are written, or nothing is.
    Raises NotFound, Conflict (another agent's chat), Forbidden, Invalid (a reason not the caller's to give).
    """
    if rating is not None:
        rating = _checked_rating(rating)
        if isinstance(ctx.principal, Staff):
            raise Forbidden("not_allowed")
    async with ctx.db.transaction() as tx:
        chat = await access_chat(ctx, tx.session, chat_id, lock=True)
        if chat.status is not ChatStatus.CLOSED:
            _require_may_close(ctx, chat)
            await close(ctx, tx, chat, _reason(ctx, reason))
        if rating is not None:
            _rate(tx, chat, rating)
        return chat


@allow(Who.CUSTOMER, Scope.CHAT_WRITE)
async def rate_chat(ctx: Context, chat_id: uuid.UUID, *, score: int, comment: str | None = None) -> Chat:
    """Say how it was, from 1 to 5, once it has ended; a later rating replaces the earlier one.

    Raises NotFound, Conflict (not ended yet), Invalid.
    """
    rating = _checked_rating(Rating(score, comment))
    async with ctx.db.transaction() as tx:
        chat = await access_chat(ctx, tx.session, chat_id, lock=True)
        if chat.status is not ChatStatus.CLOSED:
            raise Conflict("chat_not_closed_yet")
        _rate(tx, chat, rating)
        return chat


def _checked_rating(rating: Rating) -> Rating:
    checks = Checks()
    checks.number("score", rating.score, least=1, most=5)
    comment = checks.prose("comment", rating.comment, limit=COMMENT_LIMIT, required=False)
    checks.done()
    return Rating(rating.score, comment or None)


def _rate(tx: Transaction, chat: Chat, rating: Rating) -> None:
    """Keep the rating of a chat whose row this transaction holds; the same again says nothing new."""
    if (chat.rating_score, chat.rating_comment) == (rating.score, rating.comment):
        return
    chat.rating_score, chat.rating_comment, chat.rated_at = rating.score, rating.comment, tx.now
    tx.session.add(chat)
    tx.emit(ChatChanged(chat_id=chat.id))


async def close(ctx: Context, tx: Transaction, chat: Chat, reason: CloseReason) -> None:
    """Close a chat whose row this transaction holds."""
    was_waiting, agent_id = chat.status is ChatStatus.WAITING, chat.agent_id
    chat.status, chat.close_reason, chat.closed_at = ChatStatus.CLOSED, reason, tx.now
    chat.closed_by = ctx.principal.actor
    chat.deadline = None
    chat.token_ends_at = tx.now + ctx.settings.reopen_window
    tx.session.add(chat)
    await tx.session.flush()
    await _end_leg(tx, chat.id)
    await _say(ctx, tx, chat, _closing_line(ctx), name=getattr(ctx.principal, "name", ""))
    if agent_id is not None:
        await _release(tx, agent_id)
        tx.emit(ChatUnassigned(user_id=agent_id, chat_id=chat.id, reason="closed"))
    if was_waiting:
        tx.emit(ChatLeftQueue(department_id=chat.department_id, chat_id=chat.id, agent_id=None, reason="closed"))
    tx.emit(ChatEnded(chat_id=chat.id))


async def _claim(ctx: Context, tx: Transaction, chat_id: uuid.UUID) -> bool:
    """One conditional UPDATE settles who gets the chat."""
    claimed = await tx.session.execute(
        update(Chat)
        .where(col(Chat.id) == chat_id, col(Chat.status) == ChatStatus.WAITING)
        .values(status=ChatStatus.ACTIVE, agent_id=staff(ctx).user_id, claimed_at=tx.now)
        .returning(col(Chat.id))
        .execution_options(synchronize_session=False)
    )
    return claimed.scalar_one_or_none() is not None


async def _claim_first(
    ctx: Context, tx: Transaction, department_ids: frozenset[uuid.UUID] | set[uuid.UUID], *, skip_locked: bool
) -> uuid.UUID | None:
    """The first in line, passing over those that another agent is just taking; the guard is repeated outside."""
    first = (
        select(col(Chat.id))
        .where(col(Chat.status) == ChatStatus.WAITING, col(Chat.department_id).in_(department_ids))
        .order_by(*by_rank.columns)
        .limit(1)
        .with_for_update(skip_locked=skip_locked)
        .scalar_subquery()
    )
    claimed = await tx.session.execute(
        update(Chat)
        .where(col(Chat.id) == first, col(Chat.status) == ChatStatus.WAITING)
        .values(status=ChatStatus.ACTIVE, agent_id=staff(ctx).user_id, claimed_at=tx.now)
        .returning(col(Chat.id))
        .execution_options(synchronize_session=False)
    )
    return claimed.scalar_one_or_none()


async def _claimed(ctx: Context, tx: Transaction, chat_id: uuid.UUID) -> Chat:
    """What follows from a claim: the agent's load, the leg, a line in the chat, and everybody is told."""
    me = staff(ctx)
    await _occupy(tx, me)
    await tx.session.execute(
        update(Leg)
        .where(col(Leg.chat_id) == chat_id, col(Leg.left_at).is_(None))
        .values(claimed_at=tx.now, agent_id=me.user_id)
    )
    chat = await tx.session.get_one(Chat, chat_id, populate_existing=True)
    await _say(ctx, tx, chat, "event_claimed", name=me.name)
    tx.emit(ChatLeftQueue(department_id=chat.department_id, chat_id=chat.id, agent_id=me.user_id, reason="claimed"))
    tx.emit(ChatChanged(chat_id=chat.id))
    tx.emit(ChatAssigned(user_id=me.user_id, chat_id=chat.id))
    return chat


async def _occupy(tx: Transaction, me: Staff) -> None:
    """Raise the agent's load, if it is below their capacity: one conditional UPDATE, for every way to a chat."""
    raised = await tx.session.execute(
        update(User)
        .where(col(User.id) == me.user_id, col(User.active), col(User.active_chats) < col(User.capacity))
        .values(active_chats=col(User.active_chats) + 1)
        .returning(col(User.id))
        .execution_options(synchronize_session=False)
    )
    if raised.scalar_one_or_none() is None:
        user = await tx.session.get_one(User, me.user_id)
        raise Capacity("capacity_reached", capacity=user.capacity)


async def _release(tx: Transaction, user_id: uuid.UUID) -> None:
    await tx.session.execute(
        update(User)
        .where(col(User.id) == user_id, col(User.active_chats) > 0)
        .values(active_chats=col(User.active_chats) - 1)
        .execution_options(synchronize_session=False)
    )


async def _end_leg(tx: Transaction, chat_id: uuid.UUID) -> None:
    """Close the open leg: abandoned when nobody had come yet."""
    abandoned = await tx.session.execute(
        update(Leg)
        .where(col(Leg.chat_id) == chat_id, col(Leg.left_at).is_(None), col(Leg.claimed_at).is_(None))
        .values(left_at=tx.now, outcome=LegOutcome.ABANDONED)
        .returning(col(Leg.id))
        .execution_options(synchronize_session=False)
    )
    if abandoned.scalar_one_or_none() is None:
        await tx.session.execute(
            update(Leg)
            .where(col(Leg.chat_id) == chat_id, col(Leg.left_at).is_(None))
            .values(left_at=tx.now, outcome=LegOutcome.ENDED)
            .execution_options(synchronize_session=False)
        )


async def _say(ctx: Context, tx: Transaction, chat: Chat, reason: str, **values: object) -> None:
    """A line by the desk itself, in the desk's language, for both sides."""
    body = say(reason, ctx.settings.locale, **values)
    await write_message(tx, chat, SYSTEM_AUTHOR, body=body, kind=MessageKind.EVENT)


def _require_may_close(ctx: Context, chat: Chat) -> None:
    me = ctx.principal
    if not isinstance(me, Staff) or chat.agent_id == me.user_id or me.may(Permission.QUEUE_MANAGE):
        return
    raise Conflict("claim_first" if chat.agent_id is None else "not_your_chat")


def _reason(ctx: Context, given: CloseReason | None) -> CloseReason:
    """The reason given, if it is the caller's to give; else the one that fits the caller."""
    match ctx.principal:
        case ChatCustomer():
            usual, possible = CloseReason.CUSTOMER_LEFT, {CloseReason.CUSTOMER_LEFT, CloseReason.RESOLVED}
        case Machine():
            usual, possible = (
                CloseReason.RESOLVED,
                {CloseReason.CUSTOMER_LEFT, CloseReason.RESOLVED, CloseReason.INACTIVITY},
            )
        case Staff() as me if me.may(Permission.QUEUE_MANAGE):
            usual, possible = CloseReason.RESOLVED, set(CloseReason)
        case Staff():
            usual, possible = (
                CloseReason.RESOLVED,
                {CloseReason.RESOLVED, CloseReason.CUSTOMER_LEFT, CloseReason.INACTIVITY},
            )
        case _:
            raise Forbidden("not_allowed")
    if given is not None and given not in possible:
        raise Invalid("bad_choice", field=("reason",), choices=", ".join(sorted(possible)))
    return given or usual


def _closing_line(ctx: Context) -> str:
    match ctx.principal:
        case ChatCustomer():
            return "event_closed_by_customer"
        case Machine():
            return "event_closed_by_bot"
        case _:
            return "event_closed_by_agent"
