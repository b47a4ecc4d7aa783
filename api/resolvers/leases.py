"""Who may run a timed job: settled by one conditional statement."""

from datetime import timedelta

from sqlalchemy import bindparam, text

from api.context import Context
from api.models import Lease
from api.resolvers.access import Who, allow

_TAKE = text(
    "INSERT INTO leases (name, holder, ends_at) VALUES (:name, :holder, :ends_at)"
    " ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, ends_at = excluded.ends_at"
    " WHERE leases.ends_at <= :now RETURNING holder"
).columns(Lease.__table__.c.holder)  # type: ignore[attr-defined]


@allow(Who.SYSTEM)
async def take_lease(ctx: Context, *, name: str, holder: str, length: timedelta) -> bool:
    """Take a lease that nobody holds now; True for exactly one of those who try."""
    times = Lease.__table__.c.ends_at.type  # type: ignore[attr-defined]
    statement = _TAKE.bindparams(bindparam("ends_at", type_=times), bindparam("now", type_=times))
    async with ctx.db.transaction() as tx:
        values = {"name": name, "holder": holder, "ends_at": tx.now + length, "now": tx.now}
        return (await tx.session.execute(statement, values)).scalar_one_or_none() is not None
