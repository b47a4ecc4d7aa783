"""Links to set a password by in the place of one-time passwords, and second factors."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    # Who never changed a one-time password has no password of their own, and needs a link.
    op.execute(
        "UPDATE sessions SET revoked_at = created_at"
        " WHERE revoked_at IS NULL AND user_id IN (SELECT id FROM users WHERE must_change_password)"
    )
    op.execute("UPDATE users SET password_hash = '' WHERE must_change_password")
    # Column by column: SQLite makes a table anew by deleting its rows, and what refers to them would go along.
    op.drop_column("users", "must_change_password")
    op.add_column("users", sa.Column("link_hash", sa.String(64), nullable=True))
    op.add_column("users", sa.Column("link_ends_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("users", sa.Column("totp_sealed", sa.String(256), nullable=True))
    op.add_column("users", sa.Column("totp_step", sa.BigInteger(), nullable=True))
    op.add_column("users", sa.Column("second_factor_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index("users_by_link", "users", ["link_hash"], unique=True)
    op.create_table(
        "recovery_codes",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_recovery_codes_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recovery_codes")),
        sa.UniqueConstraint("digest", name=op.f("uq_recovery_codes_digest")),
    )
    op.create_index(op.f("ix_recovery_codes_user_id"), "recovery_codes", ["user_id"])
