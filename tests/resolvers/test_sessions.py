"""Signing in and out, passwords, and tokens for programs."""

import asyncio
from collections import Counter
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from api.auth import identify, look_again, touch
from api.context import Context, Staff
from api.errors import Invalid, NotFound, RateLimited, Unauthenticated
from api.events import AccessChanged, staff_stream
from api.models import Session, User
from api.models.enums import Role, SessionKind
from api.resolvers.sessions import change_password, list_sessions, revoke_session, sign_in, sign_out
from api.resolvers.tokens import create_token
from api.resolvers.upkeep import prune_sessions
from api.resolvers.users import NewUser, UserChange, create_user, reset_password, update_user
from tests.people import PASSWORD, Desk, person
from tests.running import QuickPasswords

ANOTHER = "another long secret"


async def email_of(desk: Desk, ctx: object) -> str:
    return (await desk.user(ctx)).email  # type: ignore[arg-type]


async def test_sign_in_begins_a_session_with_the_rights_of_the_person(desk: Desk) -> None:
    bia = await desk.agent("tecnico")
    caller = replace(desk.anonymous, user_agent="Firefox")
    login = await sign_in(caller, email=f"  {(await email_of(desk, bia)).upper()} ", password=PASSWORD)
    assert login.principal == replace(person(bia), session_id=login.principal.session_id)
    assert login.expires_at == desk.clock.now + timedelta(days=14)
    assert (await identify(desk.running.services, login.token)).principal == login.principal
    async with desk.db.read() as session:
        stored = await session.get_one(Session, login.principal.session_id)
    assert (stored.address, stored.user_agent, stored.kind) == (caller.address, "Firefox", SessionKind.COOKIE)
    assert login.token not in str(await desk.db_contents())


@pytest.mark.parametrize(
    ("email", "password"),
    [
        ("nobody@x.com", PASSWORD),
        ("", ""),
        ("bia@x.com", "wrong"),
        ("bia@x.com", ""),
        ("a\x00b", PASSWORD),
        ("\ud800", "\ud800"),
        ("x" * 100_000, "y" * 100_000),
        ("bia@x.com", "\ud800"),
    ],
)
@pytest.mark.real_passwords
async def test_an_unknown_account_and_a_wrong_password_answer_the_same(desk: Desk, email: str, password: str) -> None:
    await create_user(desk.system, NewUser("bia@x.com", "Bia", Role.AGENT, password=PASSWORD))
    async with desk.refused(Unauthenticated, "bad_credentials"):
        await sign_in(desk.anonymous, email=email, password=password)


@pytest.mark.real_passwords
async def test_argon2_keeps_passwords_and_the_right_one_opens(desk: Desk) -> None:
    created = await create_user(desk.system, NewUser("bia@x.com", "Bia", Role.AGENT, password=PASSWORD))
    assert created.user.password_hash.startswith("$argon2id$")
    login = await sign_in(desk.anonymous, email="bia@x.com", password=PASSWORD)
    assert login.user.id == created.user.id


@pytest.mark.settings(sign_in_tries=2)
async def test_failures_bring_a_delay_that_grows_and_is_over_with_a_success(desk: Desk) -> None:
    email = await email_of(desk, await desk.agent())
    for waited, seconds in ((0, 0), (0, 1), (1, 2), (2, 4)):
        desk.clock.advance(seconds=waited)
        async with desk.refused(Unauthenticated, "bad_credentials"):
            await sign_in(desk.anonymous, email=email, password="wrong")
        if seconds:
            # The right password is refused just as well: whoever guesses it learns nothing.
            await refused_for(desk, email, seconds=seconds)
    desk.clock.advance(seconds=4)
    await sign_in(desk.anonymous, email=email, password=PASSWORD)
    async with desk.refused(Unauthenticated, "bad_credentials"):
        await sign_in(desk.anonymous, email=email, password="wrong")
    await sign_in(desk.anonymous, email=email, password=PASSWORD)


async def refused_for(desk: Desk, email: str, *, seconds: int, by: Context | None = None) -> None:
    """The right password is refused, until so many seconds have passed."""
    async with desk.nothing_changes():
        with pytest.raises(RateLimited) as caught:
            await sign_in(by or desk.anonymous, email=email, password=PASSWORD)
    assert caught.value.retry_after == timedelta(seconds=seconds)


@pytest.mark.settings(sign_in_tries=2)
async def test_strangers_who_try_keep_nobody_from_signing_in_where_they_usually_do(desk: Desk) -> None:
    email, office = await email_of(desk, await desk.agent()), desk.anonymous
    await sign_in(office, email=email, password=PASSWORD)
    for _ in range(2):
        with pytest.raises(Unauthenticated):
            await sign_in(desk.anonymous, email=email, password="wrong")
    await refused_for(desk, email, seconds=1)
    await sign_in(office, email=email, password=PASSWORD)
    # There, failures count too.
    for _ in range(2):
        with pytest.raises(Unauthenticated):
            await sign_in(office, email=email, password="wrong")
    await refused_for(desk, email, seconds=1, by=office)


@pytest.mark.settings(sign_in_tries=1)
async def test_an_address_that_tries_many_accounts_has_to_wait_and_an_unknown_account_does_too(desk: Desk) -> None:
    ana, here = await email_of(desk, await desk.agent()), desk.anonymous
    for number in range(6):
        with pytest.raises(Unauthenticated):
            await sign_in(here, email=f"nobody{number}@x.com", password="wrong")
    await refused_for(desk, ana, seconds=1, by=here)
    await refused_for(desk, "nobody1@x.com", seconds=1)
    # From elsewhere nothing stands in the way; and here a success of somebody's own takes nothing off.
    await sign_in(desk.anonymous, email=ana, password=PASSWORD)
    await refused_for(desk, ana, seconds=1, by=here)


@pytest.mark.settings(sign_in_tries=3)
async def test_of_many_tries_at_once_no_more_are_judged_than_of_many_in_a_row(desk: Desk) -> None:
    email = await email_of(desk, await desk.agent())
    tries = [sign_in(desk.anonymous, email=email, password="wrong") for _ in range(20)]
    outcomes = Counter(type(error) for error in await asyncio.gather(*tries, return_exceptions=True))
    assert outcomes == {Unauthenticated: 3, RateLimited: 17}


async def test_an_old_password_opens_nothing_once_it_was_reset_meanwhile(desk: Desk) -> None:
    """Hashing takes a while; what happens in that time counts."""
    boss, bia = await desk.admin(), await desk.agent()
    meanwhile = Meanwhile(lambda: reset_password(boss, person(bia).user_id))
    slow = replace(desk.anonymous, services=replace(desk.running.services, passwords=meanwhile))
    with pytest.raises(Unauthenticated, match="bad_credentials"):
        await sign_in(slow, email=await email_of(desk, bia), password=PASSWORD)
    async with desk.db.read() as session:
        sessions = (await session.execute(select(Session))).scalars()
        assert [s for s in sessions if s.user_id == person(bia).user_id and s.revoked_at is None] == []


class Meanwhile(QuickPasswords):
    """While a password is being checked, something else happens."""

    def __init__(self, happening: object) -> None:
        self._happening = happening

    async def matches(self, password: str, stored: str | None) -> bool:
        right = await super().matches(password, stored)
        await self._happening()  # type: ignore[operator]
        return right


# Sessions


async def test_sign_out_ends_this_session_and_says_so(desk: Desk) -> None:
    bia = await desk.agent()
    again = await desk.signed_in(await email_of(desk, bia))
    await sign_out(bia)
    with pytest.raises(Unauthenticated, match="session_ended"):
        await look_again(bia)
    assert (await look_again(again)).principal == again.principal
    assert (await desk.events(staff_stream(person(bia).user_id)))[-1:] == [AccessChanged(person(bia).user_id)]


async def test_a_browser_session_ends_after_a_rest_and_in_any_case(desk: Desk) -> None:
    email = await email_of(desk, await desk.agent())
    login = await sign_in(desk.anonymous, email=email, password=PASSWORD)
    me = desk.as_(login.principal)
    desk.clock.advance(hours=11, minutes=59)
    assert (await identify(desk.running.services, login.token)).ends_at == desk.clock.now + timedelta(minutes=1)
    await touch(me)
    desk.clock.advance(hours=11)
    await look_again(me)
    desk.clock.advance(hours=1)
    with pytest.raises(Unauthenticated, match="session_ended"):
        await identify(desk.running.services, login.token)


async def test_a_session_in_steady_use_ends_at_its_limit(desk: Desk) -> None:
    email = await email_of(desk, await desk.agent())
    me = desk.as_((await sign_in(desk.anonymous, email=email, password=PASSWORD)).principal)
    for _ in range(14 * 3):
        await look_again(me)
        await touch(me)
        desk.clock.advance(hours=8)
    with pytest.raises(Unauthenticated, match="session_ended"):
        await look_again(me)


async def test_touching_writes_at_most_once_a_minute(desk: Desk) -> None:
    me = await desk.agent()
    desk.clock.advance(seconds=59)
    async with desk.nothing_changes():
        await touch(me)
    desk.clock.advance(seconds=2)
    await touch(me)
    async with desk.nothing_changes():
        await touch(me)


async def test_rights_are_those_of_the_moment(desk: Desk) -> None:
    boss, bia = await desk.admin(), await desk.agent("tecnico")
    await update_user(boss, person(bia).user_id, UserChange(role=Role.SUPERVISOR, department_ids=()))
    now = (await look_again(bia)).principal
    assert isinstance(now, Staff)
    assert (now.role, now.department_ids) == (Role.SUPERVISOR, frozenset())


@pytest.mark.parametrize("token", ["", "_", "chat_", "staff_x", "web_x", "key_x", "other_x", "é" * 2000])
async def test_a_token_that_opens_nothing(desk: Desk, token: str) -> None:
    with pytest.raises(Unauthenticated, match=r"bad_token|session_ended"):
        await identify(desk.running.services, token)


async def test_a_token_for_programs_acts_as_the_person_until_it_expires(desk: Desk) -> None:
    bia = await desk.agent("tecnico")
    email = await email_of(desk, bia)
    ends = desk.clock.now + timedelta(days=90)
    token = await create_token(desk.system, email=f" {email.upper()} ", expires_at=ends)
    forever = await create_token(desk.system, email=email)
    desk.clock.advance(days=89)
    identity = await identify(desk.running.services, token)
    assert isinstance(identity.principal, Staff)
    assert (identity.principal.user_id, identity.ends_at) == (person(bia).user_id, ends)
    desk.clock.advance(days=1)
    with pytest.raises(Unauthenticated, match="session_ended"):
        await identify(desk.running.services, token)
    assert (await identify(desk.running.services, forever)).ends_at is None


@pytest.mark.parametrize("email", ["nobody@x.com", "", "a\x00b"])
async def test_no_token_for_nobody(desk: Desk, email: str) -> None:
    async with desk.refused(NotFound, "user_not_found"):
        await create_token(desk.system, email=email)


# Changing a password


async def test_changing_a_password_ends_every_other_session(desk: Desk) -> None:
    bia = await desk.agent()
    email = await email_of(desk, bia)
    other = await desk.signed_in(email)
    await change_password(bia, current=PASSWORD, new=ANOTHER)
    assert (await look_again(bia)).principal == bia.principal
    with pytest.raises(Unauthenticated, match="session_ended"):
        await look_again(other)
    with pytest.raises(Unauthenticated, match="bad_credentials"):
        await sign_in(desk.anonymous, email=email, password=PASSWORD)
    assert (await sign_in(desk.anonymous, email=email, password=ANOTHER)).user.email == email


@pytest.mark.parametrize(
    ("current", "new", "field", "reason"),
    [
        ("wrong", ANOTHER, "current", "wrong_password"),
        (PASSWORD, PASSWORD, "new", "same_password"),
        (PASSWORD, "short", "new", "too_short"),
        (PASSWORD, "internet12345", "new", "weak_password"),
    ],
)
async def test_a_change_of_password_is_checked(desk: Desk, current: str, new: str, field: str, reason: str) -> None:
    bia = await desk.agent()
    async with desk.refused(Invalid, reason, field=(field,)):
        await change_password(bia, current=current, new=new)


@pytest.mark.settings(sign_in_tries=2)
async def test_guessing_the_current_password_is_limited(desk: Desk) -> None:
    bia = await desk.agent()
    for _ in range(2):
        with pytest.raises(Invalid, match="wrong_password"):
            await change_password(bia, current="wrong", new=ANOTHER)
    with pytest.raises(RateLimited):
        async with desk.nothing_changes():
            await change_password(bia, current=PASSWORD, new=ANOTHER)


async def test_a_change_does_not_undo_a_reset_that_came_meanwhile(desk: Desk) -> None:
    boss, bia = await desk.admin(), await desk.agent()

    async def reset() -> None:
        await reset_password(boss, person(bia).user_id)

    slow = replace(bia, services=replace(desk.running.services, passwords=Meanwhile(reset)))
    with pytest.raises(Invalid, match="wrong_password"):
        await change_password(slow, current=PASSWORD, new=ANOTHER)
    async with desk.db.read() as session:
        user = await session.get_one(User, person(bia).user_id)
    assert user.password_hash == ""
    assert user.link_hash


async def test_old_sessions_are_forgotten(desk: Desk) -> None:
    bia = await desk.agent()
    await sign_out(bia)
    before = await desk.count(Session)
    assert await prune_sessions(desk.system) == 0
    desk.clock.advance(days=29)
    assert await prune_sessions(desk.system) == before
    assert await desk.count(Session) == 0


async def test_one_sees_where_one_is_signed_in_and_nobody_elses_places(desk: Desk) -> None:
    bia, rui = await desk.agent(), await desk.agent()
    email = await email_of(desk, bia)
    before = {row.id for row in await list_sessions(bia)}
    desk.clock.advance(minutes=1)
    there = await sign_in(replace(desk.anonymous, user_agent="Firefox"), email=email, password=PASSWORD)
    await create_token(desk.system, email=email)
    rows = await list_sessions(bia)
    assert {row.id for row in rows} > {*before, there.principal.session_id}
    assert len(rows) == len(before) + 2
    assert {row.kind for row in rows} == {SessionKind.COOKIE, SessionKind.TOKEN}
    assert {row.user_id for row in await list_sessions(rui)} <= {person(rui).user_id}
    # What has ended, by the clock or by hand, is no place where one is signed in.
    await sign_out(desk.anonymous.acting_as(there.principal))
    assert there.principal.session_id not in {row.id for row in await list_sessions(bia)}
    desk.clock.advance(days=15)
    assert {row.kind for row in await list_sessions(bia)} == {SessionKind.TOKEN}


async def test_a_revoked_session_has_ended_at_once_and_the_others_go_on(desk: Desk) -> None:
    bia = await desk.agent()
    email = await email_of(desk, bia)
    here = await sign_in(desk.anonymous, email=email, password=PASSWORD)
    there = await sign_in(desk.anonymous, email=email, password=PASSWORD)
    await revoke_session(desk.anonymous.acting_as(here.principal), there.principal.session_id)
    assert (await identify(desk.running.services, here.token)).principal == here.principal
    with pytest.raises(Unauthenticated):
        await identify(desk.running.services, there.token)
    async with desk.refused(NotFound, "session_not_found", field=("id",)):
        await revoke_session(bia, there.principal.session_id)


async def test_somebody_elses_session_cannot_be_ended(desk: Desk) -> None:
    bia, boss = await desk.agent(), await desk.admin()
    there = await sign_in(desk.anonymous, email=await email_of(desk, bia), password=PASSWORD)
    async with desk.refused(NotFound, "session_not_found", field=("id",)):
        await revoke_session(boss, there.principal.session_id)
    assert (await identify(desk.running.services, there.token)).principal == there.principal
