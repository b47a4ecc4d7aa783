"""Which addresses outside may be spoken to: resolved once, judged, and connected to as they were judged.

So no name can mean one thing to the judge and another to the socket.
"""

import asyncio
import ipaddress
import socket
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

_RESOLVING = 2.0
"""Seconds that an address may take to be looked up while somebody waits for their form."""
_TRANSLATED = ipaddress.IPv6Network("64:ff9b::/96")
"""Where gateways put the old addresses (RFC 6052)."""


@dataclass(frozen=True)
class AddressRules:
    """Which addresses may be spoken to: those of these networks or, where it is allowed, of everybody's; never ours."""

    networks: Sequence[Network] = ()
    own: frozenset[tuple[str, int]] = frozenset()
    """Hosts and ports of ours, such as the database's."""
    allow_loopback: bool = False
    """For tests, whose servers are on this machine."""
    public: bool = False
    """Whether every address of the public internet is allowed too."""

    def allow(self, address: Address) -> bool:
        """Whether an address may be spoken to at all."""
        plain = _plain(address)
        if plain.is_loopback:
            return self.allow_loopback
        if plain.is_link_local or plain.is_multicast or plain.is_unspecified or plain.is_reserved:
            return False
        return self.names(address) or (self.public and plain.is_global)

    def names(self, address: Address) -> bool:
        """Whether an address is of a network that the operator named, or a loopback that is allowed."""
        plain = _plain(address)
        if plain.is_loopback:
            return self.allow_loopback
        return any(plain.version == network.version and plain in network for network in self.networks)


def _plain(address: Address) -> Address:
    """The old address that a new one stands for, or the address itself."""
    if isinstance(address, ipaddress.IPv4Address):
        return address
    if address in _TRANSLATED:
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour or address


async def resolve(rules: AddressRules, host: str, port: int | None) -> Address | None:
    """The one address that is connected to; None when it is not allowed. Raises OSError for an unknown name."""
    address = (await lookup(host))[0]
    if not rules.allow(address):
        return None
    for own_host, own_port in rules.own:
        if port == own_port and address in await lookup(own_host):
            return None
    return address


async def refuses(rules: AddressRules, host: str) -> bool:
    """Whether a host may not be spoken to; a name that nobody knows yet is judged when it is spoken to."""
    with suppress(TimeoutError, OSError):
        async with asyncio.timeout(_RESOLVING):
            return any(not rules.allow(found) for found in await lookup(host))
    return False


async def lookup(host: str) -> list[Address]:
    """Every address of a name, the system's first choice first. Raises OSError."""
    with suppress(ValueError):
        return [ipaddress.ip_address(host)]
    try:
        found = await asyncio.get_running_loop().getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except UnicodeError as error:
        raise socket.gaierror("not a name") from error
    return [ipaddress.ip_address(str(it[4][0]).split("%")[0]) for it in found]
