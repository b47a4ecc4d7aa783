"""Say which piece of network customers hang on, and keep incidents with their scope, chats and answers."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"

_open = sa.text("ended_at IS NULL")
_explained = sa.text("incident_id IS NOT NULL")


def upgrade() -> None:
    _incidents()
    _points()
    _chats()
    _replies()
    _link("customers", "access_point_id", "access_points")
    op.create_index("customers_of_access_point", "customers", ["access_point_id"])
    _link("chats", "incident_id", "incidents")
    op.create_index("chats_of_incident", "chats", ["incident_id"], sqlite_where=_explained, postgresql_where=_explained)


def _link(table: str, column: str, target: str) -> None:
    # Alembic would make the whole table anew to give it a foreign key on SQLite, which takes one with the column.
    kind = "CHAR(32)" if op.get_bind().dialect.name == "sqlite" else "UUID"
    name = f"fk_{table}_{column}"
    op.execute(f"ALTER TABLE {table} ADD COLUMN {column} {kind} CONSTRAINT {name} REFERENCES {target} (id)")


def _time(name: str, *, nullable: bool = True) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _key(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{target}.id"], name=op.f(f"fk_{table}_{column}"))


def _id(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.Uuid(), nullable=nullable)


def _incidents() -> None:
    people = [f"{act}_by" for act in ("opened", "confirmed", "monitored", "resolved")]
    op.create_table(
        "incidents",
        _id("id"),
        sa.Column("status", sa.String(24), nullable=False),
        sa.Column("cause", sa.String(24), nullable=False),
        sa.Column("title", sa.String(120), nullable=False),
        sa.Column("message", sa.String(1000), nullable=False),
        _time("expected_at"),
        sa.Column("audience", sa.String(24), nullable=False),
        _id("root_id", nullable=True),
        _time("opened_at", nullable=False),
        *(_time(f"{act}_at") for act in ("confirmed", "monitored", "resolved")),
        *(_id(name, nullable=True) for name in people),
        sa.Column("dismissed", sa.String(500), nullable=True),
        _id("absorbed_by", nullable=True),
        _key("incidents", "root_id", "access_points"),
        _key("incidents", "absorbed_by", "incidents"),
        *(_key("incidents", name, "users") for name in people),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incidents")),
    )
    op.create_index("incidents_by_status", "incidents", ["status", "id"])


def _points() -> None:
    op.create_table(
        "incident_points",
        _id("incident_id"),
        _id("access_point_id"),
        _time("ended_at"),
        _key("incident_points", "incident_id", "incidents"),
        _key("incident_points", "access_point_id", "access_points"),
        sa.PrimaryKeyConstraint("incident_id", "access_point_id", name=op.f("pk_incident_points")),
    )
    op.create_index(
        "one_open_incident_per_point",
        "incident_points",
        ["access_point_id"],
        unique=True,
        sqlite_where=_open,
        postgresql_where=_open,
    )
    op.create_index("incident_points_of_point", "incident_points", ["access_point_id"])


def _chats() -> None:
    op.create_table(
        "incident_chats",
        _id("incident_id"),
        _id("chat_id"),
        _time("linked_at", nullable=False),
        _time("asked_at"),
        sa.Column("asked_seq", sa.Integer(), nullable=True),
        sa.Column("answer", sa.Boolean(), nullable=True),
        _time("answered_at"),
        _key("incident_chats", "incident_id", "incidents"),
        _key("incident_chats", "chat_id", "chats"),
        sa.PrimaryKeyConstraint("incident_id", "chat_id", name=op.f("pk_incident_chats")),
    )
    op.create_index("incident_chats_of_chat", "incident_chats", ["chat_id"])


def _replies() -> None:
    op.create_table(
        "incident_replies",
        *(_id(name) for name in ("id", "incident_id", "author_id")),
        sa.Column("client_id", sa.String(64), nullable=False),
        sa.Column("body", sa.String(), nullable=False),
        _time("created_at", nullable=False),
        _time("finished_at"),
        _key("incident_replies", "incident_id", "incidents"),
        _key("incident_replies", "author_id", "users"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incident_replies")),
        sa.UniqueConstraint("incident_id", "author_id", "client_id", name="incident_reply_sent_once"),
    )
    op.create_index("incident_replies_under_way", "incident_replies", ["finished_at"])
    op.create_table(
        "incident_reply_chats",
        _id("reply_id"),
        _id("chat_id"),
        _time("sent_at"),
        sa.Column("failed", sa.String(40), nullable=True),
        _key("incident_reply_chats", "reply_id", "incident_replies"),
        _key("incident_reply_chats", "chat_id", "chats"),
        sa.PrimaryKeyConstraint("reply_id", "chat_id", name=op.f("pk_incident_reply_chats")),
    )
