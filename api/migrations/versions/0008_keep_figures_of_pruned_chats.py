"""Keep each day's figures of chats that the retention forgets."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    op.create_table(
        "rollups",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("figure", sa.String(24), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("other_day", sa.Date(), nullable=True),
        sa.Column("department_id", sa.Uuid(), nullable=True),
        sa.Column("channel", sa.String(24), nullable=True),
        sa.Column("agent_id", sa.Uuid(), nullable=True),
        sa.Column("n", sa.BigInteger(), nullable=False),
        sa.Column("total", sa.BigInteger(), nullable=False),
        sa.Column("part", sa.BigInteger(), nullable=False),
        sa.Column("sizes", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=True),
        sa.ForeignKeyConstraint(["agent_id"], ["users.id"], name=op.f("fk_rollups_agent_id")),
        sa.ForeignKeyConstraint(["department_id"], ["departments.id"], name=op.f("fk_rollups_department_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rollups")),
    )
    op.create_index("rollups_by_day", "rollups", ["figure", "day"])
