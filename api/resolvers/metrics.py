"""Figures of a period, each explained by the legs behind it: one definition, here, for every door."""

import asyncio
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import and_, func, select
from sqlmodel import col

from api.context import Context
from api.models import Chat, Department, User, UserDepartment
from api.models.enums import Availability, Channel, ChatKind, ChatStatus, IncidentShare, MetricFigure, Permission, Scope
from api.resolvers.access import Who, allow, require_own_or_managed
from api.resolvers.durations import BASES, IN_BUSINESS_HOURS
from api.resolvers.figures import DurationStats, Figures, Satisfaction
from api.resolvers.measures import By
from api.resolvers.periods import Asked, midnight
from api.resolvers.presence import attending
from api.resolvers.queue import in_line


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
    first_response: DurationStats
    handle_time: DurationStats
    active_handle_time: DurationStats
    resolution: DurationStats
    service_level: float | None
    abandonment: float | None
    occupancy: float | None
    satisfaction: Satisfaction
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


@allow(Permission.METRICS_VIEW, Scope.METRICS_READ)
async def figures_of(ctx: Context, asked: Asked) -> Figures:
    """The figures of a period, each of them read when it is asked for (DOMAIN: metrics)."""
    return Figures(ctx, asked)


@allow(Who.STAFF)
async def figures_of_day(ctx: Context, user_id: uuid.UUID) -> Figures:
    """The figures of a person's day so far, defined as everybody's; a day is one of the deployment's zone.

    One's own, or anybody's for who manages the queue. Raises Forbidden.
    """
    require_own_or_managed(ctx, user_id)
    now, zone = ctx.now(), ctx.settings.zone
    begins = midnight(now.astimezone(zone).date(), zone)
    # A day that has just begun has no figures, and a period without length is none.
    return Figures(ctx, Asked(begins, now + timedelta(microseconds=1), agent_id=user_id))


@allow(Permission.METRICS_VIEW, Scope.METRICS_READ)
async def get_metrics(
    ctx: Context,
    start: datetime,
    end: datetime,
    *,
    department_id: uuid.UUID | None = None,
    channel: Channel | None = None,
    agent_id: uuid.UUID | None = None,
    incidents: IncidentShare = IncidentShare.WITH,
) -> Metrics:
    """Every figure of `[start, end)` by the clock, of all departments or of one (DOMAIN: metrics). Raises Invalid."""
    return await read_all(Figures(ctx, Asked(start, end, department_id, channel, agent_id, incidents)))


async def read_all(figures: Figures) -> Metrics:
    """Every figure of a period, by the clock: those in business hours are read where they are asked for.

    The dashboard has no use for them, and reads this once a second.
    """
    # Each is read once: those that take long beside each other, before they are put together.
    await asyncio.gather(
        *(figures.stats(figure) for figure in BASES if figure not in IN_BUSINESS_HOURS.values()),
        *(figures.percentiles(figure, By.DEPARTMENT) for figure in (MetricFigure.WAIT_TIME, MetricFigure.HANDLE_TIME)),
        figures.chats(),
        figures.service_level(),
        figures.occupancy(),
        figures.satisfaction(),
        figures.by_hour(),
    )
    return Metrics(
        start=figures.asked.start,
        end=figures.asked.end,
        offered=await figures.offered(),
        chats=await figures.chats(),
        wait_time=await figures.stats(MetricFigure.WAIT_TIME),
        first_response=await figures.stats(MetricFigure.FIRST_RESPONSE),
        handle_time=await figures.stats(MetricFigure.HANDLE_TIME),
        active_handle_time=await figures.stats(MetricFigure.ACTIVE_HANDLE_TIME),
        resolution=await figures.stats(MetricFigure.RESOLUTION),
        service_level=await figures.service_level(),
        abandonment=await figures.abandonment(),
        occupancy=await figures.occupancy(),
        satisfaction=await figures.satisfaction(),
        by_department=[await _of_department(figures, key) for key in await figures.departments()],
        by_channel=await figures.offered_by_channel(),
        by_hour=await figures.by_hour(),
    )


async def _of_department(figures: Figures, key: uuid.UUID) -> DepartmentMetrics:
    return DepartmentMetrics(
        department_id=key,
        offered=await figures.offered(By.DEPARTMENT, key),
        wait_time=await figures.stats(MetricFigure.WAIT_TIME, By.DEPARTMENT, key),
        handle_time=await figures.stats(MetricFigure.HANDLE_TIME, By.DEPARTMENT, key),
        abandonment=await figures.abandonment(By.DEPARTMENT, key),
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
