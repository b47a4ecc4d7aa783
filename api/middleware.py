"""What every request passes: an id, a limit on its body, headers that close doors, one line in the log."""

import asyncio
import time
from collections import Counter
from contextlib import suppress
from typing import Final

import structlog
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import ClientDisconnect, HTTPConnection
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from uuid_utils import uuid7

from api.auth import client_address, within
from api.errors import ErrorCode
from api.limiter import network_of
from api.log import REQUEST_ID
from api.stopping import Stopping
from api.telemetry import Telemetry

log = structlog.get_logger("alidash.http")

PAGE_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
DATA_POLICY: Final = "default-src 'none'; frame-ancestors 'none'"

_HEADERS: Final = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "cross-origin-opener-policy": "same-origin",
}

LOOPBACK: Final = ["127.0.0.0/8", "::1"]


class RequestId:
    """Gives each request an id, in its state, its answer and its log line, and counts it.

    Bodies and queries are never logged. What a request did may be added to its line as `did` in its state.
    """

    def __init__(self, app: ASGIApp, *, telemetry: Telemetry) -> None:
        self.app = app
        self._telemetry = telemetry

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            return await self.app(scope, receive, send)
        request_id = str(uuid7())
        state = scope.setdefault("state", {})
        state["request_id"] = request_id
        socket = scope["type"] == "websocket"
        began = time.perf_counter()
        status = 0

        async def noting(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*message.get("headers", ()), (b"x-request-id", request_id.encode())]
            await send(message)

        before = REQUEST_ID.set(request_id)
        if socket:
            self._telemetry.sockets.inc()
        try:
            # A socket sends many frames, and none of them has a head to note.
            return await self.app(scope, receive, send if socket else noting)
        finally:
            took = time.perf_counter() - began
            method = scope.get("method", "WS")
            did = {"did": state["did"]} if "did" in state else {}
            log.info(
                "request", method=method, path=scope["path"], status=status or None, ms=round(took * 1000, 1), **did
            )
            if socket:
                self._telemetry.sockets.dec()
            else:
                self._telemetry.answered(_template(scope), method, status, took)
            REQUEST_ID.reset(before)


def _template(scope: Scope) -> str | None:
    """The path of the route that answered, as it was declared: with and without its last slash it is one."""
    path: str | None = getattr(scope.get("route"), "path", None)
    return path and (path.rstrip("/") or "/")


class TurnSocketsAway:
    """Answers whoever wants a socket of a process that is told to stop with 503, so that a proxy asks another one."""

    def __init__(self, app: ASGIApp, *, stopping: Stopping) -> None:
        self.app = app
        self._stopping = stopping

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "websocket" or not self._stopping.begun:
            await self.app(scope, receive, send)
            return
        await _turn_away(receive, send, 503, retry_after=1)


class SocketsPerAddress:
    """Answers an address that holds `limit` sockets of this process already with 429, before it has one more.

    Not with a close code: that would take a socket first, and clients of graphql-transport-ws take 4429 ("too many
    initialisation requests") for a fault of their own and never come back, where a neighbour behind the same address
    only has to wait.
    """

    def __init__(self, app: ASGIApp, *, limit: int, trusted: list[str], telemetry: Telemetry) -> None:
        self.app = app
        self._limit, self._trusted, self._telemetry = limit, trusted, telemetry
        self._open: Counter[str] = Counter()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        who = self._who(scope) if scope["type"] == "websocket" and self._limit else None
        if who is None:
            return await self.app(scope, receive, send)
        if self._open[who] >= self._limit:
            self._telemetry.socket_refused("address")
            return await _turn_away(receive, send, 429, retry_after=30)
        self._open[who] += 1
        try:
            return await self.app(scope, receive, send)
        finally:
            self._open[who] -= 1
            if not self._open[who]:
                del self._open[who]

    def _who(self, scope: Scope) -> str | None:
        """Whose socket it is; None for our own machine, on which a proxy stands that nobody told us of."""
        address = client_address(HTTPConnection(scope), self._trusted)
        return None if address is None or within(address, LOOPBACK) else network_of(address)


async def _turn_away(receive: Receive, send: Send, status: int, *, retry_after: int) -> None:
    """Answer a handshake by an HTTP status."""
    await receive()
    headers = [(b"retry-after", str(retry_after).encode()), (b"content-length", b"0")]
    await send({"type": "websocket.http.response.start", "status": status, "headers": headers})
    await send({"type": "websocket.http.response.body", "body": b""})
    # First we hear that we ended it, then that it is gone; uvicorn logs an error about whoever returns before.
    for _ in range(2):
        await receive()


class SecurityHeaders:
    """Adds to every answer what closes doors in browsers; a page that needs its own policy has set it already."""

    def __init__(self, app: ASGIApp, *, https_only: bool) -> None:
        self.app = app
        usual = _HEADERS | {"content-security-policy": DATA_POLICY, "cache-control": "no-store"}
        if https_only:
            usual |= {"strict-transport-security": "max-age=31536000"}
        self._usual = [(name.encode(), value.encode()) for name, value in usual.items()]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self.app(scope, receive, send)

        async def closing(message: Message) -> None:
            if message["type"] == "http.response.start":
                own = message["headers"]
                present = {name for name, _ in own}
                message["headers"] = [*own, *(header for header in self._usual if header[0] not in present)]
            await send(message)

        return await self.app(scope, receive, closing)


class Cors(CORSMiddleware):
    """Starlette's, which stands aside where no page of another origin asks: all there is to say is that it might."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or any(name == b"origin" for name, _ in scope["headers"]):
            return await super().__call__(scope, receive, send)

        async def varying(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], (b"vary", b"Origin")]
            await send(message)

        return await self.app(scope, receive, varying)


DISCARD_MOST: Final = 1024 * 1024
DISCARD_FOR: Final = 2.0
"""Bytes and seconds that the rest of a body may take which nobody reads."""


class TooLong(Exception):
    """The body went past its limit while it was being read."""


class BodyLimit:
    """Refuses a body over `limit` bytes with 413, whether it says its length or not."""

    def __init__(self, app: ASGIApp, *, limit: int) -> None:
        self.app = app
        self.limit = limit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        body, started = _Body(scope, receive, self.limit), False

        async def answering(message: Message) -> None:
            nonlocal started
            if not started:
                started = True
                await body.discard()
            await send(message)

        try:
            body.check_announced()
            return await self.app(scope, body.receive, answering)
        except TooLong:
            if started:
                raise
            return await self._refuse(scope, receive, answering)
        except ClientDisconnect:
            # Gone in the middle of what they sent: nobody's fault here, and nobody to answer.
            log.info("left", path=scope["path"])

    async def _refuse(self, scope: Scope, receive: Receive, send: Send) -> None:
        body = {
            "type": "about:blank",
            "title": "Content Too Large",
            "status": 413,
            "code": ErrorCode.TOO_LARGE,
        }
        response = JSONResponse(body, 413, media_type="application/problem+json", headers={"connection": "close"})
        await response(scope, receive, send)


class _Body:
    """A request's body on its way in: counted, and at the end never left behind."""

    def __init__(self, scope: Scope, receive: Receive, limit: int) -> None:
        headers: dict[bytes, bytes] = dict(scope["headers"])
        self._announced = headers.get(b"content-length", b"0")
        self._receive, self._limit, self._taken = receive, limit, 0
        self._rest = self._announced != b"0" or b"transfer-encoding" in headers

    def check_announced(self) -> None:
        """Raise TooLong when the length that was announced is over the limit."""
        if self._announced.isdigit() and int(self._announced) > self._limit:
            raise TooLong

    async def receive(self) -> Message:
        """The next part. Raises TooLong."""
        message = await self._receive()
        self._rest = message.get("more_body", False)
        self._taken += len(message.get("body", b""))
        if self._taken > self._limit:
            raise TooLong
        return message

    async def discard(self) -> None:
        """Take in and drop what nobody read: to close on it would reset the connection, and lose the answer.

        Only so much of it, and only for so long: whoever sends more is reset.
        """
        if not self._rest:
            return
        dropped = 0
        with suppress(TimeoutError):
            async with asyncio.timeout(DISCARD_FOR):
                while self._rest and dropped < DISCARD_MOST:
                    message = await self._receive()
                    self._rest = message.get("more_body", False)
                    dropped += len(message.get("body", b""))
