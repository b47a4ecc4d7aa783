"""Figures worked out again in plain Python from the rows themselves: what the database's answers are held to."""

import math
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from uuid import UUID

from sqlalchemy import select

from api.db import Database
from api.models import Chat, Leg, Message, StatusInterval
from api.models.enums import Availability, ChatKind, LegOutcome, MessageKind, Sender
from api.resolvers.figures import DurationStats
from api.resolvers.periods import Asked

NOTHING = DurationStats(None, None, None, 0)
ZERO = timedelta()
MILLISECOND = timedelta(milliseconds=1)
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Reading:
    """All rows that figures are about, and how they are read: by the definitions of docs/metrics.md, and slowly."""

    legs: list[Leg]
    chats: dict[UUID, Chat]
    messages: dict[UUID, list[Message]]
    stretches: list[StatusInterval]
    wait_target: timedelta
    now: datetime
    noons: Collection[UUID] = ()
    """The departments that are open from 12:00 to 12:20 in São Paulo, on every day; the others always are."""

    def about(self, asked: Asked, leg: Leg) -> bool:
        """Whether a leg is of what is asked alone."""
        return (
            asked.department_id in (None, leg.department_id)
            and asked.channel in (None, self.chats[leg.chat_id].channel)
            and asked.agent_id in (None, leg.agent_id)
        )

    def of(self, asked: Asked, moment: str) -> list[Leg]:
        """The legs of which a moment lies in the period."""
        return [leg for leg in self.legs if self.about(asked, leg) and within(asked, getattr(leg, moment))]

    def offered(self, asked: Asked) -> int:
        return len(self.of(asked, "queued_at"))

    def chats_of(self, asked: Asked) -> int:
        return len({leg.chat_id for leg in self.of(asked, "queued_at")})

    def wait_time(self, asked: Asked) -> DurationStats:
        return stats(between(leg.queued_at, leg.claimed_at) for leg in self.of(asked, "claimed_at"))

    def handle_time(self, asked: Asked) -> DurationStats:
        return stats(between(leg.claimed_at, leg.left_at) for leg in self._handled(asked))

    def active_handle_time(self, asked: Asked) -> DurationStats:
        return stats(self._active(leg) for leg in self._handled(asked))

    def _handled(self, asked: Asked) -> list[Leg]:
        return [leg for leg in self.of(asked, "left_at") if leg.claimed_at and leg.first_reply_at]

    def _active(self, leg: Leg) -> timedelta:
        assert leg.claimed_at is not None
        assert leg.left_at is not None
        said = [
            (message.sent_at, message.sender)
            for message in self.messages.get(leg.chat_id, [])
            if message.kind is MessageKind.TEXT
            and message.sender in (Sender.AGENT, Sender.CUSTOMER)
            and leg.claimed_at <= message.sent_at <= leg.left_at
        ]
        moments = [(leg.claimed_at, Sender.CUSTOMER), *said]
        ends = [*(moment for moment, _ in said), leg.left_at]
        limits = {Sender.AGENT: timedelta(minutes=4), Sender.CUSTOMER: timedelta(minutes=10)}
        return sum((min(end - start, limits[last]) for (start, last), end in zip(moments, ends, strict=True)), ZERO)

    def first_response(self, asked: Asked) -> DurationStats:
        return stats(
            between(self._came(leg), leg.first_reply_at)
            for leg in self._first_answered()
            if self.about(asked, leg) and within(asked, leg.first_reply_at)
        )

    def _first_answered(self) -> list[Leg]:
        firsts: dict[UUID, Leg] = {}
        answered = [(leg.first_reply_at, leg.id, leg) for leg in self.legs if leg.first_reply_at]
        for _, _, leg in sorted(answered):
            firsts.setdefault(leg.chat_id, leg)
        return list(firsts.values())

    def resolution(self, asked: Asked) -> DurationStats:
        return stats(between(self._came(leg), leg.left_at) for leg in self._resolved(asked))

    def _resolved(self, asked: Asked) -> list[Leg]:
        return [
            leg
            for leg in self.of(asked, "left_at")
            if leg.outcome is LegOutcome.ENDED and self._is_last(leg) and self.chats[leg.chat_id].closed_at
        ]

    def business_wait_time(self, asked: Asked) -> DurationStats:
        claims = [leg for leg in self.of(asked, "claimed_at") if leg.kind is ChatKind.CHAT]
        return stats(self._open(leg, leg.queued_at, leg.claimed_at) for leg in claims)

    def business_handle_time(self, asked: Asked) -> DurationStats:
        return stats(self._open(leg, leg.claimed_at, leg.left_at) for leg in self._handled(asked))

    def business_first_response(self, asked: Asked) -> DurationStats:
        return stats(
            self._open(leg, self._came(leg), leg.first_reply_at)
            for leg in self._first_answered()
            if self.about(asked, leg) and within(asked, leg.first_reply_at)
        )

    def business_resolution(self, asked: Asked) -> DurationStats:
        return stats(self._open(leg, self._came(leg), leg.left_at) for leg in self._resolved(asked))

    def _open(self, leg: Leg, start: datetime | None, end: datetime | None) -> timedelta:
        """What of a time lies between 12:00 and 12:20, in a department of these hours."""
        if start is None or end is None or leg.department_id not in self.noons:
            return between(start, end)
        took, noon = ZERO, start.replace(hour=15, minute=0, second=0, microsecond=0) - DAY
        while noon < end:
            took += max(ZERO, min(end, noon + timedelta(minutes=20)) - max(start, noon))
            noon += DAY
        return took // MILLISECOND * MILLISECOND

    def _is_last(self, leg: Leg) -> bool:
        return leg.id == max(other.id for other in self.legs if other.chat_id == leg.chat_id)

    def _came(self, leg: Leg) -> datetime:
        return min(other.queued_at for other in self.legs if other.chat_id == leg.chat_id)

    def abandonment(self, asked: Asked) -> float | None:
        offered = self.of(asked, "queued_at")
        gone = [leg for leg in offered if abandoned(leg) and leg.left_at and leg.left_at < asked.end]
        return share(len(gone), len(offered))

    def service_level(self, asked: Asked) -> float | None:
        claimed = [between(leg.queued_at, leg.claimed_at) for leg in self.of(asked, "claimed_at")]
        lost = [between(leg.queued_at, leg.left_at) for leg in self.of(asked, "left_at") if abandoned(leg)]
        kept = [wait for wait in lost if wait > timedelta(seconds=10)]
        return share(len([wait for wait in claimed if wait <= self.wait_target]), len(claimed) + len(kept))

    def occupancy(self, asked: Asked) -> float | None:
        if asked.department_id or asked.channel:
            return None
        end = min(asked.end, self.now)
        online = busy = ZERO
        for stretch in self.stretches:
            if stretch.status is not Availability.ONLINE or asked.agent_id not in (None, stretch.user_id):
                continue
            start, until = max(stretch.started_at, asked.start), min(stretch.ended_at or end, end)
            if start >= until:
                continue
            online += until - start
            mine = [leg for leg in self.legs if leg.agent_id == stretch.user_id and leg.claimed_at]
            # Every moment at which something begins or ends cuts the stretch; a piece is busy, or not, as a whole.
            cuts = {start, until} | {
                moment for leg in mine for moment in (leg.claimed_at, leg.left_at) if moment and start < moment < until
            }
            edges = sorted(cuts)
            for begin, finish in pairwise(edges):
                if any(leg.claimed_at <= begin and (leg.left_at or until) >= finish for leg in mine if leg.claimed_at):
                    busy += finish - begin
        return busy / online if online else None

    def satisfaction(self, asked: Asked) -> tuple[float | None, int]:
        scores = [
            chat.rating_score or 0
            for chat in self.chats.values()
            if within(asked, chat.rated_at)
            and asked.department_id in (None, chat.department_id)
            and asked.channel in (None, chat.channel)
            and asked.agent_id in (None, chat.agent_id)
        ]
        return share(len([score for score in scores if score >= 4]), len(scores)), len(scores)


async def read_all(db: Database, *, wait_target: timedelta, now: datetime, noons: Collection[UUID] = ()) -> Reading:
    """Every row, as it is now."""
    async with db.read() as session:
        legs = list((await session.execute(select(Leg))).scalars())
        chats = {chat.id: chat for chat in (await session.execute(select(Chat))).scalars()}
        messages: dict[UUID, list[Message]] = {}
        for message in (await session.execute(select(Message).order_by(Message.seq))).scalars():  # type: ignore[arg-type] - a column
            messages.setdefault(message.chat_id, []).append(message)
        stretches = list((await session.execute(select(StatusInterval))).scalars())
    return Reading(legs, chats, messages, stretches, wait_target, now, noons)


def within(asked: Asked, moment: datetime | None) -> bool:
    return moment is not None and asked.start <= moment < asked.end


def abandoned(leg: Leg) -> bool:
    return leg.outcome is LegOutcome.ABANDONED


def between(start: datetime | None, end: datetime | None) -> timedelta:
    """From one moment to another in whole milliseconds."""
    assert start is not None
    assert end is not None
    return (end - start) // MILLISECOND * MILLISECOND


def share(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def stats(durations: Iterable[timedelta]) -> DurationStats:
    """Mean and percentiles by nearest rank."""
    ordered = sorted(durations)
    if not ordered:
        return NOTHING
    return DurationStats(sum(ordered, ZERO) / len(ordered), rank(ordered, 50), rank(ordered, 90), len(ordered))


def rank(ordered: Sequence[timedelta], percent: int) -> timedelta:
    """The least case that at least so many of a hundred do not exceed."""
    return ordered[max(1, math.ceil(len(ordered) * percent / 100)) - 1]
