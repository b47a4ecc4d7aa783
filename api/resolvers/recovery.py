"""What the checks say of incidents that are under way: over, not over after all, over for good."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, and_, exists, select, update
from sqlmodel import col

from api.context import Context
from api.events import IncidentChanged, IncidentResolved
from api.models import Incident, IncidentPoint, Outage
from api.models.enums import IncidentStatus
from api.resolvers.suspecting import end_scope, renew_chats
from api.writing import Writing


def follow_recovery(ctx: Context, writing: Writing) -> int:
    """Watch what is up again, take up what is down again, and end what has stayed up. Returns how many changed."""
    rows = writing.connection.execute(
        select(Incident.__table__, _is_down(col(Incident.root_id)).label("down"))  # type: ignore[attr-defined] - as above
        .where(col(Incident.status) != IncidentStatus.RESOLVED)
        .order_by(col(Incident.id))
        .with_for_update(of=Incident)
    ).all()
    back = [row for row in rows if row.monitored_at is None and not row.down and _was_down(writing.connection, row)]
    again = [row for row in rows if row.monitored_at is not None and row.monitored_by is None and row.down]
    stable = [row for row in rows if _is_stable(ctx, writing, row)]
    _change(writing, back, {"status": IncidentStatus.MONITORED, "monitored_at": writing.now})
    for row in again:
        status = IncidentStatus.CONFIRMED if row.confirmed_at else IncidentStatus.SUSPECTED
        _change(writing, [row], {"status": status, "monitored_at": None})
    _change(writing, stable, {"status": IncidentStatus.RESOLVED, "resolved_at": writing.now})
    end_scope(writing, [row.id for row in stable])
    for row in stable:
        writing.emit(IncidentResolved(row.id))
    return len(back) + len(again) + len(stable)


def _change(writing: Writing, rows: Sequence[Any], values: Mapping[str, Any]) -> None:
    ids = [row.id for row in rows]
    if ids:
        writing.connection.execute(update(Incident).where(col(Incident.id).in_(ids)).values(**values))
        renew_chats(writing, ids)
    for incident_id in ids:
        writing.emit(IncidentChanged(incident_id))


def _is_down(point_id: Any) -> Any:
    return exists().where(col(Outage.access_point_id) == point_id, col(Outage.ended_at).is_(None))


def _was_down(connection: Connection, row: Any) -> bool:
    """Whether the root was found down at all while the incident lasted: else no check can say that it is over."""
    ended = col(Outage.ended_at) >= row.opened_at
    query = select(col(Outage.id)).where(col(Outage.access_point_id) == row.root_id, ended).limit(1)
    return connection.execute(query).first() is not None


def _is_stable(ctx: Context, writing: Writing, row: Any) -> bool:
    """Whether what the checks found to be over has been so for long enough, at every point of the scope."""
    if row.monitored_at is None or row.monitored_by is not None or row.down:
        return False
    if row.monitored_at + ctx.settings.incident_monitoring > writing.now:
        return False
    theirs = and_(col(IncidentPoint.incident_id) == row.id, _is_down(col(IncidentPoint.access_point_id)))
    return writing.connection.execute(select(col(IncidentPoint.access_point_id)).where(theirs)).first() is None
