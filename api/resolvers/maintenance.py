"""Planned work: while it lasts its points are watched as ever, and nobody is called."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlmodel import col

from api.context import Context
from api.errors import NotFound
from api.models import AccessPoint, Maintenance, MaintenanceOf
from api.models.enums import Permission
from api.resolvers.access import allow
from api.resolvers.audit import record
from api.resolvers.checks import Checks
from api.resolvers.watching import settle
from api.writing import Writing

LONGEST = timedelta(days=31)
MOST_POINTS = 1000


@dataclass(frozen=True)
class PlannedWork:
    """On which points something is done, what, and from when to when."""

    access_point_ids: Sequence[uuid.UUID]
    title: str
    starts_at: datetime
    ends_at: datetime


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
    """Plan work on points; it may have begun already. Raises Invalid, NotFound (a point)."""
    title = _checked(ctx, work)
    ids = sorted(set(work.access_point_ids))
    async with ctx.db.transaction() as tx:
        known = select(col(AccessPoint.id)).where(col(AccessPoint.id).in_(ids)).order_by(col(AccessPoint.id))
        if len((await tx.session.execute(known.with_for_update())).all()) < len(ids):
            raise NotFound("access_point_not_found", field=("accessPointIds",))
        maintenance = Maintenance(title=title, starts_at=work.starts_at, ends_at=work.ends_at, created_at=tx.now)
        tx.session.add(maintenance)
        await tx.session.flush()
        tx.session.add_all([MaintenanceOf(maintenance_id=maintenance.id, access_point_id=id) for id in ids])
        await tx.write(_review)
        after = maintenance.model_dump(mode="json", include={"title", "starts_at", "ends_at"})
        after |= {"access_points": [str(id) for id in ids]}
        record(ctx, tx, action="schedule_maintenance", object=f"maintenance:{maintenance.id}", after=after)
        return maintenance


@allow(Permission.NETWORK_MANAGE)
async def cancel_maintenance(ctx: Context, maintenance_id: uuid.UUID) -> None:
    """Take planned work back, or end what is under way; what happened stays. Raises NotFound."""
    async with ctx.db.transaction() as tx:
        maintenance = await tx.session.get(Maintenance, maintenance_id, with_for_update=True)
        if maintenance is None:
            raise NotFound("maintenance_not_found")
        before = maintenance.model_dump(mode="json", include={"title", "starts_at", "ends_at"})
        await tx.session.execute(delete(MaintenanceOf).where(col(MaintenanceOf.maintenance_id) == maintenance_id))
        await tx.session.delete(maintenance)
        await tx.write(_review)
        record(ctx, tx, action="cancel_maintenance", object=f"maintenance:{maintenance_id}", before=before)


def _review(writing: Writing) -> None:
    """Show at once what the change means for work that is under way."""
    settle(writing, {})


def _checked(ctx: Context, work: PlannedWork) -> str:
    checks = Checks()
    title = checks.text("title", work.title, limit=120)
    checks.number("accessPointIds", len(set(work.access_point_ids)), least=1, most=MOST_POINTS)
    if work.ends_at <= work.starts_at:
        checks.fault("endsAt", "window_backwards")
    else:
        checks.future("endsAt", work.ends_at, "window_over", now=ctx.now())
        checks.duration("endsAt", work.ends_at - work.starts_at, least=timedelta(seconds=1), most=LONGEST)
    checks.done()
    return title
