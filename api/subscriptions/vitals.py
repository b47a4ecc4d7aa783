"""How this process and what it leans on are doing."""

import asyncio
import time
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from importlib.metadata import version

from api.context import Context
from api.errors import AppError
from api.resolvers.leases import count_processes
from api.subscriptions.hub import Hub

WITHIN = 2.0
"""Seconds that the database may take to answer."""
HARDLY = timedelta(milliseconds=5)
"""Latencies that differ by less are told as one: else there would be news each time somebody looks."""


@dataclass(frozen=True)
class ComponentStatus:
    """Whether a part that we lean on answers, and how quickly."""

    ok: bool
    latency: timedelta | None
    detail: str

    def told_after(self, before: "ComponentStatus") -> "ComponentStatus":
        """This, with the latency of before where it is hardly another one: less than twice and more than half of it."""
        if self.latency is None or before.latency is None:
            return self
        low, high = sorted((self.latency, before.latency))
        return replace(self, latency=before.latency) if high < 2 * low or high - low < HARDLY else self


@dataclass(frozen=True)
class SystemStatus:
    """The process that answers, and what it leans on."""

    version: str
    started_at: datetime
    database: ComponentStatus
    broker: ComponentStatus
    lag: int
    """Events that are known here and not yet handed on, of the worst stream."""
    subscribers: int
    """Live subscriptions of this process."""
    processes: int
    """Of the whole cluster."""

    def told_after(self, before: "SystemStatus | None") -> "SystemStatus":
        """This, without differences that say nothing."""
        if before is None:
            return self
        database, broker = self.database.told_after(before.database), self.broker.told_after(before.broker)
        return replace(self, database=database, broker=broker)


class Vitals:
    """Takes the pulse of one app."""

    def __init__(self, ctx: Context, hub: Hub) -> None:
        self._ctx, self._hub = ctx, hub
        self._version = version("alidash")
        self._started_at = ctx.now()
        self._processes = 1
        self._told: SystemStatus | None = None

    async def take(self) -> SystemStatus:
        """How things are now. Never raises what the database does: that it is away is what is told."""
        database = await self._database()
        status = SystemStatus(
            version=self._version,
            started_at=self._started_at,
            database=database,
            broker=self._broker(),
            lag=self._hub.lag,
            subscribers=self._hub.subscribers,
            processes=self._processes,
        )
        self._told = status.told_after(self._told)
        return self._told

    async def _database(self) -> ComponentStatus:
        kind = "sqlite" if self._ctx.db.embedded else "postgresql"
        began = time.perf_counter()
        try:
            async with asyncio.timeout(WITHIN):
                # One row by its key, so that the answer is the table's and not the connection's.
                await self._ctx.db.heads([""])
                took = timedelta(seconds=time.perf_counter() - began)
                # Who answers is there, whatever the leases say.
                self._processes = max(1, await count_processes(self._ctx))
        except TimeoutError:
            return ComponentStatus(ok=False, latency=None, detail=f"{kind}: TIMEOUT")
        except AppError as error:
            return ComponentStatus(ok=False, latency=None, detail=f"{kind}: {error.code}")
        return ComponentStatus(ok=True, latency=took, detail=kind)

    def _broker(self) -> ComponentStatus:
        bell = self._hub.doorbell
        latency = timedelta(seconds=bell.latency) if bell.latency is not None else None
        return ComponentStatus(ok=bell.connected, latency=latency, detail=bell.kind)
