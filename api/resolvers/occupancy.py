"""How much of their time online people spend with live chats: noted as each stretch of their ledger ends.

Several chats at once fill the same time only once, and what is handled on a pause fills none. A stretch that has ended
is never measured again; only those that a period cuts, and those still open, are measured by their legs.
"""

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, and_, bindparam, or_, select
from sqlmodel import col

from api.models import Leg
from api.resolvers.legs import elapsed


@dataclass(frozen=True)
class Stretch:
    """A part of somebody's time online."""

    user_id: uuid.UUID
    start: datetime
    end: datetime


Span = tuple[datetime, datetime]
_BEFORE_ALL = datetime.min.replace(tzinfo=UTC)

_HANDLING = select(col(Leg.agent_id), col(Leg.claimed_at), col(Leg.live_until)).where(
    col(Leg.agent_id).in_(bindparam("ids", expanding=True)),
    or_(col(Leg.live_until) > bindparam("start"), col(Leg.live_until).is_(None)),
    and_(col(Leg.claimed_at) < bindparam("end"), col(Leg.claimed_at).is_not(None)),
)


def busy_in(connection: Connection, stretches: Sequence[Stretch]) -> list[timedelta]:
    """How much of each stretch was spent with at least one live chat; a leg still open lasts to the stretch's end."""
    if not stretches:
        return []
    asked = {
        "ids": sorted({stretch.user_id for stretch in stretches}),
        "start": min(stretch.start for stretch in stretches),
        "end": max(stretch.end for stretch in stretches),
    }
    spans: dict[uuid.UUID, list[tuple[datetime, datetime | None]]] = {}
    for agent_id, claimed_at, live_until in connection.execute(_HANDLING, asked):
        spans.setdefault(agent_id, []).append((claimed_at, live_until))
    return [_busy(stretch, spans.get(stretch.user_id, [])) for stretch in stretches]


def _busy(stretch: Stretch, spans: Iterable[tuple[datetime, datetime | None]]) -> timedelta:
    within = [(max(start, stretch.start), min(end or stretch.end, stretch.end)) for start, end in spans]
    return covered(within)


def covered(spans: Iterable[Span]) -> timedelta:
    """How much time these spans cover together; what several cover counts once."""
    total, reached = timedelta(), _BEFORE_ALL
    for start, end in sorted(spans):
        total += elapsed(max(start, reached), end)
        reached = max(reached, end)
    return total
