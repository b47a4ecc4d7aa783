"""Webhooks in the schema."""

from datetime import datetime, timedelta
from functools import partial
from typing import Annotated

import strawberry

from api.courier import Receipt as ReceiptRow
from api.errors import NotFound
from api.models import Webhook as WebhookRow
from api.models import WebhookDelivery as WebhookDeliveryRow
from api.models.enums import DeliveryStatus, WebhookEvent
from api.resolvers import deliveries, webhooks
from api.schema.base import Connection, Info, Node, UserError, from_id, page_request, payload, to_id
from api.schema.scalars import Cursor
from api.schema.users import DonePayload

WebhookId = Annotated[strawberry.ID, strawberry.argument(description="The webhook.")]


@strawberry.type(description="A receiver that is told of what happens here.")
class Webhook(Node):
    name: str = strawberry.field(description="What people call it.")
    url: str = strawberry.field(description="Where it listens.")
    events: list[WebhookEvent] = strawberry.field(description="What it is told of.")
    active: bool = strawberry.field(description="Whether it is told of anything now.")
    created_at: datetime = strawberry.field(description="When it was made.")
    failing_since: datetime | None = strawberry.field(description="The first failure since it took anything.")
    waiting: int = strawberry.field(description="Deliveries that are still to be sent.")
    failed: int = strawberry.field(description="Deliveries in the log that were given up.")
    old_secret_until: datetime | None = strawberry.field(
        description="Until when the secret before signs as well; null when there is none."
    )

    @classmethod
    def of(cls, row: WebhookRow, standing: webhooks.Standing, now: datetime) -> "Webhook":
        return cls(
            id=to_id(row.id),
            name=row.name,
            url=row.url,
            events=[WebhookEvent(event) for event in row.events],
            active=row.active,
            created_at=row.created_at,
            failing_since=row.failing_since,
            waiting=standing.waiting,
            failed=standing.failed,
            old_secret_until=row.old_until if row.old_until and row.old_until > now else None,
        )


@strawberry.type(description="What one webhook is told of one fact, and what became of it.")
class WebhookDelivery(Node):
    event: WebhookEvent = strawberry.field(description="What happened.")
    body: str = strawberry.field(description="What is sent, letter by letter.")
    status: DeliveryStatus = strawberry.field(description="What has become of it.")
    created_at: datetime = strawberry.field(description="When it happened.")
    due_at: datetime | None = strawberry.field(description="When it is tried next, at the latest; null when done.")
    attempts: int = strawberry.field(description="How many times it was tried.")
    attempted_at: datetime | None = strawberry.field(description="When it was tried last.")
    status_code: int | None = strawberry.field(description="What was answered last.")
    took: timedelta | None = strawberry.field(description="How long that took.")
    error: str | None = strawberry.field(description="What was met last instead of success, such as timeout.")

    @classmethod
    def of(cls, row: WebhookDeliveryRow) -> "WebhookDelivery":
        return cls(
            id=to_id(row.id),
            event=row.event,
            body=row.body,
            status=row.status,
            created_at=row.created_at,
            due_at=row.due_at,
            attempts=row.attempts,
            attempted_at=row.attempted_at,
            status_code=row.status_code,
            took=row.took,
            error=row.error or None,
        )


@strawberry.input(description="A webhook, whole.")
class WebhookInput:
    name: str = strawberry.field(description="What people call it, at most 80 characters.")
    url: str = strawberry.field(
        description="Where it listens: HTTPS and a public address, or a private network that the operator allows."
    )
    events: list[WebhookEvent] = strawberry.field(description="What it is told of; at least one.")
    active: bool = strawberry.field(default=True, description="Whether it is told of anything now.")

    def details(self) -> webhooks.WebhookDetails:
        return webhooks.WebhookDetails(self.name, self.url, self.events, self.active)


@strawberry.type(description="What a receiver answered to a trial.")
class WebhookReceipt:
    taken: bool = strawberry.field(description="Whether it took it: a status from 200 to 299.")
    status_code: int | None = strawberry.field(description="What it answered; null when it did not.")
    took: timedelta = strawberry.field(description="How long it took.")
    error: str | None = strawberry.field(description="What was met instead of success, such as timeout.")

    @classmethod
    def of(cls, row: ReceiptRow) -> "WebhookReceipt":
        return cls(taken=row.taken, status_code=row.status_code, took=row.took, error=row.error or None)


@strawberry.type(description="The webhook, or what was wrong.")
class WebhookPayload:
    webhook: Webhook | None = strawberry.field(default=None, description="The webhook as it is now.")
    secret: str | None = strawberry.field(default=None, description="The secret that signs; a new one is shown once.")
    user_errors: list[UserError] = strawberry.field(default_factory=list, description="What to mend.")


@strawberry.type(description="What became of a trial, or why there was none.")
class WebhookTestPayload:
    receipt: WebhookReceipt | None = strawberry.field(default=None, description="What the receiver answered.")
    user_errors: list[UserError] = strawberry.field(default_factory=list, description="What to mend.")


@strawberry.type(description="The delivery that is sent anew, or what was wrong.")
class WebhookDeliveryPayload:
    delivery: WebhookDelivery | None = strawberry.field(default=None, description="The delivery as it is now.")
    user_errors: list[UserError] = strawberry.field(default_factory=list, description="What to mend.")


@strawberry.type(description="How many deliveries are sent anew, or what was wrong.")
class ReplayPayload:
    count: int | None = strawberry.field(default=None, description="How many deliveries are sent anew.")
    user_errors: list[UserError] = strawberry.field(default_factory=list, description="What to mend.")


def _no_webhook() -> NotFound:
    return NotFound("webhook_not_found")


async def _drawn(info: Info, rows: list[WebhookRow]) -> list[Webhook]:
    ctx = info.context.ctx
    standings = await webhooks.standing_of(ctx, [row.id for row in rows])
    return [Webhook.of(row, standings[row.id], ctx.now()) for row in rows]


@strawberry.type
class WebhookQuery:
    @strawberry.field(description="All webhooks, oldest first.")
    async def webhooks(self, info: Info) -> list[Webhook]:
        return await _drawn(info, await webhooks.list_webhooks(info.context.ctx))

    @strawberry.field(description="What a webhook was told and is still to be told, newest first.")
    async def webhook_deliveries(
        self,
        info: Info,
        webhook_id: WebhookId,
        status: Annotated[DeliveryStatus | None, strawberry.argument(description="Only those.")] = None,
        first: Annotated[int | None, strawberry.argument(description="How many, at most 100; 50 by default.")] = None,
        after: Annotated[Cursor | None, strawberry.argument(description="After this place.")] = None,
    ) -> Connection[WebhookDelivery]:
        ctx = info.context.ctx
        wanted = deliveries.DeliveryFilter(from_id(webhook_id, missing=_no_webhook), status)
        page = await deliveries.list_deliveries(ctx, wanted, page_request(first, after))
        return Connection.of(page, WebhookDelivery.of, partial(deliveries.count_deliveries, ctx, wanted))


@strawberry.type
class WebhookMutation:
    @strawberry.mutation(description="Begin to tell a receiver of what happens here.")
    @payload(WebhookPayload)
    async def create_webhook(
        self, info: Info, input: Annotated[WebhookInput, strawberry.argument(description="What it is.")]
    ) -> WebhookPayload:
        made = await webhooks.create_webhook(info.context.ctx, input.details())
        (webhook,) = await _drawn(info, [made.webhook])
        return WebhookPayload(webhook=webhook, secret=made.secret)

    @strawberry.mutation(description="Write a webhook down anew; what waits goes where it listens then.")
    @payload(WebhookPayload)
    async def update_webhook(
        self,
        info: Info,
        id: WebhookId,
        input: Annotated[WebhookInput, strawberry.argument(description="What it is.")],
    ) -> WebhookPayload:
        row = await webhooks.update_webhook(info.context.ctx, from_id(id, missing=_no_webhook), input.details())
        (webhook,) = await _drawn(info, [row])
        return WebhookPayload(webhook=webhook)

    @strawberry.mutation(description="Tell a receiver no more, and forget what it was told.")
    @payload(DonePayload)
    async def delete_webhook(self, info: Info, id: WebhookId) -> DonePayload:
        await webhooks.delete_webhook(info.context.ctx, from_id(id, missing=_no_webhook))
        return DonePayload(done=True)

    @strawberry.mutation(description="Sign with a new secret, and for a day with the one before as well.")
    @payload(WebhookPayload)
    async def roll_webhook_secret(self, info: Info, id: WebhookId) -> WebhookPayload:
        made = await webhooks.roll_webhook_secret(info.context.ctx, from_id(id, missing=_no_webhook))
        (webhook,) = await _drawn(info, [made.webhook])
        return WebhookPayload(webhook=webhook, secret=made.secret)

    @strawberry.mutation(description="Send a webhook.test now; it is not kept in the log.")
    @payload(WebhookTestPayload)
    async def test_webhook(self, info: Info, id: WebhookId) -> WebhookTestPayload:
        receipt = await webhooks.test_webhook(info.context.ctx, from_id(id, missing=_no_webhook))
        return WebhookTestPayload(receipt=WebhookReceipt.of(receipt))

    @strawberry.mutation(description="Send a delivery anew, under its own id.")
    @payload(WebhookDeliveryPayload)
    async def replay_delivery(
        self, info: Info, id: Annotated[strawberry.ID, strawberry.argument(description="The delivery.")]
    ) -> WebhookDeliveryPayload:
        found = from_id(id, missing=lambda: NotFound("delivery_not_found"))
        row = await deliveries.replay_delivery(info.context.ctx, found)
        return WebhookDeliveryPayload(delivery=WebhookDelivery.of(row))

    @strawberry.mutation(description="Send everything anew that was given up of what happened since a moment.")
    @payload(ReplayPayload)
    async def replay_failed(
        self,
        info: Info,
        webhook_id: WebhookId,
        since: Annotated[datetime, strawberry.argument(description="From when on.")],
    ) -> ReplayPayload:
        id = from_id(webhook_id, missing=_no_webhook)
        return ReplayPayload(count=await deliveries.replay_failed(info.context.ctx, id, since))
