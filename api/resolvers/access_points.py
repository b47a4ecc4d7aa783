"""Access points: the pieces of network that customers hang on, written down, looked up, and heard from."""

import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from sqlalchemy import Select, delete, func, or_, select, update
from sqlmodel import col

from api.context import Context
from api.db import Transaction
from api.errors import Conflict, Invalid, NotFound
from api.events import AccessPointChanged, AccessPointDeleted
from api.models import (
    AccessPoint,
    AccessPointHour,
    AccessPointSample,
    AccessPointSpan,
    Customer,
    Incident,
    IncidentPoint,
    MaintenanceOf,
    Outage,
)
from api.models.base import new_id
from api.models.enums import AccessPointStatus, CheckKind, Permission, Scope
from api.prober import Prober
from api.resolvers.access import allow
from api.resolvers.audit import record
from api.resolvers.checks import Checks
from api.resolvers.pages import Order, Page, PageRequest, paginate
from api.resolvers.watching import Load, Result, begin_spans, settle

_HOST = re.compile(r"[0-9A-Za-z_]([0-9A-Za-z_.:-]{0,251}[0-9A-Za-z])?")
_PATH = re.compile(r"/[!-~]*")
_APART = timedelta(milliseconds=50)
"""Between the first checks of points that were written down together; closer where an interval would not do."""
DEEPEST = 32
"""How many points may hang on each other in a row."""

HANGING = (AccessPointSample, AccessPointHour, AccessPointSpan, Outage, MaintenanceOf, IncidentPoint)
"""Every table whose rows belong to a point, and go with it."""

by_name: Order[AccessPoint] = Order(
    columns=(col(AccessPoint.name), col(AccessPoint.id)), place=lambda point: (point.name, point.id)
)


@dataclass(frozen=True)
class Check:
    """How a point is checked."""

    kind: CheckKind = CheckKind.HEARTBEAT
    port: int | None = None
    path: str | None = None
    tls: bool = False
    every: timedelta = timedelta(minutes=1)
    timeout: timedelta = timedelta(seconds=5)
    fail_after: int = 3
    recover_after: int = 2
    slow_above: timedelta | None = None


@dataclass(frozen=True)
class AccessPointDetails:
    """A point, whole, as people write it down."""

    name: str
    location: str = ""
    address: str = ""
    parent_id: uuid.UUID | None = None
    check: Check = Check()


@dataclass(frozen=True)
class AccessPointFilter:
    """Which points a list is about; what is empty does not narrow it."""

    status: tuple[AccessPointStatus, ...] = ()
    search: str | None = None
    parent_id: uuid.UUID | None = None
    """What they hang on, with nothing between."""
    roots: bool = False
    """Whether only those that hang on nothing."""


@dataclass(frozen=True)
class Telemetry:
    """What a device tells: clients, per cent of processor and memory, and its own delay to us."""

    users: int | None = None
    cpu: float | None = None
    memory: float | None = None
    latency: timedelta | None = None


@allow(Permission.NETWORK_VIEW)
async def list_access_points(ctx: Context, points: AccessPointFilter, page: PageRequest) -> Page[AccessPoint]:
    """Points by name."""
    async with ctx.db.read() as session:
        return await paginate(session, narrowed(select(AccessPoint), points), by_name, page)


@allow(Permission.NETWORK_VIEW)
async def count_access_points(ctx: Context, points: AccessPointFilter) -> int:
    """How many points the list holds in all."""
    async with ctx.db.read() as session:
        return (await session.execute(narrowed(select(func.count()).select_from(AccessPoint), points))).scalar_one()


@allow(Permission.NETWORK_VIEW)
async def access_points_by_id(ctx: Context, ids: list[uuid.UUID]) -> dict[uuid.UUID, AccessPoint]:
    """Points by their ids."""
    async with ctx.db.read() as session:
        rows = await session.execute(select(AccessPoint).where(col(AccessPoint.id).in_(ids)))
        return {point.id: point for point in rows.scalars()}


@allow(Permission.NETWORK_MANAGE)
async def create_access_point(ctx: Context, details: AccessPointDetails) -> AccessPoint:
    """Begin to watch a point; its first check comes at once. Raises Invalid, NotFound (parent)."""
    details = await checked_details(ctx.services.prober, details)
    async with ctx.db.transaction() as tx:
        await _require_parent(tx, details.parent_id)
        [point] = await begin_watching(ctx, tx, {new_id(): details})
        return point


@allow(Permission.NETWORK_MANAGE)
async def update_access_point(ctx: Context, point_id: uuid.UUID, details: AccessPointDetails) -> AccessPoint:
    """Write a point down anew; what its checks have come to stays. Raises Invalid, NotFound (point, parent)."""
    details = await checked_details(ctx.services.prober, details)
    async with ctx.db.transaction() as tx:
        point = await access(tx, point_id)
        await _require_parent(tx, details.parent_id, under=point_id)
        write_anew(ctx, tx, point, details)
        return point


@allow(Permission.NETWORK_MANAGE)
async def delete_access_point(ctx: Context, point_id: uuid.UUID) -> None:
    """Watch a point no more, and forget what was found of it. Raises NotFound, Conflict (others hang on it)."""
    async with ctx.db.transaction() as tx:
        point = await access(tx, point_id)
        children = select(func.count()).where(col(AccessPoint.parent_id) == point_id)
        if (await tx.session.execute(children)).scalar_one():
            raise Conflict("access_point_has_children")
        for table in HANGING:
            await tx.session.execute(delete(table).where(col(table.access_point_id) == point_id))
        for named in (
            update(Customer).where(col(Customer.access_point_id) == point_id).values(access_point_id=None),
            update(Incident).where(col(Incident.root_id) == point_id).values(root_id=None),
        ):
            await tx.session.execute(named)
        await tx.session.delete(point)
        tx.emit(AccessPointDeleted(point_id))
        record(ctx, tx, action="delete_access_point", object=f"access_point:{point_id}", before=described(point))


@allow(Permission.NETWORK_MANAGE, Scope.NETWORK_REPORT)
async def report_access_point(ctx: Context, point_id: uuid.UUID, telemetry: Telemetry) -> AccessPoint:
    """Hear from a device: its load and, where it is checked by heartbeats, that it lives. Raises Invalid, NotFound."""
    _check_telemetry(telemetry)
    load = Load(telemetry.users, telemetry.cpu, telemetry.memory)
    heard = Result(True, telemetry.latency, load=load, reported=True)
    async with ctx.db.transaction() as tx:
        # Without a look at the point before: it is locked where all are, in their one order.
        await tx.write(lambda writing: settle(writing, {point_id: heard}))
        point = await tx.session.get(AccessPoint, point_id)
        if point is None:
            raise NotFound("access_point_not_found")
        return point


async def access(tx: Transaction, point_id: uuid.UUID) -> AccessPoint:
    """A point, held until the end of the transaction. Raises NotFound."""
    point = await tx.session.get(AccessPoint, point_id, with_for_update=True)
    if point is None:
        raise NotFound("access_point_not_found")
    return point


async def begin_watching(
    ctx: Context, tx: Transaction, details: Mapping[uuid.UUID, AccessPointDetails]
) -> list[AccessPoint]:
    """New points, each after what it hangs on; their first checks do not come all at once."""
    points: list[AccessPoint] = []
    for place, (point_id, one) in enumerate(details.items()):
        point = AccessPoint(id=point_id, **_columns(one), created_at=tx.now, since=tx.now, due_at=tx.now)
        point.due_at += min(_APART * place, point.every * place / len(details))
        if point.kind is CheckKind.HEARTBEAT:
            point.due_at = tx.now + point.every + point.timeout
        points.append(point)
        tx.emit(AccessPointChanged(point.id, previous=AccessPointStatus.UNKNOWN))
        record(ctx, tx, action="create_access_point", object=f"access_point:{point.id}", after=described(point))
    tx.session.add_all(points)
    spans = [{"access_point_id": point.id, "started_at": tx.now, "status": point.status} for point in points]
    await tx.write(lambda writing: begin_spans(writing.connection, spans))
    return points


def write_anew(ctx: Context, tx: Transaction, point: AccessPoint, details: AccessPointDetails) -> None:
    """Put what people write down in the place of what they had."""
    before = described(point)
    anew = (point.kind, point.address, point.every) != (details.check.kind, details.address, details.check.every)
    point.sqlmodel_update(_columns(details))
    if anew:
        point.due_at = tx.now + (point.every + point.timeout if point.kind is CheckKind.HEARTBEAT else timedelta())
    tx.session.add(point)
    tx.emit(AccessPointChanged(point.id, previous=point.status))
    entry = {"before": before, "after": described(point)}
    record(ctx, tx, action="update_access_point", object=f"access_point:{point.id}", **entry)


async def _require_parent(tx: Transaction, parent_id: uuid.UUID | None, under: uuid.UUID | None = None) -> None:
    """The parent is there, and hangs neither on its own child nor too deep. Raises NotFound, Invalid."""
    field = ("input", "parentId")
    above, deep = parent_id, 0
    while above is not None:
        parent = await tx.session.get(AccessPoint, above)
        if parent is None:
            raise NotFound("access_point_not_found", field=field)
        deep += 1
        if above == under or deep > DEEPEST:
            raise Invalid("parent_circle", field=field)
        above = parent.parent_id


def narrowed(query: Select[Any], points: AccessPointFilter) -> Select[Any]:
    """Only the points that a filter lets through."""
    if points.status:
        query = query.where(col(AccessPoint.status).in_(points.status))
    if points.parent_id is not None or points.roots:
        query = query.where(col(AccessPoint.parent_id) == points.parent_id)
    if points.search and points.search.strip():
        part = points.search.strip()
        columns = (col(AccessPoint.name), col(AccessPoint.location), col(AccessPoint.address))
        query = query.where(or_(*(column.icontains(part, autoescape=True) for column in columns)))
    return query


async def checked_details(prober: Prober, details: AccessPointDetails) -> AccessPointDetails:
    """A point as it is written down: trimmed, with what was left out. Raises Invalid."""
    checks = Checks("input")
    name = checks.text("name", details.name, limit=120)
    location = checks.text("location", details.location, limit=200, required=False)
    asks = details.check.kind is not CheckKind.HEARTBEAT
    address = checks.text("address", details.address, limit=253, required=asks)
    if address and not _HOST.fullmatch(address):
        checks.fault("address", "bad_value")
    elif address and asks and await prober.refuses(address):
        checks.fault("address", "address_not_allowed")
    check = _checked_check(prober, checks, details.check)
    checks.done()
    return replace(details, name=name, location=location, address=address, check=check)


def _checked_check(prober: Prober, checks: Checks, check: Check) -> Check:
    checks.duration("interval", check.every, least=timedelta(seconds=10), most=timedelta(days=1))
    checks.duration("timeout", check.timeout, least=timedelta(milliseconds=100), most=timedelta(seconds=30))
    if check.timeout >= check.every:
        checks.fault("timeout", "timeout_over_interval")
    checks.number("failAfter", check.fail_after, least=1, most=100)
    checks.number("recoverAfter", check.recover_after, least=1, most=100)
    if check.slow_above is not None:
        checks.duration("slowAbove", check.slow_above, least=timedelta(milliseconds=1), most=timedelta(seconds=30))
    if check.kind is CheckKind.ICMP and not prober.may_ping():
        checks.fault("kind", "icmp_not_available")
    port, path = check.port, check.path
    if check.kind is CheckKind.HTTP:
        port = port if port is not None else 443 if check.tls else 80
        path = path or "/"
        if len(path) > 500 or not _PATH.fullmatch(path):
            checks.fault("path", "bad_value")
    if check.kind in (CheckKind.TCP, CheckKind.HTTP):
        checks.number("port", port or 0, least=1, most=65535)
        return replace(check, port=port, path=path if check.kind is CheckKind.HTTP else None)
    return replace(check, port=None, path=None, tls=False)


def _check_telemetry(telemetry: Telemetry) -> None:
    checks = Checks("telemetry")
    if telemetry.users is not None:
        checks.number("users", telemetry.users, least=0, most=1_000_000)
    for name, share in (("cpu", telemetry.cpu), ("memory", telemetry.memory)):
        if share is not None and not 0 <= share <= 100:
            checks.fault(name, "bad_number", least=0, most=100)
    if telemetry.latency is not None:
        checks.duration("latency", telemetry.latency, least=timedelta(), most=timedelta(minutes=1))
    checks.done()


def _columns(details: AccessPointDetails) -> dict[str, Any]:
    own = {name: getattr(details, name) for name in ("name", "location", "address", "parent_id")}
    return own | vars(details.check)


def described(point: AccessPoint) -> dict[str, Any]:
    """What an audit entry says of a point: what people wrote down."""
    written = {"name", "location", "address", "parent_id", *vars(Check())}
    return point.model_dump(mode="json", include=written)
