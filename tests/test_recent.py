"""What is remembered for a moment is forgotten in time, and at once when its subject changes."""

import pytest

from api import recent
from api.recent import MOMENT, Recent


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    now = [100.0]
    monkeypatch.setattr(recent.time, "monotonic", lambda: now[0])
    return now


def test_a_value_is_kept_for_a_moment(clock: list[float]) -> None:
    kept: Recent[str] = Recent()
    assert kept.get("a") is None
    kept.keep("a", "Ana", about="x")
    clock[0] += MOMENT * 0.9
    assert kept.get("a") == "Ana"
    clock[0] += MOMENT * 0.2
    assert kept.get("a") is None


def test_what_is_about_a_subject_is_forgotten_with_it(clock: list[float]) -> None:
    kept: Recent[str] = Recent()
    kept.keep("a", "Ana", about="x")
    kept.keep("b", "Bia", about="x")
    kept.keep("c", "Caio", about="y")
    kept.forget(["x", "never heard of"])
    assert [kept.get(key) for key in "abc"] == [None, None, "Caio"]


def test_it_never_grows_without_end(clock: list[float], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recent, "_MOST", 3)
    kept: Recent[int] = Recent()
    for number in range(10):
        kept.keep(str(number), number, about=str(number))
    assert sum(kept.get(str(number)) is not None for number in range(10)) <= 3
    assert kept.get("9") == 9
