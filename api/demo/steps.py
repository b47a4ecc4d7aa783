"""A day that is lived step by step, under a clock that is moved."""

import heapq
import itertools
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime

Step = Callable[[], Awaitable[None]]


@dataclass
class Day:
    """What happens when: steps in the order of their time, which is the clock's."""

    now: datetime
    _steps: list[tuple[datetime, int, Step]] = field(default_factory=list)
    _order: itertools.count = field(default_factory=itertools.count)

    def clock(self) -> datetime:
        """The simulated time."""
        return self.now

    def at(self, moment: datetime, step: Step) -> None:
        """Plan a step."""
        heapq.heappush(self._steps, (moment, next(self._order), step))

    async def live_until(self, end: datetime) -> None:
        """Do every step planned before `end`, each at its time."""
        while self._steps and self._steps[0][0] < end:
            self.now, _, step = heapq.heappop(self._steps)
            await step()
        self.now = end
