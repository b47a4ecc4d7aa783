"""The way of one subscription's frames to its socket: at once, or by way of a bounded queue."""

import asyncio
import types
from collections import deque
from collections.abc import Awaitable, Callable, Coroutine, Generator
from typing import Any, Protocol

from starlette.websockets import WebSocketDisconnect

SEND_TIMEOUT = 10.0
"""Seconds that one frame may take: a stalled reader is otherwise never let go."""

Send = Callable[[dict[str, Any]], Coroutine[Any, Any, None]]


class Ending(Protocol):
    """Something that may be over, after which nothing more is sent for it."""

    completed: bool


class Outlet:
    """Sends frames in their order, and never makes who hands them over wait.

    `head` and what is handed over are put together to a text frame. `hang_up` ends a connection that does not take a
    frame within SEND_TIMEOUT.
    """

    __slots__ = ("_broken", "_flushed", "_hang_up", "_head", "_held", "_limit", "_operation", "_queue", "_send",
                 "_sending", "sent")  # fmt: skip

    def __init__(
        self, operation: Ending, send: Send, head: str, *, limit: int, hang_up: Callable[[], Awaitable[None]]
    ) -> None:
        self._operation, self._send, self._head, self._limit, self._hang_up = operation, send, head, limit, hang_up
        self._queue: deque[tuple[int | None, str]] | None = None  # Most never need one, and it is not small.
        self._sending: asyncio.Task[None] | None = None
        self._flushed: asyncio.Future[None] | None = None
        self._held = self._broken = False
        self.sent = 0
        """The number of the last event that the socket was given."""

    @property
    def busy(self) -> bool:
        """Whether frames wait here."""
        return self._held or self._sending is not None

    @property
    def fill(self) -> float:
        """How full the queue is, from 0 to 1."""
        return len(self._queue) / self._limit if self._queue else 0.0

    def write(self, seq: int | None, body: str) -> bool:
        """Send a frame, or queue it behind the others; False when the queue is full."""
        if self._held or self._sending is not None:
            if self._queue is None:
                self._queue = deque()
            if len(self._queue) >= self._limit:
                return False
            self._queue.append((seq, body))
            return True
        self._begin(seq, body)
        return True

    def write_newest(self, body: str) -> None:
        """Send a frame in place of all that wait."""
        if self._queue is not None:
            self._queue.clear()
        self.write(None, body)

    def hold(self) -> None:
        """Queue everything from now on."""
        self._held = True

    def release(self) -> None:
        """Send what was held, and go on."""
        self._held = False
        while self._queue and self._sending is None:
            self._begin(*self._queue.popleft())
        self._tell_flushed()

    def drop(self) -> None:
        """Forget what waits; a frame that is on its way stays so."""
        self._queue = None
        self._held = False

    async def flushed(self) -> None:
        """Until nothing waits here."""
        while self.busy:
            self._flushed = self._flushed or asyncio.get_running_loop().create_future()
            await asyncio.shield(self._flushed)

    def close(self) -> None:
        """Send nothing more, not even what is on its way."""
        self._broken = True
        self._queue = None
        if self._sending is not None:
            self._sending.cancel()

    def _begin(self, seq: int | None, body: str) -> None:
        """Hand a frame to the server; while the socket is writable that is done within this call.

        A coroutine that has nothing to wait for ends in its first step, so that no task is needed to run it: this is
        what makes a delivery as cheap as it is.
        """
        if self._broken or self._operation.completed:
            return
        if seq is not None:
            self.sent = seq
        sending = self._send({"type": "websocket.send", "text": self._head + body})
        try:
            awaited = sending.send(None)
        except StopIteration:
            return
        except (RuntimeError, WebSocketDisconnect):
            # The connection is gone: its own task is told so, and takes us away.
            self._broken = True
            return
        self._sending = asyncio.create_task(self._drain(sending, awaited), name="outlet")

    async def _drain(self, sending: Coroutine[Any, Any, None], awaited: Any) -> None:
        """Finish a frame that was begun, then send what waits behind it."""
        try:
            async with asyncio.timeout(SEND_TIMEOUT):
                await _resumed(sending, awaited)
            while self._queue and not (self._held or self._broken or self._operation.completed):
                seq, body = self._queue.popleft()
                self.sent = self.sent if seq is None else seq
                async with asyncio.timeout(SEND_TIMEOUT):
                    await self._send({"type": "websocket.send", "text": self._head + body})
        except TimeoutError:
            self._broken = True
            await self._hang_up()
        except (RuntimeError, WebSocketDisconnect):
            self._broken = True
        finally:
            self._sending = None
            self._tell_flushed()

    def _tell_flushed(self) -> None:
        if self._flushed is not None and not self.busy:
            if not self._flushed.done():
                self._flushed.set_result(None)
            self._flushed = None


@types.coroutine
def _resumed(coroutine: Coroutine[Any, Any, None], awaited: Any) -> Generator[Any, Any, None]:
    """Go on, in the task that awaits this, with a coroutine that was begun by hand and waits for `awaited`."""
    try:
        while True:
            try:
                yield awaited
            except BaseException as error:
                # The task's cancellation is the coroutine's too, which has something to tidy up.
                awaited = coroutine.throw(error)
            else:
                awaited = coroutine.send(None)
    except StopIteration:
        return
