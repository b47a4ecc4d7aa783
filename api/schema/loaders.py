"""Relations read once for all objects of an operation that need them: no query per row."""

import uuid
from collections.abc import Awaitable, Callable
from typing import TypeVar

from strawberry.dataloader import DataLoader

from api.context import Context
from api.models import Chat, Department, Leg, Message, User
from api.resolvers.chats import agent_names, chats_by_id
from api.resolvers.customers import CustomerCard, customers_by_id
from api.resolvers.departments import departments_by_id, departments_of_users
from api.resolvers.legs import ChatTimes, legs_of, times_of_chats
from api.resolvers.messages import last_messages, unread_counts
from api.resolvers.queue import QueueState, positions, queue_states
from api.resolvers.users import agents_of_departments, users_by_id

V = TypeVar("V")


class Loaders:
    """The loaders of one operation."""

    def __init__(self, ctx: Context) -> None:
        self._ctx = ctx
        self.chats: DataLoader[uuid.UUID, Chat | None] = self._by_id(chats_by_id)
        self.customers: DataLoader[uuid.UUID, CustomerCard | None] = self._by_id(customers_by_id)
        self.departments: DataLoader[uuid.UUID, Department] = self._of_all(departments_by_id)
        self.users: DataLoader[uuid.UUID, User | None] = self._by_id(users_by_id)
        self.legs: DataLoader[uuid.UUID, list[Leg] | None] = self._by_id(legs_of)
        self.times: DataLoader[uuid.UUID, ChatTimes | None] = self._by_id(times_of_chats)
        self.last_messages: DataLoader[uuid.UUID, Message | None] = self._by_id(last_messages)
        self.unread: DataLoader[uuid.UUID, int | None] = self._by_id(unread_counts)
        self.positions: DataLoader[uuid.UUID, int | None] = self._by_id(positions)
        self.queues: DataLoader[uuid.UUID, QueueState] = self._of_all(queue_states)
        self.departments_of: DataLoader[uuid.UUID, list[uuid.UUID] | None] = self._by_id(departments_of_users)
        self.agent_names: DataLoader[uuid.UUID, str | None] = self._by_id(agent_names)
        self.agents_of: DataLoader[uuid.UUID, list[User] | None] = self._by_id(agents_of_departments)

    def _by_id(
        self, read: Callable[[Context, list[uuid.UUID]], Awaitable[dict[uuid.UUID, V]]]
    ) -> DataLoader[uuid.UUID, V | None]:
        async def load(ids: list[uuid.UUID]) -> list[V | None]:
            found = await read(self._ctx, ids)
            return [found.get(id) for id in ids]

        return DataLoader(load_fn=load)

    def _of_all(
        self, read: Callable[[Context, list[uuid.UUID]], Awaitable[dict[uuid.UUID, V]]]
    ) -> DataLoader[uuid.UUID, V]:
        """For what each id has, since a row refers to it: `load` raises LookupError where there is nothing."""

        async def load(ids: list[uuid.UUID]) -> list[V | BaseException]:
            found = await read(self._ctx, ids)
            return [found[id] if id in found else LookupError(f"nothing has the id {id}") for id in ids]

        return DataLoader(load_fn=load)
