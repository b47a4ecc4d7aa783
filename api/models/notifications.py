"""Things that one user should look at."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import Index, text
from sqlmodel import Field

from api.models.base import JsonColumn, Table, UtcDateTime, enum_type, new_id
from api.models.enums import NotificationKind


class Notification(Table, table=True):
    """Something one user should look at; put into words when it is read, in the reader's language."""

    __tablename__ = "notifications"
    __table_args__ = (
        Index("notifications_of_user", "user_id", "id"),
        # However often something happens in a chat, who has not looked yet is told of it once.
        Index(
            "one_unread_notification",
            "chat_id",
            "user_id",
            "kind",
            unique=True,
            sqlite_where=text("read_at IS NULL"),
            postgresql_where=text("read_at IS NULL"),
        ),
    )

    id: uuid.UUID = Field(default_factory=new_id, primary_key=True)
    user_id: uuid.UUID = Field(foreign_key="users.id")
    kind: NotificationKind = Field(sa_type=enum_type(NotificationKind))
    chat_id: uuid.UUID | None = Field(default=None, foreign_key="chats.id")
    values: dict[str, Any] = Field(default_factory=dict, sa_type=JsonColumn)
    """What the sentence names, such as the customer and the department; never a CPF, nor what anybody wrote."""
    created_at: datetime = Field(sa_type=UtcDateTime)
    read_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
