"""How often somebody may try something."""

import time
from datetime import timedelta
from functools import lru_cache
from ipaddress import IPv6Address, ip_address

from limits import RateLimitItem, parse_many
from limits.aio.storage import MemoryStorage
from limits.aio.strategies import MovingWindowRateLimiter

from api.errors import RateLimited

_parsed = lru_cache(parse_many)


class Limiter:
    """Counts tries in moving windows, per process."""

    def __init__(self) -> None:
        self._windows = MovingWindowRateLimiter(MemoryStorage())

    async def take(self, rates: str, *who: str) -> None:
        """Count one try of `who` against `rates` such as `10/minute;60/hour`.

        Raises RateLimited with the time until the next try counts.
        """
        for rate in _parsed(rates):
            if not await self._windows.hit(rate, *who):
                raise await self._limited(rate, who)

    async def check(self, rates: str, *who: str) -> None:
        """Raise RateLimited when `who` has no try left; counts nothing."""
        for rate in _parsed(rates):
            if not await self._windows.test(rate, *who):
                raise await self._limited(rate, who)

    async def _limited(self, rate: RateLimitItem, who: tuple[str, ...]) -> RateLimited:
        stats = await self._windows.get_window_stats(rate, *who)
        seconds = max(1, round(stats.reset_time - time.time()))
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
