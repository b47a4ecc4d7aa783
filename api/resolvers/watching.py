"""From results to facts: what points are now, since when, their outages, and who is told.

The one place that writes what checks and heartbeats have found, in one transaction for all of a round's points.
"""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, bindparam, func, insert, or_, select, update
from sqlalchemy.dialects.postgresql import insert as insert_or
from sqlmodel import col

from api.events import AccessPointChanged, OutageEnded, OutageOpened
from api.models import (
    AccessPoint,
    AccessPointSample,
    AccessPointSpan,
    Maintenance,
    MaintenanceOf,
    Outage,
)
from api.models.base import new_id
from api.models.enums import AccessPointStatus, CheckKind, NotificationKind
from api.resolvers.notifications import tell_admins
from api.resolvers.reachability import Rules, State, after_result
from api.resolvers.suspecting import Suspicion, open_incident
from api.writing import Writing

_POINT = AccessPoint.__table__  # type: ignore[attr-defined] - SQLModel makes it, and does not say so
_STATE = [one.name for one in fields(State)]
_FOUND = [
    *_STATE,
    *("status", "since", "checked_at", "last_seen_at", "latency", "users", "cpu", "memory", "load_at", "due_at"),
]
_SAVE = (
    update(_POINT).where(_POINT.c.id == bindparam("key")).values({name: bindparam(f"new_{name}") for name in _FOUND})
)


@dataclass(frozen=True)
class Load:
    """What a device tells of itself: clients, and per cent of its processor and memory."""

    users: int | None = None
    cpu: float | None = None
    memory: float | None = None

    @property
    def given(self) -> bool:
        """Whether anything was told."""
        return (self.users, self.cpu, self.memory) != (None, None, None)


@dataclass(frozen=True)
class Result:
    """What one check found, or one report told; `up` is None when nobody can tell."""

    up: bool | None
    latency: timedelta | None = None
    reason: str = ""
    """What a failed check met."""
    load: Load = Load()
    reported: bool = False
    """Told by the device itself: where it is checked in another way, nothing follows for its state."""
    due_at: datetime | None = None
    """When the point was due next as it was looked at; a result that comes after another time was set is dropped."""


@dataclass
class _Changes:
    """What one transaction has found, to be written at once."""

    saved: list[dict[str, Any]] = field(default_factory=list)
    samples: list[dict[str, Any]] = field(default_factory=list)
    spans: list[dict[str, Any]] = field(default_factory=list)
    opened: list[dict[str, Any]] = field(default_factory=list)
    ended: list[uuid.UUID] = field(default_factory=list)


def settle(writing: Writing, results: Mapping[uuid.UUID, Result]) -> int:
    """Write what results have come to, and what the beginning and end of planned work changes. Returns how many.

    A point that reported or was written down anew while it was being checked is not what was checked any more.
    """
    under = in_maintenance(writing.connection, writing.now)
    points = hold(writing, [*results, *under])
    changes = _Changes()
    for point in points:
        _note(writing, changes, point, _timely(point, results.get(point.id)), point.id in under)
    _write(writing, changes)
    if changes.ended:
        _end_outages(writing, {point.id: point for point in points}, changes.ended)
    return len(changes.saved)


def in_maintenance(connection: Connection, now: datetime) -> set[uuid.UUID]:
    """The points that planned work is about at this moment."""
    query = (
        select(col(MaintenanceOf.access_point_id))
        .join(Maintenance, col(Maintenance.id) == col(MaintenanceOf.maintenance_id))
        .where(col(Maintenance.starts_at) <= now, col(Maintenance.ends_at) > now)
    )
    return set(connection.execute(query).scalars())


def hold(writing: Writing, ids: Sequence[uuid.UUID]) -> Sequence[Row[Any]]:
    """Lock these points, and all that are shown as worked on; what `settle` takes, for who has to hold some before.

    In one order for all, so that two transactions never wait for each other in a ring.
    """
    over = _POINT.c.status == AccessPointStatus.MAINTENANCE
    query = select(_POINT).where(or_(_POINT.c.id.in_(ids), over)).order_by(_POINT.c.id).with_for_update()
    return writing.connection.execute(query).all()


def _timely(point: Row[Any], result: Result | None) -> Result | None:
    return None if result is not None and result.due_at not in (None, point.due_at) else result


def _note(writing: Writing, changes: _Changes, point: Row[Any], result: Result | None, under: bool) -> None:
    before = State(**{name: getattr(point, name) for name in _STATE})
    rules = Rules(point.fail_after, point.recover_after, point.slow_above)
    counted = result if result is not None and _counts(point, result) else None
    after = after_result(before, rules, counted.up, counted.latency) if counted else before
    status = AccessPointStatus.MAINTENANCE if under else after.status
    if result is not None:
        changes.samples.append(_sample(point, writing.now, result))
    if result is None and status == point.status:
        return
    since = point.since if status == point.status else writing.now
    changes.saved.append(
        _row(point, asdict(after) | {"status": status, "since": since} | _seen(point, result, writing))
    )
    if status != point.status:
        changes.spans.append({"access_point_id": point.id, "started_at": writing.now, "status": status})
    if status != point.status or after.flapping != before.flapping:
        writing.emit(AccessPointChanged(point.id, previous=AccessPointStatus(point.status)))
    if after.up is False and before.up is not False:
        outage = {"access_point_id": point.id, "started_at": writing.now, "reason": result.reason if result else ""}
        changes.opened.append(outage | {"id": new_id()})
    if after.up is True and before.up is False:
        changes.ended.append(point.id)


def _counts(point: Row[Any], result: Result) -> bool:
    """Whether a result says something of the point's state."""
    return not result.reported or point.kind == CheckKind.HEARTBEAT


def _seen(point: Row[Any], result: Result | None, writing: Writing) -> dict[str, Any]:
    """What a result says besides the state."""
    if result is None:
        return {}
    found: dict[str, Any] = {}
    counts = _counts(point, result)
    if counts:
        found |= {"checked_at": writing.now, "latency": result.latency if result.up else None}
    if result.up or not counts:
        found["last_seen_at"] = writing.now
    if result.load.given:
        found |= asdict(result.load) | {"load_at": writing.now}
    if point.kind == CheckKind.HEARTBEAT:
        # A heartbeat may come late by the timeout; what stays silent has failed once more after each interval.
        found["due_at"] = writing.now + point.every + (point.timeout if result.up else timedelta())
    return found


def _row(point: Row[Any], values: dict[str, Any]) -> dict[str, Any]:
    return {"key": point.id} | {f"new_{name}": values.get(name, getattr(point, name)) for name in _FOUND}


def _sample(point: Row[Any], at: datetime, result: Result) -> dict[str, Any]:
    up = result.up if _counts(point, result) else None
    return {"access_point_id": point.id, "at": at, "up": up, "latency": result.latency} | asdict(result.load)


def _write(writing: Writing, changes: _Changes) -> None:
    execute = writing.connection.execute
    if changes.saved:
        execute(_SAVE, changes.saved)
    if changes.samples:
        statement = insert_or(AccessPointSample)
        names = ("up", "latency", "users", "cpu", "memory")
        # Two of one moment: what the later one says holds, and what only the earlier one did stays.
        told = {name: func.coalesce(statement.excluded[name], getattr(AccessPointSample, name)) for name in names}
        execute(statement.on_conflict_do_update(index_elements=["access_point_id", "at"], set_=told), changes.samples)
    if changes.spans:
        begin_spans(writing.connection, changes.spans)
    if changes.opened:
        execute(insert(Outage), changes.opened)
        for outage in changes.opened:
            writing.emit(OutageOpened(outage["access_point_id"], outage_id=outage["id"]))


def begin_spans(connection: Connection, spans: Sequence[dict[str, Any]]) -> None:
    """End the stretch that each point is in, and begin the next."""
    end = (
        update(AccessPointSpan.__table__)  # type: ignore[attr-defined] - as above
        .where(
            col(AccessPointSpan.access_point_id) == bindparam("point"),
            col(AccessPointSpan.ended_at).is_(None),
        )
        .values(ended_at=bindparam("now"))
    )
    connection.execute(end, [{"point": span["access_point_id"], "now": span["started_at"]} for span in spans])
    statement = insert_or(AccessPointSpan)
    begun = {"status": statement.excluded.status, "ended_at": None}
    connection.execute(
        statement.on_conflict_do_update(index_elements=["access_point_id", "started_at"], set_=begun), spans
    )


def _end_outages(writing: Writing, points: Mapping[uuid.UUID, Row[Any]], ids: Sequence[uuid.UUID]) -> None:
    end = (
        update(Outage)
        .where(col(Outage.access_point_id).in_(ids), col(Outage.ended_at).is_(None))
        .values(ended_at=writing.now)
        .returning(col(Outage.id), col(Outage.access_point_id), col(Outage.started_at), col(Outage.announced_at))
    )
    for outage_id, point_id, started_at, announced_at in writing.connection.execute(end).all():
        writing.emit(OutageEnded(point_id, outage_id=outage_id))
        if announced_at is not None:
            minutes = max(1, round((writing.now - started_at) / timedelta(minutes=1)))
            values = {"name": points[point_id].name, "minutes": str(minutes), "point": str(point_id)}
            tell_admins(writing, NotificationKind.ACCESS_POINT_BACK, [values])


def announce(writing: Writing) -> int:
    """Tell administrators of outages that nothing explains: no dead parent, no planned work, no flapping.

    What explained one may end while the outage goes on, so this looks at all that nobody was told of. Each begins an
    incident. Returns how many it told.
    """
    query = (
        select(col(Outage.id), _POINT.c.id.label("point"), _POINT.c.name, _POINT.c.parent_id, _POINT.c.fail_after)
        .join(_POINT, _POINT.c.id == col(Outage.access_point_id))
        .where(col(Outage.ended_at).is_(None), col(Outage.announced_at).is_(None))
        .where(_POINT.c.known, ~_POINT.c.flapping, _POINT.c.status != AccessPointStatus.MAINTENANCE)
    )
    found = writing.connection.execute(query).all()
    explained = _explained(writing.connection, {row.point: row.parent_id for row in found})
    told = [row for row in found if row.point not in explained]
    if told:
        ids = [row.id for row in told]
        writing.connection.execute(update(Outage).where(col(Outage.id).in_(ids)).values(announced_at=writing.now))
        values = [{"name": row.name, "count": str(row.fail_after), "point": str(row.point)} for row in told]
        tell_admins(writing, NotificationKind.ACCESS_POINT_DOWN, values)
        for row in told:
            open_incident(writing, Suspicion(row.point, row.name))
    return len(told)


def _explained(connection: Connection, parents: Mapping[uuid.UUID, uuid.UUID | None]) -> set[uuid.UUID]:
    """The points that hang, at whatever distance, on one that is down, in doubt, or worked on."""
    explained: set[uuid.UUID] = set()
    above = {point: parent for point, parent in parents.items() if parent is not None}
    while above:
        query = select(_POINT.c.id, _POINT.c.parent_id, _in_trouble().label("trouble"))
        rows = {row.id: row for row in connection.execute(query.where(_POINT.c.id.in_(set(above.values()))))}
        explained |= {point for point, parent in above.items() if rows[parent].trouble}
        above = {
            point: rows[parent].parent_id
            for point, parent in above.items()
            if point not in explained and rows[parent].parent_id is not None
        }
    return explained


def _in_trouble() -> ColumnElement[bool]:
    # A parent whose last check failed may be the cause already, though it takes more of them to say so.
    down = _POINT.c.status.in_([AccessPointStatus.OFFLINE, AccessPointStatus.MAINTENANCE])
    return or_(down, _POINT.c.failures > 0, _POINT.c.up.is_(False))
