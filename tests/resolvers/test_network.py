"""How well points have worked, in parts of a period, and lately."""

from datetime import timedelta

from api.errors import Invalid
from api.resolvers.network import availability, availability_of_parts, recent_latencies
from tests.network import MINUTE, Network
from tests.people import Desk


async def test_availability_of_a_period_is_told_part_by_part(desk: Desk) -> None:
    network = await Network.of(desk)
    point = await network.point(fail_after=1, recover_after=1)
    begun = desk.clock.now
    await network.round()
    up = desk.clock.now
    desk.clock.now = begun + 30 * MINUTE
    network.prober.down.add("Torre")
    await network.round()
    down = desk.clock.now
    desk.clock.now = begun + 45 * MINUTE
    end = begun + 60 * MINUTE
    parts = await availability_of_parts(network.boss, point.id, begun - 20 * MINUTE, end, parts=4)
    assert [(one.at - begun) / MINUTE for one in parts] == [-20, 0, 20, 40]
    # Before it was known, and what has not come yet, count for nothing.
    assert [one.share for one in parts] == [None, 1, (down - begun - 20 * MINUTE) / (20 * MINUTE), 0]
    whole = await availability(network.boss, point.id, begun - 20 * MINUTE, end)
    assert whole == (down - up) / (45 * MINUTE - (up - begun))
    async with desk.refused(Invalid, "bad_number", field=("parts",)):
        await availability_of_parts(network.boss, point.id, begun, end, parts=0)


async def test_the_latest_hour_is_told_in_stretches_of_five_minutes(desk: Desk) -> None:
    network = await Network.of(desk)
    point, silent = await network.point("Torre"), await network.point("Muda")
    network.prober.down.add("Muda")
    await network.round(2)
    network.prober.slow.add("Torre")
    desk.clock.advance(seconds=300)
    await network.round()
    fast, slow = timedelta(milliseconds=20), timedelta(milliseconds=900)
    found = await recent_latencies(network.boss, [point.id, silent.id])
    assert found[point.id] == [*[None] * 10, fast, slow]
    assert found[silent.id] == [None] * 12
    desk.clock.advance(seconds=3400)
    assert (await recent_latencies(network.boss, [point.id]))[point.id] == [slow, *[None] * 11]
