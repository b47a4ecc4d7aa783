"""Chats that take days: opened by the staff for somebody who rang, or made of a chat that cannot end today."""

import uuid
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlmodel import col

from api.context import Context
from api.db import Transaction
from api.errors import Conflict, NotFound
from api.events import ChatChanged
from api.models import Chat, Customer
from api.models.enums import Category, Channel, ChatKind, ChatStatus, Permission, Priority
from api.resolvers.access import access_chat, access_queue, allow, require_in_charge, staff, visible_chats
from api.resolvers.audit import record
from api.resolvers.chats import SUBJECT_LIMIT
from api.resolvers.checks import Checks
from api.resolvers.customers import find_or_add_customer, in_use
from api.resolvers.departments import require_open
from api.resolvers.legs import end_live_stay
from api.resolvers.lines import BODY_LIMIT, announce, author_of, write_message
from api.resolvers.openings import next_protocol
from api.resolvers.presence import release
from api.resolvers.queue import dequeue, enqueue


@dataclass(frozen=True)
class NewTicket:
    """What opens a ticket: for a known customer, or for somebody by name and, if they gave it, CPF and phone."""

    department_id: uuid.UUID
    subject: str
    description: str
    customer_id: uuid.UUID | None = None
    name: str | None = None
    cpf: str | None = None
    phone: str | None = None
    category: Category = Category.OTHER
    priority: Priority = Priority.NORMAL
    due_at: datetime | None = None


@allow(Permission.CHAT_ATTEND)
async def open_ticket(ctx: Context, new: NewTicket) -> Chat:
    """Open a ticket for a customer, unclaimed in its department's list.

    Raises Invalid, NotFound (department, customer).
    """
    new = _checked(ctx, new)
    async with ctx.db.transaction() as tx:
        department = await access_queue(ctx, tx.session, new.department_id, field=("input", "departmentId"))
        require_open(department, field=("input", "departmentId"))
        customer = await _customer(ctx, tx, new)
        chat = Chat(
            protocol=await next_protocol(ctx, tx),
            kind=ChatKind.TICKET,
            status=ChatStatus.BOT,
            channel=Channel.INTERNAL,
            category=new.category,
            priority=new.priority,
            subject=new.subject,
            department_id=department.id,
            customer_id=customer.id,
            customer_name=customer.name,
            created_at=tx.now,
            due_at=new.due_at,
        )
        tx.session.add(chat)
        await enqueue(ctx, tx, chat)
        await announce(ctx, tx, chat, "event_ticket_opened", name=staff(ctx).name)
        await write_message(ctx, tx, chat, author_of(ctx.principal, chat), body=new.description)
        record(ctx, tx, action="open_ticket", object=f"chat:{chat.id}", after=_described(chat))
        return chat


@allow(Permission.CHAT_ATTEND, Permission.QUEUE_MANAGE)
async def turn_into_ticket(
    ctx: Context, chat_id: uuid.UUID, *, subject: str | None = None, due_at: datetime | None = None
) -> Chat:
    """Make a ticket of a chat that needs days: it stays with who attends it, weighs no more, and is never closed for
    silence. Raises NotFound, Invalid, ChatClosed, Conflict (somebody else's chat, the bot's, a ticket already).
    """
    checks = Checks()
    text = checks.text("subject", subject, limit=SUBJECT_LIMIT, required=False)
    checks.future("dueAt", due_at, "past_due", now=ctx.now())
    checks.done()
    async with ctx.db.transaction() as tx:
        chat = await access_chat(ctx, tx.session, chat_id, lock=True)
        require_in_charge(ctx, chat)
        if chat.kind is ChatKind.TICKET:
            raise Conflict("ticket_already")
        before = _described(chat)
        if chat.status is ChatStatus.WAITING:
            await dequeue(tx, chat, "ticket")
        elif chat.agent_id is not None:
            await release(tx, chat.agent_id)
        chat.kind, chat.due_at, chat.deadline = ChatKind.TICKET, due_at, due_at
        chat.awaiting = chat.warned_at = None
        chat.subject = text or chat.subject
        tx.session.add(chat)
        await tx.session.flush()
        await end_live_stay(tx, chat.id)
        await announce(ctx, tx, chat, "event_turned_into_ticket")
        tx.emit(ChatChanged(chat_id=chat.id))
        record(ctx, tx, action="turn_into_ticket", object=f"chat:{chat.id}", before=before, after=_described(chat))
        return chat


def _described(chat: Chat) -> dict[str, Any]:
    """What an audit entry says of a ticket: none of its words, since entries are for ever."""
    shown = {"kind", "category", "priority", "department_id", "customer_id", "due_at"}
    return chat.model_dump(mode="json", include=shown)


def _checked(ctx: Context, new: NewTicket) -> NewTicket:
    checks = Checks("input")
    checked = replace(
        new,
        subject=checks.text("subject", new.subject, limit=SUBJECT_LIMIT),
        description=checks.prose("description", new.description, limit=BODY_LIMIT),
        name=checks.text("name", new.name, limit=120, required=new.customer_id is None),
        cpf=checks.cpf("cpf", new.cpf, required=False),
        phone=checks.phone("phone", new.phone),
    )
    checks.future("dueAt", new.due_at, "past_due", now=ctx.now())
    checks.done()
    return checked


async def _customer(ctx: Context, tx: Transaction, new: NewTicket) -> Customer:
    if new.customer_id is None:
        return await find_or_add_customer(ctx, tx, name=new.name or "", cpf=new.cpf, phone=new.phone)
    mine = select(col(Chat.customer_id)).where(col(Chat.customer_id) == new.customer_id, visible_chats(ctx.principal))
    query = select(Customer).where(col(Customer.id).in_(mine), in_use)
    query = query.with_for_update(read=True, key_share=True)
    customer = (await tx.session.execute(query)).scalar_one_or_none()
    if customer is None:
        raise NotFound("customer_not_found", field=("input", "customerId"))
    return customer
