"""What chats come to on each day, worked out of their rows before these go: counts, sums and rounded lengths.

Everything here adds up: a period's figure is that of the rows which are there plus these rows, however many times and
in whatever order chats were forgotten.
"""

import uuid
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import BigInteger, ColumnElement, Connection, Row, case, insert, select, type_coerce
from sqlmodel import col

from api.models import Chat, Leg, Rollup
from api.models.base import new_id
from api.models.enums import ChatKind, Rolled
from api.resolvers.measures import ABANDONED_TOO_SOON

_MILLISECOND = timedelta(milliseconds=1)
_LENGTHS = 11
"""Powers of ten that lengths are told apart by: up to three hundred years."""


def roll_up(connection: Connection, chat_ids: Collection[uuid.UUID], zone: ZoneInfo) -> None:
    """Keep what these chats come to on each day; whoever calls it deletes them in the same transaction."""
    tally = _Tally(zone)
    legs = select(Leg.__table__).where(col(Leg.chat_id).in_(chat_ids))  # type: ignore[attr-defined] - SQLModel's own
    found = connection.execute(legs.order_by(col(Leg.queued_at), col(Leg.id))).all()
    for leg in found:
        tally.take_leg(leg)
    tally.take_chats(leg for leg in found if leg.kind is ChatKind.CHAT)
    rated = select(Chat.__table__).where(  # type: ignore[attr-defined] - SQLModel's own
        col(Chat.id).in_(chat_ids), col(Chat.rated_at).is_not(None), col(Chat.kind) == ChatKind.CHAT
    )
    for chat in connection.execute(rated):
        tally.add(Rolled.SATISFACTION, chat, chat.rated_at, met=chat.rating_score >= 4)
    rows = list(tally.rows())
    if rows:
        connection.execute(insert(Rollup), rows)


@dataclass
class _Sum:
    n: int = 0
    total: int = 0
    part: int = 0
    sizes: dict[str, int] = field(default_factory=dict)


_Key = tuple[Rolled, date, date | None, Any, Any, Any]


class _Tally:
    """Sums by figure, day, department, channel and agent."""

    def __init__(self, zone: ZoneInfo) -> None:
        self._zone = zone
        self._sums: dict[_Key, _Sum] = {}

    def add(
        self,
        figure: Rolled,
        of: Row[Any],
        at: datetime,
        *,
        value: timedelta | None = None,
        met: bool = False,
        other: datetime | None = None,
    ) -> None:
        """Count one case of a leg or a chat, on the day of a moment."""
        other_day = self._day(other) if other else None
        key = (figure, self._day(at), other_day, of.department_id, of.channel, of.agent_id)
        one = self._sums.setdefault(key, _Sum())
        one.n += 1
        one.part += met
        if value is not None:
            length = value // _MILLISECOND
            one.total += length
            size = str(rounded(length))
            one.sizes[size] = one.sizes.get(size, 0) + 1

    def take_leg(self, leg: Row[Any]) -> None:
        """What one leg counts for; the same conditions as in measures.py."""
        if leg.kind is ChatKind.CHAT:
            self.add(Rolled.OFFERED, leg, leg.queued_at)
            if leg.lost_after is not None:
                self.add(Rolled.ABANDONED, leg, leg.queued_at, other=leg.left_at)
        if leg.lost_after is not None and leg.lost_after > ABANDONED_TOO_SOON:
            self.add(Rolled.KEPT_WAITING, leg, leg.left_at)
        if leg.waited is not None:
            self.add(Rolled.WAIT_TIME, leg, leg.claimed_at, value=leg.waited, met=leg.in_time is True)
        durations = (
            (Rolled.FIRST_RESPONSE, leg.first_reply_at, leg.responded_after),
            (Rolled.HANDLE_TIME, leg.left_at, leg.handled),
            (Rolled.ACTIVE_HANDLE_TIME, leg.left_at, leg.handled_actively),
            (Rolled.RESOLUTION, leg.left_at, leg.resolved_after),
            (Rolled.BUSINESS_WAIT_TIME, leg.claimed_at, None if leg.waited is None else leg.business_wait),
            (Rolled.BUSINESS_FIRST_RESPONSE, leg.first_reply_at, leg.business_response),
            (Rolled.BUSINESS_HANDLE_TIME, leg.left_at, None if leg.handled is None else leg.business_handle),
            (Rolled.BUSINESS_RESOLUTION, leg.left_at, leg.business_resolution),
        )
        for figure, at, value in durations:
            if value is not None:
                self.add(figure, leg, at, value=value)

    def take_chats(self, legs: Iterable[Row[Any]]) -> None:
        """Each coming of a chat, with the day of the one before, so that no period counts the same chat twice.

        What came before depends on what is asked: of everything, of a department, of a person, or of both.
        """
        before: dict[Any, datetime] = {}
        for leg in legs:
            scopes = [(Rolled.CHATS, leg.chat_id), (Rolled.CHATS_OF_DEPARTMENT, (leg.chat_id, leg.department_id))]
            if leg.agent_id is not None:
                scopes.append((Rolled.CHATS_OF_AGENT, (leg.chat_id, "of", leg.agent_id)))
                scopes.append((Rolled.CHATS_OF_BOTH, (leg.chat_id, leg.department_id, leg.agent_id)))
            for figure, scope in scopes:
                last = before.get(scope)
                before[scope] = leg.queued_at
                if last is None or self._day(last) != self._day(leg.queued_at):
                    self.add(figure, leg, leg.queued_at, other=last)

    def rows(self) -> Iterator[dict[str, Any]]:
        """What has come together, as rows."""
        for (figure, day, other_day, department_id, channel, agent_id), one in self._sums.items():
            yield {
                "id": new_id(),
                "figure": figure,
                "day": day,
                "other_day": other_day,
                "department_id": department_id,
                "channel": channel,
                "agent_id": agent_id,
                "n": one.n,
                "total": one.total,
                "part": one.part,
                "sizes": one.sizes or None,
            }

    def _day(self, moment: datetime) -> date:
        return moment.astimezone(self._zone).date()


def rounded(length: int) -> int:
    """A length in milliseconds, to two significant digits: off by a twentieth at most."""
    step = 1
    while length >= 100 * step:
        step *= 10
    return (length + step // 2) // step * step


def rounded_by_database(value: Any) -> ColumnElement[int]:
    """The same, of a column."""
    length: Any = type_coerce(value, BigInteger)
    steps = [10**power for power in range(_LENGTHS)]
    return case(*[(length < 100 * step, length + step // 2 - (length + step // 2) % step) for step in steps])
