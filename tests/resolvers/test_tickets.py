"""Chats that take days: opened by the staff, or made of a chat."""

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

from api.context import Context
from api.errors import ChatClosed, Conflict, Forbidden, Invalid, NotFound
from api.events import ChatChanged, ChatLeftQueue, chat_stream, queue_stream
from api.models import Customer
from api.models.enums import Category, Channel, ChatKind, ChatStatus, LegOutcome, MessageKind, Priority, Sender
from api.resolvers.chats import ChatChange, ChatFilter, by_creation, list_chats, update_chat
from api.resolvers.claims import claim_chat, claim_next
from api.resolvers.closings import close_chat
from api.resolvers.departments import DepartmentChange, update_department
from api.resolvers.messages import send_message
from api.resolvers.pages import PageRequest
from api.resolvers.queue import positions, queue_states
from api.resolvers.tickets import NewTicket, open_ticket, turn_into_ticket
from api.resolvers.users import UserChange, update_user
from tests import invariants
from tests.people import Desk, person, valid_cpf


async def new_ticket(desk: Desk, **values: object) -> NewTicket:
    ticket = NewTicket((await desk.department("tecnico")).id, "Visita", "Trocar o cabo", name="Zé")
    return replace(ticket, **values)


async def test_open_ticket_waits_unclaimed_beside_the_queue(desk: Desk) -> None:
    ana = await desk.agent("tecnico", name="Ana")
    due = desk.clock.now + timedelta(days=2)
    new = await new_ticket(
        desk, due_at=due, category=Category.WIFI, priority=Priority.HIGH, cpf=valid_cpf(5), phone="(11) 99999-0000"
    )
    ticket = await open_ticket(ana, new)
    stored = await desk.chat(ticket.id)
    assert (stored.kind, stored.status, stored.channel) == (ChatKind.TICKET, ChatStatus.WAITING, Channel.INTERNAL)
    assert (stored.subject, stored.category, stored.priority) == ("Visita", Category.WIFI, Priority.HIGH)
    assert (stored.due_at, stored.deadline, stored.queued_at) == (due, due, desk.clock.now)
    assert (stored.agent_id, stored.protocol, stored.customer_name) == (None, "20260302-000001", "Zé")
    assert await desk.lines(ticket.id, MessageKind.EVENT) == ["Ana abriu o ticket."]
    assert await desk.lines(ticket.id) == ["Trocar o cabo"]
    assert await desk.events(queue_stream(ticket.department_id)) == []
    assert await positions(ana, [ticket.id]) == {}
    assert (await queue_states(ana, [ticket.department_id]))[ticket.department_id].waiting == 0
    async with desk.refused(NotFound, "queue_empty"):
        await claim_next(ana)
    listed = await list_chats(ana, ChatFilter(kind=ChatKind.TICKET), by_creation, PageRequest())
    assert [row.id for row in listed.rows] == [ticket.id]
    await invariants.check(desk)


async def test_a_ticket_is_attended_like_a_chat_and_weighs_on_nobody(desk: Desk) -> None:
    ana = await desk.agent("tecnico", capacity=1)
    tickets = [await open_ticket(ana, await new_ticket(desk)) for _ in range(3)]
    for ticket in tickets:
        assert (await claim_chat(ana, ticket.id)).status is ChatStatus.ACTIVE
    await desk.active(ana)
    assert (await desk.user(ana)).active_chats == 1
    await send_message(ana, tickets[0].id, body="Visita feita")
    await close_chat(ana, tickets[0].id)
    (leg,) = await desk.legs(tickets[0].id)
    assert (leg.outcome, leg.agent_id, leg.first_reply_at) == (
        LegOutcome.ENDED, person(ana).user_id, desk.clock.now,
    )  # fmt: skip
    assert (await desk.user(ana)).active_chats == 1
    await invariants.check(desk)


async def test_a_ticket_is_for_a_customer_we_know_or_somebody_new(desk: Desk) -> None:
    ana, strange = await desk.agent("tecnico"), await desk.agent("comercial")
    known = await desk.waiting(name="Maria")
    ticket = await open_ticket(ana, await new_ticket(desk, customer_id=known.customer_id, name=None))
    assert (ticket.customer_id, ticket.customer_name) == (known.customer_id, "Maria")
    cpf = valid_cpf(77)
    first, second = [await open_ticket(ana, await new_ticket(desk, cpf=cpf)) for _ in range(2)]
    assert first.customer_id == second.customer_id
    assert await desk.count(Customer) == 2
    comercial = (await desk.department("comercial")).id
    for customer_id in (uuid4(), known.customer_id):
        async with desk.refused(NotFound, "customer_not_found", field=("input", "customerId")):
            new = await new_ticket(desk, customer_id=customer_id, department_id=comercial)
            await open_ticket(strange, new)


async def test_what_opens_a_ticket_is_checked(desk: Desk) -> None:
    ana = await desk.agent("tecnico")
    for values, field, reason in (
        ({"subject": " "}, "subject", "required"),
        ({"description": ""}, "description", "required"),
        ({"name": None}, "name", "required"),
        ({"cpf": "11111111111"}, "cpf", "bad_cpf"),
        ({"due_at": desk.clock.now}, "dueAt", "past_due"),
    ):
        async with desk.refused(Invalid, reason, field=("input", field)):
            await open_ticket(ana, await new_ticket(desk, **values))
    comercial = (await desk.department("comercial")).id
    for department_id in (uuid4(), comercial):
        async with desk.refused(NotFound, "department_not_found", field=("input", "departmentId")):
            await open_ticket(ana, await new_ticket(desk, department_id=department_id))
    new = await new_ticket(desk)
    await update_department(await desk.admin(), new.department_id, DepartmentChange(active=False))
    async with desk.refused(Invalid, "department_inactive", field=("input", "departmentId")):
        await open_ticket(ana, new)


async def test_a_chat_turned_into_a_ticket_stays_with_who_attends_it_and_weighs_no_more(desk: Desk) -> None:
    ana = await desk.agent("tecnico")
    chat = await desk.active(ana)
    due = desk.clock.now + timedelta(days=3)
    before = len(await desk.events(chat_stream(chat.id)))
    await turn_into_ticket(ana, chat.id, subject="Obra na rua", due_at=due)
    stored = await desk.chat(chat.id)
    assert (stored.kind, stored.status, stored.agent_id) == (ChatKind.TICKET, ChatStatus.ACTIVE, person(ana).user_id)
    assert (stored.subject, stored.due_at, stored.deadline) == ("Obra na rua", due, due)
    assert (stored.awaiting, stored.warned_at) == (None, None)
    assert (await desk.user(ana)).active_chats == 0
    assert len(await desk.legs(chat.id)) == 1
    assert (await desk.events(chat_stream(chat.id)))[before:][-1] == ChatChanged(chat_id=chat.id)
    zé = desk.as_customer(chat)
    await send_message(zé, chat.id, body="Obrigado")
    assert (await desk.chat(chat.id)).awaiting is None
    async with desk.refused(Conflict, "ticket_already"):
        await turn_into_ticket(ana, chat.id)
    await invariants.check(desk)


async def test_a_waiting_chat_that_becomes_a_ticket_leaves_the_queue(desk: Desk) -> None:
    rui, first = await desk.supervisor(), await desk.waiting()
    second = await desk.waiting()
    await turn_into_ticket(rui, first.id)
    assert await positions(rui, [first.id, second.id]) == {second.id: 1}
    assert (await desk.events(queue_stream(first.department_id)))[-1] == ChatLeftQueue(
        department_id=first.department_id, chat_id=first.id, agent_id=None, reason="ticket"
    )
    await invariants.check(desk)


async def test_who_may_turn_a_chat_into_a_ticket(desk: Desk) -> None:
    ana, bia, bot = await desk.agent("tecnico"), await desk.agent("tecnico"), await desk.bot()
    chat, waiting, closed = await desk.active(ana), await desk.waiting(), await desk.closed(ana)
    mine = (await desk.opened(by=bot, bot_owns=True)).chat
    rui = await desk.supervisor()
    for who, which, error, reason in (
        (bia, chat, Conflict, "not_your_chat"),
        (bia, waiting, Conflict, "claim_first"),
        (ana, closed, ChatClosed, "chat_closed"),
        (rui, mine, Conflict, "with_bot"),
        (desk.as_customer(chat), chat, Forbidden, "not_allowed"),
        (bot, mine, Forbidden, "not_allowed"),
    ):
        async with desk.refused(error, reason):
            await turn_into_ticket(who, which.id)
    async with desk.refused(Invalid, "past_due", field=("dueAt",)):
        await turn_into_ticket(ana, chat.id, due_at=desk.clock.now)
    for who in (await desk.analyst("tecnico"), bot):
        async with desk.refused(Forbidden, "not_allowed"):
            await open_ticket(who, await new_ticket(desk))


async def test_the_customers_words_reopen_a_ticket_as_a_ticket(desk: Desk) -> None:
    ana = await desk.agent("tecnico")
    chat = await desk.active(ana)
    await turn_into_ticket(ana, chat.id)
    await close_chat(ana, chat.id)
    await send_message(desk.as_customer(chat), chat.id, body="Voltou o problema")
    stored = await desk.chat(chat.id)
    assert (stored.kind, stored.status, stored.agent_id) == (ChatKind.TICKET, ChatStatus.WAITING, None)
    assert (await desk.user(ana)).active_chats == 0
    await invariants.check(desk)


async def test_only_tickets_have_a_due_date(desk: Desk) -> None:
    ana: Context = await desk.agent("tecnico")
    chat = await desk.active(ana)
    due = desk.clock.now + timedelta(days=1)
    async with desk.refused(Invalid, "only_tickets_are_due", field=("dueAt",)):
        await update_chat(ana, chat.id, ChatChange(due_at=due))
    assert (await desk.chat(chat.id)).awaiting is Sender.AGENT
    await turn_into_ticket(ana, chat.id)
    await update_chat(ana, chat.id, ChatChange(due_at=due))
    stored = await desk.chat(chat.id)
    assert (stored.due_at, stored.deadline) == (due, due)
    async with desk.refused(Invalid, "past_due", field=("dueAt",)):
        await update_chat(ana, chat.id, ChatChange(due_at=desk.clock.now))


async def test_nobody_goes_who_still_has_a_ticket(desk: Desk) -> None:
    """It weighs on nobody's capacity; somebody has to take care of it all the same."""
    ana, boss = await desk.agent("tecnico"), await desk.admin()
    chat = await desk.active(ana)
    await turn_into_ticket(ana, chat.id)
    async with desk.refused(Conflict, "user_has_chats"):
        await update_user(boss, person(ana).user_id, UserChange(active=False))
    await close_chat(ana, chat.id)
    assert not (await update_user(boss, person(ana).user_id, UserChange(active=False))).active


async def test_tickets_are_found_by_their_due_date(desk: Desk) -> None:
    ana, tecnico = await desk.agent("tecnico"), (await desk.department("tecnico")).id
    new = NewTicket(tecnico, "Poste caído", "Trocar o poste", name="Zé")
    soon, _later, _ever = [
        await open_ticket(ana, replace(new, due_at=due))
        for due in (desk.clock.now + timedelta(hours=1), desk.clock.now + timedelta(days=2), None)
    ]
    overdue = ChatFilter(kind=ChatKind.TICKET, due_before=desk.clock.now + timedelta(days=1))
    found = (await list_chats(ana, overdue, by_creation, PageRequest())).rows
    assert [chat.id for chat in found] == [soon.id]
