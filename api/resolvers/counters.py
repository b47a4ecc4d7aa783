"""The nightly check: what is kept as a number beside the rows, worked out of the rows again.

Each check is one statement, and so of one moment: the desk goes on meanwhile. What differs is told and never mended
here: a number that is wrong has a cause, which is gone once the number is right.
"""

import json
import uuid
from collections import Counter as Tally
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

import structlog
from sqlalchemy import Select, and_, case, exists, func, not_, or_, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from api.context import Context
from api.db import Transaction
from api.errors import AppError
from api.events import Notified
from api.models import Chat, EventRow, Leg, Message, Notification, Stream, User, keep_property, property_value
from api.models.enums import ChatKind, ChatStatus, NotificationKind, Role
from api.resolvers.access import Who, allow
from api.resolvers.legs import elapsed
from api.resolvers.measures import department_ids
from api.resolvers.queue import in_line, queue_rank

log = structlog.get_logger("alidash.counters")

TOLD = 20
"""How many differences are told one by one; of the rest it is told how many there are."""
LEGS_SINCE = timedelta(days=3)
"""Legs that ended in this time are looked at again: a run or two may have been missed."""
LAST = "counters_checked"
_HOUR = timedelta(hours=1)

Query = Select[*tuple[Any, ...]]
"""Whose a number is, what it says, and what the rows say."""
_MILLISECOND = timedelta(milliseconds=1)


class Kept(StrEnum):
    """What is kept as a number beside the rows."""

    AGENT_LOAD = "AGENT_LOAD"
    MESSAGE_SEQ = "MESSAGE_SEQ"
    READ_MARK = "READ_MARK"
    STREAM_HEAD = "STREAM_HEAD"
    QUEUE_RANK = "QUEUE_RANK"
    OPEN_LEG = "OPEN_LEG"
    LEG_TIMES = "LEG_TIMES"


@dataclass(frozen=True)
class Difference:
    """A number that is not what the rows say."""

    kept: Kept
    of: str
    """Whose it is: `user:<id>`, `chat:<id>`, `leg:<id>`, or the name of a stream."""
    says: str
    rows: str

    def __str__(self) -> str:
        return f"{self.kept} of {self.of} is {self.says}, the rows say {self.rows}"


@dataclass(frozen=True)
class Findings:
    """What a check found."""

    at: datetime
    counts: Mapping[Kept, int]
    """How many differences of each kind; kinds without any are absent."""
    differences: tuple[Difference, ...]
    """The first of them."""

    @property
    def total(self) -> int:
        """How many differences there are."""
        return sum(self.counts.values())

    def __str__(self) -> str:
        return f"{self.total} differences"


@dataclass(frozen=True)
class LastCheck:
    """What is remembered of the last check."""

    at: datetime
    counts: Mapping[Kept, int]


@allow(Who.SYSTEM)
async def check_counters(ctx: Context) -> Findings:
    """Work the live counters out again, log what differs, remember how much, and tell administrators. Mends nothing."""
    counts, first = Tally[Kept](), list[Difference]()
    async with ctx.db.read() as session:
        async for difference in _differences(ctx, session):
            counts[difference.kept] += 1
            if len(first) < TOLD:
                first.append(difference)
    found = Findings(ctx.now(), counts, tuple(first))
    await _remember(ctx, found)
    if found.total:
        log.error("counters differ", total=found.total, differences=[str(each) for each in first])
        await _tell_admins(ctx, found)
    return found


@allow(Who.SYSTEM)
async def last_check(ctx: Context) -> LastCheck | None:
    """What the last check found; None before the first."""
    async with ctx.db.read() as session:
        value = (await session.execute(property_value(LAST))).scalar_one_or_none()
    if value is None:
        return None
    told = json.loads(value)
    counts = {kept: told[kept] for kept in Kept if kept in told}
    return LastCheck(datetime.fromisoformat(told["at"]), counts)


async def _remember(ctx: Context, found: Findings) -> None:
    told = {"at": found.at.isoformat(timespec="seconds"), **found.counts}
    async with ctx.db.transaction() as tx:
        await tx.session.execute(keep_property(LAST, json.dumps(told, separators=(",", ":"))))


async def _tell_admins(ctx: Context, found: Findings) -> None:
    """Tell every administrator who has not still to look at what an earlier night found, each in a transaction alone.

    Telling adds to a person's stream, whose head may be what is wrong: where its next number is taken, the row alone is
    kept. It is there when the list is read again, but rings no bell.
    """
    unread = exists().where(
        col(Notification.user_id) == col(User.id),
        col(Notification.kind) == NotificationKind.COUNTERS_DIFFER,
        col(Notification.read_at).is_(None),
    )
    query = select(col(User.id)).where(col(User.active), col(User.role) == Role.ADMIN, ~unread).order_by(col(User.id))
    async with ctx.db.read() as session:
        admins = (await session.execute(query)).scalars().all()
    for user_id in admins:
        for aloud in (True, False):
            try:
                async with ctx.db.transaction() as tx:
                    _notify(tx, user_id, found, aloud=aloud)
                break
            except (SQLAlchemyError, AppError):
                log.exception("an administrator could not be told", user=user_id.hex, aloud=aloud)


def _notify(tx: Transaction, user_id: uuid.UUID, found: Findings, *, aloud: bool) -> None:
    notification = Notification(
        user_id=user_id,
        kind=NotificationKind.COUNTERS_DIFFER,
        values={"count": str(found.total)},
        created_at=tx.now,
    )
    tx.session.add(notification)
    if aloud:
        tx.emit(Notified(user_id=user_id, notification_id=notification.id))


async def _differences(ctx: Context, session: AsyncSession) -> AsyncIterator[Difference]:
    for kept, query in _CHECKS.items():
        for of, says, rows in await session.execute(query):
            yield Difference(kept, _named(kept, of), str(says), str(rows))
    waiting = select(col(Chat.id), col(Chat.queued_at), col(Chat.queue_rank), col(Chat.priority), col(Chat.incident_id))
    for id, queued_at, rank, priority, incident in await session.execute(waiting.where(in_line)):
        expected = queue_rank(ctx.settings, queued_at, priority, incident) if queued_at else None
        if rank != expected:
            yield Difference(Kept.QUEUE_RANK, f"chat:{id.hex}", str(rank), str(expected))
    async for leg in _recent_legs(session, ctx.now() - LEGS_SINCE, ctx.now()):
        for difference in _leg_differences(leg):
            yield difference


def _named(kept: Kept, of: Any) -> str:
    return of if kept is Kept.STREAM_HEAD else f"{'user' if kept is Kept.AGENT_LOAD else 'chat'}:{of.hex}"


def _loads() -> Query:
    """Agents' counters against the live chats that they attend."""
    attended = and_(
        col(Chat.agent_id) == col(User.id),
        col(Chat.status) == ChatStatus.ACTIVE,
        col(Chat.kind) == ChatKind.CHAT,
    )
    count = select(func.count()).select_from(Chat).where(attended).correlate(User).scalar_subquery()
    return select(col(User.id), col(User.active_chats), count).where(col(User.active_chats) != count)


def _numbers() -> Query:
    """The number of each chat's last message against its messages, which leave no gap."""
    lines = select(col(Message.chat_id), func.count().label("n"), func.max(col(Message.seq)).label("last"))
    told = lines.group_by(col(Message.chat_id)).subquery()
    n, last = func.coalesce(told.c.n, 0), func.coalesce(told.c.last, 0)
    query = select(col(Chat.id), col(Chat.message_seq), last).join(told, told.c.chat_id == col(Chat.id), isouter=True)
    return query.where(or_(col(Chat.message_seq) != last, n != last))


def _marks() -> Query:
    """Nobody has read what was not written."""
    customers, agents = col(Chat.customer_read_seq), col(Chat.agent_read_seq)
    furthest = case((customers > agents, customers), else_=agents)
    least = case((customers < agents, customers), else_=agents)
    says = case((furthest > col(Chat.message_seq), furthest), else_=least)
    return select(col(Chat.id), says, col(Chat.message_seq)).where(not_(says.between(0, col(Chat.message_seq))))


def _heads() -> Query:
    """The head of each stream against the events that are still there: the last is at the head, and none is missing."""
    kept = select(
        col(EventRow.stream),
        func.count().label("n"),
        func.min(col(EventRow.seq)).label("first"),
        func.max(col(EventRow.seq)).label("last"),
    )
    told = kept.group_by(col(EventRow.stream)).subquery()
    head = func.coalesce(col(Stream.last_seq), 0)
    query = select(told.c.stream, head, told.c.last).select_from(told)
    query = query.join(Stream, col(Stream.name) == told.c.stream, isouter=True)
    return query.where(or_(head != told.c.last, told.c.n != told.c.last - told.c.first + 1))


def _open_legs() -> Query:
    """A chat that waits or is attended has one open leg, where it is; any other has none."""
    with_people = col(Chat.status).in_([ChatStatus.WAITING, ChatStatus.ACTIVE])
    of_chat = and_(col(Leg.chat_id) == col(Chat.id), col(Leg.left_at).is_(None))
    legs = select(func.count()).select_from(Leg).where(of_chat).correlate(Chat).scalar_subquery()
    here = and_(
        of_chat,
        col(Leg.department_id) == col(Chat.department_id),
        col(Leg.agent_id).is_not_distinct_from(col(Chat.agent_id)),
    )
    fitting = select(func.count()).select_from(Leg).where(here).correlate(Chat).scalar_subquery()
    wrong = or_(and_(with_people, fitting != 1), and_(~with_people, legs != 0))
    return select(col(Chat.id), col(Chat.status), legs).where(wrong)


_CHECKS: Mapping[Kept, Query] = {
    Kept.AGENT_LOAD: _loads(),
    Kept.MESSAGE_SEQ: _numbers(),
    Kept.READ_MARK: _marks(),
    Kept.STREAM_HEAD: _heads(),
    Kept.OPEN_LEG: _open_legs(),
}


async def _recent_legs(session: AsyncSession, since: datetime, until: datetime) -> AsyncIterator[Leg]:
    """Legs that ended lately, an hour's at a time."""
    departments = await department_ids(session)
    while since <= until:
        ended = col(Leg.left_at) >= since, col(Leg.left_at) < since + _HOUR
        for leg in (
            await session.execute(select(Leg).where(col(Leg.department_id).in_(departments), *ended))
        ).scalars():
            yield leg
        session.expunge_all()
        since += _HOUR


def _leg_differences(leg: Leg) -> Iterator[Difference]:
    """The times noted on a leg against its moments."""
    pairs = (
        ("waited", leg.waited, leg.queued_at, leg.claimed_at),
        ("lost_after", leg.lost_after, leg.queued_at, leg.left_at),
        ("responded_after", leg.responded_after, leg.came_at, leg.first_reply_at),
        ("handled", leg.handled, leg.claimed_at, leg.left_at),
        ("resolved_after", leg.resolved_after, leg.came_at, leg.left_at),
    )
    for name, noted, start, end in pairs:
        expected = elapsed(start, end) // _MILLISECOND * _MILLISECOND if start and end else None
        if noted is not None and noted != expected:
            yield Difference(Kept.LEG_TIMES, f"leg:{leg.id.hex} ({name})", str(noted), str(expected))
