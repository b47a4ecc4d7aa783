"""The legs of chats: each stay in one department under at most one agent, opened, claimed and ended without a gap."""

import uuid
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import bindparam, exists, select, update
from sqlalchemy.orm import aliased
from sqlmodel import col

from api.business_hours import Schedule
from api.context import Context
from api.db import Transaction
from api.models import Chat, Department, Leg, Message
from api.models.enums import ChatKind, LegOutcome, MessageKind, Permission, Scope, Sender
from api.resolvers.access import Who, allow, held_to, visible_chats
from api.resolvers.hours import note_business_time, schedules_at_once
from api.writing import Writing


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


def resolution_of(chat: Chat) -> timedelta | None:
    """How long it took from opening a chat to its end; None while it is open."""
    return chat.closed_at - chat.created_at if chat.closed_at is not None else None


@allow(Permission.CHAT_ATTEND, Permission.CHAT_VIEW_ALL)
async def legs_of(ctx: Context, chat_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, list[Leg]]:
    """The legs of chats that the caller may see, in order."""
    query = (
        select(Leg)
        .join(Chat, col(Chat.id) == col(Leg.chat_id))
        .where(col(Leg.chat_id).in_(chat_ids), held_to(visible_chats(ctx.principal)))
        .order_by(col(Leg.queued_at), col(Leg.id))
    )
    async with ctx.db.read() as session:
        return _by_chat((await session.execute(query)).scalars())


@allow(Who.CUSTOMER, Permission.CHAT_ATTEND, Permission.CHAT_VIEW_ALL, Scope.CHAT_WRITE)
async def times_of_chats(ctx: Context, chat_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, ChatTimes]:
    """How long these chats waited and were attended, for both their sides."""
    query = (
        select(Leg)
        .join(Chat, col(Chat.id) == col(Leg.chat_id))
        .where(col(Leg.chat_id).in_(chat_ids), held_to(visible_chats(ctx.principal)))
    )
    async with ctx.db.read() as session:
        return times_by_chat((await session.execute(query)).scalars(), ctx.now())


def times_by_chat(legs: Iterable[Leg], now: datetime) -> dict[uuid.UUID, ChatTimes]:
    """The times that these legs tell, for each of their chats."""
    return {chat_id: times_of(own, now) for chat_id, own in _by_chat(legs).items()}


def _by_chat(legs: Iterable[Leg]) -> dict[uuid.UUID, list[Leg]]:
    grouped: dict[uuid.UUID, list[Leg]] = {}
    for leg in legs:
        grouped.setdefault(leg.chat_id, []).append(leg)
    return grouped


def open_leg(tx: Transaction, chat: Chat, *, first: bool = False, agent_id: uuid.UUID | None = None) -> None:
    """Begin a stay in the chat's department: in its queue, or at once with an agent, who then lets nobody wait."""
    live = chat.kind is ChatKind.CHAT
    at_once = agent_id is not None and live
    tx.session.add(
        Leg(
            chat_id=chat.id,
            department_id=chat.department_id,
            kind=chat.kind,
            channel=chat.channel,
            is_first=first,
            came_at=chat.queued_at or tx.now,
            queued_at=tx.now,
            agent_id=agent_id,
            claimed_at=tx.now if agent_id else None,
            business_wait=timedelta() if agent_id else None,
            live_until=None if live else tx.now,
            waited=timedelta() if at_once else None,
            in_time=True if at_once else None,
        )
    )


async def claim_leg(ctx: Context, tx: Transaction, chat: Chat, agent_id: uuid.UUID) -> None:
    """Note on the open leg who came, when, and after how long: within the target that stands now, or not."""
    target = select(Leg, col(Department.wait_target)).join(Department, col(Department.id) == col(Leg.department_id))
    open_one = target.where(col(Leg.chat_id) == chat.id, col(Leg.left_at).is_(None))
    leg, wait_target = (await tx.session.execute(open_one)).one()
    await note_business_time(ctx, tx, leg)
    leg.claimed_at, leg.agent_id = tx.now, agent_id
    if chat.kind is ChatKind.CHAT:
        leg.waited = elapsed(leg.queued_at, tx.now)
        leg.in_time = leg.waited <= wait_target
    tx.session.add(leg)
    await tx.session.flush()


_EARLIER = aliased(Leg)
_UNANSWERED = (
    select(
        col(Leg.id).label("leg"),
        col(Leg.came_at),
        col(Leg.department_id),
        col(Department.hours),
        col(Chat.kind),
        exists()
        .where(col(_EARLIER.chat_id) == col(Leg.chat_id), col(_EARLIER.first_reply_at).is_not(None))
        .label("again"),
    )
    .join(Chat, col(Chat.id) == col(Leg.chat_id))
    .join(Department, col(Department.id) == col(Leg.department_id))
    .where(
        col(Leg.chat_id).in_(bindparam("ids", expanding=True)),
        col(Leg.left_at).is_(None),
        col(Leg.first_reply_at).is_(None),
    )
)
_ANSWER = (
    update(Leg.__table__)  # type: ignore[attr-defined] - SQLModel's own
    .where(col(Leg.id) == bindparam("leg"))
    .values(first_reply_at=bindparam("at"), responded_after=bindparam("after"), business_response=bindparam("open"))
)


def note_first_replies(writing: Writing, chat_ids: Collection[uuid.UUID], zone: ZoneInfo) -> None:
    """The first words of an agent end the customer's first wait: kept on the open leg of each of these chats."""
    unanswered = writing.connection.execute(_UNANSWERED, {"ids": list(chat_ids)}).all()
    if not unanswered:
        return
    now = writing.now
    waited = {row.leg: row for row in unanswered if row.kind is ChatKind.CHAT and not row.again}
    hours = {row.department_id: row.hours for row in waited.values()}
    came = min((row.came_at for row in waited.values()), default=now)
    schedules = schedules_at_once(writing.connection, zone, hours, came, now)
    answers = [
        {
            "leg": row.leg,
            "at": now,
            "after": elapsed(row.came_at, now) if row.leg in waited else None,
            "open": schedules[row.department_id].between(row.came_at, now) if row.leg in waited else None,
        }
        for row in unanswered
    ]
    writing.connection.execute(_ANSWER, answers)


async def end_leg(ctx: Context, tx: Transaction, chat: Chat, outcome: LegOutcome) -> None:
    """Close the open leg, and note the times that are certain now.

    One in which the chat ended before anybody came is abandoned, whatever its outcome. A chat that ended with its bot
    has none.
    """
    open_one = select(Leg).where(col(Leg.chat_id) == chat.id, col(Leg.left_at).is_(None))
    leg = (await tx.session.execute(open_one)).scalar_one_or_none()
    if leg is None:
        return
    schedule = await note_business_time(ctx, tx, leg)
    abandoned = outcome is LegOutcome.ENDED and leg.claimed_at is None
    leg.left_at, leg.outcome = tx.now, LegOutcome.ABANDONED if abandoned else outcome
    leg.live_until = leg.live_until or tx.now
    if chat.kind is ChatKind.CHAT:
        await _note_times(ctx, tx, leg, schedule)
    tx.session.add(leg)
    await tx.session.flush()


async def _note_times(ctx: Context, tx: Transaction, leg: Leg, schedule: Schedule) -> None:
    """What a live chat's leg counts for, now that it has ended."""
    now = tx.now
    if leg.outcome is LegOutcome.ABANDONED:
        leg.lost_after = elapsed(leg.queued_at, now)
    if leg.outcome is LegOutcome.ENDED:
        leg.resolved_after = elapsed(leg.came_at, now)
        leg.business_resolution = schedule.between(leg.came_at, now)
    if leg.claimed_at is not None and leg.first_reply_at is not None:
        leg.handled = elapsed(leg.claimed_at, now)
        leg.handled_actively = min(leg.handled, await _active_time(ctx, tx, leg, leg.claimed_at, now))


async def _active_time(ctx: Context, tx: Transaction, leg: Leg, claimed_at: datetime, now: datetime) -> timedelta:
    """The handling with each silence cut to what the settings allow to who owed the answer, as in turns.py.

    From the claim on that is the agent; after an agent's words the customer; after the customer's the agent.
    """
    lines = await tx.session.execute(
        select(col(Message.sender), col(Message.sent_at))
        .where(
            col(Message.chat_id) == leg.chat_id,
            col(Message.kind) == MessageKind.TEXT,
            col(Message.sender).in_([Sender.AGENT, Sender.CUSTOMER]),
            col(Message.sent_at) >= claimed_at,
        )
        .order_by(col(Message.seq))
    )
    active, since, limit = timedelta(), claimed_at, ctx.settings.silence_agent
    for sender, sent_at in lines:
        active += min(elapsed(since, sent_at), limit)
        since, limit = sent_at, _limit_after(ctx, sender)
    return active + min(elapsed(since, now), limit)


def _limit_after(ctx: Context, sender: Sender) -> timedelta:
    return ctx.settings.silence_customer if sender is Sender.AGENT else ctx.settings.silence_agent


async def unresolve(tx: Transaction, chat_id: uuid.UUID) -> None:
    """A chat that goes on has not been resolved yet."""
    await tx.session.execute(
        update(Leg)
        .where(col(Leg.chat_id) == chat_id, col(Leg.resolved_after).is_not(None))
        .values(resolved_after=None, business_resolution=None)
        .execution_options(synchronize_session=False)
    )


async def end_live_stay(tx: Transaction, chat_id: uuid.UUID) -> None:
    """A chat that becomes a ticket stays where it is, and from now on no time of it counts as a live chat's."""
    await tx.session.execute(
        update(Leg)
        .where(col(Leg.chat_id) == chat_id, col(Leg.left_at).is_(None))
        .values(live_until=tx.now)
        .execution_options(synchronize_session=False)
    )


def elapsed(start: datetime, end: datetime) -> timedelta:
    """The time from one moment to another; none when the clock was set back between them."""
    return max(timedelta(), end - start)
