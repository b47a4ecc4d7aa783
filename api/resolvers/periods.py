"""Periods of figures: how long they may be, what came before them, and how they are cut into points."""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from api.errors import Invalid
from api.models.enums import Channel, IncidentShare

LONGEST = timedelta(days=400)
"""A year and what it is compared with at its edges; more is asked for in parts."""
MOST_POINTS = 1000
DAY = timedelta(days=1)
_EARLIEST, _LATEST = 1900, 9000
"""Years: what is worked out from a period, in whatever zone, has to stay within the calendar."""
_SHORTEST_STEP = timedelta(minutes=1)


@dataclass(frozen=True)
class Asked:
    """Of when figures are asked, `[start, end)`, and of what alone. Raises Invalid for an odd period."""

    start: datetime
    end: datetime
    department_id: uuid.UUID | None = None
    channel: Channel | None = None
    agent_id: uuid.UUID | None = None
    incidents: IncidentShare = IncidentShare.WITH

    def __post_init__(self) -> None:
        if self.start >= self.end or self.start.year < _EARLIEST or self.end.year > _LATEST:
            raise Invalid("bad_period", field=("period",))
        if self.end - self.start > LONGEST:
            raise Invalid("period_too_long", field=("period",), days=LONGEST.days)


@dataclass(frozen=True)
class Bucket:
    """A part of a period: what is asked of it, and what it is called by."""

    at: datetime
    start: datetime
    end: datetime


def period_before(asked: Asked, zone: ZoneInfo) -> Asked:
    """The period of equal length that ends where this one begins; whole days are compared with as many whole days."""
    first, last = asked.start.astimezone(zone).date(), asked.end.astimezone(zone).date()
    if (midnight(first, zone), midnight(last, zone)) == (asked.start, asked.end):
        return replace(asked, start=midnight(first - (last - first), zone), end=asked.start)
    return replace(asked, start=asked.start - (asked.end - asked.start), end=asked.start)


def buckets(asked: Asked, step: timedelta, zone: ZoneInfo) -> list[Bucket]:
    """The period in steps of the zone's own clock: each day begins anew, also one of 23 or 25 hours.

    Raises Invalid for a step that is neither up to a day nor whole days, and for more than 1000 of them.
    """
    if step < _SHORTEST_STEP or (step > DAY and step % DAY):
        raise Invalid("bad_step", field=("step",))
    if (asked.end - asked.start) / step > MOST_POINTS:
        raise Invalid("too_many_points", field=("step",), limit=MOST_POINTS)
    return list(cut(asked, step, zone))


def cut(asked: Asked, step: timedelta, zone: ZoneInfo) -> Iterator[Bucket]:
    """The same, however many there are."""
    day = asked.start.astimezone(zone).date()
    days = max(1, step // DAY)
    while (begin := midnight(day, zone)) < asked.end:
        day += timedelta(days=days)
        until = midnight(day, zone)
        while begin < min(until, asked.end):
            end = min(begin + step, until) if step < DAY else until
            if end > asked.start:
                yield Bucket(begin, max(begin, asked.start), min(end, asked.end))
            begin = end


def midnight(day: date, zone: ZoneInfo) -> datetime:
    """When a day begins; where clocks skip that hour, when it is over."""
    return datetime.combine(day, time(), tzinfo=zone).astimezone(UTC)
