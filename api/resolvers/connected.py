"""The leases of live connections, written for all who come in one moment: a few statements in one transaction."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, bindparam, insert, select, update
from sqlmodel import col

from api.events import PresenceChanged
from api.models import Chat, StatusInterval, User
from api.models.base import new_id
from api.models.enums import Availability, ChatStatus
from api.resolvers.legs import elapsed
from api.resolvers.occupancy import Stretch, busy_in
from api.writing import Writing


@dataclass(frozen=True)
class Here:
    """These people, or the customers of these chats, are connected; each is believed for as long as the lease runs."""

    ids: frozenset[uuid.UUID]
    lease: timedelta


# Rows are locked in one order by all, so that two transactions never wait for each other.
_WAITING = (
    select(col(Chat.id))
    .where(col(Chat.id).in_(bindparam("ids", expanding=True)), col(Chat.status) == ChatStatus.WAITING)
    .order_by(col(Chat.id))
    .with_for_update(key_share=True)
)
_SEEN = update(Chat).where(col(Chat.id).in_(_WAITING)).execution_options(synchronize_session=False)
_PEOPLE = (
    select(col(User.id), col(User.status), col(User.status_reason), col(User.present_until), col(User.active))
    .where(col(User.id).in_(bindparam("ids", expanding=True)))
    .order_by(col(User.id))
    .with_for_update(key_share=True)
)
_LEASE = update(User).where(col(User.id).in_(bindparam("ids", expanding=True)))
_OPEN = select(
    col(StatusInterval.id),
    col(StatusInterval.user_id),
    col(StatusInterval.status),
    col(StatusInterval.reason),
    col(StatusInterval.started_at),
).where(col(StatusInterval.user_id).in_(bindparam("ids", expanding=True)), col(StatusInterval.ended_at).is_(None))
_CLOSE = (
    update(StatusInterval.__table__)  # type: ignore[attr-defined] - SQLModel's own
    .where(col(StatusInterval.id) == bindparam("stretch"))
    .values(ended_at=bindparam("at"), lasted=bindparam("lasted"), busy=bindparam("busy"))
)
_ADD = insert(StatusInterval)


def renew_customers(writing: Writing, all_here: Sequence[Here]) -> list[Exception | None]:
    """Note of the chats that wait that their customers are there."""
    seen = _SEEN.values(customer_seen_at=writing.now)
    writing.connection.execute(seen, {"ids": _ids(all_here)})
    return [None] * len(all_here)


def renew_people(writing: Writing, all_here: Sequence[Here]) -> list[Exception | None]:
    """Prolong the leases that run, and begin those of who comes back: the ledger hears of the time between."""
    rows = writing.connection.execute(_PEOPLE, {"ids": _ids(all_here)}).all()
    now, lease = writing.now, max(here.lease for here in all_here)
    kept = [row.id for row in rows if row.present_until is not None and row.present_until > now]
    back = [row for row in rows if row.active and (row.present_until is None or row.present_until <= now)]
    if kept:
        writing.connection.execute(_LEASE.values(present_until=now + lease), {"ids": kept})
    if back:
        begun = _LEASE.values(present_until=now + lease, status_since=now, idle_since=now)
        writing.connection.execute(begun, {"ids": [row.id for row in back]})
        _enter(writing, back)
    for row in back:
        writing.emit(PresenceChanged(user_id=row.id))
    return [None] * len(all_here)


def _ids(all_here: Sequence[Here]) -> list[uuid.UUID]:
    return sorted(frozenset[uuid.UUID]().union(*(here.ids for here in all_here)))


@dataclass
class _Ledger:
    """What is to be closed, and what is to be added."""

    closed: list[dict[str, Any]] = field(default_factory=list)
    added: list[dict[str, Any]] = field(default_factory=list)
    online: dict[uuid.UUID, Stretch] = field(default_factory=dict)
    """Of those that are to be closed, who was online then."""

    def come_back(self, person: Any, stretch: Any, now: datetime) -> None:
        """Enter the end of a lease that ran out unseen, at its own time, and what counts from now on."""
        stands, chosen = (stretch.status, stretch.reason), (person.status, person.status_reason)
        steps: list[tuple[datetime, Availability, str | None]] = []
        if stretch.status is not Availability.OFFLINE:
            stands = (Availability.OFFLINE, None)
            steps.append((max(stretch.started_at, person.present_until or now), *stands))
        if stands != chosen:
            steps.append((now, *chosen))
        if not steps:
            return
        self._close(stretch, steps[0][0])
        ends = [*(start for start, _, _ in steps[1:]), None]
        for (start, status, reason), end in zip(steps, ends, strict=True):
            line = {"id": new_id(), "user_id": person.id, "status": status, "reason": reason}
            lasted = None if end is None else elapsed(start, end)
            self.added.append(
                line | {"started_at": start, "ended_at": end, "changed_by": None, "lasted": lasted, "busy": None}
            )

    def _close(self, stretch: Any, at: datetime) -> None:
        """The end of a stretch; of one that was spent online, also how."""
        if stretch.status is Availability.ONLINE:
            self.online[stretch.id] = Stretch(stretch.user_id, stretch.started_at, at)
        self.closed.append({"stretch": stretch.id, "at": at, "lasted": elapsed(stretch.started_at, at), "busy": None})

    def measure(self, connection: Connection) -> None:
        """Find out how much of the time online was spent with chats."""
        busy = dict(zip(self.online, busy_in(connection, list(self.online.values())), strict=True))
        self.closed = [line | {"busy": busy.get(line["stretch"])} for line in self.closed]


def _enter(writing: Writing, back: Sequence[Any]) -> None:
    stretches = {row.user_id: row for row in writing.connection.execute(_OPEN, {"ids": [row.id for row in back]})}
    ledger = _Ledger()
    for person in back:
        ledger.come_back(person, stretches[person.id], writing.now)
    ledger.measure(writing.connection)
    if ledger.closed:
        writing.connection.execute(_CLOSE, ledger.closed)
    if ledger.added:
        writing.connection.execute(_ADD, ledger.added)
