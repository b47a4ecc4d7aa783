"""Tries are counted in windows that move."""

import pytest

from api import limiter
from api.errors import RateLimited
from api.limiter import Allowance, Limiter


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    now = [1000.0]
    monkeypatch.setattr(limiter.time, "monotonic", lambda: now[0])
    return now


async def refused(counts: Limiter, rates: str, *who: str) -> int:
    """In how many seconds the next try counts."""
    with pytest.raises(RateLimited) as refusal:
        await counts.take(rates, *who)
    return round(refusal.value.retry_after.total_seconds())


async def test_so_many_tries_count_and_no_more(clock: list[float]) -> None:
    counts = Limiter()
    for _ in range(2):
        await counts.take("2/minute", "ana")
        clock[0] += 10
    assert await refused(counts, "2/minute", "ana") == 40
    await counts.take("2/minute", "bia")
    clock[0] += 40
    await counts.take("2/minute", "ana")
    assert await refused(counts, "2/minute", "ana") == 10


async def test_every_rate_counts(clock: list[float]) -> None:
    counts = Limiter()
    for _ in range(3):
        await counts.take("1/second;3/hour", "ana")
        assert await refused(counts, "1/second;3/hour", "ana") == 1
        clock[0] += 1
    assert await refused(counts, "1/second;3/hour", "ana") == 3597


async def test_looking_counts_nothing(clock: list[float]) -> None:
    counts = Limiter()
    for _ in range(5):
        await counts.check("1/minute", "ana")
    await counts.take("1/minute", "ana")
    with pytest.raises(RateLimited):
        await counts.check("1/minute", "ana")


async def test_windows_that_nobody_is_in_are_let_go(clock: list[float]) -> None:
    counts = Limiter()
    for number in range(100):
        await counts.take("5/minute", str(number))
    clock[0] += 200
    await counts.take("5/minute", "ana")
    assert len(counts._windows) == 1


def taken(allowance: Allowance) -> int:
    """How much is left, all of it taken."""
    return next(count for count in range(10_000) if not allowance.take())


def test_an_allowance_saves_up_for_ten_seconds_and_no_longer(clock: list[float]) -> None:
    allowance = Allowance(5)
    assert taken(allowance) == 50
    for seconds, grown in ((1, 5), (0, 0), (9, 45), (3600, 50)):
        clock[0] += seconds
        assert taken(allowance) == grown


def test_an_allowance_of_nothing_has_no_end() -> None:
    assert all(Allowance(0).take() for _ in range(1000))
