"""Who did what to what, when, from where; rows are only ever added, each chained to the one before it."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Index
from sqlmodel import Field

from api.models.base import JsonColumn, Table, UtcDateTime, new_id


class AuditEntry(Table, table=True):
    """One act, written in the transaction that did it."""

    __tablename__ = "audit"
    __table_args__ = (
        Index("audit_by_time", "at", "seq"),
        Index("audit_of_object", "object", "at", "seq"),
        Index("audit_by_actor", "actor", "at", "seq"),
        Index("audit_by_action", "action", "at", "seq"),
    )

    id: uuid.UUID = Field(default_factory=new_id, primary_key=True)
    seq: int = Field(sa_type=BigInteger, unique=True)
    """Its place in the chain: 1, 2, 3… without a gap."""
    at: datetime = Field(sa_type=UtcDateTime)
    actor: str = Field(max_length=64)
    """`user:<id>`, `key:<id>`, `customer:<chat id>`, `anonymous` or `system`."""
    action: str = Field(max_length=40)
    """The use case that acted, such as `update_user`."""
    object: str = Field(max_length=64)
    """`user:<id>`, `department:<id>`, `chat:<id>`…"""
    before: dict[str, Any] | None = Field(default=None, sa_type=JsonColumn)
    after: dict[str, Any] | None = Field(default=None, sa_type=JsonColumn)
    address: str | None = Field(default=None, max_length=45)
    request_id: str | None = Field(default=None, max_length=64)
    hash: str = Field(max_length=64)
    """HMAC-SHA-256 over the previous entry's hash and all of the above (`api/chain.py`), in hex."""
