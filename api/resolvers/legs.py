"""The legs of chats: each stay in one department under at most one agent, opened, claimed and ended without a gap."""

import uuid
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import case, literal, select, update
from sqlmodel import col

from api.context import Context
from api.db import Transaction
from api.models import Chat, Leg
from api.models.base import enum_type
from api.models.enums import LegOutcome, Permission, Scope
from api.resolvers.access import Who, allow, held_to, visible_chats
from api.writing import Writing


@dataclass(frozen=True)
class ChatTimes:
    """How long a chat waited and was attended, summed over its legs; up to now for the one still open."""

    waiting: timedelta
    handling: timedelta


def times_of(legs: Sequence[Leg], now: datetime) -> ChatTimes:
    """The times that a chat's legs tell."""
    waiting = handling = timedelta()
    for leg in legs:
        left = leg.left_at or now
        waiting += max(timedelta(), (leg.claimed_at or left) - leg.queued_at)
        handling += max(timedelta(), left - leg.claimed_at) if leg.claimed_at else timedelta()
    return ChatTimes(waiting, handling)


def resolution_of(chat: Chat) -> timedelta | None:
    """How long it took from opening a chat to its end; None while it is open."""
    return chat.closed_at - chat.created_at if chat.closed_at is not None else None


@allow(Permission.CHAT_ATTEND, Permission.CHAT_VIEW_ALL)
async def legs_of(ctx: Context, chat_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, list[Leg]]:
    """The legs of chats that the caller may see, in order."""
    query = (
        select(Leg)
        .join(Chat, col(Chat.id) == col(Leg.chat_id))
        .where(col(Leg.chat_id).in_(chat_ids), held_to(visible_chats(ctx.principal)))
        .order_by(col(Leg.queued_at), col(Leg.id))
    )
    async with ctx.db.read() as session:
        return _by_chat((await session.execute(query)).scalars())


@allow(Who.CUSTOMER, Permission.CHAT_ATTEND, Permission.CHAT_VIEW_ALL, Scope.CHAT_WRITE)
async def times_of_chats(ctx: Context, chat_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, ChatTimes]:
    """How long these chats waited and were attended, for both their sides."""
    query = (
        select(Leg)
        .join(Chat, col(Chat.id) == col(Leg.chat_id))
        .where(col(Leg.chat_id).in_(chat_ids), held_to(visible_chats(ctx.principal)))
    )
    async with ctx.db.read() as session:
        return times_by_chat((await session.execute(query)).scalars(), ctx.now())


def times_by_chat(legs: Iterable[Leg], now: datetime) -> dict[uuid.UUID, ChatTimes]:
    """The times that these legs tell, for each of their chats."""
    return {chat_id: times_of(own, now) for chat_id, own in _by_chat(legs).items()}


def _by_chat(legs: Iterable[Leg]) -> dict[uuid.UUID, list[Leg]]:
    grouped: dict[uuid.UUID, list[Leg]] = {}
    for leg in legs:
        grouped.setdefault(leg.chat_id, []).append(leg)
    return grouped


def open_leg(tx: Transaction, chat: Chat, *, agent_id: uuid.UUID | None = None) -> None:
    """Begin a stay in the chat's department: in its queue, or at once with an agent."""
    tx.session.add(
        Leg(
            chat_id=chat.id,
            department_id=chat.department_id,
            queued_at=tx.now,
            agent_id=agent_id,
            claimed_at=tx.now if agent_id else None,
        )
    )


async def claim_leg(tx: Transaction, chat_id: uuid.UUID, agent_id: uuid.UUID) -> None:
    """Note on the open leg who came, and when."""
    await tx.session.execute(
        update(Leg)
        .where(col(Leg.chat_id) == chat_id, col(Leg.left_at).is_(None))
        .values(claimed_at=tx.now, agent_id=agent_id)
        .execution_options(synchronize_session=False)
    )


def note_first_replies(writing: Writing, chat_ids: Collection[uuid.UUID]) -> None:
    """The first words of an agent end the customer's first wait: kept on the open leg of each of these chats."""
    unanswered = col(Leg.chat_id).in_(chat_ids), col(Leg.left_at).is_(None), col(Leg.first_reply_at).is_(None)
    writing.connection.execute(update(Leg).where(*unanswered).values(first_reply_at=writing.now))


async def end_leg(tx: Transaction, chat_id: uuid.UUID, outcome: LegOutcome) -> None:
    """Close the open leg. One in which the chat ended before anybody came is abandoned, whatever its outcome."""
    unclaimed = col(Leg.claimed_at).is_(None)
    kind = enum_type(LegOutcome)
    ended = case((unclaimed, literal(LegOutcome.ABANDONED, kind)), else_=literal(LegOutcome.ENDED, kind))
    await tx.session.execute(
        update(Leg)
        .where(col(Leg.chat_id) == chat_id, col(Leg.left_at).is_(None))
        .values(left_at=tx.now, outcome=ended if outcome is LegOutcome.ENDED else outcome)
        .execution_options(synchronize_session=False)
    )
