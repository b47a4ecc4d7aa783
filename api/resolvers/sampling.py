"""What is kept of results: each for a while, then every hour's means."""

from datetime import datetime, timedelta

from sqlalchemy import BigInteger, Integer, case, cast, delete, func, insert, literal, select
from sqlmodel import col

from api.context import Context
from api.models import AccessPointHour, AccessPointSample
from api.models.base import UtcDateTime
from api.resolvers.access import Who, allow
from api.writing import Writing

_HOUR = timedelta(hours=1)


@allow(Who.SYSTEM)
async def prune_samples(ctx: Context) -> int:
    """Put the means of each hour that is older than the retention in place of its results. Returns how many hours."""
    oldest = ctx.now() - ctx.settings.sample_retention
    horizon, hours = oldest.replace(minute=0, second=0, microsecond=0), 0
    while await ctx.db.write(lambda writing: _roll_up_next(writing, horizon)):
        hours += 1
    return hours


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
