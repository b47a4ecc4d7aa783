"""Incidents in the schema: one trouble that many customers have (what is done about it: incident_acts.py)."""

import uuid
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Annotated

import strawberry

from api.errors import NotFound
from api.models import Incident as IncidentRow
from api.models import IncidentChat as IncidentChatRow
from api.models.enums import IncidentAudience, IncidentCause, IncidentStatus, IncidentStep
from api.resolvers import incidents as use
from api.resolvers import replying
from api.schema.access_points import AccessPoint, load_point, point_id
from api.schema.base import Connection, Info, Node, from_id, page_request, to_id
from api.schema.incident_replies import IncidentReply, LazyChat, load_chat
from api.schema.scalars import Cursor
from api.schema.users import User, load_user
from api.subscriptions.cursors import write_cursor

if TYPE_CHECKING:
    pass

First = Annotated[int | None, strawberry.argument(description="How many, at most 100; 50 by default.")]
After = Annotated[Cursor | None, strawberry.argument(description="After this place.")]


@strawberry.type(description="How many an incident concerns.")
class IncidentCounts:
    points: int = strawberry.field(description="Access points in its scope.")
    customers: int = strawberry.field(description="Customers who hang on them now.")
    chats: int = strawberry.field(description="Chats that it was linked to, open or not.")
    open_chats: int = strawberry.field(description="Open ones that it still explains.")
    asked: int = strawberry.field(description="Chats in which it was asked whether the connection is back.")
    back: int = strawberry.field(description="Chats whose customers said that it is.")
    not_back: int = strawberry.field(description="Chats whose customers said that it is not.")


@strawberry.type(description="A step of an incident's story.")
class IncidentMoment:
    at: datetime = strawberry.field(description="When it was taken.")
    step: IncidentStep = strawberry.field(description="What happened.")
    chats: int | None = strawberry.field(description="Of a reply: how many chats it was for.")
    user_key: strawberry.Private[uuid.UUID | None]

    @classmethod
    def of(cls, moment: use.Moment) -> "IncidentMoment":
        return cls(at=moment.at, step=moment.step, chats=moment.chats, user_key=moment.by)

    @strawberry.field(description="Who took it; null when the desk did by itself.")
    async def by(self, info: Info) -> User | None:
        return await load_user(info, self.user_key)


@strawberry.type(description="A chat of a customer whom an incident affects.")
class IncidentChat:
    linked_at: datetime = strawberry.field(description="When it was linked.")
    asked_at: datetime | None = strawberry.field(
        description="When its customer was asked whether the connection is back."
    )
    back: bool | None = strawberry.field(description="What they answered; null while they did not.")
    answered_at: datetime | None = strawberry.field(description="When they did.")
    key: strawberry.Private[tuple[uuid.UUID, uuid.UUID]]

    @classmethod
    def of(cls, row: IncidentChatRow) -> "IncidentChat":
        return cls(
            linked_at=row.linked_at,
            asked_at=row.asked_at,
            back=row.answer,
            answered_at=row.answered_at,
            key=(row.incident_id, row.chat_id),
        )

    @strawberry.field(description="The chat; null when it has just become somebody else's.")
    async def chat(self, info: Info) -> LazyChat | None:
        return await load_chat(info, self.key[1])

    @strawberry.field(description="When the last reply to all reached it; null when none did.")
    async def replied_at(self, info: Info) -> datetime | None:
        return await info.context.loaders.replied_at.load(self.key)


@strawberry.type(description="One trouble that many customers have, from the first suspicion to its end.")
class Incident(Node):
    status: IncidentStatus = strawberry.field(description="How far it is.")
    cause: IncidentCause = strawberry.field(description="What it was found by.")
    title: str = strawberry.field(description="What the staff calls it.")
    message: str = strawberry.field(description="What customers are told; empty until somebody has written it.")
    expected_at: datetime | None = strawberry.field(description="Until when it is expected to last.")
    audience: IncidentAudience = strawberry.field(description="Who is told.")
    opened_at: datetime = strawberry.field(description="When it was found.")
    confirmed_at: datetime | None = strawberry.field(description="When somebody said that it is true.")
    monitored_at: datetime | None = strawberry.field(
        description="Since when it is thought to be over: from then on customers are asked."
    )
    resolved_at: datetime | None = strawberry.field(description="When it was over.")
    dismissed: str | None = strawberry.field(description="Why it was none, where somebody said so.")
    row: strawberry.Private[IncidentRow]

    @classmethod
    def of(cls, row: IncidentRow) -> "Incident":
        return cls(
            id=to_id(row.id),
            status=row.status,
            cause=row.cause,
            title=row.title,
            message=row.message,
            expected_at=row.expected_at,
            audience=row.audience,
            opened_at=row.opened_at,
            confirmed_at=row.confirmed_at,
            monitored_at=row.monitored_at,
            resolved_at=row.resolved_at,
            dismissed=row.dismissed,
            row=row,
        )

    @strawberry.field(description="Where it began; null when that is watched no more.")
    async def access_point(self, info: Info) -> AccessPoint | None:
        return await load_point(info, self.row.root_id) if self.row.root_id else None

    @strawberry.field(description="The access points that it was about when it began, by name.")
    async def scope(self, info: Info) -> list[AccessPoint]:
        return [AccessPoint.of(point) for point in await info.context.loaders.scopes.load(self.row.id) or []]

    @strawberry.field(description="How many it concerns.")
    async def counts(self, info: Info) -> IncidentCounts:
        found = await info.context.loaders.incident_counts.load(self.row.id)
        return IncidentCounts(**vars(found or use.IncidentCounts()))

    @strawberry.field(description="The chats that it was linked to, of those that the caller may see, oldest first.")
    async def chats(self, info: Info, first: First = None, after: After = None) -> Connection[IncidentChat]:
        ctx = info.context.ctx
        page = await use.chats_of_incident(ctx, self.row.id, page_request(first, after))
        return Connection.of(page, IncidentChat.of, partial(use.count_chats_of_incident, ctx, self.row.id))

    @strawberry.field(description="What was said to all of its chats, newest first.")
    async def replies(self, info: Info) -> list[IncidentReply]:
        return [
            IncidentReply.of(state) for state in await info.context.loaders.incident_replies.load(self.row.id) or []
        ]

    @strawberry.field(description="What became of it, step by step; what was taken back since is left out.")
    async def timeline(self, info: Info) -> list[IncidentMoment]:
        return [IncidentMoment.of(moment) for moment in await info.context.loaders.timelines.load(self.row.id) or []]

    @strawberry.field(description="The larger one that it turned out to be a part of.")
    async def part_of(self, info: Info) -> "Incident | None":
        return await load_incident(info, self.row.absorbed_by)


async def load_incident(info: Info, incident_id: uuid.UUID | None) -> Incident | None:
    """The incident that another row refers to."""
    row = await info.context.loaders.incidents.load(incident_id) if incident_id else None
    return Incident.of(row) if row else None


def no_incident() -> NotFound:
    """What an id that names no incident answers."""
    return NotFound("incident_not_found")


def incident_id(value: str) -> uuid.UUID:
    """The id of an incident. Raises NotFound."""
    return from_id(value, missing=no_incident)


@strawberry.input(description="Which incidents a list is about; what is left out does not narrow it.")
class IncidentFilter:
    status: list[IncidentStatus] | None = strawberry.field(default=None, description="Any of these.")
    access_point_id: strawberry.ID | None = strawberry.field(default=None, description="With this one in their scope.")

    def narrowing(self) -> use.IncidentFilter:
        within = point_id(self.access_point_id) if self.access_point_id else None
        return use.IncidentFilter(tuple(self.status or ()), within)


@strawberry.type
class IncidentQuery:
    @strawberry.field(description="One incident; null when unknown.")
    async def incident(
        self, info: Info, id: Annotated[strawberry.ID, strawberry.argument(description="The incident.")]
    ) -> Incident | None:
        try:
            key = incident_id(id)
        except NotFound:
            return None
        row = (await use.incidents_by_id(info.context.ctx, [key])).get(key)
        return Incident.of(row) if row else None

    @strawberry.field(description="Incidents, newest first; one that turned out to be part of another is left out.")
    async def incidents(
        self,
        info: Info,
        filter: Annotated[IncidentFilter | None, strawberry.argument(description="Which ones.")] = None,
        first: First = None,
        after: After = None,
    ) -> Connection[Incident]:
        ctx = info.context.ctx
        wanted = filter.narrowing() if filter else use.IncidentFilter()
        page = await use.list_incidents(ctx, wanted, page_request(first, after))
        return Connection.of(page, Incident.of, partial(use.count_incidents, ctx, wanted))

    @strawberry.field(description="The chats that a reply to all would reach now, oldest first.")
    async def reply_recipients(
        self,
        info: Info,
        incident_id: Annotated[strawberry.ID, strawberry.argument(description="The incident.")],
        first: First = None,
        after: After = None,
    ) -> Connection[LazyChat]:
        from api.schema.chats import Chat

        ctx, key = info.context.ctx, from_id(incident_id, missing=no_incident)
        page = await replying.recipients_of(ctx, key, page_request(first, after))
        return Connection.of(page, partial(Chat.of, info.context), partial(replying.count_recipients, ctx, key))

    @strawberry.field(description="Where incidentEvents(after:) begins for who reads the list next.")
    async def incident_cursor(self, info: Info) -> Cursor:
        ctx = info.context.ctx
        return Cursor(write_cursor(ctx.db.epoch, await use.incidents_head(ctx)))
