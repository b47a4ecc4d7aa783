"""Note on each leg and stretch what figures need, and index it."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

LEGS = {
    "kind": sa.String(24),
    "channel": sa.String(24),
    "is_first": sa.Boolean(),
    "came_at": sa.DateTime(timezone=True),
    "live_until": sa.DateTime(timezone=True),
    "waited": sa.BigInteger(),
    "in_time": sa.Boolean(),
    "lost_after": sa.BigInteger(),
    "responded_after": sa.BigInteger(),
    "handled": sa.BigInteger(),
    "handled_actively": sa.BigInteger(),
    "resolved_after": sa.BigInteger(),
}
ALWAYS = ("kind", "channel", "is_first", "came_at")
INDEXES = {
    "legs_by_queueing": "department_id queued_at kind lost_after left_at is_first came_at channel agent_id chat_id",
    "legs_by_claim": "department_id claimed_at waited in_time channel agent_id",
    "legs_by_leaving": "department_id left_at handled handled_actively resolved_after lost_after channel agent_id",
    "legs_of_agent": "agent_id live_until claimed_at",
    "legs_of_chat": "chat_id queued_at",
}


def upgrade() -> None:
    for name in ("legs_by_queueing", "legs_by_claim", "legs_by_leaving", "legs_of_chat", "one_open_leg"):
        op.drop_index(name, "legs")
    for name, kind in LEGS.items():
        op.add_column("legs", sa.Column(name, kind, nullable=True))
    _tell_the_past()
    with op.batch_alter_table("legs") as legs:
        for name in ALWAYS:
            legs.alter_column(name, existing_type=LEGS[name], nullable=False)
    for name, columns in INDEXES.items():
        op.create_index(name, "legs", columns.split())
    _partial("one_open_leg", "legs", "chat_id", "left_at IS NULL", unique=True)
    replies = "department_id first_reply_at responded_after channel agent_id"
    _partial("legs_by_reply", "legs", replies, "responded_after IS NOT NULL")
    ratings = "department_id rated_at rating_score kind channel agent_id"
    _partial("ratings_by_department", "chats", ratings, "rated_at IS NOT NULL")
    # Stretches of before have none: figures measure them by their legs.
    op.add_column("status_intervals", sa.Column("lasted", sa.BigInteger(), nullable=True))
    op.add_column("status_intervals", sa.Column("busy", sa.BigInteger(), nullable=True))


def _partial(name: str, table: str, columns: str, where: str, *, unique: bool = False) -> None:
    condition = sa.text(where)
    op.create_index(name, table, columns.split(), unique=unique, sqlite_where=condition, postgresql_where=condition)


def _tell_the_past() -> None:
    """Work out for the legs that are there what is noted from now on; of active handling, nothing is known."""
    chat = "(SELECT {} FROM chats WHERE chats.id = legs.chat_id)"
    first = "(SELECT min(other.queued_at) FROM legs AS other WHERE other.chat_id = legs.chat_id)"
    earlier = "SELECT 1 FROM legs AS other WHERE other.chat_id = legs.chat_id AND "
    target = "(SELECT wait_target FROM departments WHERE departments.id = legs.department_id)"
    _set(kind=chat.format("kind"), channel=chat.format("channel"), came_at=first, live_until="left_at")
    _set(is_first=f"NOT EXISTS ({earlier} (other.queued_at, other.id) < (legs.queued_at, legs.id))")
    _set(" WHERE kind = 'TICKET'", live_until="queued_at")
    live = " WHERE kind = 'CHAT'"
    _set(live + " AND claimed_at IS NOT NULL", waited=_between("queued_at", "claimed_at"))
    _set(" WHERE waited IS NOT NULL", in_time=f"waited <= {target}")
    _set(live + " AND outcome = 'ABANDONED'", lost_after=_between("queued_at", "left_at"))
    unanswered = f"NOT EXISTS ({earlier} other.first_reply_at < legs.first_reply_at)"
    answered = live + " AND first_reply_at IS NOT NULL"
    _set(f"{answered} AND {unanswered}", responded_after=_between("came_at", "first_reply_at"))
    _set(f"{answered} AND left_at IS NOT NULL AND claimed_at IS NOT NULL", handled=_between("claimed_at", "left_at"))
    closed = f" AND outcome = 'ENDED' AND left_at = {chat.format('closed_at')}"
    _set(live + closed, resolved_after=_between("came_at", "left_at"))


def _set(where: str = "", **values: str) -> None:
    changes = ", ".join(f"{name} = {value}" for name, value in values.items())
    op.execute(f"UPDATE legs SET {changes}{where}")  # noqa: S608 # nosec B608 # our own words


def _between(start: str, end: str) -> str:
    """Milliseconds from one column to another, in the words of this database; never negative."""
    if op.get_bind().dialect.name == "sqlite":
        return f"max(0, CAST(round((julianday({end}) - julianday({start})) * 86400000) AS INTEGER))"
    return f"greatest(0, floor(extract(epoch FROM {end} - {start}) * 1000))::bigint"
