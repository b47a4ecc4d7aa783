"""Signing in by the company's identity provider, and taking its link from a person again."""

import base64
import hashlib
import secrets
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime

from cryptography.exceptions import InvalidTag
from sqlalchemy import select
from sqlmodel import col

from api.context import Context, Staff
from api.db import Transaction, persist
from api.errors import Conflict, NotFound, Unauthenticated, Unavailable
from api.id_tokens import Identity
from api.models import User
from api.models.enums import Permission, SessionKind
from api.openid import LASTS, IdentityProvider, Voyage
from api.resolvers.access import Who, allow
from api.resolvers.audit import record
from api.resolvers.linking import link
from api.resolvers.proving import address_of, code_needed
from api.resolvers.sessions import SignedIn, account_of, begin, end_sessions
from api.resolvers.users import permissions_of, require_may_grant

_VOYAGE = "voyage to the provider"
_LONGEST_WAY = 512
"""Characters of a path that somebody is brought back to."""


def _fresh() -> str:
    """256 random bits: nobody else's word, and a verifier as RFC 7636 §4.1 asks for."""
    return secrets.token_urlsafe(32)


@dataclass(frozen=True)
class Departure:
    """Where a browser goes to sign in, and what it keeps meanwhile."""

    address: str
    sealed: str


@allow(Who.ANYONE)
async def leave_for_provider(ctx: Context, *, back: str, return_to: str) -> Departure:
    """Begin a sign-in by the provider, which sends its browser to `return_to`; then it goes on to the path `back`.

    Raises NotFound (there is no provider), Unavailable.
    """
    provider = _provider(ctx)
    way = back if len(back) <= _LONGEST_WAY else ""
    voyage = Voyage(_fresh(), _fresh(), _fresh(), way)
    challenge = base64.urlsafe_b64encode(hashlib.sha256(voyage.verifier.encode()).digest()).decode().rstrip("=")
    ends_at = str(int((ctx.now() + LASTS).timestamp()))
    parts = (_VOYAGE, ends_at, voyage.state, voyage.nonce, voyage.verifier, voyage.back)
    address = await provider.address(voyage, challenge, return_to)
    return Departure(address, ctx.services.vault.seal("|".join(parts)))


def opened_voyage(ctx: Context, sealed: str, state: str) -> Voyage:
    """The sign-in that began in the browser which comes back. Raises Unauthenticated when it did not, or long ago."""
    try:
        kind, ends_at, kept, nonce, verifier, back = ctx.services.vault.unseal(sealed).split("|", 5)
    except (KeyError, ValueError, InvalidTag):
        raise Unauthenticated("openid_again") from None
    if kind != _VOYAGE or datetime.fromtimestamp(int(ends_at), UTC) <= ctx.now():
        raise Unauthenticated("openid_again")
    if not secrets.compare_digest(kept.encode(), state.encode()):
        raise Unauthenticated("openid_again")
    return Voyage(kept, nonce, verifier, back)


@allow(Who.ANYONE)
async def sign_in_by_provider(
    ctx: Context, voyage: Voyage, *, code: str, return_to: str, kind: SessionKind = SessionKind.COOKIE
) -> SignedIn:
    """Begin a session of whom the provider sent with this code: somebody who exists here, and is who they were before.

    Raises NotFound (there is no provider), Unavailable, Unauthenticated, RateLimited (after failures, by address),
    SecondFactorNeeded (they have one here, and the provider asked for none).
    """
    provider, trier = _provider(ctx), address_of(ctx)
    ctx.services.delays.begin(trier)
    provider.spend(voyage.state)
    try:
        identity = await provider.identity(voyage, code, return_to)
    except Unavailable:
        # Nobody failed but the provider, and a password is the way in meanwhile.
        ctx.services.delays.take_back(trier)
        raise
    # A code is good for one try: only what comes after it is done again when a transaction gives way.
    signed_in = await persist(lambda: _enter(ctx, identity, kind))
    ctx.services.delays.take_back(trier)
    if not isinstance(signed_in, SignedIn):
        raise code_needed(ctx, signed_in, issuer=identity.issuer, subject=identity.subject)
    return signed_in


async def _enter(ctx: Context, identity: Identity, kind: SessionKind) -> SignedIn | User:
    """Who signed in; or the person alone, whose code is still missing: nothing of theirs has changed then."""
    async with ctx.db.transaction() as tx:
        user = await _person(tx, identity)
        if user.second_factor_at is not None and not identity.several_factors:
            return user
        after = await link(tx, user, identity.issuer, identity.subject)
        return await begin(ctx, tx, user, kind, after=after)


async def _person(tx: Transaction, identity: Identity) -> User:
    """Who an identity is here, held: by its link, or the first time by an e-mail that the provider has verified.

    Raises Unauthenticated, with one answer for who is unknown and who is inactive.
    """
    linked = select(User).where(
        col(User.openid_issuer) == identity.issuer, col(User.openid_subject) == identity.subject
    )
    user = (await tx.session.execute(linked.with_for_update())).scalar_one_or_none()
    if user is None:
        if identity.email is None:
            raise Unauthenticated("openid_unverified")
        named = select(User).where(col(User.email) == account_of(identity.email))
        user = (await tx.session.execute(named.with_for_update())).scalar_one_or_none()
    if user is None or not user.active:
        raise Unauthenticated("openid_unknown")
    if user.openid_issuer == identity.issuer and user.openid_subject != identity.subject:
        raise Unauthenticated("openid_other")
    return user


@allow(Permission.USER_MANAGE)
async def unlink_identity(ctx: Context, user_id: uuid.UUID) -> User:
    """Forget whom the provider knows a person as; their sessions end, and their next sign-in by it links them anew.

    Raises NotFound, Conflict (there is no link), Forbidden (more rights than the caller's own).
    """
    async with ctx.db.transaction() as tx:
        user = await tx.session.get(User, user_id, with_for_update=True)
        if user is None:
            raise NotFound("user_not_found")
        require_may_grant(ctx, permissions_of(user))
        if user.openid_subject is None:
            raise Conflict("openid_unlinked")
        before = {"provider": user.openid_issuer, "linked": user.openid_subject}
        user.openid_issuer = user.openid_subject = None
        tx.session.add(user)
        await end_sessions(tx, user.id)
        record(ctx, tx, action="unlink_identity", object=f"user:{user.id}", before=before)
        return user


def shown_link(ctx: Context, user: User) -> bool | None:
    """Whether a person is linked to the provider of now, for themselves and who manages people; None for others."""
    me, provider = ctx.principal, ctx.services.identity_provider
    if not isinstance(me, Staff) or (user.id != me.user_id and not me.may(Permission.USER_MANAGE)):
        return None
    return provider is not None and user.openid_issuer == provider.client.issuer


def provider_name(ctx: Context) -> str | None:
    """What people call the provider that they may sign in by; None without one."""
    return ctx.services.identity_provider.client.name if ctx.services.identity_provider else None


def _provider(ctx: Context) -> IdentityProvider:
    if ctx.services.identity_provider is None:
        raise NotFound("openid_off")
    return ctx.services.identity_provider
