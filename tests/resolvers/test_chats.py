"""The life of a chat after its opening: claimed, handed off, closed, rated."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from api.context import Context
from api.errors import Capacity, ChatClosed, Conflict, Invalid, NotFound
from api.events import (
    ChatAssigned,
    ChatChanged,
    ChatEnded,
    ChatLeftQueue,
    ChatQueued,
    ChatUnassigned,
    MessageSent,
    chat_stream,
    queue_stream,
    staff_stream,
)
from api.models import Chat
from api.models.chats import event_seq
from api.models.enums import (
    Category,
    Channel,
    ChatKind,
    ChatStatus,
    CloseReason,
    LegOutcome,
    MessageKind,
    Permission,
    Priority,
    Scope,
)
from api.resolvers.chats import (
    ChatFilter,
    agent_names,
    by_creation,
    chats_by_id,
    count_chats,
    follow_chat,
    get_chat,
    list_chats,
    newest_first,
    recently_closed,
)
from api.resolvers.claims import claim_chat, claim_next
from api.resolvers.closings import close_chat, rate_chat
from api.resolvers.handoffs import hand_off_chat
from api.resolvers.legs import legs_of, times_of_chats
from api.resolvers.messages import send_message
from api.resolvers.pages import Order, PageRequest
from api.resolvers.queue import by_rank
from tests.people import Desk, person

EVERY = ChatFilter()


async def ids(ctx: Context, chats: ChatFilter = EVERY, order: Order[Chat] = by_creation) -> list[UUID]:
    page = await list_chats(ctx, chats, order, PageRequest())
    assert await count_chats(ctx, chats) >= len(page.rows)
    return [chat.id for chat in page.rows]


# Seeing


async def test_customer_reads_their_own_chat_by_id_and_by_protocol(desk: Desk) -> None:
    opened = await desk.opened()
    zé = desk.as_customer(opened)
    assert (await get_chat(zé, id=opened.chat.id)).protocol == opened.chat.protocol
    assert (await get_chat(zé, protocol=opened.chat.protocol)).id == opened.chat.id


async def test_customer_cannot_read_another_customers_chat(desk: Desk) -> None:
    mine, theirs = await desk.opened(), await desk.opened()
    zé = desk.as_customer(mine)
    async with desk.refused(NotFound, "chat_not_found"):
        await get_chat(zé, id=theirs.chat.id)
    async with desk.refused(NotFound, "chat_not_found"):
        await get_chat(zé, protocol=theirs.chat.protocol)
    async with desk.refused(NotFound, "chat_not_found"):
        await follow_chat(zé, theirs.chat.id)
    assert await chats_by_id(zé, [theirs.chat.id]) == {}


async def test_customers_learn_of_their_own_agent_the_name_only(desk: Desk) -> None:
    ana = await desk.agent("tecnico", name="Ana")
    mine, theirs = await desk.opened("tecnico"), await desk.opened("tecnico")
    for opened in (mine, theirs):
        await claim_chat(ana, opened.chat.id)
    assert await agent_names(desk.as_customer(mine), [mine.chat.id, theirs.chat.id, uuid4()]) == {mine.chat.id: "Ana"}


async def test_agent_cannot_read_a_chat_of_another_department(desk: Desk) -> None:
    ana = await desk.agent("tecnico")
    theirs = await desk.waiting("comercial")
    async with desk.refused(NotFound, "chat_not_found"):
        await get_chat(ana, id=theirs.id)
    async with desk.refused(NotFound, "chat_not_found"):
        await follow_chat(ana, theirs.id)
    assert await ids(ana) == []
    assert await chats_by_id(ana, [theirs.id]) == {}


async def test_supervisor_reads_chats_of_every_department(desk: Desk) -> None:
    rui = await desk.supervisor("comercial")
    chats = [await desk.waiting("comercial"), await desk.waiting("tecnico")]
    assert await ids(rui) == [chat.id for chat in chats]
    assert (await follow_chat(rui, chats[1].id)).id == chats[1].id


async def test_agent_keeps_sight_of_a_claimed_chat_after_leaving_its_department(desk: Desk) -> None:
    ana = await desk.agent("tecnico")
    chat = await desk.active(ana)
    gone = desk.as_(replace(person(ana), department_ids=frozenset()))
    assert (await get_chat(gone, id=chat.id)).id == chat.id


async def test_bot_reads_the_chats_that_its_key_opened_and_no_other(desk: Desk) -> None:
    boss = await desk.admin()
    mine, other = (
        await desk.machine(Scope.CHAT_WRITE, by=boss),
        await desk.machine(Scope.CHAT_WRITE, by=boss),
    )
    chat = (await desk.opened(by=mine)).chat
    assert (await get_chat(mine, id=chat.id)).id == chat.id
    async with desk.refused(NotFound, "chat_not_found"):
        await get_chat(other, id=chat.id)
    theirs = await desk.waiting()
    async with desk.refused(NotFound, "chat_not_found"):
        await get_chat(mine, id=theirs.id)


async def test_unknown_chat_is_not_found(desk: Desk) -> None:
    rui = await desk.supervisor()
    async with desk.refused(NotFound, "chat_not_found"):
        await get_chat(rui, id=uuid4())
    async with desk.refused(NotFound, "chat_not_found"):
        await get_chat(rui, protocol="20260302-999999")


async def test_a_protocol_that_no_database_can_hold_is_not_found(desk: Desk) -> None:
    rui = await desk.supervisor()
    for protocol in ("a\x00b", "x" * 5000, "\ud800"):
        async with desk.refused(NotFound, "chat_not_found"):
            await get_chat(rui, protocol=protocol)


async def test_get_chat_takes_an_id_or_a_protocol_and_not_both(desk: Desk) -> None:
    rui = await desk.supervisor()
    async with desk.refused(Invalid, "id_or_protocol", field=("id",)):
        await get_chat(rui)
    async with desk.refused(Invalid, "id_or_protocol", field=("id",)):
        await get_chat(rui, id=uuid4(), protocol="20260302-000001")


async def test_a_chat_read_from_the_database_knows_where_its_stream_stood(desk: Desk) -> None:
    ana = await desk.agent("tecnico")
    chat = await desk.active(ana)
    read = await get_chat(ana, id=chat.id)
    assert event_seq(read) == len(await desk.events(chat_stream(chat.id))) == 3


# Lists


async def test_list_chats_narrows_by_each_filter(desk: Desk) -> None:
    ana, rui = await desk.agent("tecnico", "comercial"), await desk.supervisor()
    bot = await desk.bot()
    first = await desk.active(ana, "tecnico", category=Category.WIFI)
    desk.clock.advance(minutes=1)
    second = await desk.closed(ana, "comercial", category=Category.BILLING)
    third = (await desk.opened(by=bot, channel=Channel.WHATSAPP)).chat
    tecnico = await desk.department("tecnico")
    minute, hour = timedelta(minutes=1), timedelta(hours=1)
    began = desk.clock.now - minute
    for chats, expected in (
        (EVERY, [first, second, third]),
        (ChatFilter(status=[ChatStatus.WAITING]), [third]),
        (ChatFilter(status=[ChatStatus.ACTIVE, ChatStatus.CLOSED]), [first, second]),
        (ChatFilter(status=[]), []),
        (ChatFilter(department_id=tecnico.id), [first, third]),
        (ChatFilter(agent_id=person(ana).user_id), [first, second]),
        (ChatFilter(customer_id=second.customer_id), [second]),
        (ChatFilter(channel=[Channel.WHATSAPP]), [third]),
        (ChatFilter(category=[Category.WIFI, Category.BILLING]), [first, second]),
        (ChatFilter(kind=ChatKind.TICKET), []),
        (ChatFilter(created_in=(began, began + minute)), [first]),
        (ChatFilter(closed_in=(desk.clock.now, desk.clock.now + hour)), [second]),
    ):
        assert await ids(rui, chats) == [chat.id for chat in expected], chats
        assert await count_chats(rui, chats) == len(expected)


async def test_list_chats_in_each_order(desk: Desk) -> None:
    ana, rui = await desk.agent("tecnico"), await desk.supervisor()
    low = await desk.waiting()
    desk.clock.advance(minutes=1)
    bot = await desk.bot()
    urgent = (await desk.opened(by=bot, priority=Priority.URGENT)).chat
    one, two = await desk.active(ana), await desk.active(ana)
    await close_chat(ana, two.id)
    desk.clock.advance(minutes=1)
    await close_chat(ana, one.id)
    in_bot = (await desk.opened(by=bot, bot_owns=True)).chat
    every = [low.id, urgent.id, one.id, two.id, in_bot.id]
    assert await ids(rui, order=by_creation) == every
    assert await ids(rui, order=newest_first) == every[::-1]
    assert await ids(rui, order=recently_closed) == [one.id, two.id]
    assert await ids(rui, ChatFilter(status=[ChatStatus.WAITING]), by_rank) == [urgent.id, low.id]


async def test_list_chats_by_rank_leaves_out_what_was_never_queued(desk: Desk) -> None:
    rui = await desk.supervisor()
    await desk.opened(by=await desk.bot(), bot_owns=True)
    waiting = await desk.waiting()
    assert await ids(rui, order=by_rank) == [waiting.id]


# Claiming


async def test_claim_chat_gives_a_waiting_chat_to_the_agent(desk: Desk) -> None:
    ana = await desk.agent("tecnico", name="Ana")
    waiting = await desk.waiting()
    desk.clock.advance(minutes=3)
    chat = await claim_chat(ana, waiting.id)
    me = person(ana).user_id
    assert (chat.status, chat.agent_id, chat.claimed_at) == (ChatStatus.ACTIVE, me, desk.clock.now)
    assert (await desk.user(ana)).active_chats == 1
    (leg,) = await desk.legs(chat.id)
    assert (leg.agent_id, leg.claimed_at, leg.left_at) == (me, desk.clock.now, None)
    assert await desk.lines(chat.id, MessageKind.EVENT) == ["Ana entrou na conversa."]
    assert await desk.events(queue_stream(chat.department_id)) == [
        ChatQueued(chat.department_id, chat.id),
        ChatLeftQueue(chat.department_id, chat.id, me, "claimed"),
    ]
    assert (await desk.events(staff_stream(me)))[-1:] == [ChatAssigned(me, chat.id)]
    kinds = [type(event) for event in await desk.events(chat_stream(chat.id))]
    assert kinds == [MessageSent, MessageSent, ChatChanged]


async def test_the_answer_of_a_claim_is_the_row_as_stored(desk: Desk) -> None:
    ana = await desk.agent("tecnico")
    chat = await desk.active(ana)
    stored = await desk.chat(chat.id)
    assert chat.model_dump() == stored.model_dump()


async def test_claiming_ones_own_chat_again_changes_nothing(desk: Desk) -> None:
    ana = await desk.agent("tecnico")
    chat = await desk.active(ana)
    async with desk.nothing_changes():
        again = await claim_chat(ana, chat.id)
    assert (again.id, again.agent_id) == (chat.id, person(ana).user_id)


async def test_claiming_a_chat_that_another_agent_has_is_a_conflict(desk: Desk) -> None:
    ana, bia = await desk.agent("tecnico"), await desk.agent("tecnico")
    chat = await desk.active(ana)
    async with desk.refused(Conflict, "chat_not_waiting"):
        await claim_chat(bia, chat.id)


async def test_claiming_a_closed_chat_says_that_it_is_closed(desk: Desk) -> None:
    ana = await desk.agent("tecnico")
    chat = await desk.closed(ana)
    async with desk.refused(ChatClosed, "chat_closed"):
        await claim_chat(ana, chat.id)


async def test_claiming_a_chat_that_a_bot_owns_is_a_conflict(desk: Desk) -> None:
    ana = await desk.agent("tecnico")
    chat = (await desk.opened(by=await desk.bot(), bot_owns=True)).chat
    async with desk.refused(Conflict, "chat_not_waiting"):
        await claim_chat(ana, chat.id)


async def test_claiming_a_chat_of_another_department_finds_nothing(desk: Desk) -> None:
    ana = await desk.agent("tecnico")
    chat = await desk.waiting("comercial")
    async with desk.refused(NotFound, "chat_not_found"):
        await claim_chat(ana, chat.id)


async def test_an_agent_at_capacity_claims_no_more(desk: Desk) -> None:
    ana = await desk.agent("tecnico", capacity=1)
    await desk.active(ana)
    waiting = await desk.waiting()
    async with desk.refused(Capacity, "capacity_reached"):
        await claim_chat(ana, waiting.id)
    async with desk.refused(Capacity, "capacity_reached"):
        await claim_next(ana)


async def test_claim_next_follows_rank_then_arrival(desk: Desk) -> None:
    ana, bot = await desk.agent("tecnico"), await desk.bot()
    early = await desk.waiting()
    desk.clock.advance(minutes=5)
    late = await desk.waiting()
    urgent = (await desk.opened(by=bot, priority=Priority.URGENT)).chat
    patient = (await desk.opened(by=bot, priority=Priority.LOW)).chat
    served = [(await claim_next(ana)).id for _ in range(4)]
    assert served == [urgent.id, early.id, late.id, patient.id]


async def test_priority_is_a_head_start_and_starves_nobody(desk: Desk) -> None:
    ana, bot = await desk.agent("tecnico"), await desk.bot()
    early = await desk.waiting()
    desk.clock.advance(minutes=61)
    urgent = (await desk.opened(by=bot, priority=Priority.URGENT)).chat
    assert [(await claim_next(ana)).id for _ in range(2)] == [early.id, urgent.id]


async def test_claim_next_serves_only_the_callers_departments(desk: Desk) -> None:
    ana = await desk.agent("tecnico", "comercial")
    await desk.waiting("administrativo")
    mine = await desk.waiting("comercial")
    assert (await claim_next(ana)).id == mine.id
    async with desk.refused(NotFound, "queue_empty"):
        await claim_next(ana)


async def test_claim_next_in_one_department_leaves_the_others_alone(desk: Desk) -> None:
    ana = await desk.agent("tecnico", "comercial")
    await desk.waiting("comercial")
    mine = await desk.waiting("tecnico")
    tecnico = (await desk.department("tecnico")).id
    assert (await claim_next(ana, tecnico)).id == mine.id
    async with desk.refused(NotFound, "queue_empty"):
        await claim_next(ana, tecnico)


async def test_claim_next_in_a_strange_department_finds_none(desk: Desk) -> None:
    ana = await desk.agent("tecnico")
    await desk.waiting("comercial")
    async with desk.refused(NotFound, "department_not_found", field=("departmentId",)):
        await claim_next(ana, (await desk.department("comercial")).id)
    async with desk.refused(NotFound, "department_not_found", field=("departmentId",)):
        await claim_next(ana, uuid4())


# Handing off


async def test_bot_hands_its_chat_to_the_queue(desk: Desk) -> None:
    bot = await desk.bot()
    chat = (await desk.opened(by=bot, bot_owns=True)).chat
    assert (chat.status, chat.queued_at, await desk.legs(chat.id)) == (ChatStatus.BOT, None, [])
    desk.clock.advance(minutes=2)
    handed = await hand_off_chat(bot, chat.id)
    assert (handed.status, handed.queued_at) == (ChatStatus.WAITING, desk.clock.now)
    assert [leg.queued_at for leg in await desk.legs(chat.id)] == [desk.clock.now]
    assert await desk.lines(chat.id, MessageKind.EVENT) == ["A conversa foi para a fila de Técnico."]
    assert await desk.events(queue_stream(chat.department_id)) == [ChatQueued(chat.department_id, chat.id)]


async def test_handing_off_again_changes_nothing(desk: Desk) -> None:
    bot = await desk.bot()
    chat = (await desk.opened(by=bot, bot_owns=True)).chat
    await hand_off_chat(bot, chat.id)
    async with desk.nothing_changes():
        assert (await hand_off_chat(bot, chat.id)).status is ChatStatus.WAITING


async def test_bot_cannot_hand_off_what_an_agent_attends(desk: Desk) -> None:
    bot, ana = await desk.bot(), await desk.agent("tecnico")
    chat = (await desk.opened(by=bot)).chat
    await claim_chat(ana, chat.id)
    async with desk.refused(Conflict, "bot_not_owner"):
        await hand_off_chat(bot, chat.id)


async def test_bot_cannot_hand_off_a_closed_chat_or_another_keys(desk: Desk) -> None:
    boss = await desk.admin()
    bot, other = await desk.machine(Scope.CHAT_WRITE, by=boss), await desk.machine(Scope.CHAT_WRITE, by=boss)
    chat = (await desk.opened(by=bot, bot_owns=True)).chat
    async with desk.refused(NotFound, "chat_not_found"):
        await hand_off_chat(other, chat.id)
    await close_chat(bot, chat.id)
    async with desk.refused(ChatClosed, "chat_closed"):
        await hand_off_chat(bot, chat.id)


# Closing


async def test_agent_closes_their_chat(desk: Desk) -> None:
    ana = await desk.agent("tecnico", name="Ana")
    chat = await desk.active(ana)
    desk.clock.advance(minutes=4)
    closed = await close_chat(ana, chat.id)
    me = person(ana).user_id
    now = desk.clock.now
    assert (closed.status, closed.close_reason) == (ChatStatus.CLOSED, CloseReason.RESOLVED)
    assert (closed.closed_at, closed.closed_by) == (now, f"user:{me}")
    assert closed.token_ends_at == now + timedelta(minutes=10)
    assert (await desk.user(ana)).active_chats == 0
    assert [(leg.left_at, leg.outcome) for leg in await desk.legs(chat.id)] == [(now, LegOutcome.ENDED)]
    assert (await desk.lines(chat.id, MessageKind.EVENT))[-1] == "Ana encerrou o atendimento."
    assert (await desk.events(staff_stream(me)))[-1] == ChatUnassigned(me, chat.id, "closed")
    assert (await desk.events(chat_stream(chat.id)))[-1] == ChatEnded(chat.id)
    assert closed.model_dump() == (await desk.chat(chat.id)).model_dump()


async def test_customer_who_ends_a_waiting_chat_abandons_the_queue(desk: Desk) -> None:
    opened = await desk.opened()
    closed = await close_chat(desk.as_customer(opened), opened.chat.id)
    assert closed.close_reason is CloseReason.CUSTOMER_LEFT
    assert [leg.outcome for leg in await desk.legs(closed.id)] == [LegOutcome.ABANDONED]
    assert (await desk.events(queue_stream(closed.department_id)))[-1] == ChatLeftQueue(
        closed.department_id, closed.id, None, "closed"
    )


async def test_bot_closes_the_chat_that_it_owns(desk: Desk) -> None:
    bot = await desk.bot()
    chat = (await desk.opened(by=bot, bot_owns=True)).chat
    closed = await close_chat(bot, chat.id, reason=CloseReason.INACTIVITY)
    assert (closed.status, closed.close_reason) == (ChatStatus.CLOSED, CloseReason.INACTIVITY)
    assert await desk.lines(chat.id, MessageKind.EVENT) == ["O atendimento foi encerrado pelo robô."]
    assert await desk.legs(chat.id) == []


async def test_closing_again_answers_the_same_and_changes_nothing(desk: Desk) -> None:
    ana = await desk.agent("tecnico")
    chat = await desk.closed(ana)
    desk.clock.advance(minutes=1)
    async with desk.nothing_changes():
        again = await close_chat(ana, chat.id, reason=CloseReason.CUSTOMER_LEFT)
    assert (again.closed_at, again.close_reason) == (chat.closed_at, CloseReason.RESOLVED)


async def test_agent_cannot_close_a_colleagues_chat(desk: Desk) -> None:
    ana, bia = await desk.agent("tecnico"), await desk.agent("tecnico")
    chat = await desk.active(ana)
    async with desk.refused(Conflict, "not_your_chat"):
        await close_chat(bia, chat.id)


async def test_agent_cannot_close_a_chat_before_claiming_it(desk: Desk) -> None:
    ana = await desk.agent("tecnico")
    chat = await desk.waiting()
    async with desk.refused(Conflict, "claim_first"):
        await close_chat(ana, chat.id)


async def test_who_manages_the_queue_closes_anybodys_chat_with_any_reason(desk: Desk) -> None:
    ana, rui = await desk.agent("tecnico"), await desk.supervisor()
    chat = await desk.active(ana)
    closed = await close_chat(rui, chat.id, reason=CloseReason.INCIDENT)
    assert closed.close_reason is CloseReason.INCIDENT
    assert (await desk.user(ana)).active_chats == 0
    assert (await desk.user(rui)).active_chats == 0


async def test_customer_cannot_close_another_customers_chat(desk: Desk) -> None:
    mine, theirs = await desk.opened(), await desk.opened()
    async with desk.refused(NotFound, "chat_not_found"):
        await close_chat(desk.as_customer(mine), theirs.chat.id)


@pytest.mark.parametrize("reason", [CloseReason.ADMIN, CloseReason.INCIDENT, CloseReason.ABANDONED])
async def test_reasons_of_the_desk_are_not_for_customers_bots_or_agents(desk: Desk, reason: CloseReason) -> None:
    ana, bot = await desk.agent("tecnico"), await desk.bot()
    opened = await desk.opened(by=bot)
    await claim_chat(ana, opened.chat.id)
    for who in (desk.as_customer(opened), bot, ana):
        async with desk.refused(Invalid, "bad_choice", field=("reason",)):
            await close_chat(who, opened.chat.id, reason=reason)


# Rating


async def test_customer_rates_an_ended_chat_and_may_think_again(desk: Desk) -> None:
    ana = await desk.agent("tecnico")
    opened = await desk.opened()
    zé = desk.as_customer(opened)
    await close_chat(zé, opened.chat.id)
    rated = await rate_chat(zé, opened.chat.id, score=2, comment="  Demorou\nmuito  ")
    assert (rated.rating_score, rated.rating_comment, rated.rated_at) == (2, "Demorou\nmuito", desk.clock.now)
    again = await rate_chat(zé, opened.chat.id, score=5)
    assert (again.rating_score, again.rating_comment) == (5, None)
    assert (await desk.events(chat_stream(opened.chat.id)))[-1] == ChatChanged(opened.chat.id)
    assert (await get_chat(ana, id=opened.chat.id)).rating_score == 5


async def test_an_open_chat_cannot_be_rated(desk: Desk) -> None:
    opened = await desk.opened()
    async with desk.refused(Conflict, "chat_not_closed_yet"):
        await rate_chat(desk.as_customer(opened), opened.chat.id, score=5)


async def test_customer_cannot_rate_another_customers_chat(desk: Desk) -> None:
    mine, theirs = await desk.opened(), await desk.closed(await desk.agent("tecnico"))
    async with desk.refused(NotFound, "chat_not_found"):
        await rate_chat(desk.as_customer(mine), theirs.id, score=1)


@pytest.mark.parametrize("score", [0, 6, -1, 2**40])
async def test_a_rating_lies_between_one_and_five(desk: Desk, score: int) -> None:
    opened = await desk.opened()
    zé = desk.as_customer(opened)
    await close_chat(zé, opened.chat.id)
    async with desk.refused(Invalid, "bad_number", field=("score",)):
        await rate_chat(zé, opened.chat.id, score=score)


async def test_a_comment_is_bounded_and_printable(desk: Desk) -> None:
    opened = await desk.opened()
    zé = desk.as_customer(opened)
    await close_chat(zé, opened.chat.id)
    for comment, reason in (("x" * 1001, "too_long"), ("a\x00b", "unprintable")):
        async with desk.refused(Invalid, reason, field=("comment",)):
            await rate_chat(zé, opened.chat.id, score=3, comment=comment)


# Legs and times


async def test_legs_and_times_are_told_of_visible_chats_only(desk: Desk) -> None:
    ana, bia = await desk.agent("tecnico"), await desk.agent("comercial")
    waiting = await desk.waiting()
    desk.clock.advance(minutes=2)
    await claim_chat(ana, waiting.id)
    desk.clock.advance(minutes=3)
    await send_message(ana, waiting.id, body="Olá")
    assert [leg.agent_id for leg in (await legs_of(ana, [waiting.id]))[waiting.id]] == [person(ana).user_id]
    times = (await times_of_chats(ana, [waiting.id]))[waiting.id]
    assert (times.waiting, times.handling) == (timedelta(minutes=2), timedelta(minutes=3))
    assert await legs_of(bia, [waiting.id]) == {}
    assert await times_of_chats(bia, [waiting.id]) == {}
    assert await times_of_chats(desk.as_customer(await desk.opened()), [waiting.id]) == {}


async def test_times_never_run_backwards_with_the_clock(desk: Desk) -> None:
    ana = await desk.agent("tecnico")
    waiting = await desk.waiting()
    desk.clock.advance(minutes=-5)
    await claim_chat(ana, waiting.id)
    desk.clock.advance(minutes=-5)
    await close_chat(ana, waiting.id)
    times = (await times_of_chats(ana, [waiting.id]))[waiting.id]
    assert (times.waiting, times.handling) == (timedelta(), timedelta())


async def test_an_agent_with_more_permissions_keeps_to_what_they_add(desk: Desk) -> None:
    ana = await desk.agent("tecnico", permissions=(Permission.CHAT_VIEW_ALL,))
    theirs = await desk.waiting("comercial")
    assert (await get_chat(ana, id=theirs.id)).id == theirs.id
