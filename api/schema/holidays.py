"""Days off in the schema."""

import uuid
from datetime import date
from typing import Annotated

import strawberry

from api.errors import NotFound
from api.models import Holiday as HolidayRow
from api.resolvers import holidays as use
from api.schema.base import Info, Node, UserError, from_id, payload, to_id
from api.schema.departments import Department, load_department
from api.schema.users import DonePayload

HolidayId = Annotated[strawberry.ID, strawberry.argument(description="The holiday.")]


@strawberry.type(description="A day on which a department, or every one that has hours, is closed.")
class Holiday(Node):
    day: date = strawberry.field(description="The day, of the desk's time zone.")
    name: str = strawberry.field(description="What is kept on it.")
    department_key: strawberry.Private[uuid.UUID | None]

    @classmethod
    def of(cls, row: HolidayRow) -> "Holiday":
        return cls(id=to_id(row.id), day=row.day, name=row.name, department_key=row.department_id)

    @strawberry.field(description="Who is off; null for all.")
    async def department(self, info: Info) -> Department | None:
        return await load_department(info, self.department_key) if self.department_key else None


@strawberry.input(description="A day off.")
class HolidayInput:
    day: date = strawberry.field(description="The day, such as 2027-01-25.")
    name: str = strawberry.field(description="What is kept on it, at most 80 characters.")
    department_id: strawberry.ID | None = strawberry.field(default=None, description="Of one department; else of all.")

    def details(self) -> use.HolidayDetails:
        whose = from_id(self.department_id, missing=_no_department) if self.department_id else None
        return use.HolidayDetails(self.day, self.name, whose)


@strawberry.type(description="The holiday, or what was wrong.")
class HolidayPayload:
    holiday: Holiday | None = strawberry.field(default=None, description="The holiday as it is now.")
    user_errors: list[UserError] = strawberry.field(default_factory=list, description="What to mend.")


@strawberry.type(description="The holidays that were added, or what was wrong.")
class HolidaysPayload:
    holidays: list[Holiday] | None = strawberry.field(default=None, description="Those that were not there before.")
    user_errors: list[UserError] = strawberry.field(default_factory=list, description="What to mend.")


def _no_department() -> NotFound:
    return NotFound("department_not_found", field=("input", "departmentId"))


def no_holiday() -> NotFound:
    """What an id that names no holiday answers."""
    return NotFound("holiday_not_found")


@strawberry.type
class HolidayQuery:
    @strawberry.field(description="The days off of a year, in order; for staff only.")
    async def holidays(
        self, info: Info, year: Annotated[int, strawberry.argument(description="Such as 2027.")]
    ) -> list[Holiday]:
        return [Holiday.of(row) for row in await use.list_holidays(info.context.ctx, year=year)]


@strawberry.type
class HolidayMutation:
    @strawberry.mutation(description="Add a day off.")
    @payload(HolidayPayload)
    async def create_holiday(
        self, info: Info, input: Annotated[HolidayInput, strawberry.argument(description="Which day, and whose.")]
    ) -> HolidayPayload:
        return HolidayPayload(holiday=Holiday.of(await use.create_holiday(info.context.ctx, input.details())))

    @strawberry.mutation(description="Write a day off anew.")
    @payload(HolidayPayload)
    async def update_holiday(
        self,
        info: Info,
        id: HolidayId,
        input: Annotated[HolidayInput, strawberry.argument(description="Which day, and whose.")],
    ) -> HolidayPayload:
        row = await use.update_holiday(info.context.ctx, from_id(id, missing=no_holiday), input.details())
        return HolidayPayload(holiday=Holiday.of(row))

    @strawberry.mutation(description="Work on that day after all.")
    @payload(DonePayload)
    async def delete_holiday(self, info: Info, id: HolidayId) -> DonePayload:
        await use.delete_holiday(info.context.ctx, from_id(id, missing=no_holiday))
        return DonePayload(done=True)

    @strawberry.mutation(description="Add Brazil's holidays of a year for all departments; days that are off stay.")
    @payload(HolidaysPayload)
    async def add_national_holidays(
        self,
        info: Info,
        year: Annotated[int, strawberry.argument(description="Such as 2027.")],
        optional: Annotated[bool, strawberry.argument(description="With Carnival and Corpus Christi.")] = False,
    ) -> HolidaysPayload:
        rows = await use.add_national_holidays(info.context.ctx, year=year, optional=optional)
        return HolidaysPayload(holidays=[Holiday.of(row) for row in rows])
