"""Proving who one is beyond the first step: tickets between two steps of a sign-in, codes, and whose tries count."""

import uuid
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import quote, unquote

from cryptography.exceptions import InvalidTag
from sqlalchemy import delete, or_, update
from sqlmodel import col

from api.context import Context
from api.db import Transaction
from api.delays import Trier
from api.errors import Invalid, SecondFactorNeeded
from api.limiter import network_of
from api.models import RecoveryCode, User
from api.totp import DIGITS, step_of

TICKET_LASTS = timedelta(minutes=5)
_TICKET = "sign-in ticket"
_ADDRESS_TRIES = 6
"""How many times as often as an account an address may fail: behind one there may be a whole office."""


def address_of(ctx: Context) -> Trier:
    """Whoever tries to sign in from the caller's address."""
    return Trier(("sign in from", network_of(ctx.address)), ctx.settings.sign_in_tries * _ADDRESS_TRIES)


def codes_of(ctx: Context, user_id: uuid.UUID) -> Trier:
    """Whoever tries codes of this person."""
    return Trier(("code", str(user_id)), ctx.settings.sign_in_tries)


@dataclass(frozen=True)
class Ticket:
    """Half of a sign-in: who has proved the first of two things."""

    user_id: uuid.UUID
    mark: str
    """Their mark at that time."""
    issuer: str = ""
    """The provider that they came from, and their name there; empty for who gave a password."""
    subject: str = ""


def code_needed(ctx: Context, user: User, *, issuer: str = "", subject: str = "") -> SecondFactorNeeded:
    """What somebody is told whose password was right, or whom a provider sent, and who has a second factor."""
    ends_at = int((ctx.now() + TICKET_LASTS).timestamp())
    parts = (_TICKET, str(user.id), str(ends_at), mark_of(ctx, user), quote(issuer), quote(subject))
    return SecondFactorNeeded(ctx.services.vault.seal("|".join(parts)))


def opened_ticket(ctx: Context, ticket: str) -> Ticket:
    """Who has proved the first of two things, and how. Raises Invalid."""
    try:
        kind, user_id, ends_at, mark, issuer, subject = ctx.services.vault.unseal(ticket).split("|")
    except (KeyError, ValueError, InvalidTag):
        raise Invalid("sign_in_again", field=("ticket",)) from None
    if kind != _TICKET or datetime.fromtimestamp(int(ends_at), UTC) <= ctx.now():
        raise Invalid("sign_in_again", field=("ticket",))
    return Ticket(uuid.UUID(user_id), mark, unquote(issuer), unquote(subject))


def mark_of(ctx: Context, user: User) -> str:
    """What changes with a person's password, second factor or identity at a provider, and tells none of them."""
    known_as = (user.openid_issuer or "", user.openid_subject or "")
    return ctx.services.vault.digest("proof", user.password_hash, str(user.second_factor_at), *known_as)


async def spend_code(ctx: Context, tx: Transaction, user: User, code: str) -> str:
    """Use up a code of a person's app, or one of their recovery codes; the answer is which of the two it was.

    Raises Invalid: wrong, used already, or of a step that lies behind one that was used (RFC 6238 §5.2).
    """
    code = "".join(code.split())[:40]
    if len(code) == DIGITS and code.isascii() and code.isdigit():
        await spend_step(ctx, tx, user, code)
        return "app"
    used = delete(RecoveryCode).where(
        col(RecoveryCode.user_id) == user.id, col(RecoveryCode.digest) == recovery_digest(ctx, user.id, code)
    )
    if (await tx.session.execute(used.returning(col(RecoveryCode.id)))).scalar_one_or_none() is None:
        raise Invalid("wrong_code", field=("code",))
    return "recovery code"


async def spend_step(ctx: Context, tx: Transaction, user: User, code: str) -> None:
    """Use up a code of a person's app, and all before it. Raises Invalid."""
    step = step_of(ctx.services.vault.unseal(user.totp_sealed), code, tx.now) if user.totp_sealed else None
    if step is None:
        raise Invalid("wrong_code", field=("code",))
    unused = or_(col(User.totp_step).is_(None), col(User.totp_step) < step)
    spent = update(User).where(col(User.id) == user.id, unused).values(totp_step=step).returning(col(User.id))
    if (await tx.session.execute(spent)).scalar_one_or_none() is None:
        raise Invalid("wrong_code", field=("code",))


def recovery_digest(ctx: Context, user_id: uuid.UUID, code: str) -> str:
    """What is stored instead of a recovery code: keyed, as its fifty bits could be searched through."""
    plain = "".join(character for character in code.lower() if character.isalnum())
    return ctx.services.vault.digest("recovery code", str(user_id), plain)
