"""Things that one user should look at."""

import uuid
from datetime import datetime

from sqlalchemy import Index
from sqlmodel import Field

from api.models.base import Table, UtcDateTime, new_id


class Notification(Table, table=True):
    """Something one user should look at."""

    __tablename__ = "notifications"
    __table_args__ = (Index("notifications_of_user", "user_id", "id"),)

    id: uuid.UUID = Field(default_factory=new_id, primary_key=True)
    user_id: uuid.UUID = Field(foreign_key="users.id")
    title: str = Field(max_length=120)
    body: str = Field(max_length=500)
    link: str | None = Field(default=None, max_length=200)
    created_at: datetime = Field(sa_type=UtcDateTime)
    read_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
