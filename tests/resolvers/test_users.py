"""People of the staff: who they are, what they may do, whether they attend now."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import select
from sqlmodel import col

from api.auth import look_again
from api.errors import Conflict, Forbidden, Invalid, NotFound, Unauthenticated
from api.events import AccessChanged, staff_stream
from api.models import AuditEntry, StatusInterval, User
from api.models.enums import ROLE_PERMISSIONS, Availability, Permission, Role
from api.resolvers.claims import claim_chat
from api.resolvers.pages import PageRequest
from api.resolvers.presence import presence_of, set_availability
from api.resolvers.sessions import sign_in
from api.resolvers.users import (
    NewUser,
    UserChange,
    UserFilter,
    active_chats_of,
    agents_of_departments,
    count_users,
    create_user,
    get_user,
    has_admin,
    list_users,
    reset_password,
    update_user,
    users_by_id,
)
from tests.people import PASSWORD, Desk, person

NOBODY = UserFilter(search="nobody has this name")


def new(**values: Any) -> NewUser:
    given: dict[str, Any] = {"email": "bia@x.com", "name": "Bia", "role": Role.AGENT, "password": PASSWORD}
    return NewUser(**(given | values))


async def last_entry(desk: Desk) -> AuditEntry:
    async with desk.db.read() as session:
        return (await session.execute(select(AuditEntry).order_by(col(AuditEntry.id).desc()).limit(1))).scalar_one()


# Creating


async def test_admin_creates_a_person(desk: Desk) -> None:
    boss = await desk.admin()
    tecnico = await desk.department("tecnico")
    created = await create_user(
        boss, new(email=" BIA@X.com ", name=" Bia  Silva ", extension=" 201 ", department_ids=(tecnico.id,), capacity=3)
    )
    user = await desk.user(created.user.id)
    assert created.user.model_dump() == user.model_dump()
    assert (user.email, user.name, user.extension) == ("bia@x.com", "Bia Silva", "201")
    assert (user.role, user.capacity, user.active, user.link_hash) == (Role.AGENT, 3, True, None)
    assert created.link is None
    bia = await desk.signed_in("bia@x.com")
    assert person(bia).department_ids == {tecnico.id}
    assert person(bia).permissions == ROLE_PERMISSIONS[Role.AGENT]


async def test_a_person_without_a_password_gets_a_link_and_cannot_sign_in_before(desk: Desk) -> None:
    created = await create_user(await desk.admin(), new(password=None))
    assert created.link
    assert created.link.expires_at == desk.clock.now + timedelta(hours=72)
    for guess in ("", "quick ", created.link.path):
        async with desk.refused(Unauthenticated, "bad_credentials"):
            await sign_in(desk.anonymous, email="bia@x.com", password=guess)


async def test_creating_a_person_is_written_down_without_secrets(desk: Desk) -> None:
    boss = await desk.admin()
    created = await create_user(boss, new())
    entry = await last_entry(desk)
    assert (entry.actor, entry.action, entry.object) == (
        person(boss).actor,
        "create_user",
        f"user:{created.user.id}",
    )
    assert entry.before is None
    assert entry.after is not None
    assert entry.after["email"] == "bia@x.com"
    assert PASSWORD not in str(entry.after)
    assert "password" not in str(entry.after)


@pytest.mark.parametrize(
    ("values", "field", "reason"),
    [
        ({"email": ""}, "email", "required"),
        ({"email": "bia"}, "email", "bad_email"),
        ({"email": "a\x00@x.com"}, "email", "unprintable"),
        ({"name": " "}, "name", "required"),
        ({"name": "x" * 121}, "name", "too_long"),
        ({"extension": "1" * 21}, "extension", "too_long"),
        ({"capacity": 0}, "capacity", "bad_number"),
        ({"capacity": 101}, "capacity", "bad_number"),
        ({"password": "short"}, "password", "too_short"),
        ({"password": "senha12345678"}, "password", "weak_password"),
        ({"password": "aaaaaaaaaaaaaaa"}, "password", "weak_password"),
        ({"password": "x1" * 200}, "password", "too_long"),
        ({"password": "bia@x.com1234"}, "password", "weak_password"),
    ],
)
async def test_what_creates_a_person_is_checked(desk: Desk, values: dict[str, Any], field: str, reason: str) -> None:
    boss = await desk.admin()
    async with desk.refused(Invalid, reason, field=("input", field)):
        await create_user(boss, new(**values))


async def test_an_email_belongs_to_one_person(desk: Desk) -> None:
    boss = await desk.admin()
    await create_user(boss, new())
    async with desk.refused(Conflict, "email_taken", field=("input", "email")):
        await create_user(boss, new(email="BIA@x.com", name="Outra"))


async def test_a_person_attends_in_known_departments_only(desk: Desk) -> None:
    boss = await desk.admin()
    async with desk.refused(NotFound, "department_not_found", field=("input", "departmentIds")):
        await create_user(boss, new(department_ids=(uuid4(),)))


async def test_nobody_gives_a_role_above_their_own(desk: Desk) -> None:
    lead = await desk.agent(permissions=(Permission.USER_MANAGE,))
    async with desk.refused(Forbidden, "more_than_yours"):
        await create_user(lead, new(role=Role.ADMIN))
    async with desk.refused(Forbidden, "more_than_yours"):
        await create_user(lead, new(role=Role.ANALYST))
    assert (await create_user(lead, new(role=Role.AGENT))).user.role is Role.AGENT


# Changing


async def test_update_user_changes_what_is_given_and_nothing_else(desk: Desk) -> None:
    boss, bia = await desk.admin(), await desk.agent("tecnico", name="Bia")
    comercial = await desk.department("comercial")
    before = await desk.user(bia)
    await update_user(boss, before.id, UserChange(name="Bia Silva", department_ids=(comercial.id,)))
    after = await desk.user(bia)
    assert after.model_dump() == before.model_dump() | {"name": "Bia Silva"}
    assert person(await look(bia)).department_ids == {comercial.id}
    assert (await desk.events(staff_stream(after.id)))[-1:] == [AccessChanged(after.id)]


async def look(ctx: Any) -> Any:
    return ctx.acting_as((await look_again(ctx)).principal)


async def test_a_change_is_written_down_with_before_and_after(desk: Desk) -> None:
    boss, bia = await desk.admin(), await desk.agent("tecnico", name="Bia")
    await update_user(boss, person(bia).user_id, UserChange(role=Role.SUPERVISOR))
    entry = await last_entry(desk)
    assert entry.action == "update_user"
    assert (entry.before or {})["role"] == "AGENT"
    assert (entry.after or {})["role"] == "SUPERVISOR"


async def test_an_empty_extension_takes_it_away(desk: Desk) -> None:
    boss, bia = await desk.admin(), await desk.agent()
    me = person(bia).user_id
    assert (await update_user(boss, me, UserChange(extension="201"))).extension == "201"
    assert (await update_user(boss, me, UserChange(extension=" "))).extension is None


async def test_extra_permissions_are_held_beside_the_roles(desk: Desk) -> None:
    boss, bia = await desk.admin(), await desk.agent()
    extra = (Permission.METRICS_VIEW, Permission.EXPORT, Permission.EXPORT)
    user = await update_user(boss, person(bia).user_id, UserChange(permissions=extra))
    assert user.permissions == ["EXPORT", "METRICS_VIEW"]
    assert person(await look(bia)).permissions == ROLE_PERMISSIONS[Role.AGENT] | set(extra)
    user = await update_user(boss, person(bia).user_id, UserChange(permissions=()))
    assert person(await look(bia)).permissions == ROLE_PERMISSIONS[Role.AGENT]


async def test_nobody_raises_another_above_themselves_or_touches_who_is_above(desk: Desk) -> None:
    boss, bia = await desk.admin(), await desk.agent()
    lead = await desk.agent(permissions=(Permission.USER_MANAGE,))
    for change in (UserChange(role=Role.SUPERVISOR), UserChange(permissions=(Permission.AUDIT_VIEW,))):
        for target in (bia, lead):
            async with desk.refused(Forbidden, "more_than_yours"):
                await update_user(lead, person(target).user_id, change)
    async with desk.refused(Forbidden, "more_than_yours"):
        await update_user(lead, person(boss).user_id, UserChange(name="Mallory"))
    async with desk.refused(Forbidden, "more_than_yours"):
        await reset_password(lead, person(boss).user_id)


async def test_the_last_administrator_stays(desk: Desk) -> None:
    boss = await desk.admin()
    me = person(boss).user_id
    for change in (UserChange(active=False), UserChange(role=Role.AGENT)):
        async with desk.refused(Conflict, "last_admin"):
            await update_user(boss, me, change)
    assert (await update_user(boss, me, UserChange(name="Chefe", role=Role.ADMIN))).name == "Chefe"
    other = await desk.admin()
    assert (await update_user(other, me, UserChange(role=Role.AGENT))).role is Role.AGENT


async def test_an_inactive_administrator_does_not_count(desk: Desk) -> None:
    boss, other = await desk.admin(), await desk.admin()
    await update_user(boss, person(other).user_id, UserChange(active=False))
    async with desk.refused(Conflict, "last_admin"):
        await update_user(boss, person(boss).user_id, UserChange(active=False))
    assert await has_admin(desk.system)


async def test_other_people_change_while_there_is_no_administrator_yet(desk: Desk) -> None:
    lead, bia = await desk.agent(permissions=(Permission.USER_MANAGE,)), await desk.agent()
    assert not await has_admin(desk.system)
    assert not (await update_user(lead, person(bia).user_id, UserChange(active=False))).active


async def test_deactivating_ends_sessions_and_the_ledger(desk: Desk) -> None:
    boss, bia = await desk.admin(), await desk.agent("tecnico")
    await set_availability(bia, Availability.ONLINE)
    desk.clock.advance(hours=1)
    user = await update_user(boss, person(bia).user_id, UserChange(active=False))
    assert (user.active, user.status) == (False, Availability.OFFLINE)
    with pytest.raises(Unauthenticated, match="session_ended"):
        await look_again(bia)
    assert AccessChanged(user.id) in await desk.events(staff_stream(user.id))
    assert await open_status(desk, user) == Availability.OFFLINE
    async with desk.refused(Unauthenticated, "bad_credentials"):
        await sign_in(desk.anonymous, email=user.email, password=PASSWORD)


async def test_nobody_goes_while_customers_are_theirs(desk: Desk) -> None:
    boss, bia = await desk.admin(), await desk.agent("tecnico")
    await desk.active(bia)
    async with desk.refused(Conflict, "user_has_chats", field=("input", "active")):
        await update_user(boss, person(bia).user_id, UserChange(active=False))


async def test_an_unknown_person_is_not_found(desk: Desk) -> None:
    boss = await desk.admin()
    async with desk.refused(NotFound, "user_not_found"):
        await update_user(boss, uuid4(), UserChange(name="X"))
    async with desk.refused(NotFound, "user_not_found"):
        await reset_password(boss, uuid4())
    async with desk.refused(NotFound, "user_not_found"):
        await get_user(boss, uuid4())


@pytest.mark.parametrize(
    ("change", "field", "reason"),
    [
        (UserChange(name=""), "name", "required"),
        (UserChange(name="a\ud800"), "name", "unprintable"),
        (UserChange(extension="x" * 21), "extension", "too_long"),
        (UserChange(capacity=0), "capacity", "bad_number"),
        (UserChange(capacity=10**30), "capacity", "bad_number"),
    ],
)
async def test_what_changes_a_person_is_checked(desk: Desk, change: UserChange, field: str, reason: str) -> None:
    boss = await desk.admin()
    async with desk.refused(Invalid, reason, field=("input", field)):
        await update_user(boss, person(boss).user_id, change)


async def test_unknown_departments_leave_a_person_as_they_were(desk: Desk) -> None:
    boss, bia = await desk.admin(), await desk.agent("tecnico")
    async with desk.refused(NotFound, "department_not_found", field=("input", "departmentIds")):
        await update_user(boss, person(bia).user_id, UserChange(name="X", department_ids=(uuid4(),)))


# Passwords


async def test_a_reset_voids_the_password_gives_a_link_and_ends_every_session(desk: Desk) -> None:
    boss, bia = await desk.admin(), await desk.agent()
    reset = await reset_password(boss, person(bia).user_id)
    assert reset.link
    assert reset.link.expires_at == desk.clock.now + timedelta(hours=2)
    entry = await last_entry(desk)
    assert (entry.action, entry.after) == ("reset_password", None)
    assert reset.link.path.partition("#")[2] not in str(await desk.db_contents())
    with pytest.raises(Unauthenticated, match="session_ended"):
        await look_again(bia)
    async with desk.refused(Unauthenticated, "bad_credentials"):
        await sign_in(desk.anonymous, email=reset.user.email, password=PASSWORD)


# Attending


async def open_status(desk: Desk, user: User) -> Availability:
    async with desk.db.read() as session:
        mine = (col(StatusInterval.user_id) == user.id, col(StatusInterval.ended_at).is_(None))
        return (await session.execute(select(col(StatusInterval.status)).where(*mine))).scalar_one()


# Seeing


async def test_people_see_themselves_and_managers_see_everybody(desk: Desk) -> None:
    boss, ana, bia = await desk.admin(), await desk.agent(), await desk.agent()
    assert (await get_user(ana, person(ana).user_id)).id == person(ana).user_id
    # Whoever is listed to somebody can be opened by them.
    for who in (boss, await desk.supervisor()):
        assert (await get_user(who, person(ana).user_id)).id == person(ana).user_id
    async with desk.refused(NotFound, "user_not_found"):
        await get_user(ana, person(bia).user_id)


async def test_lists_of_people_are_narrowed_and_by_name(desk: Desk) -> None:
    boss = await desk.admin(name="Zoé")
    ana = await desk.agent("tecnico", name="Ana 100%")
    rui = await desk.supervisor("comercial", name="Rui_Costa")
    await update_user(boss, person(rui).user_id, UserChange(active=False))
    tecnico = await desk.department("tecnico")
    for users, names in (
        (UserFilter(), ["Ana 100%", "Rui_Costa", "Zoé"]),
        (UserFilter(search=" aNa "), ["Ana 100%"]),
        (UserFilter(search="desk.example"), ["Ana 100%", "Rui_Costa", "Zoé"]),
        (UserFilter(search="%"), ["Ana 100%"]),
        (UserFilter(search="_"), ["Rui_Costa"]),
        (UserFilter(search="\\"), []),
        (NOBODY, []),
        (UserFilter(role=Role.SUPERVISOR), ["Rui_Costa"]),
        (UserFilter(active=True), ["Ana 100%", "Zoé"]),
        (UserFilter(active=False), ["Rui_Costa"]),
        (UserFilter(department_id=tecnico.id), ["Ana 100%"]),
        (UserFilter(search="a", role=Role.AGENT, active=True, department_id=tecnico.id), ["Ana 100%"]),
    ):
        page = await list_users(boss, users, PageRequest())
        assert [user.name for user in page.rows] == names, users
        assert await count_users(boss, users) == len(names)
    assert person(ana).user_id in await users_by_id(ana, [person(ana).user_id, uuid4()])


@pytest.mark.parametrize("search", ["a\x00b", "\ud800", "x" * 5000])
async def test_a_search_for_anything_at_all_never_fails_oddly(desk: Desk, search: str) -> None:
    boss = await desk.admin()
    found = await asyncio.gather(list_users(boss, UserFilter(search=search), PageRequest()), return_exceptions=True)
    assert all(isinstance(answer, Invalid) or answer.rows == [] for answer in found)  # type: ignore[union-attr]


async def test_lists_of_people_are_narrowed_by_the_status_that_counts(desk: Desk) -> None:
    boss = await desk.admin(name="Zoé")
    await desk.online("tecnico", name="Ana", present=False)
    await desk.online("tecnico", name="Bia")
    await set_availability(await desk.agent("tecnico", name="Caio"), Availability.PAUSED, "Almoço")
    everybody = (await list_users(boss, UserFilter(), PageRequest())).rows
    for status in Availability:
        users = UserFilter(availability=status)
        counts = [user.name for user in everybody if presence_of(user, boss.now()).status is status]
        assert [user.name for user in (await list_users(boss, users, PageRequest())).rows] == counts
        assert await count_users(boss, users) == len(counts)
    of = {user.name: presence_of(user, boss.now()).status for user in everybody}
    assert (of["Ana"], of["Bia"], of["Caio"]) == (Availability.OFFLINE, Availability.ONLINE, Availability.PAUSED)


async def test_accents_do_not_hide_a_capital(desk: Desk) -> None:
    boss = await desk.admin(name="Érica")
    page = await list_users(boss, UserFilter(search="érica"), PageRequest())
    assert [user.name for user in page.rows] == ["Érica"]


async def test_agents_of_departments_are_the_active_ones_by_name(desk: Desk) -> None:
    boss = await desk.admin()
    ana, bia = await desk.agent("tecnico", name="Bia"), await desk.agent("tecnico", name="Ana")
    gone = await desk.agent("tecnico")
    await update_user(boss, person(gone).user_id, UserChange(active=False))
    tecnico, comercial = (await desk.department("tecnico")).id, (await desk.department("comercial")).id
    found = await agents_of_departments(ana, [tecnico, comercial])
    assert {key: [user.name for user in users] for key, users in found.items()} == {
        tecnico: ["Ana", "Bia"],
        comercial: [],
    }
    assert person(bia).name == "Ana"


async def test_active_chats_are_ones_own_or_anybodys_for_who_manages_the_queue(desk: Desk) -> None:
    ana, bia, rui = await desk.agent("tecnico"), await desk.agent("tecnico"), await desk.supervisor()
    me = person(ana).user_id
    first, second = await desk.waiting(), await desk.waiting()
    await claim_chat(ana, second.id)
    desk.clock.advance(minutes=1)
    await claim_chat(ana, first.id)
    assert [chat.id for chat in await active_chats_of(ana, me)] == [second.id, first.id]
    assert len(await active_chats_of(rui, me)) == 2
    async with desk.refused(Forbidden, "not_allowed"):
        await active_chats_of(bia, me)
