"""One rule for many things in one test: a rule that takes no time need not be thousands of tests."""

from collections.abc import Callable, Sequence
from typing import TypeVar

T = TypeVar("T")


def every(things: Sequence[T], name: Callable[[T], str]) -> Callable[[Callable[[T], None]], Callable[[], None]]:
    """The rule holds for each of these; where it does not, all that break it are named, each with its reason."""
    assert things, "a rule for nothing"

    def one_test(rule: Callable[[T], None]) -> Callable[[], None]:
        def for_every_one() -> None:
            broken: list[Exception] = []
            for thing in things:
                try:
                    rule(thing)
                except Exception as error:
                    error.add_note(f"This is {name(thing)}.")
                    broken.append(error)
            if broken:
                raise ExceptionGroup(rule.__name__, broken)

        for_every_one.__name__, for_every_one.__doc__ = rule.__name__, rule.__doc__
        return for_every_one

    return one_test
