"""A bot gives its chat to people: because it says so, or because it fell silent."""

import uuid
from dataclasses import dataclass

from api.context import Context
from api.db import Transaction
from api.errors import ChatClosed, Conflict
from api.events import ChatChanged
from api.models import Chat, Department
from api.models.enums import ChatKind, ChatStatus, Priority, Scope
from api.resolvers.access import access_chat, allow
from api.resolvers.checks import Checks
from api.resolvers.departments import find_department, require_open
from api.resolvers.hours import require_admission, tell_if_closed
from api.resolvers.lines import BODY_LIMIT, announce, note
from api.resolvers.notifications import notify_ticket_left
from api.resolvers.queue import enqueue


@dataclass(frozen=True)
class Handoff:
    """Where a bot's chat goes, how urgent it is, and what the bot learned; None leaves things as they are."""

    department_id: uuid.UUID | None = None
    department_slug: str | None = None
    priority: Priority | None = None
    summary: str | None = None
    ticket: bool = False
    """Leave a ticket rather than wait in the queue."""


@allow(Scope.CHAT_WRITE)
async def hand_off_chat(ctx: Context, chat_id: uuid.UUID, handoff: Handoff | None = None) -> Chat:
    """A bot gives its chat to the people of a department; a repeat changes nothing. The summary is for the staff.

    Raises NotFound, Invalid, ChatClosed, Conflict (the bot does not own it), DepartmentClosed (a ticket may be left).
    """
    handoff = handoff or Handoff()
    checks = Checks()
    summary = checks.prose("summary", handoff.summary, limit=BODY_LIMIT, required=False)
    checks.done()
    async with ctx.db.transaction() as tx:
        chat = await access_chat(ctx, tx.session, chat_id, lock=True)
        if chat.status is ChatStatus.WAITING:
            return chat
        if chat.status is not ChatStatus.BOT:
            raise ChatClosed("chat_closed") if chat.status is ChatStatus.CLOSED else Conflict("bot_not_owner")
        department = await _department(tx, chat, handoff)
        if handoff.ticket:
            chat.kind = ChatKind.TICKET
        else:
            await require_admission(ctx, tx, department, field=("department",))
        chat.department_id = department.id
        chat.priority = handoff.priority or chat.priority
        if summary:
            await note(ctx, tx, chat, summary)
        await give_to_people(ctx, tx, chat)
        return chat


async def give_to_people(ctx: Context, tx: Transaction, chat: Chat) -> None:
    """Put a bot's chat, whose row this transaction holds, in the queue of its department."""
    await enqueue(ctx, tx, chat)
    department = await tx.session.get_one(Department, chat.department_id)
    if chat.kind is ChatKind.TICKET:
        await announce(ctx, tx, chat, "event_ticket_left", protocol=chat.protocol)
        await notify_ticket_left(tx, chat)
    else:
        await announce(ctx, tx, chat, "event_handed_off", department=department.name)
        await tell_if_closed(ctx, tx, chat)
    tx.emit(ChatChanged(chat_id=chat.id))


async def _department(tx: Transaction, chat: Chat, handoff: Handoff) -> Department:
    """Where the chat goes: its own department even while that is closed, or another one that is open."""
    named = None if handoff.department_slug is not None else handoff.department_id or chat.department_id
    department = await find_department(tx, id=named, slug=handoff.department_slug, field=("department",))
    if department.id != chat.department_id:
        require_open(department, field=("department",))
    return department
