"""The prober against real servers of this machine, and its rules against every kind of address."""

import asyncio
import ipaddress
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from datetime import timedelta

import pytest

from api.addresses import AddressRules
from api.models.enums import CheckKind
from api.prober import NetworkProber, Target

SECOND = timedelta(seconds=1)
Answer = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
HERE = NetworkProber(AddressRules(allow_loopback=True))


def says(text: str) -> Answer:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(text.encode())
        await writer.drain()
        writer.write_eof()
        await reader.read()

    return answer


async def never(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.read()


@asynccontextmanager
async def serving(answer: Answer) -> AsyncIterator[int]:
    answering: list[asyncio.Task[None]] = []

    async def kept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        answering.append(task)
        with suppress(ConnectionError, EOFError):
            await answer(reader, writer)
        writer.transport.abort()

    server = await asyncio.start_server(kept, "127.0.0.1", 0)
    async with server:
        yield server.sockets[0].getsockname()[1]
        await asyncio.gather(*answering)


def target(kind: CheckKind, port: int, **given: object) -> Target:
    return Target(kind, "127.0.0.1", port, timeout=given.pop("timeout", SECOND * 5), **given)  # type: ignore[arg-type]


async def test_what_listens_is_up_and_what_does_not_is_refused() -> None:
    async with serving(never) as port:
        found = await HERE.probe(target(CheckKind.TCP, port))
    assert found.up is True
    assert found.latency is not None
    assert timedelta() < found.latency < SECOND * 5
    gone = await HERE.probe(target(CheckKind.TCP, port))
    assert (gone.up, gone.latency, gone.reason) == (False, None, "refused")


@pytest.mark.parametrize(
    ("answer", "up", "reason"),
    [
        ("HTTP/1.1 204 No Content\r\n\r\n", True, ""),
        ("HTTP/1.0 302 Found\r\nLocation: http://169.254.169.254/\r\n\r\n", True, ""),
        ("HTTP/1.1 404 Not Found\r\n\r\n", False, "http_404"),
        ("HTTP/1.1 500\r\n\r\n", False, "http_500"),
        ("SSH-2.0-OpenSSH_9\r\n", False, "not_http"),
        ("HTTP/1.1\r\n", False, "not_http"),
        ("", False, "unreachable"),
        ("x" * 5000 + "\n", False, "unreachable"),
    ],
)
async def test_an_answer_in_http_is_judged_by_its_status_alone(answer: str, up: bool, reason: str) -> None:
    async with serving(says(answer)) as port:
        found = await HERE.probe(target(CheckKind.HTTP, port, path="/health"))
    assert (found.up, found.reason) == (up, reason)


async def test_who_says_nothing_in_time_has_failed() -> None:
    async with serving(never) as port:
        found = await HERE.probe(target(CheckKind.HTTP, port, timeout=timedelta(milliseconds=50)))
    assert (found.up, found.reason) == (False, "timeout")


async def test_the_request_names_the_host_and_the_path_and_nothing_of_us() -> None:
    heard: list[bytes] = []

    async def listen(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heard.append(await reader.readuntil(b"\r\n\r\n"))
        writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
        await reader.read()

    async with serving(listen) as port:
        await HERE.probe(target(CheckKind.HTTP, port, path="/a?b"))
    assert heard == [
        f"GET /a?b HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nUser-Agent: AliDash\r\nConnection: close\r\n\r\n".encode()
    ]


NETWORKS = tuple(ipaddress.ip_network(network) for network in ("10.0.0.0/8", "100.64.0.0/10", "2001:db8::/32"))


@pytest.mark.parametrize(
    ("address", "allowed"),
    [
        ("10.1.2.3", True),
        ("100.64.0.1", True),
        ("2001:db8::1", True),
        ("::ffff:10.1.2.3", True),
        ("192.168.0.1", False),
        ("8.8.8.8", False),
        ("127.0.0.1", False),
        ("::1", False),
        ("::ffff:127.0.0.1", False),
        ("169.254.169.254", False),
        ("fe80::1", False),
        ("224.0.0.1", False),
        ("ff02::1", False),
        ("0.0.0.0", False),  # noqa: S104 - nothing is bound
        ("::", False),
        ("255.255.255.255", False),
    ],
)
async def test_only_configured_networks_are_checked_and_never_our_own_side(address: str, allowed: bool) -> None:
    assert AddressRules(NETWORKS).allow(ipaddress.ip_address(address)) is allowed
    assert await NetworkProber(AddressRules(NETWORKS)).refuses(address) is not allowed


@pytest.mark.parametrize("address", ["127.0.0.1", "::1", "169.254.169.254", "fe80::1", "224.0.0.1", "0.0.0.0"])  # noqa: S104
def test_not_even_a_network_that_holds_everything_allows_our_own_side(address: str) -> None:
    everything = tuple(ipaddress.ip_network(network) for network in ("0.0.0.0/0", "::/0"))
    assert AddressRules(everything).allow(ipaddress.ip_address(address)) is False


async def test_a_name_is_judged_by_what_it_means_when_it_is_saved_and_when_it_is_checked() -> None:
    prober = NetworkProber(AddressRules(NETWORKS))
    assert await prober.refuses("localhost") is True
    async with serving(never) as port:
        found = await prober.probe(Target(CheckKind.TCP, "localhost", port, timeout=SECOND))
    assert (found.up, found.reason) == (None, "refused_address")


async def test_our_own_database_is_not_checked() -> None:
    async with serving(never) as port:
        prober = NetworkProber(AddressRules(own=frozenset({("127.0.0.1", port)}), allow_loopback=True))
        found = await prober.probe(target(CheckKind.TCP, port))
    assert (found.up, found.reason) == (None, "refused_address")


async def test_a_name_that_nobody_knows_is_down_and_may_be_saved() -> None:
    prober = NetworkProber(AddressRules(NETWORKS))
    assert await prober.refuses("nobody.invalid") is False
    found = await prober.probe(Target(CheckKind.TCP, "a" * 64 + ".invalid", 1, timeout=SECOND))
    assert (found.up, found.reason) == (False, "unknown_name")


async def test_the_uplink_is_there_while_any_canary_answers() -> None:
    assert await NetworkProber(AddressRules()).has_uplink() is True
    async with serving(never) as port:
        lost = ("127.0.0.1", 1)
        assert await NetworkProber(AddressRules(), [lost, ("127.0.0.1", port)]).has_uplink() is True
        assert await NetworkProber(AddressRules(), [lost]).has_uplink() is False


async def test_a_ping_is_answered_where_the_system_allows_it_and_said_to_be_impossible_elsewhere() -> None:
    found = await HERE.probe(Target(CheckKind.ICMP, "127.0.0.1", timeout=SECOND))
    expected = (True, "") if HERE.may_ping() else (None, "not_permitted")
    assert (found.up, found.reason) == expected
