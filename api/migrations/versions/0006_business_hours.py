"""Departments have hours, days off, and a way with who comes out of hours; legs know their business time."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006"
down_revision = "0005"

Json = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    # Without hours a department is always open, as all were before.
    op.add_column("departments", sa.Column("hours", Json, nullable=False, server_default="[]"))
    op.add_column("departments", sa.Column("when_closed", sa.String(24), nullable=False, server_default="QUEUE"))
    op.add_column("departments", sa.Column("out_of_hours_message", sa.String(500), nullable=True))
    op.add_column("chats", sa.Column("told_closed_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("legs", sa.Column("business_wait", sa.BigInteger(), nullable=True))
    op.add_column("legs", sa.Column("business_handle", sa.BigInteger(), nullable=True))
    op.create_table(
        "holidays",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("department_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["department_id"], ["departments.id"], name=op.f("fk_holidays_department_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_holidays")),
    )
    _once("one_holiday_of_department", ["day", "department_id"], "department_id IS NOT NULL")
    _once("one_holiday_of_everybody", ["day"], "department_id IS NULL")


def _once(name: str, columns: list[str], where: str) -> None:
    condition = sa.text(where)
    op.create_index(name, "holidays", columns, unique=True, sqlite_where=condition, postgresql_where=condition)
