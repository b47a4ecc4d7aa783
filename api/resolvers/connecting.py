"""Which piece of network each customer hangs on: said by hand, by a key, or by a list of many."""

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlmodel import col

from api.context import Context
from api.db import Transaction
from api.errors import AppError, Contention, Invalid, NotFound
from api.models import AccessPoint, Customer
from api.models.enums import Permission, Placed, Scope
from api.resolvers.access import allow
from api.resolvers.audit import record
from api.resolvers.checks import Checks
from api.resolvers.customers import NAME_LIMIT, CustomerCard, card_of, changing_customer, customer_of_cpf
from api.vault import cpf_digits

MOST_LINES = 500


@dataclass(frozen=True)
class Placement:
    """Whose connection hangs on which point, by its id or its name; of somebody new the name is needed too."""

    cpf: str
    access_point: str = ""
    """Empty: on none."""
    name: str = ""


@dataclass(frozen=True)
class PlacedCustomer:
    """Whom a line was about, and what became of it."""

    outcome: Placed
    customer_id: uuid.UUID


@dataclass(frozen=True)
class PlacementResult:
    """What became of a line, and why not where it failed."""

    outcome: Placed
    customer_id: uuid.UUID | None = None
    error: AppError | None = None


@allow(Permission.NETWORK_VIEW)
async def count_customers_of(ctx: Context, ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, int]:
    """How many customers hang on each of these points themselves; points with none are absent."""
    query = (
        select(col(Customer.access_point_id), func.count())
        .where(col(Customer.access_point_id).in_(ids))
        .group_by(col(Customer.access_point_id))
    )
    async with ctx.db.read() as session:
        return {point_id: count for point_id, count in await session.execute(query) if point_id is not None}


@allow(Permission.CUSTOMER_VIEW)
async def set_customer_access_point(
    ctx: Context, customer_id: uuid.UUID, access_point_id: uuid.UUID | None
) -> CustomerCard:
    """Say which point a customer whom the caller may see hangs on; None: on none that we know.

    Raises NotFound (customer, access point), Conflict (their data are restricted, or erased).
    """
    async with ctx.db.transaction() as tx:
        customer = await changing_customer(ctx, tx, customer_id)
        if access_point_id is not None:
            await require_point(tx, access_point_id, field=("accessPointId",))
        _place(ctx, tx, customer, access_point_id)
        return card_of(ctx, customer)


@allow(Permission.NETWORK_MANAGE, Scope.CUSTOMER_WRITE)
async def place_customer(ctx: Context, placement: Placement) -> PlacedCustomer:
    """Say by CPF which point a customer hangs on; somebody new is written down. Again changes nothing.

    Raises Invalid, NotFound (access point).
    """
    try:
        async with ctx.db.transaction() as tx:
            return await _place_one(ctx, tx, placement, await _points_named(tx, {placement.access_point.strip()}))
    except IntegrityError as error:
        # Somebody else wrote this CPF down at the same moment: run again and find them.
        raise Contention("unavailable") from error


@allow(Permission.NETWORK_MANAGE, Scope.CUSTOMER_WRITE)
async def import_customers(ctx: Context, placements: Sequence[Placement]) -> list[PlacementResult]:
    """Place a stretch of a list, at most `MOST_LINES`: what becomes of each line, in its place. Again changes nothing.

    A line that cannot be used is told of, and keeps no other back. Raises Invalid (too many).
    """
    checks = Checks()
    checks.number("lines", len(placements), least=1, most=MOST_LINES)
    checks.done()
    try:
        async with ctx.db.transaction() as tx:
            results = await _place_all(ctx, tx, placements)
            counts = {kind.lower(): sum(result.outcome is kind for result in results) for kind in Placed}
            record(ctx, tx, action="import_customers", object="customers:list", after=counts)
            return results
    except IntegrityError as error:
        raise Contention("unavailable") from error


async def require_point(tx: Transaction, point_id: uuid.UUID, *, field: tuple[str, ...]) -> AccessPoint:
    """The point, if there is one. Raises NotFound."""
    point = await tx.session.get(AccessPoint, point_id)
    if point is None:
        raise NotFound("access_point_not_found", field=field)
    return point


def _place(ctx: Context, tx: Transaction, customer: Customer, point_id: uuid.UUID | None) -> bool:
    if customer.access_point_id == point_id:
        return False
    before, after = ({"access_point": str(id) if id else None} for id in (customer.access_point_id, point_id))
    customer.access_point_id = point_id
    tx.session.add(customer)
    entry = {"before": before, "after": after}
    record(ctx, tx, action="set_customer_access_point", object=f"customer:{customer.id}", **entry)
    return True


async def _place_all(ctx: Context, tx: Transaction, placements: Sequence[Placement]) -> list[PlacementResult]:
    points = await _points_named(tx, {placement.access_point.strip() for placement in placements})
    results: list[PlacementResult] = []
    for placement in placements:
        try:
            placed = await _place_one(ctx, tx, placement, points)
            results.append(PlacementResult(placed.outcome, placed.customer_id))
        except AppError as error:
            results.append(PlacementResult(Placed.FAILED, error=error))
    return results


async def _place_one(
    ctx: Context, tx: Transaction, placement: Placement, points: dict[str, list[uuid.UUID]]
) -> PlacedCustomer:
    checks = Checks()
    name = checks.text("name", placement.name, limit=NAME_LIMIT, required=False)
    digits = cpf_digits(placement.cpf)
    if digits is None:
        checks.fault("cpf", "bad_cpf")
    checks.done()
    point_id = _named(points, placement.access_point.strip())
    known = await customer_of_cpf(ctx, tx, digits or "")
    if known is not None:
        changed = _place(ctx, tx, known, point_id)
        return PlacedCustomer(Placed.CHANGED if changed else Placed.UNCHANGED, known.id)
    if not name:
        raise Invalid("customer_name_needed", field=("name",))
    vault = ctx.services.vault
    customer = Customer(
        name=name,
        cpf_digest=vault.digest("cpf", digits or ""),
        cpf_sealed=vault.seal(digits or ""),
        access_point_id=point_id,
        created_at=tx.now,
    )
    tx.session.add(customer)
    await tx.session.flush()
    after = {"access_point": str(point_id) if point_id else None}
    record(ctx, tx, action="set_customer_access_point", object=f"customer:{customer.id}", after=after)
    return PlacedCustomer(Placed.ADDED, customer.id)


async def _points_named(tx: Transaction, names: Iterable[str]) -> dict[str, list[uuid.UUID]]:
    """The points of these names and ids."""
    names = {name for name in names if name}
    ids = {parsed for name in names if (parsed := _id(name)) is not None}
    query = select(col(AccessPoint.id), col(AccessPoint.name)).where(
        col(AccessPoint.name).in_(names) | col(AccessPoint.id).in_(ids)
    )
    found: dict[str, list[uuid.UUID]] = {}
    for point_id, name in await tx.session.execute(query):
        found.setdefault(name, []).append(point_id)
        found.setdefault(str(point_id), []).append(point_id)
    return found


def _named(points: dict[str, list[uuid.UUID]], name: str) -> uuid.UUID | None:
    if not name:
        return None
    parsed = _id(name)
    found = points.get(str(parsed) if parsed else name, [])
    if not found:
        raise NotFound("access_point_not_found", field=("accessPoint",))
    if len(found) > 1:
        raise Invalid("access_point_ambiguous", field=("accessPoint",))
    return found[0]


def _id(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text)
    except ValueError:
        return None
