"""A chat that goes elsewhere: to a department, to a colleague, back to its queue; it never loses its place."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from api.context import Context
from api.errors import Capacity, ChatClosed, Conflict, Forbidden, Invalid, NotFound
from api.events import (
    ChatAssigned,
    ChatChanged,
    ChatLeftQueue,
    ChatQueued,
    ChatUnassigned,
    MessageSent,
    chat_stream,
    queue_stream,
    staff_stream,
)
from api.models.enums import Availability, ChatKind, ChatStatus, LegOutcome, MessageKind, Priority, Role, Sender
from api.resolvers.claims import claim_chat
from api.resolvers.closings import close_chat
from api.resolvers.departments import DepartmentChange, update_department
from api.resolvers.messages import list_messages, read_history, send_message
from api.resolvers.openings import Opened
from api.resolvers.pages import PageRequest
from api.resolvers.presence import set_availability
from api.resolvers.queue import serving_order
from api.resolvers.tickets import turn_into_ticket
from api.resolvers.transfers import REASON_LIMIT, return_chat, transfer_chat
from api.resolvers.users import UserChange, update_user
from api.subscriptions.chats import chat_events
from tests import invariants
from tests.people import Desk, person
from tests.rest_compat.conftest import app_on, client_of


async def key(desk: Desk, slug: str) -> UUID:
    return (await desk.department(slug)).id


async def load(desk: Desk, who: Context) -> int:
    return (await desk.user(who)).active_chats


async def last_of(desk: Desk, stream: str) -> Any:
    return (await desk.events(stream))[-1]


# To a department


async def test_a_chat_goes_to_the_queue_of_another_department_and_keeps_when_it_came(desk: Desk) -> None:
    ana = await desk.agent("tecnico")
    came = desk.clock.now
    chat = await desk.active(ana)
    desk.clock.advance(minutes=2)
    await send_message(ana, chat.id, body="É cobrança")
    moved = desk.clock.advance(minutes=1)
    comercial = await key(desk, "comercial")
    answer = await transfer_chat(ana, chat.id, department_id=comercial, reason="Cobrança")
    stored = await desk.chat(chat.id)
    for shown in (answer, stored):
        assert (shown.status, shown.department_id, shown.agent_id) == (ChatStatus.WAITING, comercial, None)
        assert (shown.queued_at, shown.queue_rank, shown.claimed_at) == (came, came, None)
        assert (shown.awaiting, shown.deadline, shown.warned_at) == (Sender.AGENT, None, None)
    first, second = await desk.legs(chat.id)
    assert (first.left_at, first.outcome, first.agent_id) == (moved, LegOutcome.TRANSFERRED, person(ana).user_id)
    assert (second.queued_at, second.department_id, second.agent_id) == (moved, comercial, None)
    assert (second.claimed_at, second.first_reply_at, second.left_at) == (None, None, None)
    assert await load(desk, ana) == 0
    assert (await desk.lines(chat.id, MessageKind.EVENT))[-1] == "A conversa foi transferida para Comercial."
    assert await desk.lines(chat.id, MessageKind.NOTE) == ["Cobrança"]
    await invariants.check(desk)


async def test_everybody_concerned_hears_of_a_transfer_once(desk: Desk) -> None:
    ana = await desk.agent("tecnico")
    chat = await desk.active(ana)
    comercial = await key(desk, "comercial")
    streams = [queue_stream(chat.department_id), queue_stream(comercial), staff_stream(person(ana).user_id)]
    before = {stream: len(await desk.events(stream)) for stream in [*streams, chat_stream(chat.id)]}
    await transfer_chat(ana, chat.id, department_id=comercial, reason="Cobrança")
    told: dict[str, list[Any]] = {stream: (await desk.events(stream))[seen:] for stream, seen in before.items()}
    assert told[streams[0]] == []
    assert told[streams[1]] == [ChatQueued(department_id=comercial, chat_id=chat.id)]
    gone = ChatUnassigned(user_id=person(ana).user_id, chat_id=chat.id, reason="transferred")
    assert told[streams[2]] == [gone]
    note, line, changed = told[chat_stream(chat.id)]
    assert [said.kind for said in (note, line) if isinstance(said, MessageSent)] == [
        MessageKind.NOTE,
        MessageKind.EVENT,
    ]
    assert changed == ChatChanged(chat_id=chat.id)


async def test_who_comes_from_another_queue_stands_by_when_they_first_came(desk: Desk) -> None:
    ana = await desk.agent("tecnico")
    early = await desk.waiting("comercial")
    desk.clock.advance(minutes=1)
    moving = await desk.active(ana)
    desk.clock.advance(minutes=1)
    late = await desk.waiting("comercial")
    desk.clock.advance(minutes=1)
    await transfer_chat(ana, moving.id, department_id=late.department_id, reason="Cobrança")
    assert await serving_order(desk.system, late.department_id) == [early.id, moving.id, late.id]


async def test_the_priority_goes_along(desk: Desk) -> None:
    ana, bot = await desk.agent("tecnico"), await desk.bot()
    normal = await desk.waiting("comercial")
    desk.clock.advance(minutes=19)
    chat = (await desk.opened(by=bot, priority=Priority.HIGH)).chat
    await claim_chat(ana, chat.id)
    await transfer_chat(ana, chat.id, department_id=normal.department_id, reason="Cobrança")
    assert await serving_order(desk.system, normal.department_id) == [chat.id, normal.id]


async def test_a_waiting_chat_is_moved_by_who_manages_the_queue(desk: Desk) -> None:
    rui = await desk.supervisor()
    came = desk.clock.now
    chat = await desk.waiting()
    desk.clock.advance(minutes=1)
    comercial = await key(desk, "comercial")
    await transfer_chat(rui, chat.id, department_id=comercial, reason="Fila errada")
    first, second = await desk.legs(chat.id)
    assert (first.outcome, first.left_at, first.claimed_at) == (LegOutcome.TRANSFERRED, desk.clock.now, None)
    assert (second.queued_at, second.department_id) == (desk.clock.now, comercial)
    assert (await desk.chat(chat.id)).queued_at == came
    left = await last_of(desk, queue_stream(chat.department_id))
    assert left == ChatLeftQueue(department_id=chat.department_id, chat_id=chat.id, agent_id=None, reason="transferred")
    assert await serving_order(desk.system, chat.department_id) == []
    await invariants.check(desk)


async def test_a_department_that_is_unknown_closed_or_the_same_takes_nothing(desk: Desk) -> None:
    ana = await desk.agent("tecnico")
    chat = await desk.active(ana)
    comercial = await key(desk, "comercial")
    await update_department(await desk.admin(), comercial, DepartmentChange(active=False))
    for strange in (uuid4(), comercial):
        async with desk.refused(NotFound, "department_not_found", field=("departmentId",)):
            await transfer_chat(ana, chat.id, department_id=strange, reason="?")
    async with desk.refused(Invalid, "already_there", field=("departmentId",)):
        await transfer_chat(ana, chat.id, department_id=chat.department_id, reason="?")
    async with desk.refused(Invalid, "transfer_nowhere", field=("departmentId",)):
        await transfer_chat(ana, chat.id, reason="?")


# To a colleague


async def test_a_colleague_who_attends_and_has_room_gets_it_at_once(desk: Desk) -> None:
    ana, bia = await desk.agent("tecnico"), await desk.online("tecnico", name="Bia")
    came = desk.clock.now
    chat = await desk.active(ana)
    moved = desk.clock.advance(seconds=30)
    answer = await transfer_chat(ana, chat.id, agent_id=person(bia).user_id, reason="Você conhece o caso")
    stored = await desk.chat(chat.id)
    for shown in (answer, stored):
        assert (shown.status, shown.agent_id) == (ChatStatus.ACTIVE, person(bia).user_id)
        assert (shown.queued_at, shown.claimed_at) == (came, moved)
        assert (shown.awaiting, shown.deadline) == (Sender.AGENT, moved + timedelta(minutes=3))
    first, second = await desk.legs(chat.id)
    assert (first.left_at, first.outcome) == (moved, LegOutcome.TRANSFERRED)
    assert (second.queued_at, second.claimed_at, second.agent_id) == (moved, moved, person(bia).user_id)
    assert (await load(desk, ana), await load(desk, bia)) == (0, 1)
    assert (await desk.lines(chat.id, MessageKind.EVENT))[-1] == "Bia entrou na conversa."
    assert (await last_of(desk, staff_stream(person(ana).user_id))).reason == "transferred"
    assert (await desk.events(staff_stream(person(bia).user_id)))[-2] == ChatAssigned(
        user_id=person(bia).user_id, chat_id=chat.id
    )
    await invariants.check(desk)


async def test_who_gets_a_chat_owes_its_customer_an_answer_whoever_owed_one_before(desk: Desk) -> None:
    """The customer was answered by the last agent: it is the next one's turn now, not the customer's."""
    ana, bia = await desk.agent("tecnico"), await desk.online("tecnico")
    chat = await desk.active(ana)
    await send_message(ana, chat.id, body="Vou passar para a Bia")
    assert (await desk.chat(chat.id)).awaiting is Sender.CUSTOMER
    await transfer_chat(ana, chat.id, agent_id=person(bia).user_id, reason="Você conhece o caso")
    stored = await desk.chat(chat.id)
    assert (stored.awaiting, stored.deadline) == (Sender.AGENT, desk.clock.now + timedelta(minutes=3))


async def test_a_colleague_who_is_away_gets_nothing(desk: Desk) -> None:
    ana, offline, paused = await desk.agent("tecnico"), await desk.agent("tecnico"), await desk.online("tecnico")
    await set_availability(paused, Availability.PAUSED, "Almoço")
    never_there = await desk.online("tecnico", present=False)
    chat, gone = await desk.active(ana), await desk.online("tecnico")
    desk.clock.advance(seconds=45)
    for away in (offline, paused, never_there, gone):
        async with desk.refused(Conflict, "agent_away", field=("agentId",)):
            await transfer_chat(ana, chat.id, agent_id=person(away).user_id, reason="?")


async def test_a_colleague_who_is_full_gets_nothing(desk: Desk) -> None:
    ana, bia = await desk.agent("tecnico"), await desk.online("tecnico", capacity=1)
    await desk.active(bia)
    chat = await desk.active(ana)
    async with desk.refused(Capacity, "agent_full", field=("agentId",)):
        await transfer_chat(ana, chat.id, agent_id=person(bia).user_id, reason="?")


@pytest.mark.parametrize("why", ["away", "full"])
async def test_with_or_queue_it_waits_in_the_department_of_who_could_not_take_it(desk: Desk, why: str) -> None:
    ana, bia = await desk.agent("tecnico"), await desk.online("comercial", capacity=1)
    if why == "full":
        await desk.active(bia, "comercial")
    else:
        await set_availability(bia, Availability.PAUSED, "Café")
    came = desk.clock.now
    chat = await desk.active(ana)
    moved = desk.clock.advance(seconds=20)
    await transfer_chat(ana, chat.id, agent_id=person(bia).user_id, reason="?", or_queue=True)
    stored = await desk.chat(chat.id)
    assert (stored.status, stored.department_id) == (ChatStatus.WAITING, await key(desk, "comercial"))
    assert (stored.queued_at, stored.agent_id) == (came, None)
    assert [leg.queued_at for leg in await desk.legs(chat.id)] == [came, moved]
    assert (await load(desk, ana), await load(desk, bia)) == (0, int(why == "full"))
    assert (await desk.lines(chat.id, MessageKind.EVENT))[-1] == "A conversa foi transferida para Comercial."
    await invariants.check(desk)


async def test_with_or_queue_a_colleague_who_has_room_gets_it(desk: Desk) -> None:
    ana, bia = await desk.agent("tecnico"), await desk.online("tecnico")
    chat = await desk.active(ana)
    await transfer_chat(ana, chat.id, agent_id=person(bia).user_id, reason="?", or_queue=True)
    assert (await desk.chat(chat.id)).agent_id == person(bia).user_id


async def test_a_colleague_takes_it_in_a_department_of_theirs(desk: Desk) -> None:
    ana = await desk.agent("tecnico")
    bia = await desk.online("comercial", "administrativo")
    chat = await desk.active(ana)
    async with desk.refused(Invalid, "not_their_department", field=("departmentId",)):
        await transfer_chat(ana, chat.id, agent_id=person(bia).user_id, department_id=chat.department_id, reason="?")
    there = await key(desk, "administrativo")
    await transfer_chat(ana, chat.id, agent_id=person(bia).user_id, department_id=there, reason="?")
    stored = await desk.chat(chat.id)
    assert (stored.department_id, stored.agent_id) == (there, person(bia).user_id)
    another = await desk.active(ana)
    await transfer_chat(ana, another.id, agent_id=person(bia).user_id, reason="?")
    assert (await desk.chat(another.id)).department_id == await key(desk, "comercial")


async def test_a_chat_stays_in_its_department_where_the_colleague_attends_it_too(desk: Desk) -> None:
    ana, bia = await desk.agent("tecnico"), await desk.online("comercial", "tecnico")
    chat = await desk.active(ana)
    await transfer_chat(ana, chat.id, agent_id=person(bia).user_id, reason="?")
    assert (await desk.chat(chat.id)).department_id == chat.department_id


async def test_who_manages_the_queue_gives_a_waiting_chat_to_somebody(desk: Desk) -> None:
    rui, bia = await desk.supervisor(), await desk.online("tecnico")
    chat = await desk.waiting()
    desk.clock.advance(seconds=10)
    await transfer_chat(rui, chat.id, agent_id=person(bia).user_id, reason="Cliente antigo")
    first, second = await desk.legs(chat.id)
    assert (first.outcome, first.agent_id) == (LegOutcome.TRANSFERRED, None)
    assert (second.agent_id, second.claimed_at) == (person(bia).user_id, desk.clock.now)
    assert isinstance(await last_of(desk, queue_stream(chat.department_id)), ChatLeftQueue)
    assert await load(desk, bia) == 1
    await invariants.check(desk)


async def test_nobody_gets_what_they_have_or_who_is_not_there_any_more(desk: Desk) -> None:
    ana, bia = await desk.online("tecnico"), await desk.online("tecnico")
    chat = await desk.active(ana)
    async with desk.refused(Invalid, "already_theirs", field=("agentId",)):
        await transfer_chat(ana, chat.id, agent_id=person(ana).user_id, reason="?")
    await update_user(await desk.admin(), person(bia).user_id, UserChange(active=False))
    for strange in (person(bia).user_id, uuid4()):
        async with desk.refused(NotFound, "user_not_found", field=("agentId",)):
            await transfer_chat(ana, chat.id, agent_id=strange, reason="?", or_queue=True)


async def test_who_may_not_attend_is_given_nothing(desk: Desk) -> None:
    """They chose to attend while they still might, and are connected: the choice alone is no right."""
    ana, bia = await desk.agent("tecnico"), await desk.online("tecnico")
    await update_user(await desk.admin(), person(bia).user_id, UserChange(role=Role.ANALYST))
    chat = await desk.active(ana)
    for _ in range(2):
        async with desk.refused(Conflict, "may_not_attend", field=("agentId",)):
            await transfer_chat(ana, chat.id, agent_id=person(bia).user_id, reason="?")
        # Nor as a ticket, which asks neither for room nor for presence.
        if chat.kind is ChatKind.CHAT:
            chat = await turn_into_ticket(ana, chat.id)


async def test_two_who_swap_their_chats_at_once_both_get_through(desk: Desk) -> None:
    ana, bia = await desk.online("tecnico"), await desk.online("tecnico")
    for _ in range(5):
        hers, theirs = await desk.active(ana), await desk.active(bia)
        await asyncio.gather(
            transfer_chat(ana, hers.id, agent_id=person(bia).user_id, reason="Troca"),
            transfer_chat(bia, theirs.id, agent_id=person(ana).user_id, reason="Troca"),
        )
        assert (await desk.chat(hers.id)).agent_id == person(bia).user_id
        assert (await desk.chat(theirs.id)).agent_id == person(ana).user_id
        await invariants.check(desk)
        await close_chat(bia, hers.id)
        await close_chat(ana, theirs.id)


# Back to the queue


async def test_a_chat_returns_to_its_own_place(desk: Desk) -> None:
    ana = await desk.agent("tecnico")
    first = await desk.waiting()
    desk.clock.advance(minutes=1)
    second = await desk.waiting()
    await claim_chat(ana, first.id)
    returned = desk.clock.advance(minutes=1)
    await return_chat(ana, first.id, reason="Queda de energia aqui")
    stored = await desk.chat(first.id)
    assert (stored.status, stored.agent_id, stored.claimed_at) == (ChatStatus.WAITING, None, None)
    assert (stored.queued_at, stored.queue_rank) == (first.queued_at, first.queue_rank)
    assert await serving_order(desk.system, first.department_id) == [first.id, second.id]
    before, after = await desk.legs(first.id)
    assert (before.outcome, before.left_at, after.queued_at) == (LegOutcome.RETURNED, returned, returned)
    assert await load(desk, ana) == 0
    assert await desk.lines(first.id, MessageKind.NOTE) == ["Queda de energia aqui"]
    assert (await last_of(desk, staff_stream(person(ana).user_id))).reason == "returned"
    assert isinstance(await last_of(desk, queue_stream(first.department_id)), ChatQueued)
    await invariants.check(desk)


async def test_returning_needs_no_reason_and_a_repeat_changes_nothing(desk: Desk) -> None:
    ana = await desk.agent("tecnico")
    chat = await desk.active(ana)
    await return_chat(ana, chat.id)
    assert await desk.lines(chat.id, MessageKind.NOTE) == []
    async with desk.nothing_changes():
        assert (await return_chat(ana, chat.id, reason="De novo")).status is ChatStatus.WAITING


# The reason


async def lines_of(desk: Desk, opened: Opened) -> list[str]:
    """Everything that the customer is told over every way there is: pages, history, REST, the live stream."""
    zé = desk.as_customer(opened)
    page = await list_messages(zé, opened.chat.id, PageRequest())
    told = [message.body for message in page.rows]
    told += [message.body for message in (await read_history(zé, opened.chat.id)).messages]
    async with client_of(app_on(desk.running)) as client:
        headers = {"authorization": f"Bearer {opened.token}"}
        told.append((await client.get(f"/chat/{opened.chat.id}/history/", headers=headers)).text)
    return told + await streamed(desk, opened)


async def streamed(desk: Desk, opened: Opened) -> list[str]:
    """All that the customer's stream tells, up to a line of their own that ends it."""
    zé, told = desk.as_customer(opened), list[str]()
    end = (await send_message(zé, opened.chat.id, body="Fim")).message.id
    events = chat_events(zé, desk.running, opened.chat.id, f"{desk.db.epoch}.0")
    async for received in events:
        told.append(repr(received))
        if isinstance(received.event, MessageSent) and received.event.message_id == end:
            break
    return told


@pytest.mark.parametrize("way", ["to a department", "to a colleague", "to the queue"])
async def test_the_reason_is_for_the_staff_alone(desk: Desk, way: str) -> None:
    ana, bia = await desk.agent("tecnico", name="Ana"), await desk.online("comercial")
    opened = await desk.opened()
    await claim_chat(ana, opened.chat.id)
    if way == "to the queue":
        await return_chat(ana, opened.chat.id, reason="SEGREDO da casa")
    else:
        ids: dict[str, dict[str, Any]] = {"to a department": {"department_id": await key(desk, "comercial")}}
        where = ids.get(way, {"agent_id": person(bia).user_id})
        await transfer_chat(ana, opened.chat.id, reason="SEGREDO da casa", **where)
    told = await lines_of(desk, opened)
    assert len(told) > 8
    assert not [words for words in told if "SEGREDO" in words]
    seen = (await read_history(bia if way != "to the queue" else ana, opened.chat.id)).messages
    (note,) = [message for message in seen if message.kind is MessageKind.NOTE]
    assert (note.body, note.sender_name, note.sender) == ("SEGREDO da casa", "Ana", Sender.AGENT)


async def test_a_bot_whose_customer_is_transferred_reads_no_reason(desk: Desk) -> None:
    ana, bot = await desk.agent("tecnico"), await desk.bot()
    opened = await desk.opened(by=bot)
    await claim_chat(ana, opened.chat.id)
    await transfer_chat(ana, opened.chat.id, department_id=await key(desk, "comercial"), reason="SEGREDO")
    assert "SEGREDO" not in repr((await read_history(bot, opened.chat.id)).messages)


async def test_a_transfer_has_some_printable_reason(desk: Desk) -> None:
    ana = await desk.agent("tecnico")
    chat = await desk.active(ana)
    for reason, problem in (("  ", "required"), ("x" * (REASON_LIMIT + 1), "too_long"), ("a\0", "unprintable")):
        async with desk.refused(Invalid, problem, field=("reason",)):
            await transfer_chat(ana, chat.id, department_id=uuid4(), reason=reason)
        if problem != "required":
            async with desk.refused(Invalid, problem, field=("reason",)):
                await return_chat(ana, chat.id, reason=reason)


# Who may


async def test_a_colleagues_chat_is_not_moved(desk: Desk) -> None:
    ana, bia = await desk.agent("tecnico"), await desk.agent("tecnico")
    chat = await desk.active(ana)
    comercial = await key(desk, "comercial")
    async with desk.refused(Conflict, "not_your_chat"):
        await transfer_chat(bia, chat.id, department_id=comercial, reason="?")
    async with desk.refused(Conflict, "not_your_chat"):
        await return_chat(bia, chat.id)


async def test_an_agent_moves_nothing_that_they_have_not_claimed(desk: Desk) -> None:
    ana = await desk.agent("tecnico")
    chat = await desk.waiting()
    async with desk.refused(Conflict, "claim_first"):
        await transfer_chat(ana, chat.id, department_id=await key(desk, "comercial"), reason="?")


async def test_who_manages_the_queue_moves_anybodys_chat(desk: Desk) -> None:
    ana, rui = await desk.agent("tecnico"), await desk.supervisor()
    chats = [await desk.active(ana), await desk.active(ana)]
    await return_chat(rui, chats[0].id)
    await transfer_chat(rui, chats[1].id, department_id=await key(desk, "comercial"), reason="?")
    assert await load(desk, ana) == 0
    assert {(await desk.chat(chat.id)).status for chat in chats} == {ChatStatus.WAITING}
    await invariants.check(desk)


async def test_a_chat_of_a_strange_department_is_not_found(desk: Desk) -> None:
    ana, strange = await desk.agent("tecnico"), await desk.agent("comercial")
    chat = await desk.active(ana)
    for act in (return_chat(strange, chat.id), transfer_chat(strange, chat.id, agent_id=uuid4(), reason="?")):
        async with desk.refused(NotFound, "chat_not_found"):
            await act


async def test_an_ended_chat_and_a_bots_chat_go_nowhere(desk: Desk) -> None:
    rui, ana, bot = await desk.supervisor(), await desk.agent("tecnico"), await desk.bot()
    closed = await desk.closed(ana)
    mine = (await desk.opened(by=bot, bot_owns=True)).chat
    comercial = await key(desk, "comercial")
    for chat, error, reason in ((closed, ChatClosed, "chat_closed"), (mine, Conflict, "with_bot")):
        async with desk.refused(error, reason):
            await transfer_chat(rui, chat.id, department_id=comercial, reason="?")
        async with desk.refused(error, reason):
            await return_chat(rui, chat.id)


async def test_customers_bots_and_analysts_move_nothing(desk: Desk) -> None:
    opened = await desk.opened()
    for who in (desk.as_customer(opened), await desk.bot(), await desk.analyst("tecnico")):
        async with desk.refused(Forbidden, "not_allowed"):
            await transfer_chat(who, opened.chat.id, department_id=uuid4(), reason="?")
        async with desk.refused(Forbidden, "not_allowed"):
            await return_chat(who, opened.chat.id)


# Tickets


async def test_a_ticket_goes_to_who_is_away_or_full_and_weighs_on_nobody(desk: Desk) -> None:
    ana = await desk.agent("tecnico")
    bia = await desk.agent("tecnico", capacity=1, present=False)
    chat = await desk.active(ana)
    await turn_into_ticket(ana, chat.id)
    await transfer_chat(ana, chat.id, agent_id=person(bia).user_id, reason="Visita amanhã")
    assert (await desk.chat(chat.id)).agent_id == person(bia).user_id
    assert (await load(desk, ana), await load(desk, bia)) == (0, 0)
    await return_chat(bia, chat.id)
    assert (await load(desk, ana), await load(desk, bia)) == (0, 0)
    await invariants.check(desk)


async def test_the_events_of_a_ticket_leave_the_queue_alone(desk: Desk) -> None:
    ana = await desk.agent("tecnico")
    chat = await desk.active(ana)
    await turn_into_ticket(ana, chat.id)
    comercial = await key(desk, "comercial")
    before = len(await desk.events(queue_stream(chat.department_id)))
    await transfer_chat(ana, chat.id, department_id=comercial, reason="?")
    assert len(await desk.events(queue_stream(chat.department_id))) == before
    assert await desk.events(queue_stream(comercial)) == []
    assert await serving_order(desk.system, comercial) == []
