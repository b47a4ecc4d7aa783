"""What people read and set of themselves through the door, with no right beyond their work."""

from api.models.enums import Permission
from api.resolvers.closings import rate_chat
from tests.people import PASSWORD
from tests.schema.conftest import Door

DAY = """{ viewer { name today { online figures { handled handleTime { mean n } satisfaction { positive answers }
  agent { name } } } } }"""
RIGHTS = "{ roles { role permissions people } permissionHolders { permission beyond { name } } }"
RENAME = """mutation($i: ProfileInput!) { updateProfile(input: $i) { user { name extension }
  userErrors { field code } } }"""
MAKE = """mutation($i: CreateTokenInput!) { createToken(input: $i) { token session { name scopes program }
  userErrors { field code } } }"""


async def test_an_agent_reads_the_figures_of_their_own_day_without_the_right_to_see_figures(door: Door) -> None:
    ana = await door.desk.agent("tecnico", name="Ana")
    chat = await door.desk.closed(ana)
    await rate_chat(door.desk.as_customer(chat), chat.id, score=5)
    figures = (await door.ask(DAY, token=await door.token(ana)))["viewer"]["today"]["figures"]
    assert (figures["handled"], figures["handleTime"]["n"], figures["agent"]) == (1, 1, {"name": "Ana"})
    assert figures["satisfaction"] == {"positive": 1.0, "answers": 1}


async def test_people_rename_themselves_and_are_told_what_to_mend(door: Door) -> None:
    token = await door.token(await door.desk.agent(name="Ana"))
    answer = (await door.ask(RENAME, token=token, i={"name": "Ana Lima", "extension": "12"}))["updateProfile"]
    assert answer == {"user": {"name": "Ana Lima", "extension": "12"}, "userErrors": []}
    answer = (await door.ask(RENAME, token=token, i={"name": ""}))["updateProfile"]
    assert answer == {"user": None, "userErrors": [{"field": ["input", "name"], "code": "REQUIRED"}]}


async def test_who_may_do_what_is_told_to_who_manages_people(door: Door) -> None:
    boss = await door.desk.admin()
    await door.desk.agent(name="Ana", permissions=(Permission.EXPORT,))
    answer = await door.ask(RIGHTS, token=await door.token(boss))
    agent = next(one for one in answer["roles"] if one["role"] == "AGENT")
    assert agent == {"role": "AGENT", "permissions": ["CHAT_ATTEND", "CUSTOMER_VIEW", "NETWORK_VIEW"], "people": 1}
    beyond = {one["permission"]: one["beyond"] for one in answer["permissionHolders"] if one["beyond"]}
    assert beyond == {"EXPORT": [{"name": "Ana"}]}


async def test_a_browser_makes_a_token_and_a_token_makes_none(door: Door) -> None:
    rui = await door.desk.supervisor(name="Rui")
    asked = {"name": "TV", "scopes": ["METRICS_VIEW"]}
    sign_in = "mutation($e: String!, $p: String!) { signIn(email: $e, password: $p) { viewer { name } } }"
    email = (await door.desk.user(rui)).email
    # As a page of ours does: its origin is the server's own, and the session comes as a cookie.
    origin = {"origin": door.url}
    await door.post(sign_in, headers=origin, e=email, p=PASSWORD)
    made = (await door.post(MAKE, headers=origin, i=asked)).json()["data"]["createToken"]
    assert made["session"] == {"name": "TV", "scopes": ["METRICS_VIEW"], "program": True}
    viewer = await door.ask("{ viewer { name } dashboard { waiting } }", token=made["token"])
    assert viewer["viewer"] == {"name": "Rui"}
    door.client.cookies.clear()
    refused = (await door.ask(MAKE, token=made["token"], i=asked))["createToken"]
    assert (refused["token"], refused["userErrors"][0]["code"]) == (None, "FORBIDDEN")
