"""An identity provider on this machine: real HTTP, keys of its own, and whatever a test has it say."""

import base64
import hashlib
import secrets
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import orjson
from joserfc import jwt
from joserfc.jwk import ECKey, OKPKey, RSAKey

CLIENT_ID = "alidash"
SECRET = "s3cret|with : signs"
SUBJECT = "auth0|7"

SigningKey = RSAKey | ECKey | OKPKey
Claims = dict[str, Any]


def challenge_of(verifier: str) -> str:
    """What goes ahead of a verifier (RFC 7636 §4.2)."""
    return _plain(hashlib.sha256(verifier.encode()).digest())


def given_in(address: str) -> dict[str, str]:
    """The parameters of an address."""
    return {name: said[0] for name, said in parse_qs(urlsplit(address).query).items()}


def rsa_key(kid: str) -> RSAKey:
    return RSAKey.generate_key(2048, {"kid": kid})


@dataclass
class Asked:
    """What came with somebody who was sent here to sign in."""

    nonce: str
    challenge: str
    return_to: str
    scope: str


@dataclass
class IdentityProvider:
    """One provider. It signs everybody in at once as `person`, unless a test has it do otherwise."""

    person: Claims = field(default_factory=lambda: {"sub": SUBJECT, "email_verified": True})
    now: Callable[[], float] = time.time
    keys: list[SigningKey] = field(default_factory=lambda: [rsa_key("first")])
    alter: Callable[[Claims], Claims] = lambda claims: claims
    sign: Callable[[Claims], str] | None = None
    """Makes the token in a way of its own."""
    metadata: dict[str, Any] = field(default_factory=dict)
    """Says other things of itself than it would."""
    waits: bool = False
    """Shows a page of its own first, as a person would see it."""
    refuses: bool = False
    broken: bool = False
    asked: Counter[str] = field(default_factory=Counter)
    _held: threading.Event = field(default_factory=threading.Event)
    _codes: dict[str, Asked] = field(default_factory=dict)
    _server: ThreadingHTTPServer | None = None

    @property
    def issuer(self) -> str:
        assert self._server is not None
        return f"http://127.0.0.1:{self._server.server_port}"

    @property
    def settings(self) -> dict[str, str]:
        """How a desk is told of it."""
        return {
            "oidc_issuer": self.issuer,
            "oidc_client_id": CLIENT_ID,
            "oidc_client_secret": SECRET,
            "oidc_name": "Acme",
        }

    def start(self) -> None:
        provider = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.0"

            def do_GET(self) -> None:
                provider.asked[urlsplit(self.path).path] += 1
                assert provider._held.wait(30)
                self._answer(*provider.answer(self.path))

            def do_POST(self) -> None:
                provider.asked[urlsplit(self.path).path] += 1
                form = self.rfile.read(int(self.headers["content-length"])).decode()
                self._answer(*provider.redeem(form, self.headers.get("authorization", "")))

            def log_message(self, format: str, *args: Any) -> None:
                """Nothing: tests read the log of the desk."""

            def _answer(self, status: int, headers: dict[str, str], body: bytes) -> None:
                self.send_response(status)
                for name, value in ({"content-length": str(len(body))} | headers).items():
                    self.send_header(name, value)
                # Who asked may have lost patience.
                with suppress(ConnectionError):
                    self.end_headers()
                    self.wfile.write(body)

        self._held.set()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    @contextmanager
    def holding_back(self) -> Iterator[None]:
        """Answers nothing until the block ends."""
        self._held.clear()
        try:
            yield
        finally:
            self._held.set()

    def stop(self) -> None:
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()

    def answer(self, address: str) -> tuple[int, dict[str, str], bytes]:
        path, given = urlsplit(address).path, given_in(address)
        if self.broken:
            return 503, {}, b"<h1>Out of order</h1>"
        match path:
            case "/.well-known/openid-configuration":
                return _as_json(self._metadata())
            case "/keys":
                return _as_json({"keys": [key.as_dict(private=False) for key in self.keys]})
            case "/favicon.ico":
                return 204, {}, b""
            case "/authorize":
                return self._authorize(given)
        return 404, {}, b""

    def _metadata(self) -> dict[str, Any]:
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/keys",
            "token_endpoint_auth_methods_supported": ["client_secret_post"],
        } | self.metadata

    def _authorize(self, given: dict[str, str]) -> tuple[int, dict[str, str], bytes]:
        assert (given["response_type"], given["client_id"]) == ("code", CLIENT_ID)
        assert given["code_challenge_method"] == "S256"
        back: dict[str, str] = {"state": given["state"], "iss": self.issuer}
        if self.refuses:
            back |= {"error": "access_denied"}
        else:
            code = secrets.token_urlsafe(16)
            self._codes[code] = Asked(
                given["nonce"], given["code_challenge"], given["redirect_uri"], given.get("scope", "")
            )
            back |= {"code": code}
        address = f"{given['redirect_uri']}?{urlencode(back)}"
        if self.waits:
            page = f'<h1>Acme</h1><a href="{address.replace("&", "&amp;")}">Continue</a>'
            return 200, {"content-type": "text/html"}, page.encode()
        return 302, {"location": address}, b""

    def redeem(self, form: str, authorization: str) -> tuple[int, dict[str, str], bytes]:
        """A token for a code, once, to who holds the verifier and the secret."""
        given = {name: said[0] for name, said in parse_qs(form).items()}
        basic = "Basic " + base64.b64encode(f"{CLIENT_ID}:{urlencode({'': SECRET})[1:]}".encode()).decode()
        if (given.get("client_id"), given.get("client_secret")) != (CLIENT_ID, SECRET) and authorization != basic:
            return _as_json({"error": "invalid_client"}, 401)
        asked = self._codes.pop(given["code"], None)
        if (
            asked is None
            or challenge_of(given["code_verifier"]) != asked.challenge
            or given["redirect_uri"] != asked.return_to
            or given["grant_type"] != "authorization_code"
        ):
            return _as_json({"error": "invalid_grant"}, 400)
        claims = self.alter(self.claims(asked.nonce))
        return _as_json({"id_token": self.sign(claims) if self.sign else self.signed(claims), "access_token": "x"})

    def claims(self, nonce: str) -> Claims:
        """What a token says when nothing is wrong with it."""
        now = int(self.now())
        usual = {"iss": self.issuer, "aud": CLIENT_ID, "nonce": nonce, "iat": now, "exp": now + 300}
        return usual | self.person

    def signed(self, claims: Claims) -> str:
        """By the newest key."""
        return signed(claims, self.keys[-1])


def signed(claims: Claims, key: SigningKey) -> str:
    """A token by this key, in the way that goes with it."""
    ways: dict[type, str] = {RSAKey: "RS256", ECKey: "ES256", OKPKey: "EdDSA"}
    algorithm = ways[type(key)]
    if algorithm == "EdDSA":
        private: Any = key.private_key
        return by_hand(claims, {"alg": algorithm, "kid": key.kid}, private.sign)
    return jwt.encode({"alg": algorithm, "kid": key.kid}, claims, key, algorithms=[algorithm])


def unsigned(claims: Claims) -> str:
    """A token that nobody vouches for, and says so."""
    return f"{_part({'alg': 'none'})}.{_part(claims)}."


def by_hand(claims: Claims, header: Claims, sign: Callable[[bytes], bytes]) -> str:
    """A token that the library would not make."""
    text = f"{_part(header)}.{_part(claims)}"
    return f"{text}.{_plain(sign(text.encode()))}"


def _part(said: Claims) -> str:
    return _plain(orjson.dumps(said))


def _plain(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def _as_json(said: Any, status: int = 200) -> tuple[int, dict[str, str], bytes]:
    return status, {"content-type": "application/json"}, orjson.dumps(said)


@contextmanager
def providing(**options: Any) -> Iterator[IdentityProvider]:
    """A started provider for the length of the block."""
    provider = IdentityProvider(**options)
    provider.start()
    try:
        yield provider
    finally:
        provider.stop()
