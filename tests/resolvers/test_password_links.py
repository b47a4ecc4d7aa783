"""Links by which people set their password: one at a time, once, and not for long."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlmodel import col
from typer.testing import CliRunner

from api.auth import identify, look_again
from api.cli import cli
from api.errors import Invalid, NotFound, SecondFactorNeeded, Unauthenticated
from api.models import AuditEntry
from api.models.enums import Role
from api.resolvers.password_links import get_link_holder, set_password
from api.resolvers.sessions import change_password, confirm_sign_in, sign_in
from api.resolvers.users import NewUser, UserChange, UserSecret, create_user, reset_password, update_user
from tests.people import PASSWORD, Desk, person
from tests.second_factors import now_code, switched_on

OWN = "cavalo bateria grampo"


def token_of(made: UserSecret) -> str:
    assert made.link
    return made.link.path.removeprefix("/login/senha#")


async def invited(desk: Desk) -> UserSecret:
    return await create_user(desk.system, NewUser("bia@x.com", "Bia Souza", Role.AGENT))


async def test_an_invited_person_sets_a_password_once_and_is_signed_in(desk: Desk) -> None:
    made = await invited(desk)
    token = token_of(made)
    assert token not in str(await desk.db_contents())
    holder = await get_link_holder(desk.anonymous, token)
    assert (holder.name, holder.email) == ("Bia Souza", "bia@x.com")
    login = await set_password(desk.anonymous, token=token, password=OWN)
    assert (await identify(desk.running.services, login.token)).principal == login.principal
    async with desk.db.read() as session:
        entries = (await session.execute(select(AuditEntry).order_by(col(AuditEntry.seq).desc()).limit(2))).scalars()
        assert [(entry.action, entry.actor) for entry in entries] == [
            ("set_password", f"user:{made.user.id}"),
            ("sign_in", f"user:{made.user.id}"),
        ]
    for act in (get_link_holder(desk.anonymous, token), set_password(desk.anonymous, token=token, password=PASSWORD)):
        async with desk.refused(NotFound, "link_not_found"):
            await act
    assert (await sign_in(desk.anonymous, email="bia@x.com", password=OWN)).user.id == made.user.id


async def test_a_password_that_is_easy_to_guess_leaves_the_link_as_it_was(desk: Desk) -> None:
    token = token_of(await invited(desk))
    for password, reason in (("short", "too_short"), ("Bia Souza 1234", "weak_password")):
        async with desk.refused(Invalid, reason, field=("password",)):
            await set_password(desk.anonymous, token=token, password=password)
    await set_password(desk.anonymous, token=token, password=OWN)


async def test_a_link_ends_by_time_by_a_newer_one_by_a_change_and_by_deactivation(desk: Desk) -> None:
    boss, made = await desk.admin(), await invited(desk)
    id, tokens = made.user.id, [token_of(made)]

    async def none_opens(token: str) -> None:
        async with desk.refused(NotFound, "link_not_found"):
            await set_password(desk.anonymous, token=token, password=OWN)

    tokens.append(token_of(await reset_password(boss, id)))
    await none_opens(tokens[0])
    desk.clock.advance(hours=2)
    await none_opens(tokens[1])
    tokens.append(token_of(await reset_password(boss, id)))
    await update_user(boss, id, UserChange(active=False))
    await update_user(boss, id, UserChange(active=True))
    await none_opens(tokens[2])
    for nonsense in ("", "link_", "é" * 1000, "\ud800"):
        await none_opens(nonsense)


async def test_a_reset_by_link_ends_what_had_begun_meanwhile(desk: Desk) -> None:
    boss, bia = await desk.admin(), await desk.agent()
    token = token_of(await reset_password(boss, person(bia).user_id))
    first = await set_password(desk.anonymous, token=token, password=OWN)
    token = token_of(await reset_password(boss, person(bia).user_id))
    with pytest.raises(Unauthenticated, match="session_ended"):
        await look_again(desk.as_(first.principal))
    second = await set_password(desk.anonymous, token=token, password=OWN)
    await change_password(desk.as_(second.principal), current=OWN, new=PASSWORD)
    desk.clock.advance(minutes=1)
    await look_again(desk.as_(second.principal))


async def test_a_link_does_not_stand_in_for_a_second_factor(desk: Desk) -> None:
    boss, bia = await desk.admin(), await desk.agent()
    secret, _ = await switched_on(desk, bia)
    token = token_of(await reset_password(boss, person(bia).user_id))
    before = desk.clock.now
    with pytest.raises(SecondFactorNeeded) as needed:
        await set_password(desk.anonymous, token=token, password=OWN)
    desk.clock.now = before + timedelta(seconds=30)
    code = now_code(desk, secret)
    login = await confirm_sign_in(desk.anonymous, ticket=needed.value.ticket, code=code)
    assert login.principal.user_id == person(bia).user_id


def test_the_command_prints_where_the_first_administrator_sets_a_password(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ALIDASH_DATA", str(tmp_path))
    monkeypatch.setenv("ALIDASH_PUBLIC_URL", "https://desk.example/")
    monkeypatch.delenv("ALIDASH_DATABASE_URL", raising=False)
    made = CliRunner().invoke(cli, ["create-admin", "--email", "rui@x.com", "--name", "Rui"])
    assert re.fullmatch(
        r"rui@x\.com sets a password until \d{4}-\d\d-\d\d \d\d:\d\d UTC"
        r" at https://desk\.example/login/senha#link_[\w-]{43}\n",
        made.stdout,
    )
