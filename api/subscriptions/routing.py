"""When somebody may have to be given a chat: told by what happens here, so that nobody waits for the next round."""

import asyncio
from collections.abc import Sequence

from api.events import AccessChanged, ChatQueued, ChatUnassigned, Delivery, PresenceChanged


class Routing:
    """Is woken by events of this process after which a waiting chat and a free agent may have come together."""

    def __init__(self) -> None:
        self._due = asyncio.Event()

    def hear(self, deliveries: Sequence[Delivery]) -> None:
        """Note what was just committed."""
        if any(isinstance(d.event, ChatQueued | ChatUnassigned | PresenceChanged | AccessChanged) for d in deliveries):
            self._due.set()

    async def wait(self) -> None:
        """Until something of the kind has happened since the last time."""
        await self._due.wait()
        self._due.clear()
