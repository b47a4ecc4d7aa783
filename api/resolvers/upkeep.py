"""What has to be done from time to time, whoever is there."""

from sqlalchemy import delete, select
from sqlmodel import col

from api.context import Context
from api.models import EventRow, Notification, Session, WebhookDelivery
from api.resolvers.access import Who, allow

_BATCH = 5000


@allow(Who.SYSTEM)
async def prune_events(ctx: Context) -> int:
    """Forget events older than the retention, a batch at a time; who still stands before them gets RESYNC.

    Returns how many were forgotten.
    """
    horizon, forgotten = ctx.now() - ctx.settings.event_retention, 0
    while True:
        async with ctx.db.transaction() as tx:
            old = (
                await tx.session.execute(
                    select(col(EventRow.stream), col(EventRow.seq)).where(col(EventRow.at) < horizon).limit(_BATCH)
                )
            ).all()
            for stream, seq in old:
                await tx.session.execute(
                    delete(EventRow).where(col(EventRow.stream) == stream, col(EventRow.seq) == seq)
                )
        forgotten += len(old)
        if len(old) < _BATCH:
            return forgotten


@allow(Who.SYSTEM)
async def prune_sessions(ctx: Context) -> int:
    """Forget sessions that ended over a month ago. Returns how many."""
    horizon = ctx.now() - ctx.settings.session_limit * 2
    async with ctx.db.transaction() as tx:
        ended = (col(Session.revoked_at) < horizon) | (col(Session.expires_at) < horizon)
        gone = await tx.session.execute(delete(Session).where(ended).returning(col(Session.id)))
        return len(gone.all())


@allow(Who.SYSTEM)
async def prune_notifications(ctx: Context) -> int:
    """Forget notifications that were read longer ago than events are kept, a batch at a time. Returns how many."""
    horizon, forgotten = ctx.now() - ctx.settings.event_retention, 0
    old = select(col(Notification.id)).where(col(Notification.read_at) < horizon).limit(_BATCH)
    while True:
        async with ctx.db.transaction() as tx:
            gone = await tx.session.execute(
                delete(Notification).where(col(Notification.id).in_(old)).returning(col(Notification.id))
            )
            count = len(gone.all())
        forgotten += count
        if count < _BATCH:
            return forgotten


@allow(Who.SYSTEM)
async def prune_deliveries(ctx: Context) -> int:
    """Forget what webhooks were told longer ago than the retention, a batch at a time. Returns how many.

    What an inactive one was never told goes too, and what is left of one that was deleted.
    """
    horizon, forgotten = ctx.now() - ctx.settings.webhook_retention, 0
    old = select(col(WebhookDelivery.id)).where(col(WebhookDelivery.created_at) < horizon).limit(_BATCH)
    while True:
        async with ctx.db.transaction() as tx:
            gone = await tx.session.execute(
                delete(WebhookDelivery).where(col(WebhookDelivery.id).in_(old)).returning(col(WebhookDelivery.id))
            )
            count = len(gone.all())
        forgotten += count
        if count < _BATCH:
            return forgotten
