"""A second factor: set up by its person, asked for at each sign-in, and never twice with the same code."""

import pytest
from sqlalchemy import select
from sqlmodel import col

from api.auth import look_again
from api.context import Context, Staff
from api.errors import AppError, Conflict, Forbidden, Invalid, RateLimited, SecondFactorNeeded, Unauthenticated
from api.models import AuditEntry, RecoveryCode
from api.models.enums import Role, SessionKind
from api.resolvers.proving import TICKET_LASTS
from api.resolvers.second_factor import (
    begin_second_factor,
    confirm_second_factor,
    get_second_factor,
    remove_second_factor,
    renew_recovery_codes,
    switch_off_second_factor,
)
from api.resolvers.sessions import SignedIn, change_password, confirm_sign_in, sign_in
from api.resolvers.users import UserChange, get_viewer, update_user
from tests.people import PASSWORD, Desk, person
from tests.second_factors import next_code, now_code, switched_on


async def ticket_of(desk: Desk, email: str, password: str = PASSWORD) -> str:
    """What the password alone gives."""
    with pytest.raises(SecondFactorNeeded) as needed:
        await sign_in(desk.anonymous, email=email, password=password)
    return needed.value.ticket


async def confirmed(desk: Desk, ticket: str, code: str) -> SignedIn:
    return await confirm_sign_in(desk.anonymous, ticket=ticket, code=code)


async def last_acts(desk: Desk, count: int) -> list[tuple[str, object]]:
    async with desk.db.read() as session:
        rows = await session.execute(select(AuditEntry).order_by(col(AuditEntry.seq).desc()).limit(count))
        return [(entry.action, entry.after) for entry in rows.scalars()]


async def test_set_up_and_asked_for_from_then_on(desk: Desk) -> None:
    bia = await desk.agent()
    email = (await desk.user(bia)).email
    elsewhere = await desk.signed_in(email)
    offer = await begin_second_factor(bia)
    # An offer asks for nothing yet, and is kept from who reads the database.
    await desk.signed_in(email)
    assert offer.secret in offer.uri
    assert offer.secret not in str(await desk.db_contents())
    codes = await confirm_second_factor(bia, now_code(desk, offer.secret))
    assert len(set(codes)) == 10
    assert [code for code in codes if code in str(await desk.db_contents())] == []
    assert await last_acts(desk, 1) == [("confirm_second_factor", None)]
    await look_again(bia)
    with pytest.raises(Unauthenticated, match="session_ended"):
        await look_again(elsewhere)
    ticket = await ticket_of(desk, email)
    login = await confirmed(desk, ticket, f" {next_code(desk, offer.secret)[:3]} {now_code(desk, offer.secret)[3:]} ")
    assert login.principal.user_id == person(bia).user_id
    assert await last_acts(desk, 1) == [("sign_in", {"second_factor": "app"})]
    now = await get_second_factor(bia)
    assert (now.since is not None, now.required, now.recovery_codes_left) == (True, False, 10)


async def test_no_code_opens_twice_and_none_before_one_that_did(desk: Desk) -> None:
    bia = await desk.agent()
    email = (await desk.user(bia)).email
    secret, recovery = await switched_on(desk, bia)
    ticket, used = await ticket_of(desk, email), now_code(desk, secret)
    later = next_code(desk, secret)
    await confirmed(desk, ticket, later)
    await confirmed(desk, ticket, recovery[0].upper().replace("-", " "))
    assert await last_acts(desk, 1) == [("sign_in", {"second_factor": "recovery code"})]
    desk.clock.advance(hours=2)
    ticket = await ticket_of(desk, email)
    for code in (used, later, recovery[0], "", "-", "123 456 789", "\ud800", "x" * 10_000):
        desk.clock.advance(seconds=16)
        async with desk.refused(Invalid, "wrong_code", field=("code",)):
            await confirmed(desk, ticket, code)
    assert await desk.count(RecoveryCode) == 9


async def test_recovery_codes_are_their_persons_alone(desk: Desk) -> None:
    ana, bia = await desk.agent(), await desk.agent()
    await switched_on(desk, ana)
    _, others = await switched_on(desk, bia)
    ticket = await ticket_of(desk, (await desk.user(ana)).email)
    async with desk.refused(Invalid, "wrong_code"):
        await confirmed(desk, ticket, others[0])


@pytest.mark.settings(sign_in_tries=2)
async def test_guessing_codes_is_delayed_whatever_ticket_one_holds(desk: Desk) -> None:
    bia = await desk.agent()
    email = (await desk.user(bia)).email
    secret, _ = await switched_on(desk, bia)
    for _ in range(2):
        with pytest.raises(Invalid, match="wrong_code"):
            await confirmed(desk, await ticket_of(desk, email), "000000")
    ticket = await ticket_of(desk, email)
    for act in (
        confirmed(desk, ticket, next_code(desk, secret)[::-1]),
        renew_recovery_codes(bia, "000000"),
        switch_off_second_factor(bia, "000000"),
    ):
        # The clock has gone on by half a minute: one more try, and then twice the delay for whichever door.
        with pytest.raises((Invalid, RateLimited)):
            await act
    async with desk.refused(RateLimited, "too_many_requests"):
        await confirmed(desk, ticket, now_code(desk, secret))
    desk.clock.advance(minutes=4)
    await confirmed(desk, ticket, now_code(desk, secret))


async def test_a_ticket_ends_by_time_and_by_what_changes_meanwhile(desk: Desk) -> None:
    boss, bia = await desk.admin(), await desk.agent()
    email = (await desk.user(bia)).email
    secret, recovery = await switched_on(desk, bia)
    vault = desk.running.services.vault
    ticket = await ticket_of(desk, email)

    async def opens_nothing(ticket: str) -> None:
        async with desk.refused(Invalid, "sign_in_again", field=("ticket",)):
            await confirmed(desk, ticket, now_code(desk, secret))

    for forged in (
        "",
        "x",
        "test1.",
        "test1.AAAA",
        "\ud800",
        ticket[:-4],
        vault.seal("52998224725"),
        vault.seal("a|b|c|d"),
    ):
        await opens_nothing(forged)
    desk.clock.advance(seconds=TICKET_LASTS.total_seconds())
    await opens_nothing(ticket)
    ticket = await ticket_of(desk, email)
    await change_password(bia, current=PASSWORD, new="another long secret")
    await opens_nothing(ticket)
    ticket = await ticket_of(desk, email, "another long secret")
    await update_user(boss, person(bia).user_id, UserChange(active=False))
    await opens_nothing(ticket)
    await update_user(boss, person(bia).user_id, UserChange(active=True))
    assert (await confirmed(desk, ticket, recovery[0])).user.email == email


async def test_new_recovery_codes_replace_the_old_ones_and_switching_off_takes_a_code(desk: Desk) -> None:
    bia = await desk.agent()
    email = (await desk.user(bia)).email
    secret, old = await switched_on(desk, bia)
    for act in (renew_recovery_codes, switch_off_second_factor):
        async with desk.refused(Invalid, "wrong_code", field=("code",)):
            await act(bia, now_code(desk, secret))
    new = await renew_recovery_codes(bia, next_code(desk, secret))
    assert not set(new) & set(old)
    async with desk.refused(Conflict, "second_factor_on"):
        await begin_second_factor(bia)
    async with desk.refused(Invalid, "wrong_code"):
        await switch_off_second_factor(bia, old[0])
    await switch_off_second_factor(bia, new[0])
    assert await desk.count(RecoveryCode) == 0
    user = await desk.user(bia)
    assert (user.totp_sealed, user.totp_step, user.second_factor_at) == (None, None, None)
    await sign_in(desk.anonymous, email=email, password=PASSWORD)
    for refused in (renew_recovery_codes, switch_off_second_factor):
        async with desk.refused(Conflict, "second_factor_off"):
            await refused(bia, "000000")


@pytest.mark.settings(second_factor_roles="ADMIN,SUPERVISOR")
async def test_who_lacks_what_their_role_needs_sets_it_up_and_does_nothing_else(desk: Desk) -> None:
    boss = await desk.admin(present=False)
    assert person(boss).lacks_second_factor
    assert (await get_viewer(boss)).id == person(boss).user_id
    assert (await get_second_factor(boss)).required
    async with desk.refused(Forbidden, "second_factor_missing"):
        await update_user(boss, person(boss).user_id, UserChange(name="X"))
    secret, _ = await switched_on(desk, boss)
    now = await look_again(boss)
    assert isinstance(now.principal, Staff)
    assert not now.principal.lacks_second_factor
    me = desk.as_(now.principal)
    async with desk.refused(Conflict, "second_factor_required"):
        await switch_off_second_factor(me, next_code(desk, secret))
    # Who rises into such a role is held at once, with what they have open.
    bia = await desk.agent()
    await update_user(me, person(bia).user_id, UserChange(role=Role.SUPERVISOR))
    risen = (await look_again(bia)).principal
    assert isinstance(risen, Staff)
    assert risen.lacks_second_factor


async def test_an_administrator_removes_what_somebody_lost_and_says_why(desk: Desk) -> None:
    boss, bia = await desk.admin(), await desk.agent()
    id = person(bia).user_id

    async def removed(by: Context, reason: str = "Perdeu o telefone") -> None:
        await remove_second_factor(by, id, reason=reason)

    async with desk.refused(Conflict, "second_factor_off"):
        await removed(boss)
    await switched_on(desk, bia)
    async with desk.refused(Invalid, "required", field=("reason",)):
        await removed(boss, " ")
    supervisor = await desk.supervisor()
    async with desk.refused(Forbidden, "not_allowed"):
        await removed(supervisor)
    async with desk.refused(Forbidden, "own_second_factor"):
        await remove_second_factor(boss, person(boss).user_id, reason="x")
    await removed(boss)
    assert await last_acts(desk, 1) == [("remove_second_factor", {"reason": "Perdeu o telefone"})]
    with pytest.raises(Unauthenticated, match="session_ended"):
        await look_again(bia)
    assert await desk.count(RecoveryCode) == 0
    await desk.signed_in((await desk.user(id)).email)


async def test_a_token_sets_nothing_up(desk: Desk) -> None:
    """What leaked would keep its person out of their own account."""
    email = (await desk.user(await desk.agent())).email
    login = await sign_in(desk.anonymous, email=email, password=PASSWORD, kind=SessionKind.TOKEN)
    program = desk.as_(login.principal)
    for act in (begin_second_factor(program), confirm_second_factor(program, "000000")):
        async with desk.refused(Forbidden, "browser_only"):
            await act


async def test_the_answer_before_the_code_is_the_same_whether_there_is_a_second_factor(desk: Desk) -> None:
    """Who does not know the password learns nothing of it."""
    ana, bia = await desk.agent(), await desk.agent()
    await switched_on(desk, bia)
    for who in (ana, bia):
        with pytest.raises(AppError) as refusal:
            await sign_in(desk.anonymous, email=(await desk.user(who)).email, password="wrong")
        assert (type(refusal.value), refusal.value.reason) == (Unauthenticated, "bad_credentials")
