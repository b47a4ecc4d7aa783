"""A bare Starlette WebSocket, to compare with: it sends each of its sockets the text that it is told to.

python -m benchmarks.bare PORT
"""

import asyncio
import sys

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

from api.serving import config_for


def build() -> Starlette:
    """An app whose `POST /emit?count=N` sends the body N times to every socket of `/graphql`."""
    sockets: set[WebSocket] = set()

    async def follow(socket: WebSocket) -> None:
        await socket.accept("graphql-transport-ws")
        sockets.add(socket)
        try:
            while True:
                await socket.receive_text()
        except WebSocketDisconnect:
            sockets.discard(socket)

    async def emit(request: Request) -> Response:
        text = (await request.body()).decode()
        for _ in range(int(request.query_params["count"])):
            for socket in tuple(sockets):
                await socket.send_text(text)
            await asyncio.sleep(0)
        return Response()

    return Starlette(routes=[Route("/emit", emit, methods=["POST"]), WebSocketRoute("/graphql", follow)])


if __name__ == "__main__":
    uvicorn.Server(config_for(build(), port=int(sys.argv[1]))).run()
