"""What everybody at a dashboard follows."""

from collections.abc import AsyncGenerator
from dataclasses import dataclass

from api.context import Context
from api.events import DASHBOARD, Delivery, Passing, StateMoved
from api.resolvers.dashboard import view_dashboard
from api.subscriptions.board import Snapshot
from api.subscriptions.rights import Rights
from api.subscriptions.running import Running


@dataclass(frozen=True)
class DashboardStream:
    """The dashboard, as all who may see figures may follow it."""

    @property
    def name(self) -> str:
        """The stream that tells of another snapshot."""
        return DASHBOARD

    def is_shared(self, ctx: Context) -> bool:
        """Whether others may read the same."""
        return True

    async def admit(self, ctx: Context) -> bool:
        """Raise unless the caller may look; nobody does so for who they are."""
        await view_dashboard(ctx)
        return False

    async def readmit(self, audience: Context) -> None:
        """Raise unless this audience may look on."""
        await self.admit(audience)

    async def told(self, ctx: Context, item: Delivery | Passing) -> Snapshot | None:
        """What a reader is told of an item, if anything."""
        return _snapshot(item)

    def events(self, ctx: Context, running: Running, after: str | None) -> AsyncGenerator[Snapshot, None]:
        """The dashboard for one reader alone."""
        return dashboard_states(ctx, running)


async def dashboard_states(ctx: Context, running: Running) -> AsyncGenerator[Snapshot, None]:
    """The newest snapshot, and each that shows news from now on, at most one a second.

    Raises Lagged; Unauthenticated or Forbidden as soon as the caller's rights are gone.
    """
    rights = Rights(ctx, view_dashboard, ctx.settings.reauthorise)
    await view_dashboard(ctx)
    hub, board, every = running.hub, running.board, ctx.settings.reauthorise.total_seconds()
    async with running.attendance.of(ctx.principal), board.kept(), hub.reader(DASHBOARD, *rights.beside()) as reader:
        item, shown = board.newest, 0
        while True:
            await rights.check_if_due(item)
            snapshot = _snapshot(item)
            if snapshot is not None and isinstance(item, StateMoved) and item.number > shown:
                shown = item.number
                yield snapshot
            item = await reader.next(every)


def _snapshot(item: Delivery | Passing | None) -> Snapshot | None:
    state = item.state if isinstance(item, StateMoved) else None
    return state if isinstance(state, Snapshot) else None
