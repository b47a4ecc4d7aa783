"""The checker itself: it passes what is right, and finds each thing that can go wrong."""

from collections.abc import Callable

import pytest

from tests.faults.history import Fact, History

CHAT = "chat"
STORED = [
    Fact(1, "MessageSent", "m1", None, "Oi"),
    Fact(2, "ChatChanged"),
    Fact(3, "MessageSent", "m2", "a", "Bom dia"),
    Fact(4, "MessageSent", "m3", "b", "Tudo bem?"),
]


def history(seen: list[Fact] | None = None) -> History:
    """Two acks, and one reader who saw everything or what is given."""
    found = History()
    found.acked(CHAT, "a", "m2")
    found.acked(CHAT, "b", "m3")
    found.follows(CHAT, "ana")
    for fact in STORED if seen is None else seen:
        found.saw(CHAT, "ana", fact)
    return found


def problems(found: History, stored: list[Fact] | None = None) -> list[str]:
    return list(found.problems({CHAT: STORED if stored is None else stored}))


def test_what_is_right_passes() -> None:
    history().check({CHAT: STORED})


def test_an_ack_repeated_with_the_same_message_is_right() -> None:
    found = history()
    found.acked(CHAT, "a", "m2")
    assert problems(found) == []


def test_any_problem_fails_the_check() -> None:
    with pytest.raises(AssertionError, match=r"saw 2 twice"):
        history([*STORED, STORED[1]]).check({CHAT: STORED})


@pytest.mark.parametrize(
    ("seen", "said"),
    [
        (STORED[1:], "missed [1]"),
        ([STORED[0], *STORED[2:]], "missed [2]"),
        (STORED[:3], "missed [4]"),
        ([], "missed [1, 2, 3, 4]"),
        ([*STORED[:2], STORED[1], *STORED[2:]], "saw 2 twice"),
        ([*STORED, *STORED[2:3]], "saw 3 twice"),
        ([STORED[0], STORED[2], STORED[1], STORED[3]], "saw 2 after 3"),
        ([*STORED, Fact(5, "ChatEnded")], "saw 5, which is not stored"),
    ],
    ids=["first", "middle", "last", "everything", "doubled at once", "doubled later", "reordered", "invented"],
)
def test_what_a_reader_saw_amiss_is_found(seen: list[Fact], said: str) -> None:
    assert problems(history(seen)) == [f"{CHAT}, ana: {said}"]


def test_an_event_that_reached_a_reader_altered_is_found() -> None:
    altered = Fact(3, "MessageSent", "m2", "a", "Boa noite")
    (said,) = problems(history([*STORED[:2], altered, STORED[3]]))
    assert said.startswith(f"{CHAT}, ana: saw 3 otherwise than it is stored")


@pytest.mark.parametrize(
    ("stored", "said"),
    [
        (STORED[:3], "b was acknowledged and is lost"),
        ([*STORED, Fact(5, "MessageSent", "m9", "a", "Bom dia")], "a is stored 2 times"),
        ([*STORED[:3], Fact(5, "MessageSent", "m3", "b", "Tudo bem?")], "stored numbers are not 1 to 4: [1, 2, 3, 5]"),
        ([*STORED[:3], Fact(4, "MessageSent", "m7", "b", "Tudo bem?")], "b was acknowledged as another message"),
    ],
    ids=["lost", "doubled", "a hole", "another"],
)
def test_what_is_stored_amiss_is_found(stored: list[Fact], said: str) -> None:
    assert any(found.startswith(f"{CHAT}: {said}") for found in problems(history(stored), stored))


@pytest.mark.parametrize("forget", [lambda found: found.seen.clear(), lambda found: found.acks.clear()])
def test_a_chat_that_is_not_stored_at_all_is_found(forget: Callable[[History], None]) -> None:
    found = history()
    forget(found)
    assert list(found.problems({}))
