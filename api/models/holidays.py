"""Days on which nobody works."""

import uuid
from datetime import date, datetime

from sqlalchemy import Index, text
from sqlmodel import Field

from api.models.base import Table, UtcDateTime, new_id


class Holiday(Table, table=True):
    """A day on which one department, or every one that has hours, is closed."""

    __tablename__ = "holidays"
    __table_args__ = (
        Index(
            "one_holiday_of_department",
            "day",
            "department_id",
            unique=True,
            sqlite_where=text("department_id IS NOT NULL"),
            postgresql_where=text("department_id IS NOT NULL"),
        ),
        Index(
            "one_holiday_of_everybody",
            "day",
            unique=True,
            sqlite_where=text("department_id IS NULL"),
            postgresql_where=text("department_id IS NULL"),
        ),
    )

    id: uuid.UUID = Field(default_factory=new_id, primary_key=True)
    day: date
    name: str = Field(max_length=80)
    department_id: uuid.UUID | None = Field(default=None, foreign_key="departments.id")
    created_at: datetime = Field(sa_type=UtcDateTime)
