"""The queue: who waits, in which order, in which place, and for how long still."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import and_, func, or_, select
from sqlmodel import col
from sqlalchemy.ext.asyncio import AsyncSession

from api.context import Context
from api.models import Chat, Department, Leg, User, UserDepartment
from api.models.enums import Availability, ChatStatus, Permission, Priority, Scope
from api.resolvers.access import Who, access_queue, allow
from api.resolvers.pages import Order, Page, PageRequest, paginate
from api.settings import Settings

RECENT = timedelta(hours=1)
ENOUGH_CLAIMS = 5

_waiting = col(Chat.status) == ChatStatus.WAITING
by_rank: Order[Chat] = Order(
    columns=(col(Chat.queue_rank), col(Chat.id)), place=lambda chat: (chat.queue_rank, chat.id)
)


@dataclass(frozen=True)
class WaitEstimate:
    """How long the wait is likely to be still, as a range."""

    at_least: timedelta
    at_most: timedelta


@dataclass(frozen=True)
class QueueState:
    """One department's queue in figures."""

    department_id: uuid.UUID
    waiting: int
    oldest_queued_at: datetime | None
    agents_online: int
    seconds_per_claim: float | None
    """How often somebody is taken from this queue lately; None when that happened too rarely to tell."""

    def estimate(self, position: int) -> WaitEstimate | None:
        """The likely wait at a place in the queue: the recent pace of claims, give or take a third."""
        if self.seconds_per_claim is None or not self.agents_online:
            return None
        likely = position * self.seconds_per_claim
        return WaitEstimate(timedelta(seconds=round(likely * 2 / 3)), timedelta(seconds=round(likely * 4 / 3)))


def queue_rank(settings: Settings, queued_at: datetime, priority: Priority) -> datetime:
    """`queued_at - boost(priority)`: FIFO, where priority is a fixed head start, so that nobody starves."""
    boosts = {
        Priority.URGENT: settings.boost_urgent,
        Priority.HIGH: settings.boost_high,
        Priority.NORMAL: timedelta(),
        Priority.LOW: settings.boost_low,
    }
    return queued_at - boosts[priority]


@allow(Permission.CHAT_ATTEND, Permission.CHAT_VIEW_ALL, Scope.QUEUE_READ)
async def view_queue(ctx: Context, department_id: uuid.UUID) -> Department:
    """The department whose queue the caller may see. Raises NotFound."""
    async with ctx.db.read() as session:
        return await access_queue(ctx, session, department_id)


@allow(Permission.CHAT_ATTEND, Permission.CHAT_VIEW_ALL, Scope.QUEUE_READ)
async def list_queue(ctx: Context, department_id: uuid.UUID, page: PageRequest) -> Page[Chat]:
    """Who waits in a department, in the order to be served. Raises NotFound."""
    async with ctx.db.read() as session:
        await access_queue(ctx, session, department_id)
        query = select(Chat).where(_waiting, col(Chat.department_id) == department_id)
        return await paginate(session, query, by_rank, page)


@allow(Who.ANYONE)
async def queue_states(ctx: Context, department_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, QueueState]:
    """The figures of several queues at once; they name nobody, so anyone may know them."""
    async with ctx.db.read() as session:
        return await _states(session, department_ids, ctx.now())


async def positions_in(session: AsyncSession, chats: Sequence[Chat]) -> dict[uuid.UUID, int]:
    """The place of each waiting chat: one more than the number of smaller ranks in its department."""
    ahead = col(Chat.__table__.alias("ahead").c.id)  # type: ignore[attr-defined]
    other = ahead.table
    mine = Chat.__table__.alias("mine")  # type: ignore[attr-defined]
    earlier = or_(
        other.c.queue_rank < mine.c.queue_rank,
        and_(other.c.queue_rank == mine.c.queue_rank, other.c.id <= mine.c.id),
    )
    query = (
        select(mine.c.id, func.count(other.c.id))
        .join(other, and_(other.c.department_id == mine.c.department_id, other.c.status == ChatStatus.WAITING, earlier))
        .where(mine.c.id.in_([chat.id for chat in chats]), mine.c.status == ChatStatus.WAITING)
        .group_by(mine.c.id)
    )
    return {chat_id: count for chat_id, count in await session.execute(query)}


async def order_of(session: AsyncSession, department_id: uuid.UUID) -> list[uuid.UUID]:
    """The ids of everybody who waits in a department, in order."""
    query = select(col(Chat.id)).where(_waiting, col(Chat.department_id) == department_id).order_by(*by_rank.columns)
    return list((await session.execute(query)).scalars())


async def _states(
    session: AsyncSession, department_ids: Sequence[uuid.UUID], now: datetime
) -> dict[uuid.UUID, QueueState]:
    waiting = await session.execute(
        select(col(Chat.department_id), func.count(), func.min(col(Chat.queued_at)))
        .where(_waiting, col(Chat.department_id).in_(department_ids))
        .group_by(col(Chat.department_id))
    )
    online = await session.execute(
        select(col(UserDepartment.department_id), func.count())
        .join(User, col(User.id) == col(UserDepartment.user_id))
        .where(
            col(UserDepartment.department_id).in_(department_ids),
            col(User.status) == Availability.ONLINE,
            col(User.active),
        )
        .group_by(col(UserDepartment.department_id))
    )
    claims = await session.execute(
        select(col(Leg.department_id), func.count())
        .where(col(Leg.department_id).in_(department_ids), col(Leg.claimed_at) > now - RECENT)
        .group_by(col(Leg.department_id))
    )
    waits = {key: (count, oldest) for key, count, oldest in waiting}
    agents = {key: count for key, count in online}
    paces = {key: RECENT.total_seconds() / count for key, count in claims if count >= ENOUGH_CLAIMS}
    return {
        key: QueueState(key, *waits.get(key, (0, None)), agents.get(key, 0), paces.get(key)) for key in department_ids
    }
