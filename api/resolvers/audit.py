"""Who did what: entered in the same transaction as the act, and read by who may."""

import uuid
from collections.abc import AsyncIterator, Collection, Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, bindparam, func, select, true
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from api.chain import Act
from api.context import Context, Principal, Staff
from api.db import Transaction
from api.errors import Forbidden
from api.models import (
    AccessPoint,
    ApiKey,
    AuditEntry,
    Block,
    CannedReply,
    Chat,
    Customer,
    Department,
    Holiday,
    Incident,
    Maintenance,
    User,
    Webhook,
)
from api.models.enums import Permission
from api.resolvers.access import SeenChat, allow, sees_restricted, staff
from api.resolvers.pages import Order, Page, PageRequest, paginate

newest_first: Order[AuditEntry] = Order(
    columns=(col(AuditEntry.at), col(AuditEntry.seq)), place=lambda entry: (entry.at, entry.seq), descending=True
)

READ_AGAIN_AFTER = timedelta(hours=1)
"""How long one entry tells of a person who reads on in one conversation of somebody else's."""

EXPORT_BATCH = 500

WORDS = "…"
"""What entries say in the place of words: they are for ever, and whoever is named by words may ask to be erased."""

NOTHING = uuid.UUID(int=0)
"""The id of nothing at all."""

_BLOCKED = select(col(Customer.name)).where(col(Customer.id) == col(Block.customer_id)).scalar_subquery()

_NAMED: dict[str, tuple[tuple[Any, Any], ...]] = {
    "user": ((col(User.id), col(User.name)),),
    "key": ((col(ApiKey.id), col(ApiKey.name)),),
    # As an actor, whoever holds the token of a chat; as an object, the person.
    "customer": ((col(Chat.id), col(Chat.customer_name)), (col(Customer.id), col(Customer.name))),
    "chat": ((col(Chat.id), col(Chat.protocol)),),
    "department": ((col(Department.id), col(Department.name)),),
    "canned_reply": ((col(CannedReply.id), col(CannedReply.shortcut)),),
    "holiday": ((col(Holiday.id), col(Holiday.name)),),
    "webhook": ((col(Webhook.id), col(Webhook.name)),),
    "access_point": ((col(AccessPoint.id), col(AccessPoint.name)),),
    "incident": ((col(Incident.id), col(Incident.title)),),
    "maintenance": ((col(Maintenance.id), col(Maintenance.title)),),
    "block": ((col(Block.id), func.coalesce(col(Block.network), _BLOCKED)),),
}
"""Kinds of actors and objects: where their names are found."""


def record(
    ctx: Context,
    tx: Transaction,
    *,
    action: str,
    object: str,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
) -> None:
    """Add an audit entry for what the caller does to `object` (such as `user:<id>`) in this transaction.

    What is the same before and after is no change, and leaves no entry.
    """
    if before is not None and before == after:
        return
    tx.audit(
        Act(
            at=tx.now,
            actor=ctx.principal.actor,
            action=action,
            object=object,
            before=before,
            after=after,
            address=ctx.address,
            request_id=ctx.request_id or None,
        )
    )


# Built once: it is asked for each page of a conversation that is read.
_TOLD = (
    select(col(AuditEntry.id))
    .where(
        col(AuditEntry.object) == bindparam("object"),
        col(AuditEntry.at) > bindparam("since"),
        col(AuditEntry.actor) == bindparam("actor"),
        col(AuditEntry.action) == "read_transcript",
    )
    .limit(1)
)


async def record_reading(reader: Context, chat: SeenChat) -> None:
    """Add an audit entry when a person of the staff is about to read a conversation that is somebody else's.

    Who reads on is told of once an hour. Opens a transaction of its own: nothing may be shown that could not be noted.
    """
    if not isinstance(reader.principal, Staff) or is_ones_own(reader.principal, chat):
        return
    object = f"chat:{chat.id}"
    lately = {"object": object, "since": reader.now() - READ_AGAIN_AFTER, "actor": reader.principal.actor}
    if await reader.db.look(lambda connection: connection.execute(_TOLD, lately).first()) is None:
        async with reader.db.transaction() as tx:
            record(reader, tx, action="read_transcript", object=object)


def is_ones_own(me: Staff, chat: SeenChat) -> bool:
    """Whether a chat is a person's own to read: they attend it, or nobody does and it is their department's."""
    return chat.agent_id == me.user_id or (chat.agent_id is None and chat.department_id in me.department_ids)


@dataclass(frozen=True)
class AuditFilter:
    """Which entries a list is about; what is None does not narrow it. The period is half-open."""

    object_id: uuid.UUID | None = None
    actor_id: uuid.UUID | None = None
    period: tuple[datetime, datetime] | None = None
    action: str | None = None


@allow(Permission.AUDIT_VIEW)
async def list_audit(ctx: Context, entries: AuditFilter, page: PageRequest) -> Page[AuditEntry]:
    """Who did what, newest first. Raises Invalid."""
    async with ctx.db.read() as session:
        return await paginate(session, _narrowed(select(AuditEntry), entries), newest_first, page)


@allow(Permission.AUDIT_VIEW)
async def count_audit(ctx: Context, entries: AuditFilter) -> int:
    """How many entries the list holds in all."""
    async with ctx.db.read() as session:
        query = _narrowed(select(func.count()).select_from(AuditEntry), entries)
        return (await session.execute(query)).scalar_one()


@allow(Permission.AUDIT_VIEW)
async def audit_names(ctx: Context, references: Collection[str]) -> dict[str, str]:
    """The names of actors and objects such as `user:<id>`; what has none (any more) is absent."""
    ids: dict[str, set[uuid.UUID]] = {}
    for reference in references:
        kind, _, id = reference.partition(":")
        with suppress(ValueError):
            if kind in _NAMED:
                ids.setdefault(kind, set()).add(uuid.UUID(id))
    found: dict[str, str] = {}
    async with ctx.db.read() as session:
        for kind, wanted in ids.items():
            found |= {f"{kind}:{id}": name for id, name in (await _names(ctx, session, kind, wanted)).items()}
    return found


def _may_be_named(principal: Principal, kind: str, key: Any) -> ColumnElement[bool]:
    """Whose data wait to be erased is not named here either."""
    if kind != "customer" or sees_restricted(principal):
        return true()
    return key.class_.restricted_at.is_(None)


@allow(Permission.AUDIT_VIEW)
async def names_of_ids(ctx: Context, ids: Collection[uuid.UUID]) -> dict[uuid.UUID, str]:
    """What these ids are called, of whichever kind; what has no name (any more) is absent."""
    found: dict[uuid.UUID, str] = {}
    async with ctx.db.read() as session:
        for kind in _NAMED:
            found |= await _names(ctx, session, kind, ids)
    return found


async def _names(ctx: Context, session: AsyncSession, kind: str, ids: Collection[uuid.UUID]) -> dict[uuid.UUID, str]:
    """What those of these ids are called that are of a kind."""
    found: dict[uuid.UUID, str] = {}
    for key, name in _NAMED[kind]:
        rows = await session.execute(select(key, name).where(key.in_(ids), _may_be_named(ctx.principal, kind, key)))
        found |= {id: str(called) for id, called in rows}
    return found


@allow(Permission.AUDIT_VIEW)
async def export_audit(ctx: Context, entries: AuditFilter) -> AsyncIterator[list[AuditEntry]]:
    """All entries of a list, in the order of the chain, batch after batch. The export itself is entered first.

    Raises Forbidden (EXPORT is needed as well).
    """
    if not staff(ctx).may(Permission.EXPORT):
        raise Forbidden("not_allowed")
    async with ctx.db.transaction() as tx:
        record(ctx, tx, action="export_audit", object="audit", after=_told(entries))
    return _all(ctx, _narrowed(select(AuditEntry), entries))


async def _all(ctx: Context, query: Select[Any]) -> AsyncIterator[list[AuditEntry]]:
    """Batch after batch, each in a session of its own: whoever reads slowly holds no connection."""
    seq = 0
    while True:
        following = query.where(col(AuditEntry.seq) > seq).order_by(col(AuditEntry.seq)).limit(EXPORT_BATCH)
        async with ctx.db.read() as session:
            rows: list[AuditEntry] = list((await session.execute(following)).scalars())
        yield rows
        if len(rows) < EXPORT_BATCH:
            return
        seq = rows[-1].seq


def _narrowed(query: Select[Any], entries: AuditFilter) -> Select[Any]:
    return query.where(*_conditions(entries))


def _conditions(entries: AuditFilter) -> Iterable[ColumnElement[bool]]:
    if entries.object_id is not None:
        yield col(AuditEntry.object).in_([f"{kind}:{entries.object_id}" for kind in _NAMED])
    if entries.actor_id is not None:
        yield col(AuditEntry.actor).in_([f"{kind}:{entries.actor_id}" for kind in _NAMED])
    if entries.period is not None:
        start, end = entries.period
        yield (col(AuditEntry.at) >= start) & (col(AuditEntry.at) < end)
    if entries.action is not None:
        yield col(AuditEntry.action) == entries.action


def _told(entries: AuditFilter) -> dict[str, Any]:
    """What an audit entry says of the list that was exported."""
    start, end = entries.period or (None, None)
    told = {
        "object": entries.object_id,
        "actor": entries.actor_id,
        "action": entries.action,
        "from": start and start.isoformat(),
        "to": end and end.isoformat(),
    }
    return {name: str(value) for name, value in told.items() if value is not None}
