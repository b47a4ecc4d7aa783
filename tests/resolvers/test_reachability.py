"""What results make of an access point: by a table, and by properties that hold for every run of results."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.models.enums import AccessPointStatus
from api.resolvers.reachability import REMEMBERED, Rules, State, after_result

RULES = Rules(fail_after=3, recover_after=2, slow_above=timedelta(milliseconds=100))
U, N, D, F = ("UNKNOWN", "ONLINE", "DEGRADED", "OFFLINE")
NEW = State()


def run(letters: str, rules: Rules = RULES, state: State = NEW) -> tuple[list[str], State]:
    """`+` is up, `s` is up but slow, `-` is down, `?` is nobody can tell: the status after each."""
    seen = []
    for letter in letters:
        up = {"+": True, "s": True, "-": False, "?": None}[letter]
        latency = timedelta(milliseconds=101 if letter == "s" else 100) if up else None
        state = after_result(state, rules, up, latency)
        seen.append(str(state.status))
    return seen, state


@pytest.mark.parametrize(
    ("letters", "seen"),
    [
        ("+", [N]),
        ("---", [U, U, F]),
        ("--+", [U, U, N]),
        ("+---", [N, N, N, F]),
        ("+--+--", [N] * 6),
        ("+---+-++", [N, N, N, F, F, F, F, N]),
        ("---++", [U, U, F, F, N]),
        ("+sss", [N, N, N, D]),
        ("+ss+ss", [N] * 6),
        ("ssss", [N, N, D, D]),
        ("sss+s++", [N, N, D, D, D, D, N]),
        ("sss---", [N, N, D, D, D, F]),
        ("sss---++", [N, N, D, D, D, F, F, N]),
        ("+?+", [N, U, N]),
        ("+?-", [N, U, N]),
        ("+--?-", [N, N, N, U, N]),
        ("+---?-", [N, N, N, F, U, F]),
        ("+---?+", [N, N, N, F, U, F]),
        ("+---?++", [N, N, N, F, U, F, N]),
        ("+---+?+", [N, N, N, F, F, U, F]),
        ("????", [U] * 4),
    ],
)
def test_the_status_after_each_result(letters: str, seen: list[str]) -> None:
    assert run(letters)[0] == seen


def test_without_a_limit_nothing_is_slow() -> None:
    assert run("sssss", Rules())[0] == [N] * 5


def test_a_point_flaps_from_many_changes_on_and_until_there_are_few() -> None:
    _, calm = run("+" * 30)
    assert not calm.flapping
    seen, state = [], calm
    for letter in "-+" * 5:
        _, state = run(letter, state=state)
        seen.append(state.flapping)
    assert seen == [False] * 9 + [True]
    # The changes leave the memory one by one: it flaps until fewer than five are left.
    quiet = 0
    while state.flapping:
        _, state = run("+", state=state)
        quiet += 1
    assert quiet == 16


letters = st.text("+s-?", max_size=60)
rules = st.builds(Rules, st.integers(1, 5), st.integers(1, 5), st.just(RULES.slow_above) | st.none())


@given(letters, rules)
def test_it_is_down_exactly_when_enough_failures_were_the_last_to_settle_it(letters: str, rules: Rules) -> None:
    """The same rule written another way: look back for the latest run that settles it."""
    _, state = run(letters, rules)
    settled = None
    downs = ups = 0
    for letter in letters:
        downs = downs + 1 if letter == "-" else 0
        ups = ups + 1 if letter in "+s" else 0
        if downs >= rules.fail_after:
            settled = False
        elif ups >= (1 if settled is None else rules.recover_after) and settled is not True:
            settled = True
    assert state.up is settled


@given(letters, rules)
def test_what_is_shown_follows_from_what_is_known(letters: str, rules: Rules) -> None:
    _, state = run(letters, rules)
    assert (state.status is AccessPointStatus.UNKNOWN) == (not letters or letters[-1] == "?" or state.up is None)
    assert not (state.slow and not state.up)
    assert len(state.history) == min(REMEMBERED, sum(letter != "?" for letter in letters))
    assert state.failures <= rules.fail_after
    assert state.successes <= rules.recover_after


@given(letters, rules)
def test_not_knowing_forgets_nothing_but_runs(letters: str, rules: Rules) -> None:
    _, state = run(letters, rules)
    _, after = run("?", rules, state)
    assert after == replace(state, known=False, failures=0, successes=0)
    assert after.status is AccessPointStatus.UNKNOWN
