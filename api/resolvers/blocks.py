"""Keeping out who abuses the desk: a customer, or a network, for a while or until somebody lifts it."""

import uuid
from dataclasses import dataclass
from datetime import datetime
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from typing import Any

from sqlalchemy import ColumnElement, delete, or_, select
from sqlmodel import col

from api.context import Context, Machine
from api.db import Transaction
from api.errors import Forbidden, NotFound
from api.models import Block, Customer
from api.models.enums import Permission
from api.resolvers.access import Who, allow, staff
from api.resolvers.audit import record
from api.resolvers.checks import Checks
from api.resolvers.customers import REASON_LIMIT, in_use

_WIDEST = {4: 8, 6: 19}
"""The shortest prefix that may be blocked: more would be the half of everybody."""


@dataclass(frozen=True)
class NewBlock:
    """Whom to keep out: a customer, or an address or prefix; and why, and until when."""

    reason: str
    customer_id: uuid.UUID | None = None
    network: str | None = None
    expires_at: datetime | None = None


@dataclass(frozen=True)
class Blocked:
    """A block, and the name of the customer where it is one's."""

    block: Block
    customer: str | None


@allow(Permission.QUEUE_MANAGE)
async def list_blocks(ctx: Context) -> list[Blocked]:
    """All blocks in force, the newest first."""
    query = (
        select(Block, col(Customer.name))
        .outerjoin(Customer, col(Customer.id) == col(Block.customer_id))
        .where(_in_force(ctx.now()))
        .order_by(col(Block.id).desc())
    )
    async with ctx.db.read() as session:
        return [Blocked(block, name) for block, name in (await session.execute(query)).all()]


@allow(Permission.QUEUE_MANAGE)
async def create_block(ctx: Context, new: NewBlock) -> Blocked:
    """Let a customer, or whoever writes from a network, open no chat any more; what is open goes on.

    Raises Invalid, NotFound (customer).
    """
    network, reason = _checked(ctx, new)
    async with ctx.db.transaction() as tx:
        name = await _named(tx, new.customer_id) if new.customer_id else None
        block = Block(
            customer_id=new.customer_id,
            network=network,
            reason=reason,
            created_at=tx.now,
            created_by=staff(ctx).user_id,
            expires_at=new.expires_at,
        )
        tx.session.add(block)
        record(ctx, tx, action="create_block", object=f"block:{block.id}", after=_described(block))
        return Blocked(block, name)


@allow(Permission.QUEUE_MANAGE)
async def delete_block(ctx: Context, block_id: uuid.UUID) -> None:
    """Lift a block. Raises NotFound."""
    async with ctx.db.transaction() as tx:
        block = await tx.session.get(Block, block_id, with_for_update=True)
        if block is None:
            raise NotFound("block_not_found")
        record(ctx, tx, action="delete_block", object=f"block:{block.id}", before=_described(block))
        await tx.session.delete(block)


@allow(Who.SYSTEM)
async def prune_blocks(ctx: Context) -> int:
    """Forget blocks that have expired. Returns how many."""
    async with ctx.db.transaction() as tx:
        over = delete(Block).where(col(Block.expires_at) <= tx.now).returning(col(Block.id))
        return len((await tx.session.execute(over)).all())


async def require_welcome(ctx: Context, tx: Transaction, customer: Customer) -> None:
    """Before a chat is opened or reopened: neither the customer is blocked, nor where they write from.

    A key's address is its bot's, and tells nothing of the customer. Raises Forbidden.
    """
    theirs: ColumnElement[bool] = col(Block.customer_id) == customer.id
    if not isinstance(ctx.principal, Machine):
        theirs = or_(theirs, col(Block.network).is_not(None))
    query = select(col(Block.network)).where(theirs, _in_force(tx.now))
    for network in (await tx.session.execute(query)).scalars():
        if network is None or _within(ctx.address, network):
            raise Forbidden("blocked")


def _in_force(now: datetime) -> ColumnElement[bool]:
    return or_(col(Block.expires_at).is_(None), col(Block.expires_at) > now)


def _within(address: str | None, network: str) -> bool:
    try:
        found = ip_address(address or "")
    except ValueError:
        return False
    # An IPv4 address that came over an IPv6 socket is itself.
    return (getattr(found, "ipv4_mapped", None) or found) in ip_network(network)


def _checked(ctx: Context, new: NewBlock) -> tuple[str | None, str]:
    checks = Checks("input")
    if (new.customer_id is None) == (not new.network):
        checks.fault("network", "customer_or_network")
    network = _network(checks, new.network) if new.network else None
    reason = checks.prose("reason", new.reason, limit=REASON_LIMIT)
    checks.future("expiresAt", new.expires_at, "past_expiry", now=ctx.now())
    checks.done()
    return (str(network) if network else None), reason


def _network(checks: Checks, text: str) -> IPv4Network | IPv6Network | None:
    try:
        network = ip_network(text.strip(), strict=False)
    except ValueError:
        checks.fault("network", "bad_network")
        return None
    if network.prefixlen < _WIDEST[network.version]:
        checks.fault("network", "network_too_wide", prefix=_WIDEST[network.version])
    return network


async def _named(tx: Transaction, customer_id: uuid.UUID) -> str:
    """The name of a customer, held against their erasure. Raises NotFound."""
    known = select(col(Customer.name)).where(col(Customer.id) == customer_id, in_use)
    name = (await tx.session.execute(known.with_for_update(read=True, key_share=True))).scalar_one_or_none()
    if name is None:
        raise NotFound("customer_not_found", field=("input", "customerId"))
    return name


def _described(block: Block) -> dict[str, Any]:
    """What an audit entry says of a block: not its reason, which may name people, since entries are for ever."""
    return block.model_dump(mode="json", include={"customer_id", "network", "expires_at"})
