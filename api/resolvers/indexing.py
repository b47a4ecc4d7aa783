"""Reading the words of chats that have ended, so that they are found by them: after the end, not while people write."""

import uuid
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import ARRAY, Connection, Row, Text, cast, delete, func, insert, literal, select
from sqlalchemy.dialects.postgresql import insert as insert_or
from sqlmodel import col

from api.context import Context
from api.db import Transaction
from api.models import Chat, ChatToIndex, ChatWords, Message
from api.models.enums import ChatStatus, MessageKind
from api.resolvers.access import Who, allow
from api.words import words_of
from api.writing import Writing

_BATCH = 50
_LIMIT = 200_000
"""Bytes of a chat's words that are kept; PostgreSQL takes 1 MiB in its own form, and refuses more."""
_AT_ONE_MOMENT = 1000
"""Chats that may end in the same microsecond and still have a place of their own each."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
SAID = (MessageKind.TEXT, MessageKind.NOTE)
"""What people wrote, notes included: only staff search. What the desk says of every chat would find every chat."""

_ADD = insert_or(ChatToIndex)
# Not "do nothing": the row has to be held until our commit, or the indexer might take it just before.
_MARK = _ADD.on_conflict_do_update(index_elements=["chat_id"], set_={"chat_id": _ADD.excluded.chat_id})


async def index_again(tx: Transaction, chat_id: uuid.UUID) -> None:
    """Have a chat's words read again soon: it has closed or reopened, or what was said in it has changed."""
    await tx.session.execute(_MARK, {"chat_id": chat_id})


def note_for_indexing(writing: Writing, chat_ids: Collection[uuid.UUID]) -> None:
    """The same for several chats, in plain writing."""
    writing.connection.execute(_MARK, [{"chat_id": chat_id} for chat_id in sorted(chat_ids)])


@allow(Who.SYSTEM)
async def index_chats(ctx: Context) -> int:
    """Read the words of what has closed or changed, and forget those of what has reopened. Returns how many chats.

    A few chats at a time, so that whoever writes meanwhile waits for milliseconds only.
    """
    indexed = 0
    while True:
        count = await ctx.db.write(_index_some)
        indexed += count
        if count < _BATCH:
            return indexed


def _index_some(writing: Writing) -> int:
    connection = writing.connection
    due = select(col(ChatToIndex.chat_id)).limit(_BATCH).with_for_update(skip_locked=True)
    taken = delete(ChatToIndex).where(col(ChatToIndex.chat_id).in_(due.scalar_subquery()))
    ids = list(connection.execute(taken.returning(col(ChatToIndex.chat_id))).scalars())
    if not ids:
        return 0
    connection.execute(delete(ChatWords).where(col(ChatWords.chat_id).in_(ids)))
    closed = select(Chat.__table__).where(col(Chat.id).in_(ids), col(Chat.status) == ChatStatus.CLOSED)  # type: ignore[attr-defined] - SQLModel's own
    chats: dict[uuid.UUID, Row[Any]] = {row.id: row for row in connection.execute(closed)}
    said: dict[uuid.UUID, set[str]] = {
        chat.id: words_of(f"{chat.customer_name} {chat.protocol} {chat.subject or ''}") for chat in chats.values()
    }
    lines = select(col(Message.chat_id), col(Message.body)).where(
        col(Message.chat_id).in_(chats), col(Message.kind).in_(SAID)
    )
    for chat_id, body in connection.execute(lines):
        said[chat_id] |= words_of(body)
    _keep(connection, chats, said)
    return len(ids)


def _keep(connection: Connection, chats: Mapping[uuid.UUID, Row[Any]], said: Mapping[uuid.UUID, set[str]]) -> None:
    for chat in sorted(chats.values(), key=lambda chat: (chat.closed_at, chat.id)):
        words = [*facets(departments=[chat.department_id], agents=[chat.agent_id]), *_kept(sorted(said[chat.id]))]
        row = {"place": _free_place(connection, chat.closed_at), "chat_id": chat.id}
        if connection.dialect.name == "sqlite":
            connection.execute(insert(ChatWords), row | {"words": " ".join(words)})
        else:
            vector = func.array_to_tsvector(cast(literal(words, ARRAY(Text)), ARRAY(Text)))
            connection.execute(insert(ChatWords).values(words=vector, **row))


def facets(*, departments: Iterable[uuid.UUID | None] = (), agents: Iterable[uuid.UUID | None] = ()) -> Iterator[str]:
    """Words that nobody can type, for what decides who may see a chat: rights and filters are read from the index."""
    yield from (f"_d{id.hex}" for id in departments if id is not None)
    yield from (f"_a{id.hex}" for id in agents if id is not None)


def place_of(moment: datetime) -> int:
    """The first place of what closes at a moment: microseconds since 1970, with room for several at once."""
    return (moment - _EPOCH) // timedelta(microseconds=1) * _AT_ONE_MOMENT


def _free_place(connection: Connection, moment: datetime) -> int:
    first, place = place_of(moment), col(ChatWords.place)
    last = select(func.max(place)).where(place >= first, place < first + _AT_ONE_MOMENT)
    taken = connection.execute(last).scalar_one()
    return first if taken is None else taken + 1


def _kept(words: list[str]) -> Iterator[str]:
    left = _LIMIT
    for word in words:
        left -= len(word.encode()) + 1
        if left < 0:
            return
        yield word
