"""Sending what is in the outbox: in the order of each subject, again when it failed, each webhook by itself.

A delivery is claimed by setting when it would be due again, longer than a receiver may take: whoever claims it sends
it, and if they die meanwhile, others do. Only the first of a subject that was not taken yet is ever claimed.
"""

import asyncio
import secrets
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import Connection, and_, bindparam, func, select, update
from sqlmodel import col

from api.context import Context
from api.courier import Receipt
from api.db import persist
from api.models import Webhook, WebhookDelivery
from api.models.enums import DeliveryStatus, NotificationKind
from api.resolvers.access import Who, allow
from api.resolvers.notifications import tell_admins
from api.resolvers.webhooks import is_now, parcel
from api.writing import Writing

log = structlog.get_logger("alidash.webhooks")

ABREAST = 8
"""Deliveries to one webhook at the same time at most, each of another subject."""
CLAIM = timedelta(seconds=30)
"""How long a delivery is its sender's: longer than a receiver may take, and than writing down what became of it."""
FIRST, LONGEST = timedelta(seconds=10), timedelta(minutes=15)
"""How long after a failure the next try comes: twice as long each time, up to the longest."""
_JITTER = 0.2
_LOOKED_AT = 500
_LOOK_EVERY = 1.0
_RECOVERED = timedelta(minutes=1)
"""Whoever failed for longer than this and takes one again is sent at once what waits for its next try."""
_GONE = 410
_OURS = "failed_here"
"""What is noted of an attempt that did not leave this house, such as one whose secret cannot be read."""

_ROW = WebhookDelivery.__table__  # type: ignore[attr-defined] - SQLModel makes it, and does not say so
_pending = is_now(DeliveryStatus.PENDING)
_still = _ROW.c.status == DeliveryStatus.PENDING
"""The same of rows that are named by their ids: what is written out cannot be executed for many at once."""
_now = bindparam("now", type_=_ROW.c.due_at.type)
_is_due = select(_ROW.c.id).where(_ROW.c.webhook_id == col(Webhook.id), _pending, _ROW.c.due_at <= _now).exists()
_DUE = select(col(Webhook.id)).where(col(Webhook.active), _is_due).order_by(col(Webhook.id))
_HOLD = update(_ROW).where(_ROW.c.id == bindparam("key"), _still).values(due_at=bindparam("until"))


@dataclass(frozen=True)
class Claimed:
    """A delivery that is ours to send."""

    id: uuid.UUID
    subject: str
    place: int
    body: str
    attempts: int
    """With this one: what becomes of it is written only while it is the latest."""
    give_up_at: datetime


@dataclass(frozen=True)
class Outcome:
    """What became of an attempt."""

    of: Claimed
    receipt: Receipt


@allow(Who.SYSTEM)
async def deliver_due(ctx: Context) -> int:
    """Send all that is due, and what becomes due meanwhile. Returns how many were sent, taken or not.

    Each webhook is served by itself: one that answers slowly holds up nobody else.
    """
    under_way: dict[uuid.UUID, asyncio.Task[int]] = {}
    sent = 0
    try:
        while True:
            for webhook_id in await ctx.db.look(lambda connection: _due(connection, ctx.now())):
                if webhook_id not in under_way:
                    work = _serve(ctx, webhook_id)
                    under_way[webhook_id] = asyncio.create_task(work, name="webhook")
            if not under_way:
                return sent
            await asyncio.wait(under_way.values(), timeout=_LOOK_EVERY, return_when=asyncio.FIRST_COMPLETED)
            for webhook_id, task in [*under_way.items()]:
                if task.done():
                    del under_way[webhook_id]
                    sent += task.result()
    finally:
        for task in under_way.values():
            task.cancel()
        await asyncio.gather(*under_way.values(), return_exceptions=True)


def _due(connection: Connection, now: datetime) -> list[uuid.UUID]:
    return list(connection.execute(_DUE, {"now": now}).scalars())


async def _serve(ctx: Context, webhook_id: uuid.UUID) -> int:
    """Send one webhook what is due. What goes wrong here is in the log, and nobody else's: it is tried again soon."""
    try:
        return await _serve_all(ctx, webhook_id)
    except Exception:
        log.exception("webhook not served", webhook=webhook_id.hex)
        await asyncio.sleep(_LOOK_EVERY)
        return 0


async def _serve_all(ctx: Context, webhook_id: uuid.UUID) -> int:
    """Send one webhook what is due, a handful at a time, until nothing is."""
    sent = 0
    while True:
        webhook, claimed = await persist(lambda: ctx.db.write(lambda writing: _claim(writing, webhook_id)))
        if webhook is None or not claimed:
            return sent
        outcomes = await asyncio.gather(*(_send(ctx, webhook, one) for one in claimed))
        await persist(lambda webhook=webhook, outcomes=outcomes: ctx.db.write(lambda it: _note(it, webhook, outcomes)))
        sent += len(outcomes)


async def _send(ctx: Context, webhook: Webhook, one: Claimed) -> Outcome:
    try:
        letter = parcel(ctx.services.vault, webhook, one.id, one.body, ctx.now())
        receipt = await ctx.services.courier.deliver(letter)
    except Exception:
        # Such as a key that is gone. A failure as any other: tried again later and later, told of, and given up.
        log.exception("webhook failed here", webhook=webhook.id.hex, delivery=one.id.hex, attempt=one.attempts)
        return Outcome(one, Receipt(None, timedelta(), _OURS))
    if not receipt.taken:
        failure = receipt.error or receipt.status_code
        log.info("webhook failed", webhook=webhook.id.hex, delivery=one.id.hex, attempt=one.attempts, error=failure)
    return Outcome(one, receipt)


# --- claiming --------------------------------------------------------------------------------------------------------


def _claim(writing: Writing, webhook_id: uuid.UUID) -> tuple[Webhook | None, list[Claimed]]:
    """The next deliveries of a webhook: of each subject the first that is pending, if it is due."""
    connection, now = writing.connection, writing.now
    found = connection.execute(select(Webhook.__table__).where(col(Webhook.id) == webhook_id)).one_or_none()  # type: ignore[attr-defined] - as above
    if found is None or not found.active:
        return None, []
    mine = and_(_ROW.c.webhook_id == webhook_id, _pending)
    due = select(_ROW.c.id, _ROW.c.subject).where(mine, _ROW.c.due_at <= now).order_by(_ROW.c.due_at, _ROW.c.id)
    rows = connection.execute(due.limit(_LOOKED_AT)).all()
    heads = _heads(connection, webhook_id, {row.subject for row in rows})
    first = [head.id for head in heads if head.due_at <= now][:ABREAST]
    held = (
        update(_ROW)
        .where(_ROW.c.id.in_(first), _pending, _ROW.c.due_at <= now)
        .values(due_at=now + CLAIM, attempts=_ROW.c.attempts + 1, attempted_at=now, error="")
        .returning(*(_ROW.c[name] for name in Claimed.__dataclass_fields__))
    )
    claimed = [Claimed(*row) for row in connection.execute(held)] if first else []
    _hold_back(connection, rows, heads, now + CLAIM)
    return Webhook(**found._mapping), claimed


def _heads(connection: Connection, webhook_id: uuid.UUID, subjects: Iterable[str]) -> Sequence[Any]:
    """The first pending delivery of each subject, those longest due first."""
    foremost = (
        select(_ROW.c.subject, func.min(_ROW.c.place).label("place"))
        .where(_ROW.c.webhook_id == webhook_id, _pending, _ROW.c.subject.in_(list(subjects)))
        .group_by(_ROW.c.subject)
        .subquery()
    )
    first = and_(_ROW.c.subject == foremost.c.subject, _ROW.c.place == foremost.c.place)
    query = select(_ROW.c.id, _ROW.c.subject, _ROW.c.due_at).join(foremost, first)
    return connection.execute(query.where(_ROW.c.webhook_id == webhook_id, _pending).order_by(_ROW.c.due_at)).all()


def _hold_back(connection: Connection, due: Sequence[Any], heads: Sequence[Any], free_at: datetime) -> None:
    """What stands behind another is not looked at again before that one: who takes it sets the next one free."""
    first = {head.subject: head for head in heads}
    behind = [
        {"key": row.id, "until": max(free_at, first[row.subject].due_at)}
        for row in due
        if row.subject in first and row.id != first[row.subject].id
    ]
    if behind:
        connection.execute(_HOLD, behind)


# --- what became of it -----------------------------------------------------------------------------------------------


def _note(writing: Writing, webhook: Webhook, outcomes: Sequence[Outcome]) -> None:
    """Write down what became of attempts, set free what stood behind them, and how the webhook stands now."""
    connection, now = writing.connection, writing.now
    latest = (_ROW.c.id == bindparam("key"), _ROW.c.attempts == bindparam("attempt"), _still)
    columns = ("status", "due_at", "status_code", "took", "error")
    noted = update(_ROW).where(*latest).values({name: bindparam(f"new_{name}") for name in columns})
    rows = [_row(outcome, now) for outcome in outcomes]
    connection.execute(noted, rows)
    done = {outcome.of.subject for outcome, row in zip(outcomes, rows, strict=True) if row["new_due_at"] is None}
    following = [head.id for head in _heads(connection, webhook.id, done)]
    if following:
        connection.execute(update(_ROW).where(_ROW.c.id.in_(following), _ROW.c.attempts == 0).values(due_at=now))
    taken = any(outcome.receipt.taken for outcome in outcomes)
    if taken:
        _note_success(writing, webhook)
    else:
        _change(connection, webhook, failing_since=func.coalesce(col(Webhook.failing_since), now))
    gone = any(outcome.receipt.status_code == _GONE for outcome in outcomes)
    if gone:
        # What Standard Webhooks has receivers say who want to hear no more.
        _change(connection, webhook, active=False)
    if gone or any(row["new_status"] is DeliveryStatus.FAILED for row in rows):
        _tell(writing, webhook)


def _row(outcome: Outcome, now: datetime) -> dict[str, Any]:
    one, receipt = outcome.of, outcome.receipt
    status, due_at = DeliveryStatus.PENDING, now + delay_after(one.attempts)
    if receipt.taken or now >= one.give_up_at:
        status, due_at = DeliveryStatus.DELIVERED if receipt.taken else DeliveryStatus.FAILED, None
    found = {"status": status, "due_at": due_at, "error": receipt.error}
    found |= {"status_code": receipt.status_code, "took": receipt.took}
    return {"key": one.id, "attempt": one.attempts} | {f"new_{name}": value for name, value in found.items()}


def delay_after(attempts: int) -> timedelta:
    """How long to wait after so many failures: 10 s, 20 s, 40 s … 15 min, a fifth shorter or longer by chance."""
    wait = min(FIRST * 2 ** min(attempts - 1, 20), LONGEST)
    return wait * (1 + _JITTER * (secrets.randbelow(2001) - 1000) / 1000)


def _note_success(writing: Writing, webhook: Webhook) -> None:
    if webhook.failing_since is None and webhook.told_at is None:
        return
    connection, now = writing.connection, writing.now
    _change(connection, webhook, failing_since=None, told_at=None)
    if webhook.failing_since is not None and webhook.failing_since <= now - _RECOVERED:
        # What has failed says so; what is under way does not.
        waits = and_(_ROW.c.webhook_id == webhook.id, _pending, _ROW.c.due_at > now, _ROW.c.error != "")
        connection.execute(update(_ROW).where(waits).values(due_at=now))


def _tell(writing: Writing, webhook: Webhook) -> None:
    """Tell administrators once, until something is delivered again."""
    untold = update(Webhook).where(col(Webhook.id) == webhook.id, col(Webhook.told_at).is_(None))
    if writing.connection.execute(untold.values(told_at=writing.now)).rowcount:
        tell_admins(writing, NotificationKind.WEBHOOK_FAILED, [{"name": webhook.name}])


def _change(connection: Connection, webhook: Webhook, **values: Any) -> None:
    connection.execute(update(Webhook).where(col(Webhook.id) == webhook.id).values(**values))
