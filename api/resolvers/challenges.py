"""Proof of work before a chat is opened, for when scripts come from many addresses at once (ADR 44)."""

import hashlib
import hmac
import secrets
from datetime import timedelta

from api.context import Context, Services
from api.errors import ProofNeeded, RateLimited
from api.resolvers.access import Who, allow

GOOD_FOR = timedelta(minutes=5)
ONCE = "1/10minute"
"""Longer than a challenge is good for: a proof that was used has run out when it is forgotten."""
LONGEST = 200
"""Characters of a proof: ours have a hundred at most."""


@allow(Who.ANYONE)
async def issue_challenge(ctx: Context) -> str:
    """A challenge, `1.<bits>.<until>.<nonce>.<signature>`, good for five minutes and one opening.

    Its proof is `<challenge>:<n>`, with any n for which the SHA-256 of that text begins with so many zero bits. Nothing
    is kept of it: it is known again by its signature.
    """
    until = int((ctx.now() + GOOD_FOR).timestamp())
    body = f"1.{ctx.settings.challenge_bits}.{until}.{secrets.token_hex(8)}"
    return f"{body}.{_signature(ctx.services, body)}"


async def require_proof(services: Services, proof: str | None) -> None:
    """Let pass who need not prove anything now, or did so with `proof`, which is used up. Raises ProofNeeded.

    Each process counts for itself: with so many processes, a proof opens as many chats at most.
    """
    if not await _is_asked_for(services):
        return
    nonce = _nonce_of(services, proof or "")
    if nonce is None:
        raise ProofNeeded("proof_needed")
    try:
        await services.limiter.take(ONCE, "proof", nonce)
    except RateLimited as error:
        raise ProofNeeded("proof_needed") from error


async def _is_asked_for(services: Services) -> bool:
    settings = services.settings
    if settings.challenge != "auto":
        return settings.challenge == "always"
    try:
        await services.limiter.take(settings.challenge_above, "unproven openings")
    except RateLimited:
        return True
    return False


def _nonce_of(services: Services, proof: str) -> str | None:
    """What makes a proof one of its kind; None when it proves nothing, or is of a challenge that is not ours."""
    challenge, _, _ = proof.rpartition(":")
    body, _, signature = challenge.rpartition(".")
    ours = hmac.compare_digest(signature.encode(), _signature(services, body).encode())
    if len(proof) > LONGEST or not ours:
        return None
    _, bits, until, nonce = body.split(".")
    if int(until) < services.clock().timestamp() or not _begins_with_zeros(proof, int(bits)):
        return None
    return nonce


def _signature(services: Services, body: str) -> str:
    return services.vault.digest("opening challenge", body)[:32]


def _begins_with_zeros(text: str, bits: int) -> bool:
    return int.from_bytes(hashlib.sha256(text.encode()).digest()) >> (256 - bits) == 0
