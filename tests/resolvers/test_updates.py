"""What a chat is about, how urgent it is, and where that puts it in its queue; what a bot says of it at hand-off."""

from datetime import timedelta
from uuid import uuid4

from sqlalchemy import select
from sqlmodel import col

from api.errors import ChatClosed, Conflict, Forbidden, Invalid, NotFound
from api.events import ChatChanged, ChatReordered, chat_stream, queue_stream
from api.models import AuditEntry
from api.models.enums import Category, ChatStatus, MessageKind, Priority, Sender
from api.resolvers.chats import SUBJECT_LIMIT, ChatChange, update_chat
from api.resolvers.departments import DepartmentChange, update_department
from api.resolvers.handoffs import Handoff, hand_off_chat
from api.resolvers.messages import read_history
from api.resolvers.queue import positions, serving_order
from api.resolvers.transfers import return_chat
from tests import invariants
from tests.people import Desk, person

HIGH, URGENT, LOW, NORMAL = Priority.HIGH, Priority.URGENT, Priority.LOW, Priority.NORMAL


async def test_a_waiting_chat_moves_to_its_new_place_at_once(desk: Desk) -> None:
    rui = await desk.supervisor()
    chats = []
    for _ in range(3):
        chats.append(await desk.waiting())
        desk.clock.advance(minutes=15)
    first, second, third = [chat.id for chat in chats]
    department = chats[0].department_id
    for priority, order in (
        (HIGH, [first, third, second]),  # it came 30 minutes after the first, and jumps 20
        (URGENT, [third, first, second]),
        (LOW, [first, second, third]),
        (NORMAL, [first, second, third]),
    ):
        changed = await update_chat(rui, third, ChatChange(priority=priority))
        assert (changed.priority, changed.queued_at) == (priority, chats[2].queued_at)
        assert await serving_order(desk.system, department) == order
        assert await positions(rui, [third]) == {third: order.index(third) + 1}
        reordered = (await desk.events(queue_stream(department)))[-1]
        assert reordered == ChatReordered(department_id=department, chat_id=third)
        assert (await desk.events(chat_stream(third)))[-1] == ChatChanged(chat_id=third)
        await invariants.check(desk)


async def test_the_same_again_changes_nothing_and_other_words_reorder_nothing(desk: Desk) -> None:
    rui, chat = await desk.supervisor(), await desk.waiting()
    async with desk.nothing_changes():
        await update_chat(rui, chat.id, ChatChange())
        await update_chat(rui, chat.id, ChatChange(priority=NORMAL, category=Category.OTHER))
    before = await desk.events(queue_stream(chat.department_id))
    await update_chat(rui, chat.id, ChatChange(category=Category.WIFI, subject=" Roteador "))
    stored = await desk.chat(chat.id)
    assert (stored.category, stored.subject) == (Category.WIFI, "Roteador")
    assert await desk.events(queue_stream(chat.department_id)) == before
    await update_chat(rui, chat.id, ChatChange(subject=""))
    assert (await desk.chat(chat.id)).subject is None


async def test_an_attended_chat_keeps_its_new_urgency_for_when_it_returns(desk: Desk) -> None:
    ana = await desk.agent("tecnico")
    other = await desk.waiting()
    desk.clock.advance(minutes=10)
    chat = await desk.active(ana)
    before = len(await desk.events(queue_stream(chat.department_id)))
    await update_chat(ana, chat.id, ChatChange(priority=HIGH))
    assert len(await desk.events(queue_stream(chat.department_id))) == before
    await return_chat(ana, chat.id)
    assert await serving_order(desk.system, chat.department_id) == [chat.id, other.id]
    await invariants.check(desk)


async def test_a_change_is_audited(desk: Desk) -> None:
    ana = await desk.agent("tecnico")
    chat = await desk.active(ana)
    await update_chat(ana, chat.id, ChatChange(priority=HIGH))
    async with desk.db.read() as session:
        query = select(AuditEntry).where(col(AuditEntry.action) == "update_chat")
        entry = (await session.execute(query)).scalar_one()
    assert (entry.actor, entry.object) == (person(ana).actor, f"chat:{chat.id}")
    assert (entry.before["priority"], entry.after["priority"]) == ("NORMAL", "HIGH")  # type: ignore[index]


async def test_who_may_change_a_chat(desk: Desk) -> None:
    ana, bia, bot, rui = (
        await desk.agent("tecnico"), await desk.agent("tecnico"), await desk.bot(), await desk.supervisor(),
    )  # fmt: skip
    chat, waiting, closed = await desk.active(ana), await desk.waiting(), await desk.closed(ana)
    mine = (await desk.opened(by=bot, bot_owns=True)).chat
    strange = await desk.agent("comercial")
    for who, which, error, reason in (
        (bia, chat, Conflict, "not_your_chat"),
        (bia, waiting, Conflict, "claim_first"),
        (rui, closed, ChatClosed, "chat_closed"),
        (rui, mine, Conflict, "with_bot"),
        (strange, chat, NotFound, "chat_not_found"),
        (desk.as_customer(chat), chat, Forbidden, "not_allowed"),
        (bot, mine, Forbidden, "not_allowed"),
    ):
        async with desk.refused(error, reason):
            await update_chat(who, which.id, ChatChange(priority=URGENT))
    async with desk.refused(Invalid, "too_long", field=("subject",)):
        await update_chat(ana, chat.id, ChatChange(subject="x" * (SUBJECT_LIMIT + 1)))


# Hand-off


async def test_a_bot_says_where_how_urgent_and_what_it_learned(desk: Desk) -> None:
    bot, ana = await desk.bot(), await desk.agent("comercial")
    waits = await desk.waiting("comercial")
    desk.clock.advance(minutes=19)
    opened = await desk.opened(by=bot, bot_owns=True)
    handed = await hand_off_chat(
        bot, opened.chat.id, Handoff(department_slug="comercial", priority=HIGH, summary="Quer a segunda via")
    )
    assert (handed.status, handed.department_id, handed.priority) == (ChatStatus.WAITING, waits.department_id, HIGH)
    assert await serving_order(desk.system, waits.department_id) == [handed.id, waits.id]
    assert await desk.lines(handed.id, MessageKind.NOTE) == ["Quer a segunda via"]
    assert await desk.lines(handed.id, MessageKind.EVENT) == ["A conversa foi para a fila de Comercial."]
    for who in (desk.as_customer(opened), bot):
        assert "segunda via" not in repr((await read_history(who, handed.id)).messages)
    (note,) = [m for m in (await read_history(ana, handed.id)).messages if m.kind is MessageKind.NOTE]
    assert (note.sender, note.sender_name) == (Sender.BOT, "Robô")
    async with desk.nothing_changes():
        again = await hand_off_chat(bot, handed.id, Handoff(priority=URGENT, summary="De novo"))
        assert again.priority is HIGH
    await invariants.check(desk)


async def test_a_hand_off_to_nowhere_leaves_the_chat_with_its_bot(desk: Desk) -> None:
    bot = await desk.bot()
    chat = (await desk.opened(by=bot, bot_owns=True)).chat
    comercial = (await desk.department("comercial")).id
    await update_department(await desk.admin(), comercial, DepartmentChange(active=False))
    for handoff, error, reason in (
        (Handoff(department_id=uuid4()), NotFound, "department_not_found"),
        (Handoff(department_slug="nada"), NotFound, "department_not_found"),
        (Handoff(department_id=comercial), Invalid, "department_inactive"),
        (Handoff(summary="x" * 4001), Invalid, "too_long"),
    ):
        async with desk.refused(error, reason):
            await hand_off_chat(bot, chat.id, handoff)
    desk.clock.advance(seconds=1)
    handed = await hand_off_chat(bot, chat.id, Handoff(department_id=chat.department_id))
    assert handed.queued_at == chat.created_at + timedelta(seconds=1)
