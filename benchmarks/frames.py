"""A WebSocket client that does little more than count: many of them must cost less than the server they listen to."""

import asyncio
import base64
import itertools
import os
import struct
from collections.abc import Callable
from urllib.parse import urlsplit

import orjson

_TEXT, _CLOSE, _PING, _PONG = 1, 8, 9, 10


class Listener(asyncio.Protocol):
    """One connection: says what it is told to when it is open, then counts text frames that begin with `counted`."""

    def __init__(self, greeting: list[object], counted: bytes, heard: Callable[[bytes], None]) -> None:
        self._greeting, self._counted, self._heard = greeting, counted, heard
        self._buffer = b""
        self._open = False
        self.ready: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.transport: asyncio.Transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        key = base64.b64encode(os.urandom(16)).decode()
        transport.write(
            f"GET /graphql HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            f"Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n"
            "Sec-WebSocket-Protocol: graphql-transport-ws\r\n\r\n".encode()
        )

    def data_received(self, data: bytes) -> None:
        data = self._buffer + data
        if not self._open:
            head, end, data = data.partition(b"\r\n\r\n")
            if not end:
                self._buffer = head
                return
            if b" 101 " not in head.split(b"\r\n")[0]:
                raise RuntimeError(head.decode("latin-1"))
            self._open = True
            self._greet()
        self._buffer = self._frames(data)

    def _greet(self) -> None:
        for message in self._greeting:
            self.transport.write(_masked(_TEXT, orjson.dumps(message)))
        if not self._greeting:
            self.ready.set_result(None)

    def _frames(self, data: bytes) -> bytes:
        """Take whole frames; returns what is left over."""
        at, end = 0, len(data)
        while end - at >= 2:
            length, begin = data[at + 1], at + 2
            if length == 126:
                if end < at + 4:
                    break
                length, begin = int.from_bytes(data[at + 2 : at + 4], "big"), at + 4
            if end < begin + length:
                break
            self._frame(data[at] & 15, data[begin : begin + length])
            at = begin + length
        return data[at:]

    def _frame(self, kind: int, body: bytes) -> None:
        if kind == _PING:
            self.transport.write(_masked(_PONG, body))
        elif kind == _TEXT and body.startswith(self._counted):
            self._heard(body)
        elif kind == _TEXT and not self.ready.done():
            self.ready.set_result(None)
        elif kind == _CLOSE:
            raise RuntimeError(f"closed with {int.from_bytes(body[:2], 'big')}: {body[2:].decode()}")
        else:
            raise RuntimeError(body.decode())


def _masked(kind: int, body: bytes) -> bytes:
    """A client's frame, masked by zeros, which leave it as it is."""
    length = struct.pack("!B", 128 | len(body)) if len(body) < 126 else struct.pack("!BH", 128 | 126, len(body))
    return bytes([128 | kind]) + length + bytes(4) + body


class Audience:
    """Many listeners of one server, and how much they have heard in all."""

    def __init__(self, base: str, greetings: list[list[object]], counted: bytes) -> None:
        self._address, self._greetings, self._counted = urlsplit(base), itertools.cycle(greetings), counted
        self.heard = 0
        self.last = b""
        self._listeners: list[Listener] = []

    async def gather(self, count: int) -> None:
        """Connect so many more, some at a time."""
        for start in range(0, count, 50):
            await asyncio.gather(*(self._connect() for _ in range(min(50, count - start))))

    async def until(self, heard: int, within: float = 60) -> None:
        """Until so much was heard in all."""
        async with asyncio.timeout(within):
            while self.heard < heard:  # noqa: ASYNC110 - being told of each frame would cost more than the frame
                await asyncio.sleep(0.01)

    def leave(self) -> None:
        """Hang up."""
        for listener in self._listeners:
            listener.transport.abort()
        self._listeners.clear()

    async def _connect(self) -> None:
        loop, greeting = asyncio.get_running_loop(), next(self._greetings)
        _, listener = await loop.create_connection(
            lambda: Listener(greeting, self._counted, self._hear),
            self._address.hostname or "localhost",
            self._address.port or 80,
        )
        await asyncio.wait_for(listener.ready, 20)
        self._listeners.append(listener)

    def _hear(self, body: bytes) -> None:
        self.heard += 1
        self.last = body
