"""What a supervisor follows of the people who attend: the whole team as it is, anew whenever it is another."""

import asyncio
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from datetime import datetime

from api.context import Context
from api.events import AccessChanged, Delivery, Passing, Typing, chat_stream, staff_stream
from api.resolvers.team import Member, view_team
from api.subscriptions.hub import Hub
from api.subscriptions.rights import Rights
from api.subscriptions.running import Running

PACE = 1.0
"""Seconds from one look to the next, at least."""
BEAT = 5.0
"""Seconds after which the team is read though nothing was heard, for what no event tells: a new person, a lease that
ran out a moment ago."""


@dataclass(frozen=True)
class TeamSeen:
    """The team at one moment."""

    at: datetime
    members: tuple[Member, ...]


class _Ear:
    """Hears what may have moved the team; keeps nothing of it, so that no burst can fill it."""

    subscribers = 1
    fill = 0.0

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self._heard: frozenset[str] = frozenset()
        self.rung = asyncio.Event()
        self.doubts = False
        """Whether somebody's rights are others than they were, perhaps those of who listens."""

    def offer(self, item: Delivery | Passing, /) -> None:
        if isinstance(item, Typing):
            return
        if isinstance(item, Delivery) and isinstance(item.event, AccessChanged):
            self.doubts = True
        self.rung.set()

    async def listen(self, streams: frozenset[str]) -> None:
        """Hear these streams, and no others any more."""
        self._leave(self._heard - streams)
        new, self._heard = streams - self._heard, streams
        if new:
            await self._hub.join_all(self, new)
            # Something may have been said there between the reading and now.
            self.rung.set()

    def close(self) -> None:
        self._leave(self._heard)

    def _leave(self, streams: frozenset[str]) -> None:
        for stream in streams:
            self._hub.leave(self, stream)


async def team_states(ctx: Context, running: Running) -> AsyncGenerator[TeamSeen, None]:
    """The team as it is now, then whenever anything but the time is another, at most once a second.

    Raises Unavailable; Unauthenticated or Forbidden as soon as the caller's rights are gone.
    """
    rights = Rights(ctx, view_team, ctx.settings.reauthorise)
    ear, shown = _Ear(running.hub), None
    async with running.attendance.of(ctx.principal):
        try:
            while True:
                ear.rung.clear()
                if ear.doubts:
                    ear.doubts = False
                    await rights.check()
                await rights.check_if_due(None)
                members = await view_team(rights.ctx)
                await ear.listen(frozenset([*_streams(members), *rights.beside()]))
                if members != shown:
                    shown = members
                    yield TeamSeen(rights.ctx.now(), members)
                await asyncio.sleep(PACE)
                await _within(min(BEAT, ctx.settings.reauthorise.total_seconds()), ear.rung)
        finally:
            ear.close()


def _streams(members: tuple[Member, ...]) -> list[str]:
    """Where is told what may change any of this."""
    people = [staff_stream(member.user.id) for member in members]
    return people + [chat_stream(chat.id) for member in members for chat in member.chats]


async def _within(seconds: float, event: asyncio.Event) -> None:
    try:
        async with asyncio.timeout(seconds):
            await event.wait()
    except TimeoutError:
        return
