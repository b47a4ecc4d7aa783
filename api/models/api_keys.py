"""Credentials of machines: bots, probes, analysts' scripts."""

import uuid
from datetime import datetime

from sqlmodel import Field

from api.models.base import JsonColumn, Table, UtcDateTime, new_id


class ApiKey(Table, table=True):
    """A machine's credential. Only its SHA-256 is kept."""

    __tablename__ = "api_keys"

    id: uuid.UUID = Field(default_factory=new_id, primary_key=True)
    name: str = Field(max_length=80)
    scopes: list[str] = Field(sa_type=JsonColumn)
    token_hash: str = Field(unique=True, max_length=64)
    created_at: datetime = Field(sa_type=UtcDateTime)
    created_by: uuid.UUID = Field(foreign_key="users.id")
    last_used_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    expires_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    revoked_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
