"""The company's identity provider, by OpenID Connect: where it is, its keys, and who comes from it.

https://openid.net/specs/openid-connect-discovery-1_0.html, https://datatracker.ietf.org/doc/html/rfc9700
"""

import asyncio
import ssl
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any
from urllib.parse import quote_plus, urlencode, urlsplit

import httpx2
import orjson
import structlog

from api.errors import Unauthenticated, Unavailable
from api.id_tokens import Expected, Identity, Key, NotProved, identity_in, key_id_of, keys_of

log = structlog.get_logger("alidash.openid")

WITHIN = 5.0
"""Seconds that the provider is given for each answer."""
LARGEST = 256 * 1024
"""Bytes that it may answer with."""
KEPT_FOR = timedelta(hours=1)
"""How long what it says of itself, and its keys, are believed without asking again."""
ASKED_EVERY = timedelta(minutes=1)
"""How often an unknown key makes us look for new ones."""
AWAY_FOR = timedelta(seconds=5)
"""How long it is not asked again after it did not answer: whoever else comes meanwhile need not wait for that."""
LASTS = timedelta(minutes=10)
"""How long somebody may take to come back from the provider."""
SCOPE = "openid email"


@dataclass(frozen=True)
class Client:
    """As whom this desk is known to the provider."""

    issuer: str
    client_id: str
    secret: str
    name: str
    """What people call the provider."""


@dataclass(frozen=True)
class Voyage:
    """What one sign-in is recognised by when it comes back, and where its person was heading."""

    state: str
    nonce: str
    verifier: str
    back: str


@dataclass(frozen=True)
class Endpoints:
    """Where the provider does what."""

    authorization: str
    token: str
    keys: str
    secret_in_body: bool
    """It takes the client's secret beside the code, which spares both sides RFC 6749's way of writing it."""


class IdentityProvider:
    """One provider, and what is known of it: asked for when it is needed, and never more often than it has to be."""

    def __init__(self, client: Client, clock: Callable[[], datetime]) -> None:
        self.client = client
        self._clock = clock
        self._asking = asyncio.Lock()
        self._endpoints: tuple[datetime, Endpoints] | None = None
        self._keys: tuple[datetime, dict[str, Key]] | None = None
        self._away_until: datetime | None = None
        self._spent: dict[str, datetime] = {}

    async def address(self, voyage: Voyage, challenge: str, return_to: str) -> str:
        """Where a browser is sent to sign in. Raises Unavailable."""
        asked = {
            "response_type": "code",
            "client_id": self.client.client_id,
            "redirect_uri": return_to,
            "scope": SCOPE,
            "state": voyage.state,
            "nonce": voyage.nonce,
            "code_challenge": challenge,
            "code_challenge_method": "S256",
        }
        authorization = (await self.endpoints()).authorization
        return f"{authorization}{'&' if urlsplit(authorization).query else '?'}{urlencode(asked)}"

    async def identity(self, voyage: Voyage, code: str, return_to: str) -> Identity:
        """Who came back with this code: asked of the provider itself, and checked against its keys.

        Raises Unavailable, Unauthenticated.
        """
        try:
            token = await self._redeem(await self.endpoints(), voyage, code, return_to)
            key = await self._key(key_id_of(token))
            now = int(self._clock().timestamp())
            expected = Expected(self.client.issuer, self.client.client_id, voyage.nonce, now)
            return identity_in(token, key, expected)
        except NotProved as why:
            log.warning("openid_not_proved", why=str(why))
            raise Unauthenticated("openid_refused") from why

    def spend(self, state: str) -> None:
        """Note that a voyage has come back. Raises Unauthenticated when it had before, in this process."""
        now = self._clock()
        while self._spent and next(iter(self._spent.values())) <= now:
            del self._spent[next(iter(self._spent))]
        if state in self._spent:
            raise Unauthenticated("openid_again")
        self._spent[state] = now + LASTS

    async def endpoints(self) -> Endpoints:
        """Where the provider does what, by its discovery document. Raises Unavailable."""
        async with self._asking:
            if self._endpoints is None or self._endpoints[0] <= self._clock():
                address = f"{self.client.issuer.rstrip('/')}/.well-known/openid-configuration"
                self._endpoints = self._clock() + KEPT_FOR, self._read(await self._ask(address))
            return self._endpoints[1]

    def _read(self, said: Mapping[str, Any]) -> Endpoints:
        if said.get("issuer") != self.client.issuer:
            raise self._away("its discovery document names another issuer")
        ways = said.get("token_endpoint_auth_methods_supported", ())
        return Endpoints(
            self._own(said, "authorization_endpoint"),
            self._own(said, "token_endpoint"),
            self._own(said, "jwks_uri"),
            isinstance(ways, list) and "client_secret_post" in ways,
        )

    def _own(self, said: Mapping[str, Any], name: str) -> str:
        """An address that may be spoken to as the issuer's is: over TLS, unless that is on this machine itself."""
        address, issuer = str(said.get(name, "")), urlsplit(self.client.issuer)
        with suppress(ValueError):
            parts = urlsplit(address)
            beside = parts.scheme == issuer.scheme and parts.hostname == issuer.hostname
            if parts.hostname and (parts.scheme == "https" or beside) and not parts.fragment:
                return address
        raise self._away(f"its discovery document has no usable {name}")

    async def _key(self, kid: str) -> Key:
        """The key of an id, asked for anew when it is unknown. Raises NotProved, Unavailable."""
        address = (await self.endpoints()).keys
        async with self._asking:
            now = self._clock()
            asked_at, keys = self._keys or (None, {})
            wait = ASKED_EVERY if _named(keys, kid) is None else KEPT_FOR
            if asked_at is None or asked_at + wait <= now:
                said = await self._ask(address)
                # Noted before they are read: keys of no use are not asked for again at once.
                self._keys = now, keys
                keys = keys_of(said)
                self._keys = now, keys
        key = _named(keys, kid)
        if key is None:
            raise NotProved("signed by an unknown key")
        return key

    async def _redeem(self, endpoints: Endpoints, voyage: Voyage, code: str, return_to: str) -> str:
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": return_to,
            "code_verifier": voyage.verifier,
        }
        basic = None
        if endpoints.secret_in_body:
            form |= {"client_id": self.client.client_id, "client_secret": self.client.secret}
        else:
            basic = quote_plus(self.client.client_id), quote_plus(self.client.secret)
        token = (await self._ask(endpoints.token, form, basic)).get("id_token")
        if not isinstance(token, str):
            raise NotProved("no ID token")
        return token

    async def _ask(
        self, address: str, form: dict[str, str] | None = None, basic: tuple[str, str] | None = None
    ) -> dict[str, Any]:
        """One answer, as an object. Raises Unavailable; NotProved when a form is refused."""
        if self._away_until is not None and self._clock() < self._away_until:
            raise Unavailable("openid_away")
        try:
            async with asyncio.timeout(WITHIN):
                status, body = await _answer(address, form, basic)
        except (TimeoutError, OSError, httpx2.HTTPError, httpx2.InvalidURL) as error:
            raise self._away(f"no answer ({type(error).__name__})") from error
        if form is not None and 400 <= status < 500:
            raise NotProved(f"the code was refused with {status}")
        try:
            said = orjson.loads(body) if status == 200 else None
        except orjson.JSONDecodeError:
            said = None
        if not isinstance(said, dict):
            raise self._away(f"an answer that is of no use ({status})")
        return said

    def _away(self, why: str) -> Unavailable:
        log.warning("openid_away", why=why)
        self._away_until = self._clock() + AWAY_FOR
        return Unavailable("openid_away")


def _named(keys: Mapping[str, Key], kid: str) -> Key | None:
    """The key of an id; a token that names none is of the only key there is."""
    return keys.get(kid) or (next(iter(keys.values())) if not kid and len(keys) == 1 else None)


async def _answer(address: str, form: dict[str, str] | None, basic: tuple[str, str] | None) -> tuple[int, bytes]:
    """Status and body, as they came: neither followed elsewhere nor unpacked. Raises OSError when it is too long."""
    # No proxy's or netrc's word from the environment: a secret goes to the provider alone.
    async with httpx2.AsyncClient(verify=_verified(), follow_redirects=False, trust_env=False) as client:
        headers = {"accept": "application/json", "accept-encoding": "identity", "user-agent": "AliDash"}
        method = "GET" if form is None else "POST"
        async with client.stream(method, address, data=form, headers=headers, auth=basic, timeout=WITHIN) as answer:
            body = b""
            async for part in answer.aiter_raw():
                body += part
                if len(body) > LARGEST:
                    raise OSError("too long")
            return answer.status_code, body


@cache
def _verified() -> ssl.SSLContext:
    """The certificates that this system trusts; read once, which takes a while."""
    return ssl.create_default_context()
