"""Who keeps failing waits longer and longer, and not for ever."""

from datetime import timedelta

import pytest

from api.delays import FORGOTTEN_AFTER, LONGEST, Delays, Trier
from api.errors import RateLimited
from tests.clock import Clock

ANA, BIA = Trier(("ana",), 3), Trier(("bia",), 3)


def wait_of(delays: Delays, *triers: Trier) -> int:
    """For how many seconds the next try is refused; a try that is not refused counts."""
    try:
        delays.begin(*triers)
    except RateLimited as refusal:
        return round(refusal.retry_after.total_seconds())
    return 0


def test_delays_double_up_to_a_quarter_of_an_hour() -> None:
    clock = Clock()
    delays = Delays(clock)
    waits: list[int] = []
    for _ in range(15):
        assert wait_of(delays, ANA) == 0
        waits.append(wait_of(delays, ANA) if len(waits) > 1 else 0)
        clock.advance(seconds=waits[-1])
    assert waits == [0, 0, *(2**power for power in range(10)), 900, 900, 900]
    assert wait_of(delays, BIA) == 0


def test_one_who_waits_makes_all_wait_and_nothing_counts_meanwhile() -> None:
    delays = Delays(Clock())
    for _ in range(3):
        delays.begin(ANA)
    for _ in range(10):
        with pytest.raises(RateLimited):
            delays.begin(ANA, BIA)
    assert [wait_of(delays, BIA) for _ in range(4)] == [0, 0, 0, 1]


def test_what_was_no_failure_is_taken_back_and_a_success_forgives_all() -> None:
    clock = Clock()
    delays = Delays(clock)
    for _ in range(10):
        delays.begin(ANA, BIA)
        delays.take_back(ANA)
        delays.forgive(BIA)
    for _ in range(3):
        delays.begin(ANA)
    delays.take_back(ANA)
    assert wait_of(delays, ANA) == 0
    delays.forgive(ANA)
    assert [wait_of(delays, ANA) for _ in range(4)] == [0, 0, 0, 1]


def test_who_succeeds_after_many_failures_of_others_makes_nobody_wait_anew() -> None:
    clock = Clock()
    delays = Delays(clock)
    for _ in range(20):
        clock.advance(seconds=wait_of(delays, ANA))
    clock.advance(minutes=16)
    for _ in range(5):
        assert wait_of(delays, ANA) == 0
        delays.take_back(ANA)


def test_failures_of_long_ago_are_let_go() -> None:
    clock = Clock()
    delays = Delays(clock)
    for number in range(100):
        delays.begin(Trier((str(number),), 3))
    clock.advance(seconds=(FORGOTTEN_AFTER + LONGEST + timedelta(seconds=1)).total_seconds())
    delays.begin(ANA)
    assert set(delays._failures) == {("ana",)}
