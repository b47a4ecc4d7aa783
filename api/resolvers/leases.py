"""Who may run a timed job: settled by one conditional statement."""

from datetime import timedelta

from sqlalchemy import bindparam, text

from api.context import Context
from api.models.base import UtcDateTime
from api.resolvers.access import Who, allow
from api.writing import Writing

_TAKE = text(
    "INSERT INTO leases (name, holder, ends_at) VALUES (:name, :holder, :ends_at)"
    " ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, ends_at = excluded.ends_at"
    " WHERE leases.ends_at <= :now RETURNING holder"
).bindparams(bindparam("ends_at", type_=UtcDateTime), bindparam("now", type_=UtcDateTime))


@allow(Who.SYSTEM)
async def take_lease(ctx: Context, *, name: str, holder: str, length: timedelta) -> bool:
    """Take a lease that nobody holds now; True for exactly one of those who try."""

    def take(writing: Writing) -> bool:
        values = {"name": name, "holder": holder, "ends_at": writing.now + length, "now": writing.now}
        return writing.connection.execute(_TAKE, values).scalar_one_or_none() is not None

    return await ctx.db.write(take)
