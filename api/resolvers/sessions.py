"""Signing in and out, and changing one's password."""

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from api.context import Context, Staff
from api.db import Transaction
from api.delays import Trier
from api.errors import Invalid, NotFound, Unauthenticated
from api.events import AccessChanged
from api.identities import staff_of
from api.limiter import network_of
from api.models import Session, User, UserDepartment
from api.models.enums import Permission, SessionKind
from api.passwords import TokenKind, check_strength, new_token
from api.resolvers.access import Who, allow, staff
from api.resolvers.audit import NOTHING, record
from api.resolvers.checks import Checks
from api.resolvers.linking import link
from api.resolvers.proving import (
    address_of,
    code_needed,
    codes_of,
    mark_of,
    opened_ticket,
    spend_code,
)


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

    Raises Unauthenticated, RateLimited (after failures, by account and by address), SecondFactorNeeded.
    """
    email = account_of(email)
    async with ctx.db.read() as session:
        user = (await session.execute(select(User).where(col(User.email) == email))).scalar_one_or_none()
        account = await _account(ctx, session, email, user)
    ctx.services.delays.begin(account, address_of(ctx))
    right = await ctx.services.passwords.matches(password[:256], user.password_hash if user else None)
    if user is None or not right or not user.active:
        raise Unauthenticated("bad_credentials")
    ctx.services.delays.forgive(account)
    ctx.services.delays.take_back(address_of(ctx))
    if user.second_factor_at is not None:
        raise code_needed(ctx, user)
    async with ctx.db.transaction() as tx:
        now = await tx.session.get_one(User, user.id, with_for_update=True)
        if not now.active or now.password_hash != user.password_hash or now.second_factor_at is not None:
            # Deactivated or reset while we were hashing: what was right is no longer.
            raise Unauthenticated("bad_credentials")
        return await begin(ctx, tx, now, kind)


@allow(Who.ANYONE)
async def confirm_sign_in(ctx: Context, *, ticket: str, code: str, kind: SessionKind = SessionKind.COOKIE) -> SignedIn:
    """Begin the session that the first step did not: with a code of the person's app, or one of their recovery codes.

    Raises Invalid (a wrong or used code; a ticket that has ended), RateLimited (after wrong codes, by account and by
    address).
    """
    opened = opened_ticket(ctx, ticket)
    triers = codes_of(ctx, opened.user_id), address_of(ctx)
    ctx.services.delays.begin(*triers)
    async with ctx.db.transaction() as tx:
        user = await tx.session.get(User, opened.user_id, with_for_update=True)
        if user is None or not user.active or mark_of(ctx, user) != opened.mark:
            raise Invalid("sign_in_again", field=("ticket",))
        after = {"second_factor": await spend_code(ctx, tx, user, code)}
        if opened.issuer:
            after |= await link(tx, user, opened.issuer, opened.subject)
        signed_in = await begin(ctx, tx, user, kind, after=after)
    ctx.services.delays.forgive(triers[0])
    ctx.services.delays.take_back(triers[1])
    return signed_in


@allow(Who.STAFF, Who.STAFF_WITHOUT_SECOND_FACTOR)
async def sign_out(ctx: Context) -> None:
    """End the caller's session here; its live subscriptions end with it."""
    me = staff(ctx)
    async with ctx.db.transaction() as tx:
        await tx.session.execute(update(Session).where(col(Session.id) == me.session_id).values(revoked_at=tx.now))
        record(ctx, tx, action="sign_out", object=f"user:{me.user_id}")
        tx.emit(AccessChanged(user_id=me.user_id))


@allow(Who.STAFF, Who.STAFF_WITHOUT_SECOND_FACTOR)
async def change_password(ctx: Context, *, current: str, new: str) -> User:
    """Set a new password; every other session of the person ends. Raises Invalid, RateLimited."""
    me = staff(ctx)
    trier = Trier(("change password", str(me.user_id)), ctx.settings.sign_in_tries)
    ctx.services.delays.begin(trier)
    async with ctx.db.read() as session:
        user = await session.get_one(User, me.user_id)
    if not await ctx.services.passwords.matches(current[:256], user.password_hash):
        raise Invalid("wrong_password", field=("current",))
    ctx.services.delays.forgive(trier)
    if new == current:
        raise Invalid("same_password", field=("new",))
    check_strength(new, user.name, user.email, field=("new",))
    password_hash = await ctx.services.passwords.hash(new)
    async with ctx.db.transaction() as tx:
        before, user = user.password_hash, await tx.session.get_one(User, me.user_id, with_for_update=True)
        if user.password_hash != before:
            # Reset while we were hashing: what was right is no longer.
            raise Invalid("wrong_password", field=("current",))
        user.password_hash, user.link_hash, user.link_ends_at = password_hash, None, None
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


async def end_sessions(tx: Transaction, user_id: uuid.UUID, *, but: uuid.UUID | None = None) -> None:
    """End a person's sessions, and say so to whatever they have open."""
    mine = update(Session).where(col(Session.user_id) == user_id, col(Session.revoked_at).is_(None))
    if but is not None:
        mine = mine.where(col(Session.id) != but)
    await tx.session.execute(mine.values(revoked_at=tx.now))
    tx.emit(AccessChanged(user_id=user_id))


def account_of(email: str) -> str:
    """An e-mail address as accounts are found by; whatever no account can have becomes something else harmless."""
    return " ".join(email.replace("\0", " ").split()).lower()[:254].encode("utf-8", "replace").decode()


async def _account(ctx: Context, session: AsyncSession, email: str, user: User | None) -> Trier:
    """Whose failures a try counts among: those of the account, and apart from them where its person signed in before.

    So strangers who try keep nobody from signing in at their usual place.
    """
    places = select(col(Session.address)).where(col(Session.user_id) == (user.id if user else NOTHING)).distinct()
    known = {network_of(place) for place in (await session.execute(places.limit(100))).scalars() if place}
    here, account = network_of(ctx.address), ctx.services.vault.digest("account", email)
    who = ("sign in", account, here) if here in known else ("sign in", account)
    return Trier(who, ctx.settings.sign_in_tries)


async def begin(
    ctx: Context, tx: Transaction, user: User, kind: SessionKind, *, after: dict[str, Any] | None = None
) -> SignedIn:
    """Open a session of a person whose row is held, who has proved who they are."""
    token, digest = new_token(TokenKind.COOKIE if kind is SessionKind.COOKIE else TokenKind.STAFF)
    bounds = TokenBounds(expires_at=tx.now + ctx.settings.session_limit)
    login = open_session(ctx, tx, user.id, kind, digest, bounds)
    departments = await tx.session.execute(
        select(col(UserDepartment.department_id)).where(col(UserDepartment.user_id) == user.id)
    )
    session = login.id, login.last_seen_at
    principal = staff_of(ctx.services, user, departments.scalars(), user_id=user.id, login=session)
    record(ctx.acting_as(principal), tx, action="sign_in", object=f"user:{user.id}", after=after)
    return SignedIn(user, principal, token, bounds.expires_at)


@dataclass(frozen=True)
class TokenBounds:
    """What a token is called, until when it holds, and what it may do at most; None of `scopes` for all."""

    name: str | None = None
    scopes: tuple[str, ...] | None = None
    expires_at: datetime | None = None

    def checked(self, now: datetime, *, named: bool) -> "TokenBounds":
        """The same, tidied. Raises Invalid."""
        checks = Checks("input")
        name = checks.text("name", self.name, limit=80, required=named) or None
        for scope in self.scopes or ():
            if scope not in set(Permission):
                checks.fault("scopes", "bad_scope", scope=scope[:40])
        if self.scopes is not None and not self.scopes:
            checks.fault("scopes", "required")
        checks.future("expiresAt", self.expires_at, "past_expiry", now=now)
        checks.done()
        scopes = None if self.scopes is None else tuple(sorted(set(self.scopes)))
        return TokenBounds(name, scopes, self.expires_at)


def open_session(
    ctx: Context, tx: Transaction, user_id: uuid.UUID, kind: SessionKind, digest: str, bounds: TokenBounds
) -> Session:
    """Store a session under the hash of its token."""
    session = Session(
        user_id=user_id,
        kind=kind,
        token_hash=digest,
        created_at=tx.now,
        last_seen_at=tx.now,
        expires_at=bounds.expires_at,
        address=ctx.address,
        user_agent=ctx.user_agent,
        name=bounds.name,
        scopes=None if bounds.scopes is None else list(bounds.scopes),
    )
    tx.session.add(session)
    return session
