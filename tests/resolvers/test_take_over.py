"""A chat that a supervisor takes from a colleague: it stays where it is, and so does its place in time."""

import pytest

from api.errors import Capacity, ChatClosed, Conflict, Forbidden, NotFound
from api.events import ChatAssigned, ChatUnassigned, staff_stream
from api.models.enums import ChatStatus, LegOutcome, MessageKind, Permission, Role, Sender
from api.resolvers.audit import AuditFilter, list_audit
from api.resolvers.closings import close_chat
from api.resolvers.messages import send_message
from api.resolvers.pages import PageRequest
from api.resolvers.tickets import turn_into_ticket
from api.resolvers.transfers import take_over
from tests import invariants
from tests.people import Desk, person


async def test_a_supervisor_takes_over_and_writes_in_the_same_department_though_not_theirs(desk: Desk) -> None:
    ana, rui = await desk.agent("tecnico", name="Ana"), await desk.supervisor(name="Rui")
    chat = await desk.active(ana)
    await send_message(ana, chat.id, body="Bom dia")
    desk.clock.advance(minutes=1)
    taken = await take_over(rui, chat.id, reason="Cliente pediu a supervisão")
    assert (taken.status, taken.agent_id, taken.department_id, taken.queued_at) == (
        ChatStatus.ACTIVE,
        person(rui).user_id,
        chat.department_id,
        chat.queued_at,
    )
    first, second = await desk.legs(chat.id)
    assert (first.outcome, first.left_at) == (LegOutcome.TRANSFERRED, desk.clock.now)
    assert (second.agent_id, second.claimed_at) == (person(rui).user_id, desk.clock.now)
    assert await desk.lines(chat.id, MessageKind.NOTE) == ["Cliente pediu a supervisão"]
    assert (await desk.lines(chat.id, MessageKind.EVENT))[-1] == "Rui entrou na conversa."
    assert [(await desk.user(who)).active_chats for who in (ana, rui)] == [0, 1]
    await send_message(rui, chat.id, body="Sou o Rui")
    async with desk.refused(Conflict, "not_your_chat"):
        await send_message(ana, chat.id, body="Ainda eu")
    await invariants.check(desk)


async def test_both_lists_hear_of_it_once_and_the_audit_log_says_who_took_it_from_whom(desk: Desk) -> None:
    boss, ana, rui = await desk.admin(), await desk.agent("tecnico"), await desk.supervisor()
    chat = await desk.active(ana)
    await take_over(rui, chat.id)
    assert (await desk.events(staff_stream(person(ana).user_id)))[-1] == ChatUnassigned(
        user_id=person(ana).user_id, chat_id=chat.id, reason="transferred"
    )
    assert (await desk.events(staff_stream(person(rui).user_id)))[-1] == ChatAssigned(
        user_id=person(rui).user_id, chat_id=chat.id
    )
    async with desk.nothing_changes():
        await take_over(rui, chat.id)
    entries = (await list_audit(boss, AuditFilter(action="take_over"), PageRequest(first=5))).rows
    assert [(entry.actor, entry.before and entry.before["agent_id"]) for entry in entries] == [
        (f"user:{person(rui).user_id}", str(person(ana).user_id))
    ]


async def test_whoever_takes_over_owes_the_answer(desk: Desk) -> None:
    ana, rui = await desk.agent("tecnico"), await desk.supervisor()
    chat = await desk.active(ana)
    await send_message(ana, chat.id, body="Pois não?")
    assert (await desk.chat(chat.id)).awaiting is Sender.CUSTOMER
    assert (await take_over(rui, chat.id)).awaiting is Sender.AGENT


async def test_it_needs_room(desk: Desk) -> None:
    ana, rui = await desk.agent("tecnico"), await desk.supervisor("tecnico", capacity=1)
    await desk.active(rui)
    chat = await desk.active(ana)
    async with desk.refused(Capacity, "capacity_reached"):
        await take_over(rui, chat.id)
    ticket = await turn_into_ticket(ana, chat.id)
    await take_over(rui, ticket.id)
    assert [(await desk.user(who)).active_chats for who in (ana, rui)] == [0, 1]


@pytest.mark.parametrize(("state", "error"), [("waiting", "claim_first"), ("bot", "with_bot"), ("closed", None)])
async def test_there_must_be_somebody_to_take_it_from(desk: Desk, state: str, error: str | None) -> None:
    rui = await desk.supervisor()
    if state == "closed":
        chat = await desk.closed(await desk.agent("tecnico"))
        async with desk.refused(ChatClosed, "chat_closed"):
            await take_over(rui, chat.id)
        return
    opened = await desk.opened(by=await desk.bot(), bot_owns=state == "bot")
    async with desk.refused(Conflict, error or ""):
        await take_over(rui, opened.chat.id)


async def test_who_does_not_manage_the_queue_or_may_not_attend_or_see_the_chat_takes_nothing(desk: Desk) -> None:
    ana, bia = await desk.agent("tecnico"), await desk.agent("tecnico")
    chat = await desk.active(ana)
    async with desk.refused(Forbidden, "not_allowed"):
        await take_over(bia, chat.id)
    watching = (Permission.QUEUE_MANAGE, Permission.CHAT_VIEW_ALL)
    looker = await desk.staff(Role.ANALYST, permissions=watching)
    async with desk.refused(Forbidden, "not_allowed"):
        await take_over(looker, chat.id)
    elsewhere = await desk.agent("comercial", permissions=(Permission.QUEUE_MANAGE,))
    async with desk.refused(NotFound, "chat_not_found"):
        await take_over(elsewhere, chat.id)
    await close_chat(ana, chat.id)
