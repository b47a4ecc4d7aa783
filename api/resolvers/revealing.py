"""Showing somebody a whole CPF: audited, and at the pace of a person."""

import uuid

from api.context import Context
from api.db import persist
from api.errors import Conflict
from api.models.enums import Permission
from api.resolvers.access import allow
from api.resolvers.audit import record
from api.resolvers.customers import checked_reason, visible_customer
from api.vault import written


@allow(Permission.CPF_REVEAL)
async def reveal_cpf(ctx: Context, customer_id: uuid.UUID, *, reason: str) -> str:
    """The whole CPF, such as 529.982.247-25, of somebody a chat of whose the caller may see. That is audited, with the
    reason: without an entry nothing is shown.

    Raises RateLimited (each try counts: a reason for each stops nobody who goes through a list), NotFound, Invalid (the
    reason is needed, and holds no CPF), Conflict (there is none).
    """
    await ctx.services.limiter.take(ctx.settings.rate_reveal, "reveal", ctx.principal.actor)
    reason = checked_reason(reason)
    # Counted once, also when the transaction gives way and is done again.
    return await persist(lambda: _reveal(ctx, customer_id, reason))


async def _reveal(ctx: Context, customer_id: uuid.UUID, reason: str) -> str:
    async with ctx.db.transaction() as tx:
        customer = await visible_customer(ctx, tx, customer_id)
        if customer.cpf_sealed is None:
            raise Conflict("no_cpf")
        record(ctx, tx, action="reveal_cpf", object=f"customer:{customer.id}", after={"reason": reason})
        return written(ctx.services.vault.unseal(customer.cpf_sealed))
