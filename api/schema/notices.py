"""What customers are told of incidents, in the schema."""

from datetime import datetime

import strawberry

from api.models.enums import IncidentStatus
from api.resolvers import notices as use
from api.schema.base import Info


@strawberry.type(description="What customers are told of an incident.")
class Notice:
    status: IncidentStatus = strawberry.field(description="CONFIRMED, or MONITORED: it seems to be over.")
    message: str = strawberry.field(description="The desk's words; empty until somebody has written them.")
    since: datetime = strawberry.field(description="When it began.")
    expected_at: datetime | None = strawberry.field(description="Until when it is expected to last.")

    @classmethod
    def of(cls, notice: use.Notice) -> "Notice":
        return cls(status=notice.status, message=notice.message, since=notice.since, expected_at=notice.expected_at)


@strawberry.type
class NoticeQuery:
    @strawberry.field(description="What everyone is told of incidents before they write, newest first, at most five.")
    async def public_notices(self, info: Info) -> list[Notice]:
        return [Notice.of(notice) for notice in await use.public_notices(info.context.ctx)]
