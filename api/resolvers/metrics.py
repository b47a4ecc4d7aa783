"""Figures of a period, each explained by the legs behind it: one definition, here, for every door."""

import uuid
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import fmean

from sqlalchemy import and_, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from api.context import Context
from api.errors import Invalid
from api.models import Chat, Department, Leg, User, UserDepartment
from api.models.enums import Availability, Channel, ChatKind, ChatStatus, LegOutcome, Permission, Scope
from api.resolvers.access import Who, allow
from api.resolvers.presence import attending
from api.resolvers.queue import in_line

ABANDONED_TOO_SOON = timedelta(seconds=10)
"""Who leaves before this was not kept waiting: out of the service level."""


@dataclass(frozen=True)
class DurationStats:
    """A duration over n cases; None, never zero, when there is no case."""

    mean: timedelta | None
    p50: timedelta | None
    p90: timedelta | None
    n: int


@dataclass(frozen=True)
class DepartmentMetrics:
    """The figures of one department."""

    department_id: uuid.UUID
    offered: int
    wait_time: DurationStats
    handle_time: DurationStats
    abandonment: float | None


@dataclass(frozen=True)
class Metrics:
    """The figures of a half-open period `[start, end)`. Rates lie between 0 and 1."""

    start: datetime
    end: datetime
    offered: int
    chats: int
    wait_time: DurationStats
    handle_time: DurationStats
    service_level: float | None
    abandonment: float | None
    by_department: list[DepartmentMetrics]
    by_channel: dict[Channel, int]
    by_hour: list[tuple[datetime, int]]


@dataclass(frozen=True)
class DeskNow:
    """What goes on at this moment."""

    waiting: int
    active: int
    agents_online: int
    agents_paused: int


@dataclass(frozen=True)
class DepartmentNow:
    """What goes on in one department at this moment; an agent of two departments counts in both."""

    department: Department
    waiting: int
    oldest_queued_at: datetime | None
    attended: int
    agents_online: int


@dataclass(frozen=True)
class _Leg:
    """A leg as metrics read it."""

    chat_id: uuid.UUID
    department_id: uuid.UUID
    channel: Channel
    wait_target: timedelta
    queued_at: datetime
    claimed_at: datetime | None
    first_reply_at: datetime | None
    left_at: datetime | None
    outcome: LegOutcome | None


@allow(Permission.METRICS_VIEW, Scope.METRICS_READ)
async def get_metrics(
    ctx: Context, start: datetime, end: datetime, *, department_id: uuid.UUID | None = None
) -> Metrics:
    """The figures of `[start, end)`, of all departments or of one (DOMAIN: metrics). Raises Invalid."""
    if start >= end:
        raise Invalid("bad_period", field=("period",))
    async with ctx.db.read() as session:
        legs = await _legs(session, start, end, department_id)
    offered = [leg for leg in legs if start <= leg.queued_at < end]
    return Metrics(
        start=start,
        end=end,
        offered=len(offered),
        chats=len({leg.chat_id for leg in offered}),
        wait_time=_wait_time(legs, start, end),
        handle_time=_handle_time(legs, start, end),
        service_level=_service_level(legs, start, end),
        abandonment=_abandonment(offered, end),
        by_department=_by_department(legs, start, end),
        by_channel=dict(Counter(leg.channel for leg in offered)),
        by_hour=_by_hour(ctx, offered, start, end),
    )


@allow(Permission.METRICS_VIEW, Scope.METRICS_READ)
async def desk_now(ctx: Context, *, department_id: uuid.UUID | None = None) -> DeskNow:
    """How many wait, are attended, and attend, at this moment."""
    async with ctx.db.read() as session:
        chats = select(col(Chat.status), func.count()).group_by(col(Chat.status))
        live = col(Chat.kind) == ChatKind.CHAT, col(Chat.status).in_([ChatStatus.WAITING, ChatStatus.ACTIVE])
        chats = chats.where(*live)
        if department_id is not None:
            chats = chats.where(col(Chat.department_id) == department_id)
        by_status = {status: count for status, count in await session.execute(chats)}
        present = col(User.active), col(User.present_until) > ctx.now()
        agents = select(col(User.status), func.count()).where(*present).group_by(col(User.status))
        if department_id is not None:
            here = select(col(UserDepartment.user_id)).where(col(UserDepartment.department_id) == department_id)
            agents = agents.where(col(User.id).in_(here))
        by_availability = {status: count for status, count in await session.execute(agents)}
    return DeskNow(
        waiting=by_status.get(ChatStatus.WAITING, 0),
        active=by_status.get(ChatStatus.ACTIVE, 0),
        agents_online=by_availability.get(Availability.ONLINE, 0),
        agents_paused=by_availability.get(Availability.PAUSED, 0),
    )


@allow(Who.SYSTEM)
async def departments_now(ctx: Context) -> list[DepartmentNow]:
    """Who waits, is attended, and attends, by department, in one query: for those who watch over the program."""
    here = col(Chat.department_id) == col(Department.id)
    active = and_(col(Chat.kind) == ChatKind.CHAT, col(Chat.status) == ChatStatus.ACTIVE)
    online = select(func.count()).select_from(UserDepartment).join(User, col(User.id) == col(UserDepartment.user_id))
    query = select(
        Department,
        select(func.count()).select_from(Chat).where(here, in_line).scalar_subquery(),
        select(func.min(col(Chat.queued_at))).where(here, in_line).scalar_subquery(),
        select(func.count()).select_from(Chat).where(here, active).scalar_subquery(),
        online.where(col(UserDepartment.department_id) == col(Department.id), attending(ctx.now())).scalar_subquery(),
    )
    async with ctx.db.read() as session:
        rows = (await session.execute(query.order_by(col(Department.position), col(Department.slug)))).all()
    return [DepartmentNow(*row) for row in rows]


async def _legs(session: AsyncSession, start: datetime, end: datetime, department_id: uuid.UUID | None) -> list[_Leg]:
    """Every leg that was queued, claimed or left in the period."""
    query = (
        select(
            col(Leg.chat_id),
            col(Leg.department_id),
            col(Chat.channel),
            col(Department.wait_target),
            col(Leg.queued_at),
            col(Leg.claimed_at),
            col(Leg.first_reply_at),
            col(Leg.left_at),
            col(Leg.outcome),
        )
        .join(Chat, col(Chat.id) == col(Leg.chat_id))
        .join(Department, col(Department.id) == col(Leg.department_id))
        .where(col(Leg.queued_at) < end, (col(Leg.left_at) >= start) | col(Leg.left_at).is_(None))
    )
    if department_id is not None:
        query = query.where(col(Leg.department_id) == department_id)
    return [_Leg(*row) for row in await session.execute(query)]


def _wait_time(legs: Iterable[_Leg], start: datetime, end: datetime) -> DurationStats:
    """TME: claimed_at - queued_at over legs claimed in the period."""
    return stats(
        [_between(leg.queued_at, leg.claimed_at) for leg in legs if leg.claimed_at and start <= leg.claimed_at < end]
    )


def _handle_time(legs: Iterable[_Leg], start: datetime, end: datetime) -> DurationStats:
    """TMA: left_at - claimed_at over legs that were claimed and answered, and left in the period."""
    return stats(
        [
            _between(leg.claimed_at, leg.left_at)
            for leg in legs
            if leg.claimed_at and leg.first_reply_at and leg.left_at and start <= leg.left_at < end
        ]
    )


def _service_level(legs: Iterable[_Leg], start: datetime, end: datetime) -> float | None:
    """Legs claimed within the target / (claimed + abandoned after the cut)."""
    claimed = [leg for leg in legs if leg.claimed_at and start <= leg.claimed_at < end]
    in_time = [leg for leg in claimed if leg.claimed_at and leg.claimed_at - leg.queued_at <= leg.wait_target]
    lost = [leg for leg in _abandoned(legs, start, end) if _waited(leg) > ABANDONED_TOO_SOON]
    total = len(claimed) + len(lost)
    return len(in_time) / total if total else None


def _abandonment(offered: Sequence[_Leg], end: datetime) -> float | None:
    """Legs offered in the period that ended while queued / legs offered in the period."""
    gone = [leg for leg in offered if leg.outcome is LegOutcome.ABANDONED and leg.left_at and leg.left_at < end]
    return len(gone) / len(offered) if offered else None


def _abandoned(legs: Iterable[_Leg], start: datetime, end: datetime) -> list[_Leg]:
    return [leg for leg in legs if leg.outcome is LegOutcome.ABANDONED and leg.left_at and start <= leg.left_at < end]


def _waited(leg: _Leg) -> timedelta:
    return _between(leg.queued_at, leg.left_at) if leg.left_at else timedelta()


def _between(start: datetime, end: datetime) -> timedelta:
    """The time from one moment to another; none when the clock was set back between them."""
    return max(timedelta(), end - start)


def _by_department(legs: list[_Leg], start: datetime, end: datetime) -> list[DepartmentMetrics]:
    grouped: dict[uuid.UUID, list[_Leg]] = {}
    for leg in legs:
        grouped.setdefault(leg.department_id, []).append(leg)
    return [_of_department(key, own, start, end) for key, own in grouped.items()]


def _of_department(key: uuid.UUID, legs: list[_Leg], start: datetime, end: datetime) -> DepartmentMetrics:
    offered = [leg for leg in legs if start <= leg.queued_at < end]
    return DepartmentMetrics(
        department_id=key,
        offered=len(offered),
        wait_time=_wait_time(legs, start, end),
        handle_time=_handle_time(legs, start, end),
        abandonment=_abandonment(offered, end),
    )


def _by_hour(ctx: Context, offered: Iterable[_Leg], start: datetime, end: datetime) -> list[tuple[datetime, int]]:
    """Legs offered in each hour of the deployment's zone that had any."""
    zone = ctx.settings.zone
    hours = Counter(leg.queued_at.astimezone(zone).replace(minute=0, second=0, microsecond=0) for leg in offered)
    return sorted(hours.items())


def stats(durations: Sequence[timedelta]) -> DurationStats:
    """Mean and percentiles (nearest rank) of durations."""
    ordered = sorted(durations)
    if not ordered:
        return DurationStats(None, None, None, 0)
    mean = timedelta(seconds=fmean(duration.total_seconds() for duration in ordered))
    return DurationStats(mean, _rank(ordered, 50), _rank(ordered, 90), len(ordered))


def _rank(ordered: Sequence[timedelta], percent: int) -> timedelta:
    """The smallest value that at least `percent` of the cases do not exceed (nearest rank)."""
    return ordered[max(0, -(-len(ordered) * percent // 100) - 1)]
