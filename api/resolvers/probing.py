"""Looking at the network: which points are due, what the checks find, and what is kept of it."""

import asyncio
import secrets
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, bindparam, func, select, update
from sqlmodel import col

from api.context import Context
from api.db import persist
from api.errors import Invalid
from api.models import AccessPoint, Outage
from api.models.base import UtcDateTime
from api.models.enums import AccessPointStatus, CheckKind, Permission
from api.prober import Finding, Prober, Target
from api.resolvers.access import Who, allow
from api.resolvers.access_points import AccessPointDetails, checked_details
from api.resolvers.reachability import Rules, State, after_result
from api.resolvers.recovery import follow_recovery
from api.resolvers.suspecting import link_chats
from api.resolvers.watching import Result, announce, in_maintenance, settle
from api.writing import Writing

ROUND = 500
"""Points that one round takes at most; what is left is due in the next, which begins at once."""
_TRIALS = "20/minute"
"""Checks that one person may try by hand."""
_JITTER = 0.05
"""How much of an interval checks may come early or late, so that those begun together drift apart."""

_POINT = AccessPoint.__table__  # type: ignore[attr-defined] - SQLModel makes it, and does not say so
_CLAIM = update(_POINT).where(_POINT.c.id == bindparam("key")).values(due_at=bindparam("next"))


@dataclass(frozen=True)
class Due:
    """A point whose turn it is."""

    id: uuid.UUID
    kind: CheckKind
    target: Target
    next: datetime
    """When it is due again, by this claim: who finds another time there comes after somebody else."""


@dataclass(frozen=True)
class Trial:
    """What one check found, before anything is written down."""

    status: AccessPointStatus
    latency: timedelta | None
    reason: str
    """What a failed check met; refused_address when it may not be asked at all."""


@allow(Who.SYSTEM)
async def check_network(ctx: Context) -> int:
    """Check what is due, once per cluster whoever else does, and write what follows. Returns how many were due.

    A point is claimed by setting when it is due next, before it is checked: a process that dies in between has
    skipped one check.
    """
    if not await ctx.db.look(lambda connection: _is_anything_to_do(connection, ctx.now())):
        return 0
    due = await ctx.db.write(_claim)
    results = await _results(ctx, due)

    def write(writing: Writing) -> None:
        settle(writing, results)
        if announce(writing):
            link_chats(ctx.settings, writing)
        follow_recovery(ctx, writing)

    # Again, if others were first: from the start nothing would be due any more, and all that was found be lost.
    await persist(lambda: ctx.db.write(write))
    return len(due)


@allow(Permission.NETWORK_MANAGE)
async def test_access_point(ctx: Context, details: AccessPointDetails) -> Trial:
    """Check once, now, what somebody is about to write down, by the rules of every check; nothing is kept.

    Raises Invalid (a device that reports by itself cannot be asked), RateLimited.
    """
    await ctx.services.limiter.take(_TRIALS, "trial", ctx.principal.actor)
    # It may have no name yet.
    details = await checked_details(ctx.services.prober, replace(details, name=details.name.strip() or "?"))
    check = details.check
    if check.kind is CheckKind.HEARTBEAT:
        raise Invalid("heartbeat_cannot_be_asked", field=("input", "kind"))
    target = Target(check.kind, details.address, check.port, check.path, check.tls, check.timeout)
    finding = await ctx.services.prober.probe(target)
    # As if this one result were enough, which for a point that is watched it never is.
    rules = Rules(1, 1, check.slow_above)
    return Trial(after_result(State(), rules, finding.up, finding.latency).status, finding.latency, finding.reason)


def _is_anything_to_do(connection: Connection, now: datetime) -> bool:
    """Whether a point is due, work begins or ends, or an outage is still to be explained: else nothing is written."""
    soonest = select(func.min(_POINT.c.due_at, type_=UtcDateTime))
    due_at = connection.execute(soonest).scalar_one()
    if due_at is None or due_at <= now:
        return due_at is not None
    untold = select(col(Outage.id)).where(col(Outage.ended_at).is_(None), col(Outage.announced_at).is_(None)).limit(1)
    if connection.execute(untold).first() is not None:
        return True
    shown = select(_POINT.c.id).where(_POINT.c.status == AccessPointStatus.MAINTENANCE)
    return set(connection.execute(shown).scalars()) != in_maintenance(connection, now)


def _claim(writing: Writing) -> list[Due]:
    query = (
        select(_POINT)
        .where(_POINT.c.due_at <= writing.now)
        .order_by(_POINT.c.due_at, _POINT.c.id)
        .limit(ROUND)
        # What another process claims at this moment is its own.
        .with_for_update(skip_locked=True)
    )
    rows = writing.connection.execute(query).all()
    due = [Due(row.id, CheckKind(row.kind), _target(row), writing.now + spread(row.every)) for row in rows]
    if due:
        writing.connection.execute(_CLAIM, [{"key": one.id, "next": one.next} for one in due])
    return due


def spread(every: timedelta) -> timedelta:
    """An interval, a little shorter or longer."""
    return every * (1 + _JITTER * (secrets.randbelow(2001) - 1000) / 1000)


def _target(row: Any) -> Target:
    return Target(CheckKind(row.kind), row.address, row.port, row.path, row.tls, row.timeout)


async def _results(ctx: Context, due: Sequence[Due]) -> dict[uuid.UUID, Result]:
    prober, room = ctx.services.prober, asyncio.Semaphore(ctx.settings.probe_concurrency)

    async def look(one: Due) -> Finding:
        if one.kind is CheckKind.HEARTBEAT:
            return Finding(False, reason="silent")
        async with room:
            return await prober.probe(one.target)

    findings = await asyncio.gather(*(look(one) for one in due))
    return await _judged(prober, dict(zip(due, findings, strict=True)))


async def _judged(prober: Prober, found: Mapping[Due, Finding]) -> dict[uuid.UUID, Result]:
    """What the findings mean: with our own uplink gone, that nothing answers says nothing."""
    failed = any(finding.up is False for finding in found.values())
    blind = failed and not await prober.has_uplink()
    return {
        one.id: Result(
            None if blind and not finding.up else finding.up, finding.latency, finding.reason, due_at=one.next
        )
        for one, finding in found.items()
    }
