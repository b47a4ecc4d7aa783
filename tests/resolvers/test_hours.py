"""Business hours at work: who is let in, what they are told, when patience runs, and what a leg took of them."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from api.business_hours import Stretch
from api.context import Context
from api.errors import DepartmentClosed, Invalid
from api.models import Department
from api.models.enums import ChatKind, ChatStatus, MessageKind, WhenClosed
from api.resolvers.claims import claim_chat
from api.resolvers.closings import close_chat
from api.resolvers.deadlines import close_abandoned, tell_closed
from api.resolvers.departments import DepartmentChange, update_department
from api.resolvers.handoffs import Handoff, hand_off_chat
from api.resolvers.holidays import HolidayDetails, create_holiday
from api.resolvers.hours import MOST_STRETCHES, opening_states
from api.resolvers.openings import open_chat
from api.resolvers.transfers import transfer_chat
from api.texts import Locale
from tests import invariants
from tests.people import Desk, person

OFFICE = tuple(Stretch(day, 8 * 60, 18 * 60) for day in range(5))
CLOSED_NOW = "Estamos fechados e abrimos {}. Você mantém o seu lugar na fila."


def utc(day: int, hour: int, minute: int = 0) -> datetime:
    """A time of March 2026, as the clocks of São Paulo show it."""
    return datetime(2026, 3, day, hour, minute, tzinfo=UTC) + timedelta(hours=3)


async def office(desk: Desk, slug: str = "tecnico", **change: Any) -> Department:
    """A department that is open from Monday to Friday, 08:00 to 18:00; the clock stands at Monday noon."""
    department = await desk.department(slug)
    return await update_department(await desk.admin(), department.id, DepartmentChange(hours=OFFICE, **change))


async def words(ctx: Context, department: Department) -> str | None:
    return (await opening_states(ctx, [department.id]))[department.id].in_words


async def test_a_department_without_hours_is_always_open(desk: Desk) -> None:
    tecnico = await desk.department("tecnico")
    await create_holiday(await desk.admin(), HolidayDetails(date(2026, 3, 2), "Feriado"))
    state = (await opening_states(desk.anonymous, [tecnico.id]))[tecnico.id]
    assert (state.open, state.opens_at, state.in_words) == (True, None, None)


async def test_a_closed_department_says_when_it_opens_in_the_readers_language(desk: Desk) -> None:
    tecnico = await office(desk)
    assert (await opening_states(desk.anonymous, [tecnico.id]))[tecnico.id].open
    seen: list[tuple[str | None, str | None]] = []
    for moment in (utc(2, 7), utc(2, 18), utc(6, 19)):
        desk.clock.now = moment
        english = replace(desk.anonymous, locale=Locale.EN)
        seen.append((await words(desk.anonymous, tecnico), await words(english, tecnico)))
    assert seen == [
        ("hoje às 08:00", "today at 08:00"),
        ("amanhã às 08:00", "tomorrow at 08:00"),
        ("segunda às 08:00", "on Monday at 08:00"),
    ]
    state = (await opening_states(desk.anonymous, [tecnico.id]))[tecnico.id]
    assert (state.open, state.opens_at) == (False, utc(9, 8))


async def test_a_holiday_closes_its_department_or_all_that_have_hours(desk: Desk) -> None:
    boss = await desk.admin()
    tecnico, comercial = await office(desk), await office(desk, "comercial")
    await create_holiday(boss, HolidayDetails(date(2026, 3, 3), "Do técnico", tecnico.id))
    await create_holiday(boss, HolidayDetails(date(2026, 3, 4), "De todos"))
    for day, expected in ((3, [False, True]), (4, [False, False]), (5, [True, True])):
        desk.clock.now = utc(day, 12)
        states = await opening_states(desk.anonymous, [tecnico.id, comercial.id])
        assert [states[tecnico.id].open, states[comercial.id].open] == expected, day
    desk.clock.now = utc(2, 20)
    assert await words(desk.anonymous, tecnico) == "quinta às 08:00"
    off = [HolidayDetails(date(2026, 3, day), "Recesso", tecnico.id) for day in (5, 6, 9)]
    for holiday in off:
        await create_holiday(boss, holiday)
    assert await words(desk.anonymous, tecnico) == "em 10/03 às 08:00"


@pytest.mark.parametrize(
    ("hours", "reason"),
    [
        ((Stretch(0, 600, 600),), "hours_backwards"),
        ((Stretch(0, 600, 1441),), "hours_backwards"),
        ((Stretch(2, 480, 720), Stretch(2, 719, 800)), "hours_crossed"),
        (tuple(Stretch(0, minute, minute + 1) for minute in range(MOST_STRETCHES + 1)), "too_many_hours"),
    ],
)
async def test_hours_that_cannot_be_are_refused(desk: Desk, hours: tuple[Stretch, ...], reason: str) -> None:
    boss = await desk.admin()
    tecnico = await desk.department("tecnico")
    async with desk.refused(Invalid, reason, field=("input", "hours")):
        await update_department(boss, tecnico.id, DepartmentChange(hours=hours))


async def test_hours_are_kept_in_order_audited_and_taken_away_again(desk: Desk) -> None:
    boss = await desk.admin()
    tecnico = await desk.department("tecnico")
    change = DepartmentChange(
        hours=(Stretch(4, 780, 1440), Stretch(0, 480, 720)),
        when_closed=WhenClosed.TICKET,
        out_of_hours_message=" Voltamos logo. ",
    )
    after = await update_department(boss, tecnico.id, change)
    stored = await desk.department("tecnico")
    assert stored.hours == after.hours == (Stretch(0, 480, 720), Stretch(4, 780, 1440))
    assert (stored.when_closed, stored.out_of_hours_message) == (WhenClosed.TICKET, "Voltamos logo.")
    entry = str((await desk.db_contents())["audit"][-1])
    assert "update_department" in entry
    assert "Voltamos logo." in entry
    await update_department(boss, tecnico.id, DepartmentChange(hours=(), out_of_hours_message=""))
    stored = await desk.department("tecnico")
    assert (stored.hours, stored.out_of_hours_message) == ((), None)


async def test_where_the_queue_takes_them_who_comes_out_of_hours_is_told_once(desk: Desk) -> None:
    await office(desk, out_of_hours_message="Atendemos de segunda a sexta.")
    desk.clock.now = utc(6, 20)
    chat = await desk.waiting()
    assert (chat.status, chat.kind) == (ChatStatus.WAITING, ChatKind.CHAT)
    told = ["Atendemos de segunda a sexta.\n" + CLOSED_NOW.format("segunda às 08:00")]
    assert await desk.lines(chat.id, MessageKind.EVENT) == told
    desk.clock.advance(hours=5)
    assert await tell_closed(desk.system) == 0
    assert await desk.lines(chat.id, MessageKind.EVENT) == told


async def test_who_still_waits_at_closing_time_is_told_once_each_night(desk: Desk) -> None:
    await office(desk)
    chat, elsewhere = await desk.waiting(), await desk.waiting("comercial")
    assert await tell_closed(desk.system) == 0
    for hour, count in ((18, 1), (19, 0)):
        desk.clock.now = utc(2, hour)
        assert await tell_closed(desk.system) == count
    assert await desk.lines(chat.id, MessageKind.EVENT) == [CLOSED_NOW.format("amanhã às 08:00")]
    assert await desk.lines(elsewhere.id, MessageKind.EVENT) == []
    desk.clock.now = utc(3, 18)
    assert await tell_closed(desk.system) == 1
    assert (await desk.chat(chat.id)).status is ChatStatus.WAITING
    await invariants.check(desk)


async def test_where_a_ticket_is_offered_nobody_joins_the_queue_out_of_hours(desk: Desk) -> None:
    await office(desk, when_closed=WhenClosed.TICKET)
    desk.clock.now = utc(2, 18)
    async with desk.refused(DepartmentClosed, "department_closed", field=("input", "departmentId")):
        await desk.opened()
    with pytest.raises(DepartmentClosed) as refusal:
        await desk.opened()
    assert refusal.value.problems[0].values == {"opens": "amanhã às 08:00"}
    desk.clock.now = utc(3, 8)
    assert (await desk.waiting()).status is ChatStatus.WAITING


async def test_an_opening_that_was_answered_is_answered_again_after_closing_time(desk: Desk) -> None:
    await office(desk, when_closed=WhenClosed.TICKET)
    opening = desk.opening(key="once")
    first = await open_chat(desk.anonymous, opening)
    desk.clock.now = utc(2, 18)
    again = await open_chat(desk.anonymous, opening)
    assert (again.chat.id, again.repeated) == (first.chat.id, True)


async def test_a_ticket_that_a_customer_leaves_waits_in_the_list_and_says_how_to_answer(desk: Desk) -> None:
    await office(desk, when_closed=WhenClosed.TICKET)
    desk.clock.now = utc(2, 23)
    opened = await desk.opened(
        ticket=True, phone="(11) 98765-4321", email="ze@example.com", message="Sem internet\nhá 2 h"
    )
    ticket = await desk.chat(opened.chat.id)
    assert (ticket.kind, ticket.status, ticket.subject) == (ChatKind.TICKET, ChatStatus.WAITING, "Sem internet há 2 h")
    assert await desk.lines(ticket.id, MessageKind.EVENT) == [f"Recebemos o seu chamado: {ticket.protocol}."]
    notes = await desk.lines(ticket.id, MessageKind.NOTE)
    assert notes == ["Contato para a resposta: +5511987654321, ze@example.com."]
    desk.clock.advance(days=3)
    assert await close_abandoned(desk.system) == await tell_closed(desk.system) == 0
    assert (await claim_chat(await desk.agent("tecnico"), ticket.id)).kind is ChatKind.TICKET
    await invariants.check(desk)


async def test_a_ticket_needs_a_way_to_answer_unless_a_bot_has_one(desk: Desk) -> None:
    async with desk.refused(Invalid, "contact_needed", field=("input", "phone")):
        await desk.opened(ticket=True)
    bot = await desk.bot()
    async with desk.refused(Invalid, "ticket_or_bot", field=("input", "ticket")):
        await desk.opened(by=bot, ticket=True, bot_owns=True)
    ticket = (await desk.opened(by=bot, ticket=True, external_id="5511")).chat
    assert ticket.kind is ChatKind.TICKET
    assert await desk.lines(ticket.id, MessageKind.NOTE) == []


async def test_a_bot_talks_at_any_hour_and_hands_off_a_ticket_out_of_hours(desk: Desk) -> None:
    tecnico = await office(desk, when_closed=WhenClosed.TICKET)
    desk.clock.now = utc(2, 23)
    bot = await desk.bot()
    chat = (await desk.opened(by=bot, bot_owns=True)).chat
    async with desk.refused(DepartmentClosed, "department_closed", field=("department",)):
        await hand_off_chat(bot, chat.id)
    comercial = await hand_off_chat(
        bot, (await desk.opened(by=bot, bot_owns=True)).chat.id, Handoff(department_slug="comercial")
    )
    assert comercial.kind is ChatKind.CHAT
    ticket = await hand_off_chat(bot, chat.id, Handoff(ticket=True))
    assert (ticket.kind, ticket.status, ticket.department_id) == (ChatKind.TICKET, ChatStatus.WAITING, tecnico.id)
    assert await desk.lines(chat.id, MessageKind.EVENT) == [f"Recebemos o seu chamado: {chat.protocol}."]


async def test_patience_runs_while_the_department_is_open(desk: Desk) -> None:
    await office(desk)
    desk.clock.now = utc(2, 17, 58)
    chat = await desk.waiting()
    for moment in (utc(2, 18, 30), utc(3, 7, 59), utc(3, 8, 2)):
        desk.clock.now = moment
        assert await close_abandoned(desk.system) == 0, moment
    # Two minutes of the evening and three of the morning: the five that a department waits.
    desk.clock.now = utc(3, 8, 3)
    assert await close_abandoned(desk.system) == 1
    assert (await desk.chat(chat.id)).status is ChatStatus.CLOSED


async def took(desk: Desk, chat_id: UUID) -> list[tuple[timedelta | None, timedelta | None]]:
    return [(leg.business_wait, leg.business_handle) for leg in await desk.legs(chat_id)]


async def test_a_leg_counts_the_hours_of_its_department_while_it_waits_and_is_attended(desk: Desk) -> None:
    await office(desk)
    ana = await desk.agent("tecnico", "comercial")
    desk.clock.now = utc(2, 17, 50)
    chat = await desk.waiting()
    assert await took(desk, chat.id) == [(None, None)]
    desk.clock.now = utc(3, 8, 5)
    await claim_chat(ana, chat.id)
    assert await took(desk, chat.id) == [(timedelta(minutes=15), None)]
    desk.clock.now = utc(3, 18, 30)
    comercial = await desk.department("comercial")
    await transfer_chat(ana, chat.id, department_id=comercial.id, reason="Cobrança")
    desk.clock.advance(minutes=7)
    await close_chat(await desk.supervisor(), chat.id)
    # The second department has no hours: every minute counts, and nobody came.
    expected = [(timedelta(minutes=15), timedelta(hours=9, minutes=55)), (timedelta(minutes=7), None)]
    assert await took(desk, chat.id) == expected


async def test_a_chat_given_to_a_colleague_has_waited_no_business_time_there(desk: Desk) -> None:
    await office(desk)
    ana, bia = await desk.online("tecnico"), await desk.online("tecnico")
    chat = await desk.active(ana)
    await transfer_chat(ana, chat.id, agent_id=person(bia).user_id, reason="Ela sabe")
    assert await took(desk, chat.id) == [(timedelta(), timedelta()), (timedelta(), None)]


async def test_what_a_leg_took_stays_when_the_hours_change(desk: Desk) -> None:
    tecnico = await office(desk)
    desk.clock.now = utc(2, 17, 50)
    chat = await desk.waiting()
    desk.clock.now = utc(3, 8, 5)
    await claim_chat(await desk.agent("tecnico"), chat.id)
    boss = await desk.admin()
    async with desk.db.read() as session:
        before = await session.get(Department, tecnico.id)
    assert before is not None
    await update_department(boss, tecnico.id, DepartmentChange(hours=()))
    await create_holiday(boss, HolidayDetails(date(2026, 3, 2), "Tarde demais"))
    assert await took(desk, chat.id) == [(timedelta(minutes=15), None)]
