"""Customers in the schema: what the staff may see of them."""

from datetime import datetime
from functools import partial
from typing import Annotated

import strawberry

from api.errors import NotFound
from api.resolvers import customers as use
from api.resolvers.customers import CustomerCard
from api.schema.base import Connection, Info, Node, UserError, from_id, page_request, payload, to_id
from api.schema.scalars import Cpf, Cursor


@strawberry.type(description="Who writes to us.")
class Customer(Node):
    name: str = strawberry.field(description="The name in our records; a chat may have been opened with another.")
    cpf_masked: str | None = strawberry.field(description="The CPF as lists show it, such as ***.982.247-**.")
    email: str | None = strawberry.field(description="The e-mail address.")
    phone: str | None = strawberry.field(description="The phone number, in E.164.")
    company: str | None = strawberry.field(description="The company.")
    created_at: datetime = strawberry.field(description="When they first wrote.")

    @classmethod
    def of(cls, card: CustomerCard) -> "Customer":
        row = card.customer
        return cls(
            id=to_id(row.id),
            name=row.name,
            cpf_masked=card.cpf_masked,
            email=row.email,
            phone=row.phone,
            company=row.company,
            created_at=row.created_at,
        )


@strawberry.type(description="A whole CPF, or what was wrong.")
class CpfPayload:
    cpf: str | None = strawberry.field(default=None, description="The CPF, such as 529.982.247-25.")
    user_errors: list[UserError] = strawberry.field(default_factory=list, description="What to mend.")


def no_customer() -> NotFound:
    """What an id that names no customer answers."""
    return NotFound("customer_not_found")


@strawberry.type
class CustomerQuery:
    @strawberry.field(description="One customer, by id or by CPF; null when unknown, or not the caller's to see.")
    async def customer(
        self,
        info: Info,
        id: Annotated[strawberry.ID | None, strawberry.argument(description="Their id.")] = None,
        cpf: Annotated[Cpf | None, strawberry.argument(description="Their CPF, formatted or not.")] = None,
    ) -> Customer | None:
        try:
            customer_id = from_id(id, missing=no_customer) if id is not None else None
            return Customer.of(await use.get_customer(info.context.ctx, id=customer_id, cpf=cpf))
        except NotFound:
            return None

    @strawberry.field(description="The customers of whom the caller may see a chat, by name.")
    async def customers(
        self,
        info: Info,
        search: Annotated[
            str | None,
            strawberry.argument(description="Part of a name, an e-mail or a phone number, or a whole CPF."),
        ] = None,
        first: Annotated[int | None, strawberry.argument(description="How many, at most 100; 50 by default.")] = None,
        after: Annotated[Cursor | None, strawberry.argument(description="After this place.")] = None,
    ) -> Connection[Customer]:
        ctx = info.context.ctx
        page = await use.list_customers(ctx, search, page_request(first, after))
        return Connection.of(
            page, lambda row: Customer.of(use.card_of(ctx, row)), partial(use.count_customers, ctx, search)
        )


@strawberry.type
class CustomerMutation:
    @strawberry.mutation(description="Show a whole CPF, once; who saw it, and why, is audited. Needs CPF_REVEAL.")
    @payload(CpfPayload)
    async def reveal_cpf(
        self,
        info: Info,
        customer_id: Annotated[strawberry.ID, strawberry.argument(description="Whose.")],
        reason: Annotated[
            str,
            strawberry.argument(description="Why, at most 500 characters, without a CPF: the audit log keeps it."),
        ],
    ) -> CpfPayload:
        key = from_id(customer_id, missing=no_customer)
        return CpfPayload(cpf=await use.reveal_cpf(info.context.ctx, key, reason=reason))
