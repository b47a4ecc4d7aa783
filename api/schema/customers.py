"""Customers in the schema: what the staff may see of them."""

import uuid
from datetime import datetime
from functools import partial
from typing import Annotated

import strawberry

from api.errors import NotFound
from api.models.enums import Permission, Placed
from api.resolvers import connecting
from api.resolvers import customers as use
from api.resolvers.access import grants_of
from api.resolvers.customers import CustomerCard
from api.resolvers.revealing import reveal_cpf
from api.schema.access_points import AccessPoint, load_point, no_place
from api.schema.base import Connection, Info, Node, UserError, from_id, page_request, payload, to_id, user_errors
from api.schema.scalars import Cpf, Cursor


@strawberry.type(description="Who writes to us.")
class Customer(Node):
    name: str = strawberry.field(description="The name in our records; a chat may have been opened with another.")
    cpf_masked: str | None = strawberry.field(description="The CPF as lists show it, such as ***.982.247-**.")
    email: str | None = strawberry.field(description="The e-mail address.")
    phone: str | None = strawberry.field(description="The phone number, in E.164.")
    company: str | None = strawberry.field(description="The company.")
    created_at: datetime = strawberry.field(description="When they first wrote, or were written down.")
    point_key: strawberry.Private[uuid.UUID | None]
    erased_at: datetime | None = strawberry.field(description="When what was known of them was erased; null otherwise.")
    restricted_until: datetime | None = strawberry.field(
        description="Until when they are out of sight, for who holds PRIVACY_MANAGE alone to see, and are erased then; "
        "null otherwise."
    )

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
            point_key=row.access_point_id,
            erased_at=row.erased_at,
            restricted_until=row.restricted_until,
        )

    @strawberry.field(
        description="Until when their data, asked to be erased now, would be restricted instead, since the law keeps "
        "the record of their last chat; null where they would be erased at once, and without PRIVACY_MANAGE."
    )
    async def held_until(self, info: Info) -> datetime | None:
        if Permission.PRIVACY_MANAGE not in grants_of(info.context.ctx.principal):
            return None
        return await info.context.loaders.holds.load(uuid.UUID(self.id))

    @strawberry.field(description="What they hang on, as far as we were told; null for who may not see the network.")
    async def access_point(self, info: Info) -> AccessPoint | None:
        if self.point_key is None or Permission.NETWORK_VIEW not in grants_of(info.context.ctx.principal):
            return None
        return await load_point(info, self.point_key)


@strawberry.type(description="A whole CPF, or what was wrong.")
class CpfPayload:
    cpf: str | None = strawberry.field(default=None, description="The CPF, such as 529.982.247-25.")
    user_errors: list[UserError] = strawberry.field(default_factory=list, description="What to mend.")


@strawberry.input(description="A line of a list: whose connection hangs on which access point.")
class PlacementInput:
    cpf: Cpf = strawberry.field(description="Whose, by their CPF, formatted or not.")
    access_point: str = strawberry.field(default="", description="Which, by its id or its name; on none by default.")
    name: str = strawberry.field(default="", description="Their name; needed of whom we do not know yet.")

    def placement(self) -> connecting.Placement:
        return connecting.Placement(self.cpf, self.access_point, self.name)


@strawberry.type(description="What became of a line of a list.")
class Placement:
    outcome: Placed = strawberry.field(description="Whether it was new, another, known already, or could not be used.")
    user_errors: list[UserError] = strawberry.field(description="Why it could not be used; the paths begin in it.")
    customer_id: strawberry.ID | None = strawberry.field(description="The customer; null where it failed.")

    @classmethod
    def of(cls, info: Info, result: connecting.PlacementResult) -> "Placement":
        errors = user_errors(info, result.error) if result.error else []
        key = to_id(result.customer_id) if result.customer_id else None
        return cls(outcome=result.outcome, user_errors=errors, customer_id=key)


@strawberry.type(description="The customer, or what was wrong.")
class CustomerPayload:
    customer: Customer | None = strawberry.field(default=None, description="The customer as they are now.")
    user_errors: list[UserError] = strawberry.field(default_factory=list, description="What to mend.")


@strawberry.type(description="What became of a list, or what was wrong with the whole of it.")
class ImportCustomersPayload:
    results: list[Placement] | None = strawberry.field(default=None, description="Of each line, in its place.")
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
    @strawberry.mutation(
        description="Correct what we know of a customer. What is not given stays as it is; null takes it away, but for "
        "the name. Which of it was corrected, and by whom, is audited. Needs CUSTOMER_VIEW."
    )
    @payload(CustomerPayload)
    async def update_customer(
        self,
        info: Info,
        id: Annotated[strawberry.ID, strawberry.argument(description="Whom.")],
        name: Annotated[
            str | None, strawberry.argument(description="The name in our records, at most 120 characters.")
        ] = strawberry.UNSET,
        email: Annotated[str | None, strawberry.argument(description="The e-mail address.")] = strawberry.UNSET,
        phone: Annotated[
            str | None, strawberry.argument(description="The phone number; without a country code, of Brazil.")
        ] = strawberry.UNSET,
        company: Annotated[
            str | None, strawberry.argument(description="The company, at most 120 characters.")
        ] = strawberry.UNSET,
    ) -> CustomerPayload:
        given = {"name": name, "email": email, "phone": phone, "company": company}
        change = use.CustomerChange(
            **{field: value or "" for field, value in given.items() if value is not strawberry.UNSET}
        )
        key = from_id(id, missing=no_customer)
        return CustomerPayload(customer=Customer.of(await use.update_customer(info.context.ctx, key, change)))

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
        return CpfPayload(cpf=await reveal_cpf(info.context.ctx, key, reason=reason))

    @strawberry.mutation(description="Say what a customer hangs on; their chats follow within seconds.")
    @payload(CustomerPayload)
    async def set_customer_access_point(
        self,
        info: Info,
        customer_id: Annotated[strawberry.ID, strawberry.argument(description="Whose connection.")],
        access_point_id: Annotated[
            strawberry.ID | None, strawberry.argument(description="The access point; null for none that we know.")
        ] = None,
    ) -> CustomerPayload:
        key = from_id(customer_id, missing=no_customer)
        point = from_id(access_point_id, missing=no_place) if access_point_id else None
        card = await connecting.set_customer_access_point(info.context.ctx, key, point)
        return CustomerPayload(customer=Customer.of(card))

    @strawberry.mutation(description="Say of up to 500 customers what they hang on; a line that fails keeps none back.")
    @payload(ImportCustomersPayload)
    async def import_customers(
        self,
        info: Info,
        lines: Annotated[list[PlacementInput], strawberry.argument(description="One for each customer.")],
    ) -> ImportCustomersPayload:
        found = await connecting.import_customers(info.context.ctx, [line.placement() for line in lines])
        return ImportCustomersPayload(results=[Placement.of(info, result) for result in found])
