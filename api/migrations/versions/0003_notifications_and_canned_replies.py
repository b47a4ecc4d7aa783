"""Keep what notifications are about instead of their words, and add canned replies."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"

Json = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    # No version ever wrote to it.
    op.drop_table("notifications")
    _create_notifications()
    _create_canned_replies()


def _create_notifications() -> None:
    op.create_table(
        "notifications",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(24), nullable=False),
        sa.Column("chat_id", sa.Uuid(), nullable=True),
        sa.Column("values", Json, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["chat_id"], ["chats.id"], name=op.f("fk_notifications_chat_id")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_notifications_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notifications")),
    )
    op.create_index("notifications_of_user", "notifications", ["user_id", "id"])
    _once("one_unread_notification", "notifications", ["chat_id", "user_id", "kind"], "read_at IS NULL")


def _create_canned_replies() -> None:
    op.create_table(
        "canned_replies",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("shortcut", sa.String(40), nullable=False),
        sa.Column("title", sa.String(120), nullable=True),
        sa.Column("body", sa.String(), nullable=False),
        sa.Column("department_id", sa.Uuid(), nullable=True),
        sa.Column("owner_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_by", sa.Uuid(), nullable=False),
        sa.CheckConstraint("owner_id IS NULL OR department_id IS NULL", name=op.f("canned_reply_has_one_scope")),
        sa.ForeignKeyConstraint(["department_id"], ["departments.id"], name=op.f("fk_canned_replies_department_id")),
        sa.ForeignKeyConstraint(["owner_id"], ["users.id"], name=op.f("fk_canned_replies_owner_id")),
        sa.ForeignKeyConstraint(["updated_by"], ["users.id"], name=op.f("fk_canned_replies_updated_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_canned_replies")),
    )
    nobodys = "owner_id IS NULL AND department_id IS NULL"
    _once("one_shortcut_of_owner", "canned_replies", ["owner_id", "shortcut"], "owner_id IS NOT NULL")
    _once("one_shortcut_of_department", "canned_replies", ["department_id", "shortcut"], "department_id IS NOT NULL")
    _once("one_shortcut_of_everybody", "canned_replies", ["shortcut"], nobodys)


def _once(name: str, table: str, columns: list[str], where: str) -> None:
    condition = sa.text(where)
    op.create_index(name, table, columns, unique=True, sqlite_where=condition, postgresql_where=condition)
