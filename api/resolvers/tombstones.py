"""Where a person's name and words were: tombstones, in rows and in past events alike, so that every number holds."""

import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, bindparam, delete, select, update
from sqlmodel import col

from api.events import MessageSent, chat_stream
from api.models import Chat, ChatWords, EventRow, Message, Notification
from api.models.enums import MessageKind, Sender
from api.resolvers.indexing import SAID, note_for_indexing
from api.writing import Writing

_BATCH = 500
_THEIRS = (Sender.CUSTOMER, Sender.BOT)
"""Who writes in the person's name, and numbers lines by ids of their own making."""


@dataclass(frozen=True)
class Tombstones:
    """What is read in the place of a name, and of a line."""

    name: str
    line: str


def put_tombstones(writing: Writing, chat_ids: Sequence[uuid.UUID], stones: Tombstones) -> None:
    """Take all words, names and ids from outside out of chats that have ended and whose rows the caller holds.

    What stays: protocol, times, department, people of the staff, score, and what the desk itself said.
    """
    for start in range(0, len(chat_ids), _BATCH):
        ids = chat_ids[start : start + _BATCH]
        _in_chats(writing.connection, ids, stones)
        _in_lines(writing.connection, ids, stones)
        _in_events(writing.connection, ids, stones)
        rename_in_notifications(writing.connection, ids, stones.name)
        # At once, not when the indexer comes; it then reads what is left.
        writing.connection.execute(delete(ChatWords).where(col(ChatWords.chat_id).in_(ids)))
        note_for_indexing(writing, ids)


def _in_chats(connection: Connection, ids: Sequence[uuid.UUID], stones: Tombstones) -> None:
    nothing = dict.fromkeys(
        (
            "subject",
            "rating_comment",
            "external_id",
            "token_hash",
            "opening_key",
            "opening_digest",
            # Nothing is left that had to be out of sight.
            "restricted_at",
        ),
        None,
    )
    connection.execute(update(Chat).where(col(Chat.id).in_(ids)).values(customer_name=stones.name, **nothing))


def _in_lines(connection: Connection, ids: Sequence[uuid.UUID], stones: Tombstones) -> None:
    lines = update(Message).where(col(Message.chat_id).in_(ids))
    connection.execute(lines.where(col(Message.kind).in_(SAID)).values(body=stones.line))
    connection.execute(lines.where(col(Message.sender) == Sender.CUSTOMER).values(sender_name=stones.name))
    connection.execute(lines.where(col(Message.sender).in_(_THEIRS)).values(client_id=None))


_KEEP = (
    update(EventRow.__table__)  # type: ignore[attr-defined] - SQLModel's own
    .where(col(EventRow.stream) == bindparam("of"), col(EventRow.seq) == bindparam("number"))
    .values(payload=bindparam("told"))
)
_RENAME = (
    update(Notification.__table__)  # type: ignore[attr-defined] - SQLModel's own
    .where(col(Notification.id) == bindparam("of"))
    .values(values=bindparam("told"))
)


def _in_events(connection: Connection, ids: Sequence[uuid.UUID], stones: Tombstones) -> None:
    query = select(col(EventRow.stream), col(EventRow.seq), col(EventRow.payload)).where(
        col(EventRow.stream).in_([chat_stream(id) for id in ids]), col(EventRow.kind) == MessageSent.__name__
    )
    rows = [
        {"of": stream, "number": seq, "told": payload | dict(_over(payload, stones))}
        for stream, seq, payload in connection.execute(query)
    ]
    if rows:
        connection.execute(_KEEP, rows)


def _over(line: dict[str, Any], stones: Tombstones) -> Iterator[tuple[str, str | None]]:
    """What a line that was stored in an event says from now on: the same as its row."""
    if MessageKind(line["kind"]) in SAID:
        yield "body", stones.line
    if Sender(line["sender"]) is Sender.CUSTOMER:
        yield "sender_name", stones.name
    if Sender(line["sender"]) in _THEIRS:
        yield "client_id", None


def rename_in_notifications(connection: Connection, ids: Sequence[uuid.UUID], name: str) -> None:
    """Call the customers of these chats by another name in all that the staff were told of them."""
    query = select(col(Notification.id), col(Notification.values)).where(col(Notification.chat_id).in_(ids))
    rows = [
        {"of": id, "told": values | {"customer": name}}
        for id, values in connection.execute(query)
        if "customer" in values
    ]
    if rows:
        connection.execute(_RENAME, rows)
