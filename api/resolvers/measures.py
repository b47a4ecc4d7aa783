"""Figures as SQL: each one range of an index in each department, counted and ranked by the database.

What a leg counts for was noted on it when it happened (models/chats.py), so that nothing is joined or computed here.
"""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    ARRAY,
    BigInteger,
    ColumnElement,
    Integer,
    Select,
    and_,
    case,
    cast,
    column,
    func,
    null,
    or_,
    select,
    tuple_,
    type_coerce,
    values,
)
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from api.models import Chat, Department, Incident, IncidentChat, Leg
from api.models.base import UtcDateTime
from api.models.enums import ChatKind, IncidentShare, MetricFigure
from api.resolvers.durations import BASES, Basis
from api.resolvers.periods import Asked, Bucket

ABANDONED_TOO_SOON = timedelta(seconds=10)
"""Who leaves before this was not kept waiting: out of the service level."""

PERCENTS = (50, 90)


class By(StrEnum):
    """What figures are told apart by."""

    DEPARTMENT = "DEPARTMENT"
    CHANNEL = "CHANNEL"
    AGENT = "AGENT"


Key = Any
"""A department's or agent's id, or a channel."""


_KEYS: Mapping[By, Any] = {
    By.DEPARTMENT: col(Leg.department_id),
    By.CHANNEL: col(Leg.channel),
    By.AGENT: col(Leg.agent_id),
}
_RATED: Mapping[By, Any] = {
    By.DEPARTMENT: col(Chat.department_id),
    By.CHANNEL: col(Chat.channel),
    By.AGENT: col(Chat.agent_id),
}


def key_of(by: By | None) -> Any:
    """The column that legs are told apart by; None alone for all of them."""
    return _KEYS[by] if by else null()


@dataclass(frozen=True)
class Counted:
    """How many cases, and what they come to together."""

    n: int
    total: timedelta


async def department_ids(session: AsyncSession) -> list[uuid.UUID]:
    """All departments in their order: every index of legs begins with one."""
    query = select(col(Department.id)).order_by(col(Department.position), col(Department.slug))
    return list((await session.execute(query)).scalars())


def within(asked: Asked, moment: Any, departments: Sequence[uuid.UUID]) -> ColumnElement[bool]:
    """The legs of which a moment lies in the period, of what is asked alone."""
    return and_(_alone(asked, departments), moment >= asked.start, moment < asked.end)


def _alone(asked: Asked, departments: Sequence[uuid.UUID]) -> ColumnElement[bool]:
    """The legs of what is asked alone, whenever."""
    conditions: list[ColumnElement[bool]] = [
        col(Leg.department_id).in_([asked.department_id] if asked.department_id else departments)
    ]
    if asked.channel is not None:
        conditions.append(col(Leg.channel) == asked.channel)
    if asked.agent_id is not None:
        conditions.append(col(Leg.agent_id) == asked.agent_id)
    return and_(*conditions, *explained(asked, col(Leg.chat_id)))


def explained(asked: Asked, chat_id: Any) -> list[ColumnElement[bool]]:
    """What figures without incidents, or of these only, ask of a chat: that one was linked, and not dismissed since.

    A chat whose customer said that they are still offline counts too: it came because of the incident.
    """
    if asked.incidents is IncidentShare.WITH:
        return []
    of_incident = col(Incident.id) == col(IncidentChat.incident_id)
    links = select(col(IncidentChat.chat_id)).join(Incident, of_incident)
    linked = links.where(col(IncidentChat.chat_id) == chat_id, col(Incident.dismissed).is_(None)).exists()
    return [linked if asked.incidents is IncidentShare.ONLY else ~linked]


def came(asked: Asked, departments: Sequence[uuid.UUID]) -> ColumnElement[bool]:
    """The legs that began to wait as live chats in the period."""
    return and_(within(asked, col(Leg.queued_at), departments), col(Leg.kind) == ChatKind.CHAT)


def kept_waiting(asked: Asked, departments: Sequence[uuid.UUID]) -> ColumnElement[bool]:
    """The legs that were abandoned in the period, and not at once."""
    return and_(within(asked, col(Leg.left_at), departments), col(Leg.lost_after) > ABANDONED_TOO_SOON)


def gone_by(end: datetime) -> ColumnElement[bool]:
    """Those that had been abandoned when the period was over."""
    return and_(col(Leg.lost_after).is_not(None), col(Leg.left_at) < end)


def rated(asked: Asked, departments: Sequence[uuid.UUID]) -> ColumnElement[bool]:
    """The live chats whose customer said in the period how it was."""
    ids = [asked.department_id] if asked.department_id else departments
    conditions = [
        col(Chat.department_id).in_(ids),
        col(Chat.rated_at).is_not(None),
        col(Chat.rated_at) >= asked.start,
        col(Chat.rated_at) < asked.end,
        col(Chat.kind) == ChatKind.CHAT,
    ]
    if asked.channel is not None:
        conditions.append(col(Chat.channel) == asked.channel)
    if asked.agent_id is not None:
        conditions.append(col(Chat.agent_id) == asked.agent_id)
    return and_(*conditions, *explained(asked, col(Chat.id)))


def _grouped(key: Any, by: By | None, *counts: Any) -> Select[*tuple[Any, ...]]:
    """A count of all, under the key None, or of each group."""
    return select(key[by], *counts).group_by(key[by]) if by else select(null(), *counts)


async def _rows(session: AsyncSession, query: Select[*tuple[Any, ...]]) -> Any:
    return await session.execute(query)


async def offered(session: AsyncSession, asked: Asked, by: By | None) -> dict[Key, tuple[int, int]]:
    """How many legs began to wait, and how many of these had been abandoned when the period was over."""
    counts = func.count(), func.count().filter(gone_by(asked.end))
    query = _grouped(_KEYS, by, *counts).where(came(asked, await department_ids(session)))
    return {key: (n, gone) for key, n, gone in await _rows(session, query) if n}


async def chats(session: AsyncSession, asked: Asked) -> int:
    """How many chats the legs belong to that began to wait in the period."""
    departments = await department_ids(session)
    if asked.department_id is None and asked.agent_id is None:
        # Most legs are the first of their chat: only the others have to be told apart, where the first is not here.
        elsewhere = or_(col(Leg.came_at) < asked.start, col(Leg.came_at) >= asked.end)
        alone = case((and_(col(Leg.is_first).is_(False), elsewhere), col(Leg.chat_id)))
        count = func.count().filter(col(Leg.is_first)) + func.count(alone.distinct())
    else:
        count = func.count(col(Leg.chat_id).distinct())
    return (await session.execute(select(count).where(came(asked, departments)))).scalar_one()


async def counted(session: AsyncSession, asked: Asked, figure: MetricFigure, by: By | None) -> dict[Key, Counted]:
    """Number and sum of a duration."""
    basis = BASES[figure]
    total = cast(func.sum(type_coerce(basis.value, BigInteger)), BigInteger)
    query = _grouped(_KEYS, by, func.count(basis.value), total)
    query = query.where(within(asked, basis.moment, await department_ids(session)), basis.noted)
    return {key: Counted(n, timedelta(milliseconds=total)) for key, n, total in await _rows(session, query) if n}


async def ranked(
    session: AsyncSession, asked: Asked, figure: MetricFigure, by: By | None, counts: Mapping[Key, int]
) -> dict[Key, list[timedelta]]:
    """Percentiles of a duration by nearest rank: the least value that enough of the n cases do not exceed."""
    if not counts:
        return {}
    basis: Basis = BASES[figure]
    key: Any = _KEYS[by] if by else None
    place = func.row_number().over(partition_by=key, order_by=basis.value).label("place")
    cases = select(basis.value.label("value"), place, *([key.label("key")] if by else []))
    cases = cases.where(within(asked, basis.moment, await department_ids(session)), basis.noted)
    row = cases.subquery()
    wanted = {group: [max(1, -(-n * percent // 100)) for percent in PERCENTS] for group, n in counts.items()}
    if not by:
        found = await session.execute(select(row.c.place, row.c.value).where(row.c.place.in_(wanted[None])))
        at = {(None, place): value for place, value in found}
    else:
        places = tuple_(row.c.key, row.c.place).in_([(group, n) for group, ns in wanted.items() for n in ns])
        found = await session.execute(select(row.c.key, row.c.place, row.c.value).where(places))
        at = {(group, place): value for group, place, value in found}
    # A leg that ended between the two statements may have moved a rank by one, never taken it away.
    return {group: [at[group, n] for n in ns] for group, ns in wanted.items() if all((group, n) in at for n in ns)}


async def served(session: AsyncSession, asked: Asked, by: By | None) -> dict[Key, tuple[int, int]]:
    """How many legs count for the service level, and how many of these were claimed in time."""
    departments = await department_ids(session)
    counts = func.count(col(Leg.waited)), func.count().filter(col(Leg.in_time).is_(True))
    claimed = _grouped(_KEYS, by, *counts).where(within(asked, col(Leg.claimed_at), departments))
    lost = _grouped(_KEYS, by, func.count()).where(kept_waiting(asked, departments))
    found = {key: (n, in_time) for key, n, in_time in await _rows(session, claimed) if n}
    for key, n in await _rows(session, lost):
        claims, in_time = found.get(key, (0, 0))
        if n:
            found[key] = (claims + n, in_time)
    return found


async def satisfied(session: AsyncSession, asked: Asked, by: By | None) -> dict[Key, tuple[int, int]]:
    """How many customers said how it was, and how many of these gave 4 or 5."""
    counts = func.count(), func.count().filter(col(Chat.rating_score) >= 4)
    query = _grouped(_RATED, by, *counts).where(rated(asked, await department_ids(session)))
    return {key: (n, positive) for key, n, positive in await _rows(session, query) if n}


@dataclass(frozen=True)
class Point:
    """What one bucket holds."""

    n: int
    total: timedelta | None = None

    @property
    def mean(self) -> timedelta | None:
        """The mean of a duration."""
        return self.total / self.n if self.total is not None and self.n else None


async def in_buckets(
    session: AsyncSession, asked: Asked, figure: MetricFigure, parts: Sequence[Bucket]
) -> dict[datetime, Point]:
    """A figure of each bucket that has any, by what it is called: how many, and what a duration comes to."""
    basis = BASES.get(figure) or Basis(col(Leg.queued_at), col(Leg.handled))
    only = col(Leg.kind) == ChatKind.CHAT if figure not in BASES else basis.noted
    total = func.sum(type_coerce(basis.value, BigInteger)) if figure in BASES else None
    query: Any = select(func.count(), *([] if total is None else [cast(total, BigInteger)]))
    query = query.where(_alone(asked, await department_ids(session)), only)
    points: dict[datetime, Point] = {}
    for first in range(0, len(parts), _AT_ONCE):
        some = parts[first : first + _AT_ONCE]
        for number, n, *summed in await _rows(session, _told_apart(session, query, basis.moment, some)):
            points[some[number].at] = Point(n, timedelta(milliseconds=summed[0]) if summed else None)
    return points


def _told_apart(
    session: AsyncSession, query: Select[Any], moment: Any, parts: Sequence[Bucket]
) -> Select[*tuple[Any, ...]]:
    """What a query counts, of each of some buckets that follow one another, with the bucket's number first."""
    if session.get_bind().dialect.name == "postgresql":
        # It would guess how many rows each join yields, and guess wrong: here it goes once through the period.
        begins = cast([part.start for part in parts], ARRAY(UtcDateTime()))
        number = func.width_bucket(moment, begins) - 1
        counted = query.where(moment >= parts[0].start, moment < parts[-1].end)
    else:
        named = [column("number", Integer), column("since", UtcDateTime), column("until", UtcDateTime)]
        part = values(*named, name="part").data([(n, each.start, each.end) for n, each in enumerate(parts)]).cte()
        number = part.c.number
        # No other bounds: SQLite would look for each bucket in the whole period.
        counted = query.join_from(part, Leg, and_(moment >= part.c.since, moment < part.c.until))
    return counted.with_only_columns(number, *query.selected_columns).group_by(number)


_AT_ONCE = 1000
