"""Sectors: which there are, and their rules."""

import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, fields
from datetime import timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlmodel import col

from api.business_hours import Stretch
from api.context import Context, Staff
from api.db import Transaction
from api.errors import Conflict, Invalid, NotFound
from api.models import Department, UserDepartment
from api.models.enums import CpfPolicy, Permission, Routing, WhenClosed
from api.resolvers.access import Who, allow
from api.resolvers.audit import record
from api.resolvers.checks import Checks
from api.resolvers.hours import check_hours

FIRST_DEPARTMENTS = (("comercial", "Comercial"), ("tecnico", "Técnico"), ("administrativo", "Administrativo"))

_MESSAGE_LIMIT = 500
_DAY = timedelta(days=1)
_LONGEST_RETENTION = timedelta(days=36_500)
_SHORTEST, _LONGEST = timedelta(seconds=10), timedelta(days=7)


@dataclass(frozen=True)
class DepartmentChange:
    """What to set; None leaves a value as it is."""

    slug: str | None = None
    name: str | None = None
    active: bool | None = None
    position: int | None = None
    cpf_policy: CpfPolicy | None = None
    routing: Routing | None = None
    wait_target: timedelta | None = None
    warn_after: timedelta | None = None
    close_after: timedelta | None = None
    abandon_after: timedelta | None = None
    hours: tuple[Stretch, ...] | None = None
    """Empty: always open."""
    when_closed: WhenClosed | None = None
    out_of_hours_message: str | None = None
    """Empty: none."""
    chat_retention: timedelta | None = None
    """Nothing: as long as the deployment keeps chats."""


@allow(Who.ANYONE)
async def list_departments(ctx: Context, *, include_inactive: bool = False) -> list[Department]:
    """The departments in their order; inactive ones only for staff who ask for them."""
    async with ctx.db.read() as session:
        query = select(Department).order_by(col(Department.position), col(Department.slug))
        if not (include_inactive and isinstance(ctx.principal, Staff)):
            query = query.where(col(Department.active))
        return list((await session.execute(query)).scalars())


@allow(Permission.DEPARTMENT_MANAGE)
async def create_department(ctx: Context, change: DepartmentChange) -> Department:
    """Add a department; who adds it attends in it nowhere by that. Raises Invalid, Conflict (slug taken)."""
    values = _checked(ctx, change, creating=True)
    async with _saving(ctx) as tx:
        department = Department(created_at=tx.now, **values)
        tx.session.add(department)
        after = _described(department)
        record(ctx, tx, action="create_department", object=f"department:{department.id}", after=after)
        return department


@allow(Permission.DEPARTMENT_MANAGE)
async def update_department(ctx: Context, department_id: uuid.UUID, change: DepartmentChange) -> Department:
    """Change a department's rules. Raises NotFound, Invalid, Conflict (slug taken)."""
    values = _checked(ctx, change, creating=False)
    async with _saving(ctx) as tx:
        department = await tx.session.get(Department, department_id, with_for_update=True)
        if department is None:
            raise NotFound("department_not_found")
        before = _described(department)
        department.sqlmodel_update(values)
        tx.session.add(department)
        after = _described(department)
        record(ctx, tx, action="update_department", object=f"department:{department.id}", before=before, after=after)
        return department


@asynccontextmanager
async def _saving(ctx: Context) -> AsyncIterator[Transaction]:
    """A transaction in which a slug may turn out to be taken. Raises Conflict."""
    try:
        async with ctx.db.transaction() as tx:
            yield tx
    except IntegrityError as error:
        raise Conflict("slug_taken", field=("input", "slug")) from error


def _checked(ctx: Context, change: DepartmentChange, *, creating: bool) -> dict[str, Any]:
    checks = Checks("input")
    values = {field.name: value for field in fields(change) if (value := getattr(change, field.name)) is not None}
    if creating or change.slug is not None:
        values["slug"] = checks.slug("slug", change.slug)
    if creating or change.name is not None:
        values["name"] = checks.text("name", change.name, limit=80)
    if change.hours is not None:
        values["hours"] = check_hours(checks, change.hours)
    if change.out_of_hours_message is not None:
        message = checks.prose("outOfHoursMessage", change.out_of_hours_message, limit=_MESSAGE_LIMIT, required=False)
        values["out_of_hours_message"] = message or None
    if change.position is not None:
        checks.number("position", change.position, least=0, most=10_000)
    if change.chat_retention is not None:
        values["chat_retention"] = _retention(ctx, checks, change.chat_retention)
    for field in fields(change):
        value = getattr(change, field.name)
        if isinstance(value, timedelta) and field.name != "chat_retention":
            checks.duration(_camel(field.name), value, least=_SHORTEST, most=_LONGEST)
    checks.done()
    return values


def _retention(ctx: Context, checks: Checks, value: timedelta) -> timedelta | None:
    """How long chats are kept: longer than their events, as that of the deployment; nothing is none of its own."""
    if not value:
        return None
    least = max(timedelta(days=30), ctx.settings.event_retention + _DAY, ctx.settings.reopen_window + _DAY)
    return checks.duration("chatRetention", value, least=least, most=_LONGEST_RETENTION)


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(part.title() for part in rest)


def _described(department: Department) -> dict[str, Any]:
    return department.model_dump(mode="json", exclude={"id", "created_at"})


@allow(Who.ANYONE)
async def departments_by_id(ctx: Context, ids: list[uuid.UUID]) -> dict[uuid.UUID, Department]:
    """Departments by their ids; names of departments are no secret."""
    async with ctx.db.read() as session:
        rows = await session.execute(select(Department).where(col(Department.id).in_(ids)))
        return {department.id: department for department in rows.scalars()}


@allow(Who.STAFF)
async def departments_of_users(ctx: Context, user_ids: list[uuid.UUID]) -> dict[uuid.UUID, list[uuid.UUID]]:
    """In which departments people attend, by person."""
    async with ctx.db.read() as session:
        rows = await session.execute(
            select(col(UserDepartment.user_id), col(UserDepartment.department_id)).where(
                col(UserDepartment.user_id).in_(user_ids)
            )
        )
        found: dict[uuid.UUID, list[uuid.UUID]] = {user_id: [] for user_id in user_ids}
        for user_id, department_id in rows:
            found[user_id].append(department_id)
        return found


@allow(Who.SYSTEM)
async def ensure_departments(ctx: Context) -> None:
    """On an empty database, create the departments that most providers begin with."""
    # Another process that starts at this moment may be quicker: then there they are.
    with suppress(IntegrityError):
        async with ctx.db.transaction() as tx:
            if (await tx.session.execute(select(Department).limit(1))).scalar_one_or_none() is not None:
                return
            for position, (slug, name) in enumerate(FIRST_DEPARTMENTS):
                tx.session.add(Department(slug=slug, name=name, position=position, created_at=tx.now))


async def find_department(
    tx: Transaction, *, id: uuid.UUID | None = None, slug: str | None = None, field: tuple[str, ...]
) -> Department:
    """A department by its id, or by its slug where there is no id. Raises NotFound, at the argument `field`."""
    which = col(Department.id) == id if id is not None else col(Department.slug) == slug
    department = (await tx.session.execute(select(Department).where(which))).scalar_one_or_none()
    if department is None:
        raise NotFound("department_not_found", field=field)
    return department


def require_open(department: Department, *, field: tuple[str, ...]) -> None:
    """Customers can be sent to this department. Raises Invalid, at the argument `field`."""
    if not department.active:
        raise Invalid("department_inactive", field=field)
