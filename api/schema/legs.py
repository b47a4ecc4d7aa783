"""The legs of chats in the schema."""

from datetime import datetime, timedelta

import strawberry

from api.models import Leg as LegRow
from api.models.enums import LegOutcome
from api.resolvers.legs import times_of
from api.schema.base import Info
from api.schema.departments import Department, load_department
from api.schema.users import User, load_user


@strawberry.type(description="One stay of a chat in a department, under at most one agent: what time metrics count.")
class Leg:
    queued_at: datetime = strawberry.field(description="When it began to wait.")
    claimed_at: datetime | None = strawberry.field(description="When an agent took it.")
    first_reply_at: datetime | None = strawberry.field(description="When the agent first answered.")
    left_at: datetime | None = strawberry.field(description="When it ended.")
    outcome: LegOutcome | None = strawberry.field(description="How it ended.")
    business_wait: timedelta | None = strawberry.field(
        description="How much of its wait lay within the department's hours as they were then; null while it lasts."
    )
    business_handle: timedelta | None = strawberry.field(
        description="The same of the time that it was attended; null while it is, and where nobody came."
    )
    row: strawberry.Private[LegRow]

    @classmethod
    def of(cls, row: LegRow) -> "Leg":
        return cls(
            queued_at=row.queued_at,
            claimed_at=row.claimed_at,
            first_reply_at=row.first_reply_at,
            left_at=row.left_at,
            outcome=row.outcome,
            business_wait=row.business_wait,
            business_handle=row.business_handle,
            row=row,
        )

    @strawberry.field(description="Where.")
    async def department(self, info: Info) -> Department:
        return await load_department(info, self.row.department_id)

    @strawberry.field(description="Under whom; null while nobody came.")
    async def agent(self, info: Info) -> User | None:
        return await load_user(info, self.row.agent_id)

    @strawberry.field(description="How long it waited, up to now while it does.")
    async def waiting(self, info: Info) -> timedelta:
        return times_of([self.row], info.context.ctx.now()).waiting

    @strawberry.field(description="How long it was attended, up to now while it is; null while nobody came.")
    async def handling(self, info: Info) -> timedelta | None:
        times = times_of([self.row], info.context.ctx.now())
        return times.handling if self.row.claimed_at else None
