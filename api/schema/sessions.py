"""Where a person is signed in, in the schema."""

from datetime import datetime
from typing import Annotated

import strawberry

from api.errors import NotFound
from api.models import Session as SessionRow
from api.models.enums import SessionKind
from api.resolvers import sessions as use
from api.resolvers.access import staff
from api.schema.base import Info, Node, from_id, payload, to_id
from api.schema.users import DonePayload


@strawberry.type(description="One place where a person is signed in.")
class Session(Node):
    program: bool = strawberry.field(description="A token for a program; otherwise a browser.")
    current: bool = strawberry.field(description="The one that asks.")
    created_at: datetime = strawberry.field(description="When they signed in.")
    last_seen_at: datetime = strawberry.field(description="When it was last used, give or take some minutes.")
    expires_at: datetime | None = strawberry.field(description="When it ends by itself; null for never.")
    address: str | None = strawberry.field(description="The network address that signed in.")
    user_agent: str | None = strawberry.field(description="What the browser or program called itself.")

    @classmethod
    def of(cls, info: Info, row: SessionRow) -> "Session":
        return cls(
            id=to_id(row.id),
            program=row.kind is SessionKind.TOKEN,
            current=row.id == staff(info.context.ctx).session_id,
            created_at=row.created_at,
            last_seen_at=row.last_seen_at,
            expires_at=row.expires_at,
            address=row.address,
            user_agent=row.user_agent,
        )


def no_session() -> NotFound:
    """What an id that names no session answers."""
    return NotFound("session_not_found", field=("id",))


@strawberry.type
class SessionQuery:
    @strawberry.field(description="Where the caller is signed in now, the place last used first.")
    async def sessions(self, info: Info) -> list[Session]:
        return [Session.of(info, row) for row in await use.list_sessions(info.context.ctx)]


@strawberry.type
class SessionMutation:
    @strawberry.mutation(description="End a session of one's own; what it follows ends with it.")
    @payload(DonePayload)
    async def revoke_session(
        self, info: Info, id: Annotated[strawberry.ID, strawberry.argument(description="The session.")]
    ) -> DonePayload:
        await use.revoke_session(info.context.ctx, from_id(id, missing=no_session))
        return DonePayload(done=True)
