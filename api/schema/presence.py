"""Whether people attend now in the schema, and how their day went."""

import uuid
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Annotated

import strawberry

from api.models.enums import Availability
from api.resolvers import presence as use
from api.resolvers.metrics import figures_of_day
from api.schema.base import Info

if TYPE_CHECKING:
    from api.schema.metrics import AgentMetrics


@strawberry.type(description="Whether an agent attends now.")
class Presence:
    status: Availability = strawberry.field(description="What counts: the chosen status while present, else OFFLINE.")
    chosen: Availability = strawberry.field(description="What they chose.")
    reason: str | None = strawberry.field(description="Why they chose to pause.")
    since: datetime = strawberry.field(description="Since when.")
    present: bool = strawberry.field(description="A live connection of theirs renews their lease.")

    @classmethod
    def of(cls, presence: use.Presence) -> "Presence":
        return cls(
            status=presence.status,
            chosen=presence.chosen,
            reason=presence.reason,
            since=presence.since,
            present=presence.present,
        )


@strawberry.type(description="How much time went to one kind of pause.")
class PauseTotal:
    reason: str = strawberry.field(description="What the pause was for.")
    total: timedelta = strawberry.field(description="How long in all.")


@strawberry.type(description="A person's day so far, by the ledger of their status.")
class AgentDay:
    online: timedelta = strawberry.field(description="How long ONLINE and present.")
    paused: list[PauseTotal] = strawberry.field(description="How long on each kind of pause.")

    key: strawberry.Private[uuid.UUID]

    @classmethod
    def of(cls, user_id: uuid.UUID, day: use.DayTotals) -> "AgentDay":
        paused = [PauseTotal(reason=reason, total=total) for reason, total in day.paused.items()]
        return cls(online=day.online, paused=paused, key=user_id)

    @strawberry.field(description="What they handled so far, by the definitions of everybody's figures.")
    async def figures(self, info: Info) -> Annotated["AgentMetrics", strawberry.lazy("api.schema.metrics")]:
        from api.schema.metrics import AgentMetrics

        return AgentMetrics(figures=await figures_of_day(info.context.ctx, self.key), key=self.key)
