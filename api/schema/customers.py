"""Customers in the schema: what the staff may see of them."""

from datetime import datetime

import strawberry

from api.resolvers.customers import CustomerCard
from api.schema.base import Node, to_id


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
