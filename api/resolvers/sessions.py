"""Signing in and out, passwords, and tokens for programs."""

import uuid
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, or_, select, update
from sqlmodel import col

from api.context import Context, Staff
from api.db import Transaction
from api.errors import Invalid, NotFound, RateLimited, Unauthenticated
from api.events import AccessChanged
from api.identities import staff_of
from api.limiter import network_of
from api.models import Session, User, UserDepartment
from api.models.enums import SessionKind
from api.passwords import TokenKind, check_strength, new_token
from api.resolvers.access import Who, allow, staff
from api.resolvers.audit import record


@dataclass(frozen=True)
class SignedIn:
    """Who signed in, and the secret that proves it from now on."""

    user: User
    principal: Staff
    token: str
    expires_at: datetime | None


@allow(Who.ANYONE)
async def sign_in(ctx: Context, *, email: str, password: str, kind: SessionKind = SessionKind.COOKIE) -> SignedIn:
    """Begin a session. The answer, and the time it takes, are the same for an unknown account and a wrong password.

    Raises Unauthenticated, RateLimited (failed tries are counted per address and per account).
    """
    email = _address(email)
    tries = (("sign in", network_of(ctx.address)), ("sign in", "account", ctx.services.vault.digest(email)))
    for who in tries:
        await ctx.services.limiter.check(ctx.settings.rate_sign_in, *who)
    async with ctx.db.read() as session:
        user = (await session.execute(select(User).where(col(User.email) == email))).scalar_one_or_none()
    right = await ctx.services.passwords.matches(password[:256], user.password_hash if user else None)
    if user is None or not right or not user.active:
        await _count_failure(ctx, tries)
        raise Unauthenticated("bad_credentials")
    return await _begin(ctx, user, kind, expires_at=ctx.now() + ctx.settings.session_limit)


@allow(Who.STAFF, Who.STAFF_WITH_ONE_TIME_PASSWORD)
async def sign_out(ctx: Context) -> None:
    """End the caller's session here; its live subscriptions end with it."""
    me = staff(ctx)
    async with ctx.db.transaction() as tx:
        await tx.session.execute(update(Session).where(col(Session.id) == me.session_id).values(revoked_at=tx.now))
        record(ctx, tx, action="sign_out", object=f"user:{me.user_id}")
        tx.emit(AccessChanged(user_id=me.user_id))


@allow(Who.STAFF, Who.STAFF_WITH_ONE_TIME_PASSWORD)
async def change_password(ctx: Context, *, current: str, new: str) -> User:
    """Set a new password; every other session of the person ends. Raises Invalid, RateLimited."""
    me = staff(ctx)
    who = ("change password", str(me.user_id))
    await ctx.services.limiter.check(ctx.settings.rate_sign_in, *who)
    async with ctx.db.read() as session:
        user = await session.get_one(User, me.user_id)
    if not await ctx.services.passwords.matches(current[:256], user.password_hash):
        await _count_failure(ctx, (who,))
        raise Invalid("wrong_password", field=("current",))
    if new == current:
        raise Invalid("same_password", field=("new",))
    check_strength(new, user.name, user.email, field=("new",))
    password_hash = await ctx.services.passwords.hash(new)
    async with ctx.db.transaction() as tx:
        before, user = user.password_hash, await tx.session.get_one(User, me.user_id, with_for_update=True)
        if user.password_hash != before:
            # Reset while we were hashing: what was right is no longer.
            raise Invalid("wrong_password", field=("current",))
        user.password_hash, user.must_change_password = password_hash, False
        tx.session.add(user)
        await end_sessions(tx, me.user_id, but=me.session_id)
        record(ctx, tx, action="change_password", object=f"user:{me.user_id}")
        return user


@allow(Who.STAFF)
async def list_sessions(ctx: Context) -> list[Session]:
    """Where the caller is signed in now, the place last used first; at most a hundred."""
    me = staff(ctx)
    query = select(Session).where(*_open_sessions(me.user_id, ctx.now()))
    async with ctx.db.read() as session:
        rows = await session.execute(query.order_by(col(Session.last_seen_at).desc(), col(Session.id)).limit(100))
        return list(rows.scalars())


@allow(Who.STAFF)
async def revoke_session(ctx: Context, session_id: uuid.UUID) -> None:
    """End one session of the caller's own; what it follows ends with it. Raises NotFound, also for somebody else's."""
    me = staff(ctx)
    async with ctx.db.transaction() as tx:
        mine = update(Session).where(col(Session.id) == session_id, *_open_sessions(me.user_id, tx.now))
        ended = await tx.session.execute(mine.values(revoked_at=tx.now).returning(col(Session.id)))
        if ended.scalar_one_or_none() is None:
            raise NotFound("session_not_found", field=("id",))
        record(ctx, tx, action="revoke_session", object=f"user:{me.user_id}")
        tx.emit(AccessChanged(user_id=me.user_id))


def _open_sessions(user_id: uuid.UUID, now: datetime) -> tuple[ColumnElement[bool], ...]:
    lasting = or_(col(Session.expires_at).is_(None), col(Session.expires_at) > now)
    return col(Session.user_id) == user_id, col(Session.revoked_at).is_(None), lasting


@allow(Who.SYSTEM)
async def create_token(ctx: Context, *, email: str, expires_at: datetime | None = None) -> str:
    """A bearer token that acts as this person, for programs. Raises NotFound."""
    async with ctx.db.read() as session:
        query = select(User).where(col(User.email) == _address(email), col(User.active))
        user = (await session.execute(query)).scalar_one_or_none()
    if user is None:
        raise NotFound("user_not_found")
    return (await _begin(ctx, user, SessionKind.TOKEN, expires_at=expires_at, maker=ctx)).token


async def end_sessions(tx: Transaction, user_id: uuid.UUID, *, but: uuid.UUID | None = None) -> None:
    """End a person's sessions, and say so to whatever they have open."""
    mine = update(Session).where(col(Session.user_id) == user_id, col(Session.revoked_at).is_(None))
    if but is not None:
        mine = mine.where(col(Session.id) != but)
    await tx.session.execute(mine.values(revoked_at=tx.now))
    tx.emit(AccessChanged(user_id=user_id))


def _address(email: str) -> str:
    """An e-mail address as accounts are found by; whatever no account can have becomes something else harmless."""
    return " ".join(email.replace("\0", " ").split()).lower()[:254].encode("utf-8", "replace").decode()


async def _begin(
    ctx: Context, user: User, kind: SessionKind, *, expires_at: datetime | None, maker: Context | None = None
) -> SignedIn:
    token, digest = new_token(TokenKind.COOKIE if kind is SessionKind.COOKIE else TokenKind.STAFF)
    async with ctx.db.transaction() as tx:
        now = await tx.session.get_one(User, user.id, with_for_update=True)
        if not now.active or now.password_hash != user.password_hash:
            # Deactivated or reset while we were hashing: what was right is no longer.
            raise Unauthenticated("bad_credentials")
        login = Session(
            user_id=user.id,
            kind=kind,
            token_hash=digest,
            created_at=tx.now,
            last_seen_at=tx.now,
            expires_at=expires_at,
            address=ctx.address,
            user_agent=ctx.user_agent,
        )
        tx.session.add(login)
        departments = await tx.session.execute(
            select(col(UserDepartment.department_id)).where(col(UserDepartment.user_id) == user.id)
        )
        principal = staff_of(user, user.id, departments.scalars(), session_id=login.id, seen_at=login.last_seen_at)
        # A token that the operator makes is no act of the person whom it stands for.
        actor, action = (maker, "create_token") if maker else (ctx.acting_as(principal), "sign_in")
        record(actor, tx, action=action, object=f"user:{user.id}")
    return SignedIn(user, principal, token, expires_at)


async def _count_failure(ctx: Context, tries: tuple[tuple[str, ...], ...]) -> None:
    for who in tries:
        try:
            await ctx.services.limiter.take(ctx.settings.rate_sign_in, *who)
        except RateLimited:
            # This try was still allowed and answers as any wrong one does; the next one hears of the limit.
            continue
