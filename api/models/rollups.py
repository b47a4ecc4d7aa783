"""What is kept of chats that are gone: their part of each day's figures, and nobody's words."""

import uuid
from datetime import date

from sqlalchemy import BigInteger, Index
from sqlmodel import Field

from api.models.base import JsonColumn, Table, enum_type, new_id
from api.models.enums import Channel, Rolled


class Rollup(Table, table=True):
    """A part of one day's figure. Several rows may tell of the same day: what they come to together is the figure."""

    __tablename__ = "rollups"
    __table_args__ = (Index("rollups_by_day", "figure", "day"),)

    id: uuid.UUID = Field(default_factory=new_id, primary_key=True)
    figure: Rolled = Field(sa_type=enum_type(Rolled))
    day: date
    """A day of the deployment's zone, as that was when the row was written."""
    other_day: date | None = None
    """Of what was abandoned, the day of that; of a chat that came before, the day of its last coming."""
    department_id: uuid.UUID | None = Field(default=None, foreign_key="departments.id")
    channel: Channel | None = Field(default=None, sa_type=enum_type(Channel))
    agent_id: uuid.UUID | None = Field(default=None, foreign_key="users.id")
    n: int = Field(sa_type=BigInteger)
    """How many cases."""
    total: int = Field(default=0, sa_type=BigInteger)
    """What they come to together, in milliseconds; of time online, that time."""
    part: int = Field(default=0, sa_type=BigInteger)
    """How many of them a rate counts; of time online, the milliseconds spent with chats."""
    sizes: dict[str, int] | None = Field(default=None, sa_type=JsonColumn)
    """How many of a duration's cases have each length, in milliseconds of two significant digits."""
