"""Whom we tell of what happens here: receivers, what each wants to hear, and the secrets that sign it."""

import re
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import ColumnElement, bindparam, delete, func, select
from sqlmodel import col

from api.context import Context
from api.courier import Parcel, Receipt, new_secret
from api.db import Transaction
from api.errors import Conflict, NotFound
from api.models import Webhook, WebhookDelivery
from api.models.base import new_id
from api.models.enums import DeliveryStatus, Permission, WebhookEvent
from api.outbox import payload
from api.resolvers.access import allow, staff
from api.resolvers.audit import record
from api.resolvers.checks import Checks
from api.vault import Vault

MOST = 20
"""Each costs a row for each fact that it wants to hear."""
OLD_SECRET_FOR = timedelta(hours=24)
"""How long the secret before signs too, so that receivers may change theirs when it suits them."""
TEST = "webhook.test"
_TESTS = "10/minute"
_URL = re.compile(r"https?://[!-~]+")


@dataclass(frozen=True)
class WebhookDetails:
    """A webhook, whole, as people write it down."""

    name: str
    url: str
    events: Sequence[WebhookEvent]
    active: bool = True


@dataclass(frozen=True)
class WebhookSecret:
    """A webhook, and its secret, which is shown this once."""

    webhook: Webhook
    secret: str


@dataclass(frozen=True)
class Standing:
    """What a webhook is still to be told, and what was given up."""

    waiting: int = 0
    failed: int = 0


@allow(Permission.WEBHOOK_MANAGE)
async def list_webhooks(ctx: Context) -> list[Webhook]:
    """All webhooks, oldest first."""
    async with ctx.db.read() as session:
        return list((await session.execute(select(Webhook).order_by(col(Webhook.id)))).scalars())


@allow(Permission.WEBHOOK_MANAGE)
async def standing_of(ctx: Context, ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, Standing]:
    """How each of these webhooks stands; what was delivered is not counted, which would read the whole log."""
    found: dict[uuid.UUID, dict[str, int]] = {id: {} for id in ids}
    async with ctx.db.read() as session:
        for name, status in (("waiting", DeliveryStatus.PENDING), ("failed", DeliveryStatus.FAILED)):
            of = col(WebhookDelivery.webhook_id)
            query = select(of, func.count()).where(is_now(status), of.in_(ids)).group_by(of)
            for id, count in (await session.execute(query)).all():
                found[id][name] = count
    return {id: Standing(**counts) for id, counts in found.items()}


@allow(Permission.WEBHOOK_MANAGE)
async def create_webhook(ctx: Context, details: WebhookDetails) -> WebhookSecret:
    """Begin to tell a receiver. Raises Invalid, Conflict (there are too many)."""
    given = await _checked(ctx, details)
    secret = new_secret()
    async with ctx.db.transaction() as tx:
        if (await tx.session.execute(select(func.count()).select_from(Webhook))).scalar_one() >= MOST:
            raise Conflict("too_many_webhooks", most=MOST)
        webhook = Webhook(
            **given, secret=ctx.services.vault.seal(secret), created_at=tx.now, created_by=staff(ctx).user_id
        )
        tx.session.add(webhook)
        after = described(ctx.services.vault, webhook)
        record(ctx, tx, action="create_webhook", object=f"webhook:{webhook.id}", after=after)
        return WebhookSecret(webhook, secret)


@allow(Permission.WEBHOOK_MANAGE)
async def update_webhook(ctx: Context, webhook_id: uuid.UUID, details: WebhookDetails) -> Webhook:
    """Write a webhook down anew; what it is still to be told goes where it listens now. Raises Invalid, NotFound."""
    given = await _checked(ctx, details)
    async with ctx.db.transaction() as tx:
        webhook = await _access(tx, webhook_id)
        before = described(ctx.services.vault, webhook)
        webhook.sqlmodel_update(given)
        tx.session.add(webhook)
        entry = {"before": before, "after": described(ctx.services.vault, webhook)}
        record(ctx, tx, action="update_webhook", object=f"webhook:{webhook.id}", **entry)
        return webhook


@allow(Permission.WEBHOOK_MANAGE)
async def delete_webhook(ctx: Context, webhook_id: uuid.UUID) -> None:
    """Tell a receiver no more, and forget what it was told. Raises NotFound."""
    async with ctx.db.transaction() as tx:
        webhook = await _access(tx, webhook_id)
        await tx.session.execute(delete(WebhookDelivery).where(col(WebhookDelivery.webhook_id) == webhook_id))
        await tx.session.delete(webhook)
        before = described(ctx.services.vault, webhook)
        record(ctx, tx, action="delete_webhook", object=f"webhook:{webhook_id}", before=before)


@allow(Permission.WEBHOOK_MANAGE)
async def roll_webhook_secret(ctx: Context, webhook_id: uuid.UUID) -> WebhookSecret:
    """Sign with a new secret, and with the one before beside it for a day. Raises NotFound."""
    secret = new_secret()
    async with ctx.db.transaction() as tx:
        webhook = await _access(tx, webhook_id)
        webhook.old_secret, webhook.old_until = webhook.secret, tx.now + OLD_SECRET_FOR
        webhook.secret = ctx.services.vault.seal(secret)
        tx.session.add(webhook)
        record(ctx, tx, action="roll_webhook_secret", object=f"webhook:{webhook_id}")
        return WebhookSecret(webhook, secret)


@allow(Permission.WEBHOOK_MANAGE)
async def test_webhook(ctx: Context, webhook_id: uuid.UUID) -> Receipt:
    """Send a `webhook.test` now, signed as all else, active or not; it is not kept. Raises NotFound, RateLimited."""
    await ctx.services.limiter.take(_TESTS, "webhook test", ctx.principal.actor)
    async with ctx.db.read() as session:
        webhook = await session.get(Webhook, webhook_id)
    if webhook is None:
        raise NotFound("webhook_not_found")
    body = payload(TEST, ctx.now(), {"webhook_id": webhook_id})
    return await ctx.services.courier.deliver(parcel(ctx.services.vault, webhook, new_id(), body, ctx.now()))


def parcel(vault: Vault, webhook: Webhook, id: uuid.UUID, body: str, now: datetime) -> Parcel:
    """A letter to a webhook, signed by its secret and, for a day, by the one before."""
    secrets = [vault.unseal(webhook.secret)]
    if webhook.old_secret and webhook.old_until and now < webhook.old_until:
        secrets.append(vault.unseal(webhook.old_secret))
    return Parcel(f"msg_{id.hex}", webhook.url, body, secrets, now)


def described(vault: Vault, webhook: Webhook) -> dict[str, Any]:
    """What an audit entry says of a webhook: of its address only the host, and a digest that shows a change.

    Paths and queries of such addresses often are credentials.
    """
    where = f"{urlsplit(webhook.url).netloc} ({vault.digest('webhook url', webhook.url)[:8]})"
    return {"name": webhook.name, "url": where, "events": webhook.events, "active": webhook.active}


async def _access(tx: Transaction, webhook_id: uuid.UUID) -> Webhook:
    """A webhook, held until the end of the transaction. Raises NotFound."""
    webhook = await tx.session.get(Webhook, webhook_id, with_for_update=True)
    if webhook is None:
        raise NotFound("webhook_not_found")
    return webhook


def is_now(status: DeliveryStatus) -> ColumnElement[bool]:
    """Whether a delivery has a status, which stands in the statement, so that the index of that status is found."""
    return col(WebhookDelivery.status) == bindparam(None, status, literal_execute=True)


async def _checked(ctx: Context, details: WebhookDetails) -> dict[str, Any]:
    checks = Checks("input")
    name = checks.text("name", details.name, limit=80)
    url = checks.text("url", details.url, limit=500)
    if url and not _is_url(url):
        checks.fault("url", "bad_url")
    elif url and await ctx.services.courier.refuses(url):
        checks.fault("url", "receiver_not_allowed")
    events = sorted({event.value for event in details.events})
    if not events:
        checks.fault("events", "required")
    checks.done()
    return {"name": name, "url": url, "events": events, "active": details.active}


def _is_url(url: str) -> bool:
    """An address of HTTP, without a user, a password or a fragment, which would not be sent as they stand."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return False
    plain = not parts.username and not parts.password and "#" not in url and "\\" not in url
    return bool(_URL.fullmatch(url)) and bool(parts.hostname) and plain and port != 0
