"""What one person is told to look at, as it comes."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime

from api.context import Context
from api.events import Delivery, Notified, staff_stream
from api.models import Notification
from api.resolvers.access import staff
from api.resolvers.notifications import notifications_by_id
from api.subscriptions.cursors import write_cursor
from api.subscriptions.follow import follow
from api.subscriptions.hub import Hub
from api.subscriptions.rights import Rights


@dataclass(frozen=True)
class NotificationReceived:
    """Somebody was told of something: the notification as it is now."""

    cursor: str
    at: datetime
    notification: Notification


async def notification_events(ctx: Context, hub: Hub, after: str | None) -> AsyncIterator[NotificationReceived]:
    """The caller's own notifications after a cursor, or from now on; one that is forgotten by now is left out.

    Raises Resync, Lagged; Unauthenticated or Forbidden as soon as the caller's rights are gone.
    """
    rights = Rights(ctx, _may_read, ctx.settings.reauthorise)
    await _may_read(ctx)
    stream = staff_stream(staff(ctx).user_id)
    async with hub.reader(stream) as reader:
        async for item in follow(hub, ctx.db, reader, stream, after, pause=ctx.settings.reauthorise.total_seconds):
            await rights.check_if_due(item)
            if isinstance(item, Delivery) and isinstance(item.event, Notified):
                received = await _received(rights.ctx, item, item.event)
                if received is not None:
                    yield received


async def _may_read(ctx: Context) -> None:
    """Raise what reading a notification would."""
    await notifications_by_id(ctx, [])


async def _received(ctx: Context, delivery: Delivery, event: Notified) -> NotificationReceived | None:
    found = (await notifications_by_id(ctx, [event.notification_id])).get(event.notification_id)
    return NotificationReceived(write_cursor(ctx.db.epoch, delivery.seq), delivery.at, found) if found else None
