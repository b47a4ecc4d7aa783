"""People who write and follow while things break: each sends until it is answered, and comes back with its cursor."""

import asyncio
import itertools
import json
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx2
import websockets

from tests.faults.history import Fact, History

SEND = """mutation($c: ID!, $b: String!, $k: ID!) { sendMessage(chatId: $c, body: $b, clientId: $k) {
  message { id seq clientId body sentAt } userErrors { code message } } }"""
OPEN = """mutation($i: OpenChatInput!) { openChat(input: $i) { chat { id } token userErrors { code message } } }"""
FOLLOW = """subscription($c: ID!, $a: Cursor) { chatEvents(chatId: $c, after: $a) { cursor event { __typename
  ... on MessageSent { message { id clientId body } } } } }"""

PASSING = {"UNAVAILABLE", "LAGGED", "STORAGE_FULL"}
"""After these a client tries again. Any other code is a fault, and ends the test."""

PAUSE = 0.1
PATIENCE = 5.0
"""Seconds after which a client gives up on an answer and asks again, elsewhere."""


@dataclass(frozen=True)
class Party:
    """One side of a chat."""

    name: str
    chat_id: str
    token: str


@dataclass
class Client:
    """Whoever asks: at one process after the other, as a balancer would deal them out."""

    bases: Sequence[str]
    http: httpx2.AsyncClient
    _turn: Iterator[str] = field(init=False)

    def __post_init__(self) -> None:
        self._turn = itertools.cycle(self.bases)

    async def ask(self, query: str, token: str | None = None, **variables: Any) -> dict[str, Any] | None:
        """The answer's data; None when there is no answer now, and trying again is right."""
        headers = {"authorization": f"Bearer {token}"} if token else {}
        body = {"query": query, "variables": variables}
        try:
            answer = await self.http.post(f"{next(self._turn)}/graphql", json=body, headers=headers, timeout=PATIENCE)
        except httpx2.TransportError:
            return None
        said = answer.json()
        if not said.get("errors"):
            return said["data"]
        codes = {error["extensions"]["code"] for error in said["errors"]}
        assert codes <= PASSING, said
        return None

    async def insist(self, query: str, token: str | None = None, **variables: Any) -> dict[str, Any]:
        """Ask until there is an answer."""
        while True:
            data = await self.ask(query, token, **variables)
            if data is not None:
                return data
            await asyncio.sleep(PAUSE)

    def next_socket(self) -> str:
        """The address of the next process's socket."""
        return next(self._turn).replace("http", "ws", 1) + "/graphql"


class Broken(Exception):
    """A stream ended in a way after which a client comes back."""


@dataclass
class Traffic:
    """Writers and followers of some chats, and what they were told."""

    client: Client
    history: History = field(default_factory=History)
    connections: int = 0
    opened: dict[str, set[str]] = field(default_factory=dict)
    """Of each opening's client id, the chats that answered it."""
    _cursors: dict[tuple[str, str], str] = field(default_factory=dict)
    _stopping: bool = False

    @property
    def acks(self) -> int:
        return sum(map(len, self.history.acks.values()))

    async def until(self, true: Callable[[], object], within: float = 60) -> None:
        """Wait for something to become so while the traffic goes on."""
        async with asyncio.timeout(within):
            while not true():  # noqa: ASYNC110 - it is so when somebody was told something, which calls nobody here
                await asyncio.sleep(0.02)

    async def more(self, count: int = 20, within: float = 60) -> None:
        """Wait until so many more sends were answered."""
        wanted = self.acks + count
        await self.until(lambda: self.acks >= wanted, within)

    def stop(self) -> None:
        """Writers finish what they are sending, and send no more."""
        self._stopping = True

    async def write(self, party: Party) -> None:
        """Send numbered lines, each until it is answered."""
        for number in itertools.count(1):
            if self._stopping:
                return
            await self.send(party, f"{party.name} {number}")
            await asyncio.sleep(0.01)

    async def send(self, party: Party, key: str, body: str | None = None) -> str:
        """Send one line until it is answered; returns the id of its message. Its text is `key`, unless given."""
        data = await self.client.insist(SEND, party.token, c=party.chat_id, b=body or key, k=key)
        message = data["sendMessage"]["message"]
        assert message is not None, data
        self.history.acked(party.chat_id, message["clientId"], message["id"])
        return message["id"]

    async def open(self, key: str, opening: dict[str, Any]) -> None:
        """Open a chat, trying until it is answered."""
        data = await self.client.insist(OPEN, i=opening | {"clientId": key})
        assert data["openChat"]["chat"] is not None, data
        self.opened.setdefault(key, set()).add(data["openChat"]["chat"]["id"])

    async def follow(self, party: Party, beginning: str) -> None:
        """Follow the chat from its beginning, coming back with the last cursor whenever the stream breaks."""
        self.history.follows(party.chat_id, party.name)
        self._cursors[party.chat_id, party.name] = beginning
        while True:
            try:
                await self._follow_once(party)
            except (OSError, TimeoutError, websockets.WebSocketException, Broken):
                await asyncio.sleep(PAUSE)

    async def _follow_once(self, party: Party) -> None:
        key = party.chat_id, party.name
        async with connected(self.client.next_socket(), party.token) as connection:
            self.connections += 1
            variables = {"c": party.chat_id, "a": self._cursors[key]}
            subscribe = {"id": "1", "type": "subscribe", "payload": {"query": FOLLOW, "variables": variables}}
            await connection.send(json.dumps(subscribe))
            async for frame in connection:
                said = _told(json.loads(frame))
                if said is not None and said["cursor"] is not None:
                    self.history.saw(*key, fact_of(said))
                    self._cursors[key] = said["cursor"]
        raise Broken

    def has_seen(self, party: Party, message_id: str) -> bool:
        """Whether a message has reached a follower."""
        return any(fact.message_id == message_id for fact in reversed(self.history.follows(party.chat_id, party.name)))

    def last_seen(self, party: Party) -> int:
        """The number of the last event that a follower saw."""
        return int(self._cursors[party.chat_id, party.name].rpartition(".")[2])


@asynccontextmanager
async def connected(
    url: str, token: str | None, *, patience: float = PATIENCE
) -> AsyncIterator[websockets.ClientConnection]:
    """A connection that was acknowledged. Leaving it breaks it off: what died would not say goodbye either."""
    subprotocols = [websockets.Subprotocol("graphql-transport-ws")]
    async with asyncio.timeout(patience):
        connection = await websockets.connect(url, subprotocols=subprotocols, open_timeout=patience, close_timeout=1)
    try:
        await connection.send(json.dumps({"type": "connection_init", "payload": {"token": token} if token else {}}))
        async with asyncio.timeout(patience):
            acknowledged = json.loads(await connection.recv())
        if acknowledged != {"type": "connection_ack"}:
            raise Broken
        yield connection
    finally:
        connection.transport.abort()
        await connection.wait_closed()


def _told(frame: dict[str, Any]) -> dict[str, Any] | None:
    """What a frame tells of the chat. Raises Broken when the stream ended for now."""
    if frame["type"] == "next":
        return frame["payload"]["data"]["chatEvents"]
    if frame["type"] == "error":
        code = frame["payload"][0]["extensions"]["code"]
        assert code in PASSING, frame
        raise Broken
    return None


def fact_of(said: dict[str, Any]) -> Fact:
    """The event of a delivery, as the history keeps it."""
    number, event = int(said["cursor"].rpartition(".")[2]), said["event"]
    message = event.get("message")
    if message is None:
        return Fact(number, event["__typename"])
    return Fact(number, event["__typename"], message["id"], message["clientId"], message["body"])


@asynccontextmanager
async def traffic(bases: Sequence[str]) -> AsyncIterator[Traffic]:
    """Traffic over these processes, without anybody yet."""
    async with httpx2.AsyncClient() as http:
        yield Traffic(Client(bases, http))


@asynccontextmanager
async def lively(bases: Sequence[str], parties: Sequence[Party], beginning: str) -> AsyncIterator[Traffic]:
    """Everybody writes and follows for the length of the block; at its end all that was sent has been seen by all."""
    async with traffic(bases) as found, asyncio.TaskGroup() as group:
        following = [group.create_task(found.follow(party, beginning)) for party in parties]
        writing = [group.create_task(found.write(party)) for party in parties]
        yield found
        found.stop()
        await asyncio.gather(*writing)
        await found.until(lambda: _all_caught_up(found, parties))
        for task in following:
            task.cancel()


def _all_caught_up(found: Traffic, parties: Sequence[Party]) -> bool:
    """Every follower of a chat has seen the last message that anybody was told is stored, and as far as the others."""
    for party in parties:
        acked = {message_id for _, message_id in found.history.acks.get(party.chat_id, [])}
        seen = {fact.message_id for fact in found.history.follows(party.chat_id, party.name)}
        others = [found.last_seen(other) for other in parties if other.chat_id == party.chat_id]
        if acked - seen or found.last_seen(party) != max(others):
            return False
    return True
