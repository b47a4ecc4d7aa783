"""The GraphQL door of an app that really serves: HTTP and sockets on a port of its own, on each kind of database."""

import asyncio
import json
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx2
import pytest
import uvicorn
import websockets

from api.app import app_on
from api.context import Context
from api.resolvers.openings import Opened
from api.resolvers.tokens import create_token
from tests.people import Desk

WITHIN = 30.0


class Socket:
    """One graphql-transport-ws connection, frame by frame."""

    def __init__(self, connection: websockets.ClientConnection) -> None:
        self._connection = connection
        self._kept: list[dict[str, Any]] = []

    async def send(self, frame: object) -> None:
        await self._connection.send(frame if isinstance(frame, str | bytes) else json.dumps(frame))

    async def frame(self) -> dict[str, Any]:
        """The next frame, whatever it is."""
        async with asyncio.timeout(WITHIN):
            return json.loads(await self._connection.recv())

    async def subscribe(self, id: str, query: str, **variables: Any) -> None:
        await self.send({"id": id, "type": "subscribe", "payload": {"query": query, "variables": variables}})

    async def of(self, id: str) -> dict[str, Any]:
        """The next frame of one operation; frames of others are kept for later."""
        for kept in self._kept:
            if kept.get("id") == id:
                self._kept.remove(kept)
                return kept
        while True:
            frame = await self.frame()
            if frame.get("id") == id:
                return frame
            self._kept.append(frame)

    async def closed(self) -> int:
        """The code that the server closes with."""
        with pytest.raises(websockets.ConnectionClosed) as end:
            await self._listen_on()
        assert end.value.rcvd is not None
        return end.value.rcvd.code

    async def _listen_on(self) -> None:
        async with asyncio.timeout(WITHIN):
            while True:
                await self._connection.recv()


@dataclass
class Door:
    """The GraphQL door and who stands before it."""

    desk: Desk
    url: str
    client: httpx2.AsyncClient
    _sockets: list[websockets.ClientConnection] = field(default_factory=list)

    async def token(self, who: Context) -> str:
        """A bearer token of a person of the staff."""
        return await create_token(self.desk.system, email=(await self.desk.user(who)).email)

    async def post(self, query: str, *, token: str | None = None, headers: Any = None, **variables: Any) -> Any:
        """The response to an operation."""
        sent = dict(headers or {}) | ({"authorization": f"Bearer {token}"} if token else {})
        return await self.client.post("/graphql", json={"query": query, "variables": variables}, headers=sent)

    async def ask(self, query: str, *, token: str | None = None, **variables: Any) -> Any:
        """The `data` of the answer."""
        answer = (await self.post(query, token=token, **variables)).json()
        assert "errors" not in answer, answer
        return answer["data"]

    @asynccontextmanager
    async def bare_socket(self, **options: Any) -> AsyncIterator[Socket]:
        """A connection that has not introduced itself."""
        url = self.url.replace("http", "ws", 1) + "/graphql"
        subprotocols = [websockets.Subprotocol("graphql-transport-ws")]
        async with websockets.connect(url, subprotocols=subprotocols, **options) as connection:
            yield Socket(connection)

    @asynccontextmanager
    async def socket(self, token: str | None = None) -> AsyncIterator[Socket]:
        """A connection that was acknowledged."""
        async with self.bare_socket() as socket:
            await socket.send({"type": "connection_init", "payload": {"token": token} if token else {}})
            assert await socket.frame() == {"type": "connection_ack"}
            yield socket

    def socket_of(self, opened: Opened) -> Any:
        """The connection of a chat's customer."""
        return self.socket(opened.token)


@pytest.fixture
async def door(desk: Desk) -> AsyncIterator[Door]:
    """A served app with its people."""
    async with open_door(desk) as door:
        yield door


@asynccontextmanager
async def open_door(desk: Desk, **options: Any) -> AsyncIterator[Door]:
    """Serve an app for the length of the block; `options` are uvicorn's."""
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    given: dict[str, Any] = {"ws": "websockets-sansio", "ws_max_size": 64 * 1024, "ws_per_message_deflate": False}
    config = uvicorn.Config(app_on(desk.running), lifespan="off", log_config=None, **(given | options))
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server.serve([listener]))
    url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    while not server.started:  # noqa: ASYNC110 - uvicorn tells nobody when it has started
        await asyncio.sleep(0.01)
    try:
        async with httpx2.AsyncClient(base_url=url, timeout=WITHIN) as client:
            yield Door(desk, url, client)
    finally:
        server.should_exit = True
        await serving
