"""Codes as RFC 6238 says, of which one step before and after counts."""

import base64
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, unquote, urlsplit

from api.totp import STEP, code_of, new_secret, step_at, step_of, uri

RFC = base64.b32encode(b"12345678901234567890").decode()
VECTORS = {59: "287082", 1111111109: "081804", 1111111111: "050471", 1234567890: "005924", 20000000000: "353130"}
"""RFC 6238, appendix B, SHA-1, the last six digits."""


def test_codes_are_those_of_the_rfc() -> None:
    assert {seconds: code_of(RFC, seconds // STEP) for seconds in VECTORS} == VECTORS


def test_a_code_counts_in_its_own_step_and_in_those_beside_it() -> None:
    now = datetime.fromtimestamp(1111111111, UTC)
    code, step = code_of(RFC, step_at(now)), step_at(now)
    found = {drift: step_of(RFC, code, now + timedelta(seconds=STEP * drift)) for drift in range(-3, 4)}
    assert found == {-3: None, -2: None, -1: step, 0: step, 1: step, 2: None, 3: None}
    assert [step_of(RFC, text, now) for text in ("", "000000", "é" * 6, "\ud800")] == [None] * 4


def test_what_an_app_reads_names_the_secret_and_whose_it_is() -> None:
    secret = new_secret()
    parts = urlsplit(uri(secret, "ana+b@x.com"))
    assert (parts.scheme, parts.netloc, unquote(parts.path)) == ("otpauth", "totp", "/AliDash:ana+b@x.com")
    assert parse_qs(parts.query) == {"secret": [secret], "issuer": ["AliDash"]}
    assert len(base64.b32decode(secret)) == 20
