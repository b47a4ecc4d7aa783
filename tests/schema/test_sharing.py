"""One execution for many readers: who shares it, who never does, and that each reader still stands for itself."""

import asyncio
import gc
import socket as sockets
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any
from uuid import UUID

import pytest
import websockets
from sqlmodel import col, select

from api.context import Context
from api.events import MessageSent
from api.models import AuditEntry
from api.models.base import new_id
from api.models.enums import MessageKind, Permission, Scope, Sender
from api.resolvers.api_keys import create_api_key, revoke_api_key
from api.resolvers.claims import claim_chat
from api.resolvers.closings import close_chat
from api.resolvers.messages import send_message, set_typing
from api.resolvers.presence import is_present
from api.resolvers.sessions import sign_out
from api.resolvers.transfers import transfer_chat
from api.resolvers.users import UserChange, update_user
from api.schema import Schema
from api.schema.measuring import Drawing
from api.subscriptions import outlet
from tests.people import Desk, person
from tests.schema.conftest import Door, Socket

CHAT = """subscription($c: ID!, $a: Cursor) { chatEvents(chatId: $c, after: $a) { cursor event { __typename
  ... on MessageSent { message { seq body kind } } ... on TypingShown { name }
  ... on ChatChanged { chat { status customer { name } agent { name } } } } } }"""
QUEUE = """subscription($d: ID!, $a: Cursor) { queueEvents(departmentId: $d, after: $a) { cursor event { __typename
  ... on ChatQueued { position chat { customerName } } ... on ChatLeftQueue { reason } } } }"""


@pytest.fixture
def executions(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The documents that were executed for an event, one entry each time."""
    seen: list[str] = []
    draw = Schema.draw

    async def counted(self: Schema, drawing: Drawing, *given: Any) -> Any:
        seen.append(drawing.query)
        return await draw(self, drawing, *given)

    monkeypatch.setattr(Schema, "draw", counted)
    return seen


async def until(true: Callable[[], object], within: float = 30) -> None:
    async with asyncio.timeout(within):
        while not true():  # noqa: ASYNC110 - what the server has come to, it tells nobody
            await asyncio.sleep(0.01)


@asynccontextmanager
async def following(
    door: Door, query: str, *people: Context, tokens: tuple[str, ...] = (), **variables: Any
) -> AsyncIterator[list[Socket]]:
    """Connections that follow something, once they all do."""
    before = door.desk.running.hub.subscribers
    async with AsyncExitStack() as stack:
        given = [*[await door.token(who) for who in people], *tokens]
        opened = [await stack.enter_async_context(door.socket(token)) for token in given]
        for socket in opened:
            await socket.subscribe("1", query, **variables)
        await until(lambda: door.desk.running.hub.subscribers == before + len(opened))
        yield opened


async def told(socket: Socket, count: int, id: str = "1") -> list[dict[str, Any]]:
    """The payloads of the next deliveries."""
    found = []
    for _ in range(count):
        frame = await socket.of(id)
        assert frame["type"] == "next", frame
        (delivery,) = frame["payload"]["data"].values()
        found.append(delivery)
    return found


async def bodies(socket: Socket, count: int) -> list[str]:
    return [delivery["event"]["message"]["body"] for delivery in await told(socket, count)]


async def error_of(socket: Socket) -> str:
    """The code that ends the stream, whatever comes before it."""
    while (frame := await socket.of("1"))["type"] == "next":
        continue
    assert frame["type"] == "error"
    return frame["payload"][0]["extensions"]["code"]


async def lines(desk: Desk, chat_id: UUID, *written: str) -> None:
    """Lines of a chat, as another process might have written them."""
    async with desk.db.transaction() as tx:
        for seq, body in enumerate(written):
            tx.emit(MessageSent(chat_id, new_id(), seq, Sender.AGENT, "Ana", MessageKind.TEXT, body, None, tx.now))


# Who shares


async def test_readers_of_one_audience_share_one_execution_of_each_event(door: Door, executions: list[str]) -> None:
    people = [await door.desk.agent("tecnico") for _ in range(4)]
    tecnico = await door.desk.department("tecnico")
    async with following(door, QUEUE, *people, d=str(tecnico.id)) as opened:
        for number in range(3):
            await door.desk.waiting(name=f"Zé {number}")
        seen = [await told(socket, 3) for socket in opened]
        assert door.desk.running.groups.count == 1
    assert [delivery["event"]["chat"]["customerName"] for delivery in seen[0]] == ["Zé 0", "Zé 1", "Zé 2"]
    assert all(other == seen[0] for other in seen)
    assert len(executions) == 3


async def test_an_audience_that_reads_on_is_nobody_and_leaves_no_entry_in_the_audit(door: Door) -> None:
    """A chat that several watch is claimed by one of them: rights are looked at again, for the audience as a whole."""
    ana, bia = await door.desk.agent("tecnico"), await door.desk.agent("tecnico")
    chat = await door.desk.waiting()
    async with following(door, CHAT, ana, bia, c=str(chat.id)) as opened:
        await claim_chat(ana, chat.id)
        await send_message(ana, chat.id, body="Pois não")
        await set_typing(ana, chat.id)
        for socket in opened:
            await told(socket, 3)
    async with door.desk.db.read() as session:
        readers = await session.execute(select(AuditEntry.actor).where(col(AuditEntry.action) == "read_transcript"))
        assert list(readers.scalars()) == []


async def test_two_audiences_are_executed_for_apart(door: Door, executions: list[str]) -> None:
    agents = [await door.desk.agent("tecnico") for _ in range(2)]
    bosses = [await door.desk.supervisor("tecnico") for _ in range(2)]
    tecnico = await door.desk.department("tecnico")
    async with following(door, QUEUE, *agents, *bosses, d=str(tecnico.id)) as opened:
        for _ in range(3):
            await door.desk.waiting()
        for socket in opened:
            await told(socket, 3)
        assert door.desk.running.groups.count == 2
    assert len(executions) == 6


async def test_readers_who_stand_elsewhere_share_and_those_who_ask_otherwise_do_not(
    door: Door, executions: list[str]
) -> None:
    ana, bia, caio = [await door.desk.agent("tecnico") for _ in range(3)]
    chat = await door.desk.active(ana)
    await lines(door.desk, chat.id, "um", "dois")
    start = f"{door.desk.db.epoch}.{await head(door.desk, chat.id) - 1}"
    other = CHAT.replace("seq body kind", "body")
    async with (
        following(door, CHAT, ana, c=str(chat.id)) as (live,),
        following(door, CHAT, bia, c=str(chat.id), a=start) as (behind,),
        following(door, other, caio, c=str(chat.id)) as (otherwise,),
    ):
        await lines(door.desk, chat.id, "três")
        assert await bodies(live, 1) == ["três"]
        assert await bodies(behind, 2) == ["dois", "três"]
        assert await bodies(otherwise, 1) == ["três"]
    assert len(executions) == 3


async def head(desk: Desk, chat_id: UUID) -> int:
    stream = f"chat:{chat_id.hex}"
    return (await desk.db.heads([stream]))[stream]


async def test_a_cursor_written_into_the_document_is_read_alone(door: Door) -> None:
    ana = await door.desk.agent("tecnico")
    chat = await door.desk.active(ana)
    literal = CHAT.replace(", $a: Cursor", "").replace("$a", f'"{door.desk.db.epoch}.{await head(door.desk, chat.id)}"')
    async with following(door, literal, ana, c=str(chat.id)) as (socket,):
        await lines(door.desk, chat.id, "um")
        assert await bodies(socket, 1) == ["um"]
        assert door.desk.running.groups.count == 0


# Who never does


async def test_a_note_never_reaches_a_customer_and_no_bytes_are_shared_with_one(door: Door) -> None:
    ana, bia = await door.desk.agent("tecnico", name="Ana"), await door.desk.agent("tecnico")
    opened = await door.desk.opened()
    chat_id = opened.chat.id
    async with (
        following(door, CHAT, ana, bia, c=str(chat_id)) as agents,
        following(door, CHAT, tokens=(opened.token,), c=str(chat_id)) as (customer,),
    ):
        await claim_chat(ana, chat_id)
        await send_message(ana, chat_id, body="cliente difícil", kind=MessageKind.NOTE)
        await send_message(ana, chat_id, body="Pois não")
        seen = [await told(socket, 4) for socket in agents]
        theirs = [await customer.of("1") for _ in range(4)]
    assert seen[0] == seen[1]
    changed = [delivery["event"] for delivery in seen[0] if delivery["event"]["__typename"] == "ChatChanged"]
    assert [event["chat"]["agent"] for event in changed] == [{"name": "Ana"}]
    assert "cliente difícil" in str(seen[0])
    assert "cliente difícil" not in str(theirs)
    events = [frame["payload"]["data"]["chatEvents"]["event"] for frame in theirs]
    (changed,) = [event["chat"] for event in events if event["__typename"] == "ChatChanged"]
    assert (changed["customer"], changed["agent"]) == (None, None)


async def test_permissions_that_show_more_make_another_audience(door: Door) -> None:
    ana = await door.desk.agent("tecnico")
    bia = await door.desk.agent("tecnico", permissions=(Permission.METRICS_VIEW,))
    tecnico = await door.desk.department("tecnico")
    async with following(door, QUEUE, ana, bia, d=str(tecnico.id)):
        assert door.desk.running.groups.count == 2


async def test_what_depends_on_the_person_is_shown_to_that_person_alone(door: Door) -> None:
    query = """subscription($c: ID!) { chatEvents(chatId: $c) { event {
      ... on ChatChanged { chat { agent { name activeChats { id } } } } } } }"""
    ana, bia = await door.desk.agent("tecnico", name="Ana"), await door.desk.agent("tecnico")
    chat = await door.desk.waiting()
    async with following(door, query, ana, bia, c=str(chat.id)) as opened:
        await claim_chat(ana, chat.id)
        seen = [(await told(socket, 2))[-1]["event"]["chat"]["agent"] for socket in opened]
    assert seen == [{"name": "Ana", "activeChats": [{"id": str(chat.id)}]}, {"name": "Ana", "activeChats": None}]


# Coming and going


@pytest.mark.parametrize(
    ("cursor", "code"), [("0badcafe.1", "RESYNC"), ("{epoch}.999", "RESYNC"), ("nonsense", "INVALID")]
)
async def test_a_cursor_that_cannot_be_honoured_is_said_so(door: Door, cursor: str, code: str) -> None:
    ana = await door.desk.agent("tecnico")
    chat = await door.desk.active(ana)
    async with door.socket(await door.token(ana)) as socket:
        await socket.subscribe("1", CHAT, c=str(chat.id), a=cursor.format(epoch=door.desk.db.epoch))
        assert await error_of(socket) == code
    await until(lambda: not door.desk.running.groups.count)


async def test_many_who_come_back_at_once_have_each_event_drawn_once(door: Door, executions: list[str]) -> None:
    people = [await door.desk.agent("tecnico") for _ in range(5)]
    chat = await door.desk.active(people[0])
    start = f"{door.desk.db.epoch}.{await head(door.desk, chat.id)}"
    written = [str(number) for number in range(20)]
    await lines(door.desk, chat.id, *written)
    async with following(door, CHAT, *people, c=str(chat.id), a=start) as opened:
        for socket in opened:
            assert await bodies(socket, 20) == written
    assert len(executions) == 20


async def test_who_joins_while_much_is_written_misses_nothing_and_sees_nothing_twice(door: Door) -> None:
    people = [await door.desk.agent("tecnico") for _ in range(4)]
    chat = await door.desk.active(people[0])
    start = f"{door.desk.db.epoch}.{await head(door.desk, chat.id)}"
    written = [str(number) for number in range(60)]

    async def write() -> None:
        for body in written:
            await lines(door.desk, chat.id, body)

    tokens = [await door.token(who) for who in people]
    async with AsyncExitStack() as stack:
        writing = asyncio.create_task(write())
        opened = []
        for token in tokens:
            opened.append(socket := await stack.enter_async_context(door.socket(token)))
            await socket.subscribe("1", CHAT, c=str(chat.id), a=start)
            await asyncio.sleep(0.05)
        for socket in opened:
            assert await bodies(socket, 60) == written
        await writing


async def test_typing_is_passed_on_to_all_and_never_replayed(door: Door) -> None:
    ana, bia = await door.desk.agent("tecnico", name="Ana"), await door.desk.agent("tecnico")
    chat = await door.desk.active(ana)
    async with following(door, CHAT, ana, bia, c=str(chat.id)) as opened:
        await set_typing(ana, chat.id)
        for socket in opened:
            assert await told(socket, 1) == [{"cursor": None, "event": {"__typename": "TypingShown", "name": "Ana"}}]


async def test_each_reader_is_connected_for_as_long_as_it_reads(door: Door) -> None:
    ana, bia = [await door.desk.agent("tecnico", present=False) for _ in range(2)]
    tecnico = await door.desk.department("tecnico")
    async with following(door, QUEUE, ana, bia, d=str(tecnico.id)):
        for who in (ana, bia):
            assert is_present(await door.desk.user(who), door.desk.clock.now)


async def test_nothing_is_sent_under_an_id_that_was_completed(door: Door) -> None:
    ana, bia = [await door.desk.agent("tecnico") for _ in range(2)]
    chat = await door.desk.active(ana)
    async with following(door, CHAT, ana, bia, c=str(chat.id)) as (leaving, staying):
        await leaving.send({"id": "1", "type": "complete"})
        await until(lambda: door.desk.running.hub.subscribers == 1)
        await lines(door.desk, chat.id, "um")
        assert await bodies(staying, 1) == ["um"]
        await leaving.send({"type": "ping"})
        assert await leaving.frame() == {"type": "pong"}


@pytest.mark.settings(reauthorise="PT0.2S")
async def test_a_group_ends_with_its_last_reader_and_leaves_nothing_behind(door: Door) -> None:
    boss = await door.desk.admin()
    token = (await create_api_key(boss, name="Painel", scopes=[Scope.QUEUE_READ])).secret
    tecnico = str((await door.desk.department("tecnico")).id)
    running = door.desk.running

    async def come_and_go(times: int) -> tuple[int, int]:
        for number in range(times):
            await socket.subscribe(str(number), QUEUE, d=tecnico)
            if number % 50 == 49:
                await until(lambda: running.groups.count == 1)
            await socket.send({"id": str(number), "type": "complete"})
        await until(lambda: not running.groups.count and not running.hub.subscribers)
        # A timer that was cancelled lies in the loop's heap until its time would have come.
        await asyncio.sleep(0.5)
        gc.collect()
        return len(gc.get_objects()), len(asyncio.all_tasks())

    async with door.socket(token) as socket:
        await come_and_go(100)
        objects, tasks = await come_and_go(100)
        after = await come_and_go(1000)
    assert after[0] - objects < 1000
    assert after[1] <= tasks + 1


# Rights


async def test_rights_that_are_taken_from_one_reader_cut_that_one_alone(door: Door) -> None:
    boss = await door.desk.admin()
    ana, bia, caio = [await door.desk.agent("tecnico") for _ in range(3)]
    tecnico = str((await door.desk.department("tecnico")).id)
    async with following(door, QUEUE, ana, bia, caio, d=tecnico) as (first, second, third):
        await update_user(boss, person(bia).user_id, UserChange(department_ids=()))
        await door.desk.waiting(name="Zé")
        frame = await second.of("1")
        assert (frame["type"], frame["payload"][0]["extensions"]["code"]) == ("error", "NOT_FOUND")
        for socket in (first, third):
            assert (await told(socket, 1))[0]["event"]["chat"] == {"customerName": "Zé"}


async def test_a_session_that_ends_cuts_its_reader_before_the_next_event(door: Door) -> None:
    ana, bia = [await door.desk.agent("tecnico") for _ in range(2)]
    tecnico = str((await door.desk.department("tecnico")).id)
    token = await door.token(bia)
    async with following(door, QUEUE, ana, tokens=(token,), d=tecnico) as (staying, leaving):
        await door.ask("mutation { signOut { done } }", token=token)
        await door.desk.waiting()
        frame = await leaving.of("1")
        assert (frame["type"], frame["payload"][0]["extensions"]["code"]) == ("error", "UNAUTHENTICATED")
        await told(staying, 1)
    await sign_out(bia)


async def test_other_rights_that_still_suffice_go_on_without_a_gap(door: Door) -> None:
    boss = await door.desk.admin()
    ana, bia = [await door.desk.agent("tecnico") for _ in range(2)]
    tecnico = str((await door.desk.department("tecnico")).id)
    async with following(door, QUEUE, ana, bia, d=tecnico) as opened:
        await door.desk.waiting(name="um")
        await update_user(boss, person(bia).user_id, UserChange(permissions=(Permission.METRICS_VIEW,)))
        await door.desk.waiting(name="dois")
        await until(lambda: door.desk.running.groups.count == 2)
        await door.desk.waiting(name="três")
        for socket in opened:
            seen = [delivery["event"]["chat"]["customerName"] for delivery in await told(socket, 3)]
            assert seen == ["um", "dois", "três"]


async def test_a_chat_that_is_given_away_is_followed_on_by_those_who_still_may(door: Door) -> None:
    boss = await door.desk.supervisor("tecnico")
    ana, bia = [await door.desk.agent("tecnico") for _ in range(2)]
    chat = await door.desk.active(ana)
    comercial = await door.desk.department("comercial")
    async with following(door, CHAT, boss, ana, bia, c=str(chat.id)) as (supervisor, *agents):
        await transfer_chat(boss, chat.id, department_id=comercial.id, reason="é com eles")
        for socket in agents:
            assert await error_of(socket) == "NOT_FOUND"
        await lines(door.desk, chat.id, "depois")
        while "depois" not in str(seen := await told(supervisor, 1)):
            assert seen


@pytest.mark.settings(reauthorise="PT0.05S")
async def test_what_no_event_tells_of_is_looked_at_again_and_again(door: Door) -> None:
    boss = await door.desk.admin()
    key = await create_api_key(boss, name="Painel", scopes=[Scope.QUEUE_READ])
    tecnico = str((await door.desk.department("tecnico")).id)
    async with following(door, QUEUE, boss, tokens=(key.secret,), d=tecnico) as (staying, leaving):
        await revoke_api_key(boss, key.key.id)
        door.desk.clock.advance(seconds=1)
        assert await error_of(leaving) == "UNAUTHENTICATED"
        await door.desk.waiting()
        await told(staying, 1)


@pytest.mark.settings(reader_buffer=16)
async def test_a_reader_that_stalls_is_let_go_and_slows_nobody(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outlet, "SEND_TIMEOUT", 0.5)
    ana, bia = [await door.desk.agent("tecnico") for _ in range(2)]
    chat = await door.desk.active(ana)
    token = await door.token(bia)
    listener = sockets.socket()
    listener.setsockopt(sockets.SOL_SOCKET, sockets.SO_RCVBUF, 4096)
    port = int(door.url.rsplit(":", 1)[1])
    listener.connect(("127.0.0.1", port))
    listener.setblocking(False)
    url = f"ws://127.0.0.1:{port}/graphql"
    protocol = websockets.Subprotocol("graphql-transport-ws")
    async with (
        following(door, CHAT, ana, c=str(chat.id)) as (reading,),
        websockets.connect(
            url, sock=listener, subprotocols=[protocol], ping_interval=None, compression=None
        ) as stalled,
    ):
        stuck = Socket(stalled)
        await stuck.send({"type": "connection_init", "payload": {"token": token}})
        assert await stuck.frame() == {"type": "connection_ack"}
        await stuck.subscribe("1", CHAT, c=str(chat.id))
        await until(lambda: door.desk.running.hub.subscribers == 2)
        stalled.transport.pause_reading()
        for number in range(40):
            body = str(number) * 100_000
            await lines(door.desk, chat.id, *[body] * 4)
            assert await bodies(reading, 4) == [body[:200_000]] * 4
        await until(lambda: door.desk.running.hub.subscribers == 1)
        stalled.transport.abort()


async def test_closing_the_chat_is_told_to_all(door: Door) -> None:
    ana, bia = [await door.desk.agent("tecnico") for _ in range(2)]
    chat = await door.desk.active(ana)
    async with following(door, CHAT, ana, bia, c=str(chat.id)) as opened:
        await close_chat(ana, chat.id)
        seen = [[delivery["event"]["__typename"] for delivery in await told(socket, 2)] for socket in opened]
    assert seen == [["MessageSent", "ChatEnded"]] * 2
