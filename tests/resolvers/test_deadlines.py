"""What the desk does by itself when nobody speaks: who owes the answer decides, and its own silence ends nothing."""

import random
from collections.abc import Collection
from datetime import timedelta

import pytest

from api.context import Context
from api.events import ChatEnded, ChatUnassigned, chat_stream, staff_stream
from api.models import Chat
from api.models.enums import (
    Availability,
    ChatStatus,
    CloseReason,
    LegOutcome,
    MessageKind,
    Permission,
    Routing,
    Sender,
)
from api.resolvers import deadlines
from api.resolvers.claims import assign_waiting, claim_chat
from api.resolvers.deadlines import NO_ANSWER, close_abandoned, meet_deadlines, return_orphans
from api.resolvers.departments import DepartmentChange, update_department
from api.resolvers.lines import announce
from api.resolvers.messages import send_message
from api.resolvers.openings import Opened
from api.resolvers.presence import lapse_presence, renew_presence, set_availability
from api.resolvers.queue import serving_order
from api.resolvers.tickets import NewTicket, open_ticket, turn_into_ticket
from api.resolvers.transfers import transfer_chat
from tests import invariants
from tests.people import Desk, person
from tests.rest_compat.conftest import app_on, client_of

INACTIVE = "Ainda está aí? Sem resposta, a conversa será encerrada em 5 min."
CLOSED_INACTIVE = "A conversa foi encerrada por falta de resposta. Escreva para retomá-la."
CLOSED_ABANDONED = "A conversa foi encerrada porque você saiu da fila. Escreva para voltar."


async def sweep(desk: Desk) -> None:
    """Everything that the timetable runs for chats and people."""
    for job in (lapse_presence, meet_deadlines, return_orphans, close_abandoned):
        await job(desk.system)


async def here(desk: Desk, *people: Context, chats: Collection[Chat] = ()) -> None:
    """These people, and the customers of these chats, are connected at this moment."""
    await renew_presence(desk.system, [person(who).user_id for who in people], [chat.id for chat in chats])


async def answered(desk: Desk, agent: Context) -> Opened:
    """A chat whose customer owes the next words."""
    opened = await desk.opened()
    await claim_chat(agent, opened.chat.id)
    await send_message(agent, opened.chat.id, body="Já reiniciou o roteador?")
    return opened


async def set_up(desk: Desk, slug: str = "tecnico", **change: object) -> None:
    department = await desk.department(slug)
    await update_department(await desk.admin(), department.id, DepartmentChange(**change))  # type: ignore[arg-type]


async def events_of(desk: Desk, chat: Chat) -> list[str]:
    return await desk.lines(chat.id, MessageKind.EVENT)


# The agent owes the answer


async def test_a_chat_whose_answer_the_desk_owes_is_never_closed_however_far_the_clock_goes(desk: Desk) -> None:
    """Whether the agent is there or gone: it is theirs or it waits, as long as the customer is there."""
    dice = random.Random(7)
    ana = await desk.agent("tecnico")
    chats = [await desk.active(ana) for _ in range(2)]
    asked = await answered(desk, ana)
    await send_message(desk.as_customer(asked), asked.chat.id, body="Já, e agora?")
    chats.append(asked.chat)
    seen = set[ChatStatus]()
    for _ in range(25):
        desk.clock.advance(seconds=dice.choice([1, 50, 100, 181, 299, 301, 601, 4000, 90_000]))
        await here(desk, *[ana] * dice.randrange(2), chats=chats)
        await sweep(desk)
        for chat in chats:
            now = await desk.chat(chat.id)
            assert now.status in (ChatStatus.WAITING, ChatStatus.ACTIVE)
            assert now.awaiting is Sender.AGENT
            seen.add(now.status)
            if now.status is ChatStatus.WAITING and dice.random() < 0.5:
                await claim_chat(ana, chat.id)
    assert seen == {ChatStatus.WAITING, ChatStatus.ACTIVE}
    for chat in chats:
        assert not {INACTIVE, CLOSED_INACTIVE, CLOSED_ABANDONED} & set(await events_of(desk, chat))
    await invariants.check(desk)


async def test_an_agent_who_answered_once_and_is_there_keeps_a_chat_however_long_they_take(desk: Desk) -> None:
    ana = await desk.agent("tecnico")
    opened = await answered(desk, ana)
    await send_message(desk.as_customer(opened), opened.chat.id, body="Já")
    assert (await desk.chat(opened.chat.id)).deadline is None
    for hours in (1, 24, 700):
        desk.clock.advance(hours=hours)
        await here(desk, ana)
        async with desk.nothing_changes():
            await sweep(desk)


# The customer owes the answer


async def test_a_silent_customer_is_warned_and_then_the_chat_closes(desk: Desk) -> None:
    ana = await desk.agent("tecnico")
    opened = await answered(desk, ana)
    start = desk.clock.now
    before = await events_of(desk, opened.chat)
    desk.clock.advance(minutes=4, seconds=59)
    async with desk.nothing_changes():
        assert await meet_deadlines(desk.system) == 0
    warned = desk.clock.advance(seconds=1)
    assert await meet_deadlines(desk.system) == 1
    chat = await desk.chat(opened.chat.id)
    assert (chat.status, chat.warned_at) == (ChatStatus.ACTIVE, warned)
    assert (chat.awaiting, chat.deadline) == (Sender.CUSTOMER, start + timedelta(minutes=10))
    assert await events_of(desk, chat) == [*before, INACTIVE]
    desk.clock.advance(minutes=4, seconds=59)
    async with desk.nothing_changes():
        assert await meet_deadlines(desk.system) == 0
    closed = desk.clock.advance(seconds=1)
    assert await meet_deadlines(desk.system) == 1
    chat = await desk.chat(opened.chat.id)
    assert (chat.status, chat.close_reason, chat.closed_by) == (ChatStatus.CLOSED, CloseReason.INACTIVITY, "system")
    assert (chat.closed_at, chat.token_ends_at) == (closed, closed + timedelta(minutes=10))
    assert await events_of(desk, chat) == [*before, INACTIVE, CLOSED_INACTIVE]
    (leg,) = await desk.legs(chat.id)
    assert (leg.outcome, leg.left_at) == (LegOutcome.ENDED, closed)
    assert (await desk.user(ana)).active_chats == 0
    told = await desk.events(staff_stream(person(ana).user_id))
    assert told[-1] == ChatUnassigned(user_id=person(ana).user_id, chat_id=chat.id, reason="closed")
    assert isinstance((await desk.events(chat_stream(chat.id)))[-1], ChatEnded)
    async with desk.nothing_changes():
        assert await meet_deadlines(desk.system) == 0
    await invariants.check(desk)


async def test_words_in_between_put_the_clock_back(desk: Desk) -> None:
    ana = await desk.agent("tecnico")
    opened = await answered(desk, ana)
    zé = desk.as_customer(opened)
    desk.clock.advance(minutes=5)
    await meet_deadlines(desk.system)
    desk.clock.advance(minutes=4, seconds=59)
    await send_message(zé, opened.chat.id, body="Estou aqui")
    chat = await desk.chat(opened.chat.id)
    assert (chat.awaiting, chat.deadline, chat.warned_at) == (Sender.AGENT, None, None)
    await here(desk, ana)
    desk.clock.advance(minutes=1)
    await here(desk, ana)
    await send_message(ana, chat.id, body="Que bom")
    desk.clock.advance(minutes=4)
    await send_message(ana, chat.id, body="E agora?")
    assert (await desk.chat(chat.id)).deadline == desk.clock.now + timedelta(minutes=5)
    desk.clock.advance(minutes=4, seconds=59)
    assert await meet_deadlines(desk.system) == 0
    desk.clock.advance(seconds=1)
    assert await meet_deadlines(desk.system) == 1
    assert (await events_of(desk, chat)).count(INACTIVE) == 2
    assert (await desk.chat(chat.id)).status is ChatStatus.ACTIVE


async def test_notes_and_the_desks_own_lines_move_no_turn(desk: Desk) -> None:
    ana = await desk.agent("tecnico")
    chat = await desk.active(ana)
    before = await desk.chat(chat.id)
    desk.clock.advance(minutes=1)
    await send_message(ana, chat.id, body="Cliente antigo", kind=MessageKind.NOTE)
    after = await desk.chat(chat.id)
    assert (after.awaiting, after.deadline) == (before.awaiting, before.deadline) == (Sender.AGENT, before.deadline)


async def test_a_sweep_that_comes_late_still_warns_and_leaves_the_rest_of_the_time(desk: Desk) -> None:
    """After an hour in which nothing ran, nobody loses their chat without a word."""
    ana = await desk.agent("tecnico")
    opened = await answered(desk, ana)
    desk.clock.advance(hours=1)
    await sweep(desk)
    chat = await desk.chat(opened.chat.id)
    assert (chat.status, chat.deadline) == (ChatStatus.ACTIVE, desk.clock.now + timedelta(minutes=5))
    await sweep(desk)
    assert (await desk.chat(chat.id)).status is ChatStatus.ACTIVE


async def test_the_times_are_the_departments_own(desk: Desk) -> None:
    await set_up(desk, warn_after=timedelta(minutes=1), close_after=timedelta(minutes=3))
    ana = await desk.agent("tecnico")
    opened = await answered(desk, ana)
    desk.clock.advance(minutes=1)
    await meet_deadlines(desk.system)
    assert (await events_of(desk, opened.chat))[-1] == INACTIVE.replace("5", "2")
    desk.clock.advance(minutes=2)
    await meet_deadlines(desk.system)
    assert (await desk.chat(opened.chat.id)).status is ChatStatus.CLOSED


# Claimed and silent


async def test_a_claimed_chat_without_an_answer_returns_to_its_own_place(desk: Desk) -> None:
    ana = await desk.agent("tecnico")
    opened = await desk.opened()
    desk.clock.advance(seconds=30)
    later = await desk.waiting()
    await claim_chat(ana, opened.chat.id)
    desk.clock.advance(minutes=2)
    # Neither the customer's own words nor a note are an answer.
    await send_message(desk.as_customer(opened), opened.chat.id, body="Alô?")
    await send_message(ana, opened.chat.id, body="?", kind=MessageKind.NOTE)
    desk.clock.advance(seconds=59)
    assert await meet_deadlines(desk.system) == 0
    returned = desk.clock.advance(seconds=1)
    assert await meet_deadlines(desk.system) == 1
    chat = await desk.chat(opened.chat.id)
    assert (chat.status, chat.agent_id, chat.queued_at) == (ChatStatus.WAITING, None, opened.chat.queued_at)
    assert await serving_order(desk.system, chat.department_id) == [chat.id, later.id]
    first, second = await desk.legs(chat.id)
    assert (first.outcome, first.left_at, second.queued_at) == (LegOutcome.RETURNED, returned, returned)
    assert (await desk.user(ana)).active_chats == 0
    assert (await desk.user(ana)).status is Availability.OFFLINE
    await invariants.check(desk)


async def test_the_first_answer_in_time_keeps_it_and_a_transferred_chat_has_its_own_time(desk: Desk) -> None:
    ana, bia = await desk.agent("tecnico"), await desk.online("tecnico")
    opened = await desk.opened()
    await claim_chat(ana, opened.chat.id)
    desk.clock.advance(seconds=40)
    await send_message(ana, opened.chat.id, body="Vou passar para a Bia")
    await transfer_chat(ana, opened.chat.id, agent_id=person(bia).user_id, reason="Ela sabe")
    desk.clock.advance(minutes=2, seconds=59)
    assert await meet_deadlines(desk.system) == 0
    desk.clock.advance(seconds=1)
    assert await meet_deadlines(desk.system) == 1
    assert (await desk.chat(opened.chat.id)).status is ChatStatus.WAITING
    assert INACTIVE not in await events_of(desk, opened.chat)
    await invariants.check(desk)


async def test_where_the_desk_assigns_who_does_not_answer_is_given_no_more(desk: Desk) -> None:
    ana = await desk.online("tecnico")
    await set_up(desk, routing=Routing.AUTOMATIC)
    chat = await desk.waiting()
    assert await assign_waiting(desk.system) == 1
    for _ in range(6):
        desk.clock.advance(seconds=30)
        await here(desk, ana, chats=[chat])
    await sweep(desk)
    user = await desk.user(ana)
    assert (user.status, user.status_reason, user.status_since) == (Availability.PAUSED, NO_ANSWER, desk.clock.now)
    assert NO_ANSWER == "Sem resposta"
    assert (await desk.chat(chat.id)).status is ChatStatus.WAITING
    assert await assign_waiting(desk.system) == 0
    await set_availability(ana, Availability.ONLINE)
    assert await assign_waiting(desk.system) == 1


@pytest.mark.parametrize(("status", "reason"), [(Availability.PAUSED, "Almoço"), (Availability.OFFLINE, None)])
async def test_who_has_chosen_to_leave_keeps_what_they_chose(
    desk: Desk, status: Availability, reason: str | None
) -> None:
    ana = await desk.online("tecnico")
    await set_up(desk, routing=Routing.AUTOMATIC)
    chat = await desk.active(ana)
    await set_availability(ana, status, reason)
    desk.clock.advance(minutes=3)
    await here(desk, chats=[chat])
    await sweep(desk)
    assert (await desk.chat(chat.id)).status is ChatStatus.WAITING
    user = await desk.user(ana)
    assert (user.status, user.status_reason) == (status, reason)


# Bots


async def test_a_silent_bot_hands_over_to_people(desk: Desk) -> None:
    bot = await desk.bot()
    opened = await desk.opened(by=bot, bot_owns=True)
    desk.clock.advance(minutes=1, seconds=59)
    assert await meet_deadlines(desk.system) == 0
    queued = desk.clock.advance(seconds=1)
    assert await meet_deadlines(desk.system) == 1
    chat = await desk.chat(opened.chat.id)
    assert (chat.status, chat.queued_at) == (ChatStatus.WAITING, queued)
    assert [leg.queued_at for leg in await desk.legs(chat.id)] == [queued]
    assert await events_of(desk, chat) == ["A conversa foi para a fila de Técnico."]
    await invariants.check(desk)


async def test_each_turn_gives_the_bot_its_time_anew_and_its_customer_the_departments(desk: Desk) -> None:
    bot = await desk.bot()
    opened = await desk.opened(by=bot, bot_owns=True)
    zé = desk.as_customer(opened)
    desk.clock.advance(minutes=1)
    await send_message(bot, opened.chat.id, body="Qual é o problema?")
    desk.clock.advance(minutes=4)
    await send_message(zé, opened.chat.id, body="Sem internet")
    assert (await desk.chat(opened.chat.id)).deadline == desk.clock.now + timedelta(minutes=2)
    desk.clock.advance(minutes=1)
    # More words do not give the bot more time.
    await send_message(zé, opened.chat.id, body="Alô?")
    assert (await desk.chat(opened.chat.id)).deadline == desk.clock.now + timedelta(minutes=1)
    await send_message(bot, opened.chat.id, body="Reinicie o roteador")
    for status in (ChatStatus.BOT, ChatStatus.CLOSED):
        desk.clock.advance(minutes=5)
        await sweep(desk)
        assert (await desk.chat(opened.chat.id)).status is status
    assert (await desk.chat(opened.chat.id)).close_reason is CloseReason.INACTIVITY
    await invariants.check(desk)


# Agents who are gone


async def test_the_chats_of_who_is_gone_return_after_two_minutes_and_not_before(desk: Desk) -> None:
    ana = await desk.agent("tecnico")
    opened = await answered(desk, ana)
    silent = await answered(desk, ana)
    await send_message(desk.as_customer(opened), opened.chat.id, body="E agora?")
    desk.clock.advance(seconds=45 + 119)
    assert await return_orphans(desk.system) == 0
    desk.clock.advance(seconds=1)
    assert await return_orphans(desk.system) == 1
    chat = await desk.chat(opened.chat.id)
    assert (chat.status, chat.queued_at) == (ChatStatus.WAITING, opened.chat.queued_at)
    assert [leg.outcome for leg in await desk.legs(chat.id)] == [LegOutcome.RETURNED, None]
    # Where the customer owes the answer nobody waits for the agent, until the customer writes.
    assert (await desk.chat(silent.chat.id)).status is ChatStatus.ACTIVE
    await send_message(desk.as_customer(silent), silent.chat.id, body="Voltei")
    assert await return_orphans(desk.system) == 1
    assert (await desk.user(ana)).active_chats == 0
    await invariants.check(desk)


async def test_who_comes_back_in_time_keeps_their_chats(desk: Desk) -> None:
    ana = await desk.agent("tecnico")
    opened = await answered(desk, ana)
    await send_message(desk.as_customer(opened), opened.chat.id, body="E agora?")
    desk.clock.advance(minutes=2, seconds=44)
    await here(desk, ana)
    desk.clock.advance(seconds=44)
    async with desk.nothing_changes():
        assert await return_orphans(desk.system) == 0


# Customers who are gone


async def test_who_vanishes_while_waiting_is_closed_as_abandoned(desk: Desk) -> None:
    chat, stays = await desk.waiting(), await desk.waiting()
    desk.clock.advance(minutes=4, seconds=59)
    assert await close_abandoned(desk.system) == 0
    await here(desk, chats=[stays])
    closed = desk.clock.advance(seconds=1)
    assert await close_abandoned(desk.system) == 1
    stored = await desk.chat(chat.id)
    assert (stored.status, stored.close_reason, stored.closed_at) == (
        ChatStatus.CLOSED,
        CloseReason.ABANDONED,
        closed,
    )
    assert (await desk.legs(chat.id))[0].outcome is LegOutcome.ABANDONED
    assert await events_of(desk, chat) == [CLOSED_ABANDONED]
    assert await serving_order(desk.system, chat.department_id) == [stays.id]
    await invariants.check(desk)


async def test_no_connection_tells_whether_the_customer_of_a_bot_is_there(desk: Desk) -> None:
    chat = (await desk.opened(by=await desk.bot())).chat
    desk.clock.advance(hours=5)
    async with desk.nothing_changes():
        await sweep(desk)
    assert (await desk.chat(chat.id)).status is ChatStatus.WAITING


async def test_who_asks_now_and_then_is_there_as_well(desk: Desk) -> None:
    """Where sockets are blocked the widget polls, and others never open one."""
    opened = await desk.opened()
    headers = {"authorization": f"Bearer {opened.token}"}
    async with client_of(app_on(desk.running)) as client:
        for _ in range(8):
            desk.clock.advance(minutes=2)
            assert (await client.get(f"/chat/{opened.chat.id}/history/", headers=headers)).status_code == 200
            await sweep(desk)
            assert (await desk.chat(opened.chat.id)).status is ChatStatus.WAITING
        seen = (await desk.chat(opened.chat.id)).customer_seen_at
        desk.clock.advance(seconds=14)
        async with desk.nothing_changes():
            await client.get(f"/chat/{opened.chat.id}/history/", headers=headers)
    assert seen == desk.clock.now - timedelta(seconds=14)
    desk.clock.advance(minutes=4, seconds=46)
    await sweep(desk)
    assert (await desk.chat(opened.chat.id)).close_reason is CloseReason.ABANDONED


async def test_the_wait_of_who_is_returned_or_transferred_begins_with_them_present(desk: Desk) -> None:
    ana = await desk.agent("tecnico")
    opened = await answered(desk, ana)
    desk.clock.advance(minutes=4, seconds=30)
    comercial = (await desk.department("comercial")).id
    await transfer_chat(ana, opened.chat.id, department_id=comercial, reason="Cobrança")
    desk.clock.advance(minutes=4, seconds=59)
    assert await close_abandoned(desk.system) == 0
    desk.clock.advance(seconds=1)
    assert await close_abandoned(desk.system) == 1


# Tickets


async def test_tickets_are_never_closed_returned_or_abandoned(desk: Desk) -> None:
    ana = await desk.agent("tecnico")
    due = desk.clock.now + timedelta(days=1)
    new = NewTicket((await desk.department("tecnico")).id, "Visita", "Trocar o cabo", name="Zé", due_at=due)
    unclaimed, claimed = await open_ticket(ana, new), await open_ticket(ana, new)
    await claim_chat(ana, claimed.id)
    turned = await answered(desk, ana)
    desk.clock.advance(minutes=5)
    await meet_deadlines(desk.system)
    await turn_into_ticket(ana, turned.chat.id)
    asked = await desk.active(ana)
    await turn_into_ticket(ana, asked.id)
    waiting = await desk.waiting()
    await turn_into_ticket(await desk.supervisor(), waiting.id)
    before = {chat.id: chat.status for chat in (unclaimed, claimed, turned.chat, asked, waiting)}
    before |= dict.fromkeys((claimed.id, turned.chat.id), ChatStatus.ACTIVE)
    lines = {key: await desk.lines(key, MessageKind.EVENT) for key in before}
    for days in (0.1, 1, 30, 400):
        desk.clock.advance(days=days)
        await sweep(desk)
        await send_message(ana, claimed.id, body="Ainda vamos")
    assert {key: (await desk.chat(key)).status for key in before} == before
    assert {key: await desk.lines(key, MessageKind.EVENT) for key in before} == lines
    await invariants.check(desk)


async def test_a_chat_that_became_a_ticket_since_the_sweep_looked_is_left_alone(desk: Desk) -> None:
    rui, chat = await desk.supervisor(), await desk.waiting()
    await turn_into_ticket(rui, chat.id)
    desk.clock.advance(minutes=5)
    async with desk.db.transaction() as tx:
        row = await tx.session.get_one(Chat, chat.id)
        assert not await deadlines._abandon(desk.system, tx, row)  # what a sweep does that looked before


# Failures


async def test_a_chat_that_cannot_be_dealt_with_keeps_no_other_chat_waiting(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    ana = await desk.agent("tecnico")
    broken, other = await answered(desk, ana), await answered(desk, ana)

    async def fail_for_one(ctx: Context, tx: object, chat: Chat, reason: str, **values: object) -> None:
        if chat.id == broken.chat.id:
            raise ZeroDivisionError
        await announce(ctx, tx, chat, reason, **values)  # type: ignore[arg-type]

    monkeypatch.setattr(deadlines, "announce", fail_for_one)
    desk.clock.advance(minutes=5)
    with pytest.raises(ZeroDivisionError):
        await meet_deadlines(desk.system)
    assert (await desk.chat(other.chat.id)).warned_at == desk.clock.now
    assert (await desk.chat(broken.chat.id)).warned_at is None


async def test_only_the_desk_itself_sweeps(desk: Desk) -> None:
    boss = await desk.admin(permissions=tuple(Permission))
    for job in (meet_deadlines, return_orphans, close_abandoned):
        with pytest.raises(Exception, match="not_allowed"):
            await job(boss)
