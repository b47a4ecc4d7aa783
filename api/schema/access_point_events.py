"""What happens in the network, in the schema."""

from collections.abc import AsyncGenerator
from datetime import datetime
from typing import Annotated, Union

import strawberry

from api import events
from api.models.enums import AccessPointStatus
from api.schema.access_points import AccessPoint, Outage
from api.schema.base import Info, Request, to_id
from api.schema.scalars import Cursor
from api.schema.sharing import followed
from api.subscriptions.access_points import NetworkReceived, NetworkStream


@strawberry.type(description="An access point is new, was changed, or shows another status.")
class AccessPointChanged:
    access_point: AccessPoint = strawberry.field(description="The access point as it is now.")
    previous: AccessPointStatus = strawberry.field(description="The status that it showed before.")


@strawberry.type(description="An access point is watched no more.")
class AccessPointDeleted:
    access_point_id: strawberry.ID = strawberry.field(description="The access point.")


@strawberry.type(description="The checks of an access point found it to be OFFLINE.")
class OutageOpened:
    outage: Outage = strawberry.field(description="The outage as it is now.")


@strawberry.type(description="The checks of an access point found it to work again.")
class OutageEnded:
    outage: Outage = strawberry.field(description="The outage as it is now.")


NetworkEvent = Annotated[
    Union[AccessPointChanged, AccessPointDeleted, OutageOpened, OutageEnded],  # noqa: UP007 - Strawberry names unions so
    strawberry.union("NetworkEvent", description="Something that happened in the network."),
]


@strawberry.type(description="Something that happened in the network, with its place in the stream.")
class NetworkEventDelivery:
    cursor: Cursor = strawberry.field(description="Where to resume after this event.")
    at: datetime = strawberry.field(description="When it happened.")
    event: NetworkEvent = strawberry.field(description="What happened.")

    @classmethod
    async def of(cls, request: Request, received: NetworkReceived) -> "NetworkEventDelivery | None":
        drawn = _drawn(received)
        return cls(cursor=Cursor(received.cursor), at=received.at, event=drawn) if drawn else None


def _drawn(
    received: NetworkReceived,
) -> AccessPointChanged | AccessPointDeleted | OutageOpened | OutageEnded | None:
    event = received.event
    if isinstance(event, events.AccessPointDeleted):
        return AccessPointDeleted(access_point_id=to_id(event.access_point_id))
    if isinstance(event, events.AccessPointChanged):
        point = received.access_point
        return AccessPointChanged(access_point=AccessPoint.of(point), previous=event.previous) if point else None
    if received.outage is None:
        return None
    kind = OutageOpened if isinstance(event, events.OutageOpened) else OutageEnded
    return kind(outage=Outage.of(received.outage))


@strawberry.type
class AccessPointSubscription:
    @strawberry.subscription(description="What happens in the network after a cursor, or from now on.")
    async def network_events(
        self,
        info: Info,
        after: Annotated[
            Cursor | None, strawberry.argument(description="A networkCursor or an event's cursor.")
        ] = None,
    ) -> AsyncGenerator[NetworkEventDelivery, None]:
        async for delivery in followed(info, NetworkStream(), after, NetworkEventDelivery.of):
            yield delivery
