"""Group commit: who comes while a transaction is under way shares the next one, and is answered after its commit."""

import asyncio
import math
from collections.abc import Awaitable, Callable, Hashable, Sequence
from typing import Generic, TypeVar

from api.errors import Contention, StorageFull, Unavailable

C = TypeVar("C")
R = TypeVar("R")

ENOUGH = 16
"""Commands that have to wait before another transaction is begun beside one: small groups cost more than they save."""
MOST = 64
"""Commands of one transaction at most: a bound on how long its locks are held."""
PACE = 0.008
"""Seconds between the beginnings of two transactions: who hurries from one to the next commits small groups dearly."""


class GroupCommit(Generic[C, R]):
    """Runs commands of one kind, all that wait together in one transaction; `abreast` such transactions at most.

    `run` does them all or nothing, and answers each in its place; an exception in that place is one command's own.
    Commands with the same `about` never run abreast, since they would only wait for each other's locks.
    """

    def __init__(
        self,
        run: Callable[[Sequence[C]], Awaitable[Sequence[R | Exception]]],
        *,
        about: Callable[[C], Hashable],
        abreast: int = 1,
    ) -> None:
        self._run = run
        self._about = about
        self._abreast = abreast
        self._began = -math.inf
        self._waiting: list[tuple[C, asyncio.Future[R]]] = []
        self._under_way: set[Hashable] = set()
        self._working: set[asyncio.Task[None] | None] = set()

    async def submit(self, command: C) -> R:
        """The command's own result, after the commit that made it durable; or its own error."""
        future: asyncio.Future[R] = asyncio.get_running_loop().create_future()
        self._waiting.append((command, future))
        if not self._working or (len(self._working) < self._abreast and len(self._waiting) >= ENOUGH):
            self._working.add(asyncio.create_task(self._work(), name="group commit"))
        return await future

    async def close(self) -> None:
        """Return when nothing is under way."""
        while self._working:
            await asyncio.wait([task for task in self._working if task])

    async def _work(self) -> None:
        try:
            # Whatever else has arrived in this turn of the loop comes along.
            await self._pace()
            while group := self._next_group():
                self._began = asyncio.get_running_loop().time()
                about = {self._about(command) for command, _ in group}
                self._under_way |= about
                try:
                    await self._together(group)
                finally:
                    self._under_way -= about
                await self._pace()
        finally:
            # In the same turn in which nothing was left: who comes later finds nobody at work, and begins.
            self._working -= {asyncio.current_task()}

    async def _pace(self) -> None:
        await asyncio.sleep(max(0.0, self._began + PACE - asyncio.get_running_loop().time()))

    def _next_group(self) -> list[tuple[C, asyncio.Future[R]]]:
        free = [waiting for waiting in self._waiting if self._about(waiting[0]) not in self._under_way][:MOST]
        taken = {id(future) for _, future in free}
        self._waiting = [waiting for waiting in self._waiting if id(waiting[1]) not in taken]
        return free

    async def _together(self, group: Sequence[tuple[C, asyncio.Future[R]]]) -> None:
        try:
            outcomes = await self._run([command for command, _ in group])
        except (Contention, Unavailable, StorageFull) as error:
            # It is the database's doing: each may try again by itself.
            outcomes = [error] * len(group)
        except Exception as error:
            if len(group) > 1:
                # One of them is at fault, and must not fail its neighbours.
                for alone in group:
                    await self._together([alone])
                return
            outcomes = [error]
        for (_, future), outcome in zip(group, outcomes, strict=True):
            _answer(future, outcome)


def _answer(future: "asyncio.Future[R]", outcome: R | Exception) -> None:
    if future.done():
        return  # Whoever asked has gone; what was done stays done.
    if isinstance(outcome, Exception):
        future.set_exception(outcome)
    else:
        future.set_result(outcome)
