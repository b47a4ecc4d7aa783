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
        self._wake = asyncio.Event()

    def offer(self, item: Delivery | Passing) -> None:
        """Add an item; a reader that is full is lost, and is told so at its next turn."""
        if len(self._items) >= self._limit:
            self._items.clear()
            self._lagged = True
        if not self._lagged:
            self._items.append(item)
        self._wake.set()

    @property
    def fill(self) -> float:
        """How full the buffer is, from 0 to 1."""
        return 1.0 if self._lagged else len(self._items) / self._limit

    async def next(self, timeout: float) -> Delivery | Passing | None:
        """The next item, or None after `timeout` seconds without one. Raises Lagged."""
        if not self._items and not self._lagged:
            self._wake.clear()
            try:
                async with asyncio.timeout(timeout):
                    await self._wake.wait()
            except TimeoutError:
                return None
        if self._lagged:
            raise Lagged("lagged")
        return self._items.popleft()
