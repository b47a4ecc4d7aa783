"""The company's identity provider, in the schema."""

from typing import Annotated

import strawberry

from api.resolvers import openid as use
from api.schema.base import Info, from_id, payload
from api.schema.users import User, UserPayload, no_user


@strawberry.type
class OpenIdQuery:
    @strawberry.field(
        description="What people call the identity provider that staff may sign in by (`/login/openid`); null without."
    )
    async def identity_provider(self, info: Info) -> str | None:
        return use.provider_name(info.context.ctx)


@strawberry.type
class OpenIdMutation:
    @strawberry.mutation(
        description="Forget whom the identity provider knows a person as; their sessions end, and their next sign-in "
        "by it links them anew."
    )
    @payload(UserPayload)
    async def unlink_identity(
        self, info: Info, user_id: Annotated[strawberry.ID, strawberry.argument(description="The person.")]
    ) -> UserPayload:
        return UserPayload(user=User.of(await use.unlink_identity(info.context.ctx, from_id(user_id, missing=no_user))))
