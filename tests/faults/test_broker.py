"""The bell between processes: gone, frozen, deaf. It costs time, at most the tick, and nothing else."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

import pytest

from api.subscriptions import doorbell
from api.subscriptions.doorbell import Doorbell
from api.subscriptions.running import Running
from tests.clock import Clock
from tests.databases import Valkey
from tests.faults.deployments import TICK, Deployment, beginning, desk_of, parties
from tests.faults.history import stored_history
from tests.faults.traffic import Party, Traffic, lively, traffic
from tests.people import Desk
from tests.running import OpenRunning
from tests.schema.conftest import open_door

ACKS_WITHIN = 1.0
SLACK = 2.0
"""Seconds beyond the tick that a busy machine may take."""

AT_ONCE = TICK / 4
IN_A_ROW = 5
"""So many events in a row at once are no luck with the tick."""

HEARS_AGAIN_WITHIN = 40.0
"""Seconds: silence is noticed after fifteen, and a broker that refuses is asked every five."""


@dataclass
class Crossing:
    """Sends at one process, and follows at another."""

    party: Party
    here: Traffic
    there: Traffic
    _count: int = 0

    async def once(self) -> float:
        """Seconds from sending a line at one process to seeing it at the other."""
        self._count += 1
        began = time.monotonic()
        message = await self.here.send(self.party, f"line {self._count}")
        assert time.monotonic() - began < ACKS_WITHIN
        await self.there.until(lambda: self.there.has_seen(self.party, message))
        return time.monotonic() - began

    async def at_most_the_tick(self, count: int) -> None:
        for _ in range(count):
            assert await self.once() < TICK + SLACK

    async def at_once_by_itself(self) -> None:
        """Wait until events cross at once again."""
        in_a_row = 0
        async with asyncio.timeout(HEARS_AGAIN_WITHIN):
            while in_a_row < IN_A_ROW:
                in_a_row = in_a_row + 1 if await self.once() < AT_ONCE else 0


@asynccontextmanager
async def crossing(desk: Desk, bases: list[str]) -> AsyncIterator[Crossing]:
    """A chat that is written at one process and followed at the other; at the end nothing was lost on the way."""
    party, *_ = await parties(desk, 1)
    async with traffic(bases[:1]) as here, traffic(bases[1:]) as there:
        following = asyncio.create_task(there.follow(party, beginning(desk.db)))
        yield Crossing(party, here, there)
        following.cancel()
        await asyncio.gather(following, return_exceptions=True)
        here.history.seen = there.history.seen
        here.history.check(await stored_history(desk.db, [party.chat_id]))


@pytest.fixture
async def between(pair: Deployment, open_running: OpenRunning, clock: Clock) -> AsyncIterator[Crossing]:
    """What crosses between the two processes."""
    async with desk_of(pair, open_running, clock) as desk, crossing(desk, pair.bases) as found:
        yield found


async def test_an_event_crosses_at_once_then_without_broker_within_the_tick_then_at_once_again(
    between: Crossing, pair: Deployment, times: int
) -> None:
    assert pair.valkey is not None
    for _ in range(times):
        await between.at_once_by_itself()
        pair.valkey.stop()
        await between.at_most_the_tick(3 * times)
        pair.valkey.start()
        await between.at_once_by_itself()
    for _ in range(times - 1):
        # Down for so short a time that only the bell's silence tells.
        pair.valkey.stop()
        pair.valkey.start()
        await between.at_once_by_itself()


async def test_a_frozen_broker_holds_up_no_send_and_rings_again_by_itself(
    between: Crossing, pair: Deployment, times: int
) -> None:
    assert pair.valkey is not None
    await between.at_once_by_itself()
    with pair.valkey.frozen():
        await between.at_most_the_tick(3 * times)
    await between.at_once_by_itself()


# In one process, where the bell can be made deaf, or quicker to notice that it is


async def test_a_bell_that_drops_everything_loses_doubles_and_reorders_nothing(
    database_url: str, open_running: OpenRunning, clock: Clock, monkeypatch: pytest.MonkeyPatch, times: int
) -> None:
    monkeypatch.setattr(Doorbell, "ring", lambda self, heads: None)
    async with (
        open_running(database_url, tick="PT0.1S") as one,
        open_running(database_url, tick="PT0.1S") as other,
        open_door(Desk(one, clock)) as here,
        open_door(Desk(other, clock)) as there,
    ):
        talking = await parties(here.desk, 3)
        async with lively([here.url, there.url], talking, beginning(here.desk.db)) as traffic:
            await traffic.more(60 * times)
        traffic.history.check(await stored_history(here.desk.db, {party.chat_id for party in talking}))


@pytest.fixture
def quick_bell(monkeypatch: pytest.MonkeyPatch) -> None:
    """A bell that notices within a second what production notices within fifteen."""
    monkeypatch.setattr(doorbell, "_BEAT", 0.2)
    monkeypatch.setattr(doorbell, "_SILENCE", 0.8)


@pytest.mark.usefixtures("quick_bell")
async def test_a_broker_that_is_restarted_under_us_rings_again_by_itself(
    sqlite_url: str, open_running: OpenRunning, mortal_valkey: Valkey, clock: Clock
) -> None:
    settings = {"broker_url": mortal_valkey.broker_url, "tick": f"PT{TICK}S"}
    async with (
        open_running(sqlite_url, **settings) as one,
        open_running(sqlite_url, **settings) as other,
        open_door(Desk(one, clock)) as here,
        open_door(Desk(other, clock)) as there,
        crossing(here.desk, [here.url, there.url]) as between,
    ):
        await between.at_once_by_itself()
        await asyncio.to_thread(mortal_valkey.stop)
        await asyncio.to_thread(mortal_valkey.start)
        await between.at_once_by_itself()


@pytest.mark.usefixtures("quick_bell")
async def test_a_process_stops_while_its_broker_is_frozen(
    sqlite_url: str, open_running: OpenRunning, mortal_valkey: Valkey
) -> None:
    async with AsyncExitStack() as stack:
        running = await stack.enter_async_context(open_running(sqlite_url, broker_url=mortal_valkey.broker_url))
        await joined(running)
        with mortal_valkey.frozen():
            async with asyncio.timeout(30):
                while running.hub.doorbell.connected:  # noqa: ASYNC110 - it falls silent, and tells nobody
                    await asyncio.sleep(0.02)
                await stack.aclose()


async def joined(running: Running) -> None:
    """Until the bell has been heard."""
    async with asyncio.timeout(30):
        while not running.hub.doorbell.connected:  # noqa: ASYNC110 - it is heard by the loop, which tells nobody
            await asyncio.sleep(0.02)
