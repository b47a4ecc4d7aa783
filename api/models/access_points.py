"""The network that customers hang on: its points, what they were found to be, and when work on them is planned."""

import uuid
from datetime import datetime, timedelta

from sqlalchemy import Index, text
from sqlmodel import Field

from api.models.base import Milliseconds, Table, UtcDateTime, enum_type, new_id
from api.models.enums import AccessPointStatus, CheckKind, IncidentAudience


class AccessPoint(Table, table=True):
    """A piece of network: how it is checked, and what the checks have come to."""

    __tablename__ = "access_points"
    __table_args__ = (
        Index("access_points_by_name", "name", "id"),
        Index("access_points_due", "due_at"),
        Index("access_points_of_parent", "parent_id"),
    )

    id: uuid.UUID = Field(default_factory=new_id, primary_key=True)
    name: str = Field(max_length=120)
    location: str = Field(default="", max_length=200)
    address: str = Field(default="", max_length=253)
    """An IP address or a host name; empty for who only sends heartbeats."""
    parent_id: uuid.UUID | None = Field(default=None, foreign_key="access_points.id")
    kind: CheckKind = Field(sa_type=enum_type(CheckKind))
    port: int | None = None
    path: str | None = Field(default=None, max_length=500)
    tls: bool = False
    every: timedelta = Field(sa_type=Milliseconds)
    timeout: timedelta = Field(sa_type=Milliseconds)
    fail_after: int
    recover_after: int
    slow_above: timedelta | None = Field(default=None, sa_type=Milliseconds)
    created_at: datetime = Field(sa_type=UtcDateTime)

    due_at: datetime = Field(sa_type=UtcDateTime)
    """When it is checked next; of a heartbeat, from when on its silence counts as a failure."""
    up: bool | None = None
    """What the checks have come to: the hard state. None until the first."""
    slow: bool = False
    known: bool = False
    """False while our own uplink is gone, and before the first check."""
    failures: int = 0
    successes: int = 0
    slows: int = 0
    fasts: int = 0
    history: str = Field(default="", max_length=24)
    """The latest results, newest last: 1 is up, 0 is down."""
    flapping: bool = False
    status: AccessPointStatus = Field(default=AccessPointStatus.UNKNOWN, sa_type=enum_type(AccessPointStatus))
    """What is shown: the state, or MAINTENANCE above it."""
    since: datetime = Field(sa_type=UtcDateTime)
    checked_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    last_seen_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    latency: timedelta | None = Field(default=None, sa_type=Milliseconds)
    users: int | None = None
    cpu: float | None = None
    memory: float | None = None
    load_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class AccessPointSpan(Table, table=True):
    """One stretch of time in which a point showed one status: what availability is measured by."""

    __tablename__ = "access_point_spans"

    access_point_id: uuid.UUID = Field(primary_key=True, foreign_key="access_points.id")
    started_at: datetime = Field(primary_key=True, sa_type=UtcDateTime)
    ended_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    status: AccessPointStatus = Field(sa_type=enum_type(AccessPointStatus))


class AccessPointSample(Table, table=True):
    """One result, as it was found or told."""

    __tablename__ = "access_point_samples"
    __table_args__ = (Index("access_point_samples_by_time", "at"),)

    access_point_id: uuid.UUID = Field(primary_key=True, foreign_key="access_points.id")
    at: datetime = Field(primary_key=True, sa_type=UtcDateTime)
    up: bool | None = None
    """None when nobody can tell: our own uplink was gone."""
    latency: timedelta | None = Field(default=None, sa_type=Milliseconds)
    users: int | None = None
    cpu: float | None = None
    memory: float | None = None


class AccessPointHour(Table, table=True):
    """What is kept of an hour's results: how many, how many of them up, and means of the rest."""

    __tablename__ = "access_point_hours"

    access_point_id: uuid.UUID = Field(primary_key=True, foreign_key="access_points.id")
    at: datetime = Field(primary_key=True, sa_type=UtcDateTime)
    known: int
    ups: int
    latency: timedelta | None = Field(default=None, sa_type=Milliseconds)
    users: int | None = None
    cpu: float | None = None
    memory: float | None = None


class Outage(Table, table=True):
    """One stretch in which a point was OFFLINE, found by its checks."""

    __tablename__ = "outages"
    __table_args__ = (
        Index("outages_of_access_point", "access_point_id", "id"),
        Index(
            "one_open_outage",
            "access_point_id",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
    )

    id: uuid.UUID = Field(default_factory=new_id, primary_key=True)
    access_point_id: uuid.UUID = Field(foreign_key="access_points.id")
    started_at: datetime = Field(sa_type=UtcDateTime)
    ended_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    reason: str = Field(max_length=24)
    """What the last check met: timeout, refused, unreachable, silent and the like."""
    announced_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    """When people were told; never for one that a dead parent or planned work explains."""


class Maintenance(Table, table=True):
    """Planned work on some points, for one stretch of time."""

    __tablename__ = "maintenances"
    __table_args__ = (
        Index("maintenances_by_end", "ends_at"),
        Index("maintenances_of_series", "series_id", "starts_at"),
    )

    id: uuid.UUID = Field(default_factory=new_id, primary_key=True)
    title: str = Field(max_length=120)
    starts_at: datetime = Field(sa_type=UtcDateTime)
    ends_at: datetime = Field(sa_type=UtcDateTime)
    created_at: datetime = Field(sa_type=UtcDateTime)
    series_id: uuid.UUID | None = None
    """The same for all that one act planned week by week; None for what happens once."""
    audience: IncidentAudience | None = Field(default=None, sa_type=enum_type(IncidentAudience))
    """Which customers it is announced to; None where nobody outside is told."""
    message: str = Field(default="", max_length=1000, sa_column_kwargs={"server_default": text("''")})
    """For customers; never empty where it is announced."""


class MaintenanceOf(Table, table=True):
    """A point that planned work is about."""

    __tablename__ = "maintenance_points"
    __table_args__ = (Index("maintenance_points_of_access_point", "access_point_id"),)

    maintenance_id: uuid.UUID = Field(primary_key=True, foreign_key="maintenances.id")
    access_point_id: uuid.UUID = Field(primary_key=True, foreign_key="access_points.id")
