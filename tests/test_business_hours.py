"""Business hours against the reading of a clock, minute by minute; and the holidays of Brazil against almanacs."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from api.business_hours import HORIZON, Schedule, Stretch
from api.national_holidays import easter, national_holidays

SAO_PAULO = ZoneInfo("America/Sao_Paulo")
MINUTE = timedelta(minutes=1)
OFFICE = tuple(Stretch(day, 8 * 60, 18 * 60) for day in range(5))


def at(text: str, zone: ZoneInfo = SAO_PAULO) -> datetime:
    """The first moment in which the clocks of a zone read this."""
    return datetime.fromisoformat(text).replace(tzinfo=zone).astimezone(UTC)


unhurried = settings(deadline=None, max_examples=60)
"""A minute by minute reading of eight days takes its time."""


@st.composite
def schedules(draw: st.DrawFn) -> Schedule:
    """Any week of stretches that do not cross, whole minutes; with holidays in the weeks that are looked at."""
    zone = ZoneInfo(draw(st.sampled_from(["America/Sao_Paulo", "Europe/London", "Australia/Lord_Howe", "UTC"])))
    week: list[Stretch] = []
    for weekday in range(7):
        edges = sorted(draw(st.sets(st.integers(0, 48), max_size=4)))
        pairs = zip(edges[::2], edges[1::2], strict=False)
        week += [Stretch(weekday, opens * 30, closes * 30) for opens, closes in pairs]
    days = st.dates(date(2018, 10, 25), date(2018, 11, 12)) | st.dates(date(2019, 2, 10), date(2019, 2, 25))
    return Schedule(zone, tuple(week), frozenset(draw(st.sets(days, max_size=4))))


moments = st.one_of(
    # Around the last times that São Paulo turned its clocks (4 November 2018, 17 February 2019), and London's.
    st.integers(0, 12 * 24 * 60).map(lambda minutes: datetime(2018, 10, 25, tzinfo=UTC) + minutes * MINUTE),
    st.integers(0, 12 * 24 * 60).map(lambda minutes: datetime(2019, 2, 10, tzinfo=UTC) + minutes * MINUTE),
)
spans = st.integers(0, 4 * 24 * 60).map(lambda minutes: minutes * MINUTE)


def reads_open(schedule: Schedule, moment: datetime) -> bool:
    """The definition, as a person with a clock and a calendar would apply it."""
    wall = moment.astimezone(schedule.zone)
    if not schedule.week:
        return True
    if wall.date() in schedule.holidays:
        return False
    minute = wall.hour * 60 + wall.minute
    return any(it.weekday == wall.weekday() and it.opens <= minute < it.closes for it in schedule.week)


def minutes_of(schedule: Schedule, start: datetime, end: datetime) -> list[bool]:
    return [reads_open(schedule, start + number * MINUTE) for number in range((end - start) // MINUTE)]


@unhurried
@given(schedules(), moments)
def test_open_is_what_the_clock_on_the_wall_says(schedule: Schedule, moment: datetime) -> None:
    assert schedule.is_open(moment) == reads_open(schedule, moment)


@unhurried
@given(schedules(), moments, spans)
def test_the_time_between_is_the_minutes_in_which_it_is_open(
    schedule: Schedule, start: datetime, span: timedelta
) -> None:
    assert schedule.between(start, start + span) == sum(minutes_of(schedule, start, start + span)) * MINUTE


@unhurried
@given(schedules(), moments, spans, st.integers(0, 59), st.integers(0, 59))
def test_times_add_up_wherever_a_span_is_cut(
    schedule: Schedule, start: datetime, span: timedelta, early: int, late: int
) -> None:
    start, end = start + timedelta(seconds=early), start + span + timedelta(seconds=60 + late, microseconds=7)
    middle = start + (end - start) / 3
    assert schedule.between(start, middle) + schedule.between(middle, end) == schedule.between(start, end)
    if schedule.week:
        pieces = [it.end - it.start for it in schedule.intervals(start, end)]
        assert sum(pieces, timedelta()) == schedule.between(start, end)


@unhurried
@given(schedules(), moments)
def test_the_next_opening_is_the_first_open_minute(schedule: Schedule, moment: datetime) -> None:
    ahead = minutes_of(schedule, moment, moment + timedelta(days=8))
    found = schedule.next_opening(moment)
    if True in ahead:
        assert found == moment + ahead.index(True) * MINUTE
    else:
        assert found is None or (found >= moment + timedelta(days=8) and reads_open(schedule, found))


@unhurried
@given(schedules(), moments)
def test_the_last_closing_is_where_the_last_open_minute_ended(schedule: Schedule, moment: datetime) -> None:
    behind = minutes_of(schedule, moment - timedelta(days=8), moment)
    if not schedule.week or True not in behind:
        return
    assert schedule.last_closing(moment) == moment - behind[::-1].index(True) * MINUTE


@unhurried
@given(schedules(), moments, st.integers(1, 600))
def test_going_back_a_length_of_business_time_finds_where_it_begins(
    schedule: Schedule, moment: datetime, minutes: int
) -> None:
    found = schedule.back(moment, minutes * MINUTE)
    if found > moment - HORIZON:
        assert schedule.between(found, moment) == minutes * MINUTE
        assert schedule.between(found + MINUTE, moment) == (minutes - 1) * MINUTE


def test_without_hours_a_desk_is_always_open_and_knows_no_holidays() -> None:
    always = Schedule(SAO_PAULO, holidays=frozenset({date(2026, 12, 25)}))
    christmas = at("2026-12-25T10:00")
    assert always.is_open(christmas)
    assert always.next_opening(christmas) == christmas
    assert always.between(christmas, christmas + timedelta(hours=30)) == timedelta(hours=30)
    assert always.between(christmas, christmas - MINUTE) == timedelta()
    assert always.back(christmas, MINUTE) == christmas - MINUTE


def test_a_stretch_is_half_open_and_may_last_until_midnight() -> None:
    late = Schedule(SAO_PAULO, (Stretch(0, 18 * 60, 24 * 60), Stretch(1, 0, 2 * 60)))
    assert [late.is_open(at(f"2026-03-{text}")) for text in ("02T17:59:59", "02T18:00", "02T23:59:59")] == [
        False,
        True,
        True,
    ]
    assert [late.is_open(at(f"2026-03-03T{text}")) for text in ("00:00", "01:59:59", "02:00")] == [True, True, False]
    assert late.between(at("2026-03-02T00:00"), at("2026-03-04T00:00")) == timedelta(hours=8)
    assert late.last_closing(at("2026-03-03T12:00")) == at("2026-03-03T02:00")


def test_a_night_a_weekend_and_a_holiday_count_nothing() -> None:
    office = Schedule(SAO_PAULO, OFFICE, frozenset({date(2026, 4, 21)}))
    assert office.between(at("2026-04-17T17:00"), at("2026-04-20T09:00")) == timedelta(hours=2)
    assert office.between(at("2026-04-20T17:00"), at("2026-04-22T09:00")) == timedelta(hours=2)
    assert office.next_opening(at("2026-04-20T18:00")) == at("2026-04-22T08:00")
    spans = [(at("2026-04-20T17:00"), at("2026-04-20T17:30")), (at("2026-04-21T08:00"), at("2026-04-21T18:00"))]
    assert office.between_each(spans) == [timedelta(minutes=30), timedelta()]


def test_the_hour_that_sao_paulo_lived_twice_counts_twice() -> None:
    # On 17 February 2019, at midnight, it became 23:00 of Saturday again.
    nights = Schedule(SAO_PAULO, (Stretch(5, 23 * 60, 24 * 60),))
    saturday = at("2019-02-16T12:00")
    assert nights.between(saturday, saturday + timedelta(days=1)) == timedelta(hours=2)
    # On 4 November 2018 midnight never came: it was 01:00 at once.
    early = Schedule(SAO_PAULO, (Stretch(6, 0, 2 * 60),))
    eve = at("2018-11-03T12:00")
    assert early.between(eve, eve + timedelta(days=1)) == timedelta(hours=1)


def test_a_desk_that_never_opens_again_has_no_next_opening() -> None:
    day = date(2026, 3, 2)
    off = frozenset(day + timedelta(days=7 * week) for week in range(70))
    mondays = Schedule(SAO_PAULO, (Stretch(0, 480, 720),), off)
    assert mondays.next_opening(at("2026-03-02T10:00")) is None
    assert mondays.last_closing(at("2027-05-01T10:00")) is None
    assert mondays.back(at("2027-05-01T10:00"), MINUTE) == at("2027-05-01T10:00") - HORIZON


@pytest.mark.parametrize(
    ("year", "month", "day"),
    [
        (1961, 4, 2),
        (2000, 4, 23),
        (2008, 3, 23),
        (2019, 4, 21),
        (2024, 3, 31),
        (2025, 4, 20),
        (2026, 4, 5),
        (2038, 4, 25),
    ],
)
def test_easter_is_when_the_almanac_says(year: int, month: int, day: int) -> None:
    assert easter(year) == date(year, month, day)


def test_the_national_holidays_of_2026() -> None:
    found = [(holiday.day.strftime("%d/%m"), holiday.optional) for holiday in national_holidays(2026)]
    kept = ["01/01", "03/04", "21/04", "01/05", "07/09", "12/10", "02/11", "15/11", "20/11", "25/12"]
    assert [day for day, optional in found if not optional] == kept
    assert [day for day, optional in found if optional] == ["16/02", "17/02", "04/06"]


def test_the_day_of_zumbi_is_a_national_holiday_since_2024() -> None:
    assert [any(it.day == date(year, 11, 20) for it in national_holidays(year)) for year in (2023, 2024)] == [
        False,
        True,
    ]


def test_a_day_off_is_offered_once_also_where_two_holidays_fall_on_it() -> None:
    for year in range(2000, 2200):
        days = [holiday.day for holiday in national_holidays(year)]
        assert days == sorted(set(days))
    # Easter of 2079 is 23 April.
    assert [it.name for it in national_holidays(2079) if it.day == date(2079, 4, 21)] == ["Tiradentes"]
