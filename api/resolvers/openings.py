"""Opening a chat: checked, limited, and safe to repeat."""

import uuid
from dataclasses import asdict, dataclass
from textwrap import shorten

from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError
from sqlmodel import col

from api.context import ChatCustomer, Context, Machine
from api.db import Transaction, persist
from api.errors import Contention, ErrorCode, IdempotencyMismatch
from api.events import chat_stream
from api.limiter import network_of
from api.models import Chat, Customer, Department
from api.models.enums import Category, Channel, ChatKind, ChatStatus, CpfPolicy, MessageKind, Priority, Scope, Sender
from api.passwords import TokenKind, new_token, token_hash
from api.resolvers.access import Who, allow
from api.resolvers.blocks import require_welcome
from api.resolvers.challenges import require_proof
from api.resolvers.chats import SUBJECT_LIMIT
from api.resolvers.checks import Checks
from api.resolvers.connecting import require_point
from api.resolvers.customers import find_or_add_customer
from api.resolvers.departments import find_department, require_open
from api.resolvers.hours import require_admission, tell_if_closed
from api.resolvers.lines import BODY_LIMIT, SYSTEM_AUTHOR, Author, announce, as_kept, write_message
from api.resolvers.notifications import notify_ticket_left
from api.resolvers.queue import enqueue
from api.resolvers.suspecting import Complaint, note_complaint
from api.texts import say

_NEXT_PROTOCOL = text(
    "INSERT INTO counters (name, value) VALUES (:name, 1)"
    " ON CONFLICT (name) DO UPDATE SET value = counters.value + 1 RETURNING value"
)


@dataclass(frozen=True)
class Opening:
    """What a customer, or a bot in their name, gives to open a chat."""

    name: str
    message: str
    department_id: uuid.UUID | None = None
    department_slug: str | None = None
    cpf: str | None = None
    email: str | None = None
    phone: str | None = None
    category: Category = Category.OTHER
    channel: Channel = Channel.WIDGET
    priority: Priority = Priority.NORMAL
    external_id: str | None = None
    bot_owns: bool = False
    ticket: bool = False
    """Leave a ticket rather than wait: somebody answers later, by the contact given or where the bot writes."""
    access_point_id: uuid.UUID | None = None
    """The piece of network that the customer hangs on, where the bot knows it."""
    consent: bool = False
    """They were shown a privacy notice, and went on."""
    key: str | None = None
    """What makes a repeat safe: the same key and the same words answer the same chat."""


@dataclass(frozen=True)
class Opened:
    """The chat, the token that opens it for its customer, and whether an earlier try had already opened it."""

    chat: Chat
    token: str
    repeated: bool

    @property
    def customer(self) -> ChatCustomer:
        """The customer of this chat, as the caller of what follows."""
        return ChatCustomer(self.chat.id, token_hash(self.token))


@allow(Who.ANYONE)
async def open_chat(ctx: Context, opening: Opening, *, proof: str | None = None) -> Opened:
    """Open a chat in a department's queue, or with the bot that asks for it; `proof` is of work (see challenges.py).

    With a `key`, or an `external_id` whose chat is still open, a repeat answers the same chat with a fresh token in
    place of the old one. Raises Invalid, NotFound (department), Forbidden (kept out), DepartmentClosed (a
    ticket may be left instead), RateLimited, ProofNeeded, IdempotencyMismatch.
    """
    opening = _checked(ctx, opening)
    await _limit(ctx, opening, proof)
    # Only this is run again when it loses a race: the try itself was counted above, once.
    opened = await persist(lambda: _try(ctx, opening))
    # The token of an earlier try opens nothing any more.
    ctx.services.identities.forget([chat_stream(opened.chat.id)])
    return opened


async def _try(ctx: Context, opening: Opening) -> Opened:
    try:
        async with ctx.db.transaction() as tx:
            return await _open(ctx, tx, opening)
    except IntegrityError as error:
        # Somebody else opened with this key, external id or CPF at the same moment: run again and find it.
        raise Contention("unavailable") from error


async def _open(ctx: Context, tx: Transaction, opening: Opening) -> Opened:
    department = await _department(tx, opening)
    digits = _cpf(opening, department.cpf_policy)
    token, digest_of_token = new_token(TokenKind.CHAT)
    digest = ctx.services.vault.digest("opening", repr(sorted(asdict(opening).items(), key=lambda item: item[0])))
    earlier = await _opened_before(ctx, tx, opening, digest)
    if earlier is not None:
        earlier.token_hash = digest_of_token
        return Opened(earlier, token, repeated=True)
    if not (opening.bot_owns or opening.ticket):
        await require_admission(ctx, tx, department, field=("input", "departmentId"))
    customer = await _customer(ctx, tx, opening, digits)
    await require_welcome(ctx, tx, customer)
    chat = await _new_chat(ctx, tx, opening, department, customer)
    chat.token_hash, chat.opening_digest = digest_of_token, digest
    tx.session.add(chat)
    await tx.session.flush()
    await write_message(ctx, tx, chat, Author(Sender.CUSTOMER, chat.customer_name, "customer"), body=opening.message)
    chat.incident_id = await _explained(ctx, tx, chat, customer)
    if opening.ticket:
        await _leave_ticket(ctx, tx, chat, opening)
    elif not opening.bot_owns:
        await enqueue(ctx, tx, chat)
        await tell_if_closed(ctx, tx, chat)
    return Opened(chat, token, repeated=False)


async def _customer(ctx: Context, tx: Transaction, opening: Opening, digits: str | None) -> Customer:
    point_id = opening.access_point_id
    if point_id is not None:
        await require_point(tx, point_id, field=("input", "accessPointId"))
    return await find_or_add_customer(
        ctx,
        tx,
        name=opening.name,
        cpf=digits,
        email=opening.email,
        phone=opening.phone,
        access_point_id=point_id,
    )


async def _new_chat(
    ctx: Context, tx: Transaction, opening: Opening, department: Department, customer: Customer
) -> Chat:
    return Chat(
        protocol=await next_protocol(ctx, tx),
        kind=ChatKind.TICKET if opening.ticket else ChatKind.CHAT,
        subject=shorten(opening.message, SUBJECT_LIMIT, placeholder="…") if opening.ticket else None,
        status=ChatStatus.BOT,
        channel=opening.channel,
        category=opening.category,
        priority=opening.priority,
        department_id=department.id,
        customer_id=customer.id,
        customer_name=opening.name,
        created_at=tx.now,
        consented_at=tx.now if opening.consent else None,
        opening_key=_opening_key(ctx, opening),
        api_key_id=ctx.principal.key_id if isinstance(ctx.principal, Machine) else None,
        external_id=opening.external_id,
    )


async def _explained(ctx: Context, tx: Transaction, chat: Chat, customer: Customer) -> uuid.UUID | None:
    """The incident that explains a new chat; enough of them may begin one."""
    point_id = customer.access_point_id
    if point_id is None or chat.kind is ChatKind.TICKET:
        return None
    complaint = Complaint(chat.id, chat.category, point_id)
    return await tx.write(lambda writing: note_complaint(ctx.settings, writing, complaint))


async def _leave_ticket(ctx: Context, tx: Transaction, chat: Chat, opening: Opening) -> None:
    """Put a new ticket in its department's list, with how to answer; what we know of the customer stays as it is."""
    await enqueue(ctx, tx, chat)
    await announce(ctx, tx, chat, "event_ticket_left", protocol=chat.protocol)
    contact = ", ".join(filter(None, (opening.phone, opening.email)))
    if contact:
        body = say("note_contact", ctx.settings.locale, contact=contact)
        await write_message(ctx, tx, chat, SYSTEM_AUTHOR, body=body, kind=MessageKind.NOTE)
    await notify_ticket_left(tx, chat)


def _checked(ctx: Context, opening: Opening) -> Opening:
    checks = Checks("input")
    if not _is_bot(ctx):
        _check_a_visitors(checks, opening)
    if opening.ticket and opening.bot_owns:
        checks.fault("ticket", "ticket_or_bot")
    slug = checks.text("departmentId", opening.department_slug, limit=40, required=False)
    checked = Opening(
        name=checks.text("name", as_kept(ctx, opening.name), limit=120),
        message=checks.prose("message", as_kept(ctx, opening.message), limit=BODY_LIMIT),
        department_id=opening.department_id,
        department_slug=slug or None,
        cpf=checks.cpf("cpf", opening.cpf, required=False),
        email=checks.email("email", opening.email),
        phone=checks.phone("phone", opening.phone),
        category=opening.category,
        channel=opening.channel,
        priority=opening.priority,
        external_id=checks.text("externalId", opening.external_id, limit=128, required=False) or None,
        bot_owns=opening.bot_owns,
        ticket=opening.ticket,
        access_point_id=opening.access_point_id,
        consent=opening.consent,
        key=checks.text("clientId", opening.key, limit=128, required=False) or None,
    )
    checks.done()
    return checked


def _check_a_visitors(checks: Checks, opening: Opening) -> None:
    """What only bots say, and what only visitors have to."""
    for field, given in (
        ("externalId", opening.external_id is not None),
        ("owner", opening.bot_owns),
        ("priority", opening.priority is not Priority.NORMAL),
        ("accessPointId", opening.access_point_id is not None),
    ):
        if given:
            checks.fault(field, "api_key_only")
    if opening.ticket and not (opening.phone or opening.email):
        checks.fault("phone", "contact_needed", code=ErrorCode.REQUIRED)


def _is_bot(ctx: Context) -> bool:
    """Whether a key that may write chats asks; any other key opens chats as anybody does."""
    return isinstance(ctx.principal, Machine) and Scope.CHAT_WRITE in ctx.principal.scopes


async def _limit(ctx: Context, opening: Opening, proof: str | None) -> None:
    """A key's owner is known and may be revoked; anybody else is limited by address, by CPF and overall."""
    if _is_bot(ctx):
        return
    take, rates = ctx.services.limiter.take, ctx.settings
    # Who is asked for proof comes again with it, and has not used up a try of theirs or of everybody.
    await ctx.services.limiter.check(rates.rate_open, "open", network_of(ctx.address))
    await require_proof(ctx.services, proof)
    await take(rates.rate_open, "open", network_of(ctx.address))
    await take(rates.rate_open_all, "open", "everybody")
    if opening.cpf is not None:
        await take(rates.rate_open_cpf, "open", ctx.services.vault.digest("cpf", opening.cpf))


async def _department(tx: Transaction, opening: Opening) -> Department:
    at = ("input", "departmentId")
    department = await find_department(tx, id=opening.department_id, slug=opening.department_slug, field=at)
    require_open(department, field=at)
    return department


def _cpf(opening: Opening, policy: CpfPolicy) -> str | None:
    checks = Checks("input")
    digits = checks.cpf("cpf", opening.cpf, required=policy is CpfPolicy.REQUIRED)
    checks.done()
    return digits


def _opening_key(ctx: Context, opening: Opening) -> str | None:
    if opening.key is None:
        return None
    owner = ctx.principal.actor if isinstance(ctx.principal, Machine) else "public"
    return ctx.services.vault.digest("opening key", owner, opening.key)


async def _opened_before(ctx: Context, tx: Transaction, opening: Opening, digest: str) -> Chat | None:
    key = _opening_key(ctx, opening)
    if key is not None:
        query = select(Chat).where(col(Chat.opening_key) == key).with_for_update()
        chat = (await tx.session.execute(query)).scalar_one_or_none()
        if chat is not None:
            if chat.opening_digest != digest:
                raise IdempotencyMismatch("key_reused", field=("input", "clientId"))
            return chat
    if opening.external_id is None or not isinstance(ctx.principal, Machine):
        return None
    query = select(Chat).where(
        col(Chat.api_key_id) == ctx.principal.key_id,
        col(Chat.channel) == opening.channel,
        col(Chat.external_id) == opening.external_id,
        col(Chat.status) != ChatStatus.CLOSED,
    )
    return (await tx.session.execute(query.with_for_update())).scalar_one_or_none()


async def next_protocol(ctx: Context, tx: Transaction) -> str:
    """`YYYYMMDD-NNNNNN`, numbered per day of the deployment's zone."""
    day = tx.now.astimezone(ctx.settings.zone).strftime("%Y%m%d")
    number = (await tx.session.execute(_NEXT_PROTOCOL, {"name": f"protocol:{day}"})).scalar_one()
    return f"{day}-{number:06d}"
