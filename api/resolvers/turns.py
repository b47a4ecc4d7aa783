"""Whose answer a chat awaits, and until when: who owes it decides what the desk does when nobody speaks.

While people of the desk owe the answer, no silence closes a chat. See deadlines.py for what happens at a deadline.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlmodel import col

from api.context import Context
from api.db import Transaction
from api.models import Chat, Department
from api.models.enums import ChatKind, ChatStatus, Sender


async def turn_after(ctx: Context, tx: Transaction, chat: Chat, sender: Sender) -> dict[str, Any]:
    """What changes in a chat's row once this side has spoken: who owes the answer now, and by when."""
    if chat.kind is ChatKind.TICKET or chat.status not in (ChatStatus.ACTIVE, ChatStatus.BOT):
        return {}
    people = Sender.BOT if chat.status is ChatStatus.BOT else Sender.AGENT
    if sender is people:
        warn_after = select(col(Department.warn_after)).where(col(Department.id) == chat.department_id)
        deadline = tx.now + (await tx.session.execute(warn_after)).scalar_one()
        return {"awaiting": Sender.CUSTOMER, "deadline": deadline, "warned_at": None}
    if sender is Sender.CUSTOMER and chat.awaiting is not people:
        return {"awaiting": people, "deadline": _answer_deadline(ctx, tx, chat), "warned_at": None}
    return {}


def first_turn(chat: Chat) -> Sender | None:
    """Who owes the first words once people have a chat: they do; in a ticket nobody's turn is counted."""
    return None if chat.kind is ChatKind.TICKET else Sender.AGENT


def _answer_deadline(ctx: Context, tx: Transaction, chat: Chat) -> datetime | None:
    """Until when the desk's side may be silent before the chat goes elsewhere: only a bot has such a limit here."""
    return tx.now + ctx.settings.bot_lease if chat.status is ChatStatus.BOT else None


def first_deadline(ctx: Context, tx: Transaction, chat: Chat) -> datetime | None:
    """Until when whoever just got a chat may be silent: a ticket has a due date instead."""
    return due_deadline(tx, chat) if chat.kind is ChatKind.TICKET else tx.now + ctx.settings.return_after


def due_deadline(tx: Transaction, chat: Chat) -> datetime | None:
    """When a ticket that is not overdue yet will be."""
    return chat.due_at if chat.kind is ChatKind.TICKET and chat.due_at and chat.due_at > tx.now else None
