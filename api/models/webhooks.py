"""Whom we tell of what happens here, and what each of them is still to be told."""

import uuid
from datetime import datetime, timedelta

from sqlalchemy import BigInteger, Index, text
from sqlmodel import Field

from api.models.base import JsonColumn, Milliseconds, Table, UtcDateTime, enum_type, new_id
from api.models.enums import DeliveryStatus, WebhookEvent

_PENDING = text("status = 'PENDING'")
_FAILED = text("status = 'FAILED'")


class Webhook(Table, table=True):
    """A receiver: where it listens, what it wants to hear, and the secret that signs what it hears."""

    __tablename__ = "webhooks"

    id: uuid.UUID = Field(default_factory=new_id, primary_key=True)
    name: str = Field(max_length=80)
    url: str = Field(max_length=500)
    events: list[str] = Field(sa_type=JsonColumn)
    """Values of WebhookEvent."""
    active: bool = True
    secret: str = Field(max_length=200)
    """Sealed by the vault."""
    old_secret: str | None = Field(default=None, max_length=200)
    """The one before, which signs beside the new one until `old_until`."""
    old_until: datetime | None = Field(default=None, sa_type=UtcDateTime)
    created_at: datetime = Field(sa_type=UtcDateTime)
    created_by: uuid.UUID = Field(foreign_key="users.id")
    failing_since: datetime | None = Field(default=None, sa_type=UtcDateTime)
    """The first failure since anything was delivered."""
    told_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    """When administrators were told that deliveries are given up; once until something is delivered again."""


class WebhookDelivery(Table, table=True):
    """One fact for one receiver: written with the fact, sent until it was taken or given up.

    `webhook_id` refers to no row on purpose: whoever deletes a webhook must never make a send fail that tells it of
    something at that moment. What is left of it is pruned.
    """

    __tablename__ = "webhook_deliveries"
    __table_args__ = (
        Index("webhook_deliveries_due", "webhook_id", "due_at", sqlite_where=_PENDING, postgresql_where=_PENDING),
        Index(
            "webhook_deliveries_in_line",
            *("webhook_id", "subject", "place"),
            sqlite_where=_PENDING,
            postgresql_where=_PENDING,
        ),
        Index("webhook_deliveries_failed", "webhook_id", "created_at", sqlite_where=_FAILED, postgresql_where=_FAILED),
        Index("webhook_deliveries_log", "webhook_id", "id"),
        Index("webhook_deliveries_by_time", "created_at"),
    )

    id: uuid.UUID = Field(default_factory=new_id, primary_key=True)
    """The same at each attempt: by it receivers know a repeat."""
    webhook_id: uuid.UUID
    event: WebhookEvent = Field(sa_type=enum_type(WebhookEvent))
    subject: str = Field(max_length=80)
    """What it is about: deliveries of one subject are sent one after the other."""
    place: int = Field(sa_type=BigInteger)
    """Its place among those of its subject."""
    body: str
    """What is sent, letter by letter."""
    created_at: datetime = Field(sa_type=UtcDateTime)
    due_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    """When it is looked at next; None when it is done."""
    give_up_at: datetime = Field(sa_type=UtcDateTime)
    """A failure from then on is the last."""
    status: DeliveryStatus = Field(default=DeliveryStatus.PENDING, sa_type=enum_type(DeliveryStatus))
    attempts: int = 0
    attempted_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    status_code: int | None = None
    took: timedelta | None = Field(default=None, sa_type=Milliseconds)
    error: str = Field(default="", max_length=24)
    """What the last attempt met; empty after a good one, and while one is under way."""
