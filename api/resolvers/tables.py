"""Figures as lines of a table, for spreadsheets."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from sqlalchemy import select
from sqlmodel import col

from api.context import Context
from api.models import Department, User
from api.models.enums import MetricFigure, Permission, Scope
from api.resolvers.access import allow
from api.resolvers.figures import Figures, Satisfaction
from api.resolvers.measures import By, Key
from api.resolvers.periods import Asked


class Lines(StrEnum):
    """What each line of a table is about."""

    DEPARTMENT = "DEPARTMENT"
    AGENT = "AGENT"
    DAY = "DAY"


@dataclass(frozen=True)
class Line:
    """The figures of one department, person or day; None where there is no case, or no such figure."""

    name: str
    offered: int
    handled: int
    wait_time: timedelta | None
    handle_time: timedelta | None
    service_level: float | None = None
    abandonment: float | None = None
    occupancy: float | None = None
    satisfaction: Satisfaction | None = None
    business_wait_time: timedelta | None = None
    business_handle_time: timedelta | None = None


@allow(Permission.METRICS_VIEW, Scope.METRICS_READ)
async def tabulate(ctx: Context, asked: Asked, lines: Lines) -> list[Line]:
    """The figures of a period by department, person or day: the same as everywhere.

    Raises Invalid.
    """
    figures = Figures(ctx, asked)
    if lines is Lines.DAY:
        return await _days(figures)
    by = By.DEPARTMENT if lines is Lines.DEPARTMENT else By.AGENT
    keys = await (figures.departments() if by is By.DEPARTMENT else figures.agents())
    names = await _names(ctx, by, keys)
    return [await _line(figures, by, key, names[key]) for key in keys]


async def _days(figures: Figures) -> list[Line]:
    points = await figures.series(timedelta(days=1))
    zone = figures.ctx.settings.zone
    wanted = (MetricFigure.BUSINESS_WAIT_TIME, MetricFigure.BUSINESS_HANDLE_TIME)
    waits, handled = [await figures.means(figure, timedelta(days=1)) for figure in wanted]
    return [
        Line(
            point.at.astimezone(zone).date().isoformat(),
            point.offered,
            point.handled,
            point.wait_time,
            point.handle_time,
            business_wait_time=waits.get(point.at),
            business_handle_time=handled.get(point.at),
        )
        for point in points
    ]


async def _line(figures: Figures, by: By, key: Key, name: str) -> Line:
    return Line(
        name=name,
        offered=await figures.offered(by, key),
        handled=await figures.count(MetricFigure.HANDLE_TIME, by, key),
        wait_time=await figures.mean(MetricFigure.WAIT_TIME, by, key),
        handle_time=await figures.mean(MetricFigure.HANDLE_TIME, by, key),
        service_level=await figures.service_level(by, key),
        abandonment=await figures.abandonment(by, key) if by is By.DEPARTMENT else None,
        occupancy=await figures.occupancy(key) if by is By.AGENT else None,
        satisfaction=await figures.satisfaction(by, key),
        business_wait_time=await figures.mean(MetricFigure.BUSINESS_WAIT_TIME, by, key),
        business_handle_time=await figures.mean(MetricFigure.BUSINESS_HANDLE_TIME, by, key),
    )


async def _names(ctx: Context, by: By, keys: list[Key]) -> dict[Key, str]:
    table = Department if by is By.DEPARTMENT else User
    query = select(col(table.id), col(table.name)).where(col(table.id).in_(keys))
    async with ctx.db.read() as session:
        return {key: name for key, name in await session.execute(query)}
