"""Answers that are written once and used often: one's own, a department's, everybody's."""

import re
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select, true
from sqlalchemy.exc import IntegrityError
from sqlmodel import col

from api.context import Context, Staff
from api.db import Transaction
from api.errors import Conflict, Forbidden, NotFound
from api.models import CannedReply
from api.models.enums import CannedReplyScope, Permission
from api.resolvers.access import allow, staff
from api.resolvers.audit import record
from api.resolvers.checks import Checks
from api.resolvers.departments import find_department
from api.resolvers.lines import BODY_LIMIT

SCOPE_LIMIT = 500
"""How many answers one person, one department or everybody may have: whoever lists them gets them all."""

PLACEHOLDERS = ("cliente", "agente", "protocolo", "setor", "customer", "agent", "protocol", "department")
"""What may stand in braces; the panel fills it in when the agent picks the answer: they see it before they send."""

_IN_BRACES = re.compile(r"\{([^{}]*)\}")


@dataclass(frozen=True)
class NewCannedReply:
    """What creates an answer; `department_id` is for those of a department."""

    shortcut: str
    body: str
    title: str | None = None
    scope: CannedReplyScope = CannedReplyScope.PERSONAL
    department_id: uuid.UUID | None = None


@dataclass(frozen=True)
class CannedReplyChange:
    """What to set; None leaves a value as it is, and an empty title removes it."""

    shortcut: str | None = None
    body: str | None = None
    title: str | None = None


@allow(Permission.CHAT_ATTEND, Permission.QUEUE_MANAGE)
async def list_canned_replies(ctx: Context) -> list[CannedReply]:
    """The caller's own answers, their departments' (every department's for who manages queues) and everybody's."""
    async with ctx.db.read() as session:
        query = select(CannedReply).where(_visible(staff(ctx)))
        return list((await session.execute(query.order_by(col(CannedReply.shortcut), col(CannedReply.id)))).scalars())


@allow(Permission.CHAT_ATTEND, Permission.QUEUE_MANAGE)
async def create_canned_reply(ctx: Context, new: NewCannedReply) -> CannedReply:
    """Add an answer: one's own, or with QUEUE_MANAGE one that is shared.

    Raises Invalid, Forbidden, NotFound (department), Conflict (shortcut taken, too many).
    """
    me = staff(ctx)
    _require_may_write(me, new.scope)
    values = _checked(CannedReplyChange(new.shortcut, new.body, new.title), new)
    async with _saving(ctx) as tx:
        reply = CannedReply(
            **values,
            owner_id=me.user_id if new.scope is CannedReplyScope.PERSONAL else None,
            department_id=new.department_id,
            created_at=tx.now,
            updated_at=tx.now,
            updated_by=me.user_id,
        )
        if reply.department_id is not None:
            await find_department(tx, id=reply.department_id, field=("input", "departmentId"))
        await _require_room(tx, reply)
        tx.session.add(reply)
        _record(ctx, tx, "create_canned_reply", reply, after=_described(reply))
        return reply


@allow(Permission.CHAT_ATTEND, Permission.QUEUE_MANAGE)
async def update_canned_reply(ctx: Context, reply_id: uuid.UUID, change: CannedReplyChange) -> CannedReply:
    """Change an answer; whose it is stays. Raises Invalid, Forbidden, NotFound, Conflict (shortcut taken)."""
    values = _checked(change)
    async with _saving(ctx) as tx:
        reply = await _access(ctx, tx, reply_id)
        before = _described(reply)
        reply.sqlmodel_update(values | {"updated_at": tx.now, "updated_by": staff(ctx).user_id})
        tx.session.add(reply)
        _record(ctx, tx, "update_canned_reply", reply, before=before, after=_described(reply))
        return reply


@allow(Permission.CHAT_ATTEND, Permission.QUEUE_MANAGE)
async def delete_canned_reply(ctx: Context, reply_id: uuid.UUID) -> None:
    """Remove an answer. Raises Forbidden, NotFound."""
    async with ctx.db.transaction() as tx:
        reply = await _access(ctx, tx, reply_id)
        await tx.session.delete(reply)
        _record(ctx, tx, "delete_canned_reply", reply, before=_described(reply))


def _visible(me: Staff) -> ColumnElement[bool]:
    """Which answers a person may see and use."""
    department = col(CannedReply.department_id)
    here = true() if me.may(Permission.QUEUE_MANAGE) else or_(department.is_(None), department.in_(me.department_ids))
    return or_(col(CannedReply.owner_id) == me.user_id, and_(col(CannedReply.owner_id).is_(None), here))


async def _access(ctx: Context, tx: Transaction, reply_id: uuid.UUID) -> CannedReply:
    """The answer, held until the end of the transaction, if the caller may change it. Raises NotFound, Forbidden."""
    me = staff(ctx)
    query = select(CannedReply).where(col(CannedReply.id) == reply_id, _visible(me)).with_for_update()
    reply = (await tx.session.execute(query)).scalar_one_or_none()
    if reply is None:
        raise NotFound("canned_reply_not_found")
    _require_may_write(me, reply.scope)
    return reply


def _require_may_write(me: Staff, scope: CannedReplyScope) -> None:
    needed = Permission.CHAT_ATTEND if scope is CannedReplyScope.PERSONAL else Permission.QUEUE_MANAGE
    if not me.may(needed):
        raise Forbidden("not_allowed")


async def _require_room(tx: Transaction, reply: CannedReply) -> None:
    # Two at once may pass the limit by one. It keeps lists short, and nothing depends on the exact number.
    same = (
        col(CannedReply.owner_id).is_not_distinct_from(reply.owner_id),
        col(CannedReply.department_id).is_not_distinct_from(reply.department_id),
    )
    if (await tx.session.execute(select(func.count()).where(*same))).scalar_one() >= SCOPE_LIMIT:
        raise Conflict("too_many_canned_replies", limit=SCOPE_LIMIT)


@asynccontextmanager
async def _saving(ctx: Context) -> AsyncIterator[Transaction]:
    """A transaction in which a shortcut may turn out to be taken. Raises Conflict."""
    try:
        async with ctx.db.transaction() as tx:
            yield tx
    except IntegrityError as error:
        raise Conflict("shortcut_taken", field=("input", "shortcut")) from error


def _checked(change: CannedReplyChange, new: NewCannedReply | None = None) -> dict[str, Any]:
    """The columns to set, with their values."""
    checks = Checks("input")
    values: dict[str, Any] = {}
    if change.shortcut is not None:
        values["shortcut"] = checks.slug("shortcut", change.shortcut)
    if change.body is not None:
        values["body"] = checks.prose("body", change.body, limit=BODY_LIMIT)
        _check_placeholders(checks, change.body)
    if change.title is not None:
        values["title"] = checks.text("title", change.title, limit=120, required=False) or None
    if new is not None and (new.scope is CannedReplyScope.DEPARTMENT) is not (new.department_id is not None):
        checks.fault("departmentId", "department_of_scope")
    checks.done()
    return values


def _check_placeholders(checks: Checks, body: str) -> None:
    unknown = [name for name in _IN_BRACES.findall(body) if name not in PLACEHOLDERS]
    if unknown:
        known = " ".join(f"{{{name}}}" for name in PLACEHOLDERS)
        checks.fault("body", "bad_placeholder", placeholder=f"{{{unknown[0][:40]}}}", known=known)


def _record(ctx: Context, tx: Transaction, action: str, reply: CannedReply, **change: dict[str, Any]) -> None:
    """An audit entry for what is shared; what people keep for themselves is their own."""
    if reply.scope is not CannedReplyScope.PERSONAL:
        record(ctx, tx, action=action, object=f"canned_reply:{reply.id}", **change)


def _described(reply: CannedReply) -> dict[str, Any]:
    return reply.model_dump(mode="json", include={"shortcut", "title", "body", "department_id"})
