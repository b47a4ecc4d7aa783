"""What all dashboards of a process show: read once for all, when something happened, and not while nobody looks."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

import pytest

from api.context import Context
from api.errors import Unavailable
from api.models.enums import Availability
from api.resolvers.claims import claim_chat
from api.resolvers.closings import close_chat
from api.resolvers.presence import set_availability
from api.resolvers.tree import NetworkSummary
from api.services import Running
from api.subscriptions import board
from api.subscriptions.board import Board, Snapshot
from api.subscriptions.dashboard import dashboard_states
from api.subscriptions.parts import Part
from tests.network import Network
from tests.people import Desk
from tests.running import OpenRunning
from tests.subscriptions.test_rights import Listening


class Readings:
    """How often each part was read."""

    def __init__(self) -> None:
        self.of: dict[str, int] = {}

    def count(self, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
        read: Callable[[Context], Awaitable[Any]] = getattr(board, name)

        async def counted(ctx: Context) -> Any:
            self.of[name] = self.of.get(name, 0) + 1
            return await read(ctx)

        monkeypatch.setattr(board, name, counted)


@pytest.fixture
def readings(monkeypatch: pytest.MonkeyPatch) -> Readings:
    readings = Readings()
    for name in ("read_desk", "read_today", "read_yesterday"):
        readings.count(monkeypatch, name)
    return readings


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """A pace at which tests need not wait for seconds; nothing is read just because time has passed."""
    monkeypatch.setattr(board, "PACE", 0.02)


def looking(desk: Desk, who: Context, *, beat: float | None = None) -> Listening:
    """Somebody at the dashboard; at one of their own where it is to be read every so many seconds."""
    running = desk.running
    if beat is not None:
        running = replace(running, board=Board(running.as_system(), running.hub, beat=beat))
    return Listening(dashboard_states(who, running))


def shown(told: list[Snapshot]) -> tuple[int, int, int]:
    """Waiting, attended and online, as the newest snapshot has it."""
    return (told[-1].desk.waiting, told[-1].desk.active, told[-1].desk.agents_online) if told else (-1, -1, -1)


@pytest.mark.usefixtures("quick")
async def test_what_happens_to_chats_and_people_is_shown(desk: Desk) -> None:
    ana = await desk.online("tecnico")
    seen = looking(desk, await desk.admin())
    await seen.until(lambda told: shown(told) == (0, 0, 1))
    chat = await desk.waiting()
    await seen.until(lambda told: shown(told) == (1, 0, 1))
    await claim_chat(ana, chat.id)
    await seen.until(lambda told: shown(told) == (0, 1, 1))
    await close_chat(ana, chat.id)
    await seen.until(lambda told: shown(told) == (0, 0, 1))
    await seen.until(lambda told: told[-1].today.metrics.offered == 1)
    await set_availability(ana, Availability.PAUSED, "Café")
    await seen.until(lambda told: told[-1].desk.agents_paused == 1)
    await seen.stop()


@pytest.mark.usefixtures("quick")
async def test_what_happens_in_the_network_is_shown_at_once_and_reads_no_figures(
    desk: Desk, readings: Readings
) -> None:
    network = await Network.of(desk)
    await network.point(fail_after=1)
    seen = looking(desk, network.boss, beat=600)
    await seen.until(lambda told: bool(told) and told[-1].network == NetworkSummary(total=1, unknown=1))
    read = dict(readings.of)
    network.prober.down.add("Torre")
    await network.round()
    await seen.until(lambda told: told[-1].network == NetworkSummary(total=1, offline=1))
    # Joining rings everything once more; what the network says reads neither desk nor figures.
    assert readings.of["read_desk"] - read["read_desk"] <= 1
    await seen.stop()


@pytest.mark.usefixtures("quick")
async def test_a_new_person_is_heard_though_they_came_after_the_first_look(desk: Desk) -> None:
    seen = looking(desk, await desk.admin(), beat=0.05)
    await seen.until(lambda told: shown(told) == (0, 0, 0))
    await desk.online("tecnico")
    await seen.until(lambda told: shown(told) == (0, 0, 1))
    await seen.stop()


async def test_however_many_look_each_part_is_read_once_a_second(desk: Desk, readings: Readings) -> None:
    boss = await desk.admin()
    crowd = [looking(desk, boss) for _ in range(50)]
    for one in crowd:
        await one.until(lambda told: told)
    began = asyncio.get_running_loop().time()
    told = [len(one.told) for one in crowd]
    readings.of.clear()
    while asyncio.get_running_loop().time() - began < 2.2:
        await desk.waiting()
    seconds = asyncio.get_running_loop().time() - began
    assert 1 <= readings.of["read_desk"] <= seconds + 1
    assert readings.of.get("read_today", 0) <= seconds + 1
    assert "read_yesterday" not in readings.of
    for one, before in zip(crowd, told, strict=True):
        assert 1 <= len(one.told) - before <= seconds + 1
        await one.stop()


@pytest.mark.usefixtures("quick")
async def test_nothing_is_read_and_nothing_told_while_nothing_happens(desk: Desk, readings: Readings) -> None:
    seen = looking(desk, await desk.admin())
    await seen.until(lambda told: told)
    await asyncio.sleep(0.3)
    before, told = dict(readings.of), len(seen.told)
    desk.clock.advance(seconds=10)
    await asyncio.sleep(0.3)
    assert (readings.of, len(seen.told)) == (before, told)
    await seen.stop()


async def test_nothing_is_read_while_nobody_looks(desk: Desk, readings: Readings) -> None:
    await desk.waiting()
    assert readings.of == {}
    seen = looking(desk, await desk.admin())
    await seen.until(lambda told: told)
    await seen.stop()
    before = dict(readings.of)
    await desk.waiting()
    await asyncio.sleep(1.2)
    assert readings.of == before
    assert desk.running.hub.feeds == 0


@pytest.mark.usefixtures("quick")
async def test_who_looks_again_later_is_shown_what_is_so_then(desk: Desk) -> None:
    boss = await desk.admin()
    first = looking(desk, boss)
    await first.until(lambda told: shown(told) == (0, 0, 0))
    await first.stop()
    await desk.waiting()
    again = looking(desk, boss)
    await again.until(lambda told: shown(told) == (1, 0, 0))
    await again.stop()


async def test_many_questions_at_once_read_everything_once(desk: Desk, readings: Readings) -> None:
    kept = desk.running.board
    answers = await asyncio.gather(*(kept.look() for _ in range(50)))
    assert readings.of == {"read_desk": 1, "read_today": 1, "read_yesterday": 1}
    assert {answer.desk.waiting for answer in answers} == {0}


# When the database is away


@pytest.mark.usefixtures("quick")
async def test_a_database_that_is_away_is_told_and_its_return_too(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    seen = looking(desk, await desk.admin(), beat=0.05)
    await seen.until(lambda told: told)
    await desk.waiting()
    await seen.until(lambda told: shown(told) == (1, 0, 0))
    read = desk.db.read

    def away() -> Any:
        raise Unavailable("unavailable")

    monkeypatch.setattr(desk.db, "read", away)
    await seen.until(lambda told: not told[-1].system.database.ok)
    assert (seen.told[-1].system.database.latency, shown(seen.told)) == (None, (1, 0, 0))
    with pytest.raises(Unavailable):
        await desk.running.board.look()
    monkeypatch.setattr(desk.db, "read", read)
    await seen.until(lambda told: told[-1].system.database.ok)
    assert seen.told[-1].system.database.latency is not None
    await seen.stop()


# Other processes


@pytest.mark.settings(tick="PT0.1S")
@pytest.mark.usefixtures("quick")
async def test_what_another_process_does_is_shown_though_no_bell_rings(
    desk: Desk, open_running: OpenRunning, tmp_path: Any
) -> None:
    url = desk.running.services.settings.database
    async with open_running(url, tick="PT0.1S") as other:
        seen = Listening(dashboard_states(Context(other.services, (await desk.admin()).principal), other))
        await seen.until(lambda told: shown(told) == (0, 0, 0))
        await desk.waiting()
        await seen.until(lambda told: shown(told) == (1, 0, 0))
        await seen.stop()


async def test_the_broker_is_timed_by_our_own_rings(running: Running) -> None:
    kept = Board(running.as_system(), running.hub)
    async with asyncio.timeout(30):
        while running.hub.doorbell.latency is None:  # noqa: ASYNC110 - the bell tells nobody that it was heard
            await asyncio.sleep(0.02)
    broker = (await kept.look()).system.broker
    assert broker.ok
    assert broker.detail == "memory"
    assert broker.latency is not None
    assert 0 <= broker.latency.total_seconds() < 5


# Parts


class Source:
    """Something to read, that can take long or fail."""

    def __init__(self, takes: float = 0) -> None:
        self.takes, self.fails, self.read_at = takes, False, list[float]()

    async def __call__(self) -> int:
        self.read_at.append(asyncio.get_running_loop().time())
        await asyncio.sleep(self.takes)
        if self.fails:
            raise Unavailable("unavailable")
        return len(self.read_at)


async def test_a_part_is_due_at_once_then_by_its_age_and_sooner_when_rung() -> None:
    part, now = Part(Source(), every=60, share=1), asyncio.get_running_loop().time()
    assert part.due_at <= now
    await part.read()
    assert part.due_at >= now + 60
    part.ring()
    assert now <= part.due_at < now + 10


async def test_what_takes_long_is_read_less_often() -> None:
    part = Part(Source(takes=0.2), every=60, share=1 / 20)
    began = asyncio.get_running_loop().time()
    await part.read()
    part.ring()
    assert part.due_at >= began + 4


async def test_what_could_not_be_read_stays_and_is_tried_again_soon() -> None:
    source = Source()
    part = Part(source, every=60, share=1)
    await part.read()
    source.fails = True
    with pytest.raises(Unavailable):
        await part.read()
    assert (part.value, part.failed) == (1, True)
    assert part.due_at < asyncio.get_running_loop().time() + 10
    source.fails = False
    await part.read()
    assert (part.value, part.failed) == (3, False)


async def test_a_ring_while_reading_is_not_lost() -> None:
    part = Part(Source(takes=0.05), every=60, share=1)
    reading = asyncio.create_task(part.read())
    await asyncio.sleep(0.01)
    part.ring()
    await reading
    assert part.due_at < asyncio.get_running_loop().time() + 10
