"""How many sockets one address may hold, and how much one socket may say."""

import asyncio
from contextlib import AsyncExitStack, suppress

import httpx2
import pytest
import websockets

from tests.schema.conftest import Door, Socket
from tests.test_telemetry import told


def from_address(address: str) -> dict[str, dict[str, str]]:
    """The options of a socket that a proxy passes on for this address."""
    return {"additional_headers": {"x-forwarded-for": address}}


async def refused(door: Door, address: str) -> httpx2.Headers:
    """What the handshake is answered with, which is no socket."""
    with pytest.raises(websockets.InvalidStatus) as refusal:
        async with door.bare_socket(**from_address(address)):
            pass
    assert refusal.value.response.status_code == 429
    return httpx2.Headers(list(refusal.value.response.headers.raw_items()))


@pytest.mark.settings(sockets_per_address=2, trusted_proxies="127.0.0.0/8")
async def test_an_address_has_so_many_sockets_and_its_neighbours_have_theirs(door: Door) -> None:
    async with AsyncExitStack() as held:
        for address in ("203.0.113.9", "203.0.113.9", "2001:db8:1:2::1", "2001:db8:1:2:ffff::1"):
            # Not introduced: to hold a socket open is enough to be counted.
            await held.enter_async_context(door.bare_socket(**from_address(address)))
        assert (await refused(door, "203.0.113.9"))["retry-after"] == "30"
        await refused(door, "2001:db8:1:2:abcd::5")
        for neighbour in ("203.0.113.10", "2001:db8:1:3::1"):
            async with door.bare_socket(**from_address(neighbour)) as socket:
                await socket.send({"type": "connection_init"})
                assert await socket.frame() == {"type": "connection_ack"}
        assert told(door.desk.running, "sockets_refused_total") == {("address",): 2}
        # HTTP goes on: who gets no socket can still read and write.
        answer = await door.post("{ departments { slug } }", headers={"x-forwarded-for": "203.0.113.9"})
        assert answer.status_code == 200
    # Who has left makes room, once the server has heard of it.
    async with asyncio.timeout(20):
        while told(door.desk.running, "sockets"):  # noqa: ASYNC110 - the server tells nobody when a socket is gone
            await asyncio.sleep(0.02)
    async with door.bare_socket(**from_address("203.0.113.9")) as socket:
        await socket.send({"type": "connection_init"})
        assert await socket.frame() == {"type": "connection_ack"}


@pytest.mark.settings(sockets_per_address=1)
async def test_a_proxy_on_our_own_machine_that_nobody_named_is_not_taken_for_one_caller(door: Door) -> None:
    async with door.socket(), door.socket(), door.socket():
        assert told(door.desk.running, "sockets") == {(): 3}


async def flood(socket: Socket, frames: int) -> None:
    for _ in range(frames):
        await socket.send({"type": "ping"})


@pytest.mark.settings(socket_frames=5)
async def test_more_frames_than_ten_seconds_worth_at_once_close_the_socket_and_no_other(door: Door) -> None:
    async with door.socket() as calm, door.socket() as loud:
        # The introduction was the first of fifty.
        await flood(loud, 49)
        for _ in range(49):
            assert await loud.frame() == {"type": "pong"}
        # What has grown anew meanwhile, were it ten seconds, is used up too.
        with suppress(websockets.ConnectionClosed):
            await flood(loud, 1000)
        assert await loud.closed() == 1008
        await calm.subscribe("1", "{ departments { slug } }")
        assert (await calm.of("1"))["type"] == "next"
        assert told(door.desk.running, "sockets_refused_total") == {("frames",): 1}
