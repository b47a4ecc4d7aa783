"""Figures of a period, of the rows that are there and of what was kept of those that are gone, together.

Each function asks measures.py or occupancy.py and adds the roll-ups of the same period. Days before the first that is
whole (`Past`) are known only as days: what cuts one of them is refused, never answered by a part.
"""

import uuid
from bisect import bisect_right
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import BigInteger, ColumnElement, Connection, Select, and_, cast, func, null, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from api.errors import Invalid
from api.models import Rollup, property_value
from api.models.enums import IncidentShare, MetricFigure, Rolled
from api.resolvers import measures
from api.resolvers.durations import BASES
from api.resolvers.measures import PERCENTS, By, Counted, Key, Point
from api.resolvers.occupancy import Occupied, occupied
from api.resolvers.periods import Asked, Bucket, midnight
from api.resolvers.rollups import rounded_by_database

WHOLE_SINCE = "whole_since"
"""The property that keeps the first day of which no row may be missing."""

_KEYS: Mapping[By, Any] = {
    By.DEPARTMENT: col(Rollup.department_id),
    By.CHANNEL: col(Rollup.channel),
    By.AGENT: col(Rollup.agent_id),
}


@dataclass(frozen=True)
class Past:
    """The days of a period of which rows may be missing: `[first, until)`, up to the first whole day."""

    first: date
    until: date
    whole_since: datetime
    zone: ZoneInfo

    def refusal(self, field: str, *, reason: str = "period_pruned") -> Invalid:
        """What is said to whoever asks for less than whole days of it."""
        return Invalid(reason, field=(field,), day=self.whole_since.astimezone(self.zone).date().isoformat())


def whole_since(connection: Connection) -> date | None:
    """The first day of which no row may be missing; None where nothing was ever forgotten."""
    value = connection.execute(property_value(WHOLE_SINCE)).scalar_one_or_none()
    return date.fromisoformat(value) if value else None


def past_of(asked: Asked, since: date | None, zone: ZoneInfo) -> Past | None:
    """What of a period is to be looked up in the roll-ups; None for one of which every row is there.

    Raises Invalid for one that begins or ends within a day of which only the day's figures are left, and for figures
    with or without incidents of such days.
    """
    if since is None or asked.start >= (whole := midnight(since, zone)):
        return None
    first, until = asked.start.astimezone(zone).date(), asked.end.astimezone(zone).date()
    past = Past(first, until, whole, zone)
    cuts = [moment for moment, day in ((asked.start, first), (asked.end, until)) if moment != midnight(day, zone)]
    if any(moment < whole for moment in cuts):
        raise past.refusal("period")
    if asked.incidents is not IncidentShare.WITH:
        # What is kept of a day does not tell which of its chats an incident explained.
        raise past.refusal("incidents", reason="period_pruned_incidents")
    return past


def _rows(past: Past, asked: Asked, *figures: Rolled) -> ColumnElement[bool]:
    conditions = [col(Rollup.figure).in_(figures), col(Rollup.day) >= past.first, col(Rollup.day) < past.until]
    for column, value in (
        (col(Rollup.department_id), asked.department_id),
        (col(Rollup.channel), asked.channel),
        (col(Rollup.agent_id), asked.agent_id),
    ):
        if value is not None:
            conditions.append(column == value)
    return and_(*conditions)


def _sum(column: Any, *where: ColumnElement[bool]) -> Any:
    total = func.sum(column).filter(*where) if where else func.sum(column)
    return cast(func.coalesce(total, 0), BigInteger)


async def _summed(
    session: AsyncSession, past: Past | None, asked: Asked, by: By | None, sums: tuple[Any, Any], *figures: Rolled
) -> dict[Key, tuple[int, int]]:
    """Two sums of each group that has any."""
    if past is None:
        return {}
    key = _KEYS[by] if by else null()
    query: Select[*tuple[Any, ...]] = select(key, *sums).where(_rows(past, asked, *figures))
    found = await session.execute(query.group_by(key) if by else query)
    return {key: (first, second) for key, first, second in found if first or second}


def _added(one: Mapping[Key, tuple[int, int]], other: Mapping[Key, tuple[int, int]]) -> dict[Key, tuple[int, int]]:
    return {
        key: (one.get(key, (0, 0))[0] + other.get(key, (0, 0))[0], one.get(key, (0, 0))[1] + other.get(key, (0, 0))[1])
        for key in {**one, **other}
    }


async def offered(session: AsyncSession, past: Past | None, asked: Asked, by: By | None) -> dict[Key, tuple[int, int]]:
    """How many legs began to wait, and how many of these had been abandoned when the period was over."""
    figure, gone = col(Rollup.figure), col(Rollup.figure) == Rolled.ABANDONED
    by_then = and_(gone, col(Rollup.other_day) < past.until) if past else gone
    sums = _sum(col(Rollup.n), figure == Rolled.OFFERED), _sum(col(Rollup.n), by_then)
    kept = await _summed(session, past, asked, by, sums, Rolled.OFFERED, Rolled.ABANDONED)
    return _added(await measures.offered(session, asked, by), kept)


async def chats(session: AsyncSession, past: Past | None, asked: Asked) -> int:
    """How many chats the legs belong to that began to wait: those that had not come earlier in the period."""
    count = await measures.chats(session, asked)
    if past is None:
        return count
    of_department, of_agent = asked.department_id is not None, asked.agent_id is not None
    scope = {
        (False, False): Rolled.CHATS,
        (True, False): Rolled.CHATS_OF_DEPARTMENT,
        (False, True): Rolled.CHATS_OF_AGENT,
        (True, True): Rolled.CHATS_OF_BOTH,
    }[of_department, of_agent]
    new = or_(col(Rollup.other_day).is_(None), col(Rollup.other_day) < past.first)
    query = select(_sum(col(Rollup.n))).where(_rows(past, asked, scope), new)
    return count + (await session.execute(query)).scalar_one()


async def counted(
    session: AsyncSession, past: Past | None, asked: Asked, figure: MetricFigure, by: By | None
) -> dict[Key, Counted]:
    """Number and sum of a duration."""
    found = await measures.counted(session, asked, figure, by)
    sums = _sum(col(Rollup.n)), _sum(col(Rollup.total))
    kept = await _summed(session, past, asked, by, sums, Rolled(figure.value)) if past else {}
    for key, (n, total) in kept.items():
        there = found.get(key, Counted(0, timedelta()))
        found[key] = Counted(there.n + n, there.total + timedelta(milliseconds=total))
    return found


async def ranked(
    session: AsyncSession,
    past: Past | None,
    asked: Asked,
    figure: MetricFigure,
    by: By | None,
    counts: Mapping[Key, int],
) -> dict[Key, list[timedelta]]:
    """Percentiles of a duration by nearest rank; of lengths of two digits as soon as some of them are kept only so."""
    sizes = await _sizes(session, past, asked, figure, by) if past else {}
    if not sizes:
        return await measures.ranked(session, asked, figure, by, counts)
    basis = BASES[figure]
    departments = await measures.department_ids(session)
    here = measures.within(asked, basis.moment, departments), basis.noted
    # Rounded before they are grouped: PostgreSQL does not see that two expressions with parameters are the same.
    row = (
        select(measures.key_of(by).label("key"), rounded_by_database(basis.value).label("size")).where(*here).subquery()
    )
    query = select(row.c.key, row.c.size, func.count()).group_by(row.c.key, row.c.size)
    for group, length, n in await session.execute(query):
        sizes.setdefault(group, Counter())[length] += n
    return {group: [_at_rank(each, percent) for percent in PERCENTS] for group, each in sizes.items()}


async def _sizes(
    session: AsyncSession, past: Past, asked: Asked, figure: MetricFigure, by: By | None
) -> dict[Key, Counter[int]]:
    key = _KEYS[by] if by else null()
    found: dict[Key, Counter[int]] = {}
    query = select(key, col(Rollup.sizes)).where(_rows(past, asked, Rolled(figure.value)))
    for group, sizes in await session.execute(query):
        counts = found.setdefault(group, Counter())
        for size, n in (sizes or {}).items():
            counts[int(size)] += n
    return found


def _at_rank(sizes: Counter[int], percent: int) -> timedelta:
    left = max(1, -(-sizes.total() * percent // 100))
    for size in sorted(sizes):
        left -= sizes[size]
        if left <= 0:
            return timedelta(milliseconds=size)
    raise AssertionError("a rank beyond the last")


async def served(session: AsyncSession, past: Past | None, asked: Asked, by: By | None) -> dict[Key, tuple[int, int]]:
    """How many legs count for the service level, and how many of these were claimed in time."""
    sums = _sum(col(Rollup.n)), _sum(col(Rollup.part))
    kept = await _summed(session, past, asked, by, sums, Rolled.WAIT_TIME, Rolled.KEPT_WAITING)
    return _added(await measures.served(session, asked, by), kept)


async def satisfied(
    session: AsyncSession, past: Past | None, asked: Asked, by: By | None
) -> dict[Key, tuple[int, int]]:
    """How many customers said how it was, and how many of these gave 4 or 5."""
    sums = _sum(col(Rollup.n)), _sum(col(Rollup.part))
    kept = await _summed(session, past, asked, by, sums, Rolled.SATISFACTION)
    return _added(await measures.satisfied(session, asked, by), kept)


async def in_buckets(
    session: AsyncSession, past: Past | None, asked: Asked, figure: MetricFigure, parts: Sequence[Bucket]
) -> dict[datetime, Point]:
    """A figure of each bucket that has any; of days of which rows may be missing, by buckets of whole days."""
    points = await measures.in_buckets(session, asked, figure, parts)
    if past is None:
        return points
    starts = [part.start.astimezone(past.zone).date() for part in parts]
    sums = _sum(col(Rollup.n)), _sum(col(Rollup.total))
    query = select(col(Rollup.day), *sums).where(_rows(past, asked, Rolled(figure.value)))
    for day, n, total in await session.execute(query.group_by(col(Rollup.day))):
        at = parts[bisect_right(starts, day) - 1].at
        there, length = points.get(at, Point(0)), timedelta(milliseconds=total)
        summed = (there.total or timedelta()) + length if figure in BASES else None
        points[at] = Point(there.n + n, summed)
    return points


async def online(session: AsyncSession, past: Past | None, asked: Asked, now: datetime) -> dict[uuid.UUID, Occupied]:
    """The time online of each person, and how much of it was spent with chats: of days, then of what is measured."""
    if past is None:
        return await occupied(session, asked, now)
    rest = replace(asked, start=past.whole_since) if asked.end > past.whole_since else None
    found = await occupied(session, rest, now) if rest else {}
    sums = _sum(col(Rollup.total)), _sum(col(Rollup.part))
    kept = await _summed(session, past, asked, By.AGENT, sums, Rolled.ONLINE)
    for user_id, (time, busy) in kept.items():
        there = found.get(user_id, Occupied(timedelta(), timedelta()))
        milliseconds = timedelta(milliseconds=time), timedelta(milliseconds=busy)
        found[user_id] = Occupied(there.online + milliseconds[0], there.busy + milliseconds[1])
    return found
