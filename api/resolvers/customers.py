"""Who writes to us, as the staff may see them."""

import uuid
from dataclasses import dataclass

from sqlalchemy import select
from sqlmodel import col

from api.context import Context
from api.db import Transaction
from api.models import Chat, Customer
from api.models.enums import Permission
from api.resolvers.access import allow, held_to, visible_chats


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
        masked = ctx.services.vault.masked
        return {
            customer.id: CustomerCard(customer, masked(customer.cpf_sealed) if customer.cpf_sealed else None)
            for customer in rows.scalars()
        }


async def find_or_add_customer(
    ctx: Context,
    tx: Transaction,
    *,
    name: str,
    cpf: str | None = None,
    email: str | None = None,
    phone: str | None = None,
) -> Customer:
    """The customer of this CPF, untouched; or a new one. Nothing given here renames or completes a known customer."""
    digest = ctx.services.vault.digest("cpf", cpf) if cpf else None
    if digest is not None:
        query = select(Customer).where(col(Customer.cpf_digest) == digest)
        known = (await tx.session.execute(query)).scalar_one_or_none()
        if known is not None:
            return known
    customer = Customer(
        name=name,
        cpf_digest=digest,
        cpf_sealed=ctx.services.vault.seal(cpf) if cpf else None,
        email=email,
        phone=phone,
        created_at=tx.now,
    )
    tx.session.add(customer)
    await tx.session.flush()
    return customer
