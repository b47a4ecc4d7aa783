"""Rounds through many things that have nothing to do with each other."""

from collections.abc import Awaitable, Callable, Iterable
from typing import TypeVar

T = TypeVar("T")


async def one_by_one(things: Iterable[T], act: Callable[[T], Awaitable[int]]) -> int:
    """Act on each, and add up what that says; one that fails keeps no other waiting.

    Raises the first failure when all have had their turn.
    """
    acted, failed = 0, None
    for thing in things:
        try:
            acted += await act(thing)
        except Exception as error:
            failed = failed or error
    if failed is not None:
        raise failed
    return acted
