"""Out of sight instead of erased: what is done with a person's data for as long as the law asks for the record."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, func, select, update
from sqlmodel import col

from api.context import Context
from api.db import Transaction
from api.models import Block, Chat, Customer
from api.models.base import UtcDateTime
from api.models.enums import ChatStatus, Permission
from api.resolvers.access import allow
from api.resolvers.audit import record
from api.resolvers.tombstones import rename_in_notifications
from api.settings import Settings
from api.texts import say
from api.writing import Writing

_BATCH = 500


@dataclass(frozen=True)
class Closed:
    """The chats of a customer, all of which have ended, and when the last of them did."""

    ids: Sequence[uuid.UUID]
    last: datetime | None


def held_until(settings: Settings, last: datetime | None, now: datetime) -> datetime | None:
    """Until when the record of a person is kept whose last chat ended then; None where nothing is held (any more).

    Decreto 11.034/2022, art. 12: two years from the day on which what they came for was resolved.
    """
    if last is None or settings.legal_hold is None:
        return None
    until = last + settings.legal_hold
    return until if until > now else None


@allow(Permission.PRIVACY_MANAGE)
async def holds_of(ctx: Context, ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, datetime]:
    """Until when the data of each of these customers, asked to be erased now, would be kept out of sight instead; who
    would be erased at once is absent.
    """
    last = func.max(col(Chat.closed_at), type_=UtcDateTime)
    query = select(col(Chat.customer_id), last).where(
        col(Chat.customer_id).in_(ids), col(Chat.status) == ChatStatus.CLOSED
    )
    async with ctx.db.read() as session:
        rows = (await session.execute(query.group_by(col(Chat.customer_id)))).all()
    return {id: until for id, ended in rows if (until := held_until(ctx.settings, ended, ctx.now())) is not None}


async def restrict(
    ctx: Context, tx: Transaction, customer: Customer, chats: Closed, *, until: datetime, reason: str
) -> None:
    """Take a person, whose row and chats the caller holds, and all their chats out of sight until they are erased.

    Their CPF finds them no more, nor do tokens open their chats: when they write again, they are somebody new.
    """
    customer.restricted_at, customer.restricted_until = tx.now, until
    customer.restricted_by = ctx.principal.actor
    customer.cpf_digest = None
    tx.session.add(customer)
    name = say("restricted_name", ctx.settings.locale)
    await tx.write(lambda writing: _put_away(writing, chats.ids, name))
    # A block is of no use on somebody whom nothing finds, and tells who they are.
    await tx.session.execute(delete(Block).where(col(Block.customer_id) == customer.id))
    after = {"reason": reason, "chats": len(chats.ids), "until": until.isoformat()}
    record(ctx, tx, action="restrict_customer", object=f"customer:{customer.id}", after=after)


def _put_away(writing: Writing, chat_ids: Sequence[uuid.UUID], name: str) -> None:
    # What finds a chat again from outside would lead a repeat to it.
    away = dict.fromkeys(("token_hash", "opening_key", "opening_digest"), None) | {"restricted_at": writing.now}
    for start in range(0, len(chat_ids), _BATCH):
        ids = chat_ids[start : start + _BATCH]
        writing.connection.execute(update(Chat).where(col(Chat.id).in_(ids)).values(**away))
        rename_in_notifications(writing.connection, ids, name)
