"""Tell webhooks of what happens: their receivers, and the outbox; and plan work week by week."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    op.create_table(
        "webhooks",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("url", sa.String(500), nullable=False),
        sa.Column("events", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("secret", sa.String(200), nullable=False),
        sa.Column("old_secret", sa.String(200), nullable=True),
        _time("old_until", nullable=True),
        _time("created_at"),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        *(_time(name, nullable=True) for name in ("failing_since", "told_at")),
        sa.ForeignKeyConstraint(["created_by"], ["users.id"], name=op.f("fk_webhooks_created_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhooks")),
    )
    op.create_table(
        "webhook_deliveries",
        *(sa.Column(name, sa.Uuid(), nullable=False) for name in ("id", "webhook_id")),
        sa.Column("event", sa.String(24), nullable=False),
        sa.Column("subject", sa.String(80), nullable=False),
        sa.Column("place", sa.BigInteger(), nullable=False),
        sa.Column("body", sa.String(), nullable=False),
        _time("created_at"),
        _time("due_at", nullable=True),
        _time("give_up_at"),
        sa.Column("status", sa.String(24), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        _time("attempted_at", nullable=True),
        sa.Column("status_code", sa.Integer(), nullable=True),
        sa.Column("took", sa.BigInteger(), nullable=True),
        sa.Column("error", sa.String(24), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook_deliveries")),
    )
    _of_status("webhook_deliveries_due", "PENDING", "webhook_id", "due_at")
    _of_status("webhook_deliveries_in_line", "PENDING", "webhook_id", "subject", "place")
    _of_status("webhook_deliveries_failed", "FAILED", "webhook_id", "created_at")
    op.create_index("webhook_deliveries_log", "webhook_deliveries", ["webhook_id", "id"])
    op.create_index("webhook_deliveries_by_time", "webhook_deliveries", ["created_at"])
    # Planned work that is repeated each week.
    op.add_column("maintenances", sa.Column("series_id", sa.Uuid(), nullable=True))
    op.create_index("maintenances_of_series", "maintenances", ["series_id", "starts_at"])


def _time(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _of_status(name: str, status: str, *columns: str) -> None:
    where = sa.text(f"status = '{status}'")
    op.create_index(name, "webhook_deliveries", columns, sqlite_where=where, postgresql_where=where)
