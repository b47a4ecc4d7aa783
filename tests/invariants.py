"""What holds of a desk at every moment, whatever was done to it."""

from collections import Counter
from itertools import pairwise
from typing import TypeVar
from uuid import UUID

from sqlalchemy import select
from sqlmodel import SQLModel, col

from api.models import Chat, Leg, Message, User
from api.models.enums import ChatKind, ChatStatus, LegOutcome, Sender
from api.resolvers.queue import queue_rank, serving_order
from tests.people import Desk

T = TypeVar("T", bound=SQLModel)

TURNS = {
    ChatStatus.BOT: {Sender.BOT, Sender.CUSTOMER},
    ChatStatus.WAITING: {Sender.AGENT},
    ChatStatus.ACTIVE: {Sender.AGENT, Sender.CUSTOMER},
    ChatStatus.CLOSED: {None},
}
"""Who may owe the next words of a live chat, by who owns it."""

PASSED_ON = {LegOutcome.RETURNED, LegOutcome.TRANSFERRED}
"""How a leg ends after which another one begins in the same moment."""


async def check(desk: Desk) -> list[Chat]:
    """Assert everything that must hold now. Returns the chats."""
    chats, legs, people = await everything(desk, Chat), await everything(desk, Leg), await everything(desk, User)
    stays: dict[UUID, list[Leg]] = {chat.id: [] for chat in chats}
    for leg in sorted(legs, key=lambda leg: (leg.queued_at, leg.id)):
        stays[leg.chat_id].append(leg)
    for chat in chats:
        _check_owner(desk, chat)
        _check_legs(chat, stays[chat.id])
    _check_loads(chats, people)
    await _check_queues(desk, chats)
    await _check_lines(desk, chats)
    return chats


async def everything(desk: Desk, table: type[T]) -> list[T]:
    async with desk.db.read() as session:
        return list((await session.execute(select(table))).scalars())


def _check_owner(desk: Desk, chat: Chat) -> None:
    """One owner, and nothing left over from the last one."""
    attended = chat.status is ChatStatus.ACTIVE
    if chat.status is not ChatStatus.CLOSED:
        assert (chat.agent_id is not None, chat.claimed_at is not None) == (attended, attended), chat
    ended = chat.status is ChatStatus.CLOSED
    assert (chat.closed_at is not None, chat.close_reason is not None) == (ended, ended), chat
    assert (chat.closed_by is not None, chat.token_ends_at is not None) == (ended, ended), chat
    assert chat.awaiting in (TURNS[chat.status] if chat.kind is ChatKind.CHAT else {None}), chat
    if ended:
        assert (chat.deadline, chat.warned_at) == (None, None), chat
    if chat.warned_at is not None:
        assert chat.awaiting is Sender.CUSTOMER, chat
    if chat.queued_at is not None:
        settings = desk.running.services.settings
        assert chat.queue_rank == queue_rank(settings, chat.queued_at, chat.priority, chat.incident_id), chat


def _check_legs(chat: Chat, legs: list[Leg]) -> None:
    """The legs of a chat tile its life, from its first queue to now, but for the stretches in which it was closed."""
    assert chat.queued_at == (legs[0].queued_at if legs else None), chat
    for before, after in pairwise(legs):
        assert before.left_at is not None
        assert before.outcome is not None
        if before.outcome in PASSED_ON:
            assert after.queued_at == before.left_at, (before, after)
        else:
            assert after.queued_at >= before.left_at, (before, after)
    for leg in legs:
        assert (leg.claimed_at is None) == (leg.agent_id is None), leg
        assert leg.queued_at <= (leg.claimed_at or leg.queued_at) <= (leg.left_at or leg.claimed_at or leg.queued_at)
        if leg.outcome in (LegOutcome.ENDED, LegOutcome.ABANDONED):
            assert (leg.outcome is LegOutcome.ABANDONED) == (leg.claimed_at is None), leg
    _check_last_leg(chat, legs)


def _check_last_leg(chat: Chat, legs: list[Leg]) -> None:
    """Open exactly while people have the chat, and then where the chat is."""
    if chat.status in (ChatStatus.WAITING, ChatStatus.ACTIVE):
        here = (chat.department_id, chat.agent_id, chat.claimed_at)
        assert (legs[-1].left_at, legs[-1].outcome) == (None, None), chat
        assert (legs[-1].department_id, legs[-1].agent_id, legs[-1].claimed_at) == here, chat
    elif chat.status is ChatStatus.CLOSED and legs:
        assert legs[-1].left_at is not None
        assert legs[-1].left_at <= (chat.closed_at or legs[-1].left_at), chat
        assert legs[-1].outcome in (LegOutcome.ENDED, LegOutcome.ABANDONED), chat
    else:
        assert not legs, chat


def _check_loads(chats: list[Chat], people: list[User]) -> None:
    """The counter of each agent is the number of their live chats, and within their capacity."""
    owned = Counter(chat.agent_id for chat in chats if chat.status is ChatStatus.ACTIVE and chat.kind is ChatKind.CHAT)
    loads = {user.id: user.active_chats for user in people}
    assert {key: load for key, load in loads.items() if load} == dict(owned)
    assert all(user.active_chats <= user.capacity for user in people)


async def _check_queues(desk: Desk, chats: list[Chat]) -> None:
    """Each waiting chat stands in the queue of its department, in the order of rank, and nobody else does."""
    lines: dict[UUID, list[Chat]] = {chat.department_id: [] for chat in chats}
    for chat in chats:
        if chat.status is ChatStatus.WAITING and chat.kind is ChatKind.CHAT:
            lines[chat.department_id].append(chat)
    for department_id, waiting in lines.items():
        ranked = sorted((chat.queue_rank, chat.id) for chat in waiting if chat.queue_rank)
        assert [key for _, key in ranked] == await serving_order(desk.system, department_id)


async def _check_lines(desk: Desk, chats: list[Chat]) -> None:
    """The lines of each chat are numbered 1, 2, 3… without a gap."""
    numbers: dict[UUID, list[int]] = {chat.id: [] for chat in chats}
    async with desk.db.read() as session:
        for chat_id, seq in await session.execute(select(col(Message.chat_id), col(Message.seq))):
            numbers[chat_id].append(seq)
    for chat in chats:
        assert sorted(numbers[chat.id]) == list(range(1, chat.message_seq + 1)), chat
