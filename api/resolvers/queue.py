"""The queue: who waits, in which order, in which place, and for how long still."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import and_, func, or_, select, true
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased
from sqlmodel import col

from api.context import Context, Machine
from api.db import Transaction
from api.events import ChatLeftQueue, ChatQueued, queue_stream
from api.models import Chat, Department, Leg, Message, Stream, User, UserDepartment
from api.models.enums import ChatKind, ChatStatus, Permission, Priority, Scope, Sender
from api.resolvers.access import Who, access_queue, allow, grants_of, held_to, visible_chats, visible_queues
from api.resolvers.incidents import MAY_LOOK
from api.resolvers.legs import open_leg
from api.resolvers.notifications import notify_waiting, settle_waiting
from api.resolvers.pages import Order, Page, PageRequest, paginate
from api.resolvers.presence import attending
from api.resolvers.turns import due_deadline, first_turn
from api.settings import Settings

RECENT = timedelta(hours=1)
ENOUGH_CLAIMS = 5
WAITING_LIMIT = 500
LAST_WORDS_LIMIT = 140

in_line = and_(col(Chat.status) == ChatStatus.WAITING, col(Chat.kind) == ChatKind.CHAT)
"""Who stands in the live queue; a ticket that nobody has taken yet waits in the list of tickets."""
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


def queue_rank(settings: Settings, queued_at: datetime, priority: Priority, incident_id: uuid.UUID | None) -> datetime:
    """`queued_at - boost(priority)`: FIFO, where priority is a fixed head start, so that nobody starves.

    What an incident explains yields by a fixed time too: one answer is on its way to all of them.
    """
    boosts = {
        Priority.URGENT: settings.boost_urgent,
        Priority.HIGH: settings.boost_high,
        Priority.NORMAL: timedelta(),
        Priority.LOW: settings.boost_low,
    }
    return queued_at - boosts[priority] - (settings.boost_incident if incident_id else timedelta())


async def enqueue(ctx: Context, tx: Transaction, chat: Chat) -> None:
    """Put a chat, whose row this transaction holds, in its department's queue, and open the leg that times it.

    Who waited before keeps the time they came at, and with it their place.
    """
    chat.status, chat.agent_id, chat.claimed_at = ChatStatus.WAITING, None, None
    first, chat.queued_at = chat.queued_at is None, chat.queued_at or tx.now
    chat.queue_rank = queue_rank(ctx.settings, chat.queued_at, chat.priority, chat.incident_id)
    chat.awaiting, chat.warned_at, chat.deadline = first_turn(chat), None, due_deadline(tx, chat)
    chat.customer_seen_at = tx.now
    tx.session.add(chat)
    open_leg(tx, chat, first=first)
    await tx.session.flush()
    if chat.kind is ChatKind.CHAT:
        tx.emit(ChatQueued(department_id=chat.department_id, chat_id=chat.id))
        await notify_waiting(tx, chat)


async def dequeue(tx: Transaction, chat: Chat, reason: str, *, by: uuid.UUID | None = None) -> None:
    """Tell the queue that a chat waits in it no more: claimed (then by whom), transferred, ticket or closed."""
    await settle_waiting(tx, chat.id)
    if chat.kind is ChatKind.CHAT:
        tx.emit(ChatLeftQueue(department_id=chat.department_id, chat_id=chat.id, agent_id=by, reason=reason))


@dataclass(frozen=True)
class QueueView:
    """A department's queue, and where its stream stood before anything of it was read."""

    department: Department
    epoch: str
    event_seq: int


@allow(Permission.CHAT_ATTEND, Permission.CHAT_VIEW_ALL, Scope.QUEUE_READ)
async def view_queue(ctx: Context, department_id: uuid.UUID) -> QueueView:
    """The queue of a department, if the caller may see it. Raises NotFound."""
    async with ctx.db.read() as session:
        stood = await session.get(Stream, queue_stream(department_id))
        department = await access_queue(ctx, session, department_id)
        return QueueView(department, ctx.db.epoch, stood.last_seq if stood else 0)


@allow(Permission.CHAT_ATTEND, Permission.CHAT_VIEW_ALL, Scope.QUEUE_READ)
async def list_queue(ctx: Context, department_id: uuid.UUID, page: PageRequest) -> Page[Chat]:
    """Who waits in a department, in the order to be served. Raises NotFound."""
    async with ctx.db.read() as session:
        await access_queue(ctx, session, department_id)
        query = select(Chat).where(in_line, col(Chat.department_id) == department_id)
        return await paginate(session, query, by_rank, page)


@allow(Permission.CHAT_ATTEND, Permission.CHAT_VIEW_ALL, Scope.QUEUE_READ)
async def waiting_by_incident(ctx: Context, department_id: uuid.UUID) -> dict[uuid.UUID, int]:
    """How many who wait in a department each incident explains, the most first; none for who may not see incidents.

    Raises NotFound.
    """
    async with ctx.db.read() as session:
        await access_queue(ctx, session, department_id)
        if not grants_of(ctx.principal) & {*MAY_LOOK}:
            return {}
        query = (
            select(col(Chat.incident_id), func.count())
            .where(in_line, col(Chat.department_id) == department_id, col(Chat.incident_id).is_not(None))
            .group_by(col(Chat.incident_id))
            .order_by(func.count().desc(), col(Chat.incident_id))
        )
        return {id: count for id, count in await session.execute(query) if id is not None}


@allow(Permission.CHAT_ATTEND, Permission.CHAT_VIEW_ALL, Scope.QUEUE_READ)
async def queued_by_id(ctx: Context, ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, Chat]:
    """Those of these chats that the caller may see, or that wait in a queue that they may see."""
    async with ctx.db.read() as session:
        seen = or_(visible_chats(ctx.principal), and_(in_line, visible_queues(ctx.principal)))
        query = select(Chat).where(col(Chat.id).in_(ids), held_to(seen))
        return {chat.id: chat for chat in (await session.execute(query)).scalars()}


@dataclass(frozen=True)
class Waiting:
    """One who waits: the chat, its place in its department, and how the customer's last words begin."""

    chat: Chat
    position: int
    last_words: str


@allow(Permission.CHAT_ATTEND, Permission.CHAT_VIEW_ALL, Scope.QUEUE_READ)
async def list_waiting(ctx: Context, *, department_id: uuid.UUID | None = None) -> list[Waiting]:
    """Who waits in a department, or in all whose queue the caller may see: the first `WAITING_LIMIT` in order.

    Raises NotFound.
    """
    place = func.row_number().over(partition_by=col(Chat.department_id), order_by=by_rank.columns)
    query = select(Chat, place).where(in_line, visible_queues(ctx.principal))
    if department_id is not None:
        query = query.where(col(Chat.department_id) == department_id)
    async with ctx.db.read() as session:
        if department_id is not None:
            await access_queue(ctx, session, department_id)
        rows = (await session.execute(query.order_by(*by_rank.columns).limit(WAITING_LIMIT))).all()
        words = await _last_words(session, [chat.id for chat, _ in rows])
    return [Waiting(chat, position, words.get(chat.id, "")) for chat, position in rows]


async def _last_words(session: AsyncSession, chat_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, str]:
    newest = (
        select(col(Message.chat_id), func.max(col(Message.seq)).label("seq"))
        .where(col(Message.chat_id).in_(chat_ids), col(Message.sender) == Sender.CUSTOMER)
        .group_by(col(Message.chat_id))
        .subquery()
    )
    query = select(col(Message.chat_id), func.substr(col(Message.body), 1, LAST_WORDS_LIMIT)).join(
        newest, and_(col(Message.chat_id) == newest.c.chat_id, col(Message.seq) == newest.c.seq)
    )
    return {key: value for key, value in await session.execute(query)}


@allow(Who.ANYONE)
async def queue_states(ctx: Context, department_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, QueueState]:
    """The figures of several queues at once; they name nobody, so anyone may know them."""
    async with ctx.db.read() as session:
        return await _states(session, department_ids, ctx.now())


@allow(Who.CUSTOMER, Permission.CHAT_ATTEND, Permission.CHAT_VIEW_ALL, Scope.CHAT_WRITE, Scope.QUEUE_READ)
async def positions(ctx: Context, chat_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, int]:
    """The place of each of these chats that waits: one more than the number of smaller ranks in its department.

    Chats that the caller may not see have none; who reads queues sees everybody in them.
    """
    reads_queues = isinstance(ctx.principal, Machine) and Scope.QUEUE_READ in ctx.principal.scopes
    other = aliased(Chat)
    earlier = or_(
        col(other.queue_rank) < col(Chat.queue_rank),
        and_(col(other.queue_rank) == col(Chat.queue_rank), col(other.id) <= col(Chat.id)),
    )
    ahead = and_(
        col(other.department_id) == col(Chat.department_id),
        col(other.status) == ChatStatus.WAITING,
        col(other.kind) == ChatKind.CHAT,
        earlier,
    )
    query = (
        select(col(Chat.id), func.count(col(other.id)))
        .join(other, ahead)
        .where(col(Chat.id).in_(chat_ids), in_line, true() if reads_queues else held_to(visible_chats(ctx.principal)))
        .group_by(col(Chat.id))
    )
    async with ctx.db.read() as session:
        return {chat_id: count for chat_id, count in await session.execute(query)}


@allow(Who.SYSTEM)
async def serving_order(ctx: Context, department_id: uuid.UUID) -> list[uuid.UUID]:
    """The ids of everybody who waits in a department, in the order to be served."""
    query = select(col(Chat.id)).where(in_line, col(Chat.department_id) == department_id).order_by(*by_rank.columns)
    async with ctx.db.read() as session:
        return list((await session.execute(query)).scalars())


async def _states(
    session: AsyncSession, department_ids: Sequence[uuid.UUID], now: datetime
) -> dict[uuid.UUID, QueueState]:
    waiting = await session.execute(
        select(col(Chat.department_id), func.count(), func.min(col(Chat.queued_at)))
        .where(in_line, col(Chat.department_id).in_(department_ids))
        .group_by(col(Chat.department_id))
    )
    online = await session.execute(
        select(col(UserDepartment.department_id), func.count())
        .join(User, col(User.id) == col(UserDepartment.user_id))
        .where(
            col(UserDepartment.department_id).in_(department_ids),
            attending(now),
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
