"""What people say of an incident: that there is one, how far it is, that it is over, that there was none."""

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlmodel import col

from api.context import Context
from api.db import Transaction
from api.errors import Conflict, NotFound
from api.events import IncidentChanged, IncidentResolved
from api.models import AccessPoint, Chat, Incident
from api.models.enums import ChatStatus, IncidentAudience, IncidentCause, IncidentStatus
from api.resolvers.access import allow, staff
from api.resolvers.audit import record
from api.resolvers.checks import Checks
from api.resolvers.incidents import MAY_ACT
from api.resolvers.suspecting import Suspicion, end_scope, explain, link_chats, open_incident, renew_chats
from api.writing import Writing

TITLE_LIMIT = 120
MESSAGE_LIMIT = 1000
REASON_LIMIT = 500


@dataclass(frozen=True)
class IncidentWords:
    """What is said of an incident; None leaves things as they are, and `expected_at` alone may be taken back."""

    title: str | None = None
    message: str | None = None
    audience: IncidentAudience | None = None
    expected_at: datetime | None = None
    keep_expected: bool = True


@allow(*MAY_ACT)
async def declare_incident(ctx: Context, access_point_id: uuid.UUID, words: IncidentWords) -> Incident:
    """Open an incident by hand, confirmed, with all that hangs on a point.

    Raises Invalid, NotFound, Conflict (the point is in an open one already).
    """
    words = _checked(words)
    me = staff(ctx).user_id
    async with ctx.db.transaction() as tx:
        point = await tx.session.get(AccessPoint, access_point_id)
        if point is None:
            raise NotFound("access_point_not_found", field=("accessPointId",))
        title, cause = words.title or point.name, IncidentCause.BY_HAND
        suspicion = Suspicion(access_point_id, title, cause, IncidentStatus.CONFIRMED, me)
        incident_id = await tx.write(lambda writing: open_incident(writing, suspicion))
        if incident_id is None:
            raise Conflict("incident_already", field=("accessPointId",))
        incident = await tx.session.get_one(Incident, incident_id)
        _say(incident, words)
        await tx.session.flush()
        await tx.write(lambda writing: link_chats(ctx.settings, writing, incident_id))
        record(ctx, tx, action="declare_incident", object=f"incident:{incident_id}", after=described(incident))
        return incident


@allow(*MAY_ACT)
async def update_incident(ctx: Context, incident_id: uuid.UUID, words: IncidentWords) -> Incident:
    """Say what is wrong, until when it is expected to last, and who is told.

    Raises Invalid, NotFound, Conflict (over).
    """
    words = _checked(words)
    async with ctx.db.transaction() as tx:
        incident = await _access(tx, incident_id)
        before = described(incident)
        _say(incident, words)
        await _changed(ctx, tx, "update_incident", incident, before)
        return incident


@allow(*MAY_ACT)
async def confirm_incident(ctx: Context, incident_id: uuid.UUID, words: IncidentWords | None = None) -> Incident:
    """Say that a suspicion is true: from now on customers are told. Again changes nothing but the words.

    Raises Invalid, NotFound, Conflict (over).
    """
    words = _checked(words or IncidentWords())
    async with ctx.db.transaction() as tx:
        incident = await _access(tx, incident_id)
        before = described(incident)
        if incident.confirmed_at is None:
            incident.confirmed_at, incident.confirmed_by = tx.now, staff(ctx).user_id
        if incident.status is IncidentStatus.SUSPECTED:
            incident.status = IncidentStatus.CONFIRMED
        _say(incident, words)
        await _changed(ctx, tx, "confirm_incident", incident, before)
        return incident


@allow(*MAY_ACT)
async def monitor_incident(ctx: Context, incident_id: uuid.UUID) -> Incident:
    """Say that it seems to be over: its customers are asked whether it is. Raises NotFound, Conflict (over)."""
    async with ctx.db.transaction() as tx:
        incident = await _access(tx, incident_id)
        before = described(incident)
        if incident.status is not IncidentStatus.MONITORED:
            incident.status, incident.monitored_at = IncidentStatus.MONITORED, tx.now
            incident.monitored_by = staff(ctx).user_id
        await _changed(ctx, tx, "monitor_incident", incident, before)
        return incident


@allow(*MAY_ACT)
async def resolve_incident(ctx: Context, incident_id: uuid.UUID) -> Incident:
    """Say that it is over; who was not asked yet whether their connection is back is asked. Again changes nothing.

    Raises NotFound.
    """
    async with ctx.db.transaction() as tx:
        incident = await _access(tx, incident_id, over=True)
        if incident.status is not IncidentStatus.RESOLVED:
            before = described(incident)
            await _end(ctx, tx, incident)
            await _changed(ctx, tx, "resolve_incident", incident, before)
        return incident


@allow(*MAY_ACT)
async def dismiss_incident(ctx: Context, incident_id: uuid.UUID, *, reason: str) -> Incident:
    """Say that there was none, and why: its chats are as any others again, and nobody is asked anything.

    Raises Invalid, NotFound, Conflict (over).
    """
    checks = Checks()
    reason = checks.prose("reason", reason, limit=REASON_LIMIT)
    checks.done()
    async with ctx.db.transaction() as tx:
        incident = await _access(tx, incident_id)
        before = described(incident)
        incident.dismissed = reason
        await _end(ctx, tx, incident)
        theirs = select(Chat).where(col(Chat.incident_id) == incident_id, col(Chat.status) != ChatStatus.CLOSED)
        chats = list((await tx.session.execute(theirs.order_by(col(Chat.id)).with_for_update())).scalars())
        await tx.write(lambda writing: explain(ctx.settings, writing, [(chat, None) for chat in chats]))
        await _changed(ctx, tx, "dismiss_incident", incident, before)
        return incident


async def _end(ctx: Context, tx: Transaction, incident: Incident) -> None:
    incident.status, incident.resolved_at = IncidentStatus.RESOLVED, tx.now
    incident.resolved_by = staff(ctx).user_id

    def end(writing: Writing) -> None:
        end_scope(writing, [incident.id])
        writing.emit(IncidentResolved(incident.id))

    await tx.write(end)


async def _access(tx: Transaction, incident_id: uuid.UUID, *, over: bool = False) -> Incident:
    """An incident, held until the end of the transaction. Raises NotFound, Conflict (over, where that matters)."""
    incident = await tx.session.get(Incident, incident_id, with_for_update=True)
    if incident is None:
        raise NotFound("incident_not_found")
    if incident.status is IncidentStatus.RESOLVED and not over:
        raise Conflict("incident_over")
    return incident


def _checked(words: IncidentWords) -> IncidentWords:
    checks = Checks("input")
    title = checks.text("title", words.title, limit=TITLE_LIMIT, required=False)
    message = (
        None if words.message is None else checks.prose("message", words.message, limit=MESSAGE_LIMIT, required=False)
    )
    checks.done()
    given = None if words.message is None else message
    return IncidentWords(title or None, given, words.audience, words.expected_at, words.keep_expected)


def _say(incident: Incident, words: IncidentWords) -> None:
    incident.title = words.title or incident.title
    incident.message = incident.message if words.message is None else words.message
    incident.audience = words.audience or incident.audience
    if words.expected_at is not None or not words.keep_expected:
        incident.expected_at = words.expected_at


async def _changed(ctx: Context, tx: Transaction, action: str, incident: Incident, before: dict[str, Any]) -> None:
    after = described(incident)
    if before == after:
        return
    tx.session.add(incident)
    await tx.session.flush()
    await tx.write(lambda writing: renew_chats(writing, [incident.id]))
    tx.emit(IncidentChanged(incident.id))
    record(ctx, tx, action=action, object=f"incident:{incident.id}", before=before, after=after)


def described(incident: Incident) -> dict[str, Any]:
    """What an audit entry says of an incident."""
    said = {"status", "cause", "title", "message", "expected_at", "audience", "root_id", "dismissed"}
    return incident.model_dump(mode="json", include=said)
