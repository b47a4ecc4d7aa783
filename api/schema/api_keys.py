"""Machines' credentials in the schema."""

from datetime import datetime
from typing import Annotated

import strawberry

from api.errors import NotFound
from api.models import ApiKey as ApiKeyRow
from api.resolvers import api_keys as use
from api.schema.base import Info, Node, UserError, from_id, payload, to_id
from api.schema.users import DonePayload


@strawberry.type(description="A machine's credential.")
class ApiKey(Node):
    name: str = strawberry.field(description="What it is for.")
    scopes: list[str] = strawberry.field(description="What it may do, such as chat:write.")
    created_at: datetime = strawberry.field(description="When it was made.")
    last_used_at: datetime | None = strawberry.field(description="When it was last used, to the minute.")
    expires_at: datetime | None = strawberry.field(description="When it ends by itself; null for never.")

    @classmethod
    def of(cls, row: ApiKeyRow) -> "ApiKey":
        return cls(
            id=to_id(row.id),
            name=row.name,
            scopes=row.scopes,
            created_at=row.created_at,
            last_used_at=row.last_used_at,
            expires_at=row.expires_at,
        )


@strawberry.type(description="The key and its secret, or what was wrong.")
class ApiKeyPayload:
    api_key: ApiKey | None = strawberry.field(default=None, description="The key.")
    secret: str | None = strawberry.field(default=None, description="The credential itself; shown this once.")
    user_errors: list[UserError] = strawberry.field(default_factory=list, description="What to mend.")


@strawberry.type
class ApiKeyQuery:
    @strawberry.field(description="The keys that were not revoked, newest first.")
    async def api_keys(self, info: Info) -> list[ApiKey]:
        return [ApiKey.of(row) for row in await use.list_api_keys(info.context.ctx)]


@strawberry.type
class ApiKeyMutation:
    @strawberry.mutation(description="Make a key for a machine.")
    @payload(ApiKeyPayload)
    async def create_api_key(
        self,
        info: Info,
        name: Annotated[str, strawberry.argument(description="What it is for.")],
        scopes: Annotated[list[str], strawberry.argument(description="What it may do, such as chat:write.")],
        expires_at: Annotated[datetime | None, strawberry.argument(description="When it ends by itself.")] = None,
    ) -> ApiKeyPayload:
        made = await use.create_api_key(info.context.ctx, name=name, scopes=scopes, expires_at=expires_at)
        return ApiKeyPayload(api_key=ApiKey.of(made.key), secret=made.secret)

    @strawberry.mutation(description="End a key at once.")
    @payload(DonePayload)
    async def revoke_api_key(
        self, info: Info, id: Annotated[strawberry.ID, strawberry.argument(description="The key.")]
    ) -> DonePayload:
        await use.revoke_api_key(info.context.ctx, from_id(id, missing=lambda: NotFound("api_key_not_found")))
        return DonePayload(done=True)
