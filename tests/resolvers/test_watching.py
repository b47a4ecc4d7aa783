"""From results to facts: outages and who is told of them, dead parents, planned work, a lost uplink."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select
from sqlmodel import col

from api.errors import Invalid
from api.events import NETWORK, AccessPointChanged, OutageEnded, OutageOpened
from api.models import AccessPoint, Notification, Outage
from api.models.enums import CheckKind, NotificationKind
from api.resolvers.access_points import Telemetry, report_access_point
from api.resolvers.maintenance import PlannedWork, cancel_maintenance, maintenance_of, schedule_maintenance, windows
from api.resolvers.network import availability, outages_of
from api.resolvers.notifications import in_words
from api.resolvers.pages import PageRequest
from api.resolvers.tree import NetworkSummary, network_summary
from api.texts import Locale
from tests.network import Network
from tests.people import Desk

HOUR = timedelta(hours=1)
DOWN, BACK = NotificationKind.ACCESS_POINT_DOWN, NotificationKind.ACCESS_POINT_BACK


async def told(desk: Desk) -> list[tuple[NotificationKind, str]]:
    async with desk.db.read() as session:
        rows = await session.execute(select(Notification).order_by(col(Notification.id)))
        return [(row.kind, row.values["name"]) for row in rows.scalars()]


async def outages(network: Network, point: AccessPoint) -> list[Outage]:
    return (await outages_of(network.boss, point.id, PageRequest())).rows


async def plan(network: Network, *points: AccessPoint, begins: int = 0, minutes: int = 10) -> Any:
    start = network.desk.clock.now + timedelta(minutes=begins)
    work = PlannedWork([point.id for point in points], "Troca de fonte", start, start + timedelta(minutes=minutes))
    return await schedule_maintenance(network.boss, work)


async def test_an_outage_is_opened_told_ended_with_its_length_and_told_again(desk: Desk) -> None:
    network = await Network.of(desk)
    point = await network.point()
    await network.round()
    network.prober.down.add("Torre")
    await network.round(2)
    assert (await network.status(point), await told(desk)) == ("ONLINE", [])
    await network.round()
    began = desk.clock.now
    assert (await network.status(point), (await network.now(point)).since) == ("OFFLINE", began)
    assert await told(desk) == [(DOWN, "Torre")]
    [outage] = await outages(network, point)
    assert (outage.started_at, outage.ended_at, outage.reason) == (began, None, "timeout")

    network.prober.down.clear()
    await network.round()
    assert await network.status(point) == "OFFLINE"
    await network.round()
    assert await network.status(point) == "ONLINE"
    [outage] = await outages(network, point)
    assert outage.ended_at is not None
    assert outage.ended_at - outage.started_at == timedelta(seconds=128)
    assert await told(desk) == [(DOWN, "Torre"), (BACK, "Torre")]
    events = await desk.events(NETWORK)
    assert events[-4:] == [
        AccessPointChanged(point.id, previous="ONLINE"),  # type: ignore[arg-type] - as stored
        OutageOpened(point.id, outage_id=outage.id),
        AccessPointChanged(point.id, previous="OFFLINE"),  # type: ignore[arg-type] - as stored
        OutageEnded(point.id, outage_id=outage.id),
    ]


async def test_the_sentences_say_what_happened(desk: Desk) -> None:
    network = await Network.of(desk)
    point = await network.point()
    network.prober.down.add("Torre")
    await network.round(3)
    network.prober.down.clear()
    await network.round(2)
    async with desk.db.read() as session:
        rows = list((await session.execute(select(Notification).order_by(col(Notification.id)))).scalars())
    said = [in_words(row, Locale.PT_BR) for row in rows]
    assert [(words.title, words.body, words.link) for words in said] == [
        ("Torre está fora do ar.", "As últimas 3 checagens falharam.", f"/admin/rede/{point.id}"),
        ("Torre voltou.", "Ficou fora do ar por 2 min.", f"/admin/rede/{point.id}"),
    ]


async def test_children_of_a_dead_parent_are_down_and_nobody_is_called_for_them(desk: Desk) -> None:
    network = await Network.of(desk)
    root = await network.point("Raiz", fail_after=5)
    middle = await network.point("Meio", parent=root)
    leaf = await network.point("Folha", parent=middle)
    await network.round()
    network.prober.down |= {"Raiz", "Meio", "Folha"}
    # The children are found to be down before their parent is, which takes longer.
    await network.round(3)
    assert [await network.status(point) for point in (root, middle, leaf)] == ["ONLINE", "OFFLINE", "OFFLINE"]
    assert await told(desk) == []
    await network.round(2)
    assert await told(desk) == [(DOWN, "Raiz")]
    # The parent works again, one child with it; the other was down for a reason of its own.
    network.prober.down -= {"Raiz", "Folha"}
    await network.round(2)
    assert [await network.status(point) for point in (root, middle, leaf)] == ["ONLINE", "OFFLINE", "ONLINE"]
    assert await told(desk) == [(DOWN, "Raiz"), (BACK, "Raiz"), (DOWN, "Meio")]


async def test_planned_work_is_shown_and_watched_and_calls_nobody_until_it_is_over(desk: Desk) -> None:
    network = await Network.of(desk)
    point = await network.point()
    other = await network.point("Outra")
    await network.round()
    await plan(network, point, begins=1, minutes=10)
    assert await network.status(point) == "ONLINE"
    network.prober.down.add("Torre")
    await network.round(4)
    assert [await network.status(one) for one in (point, other)] == ["MAINTENANCE", "ONLINE"]
    assert ([outage.ended_at for outage in await outages(network, point)], await told(desk)) == ([None], [])
    desk.clock.advance(minutes=8)
    await network.round()
    assert (await network.status(point), await told(desk)) == ("OFFLINE", [(DOWN, "Torre")])
    assert (await maintenance_of(network.boss, [point.id]))[point.id] == []


async def test_who_reports_and_who_plans_hold_no_point_while_they_wait_for_one_that_is_worked_on(desk: Desk) -> None:
    """All take points in one order: who held a later one while waiting for an earlier one would stop a round."""
    network = await Network.of(desk)
    points = [await network.point(f"p{number}", kind=CheckKind.HEARTBEAT, port=None) for number in range(3)]
    under, device, next_one = sorted(points, key=lambda point: point.id)
    await plan(network, under)
    for act in (report_access_point(network.boss, device.id, Telemetry()), plan(network, next_one)):
        async with desk.db.transaction() as tx:
            await tx.session.execute(held(under))
            acting = asyncio.ensure_future(act)
            # On SQLite it waits for who writes.
            done, _ = await asyncio.wait({acting}, timeout=0.5)
            assert not done
            # At once, or not at all: who really waited here would be stopped, or stop the other, in a ring.
            for point in (device, next_one):
                await tx.session.execute(held(point))
        await acting
    shown = [await network.status(point) for point in (under, device, next_one)]
    assert shown == ["MAINTENANCE", "ONLINE", "MAINTENANCE"]


def held(point: AccessPoint) -> Any:
    return select(col(AccessPoint.id)).where(col(AccessPoint.id) == point.id).with_for_update(nowait=True)


async def test_work_that_ends_well_was_never_an_alarm(desk: Desk) -> None:
    network = await Network.of(desk)
    point = await network.point()
    await network.round()
    planned = await plan(network, point)
    assert await network.status(point) == "MAINTENANCE"
    assert [one.id for one in (await maintenance_of(network.boss, [point.id]))[point.id]] == [planned.id]
    network.prober.down.add("Torre")
    await network.round(3)
    network.prober.down.clear()
    await network.round(2)
    assert len(await outages(network, point)) == 1
    await cancel_maintenance(network.boss, planned.id)
    assert (await network.status(point), await told(desk)) == ("ONLINE", [])


async def test_without_our_own_uplink_nothing_is_known_and_nothing_ends(desk: Desk) -> None:
    network = await Network.of(desk)
    up, down = await network.point("Boa"), await network.point("Ruim")
    network.prober.down.add("Ruim")
    await network.round(3)
    network.prober.down.add("Boa")
    network.prober.uplink = False
    await network.round(5)
    assert [await network.status(point) for point in (up, down)] == ["UNKNOWN", "UNKNOWN"]
    network.prober.uplink = True
    network.prober.down.discard("Boa")
    await network.round()
    assert [await network.status(point) for point in (up, down)] == ["ONLINE", "OFFLINE"]
    assert await told(desk) == [(DOWN, "Ruim")]
    assert [len(await outages(network, point)) for point in (up, down)] == [0, 1]


async def test_who_flaps_is_shown_to_and_calls_nobody(desk: Desk) -> None:
    network = await Network.of(desk)
    point = await network.point(fail_after=1, recover_after=1)
    for _ in range(8):
        await network.round()
        network.prober.down ^= {"Torre"}
    assert (await network.now(point)).flapping is False
    calls = len(await told(desk))
    for _ in range(8):
        await network.round()
        network.prober.down ^= {"Torre"}
    assert (await network.now(point)).flapping is True
    assert len(await told(desk)) - calls <= 3


async def test_slow_is_degraded_and_counts_as_up(desk: Desk) -> None:
    network = await Network.of(desk)
    point = await network.point(slow_above=timedelta(milliseconds=500))
    network.prober.slow.add("Torre")
    await network.round(3)
    assert (await network.status(point), (await network.now(point)).latency) == (
        "DEGRADED",
        timedelta(milliseconds=900),
    )
    assert await told(desk) == []


async def test_availability_leaves_out_what_was_planned_or_not_known(desk: Desk) -> None:
    network = await Network.of(desk)
    before = desk.clock.now - timedelta(hours=1)
    point = await network.point()
    assert await availability(network.boss, point.id, before, desk.clock.now + timedelta(days=1)) is None
    await network.round(11)
    network.prober.down.add("Torre")
    await network.round(6)
    # Online from the first round to the third failure: 13 rounds. Down for the 3 after it.
    until = desk.clock.now
    assert await availability(network.boss, point.id, before, until) == 13 / 16
    network.prober.uplink = False
    await network.round()
    await network.round(5)
    assert await availability(network.boss, point.id, before, desk.clock.now) == 13 / 17
    await plan(network, point)
    network.prober.uplink = True
    await network.round(5)
    assert await availability(network.boss, point.id, before, desk.clock.now) == 13 / 17
    assert await availability(network.boss, point.id, until - timedelta(seconds=64), until) == 0


async def test_the_summary_counts_every_status(desk: Desk) -> None:
    network = await Network.of(desk)
    assert await network_summary(network.boss) == NetworkSummary()
    down, worked_on = await network.point("Ruim"), await network.point("Obra")
    await network.point("Boa")
    network.prober.down.add(down.name)
    await network.round(3)
    await plan(network, worked_on)
    await network.point("Nova")
    assert await network_summary(network.boss) == NetworkSummary(total=4, online=1, offline=1, maintenance=1, unknown=1)


async def test_weekly_work_is_at_the_same_time_of_day_and_nobody_is_called_in_any_week(desk: Desk) -> None:
    network = await Network.of(desk)
    point = await network.point()
    await network.round()
    start = desk.clock.now + HOUR
    work = PlannedWork([point.id], "Janela semanal", start, start + HOUR, weeks=3)
    first = await schedule_maintenance(network.boss, work)
    planned = (await maintenance_of(network.boss, [point.id]))[point.id]
    assert [one.starts_at - start for one in planned] == [timedelta(days=7 * week) for week in range(3)]
    assert {one.ends_at - one.starts_at for one in planned} == {HOUR}
    assert planned[0].id == first.id
    desk.clock.now = planned[2].starts_at + timedelta(minutes=5)
    network.prober.down.add("Torre")
    await network.round(3)
    assert (await network.status(point), await told(desk)) == ("MAINTENANCE", [])


def test_the_clocks_of_a_zone_may_change_between_two_weeks() -> None:
    start = datetime(2026, 3, 27, 2, 0, tzinfo=UTC)
    work = PlannedWork([], "", start, start + HOUR, weeks=2)
    summer = windows(work, ZoneInfo("Europe/Lisbon"))
    assert summer == [(start, start + HOUR), (start + timedelta(days=7, hours=-1), start + timedelta(days=7))]
    assert windows(work, ZoneInfo("America/Sao_Paulo"))[1][0] == start + timedelta(days=7)


async def test_one_week_is_taken_back_or_that_and_all_that_follow(desk: Desk) -> None:
    network = await Network.of(desk)
    point = await network.point()
    start = desk.clock.now + HOUR
    await schedule_maintenance(network.boss, PlannedWork([point.id], "Outra", start, start + HOUR))
    await schedule_maintenance(network.boss, PlannedWork([point.id], "Janela", start, start + HOUR, weeks=4))

    async def left() -> list[tuple[str, int]]:
        found = (await maintenance_of(network.boss, [point.id]))[point.id]
        return sorted((one.title, (one.starts_at - start).days // 7) for one in found)

    planned = (await maintenance_of(network.boss, [point.id]))[point.id]
    by_week = {(one.starts_at - start).days // 7: one.id for one in planned if one.title == "Janela"}
    await cancel_maintenance(network.boss, by_week[1])
    assert await left() == [("Janela", 0), ("Janela", 2), ("Janela", 3), ("Outra", 0)]
    await cancel_maintenance(network.boss, by_week[2], following=True)
    assert await left() == [("Janela", 0), ("Outra", 0)]


@pytest.mark.parametrize(
    ("weeks", "hours", "field", "reason"),
    [(0, 1, "weeks", "bad_number"), (53, 1, "weeks", "bad_number"), (2, 7 * 24 + 1, "endsAt", "bad_duration")],
)
async def test_weekly_work_has_bounds(desk: Desk, weeks: int, hours: int, field: str, reason: str) -> None:
    network = await Network.of(desk)
    point = await network.point()
    start = desk.clock.now
    async with desk.refused(Invalid, reason, field=(field,)):
        await schedule_maintenance(
            network.boss, PlannedWork([point.id], "Janela", start, start + HOUR * hours, weeks=weeks)
        )
