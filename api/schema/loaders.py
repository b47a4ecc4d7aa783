"""Relations read once for all objects of an operation that need them: no query per row."""

import uuid
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from functools import cached_property
from typing import TypeVar

from strawberry.dataloader import DataLoader

from api.context import Context
from api.models import AccessPoint, Chat, Department, Incident, Leg, Maintenance, Message, User
from api.resolvers.access_points import access_points_by_id
from api.resolvers.audit import audit_names, names_of_ids
from api.resolvers.chats import agent_names, chats_by_id
from api.resolvers.connecting import count_customers_of
from api.resolvers.customers import CustomerCard, customers_by_id
from api.resolvers.departments import departments_by_id, departments_of_users
from api.resolvers.hours import OpeningState, opening_states
from api.resolvers.incidents import (
    IncidentCounts,
    Moment,
    counts_of,
    incidents_by_id,
    incidents_of_points,
    scopes_of,
    timelines_of,
)
from api.resolvers.legs import ChatTimes, legs_of, times_of_chats
from api.resolvers.maintenance import maintenance_of, upcoming_maintenance
from api.resolvers.messages import first_messages, last_messages, unread_counts
from api.resolvers.network import recent_latencies
from api.resolvers.notices import Notice, notices_of_chats
from api.resolvers.queue import QueueState, positions, queue_states
from api.resolvers.replying import Link, ReplyState, replied_at, replies_of
from api.resolvers.restricting import holds_of
from api.resolvers.search import Excerpt, excerpts_of
from api.resolvers.tree import NetworkSummary, below, children_of, cut_off_by
from api.resolvers.users import agents_of_departments, users_by_id

K = TypeVar("K")
V = TypeVar("V")


class Loaders:
    """The loaders of one operation, each made when it is first asked for."""

    def __init__(self, ctx: Context) -> None:
        self._ctx = ctx

    @cached_property
    def access_points(self) -> DataLoader[uuid.UUID, AccessPoint | None]:
        return self._by_id(access_points_by_id)

    @cached_property
    def children(self) -> DataLoader[uuid.UUID, list[AccessPoint] | None]:
        return self._by_id(children_of)

    @cached_property
    def below(self) -> DataLoader[uuid.UUID, NetworkSummary | None]:
        return self._by_id(below)

    @cached_property
    def cut_off_by(self) -> DataLoader[uuid.UUID, AccessPoint | None]:
        return self._by_id(cut_off_by)

    @cached_property
    def recent_latencies(self) -> DataLoader[uuid.UUID, list[timedelta | None] | None]:
        return self._by_id(recent_latencies)

    @cached_property
    def maintenance(self) -> DataLoader[uuid.UUID, list[Maintenance] | None]:
        return self._by_id(maintenance_of)

    @cached_property
    def upcoming_maintenance(self) -> DataLoader[uuid.UUID, list[Maintenance] | None]:
        return self._by_id(upcoming_maintenance)

    @cached_property
    def customer_counts(self) -> DataLoader[uuid.UUID, int | None]:
        return self._by_id(count_customers_of)

    @cached_property
    def incidents(self) -> DataLoader[uuid.UUID, Incident | None]:
        return self._by_id(incidents_by_id)

    @cached_property
    def incidents_of_points(self) -> DataLoader[uuid.UUID, Incident | None]:
        return self._by_id(incidents_of_points)

    @cached_property
    def scopes(self) -> DataLoader[uuid.UUID, list[AccessPoint] | None]:
        return self._by_id(scopes_of)

    @cached_property
    def incident_counts(self) -> DataLoader[uuid.UUID, IncidentCounts | None]:
        return self._by_id(counts_of)

    @cached_property
    def timelines(self) -> DataLoader[uuid.UUID, list[Moment] | None]:
        return self._by_id(timelines_of)

    @cached_property
    def incident_replies(self) -> DataLoader[uuid.UUID, list[ReplyState] | None]:
        return self._by_id(replies_of)

    @cached_property
    def replied_at(self) -> DataLoader[Link, datetime | None]:
        return self._by_id(replied_at)

    @cached_property
    def notices(self) -> DataLoader[uuid.UUID, Notice | None]:
        return self._by_id(notices_of_chats)

    @cached_property
    def chats(self) -> DataLoader[uuid.UUID, Chat | None]:
        return self._by_id(chats_by_id)

    @cached_property
    def customers(self) -> DataLoader[uuid.UUID, CustomerCard | None]:
        return self._by_id(customers_by_id)

    @cached_property
    def holds(self) -> DataLoader[uuid.UUID, datetime | None]:
        return self._by_id(holds_of)

    @cached_property
    def departments(self) -> DataLoader[uuid.UUID, Department]:
        return self._of_all(departments_by_id)

    @cached_property
    def users(self) -> DataLoader[uuid.UUID, User | None]:
        return self._by_id(users_by_id)

    @cached_property
    def legs(self) -> DataLoader[uuid.UUID, list[Leg] | None]:
        return self._by_id(legs_of)

    @cached_property
    def times(self) -> DataLoader[uuid.UUID, ChatTimes | None]:
        return self._by_id(times_of_chats)

    @cached_property
    def first_messages(self) -> DataLoader[uuid.UUID, Message | None]:
        return self._by_id(first_messages)

    @cached_property
    def last_messages(self) -> DataLoader[uuid.UUID, Message | None]:
        return self._by_id(last_messages)

    @cached_property
    def unread(self) -> DataLoader[uuid.UUID, int | None]:
        return self._by_id(unread_counts)

    @cached_property
    def positions(self) -> DataLoader[uuid.UUID, int | None]:
        return self._by_id(positions)

    @cached_property
    def queues(self) -> DataLoader[uuid.UUID, QueueState]:
        return self._of_all(queue_states)

    @cached_property
    def openings(self) -> DataLoader[uuid.UUID, OpeningState]:
        return self._of_all(opening_states)

    @cached_property
    def departments_of(self) -> DataLoader[uuid.UUID, list[uuid.UUID] | None]:
        return self._by_id(departments_of_users)

    @cached_property
    def agent_names(self) -> DataLoader[uuid.UUID, str | None]:
        return self._by_id(agent_names)

    @cached_property
    def excerpts(self) -> DataLoader[tuple[uuid.UUID, str], Excerpt | None]:
        async def load(asked: list[tuple[uuid.UUID, str]]) -> list[Excerpt | None]:
            found = await excerpts_of(self._ctx, asked)
            return [found.get(key) for key in asked]

        return DataLoader(load_fn=load)

    @cached_property
    def agents_of(self) -> DataLoader[uuid.UUID, list[User] | None]:
        return self._by_id(agents_of_departments)

    @cached_property
    def audit_names(self) -> DataLoader[str, str | None]:
        return self._by_id(audit_names)

    @cached_property
    def names_of_ids(self) -> DataLoader[uuid.UUID, str | None]:
        return self._by_id(names_of_ids)

    def _by_id(self, read: Callable[[Context, list[K]], Awaitable[dict[K, V]]]) -> DataLoader[K, V | None]:
        async def load(ids: list[K]) -> list[V | None]:
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
