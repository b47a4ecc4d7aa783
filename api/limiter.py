"""How often somebody may try something."""

import time
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from ipaddress import IPv6Address, ip_address

from limits import parse_many

from api.errors import RateLimited

_SWEEP = 60.0
"""Seconds between two looks for windows that nobody is in any more."""


SAVED_UP = 10
"""Seconds for which an allowance that nobody uses grows."""


@dataclass(frozen=True)
class _Rate:
    """So many tries in so many seconds."""

    name: str
    amount: int
    seconds: int


@lru_cache
def _rates_of(rates: str) -> tuple[_Rate, ...]:
    return tuple(_Rate(str(rate), rate.amount, rate.get_expiry()) for rate in parse_many(rates))


class Limiter:
    """Counts tries in moving windows, per process.

    The windows are kept here: the storage that comes with `limits` takes a thread for the tries that have passed,
    a hundred times a second, which costs more than all the counting.
    """

    def __init__(self) -> None:
        self._windows: dict[tuple[str, tuple[str, ...]], deque[float]] = {}
        self._sweep_at = 0.0

    async def take(self, rates: str, *who: str) -> None:
        """Count one try of `who` against `rates` such as `10/minute;60/hour`.

        Raises RateLimited with the time until the next try counts.
        """
        for window in self._open_windows(rates, who):
            window.append(time.monotonic())

    async def check(self, rates: str, *who: str) -> None:
        """Raise RateLimited when `who` has no try left; counts nothing."""
        for _ in self._open_windows(rates, who):
            pass

    def _open_windows(self, rates: str, who: tuple[str, ...]) -> Iterator[deque[float]]:
        """The window of each rate, one after the other, as long as another try fits into it."""
        now = time.monotonic()
        if now >= self._sweep_at:
            self._sweep(now)
        for rate in _rates_of(rates):
            window = self._windows.setdefault((rate.name, who), deque())
            while window and window[0] <= now - rate.seconds:
                window.popleft()
            if len(window) >= rate.amount:
                raise _limited(rate, now, window)
            yield window

    def _sweep(self, now: float) -> None:
        self._sweep_at = now + _SWEEP
        lengths = {name: rate.seconds for name, _ in self._windows for rate in _rates_of(name)}
        self._windows = {
            key: window for key, window in self._windows.items() if window and window[-1] > now - lengths[key[0]]
        }


class Allowance:
    """So many a second on the mean of `SAVED_UP` seconds: what was not used is saved up for that long.

    One of these for each socket costs two numbers, where a moving window would cost one for each frame.
    """

    __slots__ = ("_a_second", "_at", "_left")

    def __init__(self, a_second: int) -> None:
        self._a_second = a_second
        self._left = float(a_second * SAVED_UP)
        self._at = time.monotonic()

    def take(self) -> bool:
        """Use one; False when none is left. An allowance of 0 has no end."""
        if self._a_second == 0:
            return True
        now = time.monotonic()
        most = float(self._a_second * SAVED_UP)
        self._left = min(most, self._left + (now - self._at) * self._a_second)
        self._at = now
        if self._left < 1:
            return False
        self._left -= 1
        return True


def _limited(rate: _Rate, now: float, window: deque[float]) -> RateLimited:
    seconds = max(1, round(window[0] + rate.seconds - now))
    return RateLimited("too_many_requests", retry_after=timedelta(seconds=seconds), seconds=seconds)


def network_of(address: str | None) -> str:
    """Whom an address stands for: itself, or its /64 for IPv6 (one customer usually has a whole one)."""
    try:
        parsed = ip_address(address or "")
    except ValueError:
        return "unknown"
    if isinstance(parsed, IPv6Address) and parsed.ipv4_mapped is None:
        return str(IPv6Address(int(parsed) >> 64 << 64))
    return str(parsed)
