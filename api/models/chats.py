"""Conversations, the legs that time them, and their messages."""

import uuid
from datetime import datetime, timedelta

from sqlalchemy import Index, String, UniqueConstraint, cast, func, inspect, literal, select, text
from sqlalchemy.orm import column_property
from sqlmodel import Field, col

from api.models.base import Milliseconds, Table, UtcDateTime, enum_type, new_id
from api.models.enums import (
    Category,
    Channel,
    ChatKind,
    ChatStatus,
    CloseReason,
    LegOutcome,
    MessageKind,
    Priority,
    Sender,
)
from api.models.streams import Stream

_RATED = text("rated_at IS NOT NULL")
_EXPLAINED = text("incident_id IS NOT NULL")


class Chat(Table, table=True):
    """One conversation from opening to closing."""

    __tablename__ = "chats"
    __table_args__ = (
        Index("chats_in_queue", "department_id", "status", "queue_rank", "id"),
        Index("chats_of_agent", "agent_id", "status", "closed_at", "id"),
        # With what decides who may see a chat, so that counting a history reads no row of it.
        Index("chats_by_closing", "status", "closed_at", "id", "restricted_at"),
        Index("chats_of_department", "department_id", "status", "closed_at", "id", "restricted_at"),
        Index("chats_by_rating", "rated_at", "id", sqlite_where=_RATED, postgresql_where=_RATED),
        Index("chats_of_customer", "customer_id", "id"),
        Index("chats_by_deadline", "deadline"),
        Index("chats_of_incident", "incident_id", sqlite_where=_EXPLAINED, postgresql_where=_EXPLAINED),
        Index(
            "ratings_by_department",
            "department_id",
            "rated_at",
            "rating_score",
            "kind",
            "channel",
            "agent_id",
            sqlite_where=text("rated_at IS NOT NULL"),
            postgresql_where=text("rated_at IS NOT NULL"),
        ),
        Index(
            "one_open_chat_per_external_id",
            "api_key_id",
            "channel",
            "external_id",
            unique=True,
            sqlite_where=text("external_id IS NOT NULL AND status <> 'CLOSED'"),
            postgresql_where=text("external_id IS NOT NULL AND status <> 'CLOSED'"),
        ),
    )

    id: uuid.UUID = Field(default_factory=new_id, primary_key=True)
    protocol: str = Field(unique=True, max_length=20)
    """`YYYYMMDD-NNNNNN`, for people to read out; numbered per day, never reused."""
    kind: ChatKind = Field(default=ChatKind.CHAT, sa_type=enum_type(ChatKind))
    status: ChatStatus = Field(sa_type=enum_type(ChatStatus))
    channel: Channel = Field(sa_type=enum_type(Channel))
    category: Category = Field(default=Category.OTHER, sa_type=enum_type(Category))
    priority: Priority = Field(default=Priority.NORMAL, sa_type=enum_type(Priority))
    subject: str | None = Field(default=None, max_length=200)

    department_id: uuid.UUID = Field(foreign_key="departments.id")
    customer_id: uuid.UUID = Field(foreign_key="customers.id")
    customer_name: str = Field(max_length=120)
    """The name given for this chat; a customer known by CPF is never renamed by it."""
    agent_id: uuid.UUID | None = Field(default=None, foreign_key="users.id")

    created_at: datetime = Field(sa_type=UtcDateTime)
    consented_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    """When the customer opened it below a privacy notice."""
    queued_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    queue_rank: datetime | None = Field(default=None, sa_type=UtcDateTime)
    """`queued_at - boost(priority)`, later for an incident's chats: the smallest is served first."""
    incident_id: uuid.UUID | None = Field(default=None, foreign_key="incidents.id")
    """The incident that explains this chat, until its customer says that it does not."""
    claimed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    closed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    close_reason: CloseReason | None = Field(default=None, sa_type=enum_type(CloseReason))
    closed_by: str | None = Field(default=None, max_length=64)
    restricted_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    """Since when only who answers requests of data subjects sees it: its customer's data wait to be erased."""
    due_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    awaiting: Sender | None = Field(default=None, sa_type=enum_type(Sender))
    """Whose answer is awaited: the customer's, an agent's or the bot's."""
    deadline: datetime | None = Field(default=None, sa_type=UtcDateTime)
    """When the desk does the next thing by itself; what it is, follows from the chat's state (see deadlines.py)."""
    warned_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    """When a silent customer was warned that the chat is about to close."""
    customer_seen_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    """When a waiting customer was last connected, or last asked."""
    told_closed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    """When a waiting customer was last told that the department is closed."""

    message_seq: int = 0
    """The number of the last message."""
    customer_read_seq: int = 0
    agent_read_seq: int = 0

    rating_score: int | None = None
    rating_comment: str | None = Field(default=None, max_length=1000)
    rated_at: datetime | None = Field(default=None, sa_type=UtcDateTime)

    token_hash: str | None = Field(default=None, unique=True, max_length=64)
    token_ends_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    opening_key: str | None = Field(default=None, unique=True, max_length=64)
    """Digest of (who opened, their idempotency key): a repeat finds the chat that the first try opened."""
    opening_digest: str | None = Field(default=None, max_length=64)
    """Keyed digest of what was asked at opening: the same key with another body is refused."""
    api_key_id: uuid.UUID | None = Field(default=None, foreign_key="api_keys.id")
    external_id: str | None = Field(default=None, max_length=128)


# Read in the same statement as the row: events after this number are not in the row yet, all others are.
inspect(Chat).add_property(
    "event_seq",
    column_property(
        select(col(Stream.last_seq))
        .where(col(Stream.name) == literal("chat:") + func.replace(cast(col(Chat.id), String), "-", ""))
        .correlate_except(Stream)
        .scalar_subquery()
    ),
)


def event_seq(chat: Chat) -> int:
    """Where the chat's stream stood when the row was read; 0 for a row that was just written."""
    return chat.__dict__.get("event_seq") or 0


class Leg(Table, table=True):
    """One stay of a chat in one department under at most one agent: the unit of every time metric."""

    __tablename__ = "legs"
    __table_args__ = (
        Index(
            "one_open_leg",
            "chat_id",
            unique=True,
            sqlite_where=text("left_at IS NULL"),
            postgresql_where=text("left_at IS NULL"),
        ),
        Index("legs_of_chat", "chat_id", "queued_at"),
        # Each figure is read from one of these four alone, without the rows: a range of time in each department.
        Index(
            "legs_by_queueing",
            "department_id",
            "queued_at",
            "kind",
            "lost_after",
            "left_at",
            "is_first",
            "came_at",
            "channel",
            "agent_id",
            "chat_id",
        ),
        Index(
            "legs_by_claim", "department_id", "claimed_at", "waited", "in_time", "channel", "agent_id", "business_wait"
        ),
        Index(
            "legs_by_reply",
            "department_id",
            "first_reply_at",
            "responded_after",
            "channel",
            "agent_id",
            "business_response",
            sqlite_where=text("responded_after IS NOT NULL"),
            postgresql_where=text("responded_after IS NOT NULL"),
        ),
        Index(
            "legs_by_leaving",
            "department_id",
            "left_at",
            "handled",
            "handled_actively",
            "resolved_after",
            "lost_after",
            "channel",
            "agent_id",
            "business_handle",
            "business_resolution",
        ),
        Index("legs_of_agent", "agent_id", "live_until", "claimed_at"),
    )

    id: uuid.UUID = Field(default_factory=new_id, primary_key=True)
    chat_id: uuid.UUID = Field(foreign_key="chats.id")
    department_id: uuid.UUID = Field(foreign_key="departments.id")
    agent_id: uuid.UUID | None = Field(default=None, foreign_key="users.id")
    queued_at: datetime = Field(sa_type=UtcDateTime)
    claimed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    first_reply_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    left_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    outcome: LegOutcome | None = Field(default=None, sa_type=enum_type(LegOutcome))
    business_wait: timedelta | None = Field(default=None, sa_type=Milliseconds)
    """The wait within the department's hours as they were when it ended; None while it lasts."""
    business_handle: timedelta | None = Field(default=None, sa_type=Milliseconds)
    """The same of the handling; None while it lasts, and where nobody came."""
    business_response: timedelta | None = Field(default=None, sa_type=Milliseconds)
    """What of `responded_after` lay within the hours that the department of these first words had then."""
    business_resolution: timedelta | None = Field(default=None, sa_type=Milliseconds)
    """What of `resolved_after` lay within the hours that the department had in which the chat ended."""

    # What figures need, noted when it happens: later changes of settings, targets or the chat do not move the past.
    kind: ChatKind = Field(default=ChatKind.CHAT, sa_type=enum_type(ChatKind))
    """What the chat was when this leg began."""
    channel: Channel = Field(sa_type=enum_type(Channel))
    is_first: bool
    """Whether it is the chat's first leg."""
    came_at: datetime = Field(sa_type=UtcDateTime)
    """When the chat's first leg began to wait."""
    live_until: datetime | None = Field(default=None, sa_type=UtcDateTime)
    """When it ceased to be a stay of a live chat: it was left, or became a ticket, as which others begin."""
    waited: timedelta | None = Field(default=None, sa_type=Milliseconds)
    """From queue to claim, of a live chat."""
    in_time: bool | None = None
    """Whether that was within the department's target of that day."""
    lost_after: timedelta | None = Field(default=None, sa_type=Milliseconds)
    """From queue to leaving, of a live chat that was abandoned."""
    responded_after: timedelta | None = Field(default=None, sa_type=Milliseconds)
    """From the chat's first queueing to an agent's first words, on the leg in which these were said."""
    handled: timedelta | None = Field(default=None, sa_type=Milliseconds)
    """From claim to leaving, of a live chat that was answered."""
    handled_actively: timedelta | None = Field(default=None, sa_type=Milliseconds)
    """The same with long silences cut, by the settings of that day."""
    resolved_after: timedelta | None = Field(default=None, sa_type=Milliseconds)
    """From the chat's first queueing to its closing, on the leg in which a live chat ended that somebody had taken."""


class Message(Table, table=True):
    """One line of a chat."""

    __tablename__ = "messages"
    __table_args__ = (
        UniqueConstraint("chat_id", "seq", name="message_number"),
        UniqueConstraint("chat_id", "author", "client_id", name="message_sent_once"),
    )

    id: uuid.UUID = Field(default_factory=new_id, primary_key=True)
    chat_id: uuid.UUID = Field(foreign_key="chats.id")
    seq: int
    """1, 2, 3… within the chat."""
    sender: Sender = Field(sa_type=enum_type(Sender))
    author: str = Field(max_length=64)
    """Who the client_id belongs to: `customer`, `user:<id>`, `key:<id>` or `system`."""
    sender_name: str = Field(max_length=120)
    kind: MessageKind = Field(default=MessageKind.TEXT, sa_type=enum_type(MessageKind))
    body: str
    client_id: str | None = Field(default=None, max_length=64)
    sent_at: datetime = Field(sa_type=UtcDateTime)
