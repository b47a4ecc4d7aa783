"""What figures are made of, in the schema."""

import uuid
from datetime import datetime, timedelta

import strawberry

from api.resolvers.access import allowed, grants_of
from api.resolvers.cases import Case
from api.resolvers.chats import chats_by_id
from api.schema.base import Info
from api.schema.chats import Chat
from api.schema.legs import Leg


@strawberry.type(description="One leg behind a figure or, of satisfaction, one chat.")
class MetricCase:
    at: datetime = strawberry.field(description="When it came to count.")
    value: timedelta | None = strawberry.field(
        description="What it adds to a duration; of a rate, how long it waited; of occupancy, its part of the period."
    )
    score: int | None = strawberry.field(description="Of satisfaction, the answer, 1 to 5.")
    met: bool | None = strawberry.field(
        description="Of a rate: true when it is among those that the rate counts, false when only among all."
    )
    leg: Leg | None = strawberry.field(description="The leg; null of satisfaction.")
    key: strawberry.Private[uuid.UUID]

    @classmethod
    def of(cls, case: Case) -> "MetricCase":
        leg = Leg.of(case.leg) if case.leg is not None else None
        return cls(at=case.moment, value=case.value, score=case.score, met=case.met, leg=leg, key=case.chat_id)

    @strawberry.field(description="The chat; null when it is not the caller's to see.")
    async def chat(self, info: Info) -> Chat | None:
        if not allowed(chats_by_id) & grants_of(info.context.ctx.principal):
            return None
        row = await info.context.loaders.chats.load(self.key)
        return Chat.of(info.context, row) if row is not None else None
