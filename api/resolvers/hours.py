"""When departments are open: told to who asks, held against who comes, and counted in what a leg took."""

import uuid
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Row, Select, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from api.business_hours import HORIZON, Schedule, Stretch
from api.context import Context
from api.db import Transaction
from api.errors import DepartmentClosed
from api.models import Chat, Department, Holiday, Leg
from api.models.enums import ChatKind, ChatStatus, WhenClosed
from api.moments import in_words
from api.resolvers.access import Who, allow
from api.resolvers.checks import Checks
from api.resolvers.lines import announce
from api.texts import Locale

MOST_STRETCHES = 42
"""Six a day: enough for any desk, and few enough to count by."""
_DAY = timedelta(days=1)
_MIDNIGHT = 24 * 60


@dataclass(frozen=True)
class OpeningState:
    """Whether a department is open, and otherwise when it opens next, if that is known."""

    open: bool
    opens_at: datetime | None = None
    in_words: str | None = None
    """When it opens next, in the reader's language."""


@allow(Who.ANYONE)
async def opening_states(ctx: Context, department_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, OpeningState]:
    """Which of these departments are open now, and when the others open next."""
    query = select(col(Department.id), col(Department.hours)).where(col(Department.id).in_(department_ids))
    async with ctx.db.read() as session:
        hours = {key: week for key, week in await session.execute(query)}
        schedules = await read_schedules(ctx, session, hours, ctx.now(), ctx.now() + HORIZON)
    return {key: _state(schedule, ctx.now(), ctx.locale) for key, schedule in schedules.items()}


async def read_schedules(
    ctx: Context,
    session: AsyncSession,
    hours: Mapping[uuid.UUID, tuple[Stretch, ...]],
    since: datetime,
    until: datetime,
) -> dict[uuid.UUID, Schedule]:
    """The schedules of departments with these hours, knowing the holidays of a period."""
    # Most desks are always open, with nothing to look up.
    held = [key for key, week in hours.items() if week]
    days = (await session.execute(_holidays(held, since, until))).all() if held else []
    return _schedules(ctx.settings.zone, hours, days)


def schedules_at_once(
    connection: Connection,
    zone: ZoneInfo,
    hours: Mapping[uuid.UUID, tuple[Stretch, ...]],
    since: datetime,
    until: datetime,
) -> dict[uuid.UUID, Schedule]:
    """The same, where nothing is awaited."""
    held = [key for key, week in hours.items() if week]
    days = connection.execute(_holidays(held, since, until)).all() if held else []
    return _schedules(zone, hours, days)


def _holidays(department_ids: Collection[uuid.UUID], since: datetime, until: datetime) -> Select[Any, Any]:
    return select(col(Holiday.department_id), col(Holiday.day)).where(
        or_(col(Holiday.department_id).is_(None), col(Holiday.department_id).in_(department_ids)),
        # A day more on both sides: dates are the zone's, the moments are in UTC.
        col(Holiday.day).between(since.date() - _DAY, until.date() + _DAY),
    )


def _schedules(
    zone: ZoneInfo, hours: Mapping[uuid.UUID, tuple[Stretch, ...]], days: Iterable[Row[Any, Any]]
) -> dict[uuid.UUID, Schedule]:
    return {
        key: Schedule(zone, week, frozenset(day for whose, day in days if whose in (None, key)))
        for key, week in hours.items()
    }


async def schedule_of(ctx: Context, session: AsyncSession, department: Department) -> Schedule:
    """A department's schedule, for looking from now in both directions."""
    now = ctx.now()
    found = await read_schedules(ctx, session, {department.id: department.hours}, now - HORIZON, now + HORIZON)
    return found[department.id]


async def require_admission(
    ctx: Context, tx: Transaction, department: Department, *, field: tuple[str, ...] = ()
) -> None:
    """Who comes now may join the queue. Raises DepartmentClosed where they are offered to leave a ticket instead."""
    if department.when_closed is not WhenClosed.TICKET:
        return
    state = _state(await schedule_of(ctx, tx.session, department), tx.now, ctx.locale)
    if state.in_words:
        raise DepartmentClosed("department_closed", field=field, opens=state.in_words)
    if not state.open:
        raise DepartmentClosed("closed_for_long", field=field)


async def tell_if_closed(ctx: Context, tx: Transaction, chat: Chat) -> bool:
    """Tell who waits, once each time the department closes, that nobody may come before it opens again.

    The transaction holds the chat's row.
    """
    department = await tx.session.get_one(Department, chat.department_id)
    if not department.hours or chat.status is not ChatStatus.WAITING or chat.kind is not ChatKind.CHAT:
        return False
    schedule = await schedule_of(ctx, tx.session, department)
    closed = None if schedule.is_open(tx.now) else schedule.last_closing(tx.now) or tx.now - HORIZON
    if closed is None or (chat.told_closed_at is not None and chat.told_closed_at >= closed):
        return False
    chat.told_closed_at = tx.now
    tx.session.add(chat)
    state = _state(schedule, tx.now, ctx.settings.locale)
    greeting = f"{department.out_of_hours_message}\n" if department.out_of_hours_message else ""
    line = "event_out_of_hours" if state.in_words else "event_out_of_hours_for_long"
    await announce(ctx, tx, chat, line, greeting=greeting, opens=state.in_words)
    return True


async def note_business_time(ctx: Context, tx: Transaction, leg: Leg) -> Schedule:
    """Note on a leg what its wait, or its handling, took of the hours in force, as that ends at this moment.

    Kept with the leg: history is not written anew when hours change. Answers
    with these hours, for looking back to when the chat came.
    """
    hours = select(col(Department.hours)).where(col(Department.id) == leg.department_id)
    found = {leg.department_id: (await tx.session.execute(hours)).scalar_one()}
    came = min(leg.came_at, leg.queued_at)
    schedule = (await read_schedules(ctx, tx.session, found, came, tx.now))[leg.department_id]
    took = schedule.between(leg.claimed_at or leg.queued_at, tx.now)
    if leg.claimed_at:
        leg.business_handle = took
    else:
        leg.business_wait = took
    return schedule


def check_hours(checks: Checks, hours: tuple[Stretch, ...]) -> tuple[Stretch, ...]:
    """The hours of a week in their order: within their day, each forwards, none across another."""
    if len(hours) > MOST_STRETCHES:
        checks.fault("hours", "too_many_hours", limit=MOST_STRETCHES)
    ordered = tuple(sorted(hours))
    for stretch in ordered:
        if not 0 <= stretch.opens < stretch.closes <= _MIDNIGHT:
            checks.fault(
                "hours", "hours_backwards", opens=write_minute(stretch.opens), closes=write_minute(stretch.closes)
            )
    for one, other in pairwise(ordered):
        if one.weekday == other.weekday and other.opens < one.closes:
            checks.fault("hours", "hours_crossed", closes=write_minute(one.closes), opens=write_minute(other.opens))
    return ordered


def write_minute(minute: int) -> str:
    """A minute of the day as clocks show it, such as 08:00; the end of the day is 24:00."""
    return f"{minute // 60:02d}:{minute % 60:02d}"


def _state(schedule: Schedule, now: datetime, locale: Locale) -> OpeningState:
    if schedule.is_open(now):
        return OpeningState(open=True)
    opens_at = schedule.next_opening(now)
    if opens_at is None:
        return OpeningState(open=False)
    words = in_words(opens_at.astimezone(schedule.zone), now.astimezone(schedule.zone), locale)
    return OpeningState(open=False, opens_at=opens_at, in_words=words)
