"""How lines get onto the disk: all that are sent at one moment share one transaction, of a few statements in all.

A chat's row is locked, the rules are applied to what it says, and the lines of all chats are written together. What
needs more than that (a closed chat that its customer reopens, a row that somebody else holds) goes alone.
"""

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, fields
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import bindparam, insert, select, tuple_, update
from sqlmodel import col

from api.context import Context, Machine, Principal, Staff
from api.errors import AppError, Conflict, Forbidden, IdempotencyMismatch, NotFound
from api.events import MessageSent
from api.models import Chat, Department, Message
from api.models.base import new_id
from api.models.enums import ChatKind, ChatStatus, MessageKind, NotificationKind, Sender
from api.resolvers.access import access_chat, may_see, somebody_elses
from api.resolvers.indexing import note_for_indexing
from api.resolvers.legs import note_first_replies
from api.resolvers.lines import Author, author_of, fact_of
from api.resolvers.notifications import tell
from api.resolvers.reopening import reopen
from api.resolvers.turns import turn_after
from api.writing import Writing


@dataclass(frozen=True)
class Sending:
    """A line that somebody wants to write."""

    ctx: Context
    chat_id: uuid.UUID
    body: str
    client_id: str | None = None
    kind: MessageKind = MessageKind.TEXT


@dataclass(frozen=True)
class Sent:
    """A stored line, and whether an earlier try had already stored it."""

    message: MessageSent
    repeated: bool = False


class Alone(Exception):
    """This line needs a transaction of its own."""


async def send(sending: Sending) -> Sent:
    """Store a line; returning means that it is on disk.

    Raises NotFound, ChatClosed, Conflict, Forbidden, IdempotencyMismatch; Contention when it is to be tried again.
    """
    try:
        return await sending.ctx.db.together(write_lines, sending, about=_chat_of)
    except Alone:
        return await _send_alone(sending)


def _chat_of(sending: Sending) -> uuid.UUID:
    return sending.chat_id


async def _send_alone(sending: Sending) -> Sent:
    ctx = sending.ctx
    async with ctx.db.transaction() as tx:
        chat = await access_chat(ctx, tx.session, sending.chat_id, lock=True)
        (outcome,) = await tx.write(lambda writing: write_lines(writing, [sending]))
        if isinstance(outcome, Alone):
            # Behind the lock, only new words to a closed chat are still in the way: notes and repeats reopen nothing.
            await reopen(ctx, tx, chat)
            (outcome,) = await tx.write(lambda writing: write_lines(writing, [sending]))
        if isinstance(outcome, Exception):
            raise outcome
        return outcome


def write_lines(writing: Writing, sendings: Sequence[Sending]) -> list[Sent | Exception]:
    """Write the lines of a transaction; answers each in its place, with its own refusal where there is one."""
    chats = _locked_chats(writing, {sending.chat_id for sending in sendings})
    lot = _Lot(writing, sendings[0].ctx.settings.zone, chats)
    lot.recall(sendings)
    outcomes = [lot.answer(sending) for sending in sendings]
    lot.store()
    return outcomes


@dataclass
class _Chat:
    """A chat whose row the transaction holds, and what the lines of this transaction make of it."""

    id: uuid.UUID
    protocol: str
    kind: ChatKind
    status: ChatStatus
    department_id: uuid.UUID
    customer_name: str
    agent_id: uuid.UUID | None
    api_key_id: uuid.UUID | None
    restricted_at: datetime | None
    awaiting: Sender | None
    deadline: datetime | None
    warned_at: datetime | None
    message_seq: int
    department: str
    warn_after: timedelta

    @property
    def names(self) -> dict[str, str]:
        """What a notification's sentence names."""
        return {"customer": self.customer_name, "department": self.department, "protocol": self.protocol}

    @property
    def moved(self) -> dict[str, Any]:
        """What has changed in the row."""
        return {
            "chat": self.id,
            "message_seq": self.message_seq,
            "awaiting": self.awaiting,
            "deadline": self.deadline,
            "warned_at": self.warned_at,
        }


_OF_CHAT = [getattr(Chat, name.name) for name in fields(_Chat) if hasattr(Chat, name.name)]
_CHATS = (
    select(*_OF_CHAT, col(Department.name), col(Department.warn_after))
    .join(Department, col(Department.id) == col(Chat.department_id))
    .where(col(Chat.id).in_(bindparam("ids", expanding=True)))
    # In one order for all, so that two transactions never wait for each other; one that is held is not waited for.
    .order_by(col(Chat.id))
    .with_for_update(of=Chat, skip_locked=True)
)
_KEY = tuple_(col(Message.chat_id), col(Message.author), col(Message.client_id))
_EARLIER = select(Message.__table__).where(_KEY.in_(bindparam("keys", expanding=True)))  # type: ignore[attr-defined] - SQLModel's own
_MOVE = (
    update(Chat.__table__)  # type: ignore[attr-defined] - SQLModel's own
    .where(col(Chat.id) == bindparam("chat"))
    .values(
        message_seq=bindparam("message_seq"),
        awaiting=bindparam("awaiting"),
        deadline=bindparam("deadline"),
        warned_at=bindparam("warned_at"),
    )
)
_ADD = insert(Message)

Key = tuple[uuid.UUID, str, str]
"""Chat, author, and the id that the author gave the line."""


def _locked_chats(writing: Writing, ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, _Chat]:
    return {row[0]: _Chat(*row) for row in writing.connection.execute(_CHATS, {"ids": list(ids)})}


@dataclass
class _Lot:
    """The lines of one transaction, on the way to the disk."""

    writing: Writing
    zone: ZoneInfo
    chats: dict[uuid.UUID, _Chat]
    known: dict[Key, MessageSent] = field(default_factory=dict)
    """The lines that carry an id of their author's, of now and of before."""
    lines: list[dict[str, Any]] = field(default_factory=list)
    moved: set[uuid.UUID] = field(default_factory=set)
    answered: set[uuid.UUID] = field(default_factory=set)
    asked: set[uuid.UUID] = field(default_factory=set)
    noted: set[uuid.UUID] = field(default_factory=set)
    """Chats to which something was added after their end."""

    def recall(self, sendings: Sequence[Sending]) -> None:
        """Find what earlier tries have stored; behind the locks, so that of two at once one finds the other."""
        keys = {
            _key(sending, author_of(sending.ctx.principal, chat))
            for sending in sendings
            if (chat := self.chats.get(sending.chat_id)) is not None
        } - {None}
        if keys:
            for row in self.writing.connection.execute(_EARLIER, {"keys": list(keys)}):
                self.known[row.chat_id, row.author, row.client_id] = fact_of(row)

    def answer(self, sending: Sending) -> Sent | Exception:
        """What becomes of one line."""
        try:
            return self._take(sending)
        except (AppError, Alone) as error:
            return error

    def _take(self, sending: Sending) -> Sent:
        chat = self.chats.get(sending.chat_id)
        if chat is None:
            # It is not there, or held by somebody else: that is told by looking for it alone.
            raise Alone
        principal = sending.ctx.principal
        if not may_see(principal, chat):
            raise NotFound("chat_not_found")
        author = author_of(principal, chat)
        key = _key(sending, author)
        if key is not None and (earlier := self.known.get(key)) is not None:
            if (earlier.body, earlier.kind) != (sending.body, sending.kind):
                raise IdempotencyMismatch("key_reused", field=("clientId",))
            return Sent(earlier, repeated=True)
        if chat.status is ChatStatus.CLOSED and sending.kind is MessageKind.TEXT:
            raise Alone
        _require_turn(principal, chat, sending.kind)
        fact = self._write(sending, chat, author)
        if key is not None:
            self.known[key] = fact
        return Sent(fact)

    def _write(self, sending: Sending, chat: _Chat, author: Author) -> MessageSent:
        now, chat_id = self.writing.now, sending.chat_id
        if sending.kind is MessageKind.TEXT:
            settings = sending.ctx.settings
            turn = turn_after(settings, chat, author.sender, now=now, warn_after=chat.warn_after)
            for name, value in turn.items():
                setattr(chat, name, value)
        chat.message_seq += 1
        fact = MessageSent(
            chat_id=chat_id,
            message_id=new_id(),
            seq=chat.message_seq,
            sender=author.sender,
            sender_name=author.name,
            kind=sending.kind,
            body=sending.body,
            client_id=sending.client_id,
            sent_at=now,
        )
        # The fact is the whole line, but for who its id belongs to.
        line = vars(fact) | {"id": fact.message_id, "author": author.key}
        del line["message_id"]
        self.lines.append(line)
        self.moved.add(chat_id)
        if author.sender is Sender.AGENT and sending.kind is MessageKind.TEXT:
            self.answered.add(chat_id)
        elif author.sender is Sender.CUSTOMER and chat.agent_id is not None:
            self.asked.add(chat_id)
        if chat.status is ChatStatus.CLOSED:
            self.noted.add(chat_id)
        self.writing.emit(fact)
        return fact

    def store(self) -> None:
        """Write everything down: a statement for each table."""
        if not self.lines:
            return
        connection = self.writing.connection
        connection.execute(_MOVE, [self.chats[chat_id].moved for chat_id in sorted(self.moved)])
        connection.execute(_ADD, self.lines)
        if self.answered:
            note_first_replies(self.writing, self.answered, self.zone)
        if self.noted:
            note_for_indexing(self.writing, self.noted)
        if self.asked:
            chats = [self.chats[chat_id] for chat_id in sorted(self.asked)]
            told = [(chat.agent_id, chat.id, chat.names) for chat in chats if chat.agent_id]
            tell(self.writing, NotificationKind.CHAT_MESSAGE, told)


def _key(sending: Sending, author: Author) -> Key | None:
    return (sending.chat_id, author.key, sending.client_id) if sending.client_id is not None else None


def _require_turn(principal: Principal, chat: _Chat, kind: MessageKind) -> None:
    """Only the owner of the next move writes; a note may be left by any staff who see the chat, open or not."""
    if kind is MessageKind.NOTE:
        if not isinstance(principal, Staff):
            raise Forbidden("notes_are_for_staff", field=("kind",))
        return
    match principal:
        case Staff(user_id=user_id) if chat.agent_id != user_id:
            raise somebody_elses(chat)
        case Machine() if chat.status is not ChatStatus.BOT:
            raise Conflict("bot_not_owner")
        case _:
            return
