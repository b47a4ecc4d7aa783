"""After an incident: each of its customers is asked once whether the connection is back, and their answer is heeded.

Yes closes the chat; no makes it urgent again, and no incident's any more. The answer is whatever the customer writes
next that says so, by a button of the widget or by hand from WhatsApp, until a person of the desk has spoken. All of it
is in rows: whoever runs this next goes on where the last one was killed.
"""

import uuid
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from sqlalchemy import Connection, and_, exists, or_, select, update
from sqlmodel import col

from api.context import Context
from api.db import Transaction
from api.events import IncidentChanged
from api.models import AccessPoint, Chat, Customer, Incident, IncidentChat, IncidentReply, Message
from api.models.enums import ChatStatus, CloseReason, IncidentStatus, MessageKind, Priority, Sender
from api.resolvers.access import Who, access_chat, allow
from api.resolvers.closings import close
from api.resolvers.lines import SYSTEM_AUTHOR, announce, write_message
from api.resolvers.recovery import follow_recovery
from api.resolvers.replying import deliver_reply
from api.resolvers.rounds import one_by_one
from api.resolvers.suspecting import explain, link_chats
from api.texts import say
from api.words import words_of
from api.writing import Writing

_BATCH = 200
QUESTION = "recovery:"
"""How the id of a line begins that asks; the incident's own id follows."""

_YES = frozenset({"sim", "s", "yes", "y", "voltou", "normalizou"})
_NO = frozenset({"nao", "n", "no", "not", "ainda", "continua"})

_linked = and_(col(IncidentChat.chat_id) == col(Chat.id), col(IncidentChat.incident_id) == col(Chat.incident_id))


@allow(Who.SYSTEM)
async def mind_incidents(ctx: Context) -> int:
    """Do for incidents what is due by the clock: see what has recovered, link chats, go on with replies, ask, and heed
    answers. Returns how much was done.
    """
    if not await ctx.db.look(_is_anything_open):
        return 0

    def follow(writing: Writing) -> int:
        return follow_recovery(ctx, writing) + link_chats(ctx.settings, writing)

    done = await ctx.db.write(follow)
    async with ctx.db.read() as session:
        replies = list((await session.execute(_unfinished())).scalars())
        to_ask = list((await session.execute(_to_ask().limit(_BATCH))).scalars())
    for reply_id in replies:
        done += await deliver_reply(ctx, reply_id)
    done += await _each(ctx, to_ask, _ask)
    answers = await ctx.db.look(_answers)
    done += await _each(ctx, [chat_id for chat_id, back in answers if back], _close)
    return done + await _each(ctx, [chat_id for chat_id, back in answers if not back], _raise)


def answer_of(body: str) -> bool | None:
    """Whether a customer's words say that the connection is back; None when they say neither."""
    words = words_of(body)
    if len(words) > 6:
        return None
    # "Ainda não voltou" names both: a no is the more careful reading.
    return False if words & _NO else True if words & _YES else None


def _unfinished() -> Any:
    return select(col(IncidentReply.id)).where(col(IncidentReply.finished_at).is_(None)).order_by(col(IncidentReply.id))


def _is_anything_open(connection: Connection) -> bool:
    open_incident = select(col(Incident.id)).where(col(Incident.status) != IncidentStatus.RESOLVED)
    open_chat = select(col(Chat.id)).where(col(Chat.incident_id).is_not(None), col(Chat.status) != ChatStatus.CLOSED)
    queries = (open_incident, open_chat, _unfinished())
    return any(connection.execute(query.limit(1)).first() is not None for query in queries)


def _to_ask() -> Any:
    """The open chats whose incident seems to be over, and whose own point is not down."""
    over = or_(col(Incident.monitored_at).is_not(None), col(Incident.status) == IncidentStatus.RESOLVED)
    down = exists().where(col(AccessPoint.id) == col(Customer.access_point_id), col(AccessPoint.up).is_(False))
    return (
        select(col(Chat.id))
        .join(IncidentChat, _linked)
        .join(Incident, col(Incident.id) == col(Chat.incident_id))
        .join(Customer, col(Customer.id) == col(Chat.customer_id))
        .where(
            col(Chat.status) != ChatStatus.CLOSED,
            col(IncidentChat.asked_at).is_(None),
            over,
            # Where somebody says that it is over though a check is red, they know better.
            or_(col(Incident.status) == IncidentStatus.RESOLVED, ~down),
        )
        .order_by(col(Chat.id))
    )


def _answers(connection: Connection) -> list[tuple[uuid.UUID, bool]]:
    """What customers who were asked have answered since, of those of whom nothing has been noted yet."""
    query = (
        select(col(Message.chat_id), col(Message.sender), col(Message.body))
        .join(Chat, col(Chat.id) == col(Message.chat_id))
        .join(IncidentChat, _linked)
        .where(
            col(Chat.status) != ChatStatus.CLOSED,
            col(IncidentChat.answer).is_(None),
            col(Message.seq) > col(IncidentChat.asked_seq),
            col(Message.kind) == MessageKind.TEXT,
            col(Message.sender).in_([Sender.CUSTOMER, Sender.AGENT]),
        )
        .order_by(col(Message.chat_id), col(Message.seq))
    )
    found: dict[uuid.UUID, bool | None] = {}
    taken_over: set[uuid.UUID] = set()
    for chat_id, sender, body in connection.execute(query):
        if sender == Sender.AGENT:
            taken_over.add(chat_id)
        elif chat_id not in taken_over and found.get(chat_id) is None:
            found[chat_id] = answer_of(body)
    return [(chat_id, answer) for chat_id, answer in found.items() if answer is not None]


Act = Callable[[Context, Transaction, Chat, uuid.UUID], Awaitable[bool]]


async def _each(ctx: Context, ids: Sequence[uuid.UUID], act: Act) -> int:
    """Act on each of these chats in a transaction of its own: one that fails keeps nobody else waiting."""

    async def one(chat_id: uuid.UUID) -> bool:
        async with ctx.db.transaction() as tx:
            chat = await access_chat(ctx, tx.session, chat_id, lock=True)
            # Behind the lock: it may have ended, or another process may have done this already.
            if chat.status is ChatStatus.CLOSED or chat.incident_id is None:
                return False
            return await act(ctx, tx, chat, chat.incident_id)

    return await one_by_one(ids, one)


async def _note(tx: Transaction, chat: Chat, incident_id: uuid.UUID, *, once: Any, **values: Any) -> bool:
    """Keep something of a linked chat, once; False when it was kept before."""
    mine = and_(col(IncidentChat.incident_id) == incident_id, col(IncidentChat.chat_id) == chat.id)
    noted = await tx.session.execute(
        update(IncidentChat).where(mine, once).values(**values).returning(col(IncidentChat.chat_id))
    )
    if noted.first() is None:
        return False
    tx.emit(IncidentChanged(incident_id))
    return True


async def _ask(ctx: Context, tx: Transaction, chat: Chat, incident_id: uuid.UUID) -> bool:
    unasked = col(IncidentChat.asked_at).is_(None)
    if not await _note(tx, chat, incident_id, once=unasked, asked_at=tx.now, asked_seq=chat.message_seq + 1):
        return False
    body = say("incident_question", ctx.settings.locale)
    await write_message(ctx, tx, chat, SYSTEM_AUTHOR, body=body, client_id=f"{QUESTION}{incident_id}")
    return True


async def _close(ctx: Context, tx: Transaction, chat: Chat, incident_id: uuid.UUID) -> bool:
    unanswered = col(IncidentChat.answer).is_(None)
    if not await _note(tx, chat, incident_id, once=unanswered, answer=True, answered_at=tx.now):
        return False
    await close(ctx, tx, chat, CloseReason.INCIDENT, line="event_closed_recovered")
    return True


async def _raise(ctx: Context, tx: Transaction, chat: Chat, incident_id: uuid.UUID) -> bool:
    """The incident does not explain this one any more: it goes ahead of others instead of behind them."""
    unanswered = col(IncidentChat.answer).is_(None)
    if not await _note(tx, chat, incident_id, once=unanswered, answer=False, answered_at=tx.now):
        return False
    if chat.priority in (Priority.LOW, Priority.NORMAL):
        chat.priority = Priority.HIGH
        tx.session.add(chat)
    await announce(ctx, tx, chat, "event_not_recovered")
    await tx.write(lambda writing: explain(ctx.settings, writing, [(chat, None)]))
    await tx.session.refresh(chat)
    return True
