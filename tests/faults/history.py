"""What was acknowledged and what each subscriber saw, held against what is stored."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy import select
from sqlmodel import col

from api.db import Database
from api.events import Delivery, MessageSent, chat_stream
from api.models import Message
from api.subscriptions.hub import PAGE


@dataclass(frozen=True)
class Fact:
    """One event of a chat: its number in the stream, its kind, and of a message what tells it from others."""

    number: int
    kind: str
    message_id: str | None = None
    client_id: str | None = None
    body: str | None = None


@dataclass
class History:
    """What the clients of a desk were told, chat by chat, across all their connections."""

    acks: dict[str, list[tuple[str, str]]] = field(default_factory=dict)
    """Of each chat, (client id, message id) of every answer to a send."""
    seen: dict[tuple[str, str], list[Fact]] = field(default_factory=dict)
    """Of each (chat, reader), every event in the order of its coming. Readers begin with the chat."""

    def acked(self, chat_id: str, client_id: str, message_id: str) -> None:
        """A send was answered."""
        self.acks.setdefault(chat_id, []).append((client_id, message_id))

    def saw(self, chat_id: str, reader: str, fact: Fact) -> None:
        """An event reached a subscriber."""
        self.follows(chat_id, reader).append(fact)

    def follows(self, chat_id: str, reader: str) -> list[Fact]:
        """What a reader of a chat saw; one that is named but saw nothing has missed everything."""
        return self.seen.setdefault((chat_id, reader), [])

    def check(self, stored: Mapping[str, Sequence[Fact]]) -> None:
        """Assert that each ack is stored once, and that each reader saw exactly what is stored, in order."""
        problems = list(self.problems(stored))
        assert not problems, "\n".join(problems[:20])

    def problems(self, stored: Mapping[str, Sequence[Fact]]) -> Iterator[str]:
        """Everything that is not as promised."""
        for chat_id, facts in stored.items():
            yield from (f"{chat_id}: {said}" for said in _numbering(facts))
        for chat_id, acks in self.acks.items():
            yield from (f"{chat_id}: {said}" for said in _acks(acks, stored.get(chat_id, ())))
        for (chat_id, reader), seen in self.seen.items():
            yield from (f"{chat_id}, {reader}: {said}" for said in _reading(seen, stored.get(chat_id, ())))


def _numbering(facts: Sequence[Fact]) -> Iterator[str]:
    """What is stored is numbered 1, 2, 3…, and holds each message of a client once."""
    numbers = [fact.number for fact in facts]
    if numbers != list(range(1, len(numbers) + 1)):
        yield f"stored numbers are not 1 to {len(numbers)}: {numbers}"
    times = Counter(fact.client_id for fact in facts if fact.client_id is not None)
    yield from (f"{client_id} is stored {count} times" for client_id, count in times.items() if count > 1)


def _acks(acks: Sequence[tuple[str, str]], facts: Sequence[Fact]) -> Iterator[str]:
    """Each ack names the message that is stored under its client id."""
    by_client_id = {fact.client_id: fact.message_id for fact in facts if fact.client_id is not None}
    for client_id, message_id in acks:
        if client_id not in by_client_id:
            yield f"{client_id} was acknowledged and is lost"
        elif by_client_id[client_id] != message_id:
            yield f"{client_id} was acknowledged as another message than is stored"


def _reading(seen: Sequence[Fact], facts: Sequence[Fact]) -> Iterator[str]:
    """A reader saw every stored event once, as it is stored, in the order of its number."""
    stored = {fact.number: fact for fact in facts}
    before: set[int] = set()
    last = 0
    for fact in seen:
        if fact.number in before:
            yield f"saw {fact.number} twice"
        elif fact.number < last:
            yield f"saw {fact.number} after {last}"
        if fact.number not in stored:
            yield f"saw {fact.number}, which is not stored"
        elif fact != stored[fact.number]:
            yield f"saw {fact.number} otherwise than it is stored: {fact}, {stored[fact.number]}"
        before.add(fact.number)
        last = max(last, fact.number)
    missed = sorted(stored.keys() - before)
    if missed:
        yield f"missed {missed}"


async def stored_history(db: Database, chat_ids: Iterable[str]) -> dict[str, list[Fact]]:
    """Every event of these chats, as the database holds them. Asserts that each message has its event, and no other."""
    history: dict[str, list[Fact]] = {}
    for chat_id in chat_ids:
        facts = history[chat_id] = await _facts(db, UUID(chat_id))
        told = [fact.message_id for fact in facts if fact.message_id is not None]
        assert told == await _messages(db, UUID(chat_id)), f"{chat_id}: messages and events differ"
    return history


async def _facts(db: Database, chat_id: UUID) -> list[Fact]:
    facts: list[Fact] = []
    while rows := await db.events_after(chat_stream(chat_id), facts[-1].number if facts else 0, PAGE):
        facts += [_fact(row) for row in rows]
    return facts


def _fact(row: Delivery) -> Fact:
    event = row.event
    if isinstance(event, MessageSent):
        return Fact(row.seq, "MessageSent", str(event.message_id), event.client_id, event.body)
    return Fact(row.seq, type(event).__name__)


async def _messages(db: Database, chat_id: UUID) -> list[str]:
    async with db.read() as session:
        query = select(col(Message.id)).where(col(Message.chat_id) == chat_id).order_by(col(Message.seq))
        return [str(message_id) for message_id in (await session.execute(query)).scalars()]
