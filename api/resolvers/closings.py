"""The end of a chat, and what its customer thought of it."""

import uuid
from dataclasses import dataclass
from typing import Any

from api.context import ChatCustomer, Context, Machine, Staff
from api.db import Transaction
from api.errors import Conflict, Forbidden, Invalid
from api.events import ChatChanged, ChatEnded, ChatUnassigned
from api.models import Chat
from api.models.enums import ChatStatus, CloseReason, LegOutcome, Permission, Scope
from api.resolvers.access import Who, access_chat, allow, somebody_elses
from api.resolvers.audit import record
from api.resolvers.checks import Checks
from api.resolvers.indexing import index_again
from api.resolvers.legs import end_leg
from api.resolvers.lines import announce, as_kept
from api.resolvers.notifications import settle_chat
from api.resolvers.presence import counts, release
from api.resolvers.queue import dequeue

COMMENT_LIMIT = 1000
EVERY_SCORE = (1, 2, 3, 4, 5)


@dataclass(frozen=True)
class Rating:
    """How it was for the customer, from 1 to 5, and why."""

    score: int
    comment: str | None = None


@allow(Who.CUSTOMER, Permission.CHAT_ATTEND, Permission.QUEUE_MANAGE, Scope.CHAT_WRITE)
async def close_chat(
    ctx: Context, chat_id: uuid.UUID, *, reason: CloseReason | None = None, rating: Rating | None = None
) -> Chat:
    """End a chat, and with it its leg and the agent's load. Closing it again answers the same.

    A customer, or a bot in their name, may rate it in the same step: either both are written, or nothing is.
    Raises NotFound, Conflict (another agent's chat), Forbidden, Invalid (a reason not the caller's to give).
    """
    if rating is not None:
        rating = _checked_rating(ctx, rating)
        if isinstance(ctx.principal, Staff):
            raise Forbidden("not_allowed")
    async with ctx.db.transaction() as tx:
        chat = await access_chat(ctx, tx.session, chat_id, lock=True)
        if chat.status is not ChatStatus.CLOSED:
            _require_may_close(ctx, chat)
            before = _described(chat)
            await close(ctx, tx, chat, _reason(ctx, reason))
            if isinstance(ctx.principal, Staff):
                record(ctx, tx, action="close_chat", object=f"chat:{chat.id}", before=before, after=_described(chat))
        if rating is not None:
            _rate(ctx, tx, chat, rating)
        return chat


@allow(Who.CUSTOMER, Scope.CHAT_WRITE)
async def rate_chat(ctx: Context, chat_id: uuid.UUID, *, score: int, comment: str | None = None) -> Chat:
    """Say how it was, from 1 to 5, once it has ended: once, with as long to think better of it as to reopen the chat.

    By the customer, or by the key that opened the chat in their name, whenever its bot comes to ask.
    Raises NotFound, Conflict (not ended yet, or rated for good), Invalid.
    """
    rating = _checked_rating(ctx, Rating(score, comment))
    async with ctx.db.transaction() as tx:
        chat = await access_chat(ctx, tx.session, chat_id, lock=True)
        if chat.status is not ChatStatus.CLOSED:
            raise Conflict("chat_not_closed_yet")
        _rate(ctx, tx, chat, rating)
        return chat


def _checked_rating(ctx: Context, rating: Rating) -> Rating:
    checks = Checks()
    checks.number("score", rating.score, least=1, most=5)
    comment = checks.prose("comment", as_kept(ctx, rating.comment or ""), limit=COMMENT_LIMIT, required=False)
    checks.done()
    return Rating(rating.score, comment or None)


def _rate(ctx: Context, tx: Transaction, chat: Chat, rating: Rating) -> None:
    """Keep the rating of a chat whose row this transaction holds; the same again says nothing new. Raises Conflict."""
    if (chat.rating_score, chat.rating_comment) == (rating.score, rating.comment):
        return
    # What was said of an earlier end, before the chat was reopened, is not what is said of this one.
    said = chat.rated_at is not None and chat.closed_at is not None and chat.rated_at >= chat.closed_at
    if said and chat.rated_at is not None and chat.rated_at + ctx.settings.reopen_window <= tx.now:
        raise Conflict("rating_is_final", field=("score",))
    chat.rating_score, chat.rating_comment, chat.rated_at = rating.score, rating.comment, tx.now
    tx.session.add(chat)
    tx.emit(ChatChanged(chat_id=chat.id))


async def close(ctx: Context, tx: Transaction, chat: Chat, reason: CloseReason, *, line: str | None = None) -> None:
    """Close a chat whose row this transaction holds; `line` is what the desk says of it, by who closes otherwise."""
    was_waiting, agent_id = chat.status is ChatStatus.WAITING, chat.agent_id
    chat.status, chat.close_reason, chat.closed_at = ChatStatus.CLOSED, reason, tx.now
    chat.closed_by = ctx.principal.actor
    chat.awaiting = chat.deadline = chat.warned_at = None
    chat.token_ends_at = tx.now + ctx.settings.reopen_window
    tx.session.add(chat)
    await tx.session.flush()
    await end_leg(ctx, tx, chat, LegOutcome.ENDED)
    await index_again(tx, chat.id)
    await announce(ctx, tx, chat, line or _closing_line(ctx), name=getattr(ctx.principal, "name", ""))
    if agent_id is not None:
        await settle_chat(tx, agent_id, chat.id)
        if counts(chat):
            await release(tx, agent_id)
        tx.emit(ChatUnassigned(user_id=agent_id, chat_id=chat.id, reason="closed"))
    if was_waiting:
        await dequeue(tx, chat, "closed")
    tx.emit(ChatEnded(chat_id=chat.id))


def _described(chat: Chat) -> dict[str, Any]:
    """What an audit entry says of a chat's end."""
    return chat.model_dump(mode="json", include={"status", "close_reason"})


def _require_may_close(ctx: Context, chat: Chat) -> None:
    me = ctx.principal
    if not isinstance(me, Staff) or chat.agent_id == me.user_id or me.may(Permission.QUEUE_MANAGE):
        return
    raise somebody_elses(chat)


def _reason(ctx: Context, given: CloseReason | None) -> CloseReason:
    """The reason given, if it is the caller's to give; else the one that fits the caller."""
    match ctx.principal:
        case ChatCustomer():
            usual, possible = CloseReason.CUSTOMER_LEFT, {CloseReason.CUSTOMER_LEFT, CloseReason.RESOLVED}
        case Machine():
            usual, possible = (
                CloseReason.RESOLVED,
                {CloseReason.CUSTOMER_LEFT, CloseReason.RESOLVED, CloseReason.INACTIVITY},
            )
        case Staff() as me if me.may(Permission.QUEUE_MANAGE):
            usual, possible = CloseReason.RESOLVED, set(CloseReason)
        case Staff():
            usual, possible = (
                CloseReason.RESOLVED,
                {CloseReason.RESOLVED, CloseReason.CUSTOMER_LEFT, CloseReason.INACTIVITY},
            )
        case _:
            raise Forbidden("not_allowed")
    if given is not None and given not in possible:
        raise Invalid("bad_choice", field=("reason",), choices=", ".join(sorted(possible)))
    return given or usual


def _closing_line(ctx: Context) -> str:
    match ctx.principal:
        case ChatCustomer():
            return "event_closed_by_customer"
        case Machine():
            return "event_closed_by_bot"
        case _:
            return "event_closed_by_agent"
