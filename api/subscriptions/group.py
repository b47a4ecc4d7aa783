"""The readers of one stream who ask the same and may see the same: each event is drawn once for all of them."""

import asyncio
import logging
from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager, nullcontext
from datetime import datetime

from api.auth import look_again_at
from api.context import Context
from api.errors import AppError, Forbidden, NotFound, Resync, Unauthenticated
from api.events import Delivery, Passing, StateMoved
from api.identities import Identity
from api.subscriptions.follow import live
from api.subscriptions.hub import PAGE, Hub
from api.subscriptions.members import Member, Regroup
from api.subscriptions.reading import Reading
from api.subscriptions.rights import settles_rights_anew

log = logging.getLogger(__name__)

REMEMBERED_FOR = 5.0
"""Seconds that a drawn event is kept at most, for many who come back at once. What it shows is as old."""


class Group:
    """Listens to a stream once, draws each event once, and hands the same bytes to all members.

    One task hears the stream; no task is woken for a member. A member that does not take its frames, or whose rights
    are in doubt, makes only itself wait.
    """

    def __init__(self, hub: Hub, ctx: Context, reading: Reading, *, over: Callable[[], None]) -> None:
        self._hub, self._ctx, self._reading, self._over = hub, ctx, reading, over
        self._stream = reading.stream.name
        self._members: set[Member] = set()
        self._live: set[Member] = set()
        self._sent = 0
        self._reader = hub.new_reader()
        self._joined = asyncio.Event()
        self._drawn: dict[int, str | None] = {}
        self._replaying = asyncio.Lock()
        self._showing = asyncio.Lock()
        self._shown: tuple[int, str | None] | None = None
        self._doubted: set[Member] = set()
        self._look_at: datetime = ctx.now() + ctx.settings.reauthorise
        self._ends_at: datetime | None = None
        self._looking: asyncio.Task[None] | None = None
        self._listening = asyncio.create_task(self._listen(), name=f"group of {self._stream}")

    async def serve(self, member: Member, sent: int | None) -> None:
        """Have a member, whose rights were looked at, sent what comes after an event, or from now on.

        Ends by an error only: Resync, Lagged, those of rights, or Regroup.
        """
        member.start(sent or 0)
        member.group = self
        self._members.add(member)
        if member.doubts:
            self.doubt(member)
        try:
            await self._joined.wait()
            await member.keeps_up()
            if sent is None:
                member.stand_at(self._hub.head_of(self._stream))
            else:
                await self._catch_up(member)
            self._live.add(member)
            self._reader.subscribers = len(self._live)
            await self._show_newest((member,))
            await member.ended
        finally:
            self._leave(member)

    def doubt(self, member: Member) -> None:
        """Look at a member's rights before anything more is sent to it."""
        member.outlet.hold()
        self._doubted.add(member)
        self._look()

    def _leave(self, member: Member) -> None:
        member.group = None
        for members in (self._members, self._live, self._doubted):
            members.discard(member)
        self._reader.subscribers = len(self._live)
        if not self._members:
            self._close()

    def _close(self) -> None:
        self._over()
        for task in (self._listening, self._looking):
            if task is not None and task is not asyncio.current_task():
                task.cancel()

    def _fail(self, error: Exception) -> None:
        """End every member. Who comes now finds another group."""
        self._over()
        for member in self._members:
            member.end(error)
        self._joined.set()

    # What happens

    async def _listen(self) -> None:
        every = self._ctx.settings.reauthorise.total_seconds
        try:
            async with self._kept(), self._hub.listening(self._reader, self._stream):
                self._sent = self._hub.head_of(self._stream)
                self._joined.set()
                async for item in live(self._ctx.db, self._reader, self._stream, self._sent, pause=every):
                    await self._pass_on(item)
        except (AppError, Regroup) as error:
            self._fail(error)
        except Exception as error:
            # A fault of ours, which each subscriber is told by a reference of its own; here is what it was.
            log.exception("group: %s ended", self._stream)
            self._fail(error)

    async def _pass_on(self, item: Delivery | Passing | None) -> None:
        if settles_rights_anew(item):
            await self._admit_again()
        self._look_when_due()
        if isinstance(item, Delivery):
            body = await self._draw(item)
            self._sent = item.seq
            for member in tuple(self._live):
                member.take(item.seq, body)
        elif isinstance(item, StateMoved):
            await self._show_newest(tuple(self._live))
        elif item is not None and (body := await self._reading.render(self._ctx, item)) is not None:
            for member in tuple(self._live):
                member.pass_on(body)

    def _kept(self) -> AbstractAsyncContextManager[None]:
        state = self._reading.state
        return state.kept() if state is not None else nullcontext()

    async def _show_newest(self, members: Sequence[Member]) -> None:
        """Send the newest state to those who have not got it yet: drawn once, however many join at once."""
        if self._reading.state is None:
            return
        async with self._showing:
            newest = self._reading.state.newest
            if newest is None:
                return
            if self._shown is None or self._shown[0] != newest.number:
                self._shown = newest.number, await self._reading.render(self._ctx, newest)
            for member in members:
                member.show(*self._shown)

    async def _draw(self, delivery: Delivery) -> str | None:
        """The frame's end, drawn now or a moment ago."""
        if delivery.seq in self._drawn:
            return self._drawn[delivery.seq]
        body = await self._reading.render(self._ctx, delivery)
        if not self._drawn:
            asyncio.get_running_loop().call_later(REMEMBERED_FOR, self._drawn.clear)
        elif len(self._drawn) >= PAGE:
            del self._drawn[next(iter(self._drawn))]
        self._drawn[delivery.seq] = body
        return body

    # What happened before

    async def _catch_up(self, member: Member) -> None:
        """Send a member what is stored between its cursor and where the group stands; what follows comes live."""
        db, stream = self._ctx.db, self._stream
        if member.taken > self._sent and member.taken > (await db.heads([stream])).get(stream, 0):
            raise Resync("resync")
        while member.taken < self._sent:
            for seq, body in await self._after(member.taken):
                member.take(seq, body)
                await member.keeps_up()

    async def _after(self, sent: int) -> list[tuple[int, str | None]]:
        """The events after a number, drawn; many who come back at once read and draw them once."""
        async with self._replaying:
            known: list[tuple[int, str | None]] = []
            while (seq := sent + len(known) + 1) in self._drawn:
                known.append((seq, self._drawn[seq]))
            if known:
                return known
            rows = await self._ctx.db.events_after(self._stream, sent, PAGE)
            if [row.seq for row in rows] != list(range(sent + 1, sent + 1 + len(rows))) or not rows:
                raise Resync("resync")
            return [(row.seq, await self._draw(row)) for row in rows]

    # Who may go on

    async def _admit_again(self) -> None:
        """Raise Regroup when the audience may not read any more; each of it may still, as the person they are."""
        try:
            await self._reading.stream.readmit(self._ctx)
        except (NotFound, Forbidden, Unauthenticated) as error:
            raise Regroup from error

    def _look_when_due(self) -> None:
        now = self._ctx.now()
        if self._ends_at is not None and now >= self._ends_at:
            known = [(member.ends_at, member) for member in self._members if member.ends_at is not None]
            self._ends_at = min((ends_at for ends_at, _ in known if ends_at > now), default=None)
            for ends_at, member in known:
                if ends_at <= now:
                    self.doubt(member)
        if now >= self._look_at:
            self._look()

    def _look(self) -> None:
        if self._looking is None:
            self._looking = asyncio.create_task(self._keep_looking(), name=f"rights of {self._stream}")

    async def _keep_looking(self) -> None:
        members: list[Member] = []
        try:
            while members := self._to_look_at():
                if len(members) == len(self._members):
                    await self._admit_again()
                # What is doubted while we look is looked at again.
                doubts = [member.doubts for member in members]
                identities = await look_again_at(self._ctx.services, {member.ctx.principal for member in members})
                for member, before in zip(members, doubts, strict=True):
                    self._settle(member, before, identities.get(member.ctx.principal))
        except Regroup as error:
            self._fail(error)
        except Exception as error:
            if not isinstance(error, AppError):
                log.exception("group: rights of %s not looked at", self._stream)
            for member in members:
                member.end(error)
        finally:
            self._looking = None

    def _to_look_at(self) -> list[Member]:
        """Whose rights are in doubt, or everybody when it is time."""
        now = self._ctx.now()
        if now < self._look_at:
            return list(self._doubted)
        # The time before looking: what is taken away while we look is seen at the next look.
        self._look_at = now + self._ctx.settings.reauthorise
        return list(self._members)

    def _settle(self, member: Member, doubts: int, identity: Identity | None) -> None:
        if member not in self._members or member.ended.done():
            self._doubted.discard(member)
        elif identity is None or (identity.ends_at is not None and identity.ends_at <= self._ctx.now()):
            self._doubted.discard(member)
            member.end(Unauthenticated("session_ended"))
        elif identity.principal != member.ctx.principal:
            self._doubted.discard(member)
            member.end(Regroup())
        else:
            self._ends_at = min(filter(None, (self._ends_at, identity.ends_at)), default=None)
            member.ends_at = identity.ends_at
            if member in self._doubted and member.doubts == doubts:
                self._doubted.discard(member)
                member.doubts = 0
                member.outlet.release()
