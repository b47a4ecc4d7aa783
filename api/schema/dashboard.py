"""The dashboard in the schema."""

import uuid
from collections.abc import AsyncGenerator
from datetime import datetime, timedelta

import strawberry

from api.resolvers import dashboard as use
from api.schema.access_points import NetworkSummary
from api.schema.base import Info, Request
from api.schema.departments import Department, load_department
from api.schema.metrics import Metrics
from api.schema.sharing import followed
from api.subscriptions import vitals
from api.subscriptions.board import Snapshot
from api.subscriptions.dashboard import DashboardStream


@strawberry.type(description="Whether a part that the desk leans on answers.")
class ComponentStatus:
    ok: bool = strawberry.field(description="It answers.")
    latency: timedelta | None = strawberry.field(
        description="How long an answer took lately; null when there was none. Another one is told when it is "
        "twice or half of what was told."
    )
    detail: str | None = strawberry.field(description="What it is, such as postgresql, and what ails it.")

    @classmethod
    def of(cls, status: vitals.ComponentStatus) -> "ComponentStatus":
        return cls(ok=status.ok, latency=status.latency, detail=status.detail)


@strawberry.type(description="The process that answers, and what it leans on; looked at every five seconds.")
class SystemStatus:
    version: str = strawberry.field(description="The version of AliDash that runs.")
    started_at: datetime = strawberry.field(description="When this process began.")
    database: ComponentStatus = strawberry.field(description="The database; latency is that of one row by its key.")
    broker: ComponentStatus = strawberry.field(
        description="The doorbell between processes; latency is that of a ring which comes back to us."
    )
    lag: int = strawberry.field(description="Events known to this process and not handed on, of the worst stream.")
    subscribers: int = strawberry.field(description="Live subscriptions of this process.")
    processes: int = strawberry.field(description="Processes of the cluster; a killed one counts for half a minute.")

    @classmethod
    def of(cls, status: vitals.SystemStatus) -> "SystemStatus":
        return cls(
            version=status.version,
            started_at=status.started_at,
            database=ComponentStatus.of(status.database),
            broker=ComponentStatus.of(status.broker),
            lag=status.lag,
            subscribers=status.subscribers,
            processes=status.processes,
        )


@strawberry.type(description="One hour of the day.")
class TrafficHour:
    hour: int = strawberry.field(description="The hour that it begins at, 0 to 23, in the deployment's zone.")
    offered: int = strawberry.field(description="Legs that began to wait in it today.")
    yesterday: int = strawberry.field(
        description="Legs that began to wait in it yesterday, up to this time of the day."
    )


@strawberry.type(description="What goes on in one department at this moment.")
class DepartmentNow:
    waiting: int = strawberry.field(description="Chats that wait.")
    oldest_wait: timedelta | None = strawberry.field(
        description="How long the one who waits longest has waited; null when nobody does."
    )
    active: int = strawberry.field(description="Chats that an agent attends.")
    agents_online: int = strawberry.field(description="Agents who are present and take chats here.")
    key: strawberry.Private[uuid.UUID]

    @classmethod
    def of(cls, figures: use.DepartmentFigures, at: datetime) -> "DepartmentNow":
        return cls(
            waiting=figures.waiting,
            oldest_wait=_since(figures.oldest_queued_at, at),
            active=figures.active,
            agents_online=figures.agents_online,
            key=figures.department_id,
        )

    @strawberry.field(description="The department.")
    async def department(self, info: Info) -> Department:
        return await load_department(info, self.key)


@strawberry.type(description="The desk, its day and its machinery on one screen.")
class Dashboard:
    at: datetime = strawberry.field(description="When this was so: ages grow from here.")
    today: Metrics = strawberry.field(description="The figures of today so far, a day of the deployment's zone.")
    yesterday: Metrics = strawberry.field(description="Those of yesterday up to this time of the day, to compare.")
    traffic: list[TrafficHour] = strawberry.field(description="Today's hours so far.")
    waiting: int = strawberry.field(description="Chats that wait.")
    oldest_wait: timedelta | None = strawberry.field(
        description="How long the one who waits longest has waited; null when nobody does."
    )
    active: int = strawberry.field(description="Chats that an agent attends.")
    agents_online: int = strawberry.field(description="People who are present and ONLINE.")
    agents_paused: int = strawberry.field(description="People who are present and PAUSED.")
    departments: list[DepartmentNow] = strawberry.field(description="The same by department, in their order.")
    network: NetworkSummary = strawberry.field(description="The access points by status.")
    system: SystemStatus = strawberry.field(description="The machinery behind it.")

    @classmethod
    async def of(cls, request: Request, snapshot: Snapshot) -> "Dashboard":
        desk, at = snapshot.desk, snapshot.at
        for one in desk.departments:
            # Read with the snapshot: no drawing of it has to read them again.
            request.loaders.departments.prime(one.department_id, one.row)
        hours = use.traffic(snapshot.today, snapshot.yesterday, request.ctx.settings.zone)
        return cls(
            at=at,
            today=Metrics(figures=snapshot.today.figures),
            yesterday=Metrics(figures=snapshot.yesterday.figures),
            traffic=[TrafficHour(hour=one.hour, offered=one.offered, yesterday=one.yesterday) for one in hours],
            waiting=desk.waiting,
            oldest_wait=_since(desk.oldest_queued_at, at),
            active=desk.active,
            agents_online=desk.agents_online,
            agents_paused=desk.agents_paused,
            departments=[DepartmentNow.of(figures, at) for figures in desk.departments],
            network=NetworkSummary.of(snapshot.network),
            system=SystemStatus.of(snapshot.system),
        )


def _since(moment: datetime | None, now: datetime) -> timedelta | None:
    """An age; none when the clock was set back meanwhile."""
    return max(timedelta(), now - moment) if moment else None


@strawberry.type
class DashboardQuery:
    @strawberry.field(description="The dashboard, at most a second old.")
    async def dashboard(self, info: Info) -> Dashboard:
        request = info.context
        await use.view_dashboard(request.ctx)
        return await Dashboard.of(request, await request.running.board.look())


@strawberry.type
class DashboardSubscription:
    @strawberry.subscription(
        description="The dashboard as it is now, then whenever anything but the time is another, at most once a second."
    )
    async def dashboard(self, info: Info) -> AsyncGenerator[Dashboard, None]:
        state = info.context.running.board
        async for snapshot in followed(info, DashboardStream(), None, Dashboard.of, state=state):
            yield snapshot
