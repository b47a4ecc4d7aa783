"""Incidents: one trouble of the network that many customers have, and what the desk does about it for all of them."""

import uuid
from datetime import datetime

from sqlalchemy import Index, UniqueConstraint, text
from sqlmodel import Field

from api.models.base import Table, UtcDateTime, enum_type, new_id
from api.models.enums import IncidentAudience, IncidentCause, IncidentStatus


class Incident(Table, table=True):
    """One trouble, from the first suspicion to its end."""

    __tablename__ = "incidents"
    __table_args__ = (Index("incidents_by_status", "status", "id"),)

    id: uuid.UUID = Field(default_factory=new_id, primary_key=True)
    status: IncidentStatus = Field(default=IncidentStatus.SUSPECTED, sa_type=enum_type(IncidentStatus))
    cause: IncidentCause = Field(sa_type=enum_type(IncidentCause))
    title: str = Field(max_length=120)
    """For the staff."""
    message: str = Field(default="", max_length=1000)
    """For customers; empty until somebody has written it."""
    expected_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    audience: IncidentAudience = Field(default=IncidentAudience.AFFECTED, sa_type=enum_type(IncidentAudience))
    root_id: uuid.UUID | None = Field(default=None, foreign_key="access_points.id")
    """The point that it began at; None when that is watched no more."""

    opened_at: datetime = Field(sa_type=UtcDateTime)
    opened_by: uuid.UUID | None = Field(default=None, foreign_key="users.id")
    """Who said so; None when the desk found it by itself. Likewise below."""
    confirmed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    confirmed_by: uuid.UUID | None = Field(default=None, foreign_key="users.id")
    monitored_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    """Since when it is thought to be over: from then on customers are asked whether their connection is back."""
    monitored_by: uuid.UUID | None = Field(default=None, foreign_key="users.id")
    resolved_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    resolved_by: uuid.UUID | None = Field(default=None, foreign_key="users.id")
    dismissed: str | None = Field(default=None, max_length=500)
    """Why it was none, where somebody said so."""
    absorbed_by: uuid.UUID | None = Field(default=None, foreign_key="incidents.id")
    """The larger one that it turned out to be a part of."""


class IncidentPoint(Table, table=True):
    """A point within an incident's scope, as it was when the incident began."""

    __tablename__ = "incident_points"
    __table_args__ = (
        # Settles which of two that begin at once there is: a point is in one open incident at the most.
        Index(
            "one_open_incident_per_point",
            "access_point_id",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
        Index("incident_points_of_point", "access_point_id"),
    )

    incident_id: uuid.UUID = Field(primary_key=True, foreign_key="incidents.id")
    access_point_id: uuid.UUID = Field(primary_key=True, foreign_key="access_points.id")
    ended_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    """When the incident was over."""


class IncidentChat(Table, table=True):
    """A chat of a customer whom an incident affects."""

    __tablename__ = "incident_chats"
    __table_args__ = (Index("incident_chats_of_chat", "chat_id"),)

    incident_id: uuid.UUID = Field(primary_key=True, foreign_key="incidents.id")
    chat_id: uuid.UUID = Field(primary_key=True, foreign_key="chats.id")
    linked_at: datetime = Field(sa_type=UtcDateTime)
    asked_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    """When its customer was asked whether the connection is back."""
    asked_seq: int | None = None
    """The line that asked."""
    answer: bool | None = None
    """True: it is back."""
    answered_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class IncidentReply(Table, table=True):
    """One answer to all chats of an incident."""

    __tablename__ = "incident_replies"
    __table_args__ = (
        UniqueConstraint("incident_id", "author_id", "client_id", name="incident_reply_sent_once"),
        Index("incident_replies_under_way", "finished_at"),
    )

    id: uuid.UUID = Field(default_factory=new_id, primary_key=True)
    incident_id: uuid.UUID = Field(foreign_key="incidents.id")
    author_id: uuid.UUID = Field(foreign_key="users.id")
    client_id: str = Field(max_length=64)
    body: str
    created_at: datetime = Field(sa_type=UtcDateTime)
    finished_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class IncidentReplyChat(Table, table=True):
    """What became of an answer in one chat."""

    __tablename__ = "incident_reply_chats"

    reply_id: uuid.UUID = Field(primary_key=True, foreign_key="incident_replies.id")
    chat_id: uuid.UUID = Field(primary_key=True, foreign_key="chats.id")
    sent_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    failed: str | None = Field(default=None, max_length=40)
    """Why it could not be sent: a reason of api.texts."""
