"""What those outside are told of incidents and of planned work: words for customers, and nothing of the network.

Only who is confirmed to be affected by somebody whom we trust is told of their own: a CPF that was typed says nothing
of who typed it, and must not tell where its owner lives (ADR 39). Who typed one is told what everyone is, and no more.
"""

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, and_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from api.context import Context, Machine
from api.errors import NotFound
from api.models import Chat, Customer, Incident, IncidentPoint, Maintenance
from api.models.enums import ChatStatus, IncidentAudience, IncidentStatus, NoticeStatus, Permission, Scope
from api.resolvers.access import Who, allow, grants_of, visible_chats
from api.resolvers.maintenance import near, work_upon

MOST_NOTICES = 5

_told = col(Incident.status).in_([IncidentStatus.CONFIRMED, IncidentStatus.MONITORED])
"""A suspicion is the desk's own; what is over is no news."""


@dataclass(frozen=True)
class Notice:
    """What customers are told of an incident, or of planned work."""

    id: uuid.UUID
    """Of the incident or the work."""
    status: NoticeStatus
    message: str
    """Of an incident empty until somebody has written it."""
    since: datetime
    """When it began; of what is planned, when it begins."""
    expected_at: datetime | None
    """Until when it is expected to last; known of all work."""

    @classmethod
    def of_incident(cls, row: Incident) -> "Notice":
        return cls(row.id, NoticeStatus(row.status), row.message, row.opened_at, row.expected_at)

    @classmethod
    def of_work(cls, row: Maintenance, now: datetime) -> "Notice":
        status = NoticeStatus.UNDER_WAY if row.starts_at <= now else NoticeStatus.PLANNED
        return cls(row.id, status, row.message, row.starts_at, row.ends_at)

    @property
    def is_work(self) -> bool:
        """Whether somebody wanted it so."""
        return self.status in (NoticeStatus.PLANNED, NoticeStatus.UNDER_WAY)


@dataclass(frozen=True)
class CustomerNotices:
    """What concerns one customer now, and soon."""

    incident: Notice | None
    maintenance: Notice | None


@allow(Who.ANYONE)
async def public_notices(ctx: Context) -> list[Notice]:
    """What everyone is told: incidents, the newest first, then planned work, the next first; at most `MOST_NOTICES`."""
    async with ctx.db.read() as session:
        return await _for_everyone(session, ctx.now())


@allow(Who.CUSTOMER, Permission.CHAT_VIEW_ALL, Permission.CHAT_ATTEND, Scope.CHAT_WRITE)
async def notices_of_chats(ctx: Context, ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, Notice]:
    """What the customers of these chats are told first: what concerns them where somebody vouches for who writes, else
    what everyone is told. Chats of whom there is nothing to tell, or that have ended, are absent.
    """
    query = (
        select(col(Chat.id), col(Chat.api_key_id), col(Chat.incident_id), col(Customer.access_point_id))
        .join(Customer, col(Customer.id) == col(Chat.customer_id))
        .where(col(Chat.id).in_(ids), col(Chat.status) != ChatStatus.CLOSED, visible_chats(ctx.principal))
    )
    async with ctx.db.read() as session:
        chats = (await session.execute(query)).all()
        vouched = [chat for chat in chats if chat.api_key_id is not None]
        public = await _for_everyone(session, ctx.now(), most=1) if len(vouched) < len(chats) else []
        incidents = await _incidents(session, {chat.incident_id for chat in vouched})
        work = await _work_of(session, {chat.access_point_id for chat in vouched}, ctx.now())
    own = {chat.id: incidents.get(chat.incident_id) or work.get(chat.access_point_id) for chat in vouched}
    found = {chat.id: own[chat.id] if chat.id in own else next(iter(public), None) for chat in chats}
    return {chat_id: notice for chat_id, notice in found.items() if notice is not None}


@allow(Permission.NETWORK_VIEW, Scope.CUSTOMER_WRITE, Scope.CHAT_WRITE)
async def current_notices(ctx: Context, customer_id: uuid.UUID) -> CustomerNotices:
    """The open incident that affects a customer, and the announced work that does or will, if known. Raises NotFound.

    A key that may only write chats asks of customers with a chat of its own.
    """
    async with ctx.db.read() as session:
        customer = (await session.execute(_known(ctx, customer_id))).first()
        if customer is None:
            raise NotFound("customer_not_found", field=("customer",))
        point_id = customer.access_point_id
        within = and_(col(IncidentPoint.access_point_id) == point_id, col(IncidentPoint.ended_at).is_(None))
        query = select(Incident).join(IncidentPoint, col(IncidentPoint.incident_id) == col(Incident.id))
        incident = (await session.execute(query.where(within, _told))).scalars().first()
        work = await _work_of(session, {point_id}, ctx.now())
        return CustomerNotices(Notice.of_incident(incident) if incident else None, work.get(point_id))


async def _for_everyone(session: AsyncSession, now: datetime, *, most: int = MOST_NOTICES) -> list[Notice]:
    public = col(Incident.audience) == IncidentAudience.EVERYONE
    incidents = select(Incident).where(_told, public, col(Incident.message) != "").order_by(col(Incident.id).desc())
    found = [Notice.of_incident(row) for row in (await session.execute(incidents.limit(most))).scalars()]
    if len(found) == most:
        return found
    work = select(Maintenance).where(near(now), col(Maintenance.audience) == IncidentAudience.EVERYONE)
    work = work.order_by(col(Maintenance.starts_at), col(Maintenance.id)).limit(most - len(found))
    return found + [Notice.of_work(row, now) for row in (await session.execute(work)).scalars()]


async def _incidents(session: AsyncSession, ids: Collection[uuid.UUID | None]) -> dict[uuid.UUID | None, Notice]:
    wanted = set(ids) - {None}
    if not wanted:
        return {}
    rows = (await session.execute(select(Incident).where(col(Incident.id).in_(wanted), _told))).scalars()
    return {row.id: Notice.of_incident(row) for row in rows}


async def _work_of(
    session: AsyncSession, points: Collection[uuid.UUID | None], now: datetime
) -> dict[uuid.UUID | None, Notice]:
    """The first announced work upon each of these points, to whichever customers it is announced."""
    wanted = {point_id for point_id in points if point_id is not None}
    if not wanted:
        return {}
    found: dict[uuid.UUID | None, Notice] = {}
    query = work_upon(wanted, now).where(col(Maintenance.audience).is_not(None))
    for point_id, row in (await session.execute(query)).all():
        found.setdefault(point_id, Notice.of_work(row, now))
    return found


def _known(ctx: Context, customer_id: uuid.UUID) -> Select[Any, Any]:
    query = select(col(Customer.id), col(Customer.access_point_id)).where(
        col(Customer.id) == customer_id, col(Customer.restricted_at).is_(None)
    )
    if isinstance(ctx.principal, Machine) and Scope.CUSTOMER_WRITE not in grants_of(ctx.principal):
        theirs = select(col(Chat.id)).where(col(Chat.customer_id) == customer_id, visible_chats(ctx.principal))
        query = query.where(theirs.exists())
    return query
