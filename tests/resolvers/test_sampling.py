"""How long the past of the network is kept."""

from datetime import timedelta
from typing import Any

from sqlalchemy import func, insert, select

from api.models import AccessPointHour, AccessPointSpan, Maintenance, MaintenanceOf, Outage
from api.resolvers.maintenance import PlannedWork, schedule_maintenance
from api.resolvers.sampling import prune_network
from tests.network import Network
from tests.people import Desk

DAY = timedelta(days=1)


async def count(desk: Desk, table: Any) -> int:
    async with desk.db.read() as session:
        return (await session.execute(select(func.count()).select_from(table))).scalar_one()


async def test_outages_and_planned_work_are_kept_five_years_after_their_end_and_hours_400_days(desk: Desk) -> None:
    network = await Network.of(desk)
    begun = desk.clock.now
    point, quiet = await network.point("Torre"), await network.point("Outra")
    work = PlannedWork([quiet.id], "Troca", begun, begun + timedelta(hours=1))
    await schedule_maintenance(network.boss, work)
    network.prober.down.add("Torre")
    await network.round(3)
    network.prober.down.clear()
    await network.round(70)
    ended = desk.clock.now
    # Down again, for years.
    network.prober.down.add("Torre")
    await network.round(3)
    async with desk.db.transaction() as tx:
        hour = {"access_point_id": point.id, "known": 60, "ups": 60}
        await tx.session.execute(insert(AccessPointHour), [hour | {"at": begun}, hour | {"at": begun + 2 * DAY}])
    assert await count(desk, AccessPointSpan) == 6

    desk.clock.now = begun + 400 * DAY
    assert await prune_network(desk.system) == 0
    desk.clock.now = begun + 401 * DAY
    assert await prune_network(desk.system) == 1
    assert await count(desk, AccessPointHour) == 1
    desk.clock.now = ended + 5 * 365 * DAY + DAY
    assert await prune_network(desk.system) == 1 + 1 + 2 + 2 + 1
    assert await prune_network(desk.system) == 0
    for table, left in ((Maintenance, 0), (MaintenanceOf, 0), (AccessPointHour, 0), (Outage, 1), (AccessPointSpan, 2)):
        assert await count(desk, table) == left, table
