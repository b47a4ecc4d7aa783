"""Whose data are kept out of sight for as long as the law asks for records, until when, and who asked for it."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    op.add_column("customers", sa.Column("restricted_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("customers", sa.Column("restricted_until", sa.DateTime(timezone=True), nullable=True))
    op.add_column("customers", sa.Column("restricted_by", sa.String(64), nullable=True))
    held = sa.text("restricted_until IS NOT NULL")
    op.create_index("customers_by_hold", "customers", ["restricted_until"], sqlite_where=held, postgresql_where=held)
    op.add_column("chats", sa.Column("restricted_at", sa.DateTime(timezone=True), nullable=True))
    # Who may see a chat is answered by these indexes alone, so that counting a history reads no row of it.
    for name, columns in (
        ("chats_by_closing", ["status", "closed_at", "id", "restricted_at"]),
        ("chats_of_department", ["department_id", "status", "closed_at", "id", "restricted_at"]),
    ):
        op.drop_index(name, "chats")
        op.create_index(name, "chats", columns)
