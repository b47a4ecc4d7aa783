"""Planned work: while it lasts its points are watched as ever, and nobody is called."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import delete, select
from sqlmodel import col

from api.context import Context
from api.errors import NotFound
from api.models import AccessPoint, Maintenance, MaintenanceOf
from api.models.base import new_id
from api.models.enums import Permission
from api.resolvers.access import allow
from api.resolvers.audit import record
from api.resolvers.checks import Checks
from api.resolvers.watching import settle
from api.writing import Writing

LONGEST = timedelta(days=31)
FURTHEST = timedelta(days=3652)
"""From now to a beginning: further on, the calendar that times are counted in has an end."""
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


@allow(Permission.NETWORK_MANAGE)
async def schedule_maintenance(ctx: Context, work: PlannedWork) -> Maintenance:
    """Plan work on points; it may have begun already. Returns the first time. Raises Invalid, NotFound (a point)."""
    title = _checked(ctx, work)
    ids = sorted(set(work.access_point_ids))
    async with ctx.db.transaction() as tx:
        known = select(col(AccessPoint.id)).where(col(AccessPoint.id).in_(ids)).order_by(col(AccessPoint.id))
        if len((await tx.session.execute(known.with_for_update())).all()) < len(ids):
            raise NotFound("access_point_not_found", field=("accessPointIds",))
        series_id = new_id() if work.weeks > 1 else None
        times = [
            Maintenance(title=title, starts_at=start, ends_at=end, created_at=tx.now, series_id=series_id)
            for start, end in windows(work, ctx.settings.zone)
        ]
        tx.session.add_all(times)
        await tx.session.flush()
        tx.session.add_all([MaintenanceOf(maintenance_id=one.id, access_point_id=id) for one in times for id in ids])
        await tx.write(_review)
        maintenance = times[0]
        after = maintenance.model_dump(mode="json", include={"title", "starts_at", "ends_at"})
        after |= {"access_points": [str(id) for id in ids]} | ({"weeks": work.weeks} if series_id else {})
        record(ctx, tx, action="schedule_maintenance", object=f"maintenance:{maintenance.id}", after=after)
        return maintenance


@allow(Permission.NETWORK_MANAGE)
async def cancel_maintenance(ctx: Context, maintenance_id: uuid.UUID, *, following: bool = False) -> None:
    """Take planned work back, or end what is under way; of weekly work, all `following` times too. What happened stays.

    Raises NotFound.
    """
    async with ctx.db.transaction() as tx:
        maintenance = await tx.session.get(Maintenance, maintenance_id, with_for_update=True)
        if maintenance is None:
            raise NotFound("maintenance_not_found")
        before = maintenance.model_dump(mode="json", include={"title", "starts_at", "ends_at"})
        gone = [maintenance_id]
        if following and maintenance.series_id is not None:
            later = col(Maintenance.starts_at) >= maintenance.starts_at
            query = select(col(Maintenance.id)).where(col(Maintenance.series_id) == maintenance.series_id, later)
            gone = list((await tx.session.execute(query)).scalars())
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


def _review(writing: Writing) -> None:
    """Show at once what the change means for work that is under way."""
    settle(writing, {})


def _checked(ctx: Context, work: PlannedWork) -> str:
    checks = Checks()
    # Weekly work that lasts longer than a week would never end.
    longest = LONGEST if work.weeks == 1 else _WEEK
    title = checks.text("title", work.title, limit=120)
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
    return title
