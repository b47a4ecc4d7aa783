"""The network over time: how well each point has worked."""

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Select, case, cast, func, literal, or_, select
from sqlmodel import col

from api.context import Context
from api.errors import Invalid
from api.events import NETWORK
from api.models import AccessPointHour, AccessPointSample, AccessPointSpan, Outage
from api.models.enums import AccessPointStatus, Permission
from api.resolvers.access import allow
from api.resolvers.pages import Order, Page, PageRequest, paginate
from api.resolvers.periods import MOST_POINTS, Asked

RECENT, RECENT_STEP = 12, timedelta(minutes=5)
"""An hour, as a line of a few pixels shows it."""

newest_outage_first: Order[Outage] = Order(
    columns=(col(Outage.id),), place=lambda outage: (outage.id,), descending=True
)


@dataclass(frozen=True)
class Sample:
    """What the checks of a stretch of time found, together."""

    at: datetime
    up: bool | None
    """False when any failed, None when nobody could tell."""
    latency: timedelta | None
    loss: float | None
    """Failed / known."""
    users: int | None
    cpu: float | None
    memory: float | None


@allow(Permission.NETWORK_VIEW)
async def network_head(ctx: Context) -> int:
    """Where the network's stream stands, for who may follow it."""
    return (await ctx.db.heads([NETWORK])).get(NETWORK, 0)


@allow(Permission.NETWORK_VIEW)
async def availability(ctx: Context, point_id: uuid.UUID, start: datetime, end: datetime) -> float | None:
    """up / (period - maintenance - unknown), of the part of the period that is over; None where nothing is known.

    Raises Invalid.
    """
    Asked(start, end)
    async with ctx.db.read() as session:
        spans = list((await session.execute(_spans(point_id, start, end))).scalars())
    return share_up(spans, start, min(end, ctx.now()))


@dataclass(frozen=True)
class Stretch:
    """A part of a period, and the share of it in which a point worked; None where nothing is known."""

    at: datetime
    share: float | None


@allow(Permission.NETWORK_VIEW)
async def availability_of_parts(
    ctx: Context, point_id: uuid.UUID, start: datetime, end: datetime, *, parts: int = 30
) -> list[Stretch]:
    """The same of each of so many parts of equal length, oldest first. Raises Invalid."""
    Asked(start, end)
    if not 1 <= parts <= MOST_POINTS:
        raise Invalid("bad_number", field=("parts",), least=1, most=MOST_POINTS)
    async with ctx.db.read() as session:
        spans = list((await session.execute(_spans(point_id, start, end))).scalars())
    step, now = (end - start) / parts, ctx.now()
    begins = [start + step * number for number in range(parts)]
    return [Stretch(begin, share_up(spans, begin, min(begin + step, now))) for begin in begins]


@allow(Permission.NETWORK_VIEW)
async def recent_latencies(ctx: Context, ids: list[uuid.UUID]) -> dict[uuid.UUID, list[timedelta | None]]:
    """Each point's mean latency in each of the latest twelve stretches of five minutes, oldest first."""
    begins = [ctx.now() - RECENT_STEP * number for number in range(RECENT, 0, -1)]
    at = col(AccessPointSample.at)
    number: ColumnElement[int] = sum((case((at >= begin, 1), else_=0) for begin in begins[1:]), literal(0))
    mean_latency = cast(func.avg(cast(col(AccessPointSample.latency), BigInteger)), BigInteger)
    query = (
        select(col(AccessPointSample.access_point_id), number, mean_latency)
        .where(col(AccessPointSample.access_point_id).in_(ids), at >= begins[0])
        .group_by(col(AccessPointSample.access_point_id), number)
    )
    found: dict[uuid.UUID, list[timedelta | None]] = {id: [None] * RECENT for id in ids}
    async with ctx.db.read() as session:
        for id, place, latency in (await session.execute(query)).all():
            found[id][place] = None if latency is None else timedelta(milliseconds=latency)
    return found


def _spans(point_id: uuid.UUID, start: datetime, end: datetime) -> Select[AccessPointSpan]:
    return select(AccessPointSpan).where(
        col(AccessPointSpan.access_point_id) == point_id,
        col(AccessPointSpan.started_at) < end,
        or_(col(AccessPointSpan.ended_at).is_(None), col(AccessPointSpan.ended_at) > start),
    )


def share_up(spans: Iterable[AccessPointSpan], start: datetime, end: datetime) -> float | None:
    """The share of known, unplanned time in which a point worked, slowly or not."""
    up = known = timedelta()
    for span in spans:
        length = min(span.ended_at or end, end) - max(span.started_at, start)
        if length <= timedelta() or span.status in (AccessPointStatus.UNKNOWN, AccessPointStatus.MAINTENANCE):
            continue
        known += length
        up += length if span.status is not AccessPointStatus.OFFLINE else timedelta()
    return up / known if known else None


@allow(Permission.NETWORK_VIEW)
async def outages_of(ctx: Context, point_id: uuid.UUID, page: PageRequest) -> Page[Outage]:
    """A point's outages, newest first."""
    query = select(Outage).where(col(Outage.access_point_id) == point_id)
    async with ctx.db.read() as session:
        return await paginate(session, query, newest_outage_first, page)


@allow(Permission.NETWORK_VIEW)
async def count_outages(ctx: Context, point_id: uuid.UUID) -> int:
    """How many outages a point has had."""
    query = select(func.count()).where(col(Outage.access_point_id) == point_id)
    async with ctx.db.read() as session:
        return (await session.execute(query)).scalar_one()


@allow(Permission.NETWORK_VIEW)
async def outages_by_id(ctx: Context, ids: list[uuid.UUID]) -> dict[uuid.UUID, Outage]:
    """Outages by their ids."""
    async with ctx.db.read() as session:
        rows = await session.execute(select(Outage).where(col(Outage.id).in_(ids)))
        return {outage.id: outage for outage in rows.scalars()}


@allow(Permission.NETWORK_VIEW)
async def samples_of(
    ctx: Context, point_id: uuid.UUID, start: datetime, end: datetime, *, points: int = 120
) -> list[Sample]:
    """What a point's checks found, in at most so many stretches of equal length; those without a check are left out.

    Of what is older than the retention an hour is the shortest stretch there is. Raises Invalid.
    """
    Asked(start, end)
    if not 1 <= points <= MOST_POINTS:
        raise Invalid("bad_number", field=("points",), least=1, most=MOST_POINTS)
    step = max((end - start) / points, timedelta(seconds=1))
    kept: dict[int, list[Any]] = {}
    async with ctx.db.read() as session:
        for table in (AccessPointHour, AccessPointSample):
            when = col(table.at)
            query = select(table).where(col(table.access_point_id) == point_id, when >= start, when < end)
            for row in (await session.execute(query.order_by(when))).scalars():
                kept.setdefault((row.at - start) // step, []).append(row)
    return [together(start + number * step, rows) for number, rows in sorted(kept.items())]


def together(at: datetime, rows: Sequence[AccessPointSample | AccessPointHour]) -> Sample:
    """Several rows as one: means of what was told, and the share that failed."""
    known = ups = 0
    for row in rows:
        if isinstance(row, AccessPointHour):
            known, ups = known + row.known, ups + row.ups
        elif row.up is not None:
            known, ups = known + 1, ups + row.up
    users = mean([row.users for row in rows])
    latency = mean([row.latency / timedelta(milliseconds=1) if row.latency is not None else None for row in rows])
    return Sample(
        at=at,
        up=ups == known if known else None,
        latency=None if latency is None else timedelta(milliseconds=latency),
        loss=1 - ups / known if known else None,
        users=None if users is None else round(users),
        cpu=mean([row.cpu for row in rows]),
        memory=mean([row.memory for row in rows]),
    )


def mean(values: Sequence[float | None]) -> float | None:
    """The mean of what is there."""
    there = [value for value in values if value is not None]
    return sum(there) / len(there) if there else None
