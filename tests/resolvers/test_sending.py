"""Lines that are sent at one moment: one transaction, and each its own answer."""

import asyncio
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

from sqlalchemy import event, select
from sqlmodel import col

from api.context import ChatCustomer, Context
from api.errors import ChatClosed, Conflict, NotFound
from api.models import Chat, Message
from api.models.enums import ChatStatus, MessageKind, Permission, Scope
from api.resolvers.access import may_see, visible_chats
from api.resolvers.closings import close_chat
from api.resolvers.messages import send_message
from api.resolvers.sending import Sending, Sent, send
from tests.people import Desk


class Commits:
    """Counts the commits of a desk's database."""

    def __init__(self, desk: Desk) -> None:
        self.count = 0
        for engine in desk.db.engines:
            event.listen(engine, "commit", self._committed)

    def _committed(self, _: Any) -> None:
        self.count += 1


async def test_lines_of_one_moment_share_a_transaction(desk: Desk) -> None:
    chats = [await desk.opened() for _ in range(10)]
    commits = Commits(desk)
    sent = await asyncio.gather(
        *(send_message(desk.as_customer(opened), opened.chat.id, body=f"linha {i}") for opened in chats for i in (1, 2))
    )
    assert 1 <= commits.count <= 4
    for opened in chats:
        assert sorted(await desk.lines(opened.chat.id)) == ["Oi", "linha 1", "linha 2"]
    assert {one.message.seq for one in sent} == {2, 3}


async def test_each_has_its_own_answer(desk: Desk) -> None:
    ana, bia = await desk.agent("tecnico"), await desk.agent("tecnico")
    mine, waiting = await desk.active(ana), await desk.waiting()
    closed = await desk.closed(ana)
    away = await desk.agent("comercial")
    answers = await asyncio.gather(
        send_message(ana, mine.id, body="Bom dia"),
        send_message(bia, mine.id, body="Bom dia"),
        send_message(ana, waiting.id, body="Bom dia"),
        send_message(away, mine.id, body="Bom dia"),
        send_message(ana, closed.id, body="Bom dia"),
        send_message(bia, mine.id, body="Já conheço", kind=MessageKind.NOTE),
        send_message(desk.as_customer(mine), mine.id, body="Oi"),
        return_exceptions=True,
    )
    kinds = [type(answer) if isinstance(answer, Exception) else None for answer in answers]
    assert kinds == [None, Conflict, Conflict, NotFound, ChatClosed, None, None]
    assert sorted(await desk.lines(mine.id)) == ["Bom dia", "Oi", "Oi"]
    assert await desk.lines(mine.id, MessageKind.NOTE) == ["Já conheço"]


async def test_a_line_that_cannot_be_stored_fails_alone(desk: Desk) -> None:
    chats = [await desk.opened() for _ in range(4)]
    # Past the checks of `send_message`: neither database takes a lone surrogate.
    bodies = ["um", "dois", "\ud800", "quatro"]
    answers = await asyncio.gather(
        *(
            send(Sending(desk.as_customer(opened), opened.chat.id, body=body))
            for opened, body in zip(chats, bodies, strict=True)
        ),
        return_exceptions=True,
    )
    assert [isinstance(answer, Exception) for answer in answers] == [False, False, True, False]
    for opened, body in zip(chats, bodies, strict=True):
        assert await desk.lines(opened.chat.id) == ["Oi"] + ([] if body == "\ud800" else [body])


async def test_equal_sends_of_one_moment_are_one_line(desk: Desk) -> None:
    opened = await desk.opened()
    zé = desk.as_customer(opened)
    sent = await asyncio.gather(*(send_message(zé, opened.chat.id, body="Alô", client_id="a") for _ in range(20)))
    assert len({one.message.id for one in sent}) == 1
    assert sum(not one.repeated for one in sent) == 1
    assert await desk.lines(opened.chat.id) == ["Oi", "Alô"]


async def test_a_chat_that_several_reopen_at_once_is_reopened_once(desk: Desk) -> None:
    opened = await desk.opened()
    zé = desk.as_customer(opened)
    await close_chat(zé, opened.chat.id)
    await asyncio.gather(*(send_message(zé, opened.chat.id, body=f"linha {i}") for i in range(5)))
    assert len(await desk.lines(opened.chat.id)) == 6
    assert len(await desk.lines(opened.chat.id, MessageKind.EVENT)) == 2


async def test_a_row_that_somebody_holds_keeps_nobody_else_waiting(desk: Desk) -> None:
    held, free = await desk.opened(), await desk.opened()
    async with desk.db.transaction() as tx:
        await tx.session.execute(select(Chat).where(col(Chat.id) == held.chat.id).with_for_update())
        waiting = asyncio.ensure_future(send_message(desk.as_customer(held), held.chat.id, body="Alô"))
        elsewhere = asyncio.ensure_future(send_message(desk.as_customer(free), free.chat.id, body="Alô"))
        # SQLite has one writer: whoever holds it holds everybody.
        done, _ = await asyncio.wait({elsewhere}, timeout=0.2 if desk.db.embedded else 30)
        assert bool(done) is not desk.db.embedded
        assert not waiting.done()
    assert not (await waiting).repeated
    assert not (await elsewhere).repeated


@asynccontextmanager
async def meeting_whoever_holds(desk: Desk, chat_id: UUID, *sending: Awaitable[Sent]) -> AsyncIterator[list[Sent]]:
    """Lines that are sent while somebody holds the chat's row; in the block they are stored."""
    async with desk.db.transaction() as tx:
        await tx.session.execute(select(Chat).where(col(Chat.id) == chat_id).with_for_update())
        waiting = asyncio.gather(*sending)
        await asyncio.wait({waiting}, timeout=0.5)
        assert not waiting.done()
    yield await waiting


async def test_a_note_to_a_closed_chat_that_somebody_holds_is_left_as_any_other(desk: Desk) -> None:
    ana = await desk.agent("tecnico")
    chat = await desk.closed(ana)
    note = send_message(ana, chat.id, body="Ligou depois", kind=MessageKind.NOTE)
    async with meeting_whoever_holds(desk, chat.id, note) as [sent]:
        assert not sent.repeated
    assert await desk.lines(chat.id, MessageKind.NOTE) == ["Ligou depois"]
    assert (await desk.chat(chat.id)).status is ChatStatus.CLOSED


async def test_a_repeat_to_a_closed_chat_that_somebody_holds_reopens_nothing(desk: Desk) -> None:
    ana = await desk.agent("tecnico")
    chat = await desk.active(ana)
    zé = desk.as_customer(chat)
    first = await send_message(zé, chat.id, body="Obrigado", client_id="a")
    await close_chat(ana, chat.id)
    async with desk.nothing_changes():
        again = send_message(zé, chat.id, body="Obrigado", client_id="a")
        async with meeting_whoever_holds(desk, chat.id, again) as [sent]:
            assert (sent.message, sent.repeated) == (first.message, True)


async def test_new_words_to_a_closed_chat_that_somebody_holds_reopen_it_once(desk: Desk) -> None:
    ana = await desk.agent("tecnico")
    chat = await desk.closed(ana)
    zé = desk.as_customer(chat)
    words = [send_message(zé, chat.id, body="Caiu de novo", client_id="b") for _ in range(2)]
    async with meeting_whoever_holds(desk, chat.id, *words) as sent:
        assert sorted(one.repeated for one in sent) == [False, True]
    assert (await desk.chat(chat.id)).status is ChatStatus.WAITING
    assert (await desk.lines(chat.id))[-2:] == ["Pronto", "Caiu de novo"]
    assert (await desk.lines(chat.id, MessageKind.EVENT)).count("A conversa foi reaberta.") == 1


async def _everybody(desk: Desk) -> list[Context]:
    ana = await desk.agent("tecnico")
    return [
        ana,
        await desk.agent("comercial"),
        await desk.agent("tecnico", "comercial", permissions=(Permission.CHAT_VIEW_ALL,)),
        await desk.supervisor("comercial"),
        await desk.analyst(),
        await desk.admin(),
        await desk.bot(),
        await desk.machine(Scope.QUEUE_READ),
        desk.system,
        desk.anonymous,
    ]


async def test_who_may_see_a_chat_is_one_rule_in_sql_and_in_python(desk: Desk) -> None:
    people = await _everybody(desk)
    bot = people[6]
    chats = [await desk.waiting(), await desk.waiting("comercial"), await desk.active(people[0])]
    chats += [(await desk.opened("tecnico", by=bot, external_id="551199")).chat, await desk.closed(people[0])]
    people += [desk.as_customer(chat) for chat in chats[:2]]
    assert sum(isinstance(who.principal, ChatCustomer) for who in people) == 2
    for who in people:
        async with desk.db.read() as session:
            seen = set((await session.execute(select(col(Chat.id)).where(visible_chats(who.principal)))).scalars())
            rows = list((await session.execute(select(Chat))).scalars())
        assert {row.id for row in rows if may_see(who.principal, row)} == seen, who.principal
    assert await desk.count(Message) >= len(chats)
