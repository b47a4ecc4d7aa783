"""Who may run a timed job, settled by one conditional statement; and which processes are there."""

from datetime import timedelta

from sqlalchemy import bindparam, delete, func, select, text
from sqlmodel import col

from api.context import Context
from api.models import Lease
from api.models.base import UtcDateTime
from api.resolvers.access import Who, allow
from api.writing import Writing

_TAKE = text(
    "INSERT INTO leases (name, holder, ends_at) VALUES (:name, :holder, :ends_at)"
    " ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, ends_at = excluded.ends_at"
    " WHERE leases.ends_at <= :now RETURNING holder"
).bindparams(bindparam("ends_at", type_=UtcDateTime), bindparam("now", type_=UtcDateTime))

_KEEP = text(
    "INSERT INTO leases (name, holder, ends_at) VALUES (:name, :holder, :ends_at)"
    " ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, ends_at = excluded.ends_at"
    " WHERE leases.ends_at <= :now OR leases.holder = excluded.holder RETURNING holder"
).bindparams(bindparam("ends_at", type_=UtcDateTime), bindparam("now", type_=UtcDateTime))

_RENEW = text(
    "INSERT INTO leases (name, holder, ends_at) VALUES (:name, :holder, :ends_at)"
    " ON CONFLICT (name) DO UPDATE SET ends_at = excluded.ends_at"
).bindparams(bindparam("ends_at", type_=UtcDateTime))
_PROCESS = "process:"
_of_a_process = col(Lease.name).startswith(_PROCESS)


@allow(Who.SYSTEM)
async def take_lease(ctx: Context, *, name: str, holder: str, length: timedelta) -> bool:
    """Take a lease that nobody holds now; True for exactly one of those who try."""

    def take(writing: Writing) -> bool:
        values = {"name": name, "holder": holder, "ends_at": writing.now + length, "now": writing.now}
        return writing.connection.execute(_TAKE, values).scalar_one_or_none() is not None

    return await ctx.db.write(take)


@allow(Who.SYSTEM)
async def keep_lease(ctx: Context, *, name: str, holder: str, length: timedelta) -> bool:
    """Take a lease that nobody holds now, or go on with one's own; whether it is one's own for that long."""

    def keep(writing: Writing) -> bool:
        values = {"name": name, "holder": holder, "ends_at": writing.now + length, "now": writing.now}
        return writing.connection.execute(_KEEP, values).scalar_one_or_none() is not None

    return await ctx.db.write(keep)


@allow(Who.SYSTEM)
async def end_lease(ctx: Context, *, name: str, holder: str) -> None:
    """Let others take one's lease at once; somebody else's stays."""
    async with ctx.db.transaction() as tx:
        await tx.session.execute(delete(Lease).where(col(Lease.name) == name, col(Lease.holder) == holder))


@allow(Who.SYSTEM)
async def renew_process(ctx: Context, *, process: str, length: timedelta) -> None:
    """Say that a process of the cluster is there, for so long; who said so long ago is forgotten."""
    async with ctx.db.transaction() as tx:
        await tx.session.execute(delete(Lease).where(_of_a_process, col(Lease.ends_at) <= tx.now - length))
        values = {"name": _PROCESS + process, "holder": process, "ends_at": tx.now + length}
        await tx.session.execute(_RENEW, values)


@allow(Who.SYSTEM)
async def end_process(ctx: Context, *, process: str) -> None:
    """Say that a process of the cluster is there no more."""
    async with ctx.db.transaction() as tx:
        await tx.session.execute(delete(Lease).where(col(Lease.name) == _PROCESS + process))


@allow(Who.SYSTEM)
async def count_processes(ctx: Context) -> int:
    """How many processes of the cluster are there; one that was killed counts until its lease has run out."""
    query = select(func.count()).select_from(Lease).where(_of_a_process, col(Lease.ends_at) > ctx.now())
    async with ctx.db.read() as session:
        return (await session.execute(query)).scalar_one()
