"""Whose answer a chat awaits, and until when: who owes it decides what the desk does when nobody speaks.

While people of the desk owe the answer, no silence closes a chat. See deadlines.py for what happens at a deadline.
"""

from datetime import datetime, timedelta
from typing import Any, Protocol

from api.context import Context
from api.db import Transaction
from api.models import Chat
from api.models.enums import ChatKind, ChatStatus, Sender
from api.settings import Settings


class TurnOf(Protocol):
    """What of a chat decides whose turn is next."""

    @property
    def kind(self) -> ChatKind: ...
    @property
    def status(self) -> ChatStatus: ...
    @property
    def awaiting(self) -> Sender | None: ...


def turn_after(
    settings: Settings, chat: TurnOf, sender: Sender, *, now: datetime, warn_after: timedelta
) -> dict[str, Any]:
    """What changes in a chat's row once this side has spoken: who owes the answer now, and by when.

    `warn_after` is how long the chat's department lets a customer be silent.
    """
    if chat.kind is ChatKind.TICKET or chat.status not in (ChatStatus.ACTIVE, ChatStatus.BOT):
        return {}
    people = Sender.BOT if chat.status is ChatStatus.BOT else Sender.AGENT
    if sender is people:
        return {"awaiting": Sender.CUSTOMER, "deadline": now + warn_after, "warned_at": None}
    if sender is Sender.CUSTOMER and chat.awaiting is not people:
        # Until when the desk's side may be silent before the chat goes elsewhere: only a bot has such a limit here.
        deadline = now + settings.bot_lease if chat.status is ChatStatus.BOT else None
        return {"awaiting": people, "deadline": deadline, "warned_at": None}
    return {}


def first_turn(chat: Chat) -> Sender | None:
    """Who owes the first words once people have a chat: they do; in a ticket nobody's turn is counted."""
    return None if chat.kind is ChatKind.TICKET else Sender.AGENT


def first_deadline(ctx: Context, tx: Transaction, chat: Chat) -> datetime | None:
    """Until when whoever just got a chat may be silent: a ticket has a due date instead."""
    return due_deadline(tx, chat) if chat.kind is ChatKind.TICKET else tx.now + ctx.settings.return_after


def due_deadline(tx: Transaction, chat: Chat) -> datetime | None:
    """When a ticket that is not overdue yet will be."""
    return chat.due_at if chat.kind is ChatKind.TICKET and chat.due_at and chat.due_at > tx.now else None
