"""What webhooks were told and are still to be told: a log to read, and to send anew from."""

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select, update
from sqlmodel import col

from api.context import Context
from api.errors import Conflict, NotFound
from api.models import Webhook, WebhookDelivery
from api.models.enums import DeliveryStatus, Permission
from api.outbox import PATIENCE
from api.resolvers.access import allow
from api.resolvers.audit import record
from api.resolvers.pages import Order, Page, PageRequest, paginate
from api.resolvers.webhooks import is_now

newest_first: Order[WebhookDelivery] = Order(
    columns=(col(WebhookDelivery.id),), place=lambda delivery: (delivery.id,), descending=True
)


@dataclass(frozen=True)
class DeliveryFilter:
    """Which deliveries a list is about; what is None does not narrow it."""

    webhook_id: uuid.UUID
    status: DeliveryStatus | None = None


@allow(Permission.WEBHOOK_MANAGE)
async def list_deliveries(ctx: Context, deliveries: DeliveryFilter, page: PageRequest) -> Page[WebhookDelivery]:
    """A webhook's deliveries, newest first; of one that is not there, none. Raises Invalid for an odd page."""
    async with ctx.db.read() as session:
        return await paginate(session, _narrowed(select(WebhookDelivery), deliveries), newest_first, page)


@allow(Permission.WEBHOOK_MANAGE)
async def count_deliveries(ctx: Context, deliveries: DeliveryFilter) -> int:
    """How many deliveries the list holds in all."""
    async with ctx.db.read() as session:
        query = _narrowed(select(func.count()).select_from(WebhookDelivery), deliveries)
        return (await session.execute(query)).scalar_one()


@allow(Permission.WEBHOOK_MANAGE)
async def replay_delivery(ctx: Context, delivery_id: uuid.UUID) -> WebhookDelivery:
    """Send a delivery anew, under its own id, by which receivers know a repeat.

    Raises NotFound, Conflict (it is still to be sent).
    """
    async with ctx.db.transaction() as tx:
        delivery = await tx.session.get(WebhookDelivery, delivery_id, with_for_update=True)
        if delivery is None:
            raise NotFound("delivery_not_found")
        if delivery.status is DeliveryStatus.PENDING:
            raise Conflict("delivery_pending")
        delivery.sqlmodel_update(_anew(tx.now))
        tx.session.add(delivery)
        object = f"webhook:{delivery.webhook_id}"
        record(ctx, tx, action="replay_delivery", object=object, after={"delivery": str(delivery_id)})
        return delivery


@allow(Permission.WEBHOOK_MANAGE)
async def replay_failed(ctx: Context, webhook_id: uuid.UUID, since: datetime) -> int:
    """Send everything anew that was given up of what happened since then. Returns how many. Raises NotFound."""
    failed = (
        col(WebhookDelivery.webhook_id) == webhook_id,
        col(WebhookDelivery.created_at) >= since,
        is_now(DeliveryStatus.FAILED),
    )
    async with ctx.db.transaction() as tx:
        if await tx.session.get(Webhook, webhook_id) is None:
            raise NotFound("webhook_not_found")
        anew = update(WebhookDelivery).where(*failed).values(_anew(tx.now)).returning(col(WebhookDelivery.id))
        count = len((await tx.session.execute(anew)).all())
        if count:
            after = {"since": since.isoformat(), "deliveries": count}
            record(ctx, tx, action="replay_failed", object=f"webhook:{webhook_id}", after=after)
        return count


def _anew(now: datetime) -> dict[str, Any]:
    again = {"status": DeliveryStatus.PENDING, "due_at": now, "give_up_at": now + PATIENCE}
    return again | {"attempts": 0, "error": ""}


def _narrowed(query: Select[Any], deliveries: DeliveryFilter) -> Select[Any]:
    query = query.where(col(WebhookDelivery.webhook_id) == deliveries.webhook_id)
    return query.where(is_now(deliveries.status)) if deliveries.status else query
