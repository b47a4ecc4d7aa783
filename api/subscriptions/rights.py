"""Rights are looked at again while a subscription lives: it ends as soon as they are gone."""

from collections.abc import Awaitable, Callable
from datetime import timedelta

from api.auth import look_again
from api.context import Context, Principal, Staff
from api.errors import Unauthenticated
from api.events import AccessChanged, ChatChanged, ChatEnded, Delivery, Passing, staff_stream


def settles_rights_anew(item: Delivery | Passing | None) -> bool:
    """Whether this may have changed who may read on."""
    return isinstance(item, Delivery) and isinstance(item.event, AccessChanged | ChatChanged | ChatEnded)


def told_of_rights(principal: Principal) -> tuple[str, ...]:
    """The streams that tell of changes of a caller's rights."""
    return (staff_stream(principal.user_id),) if isinstance(principal, Staff) else ()


class Rights:
    """One subscription's right to go on.

    It is looked at again at once when an event may have changed it, and every `every` for what no event tells, such
    as a session that grew old.
    """

    def __init__(self, ctx: Context, authorise: Callable[[Context], Awaitable[object]], every: timedelta) -> None:
        self.ctx = ctx
        self._authorise = authorise
        self._every = every
        self._next = ctx.now() + every

    def beside(self) -> tuple[str, ...]:
        """The streams to listen to for changes of rights."""
        return told_of_rights(self.ctx.principal)

    async def check(self) -> None:
        """Look at the rights now. Raises Unauthenticated, Forbidden or NotFound when they are gone."""
        # The time before looking: what is taken away while we look is seen at the next look, and that is not put off.
        now = self.ctx.now()
        identity = await look_again(self.ctx)
        if identity.ends_at is not None and identity.ends_at <= now:
            raise Unauthenticated("session_ended")
        self.ctx = self.ctx.acting_as(identity.principal)
        await self._authorise(self.ctx)
        self._next = min(now + self._every, identity.ends_at or now + self._every)

    async def check_if_due(self, item: Delivery | Passing | None) -> None:
        """Look again when this item may have changed rights, or when it is time to."""
        if settles_rights_anew(item) or self.ctx.now() >= self._next:
            await self.check()
