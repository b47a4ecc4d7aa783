"""How the process and what it leans on are doing, without news where there is none."""

from datetime import timedelta

import pytest

from api.resolvers.leases import renew_process
from api.subscriptions.vitals import ComponentStatus, Vitals
from tests.people import Desk


def answering(milliseconds: float | None, *, ok: bool = True) -> ComponentStatus:
    latency = timedelta(milliseconds=milliseconds) if milliseconds is not None else None
    return ComponentStatus(ok=ok, latency=latency, detail="sqlite")


@pytest.mark.parametrize(
    ("before", "now", "told"),
    [
        (answering(1), answering(4), answering(1)),
        (answering(4), answering(1), answering(4)),
        (answering(20), answering(35), answering(20)),
        (answering(20), answering(45), answering(45)),
        (answering(45), answering(20), answering(20)),
        (answering(1), answering(None, ok=False), answering(None, ok=False)),
        (answering(None, ok=False), answering(1), answering(1)),
    ],
)
def test_a_latency_is_told_anew_when_it_is_quite_another(
    before: ComponentStatus, now: ComponentStatus, told: ComponentStatus
) -> None:
    assert now.told_after(before) == told


async def test_the_cluster_counts_this_process_though_it_has_no_lease(desk: Desk) -> None:
    vitals = Vitals(desk.system, desk.running.hub)
    assert (await vitals.take()).processes == 1
    for process in ("one", "other"):
        await renew_process(desk.system, process=process, length=timedelta(seconds=30))
    assert (await vitals.take()).processes == 2


async def test_the_version_the_start_and_the_subscribers_are_this_processs(desk: Desk) -> None:
    vitals = Vitals(desk.system, desk.running.hub)
    started = desk.clock.now
    desk.clock.advance(minutes=5)
    async with desk.running.hub.reader("chat:1"):
        status = await vitals.take()
    assert (status.version, status.started_at, status.subscribers, status.lag) == ("0.1.0", started, 1, 0)
    assert status.database.ok
    assert status.database.detail in ("sqlite", "postgresql")
