"""What people set of themselves, in the schema."""

from typing import Annotated

import strawberry

from api.resolvers import profile as use
from api.schema.base import Info, payload
from api.schema.users import User, UserPayload


@strawberry.input(description="What to change in one's own profile; what is left out stays as it is.")
class ProfileInput:
    name: str | None = strawberry.field(default=None, description="The name that customers and colleagues see.")
    extension: str | None = strawberry.field(default=None, description="The telephone extension; empty removes it.")


@strawberry.type
class ProfileMutation:
    @strawberry.mutation(description="Change one's own name or extension.")
    @payload(UserPayload)
    async def update_profile(
        self, info: Info, input: Annotated[ProfileInput, strawberry.argument(description="What to change.")]
    ) -> UserPayload:
        change = use.ProfileChange(name=input.name, extension=input.extension)
        return UserPayload(user=User.of(await use.update_profile(info.context.ctx, change)))
