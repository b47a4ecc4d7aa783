"""Serving the app on a socket, and stopping so that nobody is cut off who could have been sent away."""

import asyncio
import gc
import socket
from types import FrameType
from typing import Any, Final

import uvicorn
from starlette.applications import Starlette
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

from api.errors import SettingsError
from api.subscriptions.running import Running

FRAME_LIMIT: Final = 64 * 1024
FLUSH_WITHIN: Final = 2.0
"""Seconds that a socket may take for what was sent to it last; one whose reader has stalled takes for ever."""
FINISH_WITHIN: Final = 6
"""Seconds that running requests may take then."""


COLLECT: Final = (20_000, 20, 20)
"""After how many more objects than are gone the garbage collector looks, and after how many looks more deeply."""


class Server(uvicorn.Server):
    """uvicorn, stopping in three steps: away with the sockets, answering for a while still, then no more."""

    def __init__(self, app: Starlette) -> None:
        super().__init__(config_for(app))
        running: Running = app.state.running
        self._stopping = running.stopping
        self._drain = running.services.settings.drain.total_seconds()

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        # At once, not at the loop's next turn: nobody should be sent to us any more.
        self._stopping.begun = True
        super().handle_exit(sig, frame)

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        # What the program is made of outlives every request: the collector need not walk through it again and again,
        # and what requests leave behind is mostly let go of without it.
        gc.collect()
        gc.freeze()
        gc.set_threshold(*COLLECT)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Close the sockets with 1012, answer requests until the drain is over, finish what runs, and end.

        uvicorn alone would wait its whole patience for one reader who has stalled.
        """
        loop = asyncio.get_running_loop()
        self._stopping.begun = True
        began = loop.time()
        self._send_away()
        await self._until(began + FLUSH_WITHIN, until_gone=True)
        self._cut_off()
        await self._until(began + self._drain)
        # Those that were being opened when it began.
        self._cut_off()
        await asyncio.sleep(0)
        await super().shutdown(sockets)

    def _sockets(self) -> list[WebSocketsSansIOProtocol]:
        open_ones = list(self.server_state.connections)
        return [connection for connection in open_ones if isinstance(connection, WebSocketsSansIOProtocol)]

    def _send_away(self) -> None:
        for connection in self._sockets():
            if not connection.transport.is_closing():
                connection.shutdown()

    def _cut_off(self) -> None:
        for connection in self._sockets():
            connection.transport.abort()

    async def _until(self, moment: float, *, until_gone: bool = False) -> None:
        clock = asyncio.get_running_loop().time
        # uvicorn tells nobody when a connection has gone.
        while clock() < moment and not self.force_exit and not (until_gone and not self._sockets()):  # noqa: ASYNC110
            await asyncio.sleep(min(0.05, max(moment - clock(), 0)))


def listener(host: str, port: int) -> socket.socket:
    """A listening socket that drops a peer who acknowledges nothing for 45 seconds. Raises SettingsError."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    found = socket.socket(family, socket.SOCK_STREAM)
    found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if hasattr(socket, "TCP_USER_TIMEOUT"):
        found.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, 45_000)
    try:
        found.bind((host, port))
    except OSError as error:
        raise SettingsError(f"{host}:{port} cannot be listened on ({error.strerror}); choose another --port") from error
    found.listen(2048)
    return found


def config_for(app: Any, **options: Any) -> uvicorn.Config:
    """The options that AliDash is served with."""
    return uvicorn.Config(
        app,
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        ws="websockets-sansio",
        ws_max_size=FRAME_LIMIT,
        ws_per_message_deflate=False,
        ws_ping_interval=20,
        ws_ping_timeout=20,
        timeout_graceful_shutdown=FINISH_WITHIN,
        **options,
    )
