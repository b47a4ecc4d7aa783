"""One answer to all chats of an incident: shown before it is sent, sent once to each, and told how it went."""

import asyncio
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from api.context import Context, Principal, System
from api.db import Transaction, persist
from api.errors import AppError, Conflict, Contention, IdempotencyMismatch, NotFound, Unavailable
from api.events import IncidentChanged
from api.models import Chat, Incident, IncidentChat, IncidentReply, IncidentReplyChat
from api.models.base import UtcDateTime
from api.models.enums import ChatStatus, IncidentStatus, Permission
from api.resolvers.access import Who, allow, staff, visible_chats
from api.resolvers.audit import record
from api.resolvers.checks import Checks
from api.resolvers.incidents import MAY_LOOK
from api.resolvers.lines import BODY_LIMIT
from api.resolvers.messages import CLIENT_ID_LIMIT
from api.resolvers.pages import Order, Page, PageRequest, paginate
from api.resolvers.sending import Sending, send

_ABREAST = 50
"""Chats that one round of an answer goes to."""
Link = tuple[uuid.UUID, uuid.UUID]
"""An incident and a chat of it."""

chats_in_order: Order[Chat] = Order(columns=(col(Chat.id),), place=lambda chat: (chat.id,))


@dataclass(frozen=True)
class Reply:
    """What is said to all but some, and the id that makes a repeat safe."""

    body: str
    client_id: str
    but: Sequence[uuid.UUID] = ()


@dataclass(frozen=True)
class ReplyState:
    """An answer, and what has become of it in each chat."""

    reply: IncidentReply
    chats: list[IncidentReplyChat]

    @property
    def sent(self) -> int:
        """In how many chats it stands."""
        return sum(chat.sent_at is not None for chat in self.chats)

    @property
    def failed(self) -> int:
        """In how many it could not be said."""
        return sum(chat.failed is not None for chat in self.chats)


@allow(Permission.QUEUE_MANAGE)
async def recipients_of(ctx: Context, incident_id: uuid.UUID, page: PageRequest) -> Page[Chat]:
    """Whom an answer would reach now: the open chats of the incident that the caller may see. Raises NotFound."""
    async with ctx.db.read() as session:
        if await session.get(Incident, incident_id) is None:
            raise NotFound("incident_not_found")
        return await paginate(session, _recipients(ctx.principal, incident_id), chats_in_order, page)


@allow(Permission.QUEUE_MANAGE)
async def count_recipients(ctx: Context, incident_id: uuid.UUID) -> int:
    """How many the list holds in all."""
    query = _recipients(ctx.principal, incident_id).with_only_columns(func.count())
    async with ctx.db.read() as session:
        return (await session.execute(query)).scalar_one()


@allow(Permission.QUEUE_MANAGE)
async def reply_to_incident(ctx: Context, incident_id: uuid.UUID, reply: Reply) -> ReplyState:
    """Say the same in all open chats of an incident that the caller may see, but those named; each hears it once.

    The same `client_id` again says nothing new, and answers how it went. Raises Invalid, NotFound, Conflict (over, or
    nobody is left to hear it), IdempotencyMismatch.
    """
    checks = Checks("input")
    body = checks.prose("body", reply.body, limit=BODY_LIMIT)
    client_id = checks.text("clientId", reply.client_id, limit=CLIENT_ID_LIMIT)
    checks.done()
    try:
        reply_id = await _write_down(ctx, incident_id, Reply(body, client_id, reply.but))
    except IntegrityError as error:
        # The same answer at the same moment: run again and find it.
        raise Contention("unavailable") from error
    # From here on it goes on by itself, whatever becomes of this request.
    await deliver_reply(ctx.acting_as(System()), reply_id)
    async with ctx.db.read() as session:
        (state,) = await _states(session, select(col(IncidentReply.id)).where(col(IncidentReply.id) == reply_id))
    return state


@allow(*MAY_LOOK)
async def replies_of(ctx: Context, ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, list[ReplyState]]:
    """The answers to each of these incidents, newest first; incidents without any are absent."""
    query = select(col(IncidentReply.id)).where(col(IncidentReply.incident_id).in_(ids))
    found: dict[uuid.UUID, list[ReplyState]] = {}
    async with ctx.db.read() as session:
        states = await _states(session, query)
    for state in sorted(states, key=lambda state: state.reply.id, reverse=True):
        found.setdefault(state.reply.incident_id, []).append(state)
    return found


@allow(*MAY_LOOK)
async def replied_at(ctx: Context, links: Sequence[Link]) -> dict[Link, datetime]:
    """When each of these chats heard the last answer to an incident; those that heard none are absent."""
    query = (
        select(
            col(IncidentReply.incident_id),
            col(IncidentReplyChat.chat_id),
            func.max(col(IncidentReplyChat.sent_at), type_=UtcDateTime),
        )
        .join(IncidentReply, col(IncidentReply.id) == col(IncidentReplyChat.reply_id))
        .where(
            col(IncidentReply.incident_id).in_({incident_id for incident_id, _ in links}),
            col(IncidentReplyChat.chat_id).in_({chat_id for _, chat_id in links}),
            col(IncidentReplyChat.sent_at).is_not(None),
        )
        .group_by(col(IncidentReply.incident_id), col(IncidentReplyChat.chat_id))
    )
    async with ctx.db.read() as session:
        rows = (await session.execute(query)).all()
        return {(incident_id, chat_id): at for incident_id, chat_id, at in rows if at is not None}


@allow(Who.SYSTEM)
async def deliver_reply(ctx: Context, reply_id: uuid.UUID) -> int:
    """Say an answer in the chats that have not heard it yet. Returns in how many it was said now.

    Whoever was killed in between has said it in some and not noted that: the line's own id keeps it from being doubled.
    """
    said = 0
    while pending := await _pending(ctx, reply_id):
        outcomes = await asyncio.gather(*(_say(ctx, reply_id, body, chat_id) for chat_id, body in pending))
        await _note(ctx, reply_id, outcomes)
        said += sum(failed is None for _, failed in outcomes)
    await _finish(ctx, reply_id)
    return said


async def _finish(ctx: Context, reply_id: uuid.UUID) -> None:
    unfinished = col(IncidentReply.id) == reply_id, col(IncidentReply.finished_at).is_(None)
    async with ctx.db.transaction() as tx:
        finish = update(IncidentReply).where(*unfinished).values(finished_at=tx.now)
        for incident_id in (await tx.session.execute(finish.returning(col(IncidentReply.incident_id)))).scalars():
            tx.emit(IncidentChanged(incident_id))


def _recipients(principal: Principal, incident_id: uuid.UUID) -> Select[Chat]:
    return (
        select(Chat)
        .join(IncidentChat, col(IncidentChat.chat_id) == col(Chat.id))
        .where(
            col(IncidentChat.incident_id) == incident_id,
            # Of whom has said that it does not explain their trouble, another answer is due.
            col(Chat.incident_id) == incident_id,
            col(Chat.status) != ChatStatus.CLOSED,
            visible_chats(principal),
        )
    )


async def _write_down(ctx: Context, incident_id: uuid.UUID, reply: Reply) -> uuid.UUID:
    me = staff(ctx).user_id
    async with ctx.db.transaction() as tx:
        incident = await tx.session.get(Incident, incident_id, with_for_update=True)
        if incident is None:
            raise NotFound("incident_not_found")
        earlier = await _earlier(tx, incident_id, me, reply.client_id)
        if earlier is not None:
            if earlier.body != reply.body:
                raise IdempotencyMismatch("key_reused", field=("input", "clientId"))
            return earlier.id
        if incident.status is IncidentStatus.RESOLVED:
            raise Conflict("incident_over")
        ids = list((await tx.session.execute(_recipients(ctx.principal, incident_id).order_by(col(Chat.id)))).scalars())
        chats = [chat.id for chat in ids if chat.id not in set(reply.but)]
        if not chats:
            raise Conflict("nobody_to_reply_to")
        row = IncidentReply(
            incident_id=incident_id, author_id=me, client_id=reply.client_id, body=reply.body, created_at=tx.now
        )
        tx.session.add(row)
        await tx.session.flush()
        tx.session.add_all([IncidentReplyChat(reply_id=row.id, chat_id=chat_id) for chat_id in chats])
        tx.emit(IncidentChanged(incident_id))
        after = {"reply": str(row.id), "chats": len(chats)}
        record(ctx, tx, action="reply_to_incident", object=f"incident:{incident_id}", after=after)
        return row.id


async def _earlier(tx: Transaction, incident_id: uuid.UUID, me: uuid.UUID, client_id: str) -> IncidentReply | None:
    query = select(IncidentReply).where(
        col(IncidentReply.incident_id) == incident_id,
        col(IncidentReply.author_id) == me,
        col(IncidentReply.client_id) == client_id,
    )
    return (await tx.session.execute(query)).scalar_one_or_none()


async def _pending(ctx: Context, reply_id: uuid.UUID) -> list[tuple[uuid.UUID, str]]:
    query = (
        select(col(IncidentReplyChat.chat_id), col(IncidentReply.body))
        .join(IncidentReply, col(IncidentReply.id) == col(IncidentReplyChat.reply_id))
        .where(
            col(IncidentReplyChat.reply_id) == reply_id,
            col(IncidentReplyChat.sent_at).is_(None),
            col(IncidentReplyChat.failed).is_(None),
        )
        .order_by(col(IncidentReplyChat.chat_id))
        .limit(_ABREAST)
    )
    async with ctx.db.read() as session:
        return [(chat_id, body) for chat_id, body in await session.execute(query)]


async def _say(desk: Context, reply_id: uuid.UUID, body: str, chat_id: uuid.UUID) -> tuple[uuid.UUID, str | None]:
    """Say it in one chat; why not, where that is for good."""
    sending = Sending(desk, chat_id, body=body, client_id=f"incident-reply:{reply_id}")
    try:
        await persist(lambda: send(sending))
    except Unavailable:
        # Not for good: whoever goes on tries again.
        raise
    except AppError as error:
        return chat_id, error.reason
    return chat_id, None


async def _note(ctx: Context, reply_id: uuid.UUID, outcomes: Sequence[tuple[uuid.UUID, str | None]]) -> None:
    async with ctx.db.transaction() as tx:
        for chat_id, failed in outcomes:
            mine = (col(IncidentReplyChat.reply_id) == reply_id) & (col(IncidentReplyChat.chat_id) == chat_id)
            values = {"failed": failed} if failed else {"sent_at": tx.now}
            await tx.session.execute(update(IncidentReplyChat).where(mine).values(**values))


async def _states(session: AsyncSession, ids: Select[uuid.UUID]) -> list[ReplyState]:
    replies = (await session.execute(select(IncidentReply).where(col(IncidentReply.id).in_(ids)))).scalars()
    found = {reply.id: ReplyState(reply, []) for reply in replies}
    chats = select(IncidentReplyChat).where(col(IncidentReplyChat.reply_id).in_(found))
    for chat in (await session.execute(chats.order_by(col(IncidentReplyChat.chat_id)))).scalars():
        found[chat.reply_id].chats.append(chat)
    return [*found.values()]
