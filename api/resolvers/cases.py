"""What a figure is made of: each leg or chat behind it, with what it contributed, so that anybody can work it out."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, literal, null, or_, select, type_coerce
from sqlmodel import col

from api.context import Context
from api.models import Chat, Leg
from api.models.base import UtcDateTime
from api.models.enums import ChatKind, MetricFigure, Permission, Scope
from api.resolvers.access import allow
from api.resolvers.durations import BASES
from api.resolvers.measures import came, department_ids, explained, gone_by, kept_waiting, rated, within
from api.resolvers.pages import Order, Page, PageRequest, paginate_rows
from api.resolvers.periods import Asked


@dataclass(frozen=True)
class Case:
    """One leg or, of satisfaction, one chat behind a figure."""

    id: uuid.UUID
    moment: datetime
    """When it came to count."""
    chat_id: uuid.UUID
    leg: Leg | None
    value: timedelta | None
    """What it adds to a duration; of a rate, how long it waited; of occupancy, its part of the period."""
    score: int | None
    met: bool | None
    """Of a rate: whether it is among those that the rate counts, and not only among all."""


@dataclass(frozen=True)
class _Behind:
    """How the cases of a figure are found."""

    moment: Any
    where: ColumnElement[bool]
    value: Any = None
    met: Any = None


@allow(Permission.METRICS_VIEW, Scope.METRICS_READ)
async def list_cases(ctx: Context, asked: Asked, figure: MetricFigure, page: PageRequest) -> Page[Case]:
    """The legs (of satisfaction, the chats) that a figure of a period is made of, in the order of their time.

    Raises Invalid for an odd page.
    """
    async with ctx.db.read() as session:
        query, id, moment = _query(ctx, asked, figure, await department_ids(session))
        order: Order[Any] = Order((moment, id), lambda row: (row.moment, row.id))
        found = await paginate_rows(session, query, order, page)
    rows = [_case(ctx, asked, figure, row) for row in found.rows]
    return Page(rows, order.place, found.has_next, found.has_previous)


@allow(Permission.METRICS_VIEW, Scope.METRICS_READ)
async def count_cases(ctx: Context, asked: Asked, figure: MetricFigure) -> int:
    """How many legs or chats a figure is made of."""
    async with ctx.db.read() as session:
        query, id, _ = _query(ctx, asked, figure, await department_ids(session))
        return (await session.execute(query.with_only_columns(func.count(id)))).scalar_one()


def _query(
    ctx: Context, asked: Asked, figure: MetricFigure, departments: Sequence[uuid.UUID]
) -> tuple[Select[*tuple[Any, ...]], Any, Any]:
    """The rows behind a figure, with the columns of their order."""
    if figure is MetricFigure.SATISFACTION:
        moment, score = type_coerce(col(Chat.rated_at), UtcDateTime), col(Chat.rating_score)
        columns = (
            col(Chat.id).label("id"),
            moment.label("moment"),
            col(Chat.id).label("chat_id"),
            score.label("score"),
        )
        return select(*columns).where(rated(asked, departments)), col(Chat.id), moment
    behind = _behind(ctx, asked, figure, departments)
    query = select(
        col(Leg.id).label("id"),
        behind.moment.label("moment"),
        col(Leg.chat_id).label("chat_id"),
        Leg,
        (null() if behind.value is None else behind.value).label("value"),
        (null() if behind.met is None else behind.met).label("met"),
    )
    return query.where(behind.where), col(Leg.id), behind.moment


def _behind(ctx: Context, asked: Asked, figure: MetricFigure, departments: Sequence[uuid.UUID]) -> _Behind:
    match figure:
        case MetricFigure.OFFERED:
            return _Behind(col(Leg.queued_at), came(asked, departments))
        case MetricFigure.ABANDONMENT:
            gone = gone_by(asked.end)
            return _Behind(col(Leg.queued_at), came(asked, departments), col(Leg.lost_after), gone)
        case MetricFigure.SERVICE_LEVEL:
            claimed = and_(within(asked, col(Leg.claimed_at), departments), col(Leg.waited).is_not(None))
            moment = type_coerce(func.coalesce(col(Leg.claimed_at), col(Leg.left_at)), UtcDateTime)
            value = func.coalesce(col(Leg.waited), col(Leg.lost_after), type_=Leg.waited.type)  # type: ignore[attr-defined, union-attr] - a column
            met = func.coalesce(col(Leg.in_time), literal(value=False))
            return _Behind(moment, or_(claimed, kept_waiting(asked, departments)), value, met)
        case MetricFigure.OCCUPANCY:
            return _attended(ctx, asked, departments)
        case _:
            basis = BASES[figure]
            counts = and_(within(asked, basis.moment, departments), basis.noted)
            return _Behind(basis.moment, counts, basis.value)


def _attended(ctx: Context, asked: Asked, departments: Sequence[uuid.UUID]) -> _Behind:
    """The legs that somebody attended as live chats at some time of the period."""
    end = min(asked.end, ctx.now())
    conditions = [
        col(Leg.department_id).in_([asked.department_id] if asked.department_id else departments),
        col(Leg.claimed_at) < end,
        or_(col(Leg.live_until) > asked.start, col(Leg.live_until).is_(None)),
        col(Leg.kind) == ChatKind.CHAT,
    ]
    if asked.agent_id is not None:
        conditions.append(col(Leg.agent_id) == asked.agent_id)
    if asked.channel is not None:
        conditions.append(col(Leg.channel) == asked.channel)
    conditions += explained(asked, col(Leg.chat_id))
    return _Behind(type_coerce(col(Leg.claimed_at), UtcDateTime), and_(*conditions))


def _case(ctx: Context, asked: Asked, figure: MetricFigure, row: Any) -> Case:
    if figure is MetricFigure.SATISFACTION:
        return Case(row.id, row.moment, row.chat_id, None, None, row.score, row.score >= 4)
    value = row.value
    if figure is MetricFigure.OCCUPANCY:
        until = min(row.Leg.live_until or asked.end, asked.end, ctx.now())
        value = max(timedelta(), until - max(row.moment, asked.start))
    return Case(row.id, row.moment, row.chat_id, row.Leg, value, None, None if row.met is None else bool(row.met))
