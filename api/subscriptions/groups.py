"""One execution for many readers: who asks the same of a stream, and may see the same of it, is sent the same bytes."""

import asyncio
from collections.abc import Hashable
from typing import NoReturn

from api.auth import look_again
from api.context import Context, Principal
from api.errors import Unauthenticated
from api.subscriptions.attendance import Attendance
from api.subscriptions.audiences import audience_of
from api.subscriptions.cursors import read_cursor
from api.subscriptions.group import Group
from api.subscriptions.hub import Hub
from api.subscriptions.members import Member, Regroup
from api.subscriptions.outlet import Outlet
from api.subscriptions.reading import Reading
from api.subscriptions.rights import told_of_rights


class Groups:
    """All groups of one app."""

    def __init__(self, hub: Hub, attendance: Attendance, connections: int) -> None:
        self._hub, self._attendance = hub, attendance
        # Who joins in a crowd waits here, and not for a connection to the database, which is refused after a while.
        self._joining = asyncio.Semaphore(max(1, connections // 2))
        self._groups: dict[Hashable, Group] = {}

    @property
    def count(self) -> int:
        """How many groups there are."""
        return len(self._groups)

    async def follow(self, ctx: Context, reading: Reading, outlet: Outlet, after: str | None) -> NoReturn:
        """Send the caller what happens in a stream after a cursor, or from now on, until an error ends it.

        While it lasts, the caller is connected. Raises NotFound, Resync, Lagged; Unauthenticated, Forbidden or
        NotFound as soon as the caller's rights are gone.
        """
        member, rights = Member(ctx, outlet), told_of_rights(ctx.principal)
        async with self._attendance.of(ctx.principal):
            try:
                async with self._joining:
                    for stream in rights:
                        # Listen before asking: rights that are taken away between the two would be kept.
                        await self._hub.join(member, stream)
                await self._go_on(member, reading, after)
            finally:
                for stream in rights:
                    self._hub.leave(member, stream)
                outlet.close()

    async def _go_on(self, member: Member, reading: Reading, after: str | None) -> NoReturn:
        """Be served by one group, or by one after the other where rights change and still suffice."""
        sent: int | None = None
        while True:
            async with self._joining:
                personal = await reading.stream.admit(member.ctx) or reading.personal
            if sent is None and after is not None:
                sent = read_cursor(member.ctx.db.epoch, after)
            try:
                await self._group_of(member.ctx, reading, personal=personal).serve(member, sent)
            except Regroup:
                sent = member.outlet.sent
                async with self._joining:
                    member.ctx = await _renewed(member.ctx)

    def _group_of(self, ctx: Context, reading: Reading, *, personal: bool) -> Group:
        """The group of who reads the same and may see the same; a new one has to be served from at once."""
        audience = audience_of(ctx.principal, personal=personal)
        key = (reading.stream, reading.asked, audience, ctx.locale)
        group = self._groups.get(key)
        if group is None:
            group = Group(self._hub, _of(ctx, audience), reading, over=lambda: self._forget(key, group))
            self._groups[key] = group
        return group

    def _forget(self, key: Hashable, group: Group | None) -> None:
        if self._groups.get(key) is group:
            del self._groups[key]


def _of(ctx: Context, audience: Principal) -> Context:
    """A context of nobody in particular."""
    return Context(ctx.services, audience, locale=ctx.locale)


async def _renewed(ctx: Context) -> Context:
    """The same caller with the rights of this moment. Raises Unauthenticated when there are none any more."""
    identity = await look_again(ctx)
    if identity.ends_at is not None and identity.ends_at <= ctx.now():
        raise Unauthenticated("session_ended")
    return ctx.acting_as(identity.principal)
