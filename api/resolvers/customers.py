"""Who writes to us, as the staff may see them."""

import uuid
from dataclasses import dataclass

from sqlalchemy import select
from sqlmodel import col

from api.context import Context
from api.models import Customer
from api.models.enums import Permission
from api.resolvers.access import allow


@dataclass(frozen=True)
class CustomerCard:
    """A customer with the CPF as lists show it."""

    customer: Customer
    cpf_masked: str | None


@allow(Permission.CUSTOMER_VIEW)
async def customers_by_id(ctx: Context, ids: list[uuid.UUID]) -> dict[uuid.UUID, CustomerCard]:
    """Customers by their ids. The CPF leaves the vault masked only."""
    async with ctx.db.read() as session:
        rows = await session.execute(select(Customer).where(col(Customer.id).in_(ids)))
        masked = ctx.services.vault.masked
        return {
            customer.id: CustomerCard(customer, masked(customer.cpf_sealed) if customer.cpf_sealed else None)
            for customer in rows.scalars()
        }
