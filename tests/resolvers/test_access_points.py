"""Access points: written down, looked up, changed, forgotten, and heard from."""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import select
from sqlmodel import col

from api.errors import Conflict, Invalid, NotFound
from api.events import NETWORK, AccessPointChanged, AccessPointDeleted
from api.models import AccessPointSample
from api.models.enums import AccessPointStatus, CheckKind, Scope
from api.resolvers.access_points import (
    AccessPointDetails,
    AccessPointFilter,
    Check,
    Telemetry,
    count_access_points,
    create_access_point,
    delete_access_point,
    list_access_points,
    report_access_point,
    update_access_point,
)
from api.resolvers.pages import PageRequest
from api.resolvers.tree import children_of
from tests.network import Network
from tests.people import Desk

BEATS = Check(CheckKind.HEARTBEAT)


async def loads(desk: Desk) -> list[tuple[bool | None, int | None]]:
    async with desk.db.read() as session:
        rows = await session.execute(select(AccessPointSample).order_by(col(AccessPointSample.at)))
        return [(row.up, row.users) for row in rows.scalars()]


async def names(network: Network, page: PageRequest, **filters: Any) -> list[str]:
    found = await list_access_points(network.boss, AccessPointFilter(**filters), page)
    return [point.name for point in found.rows]


async def test_points_are_listed_by_name_in_pages_and_found_by_what_people_know(desk: Desk) -> None:
    network = await Network.of(desk)
    for name in ("Torre C", "Torre A", "Torre B"):
        await network.point(name)
    await create_access_point(network.boss, AccessPointDetails("OLT 1", location="Rua das 100% Flores", check=BEATS))
    assert await names(network, PageRequest()) == ["OLT 1", "Torre A", "Torre B", "Torre C"]
    page = await list_access_points(network.boss, AccessPointFilter(), PageRequest(first=2))
    assert await names(network, PageRequest(first=2, after=page.cursors[-1])) == ["Torre B", "Torre C"]
    assert await names(network, PageRequest(), search="torre b") == ["Torre B"]
    assert await names(network, PageRequest(), search="100% f") == ["OLT 1"]
    assert await names(network, PageRequest(), search="100_") == []
    await network.round()
    online = AccessPointFilter(status=(AccessPointStatus.ONLINE,))
    assert await names(network, PageRequest(), status=(AccessPointStatus.UNKNOWN,)) == ["OLT 1"]
    assert await count_access_points(network.boss, online) == 3


async def test_a_point_is_written_down_changed_and_forgotten_with_all_that_hangs_on_it(desk: Desk) -> None:
    network = await Network.of(desk)
    empty = await desk.db_contents()
    point = await network.point(port=22)
    await network.round(3)
    details = AccessPointDetails("  Torre   Norte ", "Morro", "host.example", check=Check(CheckKind.HTTP, tls=True))
    changed = await update_access_point(network.boss, point.id, details)
    assert (changed.name, changed.port, changed.path, changed.tls) == ("Torre Norte", 443, "/", True)
    assert changed.status is AccessPointStatus.ONLINE
    await delete_access_point(network.boss, point.id)
    left = await desk.db_contents()
    for table in ("access_points", "access_point_samples", "access_point_spans", "outages"):
        assert left[table] == empty[table] == []
    assert [type(event).__name__ for event in await desk.events(NETWORK)] == [
        *[AccessPointChanged.__name__] * 3,
        AccessPointDeleted.__name__,
    ]


@pytest.mark.parametrize(
    ("details", "reason", "field"),
    [
        (AccessPointDetails(" "), "required", "name"),
        (AccessPointDetails("x" * 121), "too_long", "name"),
        (AccessPointDetails("T", check=Check(CheckKind.TCP, port=1)), "required", "address"),
        (AccessPointDetails("T", address="a b/c", check=Check(CheckKind.TCP, port=1)), "bad_value", "address"),
        (AccessPointDetails("T", address="evil", check=Check(CheckKind.TCP, port=1)), "address_not_allowed", "address"),
        (AccessPointDetails("T", address="host", check=Check(CheckKind.TCP)), "bad_number", "port"),
        (AccessPointDetails("T", address="host", check=Check(CheckKind.TCP, port=65536)), "bad_number", "port"),
        (AccessPointDetails("T", address="host", check=Check(CheckKind.HTTP, path="/a\r\nX: b")), "bad_value", "path"),
        (AccessPointDetails("T", address="host", check=Check(CheckKind.HTTP, path="nowhere")), "bad_value", "path"),
        (AccessPointDetails("T", check=replace(BEATS, every=timedelta(seconds=9))), "bad_duration", "interval"),
        (AccessPointDetails("T", check=replace(BEATS, timeout=timedelta(0))), "bad_duration", "timeout"),
        (
            AccessPointDetails("T", check=replace(BEATS, every=timedelta(seconds=20), timeout=timedelta(seconds=20))),
            "timeout_over_interval",
            "timeout",
        ),
        (AccessPointDetails("T", check=replace(BEATS, fail_after=0)), "bad_number", "failAfter"),
        (AccessPointDetails("T", check=replace(BEATS, recover_after=101)), "bad_number", "recoverAfter"),
        (AccessPointDetails("T", check=replace(BEATS, slow_above=timedelta(0))), "bad_duration", "slowAbove"),
        (AccessPointDetails("T", address="host", check=Check(CheckKind.ICMP)), "icmp_not_available", "kind"),
    ],
)
async def test_what_cannot_be_checked_is_refused(
    desk: Desk, details: AccessPointDetails, reason: str, field: str
) -> None:
    network = await Network.of(desk)
    network.prober.refused.add("evil")
    network.prober.pings = False
    async with desk.refused(Invalid, reason, field=("input", field)):
        await create_access_point(network.boss, details)


async def test_parents_make_a_tree(desk: Desk) -> None:
    network = await Network.of(desk)
    root = await network.point("Raiz")
    middle = await network.point("Meio", parent=root)
    leaf = await network.point("Folha", parent=middle)
    assert [point.id for point in (await children_of(network.boss, [root.id]))[root.id]] == [middle.id]
    for parent in (root, middle, leaf):
        async with desk.refused(Invalid, "parent_circle", field=("input", "parentId")):
            await update_access_point(network.boss, root.id, AccessPointDetails("Raiz", parent_id=parent.id))
    async with desk.refused(NotFound, "access_point_not_found", field=("input", "parentId")):
        await create_access_point(network.boss, AccessPointDetails("Novo", parent_id=uuid4()))
    async with desk.refused(Conflict, "access_point_has_children"):
        await delete_access_point(network.boss, middle.id)


async def test_what_is_not_there_is_not_found(desk: Desk) -> None:
    network = await Network.of(desk)
    async with desk.refused(NotFound, "access_point_not_found"):
        await update_access_point(network.boss, uuid4(), AccessPointDetails("T"))
    async with desk.refused(NotFound, "access_point_not_found"):
        await delete_access_point(network.boss, uuid4())
    async with desk.refused(NotFound, "access_point_not_found"):
        await report_access_point(network.boss, uuid4(), Telemetry())


async def test_a_device_that_reports_is_up_and_one_that_falls_silent_is_down(desk: Desk) -> None:
    network = await Network.of(desk)
    probe = await desk.machine(Scope.NETWORK_REPORT)
    point = await create_access_point(network.boss, AccessPointDetails("Rádio", check=BEATS))
    told = await report_access_point(probe, point.id, Telemetry(37, 12.5, 80, timedelta(milliseconds=9)))
    assert (told.status, told.users, told.cpu, told.memory) == (AccessPointStatus.ONLINE, 37, 12.5, 80)
    assert (told.latency, told.last_seen_at, told.load_at) == (
        timedelta(milliseconds=9),
        desk.clock.now,
        desk.clock.now,
    )
    # The first interval ends with the timeout, 65 seconds after the report; then every minute counts.
    await network.round(3)
    assert await network.status(point) == "ONLINE"
    await network.round()
    now = await network.now(point)
    assert (now.status, now.users) == (AccessPointStatus.OFFLINE, 37)
    await report_access_point(probe, point.id, Telemetry())
    assert await network.status(point) == "OFFLINE"
    desk.clock.advance(seconds=30)
    await report_access_point(probe, point.id, Telemetry())
    assert await network.status(point) == "ONLINE"
    assert network.prober.asked == []


async def test_who_is_checked_otherwise_may_tell_its_load_and_is_no_less_down(desk: Desk) -> None:
    network = await Network.of(desk)
    point = await network.point()
    network.prober.down.add("Torre")
    await network.round(3)
    told = await report_access_point(network.boss, point.id, Telemetry(users=4))
    assert (told.status, told.users) == (AccessPointStatus.OFFLINE, 4)
    assert told.failures == 3
    # Told at the moment of a check, the two are one sample; later, one of its own that says nothing of being up.
    assert await loads(desk) == [(False, None), (False, None), (False, 4)]
    desk.clock.advance(seconds=1)
    await report_access_point(network.boss, point.id, Telemetry(users=5))
    assert await loads(desk) == [(False, None), (False, None), (False, 4), (None, 5)]


@pytest.mark.parametrize(
    ("telemetry", "field"),
    [
        (Telemetry(users=-1), "users"),
        (Telemetry(cpu=100.1), "cpu"),
        (Telemetry(memory=-0.1), "memory"),
        (Telemetry(memory=float("nan")), "memory"),
    ],
)
async def test_what_no_device_can_mean_is_refused(desk: Desk, telemetry: Telemetry, field: str) -> None:
    network = await Network.of(desk)
    point = await create_access_point(network.boss, AccessPointDetails("Rádio", check=BEATS))
    async with desk.refused(Invalid, "bad_number", field=("telemetry", field)):
        await report_access_point(network.boss, point.id, telemetry)
