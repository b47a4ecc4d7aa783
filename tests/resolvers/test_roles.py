"""Who may do what, as who manages people reads it."""

from api.errors import Forbidden
from api.models.enums import ROLE_PERMISSIONS, Permission, Role
from api.resolvers.roles import list_holders, list_roles
from api.resolvers.users import UserChange, update_user, users_by_id
from tests.people import Desk, person


async def test_every_role_is_told_with_what_it_brings_and_how_many_have_it(desk: Desk) -> None:
    boss, ana = await desk.admin(), await desk.agent()
    await desk.agent()
    roles = await list_roles(boss)
    assert {one.role: frozenset(one.permissions) for one in roles} == ROLE_PERMISSIONS
    assert {one.role: one.people for one in roles} == {
        Role.ADMIN: 1,
        Role.SUPERVISOR: 0,
        Role.AGENT: 2,
        Role.ANALYST: 0,
    }
    await update_user(boss, person(ana).user_id, UserChange(active=False))
    assert {one.role: one.people for one in await list_roles(boss)}[Role.AGENT] == 1


async def test_who_holds_a_permission_beyond_their_role_is_named_by_it_and_by_no_other(desk: Desk) -> None:
    boss = await desk.admin()
    extra = (Permission.EXPORT, Permission.CPF_REVEAL)
    ana = await desk.agent(name="Ana", permissions=extra)
    await desk.agent(name="Bia", permissions=(Permission.EXPORT,))
    holders = await list_holders(boss)
    assert [one.permission for one in holders] == list(Permission)
    named = {one.permission: [user.name for user in one.beyond] for one in holders if one.beyond}
    assert named == {Permission.EXPORT: ["Ana", "Bia"], Permission.CPF_REVEAL: ["Ana"]}
    # What the role brings by now is the role's.
    await update_user(boss, person(ana).user_id, UserChange(role=Role.ANALYST))
    named = {one.permission: [user.name for user in one.beyond] for one in await list_holders(boss) if one.beyond}
    assert named == {Permission.EXPORT: ["Bia"], Permission.CPF_REVEAL: ["Ana"]}
    assert (await users_by_id(boss, [person(ana).user_id]))[person(ana).user_id].permissions == sorted(extra)


async def test_only_who_manages_people_reads_it(desk: Desk) -> None:
    for who in (await desk.supervisor(), await desk.agent()):
        async with desk.refused(Forbidden, "not_allowed"):
            await list_roles(who)
        async with desk.refused(Forbidden, "not_allowed"):
            await list_holders(who)
