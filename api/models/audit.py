"""Who did what to what, when, from where; rows are only ever added."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import Index
from sqlmodel import Field

from api.models.base import JsonColumn, Table, UtcDateTime, new_id


class AuditEntry(Table, table=True):
    """One act, written in the transaction that did it."""

    __tablename__ = "audit"
    __table_args__ = (Index("audit_of_object", "object", "id"), Index("audit_by_actor", "actor", "id"))

    id: uuid.UUID = Field(default_factory=new_id, primary_key=True)
    at: datetime = Field(sa_type=UtcDateTime)
    actor: str = Field(max_length=64)
    """`user:<id>`, `key:<id>`, `customer:<chat id>` or `system`."""
    action: str = Field(max_length=40)
    """The use case that acted, such as `update_user`."""
    object: str = Field(max_length=64)
    """`user:<id>`, `department:<id>`, `chat:<id>`…"""
    before: dict[str, Any] | None = Field(default=None, sa_type=JsonColumn)
    after: dict[str, Any] | None = Field(default=None, sa_type=JsonColumn)
    address: str | None = Field(default=None, max_length=45)
    request_id: str | None = Field(default=None, max_length=64)
