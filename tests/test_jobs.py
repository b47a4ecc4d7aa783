"""The timetable: each job once per cluster, whoever runs it, and again by others when its runner is gone."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from api import jobs
from api.context import Context
from api.errors import Unavailable
from api.jobs import Job, keep_time
from api.resolvers.leases import count_processes, end_lease, keep_lease
from api.services import Running
from tests.clock import Clock
from tests.running import OpenRunning

HOUR = timedelta(hours=1)


class Timetable:
    """One job in place of all, due each hour by the clock of the test, and those who tried to begin it."""

    def __init__(self) -> None:
        self.runs: list[Context] = []
        self.tries: list[str] = []
        self.fails = False

    async def run(self, ctx: Context) -> int:
        self.runs.append(ctx)
        if self.fails:
            raise Unavailable("unavailable")
        return len(self.runs)

    async def until(self, so: Callable[[], bool]) -> None:
        async with asyncio.timeout(30):
            while not so():  # noqa: ASYNC110 - nobody tells that a loop went round
                await asyncio.sleep(0.01)

    async def tried_by(self, count: int) -> None:
        """Until so many processes have tried again, at least twice each."""
        self.tries.clear()
        await self.until(lambda: sum(self.tries.count(holder) > 1 for holder in set(self.tries)) >= count)


@pytest.fixture
def timetable(monkeypatch: pytest.MonkeyPatch) -> Timetable:
    found = Timetable()
    take_lease = jobs.take_lease

    async def take(ctx: Context, *, name: str, holder: str, length: timedelta) -> bool:
        found.tries.append(holder)
        return await take_lease(ctx, name=name, holder=holder, length=HOUR)

    monkeypatch.setattr(jobs, "take_lease", take)
    monkeypatch.setattr(jobs, "_LOOK_EVERY", 0.01)
    monkeypatch.setattr(jobs, "JOBS", (Job("counted", timedelta(milliseconds=5), found.run),))
    return found


async def test_each_job_runs_once_per_cluster_each_time_it_is_due(
    database_url: str, open_running: OpenRunning, clock: Clock, timetable: Timetable
) -> None:
    async with (
        open_running(database_url) as one,
        open_running(database_url) as other,
        keep_time(one),
        keep_time(other),
    ):
        for times in range(1, 4):
            await timetable.until(lambda times=times: len(timetable.runs) >= times)
            await timetable.tried_by(2)
            assert len(timetable.runs) == times
            clock.advance(hours=1)


async def test_others_go_on_when_the_one_that_ran_it_is_gone(
    database_url: str, open_running: OpenRunning, clock: Clock, timetable: Timetable
) -> None:
    async with open_running(database_url) as one, open_running(database_url) as other:
        async with keep_time(one):
            await timetable.until(lambda: len(timetable.runs) == 1)
        async with keep_time(other):
            await timetable.tried_by(1)
            assert len(timetable.runs) == 1
            clock.advance(hours=1)
            await timetable.until(lambda: len(timetable.runs) == 2)
    assert [services_of(ctx, one, other) for ctx in timetable.runs] == ["one", "other"]


def services_of(ctx: Context, one: Running, other: Running) -> Any:
    return {id(one.services): "one", id(other.services): "other"}[id(ctx.services)]


async def test_a_job_that_fails_is_tried_again_when_it_is_due_and_not_before(
    running: Running, clock: Clock, timetable: Timetable
) -> None:
    timetable.fails = True
    async with keep_time(running):
        await timetable.until(lambda: len(timetable.runs) == 1)
        await timetable.tried_by(1)
        assert len(timetable.runs) == 1
        clock.advance(hours=1)
        await timetable.until(lambda: len(timetable.runs) == 2)


async def test_a_process_is_counted_while_it_runs_and_no_more_when_it_has_stopped(running: Running) -> None:
    system = running.as_system()
    async with keep_time(running), asyncio.timeout(30):
        while await count_processes(system) != 1:  # noqa: ASYNC110 - a lease tells nobody that it was taken
            await asyncio.sleep(0.01)
    assert await count_processes(system) == 0


@pytest.fixture
def kept(monkeypatch: pytest.MonkeyPatch, timetable: Timetable) -> Timetable:
    """The same job, kept by one process for as long as it is there."""
    monkeypatch.setattr(jobs, "JOBS", (Job("kept", timedelta(milliseconds=5), timetable.run, apart=True),))
    return timetable


async def test_a_job_that_keeps_a_time_of_its_own_stays_with_one_process_until_that_leaves(
    database_url: str, open_running: OpenRunning, kept: Timetable, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "TENURE", timedelta(milliseconds=600))
    async with open_running(database_url) as one, open_running(database_url) as other:
        async with keep_time(one):
            await kept.until(lambda: len(kept.runs) >= 1)
            async with keep_time(other):
                await kept.until(lambda: len(kept.runs) >= 50)
                assert {services_of(ctx, one, other) for ctx in kept.runs} == {"one"}
                kept.fails = True
                await kept.until(lambda: len(kept.runs) >= 60)
        # Whoever leaves lets go of it: nobody waits for the lease of a process that has gone.
        kept.runs.clear()
        async with keep_time(other):
            await kept.until(lambda: len(kept.runs) >= 1)
    assert {services_of(ctx, one, other) for ctx in kept.runs} == {"other"}


async def test_the_lease_of_a_job_is_its_holders_until_it_ends(running: Running, clock: Clock) -> None:
    system = running.as_system()

    async def keeps(holder: str) -> bool:
        return await keep_lease(system, name="kept", holder=holder, length=HOUR)

    assert await keeps("one")
    assert await keeps("one")
    assert not await keeps("other")
    await end_lease(system, name="kept", holder="other")
    assert not await keeps("other")
    clock.advance(minutes=59)
    assert await keeps("one")
    clock.advance(minutes=59)
    assert not await keeps("other")
    clock.advance(minutes=1)
    assert await keeps("other")
    assert not await keeps("one")
    await end_lease(system, name="kept", holder="other")
    assert await keeps("one")
