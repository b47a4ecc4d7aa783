"""Who is kept out, in the schema."""

import uuid
from datetime import datetime
from typing import Annotated

import strawberry

from api.errors import NotFound
from api.resolvers import blocks as use
from api.schema.base import Info, Node, UserError, from_id, payload, to_id
from api.schema.customers import no_customer
from api.schema.users import DonePayload, User, load_user


@strawberry.type(description="A customer, or a network, from which no chat is opened.")
class Block(Node):
    customer_name: str | None = strawberry.field(description="The customer's name; null where it is a network.")
    network: str | None = strawberry.field(description="The address or prefix; null where it is a customer.")
    reason: str = strawberry.field(description="Why.")
    created_at: datetime = strawberry.field(description="Since when.")
    expires_at: datetime | None = strawberry.field(description="Until when; null: until somebody lifts it.")
    by: strawberry.Private[uuid.UUID]

    @classmethod
    def of(cls, blocked: use.Blocked) -> "Block":
        row = blocked.block
        return cls(
            id=to_id(row.id),
            customer_name=blocked.customer,
            network=row.network,
            reason=row.reason,
            created_at=row.created_at,
            expires_at=row.expires_at,
            by=row.created_by,
        )

    @strawberry.field(description="Who said so.")
    async def created_by(self, info: Info) -> User | None:
        return await load_user(info, self.by)


@strawberry.input(description="Whom to keep out: a customer, or an address or prefix.")
class BlockInput:
    reason: str = strawberry.field(description="Why, at most 500 characters.")
    customer_id: strawberry.ID | None = strawberry.field(default=None, description="A customer.")
    network: str | None = strawberry.field(default=None, description="An address or prefix, such as 203.0.113.0/24.")
    expires_at: datetime | None = strawberry.field(default=None, description="Until when; else until it is lifted.")

    def new(self) -> use.NewBlock:
        whose = from_id(self.customer_id, missing=no_customer) if self.customer_id else None
        return use.NewBlock(self.reason, whose, self.network, self.expires_at)


@strawberry.type(description="The block, or what was wrong.")
class BlockPayload:
    block: Block | None = strawberry.field(default=None, description="The block as it is now.")
    user_errors: list[UserError] = strawberry.field(default_factory=list, description="What to mend.")


def no_block() -> NotFound:
    """What an id that names no block answers."""
    return NotFound("block_not_found")


@strawberry.type
class BlockQuery:
    @strawberry.field(description="All blocks in force, the newest first; for who manages the queue.")
    async def blocks(self, info: Info) -> list[Block]:
        return [Block.of(each) for each in await use.list_blocks(info.context.ctx)]


@strawberry.type
class BlockMutation:
    @strawberry.mutation(description="Let a customer, or whoever writes from a network, open no chat; audited.")
    @payload(BlockPayload)
    async def create_block(
        self, info: Info, input: Annotated[BlockInput, strawberry.argument(description="Whom, why, until when.")]
    ) -> BlockPayload:
        return BlockPayload(block=Block.of(await use.create_block(info.context.ctx, input.new())))

    @strawberry.mutation(description="Lift a block; audited.")
    @payload(DonePayload)
    async def delete_block(
        self, info: Info, id: Annotated[strawberry.ID, strawberry.argument(description="The block.")]
    ) -> DonePayload:
        await use.delete_block(info.context.ctx, from_id(id, missing=no_block))
        return DonePayload(done=True)
