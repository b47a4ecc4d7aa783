"""The vocabulary of facts: what happened, in the past tense, and in which stream it is numbered."""

import uuid
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ClassVar, Generic, TypeVar

from pydantic import TypeAdapter

from api.models.enums import AccessPointStatus, MessageKind, Sender

S = TypeVar("S")


def chat_stream(chat_id: uuid.UUID) -> str:
    """What both sides of one chat follow."""
    return f"chat:{chat_id.hex}"


def queue_stream(department_id: uuid.UUID) -> str:
    """What the agents of one department follow."""
    return f"queue:{department_id.hex}"


NETWORK = "network"
"""What everybody follows who looks at the network."""

INCIDENTS = "incidents"
"""What everybody follows who looks at what many customers have at once."""

DASHBOARD = "dashboard"
"""What the dashboards of a process follow: state that each process keeps, and no facts of its own."""


def staff_stream(user_id: uuid.UUID) -> str:
    """What concerns one person of the staff."""
    return f"staff:{user_id.hex}"


@dataclass(frozen=True)
class Event:
    """A fact. Stored in its stream, in the transaction that made it true."""

    @property
    def stream(self) -> str:
        """The stream that numbers this event."""
        raise NotImplementedError


@dataclass(frozen=True)
class ChatEvent(Event):
    """A fact about one chat, for both its sides."""

    chat_id: uuid.UUID

    @property
    def stream(self) -> str:
        return chat_stream(self.chat_id)


@dataclass(frozen=True)
class MessageSent(ChatEvent):
    """A line was written. The event holds it whole, so that a replay reads one table."""

    message_id: uuid.UUID
    seq: int
    sender: Sender
    sender_name: str
    kind: MessageKind
    body: str
    client_id: str | None
    sent_at: datetime

    @property
    def id(self) -> uuid.UUID:
        """The line's own id, as its row calls it."""
        return self.message_id


@dataclass(frozen=True)
class MessagesRead(ChatEvent):
    """One side has read up to a message."""

    by: Sender
    seq: int


@dataclass(frozen=True)
class ChatChanged(ChatEvent):
    """Status, agent, department, priority or another property of the chat is not what it was."""


@dataclass(frozen=True)
class ChatEnded(ChatEvent):
    """The chat was closed."""


@dataclass(frozen=True)
class QueueEvent(Event):
    """A fact about one department's queue."""

    department_id: uuid.UUID
    chat_id: uuid.UUID

    @property
    def stream(self) -> str:
        return queue_stream(self.department_id)


@dataclass(frozen=True)
class ChatQueued(QueueEvent):
    """A chat began to wait."""


@dataclass(frozen=True)
class ChatLeftQueue(QueueEvent):
    """A chat waits no more: claimed (then by whom) or closed."""

    agent_id: uuid.UUID | None
    reason: str


@dataclass(frozen=True)
class ChatReordered(QueueEvent):
    """A waiting chat changed its place."""


@dataclass(frozen=True)
class StaffEvent(Event):
    """A fact about one person of the staff."""

    user_id: uuid.UUID

    @property
    def stream(self) -> str:
        return staff_stream(self.user_id)


@dataclass(frozen=True)
class ChatAssigned(StaffEvent):
    """A chat is now this agent's."""

    chat_id: uuid.UUID


@dataclass(frozen=True)
class ChatUnassigned(StaffEvent):
    """A chat is this agent's no more."""

    chat_id: uuid.UUID
    reason: str


@dataclass(frozen=True)
class Notified(StaffEvent):
    """Somebody has something new to look at."""

    notification_id: uuid.UUID


@dataclass(frozen=True)
class AccessChanged(StaffEvent):
    """Rights changed, or a session ended: live subscriptions look at their rights again at once."""


@dataclass(frozen=True)
class PresenceChanged(StaffEvent):
    """Whether this person attends now is not what it was."""


@dataclass(frozen=True)
class NetworkEvent(Event):
    """A fact about the network that customers hang on."""

    access_point_id: uuid.UUID

    @property
    def stream(self) -> str:
        return NETWORK


@dataclass(frozen=True)
class AccessPointChanged(NetworkEvent):
    """A point shows another status, flaps or flaps no more, or its own data are others; a new one was UNKNOWN."""

    previous: AccessPointStatus


@dataclass(frozen=True)
class AccessPointDeleted(NetworkEvent):
    """A point is watched no more."""


@dataclass(frozen=True)
class OutageOpened(NetworkEvent):
    """The checks of a point found it to be OFFLINE."""

    outage_id: uuid.UUID


@dataclass(frozen=True)
class OutageEnded(NetworkEvent):
    """The checks of a point found it to work again."""

    outage_id: uuid.UUID


@dataclass(frozen=True)
class IncidentEvent(Event):
    """A fact about one trouble that many customers have."""

    incident_id: uuid.UUID

    @property
    def stream(self) -> str:
        return INCIDENTS


@dataclass(frozen=True)
class IncidentOpened(IncidentEvent):
    """Something that many customers will ask about has begun, or seems to."""


@dataclass(frozen=True)
class IncidentChanged(IncidentEvent):
    """Its status, its words, its chats or the answers of its customers are not what they were."""


@dataclass(frozen=True)
class IncidentResolved(IncidentEvent):
    """It is over, or there was none."""


@dataclass(frozen=True)
class Passing:
    """Something that readers of a stream are told and that is never stored."""

    @property
    def stream(self) -> str:
        """Where readers hear it."""
        raise NotImplementedError


@dataclass(frozen=True)
class StateMoved(Passing, Generic[S]):
    """What a process keeps for its readers is another now: the newest, with a number that grows."""

    name: str
    number: int
    state: S = field(compare=False)

    @property
    def stream(self) -> str:
        return self.name


@dataclass(frozen=True)
class Typing(Passing):
    """Somebody is writing. May be dropped."""

    chat_id: uuid.UUID
    by: Sender
    name: str

    @property
    def stream(self) -> str:
        return chat_stream(self.chat_id)


@dataclass(frozen=True)
class Delivery:
    """An event in its place: this stream, this number, this moment."""

    stream: str
    seq: int
    at: datetime
    event: Event


@dataclass(frozen=True)
class Unrecognised(Event):
    """A fact of a kind that only a newer version knows: it keeps its number, and no reader here is told of it."""

    kind: str


class _Codec:
    kinds: ClassVar[dict[str, TypeAdapter[Any]]] = {
        kind.__name__: TypeAdapter(kind)
        for kind in (
            MessageSent, MessagesRead, ChatChanged, ChatEnded,
            ChatQueued, ChatLeftQueue, ChatReordered,
            ChatAssigned, ChatUnassigned, Notified, AccessChanged, PresenceChanged,
            AccessPointChanged, AccessPointDeleted, OutageOpened, OutageEnded,
            IncidentOpened, IncidentChanged, IncidentResolved,
        )
    }  # fmt: skip


def to_payload(event: Event) -> dict[str, Any]:
    """The event's own fields as plain JSON."""
    return _Codec.kinds[type(event).__name__].dump_python(event, mode="json")


def from_payload(kind: str, payload: dict[str, Any]) -> Event:
    """The event that was stored under `kind`; Unrecognised where two versions share a database for a while."""
    adapter = _Codec.kinds.get(kind)
    return adapter.validate_python(payload) if adapter else Unrecognised(kind)
