"""The network as a tree: what hangs on what, how that stands, and what is down only because something above it is."""

import uuid
from collections.abc import Collection
from dataclasses import dataclass, fields

from sqlalchemy import CTE, ColumnElement, func, select
from sqlalchemy.orm import aliased
from sqlmodel import col

from api.context import Context
from api.models import AccessPoint
from api.models.enums import AccessPointStatus, Permission, Scope
from api.resolvers.access import allow

_OFFLINE = col(AccessPoint.status) == AccessPointStatus.OFFLINE


@dataclass(frozen=True)
class NetworkSummary:
    """How many points show each status."""

    total: int = 0
    online: int = 0
    degraded: int = 0
    offline: int = 0
    maintenance: int = 0
    unknown: int = 0
    unreachable: int = 0
    """Of those OFFLINE: below another that is down."""


@allow(Permission.NETWORK_VIEW, Permission.METRICS_VIEW, Scope.METRICS_READ)
async def network_summary(ctx: Context) -> NetworkSummary:
    """How the network stands now."""
    cut_off = _below_a_dead_one()
    query = select(col(AccessPoint.status), cut_off, func.count()).group_by(col(AccessPoint.status), cut_off)
    async with ctx.db.read() as session:
        return _summed([(str(status), cut, n) for status, cut, n in (await session.execute(query)).all()])


@allow(Permission.NETWORK_VIEW)
async def children_of(ctx: Context, ids: list[uuid.UUID]) -> dict[uuid.UUID, list[AccessPoint]]:
    """The points that hang on each of these, by name."""
    query = select(AccessPoint).where(col(AccessPoint.parent_id).in_(ids))
    found: dict[uuid.UUID, list[AccessPoint]] = {id: [] for id in ids}
    async with ctx.db.read() as session:
        for point in (await session.execute(query.order_by(col(AccessPoint.name), col(AccessPoint.id)))).scalars():
            if point.parent_id is not None:
                found[point.parent_id].append(point)
    return found


@allow(Permission.NETWORK_VIEW)
async def below(ctx: Context, ids: list[uuid.UUID]) -> dict[uuid.UUID, NetworkSummary]:
    """How what hangs on each of these stands, at whatever distance."""
    found: dict[uuid.UUID, list[tuple[str, bool, int]]] = {id: [] for id in ids}
    child = aliased(AccessPoint)
    tree = (
        select(col(AccessPoint.parent_id).label("top"), col(AccessPoint.id).label("id"))
        .where(col(AccessPoint.parent_id).in_(ids))
        .cte("tree", recursive=True)
    )
    tree = tree.union(select(tree.c.top, child.id).join(tree, child.parent_id == tree.c.id))  # type: ignore[arg-type] - columns
    cut_off = _below_a_dead_one()
    query = (
        select(tree.c.top, col(AccessPoint.status), cut_off, func.count())
        .join(tree, tree.c.id == col(AccessPoint.id))
        .group_by(tree.c.top, col(AccessPoint.status), cut_off)
    )
    async with ctx.db.read() as session:
        for top, status, cut, n in (await session.execute(query)).all():
            found[top].append((str(status), cut, n))
    return {id: _summed(rows) for id, rows in found.items()}


@allow(Permission.NETWORK_VIEW)
async def cut_off_by(ctx: Context, ids: list[uuid.UUID]) -> dict[uuid.UUID, AccessPoint]:
    """Of these that are OFFLINE: the nearest point above that is down, for those that have one."""
    found: dict[uuid.UUID, AccessPoint] = {}
    hanging = select(col(AccessPoint.id), col(AccessPoint.parent_id)).where(col(AccessPoint.id).in_(ids), _OFFLINE)
    async with ctx.db.read() as session:
        above = {id: parent for id, parent in (await session.execute(hanging)).all() if parent is not None}
        while above:
            query = select(AccessPoint).where(col(AccessPoint.id).in_(set(above.values())))
            parents = {parent.id: parent for parent in (await session.execute(query)).scalars()}
            found |= {id: parents[parent] for id, parent in above.items() if parents[parent].up is False}
            above = {
                id: further
                for id, parent in above.items()
                if id not in found and (further := parents[parent].parent_id) is not None
            }
    return found


def lines_up(ids: Collection[uuid.UUID]) -> CTE:
    """Of each of these points (`point_id`): itself and all that it hangs on, at whatever distance (`above_id`)."""
    itself = select(
        col(AccessPoint.id).label("point_id"),
        col(AccessPoint.id).label("above_id"),
        col(AccessPoint.parent_id).label("next_id"),
    )
    line = itself.where(col(AccessPoint.id).in_(ids)).cte("line", recursive=True)
    parent = aliased(AccessPoint)
    further = select(line.c.point_id, col(parent.id), col(parent.parent_id))
    return line.union(further.join(line, col(parent.id) == line.c.next_id))


def _below_a_dead_one() -> ColumnElement[bool]:
    """Whether a point hangs, at whatever distance, on one that is down, also while that is worked on."""
    parent, child = aliased(AccessPoint), aliased(AccessPoint)
    beneath = (
        select(col(child.id).label("id"))
        .join(parent, col(child.parent_id) == col(parent.id))
        .where(col(parent.up).is_(False))
        .cte("beneath", recursive=True)
    )
    further = aliased(AccessPoint)
    beneath = beneath.union(select(col(further.id)).join(beneath, col(further.parent_id) == beneath.c.id))
    return col(AccessPoint.id).in_(select(beneath.c.id)).label("cut_off")


def _summed(rows: Collection[tuple[str, bool, int]]) -> NetworkSummary:
    counts: dict[str, int] = {}
    for status, _, n in rows:
        counts[status.lower()] = counts.get(status.lower(), 0) + n
    known = {field.name for field in fields(NetworkSummary)}
    offline = str(AccessPointStatus.OFFLINE)
    return NetworkSummary(
        total=sum(counts.values()),
        unreachable=sum(n for status, cut, n in rows if cut and status == offline),
        **{name: n for name, n in counts.items() if name in known},
    )
