"""The second factor of a person of the staff: an app that makes codes, and recovery codes for who loses it."""

import uuid
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, func, select
from sqlmodel import col

from api.context import Context
from api.db import Transaction
from api.errors import Conflict, Forbidden, NotFound
from api.events import AccessChanged
from api.models import RecoveryCode, Session, User
from api.models.enums import Permission, SessionKind
from api.passwords import recovery_code
from api.resolvers.access import Who, allow, staff
from api.resolvers.audit import record
from api.resolvers.checks import Checks
from api.resolvers.proving import codes_of, recovery_digest, spend_code, spend_step
from api.resolvers.sessions import end_sessions
from api.resolvers.users import permissions_of, require_may_grant
from api.totp import new_secret, uri

RECOVERY_CODES = 10
REASON_LIMIT = 300


@dataclass(frozen=True)
class SecondFactor:
    """How the caller's second factor stands."""

    since: datetime | None
    required: bool
    """Their role asks for one."""
    recovery_codes_left: int


@dataclass(frozen=True)
class Offer:
    """What an app is told: by hand, or by a QR code of the address."""

    secret: str
    uri: str


@allow(Who.STAFF, Who.STAFF_WITHOUT_SECOND_FACTOR)
async def get_second_factor(ctx: Context) -> SecondFactor:
    """How the caller's own second factor stands."""
    me = staff(ctx)
    left = select(func.count()).select_from(RecoveryCode).where(col(RecoveryCode.user_id) == me.user_id)
    async with ctx.db.read() as session:
        user = await session.get_one(User, me.user_id)
        count = (await session.execute(left)).scalar_one()
    return SecondFactor(user.second_factor_at, user.role in ctx.settings.second_factor_roles, count)


@allow(Who.STAFF, Who.STAFF_WITHOUT_SECOND_FACTOR)
async def begin_second_factor(ctx: Context) -> Offer:
    """Make a secret for the caller's app; nothing asks for its codes before one is confirmed.

    Raises Conflict (it is on), Forbidden (a token asks: what leaked would keep its person out).
    """
    secret = new_secret()
    async with ctx.db.transaction() as tx:
        user = await _me_in_a_browser(ctx, tx)
        if user.second_factor_at is not None:
            raise Conflict("second_factor_on")
        user.totp_sealed, user.totp_step = ctx.services.vault.seal(secret), None
        tx.session.add(user)
        return Offer(secret, uri(secret, user.email))


@allow(Who.STAFF, Who.STAFF_WITHOUT_SECOND_FACTOR)
async def confirm_second_factor(ctx: Context, code: str) -> list[str]:
    """Switch the second factor on, by a code of the app; the answer is the recovery codes, shown this once.

    The caller's other sessions end: they were begun without it. Raises Invalid, Conflict, Forbidden, RateLimited.
    """
    me, trier = staff(ctx), codes_of(ctx, staff(ctx).user_id)
    ctx.services.delays.begin(trier)
    async with ctx.db.transaction() as tx:
        user = await _me_in_a_browser(ctx, tx)
        if user.second_factor_at is not None:
            raise Conflict("second_factor_on")
        await spend_step(ctx, tx, user, "".join(code.split()))
        user.second_factor_at = tx.now
        tx.session.add(user)
        codes = await _new_recovery_codes(ctx, tx, user.id)
        await end_sessions(tx, user.id, but=me.session_id)
        record(ctx, tx, action="confirm_second_factor", object=f"user:{user.id}")
    ctx.services.delays.forgive(trier)
    return codes


@allow(Who.STAFF)
async def renew_recovery_codes(ctx: Context, code: str) -> list[str]:
    """New recovery codes in the place of all old ones, by a code; shown this once.

    Raises Invalid, Conflict (it is off), RateLimited.
    """
    trier = codes_of(ctx, staff(ctx).user_id)
    ctx.services.delays.begin(trier)
    async with ctx.db.transaction() as tx:
        user = await _me_with_it_on(ctx, tx)
        await spend_code(ctx, tx, user, code)
        codes = await _new_recovery_codes(ctx, tx, user.id)
        record(ctx, tx, action="renew_recovery_codes", object=f"user:{user.id}")
    ctx.services.delays.forgive(trier)
    return codes


@allow(Who.STAFF)
async def switch_off_second_factor(ctx: Context, code: str) -> None:
    """From now on the caller's password is enough again, by a code.

    Raises Invalid, Conflict (it is off, or the role asks for it), RateLimited.
    """
    trier = codes_of(ctx, staff(ctx).user_id)
    ctx.services.delays.begin(trier)
    async with ctx.db.transaction() as tx:
        user = await _me_with_it_on(ctx, tx)
        if user.role in ctx.settings.second_factor_roles:
            raise Conflict("second_factor_required")
        await spend_code(ctx, tx, user, code)
        await _remove(tx, user)
        record(ctx, tx, action="switch_off_second_factor", object=f"user:{user.id}")
    ctx.services.delays.forgive(trier)


@allow(Permission.USER_MANAGE)
async def remove_second_factor(ctx: Context, user_id: uuid.UUID, *, reason: str) -> User:
    """Take away the second factor of somebody who lost theirs; their sessions end. The audit log keeps the reason.

    Raises NotFound, Invalid, Conflict (they have none), Forbidden (more rights than the caller's own, or oneself).
    """
    checks = Checks()
    reason = checks.prose("reason", reason, limit=REASON_LIMIT)
    checks.done()
    if user_id == staff(ctx).user_id:
        raise Forbidden("own_second_factor")
    async with ctx.db.transaction() as tx:
        user = await tx.session.get(User, user_id, with_for_update=True)
        if user is None:
            raise NotFound("user_not_found")
        require_may_grant(ctx, permissions_of(user))
        if user.second_factor_at is None:
            raise Conflict("second_factor_off")
        await _remove(tx, user)
        await end_sessions(tx, user.id)
        record(ctx, tx, action="remove_second_factor", object=f"user:{user.id}", after={"reason": reason})
        return user


async def _me_in_a_browser(ctx: Context, tx: Transaction) -> User:
    me = staff(ctx)
    if (await tx.session.get_one(Session, me.session_id)).kind is not SessionKind.COOKIE:
        raise Forbidden("browser_only")
    return await tx.session.get_one(User, me.user_id, with_for_update=True)


async def _me_with_it_on(ctx: Context, tx: Transaction) -> User:
    user = await tx.session.get_one(User, staff(ctx).user_id, with_for_update=True)
    if user.second_factor_at is None:
        raise Conflict("second_factor_off")
    return user


async def _new_recovery_codes(ctx: Context, tx: Transaction, user_id: uuid.UUID) -> list[str]:
    await tx.session.execute(delete(RecoveryCode).where(col(RecoveryCode.user_id) == user_id))
    codes = [recovery_code() for _ in range(RECOVERY_CODES)]
    tx.session.add_all([RecoveryCode(user_id=user_id, digest=recovery_digest(ctx, user_id, code)) for code in codes])
    return codes


async def _remove(tx: Transaction, user: User) -> None:
    await tx.session.execute(delete(RecoveryCode).where(col(RecoveryCode.user_id) == user.id))
    user.second_factor_at = user.totp_sealed = user.totp_step = None
    tx.session.add(user)
    # Whoever asks next may be one whose role needs it, and who now lacks it.
    tx.emit(AccessChanged(user_id=user.id))
