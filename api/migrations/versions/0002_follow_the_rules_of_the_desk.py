"""Keep who is present, whose answer a chat waits for, and when a customer was last there."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.add_column("users", sa.Column("present_until", sa.DateTime(timezone=True), nullable=True))
    op.add_column("users", sa.Column("idle_since", sa.DateTime(timezone=True), nullable=True))
    op.add_column("chats", sa.Column("awaiting", sa.String(24), nullable=True))
    op.add_column("chats", sa.Column("warned_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("chats", sa.Column("customer_seen_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index("chats_by_deadline", "chats", ["deadline"], unique=False)
    op.create_index("users_by_presence", "users", ["present_until"], unique=False)
    # Until somebody writes, the desk owes the answer in whatever is open at this moment.
    op.execute("UPDATE chats SET awaiting = 'AGENT' WHERE status IN ('WAITING', 'ACTIVE')")
    op.execute("UPDATE chats SET awaiting = 'BOT' WHERE status = 'BOT'")
    # Nobody has a lease yet: the ledger says so from here on.
    op.execute("UPDATE chats SET customer_seen_at = CURRENT_TIMESTAMP WHERE status = 'WAITING'")
