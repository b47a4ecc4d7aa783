"""Carrying letters to receivers: one POST each, signed as Standard Webhooks has it, nothing read but the status.

https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
"""

import asyncio
import base64
import hashlib
import hmac
import secrets
import socket
import ssl
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Protocol
from urllib.parse import SplitResult, urlsplit

from api.addresses import AddressRules, refuses, resolve

WITHIN = timedelta(seconds=10)
"""How long a receiver may take, from the lookup of its name to its answer."""
PREFIX = "whsec_"
_SECRET = 32
_LONGEST_LINE = 8192
_MOST_LINES = 100


@dataclass(frozen=True)
class Parcel:
    """One letter on its way: to whom, under which id, and by which secrets it is signed."""

    id: str
    url: str
    body: str
    secrets: Sequence[str]
    at: datetime

    @property
    def headers(self) -> dict[str, str]:
        """The id, the moment of this attempt, and a signature by each secret."""
        moment = str(int(self.at.timestamp()))
        signatures = " ".join(sign(secret, self.id, moment, self.body) for secret in self.secrets)
        return {"webhook-id": self.id, "webhook-timestamp": moment, "webhook-signature": signatures}


@dataclass(frozen=True)
class Receipt:
    """What a receiver answered, after how long; or what was met instead."""

    status_code: int | None
    took: timedelta
    error: str = ""

    @property
    def taken(self) -> bool:
        """Whether the letter has arrived: any status from 200 to 299, and no other."""
        return self.status_code is not None and 200 <= self.status_code < 300


class Courier(Protocol):
    """Who carries letters; tests bring their own."""

    async def deliver(self, parcel: Parcel) -> Receipt:
        """Try once. Never raises."""
        ...

    async def refuses(self, url: str) -> bool:
        """Whether nothing may be sent there."""
        ...


def new_secret() -> str:
    """A secret as Standard Webhooks writes it."""
    return PREFIX + base64.b64encode(secrets.token_bytes(_SECRET)).decode()


def sign(secret: str, id: str, moment: str, body: str) -> str:
    """HMAC-SHA-256 of `id.moment.body`, as `v1,<base64>`."""
    key = base64.b64decode(secret.removeprefix(PREFIX))
    digest = hmac.new(key, f"{id}.{moment}.{body}".encode(), hashlib.sha256).digest()
    return f"v1,{base64.b64encode(digest).decode()}"


class HttpCourier:
    """Over the network of this machine, to addresses that the rules allow."""

    def __init__(self, rules: AddressRules) -> None:
        self._rules = rules

    async def deliver(self, parcel: Parcel) -> Receipt:
        """Try once, within ten seconds in all. Never raises."""
        begun, code, error = time.monotonic(), None, ""
        try:
            async with asyncio.timeout(WITHIN.total_seconds()):
                code = await self._post(parcel)
            error = "" if 200 <= code < 300 else "refused_status"
        except TimeoutError:
            error = "timeout"
        except PermissionError:
            error = "refused_address"
        except ConnectionRefusedError:
            error = "refused"
        except socket.gaierror:
            error = "unknown_name"
        except ssl.SSLError:
            error = "bad_certificate"
        except (OSError, EOFError, asyncio.LimitOverrunError):
            error = "unreachable"
        except ValueError:
            error = "not_http"
        return Receipt(code, timedelta(seconds=time.monotonic() - begun), error)

    async def refuses(self, url: str) -> bool:
        """Whether nothing may be sent there; a name that nobody knows yet is judged when something is sent."""
        parts = urlsplit(url)
        only_named = AddressRules(self._rules.networks, allow_loopback=self._rules.allow_loopback)
        return await refuses(self._rules if parts.scheme == "https" else only_named, parts.hostname or "")

    async def _post(self, parcel: Parcel) -> int:
        parts = urlsplit(parcel.url)
        host, secure = parts.hostname or "", parts.scheme == "https"
        port = parts.port or (443 if secure else 80)
        address = await resolve(self._rules, host, port)
        # In the clear only where the operator named the network.
        if address is None or not (secure or self._rules.names(address)):
            raise PermissionError(host)
        reader, writer = await asyncio.open_connection(
            *(str(address), port),
            ssl=_verified() if secure else None,
            server_hostname=host if secure else None,
            limit=_LONGEST_LINE,
        )
        try:
            writer.write(_request(parts, parcel))
            await writer.drain()
            return await _status(reader)
        finally:
            # Without the goodbyes, which a dead peer would let us wait for.
            writer.transport.abort()


@cache
def _verified() -> ssl.SSLContext:
    """The certificates that this system trusts; read once, which takes a while."""
    return ssl.create_default_context()


def _request(parts: SplitResult, parcel: Parcel) -> bytes:
    body = parcel.body.encode()
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    own = {"Host": parts.netloc, "User-Agent": "AliDash", "Connection": "close"}
    own |= {"Content-Type": "application/json", "Content-Length": str(len(body))}
    lines = (f"POST {path} HTTP/1.1", *(f"{name}: {value}" for name, value in (own | parcel.headers).items()))
    return "\r\n".join((*lines, "", "")).encode("ascii") + body


async def _status(reader: asyncio.StreamReader) -> int:
    """The status of the answer, behind such that only say that one is coming (1xx). Raises ValueError."""
    for _ in range(_MOST_LINES):
        version, code, *_ = [*(await reader.readuntil(b"\n")).split(b" "), b""]
        if not version.startswith(b"HTTP/1.") or not code[:3].isdigit():
            raise ValueError("not HTTP")
        if code[:1] != b"1":
            return int(code[:3])
        while (await reader.readuntil(b"\n")).strip():
            pass
    raise ValueError("no answer")
