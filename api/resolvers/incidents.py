"""Incidents: one trouble that many customers have, as people look at it."""

import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, case, func, select
from sqlmodel import col

from api.context import Context
from api.events import INCIDENTS
from api.models import (
    AccessPoint,
    Chat,
    Customer,
    Incident,
    IncidentChat,
    IncidentPoint,
    IncidentReply,
    IncidentReplyChat,
)
from api.models.enums import ChatStatus, IncidentStatus, IncidentStep, Permission
from api.resolvers.access import allow, visible_chats
from api.resolvers.pages import Order, Page, PageRequest, paginate

MAY_ACT = (Permission.QUEUE_MANAGE, Permission.NETWORK_MANAGE)
MAY_LOOK = (Permission.NETWORK_VIEW, *MAY_ACT)

newest_first: Order[Incident] = Order(
    columns=(col(Incident.id),), place=lambda incident: (incident.id,), descending=True
)
links_in_order: Order[IncidentChat] = Order(columns=(col(IncidentChat.chat_id),), place=lambda link: (link.chat_id,))


@dataclass(frozen=True)
class IncidentFilter:
    """Which incidents a list is about; what is left out does not narrow it."""

    status: Sequence[IncidentStatus] = ()
    access_point_id: uuid.UUID | None = None
    """With this point in their scope."""


@dataclass(frozen=True)
class IncidentCounts:
    """How many an incident concerns."""

    points: int = 0
    customers: int = 0
    """Who hang on its points now."""
    chats: int = 0
    """Linked, open or not."""
    open_chats: int = 0
    asked: int = 0
    back: int = 0
    """Who said that their connection is back."""
    not_back: int = 0


@dataclass(frozen=True)
class Moment:
    """A step of an incident's story, and who took it; nobody when the desk did by itself."""

    at: datetime
    step: IncidentStep
    by: uuid.UUID | None = None
    chats: int | None = None
    """Of a reply: how many chats it was for."""


@allow(*MAY_LOOK)
async def list_incidents(ctx: Context, wanted: IncidentFilter, page: PageRequest) -> Page[Incident]:
    """Incidents, the newest first; one that turned out to be part of another is left out."""
    async with ctx.db.read() as session:
        return await paginate(session, _listed(select(Incident), wanted), newest_first, page)


@allow(*MAY_LOOK)
async def count_incidents(ctx: Context, wanted: IncidentFilter) -> int:
    """How many the list holds in all."""
    async with ctx.db.read() as session:
        return (await session.execute(_listed(select(func.count()).select_from(Incident), wanted))).scalar_one()


def _listed(query: Select[Any], wanted: IncidentFilter) -> Select[Any]:
    query = query.where(col(Incident.absorbed_by).is_(None))
    if wanted.status:
        query = query.where(col(Incident.status).in_(wanted.status))
    if wanted.access_point_id is not None:
        within = select(col(IncidentPoint.incident_id)).where(
            col(IncidentPoint.access_point_id) == wanted.access_point_id
        )
        query = query.where(col(Incident.id).in_(within))
    return query


@allow(*MAY_LOOK)
async def incidents_by_id(ctx: Context, ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, Incident]:
    """Incidents by their ids."""
    async with ctx.db.read() as session:
        rows = await session.execute(select(Incident).where(col(Incident.id).in_(ids)))
        return {incident.id: incident for incident in rows.scalars()}


@allow(*MAY_LOOK)
async def incidents_of_points(ctx: Context, ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, Incident]:
    """The open incident in which each of these points lies; points without one are absent."""
    query = (
        select(col(IncidentPoint.access_point_id), Incident)
        .join(Incident, col(Incident.id) == col(IncidentPoint.incident_id))
        .where(col(IncidentPoint.access_point_id).in_(ids), col(IncidentPoint.ended_at).is_(None))
    )
    async with ctx.db.read() as session:
        return {point_id: incident for point_id, incident in (await session.execute(query)).all()}


@allow(*MAY_LOOK)
async def scopes_of(ctx: Context, ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, list[AccessPoint]]:
    """The points that each incident was about when it began, by name; those watched no more are left out."""
    query = (
        select(col(IncidentPoint.incident_id), AccessPoint)
        .join(AccessPoint, col(AccessPoint.id) == col(IncidentPoint.access_point_id))
        .where(col(IncidentPoint.incident_id).in_(ids))
        .order_by(col(AccessPoint.name), col(AccessPoint.id))
    )
    found: dict[uuid.UUID, list[AccessPoint]] = {id: [] for id in ids}
    async with ctx.db.read() as session:
        for incident_id, point in (await session.execute(query)).all():
            found[incident_id].append(point)
    return found


@allow(*MAY_LOOK)
async def counts_of(ctx: Context, ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, IncidentCounts]:
    """How many points and chats each of these incidents concerns."""
    points = (
        select(
            col(IncidentPoint.incident_id),
            func.count(col(IncidentPoint.access_point_id).distinct()),
            func.count(col(Customer.id)),
        )
        .outerjoin(Customer, col(Customer.access_point_id) == col(IncidentPoint.access_point_id))
        .group_by(col(IncidentPoint.incident_id))
    )
    still = col(Chat.status) != ChatStatus.CLOSED

    def counted(condition: Any) -> Any:
        return func.count(case((condition, 1)))

    chats = (
        select(
            col(IncidentChat.incident_id),
            func.count(),
            counted(still & (col(Chat.incident_id) == col(IncidentChat.incident_id))),
            counted(col(IncidentChat.asked_at).is_not(None)),
            counted(col(IncidentChat.answer).is_(True)),
            counted(col(IncidentChat.answer).is_(False)),
        )
        .join(Chat, col(Chat.id) == col(IncidentChat.chat_id))
        .group_by(col(IncidentChat.incident_id))
    )
    async with ctx.db.read() as session:
        rows = await session.execute(points.where(col(IncidentPoint.incident_id).in_(ids)))
        scope = {id: tuple(numbers) for id, *numbers in rows}
        rows = await session.execute(chats.where(col(IncidentChat.incident_id).in_(ids)))
        linked = {id: tuple(numbers) for id, *numbers in rows}
    return {id: IncidentCounts(*scope.get(id, (0, 0)), *linked.get(id, ())) for id in ids}


@allow(*MAY_LOOK)
async def chats_of_incident(ctx: Context, incident_id: uuid.UUID, page: PageRequest) -> Page[IncidentChat]:
    """The chats that an incident was linked to, of those that the caller may see, the first that came first."""
    async with ctx.db.read() as session:
        return await paginate(session, _linked(ctx, select(IncidentChat), incident_id), links_in_order, page)


@allow(*MAY_LOOK)
async def count_chats_of_incident(ctx: Context, incident_id: uuid.UUID) -> int:
    """How many the list holds in all."""
    async with ctx.db.read() as session:
        query = _linked(ctx, select(func.count()).select_from(IncidentChat), incident_id)
        return (await session.execute(query)).scalar_one()


def _linked(ctx: Context, query: Select[Any], incident_id: uuid.UUID) -> Select[Any]:
    of_chat = col(Chat.id) == col(IncidentChat.chat_id)
    return query.join(Chat, of_chat).where(col(IncidentChat.incident_id) == incident_id, visible_chats(ctx.principal))


@allow(*MAY_LOOK)
async def timelines_of(ctx: Context, ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, list[Moment]]:
    """What became of each of these incidents, step by step; what was taken back since is left out."""
    of_reply = col(IncidentReplyChat.reply_id) == col(IncidentReply.id)
    replies = (
        select(IncidentReply, func.count(col(IncidentReplyChat.chat_id)))
        .join(IncidentReplyChat, of_reply)
        .where(col(IncidentReply.incident_id).in_(ids))
        .group_by(col(IncidentReply.id))
    )
    async with ctx.db.read() as session:
        incidents = (await session.execute(select(Incident).where(col(Incident.id).in_(ids)))).scalars()
        found = {incident.id: list(_steps(incident)) for incident in incidents}
        for reply, chats in (await session.execute(replies)).all():
            found[reply.incident_id].append(Moment(reply.created_at, IncidentStep.REPLIED, reply.author_id, chats))
    order = list(IncidentStep)
    return {id: sorted(moments, key=lambda it: (it.at, order.index(it.step))) for id, moments in found.items()}


def _steps(incident: Incident) -> Iterator[Moment]:
    last = IncidentStep.RESOLVED if incident.dismissed is None else IncidentStep.DISMISSED
    told = (
        (incident.opened_at, IncidentStep.OPENED, incident.opened_by),
        (incident.confirmed_at, IncidentStep.CONFIRMED, incident.confirmed_by),
        (incident.monitored_at, IncidentStep.MONITORED, incident.monitored_by),
        (incident.resolved_at, last, incident.resolved_by),
    )
    return (Moment(at, step, by) for at, step, by in told if at is not None)


@allow(*MAY_LOOK)
async def incidents_head(ctx: Context) -> int:
    """Where the stream of incidents stands, for who may follow it."""
    return (await ctx.db.heads([INCIDENTS])).get(INCIDENTS, 0)
