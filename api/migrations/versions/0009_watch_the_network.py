"""Watch the network: access points, what their checks come to, outages, planned work."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"

_open = sa.text("ended_at IS NULL")


def upgrade() -> None:
    _access_points()
    _found()
    _outages()
    _maintenances()


def _time(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _load() -> list[sa.Column[object]]:
    return [
        sa.Column("latency", sa.BigInteger(), nullable=True),
        sa.Column("users", sa.Integer(), nullable=True),
        sa.Column("cpu", sa.Float(), nullable=True),
        sa.Column("memory", sa.Float(), nullable=True),
    ]


def _point(table: str) -> list[sa.schema.SchemaItem]:
    name = op.f(f"fk_{table}_access_point_id")
    return [
        sa.Column("access_point_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["access_point_id"], ["access_points.id"], name=name),
    ]


def _access_points() -> None:
    op.create_table(
        "access_points",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column("location", sa.String(200), nullable=False),
        sa.Column("address", sa.String(253), nullable=False),
        sa.Column("parent_id", sa.Uuid(), nullable=True),
        sa.Column("kind", sa.String(24), nullable=False),
        sa.Column("port", sa.Integer(), nullable=True),
        sa.Column("path", sa.String(500), nullable=True),
        sa.Column("tls", sa.Boolean(), nullable=False),
        *(sa.Column(name, sa.BigInteger(), nullable=False) for name in ("every", "timeout")),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in ("fail_after", "recover_after")),
        sa.Column("slow_above", sa.BigInteger(), nullable=True),
        _time("created_at"),
        _time("due_at"),
        sa.Column("up", sa.Boolean(), nullable=True),
        *(sa.Column(name, sa.Boolean(), nullable=False) for name in ("slow", "known")),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in ("failures", "successes", "slows", "fasts")),
        sa.Column("history", sa.String(24), nullable=False),
        sa.Column("flapping", sa.Boolean(), nullable=False),
        sa.Column("status", sa.String(24), nullable=False),
        _time("since"),
        *(_time(name, nullable=True) for name in ("checked_at", "last_seen_at", "load_at")),
        *_load(),
        sa.ForeignKeyConstraint(["parent_id"], ["access_points.id"], name=op.f("fk_access_points_parent_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_access_points")),
    )
    op.create_index("access_points_by_name", "access_points", ["name", "id"])
    op.create_index("access_points_due", "access_points", ["due_at"])
    op.create_index("access_points_of_parent", "access_points", ["parent_id"])


def _found() -> None:
    op.create_table(
        "access_point_spans",
        *_point("access_point_spans"),
        _time("started_at"),
        _time("ended_at", nullable=True),
        sa.Column("status", sa.String(24), nullable=False),
        sa.PrimaryKeyConstraint("access_point_id", "started_at", name=op.f("pk_access_point_spans")),
    )
    op.create_table(
        "access_point_samples",
        *_point("access_point_samples"),
        _time("at"),
        sa.Column("up", sa.Boolean(), nullable=True),
        *_load(),
        sa.PrimaryKeyConstraint("access_point_id", "at", name=op.f("pk_access_point_samples")),
    )
    op.create_index("access_point_samples_by_time", "access_point_samples", ["at"])
    op.create_table(
        "access_point_hours",
        *_point("access_point_hours"),
        _time("at"),
        sa.Column("known", sa.Integer(), nullable=False),
        sa.Column("ups", sa.Integer(), nullable=False),
        *_load(),
        sa.PrimaryKeyConstraint("access_point_id", "at", name=op.f("pk_access_point_hours")),
    )


def _outages() -> None:
    op.create_table(
        "outages",
        sa.Column("id", sa.Uuid(), nullable=False),
        *_point("outages"),
        _time("started_at"),
        _time("ended_at", nullable=True),
        sa.Column("reason", sa.String(24), nullable=False),
        _time("announced_at", nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outages")),
    )
    op.create_index("outages_of_access_point", "outages", ["access_point_id", "id"])
    op.create_index(
        "one_open_outage", "outages", ["access_point_id"], unique=True, sqlite_where=_open, postgresql_where=_open
    )


def _maintenances() -> None:
    op.create_table(
        "maintenances",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("title", sa.String(120), nullable=False),
        _time("starts_at"),
        _time("ends_at"),
        _time("created_at"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_maintenances")),
    )
    op.create_index("maintenances_by_end", "maintenances", ["ends_at"])
    op.create_table(
        "maintenance_points",
        sa.Column("maintenance_id", sa.Uuid(), nullable=False),
        *_point("maintenance_points"),
        sa.ForeignKeyConstraint(
            ["maintenance_id"], ["maintenances.id"], name=op.f("fk_maintenance_points_maintenance_id")
        ),
        sa.PrimaryKeyConstraint("maintenance_id", "access_point_id", name=op.f("pk_maintenance_points")),
    )
    op.create_index("maintenance_points_of_access_point", "maintenance_points", ["access_point_id"])
