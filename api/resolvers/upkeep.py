"""What has to be done from time to time, whoever is there."""

from sqlalchemy import delete, select, tuple_
from sqlmodel import col

from api.context import Context
from api.models import EventRow, Notification, Session, WebhookDelivery
from api.resolvers.access import Who, allow

_BATCH = 5000
EVENTS = 500
"""Events that are forgotten at once: there are more of them than of anything, and every send waits meanwhile."""


@allow(Who.SYSTEM)
async def prune_events(ctx: Context) -> int:
    """Forget events older than the retention, a batch at a time; who still stands before them gets RESYNC.

    Returns how many were forgotten.
    """
    key = (col(EventRow.stream), col(EventRow.seq))
    before = col(EventRow.at) < ctx.now() - ctx.settings.event_retention
    old = select(*key).where(before).order_by(col(EventRow.at)).limit(EVENTS)
    forget, forgotten = delete(EventRow).where(tuple_(*key).in_(old)), 0
    while True:
        # In one go: whoever wants to write meanwhile waits for a batch, and comes before the next one.
        count = await ctx.db.write(lambda writing: writing.connection.execute(forget).rowcount)
        forgotten += count
        if count < EVENTS:
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
