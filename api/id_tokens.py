"""ID tokens of OpenID Connect: whose signature they bear, for whom they are, and what they say of somebody.

https://openid.net/specs/openid-connect-core-1_0.html#IDTokenValidation
"""

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from joserfc import jws, jwt
from joserfc.errors import ClaimError, JoseError
from joserfc.jwk import ECKey, OKPKey, RSAKey

Key = RSAKey | ECKey | OKPKey

ALGORITHMS: Final = {"RS256": "RSA", "ES256": "EC", "EdDSA": "OKP"}
"""Which signatures count, each with its kind of key. Never `none`, and never a shared secret: with those, whoever knows
the public key could sign."""
_CURVES: Final = {"RSA": None, "EC": "P-256", "OKP": "Ed25519"}
_MADE_OF: Final = {"RSA": ("n", "e"), "EC": ("crv", "x", "y"), "OKP": ("crv", "x")}
_SHORTEST_RSA = 2048
_MOST_KEYS = 50
_LEEWAY = 60
"""Seconds that the clocks of two machines may differ by."""
_OLDEST = 600
"""Seconds since a token was made: it was made for us a moment ago."""
_LONGEST_SUBJECT = 255
_LONGEST_EMAIL = 254


class NotProved(Exception):
    """A token that shows nothing; the message says why, for the operator, and quotes nothing of it."""


@dataclass(frozen=True)
class Expected:
    """What a token has to say to count."""

    issuer: str
    client_id: str
    nonce: str
    now: int
    """Seconds since 1970."""


@dataclass(frozen=True)
class Identity:
    """Who somebody is to the provider, and what it vouches for."""

    issuer: str
    subject: str
    email: str | None = None
    """Only an address that the provider has verified."""
    several_factors: bool = False
    """The provider asked for more than one factor (RFC 8176 §2: `mfa`)."""


def keys_of(document: Mapping[str, Any]) -> dict[str, Key]:
    """The keys of a provider that may sign, by their ids; what is of no use or malformed is left out.

    Raises NotProved when it is no set of keys.
    """
    listed = document.get("keys")
    if not isinstance(listed, list):
        raise NotProved("no set of keys")
    found = [(str(entry.get("kid", "")), _key_of(entry)) for entry in listed[:_MOST_KEYS] if isinstance(entry, dict)]
    return {kid: key for kid, key in found if key is not None}


def _key_of(entry: dict[str, Any]) -> Key | None:
    kind = entry.get("kty")
    if kind not in _CURVES or entry.get("use", "sig") != "sig" or entry.get("crv") != _CURVES[kind]:
        return None
    # Nothing but the public numbers: whatever else it says of itself is not ours to weigh.
    plain: Any = {"kty": kind} | {name: entry.get(name) for name in _MADE_OF[kind]}
    try:
        if kind == "RSA":
            return RSAKey.import_key(plain) if _bits(plain["n"]) >= _SHORTEST_RSA else None
        return ECKey.import_key(plain) if kind == "EC" else OKPKey.import_key(plain)
    except (JoseError, ValueError, TypeError):
        return None


def _bits(number: object) -> int:
    text = str(number)
    return int.from_bytes(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))).bit_length()


def key_id_of(token: str) -> str:
    """By which key a token says that it was signed; empty when it does not say. Raises NotProved."""
    return str(_header(token).get("kid", ""))


def _header(token: str) -> dict[str, Any]:
    try:
        header = jws.extract_compact(token.encode("ascii")).headers()
    except (JoseError, ValueError, TypeError, AttributeError) as error:
        raise NotProved("no token") from error
    if header.get("alg") not in ALGORITHMS:
        raise NotProved("signed in a way that does not count")
    return header


class _Registry(jws.JWSRegistry):
    """Takes the algorithms above and no other, whatever the library would recommend; ignores unknown headers."""

    def __init__(self) -> None:
        super().__init__(algorithms=list(ALGORITHMS), strict_check_header=False)

    def get_alg(self, name: str) -> Any:
        """The algorithm. Raises NotProved."""
        if name not in ALGORITHMS:
            raise NotProved("signed in a way that does not count")
        return self.algorithms[name]


def identity_in(token: str, key: Key, expected: Expected) -> Identity:
    """Whom a token tells of, once everything in it is as it has to be. Raises NotProved."""
    if ALGORITHMS[_header(token)["alg"]] != key.key_type:
        raise NotProved("signed by another kind of key")
    try:
        claims = jwt.decode(token, key, registry=_Registry()).claims
        _registry(expected).validate(claims)
    except (JoseError, ValueError, TypeError) as error:
        raise NotProved(_why(error)) from error
    _require_ours(claims, expected)
    return _identity(claims, expected.issuer)


def _why(error: Exception) -> str:
    """What was wrong, by the names of claims alone."""
    if isinstance(error, ClaimError):
        return f"{error.error}: {error.claim}"
    return error.error if isinstance(error, JoseError) else "malformed"


def _require_ours(claims: Mapping[str, Any], expected: Expected) -> None:
    """What the library leaves open. Raises NotProved."""
    if claims["nonce"] != expected.nonce:
        # A list that has it among others would do for the library.
        raise NotProved("another nonce")
    if claims["iat"] < expected.now - _OLDEST:
        raise NotProved("made too long ago")
    audience, party = claims["aud"], claims.get("azp")
    several = isinstance(audience, list) and len(audience) > 1
    if party != expected.client_id and (several or party is not None):
        raise NotProved("made for another client")
    if len(claims["sub"]) > _LONGEST_SUBJECT:
        raise NotProved("a subject of more than 255 characters")


def _registry(expected: Expected) -> jwt.JWTClaimsRegistry:
    return jwt.JWTClaimsRegistry(
        now=expected.now,
        leeway=_LEEWAY,
        iss={"essential": True, "value": expected.issuer},
        aud={"essential": True, "value": expected.client_id},
        nonce={"essential": True, "value": expected.nonce},
        sub={"essential": True},
        exp={"essential": True},
        iat={"essential": True},
    )


def _identity(claims: Mapping[str, Any], issuer: str) -> Identity:
    email, methods = claims.get("email"), claims.get("amr")
    # Entra ID has no `email_verified`; there `xms_edov` tells whether the address is of a domain that the tenant owns.
    vouched = claims.get("email_verified", claims.get("xms_edov"))
    verified = isinstance(email, str) and _is_plain(email) and str(vouched).lower() in ("true", "1")
    several = isinstance(methods, list) and "mfa" in methods
    return Identity(issuer, claims["sub"], email if verified else None, several)


def _is_plain(email: str) -> bool:
    """Whether an address names one mailbox alone: small letters of other alphabets may be made equal to ours."""
    return email.isascii() and email.isprintable() and " " not in email and len(email) <= _LONGEST_EMAIL
