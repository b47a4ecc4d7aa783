"""Setting a password by a link, in the schema."""

from typing import Annotated

import strawberry

from api.errors import NotFound
from api.resolvers import password_links as use
from api.schema.base import Info, payload
from api.schema.signing_in import SignInPayload, begun


@strawberry.type(description="For whom a link is, as whoever holds it may know.")
class LinkHolder:
    name: str = strawberry.field(description="The person's name.")
    email: str = strawberry.field(description="The login that the password will be for.")


@strawberry.type
class PasswordLinkQuery:
    @strawberry.field(
        description="For whom a link to set a password is; null when it was used or replaced, or has expired."
    )
    async def link_holder(
        self, info: Info, token: Annotated[str, strawberry.argument(description="What is behind `#`.")]
    ) -> LinkHolder | None:
        try:
            user = await use.get_link_holder(info.context.ctx, token)
        except NotFound:
            return None
        return LinkHolder(name=user.name, email=user.email)


@strawberry.type
class PasswordLinkMutation:
    @strawberry.mutation(
        description="Set a password by a link, which is used up, and sign in; the person's other sessions end. "
        "SECOND_FACTOR_NEEDED: it is set; go on with confirmSignIn."
    )
    @payload(SignInPayload)
    async def set_password(
        self,
        info: Info,
        token: Annotated[str, strawberry.argument(description="What is behind `#` in the link.")],
        password: Annotated[str, strawberry.argument(description="At least 12 characters.")],
    ) -> SignInPayload:
        ctx = info.context.ctx
        return await begun(info, lambda kind: use.set_password(ctx, token=token, password=password, kind=kind))
