"""One part of a picture that is kept for many: read when it may be another, and never more often than that may cost."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

T = TypeVar("T")


class Part(Generic[T]):
    """Is read at once when it was never read; else every so many seconds, and soon after it was rung for.

    At most `share` of the time is spent on reading it: what takes longer is read less often.
    """

    def __init__(self, read: Callable[[], Awaitable[T]], *, every: float, share: float) -> None:
        self._read, self._every, self._share = read, every, share
        self._value: T | None = None
        self._read_at = float("-inf")
        self._rests_until = float("-inf")
        self._rung = False
        self.failed = False
        """Whether the last try to read it did not succeed."""

    @property
    def known(self) -> bool:
        """Whether it was read at all."""
        return self._value is not None

    @property
    def value(self) -> T:
        """As it was read last; only what is `known` has one."""
        if self._value is None:
            raise LookupError("not read yet")
        return self._value

    @property
    def due_at(self) -> float:
        """When it is to be read next, by the loop's clock."""
        wanted = float("-inf") if self._rung else self._read_at + self._every
        return max(wanted, self._rests_until)

    def ring(self) -> None:
        """Say that it may be another by now."""
        self._rung = True

    async def read(self) -> None:
        """Read it. Raises what reading does; then it is as it was, and due after a pause."""
        clock = asyncio.get_running_loop().time
        began = clock()
        # Before reading: what happens meanwhile may be in this reading or not, and belongs to the next.
        self._rung = False
        try:
            self._value = await self._read()
        except BaseException:
            self._rung = self.failed = True
            raise
        finally:
            self._rests_until = began + (clock() - began) / self._share
        self._read_at, self.failed = began, False
