"""Codes of six digits that change every half minute (RFC 6238, as authenticator apps make them)."""

import base64
import hmac
import secrets
from datetime import datetime
from urllib.parse import quote, urlencode

from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP

STEP = 30
"""Seconds that one code lasts."""
DIGITS = 6
ISSUER = "AliDash"
_DRIFT = (0, -1, 1)
"""How many steps the clock of a telephone may be off, the likeliest first (RFC 6238 §5.2 allows for one)."""


def new_secret() -> str:
    """A secret of 160 random bits (RFC 4226 §4), in base32 as apps take it."""
    return base64.b32encode(secrets.token_bytes(20)).decode()


def step_at(now: datetime) -> int:
    """The number of the step that a moment lies in."""
    return int(now.timestamp()) // STEP


def code_of(secret: str, step: int) -> str:
    """The code of one step."""
    # SHA-1 is what apps know; as an HMAC it is sound.
    return TOTP(base64.b32decode(secret), DIGITS, SHA1(), STEP).generate(step * STEP).decode()  # noqa: S303  # nosec B303


def step_of(secret: str, code: str, now: datetime) -> int | None:
    """The step that a code belongs to, one before or after this moment at most; None for any other code."""
    here = step_at(now)
    steps = [here + drift for drift in _DRIFT if _same(code_of(secret, here + drift), code)]
    return max(steps, default=None)


def uri(secret: str, account: str) -> str:
    """What an app reads from a QR code: the secret, whose it is, and where it belongs."""
    return f"otpauth://totp/{quote(f'{ISSUER}:{account}')}?{urlencode({'secret': secret, 'issuer': ISSUER})}"


def _same(one: str, other: str) -> bool:
    return hmac.compare_digest(one.encode(), other.encode("utf-8", "replace"))
