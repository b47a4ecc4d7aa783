"""The figures of one period, each read when it is first asked for, and only once."""

import asyncio
import uuid
from collections.abc import Awaitable, Callable, Hashable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, TypeVar

from sqlalchemy.ext.asyncio import AsyncSession

from api.context import Context
from api.models.enums import Channel, IncidentShare, MetricFigure
from api.resolvers import kept, measures
from api.resolvers.kept import Past, past_of
from api.resolvers.measures import By, Counted, Key
from api.resolvers.occupancy import Occupied
from api.resolvers.periods import DAY, Asked, buckets, cut, period_before

R = TypeVar("R")
_HOUR = timedelta(hours=1)
_ABREAST = 2
"""Questions to the database that one period has under way at once: a wide one must not take all connections."""


@dataclass(frozen=True)
class DurationStats:
    """A duration over n cases; None, never zero, when there is no case."""

    mean: timedelta | None
    p50: timedelta | None
    p90: timedelta | None
    n: int


@dataclass(frozen=True)
class Satisfaction:
    """The share of answers that are 4 or 5, of so many answers; None when there is none."""

    positive: float | None
    answers: int


@dataclass(frozen=True)
class MetricsPoint:
    """What happened in one step of a period."""

    at: datetime
    offered: int
    handled: int
    wait_time: timedelta | None
    handle_time: timedelta | None


class Figures:
    """What may be asked of a period. Whoever holds it may read its figures: `figures_of` gives it out."""

    def __init__(self, ctx: Context, asked: Asked) -> None:
        self.ctx = ctx
        self.asked = asked
        self._read: dict[Hashable, asyncio.Task[Any]] = {}
        self._turns = asyncio.Semaphore(_ABREAST)
        self._since: asyncio.Future[date | None] | None = None

    @property
    def previous(self) -> "Figures":
        """The period of equal length before this one."""
        return Figures(self.ctx, period_before(self.asked, self.ctx.settings.zone))

    # Legs that began to wait

    async def offered(self, by: By | None = None, key: Key = None) -> int:
        """Volume: legs that began to wait in the period."""
        return (await self._offered(by, key))[0]

    async def abandonment(self, by: By | None = None, key: Key = None) -> float | None:
        """The share of those that ended while queued, before the period's end."""
        n, gone = await self._offered(by, key)
        return gone / n if n else None

    async def chats(self) -> int:
        """The distinct chats of the legs that began to wait."""
        return await self._once("chats", lambda session, past: kept.chats(session, past, self.asked))

    async def offered_by_channel(self) -> dict[Channel, int]:
        """Volume of each channel that had any."""
        found = await self._groups("offered", kept.offered, By.CHANNEL)
        return {channel: n for channel, (n, _) in found.items()}

    async def _offered(self, by: By | None, key: Key) -> tuple[int, int]:
        return await self._share("offered", kept.offered, by, key)

    # Durations

    async def mean(self, figure: MetricFigure, by: By | None = None, key: Key = None) -> timedelta | None:
        """The mean of a duration."""
        cases = await self._cases(figure, by, key)
        return cases.total / cases.n if cases.n else None

    async def count(self, figure: MetricFigure, by: By | None = None, key: Key = None) -> int:
        """How many cases a duration has."""
        return (await self._cases(figure, by, key)).n

    async def percentiles(
        self, figure: MetricFigure, by: By | None = None, key: Key = None
    ) -> tuple[timedelta | None, timedelta | None]:
        """Median and 90th percentile of a duration, by nearest rank."""
        if by is None:
            n = await self.count(figure)
            counts: dict[Key, int] = {None: n} if n else {}
        else:
            counts = {group: cases.n for group, cases in (await self._durations(figure, by)).items()}
        found = await self._once(
            ("ranked", figure, by),
            lambda session, past: kept.ranked(session, past, self.asked, figure, by, counts),
        )
        p50, p90 = found.get(key, (None, None))
        return p50, p90

    async def stats(self, figure: MetricFigure, by: By | None = None, key: Key = None) -> DurationStats:
        """All that is told of a duration."""
        p50, p90 = await self.percentiles(figure, by, key)
        return DurationStats(await self.mean(figure, by, key), p50, p90, await self.count(figure, by, key))

    async def _cases(self, figure: MetricFigure, by: By | None, key: Key) -> Counted:
        if by is not None:
            return (await self._durations(figure, by)).get(key, Counted(0, timedelta()))
        found = (await self._durations(figure, By.DEPARTMENT)).values()
        return Counted(sum(each.n for each in found), sum((each.total for each in found), timedelta()))

    async def _durations(self, figure: MetricFigure, by: By) -> dict[Key, Counted]:
        return await self._once(
            ("counted", figure, by), lambda session, past: kept.counted(session, past, self.asked, figure, by)
        )

    # Rates

    async def service_level(self, by: By | None = None, key: Key = None) -> float | None:
        """Legs claimed within the target / (claimed + abandoned after the cut)."""
        n, in_time = await self._share("served", kept.served, by, key)
        return in_time / n if n else None

    async def satisfaction(self, by: By | None = None, key: Key = None) -> Satisfaction:
        """CSAT: answers of 4 and 5 / answers given in the period."""
        n, positive = await self._share("satisfied", kept.satisfied, by, key)
        return Satisfaction(positive / n if n else None, n)

    async def occupancy(self, agent_id: uuid.UUID | None = None) -> float | None:
        """Time online spent with at least one live chat / time online, of everybody or of one.

        Nobody is online for a department, a channel or incidents alone: None for these.
        """
        found = await self._occupied()
        parts = list(found.values()) if agent_id is None else [found[agent_id]] if agent_id in found else []
        online = sum((part.online for part in parts), timedelta())
        return sum((part.busy for part in parts), timedelta()) / online if online else None

    async def _occupied(self) -> dict[uuid.UUID, Occupied]:
        if self.asked.department_id is not None or self.asked.channel is not None:
            return {}
        if self.asked.incidents is not IncidentShare.WITH:
            return {}
        return await self._once(
            "occupied", lambda session, past: kept.online(session, past, self.asked, self.ctx.now())
        )

    # Who and when

    async def departments(self) -> list[uuid.UUID]:
        """The departments with a leg that began to wait, was claimed or was handled in the period, in their order."""
        seen = {
            *await self._groups("offered", kept.offered, By.DEPARTMENT),
            *await self._durations(MetricFigure.WAIT_TIME, By.DEPARTMENT),
            *await self._durations(MetricFigure.HANDLE_TIME, By.DEPARTMENT),
        }
        return [
            key
            for key in await self._once("departments", lambda session, _: measures.department_ids(session))
            if key in seen
        ]

    async def agents(self) -> list[uuid.UUID]:
        """The people who handled a leg that ended in the period, or were online in it."""
        return sorted({*await self._durations(MetricFigure.HANDLE_TIME, By.AGENT), *await self._occupied()})

    async def series(self, step: timedelta) -> list[MetricsPoint]:
        """The period in steps of the deployment's zone, each with what happened in it.

        Raises Invalid for an odd step, or for more than 1000 of them.
        """
        parts = buckets(self.asked, step, self.ctx.settings.zone)
        wanted = (MetricFigure.OFFERED, MetricFigure.WAIT_TIME, MetricFigure.HANDLE_TIME)
        offered, waits, handled = [await self._in_buckets(figure, step) for figure in wanted]
        none = measures.Point(0)
        return [
            MetricsPoint(
                at=part.at,
                offered=offered.get(part.at, none).n,
                handled=handled.get(part.at, none).n,
                wait_time=waits.get(part.at, none).mean,
                handle_time=handled.get(part.at, none).mean,
            )
            for part in parts
        ]

    async def means(self, figure: MetricFigure, step: timedelta) -> dict[datetime, timedelta | None]:
        """The mean of a duration in each of these steps that has any."""
        return {at: point.mean for at, point in (await self._in_buckets(figure, step)).items()}

    async def by_hour(self) -> list[tuple[datetime, int]]:
        """Volume of each hour of the deployment's zone that had any; days that are gone kept no hours."""
        parts = list(cut(self.asked, _HOUR, self.ctx.settings.zone))
        if (past := await self._past()) is not None:
            parts = [part for part in parts if part.start >= past.whole_since]
        found = await self._once(
            "by hour", lambda session, _: measures.in_buckets(session, self.asked, MetricFigure.OFFERED, parts)
        )
        return sorted((at.astimezone(self.ctx.settings.zone), point.n) for at, point in found.items())

    async def _in_buckets(self, figure: MetricFigure, step: timedelta) -> dict[datetime, measures.Point]:
        past = await self._past()
        if past is not None and step < DAY:
            raise past.refusal("step")
        parts = list(cut(self.asked, step, self.ctx.settings.zone))
        return await self._once(
            ("buckets", figure, step),
            lambda session, past: kept.in_buckets(session, past, self.asked, figure, parts),
        )

    # Reading

    async def _share(
        self,
        name: str,
        read: Callable[[AsyncSession, Past | None, Asked, By | None], Awaitable[dict[Key, tuple[int, int]]]],
        by: By | None,
        key: Key,
    ) -> tuple[int, int]:
        """Two counts of one group; of all, the sums over the departments, by which the indexes are in order anyway."""
        found = await self._groups(name, read, by or By.DEPARTMENT)
        if by is not None:
            return found.get(key, (0, 0))
        return sum(n for n, _ in found.values()), sum(part for _, part in found.values())

    async def _groups(
        self, name: str, read: Callable[[AsyncSession, Past | None, Asked, By | None], Awaitable[R]], by: By
    ) -> R:
        return await self._once((name, by), lambda session, past: read(session, past, self.asked, by))

    async def _once(self, what: Hashable, read: Callable[[AsyncSession, Past | None], Awaitable[R]]) -> R:
        """What was read before, is being read, or is read now."""
        if what not in self._read:
            self._read[what] = asyncio.ensure_future(self._in_turn(read))
        return await self._read[what]

    async def _in_turn(self, read: Callable[[AsyncSession, Past | None], Awaitable[R]]) -> R:
        past = await self._past()
        async with self._turns, self.ctx.db.read() as session:
            if past is not None and not self.ctx.db.embedded:
                # Chats may go from the one part of a figure to the other between two statements.
                await session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
            return await read(session, past)

    async def _past(self) -> Past | None:
        """The days of which rows may be missing, looked up once. Raises Invalid for a period that cuts one."""
        if self._since is None:
            self._since = asyncio.ensure_future(self.ctx.db.look(kept.whole_since))
        return past_of(self.asked, await self._since, self.ctx.settings.zone)
