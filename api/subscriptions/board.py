"""What all dashboards of a process show: kept once for all of them, and not at all while nobody looks."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from api.context import Context
from api.errors import AppError, Unavailable
from api.events import (
    DASHBOARD,
    NETWORK,
    AccessChanged,
    ChatAssigned,
    ChatLeftQueue,
    ChatQueued,
    ChatUnassigned,
    Delivery,
    NetworkEvent,
    Passing,
    PresenceChanged,
    StateMoved,
)
from api.resolvers.dashboard import Day, Desk, read_desk, read_today, read_yesterday
from api.resolvers.tree import NetworkSummary, network_summary
from api.subscriptions.hub import Hub
from api.subscriptions.parts import Part
from api.subscriptions.vitals import SystemStatus, Vitals

log = logging.getLogger(__name__)

MOVES_THE_DESK = (ChatQueued, ChatLeftQueue, ChatAssigned, ChatUnassigned, PresenceChanged, AccessChanged)
PACE = 1.0
"""Seconds from one look to the next, at least."""
BEAT = 5.0
"""Seconds after which the desk is read though nothing was heard, for what no event tells: a new person, a new name."""
SELDOM = 60.0
"""Seconds after which figures are read though nothing was heard: yesterday's grow with the time of the day."""


@dataclass(frozen=True)
class Snapshot:
    """One look at everything."""

    at: datetime
    desk: Desk
    today: Day
    yesterday: Day
    network: NetworkSummary
    system: SystemStatus

    def shows_the_same_as(self, other: "Snapshot") -> bool:
        """Whether nothing is another but the time."""
        return self._without_times == other._without_times

    @property
    def _without_times(self) -> tuple[object, ...]:
        return (self.desk, self.network, self.system, self.today.without_times, self.yesterday.without_times)


class _Ear:
    """Hears what may have moved the desk."""

    subscribers = 0
    fill = 0.0

    def __init__(self, board: "Board") -> None:
        self._board = board

    def offer(self, item: Delivery | Passing, /) -> None:
        if isinstance(item, Delivery) and isinstance(item.event, MOVES_THE_DESK):
            self._board.ring()
        if isinstance(item, Delivery) and isinstance(item.event, NetworkEvent):
            self._board.ring_network()


class Board:
    """Keeps the newest snapshot while somebody looks, and tells the readers of DASHBOARD of each that shows news.

    Events say when to read again, through the same gates as everybody's: in order, with none lost. However many there
    are, and however many look, each part is read at most once a second.
    """

    def __init__(self, ctx: Context, hub: Hub, *, beat: float = BEAT) -> None:
        self._ctx, self._hub = ctx, hub
        self._desk = Part(lambda: read_desk(ctx), every=beat, share=1)
        self._today = Part(lambda: read_today(ctx), every=SELDOM, share=1 / 10)
        self._yesterday = Part(lambda: read_yesterday(ctx), every=SELDOM, share=1 / 10)
        self._network = Part(lambda: network_summary(ctx), every=beat, share=1)
        self._system = Part(Vitals(ctx, hub).take, every=beat, share=1)
        self._parts: tuple[Part[Any], ...] = (self._desk, self._today, self._yesterday, self._network, self._system)
        self._newest: StateMoved[Snapshot] | None = None
        self._number = 0
        self._looked_at = float("-inf")
        self._looking = asyncio.Lock()
        self._rung = asyncio.Event()
        self._ear = _Ear(self)
        self._heard: frozenset[str] = frozenset()
        self._keepers = 0
        self._keeping: asyncio.Task[None] | None = None

    @property
    def newest(self) -> StateMoved[Snapshot] | None:
        """What is shown to who joins; None until everything was read once."""
        return self._newest

    @asynccontextmanager
    async def kept(self) -> AsyncIterator[None]:
        """Keep it up to date for the length of the block."""
        self._keepers += 1
        if self._keepers == 1:
            self._begin()
        try:
            yield
        finally:
            self._keepers -= 1
            if not self._keepers:
                self._end()

    async def look(self) -> Snapshot:
        """The newest snapshot, for who asks once: at most a second old. Raises Unavailable."""
        if not self._keepers:
            # Nobody has listened for us.
            self.ring()
            self.ring_network()
        await self._look()
        if self._newest is None or any(part.failed for part in self._parts):
            raise Unavailable("unavailable")
        return self._newest.state

    def ring(self) -> None:
        """Say that the desk may be another by now."""
        self._desk.ring()
        self._today.ring()
        self._rung.set()

    def ring_network(self) -> None:
        """Say that the network may be another by now."""
        self._network.ring()
        self._rung.set()

    def _begin(self) -> None:
        if self._next_look <= _now():
            # What was seen by who looked long before us is no news.
            self._newest = None
        self.ring()
        self.ring_network()
        self._keeping = asyncio.create_task(self._keep(), name="dashboard")

    def _end(self) -> None:
        if self._keeping is not None:
            self._keeping.cancel()
        for stream in self._heard:
            self._hub.leave(self._ear, stream)
        self._heard = frozenset()

    @property
    def _next_look(self) -> float:
        return self._looked_at + PACE

    async def _keep(self) -> None:
        while True:
            await self._look()
            while (pause := max(self._next_look, min(part.due_at for part in self._parts)) - _now()) > 0:
                self._rung.clear()
                await _within(pause, self._rung)

    async def _look(self) -> None:
        """Read the parts that are due, and tell if anything is another; nothing when we have only just looked."""
        async with self._looking:
            if self._next_look > _now():
                return
            self._looked_at = _now()
            for part in [part for part in self._parts if part.due_at <= _now()]:
                await self._read(part)
            if all(part.known for part in self._parts):
                self._tell()

    async def _read(self, part: Part[Any]) -> None:
        try:
            await part.read()
            if part is self._desk and self._keepers:
                await self._listen(self._desk.value.streams | {NETWORK})
        except AppError as error:
            # What is known stays; that the database is away is told by another part.
            log.warning("dashboard: not read: %s", error.code)
        except Exception:
            # A fault of ours must not leave the others in the dark for ever.
            log.exception("dashboard: not read")

    async def _listen(self, streams: frozenset[str]) -> None:
        for stream in self._heard - streams:
            self._hub.leave(self._ear, stream)
        new, self._heard = streams - self._heard, streams
        if new:
            await self._hub.join_all(self._ear, new)
            # Something may have been said there between the reading and now.
            self.ring()
            self.ring_network()

    def _tell(self) -> None:
        before = self._newest
        parts = (self._desk.value, self._today.value, self._yesterday.value, self._network.value, self._system.value)
        seen = Snapshot(self._ctx.now(), *parts)
        if before is not None and seen.shows_the_same_as(before.state):
            return
        self._number += 1
        self._newest = StateMoved(DASHBOARD, self._number, seen)
        self._hub.show(self._newest)


async def _within(seconds: float, event: asyncio.Event) -> None:
    try:
        async with asyncio.timeout(seconds):
            await event.wait()
    except TimeoutError:
        return


def _now() -> float:
    return asyncio.get_running_loop().time()
