"""Webhooks as tests see them: receivers that take what they are told to, and check each signature as theirs would."""

import base64
import hashlib
import hmac
import json
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

from api.context import Context
from api.courier import Parcel, Receipt
from api.models import Webhook, WebhookDelivery
from api.models.enums import WebhookEvent
from api.resolvers.deliveries import DeliveryFilter, list_deliveries
from api.resolvers.dispatching import deliver_due
from api.resolvers.pages import PageRequest
from api.resolvers.webhooks import WebhookDetails, create_webhook
from tests.people import Desk

ALL = tuple(WebhookEvent)


@dataclass
class FakeCourier:
    """Hands every letter over, but for who is said to be down; asks nobody."""

    down: set[str] = field(default_factory=set)
    """Addresses that answer 503."""
    refuses_when: Any = None
    """Whether a parcel is not taken, beside those whose receiver is down."""
    code: int = 503
    tried: list[Parcel] = field(default_factory=list)
    taken: list[Parcel] = field(default_factory=list)

    async def deliver(self, parcel: Parcel) -> Receipt:
        self.tried.append(parcel)
        if parcel.url in self.down or (self.refuses_when and self.refuses_when(parcel)):
            return Receipt(self.code, timedelta(milliseconds=7), "refused_status")
        self.taken.append(parcel)
        return Receipt(204, timedelta(milliseconds=5))

    async def refuses(self, url: str) -> bool:
        return "refused" in url

    def bodies(self, kind: str = "") -> list[dict[str, Any]]:
        """What was taken, in its order: of one kind, or all."""
        found = [json.loads(parcel.body) for parcel in self.taken]
        return [body for body in found if body["type"].startswith(kind)]


def verifies(parcel: Parcel, secret: str) -> bool:
    """What docs/webhooks.md has receivers do, written once more: our own code would only agree with itself."""
    headers = parcel.headers
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.{parcel.body}".encode()
    key = base64.b64decode(secret.removeprefix("whsec_"))
    expected = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    given = [one.partition(",") for one in headers["webhook-signature"].split()]
    return any(version == "v1" and hmac.compare_digest(text, expected) for version, _, text in given)


@dataclass
class Hooks:
    """A desk whose letters are carried by a courier of the test's own."""

    desk: Desk
    boss: Context
    courier: FakeCourier

    @classmethod
    async def of(cls, desk: Desk) -> "Hooks":
        courier = FakeCourier()
        boss = await desk.admin("tecnico", capacity=100)
        return cls(desk, replace(boss, services=replace(boss.services, courier=courier)), courier)

    @property
    def system(self) -> Context:
        return self.at(self.desk.system)

    def at(self, ctx: Context) -> Context:
        """The same caller, with our courier."""
        return replace(ctx, services=replace(ctx.services, courier=self.courier))

    async def hook(self, name: str = "erp", events: Sequence[WebhookEvent] = ALL) -> tuple[Webhook, str]:
        """A webhook at an address of its own, and its secret."""
        made = await create_webhook(self.boss, WebhookDetails(name, f"https://{name}.example/in", list(events)))
        return made.webhook, made.secret

    async def deliver(self) -> int:
        return await deliver_due(self.system)

    async def pass_time(self, length: timedelta, step: timedelta = timedelta(seconds=15)) -> None:
        """Let the clock go on, with the dispatcher looking now and then."""
        end = self.desk.clock.now + length
        while self.desk.clock.now < end:
            self.desk.clock.advance(seconds=step.total_seconds())
            await self.deliver()

    async def log(self, webhook: Webhook) -> list[WebhookDelivery]:
        """What it was told and is still to be told, oldest first."""
        page = await list_deliveries(self.boss, DeliveryFilter(webhook.id), PageRequest(last=100))
        return sorted(page.rows, key=lambda row: row.id)
