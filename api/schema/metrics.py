"""Figures in the schema: each is read when it is asked for, and only then."""

import uuid
from datetime import datetime, timedelta
from typing import Annotated

import strawberry

from api.models.enums import Channel, IncidentShare, MetricFigure
from api.resolvers import metrics as use
from api.resolvers.cases import count_cases, list_cases
from api.resolvers.durations import IN_BUSINESS_HOURS
from api.resolvers.figures import Figures
from api.resolvers.figures import MetricsPoint as PointRow
from api.resolvers.figures import Satisfaction as SatisfactionRow
from api.resolvers.measures import By
from api.resolvers.periods import Asked
from api.schema.base import Connection, Info, from_id, page_request
from api.schema.chat_filters import PeriodInput
from api.schema.departments import Department, load_department, no_department
from api.schema.metric_cases import MetricCase
from api.schema.scalars import Cursor
from api.schema.users import User, load_user, no_user


@strawberry.type(description="A duration over several cases; null, never zero, when there is no case.")
class DurationStats:
    figures: strawberry.Private[Figures]
    figure: strawberry.Private[MetricFigure]
    by: strawberry.Private[By | None] = None
    key: strawberry.Private[uuid.UUID | None] = None

    @strawberry.field(description="The mean.")
    async def mean(self) -> timedelta | None:
        return await self.figures.mean(self.figure, self.by, self.key)

    @strawberry.field(description="Half of the cases took at most this.")
    async def p50(self) -> timedelta | None:
        return (await self.figures.percentiles(self.figure, self.by, self.key))[0]

    @strawberry.field(description="Nine of ten took at most this.")
    async def p90(self) -> timedelta | None:
        return (await self.figures.percentiles(self.figure, self.by, self.key))[1]

    @strawberry.field(description="How many cases.")
    async def n(self) -> int:
        return await self.figures.count(self.figure, self.by, self.key)

    @strawberry.field(
        description="The same cases in business hours: by the hours that their departments had then. Null of active "
        "handling, which has none."
    )
    def business_hours(self) -> "DurationStats | None":
        figure = IN_BUSINESS_HOURS.get(self.figure)
        return DurationStats(figures=self.figures, figure=figure, by=self.by, key=self.key) if figure else None


@strawberry.type(description="What customers said afterwards.")
class Satisfaction:
    positive: float | None = strawberry.field(description="CSAT: answers of 4 and 5 / answers, 0 to 1.")
    answers: int = strawberry.field(description="How many answered in the period.")

    @classmethod
    def of(cls, found: SatisfactionRow) -> "Satisfaction":
        return cls(positive=found.positive, answers=found.answers)


@strawberry.type(description="How many legs a channel brought.")
class ChannelVolume:
    channel: Channel = strawberry.field(description="The channel.")
    offered: int = strawberry.field(description="Legs that began to wait in the period.")


@strawberry.type(description="The figures of one department.")
class DepartmentMetrics:
    figures: strawberry.Private[Figures]
    key: strawberry.Private[uuid.UUID]

    @strawberry.field(description="The department.")
    async def department(self, info: Info) -> Department:
        return await load_department(info, self.key)

    @strawberry.field(description="Legs that began to wait in the period.")
    async def offered(self) -> int:
        return await self.figures.offered(By.DEPARTMENT, self.key)

    @strawberry.field(description="TME: from queue to claim.")
    def wait_time(self) -> DurationStats:
        return DurationStats(figures=self.figures, figure=MetricFigure.WAIT_TIME, by=By.DEPARTMENT, key=self.key)

    @strawberry.field(description="TMA: from claim to leaving, of answered legs.")
    def handle_time(self) -> DurationStats:
        return DurationStats(figures=self.figures, figure=MetricFigure.HANDLE_TIME, by=By.DEPARTMENT, key=self.key)

    @strawberry.field(description="Legs claimed within the target / (claimed + abandoned after 10 s), 0 to 1.")
    async def service_level(self) -> float | None:
        return await self.figures.service_level(By.DEPARTMENT, self.key)

    @strawberry.field(description="Legs that ended while queued / offered, 0 to 1.")
    async def abandonment(self) -> float | None:
        return await self.figures.abandonment(By.DEPARTMENT, self.key)


@strawberry.type(description="The figures of one person.")
class AgentMetrics:
    figures: strawberry.Private[Figures]
    key: strawberry.Private[uuid.UUID]

    @strawberry.field(description="The person; null for who may not see the staff.")
    async def agent(self, info: Info) -> User | None:
        return await load_user(info, self.key)

    @strawberry.field(description="Legs that they claimed and answered, and that ended in the period.")
    async def handled(self) -> int:
        return await self.figures.count(MetricFigure.HANDLE_TIME, By.AGENT, self.key)

    @strawberry.field(description="TMA: from claim to leaving, of answered legs.")
    def handle_time(self) -> DurationStats:
        return DurationStats(figures=self.figures, figure=MetricFigure.HANDLE_TIME, by=By.AGENT, key=self.key)

    @strawberry.field(description="Time online spent with at least one live chat / time online, 0 to 1.")
    async def occupancy(self) -> float | None:
        return await self.figures.occupancy(self.key)

    @strawberry.field(description="What their customers said.")
    async def satisfaction(self) -> Satisfaction:
        return Satisfaction.of(await self.figures.satisfaction(By.AGENT, self.key))


@strawberry.type(description="What happened in one step of a period.")
class MetricsPoint:
    at: datetime = strawberry.field(description="When the step begins, in the deployment's zone.")
    offered: int = strawberry.field(description="Legs that began to wait in it.")
    handled: int = strawberry.field(description="Answered legs that ended in it.")
    wait_time: timedelta | None = strawberry.field(description="Mean wait (TME) of the legs claimed in it.")
    handle_time: timedelta | None = strawberry.field(description="Mean handling (TMA) of the legs that ended in it.")

    @classmethod
    def of(cls, point: PointRow) -> "MetricsPoint":
        return cls(**vars(point))


@strawberry.type(description="The figures of a period, of live chats. Docs: metrics.")
class Metrics:
    figures: strawberry.Private[Figures]

    @strawberry.field(name="from", description="The period's first moment.")
    def from_(self) -> datetime:
        return self.figures.asked.start

    @strawberry.field(description="The first moment after it.")
    def to(self) -> datetime:
        return self.figures.asked.end

    @strawberry.field(description="Volume: legs that began to wait in the period.")
    async def offered(self) -> int:
        return await self.figures.offered()

    @strawberry.field(description="The chats that these legs belong to.")
    async def chats(self) -> int:
        return await self.figures.chats()

    @strawberry.field(description="TME: from queue to claim, of legs claimed in the period.")
    def wait_time(self) -> DurationStats:
        return DurationStats(figures=self.figures, figure=MetricFigure.WAIT_TIME)

    @strawberry.field(description="From the chat's first queueing to an agent's first words, of chats answered in it.")
    def first_response(self) -> DurationStats:
        return DurationStats(figures=self.figures, figure=MetricFigure.FIRST_RESPONSE)

    @strawberry.field(description="TMA: from claim to leaving, of answered legs that left in the period.")
    def handle_time(self) -> DurationStats:
        return DurationStats(figures=self.figures, figure=MetricFigure.HANDLE_TIME)

    @strawberry.field(description="The same with long silences cut.")
    def active_handle_time(self) -> DurationStats:
        return DurationStats(figures=self.figures, figure=MetricFigure.ACTIVE_HANDLE_TIME)

    @strawberry.field(description="From the chat's first queueing to its closing, of attended chats closed in it.")
    def resolution(self) -> DurationStats:
        return DurationStats(figures=self.figures, figure=MetricFigure.RESOLUTION)

    @strawberry.field(
        description="Legs claimed within the department's target / (claimed + abandoned after 10 s), 0 to 1."
    )
    async def service_level(self) -> float | None:
        return await self.figures.service_level()

    @strawberry.field(description="Legs that ended while queued / offered, 0 to 1.")
    async def abandonment(self) -> float | None:
        return await self.figures.abandonment()

    @strawberry.field(
        description="Time online spent with at least one live chat / time online, 0 to 1; null for one department "
        "or channel, since nobody is online for these alone."
    )
    async def occupancy(self) -> float | None:
        return await self.figures.occupancy()

    @strawberry.field(description="What customers said in the period.")
    async def satisfaction(self) -> Satisfaction:
        return Satisfaction.of(await self.figures.satisfaction())

    @strawberry.field(description="The same by department, of those in which something happened.")
    async def by_department(self) -> list[DepartmentMetrics]:
        return [DepartmentMetrics(figures=self.figures, key=key) for key in await self.figures.departments()]

    @strawberry.field(description="Volume by channel.")
    async def by_channel(self) -> list[ChannelVolume]:
        found = await self.figures.offered_by_channel()
        return [ChannelVolume(channel=channel, offered=n) for channel, n in found.items()]

    @strawberry.field(description="The same by person, of those who handled something or were online.")
    async def by_agent(self) -> list[AgentMetrics]:
        return [AgentMetrics(figures=self.figures, key=key) for key in await self.figures.agents()]

    @strawberry.field(description="The period in steps of the deployment's zone, at most 1000.")
    async def series(
        self,
        step: Annotated[timedelta, strawberry.argument(description="From a minute to a day, or whole days.")],
    ) -> list[MetricsPoint]:
        return [MetricsPoint.of(point) for point in await self.figures.series(step)]

    @strawberry.field(
        description="The period of equal length before this one, to compare with: whole days with as many whole days."
    )
    def previous(self) -> "Metrics":
        return Metrics(figures=self.figures.previous)

    @strawberry.field(description="What a figure is made of: each leg with what it contributed, in order of time.")
    async def legs(
        self,
        info: Info,
        figure: Annotated[MetricFigure, strawberry.argument(description="The figure to explain.")],
        first: Annotated[int | None, strawberry.argument(description="How many, at most 100.")] = None,
        after: Annotated[Cursor | None, strawberry.argument(description="After this place.")] = None,
    ) -> Connection[MetricCase]:
        ctx, asked = info.context.ctx, self.figures.asked
        page = await list_cases(ctx, asked, figure, page_request(first, after))
        return Connection[MetricCase].of(page, MetricCase.of, lambda: count_cases(ctx, asked, figure))


@strawberry.type
class MetricsQuery:
    @strawberry.field(description="The figures of a period of at most 400 days, of everything or of one part.")
    async def metrics(
        self,
        info: Info,
        period: Annotated[PeriodInput, strawberry.argument(description="The period.")],
        department_id: Annotated[strawberry.ID | None, strawberry.argument(description="Only this one.")] = None,
        channel: Annotated[Channel | None, strawberry.argument(description="Only chats of this channel.")] = None,
        agent_id: Annotated[strawberry.ID | None, strawberry.argument(description="Only this person's.")] = None,
        incidents: Annotated[
            IncidentShare, strawberry.argument(description="Without the chats of incidents, or these only.")
        ] = IncidentShare.WITH,
    ) -> Metrics:
        department = from_id(department_id, missing=no_department) if department_id is not None else None
        agent = from_id(agent_id, missing=no_user) if agent_id is not None else None
        asked = Asked(*period.bounds(), department, channel, agent, incidents)
        return Metrics(figures=await use.figures_of(info.context.ctx, asked))
