"""Customers and one's own sessions by GraphQL."""

from datetime import timedelta

import pytest

from api.events import chat_stream
from api.models.enums import Permission
from api.resolvers.claims import claim_chat
from api.resolvers.closings import close_chat
from api.subscriptions.cursors import write_cursor
from tests.schema.conftest import Door

CPF = "529.982.247-25"
REVEAL = """mutation($c: ID!, $r: String!) { revealCpf(customerId: $c, reason: $r) {
  cpf userErrors { code field } } }"""
FIND = "query($s: String) { customers(search: $s) { totalCount nodes { id name cpfMasked } } }"
ONE = "query($id: ID, $cpf: Cpf) { customer(id: $id, cpf: $cpf) { name cpfMasked } }"


async def test_a_cpf_is_revealed_to_who_may_and_says_why(door: Door) -> None:
    chat = await door.desk.waiting("tecnico", cpf=CPF)
    ana = await door.token(await door.desk.agent("tecnico", permissions=(Permission.CPF_REVEAL,)))
    bia = await door.token(await door.desk.agent("tecnico"))
    given = {"c": str(chat.customer_id), "r": "Segunda via"}
    assert await door.ask(REVEAL, token=ana, **given) == {"revealCpf": {"cpf": CPF, "userErrors": []}}
    refused = {"cpf": None, "userErrors": [{"code": "FORBIDDEN", "field": None}]}
    assert (await door.ask(REVEAL, token=bia, **given))["revealCpf"] == refused
    empty = {"cpf": None, "userErrors": [{"code": "REQUIRED", "field": ["reason"]}]}
    assert (await door.ask(REVEAL, token=ana, **given | {"r": " "}))["revealCpf"] == empty
    nobody = {"cpf": None, "userErrors": [{"code": "NOT_FOUND", "field": None}]}
    assert (await door.ask(REVEAL, token=ana, **given | {"c": "nobody"}))["revealCpf"] == nobody


async def test_customers_are_found_with_their_cpf_masked(door: Door) -> None:
    chat = await door.desk.waiting("tecnico", cpf=CPF)
    ana = await door.token(await door.desk.agent("tecnico"))
    bia = await door.token(await door.desk.agent("comercial"))
    ze = {"name": "Zé", "cpfMasked": "***.982.247-**"}
    found = {"totalCount": 1, "nodes": [ze | {"id": str(chat.customer_id)}]}
    assert (await door.ask(FIND, token=ana, s=CPF))["customers"] == found
    assert (await door.ask(FIND, token=bia, s=CPF))["customers"] == {"totalCount": 0, "nodes": []}
    assert (await door.ask(ONE, token=ana, id=str(chat.customer_id)))["customer"] == ze
    assert (await door.ask(ONE, token=ana, cpf=CPF))["customer"] == ze
    for wanted in ({"id": str(chat.customer_id)}, {"id": "nobody"}, {"cpf": CPF}):
        assert (await door.ask(ONE, token=bia, **wanted))["customer"] is None


async def test_a_person_ends_another_session_of_their_own(door: Door) -> None:
    ana = await door.desk.agent("tecnico")
    here, there = await door.token(ana), await door.token(ana)
    query = "{ sessions { id current program createdAt lastSeenAt expiresAt address userAgent } }"
    revoke = "mutation($id: ID!) { revokeSession(id: $id) { done userErrors { code field } } }"
    seen = (await door.ask(query, token=here))["sessions"]
    assert sum(session["current"] for session in seen) == 1
    other = (await door.ask("{ sessions { id current } }", token=there))["sessions"]
    (id,) = (session["id"] for session in other if session["current"])
    done = {"done": True, "userErrors": []}
    assert (await door.ask(revoke, token=here, id=id))["revokeSession"] == done
    assert id not in {session["id"] for session in (await door.ask(query, token=here))["sessions"]}
    again = {"done": False, "userErrors": [{"code": "NOT_FOUND", "field": ["id"]}]}
    for missing in (id, "nothing"):
        assert (await door.ask(revoke, token=here, id=missing))["revokeSession"] == again


CORRECT = """mutation($id: ID!, $name: String, $email: String, $company: String) {
  updateCustomer(id: $id, name: $name, email: $email, company: $company) {
    customer { name email phone company } userErrors { code field } } }"""


async def test_a_correction_takes_away_what_is_null_and_leaves_what_is_absent(door: Door) -> None:
    chat = await door.desk.waiting("tecnico", cpf=CPF, email="ze@x.example", phone="+5511987650001")
    ana = await door.token(await door.desk.agent("tecnico"))
    id = str(chat.customer_id)
    told = await door.ask(CORRECT, token=ana, id=id, email=None, company="Padaria")
    now = {"name": "Zé", "email": None, "phone": "+5511987650001", "company": "Padaria"}
    assert told["updateCustomer"] == {"customer": now, "userErrors": []}
    nameless = {"customer": None, "userErrors": [{"code": "REQUIRED", "field": ["name"]}]}
    assert (await door.ask(CORRECT, token=ana, id=id, name=None))["updateCustomer"] == nameless
    nobody = {"customer": None, "userErrors": [{"code": "NOT_FOUND", "field": None}]}
    assert (await door.ask(CORRECT, token=ana, id="nobody"))["updateCustomer"] == nobody
    assert (await door.ask(ONE, token=ana, id=id))["customer"]["name"] == "Zé"


HELD = "query($id: ID!) { customer(id: $id) { name heldUntil restrictedUntil } }"
ERASE = """mutation($c: ID!) { eraseCustomer(customerId: $c, reason: "Pedido do titular") {
  customer { id erasedAt restrictedUntil } userErrors { code } } }"""
FOLLOW = "subscription($c: ID!, $a: Cursor) { chatEvents(chatId: $c, after: $a) { event { __typename } } }"


@pytest.mark.settings(legal_hold=timedelta(days=730))
async def test_who_answers_for_data_knows_until_when_they_are_held(door: Door) -> None:
    ana = await door.desk.agent("tecnico")
    chat = await door.desk.closed(ana, cpf=CPF)
    boss, agent = await door.token(await door.desk.admin()), await door.token(ana)
    id, until = str(chat.customer_id), "2028-03-01T15:00:00Z"
    asked = {"name": "Zé", "heldUntil": until, "restrictedUntil": None}
    assert (await door.ask(HELD, token=boss, id=id))["customer"] == asked
    assert (await door.ask(HELD, token=agent, id=id))["customer"] == asked | {"heldUntil": None}
    told = {"id": id, "erasedAt": None, "restrictedUntil": until}
    assert (await door.ask(ERASE, token=boss, c=id))["eraseCustomer"] == {"customer": told, "userErrors": []}
    assert (await door.ask(HELD, token=boss, id=id))["customer"] == asked | {"restrictedUntil": until}
    assert (await door.ask(HELD, token=agent, id=id))["customer"] is None


@pytest.mark.settings(legal_hold=timedelta(days=730))
async def test_who_follows_a_chat_hears_no_more_of_it_when_it_goes_out_of_sight(door: Door) -> None:
    ana, boss = await door.desk.agent("tecnico"), await door.desk.admin()
    opened = await door.desk.opened("tecnico")
    chat = opened.chat
    await claim_chat(ana, chat.id)
    await close_chat(ana, chat.id)
    last = write_cursor(door.desk.db.epoch, len(await door.desk.events(chat_stream(chat.id))) - 1)
    async with (
        door.socket(token=await door.token(ana)) as hers,
        door.socket(token=await door.token(boss)) as his,
    ):
        for socket in (hers, his):
            await socket.subscribe("chat", FOLLOW, c=str(chat.id), a=last)
            # Who is told of the end has joined.
            assert (await socket.of("chat"))["type"] == "next"
        await door.ask(ERASE, token=await door.token(boss), c=str(chat.customer_id))
        ended = await hers.of("chat")
        assert (ended["type"], ended["payload"][0]["extensions"]["code"]) == ("error", "NOT_FOUND")
        told = await his.of("chat")
        assert told["payload"]["data"]["chatEvents"]["event"]["__typename"] == "ChatChanged"
        await hers.subscribe("again", FOLLOW, c=str(chat.id), a=last)
        assert (await hers.of("again"))["payload"][0]["extensions"]["code"] == "NOT_FOUND"
