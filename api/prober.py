"""The outside world: does something answer at this address? Nothing of what it answers is handed on.

Addresses are resolved once, judged, and connected to as they were judged, so that no name can mean one thing to the
judge and another to the socket.
"""

import asyncio
import ipaddress
import os
import socket
import ssl
import struct
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

from api.addresses import Address, AddressRules, refuses, resolve
from api.models.enums import CheckKind

_LONGEST_STATUS_LINE = 1024
_ANSWERING = 2.0
"""Seconds that a canary has to answer."""


@dataclass(frozen=True)
class Target:
    """What is checked, and for how long at most."""

    kind: CheckKind
    address: str
    port: int | None = None
    path: str | None = None
    tls: bool = False
    timeout: timedelta = timedelta(seconds=5)


@dataclass(frozen=True)
class Finding:
    """Whether it answered, after how long, or what was met instead; `up` is None when we could not even ask."""

    up: bool | None
    latency: timedelta | None = None
    reason: str = ""


class Prober(Protocol):
    """Who looks outside; tests bring their own."""

    async def probe(self, target: Target) -> Finding:
        """Check once. Never raises."""
        ...

    async def has_uplink(self) -> bool:
        """Whether we ourselves reach the world."""
        ...

    async def refuses(self, address: str) -> bool:
        """Whether an address may not be checked."""
        ...

    def may_ping(self) -> bool:
        """Whether this system lets us send pings."""
        ...


class NetworkProber:
    """Checks over the network of this machine."""

    def __init__(self, rules: AddressRules, canaries: Sequence[tuple[str, int]] = ()) -> None:
        self._rules = rules
        self._canaries = canaries

    async def probe(self, target: Target) -> Finding:
        """Check once, within the target's timeout, its name's lookup included. Never raises."""
        begun = time.monotonic()
        try:
            async with asyncio.timeout(target.timeout.total_seconds()):
                address = await resolve(self._rules, target.address, target.port)
                if address is None:
                    return Finding(None, reason="refused_address")
                reason = await self._ask(target, address)
        except TimeoutError:
            return Finding(False, reason="timeout")
        except ConnectionRefusedError:
            return Finding(False, reason="refused")
        except socket.gaierror:
            return Finding(False, reason="unknown_name")
        except PermissionError:
            return Finding(None, reason="not_permitted")
        except (OSError, EOFError, ValueError, asyncio.LimitOverrunError):
            return Finding(False, reason="unreachable")
        if reason:
            return Finding(False, reason=reason)
        return Finding(True, timedelta(seconds=time.monotonic() - begun))

    async def has_uplink(self) -> bool:
        """Whether any canary answers; without canaries nobody doubts it."""
        if not self._canaries:
            return True
        found = await asyncio.gather(*(self._reaches(host, port) for host, port in self._canaries))
        return any(found)

    async def refuses(self, address: str) -> bool:
        """Whether an address may not be checked; a name that nobody knows yet is judged when it is checked."""
        return await refuses(self._rules, address)

    def may_ping(self) -> bool:
        """Whether this system lets us send pings without being its administrator (Linux: ping_group_range)."""
        try:
            _ping_socket(ipaddress.IPv4Address("127.0.0.1")).close()
        except OSError:
            return False
        return True

    async def _ask(self, target: Target, address: Address) -> str:
        """Empty when it answered well, else what was wrong."""
        if target.kind is CheckKind.ICMP:
            return await _ping(address)
        secure = _unverified() if target.tls else None
        name = target.address if secure else None
        reader, writer = await asyncio.open_connection(
            str(address), target.port, ssl=secure, server_hostname=name, limit=_LONGEST_STATUS_LINE
        )
        try:
            return await _get(reader, writer, target) if target.kind is CheckKind.HTTP else ""
        finally:
            # Without the goodbyes, which a dead peer would let us wait for.
            writer.transport.abort()

    async def _reaches(self, host: str, port: int) -> bool:
        try:
            async with asyncio.timeout(_ANSWERING):
                _, writer = await asyncio.open_connection(host, port)
        except OSError:
            return False
        writer.transport.abort()
        return True


def _unverified() -> ssl.SSLContext:
    """Routers sign their own certificates: whether one answers is asked here, and nothing is confided to it."""
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


async def _get(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, target: Target) -> str:
    """Ask for a path, and read no more than the status: no redirect is followed, no body read."""
    host = f"[{target.address}]" if ":" in target.address else target.address
    lines = (f"GET {target.path or '/'} HTTP/1.1", f"Host: {host}:{target.port}", "User-Agent: AliDash")
    writer.write("\r\n".join((*lines, "Connection: close", "", "")).encode())
    await writer.drain()
    status = await reader.readuntil(b"\n")
    parts = status.split(b" ")
    if not parts[0].startswith(b"HTTP/") or len(parts) < 2 or not parts[1][:3].isdigit():
        return "not_http"
    code = int(parts[1][:3])
    return "" if code < 400 else f"http_{code}"


def _ping_socket(address: Address) -> socket.socket:
    six = address.version == 6
    protocol = socket.getprotobyname("ipv6-icmp") if six else socket.IPPROTO_ICMP
    return socket.socket(socket.AF_INET6 if six else socket.AF_INET, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK, protocol)


async def _ping(address: Address) -> str:
    """One echo. The system writes its checksum and identifier, and hands us the answers to our own alone."""
    kind = 128 if address.version == 6 else 8
    nonce = os.urandom(8)
    loop = asyncio.get_running_loop()
    with _ping_socket(address) as end:
        end.connect((str(address), 0))
        await loop.sock_sendall(end, struct.pack("!BBHHH", kind, 0, 0, 0, 1) + nonce)
        while not (await loop.sock_recv(end, 256)).endswith(nonce):
            pass
    return ""
