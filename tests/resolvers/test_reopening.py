"""A customer who comes back soon after the end goes on in the same chat."""

from api.errors import ChatClosed, Forbidden
from api.events import ChatChanged, ChatQueued, chat_stream, queue_stream
from api.models import Chat
from api.models.enums import ChatStatus, LegOutcome, MessageKind
from api.resolvers.claims import claim_chat
from api.resolvers.closings import close_chat
from api.resolvers.departments import DepartmentChange, update_department
from api.resolvers.messages import send_message
from api.resolvers.openings import Opened
from api.resolvers.queue import serving_order
from tests.people import Desk


async def ended(desk: Desk) -> Opened:
    ana, opened = await desk.agent("tecnico"), await desk.opened()
    await claim_chat(ana, opened.chat.id)
    await send_message(ana, opened.chat.id, body="Olá")
    await close_chat(ana, opened.chat.id)
    return opened


async def test_words_within_the_window_reopen_the_same_protocol(desk: Desk) -> None:
    opened = await ended(desk)
    before = await desk.chat(opened.chat.id)
    desk.clock.advance(minutes=9, seconds=59)
    await send_message(desk.as_customer(opened), opened.chat.id, body="Caiu de novo")
    chat = await desk.chat(opened.chat.id)
    assert (chat.status, chat.protocol) == (ChatStatus.WAITING, before.protocol)
    assert (chat.closed_at, chat.close_reason, chat.closed_by, chat.token_ends_at) == (None, None, None, None)
    assert chat.agent_id is None
    assert [leg.outcome for leg in await desk.legs(chat.id)] == [LegOutcome.ENDED, None]
    assert (await desk.lines(chat.id))[-1] == "Caiu de novo"
    assert (await desk.lines(chat.id, MessageKind.EVENT))[-1] == "A conversa foi reaberta."
    assert any(isinstance(event, ChatChanged) for event in (await desk.events(chat_stream(chat.id)))[-3:])
    assert isinstance((await desk.events(queue_stream(chat.department_id)))[-1], ChatQueued)


async def test_a_reopened_chat_waits_at_the_place_of_its_first_coming(desk: Desk) -> None:
    opened = await ended(desk)
    desk.clock.advance(minutes=1)
    later = await desk.waiting()
    await send_message(desk.as_customer(opened), opened.chat.id, body="Alô?")
    assert await serving_order(desk.system, later.department_id) == [opened.chat.id, later.id]


async def test_words_after_the_window_need_a_new_chat(desk: Desk) -> None:
    opened = await ended(desk)
    desk.clock.advance(minutes=10)
    async with desk.refused(ChatClosed, "chat_closed"):
        await send_message(desk.as_customer(opened), opened.chat.id, body="Alô?")


async def test_only_the_customer_reopens(desk: Desk) -> None:
    ana = await desk.agent("tecnico")
    chat: Chat = await desk.closed(ana)
    async with desk.refused(ChatClosed, "chat_closed"):
        await send_message(ana, chat.id, body="Esqueci de dizer")
    bot = await desk.bot()
    mine = await desk.opened(by=bot, bot_owns=True)
    await close_chat(bot, mine.chat.id)
    async with desk.refused(ChatClosed, "chat_closed"):
        await send_message(bot, mine.chat.id, body="Esqueci de dizer")


async def test_a_note_after_the_end_reopens_nothing(desk: Desk) -> None:
    ana = await desk.agent("tecnico")
    chat = await desk.closed(ana)
    await send_message(ana, chat.id, body="Ligou depois", kind=MessageKind.NOTE)
    assert (await desk.chat(chat.id)).status is ChatStatus.CLOSED
    opened = await ended(desk)
    async with desk.refused(Forbidden, "notes_are_for_staff", field=("kind",)):
        await send_message(desk.as_customer(opened), opened.chat.id, body="Oi", kind=MessageKind.NOTE)


async def test_a_chat_of_a_closed_department_is_not_reopened(desk: Desk) -> None:
    opened = await ended(desk)
    await update_department(await desk.admin(), opened.chat.department_id, DepartmentChange(active=False))
    async with desk.refused(ChatClosed, "chat_closed"):
        await send_message(desk.as_customer(opened), opened.chat.id, body="Alô?")


async def test_who_has_another_chat_open_in_their_channel_goes_on_in_that_one(desk: Desk) -> None:
    bot = await desk.bot()
    first = await desk.opened(by=bot, external_id="+5511999990000")
    await close_chat(bot, first.chat.id)
    await desk.opened(by=bot, external_id="+5511999990000")
    async with desk.refused(ChatClosed, "chat_closed"):
        await send_message(desk.as_customer(first), first.chat.id, body="Alô?")
