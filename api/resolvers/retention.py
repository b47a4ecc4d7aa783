"""What the deployment keeps no longer: chats that closed long ago, with everything that hangs on them.

Their part of each day's figures is kept in the transaction that forgets them (rollups.py), so that no figure ever
lacks them or counts them twice. The time people were online is kept as days too, before the legs go that tell how much
of it was spent with chats.
"""

import uuid
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, and_, delete, insert, or_, select, update
from sqlalchemy.dialects.postgresql import insert as insert_or
from sqlmodel import col

from api.context import Context
from api.models import (
    Block,
    Chat,
    ChatToIndex,
    ChatWords,
    Customer,
    Department,
    EventRow,
    IncidentChat,
    IncidentReplyChat,
    Leg,
    Message,
    Notification,
    Property,
    Rollup,
    StatusInterval,
    Stream,
)
from api.models.base import new_id
from api.models.enums import ChatStatus, Rolled
from api.resolvers.access import Who, allow
from api.resolvers.kept import WHOLE_SINCE, whole_since
from api.resolvers.occupancy import occupied
from api.resolvers.periods import Asked, midnight
from api.resolvers.rollups import roll_up
from api.writing import Writing

_BATCH = 100
HANGING: Sequence[type[Leg | Message | ChatWords | ChatToIndex | Notification | IncidentChat | IncidentReplyChat]] = (
    Leg,
    Message,
    ChatWords,
    ChatToIndex,
    Notification,
    IncidentChat,
    IncidentReplyChat,
)
"""Every table whose rows belong to a chat."""

_MILLISECOND = timedelta(milliseconds=1)


@allow(Who.SYSTEM)
async def prune_chats(ctx: Context) -> int:
    """Forget chats that closed longer ago than their department, or else the deployment, keeps them; some at a time.

    Of what is forgotten each day's figures stay, and of customers without any chat nothing. Whole days only: the day on
    which a retention ends is kept. Returns how many chats were forgotten.
    """
    kept = await ctx.db.look(lambda connection: _kept_since(ctx, connection))
    if not kept:
        return 0
    until = max(kept.values())
    while await _close_day(ctx, until):
        pass
    # Not by today's setting alone: what another process has closed is closed.
    since, forgotten = await ctx.db.look(whole_since) or until, 0
    for department_id, first in kept.items():
        horizon = midnight(min(first, since), ctx.settings.zone)
        forgotten += await _forget_all(ctx, department_id, horizon)
    while await ctx.db.write(_forget_people) == _BATCH:
        pass
    return forgotten


def _kept_since(ctx: Context, connection: Connection) -> dict[uuid.UUID, date]:
    """The first day of which chats are kept, by department; one that keeps them for ever is absent."""
    own = connection.execute(select(col(Department.id), col(Department.chat_retention)).order_by(col(Department.id)))
    retentions = {id: retention or ctx.settings.chat_retention for id, retention in own}
    zone, now = ctx.settings.zone, ctx.now()
    return {id: (now - it).astimezone(zone).date() for id, it in retentions.items() if it is not None}


async def _forget_all(ctx: Context, department_id: uuid.UUID, horizon: datetime) -> int:
    forgotten = 0
    while True:
        count = await ctx.db.write(lambda writing: _forget_some(ctx, writing, department_id, horizon))
        forgotten += count
        if count < _BATCH:
            return forgotten


async def _close_day(ctx: Context, until: date) -> bool:
    """Keep the time online of the next day, from which on only whole days are told of; False when all days are."""
    day = await ctx.db.look(whole_since)
    if day is not None and day >= until:
        return False
    if day is None:
        first = await ctx.db.look(_first_stretch)
        day = min(first.astimezone(ctx.settings.zone).date(), until) if first else until
        # An empty place to begin with: whoever is first puts it there.
        await ctx.db.write(lambda writing: _begin(writing, day))
        return day < until
    following = day + timedelta(days=1)
    asked = Asked(midnight(day, ctx.settings.zone), midnight(following, ctx.settings.zone))
    async with ctx.db.read() as session:
        online = await occupied(session, asked, ctx.now())
    rows = [
        {
            "id": new_id(),
            "figure": Rolled.ONLINE,
            "day": day,
            "agent_id": user_id,
            "n": 1,
            "total": each.online // _MILLISECOND,
            "part": each.busy // _MILLISECOND,
        }
        for user_id, each in sorted(online.items())
    ]
    await ctx.db.write(lambda writing: _advance(writing, day, following, rows))
    return following < until


def _first_stretch(connection: Connection) -> datetime | None:
    return connection.execute(
        select(col(StatusInterval.started_at)).order_by(col(StatusInterval.started_at)).limit(1)
    ).scalar_one_or_none()


def _begin(writing: Writing, day: date) -> None:
    place = insert_or(Property).values(name=WHOLE_SINCE, value=day.isoformat())
    writing.connection.execute(place.on_conflict_do_nothing(index_elements=["name"]))


def _advance(writing: Writing, day: date, following: date, rows: list[dict[str, Any]]) -> None:
    step = update(Property).where(col(Property.name) == WHOLE_SINCE, col(Property.value) == day.isoformat())
    moved = writing.connection.execute(step.values(value=following.isoformat()))
    # Another process may have kept this day between our look and now.
    if moved.rowcount and rows:
        writing.connection.execute(insert(Rollup), rows)


def _forget_some(ctx: Context, writing: Writing, department_id: uuid.UUID, horizon: datetime) -> int:
    old = and_(
        # The department in which it ended.
        col(Chat.department_id) == department_id,
        col(Chat.status) == ChatStatus.CLOSED,
        col(Chat.closed_at) < horizon,
        # A rating that came later is of a day that is still whole.
        or_(col(Chat.rated_at).is_(None), col(Chat.rated_at) < horizon),
    )
    query = select(col(Chat.id)).where(old).order_by(col(Chat.closed_at), col(Chat.id)).limit(_BATCH)
    ids = list(writing.connection.execute(query.with_for_update(skip_locked=True)).scalars())
    if ids:
        roll_up(writing.connection, ids, ctx.settings.zone)
        _forget(writing.connection, ids)
    return len(ids)


def _forget(connection: Connection, chat_ids: Sequence[uuid.UUID]) -> None:
    """Delete chats with everything that hangs on them; the full-text index follows by its own triggers."""
    for table in HANGING:
        connection.execute(delete(table).where(col(table.chat_id).in_(chat_ids)))
    streams = [f"chat:{chat_id.hex}" for chat_id in chat_ids]
    connection.execute(delete(EventRow).where(col(EventRow.stream).in_(streams)))
    connection.execute(delete(Stream).where(col(Stream.name).in_(streams)))
    connection.execute(delete(Chat).where(col(Chat.id).in_(chat_ids)))


def _forget_people(writing: Writing) -> int:
    """Delete customers of whom no chat is left, and who need not be known again. Returns how many were looked at."""
    came = select(col(Chat.id)).where(col(Chat.customer_id) == col(Customer.id)).exists()
    kept_out = select(col(Block.id)).where(col(Block.customer_id) == col(Customer.id)).exists()
    gone = ~came & ~kept_out
    alone = select(col(Customer.id)).where(gone).order_by(col(Customer.id)).limit(_BATCH)
    ids = list(writing.connection.execute(alone.with_for_update(skip_locked=True)).scalars())
    # Asked again behind the locks: who came meanwhile holds their row until the chat is there.
    writing.connection.execute(delete(Customer).where(col(Customer.id).in_(ids), gone))
    return len(ids)
