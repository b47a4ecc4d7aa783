"""How incidents begin, whom they touch, and what recovery means for them: written in one go, by checks and by chats.

One statement settles which of two that begin at once there is: a point lies in one open incident at the most.
"""

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, and_, bindparam, delete, exists, func, insert, select, update
from sqlalchemy.dialects.postgresql import insert as insert_or
from sqlmodel import col

from api.events import ChatChanged, ChatReordered, IncidentChanged, IncidentOpened
from api.models import AccessPoint, Chat, Customer, Incident, IncidentChat, IncidentPoint, User
from api.models.base import UtcDateTime, new_id
from api.models.enums import (
    AccessPointStatus,
    Category,
    ChatKind,
    ChatStatus,
    IncidentCause,
    IncidentStatus,
    NotificationKind,
    Role,
)
from api.resolvers.notifications import tell
from api.resolvers.queue import queue_rank
from api.settings import Settings
from api.writing import Writing

EXPLAINED = (Category.OUTAGE, Category.SLOW, Category.WIFI, Category.OTHER)
"""What the chat of an affected customer may be about to be explained by the incident: all but a bill."""
COMPLAINTS = (Category.OUTAGE, Category.SLOW)
"""What is a complaint about the network, whatever its checks say."""

_POINT = AccessPoint.__table__  # type: ignore[attr-defined] - SQLModel makes it, and does not say so
_CHAT = Chat.__table__  # type: ignore[attr-defined] - as above
_OPEN = col(IncidentPoint.ended_at).is_(None)
_LINK = (
    update(_CHAT)
    .where(_CHAT.c.id == bindparam("key"))
    .values(incident_id=bindparam("incident"), queue_rank=bindparam("rank"))
)


@dataclass(frozen=True)
class Suspicion:
    """What seems to be wrong, and where it begins."""

    root_id: uuid.UUID
    title: str
    cause: IncidentCause = IncidentCause.OFFLINE
    status: IncidentStatus = IncidentStatus.SUSPECTED
    by: uuid.UUID | None = None


def open_incident(writing: Writing, suspicion: Suspicion) -> uuid.UUID | None:
    """Begin an incident with the scope that its root has now; None when the root lies in an open one already.

    Suspected ones that began further down turn out to be parts of it.
    """
    incident_id, connection = new_id(), writing.connection
    scope = below(connection, suspicion.root_id)
    if incident_of_point(connection, suspicion.root_id) is not None:
        return None
    parts = _parts(connection, scope)
    row = {"id": incident_id, "opened_at": writing.now, "opened_by": suspicion.by, "root_id": suspicion.root_id}
    row |= {"status": suspicion.status, "cause": suspicion.cause, "title": suspicion.title}
    if suspicion.status is IncidentStatus.CONFIRMED:
        row |= {"confirmed_at": writing.now, "confirmed_by": suspicion.by}
    connection.execute(insert(Incident), [row])
    # The root settles it, before anything else refers to what may have to go again.
    _take(connection, incident_id, scope[:1])
    if incident_of_point(connection, suspicion.root_id) != incident_id:
        # Somebody else was first, a moment ago: theirs is the incident.
        connection.execute(delete(Incident).where(col(Incident.id) == incident_id))
        return None
    _absorb(writing, incident_id, parts)
    _take(connection, incident_id, scope[1:])
    writing.emit(IncidentOpened(incident_id))
    return incident_id


def below(connection: Connection, root_id: uuid.UUID) -> list[uuid.UUID]:
    """A point and all that hang on it, in the one order in which all are taken: level by level, the point first."""
    found, level = [root_id], [root_id]
    while level:
        children = select(_POINT.c.id).where(_POINT.c.parent_id.in_(level))
        level = sorted({*connection.execute(children).scalars()} - {*found})
        found += level
    return found


def incident_of_point(connection: Connection, point_id: uuid.UUID) -> uuid.UUID | None:
    """The open incident in which a point lies."""
    query = select(col(IncidentPoint.incident_id)).where(_OPEN, col(IncidentPoint.access_point_id) == point_id)
    return connection.execute(query).scalar_one_or_none()


def _take(connection: Connection, incident_id: uuid.UUID, point_ids: Sequence[uuid.UUID]) -> None:
    """Put points into an incident's scope, but for those that lie in another open one's."""
    points = [{"incident_id": incident_id, "access_point_id": point_id} for point_id in point_ids]
    if points:
        connection.execute(insert_or(IncidentPoint).on_conflict_do_nothing(), points)


def _parts(connection: Connection, scope: Sequence[uuid.UUID]) -> list[uuid.UUID]:
    """The suspected incidents that began within the scope, locked."""
    parts = select(col(Incident.id)).where(
        col(Incident.status) == IncidentStatus.SUSPECTED, col(Incident.root_id).in_(scope)
    )
    return list(connection.execute(parts.order_by(col(Incident.id)).with_for_update()).scalars())


def _absorb(writing: Writing, incident_id: uuid.UUID, ids: Sequence[uuid.UUID]) -> None:
    """End suspected incidents that are locked, and take over what is theirs."""
    connection = writing.connection
    if not ids:
        return
    over = {"status": IncidentStatus.RESOLVED, "resolved_at": writing.now, "absorbed_by": incident_id}
    connection.execute(update(Incident).where(col(Incident.id).in_(ids)).values(over))
    end_scope(writing, ids)
    for table in (IncidentChat, Chat):
        connection.execute(update(table).where(col(table.incident_id).in_(ids)).values(incident_id=incident_id))
    for part in ids:
        writing.emit(IncidentChanged(part))


def end_scope(writing: Writing, incident_ids: Collection[uuid.UUID]) -> None:
    """Let the points of incidents that are over go: the next trouble there is another incident."""
    ended = update(IncidentPoint).where(col(IncidentPoint.incident_id).in_(incident_ids), _OPEN)
    writing.connection.execute(ended.values(ended_at=writing.now))


# --- chats -----------------------------------------------------------------------------------------------------------


def link_chats(settings: Settings, writing: Writing, incident_id: uuid.UUID | None = None) -> int:
    """Link the open chats of customers whom open incidents, or this one, affect and that are not linked yet.

    Returns how many.
    """
    within = [col(IncidentPoint.incident_id) == incident_id] if incident_id else []
    query = (
        select(_CHAT, col(IncidentPoint.incident_id).label("incident"))
        .join(Customer, col(Customer.id) == _CHAT.c.customer_id)
        .join(IncidentPoint, and_(col(IncidentPoint.access_point_id) == col(Customer.access_point_id), _OPEN))
        .where(
            *within,
            _CHAT.c.status.in_([ChatStatus.BOT, ChatStatus.WAITING, ChatStatus.ACTIVE]),
            _CHAT.c.kind == ChatKind.CHAT,
            _CHAT.c.category.in_(EXPLAINED),
            ~exists().where(
                col(IncidentChat.chat_id) == _CHAT.c.id,
                col(IncidentChat.incident_id) == col(IncidentPoint.incident_id),
            ),
        )
        .order_by(_CHAT.c.id)
        # What somebody holds at this moment is linked a moment later.
        .with_for_update(of=_CHAT, skip_locked=True)
    )
    rows = writing.connection.execute(query).all()
    if rows:
        links = [{"incident_id": row.incident, "chat_id": row.id, "linked_at": writing.now} for row in rows]
        writing.connection.execute(insert_or(IncidentChat).on_conflict_do_nothing(), links)
        explain(settings, writing, [(row, row.incident) for row in rows])
    for incident in sorted({row.incident for row in rows}):
        writing.emit(IncidentChanged(incident))
    return len(rows)


def explain(settings: Settings, writing: Writing, chats: Sequence[tuple[Any, uuid.UUID | None]]) -> None:
    """Say of chats, whose rows are held, which incident explains them, or that none does; each takes its new place."""
    values: list[dict[str, Any]] = []
    for chat, incident_id in chats:
        rank = queue_rank(settings, chat.queued_at, chat.priority, incident_id) if chat.queued_at else None
        values.append({"key": chat.id, "incident": incident_id, "rank": rank})
        writing.emit(ChatChanged(chat.id))
        if chat.status == ChatStatus.WAITING and chat.kind == ChatKind.CHAT:
            writing.emit(ChatReordered(department_id=chat.department_id, chat_id=chat.id))
    if values:
        writing.connection.execute(_LINK, values)


def renew_chats(writing: Writing, incident_ids: Collection[uuid.UUID]) -> None:
    """Let the open chats of incidents be read anew: what their customers are told may be another thing now."""
    theirs = select(_CHAT.c.id).where(_CHAT.c.incident_id.in_(incident_ids), _CHAT.c.status != ChatStatus.CLOSED)
    # Held in the one order in which all hold them.
    for chat_id in writing.connection.execute(theirs.order_by(_CHAT.c.id).with_for_update()).scalars().all():
        writing.emit(ChatChanged(chat_id))


@dataclass(frozen=True)
class Complaint:
    """A chat that was just written down, and the point that its customer hangs on."""

    chat_id: uuid.UUID
    category: Category
    point_id: uuid.UUID


def note_complaint(settings: Settings, writing: Writing, complaint: Complaint) -> uuid.UUID | None:
    """The open incident that explains a new chat, if one does; enough complaints begin one though every check is green.

    The caller holds what numbers protocols, and so knows of all chats that were opened before.
    """
    if complaint.category not in EXPLAINED:
        return None
    incident_id = incident_of_point(writing.connection, complaint.point_id)
    if incident_id is None and complaint.category in COMPLAINTS:
        incident_id = _suspect_by_complaints(settings, writing, complaint.point_id)
    if incident_id is not None:
        link = {"incident_id": incident_id, "chat_id": complaint.chat_id, "linked_at": writing.now}
        writing.connection.execute(insert_or(IncidentChat).on_conflict_do_nothing(), [link])
        writing.emit(IncidentChanged(incident_id))
    return incident_id


def _suspect_by_complaints(settings: Settings, writing: Writing, point_id: uuid.UUID) -> uuid.UUID | None:
    connection = writing.connection
    earlier = select(func.max(col(IncidentPoint.ended_at), type_=UtcDateTime))
    over = connection.execute(earlier.where(col(IncidentPoint.access_point_id) == point_id)).scalar_one()
    # What somebody has dismissed, or an incident that is over has explained, is no reason for the next one.
    since = max(writing.now - settings.incident_window, over or writing.now - settings.incident_window)
    count = complaints(connection, point_id, since)
    if count < settings.incident_complaints or planned(connection, point_id):
        return None
    name = connection.execute(select(_POINT.c.name).where(_POINT.c.id == point_id)).scalar_one()
    incident_id = open_incident(writing, Suspicion(point_id, name, IncidentCause.COMPLAINTS))
    if incident_id is None:
        return incident_of_point(connection, point_id)
    link_chats(settings, writing, incident_id)
    _tell(writing, {"name": name, "count": str(count), "incident": str(incident_id)})
    return incident_id


def complaints(connection: Connection, point_id: uuid.UUID, since: datetime) -> int:
    """How many customers of a point have written of an outage or of slowness since then."""
    query = (
        select(_CHAT.c.customer_id)
        .join(Customer, col(Customer.id) == _CHAT.c.customer_id)
        .where(
            col(Customer.access_point_id) == point_id,
            _CHAT.c.created_at > since,
            _CHAT.c.category.in_(COMPLAINTS),
        )
        .distinct()
    )
    return len(connection.execute(query).all())


def planned(connection: Connection, point_id: uuid.UUID) -> bool:
    """Whether work on the point, or on one that it hangs on, is under way: that explains complaints."""
    above: uuid.UUID | None = point_id
    while above is not None:
        row = connection.execute(select(_POINT.c.status, _POINT.c.parent_id).where(_POINT.c.id == above)).one()
        if row.status == AccessPointStatus.MAINTENANCE:
            return True
        above = row.parent_id
    return False


def _tell(writing: Writing, values: dict[str, str]) -> None:
    """Nobody was called by a check: who leads is told."""
    query = select(col(User.id)).where(col(User.active), col(User.role).in_([Role.ADMIN, Role.SUPERVISOR]))
    leads = list(writing.connection.execute(query.order_by(col(User.id))).scalars())
    if leads:
        tell(writing, NotificationKind.INCIDENT_SUSPECTED, [(user_id, None, values) for user_id in leads])
