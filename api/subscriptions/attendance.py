"""Who has a live subscription to this process: their leases are renewed in the database for as long as it lasts."""

import asyncio
import logging
import uuid
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Collection
from contextlib import asynccontextmanager
from datetime import timedelta

from api.context import ChatCustomer, Principal, Staff
from api.errors import AppError

log = logging.getLogger(__name__)


Renew = Callable[[Collection[uuid.UUID], Collection[uuid.UUID]], Awaitable[None]]
"""Says that these people, and the customers of these chats, are connected now; many may say so at once."""


class Attendance:
    """Counts each caller's live subscriptions, and renews the leases of all of them together.

    Another device or tab changes nothing; a lease ends by itself when the last of them has gone.
    """

    def __init__(self, renew: Renew, lease: timedelta) -> None:
        self._renew = renew
        # Two renewals may be missed before a lease ends.
        self._every = lease.total_seconds() / 3
        self._people: Counter[uuid.UUID] = Counter()
        self._chats: Counter[uuid.UUID] = Counter()
        self._task: asyncio.Task[None] | None = None

    def open(self) -> None:
        """Begin to renew."""
        self._task = asyncio.create_task(self._keep_renewing(), name="attendance")

    async def close(self) -> None:
        """Stop renewing; the leases run out by themselves."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    @asynccontextmanager
    async def of(self, principal: Principal) -> AsyncIterator[None]:
        """The caller is connected for the length of the block; machines are not people, and count nowhere."""
        match principal:
            case Staff(user_id=key):
                here, first = self._people, ({key}, ())
            case ChatCustomer(chat_id=key):
                here, first = self._chats, ((), {key})
            case _:
                yield
                return
        here[key] += 1
        try:
            if here[key] == 1:
                await self._try_to_renew(*first)
            yield
        finally:
            here[key] -= 1
            if not here[key]:
                del here[key]

    async def _keep_renewing(self) -> None:
        while True:
            await asyncio.sleep(self._every)
            if self._people or self._chats:
                await self._try_to_renew(set(self._people), set(self._chats))

    async def _try_to_renew(self, people: Collection[uuid.UUID], chats: Collection[uuid.UUID]) -> None:
        try:
            await self._renew(people, chats)
        except AppError as error:
            # The disk is full, say, which must not keep anybody from following: the next turn tries again.
            log.warning("attendance: leases not renewed: %s", error.code)
        except Exception:
            # Nor may a fault of ours sign everybody off.
            log.exception("attendance: leases not renewed")
