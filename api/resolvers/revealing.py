"""How often somebody may have a whole CPF shown: a reason for each stops nobody who goes through a list."""

import uuid

from api.context import Context
from api.models.enums import Permission
from api.resolvers import customers
from api.resolvers.access import allow


@allow(Permission.CPF_REVEAL)
async def reveal_cpf(ctx: Context, customer_id: uuid.UUID, *, reason: str) -> str:
    """The whole CPF of a customer as `customers.reveal_cpf` shows it, at the pace of a person, however they signed in.

    Each try counts. Raises RateLimited, NotFound, Invalid, Conflict.
    """
    await ctx.services.limiter.take(ctx.settings.rate_reveal, "reveal", ctx.principal.actor)
    return await customers.reveal_cpf(ctx, customer_id, reason=reason)
