"""Two processes' worth of connections on one database, and callers who come at once."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Iterable
from dataclasses import replace
from typing import Any, TypeVar

import pytest

from api.context import Context
from api.errors import AppError
from api.services import Running
from tests.clock import Clock
from tests.people import Desk
from tests.running import OpenRunning

T = TypeVar("T")


class Cluster:
    """A desk served by two processes' worth of connections on one database; callers are dealt to them in turn."""

    def __init__(self, desk: Desk, second: Running) -> None:
        self.desk = desk
        self.second = second

    def spread(self, ctx: Context, number: int) -> Context:
        """The same caller, at one process or the other."""
        return replace(ctx, services=self.second.services) if number % 2 else ctx


@pytest.fixture
async def cluster(database_url: str, open_running: OpenRunning, clock: Clock) -> AsyncIterator[Cluster]:
    """Two running apps on one database, of each kind."""
    async with open_running(database_url) as first, open_running(database_url) as second:
        yield Cluster(Desk(first, clock), second)


async def together(work: Iterable[Awaitable[T]]) -> tuple[list[T], list[AppError]]:
    """Do everything at once: what succeeded, and the errors that callers are told. Anything else is a fault."""
    outcomes = await asyncio.gather(*work, return_exceptions=True)
    errors = [outcome for outcome in outcomes if isinstance(outcome, BaseException)]
    assert all(isinstance(error, AppError) for error in errors), errors
    fine: list[Any] = [outcome for outcome in outcomes if not isinstance(outcome, BaseException)]
    return fine, [error for error in errors if isinstance(error, AppError)]


def kinds(errors: Iterable[AppError]) -> set[tuple[type[AppError], str]]:
    return {(type(error), error.reason) for error in errors}
