"""Things that one person should look at: noted in the transaction that causes them, put into words when read."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, select, text, update

# SQLite's dialect reads this form as well as its own; PostgreSQL's reads no other.
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col

from api.context import Context
from api.db import Transaction
from api.events import Notified
from api.models import Chat, Department, Notification, User, UserDepartment
from api.models.enums import NotificationKind, Role
from api.resolvers.access import Who, allow, staff
from api.resolvers.pages import Order, Page, PageRequest, paginate
from api.resolvers.presence import attending, may_attend
from api.texts import Locale, say
from api.writing import Writing

newest_first: Order[Notification] = Order(
    columns=(col(Notification.id),), place=lambda notification: (notification.id,), descending=True
)

_unread = col(Notification.read_at).is_(None)
_TELL_ONCE = (
    insert(Notification)
    .on_conflict_do_nothing(index_elements=["chat_id", "user_id", "kind"], index_where=text("read_at IS NULL"))
    .returning(col(Notification.id), col(Notification.user_id))
)

_SENTENCES = {
    NotificationKind.CHAT_WAITING: ("notify_chat_waiting", "notify_chat_waiting_body"),
    NotificationKind.CHAT_MESSAGE: ("notify_chat_message", "notify_chat_message_body"),
    NotificationKind.CHAT_ASSIGNED: ("notify_chat_assigned", "notify_chat_body"),
    NotificationKind.CHAT_RETURNED: ("notify_chat_returned", "notify_chat_returned_body"),
    NotificationKind.TICKET_OVERDUE: ("notify_ticket_overdue", "notify_chat_body"),
    NotificationKind.COUNTERS_DIFFER: ("notify_counters_differ", "notify_counters_differ_body"),
    NotificationKind.ACCESS_POINT_DOWN: ("notify_access_point_down", "notify_access_point_down_body"),
    NotificationKind.ACCESS_POINT_BACK: ("notify_access_point_back", "notify_access_point_back_body"),
    NotificationKind.INCIDENT_SUSPECTED: ("notify_incident_suspected", "notify_incident_suspected_body"),
    NotificationKind.WEBHOOK_FAILED: ("notify_webhook_failed", "notify_webhook_failed_body"),
}


@dataclass(frozen=True)
class Worded:
    """A notification as its reader sees it."""

    title: str
    body: str
    link: str | None
    """A path of the panel."""


def in_words(notification: Notification, locale: Locale) -> Worded:
    """A notification in the reader's language."""
    title, body = _SENTENCES[notification.kind]
    values = notification.values
    return Worded(say(title, locale, **values), say(body, locale, **values), _link(notification))


def _link(notification: Notification) -> str | None:
    """The page of the panel that a notification is about."""
    if notification.chat_id:
        return f"/meu-painel/chat/{notification.chat_id}"
    if notification.kind is NotificationKind.WEBHOOK_FAILED:
        return "/admin/webhooks"
    if incident := notification.values.get("incident"):
        return f"/admin/incidentes/{incident}"
    point = notification.values.get("point")
    return f"/admin/rede/{point}" if point else None


@allow(Who.STAFF)
async def list_notifications(ctx: Context, page: PageRequest, *, unread_only: bool = False) -> Page[Notification]:
    """The caller's own notifications, newest first."""
    async with ctx.db.read() as session:
        return await paginate(session, _mine(ctx, select(Notification), unread_only), newest_first, page)


@allow(Who.STAFF)
async def count_notifications(ctx: Context, *, unread_only: bool = False) -> int:
    """How many notifications of the caller's own the list holds in all."""
    async with ctx.db.read() as session:
        query = _mine(ctx, select(func.count()).select_from(Notification), unread_only)
        return (await session.execute(query)).scalar_one()


@allow(Who.STAFF)
async def notifications_by_id(ctx: Context, ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, Notification]:
    """Those of these notifications that are the caller's own."""
    async with ctx.db.read() as session:
        rows = await session.execute(_mine(ctx, select(Notification)).where(col(Notification.id).in_(ids)))
        return {notification.id: notification for notification in rows.scalars()}


@allow(Who.STAFF)
async def mark_notifications_read(ctx: Context, ids: Sequence[uuid.UUID] | None = None) -> None:
    """Note that the caller has seen these notifications, or all of their own; somebody else's stay as they are."""
    own = col(Notification.user_id) == staff(ctx).user_id
    async with ctx.db.transaction() as tx:
        await _settle(tx, own if ids is None else and_(own, col(Notification.id).in_(ids)))


def _mine(ctx: Context, query: Select[Any], unread_only: bool = False) -> Select[Any]:
    query = query.where(col(Notification.user_id) == staff(ctx).user_id)
    return query.where(_unread) if unread_only else query


# --- steps of other use cases ----------------------------------------------------------------------------------------


async def notify(
    tx: Transaction, user_id: uuid.UUID, kind: NotificationKind, chat: Chat, **values: str
) -> uuid.UUID | None:
    """Tell a person of something about a chat; None when they have not yet looked at the same being told before.

    The sentence may name the customer, the department and the protocol, and `values` beside them.
    """
    return next(iter(await _notify_all(tx, [user_id], kind, chat, **values)), None)


async def notify_waiting(tx: Transaction, chat: Chat) -> None:
    """Tell everybody of the chat's department who attends and has no chat that somebody waits."""
    free = (
        select(col(User.id))
        .join(UserDepartment, col(UserDepartment.user_id) == col(User.id))
        .where(col(UserDepartment.department_id) == chat.department_id, _is_free(tx.now))
        # One order for all, so that two transactions never wait for each other in a ring.
        .order_by(col(User.id))
    )
    user_ids = list((await tx.session.execute(free)).scalars())
    await _notify_all(tx, user_ids, NotificationKind.CHAT_WAITING, chat)


async def notify_overdue(tx: Transaction, chat: Chat) -> None:
    """Tell who takes care of a ticket, or everybody of its department while nobody does, that it is overdue."""
    user_ids = [chat.agent_id] if chat.agent_id else await _who_may_take(tx, chat)
    await _notify_all(tx, user_ids, NotificationKind.TICKET_OVERDUE, chat)


async def notify_ticket_left(tx: Transaction, chat: Chat) -> None:
    """Tell everybody of the department that a customer left a ticket: who is not there finds it when they come."""
    await _notify_all(tx, await _who_may_take(tx, chat), NotificationKind.CHAT_WAITING, chat)


async def _who_may_take(tx: Transaction, chat: Chat) -> list[uuid.UUID]:
    query = (
        select(col(User.id))
        .join(UserDepartment, col(UserDepartment.user_id) == col(User.id))
        .where(col(UserDepartment.department_id) == chat.department_id, may_attend())
        .order_by(col(User.id))
    )
    return list((await tx.session.execute(query)).scalars())


async def settle_waiting(tx: Transaction, chat_id: uuid.UUID) -> None:
    """A chat waits no more: who was told so need not look any longer."""
    waiting = col(Notification.kind) == NotificationKind.CHAT_WAITING
    await _settle(tx, and_(col(Notification.chat_id) == chat_id, waiting))


async def settle_chat(tx: Transaction, user_id: uuid.UUID, chat_id: uuid.UUID) -> None:
    """A person has looked at a chat, and so at all that they were told of it."""
    await _settle(tx, and_(col(Notification.chat_id) == chat_id, col(Notification.user_id) == user_id))


def _is_free(now: datetime) -> ColumnElement[bool]:
    """Who has time for a chat `now`, as a condition on users."""
    return and_(attending(now), col(User.active_chats) == 0)


async def _notify_all(
    tx: Transaction, user_ids: Sequence[uuid.UUID], kind: NotificationKind, chat: Chat, **values: str
) -> list[uuid.UUID]:
    """Tell several people the same; who has not yet looked at it from before is not told again."""
    if not user_ids:
        return []
    department = await tx.session.get_one(Department, chat.department_id)
    told = {"customer": chat.customer_name, "department": department.name, "protocol": chat.protocol} | values
    return await tx.write(lambda writing: tell(writing, kind, [(user_id, chat.id, told) for user_id in user_ids]))


def tell(
    writing: Writing, kind: NotificationKind, told: Sequence[tuple[uuid.UUID, uuid.UUID | None, dict[str, str]]]
) -> list[uuid.UUID]:
    """Tell people of chats, with what the sentence names; who has not yet looked at the same is not told again.

    What is about no chat is told each time.
    """
    rows = [
        {"user_id": user_id, "kind": kind, "chat_id": chat_id, "values": values, "created_at": writing.now}
        for user_id, chat_id, values in told
    ]
    ids = []
    for notification_id, user_id in writing.connection.execute(_TELL_ONCE, rows):
        writing.emit(Notified(user_id=user_id, notification_id=notification_id))
        ids.append(notification_id)
    return ids


def tell_admins(writing: Writing, kind: NotificationKind, told: Sequence[dict[str, str]]) -> None:
    """Tell every administrator of things that are about no chat, by what their sentences name."""
    query = select(col(User.id)).where(col(User.active), col(User.role) == Role.ADMIN).order_by(col(User.id))
    admins = list(writing.connection.execute(query).scalars())
    rows = [(admin, None, values) for admin in admins for values in told]
    if rows:
        tell(writing, kind, rows)


async def _settle(tx: Transaction, which: ColumnElement[bool]) -> None:
    await tx.session.execute(update(Notification).where(which, _unread).values(read_at=tx.now))
