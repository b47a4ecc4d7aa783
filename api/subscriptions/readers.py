"""Who is told what happens in streams: each with a bounded buffer, so that a slow one grows no memory."""

import asyncio
from collections import deque
from typing import Protocol

from api.errors import Lagged
from api.events import Delivery, Passing


class Listener(Protocol):
    """Whoever is told what happens in a stream, as it is let through."""

    subscribers: int
    """How many people or machines listen here."""

    @property
    def fill(self) -> float: ...

    def offer(self, item: Delivery | Passing, /) -> None: ...


class Reader:
    """One subscriber's bounded buffer over one or more streams; or that of many who read alike."""

    def __init__(self, limit: int) -> None:
        self.subscribers = 1
        self._items: deque[Delivery | Passing] = deque()
        self._limit = limit
        self._lagged = False
        self._waiter: asyncio.Future[None] | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._until = 0.0

    def offer(self, item: Delivery | Passing) -> None:
        """Add an item; a reader that is full is lost, and is told so at its next turn."""
        if len(self._items) >= self._limit:
            self._items.clear()
            self._lagged = True
        if not self._lagged:
            self._items.append(item)
        self._wake()

    @property
    def fill(self) -> float:
        """How full the buffer is, from 0 to 1."""
        return 1.0 if self._lagged else len(self._items) / self._limit

    async def next(self, timeout: float) -> Delivery | Passing | None:
        """The next item, or None after `timeout` seconds without one. Raises Lagged."""
        if not self._items and not self._lagged:
            await self._something(timeout)
        if self._lagged:
            raise Lagged("lagged")
        return self._items.popleft() if self._items else None

    def close(self) -> None:
        """Wait for nothing any more."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    async def _something(self, timeout: float) -> None:
        loop = asyncio.get_running_loop()
        self._waiter, self._until = loop.create_future(), loop.time() + timeout
        # Most waits end with an item, and begin anew at once: the timer of an earlier one does for them too.
        if self._timer is not None and self._timer.when() > self._until:
            self.close()
        if self._timer is None:
            self._timer = loop.call_at(self._until, self._look_at_the_time, loop)
        try:
            await self._waiter
        finally:
            self._waiter = None

    def _look_at_the_time(self, loop: asyncio.AbstractEventLoop) -> None:
        self._timer = None
        if self._waiter is None:
            return
        if loop.time() >= self._until:
            self._wake()
        else:
            self._timer = loop.call_at(self._until, self._look_at_the_time, loop)

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)
