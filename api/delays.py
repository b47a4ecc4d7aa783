"""How long who keeps failing has to wait: longer with each failure, and never for ever."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil

from api.errors import RateLimited

LONGEST = timedelta(minutes=15)
FORGOTTEN_AFTER = timedelta(hours=1)
"""Since the last failure, and after the delay that it brought."""
_SWEEP = timedelta(minutes=1)


@dataclass(frozen=True)
class Trier:
    """Somebody whose tries are counted together, and how many of them may fail before the next one has to wait."""

    who: tuple[str, ...]
    free: int


@dataclass
class _Failures:
    free: int
    last_at: datetime
    earlier_at: datetime
    """Of the one before, for when the last one turns out to be none."""
    count: int = 0

    @property
    def delay(self) -> timedelta:
        """A second after the last free failure, doubled by each that follows."""
        beyond = self.count - self.free
        return timedelta() if beyond < 0 else min(LONGEST, timedelta(seconds=2 ** min(beyond, 20)))


class Delays:
    """Counts failures, per process. A try counts as failed until it is told otherwise: of many at once, few pass."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self._failures: dict[tuple[str, ...], _Failures] = {}
        self._sweep_at: datetime | None = None

    def begin(self, *triers: Trier) -> None:
        """Count one try of each of them. Raises RateLimited, and counts nothing, while one of them has to wait."""
        now = self._clock()
        self._sweep(now)
        known = [self._failures.get(trier.who) or _Failures(trier.free, now, now) for trier in triers]
        longest = max(found.last_at + found.delay - now if found.count else timedelta() for found in known)
        if longest > timedelta():
            seconds = ceil(longest.total_seconds())
            raise RateLimited("too_many_requests", retry_after=timedelta(seconds=seconds), seconds=seconds)
        for trier, failures in zip(triers, known, strict=True):
            failures.count += 1
            failures.earlier_at, failures.last_at = failures.last_at, now
            self._failures[trier.who] = failures

    def forgive(self, trier: Trier) -> None:
        """It succeeded: all its failures are forgotten."""
        self._failures.pop(trier.who, None)

    def take_back(self, trier: Trier) -> None:
        """Its last try was no failure; what failed before still counts, from when it did."""
        failures = self._failures.get(trier.who)
        if failures and failures.count:
            failures.count -= 1
            failures.last_at = failures.earlier_at

    def _sweep(self, now: datetime) -> None:
        if self._sweep_at is not None and now < self._sweep_at:
            return
        self._sweep_at = now + _SWEEP
        kept = {who: f for who, f in self._failures.items() if f.count and f.last_at + f.delay + FORGOTTEN_AFTER > now}
        self._failures = kept
