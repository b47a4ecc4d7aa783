"""Which ID tokens show who somebody is, and which do not."""

import base64
import hmac
from collections.abc import Callable
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256
from joserfc.jwk import ECKey, OKPKey

from api.id_tokens import Expected, Identity, Key, NotProved, identity_in, key_id_of, keys_of
from tests.identity_provider import Claims, by_hand, rsa_key, signed, unsigned

NOW = 1_800_000_000
EXPECTED = Expected("https://sso.example", "alidash", "n-1", NOW)
RSA = rsa_key("first")
EC = ECKey.generate_key("P-256", {"kid": "ec"})
ED = OKPKey.generate_key("Ed25519", {"kid": "ed"})


def claims(**other: Any) -> Claims:
    usual = {"iss": EXPECTED.issuer, "aud": "alidash", "sub": "7", "nonce": "n-1", "iat": NOW - 5, "exp": NOW + 300}
    return {name: said for name, said in (usual | other).items() if said is not None}


def published(*keys: Any) -> dict[str, Key]:
    return keys_of({"keys": [key.as_dict(private=False) for key in keys]})


def told(token: str, key: Any = RSA) -> Identity:
    return identity_in(token, published(key)[key.kid], EXPECTED)


@pytest.mark.parametrize("key", [RSA, EC, ED], ids=["RS256", "ES256", "EdDSA"])
def test_each_way_of_signing_that_counts_shows_who_somebody_is(key: Any) -> None:
    token = signed(claims(email="ana@desk.example", email_verified=True), key)
    assert key_id_of(token) == key.kid
    assert told(token, key) == Identity(EXPECTED.issuer, "7", "ana@desk.example")


@pytest.mark.parametrize(
    "other",
    [
        {"iss": "https://sso.example/"},
        {"iss": None},
        {"aud": "somebody else"},
        {"aud": []},
        {"aud": None},
        {"aud": ["alidash", "somebody else"]},
        {"aud": ["alidash", "somebody else"], "azp": "somebody else"},
        {"azp": "somebody else"},
        {"nonce": "n-2"},
        {"nonce": None},
        {"nonce": ["n-1", "n-2"]},
        {"sub": None},
        {"sub": ""},
        {"sub": 7},
        {"sub": "7" * 256},
        {"exp": NOW - 61},
        {"exp": None},
        {"exp": "never"},
        {"exp": True},
        {"iat": NOW + 61},
        {"iat": NOW - 601},
        {"iat": None},
        {"iat": "now"},
        {"nbf": NOW + 61},
    ],
    ids=str,
)
def test_a_token_with_anything_else_in_it_shows_nothing(other: dict[str, Any]) -> None:
    told(signed(claims(), RSA))
    with pytest.raises(NotProved):
        told(signed(claims(**other), RSA))


@pytest.mark.parametrize(
    "other",
    [{"exp": NOW - 59}, {"iat": NOW + 59}, {"aud": ["alidash"]}, {"aud": ["alidash", "b"], "azp": "alidash"}],
    ids=str,
)
def test_clocks_may_differ_by_a_minute_and_audiences_be_several(other: dict[str, Any]) -> None:
    assert told(signed(claims(**other), RSA)).subject == "7"


def by_the_public_key(text: bytes) -> bytes:
    return hmac.digest(RSA.as_pem(private=False), text, "sha256")


def by_the_private_key(text: bytes) -> bytes:
    assert RSA.private_key is not None
    return RSA.private_key.sign(text, PKCS1v15(), SHA256())


def altered(token: str) -> str:
    head, _, tail = token.split(".")
    return f"{head}.{signed(claims(sub='8'), RSA).split('.')[1]}.{tail}"


@pytest.mark.parametrize(
    "forged",
    [
        lambda: unsigned(claims()),
        lambda: by_hand(claims(), {"alg": "HS256", "kid": "first"}, by_the_public_key),
        lambda: signed(claims(), rsa_key("first")),
        lambda: signed(claims(), ECKey.generate_key("P-256", {"kid": "first"})),
        lambda: altered(signed(claims(), RSA)),
        lambda: signed(claims(), RSA).rpartition(".")[0] + ".",
        lambda: by_hand(claims(), {"alg": "RS256", "kid": "first", "crit": ["x"], "x": 1}, by_the_private_key),
        lambda: "",
        lambda: "a.b.c",
        lambda: "é.é.é",
        lambda: "eyJhbGciOiJSUzI1NiJ9.W10.eA",
    ],
    ids=[
        "none",
        "HS256 by the public key",
        "another key of that name",
        "another kind of key",
        "altered",
        "without its signature",
        "something critical that we do not know",
        "nothing",
        "no base64",
        "no ASCII",
        "no claims",
    ],
)
def test_what_the_key_did_not_sign_shows_nothing(forged: Callable[[], str]) -> None:
    token = forged()
    with pytest.raises(NotProved):
        told(token)


@pytest.mark.parametrize(
    ("said", "verified"),
    [
        ({"email_verified": True}, True),
        ({"email_verified": "true"}, True),
        ({"xms_edov": True}, True),
        ({"xms_edov": "1"}, True),
        ({}, False),
        ({"email_verified": False}, False),
        ({"email_verified": "no"}, False),
        ({"email_verified": None}, False),
        # Whoever says both is no Entra ID, and means the first.
        ({"email_verified": False, "xms_edov": True}, False),
        ({"xms_edov": False}, False),
        ({"email": ["ana@desk.example"], "email_verified": True}, False),
        # The sign for Kelvin, which is a k once its letters are made small.
        ({"email": "\u212aana@desk.example", "email_verified": True}, False),
        ({"email": "ana@desk.example\0", "email_verified": True}, False),
        ({"email": "a" * 250 + "@x.com", "email_verified": True}, False),
    ],
    ids=str,
)
def test_only_an_e_mail_that_the_provider_vouches_for_is_told(said: Claims, verified: bool) -> None:
    found = told(signed(claims(**({"email": "ana@desk.example"} | said)), RSA))
    assert found.email == ("ana@desk.example" if verified else None)


@pytest.mark.parametrize(
    ("methods", "several"), [(["pwd", "mfa"], True), (["pwd", "otp"], False), ("mfa", False), (None, False)]
)
def test_several_factors_are_those_that_the_provider_says_it_asked_for(methods: Any, several: bool) -> None:
    assert told(signed(claims(amr=methods), RSA)).several_factors is several


def test_keys_that_may_not_sign_or_cannot_be_read_are_left_out() -> None:
    good = RSA.as_dict(private=False)
    entries = [
        good | {"kid": "for encryption", "use": "enc"},
        {"kty": "oct", "kid": "shared", "k": "c2VjcmV0"},
        {"kty": "RSA", "kid": "short", "n": base64.urlsafe_b64encode(b"\xff" * 255).decode(), "e": "AQAB"},
        {"kty": "EC", "kid": "of another curve", "crv": "P-384", "x": "eA", "y": "eQ"},
        {"kty": "EC", "kid": "on no curve", "crv": "P-256", "x": "eA", "y": "eQ"},
        {"kty": "RSA", "kid": "half"},
        {"kid": "of no kind"},
        "no key",
        good,
    ]
    assert set(keys_of({"keys": entries})) == {"first"}
    with pytest.raises(NotProved):
        keys_of({"keys": {"first": good}})


def test_no_more_than_fifty_keys_are_read() -> None:
    entries = [RSA.as_dict(private=False) | {"kid": str(number)} for number in range(60)]
    assert len(keys_of({"keys": entries})) == 50
