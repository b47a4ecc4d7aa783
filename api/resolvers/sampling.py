"""What is kept of results: each for a while, then every hour's means."""

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import BigInteger, Integer, case, cast, delete, func, insert, literal, select
from sqlmodel import col

from api.context import Context
from api.models import (
    AccessPoint,
    AccessPointHour,
    AccessPointSample,
    AccessPointSpan,
    Maintenance,
    MaintenanceOf,
    Outage,
)
from api.models.base import UtcDateTime
from api.resolvers.access import Who, allow
from api.writing import Writing

_HOUR = timedelta(hours=1)
_POINTS = 100
"""Points whose past is forgotten in one transaction."""


@allow(Who.SYSTEM)
async def prune_samples(ctx: Context) -> int:
    """Put the means of each hour that is older than the retention in place of its results. Returns how many hours."""
    oldest = ctx.now() - ctx.settings.sample_retention
    horizon, hours = oldest.replace(minute=0, second=0, microsecond=0), 0
    while await ctx.db.write(lambda writing: _roll_up_next(writing, horizon)):
        hours += 1
    return hours


@allow(Who.SYSTEM)
async def prune_network(ctx: Context) -> int:
    """Forget hours' means, ended outages and stretches, and planned work, each past its retention. Returns how many.

    What goes on is kept, however long ago it began.
    """
    hours, outages = ctx.now() - ctx.settings.hour_retention, ctx.now() - ctx.settings.outage_retention
    forgotten = await ctx.db.write(lambda writing: _forget_work(writing, outages))
    async with ctx.db.read() as session:
        ids = list((await session.execute(select(col(AccessPoint.id)).order_by(col(AccessPoint.id)))).scalars())
    for first in range(0, len(ids), _POINTS):
        some = ids[first : first + _POINTS]
        forgotten += await ctx.db.write(lambda writing, some=some: _forget_past(writing, some, hours, outages))
    return forgotten


def _forget_past(writing: Writing, ids: Sequence[uuid.UUID], hours: datetime, outages: datetime) -> int:
    """By their points, as all three tables are indexed: none is read through for what is old in it."""
    gone = 0
    for point_id in ids:
        for statement in (
            delete(AccessPointHour).where(
                col(AccessPointHour.access_point_id) == point_id, col(AccessPointHour.at) < hours
            ),
            delete(AccessPointSpan).where(
                col(AccessPointSpan.access_point_id) == point_id,
                col(AccessPointSpan.started_at) < outages,
                col(AccessPointSpan.ended_at) < outages,
            ),
            delete(Outage).where(col(Outage.access_point_id) == point_id, col(Outage.ended_at) < outages),
        ):
            gone += writing.connection.execute(statement).rowcount
    return gone


def _forget_work(writing: Writing, horizon: datetime) -> int:
    over = select(col(Maintenance.id)).where(col(Maintenance.ends_at) < horizon)
    writing.connection.execute(delete(MaintenanceOf).where(col(MaintenanceOf.maintenance_id).in_(over)))
    return writing.connection.execute(delete(Maintenance).where(col(Maintenance.ends_at) < horizon)).rowcount


def _roll_up_next(writing: Writing, horizon: datetime) -> bool:
    """One hour in one transaction, so that none is ever lacking or there twice; False when all are done."""
    first = select(func.min(col(AccessPointSample.at), type_=UtcDateTime))
    oldest = writing.connection.execute(first).scalar_one()
    if oldest is None or oldest >= horizon:
        return False
    hour = oldest.replace(minute=0, second=0, microsecond=0)
    within = (col(AccessPointSample.at) >= hour, col(AccessPointSample.at) < hour + _HOUR)
    means = (
        col(AccessPointSample.access_point_id),
        literal(hour, UtcDateTime),
        func.count(col(AccessPointSample.up)),
        func.sum(case((col(AccessPointSample.up).is_(True), 1), else_=0)),
        cast(func.avg(cast(col(AccessPointSample.latency), BigInteger)), BigInteger),
        cast(func.avg(col(AccessPointSample.users)), Integer),
        func.avg(col(AccessPointSample.cpu)),
        func.avg(col(AccessPointSample.memory)),
    )
    query = select(*means).where(*within).group_by(col(AccessPointSample.access_point_id))
    names = ["access_point_id", "at", "known", "ups", "latency", "users", "cpu", "memory"]
    writing.connection.execute(insert(AccessPointHour).from_select(names, query))
    writing.connection.execute(delete(AccessPointSample).where(*within))
    return True
