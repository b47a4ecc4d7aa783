"""Live streams end as soon as the right to them is gone; and what they tell depends on who listens."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from contextlib import aclosing
from typing import Any

import pytest

from api.context import ChatCustomer, Context
from api.errors import AppError, Forbidden, NotFound, Unauthenticated
from api.events import ChatAssigned, ChatLeftQueue, ChatQueued, ChatUnassigned, MessageSent
from api.models.enums import MessageKind, Role, Scope
from api.resolvers.api_keys import revoke_api_key
from api.resolvers.claims import claim_chat
from api.resolvers.closings import close_chat
from api.resolvers.messages import send_message
from api.resolvers.openings import Opened
from api.resolvers.sessions import sign_out
from api.resolvers.users import UserChange, update_user
from api.subscriptions.chats import chat_events
from api.subscriptions.inbox import PresenceReceived, inbox_events
from api.subscriptions.positions import Place
from api.subscriptions.queue import queue_events
from tests.people import Desk, person

pytestmark = pytest.mark.settings(reauthorise="PT0.05S", tick="PT0.1S")


def chat_stream_of(desk: Desk, ctx: Context, opened: Opened, after: str | None = None) -> AsyncIterator[Any]:
    return chat_events(ctx, desk.running, opened.chat.id, after)


class Listening:
    """Somebody who listens in the background: what they were told, and how it ended."""

    def __init__(self, stream: AsyncIterator[Any]) -> None:
        assert isinstance(stream, AsyncGenerator)
        self.told: list[Any] = []
        self._task = asyncio.create_task(self._listen(stream))

    async def _listen(self, stream: "AsyncGenerator[Any]") -> None:
        async with aclosing(stream) as items:
            async for item in items:
                self.told.append(item)

    async def until(self, true: Callable[[list[Any]], object], within: float = 30) -> None:
        async with asyncio.timeout(within):
            while not true(self.told):  # noqa: ASYNC110 - what is told comes without an event
                await asyncio.sleep(0.005)

    async def ended(self, within: float = 30) -> AppError:
        """The error that ended it."""
        with pytest.raises(AppError) as caught:
            await asyncio.wait_for(self._task, within)
        return caught.value

    async def stop(self) -> None:
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)

    @property
    def events(self) -> list[Any]:
        return [item.event for item in self.told]

    @property
    def bodies(self) -> list[str]:
        return [event.body for event in self.events if isinstance(event, MessageSent)]


async def settled(desk: Desk, count: int = 1) -> None:
    """Until so many readers have joined."""
    async with asyncio.timeout(30):
        while desk.running.hub.subscribers < count:  # noqa: ASYNC110 - joining says nothing
            await asyncio.sleep(0.005)
    await asyncio.sleep(0.05)


async def test_both_sides_hear_a_chat_and_only_staff_hear_its_notes(desk: Desk) -> None:
    ana = await desk.agent("tecnico")
    opened = await desk.opened(message="Oi")
    await claim_chat(ana, opened.chat.id)
    start = f"{desk.db.epoch}.0"
    sides = [Listening(chat_stream_of(desk, who, opened, start)) for who in (ana, desk.as_customer(opened))]
    await send_message(ana, opened.chat.id, body="Só para nós", kind=MessageKind.NOTE)
    await send_message(ana, opened.chat.id, body="Olá")
    for side in sides:
        await side.until(lambda told: told and getattr(told[-1].event, "body", "") == "Olá")
    agent, customer = sides
    assert [body for body in agent.bodies if "entrou" not in body] == ["Oi", "Só para nós", "Olá"]
    assert [body for body in customer.bodies if "entrou" not in body] == ["Oi", "Olá"]
    for side in sides:
        await side.stop()
    assert desk.running.hub.subscribers == 0


async def test_a_waiting_customer_hears_the_place_move_up(desk: Desk) -> None:
    ana = await desk.agent("tecnico")
    first, second = await desk.opened(), await desk.opened()
    zé = Listening(chat_stream_of(desk, desk.as_customer(second), second))
    await zé.until(lambda told: told)
    assert zé.events == [Place(2, None)]
    await claim_chat(ana, first.chat.id)
    await zé.until(lambda told: len(told) > 1)
    assert zé.events == [Place(2, None), Place(1, None)]
    await zé.stop()


async def test_a_machine_that_reads_queues_hears_who_joins_them(desk: Desk) -> None:
    tecnico = (await desk.department("tecnico")).id
    wall = await desk.machine(Scope.QUEUE_READ)
    heard = Listening(queue_events(wall, desk.running, tecnico, None))
    await settled(desk)
    opened = await desk.opened()
    await heard.until(lambda told: told)
    assert [(item.event.chat_id, item.position) for item in heard.told] == [(opened.chat.id, 1)]
    await heard.stop()


async def test_a_strange_chat_or_queue_is_not_heard_at_all(desk: Desk) -> None:
    mine, theirs = await desk.opened(), await desk.opened("comercial")
    ana = await desk.agent("tecnico")
    for who in (desk.as_customer(mine), ana):
        assert isinstance(await Listening(chat_stream_of(desk, who, theirs)).ended(), NotFound)
    comercial = (await desk.department("comercial")).id
    assert isinstance(await Listening(queue_events(ana, desk.running, comercial, None)).ended(), NotFound)
    assert desk.running.hub.subscribers == 0


Ends = Callable[[Desk, Context, Context], Awaitable[object]]


@pytest.mark.parametrize(
    ("ends", "error"),
    [
        (lambda desk, boss, bia: sign_out(bia), Unauthenticated),
        (lambda desk, boss, bia: update_user(boss, person(bia).user_id, UserChange(active=False)), Unauthenticated),
        (lambda desk, boss, bia: update_user(boss, person(bia).user_id, UserChange(department_ids=())), NotFound),
        (lambda desk, boss, bia: update_user(boss, person(bia).user_id, UserChange(role=Role.ANALYST)), Forbidden),
    ],
    ids=["signed out", "deactivated", "another department", "another role"],
)
async def test_a_member_of_staff_is_cut_off_at_once(desk: Desk, ends: Ends, error: type[AppError]) -> None:
    boss, bia = await desk.admin(), await desk.agent("tecnico")
    opened = await desk.opened()
    tecnico = opened.chat.department_id
    streams = [chat_stream_of(desk, bia, opened), queue_events(bia, desk.running, tecnico, None)]
    listening = [Listening(stream) for stream in streams]
    await settled(desk, 2)
    await ends(desk, boss, bia)
    for one in listening:
        assert type(await one.ended()) is error
    assert desk.running.hub.subscribers == 0


async def test_a_session_that_grows_old_ends_its_streams(desk: Desk) -> None:
    bia = await desk.agent("tecnico")
    listening = Listening(chat_stream_of(desk, bia, await desk.opened()))
    await settled(desk)
    desk.clock.advance(hours=13)
    assert isinstance(await listening.ended(), Unauthenticated)


async def test_a_customer_is_cut_off_when_the_reopen_window_ends(desk: Desk) -> None:
    opened = await desk.opened()
    zé = desk.as_customer(opened)
    listening = Listening(chat_stream_of(desk, zé, opened))
    await settled(desk)
    await close_chat(zé, opened.chat.id)
    desk.clock.advance(minutes=11)
    assert isinstance(await listening.ended(), Unauthenticated)
    assert isinstance(zé.principal, ChatCustomer)


async def test_a_machine_is_cut_off_when_its_key_is_revoked(desk: Desk) -> None:
    boss = await desk.admin()
    wall = await desk.machine(Scope.QUEUE_READ, by=boss)
    tecnico = (await desk.department("tecnico")).id
    listening = Listening(queue_events(wall, desk.running, tecnico, None))
    await settled(desk)
    desk.clock.advance(seconds=1)
    await revoke_api_key(boss, wall.principal.key_id)  # type: ignore[union-attr]
    desk.clock.advance(seconds=5)
    assert isinstance(await listening.ended(), Unauthenticated)


async def test_an_agent_hears_a_queue_and_their_own_inbox(desk: Desk) -> None:
    ana = await desk.agent("tecnico")
    tecnico = (await desk.department("tecnico")).id
    queue = Listening(queue_events(ana, desk.running, tecnico, None))
    inbox = Listening(inbox_events(ana, desk.running, None))
    await settled(desk, 2)
    opened = await desk.opened()
    await queue.until(lambda told: told)
    await claim_chat(ana, opened.chat.id)
    await queue.until(lambda told: len(told) == 2)
    await inbox.until(lambda told: len(told) == 2)
    await send_message(desk.as_customer(opened), opened.chat.id, body="Alô?")
    await inbox.until(lambda told: any(isinstance(item.event, MessageSent) for item in told[1:]))
    await close_chat(ana, opened.chat.id)
    await inbox.until(lambda told: any(isinstance(item.event, ChatUnassigned) for item in told[1:]))
    assert [type(event) for event in queue.events] == [ChatQueued, ChatLeftQueue]
    assert queue.told[0].position == 1
    assert isinstance(inbox.told[0], PresenceReceived)
    assert isinstance(inbox.told[1].event, ChatAssigned)
    for one in (queue, inbox):
        await one.stop()
    assert desk.running.hub._feeds == {}
