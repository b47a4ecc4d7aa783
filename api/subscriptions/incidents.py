"""What happens to incidents."""

from collections.abc import AsyncGenerator
from dataclasses import dataclass
from datetime import datetime

from api.context import Context
from api.events import INCIDENTS, Delivery, IncidentEvent, Passing
from api.models import Incident
from api.resolvers.incidents import incidents_by_id, incidents_head
from api.subscriptions.cursors import write_cursor
from api.subscriptions.follow import follow
from api.subscriptions.rights import Rights
from api.subscriptions.running import Running


@dataclass(frozen=True)
class IncidentReceived:
    """Something that happened to an incident: the fact, and the incident as it is now."""

    cursor: str
    at: datetime
    event: IncidentEvent
    incident: Incident


@dataclass(frozen=True)
class IncidentStream:
    """All incidents, as everybody who may look at them follows them."""

    @property
    def name(self) -> str:
        """The stream of incidents."""
        return INCIDENTS

    def is_shared(self, ctx: Context) -> bool:
        """Whether others may read the same."""
        return True

    async def admit(self, ctx: Context) -> bool:
        """Raise unless the caller may look; nobody does so for who they are."""
        await incidents_head(ctx)
        return False

    async def readmit(self, audience: Context) -> None:
        """Raise unless this audience may look on."""
        await self.admit(audience)

    async def told(self, ctx: Context, item: Delivery | Passing) -> IncidentReceived | None:
        """What a reader is told of an item, if anything."""
        return await _received(ctx, item) if isinstance(item, Delivery) else None

    def events(self, ctx: Context, running: Running, after: str | None) -> AsyncGenerator[IncidentReceived, None]:
        """The incidents for one reader alone."""
        return incident_events(ctx, running, after)


async def incident_events(ctx: Context, running: Running, after: str | None) -> AsyncGenerator[IncidentReceived, None]:
    """The facts of incidents after a cursor, or from now on; what is about one that never came to be is left out.

    Raises Resync, Lagged; Unauthenticated or Forbidden as soon as the caller's rights are gone.
    """
    rights = Rights(ctx, incidents_head, ctx.settings.reauthorise)
    await incidents_head(ctx)
    hub = running.hub
    async with hub.reader(*rights.beside()) as reader:
        async for item in follow(hub, ctx.db, reader, INCIDENTS, after, pause=ctx.settings.reauthorise.total_seconds):
            await rights.check_if_due(item)
            if isinstance(item, Delivery) and item.stream == INCIDENTS:
                received = await _received(rights.ctx, item)
                if received is not None:
                    yield received


async def _received(ctx: Context, delivery: Delivery) -> IncidentReceived | None:
    event = delivery.event
    if not isinstance(event, IncidentEvent):
        return None
    incident = (await incidents_by_id(ctx, [event.incident_id])).get(event.incident_id)
    cursor = write_cursor(ctx.db.epoch, delivery.seq)
    return IncidentReceived(cursor, delivery.at, event, incident) if incident else None
