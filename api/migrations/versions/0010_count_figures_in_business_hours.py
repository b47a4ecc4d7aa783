"""Note first responses and resolutions in business hours too, and let indexes answer for all four durations.

Of what was before nothing is noted: nobody knows any more which hours were in force then.
"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"

CLAIM = "department_id claimed_at waited in_time channel agent_id business_wait"
REPLY = "department_id first_reply_at responded_after channel agent_id business_response"
LEAVING = (
    "department_id left_at handled handled_actively resolved_after lost_after channel agent_id "
    "business_handle business_resolution"
)


def upgrade() -> None:
    op.add_column("legs", sa.Column("business_response", sa.BigInteger(), nullable=True))
    op.add_column("legs", sa.Column("business_resolution", sa.BigInteger(), nullable=True))
    for name in ("legs_by_claim", "legs_by_reply", "legs_by_leaving"):
        op.drop_index(name, "legs")
    op.create_index("legs_by_claim", "legs", CLAIM.split())
    op.create_index("legs_by_leaving", "legs", LEAVING.split())
    answered = sa.text("responded_after IS NOT NULL")
    op.create_index("legs_by_reply", "legs", REPLY.split(), sqlite_where=answered, postgresql_where=answered)
