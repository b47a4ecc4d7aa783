"""Facts as rows: each stream numbers its events, and the database knows its own epoch."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Index, Select, select

# SQLite's dialect reads this form as well as its own; PostgreSQL's reads no other.
from sqlalchemy.dialects.postgresql import Insert, insert
from sqlmodel import Field, col

from api.models.base import JsonColumn, Table, UtcDateTime


class Stream(Table, table=True):
    """A sequence of events; its row is locked by each transaction that adds to it."""

    __tablename__ = "streams"

    name: str = Field(primary_key=True, max_length=80)
    last_seq: int = Field(sa_type=BigInteger)


class EventRow(Table, table=True):
    """One fact, numbered within its stream in the transaction that made it true."""

    __tablename__ = "events"
    __table_args__ = (Index("events_by_time", "at"),)

    stream: str = Field(primary_key=True, max_length=80)
    seq: int = Field(primary_key=True, sa_type=BigInteger)
    kind: str = Field(max_length=40)
    payload: dict[str, Any] = Field(sa_type=JsonColumn)
    at: datetime = Field(sa_type=UtcDateTime)


class Counter(Table, table=True):
    """A named number that only grows, such as the last protocol of a day."""

    __tablename__ = "counters"

    name: str = Field(primary_key=True, max_length=80)
    value: int = Field(sa_type=BigInteger)


class Property(Table, table=True):
    """One thing that is true of this database as a whole, such as its epoch."""

    __tablename__ = "properties"

    name: str = Field(primary_key=True, max_length=40)
    value: str = Field(max_length=200)


def property_value(name: str) -> Select[str]:
    """Reads a property; no row before it was first kept."""
    return select(col(Property.value)).where(col(Property.name) == name)


def keep_property(name: str, value: str) -> Insert:
    """Keeps a property, in the place of what it was."""
    keep = insert(Property).values(name=name, value=value)
    return keep.on_conflict_do_update(index_elements=["name"], set_={"value": keep.excluded.value})


class Lease(Table, table=True):
    """Until when something holds: who runs a timed job, one process per cluster; that a process is there."""

    __tablename__ = "leases"

    name: str = Field(primary_key=True, max_length=80)
    holder: str = Field(max_length=64)
    ends_at: datetime = Field(sa_type=UtcDateTime)
