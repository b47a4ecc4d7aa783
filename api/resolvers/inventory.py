"""The network's inventory, brought in and taken away whole: many points in one file, each by its name."""

import asyncio
import uuid
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, fields, replace

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from api.context import Context, Staff
from api.errors import Contention, Forbidden, Invalid, Problem
from api.models import AccessPoint, keep_property
from api.models.enums import ImportOutcome, Permission
from api.resolvers.access import allow
from api.resolvers.access_points import (
    AccessPointDetails,
    AccessPointFilter,
    Check,
    begin_watching,
    by_name,
    checked_details,
    narrowed,
    write_anew,
)
from api.resolvers.audit import record
from api.resolvers.inventory_columns import lines_of
from api.resolvers.inventory_plan import Draft, Standing, drafts_of, hang, parents_first
from api.resolvers.pages import LIMIT, PageRequest, paginate

_IMPORTS = "20/minute"
"""Files that one person may bring in, trials included: each may look up thousands of names."""
_LOOKUPS = 50
"""Addresses that are judged at the same time at most."""
_LAST = "access_points_imported_at"

_CHECK = tuple(one.name for one in fields(Check))
_WRITTEN = ("name", "location", "address", "parent_id", *_CHECK)
_INVENTORY = select(*(getattr(AccessPoint, name) for name in ("id", *_WRITTEN))).order_by(col(AccessPoint.id))


@dataclass(frozen=True)
class ImportedLine:
    """What has become, or would become, of one line of a file."""

    number: int
    name: str
    outcome: ImportOutcome
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True)
class ExportedPoint:
    """A point, with the name of what it hangs on."""

    point: AccessPoint
    parent: str | None


@allow(Permission.NETWORK_MANAGE)
async def import_access_points(ctx: Context, text: str, *, dry_run: bool = False) -> list[ImportedLine]:
    """Write down the points of a CSV file: new ones by new names, what it says of others where it differs.

    A column that is not there leaves what stands, an empty cell the default. A line that is refused keeps nobody back
    but those that hang on it: the same file, mended, may come again. A dry run only tells. Raises Invalid, RateLimited.
    """
    await ctx.services.limiter.take(_IMPORTS, "import", ctx.principal.actor)
    lines = lines_of(text)
    async with ctx.db.read() as session:
        standing = await _standing(session)
    drafts = drafts_of(lines, standing)
    await _check(ctx, drafts)
    hang(drafts, standing)
    if not dry_run and any(draft.outcome in (ImportOutcome.CREATED, ImportOutcome.UPDATED) for draft in drafts):
        await _carry_out(ctx, drafts, standing)
    return [ImportedLine(one.line.number, one.line.name, one.outcome, tuple(one.problems)) for one in drafts]


@allow(Permission.EXPORT)
async def export_access_points(
    ctx: Context, points: AccessPointFilter, *, form: str
) -> AsyncIterator[Sequence[ExportedPoint]]:
    """The points that a filter lets through, by name, a page at a time; kept in the audit before any is read.

    Raises Forbidden (no network to see).
    """
    if isinstance(ctx.principal, Staff) and not ctx.principal.may(Permission.NETWORK_VIEW):
        raise Forbidden("not_allowed")
    async with ctx.db.transaction() as tx:
        after = {"form": form, "filter": {name: value for name, value in vars(points).items() if value}}
        record(ctx, tx, action="export_access_points", object="access_points", after=after)
    return _pages(ctx, points)


async def _pages(ctx: Context, points: AccessPointFilter) -> AsyncIterator[Sequence[ExportedPoint]]:
    """A session for each page: nobody's download holds a connection while the browser takes its time."""
    request = PageRequest(first=LIMIT)
    while True:
        async with ctx.db.read() as session:
            page = await paginate(session, narrowed(select(AccessPoint), points), by_name, request)
            above = {point.parent_id for point in page.rows if point.parent_id}
            rows = await session.execute(
                select(col(AccessPoint.id), col(AccessPoint.name)).where(col(AccessPoint.id).in_(above))
            )
            names = {id: name for id, name in rows}
        yield [ExportedPoint(one, names.get(one.parent_id) if one.parent_id else None) for one in page.rows]
        if not page.has_next:
            return
        request = PageRequest(first=LIMIT, after=page.cursors[-1])


async def _standing(session: AsyncSession) -> Standing:
    """All points as people wrote them down."""
    found: dict[uuid.UUID, AccessPointDetails] = {}
    for id, name, location, address, parent_id, *check in (await session.execute(_INVENTORY)).all():
        found[id] = AccessPointDetails(
            name, location, address, parent_id, Check(**dict(zip(_CHECK, check, strict=True)))
        )
    return found


async def _check(ctx: Context, drafts: Sequence[Draft]) -> None:
    """Hold each to the rules of every point."""
    room = asyncio.Semaphore(_LOOKUPS)

    async def check(draft: Draft) -> None:
        try:
            async with room:
                draft.after = await checked_details(ctx.services.prober, draft.after)
        except Invalid as error:
            told = {problem.field[-1:] for problem in draft.problems}
            found = (replace(problem, field=problem.field[-1:]) for problem in error.problems)
            draft.problems += [problem for problem in found if problem.field not in told]

    await asyncio.gather(*(check(draft) for draft in drafts))


async def _carry_out(ctx: Context, drafts: Sequence[Draft], standing: Standing) -> None:
    """Write down what the drafts come to. Raises Contention when points were changed since they were read."""
    done = {outcome: [one for one in drafts if one.outcome is outcome] for outcome in ImportOutcome}
    updated = {draft.id: draft.after for draft in done[ImportOutcome.UPDATED]}
    async with ctx.db.transaction() as tx:
        # Of two at a time, neither would see the other's new names: this row lets one wait for the other.
        await tx.session.execute(keep_property(_LAST, tx.now.isoformat()))
        query = select(AccessPoint).where(col(AccessPoint.id).in_(updated)).order_by(col(AccessPoint.id))
        points = list((await tx.session.execute(query.with_for_update())).scalars())
        if await _standing(tx.session) != standing:
            raise Contention("unavailable")
        if done[ImportOutcome.CREATED]:
            await begin_watching(ctx, tx, parents_first({one.id: one.after for one in done[ImportOutcome.CREATED]}))
        for point in points:
            write_anew(ctx, tx, point, updated[point.id])
        counts = {str(outcome).lower(): len(found) for outcome, found in done.items()}
        record(ctx, tx, action="import_access_points", object="access_points", after=counts)
