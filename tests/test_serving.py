"""The program itself being told to stop, among open sockets, running requests and readers who have stalled."""

import asyncio
import json
import signal
import socket
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import httpx2
import pytest
import websockets

from tests.server import Server, serving

GONE_WITHIN = 10
"""Seconds that an operator is promised."""
FIELDS = "types { name description fields { name description args { name description } } }"
LONG = "{ " + " ".join(f"a{number}: __schema {{ {FIELDS} }}" for number in range(15)) + " }"
"""A question whose answers soon fill every buffer on the way to a reader who does not read."""


@pytest.fixture
def server(database_url: str, tmp_path: Path) -> Any:
    """The program, on each kind of database."""
    with serving(tmp_path, database_url, ALIDASH_LOG="json", ALIDASH_DRAIN="PT1S") as server:
        yield server


def told_to_stop(server: Server) -> None:
    assert server._process is not None
    server._process.send_signal(signal.SIGTERM)


async def gone(server: Server) -> int:
    """How the program ended. Fails when it is there for longer than is promised."""
    assert server._process is not None
    return await asyncio.to_thread(server._process.wait, GONE_WITHIN)


def complaints(server: Server) -> list[dict[str, Any]]:
    """What it logged that an operator would have to look at."""
    lines = [json.loads(line) for line in (server.folder / "server.log").read_text().splitlines()]
    return [line for line in lines if line["level"] not in ("debug", "info")]


@asynccontextmanager
async def connected(server: Server, **options: Any) -> AsyncIterator[websockets.ClientConnection]:
    url = server.url.replace("http", "ws", 1) + "/graphql"
    protocols = [websockets.Subprotocol("graphql-transport-ws")]
    async with websockets.connect(url, subprotocols=protocols, open_timeout=60, close_timeout=1, **options) as link:
        await link.send('{"type": "connection_init"}')
        assert json.loads(await link.recv()) == {"type": "connection_ack"}
        yield link


async def code(link: websockets.ClientConnection) -> int | None:
    """The code that a socket is closed with."""
    await link.wait_closed()
    return link.close_code


async def stalled(server: Server, stack: AsyncExitStack) -> None:
    """A client who asks a lot and reads nothing."""
    small = socket.socket()
    small.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    small.connect(("127.0.0.1", server.port))
    link = await stack.enter_async_context(connected(server, sock=small, max_queue=1, ping_interval=None))
    link.transport.pause_reading()
    for number in range(12):
        frame = {"id": str(number), "type": "subscribe", "payload": {"query": LONG}}
        await link.send(json.dumps(frame))


async def test_sockets_are_sent_away_and_a_stalled_reader_holds_nobody_up(server: Server) -> None:
    async with AsyncExitStack() as stack:
        links = [await stack.enter_async_context(connected(server)) for _ in range(60)]
        await stalled(server, stack)
        # Its answers are being made when another one's question has been answered.
        await links[0].send('{"id": "1", "type": "subscribe", "payload": {"query": "{ __typename }"}}')
        assert json.loads(await links[0].recv())["type"] == "next"
        told_to_stop(server)
        assert await asyncio.gather(*(code(link) for link in links)) == [1012] * len(links)
        assert await gone(server) == -signal.SIGTERM
    assert complaints(server) == []


async def test_a_request_that_runs_is_finished(server: Server) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    body = b'{"query": "{ departments { slug } }"}'
    head = f"POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: {len(body)}\r\n\r\n"
    writer.write(head.encode() + body[:10])
    await writer.drain()
    async with connected(server) as link:
        told_to_stop(server)
        assert await code(link) == 1012
    await asyncio.sleep(1.2)  # past the drain: nobody is let in any more
    writer.write(body[10:])
    answer = await asyncio.wait_for(reader.read(), 30)
    assert answer.startswith(b"HTTP/1.1 200")
    assert b"tecnico" in answer
    writer.close()
    assert await gone(server) == -signal.SIGTERM
    assert complaints(server) == []


async def test_it_is_not_ready_at_once_answers_still_and_takes_no_sockets(database_url: str, tmp_path: Path) -> None:
    with serving(tmp_path, database_url, ALIDASH_LOG="json", ALIDASH_DRAIN="PT3S") as server:
        async with httpx2.AsyncClient(base_url=server.url, timeout=30) as client, connected(server) as link:
            told_to_stop(server)
            assert await code(link) == 1012
            ready, alive = await client.get("/readyz"), await client.get("/healthz")
            asked = await client.post("/graphql", json={"query": "{ departments { slug } }"})
            assert (ready.status_code, alive.status_code, asked.status_code) == (503, 200, 200)
            with pytest.raises(websockets.InvalidStatus) as refused:
                async with connected(server):
                    pass
            assert refused.value.response.status_code == 503
        assert await gone(server) == -signal.SIGTERM
        assert complaints(server) == []
