"""What a subscriber asks to read, as far as others may ask the same."""

from collections.abc import Awaitable, Callable, Hashable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from typing import Any, Protocol

from api.context import Context
from api.events import Delivery, Passing, StateMoved


class SharedStream(Protocol):
    """A stream that callers of one audience may read as one."""

    @property
    def name(self) -> str:
        """The stream whose numbers the cursors are of."""
        ...

    async def admit(self, ctx: Context) -> bool:
        """Raise unless the caller may read; True when that is only for who they are, as the agent of a chat is."""
        ...

    async def readmit(self, audience: Context) -> None:
        """Raise unless this audience, all of whom were admitted, may read on; it is nobody, and nothing is noted."""
        ...


class SharedState(Protocol):
    """State that a process keeps for the readers of a stream: they are sent the newest on joining, then each other."""

    @property
    def newest(self) -> StateMoved[Any] | None:
        """As it is now; None while that is not known yet."""
        ...

    def kept(self) -> AbstractAsyncContextManager[None]:
        """Keep it up to date for the length of the block."""
        ...


Render = Callable[[Context, Delivery | Passing], Awaitable[str | None]]
"""What readers are sent of an item, drawn for an audience: the end of a frame; None for nothing."""


@dataclass(frozen=True)
class Reading:
    """What a subscriber reads, and how it is shown."""

    stream: SharedStream
    asked: Hashable
    """Everything that the frames depend on, besides the item and the audience."""
    personal: bool
    """The frames depend on which person of an audience reads."""
    render: Render = field(compare=False)
    state: SharedState | None = field(default=None, compare=False)
    """What the stream tells of, where that is no facts."""
