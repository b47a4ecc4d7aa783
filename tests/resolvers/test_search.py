"""Closed chats found by their words, on both databases alike."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from api.context import Context
from api.errors import Invalid
from api.models import Chat, ChatToIndex, ChatWords
from api.models.enums import ChatStatus, CloseReason, MessageKind
from api.resolvers.chats import ChatFilter, count_chats, list_chats, recently_closed
from api.resolvers.closings import close_chat, rate_chat
from api.resolvers.indexing import index_chats
from api.resolvers.messages import send_message
from api.resolvers.pages import Page, PageRequest
from api.resolvers.search import excerpts_of
from api.resolvers.tickets import NewTicket, open_ticket
from tests.people import Desk, person

ALL = PageRequest(first=100)


async def search(ctx: Context, words: str, page: PageRequest = ALL, **narrowed: Any) -> Page[Chat]:
    chats = ChatFilter(search=words, **narrowed)
    found = await list_chats(ctx, chats, recently_closed, page)
    if page is ALL:
        assert await count_chats(ctx, chats) == len(found.rows)
    return found


async def found(ctx: Context, words: str, **narrowed: Any) -> list[UUID]:
    return [chat.id for chat in (await search(ctx, words, **narrowed)).rows]


async def ended(desk: Desk, agent: Context, message: str, slug: str = "tecnico", **values: Any) -> Chat:
    """A chat that has ended a second after the one before, and is indexed."""
    desk.clock.advance(seconds=1)
    chat = await desk.closed(agent, slug, message=message, **values)
    await index_chats(desk.system)
    return chat


async def test_words_are_found_without_accents_and_by_their_beginning(desk: Desk) -> None:
    ana, rui = await desk.agent("tecnico"), await desk.supervisor()
    chat = await ended(desk, ana, "Minha conexão caiu de novo, as luzes piscam")
    await ended(desk, ana, "Segunda via do boleto")
    for words in ("conexao", "CONEXÃO", "conex", "caiu conexão", "conexões", "luz", "luzes", "de nov"):
        assert await found(rui, words) == [chat.id], words
    for words in ("nexao", "conexao boleto", "conexaozinha", "!!!", "***"):
        assert await found(rui, words) == [], words


async def test_irregular_plurals_find_their_singular_and_the_other_way_round(desk: Desk) -> None:
    ana, rui = await desk.agent("tecnico"), await desk.supervisor()
    chats = [await ended(desk, ana, text) for text in ("Caíram as conexões", "Uma conexão")]
    for words in ("conexão", "conexões"):
        assert await found(rui, words) == [chat.id for chat in reversed(chats)]


async def test_name_protocol_and_subject_are_found_too(desk: Desk) -> None:
    ana, rui = await desk.agent("tecnico"), await desk.supervisor()
    chat = await ended(desk, ana, "Oi", name="Antônia Brandão")
    for words in ("antonia", "brandao", chat.protocol):
        assert await found(rui, words) == [chat.id]
    ticket = await open_ticket(ana, NewTicket((await desk.department("tecnico")).id, "Poste caído", "Ver", name="Zé"))
    await close_chat(rui, ticket.id)
    await index_chats(desk.system)
    assert await found(rui, "poste") == [ticket.id]


async def test_what_the_desk_itself_says_finds_nothing(desk: Desk) -> None:
    ana, rui = await desk.agent("tecnico", name="Ana"), await desk.supervisor()
    chat = await ended(desk, ana, "Oi")
    (line, *_) = await desk.lines(chat.id, MessageKind.EVENT)
    assert line == "Ana entrou na conversa."
    assert await found(rui, "entrou") == []


async def test_notes_are_found_also_when_they_come_after_the_end(desk: Desk) -> None:
    ana, rui = await desk.agent("tecnico"), await desk.supervisor()
    chat = await ended(desk, ana, "Oi")
    assert await found(rui, "reincidente") == []
    await send_message(ana, chat.id, body="Cliente reincidente", kind=MessageKind.NOTE)
    assert await index_chats(desk.system) == 1
    assert await found(rui, "reincidente") == [chat.id]
    assert await index_chats(desk.system) == 0


async def test_a_chat_that_reopens_leaves_the_index_until_it_closes_again(desk: Desk) -> None:
    ana, rui = await desk.agent("tecnico"), await desk.supervisor()
    chat = await ended(desk, ana, "Roteador queimado")
    await send_message(desk.as_customer(chat), chat.id, body="Voltou a falhar")
    # Not even in the seconds before the indexer comes.
    assert await found(rui, "roteador") == []
    await index_chats(desk.system)
    assert await desk.count(ChatWords) == 0
    await close_chat(rui, chat.id)
    await index_chats(desk.system)
    assert await found(rui, "roteador falhar") == [chat.id]
    assert await desk.count(ChatToIndex) == 0


async def test_an_agent_finds_only_what_they_may_see(desk: Desk) -> None:
    ana, bia, rui = await desk.agent("tecnico"), await desk.agent("comercial"), await desk.supervisor()
    hers, others = await ended(desk, ana, "Fibra"), await ended(desk, bia, "Fibra", "comercial")
    assert await found(ana, "fibra") == [hers.id]
    assert await found(bia, "fibra") == [others.id]
    assert await found(rui, "fibra") == [others.id, hers.id]
    # Not by typing what marks a department in the index either.
    assert await found(ana, f"_d{others.department_id.hex} fibra") == []
    assert await excerpts_of(ana, [(others.id, "fibra")]) == {}


async def test_filters_narrow_what_is_found(desk: Desk) -> None:
    ana, bia, rui = await desk.agent("tecnico"), await desk.agent("comercial"), await desk.supervisor()
    first, second = await ended(desk, ana, "Fibra"), await ended(desk, bia, "Fibra", "comercial")
    await rate_chat(desk.as_customer(second), second.id, score=2)
    assert first.closed_at is not None
    assert second.closed_at is not None
    moment = timedelta(microseconds=1)
    for narrowed in (
        {"department_id": second.department_id},
        {"agent_id": person(bia).user_id},
        {"customer_id": second.customer_id},
        {"score": [1, 2]},
        {"closed_in": (first.closed_at + moment, second.closed_at + moment)},
    ):
        assert await found(rui, "fibra", **narrowed) == [second.id], narrowed
    assert await found(rui, "fibra", closed_in=(first.closed_at, second.closed_at)) == [first.id]
    assert await found(rui, "fibra", close_reason=[CloseReason.ABANDONED]) == []
    assert await found(rui, "fibra", status=[ChatStatus.ACTIVE]) == []


async def test_what_is_found_comes_in_pages_the_newest_first(desk: Desk) -> None:
    ana, rui = await desk.agent("tecnico"), await desk.supervisor()
    chats = [(await ended(desk, ana, "Fibra")).id for _ in range(3)]
    # Of the same moment.
    chats += [(await desk.closed(ana, message="Fibra")).id for _ in range(2)]
    await index_chats(desk.system)
    seen, page = list[UUID](), await search(rui, "fibra", PageRequest(first=2))
    while True:
        seen += [chat.id for chat in page.rows]
        if not page.has_next:
            break
        page = await search(rui, "fibra", PageRequest(first=2, after=page.cursors[-1]))
    assert seen == chats[::-1]
    back = await search(rui, "fibra", PageRequest(last=2, before=page.cursors[0]))
    assert [chat.id for chat in back.rows] == chats[::-1][2:4]


TYPED = (
    *('"', "'", "a'b", 'x" OR "y', "NEAR(a b)", "a:*", "a & | !", "\\", "%"),
    *("col:oi", "-oi", "^oi", "(", "\0", "\ud800", "😀", "_"),
)


async def test_nothing_that_people_type_is_a_syntax_error(desk: Desk) -> None:
    rui = await desk.supervisor()
    for typed in TYPED:
        assert await found(rui, typed) == [], typed


async def test_a_blank_search_narrows_nothing_and_a_long_one_is_refused(desk: Desk) -> None:
    ana, rui = await desk.agent("tecnico"), await desk.supervisor()
    chat = await ended(desk, ana, "Oi")
    assert await found(rui, "  ") == [chat.id]
    async with desk.refused(Invalid, "too_long", field=("search",)):
        await search(rui, "x" * 201)


async def test_a_chat_of_any_length_is_indexed(desk: Desk) -> None:
    ana, rui = await desk.agent("tecnico"), await desk.supervisor()
    chat = await desk.active(ana, message="Começo")
    for i in range(30):
        await send_message(ana, chat.id, body=" ".join(f"{i}é{n}" for n in range(500)))
    await close_chat(ana, chat.id)
    await index_chats(desk.system)
    assert await found(rui, "3é5") == [chat.id]


async def test_an_excerpt_is_the_line_with_most_of_the_words(desk: Desk) -> None:
    ana = await desk.agent("tecnico")
    chat = await ended(desk, ana, "A conexão", name="Conexa")
    await send_message(ana, chat.id, body="A conexão caiu ontem", kind=MessageKind.NOTE)
    both, name = (chat.id, "conexao caiu"), (chat.id, "conexa pronto")
    excerpts = await excerpts_of(ana, [both, name, (chat.id, "nada")])
    assert [(part.text, part.found) for part in excerpts[both].parts] == [
        ("A ", False),
        ("conexão", True),
        (" ", False),
        ("caiu", True),
        (" ontem", False),
    ]
    assert excerpts[both].message.kind is MessageKind.NOTE
    assert excerpts[name].message.seq == 1
    assert (chat.id, "nada") not in excerpts
