"""What every table shares: ids that sort by time, aware UTC times, durations, enums as their names."""

import uuid
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any, ClassVar

from sqlalchemy import JSON, BigInteger, DateTime, Dialect, Enum, TypeDecorator
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import SQLModel
from uuid_utils.compat import uuid7

SQLModel.metadata.naming_convention = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}
"""Names that a later migration can rely on, on both databases."""

JsonColumn = JSON().with_variant(JSONB(), "postgresql")


class Table(SQLModel):
    """A class whose rows are kept; each names its table."""

    # SQLModel computes a name (a declared_attr); ours are written down.
    __tablename__: ClassVar[str]  # pyright: ignore[reportIncompatibleVariableOverride] - see above


def new_id() -> uuid.UUID:
    """A UUIDv7: unique, and in the order of creation."""
    return uuid7()


class UtcDateTime(TypeDecorator[datetime]):
    """An aware UTC time; SQLite, which has no zones, keeps it naive."""

    impl = DateTime(timezone=True)
    cache_ok = True

    @property
    def python_type(self) -> type[datetime]:
        return datetime

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a naive time reached the database")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Milliseconds(TypeDecorator[timedelta]):
    """A duration, kept as whole milliseconds."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: timedelta | None, dialect: Dialect) -> int | None:
        return None if value is None else value // timedelta(milliseconds=1)

    def process_result_value(self, value: int | None, dialect: Dialect) -> timedelta | None:
        return None if value is None else timedelta(milliseconds=value)


def enum_type(values: type[StrEnum]) -> Any:
    """A column type that keeps an enum by its value, as text."""
    return Enum(values, native_enum=False, length=24, values_callable=lambda members: [m.value for m in members])
