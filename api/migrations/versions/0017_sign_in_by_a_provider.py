"""Whom an identity provider knows people as."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    op.add_column("users", sa.Column("openid_issuer", sa.String(255), nullable=True))
    op.add_column("users", sa.Column("openid_subject", sa.String(255), nullable=True))
    op.create_index("users_by_subject", "users", ["openid_issuer", "openid_subject"], unique=True)
