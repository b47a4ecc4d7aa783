"""Tokens for programs have a name, and may do less than the person whom they act as."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0011"
down_revision = "0010"

Json = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    # Those from before act as their person in everything, as they always did.
    op.add_column("sessions", sa.Column("name", sa.String(80), nullable=True))
    op.add_column("sessions", sa.Column("scopes", Json, nullable=True))
