"""Chats that the desk gives out by itself: to the least loaded who attends, then to who has been idle longest."""

import asyncio
from dataclasses import replace
from uuid import UUID

from sqlalchemy import select
from sqlmodel import col

from api.context import Context
from api.errors import Capacity, ChatClosed, Conflict, Forbidden, Invalid, NotFound
from api.events import ChatAssigned, ChatLeftQueue, queue_stream, staff_stream
from api.models import Chat, Notification
from api.models.enums import (
    Availability,
    ChatStatus,
    LegOutcome,
    MessageKind,
    NotificationKind,
    Permission,
    Priority,
    Role,
    Routing,
)
from api.resolvers.claims import assign_chat, assign_waiting, claim_chat
from api.resolvers.closings import close_chat
from api.resolvers.departments import DepartmentChange, update_department
from api.resolvers.messages import send_message
from api.resolvers.presence import renew_presence, set_availability
from api.resolvers.queue import serving_order
from api.resolvers.tickets import turn_into_ticket
from api.resolvers.transfers import transfer_chat
from api.resolvers.users import UserChange, update_user
from tests import invariants
from tests.people import Desk, person


async def automatic(desk: Desk, *slugs: str) -> None:
    """These departments give out their chats by themselves."""
    boss = await desk.admin()
    for slug in slugs:
        await update_department(boss, (await desk.department(slug)).id, DepartmentChange(routing=Routing.AUTOMATIC))


async def owner(desk: Desk, chat: Chat) -> UUID | None:
    return (await desk.chat(chat.id)).agent_id


async def given(desk: Desk) -> list[UUID]:
    """To whom each further chat goes, one after the other, up to the first that stays."""
    went: list[UUID] = []
    while True:
        chat = await desk.waiting()
        if not await assign_waiting(desk.system):
            return went
        agent_id = await owner(desk, chat)
        assert agent_id is not None
        went.append(agent_id)


def ids(*people: Context) -> list[UUID]:
    return [person(who).user_id for who in people]


async def test_a_chat_that_is_given_out_is_claimed_like_any_other(desk: Desk) -> None:
    await automatic(desk, "tecnico")
    ana = await desk.online("tecnico", name="Ana")
    chat = await desk.waiting()
    desk.clock.advance(seconds=3)
    assert await assign_waiting(desk.system) == 1
    stored = await desk.chat(chat.id)
    assert (stored.status, stored.agent_id) == (ChatStatus.ACTIVE, person(ana).user_id)
    assert (stored.claimed_at, stored.queued_at) == (desk.clock.now, chat.queued_at)
    (leg,) = await desk.legs(chat.id)
    assert (leg.claimed_at, leg.agent_id) == (desk.clock.now, person(ana).user_id)
    assert await desk.lines(chat.id, MessageKind.EVENT) == ["Ana entrou na conversa."]
    assert (await desk.events(staff_stream(person(ana).user_id)))[-2] == ChatAssigned(
        user_id=person(ana).user_id, chat_id=chat.id
    )
    assert (await desk.events(queue_stream(chat.department_id)))[-1] == ChatLeftQueue(
        department_id=chat.department_id, chat_id=chat.id, agent_id=person(ana).user_id, reason="claimed"
    )
    async with desk.nothing_changes():
        assert await assign_waiting(desk.system) == 0
    await invariants.check(desk)


async def test_the_least_loaded_is_next_and_of_equals_who_has_been_idle_longest(desk: Desk) -> None:
    await automatic(desk, "tecnico")
    people = []
    for name in ("Ana", "Bia", "Caio"):
        people.append(await desk.online("tecnico", name=name, capacity=2))
        desk.clock.advance(seconds=1)
    ana, bia, caio = people
    assert await given(desk) == ids(ana, bia, caio, ana, bia, caio)
    # Bia, then Ana, give up what they have: Bia has been idle longer.
    for who in (bia, ana):
        desk.clock.advance(seconds=1)
        for chat in await invariants.everything(desk, Chat):
            if chat.agent_id == person(who).user_id:
                await close_chat(who, chat.id)
    (left,) = [chat for chat in await invariants.everything(desk, Chat) if chat.status is ChatStatus.WAITING]
    assert await assign_waiting(desk.system) == 1
    assert await owner(desk, left) == person(bia).user_id
    assert await given(desk) == ids(ana, bia, ana)
    await invariants.check(desk)


async def test_only_who_attends_is_given_chats(desk: Desk) -> None:
    await automatic(desk, "tecnico")
    boss, rui = await desk.admin(), await desk.supervisor()
    await desk.agent("tecnico")  # there, and has not chosen to attend
    paused, elsewhere = await desk.online("tecnico"), await desk.online("comercial")
    await set_availability(paused, Availability.PAUSED, "Café")
    never_there, demoted, gone_home = [await desk.online("tecnico") for _ in range(3)]
    await update_user(boss, person(gone_home).user_id, UserChange(active=False))
    await update_user(boss, person(demoted).user_id, UserChange(role=Role.ANALYST))
    analyst = await desk.analyst("tecnico")
    await set_availability(rui, Availability.ONLINE, user_id=person(analyst).user_id)
    lapsed = await desk.online("tecnico")
    desk.clock.advance(seconds=45)
    await renew_presence(desk.system, ids(paused, elsewhere, demoted, analyst))
    chat = await desk.waiting()
    async with desk.nothing_changes():
        assert await assign_waiting(desk.system) == 0
    # An extra permission is as good as a role's; and a new lease makes somebody present again.
    await update_user(boss, person(demoted).user_id, UserChange(permissions=(Permission.CHAT_ATTEND,)))
    assert await assign_waiting(desk.system) == 1
    assert await owner(desk, chat) == person(demoted).user_id
    await renew_presence(desk.system, ids(lapsed))
    other = await desk.waiting()
    assert await assign_waiting(desk.system) == 1
    assert await owner(desk, other) == person(lapsed).user_id
    assert never_there != lapsed
    await invariants.check(desk)


async def test_capacity_holds_and_what_is_left_waits_in_order(desk: Desk) -> None:
    await automatic(desk, "tecnico")
    people = [await desk.online("tecnico", capacity=capacity) for capacity in (1, 3)]
    bot = await desk.bot()
    chats = [await desk.waiting() for _ in range(5)]
    urgent = (await desk.opened(by=bot, priority=Priority.URGENT)).chat
    assert await assign_waiting(desk.system) == 4
    assert [(await desk.user(who)).active_chats for who in people] == [1, 3]
    assert (await desk.chat(urgent.id)).status is ChatStatus.ACTIVE
    assert await serving_order(desk.system, urgent.department_id) == [chat.id for chat in chats[3:]]
    await invariants.check(desk)


async def test_departments_share_who_attends_in_several(desk: Desk) -> None:
    await automatic(desk, "tecnico", "comercial")
    ana = await desk.online("tecnico", "comercial", capacity=3)
    bia = await desk.online("comercial", capacity=1)
    chats = [await desk.waiting(slug) for slug in ("tecnico", "comercial", "comercial", "administrativo", "tecnico")]
    assert await assign_waiting(desk.system) == 4
    owners = [await owner(desk, chat) for chat in chats]
    assert owners[3] is None
    assert {owners[0], owners[4]} == {person(ana).user_id}
    assert sorted(str(key) for key in owners[1:3]) == sorted(map(str, ids(ana, bia)))
    await invariants.check(desk)


async def test_where_agents_claim_and_where_nobody_works_any_more_nothing_is_given_out(desk: Desk) -> None:
    await desk.online("tecnico", "comercial")
    await automatic(desk, "comercial")
    await desk.waiting("tecnico")
    closed = await desk.waiting("comercial")
    await update_department(await desk.admin(), closed.department_id, DepartmentChange(active=False))
    async with desk.nothing_changes():
        assert await assign_waiting(desk.system) == 0


async def test_tickets_are_taken_by_hand(desk: Desk) -> None:
    await automatic(desk, "tecnico")
    await desk.online("tecnico")
    chat = await desk.waiting()
    await turn_into_ticket(await desk.supervisor(), chat.id)
    async with desk.nothing_changes():
        assert await assign_waiting(desk.system) == 0


async def test_a_transferred_chat_is_given_out_where_it_arrives(desk: Desk) -> None:
    await automatic(desk, "comercial")
    ana, bia = await desk.agent("tecnico"), await desk.online("comercial")
    chat = await desk.active(ana)
    comercial = (await desk.department("comercial")).id
    await transfer_chat(ana, chat.id, department_id=comercial, reason="Cobrança")
    assert await assign_waiting(desk.system) == 1
    assert await owner(desk, chat) == person(bia).user_id
    assert [leg.outcome for leg in await desk.legs(chat.id)] == [LegOutcome.TRANSFERRED, None]


async def test_nobody_but_the_desk_gives_chats_out(desk: Desk) -> None:
    boss = await desk.admin()
    async with desk.refused(Forbidden, "not_allowed"):
        await assign_waiting(boss)


async def test_rounds_and_claims_by_hand_at_once_never_overload_anybody(desk: Desk) -> None:
    await automatic(desk, "tecnico")
    people = [await desk.online("tecnico", capacity=3) for _ in range(4)]
    chats = [await desk.waiting() for _ in range(14)]
    by_hand = [claim_chat(replace(who), chat.id) for who in people for chat in chats[:4]]
    rounds = [assign_waiting(desk.system) for _ in range(4)]
    outcomes = await asyncio.gather(*rounds, *by_hand, return_exceptions=True)
    assert not [fault for fault in outcomes[:4] if isinstance(fault, BaseException)]
    assert [(await desk.user(who)).active_chats for who in people] == [3] * 4
    stored = await invariants.check(desk)
    assert sum(chat.status is ChatStatus.WAITING for chat in stored) == 2
    busy = next(chat for chat in stored if chat.agent_id == person(people[0]).user_id)
    await send_message(people[0], busy.id, body="Pois não")


# Given to somebody by who manages the queue


async def test_who_manages_the_queue_assigns_a_chat_which_is_then_claimed_like_by_the_agent_themselves(
    desk: Desk,
) -> None:
    rui, ana = await desk.supervisor(), await desk.online("tecnico", name="Ana")
    chat = await desk.waiting()
    desk.clock.advance(seconds=20)
    assigned = await assign_chat(rui, chat.id, agent_id=person(ana).user_id)
    assert (assigned.status, assigned.agent_id) == (ChatStatus.ACTIVE, person(ana).user_id)
    # The wait ends here, in the leg that began it: it counts in TME.
    (leg,) = await desk.legs(chat.id)
    assert (leg.claimed_at, leg.agent_id, leg.outcome) == (desk.clock.now, person(ana).user_id, None)
    assert await desk.lines(chat.id, MessageKind.EVENT) == ["Ana entrou na conversa."]
    assert ChatAssigned(user_id=person(ana).user_id, chat_id=chat.id) in await desk.events(
        staff_stream(person(ana).user_id)
    )
    assert (await desk.events(queue_stream(chat.department_id)))[-1] == ChatLeftQueue(
        department_id=chat.department_id, chat_id=chat.id, agent_id=person(ana).user_id, reason="claimed"
    )
    unread = [told for told in await notifications(desk, ana) if told.read_at is None]
    assert [(told.kind, told.chat_id) for told in unread] == [(NotificationKind.CHAT_ASSIGNED, chat.id)]
    assert (await desk.user(ana)).active_chats == 1
    async with desk.nothing_changes():
        await assign_chat(rui, chat.id, agent_id=person(ana).user_id)
    await invariants.check(desk)


async def test_who_is_away_full_or_of_another_department_is_assigned_nothing(desk: Desk) -> None:
    rui = await desk.supervisor()
    chat = await desk.waiting()
    away, full, other = await desk.agent("tecnico"), await desk.online("tecnico", capacity=1), await desk.online()
    await claim_chat(full, (await desk.waiting()).id)
    async with desk.refused(Conflict, "agent_away", field=("agentId",)):
        await assign_chat(rui, chat.id, agent_id=person(away).user_id)
    async with desk.refused(Capacity, "agent_full", field=("agentId",)):
        await assign_chat(rui, chat.id, agent_id=person(full).user_id)
    async with desk.refused(Invalid, "not_their_department", field=("agentId",)):
        await assign_chat(rui, chat.id, agent_id=person(other).user_id)
    async with desk.refused(NotFound, "user_not_found", field=("agentId",)):
        await assign_chat(rui, chat.id, agent_id=chat.id)
    # Present when they chose, and gone since.
    ana = await desk.online("tecnico")
    desk.clock.advance(minutes=5)
    async with desk.refused(Conflict, "agent_away", field=("agentId",)):
        await assign_chat(rui, chat.id, agent_id=person(ana).user_id)


async def test_what_waits_no_more_is_assigned_to_nobody(desk: Desk) -> None:
    rui, ana, bia = await desk.supervisor(), await desk.online("tecnico"), await desk.online("tecnico")
    chat = await desk.active(ana)
    async with desk.refused(Conflict, "chat_not_waiting"):
        await assign_chat(rui, chat.id, agent_id=person(bia).user_id)
    await close_chat(ana, chat.id)
    async with desk.refused(ChatClosed, "chat_closed"):
        await assign_chat(rui, chat.id, agent_id=person(bia).user_id)


async def test_only_who_manages_the_queue_assigns(desk: Desk) -> None:
    ana, bia = await desk.agent("tecnico"), await desk.online("tecnico")
    chat = await desk.waiting()
    async with desk.refused(Forbidden, "not_allowed"):
        await assign_chat(ana, chat.id, agent_id=person(bia).user_id)
    elsewhere = await desk.agent("comercial", permissions=(Permission.QUEUE_MANAGE,))
    async with desk.refused(NotFound, "chat_not_found"):
        await assign_chat(elsewhere, chat.id, agent_id=person(bia).user_id)


async def test_a_waiting_ticket_is_assigned_to_who_is_away_and_weighs_nothing(desk: Desk) -> None:
    rui, ana = await desk.supervisor(), await desk.agent("tecnico", capacity=1)
    ticket = await turn_into_ticket(rui, (await desk.waiting()).id)
    assert (await assign_chat(rui, ticket.id, agent_id=person(ana).user_id)).agent_id == person(ana).user_id
    assert (await desk.user(ana)).active_chats == 0


async def test_a_ticket_is_assigned_to_nobody_who_may_not_attend(desk: Desk) -> None:
    rui, bia = await desk.supervisor(), await desk.analyst("tecnico")
    ticket = await turn_into_ticket(rui, (await desk.waiting()).id)
    async with desk.refused(Conflict, "may_not_attend", field=("agentId",)):
        await assign_chat(rui, ticket.id, agent_id=person(bia).user_id)


async def notifications(desk: Desk, who: Context) -> list[Notification]:
    query = select(Notification).where(col(Notification.user_id) == person(who).user_id)
    async with desk.db.read() as session:
        return list((await session.execute(query)).scalars())
