"""Whether people attend now: what they chose, the lease of their live connection, and how much they carry.

Two facts, never mixed: the status that somebody chose, and whether they are present. The status that counts is the
chosen one while they are present, else OFFLINE; the ledger of their day holds the status that counted.
"""

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, String, and_, cast, not_, or_, select, update
from sqlmodel import col

from api.context import Context
from api.db import Transaction
from api.errors import NotFound
from api.events import PresenceChanged
from api.models import Chat, StatusInterval, User
from api.models.enums import ROLE_PERMISSIONS, Availability, ChatKind, Permission
from api.resolvers.access import Who, allow, require_own_or_managed, staff
from api.resolvers.audit import record
from api.resolvers.checks import Checks
from api.resolvers.connected import Here, renew_customers, renew_people
from api.resolvers.legs import elapsed
from api.resolvers.occupancy import Stretch, busy_in

_BATCH = 200


@dataclass(frozen=True)
class Presence:
    """Whether somebody attends now: what counts, what they chose, and since when."""

    status: Availability
    chosen: Availability
    reason: str | None
    since: datetime
    present: bool


def presence_of(user: User, now: datetime) -> Presence:
    """Whether this person attends at this moment."""
    present = is_present(user, now)
    status = user.status if present else Availability.OFFLINE
    return Presence(status, user.status, user.status_reason, user.status_since, present)


def is_present(user: User, now: datetime) -> bool:
    """Whether the lease of their live connection runs still."""
    return user.present_until is not None and user.present_until > now


def attending(now: datetime) -> ColumnElement[bool]:
    """Who may be given a chat, as a condition on people: allowed to attend, ONLINE by choice, and present."""
    return and_(may_attend(), col(User.status) == Availability.ONLINE, col(User.present_until) > now)


def whose_status_counts_as(status: Availability, now: datetime) -> ColumnElement[bool]:
    """Whose status is this one by `presence_of`, as a condition on people."""
    here = col(User.present_until) > now
    if status is Availability.OFFLINE:
        return or_(col(User.status) == status, col(User.present_until).is_(None), not_(here))
    return and_(col(User.status) == status, here)


def may_attend() -> ColumnElement[bool]:
    """Who is active and allowed to attend, by their role or beside it, as a condition on people."""
    roles = [role for role, granted in ROLE_PERMISSIONS.items() if Permission.CHAT_ATTEND in granted]
    extra = cast(col(User.permissions), String).contains(f'"{Permission.CHAT_ATTEND}"', autoescape=True)
    return and_(col(User.active), or_(col(User.role).in_(roles), extra))


@allow(Permission.CHAT_ATTEND, Permission.QUEUE_MANAGE)
async def set_availability(
    ctx: Context, status: Availability, reason: str | None = None, *, user_id: uuid.UUID | None = None
) -> User:
    """Choose whether one attends; who manages the queue may choose for others, and that is audited.

    Raises Invalid (a pause without one of the reasons), Forbidden, NotFound.
    """
    who = user_id or staff(ctx).user_id
    me = require_own_or_managed(ctx, who, field=("userId",))
    reason = _checked_reason(ctx, status, reason)
    async with ctx.db.transaction() as tx:
        user = await tx.session.get(User, who, with_for_update=True)
        if user is None or not user.active:
            raise NotFound("user_not_found", field=("userId",))
        before = {"status": user.status, "reason": user.status_reason}
        await choose(tx, user, status, reason, by=me.user_id)
        if who != me.user_id:
            after = {"status": status, "reason": reason}
            record(ctx, tx, action="set_availability", object=f"user:{who}", before=before, after=after)
        return user


def _checked_reason(ctx: Context, status: Availability, reason: str | None) -> str | None:
    """The reason as the settings write it, for a pause; none otherwise."""
    checks = Checks()
    text = checks.text("reason", reason, limit=80, required=False)
    known = {name.casefold(): name for name in ctx.settings.pause_reasons}
    if status is Availability.PAUSED and not text:
        checks.fault("reason", "pause_needs_reason")
    elif status is Availability.PAUSED and text.casefold() not in known:
        checks.fault("reason", "bad_choice", choices=", ".join(ctx.settings.pause_reasons))
    checks.done()
    return known[text.casefold()] if status is Availability.PAUSED else None


async def choose(
    tx: Transaction, user: User, status: Availability, reason: str | None, *, by: uuid.UUID | None
) -> None:
    """Set what a person, whose row this transaction holds, has chosen."""
    if (user.status, user.status_reason) == (status, reason):
        return
    user.status, user.status_reason, user.status_since = status, reason, tx.now
    tx.session.add(user)
    await _settle(tx, user, by=by)
    tx.emit(PresenceChanged(user_id=user.id))


@allow(Who.SYSTEM)
async def renew_presence(ctx: Context, user_ids: Collection[uuid.UUID], chat_ids: Collection[uuid.UUID] = ()) -> None:
    """Say that these people, and the customers of these chats, are connected at this moment.

    All that is said at one moment, by whomever, shares a transaction: a crowd may come at once.
    """
    # Not both in one transaction: others hold a chat's row while they wait for a person's.
    if chat_ids:
        await ctx.db.together(renew_customers, Here(frozenset(chat_ids), ctx.settings.presence_lease), about=_one_line)
    if user_ids:
        await ctx.db.together(renew_people, Here(frozenset(user_ids), ctx.settings.presence_lease), about=_one_line)


def _one_line(_: Here) -> str:
    """Leases are written by one transaction after the other."""
    return "leases"


@allow(Who.SYSTEM)
async def lapse_presence(ctx: Context) -> int:
    """Enter into the ledger whose lease has run out. Returns how many."""
    now = ctx.now()
    lapsed = (
        select(col(User.id))
        .join(StatusInterval, and_(col(StatusInterval.user_id) == col(User.id), col(StatusInterval.ended_at).is_(None)))
        .where(col(User.present_until) <= now, col(StatusInterval.status) != Availability.OFFLINE)
        .order_by(col(User.id))
        .limit(_BATCH)
    )
    async with ctx.db.read() as session:
        ids = list((await session.execute(lapsed)).scalars())
    for user_id in ids:
        async with ctx.db.transaction() as tx:
            user = await tx.session.get_one(User, user_id, with_for_update=True)
            if not is_present(user, tx.now):
                user.status_since = user.present_until or tx.now
                tx.session.add(user)
                await _settle(tx, user, by=None)
                tx.emit(PresenceChanged(user_id=user.id))
    return len(ids)


async def _settle(tx: Transaction, user: User, *, by: uuid.UUID | None) -> None:
    """Make the ledger tell what counts now; a lease that ran out unseen is entered at its own time."""
    query = select(StatusInterval).where(col(StatusInterval.user_id) == user.id, col(StatusInterval.ended_at).is_(None))
    stretch = (await tx.session.execute(query)).scalar_one()
    present = is_present(user, tx.now)
    if not present and stretch.status is not Availability.OFFLINE:
        end = max(stretch.started_at, user.present_until or tx.now)
        stretch = await _next(tx, stretch, Availability.OFFLINE, None, at=end, by=None)
    if present and (stretch.status, stretch.reason) != (user.status, user.status_reason):
        await _next(tx, stretch, user.status, user.status_reason, at=tx.now, by=by)


async def _next(
    tx: Transaction,
    stretch: StatusInterval,
    status: Availability,
    reason: str | None,
    *,
    at: datetime,
    by: uuid.UUID | None,
) -> StatusInterval:
    """Close one stretch and open the next."""
    stretch.ended_at, stretch.lasted = at, elapsed(stretch.started_at, at)
    if stretch.status is Availability.ONLINE:
        spent = [Stretch(stretch.user_id, stretch.started_at, at)]
        (stretch.busy,) = await tx.write(lambda writing: busy_in(writing.connection, spent))
    tx.session.add(stretch)
    await tx.session.flush()
    following = StatusInterval(user_id=stretch.user_id, status=status, reason=reason, started_at=at, changed_by=by)
    tx.session.add(following)
    return following


async def occupy(tx: Transaction, user_id: uuid.UUID, *conditions: ColumnElement[bool]) -> bool:
    """Raise an agent's load, if it is below their capacity: one conditional UPDATE, for every way to a chat."""
    raised = await tx.session.execute(
        update(User)
        .where(col(User.id) == user_id, col(User.active), col(User.active_chats) < col(User.capacity), *conditions)
        .values(active_chats=col(User.active_chats) + 1)
        .returning(col(User.id))
        .execution_options(synchronize_session=False)
    )
    return raised.scalar_one_or_none() is not None


async def take_on(tx: Transaction, chat: Chat, user_id: uuid.UUID, *conditions: ColumnElement[bool]) -> bool:
    """Let a chat be somebody's, held until the end of the transaction: who goes at that moment takes none along.

    A live chat raises the load of who meets the conditions; a ticket weighs nothing, and asks only that
    they may attend.
    """
    if counts(chat):
        return await occupy(tx, user_id, *conditions)
    held = select(col(User.id)).where(col(User.id) == user_id, may_attend()).with_for_update(read=True)
    return (await tx.session.execute(held)).scalar_one_or_none() is not None


async def release(tx: Transaction, user_id: uuid.UUID) -> None:
    """Lower an agent's load by the chat that they gave up."""
    await tx.session.execute(
        update(User)
        .where(col(User.id) == user_id, col(User.active_chats) > 0)
        .values(active_chats=col(User.active_chats) - 1, idle_since=tx.now)
        .execution_options(synchronize_session=False)
    )


def counts(chat: Chat) -> bool:
    """Whether a chat weighs on its agent's capacity: tickets, which may take days, do not."""
    return chat.kind is ChatKind.CHAT


@dataclass(frozen=True)
class DayTotals:
    """How an agent's day went so far: online, paused by reason, and attending."""

    online: timedelta
    paused: dict[str, timedelta]


@allow(Who.STAFF)
async def day_of(ctx: Context, user_id: uuid.UUID) -> DayTotals:
    """The ledger of a person's day, in the deployment's zone: one's own, or anybody's for who manages the queue.

    Raises Forbidden.
    """
    require_own_or_managed(ctx, user_id)
    now = ctx.now()
    start = now.astimezone(ctx.settings.zone).replace(hour=0, minute=0, second=0, microsecond=0)
    query = select(StatusInterval).where(
        col(StatusInterval.user_id) == user_id,
        col(StatusInterval.ended_at).is_(None) | (col(StatusInterval.ended_at) > start),
    )
    async with ctx.db.read() as session:
        stretches = (await session.execute(query)).scalars().all()
    online, paused = timedelta(), dict[str, timedelta]()
    for stretch in stretches:
        # A clock that was set back takes nothing from the other stretches.
        length = max(timedelta(), (stretch.ended_at or now) - max(stretch.started_at, start))
        if stretch.status is Availability.ONLINE:
            online += length
        elif stretch.status is Availability.PAUSED:
            paused[stretch.reason or ""] = paused.get(stretch.reason or "", timedelta()) + length
    return DayTotals(online, paused)
