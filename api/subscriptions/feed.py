"""One stream that is read here: a gate that opens for the next number only, whichever way an event came."""

import asyncio

from api.events import Delivery
from api.subscriptions.readers import Listener

_AHEAD = 1000


class Feed:
    """One stream with its readers in this process. Lets events through in the order of their numbers, with no hole."""

    def __init__(self, stream: str) -> None:
        self.stream = stream
        self.readers: set[Listener] = set()
        self.head: int | None = None
        """The last number let through; None until it is known where the stream stands."""
        self.known = 0
        """The last number that we heard of."""
        self.reading: asyncio.Task[None] | None = None
        self._ahead: dict[int, Delivery] = {}

    @property
    def behind(self) -> int:
        """How many events we have heard of and not let through yet."""
        return 0 if self.head is None else max(self.known - self.head, 0)

    def start_at(self, head: int) -> int:
        """Know where the stream stands, and let through what arrived while we asked; returns where it stands now."""
        if self.head is None:
            self.head = head
            self._drain()
        return self.head

    def push(self, delivery: Delivery) -> bool:
        """Take an event in; False when an earlier one is missing and has to be fetched."""
        if self.head is not None and delivery.seq <= self.head:
            return True
        self.known = max(self.known, delivery.seq)
        if len(self._ahead) < _AHEAD:
            self._ahead[delivery.seq] = delivery
        self._drain()
        return self.head is None or not self._ahead

    def skip_to(self, seq: int) -> None:
        """Go on behind a hole that the database cannot fill any more; readers notice it by the numbers."""
        self.head = seq

    def _drain(self) -> None:
        if self.head is None:
            return
        while (delivery := self._ahead.pop(self.head + 1, None)) is not None:
            self.head = delivery.seq
            for reader in self.readers:
                reader.offer(delivery)
        for seq in [seq for seq in self._ahead if seq <= self.head]:
            del self._ahead[seq]
