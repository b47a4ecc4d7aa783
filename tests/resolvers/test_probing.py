"""Rounds of checks: what is due, claimed once, at most so many at a time; and what is kept of results."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlmodel import col

from api.errors import Contention, Invalid, RateLimited
from api.models import AccessPointHour, AccessPointSample, Incident, Notification, Outage
from api.models.enums import AccessPointStatus, CheckKind
from api.prober import Finding, Target
from api.resolvers import probing
from api.resolvers.access_points import (
    AccessPointDetails,
    Check,
    Telemetry,
    report_access_point,
    update_access_point,
)
from api.resolvers.network import samples_of
from api.resolvers.probing import Trial, check_network, spread
from api.resolvers.sampling import prune_samples
from api.resolvers.watching import settle
from tests.network import FakeProber, Network
from tests.people import Desk


async def test_a_point_is_checked_at_once_and_again_after_its_interval_give_or_take(desk: Desk) -> None:
    network = await Network.of(desk)
    point = await network.point()
    assert await check_network(network.system) == 1
    due = (await network.now(point)).due_at - desk.clock.now
    assert timedelta(seconds=57) <= due <= timedelta(seconds=63)
    async with desk.nothing_changes():
        assert await check_network(network.system) == 0
    desk.clock.advance(seconds=56)
    assert await check_network(network.system) == 0
    desk.clock.advance(seconds=7)
    assert await check_network(network.system) == 1
    assert network.prober.asked == ["Torre", "Torre"]


def test_intervals_are_spread_on_both_sides() -> None:
    minute = timedelta(minutes=1)
    drawn = {spread(minute) for _ in range(500)}
    assert min(drawn) < minute < max(drawn)
    assert all(timedelta(seconds=57) <= one <= timedelta(seconds=63) for one in drawn)


class Counting(FakeProber):
    """Notes how many checks are under way at the same time."""

    most = now = 0

    async def probe(self, target: Target) -> Finding:
        self.now += 1
        self.most = max(self.most, self.now)
        for _ in range(5):
            await asyncio.sleep(0)
        self.now -= 1
        return await super().probe(target)


@pytest.mark.settings(probe_concurrency=3)
async def test_no_more_checks_at_a_time_than_are_allowed_and_no_more_points_than_a_round_takes(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(probing, "ROUND", 8)
    network = await Network.of(desk)
    prober = Counting()
    system = replace(network.system, services=replace(network.system.services, prober=prober))
    for number in range(10):
        await network.point(f"p{number}")
    assert await check_network(system) == 8
    assert await check_network(system) == 2
    assert sorted(prober.asked) == [f"p{number}" for number in range(10)]
    assert prober.most == 3


async def test_two_at_the_same_time_check_every_point_once(desk: Desk) -> None:
    network = await Network.of(desk)
    for number in range(12):
        await network.point(f"p{number}")
    found = await asyncio.gather(*(check_network(network.system) for _ in range(4)))
    assert sum(found) == 12
    assert sorted(network.prober.asked) == sorted(f"p{number}" for number in range(12))


class Stuck(FakeProber):
    """Finds nothing out before it is told to."""

    def __init__(self) -> None:
        super().__init__()
        self.begun, self.goes_on = asyncio.Event(), asyncio.Event()

    async def probe(self, target: Target) -> Finding:
        self.begun.set()
        await self.goes_on.wait()
        return await super().probe(target)

    @asynccontextmanager
    async def under_way(self, network: Network) -> AsyncIterator[None]:
        """A round of checks, all claimed and none answered yet during the block."""
        system = replace(network.system, services=replace(network.system.services, prober=self))
        checks = asyncio.ensure_future(check_network(system))
        async with asyncio.timeout(30):
            await self.begun.wait()
            yield
            self.goes_on.set()
            await checks


async def test_a_heartbeat_that_comes_while_others_are_asked_is_no_silence(desk: Desk) -> None:
    network = await Network.of(desk)
    device = await network.point("Radio", kind=CheckKind.HEARTBEAT, port=None, fail_after=1, recover_after=2)
    await report_access_point(network.boss, device.id, Telemetry())
    reported = await network.now(device)
    await network.point()
    desk.clock.advance(seconds=66)
    async with Stuck().under_way(network):
        # It is late, and was claimed; so is the tower, which takes its time to answer.
        assert (await network.now(device)).due_at != reported.due_at
        desk.clock.advance(seconds=2)
        await report_access_point(network.boss, device.id, Telemetry())
    after = await network.now(device)
    assert (after.status, after.up, after.history) == (AccessPointStatus.ONLINE, True, "11")
    assert after.due_at == desk.clock.now + timedelta(seconds=65)
    assert [sample.up for sample in await rows(desk, AccessPointSample)] == [True, True, True]
    assert await desk.count(Outage) == await desk.count(Incident) == await desk.count(Notification) == 0


async def test_silence_is_still_silence_when_others_take_their_time(desk: Desk) -> None:
    network = await Network.of(desk)
    device = await network.point("Radio", kind=CheckKind.HEARTBEAT, port=None, fail_after=1)
    await network.point()
    desk.clock.advance(seconds=66)
    async with Stuck().under_way(network):
        desk.clock.advance(seconds=2)
    assert await network.status(device) == "OFFLINE"
    assert await desk.count(Outage) == 1


async def test_what_was_found_at_an_address_says_nothing_of_the_next_one(desk: Desk) -> None:
    network = await Network.of(desk)
    point = await network.point(fail_after=1)
    prober = Stuck()
    prober.down.add("Torre")
    async with prober.under_way(network):
        await update_access_point(network.boss, point.id, details("Torre", "Torre-nova", fail_after=1))
    assert (await network.status(point), await desk.count(AccessPointSample)) == ("UNKNOWN", 0)
    assert await check_network(network.system) == 1
    assert await network.status(point) == "ONLINE"


async def test_a_round_that_had_to_give_way_is_written_again_and_nobody_is_asked_twice(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    network = await Network.of(desk)
    point = await network.point()
    given_way = 0

    def give_way_once(*args: Any) -> int:
        nonlocal given_way
        written = settle(*args)
        if not given_way:
            given_way += 1
            raise Contention("unavailable")
        return written

    monkeypatch.setattr(probing, "settle", give_way_once)
    assert await check_network(network.system) == 1
    assert given_way == 1
    assert network.prober.asked == ["Torre"]
    assert await network.status(point) == "ONLINE"
    assert len(await rows(desk, AccessPointSample)) == 1


async def rows(desk: Desk, table: type[Any]) -> list[Any]:
    async with desk.db.read() as session:
        return list((await session.execute(select(table).order_by(col(table.at)))).scalars())


async def test_old_results_become_the_means_of_their_hours(desk: Desk) -> None:
    network = await Network.of(desk)
    point = await network.point()
    begun: datetime = desk.clock.now
    await network.round(2)
    desk.clock.advance(seconds=1)
    await report_access_point(network.boss, point.id, Telemetry(users=10, cpu=50))
    network.prober.down.add("Torre")
    await network.round()
    desk.clock.now = begun + timedelta(hours=1)
    await check_network(network.system)
    before = await samples_of(network.boss, point.id, begun, begun + timedelta(hours=2), points=2)

    desk.clock.now = begun + timedelta(days=7, minutes=59)
    assert await prune_samples(desk.system) == 0
    desk.clock.now = begun + timedelta(days=7, hours=1)
    assert await prune_samples(desk.system) == 1
    assert await prune_samples(desk.system) == 0
    [hour] = await rows(desk, AccessPointHour)
    kept = AccessPointHour(
        access_point_id=point.id, at=begun, known=3, ups=2, latency=timedelta(milliseconds=20), users=10, cpu=50
    )
    assert hour.model_dump() == kept.model_dump()
    assert [sample.at for sample in await rows(desk, AccessPointSample)] == [begun + timedelta(hours=1)]
    # What is told of the past is the same before and after.
    after = await samples_of(network.boss, point.id, begun, begun + timedelta(hours=2), points=2)
    assert before == after
    assert [(one.at - begun, one.up, one.users) for one in after] == [
        (timedelta(), False, 10),
        (timedelta(hours=1), False, None),
    ]
    assert [one.loss for one in after] == [pytest.approx(1 / 3), 1]


def details(name: str = "", address: str = "Torre", **check: Any) -> AccessPointDetails:
    return AccessPointDetails(name, address=address, check=Check(**({"kind": CheckKind.TCP, "port": 80} | check)))


async def test_a_point_is_tried_before_it_is_written_down_and_nothing_is_kept(desk: Desk) -> None:
    network = await Network.of(desk)
    network.prober.slow.add("Torre")
    async with desk.nothing_changes():
        found = await probing.test_access_point(network.boss, details())
        assert found == Trial(AccessPointStatus.ONLINE, timedelta(milliseconds=900), "")
        slow = details(slow_above=timedelta(milliseconds=500))
        assert (await probing.test_access_point(network.boss, slow)).status is AccessPointStatus.DEGRADED
        network.prober.down.add("Torre")
        assert await probing.test_access_point(network.boss, details()) == Trial(
            AccessPointStatus.OFFLINE, None, "timeout"
        )


async def test_a_trial_keeps_to_the_rules_of_every_check(desk: Desk) -> None:
    network = await Network.of(desk)
    network.prober.refused.add("10.0.0.1")
    async with desk.refused(Invalid, "address_not_allowed", field=("input", "address")):
        await probing.test_access_point(network.boss, details(address="10.0.0.1"))
    async with desk.refused(Invalid, "bad_number", field=("input", "port")):
        await probing.test_access_point(network.boss, details(port=0))
    async with desk.refused(Invalid, "heartbeat_cannot_be_asked", field=("input", "kind")):
        await probing.test_access_point(network.boss, details(kind=CheckKind.HEARTBEAT))
    assert network.prober.asked == []


async def test_nobody_scans_a_network_by_trials(desk: Desk) -> None:
    network = await Network.of(desk)
    for number in range(20):
        await probing.test_access_point(network.boss, details(address=f"p{number}"))
    async with desk.refused(RateLimited, "too_many_requests"):
        await probing.test_access_point(network.boss, details())
    assert len(network.prober.asked) == 20
