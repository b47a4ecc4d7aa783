"""Writing that awaits nothing: the plain side of every transaction."""

import functools
from collections.abc import Callable
from datetime import datetime

from sqlalchemy import Connection

from api.events import Delivery, Event
from api.numbering import store_events


class Writing:
    """One unit of work on a plain connection: statements run at once, and nothing is awaited between them."""

    def __init__(
        self, connection: Connection, clock: Callable[[], datetime], events: list[Event] | None = None
    ) -> None:
        self.connection = connection
        self._clock = clock
        self._events: list[Event] = [] if events is None else events

    @functools.cached_property
    def now(self) -> datetime:
        """The moment of this work: when it is first asked for, which should be behind the locks that it waits for."""
        return self._clock()

    def emit(self, event: Event) -> None:
        """Say what happened. A rollback says nothing."""
        self._events.append(event)

    def store_events(self) -> list[Delivery]:
        """Number and store what was said; to be published after the commit."""
        return store_events(self.connection, self._events, self.now)
