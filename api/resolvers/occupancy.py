"""How much of their time online people spend with live chats: noted as each stretch of their ledger ends.

Several chats at once fill the same time only once, and what is handled on a pause fills none. A stretch that has ended
is never measured again; only those that a period cuts, and those still open, are measured by their legs.
"""

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    Subquery,
    and_,
    bindparam,
    cast,
    func,
    or_,
    select,
    type_coerce,
)
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from api.models import Leg, StatusInterval, User
from api.models.enums import Availability
from api.resolvers.legs import elapsed
from api.resolvers.periods import Asked


@dataclass(frozen=True)
class Stretch:
    """A part of somebody's time online."""

    user_id: uuid.UUID
    start: datetime
    end: datetime


Span = tuple[datetime, datetime]
_BEFORE_ALL = datetime.min.replace(tzinfo=UTC)

_HANDLING = select(col(Leg.agent_id), col(Leg.claimed_at), col(Leg.live_until)).where(
    col(Leg.agent_id).in_(bindparam("ids", expanding=True)),
    or_(col(Leg.live_until) > bindparam("start"), col(Leg.live_until).is_(None)),
    and_(col(Leg.claimed_at) < bindparam("end"), col(Leg.claimed_at).is_not(None)),
)


def busy_in(connection: Connection, stretches: Sequence[Stretch]) -> list[timedelta]:
    """How much of each stretch was spent with at least one live chat; a leg still open lasts to the stretch's end."""
    if not stretches:
        return []
    asked = {
        "ids": sorted({stretch.user_id for stretch in stretches}),
        "start": min(stretch.start for stretch in stretches),
        "end": max(stretch.end for stretch in stretches),
    }
    spans: dict[uuid.UUID, list[tuple[datetime, datetime | None]]] = {}
    rows: Any = connection.execute(_HANDLING, asked)
    for agent_id, claimed_at, live_until in rows:
        spans.setdefault(agent_id, []).append((claimed_at, live_until))
    return [_busy(stretch, spans.get(stretch.user_id, [])) for stretch in stretches]


def _busy(stretch: Stretch, spans: Iterable[tuple[datetime, datetime | None]]) -> timedelta:
    within = [(max(start, stretch.start), min(end or stretch.end, stretch.end)) for start, end in spans]
    return covered(within)


def covered(spans: Iterable[Span]) -> timedelta:
    """How much time these spans cover together; what several cover counts once."""
    total, reached = timedelta(), _BEFORE_ALL
    for start, end in sorted(spans):
        total += elapsed(max(start, reached), end)
        reached = max(reached, end)
    return total


@dataclass(frozen=True)
class Occupied:
    """Time online, and how much of it was spent with chats."""

    online: timedelta
    busy: timedelta


async def occupied(session: AsyncSession, asked: Asked, now: datetime) -> dict[uuid.UUID, Occupied]:
    """The time online of each person in a period, up to now; of what a period cuts, the part that lies in it."""
    end = min(asked.end, now)
    if end <= asked.start:
        return {}
    found = await _whole(session, asked, end)
    cut = await _cut(session, asked, end)
    connection = await session.connection()
    for stretch, busy in zip(cut, await connection.run_sync(busy_in, cut), strict=True):
        before = found.get(stretch.user_id, Occupied(timedelta(), timedelta()))
        length = elapsed(stretch.start, stretch.end)
        found[stretch.user_id] = Occupied(before.online + length, before.busy + busy)
    return {user_id: each for user_id, each in found.items() if each.online}


_ONLINE = col(StatusInterval.status) == Availability.ONLINE


async def _people(session: AsyncSession, asked: Asked) -> list[uuid.UUID]:
    if asked.agent_id is not None:
        return [asked.agent_id]
    return list((await session.execute(select(col(User.id)))).scalars())


async def _whole(session: AsyncSession, asked: Asked, end: datetime) -> dict[uuid.UUID, Occupied]:
    """The stretches that lie in the period as a whole, of which everything was noted at their end."""
    lasted, busy = (
        cast(func.sum(type_coerce(column, BigInteger)), BigInteger)
        for column in (col(StatusInterval.lasted), col(StatusInterval.busy))
    )
    query = select(col(StatusInterval.user_id), lasted, busy).where(
        col(StatusInterval.user_id).in_(await _people(session, asked)),
        col(StatusInterval.started_at) >= asked.start,
        col(StatusInterval.started_at) < end,
        col(StatusInterval.ended_at) <= end,
        col(StatusInterval.busy).is_not(None),
        _ONLINE,
    )
    return {
        user_id: Occupied(timedelta(milliseconds=online), timedelta(milliseconds=spent))
        for user_id, online, spent in await session.execute(query.group_by(col(StatusInterval.user_id)))
    }


def _last_before(start: datetime) -> Subquery:
    """Of each person the last stretch that began before: the only one that may last into the period."""
    began = (
        select(func.max(col(StatusInterval.started_at)))
        .where(col(StatusInterval.user_id) == col(User.id), col(StatusInterval.started_at) < start)
        .correlate(User)
        .scalar_subquery()
    )
    return select(col(User.id).label("user_id"), began.label("began")).subquery()


def _is(last: Subquery) -> ColumnElement[bool]:
    return and_(col(StatusInterval.user_id) == last.c.user_id, col(StatusInterval.started_at) == last.c.began)


async def _cut(session: AsyncSession, asked: Asked, end: datetime) -> list[Stretch]:
    """The parts of stretches that the period cuts, that are still open, or of which nothing was noted."""
    people = await _people(session, asked)
    last = _last_before(asked.start)
    lasting = or_(col(StatusInterval.ended_at).is_(None), col(StatusInterval.ended_at) > end)
    inside = and_(
        col(StatusInterval.started_at) >= asked.start,
        col(StatusInterval.started_at) < end,
        or_(lasting, col(StatusInterval.busy).is_(None)),
    )
    into = or_(col(StatusInterval.ended_at).is_(None), col(StatusInterval.ended_at) > asked.start)
    columns = select(col(StatusInterval.user_id), col(StatusInterval.started_at), col(StatusInterval.ended_at))
    here = columns.where(col(StatusInterval.user_id).in_(people), _ONLINE)
    rows = [
        *await session.execute(here.where(inside)),
        *await session.execute(here.join(last, _is(last)).where(into)),
    ]
    return [Stretch(who, max(start, asked.start), min(ended or end, end)) for who, start, ended in rows]
