"""What happens in the network."""

from collections.abc import AsyncGenerator
from dataclasses import dataclass
from datetime import datetime

from api.context import Context
from api.events import (
    NETWORK,
    AccessPointChanged,
    AccessPointDeleted,
    Delivery,
    OutageEnded,
    OutageOpened,
    Passing,
)
from api.models import AccessPoint, Outage
from api.resolvers.access_points import access_points_by_id
from api.resolvers.network import network_head, outages_by_id
from api.subscriptions.cursors import write_cursor
from api.subscriptions.follow import follow
from api.subscriptions.rights import Rights
from api.subscriptions.running import Running


@dataclass(frozen=True)
class NetworkReceived:
    """Something that happened in the network: the fact, and what it is about as it is now."""

    cursor: str
    at: datetime
    event: AccessPointChanged | AccessPointDeleted | OutageOpened | OutageEnded
    access_point: AccessPoint | None = None
    outage: Outage | None = None


@dataclass(frozen=True)
class NetworkStream:
    """The network, as all who look at it may follow it."""

    @property
    def name(self) -> str:
        """The stream of the network."""
        return NETWORK

    def is_shared(self, ctx: Context) -> bool:
        """Whether others may read the same."""
        return True

    async def admit(self, ctx: Context) -> bool:
        """Raise unless the caller may look; nobody does so for who they are."""
        await network_head(ctx)
        return False

    async def readmit(self, audience: Context) -> None:
        """Raise unless this audience may look on."""
        await self.admit(audience)

    async def told(self, ctx: Context, item: Delivery | Passing) -> NetworkReceived | None:
        """What a reader is told of an item, if anything."""
        return await _received(ctx, item) if isinstance(item, Delivery) else None

    def events(self, ctx: Context, running: Running, after: str | None) -> AsyncGenerator[NetworkReceived, None]:
        """The network for one reader alone."""
        return network_events(ctx, running, after)


async def network_events(ctx: Context, running: Running, after: str | None) -> AsyncGenerator[NetworkReceived, None]:
    """The facts of the network after a cursor, or from now on; what is about a point that is gone is left out.

    Raises Resync, Lagged; Unauthenticated or Forbidden as soon as the caller's rights are gone.
    """
    rights = Rights(ctx, network_head, ctx.settings.reauthorise)
    await network_head(ctx)
    hub = running.hub
    async with hub.reader(*rights.beside()) as reader:
        async for item in follow(hub, ctx.db, reader, NETWORK, after, pause=ctx.settings.reauthorise.total_seconds):
            await rights.check_if_due(item)
            if isinstance(item, Delivery) and item.stream == NETWORK:
                received = await _received(rights.ctx, item)
                if received is not None:
                    yield received


async def _received(ctx: Context, delivery: Delivery) -> NetworkReceived | None:
    event, cursor = delivery.event, write_cursor(ctx.db.epoch, delivery.seq)
    match event:
        case AccessPointDeleted():
            return NetworkReceived(cursor, delivery.at, event)
        case AccessPointChanged(access_point_id=id):
            point = (await access_points_by_id(ctx, [id])).get(id)
            return NetworkReceived(cursor, delivery.at, event, access_point=point) if point else None
        case OutageOpened(outage_id=id) | OutageEnded(outage_id=id):
            outage = (await outages_by_id(ctx, [id])).get(id)
            return NetworkReceived(cursor, delivery.at, event, outage=outage) if outage else None
        case _:
            return None
