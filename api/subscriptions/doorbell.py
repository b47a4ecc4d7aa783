"""The bell between processes: "stream X stands at N". Losing a ring loses nothing, see hub.py."""

import asyncio
import json
import logging
import secrets
from collections.abc import Callable
from contextlib import AsyncExitStack
from typing import Any

from broadcaster import Broadcast

log = logging.getLogger(__name__)

_CHANNEL = "alidash"
_BEAT = 5.0
_SILENCE = 15.0
_LATE = 0.5
"""Seconds by which a timer of ours goes off too late when it was this process that stood still, not the broker."""
_FIRST_PAUSE = 0.2
_LONGEST_PAUSE = 5.0


class Doorbell:
    """Rings and hears over one broadcaster channel; joins it once, and again whenever it has fallen silent.

    `heard` is told the heads that other processes announce, `signalled` their passing signals, `rejoined` that rings
    may have been missed.
    """

    def __init__(
        self,
        url: str,
        *,
        heard: Callable[[dict[str, int]], None],
        signalled: Callable[[list[Any]], None],
        rejoined: Callable[[], None],
    ) -> None:
        self._url = url
        self._origin = secrets.token_hex(4)
        self._heard, self._signalled, self._rejoined = heard, signalled, rejoined
        self._heads: dict[str, int] = {}
        self._signals: list[list[Any]] = []
        self._something = asyncio.Event()
        self._last_heard = 0.0
        self._latency: float | None = None
        self._tasks: list[asyncio.Task[None]] = []

    @property
    def connected(self) -> bool:
        """Whether the channel has been heard lately (it hears its own beats)."""
        return self.silence < _SILENCE

    @property
    def silence(self) -> float:
        """Seconds since the channel was last heard; since the machine started when it never was."""
        return asyncio.get_running_loop().time() - self._last_heard

    @property
    def latency(self) -> float | None:
        """Seconds that our last ring took to come back to us; None while the channel is silent."""
        return self._latency if self.connected else None

    @property
    def kind(self) -> str:
        """What the channel is of: `memory`, `redis`, `postgres`."""
        return self._url.partition("://")[0]

    def ring(self, heads: dict[str, int]) -> None:
        """Announce where streams stand; later heads of the same stream replace earlier ones."""
        self._heads.update(heads)
        self._something.set()

    def signal(self, signal: list[Any]) -> None:
        """Pass on something that may be lost; beyond a thousand unsent ones it is."""
        if len(self._signals) < 1000:
            self._signals.append(signal)
            self._something.set()

    def open(self) -> None:
        """Join the channel, and stay joined."""
        self._tasks = [asyncio.create_task(self._stay_joined(), name="doorbell")]

    async def close(self) -> None:
        """Leave the channel."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _stay_joined(self) -> None:
        loop = asyncio.get_running_loop()
        pause = _FIRST_PAUSE
        while True:
            began = loop.time()
            try:
                await self._join()
            except asyncio.CancelledError:
                raise
            except Exception as error:
                # Whatever the broker's driver raises, the tick carries on without the bell and we come back.
                log.warning("doorbell: %s: joining again", type(error).__name__)
            # A broker that held for a while is likely back soon; one that refuses each time is asked less and less.
            pause = _FIRST_PAUSE if loop.time() - began > _SILENCE else min(pause * 2, _LONGEST_PAUSE)
            await asyncio.sleep(pause)

    async def _join(self) -> None:
        async with AsyncExitStack() as stack:
            broadcast = Broadcast(self._url)
            stack.push_async_callback(_reap, broadcast)
            await stack.enter_async_context(broadcast)
            subscriber = await stack.enter_async_context(broadcast.subscribe(_CHANNEL))
            self._last_heard = asyncio.get_running_loop().time()
            self._rejoined()
            async with asyncio.TaskGroup() as group:
                group.create_task(_watch(broadcast))
                group.create_task(self._listen(subscriber))
                group.create_task(self._send(broadcast))

    async def _listen(self, subscriber: Any) -> None:
        while True:
            event = await _next(subscriber)
            self._last_heard = asyncio.get_running_loop().time()
            ring = json.loads(event.message)
            if ring["o"] == self._origin:
                self._latency = self._last_heard - ring["at"]
                continue
            if ring["s"]:
                self._heard(ring["s"])
            for signal in ring["t"]:
                self._signalled(signal)

    async def _send(self, broadcast: Broadcast) -> None:
        while True:
            try:
                async with asyncio.timeout(_BEAT):
                    await self._something.wait()
            except TimeoutError:
                pass  # Nothing to say: the beat itself is the message.
            self._something.clear()
            heads, self._heads = self._heads, {}
            signals, self._signals = self._signals, []
            try:
                for batch in _batches(heads):
                    await self._publish(broadcast, batch, [])
            except BaseException:
                # Cut off, or cancelled because the listening was: said again once we have joined, with what is newer.
                self.ring(heads | self._heads)
                raise
            for signal in signals:
                await self._publish(broadcast, {}, [signal])

    async def _publish(self, broadcast: Broadcast, heads: dict[str, int], signals: list[list[Any]]) -> None:
        # Our own clock, for when we hear ourselves: to others it means nothing.
        ring = {"o": self._origin, "s": heads, "t": signals, "at": round(asyncio.get_running_loop().time(), 4)}
        await broadcast.publish(_CHANNEL, json.dumps(ring))


async def _next(subscriber: Any) -> Any:
    """What the channel says next. Raises TimeoutError once it has been silent for longer than our own beats allow."""
    # broadcaster does not say when its connection has died: silence does, since we hear our own beats.
    due = asyncio.get_running_loop().time() + _SILENCE
    try:
        async with asyncio.timeout_at(due):
            return await subscriber.get()
    except TimeoutError:
        if asyncio.get_running_loop().time() - due < _LATE:
            raise
    # Held up, we have neither beaten nor listened: what was said meanwhile is still to be read.
    async with asyncio.timeout(_SILENCE):
        return await subscriber.get()


async def _watch(broadcast: Broadcast) -> None:
    """Raise ConnectionError once nothing listens any more: the broker may be back long before the silence tells."""
    await asyncio.wait(_listening(broadcast), return_when=asyncio.FIRST_COMPLETED)
    raise ConnectionError("nothing listens")


def _listening(broadcast: Broadcast) -> list[asyncio.Task[None]]:
    """What broadcaster has running for us; it tells nobody when one of them ends."""
    kept = getattr(broadcast, "_listener_task", None), getattr(broadcast._backend, "_listener", None)
    return [task for task in kept if isinstance(task, asyncio.Task)]


async def _reap(broadcast: Broadcast) -> None:
    """End what broadcaster leaves listening when the broker is away while it is joined or left."""
    tasks = _listening(broadcast)
    for task in tasks:
        task.cancel()
    # Why they ended is told by what we await ourselves.
    await asyncio.gather(*tasks, return_exceptions=True)


def _batches(heads: dict[str, int], size: int = 50) -> list[dict[str, int]]:
    """Rings of at most a few kilobytes (PostgreSQL's NOTIFY takes 8,000 bytes); one empty ring when nothing is new."""
    items = list(heads.items())
    return [dict(items[i : i + size]) for i in range(0, len(items), size)] or [{}]
