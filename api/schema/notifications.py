"""What one person should look at, in the schema."""

import uuid
from collections.abc import AsyncGenerator, Sequence
from contextlib import suppress
from datetime import datetime
from functools import partial
from typing import Annotated

import strawberry

from api.models import Notification as NotificationRow
from api.models.enums import NotificationKind
from api.resolvers import notifications as use
from api.schema.base import Connection, Info, Node, Request, page_request, payload, to_id
from api.schema.scalars import Cursor
from api.schema.users import DonePayload
from api.subscriptions.notifications import notification_events


@strawberry.type(description="Something that the caller should look at.")
class Notification(Node):
    kind: NotificationKind = strawberry.field(description="What it is about.")
    title: str = strawberry.field(description="What happened, in the reader's language.")
    body: str = strawberry.field(description="Where, in the reader's language.")
    link: str | None = strawberry.field(description="The path of the panel's page about it.")
    chat_id: strawberry.ID | None = strawberry.field(description="The chat that it is about.")
    created_at: datetime = strawberry.field(description="When it happened.")
    read_at: datetime | None = strawberry.field(description="When it was looked at; null until then.")

    @classmethod
    def of(cls, request: Request, row: NotificationRow) -> "Notification":
        words = use.in_words(row, request.ctx.locale)
        return cls(
            id=to_id(row.id),
            kind=row.kind,
            title=words.title,
            body=words.body,
            link=words.link,
            chat_id=to_id(row.chat_id) if row.chat_id else None,
            created_at=row.created_at,
            read_at=row.read_at,
        )


@strawberry.type(description="A notification that came, with its place in the stream.")
class NotificationDelivery:
    cursor: Cursor = strawberry.field(description="Where to resume after it.")
    at: datetime = strawberry.field(description="When it came.")
    notification: Notification = strawberry.field(description="The notification as it is now.")


@strawberry.type
class NotificationQuery:
    @strawberry.field(description="What the caller should look at, newest first; for staff.")
    async def notifications(
        self,
        info: Info,
        unread_only: Annotated[bool, strawberry.argument(description="Only what was not looked at yet.")] = False,
        first: Annotated[int | None, strawberry.argument(description="How many, at most 100; 50 by default.")] = None,
        after: Annotated[Cursor | None, strawberry.argument(description="After this place.")] = None,
    ) -> Connection[Notification]:
        ctx = info.context.ctx
        page = await use.list_notifications(ctx, page_request(first, after), unread_only=unread_only)
        count = partial(use.count_notifications, ctx, unread_only=unread_only)
        return Connection.of(page, partial(Notification.of, info.context), count)


@strawberry.type
class NotificationMutation:
    @strawberry.mutation(description="Note that the caller has looked at notifications of their own.")
    @payload(DonePayload)
    async def mark_notifications_read(
        self,
        info: Info,
        ids: Annotated[
            list[strawberry.ID] | None,
            strawberry.argument(description="Which; all of them when left out. Ids of others change nothing."),
        ] = None,
    ) -> DonePayload:
        await use.mark_notifications_read(info.context.ctx, None if ids is None else _named(ids))
        return DonePayload(done=True)


@strawberry.type
class NotificationSubscription:
    @strawberry.subscription(description="What the caller is told to look at after a cursor, or from now on.")
    async def notification_events(
        self,
        info: Info,
        after: Annotated[Cursor | None, strawberry.argument(description="A delivery's cursor.")] = None,
    ) -> AsyncGenerator[NotificationDelivery, None]:
        request = info.context
        async for received in notification_events(request.ctx, request.running.hub, after):
            notification = Notification.of(request, received.notification)
            yield NotificationDelivery(cursor=Cursor(received.cursor), at=received.at, notification=notification)


def _named(ids: Sequence[str]) -> list[uuid.UUID]:
    """The UUIDs among ids; what is not one names nothing, as an unknown one does."""
    found = []
    for value in ids:
        with suppress(ValueError):
            found.append(uuid.UUID(value))
    return found
