"""What happens to incidents, in the schema."""

from collections.abc import AsyncGenerator
from datetime import datetime
from typing import Annotated, Union

import strawberry

from api import events
from api.schema.base import Info, Request
from api.schema.incidents import Incident
from api.schema.scalars import Cursor
from api.schema.sharing import followed
from api.subscriptions.incidents import IncidentReceived, IncidentStream


@strawberry.type(description="Something that many customers will ask about has begun, or seems to.")
class IncidentOpened:
    incident: Incident = strawberry.field(description="The incident as it is now.")


@strawberry.type(description="An incident's status, words, chats or answers are not what they were.")
class IncidentChanged:
    incident: Incident = strawberry.field(description="The incident as it is now.")


IncidentEvent = Annotated[
    Union[IncidentOpened, IncidentChanged],  # noqa: UP007 - Strawberry names unions written this way
    strawberry.union("IncidentEvent", description="Something that happened to an incident."),
]


@strawberry.type(description="Something that happened to an incident, with its place in the stream.")
class IncidentEventDelivery:
    cursor: Cursor = strawberry.field(description="Where to resume after this event.")
    at: datetime = strawberry.field(description="When it happened.")
    event: IncidentEvent = strawberry.field(description="What happened.")

    @classmethod
    async def of(cls, request: Request, received: IncidentReceived) -> "IncidentEventDelivery":
        kind = IncidentOpened if isinstance(received.event, events.IncidentOpened) else IncidentChanged
        event = kind(incident=Incident.of(received.incident))
        return cls(cursor=Cursor(received.cursor), at=received.at, event=event)


@strawberry.type
class IncidentSubscription:
    @strawberry.subscription(description="What happens to incidents after a cursor, or from now on.")
    async def incident_events(
        self,
        info: Info,
        after: Annotated[
            Cursor | None, strawberry.argument(description="An incidentCursor or an event's cursor.")
        ] = None,
    ) -> AsyncGenerator[IncidentEventDelivery, None]:
        async for delivery in followed(info, IncidentStream(), after, IncidentEventDelivery.of):
            yield delivery
