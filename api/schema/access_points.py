"""Access points in the schema."""

import uuid
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Annotated

import strawberry

from api.errors import NotFound
from api.models import AccessPoint as AccessPointRow
from api.models import Outage as OutageRow
from api.models.enums import AccessPointStatus, CheckKind
from api.resolvers import access_points as use
from api.resolvers import network, tree
from api.schema.base import Connection, Info, Node, from_id, page_request, to_id
from api.schema.chat_filters import PeriodInput
from api.schema.maintenance import Maintenance
from api.schema.scalars import Cursor
from api.subscriptions.cursors import write_cursor

if TYPE_CHECKING:
    from api.schema.incidents import Incident

LazyIncident = Annotated["Incident", strawberry.lazy("api.schema.incidents")]


@strawberry.type(description="How an access point is checked.")
class Check:
    kind: CheckKind = strawberry.field(description="By what.")
    port: int | None = strawberry.field(description="The port, of TCP and HTTP.")
    path: str | None = strawberry.field(description="What is asked for, of HTTP.")
    tls: bool = strawberry.field(description="Whether HTTP is spoken over TLS; certificates are not verified.")
    interval: timedelta = strawberry.field(description="From one check to the next.")
    timeout: timedelta = strawberry.field(description="After which a check has failed; how late a heartbeat may come.")
    fail_after: int = strawberry.field(description="Failures in a row that make it OFFLINE.")
    recover_after: int = strawberry.field(description="Successes in a row that end that.")
    slow_above: timedelta | None = strawberry.field(description="The latency above which it is DEGRADED.")

    @classmethod
    def of(cls, row: AccessPointRow) -> "Check":
        return cls(
            kind=row.kind,
            port=row.port,
            path=row.path,
            tls=row.tls,
            interval=row.every,
            timeout=row.timeout,
            fail_after=row.fail_after,
            recover_after=row.recover_after,
            slow_above=row.slow_above,
        )


@strawberry.type(description="What a device told of itself.")
class Load:
    users: int | None = strawberry.field(description="Clients.")
    cpu: float | None = strawberry.field(description="Per cent of its processor.")
    memory: float | None = strawberry.field(description="Per cent of its memory.")
    at: datetime = strawberry.field(description="When it told so.")


@strawberry.type(description="What the checks of a stretch of time found, together.")
class Sample:
    at: datetime = strawberry.field(description="When the stretch began.")
    up: bool | None = strawberry.field(description="False when a check failed; null when nobody could tell.")
    latency: timedelta | None = strawberry.field(description="The mean latency.")
    loss: float | None = strawberry.field(description="Failed checks / checks, 0 to 1.")
    users: int | None = strawberry.field(description="The mean number of clients.")
    cpu: float | None = strawberry.field(description="The mean per cent of its processor.")
    memory: float | None = strawberry.field(description="The mean per cent of its memory.")

    @classmethod
    def of(cls, sample: network.Sample) -> "Sample":
        return cls(**vars(sample))


@strawberry.type(description="One stretch in which an access point was OFFLINE.")
class Outage(Node):
    started_at: datetime = strawberry.field(description="When the checks had settled it.")
    ended_at: datetime | None = strawberry.field(description="When they had settled that it works again.")
    duration: timedelta | None = strawberry.field(description="How long it took; null while it goes on.")
    reason: str | None = strawberry.field(
        description="What the check met, such as timeout, refused, unreachable, http_503 or silent."
    )
    point_key: strawberry.Private[uuid.UUID]

    @classmethod
    def of(cls, row: OutageRow) -> "Outage":
        return cls(
            id=to_id(row.id),
            started_at=row.started_at,
            ended_at=row.ended_at,
            duration=row.ended_at - row.started_at if row.ended_at else None,
            reason=row.reason or None,
            point_key=row.access_point_id,
        )

    @strawberry.field(description="What was OFFLINE; null when it is watched no more.")
    async def access_point(self, info: Info) -> "AccessPoint | None":
        return await load_point(info, self.point_key)


@strawberry.type(description="How many access points show each status.")
class NetworkSummary:
    total: int = strawberry.field(description="All of them.")
    online: int = strawberry.field(description="They answer.")
    degraded: int = strawberry.field(description="They answer slowly.")
    offline: int = strawberry.field(description="They do not answer.")
    maintenance: int = strawberry.field(description="Work on them is under way.")
    unknown: int = strawberry.field(description="Not checked yet, or our own uplink is gone.")
    unreachable: int = strawberry.field(description="Of those that do not answer: below another that is down.")

    @classmethod
    def of(cls, summary: tree.NetworkSummary) -> "NetworkSummary":
        return cls(**vars(summary))


@strawberry.type(description="The latency of a stretch of time.")
class MeanLatency:
    mean: timedelta | None = strawberry.field(description="Null where no check was answered.")


@strawberry.type(description="A part of a period.")
class Stretch:
    at: datetime = strawberry.field(description="When it began.")
    availability: float | None = strawberry.field(description="Of the part; null where nothing is known.")


@strawberry.type(description="A piece of network that customers hang on.")
class AccessPoint(Node):
    name: str = strawberry.field(description="What people call it.")
    location: str = strawberry.field(description="Where it is; may be empty.")
    address: str = strawberry.field(description="An IP address or a host name; may be empty with heartbeats.")
    check: Check = strawberry.field(description="How it is checked.")
    status: AccessPointStatus = strawberry.field(description="Whether it works, as far as we know.")
    since: datetime = strawberry.field(description="When it began to show this status.")
    flapping: bool = strawberry.field(description="Its latest results changed too often: nobody is called for it.")
    latency: timedelta | None = strawberry.field(description="Of the latest check; null when that failed.")
    load: Load | None = strawberry.field(description="What it last told of itself.")
    last_seen_at: datetime | None = strawberry.field(description="When it last answered or told us something.")
    key: strawberry.Private[uuid.UUID]
    parent_key: strawberry.Private[uuid.UUID | None]

    @classmethod
    def of(cls, row: AccessPointRow) -> "AccessPoint":
        told = row.load_at
        return cls(
            id=to_id(row.id),
            name=row.name,
            location=row.location,
            address=row.address,
            check=Check.of(row),
            status=row.status,
            since=row.since,
            flapping=row.flapping,
            latency=row.latency,
            load=Load(users=row.users, cpu=row.cpu, memory=row.memory, at=told) if told else None,
            last_seen_at=row.last_seen_at,
            key=row.id,
            parent_key=row.parent_id,
        )

    @strawberry.field(description="What it hangs on: while that is OFFLINE, nobody is called for this one.")
    async def parent(self, info: Info) -> "AccessPoint | None":
        return await load_point(info, self.parent_key) if self.parent_key else None

    @strawberry.field(description="What hangs on it, by name.")
    async def children(self, info: Info) -> list["AccessPoint"]:
        return [AccessPoint.of(row) for row in await info.context.loaders.children.load(self.key) or []]

    @strawberry.field(description="How what hangs on it stands, at whatever distance.")
    async def below(self, info: Info) -> NetworkSummary:
        return NetworkSummary.of(await info.context.loaders.below.load(self.key) or tree.NetworkSummary())

    @strawberry.field(description="While it is OFFLINE: the nearest point above it that is down, if there is one.")
    async def cut_off_by(self, info: Info) -> "AccessPoint | None":
        row = await info.context.loaders.cut_off_by.load(self.key)
        return AccessPoint.of(row) if row else None

    @strawberry.field(description="Its mean latency in each of the latest twelve stretches of five minutes.")
    async def recent_latencies(self, info: Info) -> list[MeanLatency]:
        return [MeanLatency(mean=mean) for mean in await info.context.loaders.recent_latencies.load(self.key) or []]

    @strawberry.field(description="Up / (period - maintenance - unknown), 0 to 1; null where nothing is known.")
    async def availability(
        self, info: Info, period: Annotated[PeriodInput, strawberry.argument(description="Up to 400 days.")]
    ) -> float | None:
        return await network.availability(info.context.ctx, self.key, *period.bounds())

    @strawberry.field(description="The same of each of its parts of equal length, oldest first.")
    async def availability_of_parts(
        self,
        info: Info,
        period: Annotated[PeriodInput, strawberry.argument(description="Up to 400 days.")],
        parts: Annotated[int, strawberry.argument(description="How many, at most 1000.")] = 30,
    ) -> list[Stretch]:
        found = await network.availability_of_parts(info.context.ctx, self.key, *period.bounds(), parts=parts)
        return [Stretch(at=one.at, availability=one.share) for one in found]

    @strawberry.field(description="When it was OFFLINE, newest first.")
    async def outages(
        self,
        info: Info,
        first: Annotated[int | None, strawberry.argument(description="How many, at most 100; 50 by default.")] = None,
        after: Annotated[Cursor | None, strawberry.argument(description="After this place.")] = None,
    ) -> Connection[Outage]:
        ctx = info.context.ctx
        page = await network.outages_of(ctx, self.key, page_request(first, after))
        return Connection.of(page, Outage.of, partial(network.count_outages, ctx, self.key))

    @strawberry.field(
        description="What its checks found, in stretches of equal length; those without any are left out."
    )
    async def samples(
        self,
        info: Info,
        period: Annotated[PeriodInput, strawberry.argument(description="Up to 400 days.")],
        points: Annotated[int, strawberry.argument(description="How many stretches, at most 1000.")] = 120,
    ) -> list[Sample]:
        found = await network.samples_of(info.context.ctx, self.key, *period.bounds(), points=points)
        return [Sample.of(sample) for sample in found]

    @strawberry.field(description="How many customers hang on it itself, as far as we were told.")
    async def customers(self, info: Info) -> int:
        return await info.context.loaders.customer_counts.load(self.key) or 0

    @strawberry.field(description="The open incident in which it lies.")
    async def incident(self, info: Info) -> LazyIncident | None:
        from api.schema.incidents import Incident

        row = await info.context.loaders.incidents_of_points.load(self.key)
        return Incident.of(row) if row else None

    @strawberry.field(description="The work on it that is planned or under way, the next first.")
    async def maintenance(self, info: Info) -> list[Maintenance]:
        return [Maintenance.of(row) for row in await info.context.loaders.maintenance.load(self.key) or []]

    @strawberry.field(
        description="The work on it, or on what it hangs on, that is under way or begins within 72 hours, next first."
    )
    async def upcoming_maintenance(self, info: Info) -> list[Maintenance]:
        return [Maintenance.of(row) for row in await info.context.loaders.upcoming_maintenance.load(self.key) or []]


async def load_point(info: Info, point_id: uuid.UUID) -> AccessPoint | None:
    """The point that another row refers to; None when it is watched no more."""
    row = await info.context.loaders.access_points.load(point_id)
    return AccessPoint.of(row) if row else None


def no_access_point() -> NotFound:
    """What an id that names no access point answers."""
    return NotFound("access_point_not_found")


def no_place() -> NotFound:
    """The same of an argument that says where something else is."""
    return NotFound("access_point_not_found", field=("accessPointId",))


def point_id(value: str) -> uuid.UUID:
    """The id of a point. Raises NotFound."""
    return from_id(value, missing=no_access_point)


@strawberry.type
class AccessPointQuery:
    @strawberry.field(description="One access point; null when unknown.")
    async def access_point(
        self, info: Info, id: Annotated[strawberry.ID, strawberry.argument(description="The access point.")]
    ) -> AccessPoint | None:
        try:
            key = point_id(id)
        except NotFound:
            return None
        row = (await use.access_points_by_id(info.context.ctx, [key])).get(key)
        return AccessPoint.of(row) if row else None

    @strawberry.field(description="Access points by name.")
    async def access_points(
        self,
        info: Info,
        status: Annotated[list[AccessPointStatus] | None, strawberry.argument(description="Any of these.")] = None,
        search: Annotated[str | None, strawberry.argument(description="Part of name, location or address.")] = None,
        parent_id: Annotated[strawberry.ID | None, strawberry.argument(description="What hangs on this one.")] = None,
        roots: Annotated[bool, strawberry.argument(description="Only what hangs on nothing.")] = False,
        first: Annotated[int | None, strawberry.argument(description="How many, at most 100; 50 by default.")] = None,
        after: Annotated[Cursor | None, strawberry.argument(description="After this place.")] = None,
    ) -> Connection[AccessPoint]:
        ctx = info.context.ctx
        parent = point_id(parent_id) if parent_id else None
        points = use.AccessPointFilter(tuple(status or ()), search, parent, roots)
        page = await use.list_access_points(ctx, points, page_request(first, after))
        return Connection.of(page, AccessPoint.of, partial(use.count_access_points, ctx, points))

    @strawberry.field(description="How many access points show each status.")
    async def network_summary(self, info: Info) -> NetworkSummary:
        return NetworkSummary.of(await tree.network_summary(info.context.ctx))

    @strawberry.field(description="Where networkEvents(after:) begins for who reads the list next.")
    async def network_cursor(self, info: Info) -> Cursor:
        ctx = info.context.ctx
        return Cursor(write_cursor(ctx.db.epoch, await network.network_head(ctx)))
