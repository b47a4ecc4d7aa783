"""Tokens for programs, which act as a person of the staff."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlmodel import col

from api.context import Context
from api.errors import Forbidden, NotFound
from api.models import Session, User
from api.models.enums import SessionKind
from api.passwords import TokenKind, new_token
from api.resolvers.access import Who, allow, staff
from api.resolvers.audit import record
from api.resolvers.sessions import TokenBounds, account_of, open_session


@dataclass(frozen=True)
class TokenSecret:
    """A token's session, and the token itself, which is shown this once."""

    session: Session
    token: str


@allow(Who.STAFF)
async def create_own_token(ctx: Context, bounds: TokenBounds) -> TokenSecret:
    """A bearer token that acts as the caller, for a program of theirs; made in a browser, never by another token.

    Raises Invalid, Forbidden (a token asks, or for more than the caller may).
    """
    me, bounds = staff(ctx), bounds.checked(ctx.now(), named=True)
    if not set(bounds.scopes or ()) <= me.permissions:
        raise Forbidden("more_than_yours", field=("input", "scopes"))
    token, digest = new_token(TokenKind.STAFF)
    async with ctx.db.transaction() as tx:
        mine = await tx.session.get_one(Session, me.session_id)
        if mine.kind is not SessionKind.COOKIE:
            # What leaked would outlive its own end, and grow beyond its own bounds.
            raise Forbidden("tokens_make_no_tokens")
        made = open_session(ctx, tx, me.user_id, SessionKind.TOKEN, digest, bounds)
        after = {"name": bounds.name, "scopes": made.scopes, "expires_at": bounds.expires_at}
        record(ctx, tx, action="create_token", object=f"user:{me.user_id}", after=after)
        return TokenSecret(made, token)


@allow(Who.SYSTEM)
async def create_token(
    ctx: Context, *, email: str, expires_at: datetime | None = None, scopes: tuple[str, ...] | None = None
) -> str:
    """A bearer token that acts as this person, for programs; held to `scopes` where there are any.

    Raises NotFound, Invalid.
    """
    bounds = TokenBounds(None, scopes, expires_at).checked(ctx.now(), named=False)
    token, digest = new_token(TokenKind.STAFF)
    async with ctx.db.transaction() as tx:
        query = select(col(User.id)).where(col(User.email) == account_of(email), col(User.active))
        user_id = (await tx.session.execute(query.with_for_update())).scalar_one_or_none()
        if user_id is None:
            raise NotFound("user_not_found")
        open_session(ctx, tx, user_id, SessionKind.TOKEN, digest, bounds)
        record(ctx, tx, action="create_token", object=f"user:{user_id}")
        return token
