"""What customers thought of it: given once, changed soon, listed for the staff."""

from datetime import timedelta

from api.errors import Conflict, Forbidden
from api.models.enums import Scope
from api.resolvers.chats import ChatFilter, list_chats, recently_closed, recently_rated
from api.resolvers.claims import claim_chat
from api.resolvers.closings import close_chat, rate_chat
from api.resolvers.messages import send_message
from api.resolvers.pages import PageRequest
from tests.people import Desk
from tests.statements import statements_of


async def test_a_rating_may_be_changed_soon_and_then_stays(desk: Desk) -> None:
    ana, bot = await desk.agent("tecnico"), await desk.bot()
    chat = (await desk.opened(by=bot)).chat
    await claim_chat(ana, chat.id)
    await close_chat(ana, chat.id)
    desk.clock.advance(hours=3)
    assert (await rate_chat(bot, chat.id, score=2)).rating_score == 2
    desk.clock.advance(minutes=9)
    assert (await rate_chat(bot, chat.id, score=4, comment="Melhor")).rating_score == 4
    desk.clock.advance(minutes=10)
    # The same again is no change.
    async with desk.nothing_changes():
        await rate_chat(bot, chat.id, score=4, comment="Melhor")
    async with desk.refused(Conflict, "rating_is_final", field=("score",)):
        await rate_chat(bot, chat.id, score=5)


async def test_a_chat_that_ended_again_may_be_rated_again(desk: Desk) -> None:
    ana = await desk.agent("tecnico")
    chat = await desk.closed(ana)
    zé = desk.as_customer(chat)
    await rate_chat(zé, chat.id, score=1)
    await send_message(zé, chat.id, body="Ainda não funciona")
    desk.clock.advance(hours=1)
    await claim_chat(ana, chat.id)
    await close_chat(ana, chat.id)
    assert (await rate_chat(zé, chat.id, score=5)).rating_score == 5


async def test_neither_staff_nor_another_machine_rates(desk: Desk) -> None:
    ana, other = await desk.agent("tecnico"), await desk.machine(Scope.METRICS_READ)
    chat = await desk.closed(ana)
    for who in (ana, other):
        async with desk.refused(Forbidden, "not_allowed"):
            await rate_chat(who, chat.id, score=5)


async def test_ratings_are_listed_by_score_the_newest_first(desk: Desk) -> None:
    ana, rui = await desk.agent("tecnico"), await desk.supervisor()
    chats = [await desk.closed(ana) for _ in range(4)]
    for chat, score in reversed(list(zip(chats, (1, 2, 5), strict=False))):
        desk.clock.advance(seconds=1)
        await rate_chat(desk.as_customer(chat), chat.id, score=score)
    page = PageRequest(first=10)
    every = await list_chats(rui, ChatFilter(), recently_rated, page)
    assert [chat.id for chat in every.rows] == [chat.id for chat in chats[:3]]
    low = await list_chats(rui, ChatFilter(score=(1, 2)), recently_rated, page)
    assert [chat.rating_score for chat in low.rows] == [1, 2]
    last = every.rows[0].rated_at
    assert last is not None
    period = (last, last + timedelta(seconds=1))
    assert len((await list_chats(rui, ChatFilter(rated_in=period), recently_rated, page)).rows) == 1


async def test_an_agents_history_is_their_departments_and_their_own_in_order_once_each(desk: Desk) -> None:
    ana, bia, rui = (
        await desk.agent("tecnico", "comercial"),
        await desk.agent("administrativo"),
        await desk.supervisor(),
    )
    chats = []
    for agent, slug in ((ana, "tecnico"), (ana, "comercial"), (bia, "administrativo"), (ana, "tecnico")):
        desk.clock.advance(seconds=1)
        chats.append((await desk.closed(agent, slug)).id)
    hers = [chats[3], chats[1], chats[0]]
    first = await list_chats(ana, ChatFilter(), recently_closed, PageRequest(first=2))
    rest = await list_chats(ana, ChatFilter(), recently_closed, PageRequest(first=2, after=first.cursors[-1]))
    assert [chat.id for chat in (*first.rows, *rest.rows)] == hers
    assert (first.has_next, rest.has_next) == (True, False)
    back = await list_chats(ana, ChatFilter(), recently_closed, PageRequest(last=2))
    assert [chat.id for chat in back.rows] == hers[1:]
    everything = await list_chats(rui, ChatFilter(), recently_closed, PageRequest(first=9))
    assert [chat.id for chat in everything.rows] == chats[::-1]


async def test_the_history_of_an_agent_reads_each_part_in_its_own_index(desk: Desk) -> None:
    ana = await desk.agent("tecnico", "comercial")
    with statements_of(desk.db) as said:
        await list_chats(ana, ChatFilter(), recently_closed, PageRequest(first=2))
    ((statement, _),) = said
    assert statement.count("UNION ALL") == 2
