"""What is kept of the words that customers and bots write."""

import pytest

from api.models import Message
from api.models.enums import MessageKind
from api.resolvers.claims import claim_chat
from api.resolvers.closings import Rating, close_chat
from api.resolvers.indexing import index_chats
from api.resolvers.messages import send_message
from tests.people import Desk

CPF, CARD = "529.982.247-25", "4111 1111 1111 1111"
TYPED = f"CPF {CPF}, cartão {CARD}"
KEPT = "CPF ***.982.247-**, cartão **** **** **** 1111"


async def test_numbers_that_a_customer_types_are_masked_before_anything_is_kept(desk: Desk) -> None:
    ana = await desk.agent("tecnico")
    opened = await desk.opened(name=f"Zé {CPF}", message=TYPED)
    ze = desk.as_customer(opened)
    await claim_chat(ana, opened.chat.id)
    first = await send_message(ze, opened.chat.id, body=TYPED, client_id="1")
    assert first.message.body == KEPT
    assert (await send_message(ze, opened.chat.id, body=TYPED, client_id="1")).repeated
    await close_chat(ze, opened.chat.id, rating=Rating(5, f"{CPF} {CARD}"))
    await index_chats(desk.system)
    assert await desk.lines(opened.chat.id) == [KEPT, KEPT]
    assert (await desk.chat(opened.chat.id)).rating_comment == "***.982.247-** **** **** **** 1111"
    contents = str(await desk.db_contents())
    for number in (CPF, "52998224725", CARD, CARD.replace(" ", "")):
        assert number not in contents


async def test_the_subject_of_a_ticket_that_is_left_says_no_cpf(desk: Desk) -> None:
    opened = await desk.opened(message=TYPED, ticket=True, phone="11987654321")
    assert opened.chat.subject == KEPT


async def test_a_bot_keeps_no_cpf_in_what_it_passes_on(desk: Desk) -> None:
    bot = await desk.bot()
    opened = await desk.opened(by=bot, bot_owns=True, message=TYPED)
    await send_message(bot, opened.chat.id, body=f"O cliente disse: {CPF}")
    assert await desk.lines(opened.chat.id) == [KEPT, "O cliente disse: ***.982.247-**"]


async def test_what_the_staff_write_stays_as_they_wrote_it(desk: Desk) -> None:
    ana = await desk.agent("tecnico")
    chat = await desk.active(ana)
    await send_message(ana, chat.id, body=TYPED)
    await send_message(ana, chat.id, body=TYPED, kind=MessageKind.NOTE)
    assert await desk.lines(chat.id) == ["Oi", TYPED]


@pytest.mark.settings(mask_numbers=False)
async def test_an_operator_may_keep_what_people_type(desk: Desk) -> None:
    opened = await desk.opened(message=TYPED)
    await send_message(desk.as_customer(opened), opened.chat.id, body=TYPED)
    assert await desk.lines(opened.chat.id) == [TYPED, TYPED]
    assert await desk.count(Message) == 2
