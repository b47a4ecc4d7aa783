"""Who was erased and when, how long departments keep chats, who consented, and who is kept out."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    op.add_column("customers", sa.Column("erased_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("chats", sa.Column("consented_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("departments", sa.Column("chat_retention", sa.BigInteger(), nullable=True))
    op.create_table(
        "blocks",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=True),
        sa.Column("network", sa.String(43), nullable=True),
        sa.Column("reason", sa.String(500), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("(customer_id IS NULL) <> (network IS NULL)", name="block_has_one_object"),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name=op.f("fk_blocks_customer_id")),
        sa.ForeignKeyConstraint(["created_by"], ["users.id"], name=op.f("fk_blocks_created_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_blocks")),
    )
    op.create_index(op.f("ix_blocks_customer_id"), "blocks", ["customer_id"])
