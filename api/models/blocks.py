"""Who may open no chat for a while."""

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint
from sqlmodel import Field

from api.models.base import Table, UtcDateTime, new_id


class Block(Table, table=True):
    """A customer, or a network, from which no chat is opened: why, until when, and who said so."""

    __tablename__ = "blocks"
    __table_args__ = (CheckConstraint("(customer_id IS NULL) <> (network IS NULL)", name="block_has_one_object"),)

    id: uuid.UUID = Field(default_factory=new_id, primary_key=True)
    customer_id: uuid.UUID | None = Field(default=None, foreign_key="customers.id", index=True)
    network: str | None = Field(default=None, max_length=43)
    """An address or a prefix, such as 203.0.113.0/24."""
    reason: str = Field(max_length=500)
    created_at: datetime = Field(sa_type=UtcDateTime)
    created_by: uuid.UUID = Field(foreign_key="users.id")
    expires_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    """None: until somebody lifts it."""
