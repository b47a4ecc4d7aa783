"""Customers who write while the demo runs: they come, answer whoever attends them, and leave after a long wait."""

import asyncio
import random

from api.context import ChatCustomer, Context
from api.demo import network
from api.demo.lines import AFTERWORDS, IS_IT_BACK, TALKS, Talk
from api.demo.people import Visitor, arrive
from api.errors import AppError
from api.events import ChatEnded, MessageSent
from api.models import Chat
from api.models.enums import Sender
from api.resolvers.asking import QUESTION
from api.resolvers.closings import close_chat
from api.resolvers.messages import mark_read, send_message, set_typing
from api.resolvers.queue import list_waiting
from api.subscriptions.chats import chat_events
from api.subscriptions.running import Running

AT_ONCE = 8
PATIENCE = 15 * 60


async def simulate(running: Running) -> None:
    """Let customers come, a few a minute, until cancelled."""
    async with asyncio.TaskGroup() as crowd:
        crowd.create_task(network.live(running))
        for waiting in await list_waiting(running.as_system()):
            crowd.create_task(_wait(running, waiting.chat))
        room = asyncio.Semaphore(AT_ONCE)
        while True:
            await asyncio.sleep(random.uniform(15, 40))
            await room.acquire()
            crowd.create_task(_visit(running, random.choice(TALKS), room))


async def _wait(running: Running, chat: Chat) -> None:
    """Be the customer who has waited since before the demo began."""
    ctx = Context(running.services, ChatCustomer(chat.id, chat.token_hash or ""))
    try:
        await _converse(running, Visitor(ctx, chat.id), [])
    except AppError:
        # The desk closed the chat: this customer goes home.
        return


async def _visit(running: Running, talk: Talk, room: asyncio.Semaphore) -> None:
    try:
        customer = await arrive(running, talk)
        try:
            async with asyncio.timeout(PATIENCE):
                await _converse(running, customer, list(talk.lines[2::2]))
        except TimeoutError:
            await close_chat(customer.ctx, customer.chat_id)
    except AppError:
        # The desk closed the chat, or is busy: this customer goes home.
        return
    finally:
        room.release()


async def _converse(running: Running, customer: Visitor, answers: list[str]) -> None:
    """Read what the agent writes, think, type, answer; until the chat ends."""
    ctx, chat_id = customer.ctx, customer.chat_id
    async for received in chat_events(ctx, running, chat_id, None):
        event = received.event
        if isinstance(event, ChatEnded):
            return
        if not isinstance(event, MessageSent):
            continue
        if (event.client_id or "").startswith(QUESTION):
            await asyncio.sleep(random.uniform(5, 60))
            await send_message(ctx, chat_id, body=random.choices(IS_IT_BACK, (5, 1))[0])
        if event.sender is not Sender.AGENT:
            continue
        await mark_read(ctx, chat_id, seq=event.seq)
        await asyncio.sleep(random.uniform(1, 3))
        await set_typing(ctx, chat_id)
        await asyncio.sleep(random.uniform(2, 5))
        body = answers.pop(0) if answers else random.choice(AFTERWORDS)
        await send_message(ctx, chat_id, body=body)
