"""Figures in the schema."""

import uuid
from datetime import datetime, timedelta
from typing import Annotated

import strawberry

from api.models.enums import Channel
from api.resolvers import metrics as use
from api.schema.base import Info, from_id
from api.schema.chat_filters import PeriodInput
from api.schema.departments import Department, load_department, no_department


@strawberry.type(description="A duration over several cases; null, never zero, when there is no case.")
class DurationStats:
    mean: timedelta | None = strawberry.field(description="The mean.")
    p50: timedelta | None = strawberry.field(description="Half of the cases took at most this.")
    p90: timedelta | None = strawberry.field(description="Nine of ten took at most this.")
    n: int = strawberry.field(description="How many cases.")

    @classmethod
    def of(cls, stats: use.DurationStats) -> "DurationStats":
        return cls(mean=stats.mean, p50=stats.p50, p90=stats.p90, n=stats.n)


@strawberry.type(description="How many legs a channel brought.")
class ChannelVolume:
    channel: Channel = strawberry.field(description="The channel.")
    offered: int = strawberry.field(description="Legs that began to wait in the period.")


@strawberry.type(description="The figures of one department.")
class DepartmentMetrics:
    offered: int = strawberry.field(description="Legs that began to wait in the period.")
    wait_time: DurationStats = strawberry.field(description="TME: from queue to claim.")
    handle_time: DurationStats = strawberry.field(description="TMA: from claim to leaving, of answered legs.")
    abandonment: float | None = strawberry.field(description="Legs that ended while queued / offered, 0 to 1.")
    key: strawberry.Private[uuid.UUID]

    @classmethod
    def of(cls, figures: use.DepartmentMetrics) -> "DepartmentMetrics":
        return cls(
            offered=figures.offered,
            wait_time=DurationStats.of(figures.wait_time),
            handle_time=DurationStats.of(figures.handle_time),
            abandonment=figures.abandonment,
            key=figures.department_id,
        )

    @strawberry.field(description="The department.")
    async def department(self, info: Info) -> Department:
        return await load_department(info, self.key)


@strawberry.type(description="The figures of a period. Docs: metrics.")
class Metrics:
    from_: datetime = strawberry.field(name="from", description="The period's first moment.")
    to: datetime = strawberry.field(description="The first moment after it.")
    offered: int = strawberry.field(description="Volume: legs that began to wait in the period.")
    chats: int = strawberry.field(description="The chats that these legs belong to.")
    wait_time: DurationStats = strawberry.field(description="TME: from queue to claim, of legs claimed in the period.")
    handle_time: DurationStats = strawberry.field(
        description="TMA: from claim to leaving, of answered legs that left in the period."
    )
    service_level: float | None = strawberry.field(
        description="Legs claimed within the department's target / (claimed + abandoned after 10 s), 0 to 1."
    )
    abandonment: float | None = strawberry.field(description="Legs that ended while queued / offered, 0 to 1.")
    by_department: list[DepartmentMetrics] = strawberry.field(description="The same by department.")
    by_channel: list[ChannelVolume] = strawberry.field(description="Volume by channel.")

    @classmethod
    def of(cls, figures: use.Metrics) -> "Metrics":
        return cls(
            from_=figures.start,
            to=figures.end,
            offered=figures.offered,
            chats=figures.chats,
            wait_time=DurationStats.of(figures.wait_time),
            handle_time=DurationStats.of(figures.handle_time),
            service_level=figures.service_level,
            abandonment=figures.abandonment,
            by_department=[DepartmentMetrics.of(each) for each in figures.by_department],
            by_channel=[ChannelVolume(channel=channel, offered=n) for channel, n in figures.by_channel.items()],
        )


@strawberry.type
class MetricsQuery:
    @strawberry.field(description="The figures of a period, of all departments or of one.")
    async def metrics(
        self,
        info: Info,
        period: Annotated[PeriodInput, strawberry.argument(description="The period.")],
        department_id: Annotated[strawberry.ID | None, strawberry.argument(description="Only this one.")] = None,
    ) -> Metrics:
        key = from_id(department_id, missing=no_department) if department_id is not None else None
        start, end = period.bounds()
        return Metrics.of(await use.get_metrics(info.context.ctx, start, end, department_id=key))
