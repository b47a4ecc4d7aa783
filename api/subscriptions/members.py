"""One subscriber of a stream that many read alike: how far it has come, and whether it may go on."""

import asyncio
from datetime import datetime
from typing import Protocol

from api.context import Context
from api.errors import Lagged
from api.events import AccessChanged, Delivery, Passing
from api.subscriptions.outlet import Outlet


class Regroup(Exception):
    """A member goes on elsewhere: its rights are not what they were, or the whole group's are not."""


class Doubted(Protocol):
    """Told when a member's rights may have changed."""

    def doubt(self, member: "Member") -> None: ...


class Member:
    """One subscriber in its group. Listens to what changes its rights, and holds its frames back until that is known.

    That happens within the call that publishes the change: whatever the group delivers later is held.
    """

    subscribers = 0
    """The group counts its members."""

    def __init__(self, ctx: Context, outlet: Outlet) -> None:
        self.ctx = ctx
        self.outlet = outlet
        self.group: Doubted | None = None
        self.doubts = 0
        """How often its rights may have changed: a look at them answers only for those before it."""
        self.ended: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.ends_at: datetime | None = None
        """Until when its credential holds, as far as is known."""
        self._taken = 0
        self._shown = 0

    @property
    def fill(self) -> float:
        """How full the queue to its socket is, from 0 to 1."""
        return self.outlet.fill

    @property
    def taken(self) -> int:
        """The number of the last event that was handed over."""
        return self._taken

    def start(self, sent: int) -> None:
        """Stand behind this event; what waited for the socket is forgotten, and comes again."""
        self.outlet.drop()
        self.ended = asyncio.get_running_loop().create_future()
        self.stand_at(sent)

    def stand_at(self, sent: int) -> None:
        """Take what comes after this event."""
        self._taken = self.outlet.sent = sent

    def offer(self, item: Delivery | Passing, /) -> None:
        """Hear of a change of rights."""
        if isinstance(item, Delivery) and isinstance(item.event, AccessChanged):
            self.doubts += 1
            self.outlet.hold()
            if self.group is not None:
                self.group.doubt(self)

    def take(self, seq: int, body: str | None) -> None:
        """Send an event once; without a body it is none of the subscriber's business. One who lags is ended."""
        if seq <= self._taken:
            return
        self._taken = seq
        if body is not None and not self.outlet.write(seq, body):
            self.end(Lagged("lagged"))

    def pass_on(self, body: str) -> None:
        """Send something passing."""
        if not self.outlet.write(None, body):
            self.end(Lagged("lagged"))

    def show(self, number: int, body: str | None) -> None:
        """Send a state once, in place of any older one that waits still: who is slow skips some, and ends nowhere."""
        if number > self._shown:
            self._shown = number
            if body is not None:
                self.outlet.write_newest(body)

    def end(self, error: Exception) -> None:
        """Send nothing more here, and let its own task raise the error."""
        self.outlet.drop()
        self.outlet.hold()
        if not self.ended.done():
            self.ended.set_exception(error)
            self.ended.exception()  # Known to be seen, should its task be gone by now.

    async def keeps_up(self) -> None:
        """Until the socket has taken everything, or raise what ended this member."""
        if self.outlet.busy and not self.ended.done():
            flushed = asyncio.ensure_future(self.outlet.flushed())
            try:
                await asyncio.wait({flushed, self.ended}, return_when=asyncio.FIRST_COMPLETED)
            finally:
                flushed.cancel()
        if self.ended.done():
            await self.ended
