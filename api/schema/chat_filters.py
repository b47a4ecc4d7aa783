"""What lists of chats are narrowed by."""

from datetime import datetime

import strawberry

from api.models.enums import Category, Channel, ChatKind, ChatStatus, CloseReason
from api.resolvers import chats as use
from api.schema.base import from_id
from api.schema.departments import no_department
from api.schema.users import no_user


@strawberry.input(description="A half-open period: from is in it, to is not.")
class PeriodInput:
    from_: datetime = strawberry.field(name="from", description="Its first moment.")
    to: datetime = strawberry.field(description="The first moment after it.")

    def bounds(self) -> tuple[datetime, datetime]:
        return self.from_, self.to


@strawberry.input(description="Which chats a list is about; what is left out does not narrow it.")
class ChatFilter:
    status: list[ChatStatus] | None = strawberry.field(default=None, description="Any of these.")
    department_id: strawberry.ID | None = strawberry.field(default=None, description="In this department.")
    agent_id: strawberry.ID | None = strawberry.field(default=None, description="Of this agent.")
    customer_id: strawberry.ID | None = strawberry.field(default=None, description="Of this customer.")
    channel: list[Channel] | None = strawberry.field(default=None, description="Any of these.")
    category: list[Category] | None = strawberry.field(default=None, description="Any of these.")
    kind: ChatKind | None = strawberry.field(default=None, description="Chats or tickets.")
    due_before: datetime | None = strawberry.field(default=None, description="Tickets due before this moment.")
    created_in: PeriodInput | None = strawberry.field(default=None, description="Opened in this period.")
    closed_in: PeriodInput | None = strawberry.field(default=None, description="Closed in this period.")

    close_reason: list[CloseReason] | None = strawberry.field(default=None, description="Ended for any of these.")
    score: list[int] | None = strawberry.field(default=None, description="Rated with any of these, 1 to 5.")
    rated_in: PeriodInput | None = strawberry.field(default=None, description="Rated in this period.")
    search: str | None = strawberry.field(
        default=None,
        description="Closed chats with all of these words, or words that begin so, in what was said, the customer's "
        "name, the protocol or the subject; accents and case do not count. The last that closed comes first.",
    )

    def narrowing(self) -> use.ChatFilter:
        return use.ChatFilter(
            status=self.status,
            department_id=from_id(self.department_id, missing=no_department) if self.department_id else None,
            agent_id=from_id(self.agent_id, missing=no_user) if self.agent_id else None,
            customer_id=from_id(self.customer_id, missing=no_user) if self.customer_id else None,
            channel=self.channel,
            category=self.category,
            kind=self.kind,
            created_in=self.created_in.bounds() if self.created_in else None,
            due_before=self.due_before,
            closed_in=self.closed_in.bounds() if self.closed_in else None,
            close_reason=self.close_reason,
            score=self.score,
            rated_in=self.rated_in.bounds() if self.rated_in else None,
            search=self.search,
        )
