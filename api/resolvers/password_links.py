"""Links by which a person sets a password: handed to them once, by whoever added them or resets what they had."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, select, update
from sqlmodel import col

from api.context import Context
from api.errors import NotFound
from api.models import User
from api.models.enums import SessionKind
from api.passwords import TokenKind, check_strength, new_token, token_hash
from api.resolvers.access import Who, allow
from api.resolvers.audit import record
from api.resolvers.proving import code_needed
from api.resolvers.sessions import SignedIn, begin, end_sessions

INVITATION_LASTS = timedelta(hours=72)
RESET_LASTS = timedelta(hours=2)


@dataclass(frozen=True)
class PasswordLink:
    """What to hand over: where it leads on this desk, and until when."""

    path: str
    """The token stands behind `#`: browsers send that part to nobody, so no log, proxy or Referer holds it."""
    expires_at: datetime


def give_link(user: User, now: datetime, lasts: timedelta) -> PasswordLink:
    """Make a link for a person whose row is held, in the place of any earlier one."""
    token, digest = new_token(TokenKind.LINK)
    user.link_hash, user.link_ends_at = digest, now + lasts
    return PasswordLink(f"/login/senha#{token}", now + lasts)


@allow(Who.ANYONE)
async def get_link_holder(ctx: Context, token: str) -> User:
    """Who may set a password by this link. Raises NotFound: never made, used, replaced or expired."""
    query = select(User).where(*_valid(token, ctx.now()))
    async with ctx.db.read() as session:
        user = (await session.execute(query)).scalar_one_or_none()
    if user is None:
        raise NotFound("link_not_found")
    return user


@allow(Who.ANYONE)
async def set_password(ctx: Context, *, token: str, password: str, kind: SessionKind = SessionKind.COOKIE) -> SignedIn:
    """Set a password by a link, which is used up; every session of the person ends, and one begins here.

    Raises NotFound (the link), Invalid, SecondFactorNeeded (the password is set; a code has to follow).
    """
    user = await get_link_holder(ctx, token)
    check_strength(password, user.name, user.email, field=("password",))
    password_hash = await ctx.services.passwords.hash(password)
    async with ctx.db.transaction() as tx:
        used = update(User).where(*_valid(token, tx.now)).returning(col(User.id))
        used = used.values(password_hash=password_hash, link_hash=None, link_ends_at=None)
        if (await tx.session.execute(used)).scalar_one_or_none() is None:
            raise NotFound("link_not_found")
        user = await tx.session.get_one(User, user.id, with_for_update=True)
        await end_sessions(tx, user.id)
        signed_in = await begin(ctx, tx, user, kind) if user.second_factor_at is None else None
        actor = ctx if signed_in is None else ctx.acting_as(signed_in.principal)
        record(actor, tx, action="set_password", object=f"user:{user.id}")
    if signed_in is None:
        raise code_needed(ctx, user)
    return signed_in


def _valid(token: str, now: datetime) -> tuple[ColumnElement[bool], ...]:
    return col(User.link_hash) == token_hash(token), col(User.link_ends_at) > now, col(User.active).is_(True)
