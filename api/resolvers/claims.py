"""Who attends a chat: taken by hand, next in line, or given by the desk. One conditional UPDATE settles each."""

import uuid
from collections.abc import Collection

from sqlalchemy import ColumnElement, Select, and_, case, func, literal, select, update
from sqlmodel import col

from api.context import Context
from api.db import Transaction
from api.errors import AppError, Capacity, ChatClosed, Conflict, Forbidden, Invalid, NotFound
from api.events import ChatAssigned, ChatChanged
from api.models import Chat, Department, User, UserDepartment
from api.models.base import UtcDateTime
from api.models.enums import ChatKind, ChatStatus, NotificationKind, Permission, Routing
from api.resolvers.access import Who, access_chat, access_queue, allow, staff
from api.resolvers.audit import record
from api.resolvers.legs import claim_leg
from api.resolvers.lines import announce
from api.resolvers.notifications import notify
from api.resolvers.presence import attending, may_attend, take_on
from api.resolvers.queue import by_rank, dequeue, in_line


@allow(Permission.CHAT_ATTEND)
async def claim_chat(ctx: Context, chat_id: uuid.UUID) -> Chat:
    """Take a waiting chat. Of two agents at once exactly one gets it; claiming one's own chat again changes nothing.

    Raises NotFound, ChatClosed, Conflict (somebody else was first), Capacity.
    """
    me = staff(ctx)
    async with ctx.db.transaction() as tx:
        chat = await access_chat(ctx, tx.session, chat_id)
        if not await _claim_waiting(ctx, tx, chat, me.user_id):
            return chat
        return await _taken(ctx, tx, chat.id, me.user_id)


@allow(Permission.CHAT_ATTEND)
async def claim_next(ctx: Context, department_id: uuid.UUID | None = None) -> Chat:
    """Take the chat that is to be served next in a department, or in all of the caller's.

    Raises NotFound (nobody waits, or not the caller's department), Capacity.
    """
    me = staff(ctx)
    async with ctx.db.transaction() as tx:
        if department_id is not None:
            await access_queue(ctx, tx.session, department_id)
        departments = me.department_ids if department_id is None else {department_id}
        # Whoever was skipped may only be held for a moment, by a customer who writes: look again, and wait this time.
        chat_id = await _claim_first(ctx, tx, departments, me.user_id, skip_locked=True) or await _claim_first(
            ctx, tx, departments, me.user_id, skip_locked=False
        )
        if chat_id is None:
            raise NotFound("queue_empty")
        return await _taken(ctx, tx, chat_id, me.user_id)


@allow(Permission.QUEUE_MANAGE)
async def assign_chat(ctx: Context, chat_id: uuid.UUID, *, agent_id: uuid.UUID) -> Chat:
    """Give a waiting chat to somebody of its department who attends and has room; it is claimed like by themselves.

    Giving it again to whom it is changes nothing. Raises NotFound, Invalid (not their department), ChatClosed,
    Conflict (it waits no more, or they are away), Capacity (they are full).
    """
    async with ctx.db.transaction() as tx:
        chat = await access_chat(ctx, tx.session, chat_id)
        await _require_colleague(tx, chat, agent_id)
        if not await _claim_waiting(ctx, tx, chat, agent_id):
            return chat
        chat = await _claimed(ctx, tx, chat.id, agent_id, attending(tx.now))
        after = {"agent_id": str(agent_id)}
        record(ctx, tx, action="assign_chat", object=f"chat:{chat.id}", before={"agent_id": None}, after=after)
        return chat


async def _require_colleague(tx: Transaction, chat: Chat, agent_id: uuid.UUID) -> None:
    agent = await tx.session.get(User, agent_id)
    if agent is None or not agent.active:
        raise NotFound("user_not_found", field=("agentId",))
    if await tx.session.get(UserDepartment, (agent_id, chat.department_id)) is None:
        raise Invalid("not_their_department", field=("agentId",))


async def _claim_waiting(ctx: Context, tx: Transaction, chat: Chat, agent_id: uuid.UUID) -> bool:
    """Claim this chat while it waits in the department where it was seen; False when it is this agent's already.

    Raises ChatClosed, Conflict.
    """
    expected = and_(col(Chat.id) == chat.id, col(Chat.department_id) == chat.department_id)
    if await _claim(ctx, tx, expected, agent_id) is not None:
        return True
    await tx.session.refresh(chat)
    if chat.status is ChatStatus.ACTIVE and chat.agent_id == agent_id:
        return False
    if chat.status is ChatStatus.CLOSED:
        raise ChatClosed("chat_closed")
    raise Conflict("chat_not_waiting")


async def _taken(ctx: Context, tx: Transaction, chat_id: uuid.UUID, agent_id: uuid.UUID) -> Chat:
    """What follows when a person has taken a chat by hand."""
    chat = await _claimed(ctx, tx, chat_id, agent_id)
    record(ctx, tx, action="claim_chat", object=f"chat:{chat_id}")
    return chat


@allow(Who.SYSTEM)
async def assign_waiting(ctx: Context) -> int:
    """In departments that route by themselves, give who waits to who is free. Returns how many were given."""
    automatic = select(col(Department.id)).where(
        col(Department.routing) == Routing.AUTOMATIC,
        col(Department.active),
        col(Department.id).in_(select(col(Chat.department_id)).where(in_line)),
    )
    async with ctx.db.read() as session:
        departments = list((await session.execute(automatic.order_by(col(Department.position)))).scalars())
    given = 0
    for department_id in departments:
        while await _assign_next(ctx, department_id):
            given += 1
    return given


async def _assign_next(ctx: Context, department_id: uuid.UUID) -> bool:
    """Give the first in line to the least loaded agent who attends; of equals, to who has been idle longest."""
    async with ctx.db.transaction() as tx:
        agent_id = (await tx.session.execute(_freest(tx, department_id))).scalar_one_or_none()
        if agent_id is None:
            return False
        chat_id = await _claim_first(ctx, tx, {department_id}, agent_id, skip_locked=True)
        if chat_id is None:
            return False
        await _claimed(ctx, tx, chat_id, agent_id, attending(tx.now))
        return True


def _freest(tx: Transaction, department_id: uuid.UUID) -> Select[uuid.UUID]:
    return (
        select(col(User.id))
        .join(UserDepartment, col(UserDepartment.user_id) == col(User.id))
        .where(
            col(UserDepartment.department_id) == department_id,
            attending(tx.now),
            col(User.active_chats) < col(User.capacity),
        )
        .order_by(col(User.active_chats), func.coalesce(col(User.idle_since), col(User.created_at)), col(User.id))
        .limit(1)
        .with_for_update(skip_locked=True, of=User)
    )


async def _claim(ctx: Context, tx: Transaction, which: ColumnElement[bool], agent_id: uuid.UUID) -> uuid.UUID | None:
    """The one conditional UPDATE by which a waiting chat gets an agent; None when it waits no more."""
    until = literal(tx.now + ctx.settings.return_after, UtcDateTime)
    claimed = await tx.session.execute(
        update(Chat)
        .where(which, col(Chat.status) == ChatStatus.WAITING)
        .values(
            status=ChatStatus.ACTIVE,
            agent_id=agent_id,
            claimed_at=tx.now,
            deadline=case((col(Chat.kind) == ChatKind.CHAT, until), else_=col(Chat.deadline)),
        )
        .returning(col(Chat.id))
        .execution_options(synchronize_session=False)
    )
    return claimed.scalar_one_or_none()


async def _claim_first(
    ctx: Context, tx: Transaction, department_ids: Collection[uuid.UUID], agent_id: uuid.UUID, *, skip_locked: bool
) -> uuid.UUID | None:
    """The first in line, passing over those that another agent is just taking; the guard is repeated outside."""
    first = (
        select(col(Chat.id))
        .where(in_line, col(Chat.department_id).in_(department_ids))
        .order_by(*by_rank.columns)
        .limit(1)
        .with_for_update(skip_locked=skip_locked)
        .scalar_subquery()
    )
    return await _claim(ctx, tx, col(Chat.id) == first, agent_id)


async def _claimed(
    ctx: Context, tx: Transaction, chat_id: uuid.UUID, agent_id: uuid.UUID, *conditions: ColumnElement[bool]
) -> Chat:
    """What follows from a claim: the agent's load, the leg, a line in the chat, and everybody is told."""
    chat = await tx.session.get_one(Chat, chat_id, populate_existing=True)
    agent = await _take_load(tx, chat, agent_id, *conditions)
    await claim_leg(ctx, tx, chat, agent_id)
    await dequeue(tx, chat, "claimed", by=agent_id)
    await tell_assigned(ctx, tx, chat, agent)
    return chat


async def _take_load(tx: Transaction, chat: Chat, agent_id: uuid.UUID, *conditions: ColumnElement[bool]) -> User:
    """Let a chat be its agent's, who must meet the conditions. Raises Capacity, Conflict, Forbidden."""
    taken = await take_on(tx, chat, agent_id, *conditions)
    agent = await tx.session.get_one(User, agent_id, populate_existing=True)
    if taken:
        return agent
    raise await refusal_of(tx, agent) if conditions else await own_refusal_of(tx, agent)


async def refusal_of(tx: Transaction, agent: User) -> AppError:
    """Why a colleague was not given a chat: they may not attend, do not attend now, or have no room."""
    if not await _is(tx, agent, may_attend()):
        return Conflict("may_not_attend", field=("agentId",), name=agent.name)
    if not await _is(tx, agent, attending(tx.now)):
        return Conflict("agent_away", field=("agentId",), name=agent.name)
    return Capacity("agent_full", field=("agentId",), name=agent.name)


async def own_refusal_of(tx: Transaction, agent: User) -> AppError:
    """Why somebody could not take a chat themselves: they have no room, or have lost the right at this moment."""
    if not await _is(tx, agent, may_attend()):
        return Forbidden("not_allowed")
    return Capacity("capacity_reached", capacity=agent.capacity)


async def _is(tx: Transaction, agent: User, condition: ColumnElement[bool]) -> bool:
    found = await tx.session.execute(select(col(User.id)).where(col(User.id) == agent.id, condition))
    return found.scalar_one_or_none() is not None


async def tell_assigned(ctx: Context, tx: Transaction, chat: Chat, agent: User) -> None:
    """Both sides, the queue's readers and the agent's own list hear who attends from now on."""
    await announce(ctx, tx, chat, "event_claimed", name=agent.name)
    tx.emit(ChatChanged(chat_id=chat.id))
    tx.emit(ChatAssigned(user_id=agent.id, chat_id=chat.id))
    if ctx.principal.actor != f"user:{agent.id}":
        await notify(tx, agent.id, NotificationKind.CHAT_ASSIGNED, chat)
