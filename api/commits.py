"""Group commit: who comes while a transaction is under way shares the next one, and is answered after its commit."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

from api.errors import Contention, StorageFull, Unavailable

C = TypeVar("C")
R = TypeVar("R")

MOST = 64
"""Commands of one transaction at most: a bound on how long its locks are held."""


class GroupCommit(Generic[C, R]):
    """Runs commands of one kind, all that wait together in one transaction.

    `run` does them all or nothing, and answers each in its place; an exception in that place is one command's own.
    """

    def __init__(self, run: Callable[[Sequence[C]], Awaitable[Sequence[R | Exception]]]) -> None:
        self._run = run
        self._waiting: list[tuple[C, asyncio.Future[R]]] = []
        self._working: asyncio.Task[None] | None = None

    async def submit(self, command: C) -> R:
        """The command's own result, after the commit that made it durable; or its own error."""
        future: asyncio.Future[R] = asyncio.get_running_loop().create_future()
        self._waiting.append((command, future))
        if self._working is None:
            self._working = asyncio.create_task(self._work(), name="group commit")
        return await future

    async def close(self) -> None:
        """Return when nothing is under way."""
        if self._working is not None:
            await self._working

    async def _work(self) -> None:
        try:
            while self._waiting:
                # Whatever else has arrived in this turn of the loop comes along.
                await asyncio.sleep(0)
                group, self._waiting = self._waiting[:MOST], self._waiting[MOST:]
                await self._together(group)
        finally:
            self._working = None

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
