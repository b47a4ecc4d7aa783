"""Just enough HTTP and graphql-transport-ws for a load generator that must not be the bottleneck."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import urlsplit

import orjson
import websockets


class Caller:
    """One keep-alive connection that posts GraphQL operations, one after the other."""

    def __init__(self, base: str) -> None:
        self._address = urlsplit(base)
        self._reader: asyncio.StreamReader
        self._writer: asyncio.StreamWriter | None = None

    async def ask(self, query: str, *, token: str | None = None, **variables: Any) -> dict[str, Any]:
        """The `data` of the answer to who holds the token. Raises RuntimeError for anything else."""
        answer = await self.post("/graphql", {"query": query, "variables": variables}, token=token)
        if "errors" in answer:
            raise RuntimeError(str(answer))
        return answer["data"]

    async def post(self, path: str, body: dict[str, Any], *, token: str | None = None) -> dict[str, Any]:
        """The answer to a JSON body. Raises RuntimeError unless its status is 200."""
        if self._writer is None:
            self._reader, self._writer = await asyncio.open_connection(self._address.hostname, self._address.port)
        encoded = orjson.dumps(body)
        self._writer.write(self._head(path, len(encoded), token) + encoded)
        status, answer = await self._answer()
        if status != 200:
            raise RuntimeError(f"{status}: {answer}")
        return answer

    async def close(self) -> None:
        """Hang up."""
        if self._writer is not None:
            self._writer.close()
            await self._writer.wait_closed()

    def _head(self, path: str, length: int, token: str | None) -> bytes:
        bearer = f"Authorization: Bearer {token}\r\n" if token else ""
        return (
            f"POST {path} HTTP/1.1\r\nHost: {self._address.netloc}\r\nContent-Type: application/json\r\n"
            f"{bearer}Content-Length: {length}\r\n\r\n"
        ).encode()

    async def _answer(self) -> tuple[int, dict[str, Any]]:
        head = await self._reader.readuntil(b"\r\n\r\n")
        lines = head.decode("latin-1").split("\r\n")
        lengths = [int(line.split(":")[1]) for line in lines if line.lower().startswith("content-length:")]
        return int(lines[0].split()[1]), orjson.loads(await self._reader.readexactly(lengths[0]))


async def subscribe(base: str, token: str, query: str, **variables: Any) -> AsyncIterator[dict[str, Any]]:
    """The `data` of each result of a subscription. The first item is empty and says that it has begun."""
    url = base.replace("http", "ws", 1) + "/graphql"
    async with websockets.connect(url, subprotocols=[websockets.Subprotocol("graphql-transport-ws")]) as socket:
        await socket.send(orjson.dumps({"type": "connection_init", "payload": {"token": token}}).decode())
        await socket.recv()
        frame = {"id": "1", "type": "subscribe", "payload": {"query": query, "variables": variables}}
        await socket.send(orjson.dumps(frame).decode())
        yield {}
        async for text in socket:
            message = orjson.loads(text)
            if message["type"] != "next":
                raise RuntimeError(str(message))
            yield message["payload"]["data"]
