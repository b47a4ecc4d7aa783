"""The places in each queue: read once for all who wait there, at most once a second."""

import asyncio
import uuid
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from api.resolvers.queue import QueueState, WaitEstimate

FRESH_FOR = 1.0


@dataclass(frozen=True)
class Place:
    """Where a chat stands in its queue, and for how long still."""

    position: int
    estimate: WaitEstimate | None


@dataclass(frozen=True)
class QueueReading:
    """One reading of a queue: who waits, in order, and its figures."""

    order: list[uuid.UUID]
    state: QueueState


@dataclass(frozen=True)
class _Known:
    reading: QueueReading
    positions: dict[uuid.UUID, int]
    at: float


class Positions:
    """Answers many waiting customers from one reading of their queue."""

    def __init__(self, read: Callable[[uuid.UUID], Awaitable[QueueReading]]) -> None:
        self._read = read
        self._known: dict[uuid.UUID, _Known] = {}
        self._reading: dict[uuid.UUID, asyncio.Lock] = {}

    async def moved_since(self, department_id: uuid.UUID, moment: float) -> bool:
        """Whether a reading made after `moment` (loop time) is at hand; makes one when the last is old enough."""
        async with self._reading.setdefault(department_id, asyncio.Lock()):
            known = self._known.get(department_id)
            now = asyncio.get_running_loop().time()
            if known is None or now - known.at >= FRESH_FOR:
                # The time is taken before reading: what moves meanwhile belongs to the next reading.
                reading = await self._read(department_id)
                places = {chat_id: place for place, chat_id in enumerate(reading.order, start=1)}
                known = self._known[department_id] = _Known(reading, places, now)
            return known.at >= moment

    def place(self, department_id: uuid.UUID, chat_id: uuid.UUID) -> Place | None:
        """A chat's place in the last reading; None when it does not wait there."""
        known = self._known.get(department_id)
        position = known.positions.get(chat_id) if known else None
        if known is None or position is None:
            return None
        return Place(position, known.reading.state.estimate(position))
