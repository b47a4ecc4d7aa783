"""GraphQL over sockets: what subscribers see, how streams end, and which frames are refused."""

import asyncio
from typing import Any
from uuid import UUID

import pytest
import websockets

from api.context import Context
from api.models import Chat
from api.models.enums import MessageKind
from api.resolvers.claims import claim_chat
from api.resolvers.closings import close_chat
from api.resolvers.messages import mark_read, send_message, set_typing
from api.resolvers.sessions import sign_out
from api.resolvers.users import UserChange, active_chats_of, update_user
from api.schema import endpoint
from tests.people import Desk
from tests.schema.conftest import Door, Socket

CHAT = """subscription($c: ID!, $a: Cursor) { chatEvents(chatId: $c, after: $a) { cursor event { __typename
  ... on MessageSent { message { seq body kind } } ... on MessagesRead { by seq }
  ... on ChatChanged { chat { status agentName } }
  ... on ChatEnded { chat { closeReason } } ... on PositionMoved { position } ... on TypingShown { by name } } } }"""
QUEUE = """subscription($d: ID!, $a: Cursor) { queueEvents(departmentId: $d, after: $a) { cursor event { __typename
  ... on ChatQueued { position chat { customerName lastMessage { body } } }
  ... on ChatLeftQueue { reason agent { name } } } } }"""
INBOX = """subscription { inboxEvents { cursor event { __typename ... on ChatAssigned { chat { id } }
  ... on ChatActivity { chat { unread } } ... on ChatUnassigned { reason } } } }"""


async def events(socket: Socket, id: str, field: str, count: int) -> list[dict[str, Any]]:
    """The next events of a stream, without their type's name where it is plain."""
    found = []
    for _ in range(count):
        frame = await socket.of(id)
        assert frame["type"] == "next", frame
        found.append(frame["payload"]["data"][field])
    return found


def beginning(desk: Desk) -> str:
    return f"{desk.db.epoch}.0"


async def test_a_customer_sees_their_chat_from_its_first_line_in_order(door: Door) -> None:
    ana = await door.desk.agent("tecnico", name="Ana")
    opened = await door.desk.opened(message="Sem internet")
    await claim_chat(ana, opened.chat.id)
    await send_message(ana, opened.chat.id, body="Bom dia")
    async with door.socket_of(opened) as socket:
        await socket.subscribe("1", CHAT, c=str(opened.chat.id), a=beginning(door.desk))
        seen = await events(socket, "1", "chatEvents", 4)
        await send_message(ana, opened.chat.id, body="Tudo bem?")
        seen += await events(socket, "1", "chatEvents", 1)
    told = [event["event"].get("message", event["event"].get("chat")) for event in seen]
    assert told == [
        {"seq": 1, "body": "Sem internet", "kind": "TEXT"},
        {"seq": 2, "body": "Ana entrou na conversa.", "kind": "EVENT"},
        {"status": "ACTIVE", "agentName": "Ana"},
        {"seq": 3, "body": "Bom dia", "kind": "TEXT"},
        {"seq": 4, "body": "Tudo bem?", "kind": "TEXT"},
    ]


async def test_a_stream_resumes_after_its_cursor_without_a_gap_or_a_repeat(door: Door) -> None:
    ana = await door.desk.agent("tecnico")
    opened = await door.desk.opened()
    await claim_chat(ana, opened.chat.id)
    async with door.socket_of(opened) as socket:
        await socket.subscribe("1", CHAT, c=str(opened.chat.id), a=beginning(door.desk))
        cursor = (await events(socket, "1", "chatEvents", 3))[-1]["cursor"]
    for number in range(20):
        await send_message(ana, opened.chat.id, body=f"linha {number}")
    async with door.socket_of(opened) as socket:
        await socket.subscribe("1", CHAT, c=str(opened.chat.id), a=cursor)
        seen = await events(socket, "1", "chatEvents", 20)
    assert [event["event"]["message"]["body"] for event in seen] == [f"linha {number}" for number in range(20)]


async def test_an_internal_note_never_reaches_the_customers_stream(door: Door) -> None:
    ana = await door.desk.agent("tecnico")
    opened = await door.desk.opened()
    await claim_chat(ana, opened.chat.id)
    async with door.socket_of(opened) as customer, door.socket(await door.token(ana)) as agent:
        for socket in (customer, agent):
            await socket.subscribe("1", CHAT, c=str(opened.chat.id), a=beginning(door.desk))
            await events(socket, "1", "chatEvents", 3)
        await send_message(ana, opened.chat.id, body="cliente difícil", kind=MessageKind.NOTE)
        await send_message(ana, opened.chat.id, body="Pois não")
        seen = (await events(customer, "1", "chatEvents", 1)) + (await events(agent, "1", "chatEvents", 2))
    assert [event["event"]["message"]["body"] for event in seen] == ["Pois não", "cliente difícil", "Pois não"]


async def test_a_waiting_customer_is_told_the_place_and_each_move(door: Door) -> None:
    ana = await door.desk.agent("tecnico")
    first, second = await door.desk.opened(), await door.desk.opened()
    async with door.socket_of(second) as socket:
        await socket.subscribe("1", CHAT, c=str(second.chat.id))
        assert await events(socket, "1", "chatEvents", 1) == [
            {"cursor": None, "event": {"__typename": "PositionMoved", "position": 2}}
        ]
        await claim_chat(ana, first.chat.id)
        assert (await events(socket, "1", "chatEvents", 1))[0]["event"] == {
            "__typename": "PositionMoved",
            "position": 1,
        }


async def test_typing_and_read_marks_are_shown_to_the_other_side(door: Door) -> None:
    ana = await door.desk.agent("tecnico", name="Ana")
    opened = await door.desk.opened()
    await claim_chat(ana, opened.chat.id)
    async with door.socket_of(opened) as socket:
        await socket.subscribe("1", CHAT, c=str(opened.chat.id), a=beginning(door.desk))
        await events(socket, "1", "chatEvents", 3)
        await set_typing(ana, opened.chat.id)
        await mark_read(ana, opened.chat.id, seq=1)
        typing, read = await events(socket, "1", "chatEvents", 2)
    assert typing == {"cursor": None, "event": {"__typename": "TypingShown", "by": "AGENT", "name": "Ana"}}
    assert read["event"] == {"__typename": "MessagesRead", "by": "AGENT", "seq": 1}


async def test_an_agent_sees_who_joins_and_leaves_the_queue(door: Door) -> None:
    ana = await door.desk.agent("tecnico", name="Ana")
    department = await door.desk.department("tecnico")
    async with door.socket(await door.token(ana)) as socket:
        await socket.subscribe("1", QUEUE, d=str(department.id), a=beginning(door.desk))
        chat = await door.desk.waiting(name="Zé", message="Sem sinal")
        await claim_chat(ana, chat.id)
        joined, left = await events(socket, "1", "queueEvents", 2)
    assert joined["event"]["chat"] == {"customerName": "Zé", "lastMessage": {"body": "Sem sinal"}}
    assert left["event"] == {"__typename": "ChatLeftQueue", "reason": "claimed", "agent": {"name": "Ana"}}


async def test_an_agents_own_list_follows_what_happens_in_it(door: Door) -> None:
    ana = await door.desk.agent("tecnico")
    async with door.socket(await door.token(ana)) as socket:
        await socket.subscribe("1", INBOX)
        began = await events(socket, "1", "inboxEvents", 1)
        opened = await door.desk.opened()
        await claim_chat(ana, opened.chat.id)
        assigned = await events(socket, "1", "inboxEvents", 1)
        await asyncio.sleep(0.2)
        await send_message(door.desk.as_customer(opened), opened.chat.id, body="Alô?")
        unread = 0
        while unread != 2:
            unread = (await events(socket, "1", "inboxEvents", 1))[0]["event"]["chat"]["unread"]
        await close_chat(ana, opened.chat.id)
        while (event := (await events(socket, "1", "inboxEvents", 1))[0]["event"])["__typename"] == "ChatActivity":
            continue
    assert began[0]["event"] == {"__typename": "PresenceChanged"}
    assert assigned[0]["event"] == {"__typename": "ChatAssigned", "chat": {"id": str(opened.chat.id)}}
    assert event == {"__typename": "ChatUnassigned", "reason": "closed"}


async def test_a_chat_that_comes_while_the_list_is_being_joined_is_told(
    door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Being there is what routing waits for: it gives a chat before the agent's own chats are listened to."""
    ana, given = await door.desk.agent("tecnico"), await door.desk.waiting()

    async def gives_meanwhile(ctx: Context, user_id: UUID) -> list[Chat]:
        chats = await active_chats_of(ctx, user_id)
        await claim_chat(ana, given.id)
        return chats

    monkeypatch.setattr("api.subscriptions.inbox.active_chats_of", gives_meanwhile)
    async with door.socket(await door.token(ana)) as socket:
        await socket.subscribe("1", INBOX)
        _, assigned = await events(socket, "1", "inboxEvents", 2)
    assert assigned["event"] == {"__typename": "ChatAssigned", "chat": {"id": str(given.id)}}


@pytest.mark.parametrize(
    ("cursor", "code"), [("0badcafe.1", "RESYNC"), ("{epoch}.999", "RESYNC"), ("nonsense", "INVALID")]
)
async def test_a_cursor_that_cannot_be_honoured_is_said_so(door: Door, cursor: str, code: str) -> None:
    opened = await door.desk.opened()
    async with door.socket_of(opened) as socket:
        given = cursor.format(epoch=door.desk.db.epoch)
        await socket.subscribe("1", CHAT, c=str(opened.chat.id), a=given)
        while (frame := await socket.of("1"))["type"] == "next":
            assert frame["payload"]["data"]["chatEvents"]["event"]["__typename"] == "PositionMoved"
    assert frame["type"] == "error"
    assert frame["payload"][0]["extensions"]["code"] == code


async def test_another_customers_chat_is_not_found(door: Door) -> None:
    mine, other = await door.desk.opened(), await door.desk.opened()
    async with door.socket_of(mine) as socket:
        await socket.subscribe("1", CHAT, c=str(other.chat.id))
        frame = await socket.of("1")
    assert (frame["type"], frame["payload"][0]["extensions"]["code"]) == ("error", "NOT_FOUND")


async def test_signing_out_cuts_what_the_session_follows(door: Door) -> None:
    ana = await door.desk.agent("tecnico")
    department = await door.desk.department("tecnico")
    email = (await door.desk.user(ana)).email
    again = await door.desk.signed_in(email)
    token = await door.token(ana)
    async with door.socket(token) as socket:
        await socket.subscribe("1", QUEUE, d=str(department.id))
        await asyncio.sleep(0.3)
        await door.ask("mutation { signOut { done } }", token=token)
        frame = await socket.of("1")
    await sign_out(again)
    assert (frame["type"], frame["payload"][0]["extensions"]["code"]) == ("error", "UNAUTHENTICATED")


async def test_leaving_a_department_cuts_its_queue(door: Door) -> None:
    admin, ana = await door.desk.admin(), await door.desk.agent("tecnico")
    department = await door.desk.department("tecnico")
    async with door.socket(await door.token(ana)) as socket:
        await socket.subscribe("1", QUEUE, d=str(department.id))
        await asyncio.sleep(0.3)
        await update_user(admin, (await door.desk.user(ana)).id, UserChange(department_ids=()))
        frame = await socket.of("1")
    assert (frame["type"], frame["payload"][0]["extensions"]["code"]) == ("error", "NOT_FOUND")


async def test_a_token_that_ended_with_its_chat_cuts_the_stream(door: Door) -> None:
    ana = await door.desk.agent("tecnico")
    opened = await door.desk.opened()
    await claim_chat(ana, opened.chat.id)
    async with door.socket_of(opened) as socket:
        await socket.subscribe("1", CHAT, c=str(opened.chat.id), a=beginning(door.desk))
        await events(socket, "1", "chatEvents", 3)
        await close_chat(ana, opened.chat.id)
        await events(socket, "1", "chatEvents", 2)
        door.desk.clock.advance(minutes=11)
        frame = await socket.of("1")
    assert (frame["type"], frame["payload"][0]["extensions"]["code"]) == ("error", "UNAUTHENTICATED")


async def test_queries_and_mutations_work_over_the_socket_with_rows_of_their_own_time(door: Door) -> None:
    opened = await door.desk.opened()
    query = "query($c: ID!) { chat(id: $c) { messages(last: 5) { totalCount } } }"
    send = 'mutation($c: ID!) { sendMessage(chatId: $c, body: "Oi?") { message { seq } } }'
    async with door.socket_of(opened) as socket:
        counts = []
        for number, document in enumerate((query, send, query)):
            await socket.subscribe(str(number), document, c=str(opened.chat.id))
            frame = await socket.of(str(number))
            counts.append(frame["payload"]["data"])
            assert (await socket.of(str(number)))["type"] == "complete"
    assert counts[0] == {"chat": {"messages": {"totalCount": 1}}}
    assert counts[2] == {"chat": {"messages": {"totalCount": 2}}}


@pytest.mark.parametrize("document", ["subscription { nope", "subscription { nope }", "{ __typename } { __typename }"])
async def test_a_faulty_document_is_an_error_for_its_id_and_the_socket_lives_on(door: Door, document: str) -> None:
    async with door.socket() as socket:
        await socket.subscribe("bad", document)
        frame = await socket.of("bad")
        assert (frame["type"], frame["payload"][0]["extensions"]["code"]) == ("error", "INVALID")
        await socket.subscribe("good", "{ departments { slug } }")
        assert (await socket.of("good"))["type"] == "next"


async def test_an_unknown_operation_name_is_an_error_and_the_socket_lives_on(door: Door) -> None:
    async with door.socket() as socket:
        payload = {"query": "query A { viewer { id } }", "operationName": "B"}
        await socket.send({"id": "1", "type": "subscribe", "payload": payload})
        assert (await socket.of("1"))["type"] == "error"
        await socket.subscribe("2", "{ departments { slug } }")
        assert (await socket.of("2"))["type"] == "next"


MALFORMED = [
    "x", "[]", "5", "null", '"connection_init"', "{}", '{"type": 5}', '{"type": []}', '{"type": "subscribe"}',
    '{"type": "subscribe", "id": ""}', '{"type": "subscribe", "id": 1, "payload": {"query": "{ a }"}}',
    '{"type": "subscribe", "id": "1", "payload": {"query": 5}}',
    '{"type": "subscribe", "id": "1", "payload": {"query": "{ a }", "variables": []}}',
    '{"type": "subscribe", "id": "1", "payload": {"query": "{ a }", "operationName": 5}}',
    '{"type": "complete"}', '{"type": "connection_init", "payload": []}', '{"type": "stop"}', b"\x00",
]  # fmt: skip


@pytest.mark.parametrize("frame", MALFORMED)
async def test_a_malformed_frame_closes_with_4400(door: Door, frame: str | bytes) -> None:
    async with door.bare_socket() as socket:
        await socket.send(frame)
        assert await socket.closed() == 4400


async def test_a_bad_token_closes_with_4403(door: Door) -> None:
    async with door.bare_socket() as socket:
        await socket.send({"type": "connection_init", "payload": {"token": "chat_nonsense"}})
        assert await socket.closed() == 4403


async def test_subscribing_before_the_introduction_closes_with_4401(door: Door) -> None:
    async with door.bare_socket() as socket:
        await socket.subscribe("1", "{ departments { slug } }")
        assert await socket.closed() == 4401


async def test_a_second_introduction_closes_with_4429(door: Door) -> None:
    async with door.socket() as socket:
        await socket.send({"type": "connection_init"})
        assert await socket.closed() == 4429


async def test_an_id_in_use_closes_with_4409(door: Door) -> None:
    opened = await door.desk.opened()
    async with door.socket_of(opened) as socket:
        for _ in range(2):
            await socket.subscribe("1", CHAT, c=str(opened.chat.id))
        assert await socket.closed() == 4409


async def test_who_does_not_introduce_themselves_is_closed_with_4408(door: Door) -> None:
    assert endpoint.INIT_TIMEOUT.total_seconds() == 5
    async with door.bare_socket() as socket:
        assert await socket.closed() == 4408


async def test_a_frame_over_the_limit_closes_with_1009(door: Door) -> None:
    async with door.socket() as socket:
        await socket.send("x" * 70_000)
        assert await socket.closed() == 1009


async def test_an_operation_too_many_is_refused_by_itself(door: Door) -> None:
    opened = await door.desk.opened()
    async with door.socket_of(opened) as socket:
        for number in range(endpoint.OPERATIONS_PER_SOCKET + 1):
            await socket.subscribe(str(number), CHAT, c=str(opened.chat.id))
        frame = await socket.of(str(endpoint.OPERATIONS_PER_SOCKET))
    assert (frame["type"], frame["payload"][0]["extensions"]["code"]) == ("error", "RATE_LIMITED")


async def test_nobody_has_an_inbox(door: Door) -> None:
    async with door.socket() as socket:
        await socket.subscribe("1", INBOX)
        frame = await socket.of("1")
    assert (frame["type"], frame["payload"][0]["extensions"]["code"]) == ("error", "UNAUTHENTICATED")


async def test_an_introduction_with_odd_values_is_taken_for_what_it_says(door: Door) -> None:
    async with door.bare_socket() as socket:
        await socket.send({"type": "connection_init", "payload": {"locale": [], "more": {"deep": 1}}})
        assert await socket.frame() == {"type": "connection_ack"}


@pytest.mark.settings(env="production", public_url="https://desk.example")
async def test_our_own_page_behind_a_proxy_may_open_a_socket_and_a_foreign_one_may_not(door: Door) -> None:
    async with door.bare_socket(origin="https://desk.example") as socket:
        await socket.send({"type": "connection_init"})
        assert await socket.frame() == {"type": "connection_ack"}
    with pytest.raises(websockets.InvalidStatus):
        async with door.bare_socket(origin="https://evil.example"):
            pass


async def test_nothing_is_left_behind_when_sockets_go(door: Door) -> None:
    opened = await door.desk.opened()
    for _ in range(20):
        async with door.socket_of(opened) as socket:
            await socket.subscribe("1", CHAT, c=str(opened.chat.id), a=beginning(door.desk))
            await events(socket, "1", "chatEvents", 1)
    async with asyncio.timeout(30):
        while door.desk.running.hub.subscribers:  # noqa: ASYNC110 - the server tells nobody when a reader is gone
            await asyncio.sleep(0.02)
