"""Sectors: which there are, and their rules."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from api.errors import Conflict, Invalid, NotFound
from api.models import Department
from api.models.enums import CpfPolicy, Routing
from api.resolvers.departments import (
    DepartmentChange,
    create_department,
    departments_by_id,
    departments_of_users,
    ensure_departments,
    list_departments,
    update_department,
)
from tests.people import Desk, person


async def test_a_new_desk_begins_with_three_departments_and_gets_them_once(desk: Desk) -> None:
    found = [(department.slug, department.name) for department in await list_departments(desk.anonymous)]
    assert found == [("comercial", "Comercial"), ("tecnico", "Técnico"), ("administrativo", "Administrativo")]
    async with desk.nothing_changes():
        await ensure_departments(desk.system)


async def test_inactive_departments_are_shown_to_staff_who_ask(desk: Desk) -> None:
    boss = await desk.admin()
    await update_department(boss, (await desk.department("tecnico")).id, DepartmentChange(active=False))
    for who, include, count in ((boss, True, 3), (boss, False, 2), (desk.anonymous, True, 2)):
        assert len(await list_departments(who, include_inactive=include)) == count


async def test_create_department_adds_one_with_the_rules_given(desk: Desk) -> None:
    boss = await desk.admin()
    change = DepartmentChange(
        slug="  retencao ",
        name=" Retenção ",
        position=0,
        cpf_policy=CpfPolicy.AFTER_CLAIM,
        routing=Routing.AUTOMATIC,
        wait_target=timedelta(seconds=30),
    )
    created = await create_department(boss, change)
    async with desk.db.read() as session:
        stored = await session.get_one(Department, created.id)
    assert stored.model_dump() == created.model_dump()
    assert (stored.slug, stored.name, stored.active) == ("retencao", "Retenção", True)
    assert (stored.wait_target, stored.close_after) == (timedelta(seconds=30), timedelta(minutes=10))
    assert person(boss).department_ids == frozenset()
    entry = (await desk.db_contents())["audit"][-1]
    assert {"create_department", f"department:{created.id}", person(boss).actor} <= set(map(str, entry))


async def test_update_department_changes_what_is_given_and_nothing_else(desk: Desk) -> None:
    boss = await desk.admin()
    before = await desk.department("tecnico")
    after = await update_department(boss, before.id, DepartmentChange(name="Suporte", position=0))
    assert after.model_dump() == before.model_dump() | {"name": "Suporte", "position": 0}
    assert (await departments_by_id(desk.anonymous, [before.id]))[before.id].name == "Suporte"


async def test_an_unknown_department_cannot_change(desk: Desk) -> None:
    boss = await desk.admin()
    async with desk.refused(NotFound, "department_not_found"):
        await update_department(boss, uuid4(), DepartmentChange(name="X"))
    assert await departments_by_id(boss, [uuid4()]) == {}


async def test_a_slug_belongs_to_one_department(desk: Desk) -> None:
    boss = await desk.admin()
    async with desk.refused(Conflict, "slug_taken", field=("input", "slug")):
        await create_department(boss, DepartmentChange(slug="tecnico", name="Outro"))
    async with desk.refused(Conflict, "slug_taken", field=("input", "slug")):
        await update_department(boss, (await desk.department("comercial")).id, DepartmentChange(slug="tecnico"))


@pytest.mark.parametrize(
    ("values", "field", "reason"),
    [
        ({"slug": None}, "slug", "required"),
        ({"slug": "Técnico 2"}, "slug", "bad_slug"),
        ({"slug": "a" * 41}, "slug", "too_long"),
        ({"name": None}, "name", "required"),
        ({"name": "x" * 81}, "name", "too_long"),
        ({"name": "a\x00"}, "name", "unprintable"),
        ({"position": -1}, "position", "bad_number"),
        ({"position": 10**9}, "position", "bad_number"),
        ({"wait_target": timedelta(seconds=9)}, "waitTarget", "bad_duration"),
        ({"warn_after": timedelta(days=8)}, "warnAfter", "bad_duration"),
        ({"close_after": timedelta(seconds=-1)}, "closeAfter", "bad_duration"),
        ({"abandon_after": timedelta.max}, "abandonAfter", "bad_duration"),
    ],
)
async def test_what_creates_a_department_is_checked(
    desk: Desk, values: dict[str, Any], field: str, reason: str
) -> None:
    boss = await desk.admin()
    given: dict[str, Any] = {"slug": "novo", "name": "Novo"}
    async with desk.refused(Invalid, reason, field=("input", field)):
        await create_department(boss, DepartmentChange(**(given | values)))


async def test_departments_of_people_are_told_by_person(desk: Desk) -> None:
    ana, bia = await desk.agent("tecnico"), await desk.agent()
    tecnico = (await desk.department("tecnico")).id
    me, her = person(ana).user_id, person(bia).user_id
    assert await departments_of_users(ana, [me, her]) == {me: [tecnico], her: []}
