"""What a person may ask of whoever holds their data: a copy of all of it, and that it be erased (LGPD, art. 18)."""

import uuid
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, delete, select
from sqlmodel import col

from api.context import Context
from api.db import Transaction
from api.errors import Conflict, NotFound
from api.events import ChatChanged, chat_stream
from api.models import AuditEntry, Block, Chat, Customer, Department, Message, Property, keep_property, property_value
from api.models.enums import ChatStatus, Permission
from api.resolvers.access import Who, allow
from api.resolvers.audit import record
from api.resolvers.customers import checked_reason
from api.resolvers.restricting import Closed, held_until, restrict
from api.resolvers.rounds import one_by_one
from api.resolvers.tombstones import Tombstones, put_tombstones
from api.scrubbing import scrub as rewrite
from api.texts import say
from api.vault import written

_BATCH = 100
SCRUB_DUE = "scrub_due"
"""The property that says since when something was erased whose bytes may still be in the database's files."""


@dataclass(frozen=True)
class Conversation:
    """A chat of a person's, with every line of it and what the audit log tells of it."""

    chat: Chat
    department: str
    lines: Sequence[Message]
    acts: Sequence[AuditEntry]


@dataclass(frozen=True)
class PersonalData:
    """All that is kept of a person; their conversations are read as they are asked for, the oldest first."""

    customer: Customer
    cpf: str | None
    """Whole: it is their own."""
    acts: Sequence[AuditEntry]
    """Who of the staff saw their CPF, or took a copy of their data."""
    conversations: AsyncIterator[Conversation]


@allow(Permission.PRIVACY_MANAGE)
async def export_customer(ctx: Context, customer_id: uuid.UUID) -> PersonalData:
    """A copy of everything that is kept of a person, for them to have. Kept in the audit before anything is read.

    Raises NotFound.
    """
    async with ctx.db.transaction() as tx:
        customer = await tx.session.get(Customer, customer_id)
        if customer is None:
            raise NotFound("customer_not_found")
        record(ctx, tx, action="export_customer", object=_object(customer_id))
    async with ctx.db.read() as session:
        acts = (await session.execute(_acts(_object(customer_id)))).scalars().all()
    cpf = customer.cpf_sealed and written(ctx.services.vault.unseal(customer.cpf_sealed))
    return PersonalData(customer, cpf, acts, _conversations(ctx, customer_id))


async def _conversations(ctx: Context, customer_id: uuid.UUID) -> AsyncIterator[Conversation]:
    """A session for each: nobody's download holds a connection while the browser takes its time."""
    next_one = (
        select(Chat, col(Department.name))
        .join(Department, col(Department.id) == col(Chat.department_id))
        .where(col(Chat.customer_id) == customer_id)
        .order_by(col(Chat.id))
        .limit(1)
    )
    query = next_one
    while True:
        async with ctx.db.read() as session:
            found = (await session.execute(query)).one_or_none()
            if found is None:
                return
            chat, department = found
            lines = select(Message).where(col(Message.chat_id) == chat.id).order_by(col(Message.seq))
            told = (await session.execute(lines)).scalars().all()
            acts = (await session.execute(_acts(f"chat:{chat.id}"))).scalars().all()
        yield Conversation(chat, department, told, acts)
        query = next_one.where(col(Chat.id) > chat.id)


@allow(Permission.PRIVACY_MANAGE)
async def erase_customer(ctx: Context, customer_id: uuid.UUID, *, reason: str) -> Customer:
    """Take a person's name, CPF, contacts and words out of everything; that they came, and when, stays, with no name.

    While `ALIDASH_LEGAL_HOLD` keeps the record of their last chat, they and their chats are taken out of sight instead,
    and erased when it ends. Their bytes leave the database's files with the next `scrub`. Asking again changes nothing.
    Raises NotFound, Invalid (the reason is needed, and holds no CPF), Conflict (a chat of theirs is open).
    """
    reason = checked_reason(reason)
    async with ctx.db.transaction() as tx:
        customer = await _held(tx, customer_id)
        if customer is None:
            raise NotFound("customer_not_found")
        if customer.erased_at is not None:
            return customer
        chats = await _closed_chats(tx, customer_id)
        until = held_until(ctx.settings, chats.last, tx.now)
        if until is None:
            await _erase(ctx, tx, customer, chats, {"reason": reason})
        elif customer.restricted_at is None:
            await restrict(ctx, tx, customer, chats, until=until, reason=reason)
        else:
            return customer
        for chat_id in chats.ids:
            tx.emit(ChatChanged(chat_id=chat_id))
    # Their tokens open nothing any more.
    ctx.services.identities.forget([chat_stream(chat_id) for chat_id in chats.ids])
    return customer


@allow(Who.SYSTEM)
async def erase_held(ctx: Context) -> int:
    """Erase those whose data were kept out of sight only for as long as the law asked for. Returns how many."""
    over = select(col(Customer.id)).where(col(Customer.restricted_until) <= ctx.now()).limit(_BATCH)
    async with ctx.db.read() as session:
        ids = list((await session.execute(over.order_by(col(Customer.restricted_until)))).scalars())
    return await one_by_one(ids, lambda customer_id: _end_hold(ctx, customer_id))


async def _end_hold(ctx: Context, customer_id: uuid.UUID) -> bool:
    """Each in a transaction of its own. False when somebody else did it meanwhile."""
    async with ctx.db.transaction() as tx:
        customer = await _held(tx, customer_id)
        if customer is None or customer.restricted_until is None or customer.restricted_until > tx.now:
            return False
        at = customer.restricted_at
        asked = {"asked_by": customer.restricted_by, "asked_at": at and at.isoformat()}
        chats = await _closed_chats(tx, customer_id)
        await _erase(ctx, tx, customer, chats, asked)
        for chat_id in chats.ids:
            tx.emit(ChatChanged(chat_id=chat_id))
        return True


async def _held(tx: Transaction, customer_id: uuid.UUID) -> Customer | None:
    # Against openings, which hold the customer that they have found: either they are seen here, or find nobody.
    return await tx.session.get(Customer, customer_id, with_for_update=True)


async def _erase(ctx: Context, tx: Transaction, customer: Customer, chats: Closed, told: dict[str, Any]) -> None:
    locale = ctx.settings.locale
    stones = Tombstones(name=say("erased_name", locale), line=say("erased_line", locale))
    await tx.write(lambda writing: put_tombstones(writing, chats.ids, stones))
    await tx.session.execute(delete(Block).where(col(Block.customer_id) == customer.id))
    _forget_person(customer, stones)
    customer.erased_at = tx.now
    tx.session.add(customer)
    record(ctx, tx, action="erase_customer", object=_object(customer.id), after=told | {"chats": len(chats.ids)})
    await tx.session.execute(keep_property(SCRUB_DUE, tx.now.isoformat()))


@allow(Who.SYSTEM)
async def scrub(ctx: Context) -> bool:
    """Rewrite the database's files when something was erased since the last time, so that they hold no bytes of it.

    False when there is nothing to do, or when a reader stood in the way and it is tried again next time.
    Raises Unavailable, StorageFull.
    """
    due = await ctx.db.look(lambda connection: connection.execute(property_value(SCRUB_DUE)).scalar_one_or_none())
    if due is None or not await rewrite(ctx.db):
        return False
    async with ctx.db.transaction() as tx:
        # What was erased meanwhile is due all the same.
        done = delete(Property).where(col(Property.name) == SCRUB_DUE, col(Property.value) == due)
        await tx.session.execute(done)
    return True


async def _closed_chats(tx: Transaction, customer_id: uuid.UUID) -> Closed:
    """The chats of a customer, held; all of them have ended. Raises Conflict."""
    theirs = select(col(Chat.id), col(Chat.status), col(Chat.closed_at)).where(col(Chat.customer_id) == customer_id)
    chats = (await tx.session.execute(theirs.order_by(col(Chat.id)).with_for_update())).all()
    if any(chat.status is not ChatStatus.CLOSED for chat in chats):
        raise Conflict("customer_has_open_chats")
    return Closed([chat.id for chat in chats], max((chat.closed_at for chat in chats), default=None))


def _forget_person(customer: Customer, stones: Tombstones) -> None:
    customer.name = stones.name
    customer.cpf_digest = customer.cpf_sealed = None
    customer.email = customer.phone = customer.company = customer.access_point_id = None
    customer.restricted_at = customer.restricted_until = customer.restricted_by = None


def _object(customer_id: uuid.UUID) -> str:
    """How the audit log names a customer."""
    return f"customer:{customer_id}"


def _acts(object: str) -> Select[AuditEntry]:
    """What the audit log tells of something, in order."""
    return select(AuditEntry).where(col(AuditEntry.object) == object).order_by(col(AuditEntry.seq))
