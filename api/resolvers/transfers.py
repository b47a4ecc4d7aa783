"""A chat goes elsewhere: to another department, to a colleague, or back to its queue; never losing its place.

Each way ends the leg and begins the next in the same moment, and keeps the time the chat first came.
"""

import uuid
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlmodel import col

from api.context import Context
from api.db import Transaction
from api.errors import Conflict, Forbidden, Invalid, NotFound
from api.events import ChatChanged, ChatUnassigned
from api.models import Chat, Department, User, UserDepartment
from api.models.enums import ChatStatus, LegOutcome, Permission
from api.resolvers.access import access_chat, allow, require_in_charge, staff
from api.resolvers.audit import record
from api.resolvers.checks import Checks
from api.resolvers.claims import own_refusal_of, refusal_of, tell_assigned
from api.resolvers.legs import end_leg, open_leg
from api.resolvers.lines import announce, note
from api.resolvers.presence import attending, counts, release, take_on
from api.resolvers.queue import dequeue, enqueue
from api.resolvers.turns import first_deadline, first_turn

REASON_LIMIT = 500


@dataclass(frozen=True)
class _Target:
    """Where a chat goes: a department, and a person in it when it goes to one."""

    department: Department
    agent: User | None = None


@allow(Permission.CHAT_ATTEND, Permission.QUEUE_MANAGE)
async def transfer_chat(
    ctx: Context,
    chat_id: uuid.UUID,
    *,
    department_id: uuid.UUID | None = None,
    agent_id: uuid.UUID | None = None,
    reason: str,
    or_queue: bool = False,
) -> Chat:
    """Give a chat to a department's queue, or to a colleague who attends and has room; the reason is for the staff.

    With `or_queue`, a chat whose colleague is away or full waits in the queue of their department instead. Raises
    NotFound, Invalid, ChatClosed, Conflict (somebody else's chat, colleague away), Capacity (colleague full).
    """
    checks = Checks()
    reason = checks.prose("reason", reason, limit=REASON_LIMIT)
    if department_id is None and agent_id is None:
        checks.fault("departmentId", "transfer_nowhere")
    checks.done()
    async with ctx.db.transaction() as tx:
        chat = await access_chat(ctx, tx.session, chat_id, lock=True)
        require_in_charge(ctx, chat)
        target = await _target(tx, chat, department_id, agent_id)
        _require_elsewhere(chat, target)
        before = _described(chat)
        if target.agent is not None and not await _take(tx, chat, target.agent, or_queue=or_queue):
            target = _Target(target.department)
        await _leave(ctx, tx, chat, LegOutcome.TRANSFERRED, "transferred")
        await note(ctx, tx, chat, reason)
        await _arrive(ctx, tx, chat, target)
        record(ctx, tx, action="transfer_chat", object=f"chat:{chat.id}", before=before, after=_described(chat))
        return chat


@allow(Permission.QUEUE_MANAGE)
async def take_over(ctx: Context, chat_id: uuid.UUID, *, reason: str | None = None) -> Chat:
    """Take a chat that a colleague attends; it stays in its department, and needs room but no status, as any claim.

    Taking over one's own changes nothing. Raises NotFound, Invalid, Forbidden (who may not attend), ChatClosed,
    Conflict (it waits, and is claimed instead, or is a bot's), Capacity.
    """
    checks = Checks()
    reason = checks.prose("reason", reason, limit=REASON_LIMIT, required=False)
    checks.done()
    me = staff(ctx)
    if not me.may(Permission.CHAT_ATTEND):
        raise Forbidden("not_allowed")
    async with ctx.db.transaction() as tx:
        chat = await access_chat(ctx, tx.session, chat_id, lock=True)
        if chat.status is ChatStatus.ACTIVE and chat.agent_id == me.user_id:
            return chat
        require_in_charge(ctx, chat)
        if chat.status is ChatStatus.WAITING:
            raise Conflict("claim_first")
        before = _described(chat)
        here = await tx.session.get_one(Department, chat.department_id)
        target = _Target(here, await _take_myself(tx, chat, me.user_id))
        await _leave(ctx, tx, chat, LegOutcome.TRANSFERRED, "transferred")
        if reason:
            await note(ctx, tx, chat, reason)
        await _arrive(ctx, tx, chat, target)
        record(ctx, tx, action="take_over", object=f"chat:{chat.id}", before=before, after=_described(chat))
        return chat


@allow(Permission.CHAT_ATTEND, Permission.QUEUE_MANAGE)
async def return_chat(ctx: Context, chat_id: uuid.UUID, *, reason: str | None = None) -> Chat:
    """Give a chat back to its queue, at its original place; a waiting one stays where it is.

    Raises NotFound, Invalid, ChatClosed, Conflict (somebody else's chat).
    """
    checks = Checks()
    reason = checks.prose("reason", reason, limit=REASON_LIMIT, required=False)
    checks.done()
    async with ctx.db.transaction() as tx:
        chat = await access_chat(ctx, tx.session, chat_id, lock=True)
        if chat.status is ChatStatus.WAITING:
            return chat
        require_in_charge(ctx, chat)
        if reason:
            await note(ctx, tx, chat, reason)
        before = _described(chat)
        await put_back(ctx, tx, chat)
        record(ctx, tx, action="return_chat", object=f"chat:{chat.id}", before=before, after=_described(chat))
        return chat


def _described(chat: Chat) -> dict[str, Any]:
    """What an audit entry says of where a chat is."""
    return chat.model_dump(mode="json", include={"status", "department_id", "agent_id"})


async def put_back(ctx: Context, tx: Transaction, chat: Chat) -> None:
    """Return an attended chat, whose row this transaction holds, to its queue."""
    await _leave(ctx, tx, chat, LegOutcome.RETURNED, "returned")
    await enqueue(ctx, tx, chat)
    await announce(ctx, tx, chat, "event_returned")
    tx.emit(ChatChanged(chat_id=chat.id))


async def _leave(ctx: Context, tx: Transaction, chat: Chat, outcome: LegOutcome, reason: str) -> None:
    """End the stay of a chat where it is now: the leg, the agent's load, and who is told."""
    await end_leg(ctx, tx, chat, outcome)
    if chat.status is ChatStatus.WAITING:
        await dequeue(tx, chat, reason)
    elif chat.agent_id is not None:
        if counts(chat):
            await release(tx, chat.agent_id)
        tx.emit(ChatUnassigned(user_id=chat.agent_id, chat_id=chat.id, reason=reason))


async def _arrive(ctx: Context, tx: Transaction, chat: Chat, target: _Target) -> None:
    chat.department_id = target.department.id
    if target.agent is None:
        await enqueue(ctx, tx, chat)
        await announce(ctx, tx, chat, "event_transferred", department=target.department.name)
        tx.emit(ChatChanged(chat_id=chat.id))
        return
    chat.status, chat.agent_id, chat.claimed_at = ChatStatus.ACTIVE, target.agent.id, tx.now
    chat.awaiting, chat.warned_at, chat.deadline = first_turn(chat), None, first_deadline(ctx, tx, chat)
    tx.session.add(chat)
    open_leg(tx, chat, agent_id=target.agent.id)
    await tx.session.flush()
    await tell_assigned(ctx, tx, chat, target.agent)


async def _target(tx: Transaction, chat: Chat, department_id: uuid.UUID | None, agent_id: uuid.UUID | None) -> _Target:
    """The department, or the person with the department in which they take it: the chat's own where they attend it."""
    if agent_id is None:
        return _Target(await _open_department(tx, col(Department.id) == department_id))
    agent = await tx.session.get(User, agent_id)
    if agent is None or not agent.active:
        raise NotFound("user_not_found", field=("agentId",))
    theirs = select(col(UserDepartment.department_id)).where(col(UserDepartment.user_id) == agent_id)
    ids = set((await tx.session.execute(theirs)).scalars())
    wanted = department_id or (chat.department_id if chat.department_id in ids else None)
    if department_id is not None and department_id not in ids:
        raise Invalid("not_their_department", field=("departmentId",))
    where = col(Department.id) == wanted if wanted else col(Department.id).in_(ids)
    return _Target(await _open_department(tx, where), agent)


async def _open_department(tx: Transaction, which: ColumnElement[bool]) -> Department:
    query = select(Department).where(which, col(Department.active)).order_by(col(Department.position)).limit(1)
    department = (await tx.session.execute(query)).scalar_one_or_none()
    if department is None:
        raise NotFound("department_not_found", field=("departmentId",))
    return department


def _require_elsewhere(chat: Chat, target: _Target) -> None:
    if target.agent is not None and target.agent.id == chat.agent_id:
        raise Invalid("already_theirs", field=("agentId",))
    if target.agent is None and target.department.id == chat.department_id:
        raise Invalid("already_there", field=("departmentId",))


async def _take(tx: Transaction, chat: Chat, agent: User, *, or_queue: bool) -> bool:
    """Let a colleague have the chat, who attends and has room. Raises Conflict or Capacity, unless it may wait."""
    await _hold(tx, chat, agent.id)
    if await take_on(tx, chat, agent.id, attending(tx.now)):
        return True
    if or_queue:
        return False
    raise await refusal_of(tx, agent)


async def _take_myself(tx: Transaction, chat: Chat, user_id: uuid.UUID) -> User:
    """Let who takes it over have the chat, whatever status they chose. Raises Capacity, Forbidden."""
    me = await tx.session.get_one(User, user_id)
    await _hold(tx, chat, user_id)
    if not await take_on(tx, chat, user_id):
        raise await own_refusal_of(tx, me)
    return me


async def _hold(tx: Transaction, chat: Chat, user_id: uuid.UUID) -> None:
    """Hold who has the chat and who is to have it, in one order: two who swap chats would wait for each other.

    A ticket weighs on neither.
    """
    if not counts(chat):
        return
    both = select(col(User.id)).where(col(User.id).in_([user_id, chat.agent_id or user_id])).order_by(col(User.id))
    await tx.session.execute(both.with_for_update())
