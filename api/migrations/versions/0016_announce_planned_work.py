"""Say whom planned work is announced to, and in what words."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    # Work that was planned before stays silent, as it was meant to be.
    op.add_column("maintenances", sa.Column("audience", sa.String(24), nullable=True))
    op.add_column("maintenances", sa.Column("message", sa.String(1000), nullable=False, server_default=sa.text("''")))
