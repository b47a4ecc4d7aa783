"""Days off: written down, changed, taken back, and Brazil's offered."""

from datetime import date
from uuid import uuid4

import pytest

from api.errors import Conflict, Invalid, NotFound
from api.resolvers.holidays import (
    HolidayDetails,
    add_national_holidays,
    create_holiday,
    delete_holiday,
    list_holidays,
    update_holiday,
)
from tests.people import Desk

BIRTHDAY = HolidayDetails(date(2027, 1, 25), "Aniversário da cidade")


async def test_a_holiday_is_written_down_changed_and_taken_back(desk: Desk) -> None:
    boss = await desk.admin()
    tecnico = await desk.department("tecnico")
    created = await create_holiday(boss, HolidayDetails(BIRTHDAY.day, "  Aniversário   da cidade "))
    assert [(it.day, it.name, it.department_id) for it in await list_holidays(boss, year=2027)] == [
        (BIRTHDAY.day, "Aniversário da cidade", None)
    ]
    await update_holiday(boss, created.id, HolidayDetails(date(2027, 1, 26), "Ponte", tecnico.id))
    assert [(it.day, it.name, it.department_id) for it in await list_holidays(boss, year=2027)] == [
        (date(2027, 1, 26), "Ponte", tecnico.id)
    ]
    await delete_holiday(boss, created.id)
    assert await list_holidays(boss, year=2027) == []
    acts = [str(entry) for entry in (await desk.db_contents())["audit"] if f"holiday:{created.id}" in str(entry)]
    assert [any(act in entry for act in ("create_holiday", "update_holiday", "delete_holiday")) for entry in acts] == [
        True,
        True,
        True,
    ]


async def test_a_day_is_off_once_for_all_and_once_for_each_department(desk: Desk) -> None:
    boss = await desk.admin()
    tecnico = (await desk.department("tecnico")).id
    await create_holiday(boss, BIRTHDAY)
    await create_holiday(boss, HolidayDetails(BIRTHDAY.day, "Também", tecnico))
    other = await create_holiday(boss, HolidayDetails(date(2027, 2, 1), "Outro"))
    for details in (BIRTHDAY, HolidayDetails(BIRTHDAY.day, "De novo", tecnico)):
        async with desk.refused(Conflict, "holiday_taken", field=("input", "day")):
            await create_holiday(boss, details)
    async with desk.refused(Conflict, "holiday_taken", field=("input", "day")):
        await update_holiday(boss, other.id, BIRTHDAY)


@pytest.mark.parametrize(
    ("details", "reason", "field"),
    [
        (HolidayDetails(date(1999, 12, 31), "X"), "bad_number", "day"),
        (HolidayDetails(date(2101, 1, 1), "X"), "bad_number", "day"),
        (HolidayDetails(date(2027, 1, 1), " "), "required", "name"),
        (HolidayDetails(date(2027, 1, 1), "x" * 81), "too_long", "name"),
    ],
)
async def test_what_cannot_be_a_holiday_is_refused(
    desk: Desk, details: HolidayDetails, reason: str, field: str
) -> None:
    boss = await desk.admin()
    async with desk.refused(Invalid, reason, field=("input", field)):
        await create_holiday(boss, details)


async def test_what_is_not_there_is_not_found(desk: Desk) -> None:
    boss = await desk.admin()
    async with desk.refused(NotFound, "holiday_not_found"):
        await update_holiday(boss, uuid4(), BIRTHDAY)
    async with desk.refused(NotFound, "holiday_not_found"):
        await delete_holiday(boss, uuid4())
    async with desk.refused(NotFound, "department_not_found", field=("input", "departmentId")):
        await create_holiday(boss, HolidayDetails(BIRTHDAY.day, "X", uuid4()))
    async with desk.refused(Invalid, "bad_number", field=("year",)):
        await list_holidays(boss, year=1)


async def test_the_national_holidays_are_added_once_and_the_optional_ones_when_asked_for(desk: Desk) -> None:
    boss = await desk.admin()
    await create_holiday(boss, HolidayDetails(date(2026, 12, 25), "Natal da casa"))
    assert len(await add_national_holidays(boss, year=2026)) == 9
    async with desk.nothing_changes():
        assert await add_national_holidays(boss, year=2026) == []
    added = await add_national_holidays(boss, year=2026, optional=True)
    assert [holiday.day for holiday in added] == [date(2026, 2, 16), date(2026, 2, 17), date(2026, 6, 4)]
    names = {holiday.day: holiday.name for holiday in await list_holidays(boss, year=2026)}
    assert len(names) == 13
    assert names[date(2026, 12, 25)] == "Natal da casa"
    async with desk.refused(Invalid, "bad_number", field=("year",)):
        await add_national_holidays(boss, year=1999)
