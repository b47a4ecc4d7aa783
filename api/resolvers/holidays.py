"""Days on which a department, or every one that has hours, is closed."""

import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlmodel import col

from api.context import Context
from api.db import Transaction
from api.errors import Conflict, NotFound
from api.models import Holiday
from api.models.enums import Permission
from api.national_holidays import national_holidays
from api.resolvers.access import Who, allow
from api.resolvers.audit import record
from api.resolvers.checks import Checks
from api.resolvers.departments import find_department

_FIRST_YEAR, _LAST_YEAR = 2000, 2100


@dataclass(frozen=True)
class HolidayDetails:
    """A day off, whole: of one department, or of all."""

    day: date
    name: str
    department_id: uuid.UUID | None = None


@allow(Who.STAFF)
async def list_holidays(ctx: Context, *, year: int) -> list[Holiday]:
    """The days off of a year, in order. Raises Invalid."""
    _check_year(year)
    query = (
        select(Holiday)
        .where(col(Holiday.day).between(date(year, 1, 1), date(year, 12, 31)))
        .order_by(col(Holiday.day), col(Holiday.id))
    )
    async with ctx.db.read() as session:
        return list((await session.execute(query)).scalars())


@allow(Permission.DEPARTMENT_MANAGE)
async def create_holiday(ctx: Context, details: HolidayDetails) -> Holiday:
    """Add a day off. Raises Invalid, NotFound (department), Conflict (the day is off already)."""
    details = _checked(details)
    async with _saving(ctx) as tx:
        await _require_department(tx, details)
        holiday = _added(tx, details)
        record(ctx, tx, action="create_holiday", object=f"holiday:{holiday.id}", after=_described(holiday))
        return holiday


@allow(Permission.DEPARTMENT_MANAGE)
async def update_holiday(ctx: Context, holiday_id: uuid.UUID, details: HolidayDetails) -> Holiday:
    """Write a day off anew. Raises Invalid, NotFound (holiday, department), Conflict (the day is off already)."""
    details = _checked(details)
    async with _saving(ctx) as tx:
        holiday = await _access(tx, holiday_id)
        await _require_department(tx, details)
        before = _described(holiday)
        holiday.day, holiday.name, holiday.department_id = details.day, details.name, details.department_id
        tx.session.add(holiday)
        entry = {"before": before, "after": _described(holiday)}
        record(ctx, tx, action="update_holiday", object=f"holiday:{holiday.id}", **entry)
        return holiday


@allow(Permission.DEPARTMENT_MANAGE)
async def delete_holiday(ctx: Context, holiday_id: uuid.UUID) -> None:
    """Work on that day after all. Raises NotFound."""
    async with ctx.db.transaction() as tx:
        holiday = await _access(tx, holiday_id)
        await tx.session.delete(holiday)
        record(ctx, tx, action="delete_holiday", object=f"holiday:{holiday.id}", before=_described(holiday))


@allow(Permission.DEPARTMENT_MANAGE)
async def add_national_holidays(ctx: Context, *, year: int, optional: bool = False) -> list[Holiday]:
    """Add Brazil's holidays of a year for everybody, where the day is not off already; returns the days added.

    The optional ones are Carnival and Corpus Christi. Raises Invalid, Conflict (somebody adds the same at this moment).
    """
    _check_year(year)
    offered = [it for it in national_holidays(year) if optional or not it.optional]
    async with _saving(ctx) as tx:
        query = select(col(Holiday.day)).where(col(Holiday.department_id).is_(None))
        off = set((await tx.session.execute(query)).scalars())
        added = [_added(tx, HolidayDetails(it.day, it.name)) for it in offered if it.day not in off]
        for holiday in added:
            record(ctx, tx, action="create_holiday", object=f"holiday:{holiday.id}", after=_described(holiday))
        return added


def _added(tx: Transaction, details: HolidayDetails) -> Holiday:
    holiday = Holiday(day=details.day, name=details.name, department_id=details.department_id, created_at=tx.now)
    tx.session.add(holiday)
    return holiday


@asynccontextmanager
async def _saving(ctx: Context) -> AsyncIterator[Transaction]:
    """A transaction in which a day may turn out to be off already. Raises Conflict."""
    try:
        async with ctx.db.transaction() as tx:
            yield tx
    except IntegrityError as error:
        raise Conflict("holiday_taken", field=("input", "day")) from error


async def _access(tx: Transaction, holiday_id: uuid.UUID) -> Holiday:
    holiday = await tx.session.get(Holiday, holiday_id, with_for_update=True)
    if holiday is None:
        raise NotFound("holiday_not_found")
    return holiday


async def _require_department(tx: Transaction, details: HolidayDetails) -> None:
    if details.department_id is not None:
        await find_department(tx, id=details.department_id, field=("input", "departmentId"))


def _checked(details: HolidayDetails) -> HolidayDetails:
    checks = Checks("input")
    checks.number("day", details.day.year, least=_FIRST_YEAR, most=_LAST_YEAR)
    name = checks.text("name", details.name, limit=80)
    checks.done()
    return HolidayDetails(details.day, name, details.department_id)


def _check_year(year: int) -> None:
    checks = Checks()
    checks.number("year", year, least=_FIRST_YEAR, most=_LAST_YEAR)
    checks.done()


def _described(holiday: Holiday) -> dict[str, Any]:
    return holiday.model_dump(mode="json", include={"day", "name", "department_id"})
