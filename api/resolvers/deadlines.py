"""What the desk does by itself when nobody speaks: who owes the answer decides.

An agent who claimed and stays silent loses the chat back to its queue; a bot that stays silent hands over to people; a
customer who stays silent is warned, then the chat closes. While people owe the answer, no silence closes a chat.
Everything here is looked at again behind the chat's lock: a line that came in the meantime has moved the deadline.
"""

import uuid
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

from sqlalchemy import Select, or_, select
from sqlmodel import col

from api.business_hours import HORIZON
from api.context import Context
from api.db import Transaction
from api.events import ChatChanged
from api.models import Chat, Department, User
from api.models.enums import Availability, ChatKind, ChatStatus, CloseReason, NotificationKind, Routing, Sender
from api.resolvers.access import Who, access_chat, allow
from api.resolvers.closings import close
from api.resolvers.handoffs import give_to_people
from api.resolvers.hours import read_schedules, schedule_of, tell_if_closed
from api.resolvers.lines import announce
from api.resolvers.notifications import notify, notify_overdue
from api.resolvers.presence import choose, is_present
from api.resolvers.queue import in_line
from api.resolvers.rounds import one_by_one
from api.resolvers.transfers import put_back

_BATCH = 200
NO_ANSWER = "Sem resposta"
"""The pause of an agent to whom the desk gave a chat that they did not answer; reports count it under this name."""


@allow(Who.SYSTEM)
async def meet_deadlines(ctx: Context) -> int:
    """Do what is due in chats whose time has come. Returns in how many something was done."""
    due = (
        select(col(Chat.id))
        .where(col(Chat.deadline) <= ctx.now(), col(Chat.status) != ChatStatus.CLOSED)
        .order_by(col(Chat.deadline))
        .limit(_BATCH)
    )
    return await _each(ctx, due, _meet)


@allow(Who.SYSTEM)
async def close_abandoned(ctx: Context) -> int:
    """Close chats whose customer went away while waiting. Returns how many.

    Only for customers who come by themselves: of one whom a bot speaks for, no connection tells whether they are there.
    Patience runs while the department is open: nobody has to sit through its night to keep their place.
    """
    closed = 0
    for department_id, since in (await _patience(ctx)).items():
        gone = (
            select(col(Chat.id))
            .where(
                col(Chat.department_id) == department_id,
                in_line,
                col(Chat.api_key_id).is_(None),
                col(Chat.customer_seen_at) <= since,
            )
            .limit(_BATCH)
        )
        closed += await _each(ctx, gone, _abandon)
    return closed


@allow(Who.SYSTEM)
async def tell_closed(ctx: Context) -> int:
    """Tell who waits where the hours have ended when their department opens again. Returns how many were told."""
    async with ctx.db.read() as session:
        query = select(col(Department.id), col(Department.hours)).where(
            col(Department.id).in_(select(col(Chat.department_id)).where(in_line))
        )
        hours = {key: week for key, week in await session.execute(query) if week}
        schedules = await read_schedules(ctx, session, hours, ctx.now() - HORIZON, ctx.now())
    told = 0
    for department_id, schedule in schedules.items():
        if schedule.is_open(ctx.now()):
            continue
        since = schedule.last_closing(ctx.now())
        untold = (
            or_(col(Chat.told_closed_at).is_(None), col(Chat.told_closed_at) < since)
            if since
            else col(Chat.told_closed_at).is_(None)
        )
        waiting = select(col(Chat.id)).where(in_line, col(Chat.department_id) == department_id, untold).limit(_BATCH)
        told += await _each(ctx, waiting, tell_if_closed)
    return told


@allow(Who.SYSTEM)
async def return_orphans(ctx: Context) -> int:
    """Return chats that wait for the answer of an agent who has been gone too long. Returns how many."""
    orphans = (
        select(col(Chat.id))
        .join(User, col(User.id) == col(Chat.agent_id))
        .where(
            col(Chat.status) == ChatStatus.ACTIVE,
            col(Chat.kind) == ChatKind.CHAT,
            col(Chat.awaiting) == Sender.AGENT,
            col(User.present_until) <= ctx.now() - ctx.settings.orphan_after,
        )
        .limit(_BATCH)
    )
    return await _each(ctx, orphans, _return_orphan)


async def _each(
    ctx: Context,
    which: Select[uuid.UUID],
    act: Callable[[Context, Transaction, Chat], Awaitable[bool]],
) -> int:
    """Act on each of these chats in a transaction of its own: one that fails keeps nobody else waiting."""
    async with ctx.db.read() as session:
        ids = list((await session.execute(which)).scalars())

    async def one(chat_id: uuid.UUID) -> bool:
        async with ctx.db.transaction() as tx:
            chat = await access_chat(ctx, tx.session, chat_id, lock=True)
            return await act(ctx, tx, chat)

    return await one_by_one(ids, one)


async def _meet(ctx: Context, tx: Transaction, chat: Chat) -> bool:
    if chat.deadline is None or chat.deadline > tx.now or chat.status is ChatStatus.CLOSED:
        return False
    if chat.kind is ChatKind.TICKET:
        chat.deadline = None
        await notify_overdue(tx, chat)
    elif chat.awaiting is Sender.CUSTOMER and chat.warned_at is None:
        await _warn(ctx, tx, chat)
    elif chat.awaiting is Sender.CUSTOMER:
        await close(ctx, tx, chat, CloseReason.INACTIVITY, line="event_closed_inactive")
    elif chat.status is ChatStatus.BOT:
        await give_to_people(ctx, tx, chat)
    elif chat.status is ChatStatus.ACTIVE:
        await _return_unanswered(ctx, tx, chat)
    return True


async def _warn(ctx: Context, tx: Transaction, chat: Chat) -> None:
    """Tell a silent customer when the chat will close."""
    department = await tx.session.get_one(Department, chat.department_id)
    rest = max(department.close_after - department.warn_after, timedelta())
    chat.warned_at, chat.deadline = tx.now, tx.now + rest
    tx.session.add(chat)
    await announce(ctx, tx, chat, "event_inactive", minutes=max(1, round(rest.total_seconds() / 60)))
    tx.emit(ChatChanged(chat_id=chat.id))


async def _return_unanswered(ctx: Context, tx: Transaction, chat: Chat) -> None:
    """Give the chat of a silent agent to others; one to whom the desk gave it is not given the next one either."""
    agent_id = chat.agent_id
    await _take_away(ctx, tx, chat)
    department = await tx.session.get_one(Department, chat.department_id)
    if department.routing is Routing.AUTOMATIC and agent_id is not None:
        agent = await tx.session.get_one(User, agent_id, with_for_update=True)
        if agent.status is Availability.ONLINE:
            await choose(tx, agent, Availability.PAUSED, NO_ANSWER, by=None)


async def _patience(ctx: Context) -> dict[uuid.UUID, datetime]:
    """Since when a customer of each department must have been gone to have left."""
    async with ctx.db.read() as session:
        departments = list((await session.execute(select(Department))).scalars())
        hours = {department.id: department.hours for department in departments}
        schedules = await read_schedules(ctx, session, hours, ctx.now() - HORIZON, ctx.now())
    return {it.id: schedules[it.id].back(ctx.now(), it.abandon_after) for it in departments}


async def _abandon(ctx: Context, tx: Transaction, chat: Chat) -> bool:
    department = await tx.session.get_one(Department, chat.department_id)
    waits = chat.status is ChatStatus.WAITING and chat.kind is ChatKind.CHAT
    since = (await schedule_of(ctx, tx.session, department)).back(tx.now, department.abandon_after)
    if not waits or not _gone_since(chat, since):
        return False
    await close(ctx, tx, chat, CloseReason.ABANDONED, line="event_closed_abandoned")
    return True


def _gone_since(chat: Chat, moment: datetime) -> bool:
    return chat.customer_seen_at is not None and chat.customer_seen_at <= moment


async def _return_orphan(ctx: Context, tx: Transaction, chat: Chat) -> bool:
    agent = await tx.session.get(User, chat.agent_id) if chat.agent_id else None
    if chat.status is not ChatStatus.ACTIVE or chat.awaiting is not Sender.AGENT or agent is None:
        return False
    if is_present(agent, tx.now):
        return False
    await _take_away(ctx, tx, chat)
    return True


async def _take_away(ctx: Context, tx: Transaction, chat: Chat) -> None:
    """Return a chat to its queue, and tell its agent that it is theirs no more."""
    if chat.agent_id is not None:
        await notify(tx, chat.agent_id, NotificationKind.CHAT_RETURNED, chat)
    await put_back(ctx, tx, chat)
