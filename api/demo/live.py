"""Customers who write while the demo runs: they come, answer whoever attends them, and leave after a long wait."""

import asyncio
import random

from api.demo.lines import AFTERWORDS, TALKS, Talk
from api.demo.people import Visitor, arrive
from api.errors import AppError
from api.events import ChatEnded, MessageSent
from api.models.enums import Sender
from api.resolvers.chats import close_chat
from api.resolvers.messages import mark_read, send_message, set_typing
from api.subscriptions.chats import chat_events
from api.subscriptions.running import Running

AT_ONCE = 8
PATIENCE = 15 * 60


async def simulate(running: Running) -> None:
    """Let customers come, a few a minute, until cancelled."""
    async with asyncio.TaskGroup() as crowd:
        room = asyncio.Semaphore(AT_ONCE)
        while True:
            await asyncio.sleep(random.uniform(15, 40))
            await room.acquire()
            crowd.create_task(_visit(running, random.choice(TALKS), room))


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
    async for received in chat_events(ctx, running.hub, running.positions, chat_id, None):
        event = received.event
        if isinstance(event, ChatEnded):
            return
        if not isinstance(event, MessageSent) or event.sender is not Sender.AGENT:
            continue
        await mark_read(ctx, chat_id, seq=event.seq)
        await asyncio.sleep(random.uniform(1, 3))
        await set_typing(ctx, chat_id)
        await asyncio.sleep(random.uniform(2, 5))
        body = answers.pop(0) if answers else random.choice(AFTERWORDS)
        await send_message(ctx, chat_id, body=body)
