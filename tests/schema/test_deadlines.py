"""What the desk does by itself, as GraphQL tells it: warnings, closings, returns, routing, a silent bot."""

from typing import Any

from api.models.enums import Availability, Scope
from api.resolvers.api_keys import create_api_key
from api.resolvers.claims import assign_waiting, claim_chat
from api.resolvers.deadlines import close_abandoned, meet_deadlines
from api.resolvers.messages import send_message
from api.resolvers.presence import set_availability
from tests.schema.conftest import Door, Socket

CHAT = """query($c: ID!) { chat(id: $c) {
  status awaiting deadline warnedAt closeReason agentName messages(last: 1) { nodes { kind body } } } }"""
LINES = """subscription($c: ID!) { chatEvents(chatId: $c) { event { __typename
  ... on MessageSent { message { kind body } } ... on ChatChanged { chat { status warnedAt } }
  ... on ChatEnded { chat { closeReason reopensUntil } } } } }"""
INBOX = """subscription { inboxEvents { event { __typename
  ... on ChatAssigned { chat { id } } ... on ChatUnassigned { chatId reason }
  ... on PresenceChanged { user { presence { status reason } } } } } }"""
ROUTING = """mutation($d: ID!) { updateDepartment(id: $d, input: {routing: AUTOMATIC}) {
  department { routing } userErrors { code } } }"""
CLAIM = "mutation($c: ID!) { claimChat(id: $c) { chat { status } userErrors { code message } } }"
SEND = "mutation($c: ID!, $b: String!) { sendMessage(chatId: $c, body: $b) { message { seq } userErrors { code } } }"


async def the_next(socket: Socket, kind: str, field: str = "chatEvents") -> dict[str, Any]:
    """The next event of this kind."""
    while True:
        frame = await socket.of("1")
        assert frame["type"] == "next", frame
        event = frame["payload"]["data"][field]["event"]
        if event["__typename"] == kind:
            return event


async def listening(socket: Socket, door: Door, query: str, **variables: Any) -> None:
    """Subscribe, and return when the server hears for us."""
    before = door.desk.running.hub.subscribers
    await socket.subscribe("1", query, **variables)
    while door.desk.running.hub.subscribers == before:
        await door.ask("{ __typename }")


async def test_a_silent_customer_is_warned_then_the_chat_closes_and_both_sides_hear_it(door: Door) -> None:
    desk = door.desk
    ana, opened = await desk.agent("tecnico"), await desk.opened()
    await claim_chat(ana, opened.chat.id)
    token, chat_id = await door.token(ana), str(opened.chat.id)
    await send_message(ana, opened.chat.id, body="Qual é o modelo?")
    async with door.socket_of(opened) as socket:
        await listening(socket, door, LINES, c=chat_id)
        desk.clock.advance(minutes=5)
        assert await meet_deadlines(desk.system) == 1
        warning = (await the_next(socket, "MessageSent"))["message"]
        assert warning == {
            "kind": "EVENT",
            "body": "Ainda está aí? Sem resposta, a conversa será encerrada em 5 min.",
        }
        assert (await the_next(socket, "ChatChanged"))["chat"]["warnedAt"] == "2026-03-02T15:05:00Z"
        desk.clock.advance(minutes=5)
        assert await meet_deadlines(desk.system) == 1
        ended = (await the_next(socket, "ChatEnded"))["chat"]
        assert ended == {"closeReason": "INACTIVITY", "reopensUntil": "2026-03-02T15:20:00Z"}
    chat = (await door.ask(CHAT, token=token, c=chat_id))["chat"]
    assert (chat["status"], chat["awaiting"], chat["deadline"]) == ("CLOSED", None, None)


async def test_a_chat_that_waits_for_its_agent_is_never_closed_for_silence(door: Door) -> None:
    desk = door.desk
    ana, opened = await desk.agent("tecnico"), await desk.opened()
    await claim_chat(ana, opened.chat.id)
    await send_message(ana, opened.chat.id, body="Olá")
    await send_message(desk.as_customer(opened), opened.chat.id, body="Continua sem sinal")
    token = await door.token(ana)
    for _ in range(4):
        desk.clock.advance(hours=2)
        assert await meet_deadlines(desk.system) == 0
    chat = (await door.ask(CHAT, token=token, c=str(opened.chat.id)))["chat"]
    assert (chat["status"], chat["awaiting"], chat["deadline"], chat["warnedAt"]) == ("ACTIVE", "AGENT", None, None)


async def test_a_chat_without_a_first_answer_returns_and_its_agent_hears_it(door: Door) -> None:
    desk = door.desk
    ana = await desk.agent("tecnico")
    chat, token = await desk.active(ana), await door.token(ana)
    assert (await door.ask(CHAT, token=token, c=str(chat.id)))["chat"]["deadline"] == "2026-03-02T15:03:00Z"
    async with door.socket(token) as socket:
        await listening(socket, door, INBOX)
        desk.clock.advance(minutes=3)
        assert await meet_deadlines(desk.system) == 1
        left = await the_next(socket, "ChatUnassigned", "inboxEvents")
    assert left == {"__typename": "ChatUnassigned", "chatId": str(chat.id), "reason": "returned"}
    shown = (await door.ask(CHAT, token=token, c=str(chat.id)))["chat"]
    assert (shown["status"], shown["agentName"]) == ("WAITING", None)


async def test_a_department_that_routes_by_itself_gives_who_waits_to_who_is_there(door: Door) -> None:
    desk = door.desk
    boss, ana = await desk.admin(), await desk.agent("tecnico", capacity=1)
    tecnico = await desk.department("tecnico")
    routed = await door.ask(ROUTING, token=await door.token(boss), d=str(tecnico.id))
    assert routed["updateDepartment"] == {"department": {"routing": "AUTOMATIC"}, "userErrors": []}
    first, second = await desk.waiting(), await desk.waiting()
    token = await door.token(ana)
    async with door.socket(token) as socket:
        await listening(socket, door, INBOX)
        await set_availability(ana, Availability.ONLINE)
        assert await assign_waiting(desk.system) == 1
        assert (await the_next(socket, "ChatAssigned", "inboxEvents"))["chat"] == {"id": str(first.id)}
        # One who has room for one chat gets no second one, however it is asked for.
        full = (await door.ask(CLAIM, token=token, c=str(second.id)))["claimChat"]
        assert (full["chat"], [error["code"] for error in full["userErrors"]]) == (None, ["CAPACITY"])
        assert await assign_waiting(desk.system) == 0
        desk.clock.advance(minutes=3)
        await meet_deadlines(desk.system)
        presence = (await the_next(socket, "PresenceChanged", "inboxEvents"))["user"]["presence"]
        while presence["reason"] is None:
            presence = (await the_next(socket, "PresenceChanged", "inboxEvents"))["user"]["presence"]
    assert presence["reason"] == "Sem resposta"


async def test_a_customer_who_left_the_queue_is_counted_as_gone(door: Door) -> None:
    desk = door.desk
    rui, opened = await desk.supervisor(), await desk.opened()
    desk.clock.advance(minutes=5)
    assert await close_abandoned(desk.system) == 1
    chat = (await door.ask(CHAT, token=await door.token(rui), c=str(opened.chat.id)))["chat"]
    assert (chat["status"], chat["closeReason"]) == ("CLOSED", "ABANDONED")


async def test_a_silent_bot_hands_over_and_may_not_write_any_more(door: Door) -> None:
    desk = door.desk
    key = await create_api_key(await desk.admin(), name="Robô", scopes=[Scope.CHAT_WRITE])
    opened = await desk.opened(by=desk.holding(key), bot_owns=True)
    chat_id = str(opened.chat.id)
    asked = (await door.ask(SEND, token=key.secret, c=chat_id, b="Qual é o seu CPF?"))["sendMessage"]
    assert asked["userErrors"] == []
    await send_message(desk.as_customer(opened), opened.chat.id, body="Prefiro falar com alguém")
    desk.clock.advance(minutes=2)
    assert await meet_deadlines(desk.system) == 1
    late = (await door.ask(SEND, token=key.secret, c=chat_id, b="Um momento"))["sendMessage"]
    assert (late["message"], late["userErrors"]) == (None, [{"code": "CONFLICT"}])
    chat = (await door.ask(CHAT, token=await door.token(await desk.supervisor()), c=chat_id))["chat"]
    assert (chat["status"], chat["awaiting"]) == ("WAITING", "AGENT")
