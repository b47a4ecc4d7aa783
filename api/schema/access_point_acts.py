"""What can be done with access points in the schema."""

from datetime import datetime, timedelta
from typing import Annotated, Any

import strawberry

from api.errors import NotFound
from api.models.enums import AccessPointStatus, CheckKind, IncidentAudience
from api.resolvers import access_points as use
from api.resolvers import maintenance as work
from api.resolvers import probing
from api.schema.access_points import AccessPoint, no_access_point, point_id
from api.schema.base import Info, UserError, from_id, ids_of, payload
from api.schema.maintenance import Maintenance
from api.schema.users import DonePayload

Audience = Annotated[
    IncidentAudience | None,
    strawberry.argument(
        description="Which customers are told, from 72 hours before it begins until it ends; nobody without it."
    ),
]
Words = Annotated[
    str,
    strawberry.argument(description="What customers are told, at most 1000 characters; needed where any are."),
]
AccessPointId = Annotated[strawberry.ID, strawberry.argument(description="The access point.")]


@strawberry.input(description="How an access point is checked.")
class CheckInput:
    kind: CheckKind = strawberry.field(description="By what; ICMP only where this server may send pings.")
    port: int | None = strawberry.field(default=None, description="The port; of HTTP 80 or 443 by default.")
    path: str | None = strawberry.field(default=None, description="What to ask for, of HTTP; / by default.")
    tls: bool = strawberry.field(default=False, description="Speak HTTP over TLS.")
    interval: timedelta | None = strawberry.field(default=None, description="PT10S to PT24H; PT1M by default.")
    timeout: timedelta | None = strawberry.field(default=None, description="PT0.1S to PT30S; PT5S by default.")
    fail_after: int | None = strawberry.field(default=None, description="1 to 100; 3 by default.")
    recover_after: int | None = strawberry.field(default=None, description="1 to 100; 2 by default.")
    slow_above: timedelta | None = strawberry.field(default=None, description="PT0.001S to PT30S; never by default.")

    def check(self) -> use.Check:
        given: dict[str, Any] = {name: value for name, value in vars(self).items() if value is not None}
        if self.interval is not None:
            given["every"] = given.pop("interval")
        return use.Check(**given)


@strawberry.input(description="An access point, whole.")
class AccessPointInput:
    name: str = strawberry.field(description="What people call it, at most 120 characters.")
    location: str | None = strawberry.field(default=None, description="Where it is, at most 200 characters.")
    address: str | None = strawberry.field(
        default=None, description="An IP address or a host name within the networks that may be checked."
    )
    parent_id: strawberry.ID | None = strawberry.field(default=None, description="What it hangs on.")
    check: CheckInput | None = strawberry.field(default=None, description="Heartbeats each minute by default.")

    def details(self) -> use.AccessPointDetails:
        return use.AccessPointDetails(
            name=self.name,
            location=self.location or "",
            address=self.address or "",
            parent_id=from_id(self.parent_id, missing=_no_parent) if self.parent_id else None,
            check=self.check.check() if self.check else use.Check(),
        )


@strawberry.input(description="What a device tells of itself.")
class TelemetryInput:
    users: int | None = strawberry.field(default=None, description="Clients.")
    cpu: float | None = strawberry.field(default=None, description="Per cent of its processor, 0 to 100.")
    memory: float | None = strawberry.field(default=None, description="Per cent of its memory, 0 to 100.")
    latency: timedelta | None = strawberry.field(default=None, description="Its delay to us, at most a minute.")


@strawberry.type(description="The access point, or what was wrong.")
class AccessPointPayload:
    access_point: AccessPoint | None = strawberry.field(default=None, description="The access point as it is now.")
    user_errors: list[UserError] = strawberry.field(default_factory=list, description="What to mend.")


@strawberry.type(description="The planned work, or what was wrong.")
class MaintenancePayload:
    maintenance: Maintenance | None = strawberry.field(default=None, description="The planned work.")
    user_errors: list[UserError] = strawberry.field(default_factory=list, description="What to mend.")


@strawberry.type(description="What one check found, before anything is written down.")
class AccessPointTrial:
    status: AccessPointStatus = strawberry.field(description="What the point would show if this one check decided.")
    latency: timedelta | None = strawberry.field(description="How long the answer took; null without one.")
    reason: str | None = strawberry.field(description="What was met instead of an answer, such as timeout.")


@strawberry.type(description="What was found, or what was wrong.")
class AccessPointTrialPayload:
    trial: AccessPointTrial | None = strawberry.field(default=None, description="What the check found.")
    user_errors: list[UserError] = strawberry.field(default_factory=list, description="What to mend.")


def _no_parent() -> NotFound:
    return NotFound("access_point_not_found", field=("input", "parentId"))


def _no_maintenance() -> NotFound:
    return NotFound("maintenance_not_found")


@strawberry.type
class AccessPointMutation:
    @strawberry.mutation(description="Begin to watch an access point.")
    @payload(AccessPointPayload)
    async def create_access_point(
        self, info: Info, input: Annotated[AccessPointInput, strawberry.argument(description="What it is.")]
    ) -> AccessPointPayload:
        row = await use.create_access_point(info.context.ctx, input.details())
        return AccessPointPayload(access_point=AccessPoint.of(row))

    @strawberry.mutation(description="Write an access point down anew; what its checks have come to stays.")
    @payload(AccessPointPayload)
    async def update_access_point(
        self,
        info: Info,
        id: AccessPointId,
        input: Annotated[AccessPointInput, strawberry.argument(description="What it is.")],
    ) -> AccessPointPayload:
        row = await use.update_access_point(info.context.ctx, point_id(id), input.details())
        return AccessPointPayload(access_point=AccessPoint.of(row))

    @strawberry.mutation(description="Watch an access point no more, and forget what was found of it.")
    @payload(DonePayload)
    async def delete_access_point(self, info: Info, id: AccessPointId) -> DonePayload:
        await use.delete_access_point(info.context.ctx, point_id(id))
        return DonePayload(done=True)

    @strawberry.mutation(description="Check once, now, what is about to be written down; nothing is kept.")
    @payload(AccessPointTrialPayload)
    async def test_access_point(
        self, info: Info, input: Annotated[AccessPointInput, strawberry.argument(description="What it is.")]
    ) -> AccessPointTrialPayload:
        found = await probing.test_access_point(info.context.ctx, input.details())
        trial = AccessPointTrial(status=found.status, latency=found.latency, reason=found.reason or None)
        return AccessPointTrialPayload(trial=trial)

    @strawberry.mutation(description="Tell of a device: its load and, with heartbeats, that it lives.")
    @payload(AccessPointPayload)
    async def report_access_point(
        self,
        info: Info,
        id: AccessPointId,
        telemetry: Annotated[TelemetryInput, strawberry.argument(description="What it tells; may be empty.")],
    ) -> AccessPointPayload:
        told = use.Telemetry(**vars(telemetry))
        row = await use.report_access_point(info.context.ctx, point_id(id), told)
        return AccessPointPayload(access_point=AccessPoint.of(row))

    @strawberry.mutation(description="Plan work on access points: while it lasts nobody is called for them.")
    @payload(MaintenancePayload)
    async def schedule_maintenance(
        self,
        info: Info,
        access_point_ids: Annotated[list[strawberry.ID], strawberry.argument(description="Which, at most 1000.")],
        title: Annotated[str, strawberry.argument(description="What is done, at most 120 characters.")],
        starts_at: Annotated[datetime, strawberry.argument(description="When it begins; may have begun.")],
        ends_at: Annotated[datetime, strawberry.argument(description="When it ends, at most 31 days later.")],
        weeks: Annotated[
            int, strawberry.argument(description="How many times, week by week: 1 to 52, each of a week at most.")
        ] = 1,
        audience: Audience = None,
        message: Words = "",
    ) -> MaintenancePayload:
        ids = ids_of(access_point_ids, missing=no_access_point)
        planned = work.PlannedWork(ids, title, starts_at, ends_at, weeks, audience, message)
        return MaintenancePayload(
            maintenance=Maintenance.of(await work.schedule_maintenance(info.context.ctx, planned))
        )

    @strawberry.mutation(description="Say anew what is done and what customers are told of it; its times stay.")
    @payload(MaintenancePayload)
    async def update_maintenance(
        self,
        info: Info,
        id: Annotated[strawberry.ID, strawberry.argument(description="The planned work.")],
        title: Annotated[str, strawberry.argument(description="What is done, at most 120 characters.")],
        audience: Audience = None,
        message: Words = "",
        following: Annotated[bool, strawberry.argument(description="Of weekly work, all later times as well.")] = False,
    ) -> MaintenancePayload:
        words = work.WorkWords(title, audience, message)
        maintenance_id = from_id(id, missing=_no_maintenance)
        row = await work.update_maintenance(info.context.ctx, maintenance_id, words, following=following)
        return MaintenancePayload(maintenance=Maintenance.of(row))

    @strawberry.mutation(description="Take planned work back, or end what is under way.")
    @payload(DonePayload)
    async def cancel_maintenance(
        self,
        info: Info,
        id: Annotated[strawberry.ID, strawberry.argument(description="The planned work.")],
        following: Annotated[bool, strawberry.argument(description="Of weekly work, all later times as well.")] = False,
    ) -> DonePayload:
        maintenance_id = from_id(id, missing=_no_maintenance)
        await work.cancel_maintenance(info.context.ctx, maintenance_id, following=following)
        return DonePayload(done=True)
