"""When a desk is open, and how much of its time lies between two moments. Pure: no database, no clock.

A desk is open in a moment when the clock on its wall then reads within a stretch of that weekday, and the date is no
holiday. Where the zone turns its clocks back, a reading comes twice and counts twice; where it turns them forward, the
readings left out count nothing.
"""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from zoneinfo import ZoneInfo

_DAY, _WEEK = timedelta(days=1), timedelta(weeks=1)
_FIRST_MONDAY = datetime.combine(date(1, 1, 1), time())
HORIZON = timedelta(days=400)
"""How far is looked for the next opening: past a year, so that one day a year is found."""


@dataclass(frozen=True, order=True)
class Stretch:
    """Open on a weekday (0 is Monday) from one minute of the day to another; 1440 is midnight, the end of the day."""

    weekday: int
    opens: int
    closes: int


@dataclass(frozen=True)
class Interval:
    """From a moment up to another, without the latter; both aware, in UTC."""

    start: datetime
    end: datetime


@dataclass(frozen=True)
class _Piece:
    """A span of readings of the wall clock, naive, in which they run as the time does."""

    start: datetime
    end: datetime
    offset: timedelta

    def moment(self, reading: datetime) -> datetime:
        return (reading - self.offset).replace(tzinfo=UTC)


@dataclass(frozen=True)
class Schedule:
    """The hours of a week in a zone, and the days that are off. Without any hours it is always open, holidays too."""

    zone: ZoneInfo
    week: tuple[Stretch, ...] = ()
    holidays: frozenset[date] = field(default_factory=frozenset[date])

    def is_open(self, moment: datetime) -> bool:
        """Whether the desk is open in this moment."""
        reading = moment.astimezone(self.zone)
        if not self.week:
            return True
        minute = reading.hour * 60 + reading.minute
        stretches = self._by_weekday[reading.weekday()]
        return reading.date() not in self.holidays and any(it.opens <= minute < it.closes for it in stretches)

    def next_opening(self, moment: datetime) -> datetime | None:
        """The first moment from this one on in which the desk is open; None when there is none within `HORIZON`."""
        if not self.week:
            return moment.astimezone(UTC)
        return next((interval.start for interval in self.intervals(moment, moment + HORIZON)), None)

    def last_closing(self, moment: datetime) -> datetime | None:
        """When a desk that is closed in this moment closed; None when it was not open within `HORIZON`."""
        last = next(self._backwards(moment - HORIZON, moment), None)
        return last.end if last else None

    def between(self, start: datetime, end: datetime) -> timedelta:
        """How long the desk is open in `[start, end)`, counted by weeks: a month costs what an hour does."""
        if not self.week:
            return max(timedelta(), end - start)
        return sum((self._in_piece(piece) for piece in self._pieces(start, end)), timedelta())

    def between_each(self, spans: Sequence[tuple[datetime, datetime]]) -> list[timedelta]:
        """The same for many spans."""
        return [self.between(start, end) for start, end in spans]

    def back(self, moment: datetime, length: timedelta) -> datetime:
        """The latest moment from which the desk is open for `length` up to this one; `HORIZON` back at the most."""
        if not self.week:
            return moment - length
        for interval in self._backwards(moment - HORIZON, moment):
            if length <= interval.end - interval.start:
                return interval.end - length
            length -= interval.end - interval.start
        return moment - HORIZON

    def intervals(self, start: datetime, end: datetime) -> Iterator[Interval]:
        """When the desk is open within `[start, end)`, in order; stretches that touch stay apart."""
        for piece in self._pieces(start, end):
            for day in _days(piece.start, piece.end):
                yield from self._of_day(piece, day)

    def _backwards(self, start: datetime, end: datetime) -> Iterator[Interval]:
        """The same from the end on, a week at a time: who looks back seldom looks far."""
        while start < end:
            begin = max(start, end - _WEEK)
            yield from reversed(list(self.intervals(begin, end)))
            end = begin

    def _of_day(self, piece: _Piece, day: datetime) -> Iterator[Interval]:
        if day.date() in self.holidays:
            return
        for stretch in self._by_weekday[day.weekday()]:
            opens = max(piece.start, day + timedelta(minutes=stretch.opens))
            closes = min(piece.end, day + timedelta(minutes=stretch.closes))
            if opens < closes:
                yield Interval(piece.moment(opens), piece.moment(closes))

    def _pieces(self, start: datetime, end: datetime) -> Iterator[_Piece]:
        """`[start, end)` as readings of the wall clock, cut where the zone turns its clocks."""
        while start < end:
            until = min(end, start + _WEEK)
            offset = self._offset(start)
            # No zone turns its clocks and turns them back within a week.
            cut = until if self._offset(until) == offset else self._turn(start, until)
            naive = start.astimezone(UTC).replace(tzinfo=None) + offset
            yield _Piece(naive, naive + (cut - start), offset)
            start = cut

    def _offset(self, moment: datetime) -> timedelta:
        return moment.astimezone(self.zone).utcoffset() or timedelta()

    def _turn(self, start: datetime, end: datetime) -> datetime:
        """The moment between two of different offsets at which the clocks turn; it falls on a whole second."""
        before = self._offset(start)
        low, high = start.replace(microsecond=0), end
        while high - low > timedelta(seconds=1):
            middle = low + timedelta(seconds=(high - low) // timedelta(seconds=2))
            low, high = (middle, high) if self._offset(middle) == before else (low, middle)
        return high.replace(microsecond=0)

    def _in_piece(self, piece: _Piece) -> timedelta:
        worked = self._since_epoch(piece.end) - self._since_epoch(piece.start)
        for day in self._days_off[bisect_left(self._days_off, datetime.combine(piece.start, time())) :]:
            if day >= piece.end:
                break
            worked -= self._since_epoch(min(piece.end, day + _DAY)) - self._since_epoch(max(piece.start, day))
        return worked

    def _since_epoch(self, reading: datetime) -> timedelta:
        """Opening time from a Monday long ago up to a reading, as if there were no holidays."""
        weeks, rest = divmod(reading - _FIRST_MONDAY, _WEEK)
        day = _FIRST_MONDAY
        of_week = timedelta()
        for stretch in self.week:
            opens = day + stretch.weekday * _DAY + timedelta(minutes=stretch.opens)
            length = timedelta(minutes=stretch.closes - stretch.opens)
            of_week += min(length, max(timedelta(), _FIRST_MONDAY + rest - opens))
        return weeks * self._of_week + of_week

    @cached_property
    def _of_week(self) -> timedelta:
        return timedelta(minutes=sum(stretch.closes - stretch.opens for stretch in self.week))

    @cached_property
    def _by_weekday(self) -> tuple[tuple[Stretch, ...], ...]:
        return tuple(tuple(sorted(it for it in self.week if it.weekday == day)) for day in range(7))

    @cached_property
    def _days_off(self) -> list[datetime]:
        return sorted(datetime.combine(day, time()) for day in self.holidays)


def _days(start: datetime, end: datetime) -> Iterator[datetime]:
    day = datetime.combine(start, time())
    while day < end:
        yield day
        day += _DAY
