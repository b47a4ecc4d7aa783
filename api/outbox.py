"""The outbox: what webhooks are to be told of a fact, written in the transaction that made it true.

A payload says what happened to which thing, by ids and by names of the desk's own. It never says who a customer is (nor
`external_id`, which is often a phone number) or what anybody wrote, where a CPF may be: who may read that fetches it
with a credential of their own.
"""

import uuid
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import orjson
from sqlalchemy import Connection, insert, select
from sqlmodel import col

from api.events import (
    ChatEnded,
    Delivery,
    Event,
    IncidentOpened,
    IncidentResolved,
    MessageSent,
    OutageEnded,
    OutageOpened,
)
from api.models import AccessPoint, Chat, Department, Incident, Outage, Webhook, WebhookDelivery
from api.models.base import new_id
from api.models.enums import MessageKind, WebhookEvent

PATIENCE = timedelta(days=3)
"""How long a delivery is tried again, from the fact on."""
_MOST = 4
"""How many letters one fact may come to."""


@dataclass(frozen=True)
class Letter:
    """What receivers are told of a fact, before it is known of which thing it speaks."""

    event: WebhookEvent
    subject: uuid.UUID
    own: dict[str, Any]
    """What the fact says by itself."""


def _of_message(fact: MessageSent) -> Iterator[Letter]:
    if fact.seq == 1:
        # A chat begins with its first line, whoever opened it.
        yield Letter(WebhookEvent.CHAT_OPENED, fact.chat_id, {})
    if fact.kind is MessageKind.TEXT:
        own = {"message_id": fact.message_id, "seq": fact.seq, "sender": fact.sender, "sent_at": fact.sent_at}
        yield Letter(WebhookEvent.MESSAGE_CREATED, fact.chat_id, own)


def _of_end(fact: ChatEnded) -> Iterator[Letter]:
    yield Letter(WebhookEvent.CHAT_CLOSED, fact.chat_id, {})


def _of_outage(fact: OutageOpened | OutageEnded) -> Iterator[Letter]:
    over = isinstance(fact, OutageEnded)
    event = WebhookEvent.ACCESS_POINT_RECOVERED if over else WebhookEvent.ACCESS_POINT_OFFLINE
    yield Letter(event, fact.access_point_id, {"outage_id": fact.outage_id})


def _of_incident(fact: IncidentOpened | IncidentResolved) -> Iterator[Letter]:
    over = isinstance(fact, IncidentResolved)
    yield Letter(WebhookEvent.INCIDENT_RESOLVED if over else WebhookEvent.INCIDENT_OPENED, fact.incident_id, {})


LETTERS: dict[type[Event], Callable[[Any], Iterator[Letter]]] = {
    MessageSent: _of_message,
    ChatEnded: _of_end,
    OutageOpened: _of_outage,
    OutageEnded: _of_outage,
    IncidentOpened: _of_incident,
    IncidentResolved: _of_incident,
}
"""Facts that webhooks may be told of. A new kind of event needs its facts here, and its things in `_THINGS`."""


def _chats(connection: Connection, letters: Sequence[Letter]) -> dict[uuid.UUID, dict[str, Any]]:
    shown = {
        "chat_id": col(Chat.id),
        "protocol": col(Chat.protocol),
        "kind": col(Chat.kind),
        "channel": col(Chat.channel),
        "department": col(Department.slug),
        "status": col(Chat.status),
        "close_reason": col(Chat.close_reason),
    }
    columns = [column.label(name) for name, column in shown.items()]
    of_department = col(Department.id) == col(Chat.department_id)
    ids = {letter.subject for letter in letters}
    query = select(*columns).join(Department, of_department).where(col(Chat.id).in_(ids))
    return {row.chat_id: dict(row._mapping) for row in connection.execute(query)}


def _points(connection: Connection, letters: Sequence[Letter]) -> dict[uuid.UUID, dict[str, Any]]:
    columns = (col(AccessPoint.id).label("access_point_id"), col(AccessPoint.name), col(AccessPoint.location))
    query = select(*columns).where(col(AccessPoint.id).in_({letter.subject for letter in letters}))
    return {row.access_point_id: dict(row._mapping) for row in connection.execute(query)}


def _outages(connection: Connection, letters: Sequence[Letter]) -> dict[uuid.UUID, dict[str, Any]]:
    columns = (col(Outage.id), col(Outage.started_at), col(Outage.ended_at), col(Outage.reason))
    ids = {letter.own["outage_id"] for letter in letters}
    rows = connection.execute(select(*columns).where(col(Outage.id).in_(ids)))
    return {id: {"started_at": began, "ended_at": ended, "reason": reason} for id, began, ended, reason in rows}


def _about_points(connection: Connection, letters: Sequence[Letter]) -> list[dict[str, Any]]:
    points, outages = _points(connection, letters), _outages(connection, letters)
    return [points.get(one.subject, {}) | one.own | outages.get(one.own["outage_id"], {}) for one in letters]


def _about_incidents(connection: Connection, letters: Sequence[Letter]) -> list[dict[str, Any]]:
    columns = (
        col(Incident.id).label("incident_id"),
        col(Incident.title),
        col(Incident.cause),
        col(Incident.status),
        col(Incident.root_id).label("access_point_id"),
        col(Incident.opened_at),
        col(Incident.resolved_at),
        col(Incident.dismissed),
    )
    rows = connection.execute(select(*columns).where(col(Incident.id).in_({letter.subject for letter in letters})))
    # Why somebody dismissed it is their own words, in which anything may be; that they did is not.
    found = {row.incident_id: dict(row._mapping) | {"dismissed": row.dismissed is not None} for row in rows}
    return [found.get(letter.subject, {}) for letter in letters]


def _about_chats(connection: Connection, letters: Sequence[Letter]) -> list[dict[str, Any]]:
    chats = _chats(connection, letters)
    return [chats.get(letter.subject, {}) | letter.own for letter in letters]


_THINGS: dict[str, Callable[[Connection, Sequence[Letter]], list[dict[str, Any]]]] = {
    "chat": _about_chats,
    "message": _about_chats,
    "access_point": _about_points,
    "incident": _about_incidents,
}
"""By the noun of an event: how its letters learn of the things that they speak of, in one or two statements."""


def keep_for_webhooks(connection: Connection, deliveries: Sequence[Delivery]) -> None:
    """Write down what each active webhook is to be told of these facts."""
    letters = [(delivery, place, letter) for delivery in deliveries for place, letter in _letters(delivery)]
    if not letters:
        return
    listening = connection.execute(select(col(Webhook.id), col(Webhook.events)).where(col(Webhook.active))).all()
    wanted = {event for _, events in listening for event in events}
    letters = [one for one in letters if one[2].event in wanted]
    bodies = _bodies(connection, [(delivery.at, letter) for delivery, _, letter in letters])
    rows = [
        _row(webhook_id, delivery.at, place, letter, body)
        for (delivery, place, letter), body in zip(letters, bodies, strict=True)
        for webhook_id, events in listening
        if letter.event in events
    ]
    if rows:
        connection.execute(insert(WebhookDelivery), rows)


def _letters(delivery: Delivery) -> Iterator[tuple[int, Letter]]:
    of = LETTERS.get(type(delivery.event))
    for number, letter in enumerate(of(delivery.event) if of else ()):
        # The stream numbers facts in the order of their commits; what comes of one fact goes in its own order.
        yield delivery.seq * _MOST + number, letter


def _bodies(connection: Connection, letters: Sequence[tuple[datetime, Letter]]) -> list[str]:
    told: dict[int, dict[str, Any]] = {}
    for noun, about in _THINGS.items():
        of_noun = [place for place, (_, letter) in enumerate(letters) if noun == letter.event.wire.partition(".")[0]]
        if of_noun:
            found = about(connection, [letters[place][1] for place in of_noun])
            told |= dict(zip(of_noun, found, strict=True))
    return [payload(letter.event.wire, at, told[place]) for place, (at, letter) in enumerate(letters)]


def payload(kind: str, at: datetime, data: dict[str, Any]) -> str:
    """What is sent: the kind, the moment of the fact, and what is told of it."""
    told = {"type": kind, "timestamp": at, "data": data}
    # What is left to `str` are the ids that asyncpg makes: of a class of their own, which orjson does not know.
    return orjson.dumps(told, default=str, option=orjson.OPT_UTC_Z).decode()


def _row(webhook_id: uuid.UUID, at: datetime, place: int, letter: Letter, body: str) -> dict[str, Any]:
    return {
        "id": new_id(),
        "webhook_id": webhook_id,
        "event": letter.event,
        "subject": letter.subject.hex,
        "place": place,
        "body": body,
        "created_at": at,
        "due_at": at,
        "give_up_at": at + PATIENCE,
    }
