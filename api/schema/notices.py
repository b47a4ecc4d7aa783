"""What customers are told of incidents and of planned work, in the schema."""

from datetime import datetime

import strawberry

from api.models.enums import NoticeStatus
from api.resolvers import notices as use
from api.schema.base import Info


@strawberry.type(description="What customers are told of an incident, or of planned work.")
class Notice:
    status: NoticeStatus = strawberry.field(
        description="Of an incident CONFIRMED, or MONITORED: it seems to be over; of work PLANNED or UNDER_WAY."
    )
    message: str = strawberry.field(
        description="The desk's words; of an incident empty until somebody has written them."
    )
    since: datetime = strawberry.field(description="When it began; of what is PLANNED, when it begins.")
    expected_at: datetime | None = strawberry.field(description="Until when it is expected to last; known of all work.")

    @classmethod
    def of(cls, notice: use.Notice) -> "Notice":
        return cls(status=notice.status, message=notice.message, since=notice.since, expected_at=notice.expected_at)


@strawberry.type
class NoticeQuery:
    @strawberry.field(
        description="What everyone is told: incidents, newest first, then work under way or within 72 hours, the next"
        " first; at most five."
    )
    async def public_notices(self, info: Info) -> list[Notice]:
        return [Notice.of(notice) for notice in await use.public_notices(info.context.ctx)]
