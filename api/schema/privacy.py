"""Erasing a person in the schema."""

from typing import Annotated

import strawberry

from api.resolvers import privacy as use
from api.resolvers.customers import card_of
from api.schema.base import Info, UserError, from_id, payload
from api.schema.customers import Customer, no_customer


@strawberry.type(description="The customer without what was known of them, or what was wrong.")
class EraseCustomerPayload:
    customer: Customer | None = strawberry.field(
        default=None, description="What is left of them, or until when they are restricted."
    )
    user_errors: list[UserError] = strawberry.field(default_factory=list, description="What to mend.")


@strawberry.type
class PrivacyMutation:
    @strawberry.mutation(
        description="Take a person's name, CPF, contacts and words out of everything, for good; or, while the law "
        "keeps the record of their last chat (heldUntil), out of everybody's sight until then. Who did it, and why, "
        "is audited. Refused while a chat of theirs is open. Needs PRIVACY_MANAGE."
    )
    @payload(EraseCustomerPayload)
    async def erase_customer(
        self,
        info: Info,
        customer_id: Annotated[strawberry.ID, strawberry.argument(description="Whom.")],
        reason: Annotated[
            str,
            strawberry.argument(
                description="Why, at most 500 characters, without a CPF or a name: the audit log keeps it."
            ),
        ],
    ) -> EraseCustomerPayload:
        ctx = info.context.ctx
        key = from_id(customer_id, missing=no_customer)
        return EraseCustomerPayload(
            customer=Customer.of(card_of(ctx, await use.erase_customer(ctx, key, reason=reason)))
        )
