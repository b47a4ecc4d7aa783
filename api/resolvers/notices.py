"""What those outside the desk are told of incidents: its words for customers, and nothing of the network behind them.

Only who is confirmed to be affected by somebody whom we trust is told of their own incident: a CPF that was typed says
nothing of who typed it, and must not tell where its owner lives (ADR 39).
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, and_, or_, select
from sqlmodel import col

from api.context import Context, Machine
from api.errors import NotFound
from api.models import Chat, Customer, Incident, IncidentPoint
from api.models.enums import IncidentAudience, IncidentStatus, Permission, Scope
from api.resolvers.access import Who, allow, grants_of, visible_chats

MOST_NOTICES = 5

_told = col(Incident.status).in_([IncidentStatus.CONFIRMED, IncidentStatus.MONITORED])
"""A suspicion is the desk's own; what is over is no news."""
_for_everyone = col(Incident.audience) == IncidentAudience.EVERYONE


@dataclass(frozen=True)
class Notice:
    """What customers are told of an incident."""

    incident_id: uuid.UUID
    status: IncidentStatus
    message: str
    """Empty until somebody has written it."""
    since: datetime
    expected_at: datetime | None

    @classmethod
    def of(cls, row: Incident) -> "Notice":
        return cls(row.id, row.status, row.message, row.opened_at, row.expected_at)


@allow(Who.ANYONE)
async def public_notices(ctx: Context) -> list[Notice]:
    """What everyone is told before they write, the newest first, at most `MOST_NOTICES`."""
    query = select(Incident).where(_told, _for_everyone, col(Incident.message) != "")
    async with ctx.db.read() as session:
        rows = await session.execute(query.order_by(col(Incident.id).desc()).limit(MOST_NOTICES))
        return [Notice.of(row) for row in rows.scalars()]


@allow(Who.CUSTOMER, Permission.CHAT_VIEW_ALL, Permission.CHAT_ATTEND, Scope.CHAT_WRITE)
async def notices_of_chats(ctx: Context, ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, Notice]:
    """What the customers of these chats are told; chats that no incident explains, or may not tell so, are absent."""
    vouched = col(Chat.api_key_id).is_not(None)
    query = (
        select(col(Chat.id), Incident)
        .join(Incident, col(Incident.id) == col(Chat.incident_id))
        .where(col(Chat.id).in_(ids), visible_chats(ctx.principal), _told, or_(vouched, _for_everyone))
    )
    async with ctx.db.read() as session:
        return {chat_id: Notice.of(row) for chat_id, row in (await session.execute(query)).all()}


@allow(Permission.NETWORK_VIEW, Scope.CUSTOMER_WRITE, Scope.CHAT_WRITE)
async def current_notice(ctx: Context, customer_id: uuid.UUID) -> Notice | None:
    """The open incident that affects a customer now, if one is known. Raises NotFound.

    A key that may only write chats asks of customers with a chat of its own.
    """
    async with ctx.db.read() as session:
        if (await session.execute(_known(ctx, customer_id))).first() is None:
            raise NotFound("customer_not_found", field=("customer",))
        within = and_(
            col(IncidentPoint.access_point_id) == col(Customer.access_point_id), col(IncidentPoint.ended_at).is_(None)
        )
        query = (
            select(Incident)
            .join(IncidentPoint, col(IncidentPoint.incident_id) == col(Incident.id))
            .join(Customer, within)
            .where(col(Customer.id) == customer_id, _told)
        )
        row = (await session.execute(query)).scalars().first()
        return Notice.of(row) if row else None


def _known(ctx: Context, customer_id: uuid.UUID) -> Select[Any]:
    query = select(col(Customer.id)).where(col(Customer.id) == customer_id)
    if isinstance(ctx.principal, Machine) and Scope.CUSTOMER_WRITE not in grants_of(ctx.principal):
        theirs = select(col(Chat.id)).where(col(Chat.customer_id) == customer_id, visible_chats(ctx.principal))
        query = query.where(theirs.exists())
    return query
