"""What the dashboard shows, read whole: the desk at this moment, and the figures of today beside those of yesterday.

Every reader is shown the same, so that each process reads it once for all of them (ADR 29).
"""

import uuid
from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlmodel import col

from api.context import Context
from api.events import queue_stream, staff_stream
from api.models import Department, User
from api.models.enums import Permission, Scope
from api.resolvers.access import Who, allow
from api.resolvers.figures import Figures
from api.resolvers.metrics import DepartmentNow, Metrics, departments_now, desk_now, read_all
from api.resolvers.periods import Asked, midnight


@dataclass(frozen=True)
class DepartmentFigures:
    """What goes on in one department at this moment."""

    department_id: uuid.UUID
    name: str
    waiting: int
    oldest_queued_at: datetime | None
    active: int
    agents_online: int
    row: Department = field(compare=False)

    @classmethod
    def of(cls, now: DepartmentNow) -> "DepartmentFigures":
        row = now.department
        return cls(row.id, row.name, now.waiting, now.oldest_queued_at, now.attended, now.agents_online, row)


@dataclass(frozen=True)
class Desk:
    """The desk at this moment. People count once here, and in each of their departments there."""

    waiting: int
    oldest_queued_at: datetime | None
    active: int
    agents_online: int
    agents_paused: int
    departments: tuple[DepartmentFigures, ...]
    streams: frozenset[str]
    """Where is told what may change any of this."""


@dataclass(frozen=True)
class Day:
    """The figures of a day so far, and where more of them are read when somebody asks."""

    metrics: Metrics
    figures: Figures = field(compare=False)

    @property
    def without_times(self) -> Metrics:
        """What two readings of one day are compared by."""
        return replace(self.metrics, end=self.metrics.start)


@dataclass(frozen=True)
class TrafficHour:
    """Legs offered in one hour of the day, today and in the same part of yesterday."""

    hour: int
    offered: int
    yesterday: int


@allow(Permission.METRICS_VIEW, Scope.METRICS_READ)
async def view_dashboard(ctx: Context) -> bool:
    """True: who gets this far may see the dashboard. What it shows is read as the system, once for all."""
    return True


@allow(Who.SYSTEM)
async def read_desk(ctx: Context) -> Desk:
    """The desk at this moment, from the chats that are open: it costs the same whatever lies behind them.

    A department that takes no chats any more is shown while it has some.
    """
    departments = await departments_now(ctx)
    people = await desk_now(ctx)
    async with ctx.db.read() as session:
        staff = (await session.execute(select(col(User.id)).where(col(User.active)))).scalars().all()
    shown = [one for one in departments if one.department.active or one.waiting or one.attended]
    queues = (queue_stream(one.department.id) for one in departments)
    return Desk(
        waiting=sum(one.waiting for one in departments),
        oldest_queued_at=min((one.oldest_queued_at for one in departments if one.oldest_queued_at), default=None),
        active=sum(one.attended for one in departments),
        agents_online=people.agents_online,
        agents_paused=people.agents_paused,
        departments=tuple(DepartmentFigures.of(one) for one in shown),
        streams=frozenset([*queues, *map(staff_stream, staff)]),
    )


@allow(Who.SYSTEM)
async def read_today(ctx: Context) -> Day:
    """The figures of today so far; a day is one of the deployment's zone."""
    return await _read_day(ctx, ctx.now())


@allow(Who.SYSTEM)
async def read_yesterday(ctx: Context) -> Day:
    """The figures of yesterday up to this time of the day: what today so far can be compared with."""
    # By the clock on the wall: a day on which it was moved is an hour longer or shorter.
    then = ctx.now().astimezone(ctx.settings.zone) - timedelta(days=1)
    return await _read_day(ctx, then.astimezone(UTC))


async def _read_day(ctx: Context, now: datetime) -> Day:
    begins = midnight(now.astimezone(ctx.settings.zone).date(), ctx.settings.zone)
    # A day that has just begun has no figures, and a period without length is none.
    figures = Figures(ctx, Asked(begins, now + timedelta(microseconds=1)))
    return Day(await read_all(figures), figures)


def traffic(today: Day, yesterday: Day, zone: ZoneInfo) -> list[TrafficHour]:
    """Today's hours so far, those without any traffic too."""
    offered, before = _by_hour_of_day(today, zone), _by_hour_of_day(yesterday, zone)
    last = max([*offered, *before], default=0)
    return [TrafficHour(hour, offered[hour], before[hour]) for hour in range(last + 1)]


def _by_hour_of_day(day: Day, zone: ZoneInfo) -> Counter[int]:
    hours = Counter[int]()
    for moment, offered in day.metrics.by_hour:
        hours[moment.astimezone(zone).hour] += offered
    return hours
