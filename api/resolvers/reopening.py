"""A customer who comes back soon after the end goes on in the same chat."""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlmodel import col

from api.context import ChatCustomer, Context
from api.db import Transaction
from api.errors import ChatClosed
from api.events import ChatChanged
from api.models import Chat, Customer, Department
from api.models.enums import ChatStatus
from api.resolvers.blocks import require_welcome
from api.resolvers.indexing import index_again
from api.resolvers.legs import unresolve
from api.resolvers.lines import announce
from api.resolvers.queue import enqueue


def reopens_until(chat: Chat, window: timedelta) -> datetime | None:
    """Until when the customer's next words reopen a closed chat; None while it is open, and where no token opens it."""
    ended = chat.closed_at if chat.status is ChatStatus.CLOSED and chat.token_hash is not None else None
    return ended + window if ended else None


async def reopen(ctx: Context, tx: Transaction, chat: Chat) -> None:
    """Put a closed chat, whose row this transaction holds, back in its queue at the place of its first coming.

    Raises Forbidden for who is kept out, ChatClosed for anybody but its customer, after the window, and where something
    else has taken its place.
    """
    until = reopens_until(chat, ctx.settings.reopen_window)
    if not isinstance(ctx.principal, ChatCustomer) or until is None or until <= tx.now:
        raise ChatClosed("chat_closed")
    department = await tx.session.get_one(Department, chat.department_id)
    if not department.active or await _replaced(tx, chat):
        raise ChatClosed("chat_closed")
    await require_welcome(ctx, tx, await tx.session.get_one(Customer, chat.customer_id))
    # Whoever comes back was not helped by what had explained it.
    chat.incident_id = None
    chat.closed_at = chat.close_reason = chat.closed_by = chat.token_ends_at = None
    await unresolve(tx, chat.id)
    await enqueue(ctx, tx, chat)
    await index_again(tx, chat.id)
    await announce(ctx, tx, chat, "event_reopened")
    tx.emit(ChatChanged(chat_id=chat.id))


async def _replaced(tx: Transaction, chat: Chat) -> bool:
    """Whether the same person of the same channel has another chat open by now: they may have only one."""
    if chat.external_id is None:
        return False
    other = select(col(Chat.id)).where(
        col(Chat.api_key_id) == chat.api_key_id,
        col(Chat.channel) == chat.channel,
        col(Chat.external_id) == chat.external_id,
        col(Chat.status) != ChatStatus.CLOSED,
    )
    return (await tx.session.execute(other)).first() is not None
