"""The network as tests see it: a prober that finds what it is told, and points in one line."""

from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any
from uuid import UUID

from api.context import Context
from api.models import AccessPoint
from api.models.enums import CheckKind
from api.prober import Finding, Target
from api.resolvers.access_points import AccessPointDetails, Check, access_points_by_id, create_access_point
from api.resolvers.probing import check_network
from tests.people import Desk

MINUTE = timedelta(minutes=1)


@dataclass
class FakeProber:
    """Finds every address up, but those that are said to be down; asks nobody."""

    down: set[str] = field(default_factory=set)
    slow: set[str] = field(default_factory=set)
    uplink: bool = True
    refused: set[str] = field(default_factory=set)
    pings: bool = True
    asked: list[str] = field(default_factory=list)

    async def probe(self, target: Target) -> Finding:
        self.asked.append(target.address)
        if target.address in self.down:
            return Finding(False, reason="timeout")
        return Finding(True, timedelta(milliseconds=900 if target.address in self.slow else 20))

    async def has_uplink(self) -> bool:
        return self.uplink

    async def refuses(self, address: str) -> bool:
        return address in self.refused

    def may_ping(self) -> bool:
        return self.pings


@dataclass
class Network:
    """A desk's network, with a prober of its own."""

    desk: Desk
    boss: Context
    prober: FakeProber

    @classmethod
    async def of(cls, desk: Desk) -> "Network":
        prober = FakeProber()
        boss = await desk.admin()
        return cls(desk, replace(boss, services=replace(boss.services, prober=prober)), prober)

    @property
    def system(self) -> Context:
        return replace(self.desk.system, services=self.boss.services)

    async def point(self, name: str = "Torre", *, parent: AccessPoint | None = None, **check: Any) -> AccessPoint:
        """A point whose address is its name, with hyphens for spaces."""
        given: dict[str, Any] = {"kind": CheckKind.TCP, "port": 80} | check
        parent_id = parent.id if parent else None
        details = AccessPointDetails(name, address=name.replace(" ", "-"), parent_id=parent_id, check=Check(**given))
        return await create_access_point(self.boss, details)

    async def round(self, times: int = 1) -> None:
        """Check everything, a minute and a bit after the last time."""
        for _ in range(times):
            self.desk.clock.advance(seconds=64)
            await check_network(self.system)

    async def now(self, point: AccessPoint | UUID) -> AccessPoint:
        """The point as stored."""
        id = point if isinstance(point, UUID) else point.id
        return (await access_points_by_id(self.boss, [id]))[id]

    async def status(self, point: AccessPoint) -> str:
        return str((await self.now(point)).status)
