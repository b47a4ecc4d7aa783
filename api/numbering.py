"""Facts as rows: each event gets the next number of its stream, in the transaction that made it true."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, literal, select

# SQLite's dialect reads this form as well as its own; PostgreSQL's reads no other.
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col

from api.events import Delivery, Event, to_payload
from api.models import EventRow, Stream, Webhook
from api.outbox import keep_for_webhooks

_ADD = insert(Stream)
# Whether any webhook listens comes along with the numbers: while none does, it costs no statement of its own.
_HEARD = select(literal(1)).where(col(Webhook.active)).limit(1).scalar_subquery()
_NUMBER = _ADD.on_conflict_do_update(
    index_elements=["name"], set_={"last_seq": col(Stream.last_seq) + _ADD.excluded.last_seq}
).returning(col(Stream.name), col(Stream.last_seq), _HEARD)
_KEEP = insert(EventRow)


def store_events(connection: Connection, events: Sequence[Event], now: datetime) -> list[Delivery]:
    """Number the events and store them, and what webhooks are to be told of them; two statements while none listens.

    Streams are locked in name order, so that two transactions never wait for each other.
    """
    grouped: dict[str, list[Event]] = {}
    for event in events:
        grouped.setdefault(event.stream, []).append(event)
    if not grouped:
        return []
    counts = [{"name": stream, "last_seq": len(grouped[stream])} for stream in sorted(grouped)]
    deliveries: list[Delivery] = []
    heard = None
    for stream, last, heard in connection.execute(_NUMBER, counts):  # noqa: B007 - the same in each row
        first = last - len(grouped[stream]) + 1
        deliveries += [Delivery(stream, first + i, now, event) for i, event in enumerate(grouped[stream])]
    connection.execute(_KEEP, [_row(delivery) for delivery in deliveries])
    if heard:
        keep_for_webhooks(connection, deliveries)
    return deliveries


def _row(delivery: Delivery) -> dict[str, Any]:
    return {
        "stream": delivery.stream,
        "seq": delivery.seq,
        "kind": type(delivery.event).__name__,
        "payload": to_payload(delivery.event),
        "at": delivery.at,
    }
