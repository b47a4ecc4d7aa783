"""The lines of a chat: sending, reading, typing."""

from datetime import timedelta

import pytest

from api.errors import (
    ChatClosed,
    Conflict,
    ErrorCode,
    Forbidden,
    IdempotencyMismatch,
    Invalid,
    NotFound,
    RateLimited,
)
from api.events import MessageSent, MessagesRead, Typing, chat_stream
from api.models import Message
from api.models.enums import MessageKind, Sender
from api.resolvers.claims import claim_chat
from api.resolvers.closings import close_chat
from api.resolvers.handoffs import hand_off_chat
from api.resolvers.messages import (
    count_messages,
    first_messages,
    last_messages,
    list_messages,
    mark_read,
    read_history,
    send_message,
    set_typing,
    unread_counts,
)
from api.resolvers.pages import PageRequest
from tests.people import Desk, person

# Sending


async def test_both_sides_write_in_one_numbered_order(desk: Desk) -> None:
    ana = await desk.agent("tecnico", name="Ana")
    opened = await desk.opened(name="Zé", message="Oi")
    zé = desk.as_customer(opened)
    await claim_chat(ana, opened.chat.id)
    first = (await send_message(ana, opened.chat.id, body="  Olá\n tudo bem?  ")).message
    second = (await send_message(zé, opened.chat.id, body="Sem internet")).message
    assert (first.seq, first.sender, first.sender_name, first.body) == (
        3,
        Sender.AGENT,
        "Ana",
        "Olá\n tudo bem?",
    )
    assert (second.seq, second.sender, second.sender_name) == (4, Sender.CUSTOMER, "Zé")
    assert (await desk.chat(opened.chat.id)).message_seq == 4
    assert (await desk.events(chat_stream(opened.chat.id)))[-1] == MessageSent(
        chat_id=opened.chat.id,
        message_id=second.id,
        seq=4,
        sender=Sender.CUSTOMER,
        sender_name="Zé",
        kind=MessageKind.TEXT,
        body="Sem internet",
        client_id=None,
        sent_at=desk.clock.now,
    )


async def test_the_same_client_id_stores_once_and_answers_the_same(desk: Desk) -> None:
    opened = await desk.opened()
    zé = desk.as_customer(opened)
    first = await send_message(zé, opened.chat.id, body="Alô", client_id="a")
    desk.clock.advance(seconds=5)
    async with desk.nothing_changes():
        again = await send_message(zé, opened.chat.id, body="Alô", client_id="a")
    assert (first.repeated, again.repeated) == (False, True)
    assert again.message == first.message


async def test_the_same_client_id_with_other_words_is_refused(desk: Desk) -> None:
    opened = await desk.opened()
    zé = desk.as_customer(opened)
    await send_message(zé, opened.chat.id, body="Alô", client_id="a")
    async with desk.refused(IdempotencyMismatch, "key_reused", field=("clientId",)):
        await send_message(zé, opened.chat.id, body="Outra coisa", client_id="a")


async def test_a_text_does_not_repeat_a_note_of_the_same_words(desk: Desk) -> None:
    ana = await desk.agent("tecnico")
    chat = await desk.active(ana)
    await send_message(ana, chat.id, body="Alô", client_id="a", kind=MessageKind.NOTE)
    async with desk.refused(IdempotencyMismatch, "key_reused"):
        await send_message(ana, chat.id, body="Alô", client_id="a")


async def test_client_ids_belong_to_their_sender(desk: Desk) -> None:
    ana = await desk.agent("tecnico")
    opened = await desk.opened()
    await claim_chat(ana, opened.chat.id)
    one = await send_message(desk.as_customer(opened), opened.chat.id, body="Alô", client_id="a")
    two = await send_message(ana, opened.chat.id, body="Olá", client_id="a")
    assert (one.repeated, two.repeated) == (False, False)
    assert one.message.id != two.message.id


async def test_a_repeat_is_answered_even_after_the_chat_has_ended(desk: Desk) -> None:
    opened = await desk.opened()
    zé = desk.as_customer(opened)
    first = await send_message(zé, opened.chat.id, body="Alô", client_id="a")
    await close_chat(zé, opened.chat.id)
    assert (await send_message(zé, opened.chat.id, body="Alô", client_id="a")).message.id == first.message.id


@pytest.mark.parametrize("client_id", ["x" * 65, "a\x00b", "\ud800"])
async def test_a_client_id_that_cannot_be_kept_is_refused(desk: Desk, client_id: str) -> None:
    opened = await desk.opened()
    async with desk.nothing_changes():
        with pytest.raises(Invalid) as caught:
            await send_message(desk.as_customer(opened), opened.chat.id, body="Alô", client_id=client_id)
    assert caught.value.problems[0].field == ("clientId",)


async def test_blanks_around_a_client_id_never_break_the_database(desk: Desk) -> None:
    opened = await desk.opened()
    zé = desk.as_customer(opened)
    one = await send_message(zé, opened.chat.id, body="Alô", client_id="a" + " " * 100)
    two = await send_message(zé, opened.chat.id, body="Alô", client_id="a")
    assert two.message.id == one.message.id


async def test_an_empty_client_id_is_none(desk: Desk) -> None:
    opened = await desk.opened()
    zé = desk.as_customer(opened)
    one = await send_message(zé, opened.chat.id, body="Alô", client_id="")
    two = await send_message(zé, opened.chat.id, body="Olá", client_id="")
    assert one.message.id != two.message.id


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("", "required"),
        (" \n\t ", "required"),
        ("x" * 4001, "too_long"),
        ("a\x00b", "unprintable"),
        ("\ud83d", "unprintable"),
        ("a\x1bb", "unprintable"),
    ],
)
async def test_a_body_is_some_printable_text(desk: Desk, body: str, reason: str) -> None:
    opened = await desk.opened()
    async with desk.refused(Invalid, reason, field=("body",)):
        await send_message(desk.as_customer(opened), opened.chat.id, body=body)


@pytest.mark.parametrize(
    "body", ["x" * 4000, "😀 ção \u202e \ufffd \U0010ffff", "<b>'; DROP TABLE chats; --", "a\tb\nc"]
)
async def test_any_other_text_is_given_back_byte_equal(desk: Desk, body: str) -> None:
    opened = await desk.opened()
    zé = desk.as_customer(opened)
    sent = (await send_message(zé, opened.chat.id, body=body)).message
    assert sent.body == body
    assert (await read_history(zé, opened.chat.id)).messages[-1].body == body
    last = (await desk.events(chat_stream(opened.chat.id)))[-1]
    assert isinstance(last, MessageSent)
    assert last.body == body


async def test_nobody_writes_a_line_of_the_desk_itself(desk: Desk) -> None:
    ana = await desk.agent("tecnico")
    chat = await desk.active(ana)
    async with desk.refused(Invalid, "bad_choice", field=("kind",)):
        await send_message(ana, chat.id, body="Alô", kind=MessageKind.EVENT)


async def test_customer_cannot_write_in_another_customers_chat(desk: Desk) -> None:
    mine, theirs = await desk.opened(), await desk.opened()
    async with desk.refused(NotFound, "chat_not_found"):
        await send_message(desk.as_customer(mine), theirs.chat.id, body="Alô")


async def test_nothing_follows_the_end_of_a_chat(desk: Desk) -> None:
    ana = await desk.agent("tecnico")
    opened = await desk.opened()
    await claim_chat(ana, opened.chat.id)
    await close_chat(ana, opened.chat.id)
    async with desk.refused(ChatClosed, "chat_closed"):
        await send_message(ana, opened.chat.id, body="Alô")
    # What a customer writes soon after the end reopens the chat: see test_reopening.py.
    desk.clock.advance(minutes=10)
    async with desk.refused(ChatClosed, "chat_closed"):
        await send_message(desk.as_customer(opened), opened.chat.id, body="Alô")


async def test_agent_claims_before_answering(desk: Desk) -> None:
    ana = await desk.agent("tecnico")
    chat = await desk.waiting()
    async with desk.refused(Conflict, "claim_first"):
        await send_message(ana, chat.id, body="Alô")


async def test_agent_does_not_answer_in_a_colleagues_chat(desk: Desk) -> None:
    ana, bia = await desk.agent("tecnico"), await desk.agent("tecnico")
    chat = await desk.active(ana)
    async with desk.refused(Conflict, "not_your_chat"):
        await send_message(bia, chat.id, body="Alô")


async def test_bot_writes_only_while_it_owns_the_chat(desk: Desk) -> None:
    bot = await desk.bot()
    chat = (await desk.opened(by=bot, bot_owns=True)).chat
    sent = (await send_message(bot, chat.id, body="Qual o problema?")).message
    assert (sent.sender, sent.sender_name) == (Sender.BOT, "Robô")
    await hand_off_chat(bot, chat.id)
    async with desk.refused(Conflict, "bot_not_owner"):
        await send_message(bot, chat.id, body="Alô")


async def test_notes_are_left_by_staff_at_any_time_and_read_by_staff_only(desk: Desk) -> None:
    ana, bia = await desk.agent("tecnico"), await desk.agent("tecnico")
    bot = await desk.bot()
    opened = await desk.opened(by=bot)
    zé, chat = desk.as_customer(opened), opened.chat
    await send_message(bia, chat.id, body="Cliente antigo", kind=MessageKind.NOTE)
    await claim_chat(ana, chat.id)
    await close_chat(ana, chat.id)
    await send_message(bia, chat.id, body="Ligou de novo", kind=MessageKind.NOTE)
    for who, seen in ((ana, 2), (zé, 0), (bot, 0)):
        history = (await read_history(who, chat.id)).messages
        page = (await list_messages(who, chat.id, PageRequest())).rows
        for lines in (history, page):
            assert [line.kind for line in lines].count(MessageKind.NOTE) == seen
        assert await count_messages(who, chat.id) == len(page) == 3 + seen


async def test_customers_and_bots_leave_no_notes(desk: Desk) -> None:
    bot = await desk.bot()
    opened = await desk.opened(by=bot, bot_owns=True)
    for who in (bot, desk.as_customer(opened)):
        async with desk.refused(Forbidden, "notes_are_for_staff", field=("kind",)):
            await send_message(who, opened.chat.id, body="Alô", kind=MessageKind.NOTE)


async def test_the_first_words_of_an_agent_end_the_customers_first_wait(desk: Desk) -> None:
    ana = await desk.agent("tecnico")
    opened = await desk.opened()
    await claim_chat(ana, opened.chat.id)
    await send_message(ana, opened.chat.id, body="Vou ver", kind=MessageKind.NOTE)
    await send_message(desk.as_customer(opened), opened.chat.id, body="Alô?")
    assert [leg.first_reply_at for leg in await desk.legs(opened.chat.id)] == [None]
    first = desk.clock.advance(minutes=1)
    await send_message(ana, opened.chat.id, body="Olá")
    desk.clock.advance(minutes=1)
    await send_message(ana, opened.chat.id, body="Tudo bem?")
    assert [leg.first_reply_at for leg in await desk.legs(opened.chat.id)] == [first]


@pytest.mark.settings(rate_message="3/minute")
async def test_a_customer_writes_at_a_human_pace(desk: Desk) -> None:
    opened, other = await desk.opened(), await desk.opened()
    zé = desk.as_customer(opened)
    for word in ("um", "dois", "três"):
        await send_message(zé, opened.chat.id, body=word)
    with pytest.raises(RateLimited) as caught:
        async with desk.nothing_changes():
            await send_message(zé, opened.chat.id, body="quatro")
    assert timedelta() < caught.value.retry_after <= timedelta(minutes=1)
    assert caught.value.code is ErrorCode.RATE_LIMITED
    assert (await send_message(desk.as_customer(other), other.chat.id, body="um")).message.seq == 2


# Reading


async def test_marking_read_goes_forwards_only(desk: Desk) -> None:
    ana = await desk.agent("tecnico")
    opened = await desk.opened()
    zé, chat_id = desk.as_customer(opened), opened.chat.id
    await claim_chat(ana, chat_id)
    await send_message(ana, chat_id, body="Olá")
    assert (await mark_read(zé, chat_id, seq=3)).customer_read_seq == 3
    assert (await desk.events(chat_stream(chat_id)))[-1] == MessagesRead(chat_id, Sender.CUSTOMER, 3)
    async with desk.nothing_changes():
        assert (await mark_read(zé, chat_id, seq=1)).customer_read_seq == 3
        await mark_read(zé, chat_id, seq=3)
    assert (await mark_read(ana, chat_id, seq=1)).agent_read_seq == 1
    assert (await desk.events(chat_stream(chat_id)))[-1] == MessagesRead(chat_id, Sender.AGENT, 1)


async def test_a_colleagues_look_is_not_told_to_the_customer(desk: Desk) -> None:
    ana, bia = await desk.agent("tecnico"), await desk.agent("tecnico")
    chat = await desk.active(ana)
    async with desk.nothing_changes():
        await mark_read(bia, chat.id, seq=1)


@pytest.mark.parametrize("seq", [-1, 2, 2**70])
async def test_nobody_reads_ahead(desk: Desk, seq: int) -> None:
    opened = await desk.opened()
    async with desk.refused(Invalid, "read_ahead", field=("seq",)):
        await mark_read(desk.as_customer(opened), opened.chat.id, seq=seq)


async def test_customer_cannot_mark_or_read_another_customers_lines(desk: Desk) -> None:
    mine, theirs = await desk.opened(), await desk.opened()
    zé, chat_id = desk.as_customer(mine), theirs.chat.id
    async with desk.refused(NotFound, "chat_not_found"):
        await mark_read(zé, chat_id, seq=1)
    async with desk.refused(NotFound, "chat_not_found"):
        await read_history(zé, chat_id)
    async with desk.refused(NotFound, "chat_not_found"):
        await list_messages(zé, chat_id, PageRequest())
    async with desk.refused(NotFound, "chat_not_found"):
        await count_messages(zé, chat_id)
    assert await unread_counts(zé, [chat_id]) == {}
    assert await last_messages(zé, [chat_id]) == {}


async def test_history_comes_in_parts_without_gap_or_repeat(desk: Desk) -> None:
    opened = await desk.opened(message="1")
    zé, chat_id = desk.as_customer(opened), opened.chat.id
    for number in range(2, 8):
        await send_message(zé, chat_id, body=str(number))
    first = await read_history(zé, chat_id, limit=3)
    rest = await read_history(zé, chat_id, after=3, limit=4)
    assert [line.body for line in first.messages] == ["1", "2", "3"]
    assert [line.body for line in rest.messages] == ["4", "5", "6", "7"]
    assert (first.has_more, rest.has_more) == (True, False)


@pytest.mark.parametrize(
    ("after", "limit", "field"), [(-1, 5, "after"), (0, 0, "limit"), (0, 201, "limit"), (2**40, 5, "after")]
)
async def test_history_is_asked_for_within_bounds(desk: Desk, after: int, limit: int, field: str) -> None:
    opened = await desk.opened()
    async with desk.refused(Invalid, "bad_number", field=(field,)):
        await read_history(desk.as_customer(opened), opened.chat.id, after=after, limit=limit)


async def test_unread_lines_are_those_of_the_other_side(desk: Desk) -> None:
    ana = await desk.agent("tecnico")
    opened, quiet = await desk.opened(), await desk.opened()
    zé, chat_id = desk.as_customer(opened), opened.chat.id
    await claim_chat(ana, chat_id)
    await send_message(zé, chat_id, body="Alô?")
    await send_message(ana, chat_id, body="Olá")
    await send_message(ana, chat_id, body="Só para nós", kind=MessageKind.NOTE)
    assert await unread_counts(ana, [chat_id, quiet.chat.id]) == {chat_id: 2, quiet.chat.id: 1}
    assert await unread_counts(zé, [chat_id, quiet.chat.id]) == {chat_id: 1}
    await mark_read(ana, chat_id, seq=3)
    await mark_read(zé, chat_id, seq=4)
    assert await unread_counts(ana, [chat_id]) == {}
    assert await unread_counts(zé, [chat_id]) == {}


async def test_the_last_message_is_the_last_thing_that_somebody_said(desk: Desk) -> None:
    ana = await desk.agent("tecnico")
    opened = await desk.opened(message="Oi")
    chat_id = opened.chat.id
    await claim_chat(ana, chat_id)
    await send_message(ana, chat_id, body="Só para nós", kind=MessageKind.NOTE)
    for who in (ana, desk.as_customer(opened)):
        assert {key: line.body for key, line in (await last_messages(who, [chat_id])).items()} == {chat_id: "Oi"}


async def test_the_first_message_is_what_the_chat_was_opened_with_whatever_was_said_since(desk: Desk) -> None:
    ana, other = await desk.agent("tecnico"), await desk.agent("comercial")
    opened = await desk.opened(message="Sem internet")
    chat_id = opened.chat.id
    await send_message(desk.as_customer(opened), chat_id, body="Alguém aí?")
    for who in (ana, desk.as_customer(opened)):
        found = await first_messages(who, [chat_id])
        assert {key: line.body for key, line in found.items()} == {chat_id: "Sem internet"}
    assert await first_messages(other, [chat_id]) == {}
    assert await first_messages(desk.as_customer(await desk.opened()), [chat_id]) == {}


# Typing


async def test_typing_reaches_the_other_side_and_is_stored_nowhere(desk: Desk) -> None:
    ana = await desk.agent("tecnico", name="Ana")
    opened = await desk.opened(name="Zé")
    await claim_chat(ana, opened.chat.id)
    async with desk.running.hub.reader(chat_stream(opened.chat.id)) as reader, desk.nothing_changes():
        await set_typing(ana, opened.chat.id)
        await set_typing(desk.as_customer(opened), opened.chat.id)
        assert await reader.next(30) == Typing(opened.chat.id, Sender.AGENT, "Ana")
        assert await reader.next(30) == Typing(opened.chat.id, Sender.CUSTOMER, "Zé")


async def test_typing_in_a_colleagues_or_closed_chat_shows_nothing(desk: Desk) -> None:
    ana, bia = await desk.agent("tecnico"), await desk.agent("tecnico")
    opened = await desk.opened()
    await claim_chat(ana, opened.chat.id)
    async with desk.running.hub.reader(chat_stream(opened.chat.id)) as reader:
        await set_typing(bia, opened.chat.id)
        assert await reader.next(0.05) is None
    await close_chat(ana, opened.chat.id)
    async with desk.running.hub.reader(chat_stream(opened.chat.id)) as reader:
        await set_typing(desk.as_customer(opened), opened.chat.id)
        assert await reader.next(0.05) is None


async def test_typing_in_a_strange_chat_finds_nothing(desk: Desk) -> None:
    mine, theirs = await desk.opened(), await desk.opened()
    async with desk.refused(NotFound, "chat_not_found"):
        await set_typing(desk.as_customer(mine), theirs.chat.id)


async def test_messages_are_numbered_one_by_one_in_each_chat(desk: Desk) -> None:
    ana = await desk.agent("tecnico")
    chat = await desk.closed(ana)
    lines = (await read_history(ana, chat.id)).messages
    assert [line.seq for line in lines] == [1, 2, 3, 4]
    assert await desk.count(Message) == 4
    assert person(ana).actor in {line.author for line in lines}
