"""Signing in by two steps over GraphQL: a ticket in a cookie for browsers, in the answer for programs."""

from typing import Any

import pytest

from api.models.enums import Role
from api.resolvers.users import NewUser, create_user
from tests.people import PASSWORD
from tests.schema.conftest import Door
from tests.second_factors import next_code, switched_on

ANSWER = "{ viewer { name } token ticket userErrors { code field } }"
SIGN_IN = f"mutation($e: String!, $p: String!) {{ signIn(email: $e, password: $p) {ANSWER} }}"
CONFIRM = f"mutation($c: String!, $t: String) {{ confirmSignIn(code: $c, ticket: $t) {ANSWER} }}"
SET_PASSWORD = f"mutation($t: String!, $p: String!) {{ setPassword(token: $t, password: $p) {ANSWER} }}"
VIEWER = "{ viewer { name } }"


async def guarded(door: Door) -> tuple[str, str]:
    """Somebody with a second factor: their login, and their app's secret."""
    bia = await door.desk.agent(name="Bia")
    secret, _ = await switched_on(door.desk, bia)
    return (await door.desk.user(bia)).email, secret


async def test_a_browser_keeps_the_ticket_where_scripts_cannot_read_it_and_nothing_is_open_before_the_code(
    door: Door,
) -> None:
    email, secret = await guarded(door)
    ours = {"origin": door.url}
    response = await door.post(SIGN_IN, e=email, p=PASSWORD, headers=ours)
    told = response.json()["data"]["signIn"]
    assert (told["viewer"], told["token"], told["ticket"]) == (None, None, None)
    assert told["userErrors"] == [{"code": "SECOND_FACTOR_NEEDED", "field": None}]
    [cookie] = response.headers.get_list("set-cookie")
    assert cookie.startswith("alidash_second_factor=")
    assert {"httponly", "samesite=strict", "path=/graphql", "max-age=300"} <= set(cookie.lower().split("; "))
    assert (await door.post(VIEWER, headers=ours)).json()["data"]["viewer"] is None

    wrong = (await door.post(CONFIRM, c="000000", headers=ours)).json()["data"]["confirmSignIn"]
    assert wrong["userErrors"] == [{"code": "INVALID", "field": ["code"]}]
    response = await door.post(CONFIRM, c=next_code(door.desk, secret), headers=ours)
    assert response.json()["data"]["confirmSignIn"]["viewer"] == {"name": "Bia"}
    cookies = {line.partition("=")[0]: line.lower() for line in response.headers.get_list("set-cookie")}
    assert "max-age=0" in cookies["alidash_second_factor"]
    assert "httponly" in cookies["alidash_session"]
    assert (await door.post(VIEWER, headers=ours)).json()["data"]["viewer"] == {"name": "Bia"}


async def test_a_program_gets_the_ticket_and_then_a_token(door: Door) -> None:
    email, secret = await guarded(door)
    ticket = (await door.ask(SIGN_IN, e=email, p=PASSWORD))["signIn"]["ticket"]
    assert (await door.post(VIEWER, token=ticket)).status_code == 401
    signed_in = (await door.ask(CONFIRM, c=next_code(door.desk, secret), t=ticket))["confirmSignIn"]
    assert (await door.ask(VIEWER, token=signed_in["token"]))["viewer"] == {"name": "Bia"}
    nothing = (await door.ask(CONFIRM, c="000000"))["confirmSignIn"]
    assert nothing["userErrors"] == [{"code": "INVALID", "field": ["ticket"]}]


@pytest.mark.settings(sign_in_tries=2)
async def test_aliases_are_no_free_tries(door: Door) -> None:
    email, _ = await guarded(door)
    ticket = (await door.ask(SIGN_IN, e=email, p=PASSWORD))["signIn"]["ticket"]
    fields: dict[str, str] = {
        "codes": " ".join(f'a{i}: confirmSignIn(code: "00000{i}", ticket: $t) {ANSWER}' for i in range(4)),
        "passwords": " ".join(f'a{i}: signIn(email: $t, password: "{i}") {ANSWER}' for i in range(4)),
    }
    for first, given, tries in (("INVALID", ticket, "codes"), ("UNAUTHENTICATED", email, "passwords")):
        data: Any = await door.ask(f"mutation($t: String!) {{ {fields[tries]} }}", t=given)
        codes = [data[f"a{i}"]["userErrors"][0]["code"] for i in range(4)]
        assert codes == [first, first, "RATE_LIMITED", "RATE_LIMITED"]


async def test_a_link_tells_for_whom_it_is_and_signs_in_where_the_password_was_set(door: Door) -> None:
    made = await create_user(door.desk.system, NewUser("bia@x.com", "Bia", Role.AGENT))
    token = made.link.path.partition("#")[2] if made.link else ""
    holder = "query($t: String!) { linkHolder(token: $t) { name email } }"
    assert (await door.ask(holder, t=token))["linkHolder"] == {"name": "Bia", "email": "bia@x.com"}
    ours = {"origin": door.url}
    response = await door.post(SET_PASSWORD, t=token, p=PASSWORD, headers=ours)
    assert response.json()["data"]["setPassword"]["viewer"] == {"name": "Bia"}
    assert (await door.post(VIEWER, headers=ours)).json()["data"]["viewer"] == {"name": "Bia"}
    assert (await door.ask(holder, t=token))["linkHolder"] is None
    again = (await door.ask(SET_PASSWORD, t=token, p=PASSWORD))["setPassword"]
    assert again["userErrors"] == [{"code": "NOT_FOUND", "field": None}]
