"""Reading one stream from a cursor into the present, without a gap and without a repeat."""

from collections.abc import AsyncIterator, Callable

from api.db import Database
from api.errors import Resync
from api.events import Delivery, Passing
from api.subscriptions.cursors import read_cursor
from api.subscriptions.hub import PAGE, Hub
from api.subscriptions.readers import Reader


async def follow(
    hub: Hub, db: Database, reader: Reader, stream: str, after: str | None, *, pause: Callable[[], float]
) -> AsyncIterator[Delivery | Passing | None]:
    """Everything in `stream` after the cursor, then whatever the reader hears, as it comes.

    Yields deliveries of `stream` exactly once and in order; deliveries of other streams that the reader joined and
    signals as they come; None after `pause()` seconds of silence. Raises Resync when the cursor is older than what
    is kept or ahead of what exists, Lagged when the reader fell behind.
    """
    head = await hub.join(reader, stream)
    sent = head if after is None else read_cursor(db.epoch, after)
    if sent > head and sent > (await db.heads([stream])).get(stream, 0):
        raise Resync("resync")
    if after is not None:
        async for delivery in _replay(db, stream, sent, head):
            yield delivery
            sent = delivery.seq
    async for item in live(db, reader, stream, sent, pause=pause):
        yield item


async def live(
    db: Database, reader: Reader, stream: str, sent: int, *, pause: Callable[[], float]
) -> AsyncIterator[Delivery | Passing | None]:
    """What a reader that has joined hears from now on, with the deliveries of `stream` after `sent`; as `follow`."""
    while True:
        item = await reader.next(pause())
        if not isinstance(item, Delivery) or item.stream != stream:
            yield item
        elif item.seq == sent + 1:
            yield item
            sent = item.seq
        elif item.seq > sent:
            async for delivery in _replay(db, stream, sent, item.seq):
                yield delivery
                sent = delivery.seq


async def _replay(db: Database, stream: str, sent: int, until: int) -> AsyncIterator[Delivery]:
    """The stored events after `sent`; a hole, or an end before `until`, means that older ones are gone."""
    while rows := await db.events_after(stream, sent, PAGE):
        for delivery in rows:
            if delivery.seq != sent + 1:
                raise Resync("resync")
            yield delivery
            sent = delivery.seq
        if len(rows) < PAGE:
            break
    if sent < until:
        raise Resync("resync")
