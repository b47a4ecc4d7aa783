"""The desk's rules as GraphQL tells them: transfers, returns, urgency, tickets, presence, reopening."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from api.context import Context
from api.models.enums import Availability, Priority
from api.resolvers.claims import claim_chat
from api.resolvers.closings import close_chat
from api.resolvers.deadlines import return_orphans
from api.resolvers.messages import send_message
from api.resolvers.presence import is_present, lapse_presence, set_availability
from api.resolvers.queue import serving_order
from tests.people import person
from tests.schema.conftest import Door, Socket

TRANSFER = """mutation($c: ID!, $d: ID, $a: ID, $r: String!, $q: Boolean! = false) {
  transferChat(id: $c, departmentId: $d, agentId: $a, reason: $r, orQueue: $q) {
    chat { status queuedAt claimedAt awaiting deadline position department { slug } agent { name }
      legs { outcome queuedAt leftAt department { slug } agent { name } } }
    userErrors { code message field } } }"""
RETURN = """mutation($c: ID!, $r: String) { returnChat(id: $c, reason: $r) {
  chat { status position agentName queuedAt legs { outcome } messages(first: 20) { nodes { kind body } } }
  userErrors { code field } } }"""
UPDATE = """mutation($c: ID!, $p: Priority, $s: String, $d: DateTime) {
  updateChat(id: $c, priority: $p, subject: $s, dueAt: $d) {
    chat { priority subject position dueAt } userErrors { code field } } }"""
OPEN_TICKET = """mutation($i: OpenTicketInput!) { openTicket(input: $i) {
  chat { kind status channel subject dueAt deadline awaiting position customerName category priority
    messages(first: 5) { nodes { sender body } } }
  userErrors { code field } } }"""
TURN = """mutation($c: ID!, $s: String, $d: DateTime) { turnIntoTicket(id: $c, subject: $s, dueAt: $d) {
  chat { kind status subject dueAt awaiting agent { name } } userErrors { code field } } }"""
SET = """mutation($s: Availability!, $r: String, $u: ID) { setAvailability(status: $s, reason: $r, userId: $u) {
  user { name presence { status chosen reason present since } } userErrors { code field } } }"""
SEND = """mutation($c: ID!, $b: String!) { sendMessage(chatId: $c, body: $b) {
  message { seq } userErrors { code field } } }"""
CHAT = "query($c: ID!) { chat(id: $c) { status protocol reopensUntil position closedAt closeReason } }"
QUEUE = """subscription($d: ID!, $a: Cursor) { queueEvents(departmentId: $d, after: $a) { event { __typename
  ... on ChatQueued { chat { id } position } ... on ChatReordered { chat { id priority } position }
  ... on ChatLeftQueue { reason } } } }"""
INBOX = """subscription { inboxEvents { cursor event { __typename
  ... on PresenceChanged { user { name presence { status chosen reason present } } } } } }"""
LINES = """subscription($c: ID!, $a: Cursor) { chatEvents(chatId: $c, after: $a) { event { __typename
  ... on MessageSent { message { kind body } } ... on ChatChanged { chat { status agentName } } } } }"""


async def data(socket: Socket, id: str, field: str) -> dict[str, Any]:
    """The next event of a stream."""
    frame = await socket.of(id)
    assert frame["type"] == "next", frame
    return frame["payload"]["data"][field]["event"]


async def until(met: Any) -> None:
    """Wait for something of which nothing tells this process."""
    async with asyncio.timeout(30):
        while not await met():  # noqa: ASYNC110 - the app tells its own subscribers, not the test
            await asyncio.sleep(0.02)


def told(time: Any) -> str:
    return time.isoformat().replace("+00:00", "Z")


async def staff(door: Door, *people: Context) -> list[str]:
    return [await door.token(who) for who in people]


# A chat that goes elsewhere


async def test_transfer_chat_tells_where_the_chat_is_and_where_it_was(door: Door) -> None:
    desk = door.desk
    ana, bia = await desk.agent("tecnico", name="Ana"), await desk.online("comercial", name="Bia")
    token, boss = await staff(door, ana, await desk.supervisor())
    came = told(desk.clock.now)
    opened = await desk.opened()
    await claim_chat(ana, opened.chat.id)
    await send_message(ana, opened.chat.id, body="Vou passar para a Bia")
    moved = told(desk.clock.advance(seconds=40))
    ids = {"c": str(opened.chat.id), "a": str(person(bia).user_id), "r": "SEGREDO"}
    answer = (await door.ask(TRANSFER, token=token, **ids))["transferChat"]
    assert answer["userErrors"] == []
    del answer["chat"]["legs"]  # Ana does not attend in comercial, and sees no more of the chat than this answer
    assert answer["chat"] == {
        "status": "ACTIVE", "queuedAt": came, "claimedAt": moved, "awaiting": "AGENT",
        "deadline": told(desk.clock.now + timedelta(minutes=3)), "position": None,
        "department": {"slug": "comercial"}, "agent": {"name": "Bia"},
    }  # fmt: skip
    tecnico = (await desk.department("tecnico")).id
    back = await door.ask(TRANSFER, token=boss, c=ids["c"], d=str(tecnico), r="Era técnico")
    assert back["transferChat"]["chat"]["position"] == 1
    legs = back["transferChat"]["chat"]["legs"]
    assert [(leg["outcome"], leg["queuedAt"], leg["leftAt"], leg["agent"]) for leg in legs] == [
        ("TRANSFERRED", came, moved, {"name": "Ana"}),
        ("TRANSFERRED", moved, moved, {"name": "Bia"}),
        (None, moved, None, None),
    ]
    # The customer hears of it, and of no reason.
    async with door.socket_of(opened) as socket:
        await socket.subscribe("1", LINES, c=ids["c"], a=f"{desk.db.epoch}.0")
        await send_message(desk.as_customer(opened), opened.chat.id, body="Fim")
        seen = [await data(socket, "1", "chatEvents")]
        while seen[-1].get("message", {}).get("body") != "Fim":
            seen.append(await data(socket, "1", "chatEvents"))
    assert "SEGREDO" not in repr(seen)
    assert "Bia entrou na conversa." in repr(seen)
    history = "query($c: ID!) { chat(id: $c) { legs { outcome } messages(first: 50) { totalCount nodes { kind } } } }"
    shown = (await door.ask(history, token=opened.token, c=ids["c"]))["chat"]
    assert shown["legs"] is None
    assert {node["kind"] for node in shown["messages"]["nodes"]} == {"TEXT", "EVENT"}
    assert shown["messages"]["totalCount"] == len(shown["messages"]["nodes"])


async def test_whoever_gives_a_chat_to_a_strange_department_is_answered_all_the_same(door: Door) -> None:
    """It was done; that the chat's lines are not theirs to read any more must not turn the answer into an error."""
    ana = await door.desk.agent("tecnico")
    (token,) = await staff(door, ana)
    chat = await door.desk.active(ana)
    transfer = """mutation($c: ID!, $d: ID!) { transferChat(id: $c, departmentId: $d, reason: "Cobrança") { chat {
      status unread agentName position estimatedWait { atLeast } waiting handling lastMessage { body } legs { outcome }
      department { slug } messages(last: 10) { totalCount nodes { body } } } userErrors { code } } }"""
    comercial = (await door.desk.department("comercial")).id
    answer = await door.ask(transfer, token=token, c=str(chat.id), d=str(comercial))
    assert answer["transferChat"]["userErrors"] == []
    shown = answer["transferChat"]["chat"]
    assert (shown["status"], shown["department"]) == ("WAITING", {"slug": "comercial"})
    assert shown["messages"] == {"totalCount": 0, "nodes": []}
    assert shown["lastMessage"] is None


async def test_transfer_chat_refuses_in_the_callers_words(door: Door) -> None:
    desk = door.desk
    ana, bia = await desk.agent("tecnico"), await desk.online("tecnico", name="Bia", capacity=1)
    (token,) = await staff(door, ana)
    chat = await desk.active(ana)
    ids = {"c": str(chat.id), "a": str(person(bia).user_id), "r": "?"}
    for away, code in ((True, "CONFLICT"), (False, "CAPACITY")):
        if away:
            await set_availability(bia, Availability.PAUSED, "Almoço")
        else:
            await set_availability(bia, Availability.ONLINE)
            await desk.active(bia)
        async with desk.nothing_changes():
            answer = (await door.ask(TRANSFER, token=token, **ids))["transferChat"]
        assert answer["chat"] is None
        (error,) = answer["userErrors"]
        assert (error["code"], error["field"]) == (code, ["agentId"])
        assert "Bia" in error["message"]
    for given, code, field in (
        ({"r": "?"}, "INVALID", ["departmentId"]),
        ({"r": " ", "a": "no id"}, "NOT_FOUND", None),
        ({"r": " ", "d": str(chat.department_id)}, "REQUIRED", ["reason"]),
        ({"r": "?", "d": str(chat.department_id)}, "INVALID", ["departmentId"]),
    ):
        async with desk.nothing_changes():
            answer = (await door.ask(TRANSFER, token=token, c=str(chat.id), **given))["transferChat"]
        assert [error["code"] for error in answer["userErrors"]] == [code]
        assert field is None or answer["userErrors"][0]["field"] == field
    queued = (await door.ask(TRANSFER, token=token, q=True, **ids))["transferChat"]["chat"]
    assert (queued["status"], queued["agent"]) == ("WAITING", None)


async def test_return_chat_puts_it_back_in_its_place(door: Door) -> None:
    desk = door.desk
    ana, bia = await desk.agent("tecnico"), await desk.agent("tecnico")
    token, strange = await staff(door, ana, bia)
    chat = await desk.active(ana)
    desk.clock.advance(minutes=1)
    await desk.waiting()
    refused = (await door.ask(RETURN, token=strange, c=str(chat.id)))["returnChat"]
    assert (refused["chat"], [error["code"] for error in refused["userErrors"]]) == (None, ["CONFLICT"])
    answer = (await door.ask(RETURN, token=token, c=str(chat.id), r="Volto já"))["returnChat"]["chat"]
    assert (answer["status"], answer["position"], answer["agentName"]) == ("WAITING", 1, None)
    assert answer["queuedAt"] == told(chat.queued_at)
    assert [leg["outcome"] for leg in answer["legs"]] == ["RETURNED", None]
    assert {"kind": "NOTE", "body": "Volto já"} in answer["messages"]["nodes"]


# Urgency


async def test_update_chat_moves_a_waiting_chat_before_the_eyes_of_its_queue(door: Door) -> None:
    desk = door.desk
    rui, ana = await desk.supervisor(), await desk.agent("tecnico")
    boss, token = await staff(door, rui, ana)
    first = await desk.waiting()
    desk.clock.advance(seconds=30)
    second = await desk.waiting()
    head = (await desk.db.heads([f"queue:{first.department_id.hex}"]))[f"queue:{first.department_id.hex}"]
    async with door.socket(token) as socket:
        await socket.subscribe("1", QUEUE, d=str(first.department_id), a=f"{desk.db.epoch}.{head}")
        answer = await door.ask(UPDATE, token=boss, c=str(second.id), p="HIGH", s="Sem sinal desde ontem")
        heard = await data(socket, "1", "queueEvents")
    moved = {"priority": "HIGH", "subject": "Sem sinal desde ontem", "position": 1, "dueAt": None}
    assert answer["updateChat"] == {"chat": moved, "userErrors": []}
    chat = {"id": str(second.id), "priority": "HIGH"}
    assert heard == {"__typename": "ChatReordered", "chat": chat, "position": 1}
    assert await serving_order(desk.system, first.department_id) == [second.id, first.id]
    async with desk.nothing_changes():
        refused = (await door.ask(UPDATE, token=token, c=str(first.id), p="URGENT"))["updateChat"]
    assert (refused["chat"], refused["userErrors"][0]["code"]) == (None, "CONFLICT")
    assert (await desk.chat(first.id)).priority is Priority.NORMAL


# Tickets


async def test_open_ticket_and_turn_into_ticket(door: Door) -> None:
    desk = door.desk
    ana = await desk.agent("tecnico", name="Ana")
    (token,) = await staff(door, ana)
    due = told(desk.clock.now + timedelta(days=2))
    department = str((await desk.department("tecnico")).id)
    ticket = {"departmentId": department, "subject": "Visita", "description": "Trocar o cabo", "name": "Zé"}
    answer = (await door.ask(OPEN_TICKET, token=token, i=ticket | {"dueAt": due}))["openTicket"]
    assert answer["userErrors"] == []
    lines = answer["chat"].pop("messages")["nodes"]
    assert answer["chat"] == {
        "kind": "TICKET", "status": "WAITING", "channel": "INTERNAL", "subject": "Visita", "dueAt": due,
        "deadline": due, "awaiting": None, "position": None, "customerName": "Zé", "category": "OTHER",
        "priority": "NORMAL",
    }  # fmt: skip
    assert lines == [
        {"sender": "SYSTEM", "body": "Ana abriu o ticket."},
        {"sender": "AGENT", "body": "Trocar o cabo"},
    ]
    past = ticket | {"dueAt": told(desk.clock.now), "subject": ""}
    async with desk.nothing_changes():
        refused = (await door.ask(OPEN_TICKET, token=token, i=past))["openTicket"]["userErrors"]
    assert sorted(tuple(error["field"]) for error in refused) == [("input", "dueAt"), ("input", "subject")]
    for odd in ("2026-03-09T10:00:00", "tomorrow"):
        response = (await door.post(OPEN_TICKET, token=token, i=ticket | {"dueAt": odd})).json()
        assert response["errors"][0]["extensions"]["code"] == "INVALID"
    chat = await desk.active(ana)
    turned = (await door.ask(TURN, token=token, c=str(chat.id), s="Obra", d=due))["turnIntoTicket"]
    assert turned["chat"] == {
        "kind": "TICKET", "status": "ACTIVE", "subject": "Obra", "dueAt": due, "awaiting": None,
        "agent": {"name": "Ana"},
    }  # fmt: skip
    assert (await desk.user(ana)).active_chats == 0
    again = (await door.ask(TURN, token=token, c=str(chat.id)))["turnIntoTicket"]
    assert (again["chat"], again["userErrors"][0]["code"]) == (None, "CONFLICT")


# Presence


async def test_an_agent_is_present_while_their_inbox_lives_and_gone_45_seconds_after(door: Door) -> None:
    desk = door.desk
    ana = await desk.agent("tecnico", name="Ana", present=False)
    await set_availability(ana, Availability.ONLINE)
    (token,) = await staff(door, ana)
    mine = "{ viewer { presence { status chosen present } } }"
    gone = {"viewer": {"presence": {"status": "OFFLINE", "chosen": "ONLINE", "present": False}}}
    assert await door.ask(mine, token=token) == gone

    async def is_there() -> bool:
        return is_present(await desk.user(ana), desk.clock.now)

    async def is_alone() -> bool:
        return not desk.running.hub.subscribers

    async with door.socket(token) as socket:
        await socket.subscribe("1", INBOX)
        await until(is_there)
        here = {"status": "ONLINE", "chosen": "ONLINE", "present": True}
        assert await door.ask(mine, token=token) == {"viewer": {"presence": here}}
        assert (await desk.user(ana)).present_until == desk.clock.now + timedelta(seconds=45)
    await until(is_alone)
    desk.clock.advance(seconds=44)
    assert await door.ask(mine, token=token) == {"viewer": {"presence": here}}
    desk.clock.advance(seconds=1)
    assert await door.ask(mine, token=token) == gone
    assert await lapse_presence(desk.system) == 1


@pytest.mark.settings(presence_lease=timedelta(milliseconds=150))
async def test_a_live_inbox_renews_the_lease_and_a_second_one_changes_nothing(door: Door) -> None:
    desk = door.desk
    ana = await desk.online("tecnico", present=False)
    (token,) = await staff(door, ana)

    async def renewed() -> bool:
        until = (await desk.user(ana)).present_until
        return until == desk.clock.now + timedelta(milliseconds=150)

    async with door.socket(token) as first:
        await first.subscribe("1", INBOX)
        await until(renewed)
        async with door.socket(token) as second:
            await second.subscribe("1", INBOX)
            for _ in range(3):
                desk.clock.advance(seconds=0.1)
                await until(renewed)
        for _ in range(3):
            desk.clock.advance(seconds=0.1)
            await until(renewed)
        assert await return_orphans(desk.system) == 0


async def test_set_availability_for_oneself_and_by_who_manages_the_queue_is_told_to_the_inbox(door: Door) -> None:
    desk = door.desk
    ana, rui = await desk.agent("tecnico", name="Ana"), await desk.supervisor()
    token, boss = await staff(door, ana, rui)
    key = str(person(ana).user_id)
    inbox_of_ana = f"staff:{person(ana).user_id.hex}"
    async with door.socket(token) as socket:
        await socket.subscribe("1", INBOX)
        assert (await data(socket, "1", "inboxEvents"))["__typename"] == "PresenceChanged"
        answer = (await door.ask(SET, token=token, s="ONLINE"))["setAvailability"]
        assert answer["userErrors"] == []
        assert answer["user"]["presence"] == {
            "status": "ONLINE", "chosen": "ONLINE", "reason": None, "present": True, "since": told(desk.clock.now),
        }  # fmt: skip
        heard = await data(socket, "1", "inboxEvents")
        await door.ask(SET, token=boss, s="PAUSED", r="Reunião", u=key)
        paused = await data(socket, "1", "inboxEvents")
    now = {"status": "ONLINE", "chosen": "ONLINE", "reason": None, "present": True}
    assert heard == {"__typename": "PresenceChanged", "user": {"name": "Ana", "presence": now}}
    now = {"status": "PAUSED", "chosen": "PAUSED", "reason": "Reunião", "present": True}
    assert paused == {"__typename": "PresenceChanged", "user": {"name": "Ana", "presence": now}}
    assert len(await desk.events(inbox_of_ana)) >= 2
    for who, given, code, field in (
        (token, {"s": "ONLINE", "u": str(person(rui).user_id)}, "FORBIDDEN", ["userId"]),
        (token, {"s": "PAUSED"}, "INVALID", ["reason"]),
        (token, {"s": "PAUSED", "r": "Praia"}, "INVALID", ["reason"]),
        (boss, {"s": "ONLINE", "u": "nobody"}, "NOT_FOUND", None),
    ):
        async with desk.nothing_changes():
            refused = (await door.ask(SET, token=who, **given))["setAvailability"]
        assert (refused["user"], refused["userErrors"][0]["code"]) == (None, code)
        assert field is None or refused["userErrors"][0]["field"] == field


# Reopening


async def test_the_customers_words_reopen_a_chat_within_the_window_and_not_after(door: Door) -> None:
    desk = door.desk
    ana = await desk.agent("tecnico")
    (token,) = await staff(door, ana)
    opened = await desk.opened()
    await claim_chat(ana, opened.chat.id)
    await close_chat(ana, opened.chat.id)
    key = str(opened.chat.id)
    ended = (await door.ask(CHAT, token=opened.token, c=key))["chat"]
    assert (ended["status"], ended["reopensUntil"]) == ("CLOSED", told(desk.clock.now + timedelta(minutes=10)))
    refused = (await door.ask(SEND, token=token, c=key, b="Esqueci"))["sendMessage"]
    assert refused["userErrors"][0]["code"] == "CHAT_CLOSED"
    desk.clock.advance(minutes=9, seconds=59)
    sent = (await door.ask(SEND, token=opened.token, c=key, b="Caiu de novo"))["sendMessage"]
    assert sent["userErrors"] == []
    again = (await door.ask(CHAT, token=opened.token, c=key))["chat"]
    assert again == {
        "status": "WAITING", "protocol": ended["protocol"], "reopensUntil": None, "position": 1, "closedAt": None,
        "closeReason": None,
    }  # fmt: skip
    await claim_chat(ana, opened.chat.id)
    await close_chat(ana, opened.chat.id)
    desk.clock.advance(minutes=10)
    async with desk.nothing_changes():
        assert (await door.post(SEND, token=opened.token, c=key, b="Alô?")).status_code == 401
