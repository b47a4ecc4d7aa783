"""Signing in and out, and where a person is signed in, in the schema."""

from datetime import datetime
from typing import Annotated

import strawberry

from api.errors import NotFound
from api.models import Session as SessionRow
from api.models.enums import Permission, SessionKind, permissions_named
from api.resolvers import sessions as use
from api.resolvers import tokens as use_tokens
from api.resolvers.access import staff
from api.schema.base import Info, Node, UserError, from_id, payload, to_id
from api.schema.signing_in import SignInPayload, begun, kept_ticket
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
    name: str | None = strawberry.field(description="What its person calls a token; null for a browser.")
    scopes: list[Permission] | None = strawberry.field(
        description="The permissions that a token is held to; null for all of its person's."
    )

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
            name=row.name,
            scopes=None if row.scopes is None else permissions_named(row.scopes),
        )


@strawberry.input(description="What a token for a program is called, and how far it goes.")
class CreateTokenInput:
    name: str = strawberry.field(description="What for, in a few words.")
    scopes: list[Permission] | None = strawberry.field(
        default=None, description="What it may do at most, of what the caller may; everything by default."
    )
    expires_at: datetime | None = strawberry.field(default=None, description="When it ends by itself; else never.")

    def bounds(self) -> use.TokenBounds:
        return use.TokenBounds(self.name, None if self.scopes is None else tuple(self.scopes), self.expires_at)


@strawberry.type(description="The token, or what was wrong.")
class TokenPayload:
    session: Session | None = strawberry.field(default=None, description="It among the caller's sessions.")
    token: str | None = strawberry.field(default=None, description="The token itself, shown this once.")
    user_errors: list[UserError] = strawberry.field(default_factory=list, description="What to mend.")


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
    @strawberry.mutation(
        description="Begin a session; a browser gets it as a cookie. SECOND_FACTOR_NEEDED: go on with confirmSignIn."
    )
    @payload(SignInPayload)
    async def sign_in(
        self,
        info: Info,
        email: Annotated[str, strawberry.argument(description="The login.")],
        password: Annotated[str, strawberry.argument(description="The password.")],
    ) -> SignInPayload:
        ctx = info.context.ctx
        return await begun(info, lambda kind: use.sign_in(ctx, email=email, password=password, kind=kind))

    @strawberry.mutation(description="Begin the session for which a password was not enough.")
    @payload(SignInPayload)
    async def confirm_sign_in(
        self,
        info: Info,
        code: Annotated[str, strawberry.argument(description="Six digits of the app, or a recovery code.")],
        ticket: Annotated[
            str | None, strawberry.argument(description="What signIn answered; a browser has it as a cookie.")
        ] = None,
    ) -> SignInPayload:
        ctx, held = info.context.ctx, ticket or kept_ticket(info.context) or ""
        return await begun(info, lambda kind: use.confirm_sign_in(ctx, ticket=held, code=code, kind=kind))

    @strawberry.mutation(description="End this session; what it follows ends with it.")
    @payload(DonePayload)
    async def sign_out(self, info: Info) -> DonePayload:
        await use.sign_out(info.context.ctx)
        info.context.drop_cookie()
        return DonePayload(done=True)

    @strawberry.mutation(description="Set a new password; the person's other sessions end.")
    @payload(DonePayload)
    async def change_password(
        self,
        info: Info,
        current: Annotated[str, strawberry.argument(description="The password until now.")],
        new: Annotated[str, strawberry.argument(description="At least 12 characters.")],
    ) -> DonePayload:
        await use.change_password(info.context.ctx, current=current, new=new)
        return DonePayload(done=True)

    @strawberry.mutation(description="Make a token that acts as the caller, for a program; a token makes none.")
    @payload(TokenPayload)
    async def create_token(
        self, info: Info, input: Annotated[CreateTokenInput, strawberry.argument(description="What it is for.")]
    ) -> TokenPayload:
        made = await use_tokens.create_own_token(info.context.ctx, input.bounds())
        return TokenPayload(session=Session.of(info, made.session), token=made.token)

    @strawberry.mutation(description="End a session of one's own; what it follows ends with it.")
    @payload(DonePayload)
    async def revoke_session(
        self, info: Info, id: Annotated[strawberry.ID, strawberry.argument(description="The session.")]
    ) -> DonePayload:
        await use.revoke_session(info.context.ctx, from_id(id, missing=no_session))
        return DonePayload(done=True)
