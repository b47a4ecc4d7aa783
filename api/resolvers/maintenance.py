"""Planned work: while it lasts its points are watched as ever, and nobody is called.

Customers are told of it where somebody says so, each time for itself, from `ANNOUNCED` before it begins until it ends.
"""

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Row, Select, and_, delete, select, update
from sqlmodel import col

from api.context import Context
from api.db import Transaction
from api.errors import Conflict, NotFound
from api.models import Maintenance, MaintenanceOf
from api.models.base import new_id
from api.models.enums import IncidentAudience, Permission
from api.resolvers.access import allow
from api.resolvers.audit import record
from api.resolvers.checks import Checks
from api.resolvers.tree import lines_up
from api.resolvers.watching import hold, in_maintenance, settle
from api.writing import Writing

LONGEST = timedelta(days=31)
FURTHEST = timedelta(days=3652)
"""From now to a beginning: further on, the calendar that times are counted in has an end."""
ANNOUNCED = timedelta(hours=72)
"""How long before it begins customers are told: in time for a weekend, and not so early that nobody remembers."""
MESSAGE_LIMIT = 1000
MOST_POINTS = 1000
MOST_WEEKS = 52
_WEEK = timedelta(days=7)


@dataclass(frozen=True)
class PlannedWork:
    """On which points something is done, what, and from when to when."""

    access_point_ids: Sequence[uuid.UUID]
    title: str
    starts_at: datetime
    ends_at: datetime
    weeks: int = 1
    """How many times, each a week after the last, at the same time of day in the deployment's zone."""
    audience: IncidentAudience | None = None
    """Which customers are told; nobody without it."""
    message: str = ""
    """What they are told: needed where somebody is."""


@dataclass(frozen=True)
class WorkWords:
    """What is done, which customers are told of it, and in what words."""

    title: str
    audience: IncidentAudience | None = None
    message: str = ""


@allow(Permission.NETWORK_VIEW)
async def maintenance_of(ctx: Context, ids: list[uuid.UUID]) -> dict[uuid.UUID, list[Maintenance]]:
    """The work on each of these points that is planned or under way, the next first."""
    query = (
        select(Maintenance, col(MaintenanceOf.access_point_id))
        .join(MaintenanceOf, col(MaintenanceOf.maintenance_id) == col(Maintenance.id))
        .where(col(MaintenanceOf.access_point_id).in_(ids), col(Maintenance.ends_at) > ctx.now())
        .order_by(col(Maintenance.starts_at), col(Maintenance.id))
    )
    found: dict[uuid.UUID, list[Maintenance]] = {id: [] for id in ids}
    async with ctx.db.read() as session:
        for maintenance, point_id in (await session.execute(query)).all():
            found[point_id].append(maintenance)
    return found


@allow(Permission.NETWORK_VIEW)
async def upcoming_maintenance(ctx: Context, ids: list[uuid.UUID]) -> dict[uuid.UUID, list[Maintenance]]:
    """The work on each of these points, or on what it hangs on, that is near or under way, the next first."""
    found: dict[uuid.UUID, list[Maintenance]] = {id: [] for id in ids}
    async with ctx.db.read() as session:
        for point_id, maintenance in (await session.execute(work_upon(ids, ctx.now()))).all():
            found[point_id].append(maintenance)
    return found


def work_upon(ids: Collection[uuid.UUID], now: datetime) -> Select[uuid.UUID, Maintenance]:
    """Each of these points with the work on it, or on what it hangs on, that is near or under way, the next first."""
    line = lines_up(ids)
    # Work on a point and on its parent at once is one work.
    theirs = select(line.c.point_id, col(MaintenanceOf.maintenance_id).label("work_id")).distinct()
    work = theirs.join(MaintenanceOf, col(MaintenanceOf.access_point_id) == line.c.above_id).subquery()
    query = select(work.c.point_id, Maintenance).join(work, work.c.work_id == col(Maintenance.id))
    return query.where(near(now)).order_by(col(Maintenance.starts_at), col(Maintenance.id))


def near(now: datetime) -> ColumnElement[bool]:
    """What is under way, or begins so soon that customers are told."""
    return and_(col(Maintenance.starts_at) <= now + ANNOUNCED, col(Maintenance.ends_at) > now)


@allow(Permission.NETWORK_MANAGE)
async def schedule_maintenance(ctx: Context, work: PlannedWork) -> Maintenance:
    """Plan work on points; it may have begun already. Returns the first time. Raises Invalid, NotFound (a point)."""
    words = _checked(ctx, work)
    ids = sorted(set(work.access_point_ids))
    async with ctx.db.transaction() as tx:
        if not {*ids} <= {point.id for point in await tx.write(lambda writing: _held(writing, ids))}:
            raise NotFound("access_point_not_found", field=("accessPointIds",))
        series_id = new_id() if work.weeks > 1 else None
        times = [
            Maintenance(**vars(words), starts_at=start, ends_at=end, created_at=tx.now, series_id=series_id)
            for start, end in windows(work, ctx.settings.zone)
        ]
        tx.session.add_all(times)
        await tx.session.flush()
        tx.session.add_all([MaintenanceOf(maintenance_id=one.id, access_point_id=id) for one in times for id in ids])
        await tx.write(_review)
        maintenance = times[0]
        after = _described(maintenance)
        after |= {"access_points": [str(id) for id in ids]} | ({"weeks": work.weeks} if series_id else {})
        record(ctx, tx, action="schedule_maintenance", object=f"maintenance:{maintenance.id}", after=after)
        return maintenance


@allow(Permission.NETWORK_MANAGE)
async def update_maintenance(
    ctx: Context, maintenance_id: uuid.UUID, words: WorkWords, *, following: bool = False
) -> Maintenance:
    """Say anew what is done and what customers are told; of weekly work, of all `following` times too. Times stay.

    Raises Invalid, NotFound, Conflict (over).
    """
    checks = Checks()
    words = _worded(checks, words)
    checks.done()
    async with ctx.db.transaction() as tx:
        maintenance = await _access(tx, maintenance_id)
        if maintenance.ends_at <= tx.now:
            raise Conflict("maintenance_over")
        ids = await _times(tx, maintenance, following=following)
        before = _described(maintenance)
        await tx.session.execute(update(Maintenance).where(col(Maintenance.id).in_(ids)).values(**vars(words)))
        await tx.session.refresh(maintenance)
        weeks = {"weeks": len(ids)} if following and maintenance.series_id is not None else {}
        after = _described(maintenance)
        record(
            ctx,
            tx,
            action="update_maintenance",
            object=f"maintenance:{maintenance_id}",
            before=before,
            after=after | weeks,
        )
        return maintenance


@allow(Permission.NETWORK_MANAGE)
async def cancel_maintenance(ctx: Context, maintenance_id: uuid.UUID, *, following: bool = False) -> None:
    """Take planned work back, or end what is under way; of weekly work, all `following` times too. What happened stays.

    Raises NotFound.
    """
    async with ctx.db.transaction() as tx:
        maintenance = await _access(tx, maintenance_id)
        before = _described(maintenance)
        gone = await _times(tx, maintenance, following=following)
        if following and maintenance.series_id is not None:
            before["weeks"] = len(gone)
        await tx.session.execute(delete(MaintenanceOf).where(col(MaintenanceOf.maintenance_id).in_(gone)))
        await tx.session.execute(delete(Maintenance).where(col(Maintenance.id).in_(gone)))
        await tx.write(_review)
        record(ctx, tx, action="cancel_maintenance", object=f"maintenance:{maintenance_id}", before=before)


def windows(work: PlannedWork, zone: ZoneInfo) -> list[tuple[datetime, datetime]]:
    """When the work is done: each time as long as the first, at the same time of day, whatever clocks do between."""
    first, length = work.starts_at.astimezone(zone).replace(tzinfo=None), work.ends_at - work.starts_at
    later = [(first + _WEEK * week).replace(tzinfo=zone).astimezone(UTC) for week in range(1, work.weeks)]
    return [(start, start + length) for start in (work.starts_at, *later)]


def _held(writing: Writing, ids: Sequence[uuid.UUID]) -> Sequence[Row[Any]]:
    """Lock the points of new work together with all that `_review` takes after it."""
    return hold(writing, [*ids, *in_maintenance(writing.connection, writing.now)])


def _review(writing: Writing) -> None:
    """Show at once what the change means for work that is under way."""
    settle(writing, {})


async def _access(tx: Transaction, maintenance_id: uuid.UUID) -> Maintenance:
    """Planned work, held until the end of the transaction. Raises NotFound."""
    maintenance = await tx.session.get(Maintenance, maintenance_id, with_for_update=True)
    if maintenance is None:
        raise NotFound("maintenance_not_found")
    return maintenance


async def _times(tx: Transaction, maintenance: Maintenance, *, following: bool) -> list[uuid.UUID]:
    """The one time, or with `following` all of its series from then on."""
    if not following or maintenance.series_id is None:
        return [maintenance.id]
    later = col(Maintenance.starts_at) >= maintenance.starts_at
    query = select(col(Maintenance.id)).where(col(Maintenance.series_id) == maintenance.series_id, later)
    return list((await tx.session.execute(query)).scalars())


def _described(maintenance: Maintenance) -> dict[str, Any]:
    """What an audit entry says of planned work."""
    return maintenance.model_dump(mode="json", include={"title", "starts_at", "ends_at", "audience", "message"})


def _worded(checks: Checks, words: WorkWords) -> WorkWords:
    title = checks.text("title", words.title, limit=120)
    message = checks.prose("message", words.message, limit=MESSAGE_LIMIT, required=words.audience is not None)
    return WorkWords(title, words.audience, message)


def _checked(ctx: Context, work: PlannedWork) -> WorkWords:
    checks = Checks()
    # Weekly work that lasts longer than a week would never end.
    longest = LONGEST if work.weeks == 1 else _WEEK
    words = _worded(checks, WorkWords(work.title, work.audience, work.message))
    checks.number("accessPointIds", len(set(work.access_point_ids)), least=1, most=MOST_POINTS)
    checks.number("weeks", work.weeks, least=1, most=MOST_WEEKS)
    if work.starts_at > ctx.now() + FURTHEST:
        checks.fault("startsAt", "window_too_far")
    elif work.ends_at <= work.starts_at:
        checks.fault("endsAt", "window_backwards")
    else:
        checks.future("endsAt", work.ends_at, "window_over", now=ctx.now())
        checks.duration("endsAt", work.ends_at - work.starts_at, least=timedelta(seconds=1), most=longest)
    checks.done()
    return words
