"""Who writes to us, as the staff may see them."""

import uuid
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlmodel import col

from api.context import Context, Principal
from api.db import Transaction
from api.errors import Conflict, NotFound
from api.events import ChatChanged
from api.masking import mask_numbers
from api.models import Chat, Customer
from api.models.enums import ChatStatus, Permission
from api.resolvers.access import allow, held_to, visible_chats
from api.resolvers.audit import record
from api.resolvers.checks import Checks
from api.resolvers.pages import Order, Page, PageRequest, paginate
from api.vault import cpf_digits

by_name: Order[Customer] = Order(
    columns=(col(Customer.name), col(Customer.id)), place=lambda customer: (customer.name, customer.id)
)

_known = col(Customer.erased_at).is_(None)
"""Who was erased is nobody to look for."""

in_use = and_(_known, col(Customer.restricted_at).is_(None))
"""Of whom something may still be done: neither erased, nor out of sight until they are."""

SEARCH_LIMIT = 120
REASON_LIMIT = 500
NAME_LIMIT = 120


@dataclass(frozen=True)
class CustomerCard:
    """A customer with the CPF as lists show it."""

    customer: Customer
    cpf_masked: str | None


@allow(Permission.CUSTOMER_VIEW)
async def customers_by_id(ctx: Context, ids: list[uuid.UUID]) -> dict[uuid.UUID, CustomerCard]:
    """Customers by their ids, as far as the caller may see a chat of theirs. The CPF leaves the vault masked only."""
    seen = held_to(visible_chats(ctx.principal))
    visible = select(col(Chat.customer_id)).where(col(Chat.customer_id).in_(ids), seen)
    async with ctx.db.read() as session:
        rows = await session.execute(select(Customer).where(col(Customer.id).in_(visible)))
        return {customer.id: card_of(ctx, customer) for customer in rows.scalars()}


@allow(Permission.CUSTOMER_VIEW)
async def get_customer(ctx: Context, *, id: uuid.UUID | None = None, cpf: str | None = None) -> CustomerCard:
    """One customer, by id or by CPF (formatted or not). Raises NotFound, Invalid.

    The same answer for who is unknown and for whose chats the caller may not see.
    """
    checks = Checks()
    if (id is None) == (cpf is None):
        checks.fault("id", "id_or_cpf")
    digits = checks.cpf("cpf", cpf, required=False) if cpf is not None else None
    checks.done()
    known = col(Customer.id) == id if digits is None else col(Customer.cpf_digest) == _digest(ctx, digits)
    async with ctx.db.read() as session:
        query = select(Customer).where(known, _visible(ctx.principal))
        customer = (await session.execute(query)).scalar_one_or_none()
    if customer is None:
        raise NotFound("customer_not_found")
    return card_of(ctx, customer)


@allow(Permission.CUSTOMER_VIEW)
async def list_customers(ctx: Context, search: str | None, page: PageRequest) -> Page[Customer]:
    """Those customers, by name, of whom the caller may see a chat; `search` is part of a name, an e-mail or a phone
    number, or a whole CPF. Raises Invalid.
    """
    query = select(Customer).where(_visible(ctx.principal), _known, *_sought(ctx, search))
    async with ctx.db.read() as session:
        return await paginate(session, query, by_name, page)


@allow(Permission.CUSTOMER_VIEW)
async def count_customers(ctx: Context, search: str | None) -> int:
    """How many customers the list holds in all. Raises Invalid."""
    query = select(func.count()).select_from(Customer).where(_visible(ctx.principal), _known, *_sought(ctx, search))
    async with ctx.db.read() as session:
        return (await session.execute(query)).scalar_one()


@dataclass(frozen=True)
class CustomerChange:
    """What to correct of a customer; None leaves a value as it is, nothing at all takes it away."""

    name: str | None = None
    email: str | None = None
    phone: str | None = None
    company: str | None = None


@allow(Permission.CUSTOMER_VIEW)
async def update_customer(ctx: Context, customer_id: uuid.UUID, change: CustomerChange) -> CustomerCard:
    """Correct what we know of a customer a chat of whose the caller may see; the CPF, which finds them, stays.

    Values that are not named stay as they are by then, whoever has changed them meanwhile.
    Raises NotFound, Invalid, Conflict (their data are restricted, or erased).
    """
    values = _corrected(change)
    async with ctx.db.transaction() as tx:
        customer = await changing_customer(ctx, tx, customer_id)
        changed = sorted(name for name, value in values.items() if getattr(customer, name) != value)
        if not changed:
            return card_of(ctx, customer)
        customer.sqlmodel_update({name: values[name] for name in changed})
        tx.session.add(customer)
        # What it was and is would outlast the person's erasure in the log: it tells what was corrected, and no more.
        record(ctx, tx, action="update_customer", object=f"customer:{customer.id}", after={"changed": changed})
        theirs = col(Chat.customer_id) == customer.id, col(Chat.status) != ChatStatus.CLOSED
        for chat_id in (await tx.session.execute(select(col(Chat.id)).where(*theirs).order_by(col(Chat.id)))).scalars():
            tx.emit(ChatChanged(chat_id=chat_id))
        return card_of(ctx, customer)


def _corrected(change: CustomerChange) -> dict[str, str | None]:
    checks = Checks()
    values: dict[str, str | None] = {}
    if change.name is not None:
        values["name"] = checks.text("name", change.name, limit=NAME_LIMIT)
    if change.email is not None:
        values["email"] = checks.email("email", change.email)
    if change.phone is not None:
        values["phone"] = checks.phone("phone", change.phone)
    if change.company is not None:
        values["company"] = checks.text("company", change.company, limit=NAME_LIMIT, required=False) or None
    checks.done()
    return values


async def changing_customer(ctx: Context, tx: Transaction, customer_id: uuid.UUID) -> Customer:
    """A customer a chat of whose the caller may see, held until the end of the transaction.

    Raises NotFound, Conflict (their data are restricted, or erased).
    """
    customer = await _seen(ctx, tx, customer_id, lock=True)
    # Behind the lock: what is written down after an erasure would never be erased.
    if customer.erased_at is not None:
        raise Conflict("customer_erased")
    if customer.restricted_at is not None:
        raise Conflict("customer_restricted")
    return customer


async def visible_customer(ctx: Context, tx: Transaction, customer_id: uuid.UUID) -> Customer:
    """A customer a chat of whose the caller may see. Raises NotFound."""
    return await _seen(ctx, tx, customer_id, lock=False)


async def _seen(ctx: Context, tx: Transaction, customer_id: uuid.UUID, *, lock: bool) -> Customer:
    query = select(Customer).where(col(Customer.id) == customer_id, _visible(ctx.principal))
    # Openings hold who they have found, and need not wait for a correction.
    query = query.with_for_update(key_share=True, of=Customer) if lock else query
    customer = (await tx.session.execute(query)).scalar_one_or_none()
    if customer is None:
        raise NotFound("customer_not_found")
    return customer


async def customer_of_cpf(ctx: Context, tx: Transaction, digits: str) -> Customer | None:
    """The customer of this CPF, as eleven digits, if we know them."""
    query = select(Customer).where(col(Customer.cpf_digest) == _digest(ctx, digits))
    # Whoever erases them meanwhile is waited for, and then nobody is found.
    query = query.with_for_update(read=True, key_share=True)
    return (await tx.session.execute(query)).scalar_one_or_none()


def checked_reason(reason: str) -> str:
    """Why something is done to a customer's data, as the audit log may keep it. Raises Invalid."""
    checks = Checks()
    reason = checks.prose("reason", reason, limit=REASON_LIMIT)
    # The log keeps what it is told for good. Any CPF is refused alike, so that nobody learns here whose it is.
    if mask_numbers(reason) != reason:
        checks.fault("reason", "cpf_in_reason")
    checks.done()
    return reason


def card_of(ctx: Context, customer: Customer) -> CustomerCard:
    """The customer as lists show them."""
    sealed = customer.cpf_sealed
    return CustomerCard(customer, ctx.services.vault.masked(sealed) if sealed else None)


def _visible(principal: Principal) -> ColumnElement[bool]:
    """Of whom the caller may see a chat: held to, since a customer has few and a department many."""
    theirs = select(col(Chat.id)).where(col(Chat.customer_id) == col(Customer.id), held_to(visible_chats(principal)))
    return theirs.exists()


def _sought(ctx: Context, search: str | None) -> list[ColumnElement[bool]]:
    checks = Checks()
    part = checks.text("search", search, limit=SEARCH_LIMIT, required=False).lower()
    checks.done()
    if not part:
        return []
    if (digits := cpf_digits(part)) is not None:
        return [col(Customer.cpf_digest) == _digest(ctx, digits)]
    columns: list[Any] = [func.lower(col(Customer.name)), func.lower(col(Customer.email)), col(Customer.phone)]
    return [or_(*(column.contains(part, autoescape=True) for column in columns))]


def _digest(ctx: Context, digits: str) -> str:
    return ctx.services.vault.digest("cpf", digits)


async def find_or_add_customer(
    ctx: Context,
    tx: Transaction,
    *,
    name: str,
    cpf: str | None = None,
    email: str | None = None,
    phone: str | None = None,
    access_point_id: uuid.UUID | None = None,
) -> Customer:
    """The customer of this CPF, untouched; or a new one. Nothing given here renames or completes a known customer, but
    for the access point: only a bot that we trust names that.
    """
    known = await customer_of_cpf(ctx, tx, cpf) if cpf else None
    if known is not None:
        known.access_point_id = access_point_id or known.access_point_id
        return known
    customer = Customer(
        name=name,
        cpf_digest=_digest(ctx, cpf) if cpf else None,
        cpf_sealed=ctx.services.vault.seal(cpf) if cpf else None,
        email=email,
        phone=phone,
        access_point_id=access_point_id,
        created_at=tx.now,
    )
    tx.session.add(customer)
    await tx.session.flush()
    return customer
