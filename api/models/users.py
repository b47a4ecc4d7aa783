"""People of the staff, where they are signed in, and the ledger of their day."""

import uuid
from datetime import datetime, timedelta

from sqlalchemy import BigInteger, Column, ForeignKey, Index, text
from sqlmodel import Field

from api.models.base import JsonColumn, Milliseconds, Table, UtcDateTime, enum_type, new_id
from api.models.enums import Availability, Role, SessionKind


class User(Table, table=True):
    """A person of the staff."""

    __tablename__ = "users"
    __table_args__ = (
        Index("users_by_presence", "present_until"),
        Index("users_by_link", "link_hash", unique=True),
        Index("users_by_subject", "openid_issuer", "openid_subject", unique=True),
    )

    id: uuid.UUID = Field(default_factory=new_id, primary_key=True)
    email: str = Field(unique=True, max_length=254)
    name: str = Field(max_length=120)
    extension: str | None = Field(default=None, max_length=20)
    role: Role = Field(sa_type=enum_type(Role))
    permissions: list[str] = Field(default_factory=list, sa_type=JsonColumn)
    """Extra permissions beside those of the role."""
    capacity: int = 5
    active_chats: int = 0
    """How many chats this agent attends now: raised conditionally by each claim (counting rows would be a race)."""
    idle_since: datetime | None = Field(default=None, sa_type=UtcDateTime)
    """When they last gave up a chat: of two who are equally free, the one who has waited longer is next."""
    status: Availability = Field(default=Availability.OFFLINE, sa_type=enum_type(Availability))
    """What they chose. It counts while they are present, see presence.py."""
    status_reason: str | None = Field(default=None, max_length=80)
    status_since: datetime = Field(sa_type=UtcDateTime)
    present_until: datetime | None = Field(default=None, sa_type=UtcDateTime)
    """The end of the lease that a live connection renews; None before the first one."""
    active: bool = True
    password_hash: str = Field(default="", max_length=256)
    """Empty before the first password: nothing matches it."""
    link_hash: str | None = Field(default=None, max_length=64)
    """The SHA-256 of the link by which they may set a password; a person has one at most, and using it removes it."""
    link_ends_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    totp_sealed: str | None = Field(default=None, max_length=256)
    """The secret that their app and we make codes from, sealed; without `second_factor_at` it is an offer."""
    totp_step: int | None = Field(default=None, sa_type=BigInteger)
    """The step of the newest code that was used: it, and all before it, are used up."""
    second_factor_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    """Since when signing in takes a code beside the password; None when it does not."""
    openid_issuer: str | None = Field(default=None, max_length=255)
    """The identity provider that knows them, and by which name (`sub`); None before they first came from one."""
    openid_subject: str | None = Field(default=None, max_length=255)
    created_at: datetime = Field(sa_type=UtcDateTime)


class UserDepartment(Table, table=True):
    """A person attends in a department."""

    __tablename__ = "user_departments"

    user_id: uuid.UUID = Field(sa_column=Column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True))
    department_id: uuid.UUID = Field(
        sa_column=Column(ForeignKey("departments.id", ondelete="CASCADE"), primary_key=True, index=True)
    )


class Session(Table, table=True):
    """One place where a person is signed in: a browser or a program. Only the token's SHA-256 is kept."""

    __tablename__ = "sessions"

    id: uuid.UUID = Field(default_factory=new_id, primary_key=True)
    user_id: uuid.UUID = Field(foreign_key="users.id", index=True)
    kind: SessionKind = Field(sa_type=enum_type(SessionKind))
    token_hash: str = Field(unique=True, max_length=64)
    created_at: datetime = Field(sa_type=UtcDateTime)
    last_seen_at: datetime = Field(sa_type=UtcDateTime)
    expires_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    revoked_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    address: str | None = Field(default=None, max_length=45)
    user_agent: str | None = Field(default=None, max_length=256)
    name: str | None = Field(default=None, max_length=80)
    """What its person calls a token."""
    scopes: list[str] | None = Field(default=None, sa_type=JsonColumn)
    """The permissions that a token is held to, of those of its person; None for all of them."""


class RecoveryCode(Table, table=True):
    """A code that stands in for the app, once. Only its keyed digest is kept, and using it removes it."""

    __tablename__ = "recovery_codes"

    id: uuid.UUID = Field(default_factory=new_id, primary_key=True)
    user_id: uuid.UUID = Field(sa_column=Column(ForeignKey("users.id", ondelete="CASCADE"), index=True, nullable=False))
    digest: str = Field(unique=True, max_length=64)


class StatusInterval(Table, table=True):
    """One stretch of an agent's day under one status; the open one has no end."""

    __tablename__ = "status_intervals"
    __table_args__ = (
        Index(
            "one_open_status_interval",
            "user_id",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
        Index("status_intervals_by_time", "user_id", "started_at"),
    )

    id: uuid.UUID = Field(default_factory=new_id, primary_key=True)
    user_id: uuid.UUID = Field(foreign_key="users.id")
    status: Availability = Field(sa_type=enum_type(Availability))
    reason: str | None = Field(default=None, max_length=80)
    started_at: datetime = Field(sa_type=UtcDateTime)
    ended_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    changed_by: uuid.UUID | None = Field(default=None, foreign_key="users.id")
    lasted: timedelta | None = Field(default=None, sa_type=Milliseconds)
    """From start to end, noted at the end."""
    busy: timedelta | None = Field(default=None, sa_type=Milliseconds)
    """How much of that was spent with at least one live chat, noted at the end of a stretch ONLINE."""
