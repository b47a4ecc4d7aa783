"""Who writes to us."""

import uuid
from datetime import datetime

from sqlalchemy import Index, text
from sqlmodel import Field

from api.models.base import Table, UtcDateTime, new_id

_HELD = text("restricted_until IS NOT NULL")


class Customer(Table, table=True):
    """A person or company that we serve. The CPF is never kept in the clear (see vault.py)."""

    __tablename__ = "customers"
    __table_args__ = (
        Index("customers_of_access_point", "access_point_id"),
        Index("customers_by_hold", "restricted_until", sqlite_where=_HELD, postgresql_where=_HELD),
    )

    id: uuid.UUID = Field(default_factory=new_id, primary_key=True)
    name: str = Field(max_length=120)
    cpf_digest: str | None = Field(default=None, unique=True, max_length=64)
    """HMAC-SHA-256 under the deployment's key: finds an equal CPF, tells nothing without the key."""
    cpf_sealed: str | None = Field(default=None, max_length=128)
    """The CPF encrypted, with the id of its key."""
    email: str | None = Field(default=None, max_length=254)
    phone: str | None = Field(default=None, max_length=20)
    company: str | None = Field(default=None, max_length=120)
    access_point_id: uuid.UUID | None = Field(default=None, foreign_key="access_points.id")
    """The piece of network that this customer hangs on."""
    created_at: datetime = Field(sa_type=UtcDateTime)
    restricted_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    """When they, and all their chats, were taken out of sight: to be erased, which the law does not let us do yet."""
    restricted_until: datetime | None = Field(default=None, sa_type=UtcDateTime)
    """From when on they are erased."""
    restricted_by: str | None = Field(default=None, max_length=64)
    """Who asked for that, as the audit log names them."""
    erased_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    """When all that was known of them was taken out; what is left is that somebody came."""
