"""Whether the audit log is what was written: every entry read again, and its place in the chain made anew."""

import json
import uuid
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

import structlog
from sqlalchemy import func, select
from sqlmodel import col

from api.chain import BEGINNING, COVERED, HEAD, Head, Sign, link
from api.context import Context
from api.models import AuditEntry, keep_property, property_value
from api.models.enums import Permission
from api.resolvers.access import Who, allow

log = structlog.get_logger("alidash.audit")

BATCH = 1000
FAULT_LIMIT = 20
"""How many faults are told one by one; of the rest it is told that there are more."""

LAST = "audit_verified"
"""The property that keeps what the last verification found."""


class Wrong(StrEnum):
    """What may be wrong with the log, in words for operators."""

    MISSING = "entries {seq} to {until} are missing (and {following}, where the chain begins anew, cannot be checked)"
    CUT = "entries {seq} to {until} are missing at the end"
    ALTERED = "entry {seq} ({id}) is not what was written in this place"
    UNCOUNTED = "there are entries in no place of the chain: twice in one, or before the first"
    HEADLESS = "the head of the chain, which should be at {seq}, is missing"
    BEYOND = "the head of the chain is not entry {seq}, the last that there is"
    NO_ANCHOR = "the entry of the given hash is not there; the last entry is {seq}"


@dataclass(frozen=True)
class Fault:
    """One place where the log is not what was written."""

    wrong: Wrong
    seq: int
    """The entry where it shows."""
    until: int = 0
    """The last of several missing entries."""
    id: uuid.UUID | None = None

    def __str__(self) -> str:
        return self.wrong.value.format(seq=self.seq, until=self.until, following=self.until + 1, id=self.id)


@dataclass(frozen=True)
class Verdict:
    """What a verification found."""

    at: datetime
    entries: int
    head: Head
    """Where the chain ends, as the entries themselves have it."""
    faults: tuple[Fault, ...] = ()
    more: bool = False

    @property
    def sound(self) -> bool:
        """Whether nothing was found."""
        return not self.faults

    def __str__(self) -> str:
        found = "sound" if self.sound else f"{len(self.faults)}{'+' if self.more else ''} faults"
        return f"{self.entries} entries, {found}, head {self.head.hash}"


@dataclass(frozen=True)
class Verified:
    """What is remembered of the last verification."""

    at: datetime
    sound: bool
    entries: int


@allow(Who.SYSTEM)
async def verify_audit(ctx: Context, *, anchor: str | None = None) -> Verdict:
    """Read the whole audit log, a thousand entries at a time, and tell what is not as it was written.

    `anchor` is the hash of an entry that is known to have been there, noted outside of the database: only by it can it
    show that the newest entries were cut off and the head set back. What is found without one is kept for the panel.
    """
    reading = _Reading(ctx.services.vault.audit_digest, anchor)
    async with ctx.db.read() as session:
        # In one statement, and so of one moment: acts go on meanwhile.
        stored = property_value(HEAD).scalar_subquery()
        ends = select(stored, func.max(col(AuditEntry.seq)), func.count()).select_from(AuditEntry)
        said, last, count = (await session.execute(ends)).one()
    number = COVERED[0]
    while True:
        async with ctx.db.read() as session:
            query = select(*COVERED, col(AuditEntry.hash)).where(number > reading.seq, number <= (last or 0))
            rows = (await session.execute(query.order_by(number).limit(BATCH))).mappings().all()
        if not rows:
            break
        for row in rows:
            reading.take(row)
    verdict = reading.end(said, count, ctx.now())
    if anchor is None:
        # A mistyped hash must not make the panel cry wolf.
        await _remember(ctx, verdict)
    if not verdict.sound:
        log.error("audit log tampered with", verdict=str(verdict), faults=[str(fault) for fault in verdict.faults])
    return verdict


@allow(Permission.AUDIT_VIEW)
async def last_verified(ctx: Context) -> Verified | None:
    """What the last verification found; None before the first."""
    async with ctx.db.read() as session:
        value = (await session.execute(property_value(LAST))).scalar_one_or_none()
    if value is None:
        return None
    told = json.loads(value)
    return Verified(datetime.fromisoformat(told["at"]), told["sound"], told["entries"])


async def _remember(ctx: Context, verdict: Verdict) -> None:
    told = {"at": verdict.at.isoformat(), "sound": verdict.sound, "entries": verdict.entries}
    async with ctx.db.transaction() as tx:
        await tx.session.execute(keep_property(LAST, json.dumps(told)))


class _Reading:
    """Entries taken one after the other, and what was wrong with them."""

    def __init__(self, sign: Sign, anchor: str | None) -> None:
        self._sign = sign
        self._anchor = anchor if anchor != BEGINNING else None
        self._previous: str | None = BEGINNING
        """The hash before the next entry; None after a gap, where nobody knows it."""
        self._faults: list[Fault] = []
        self._count = 0
        self._head = Head()

    @property
    def seq(self) -> int:
        """The number of the last entry taken."""
        return self._head.seq

    def take(self, row: Mapping[Any, Any]) -> None:
        """Look at the next entry."""
        self._faults += self._found(row)
        self._count += 1
        self._head = Head(row["seq"], row["hash"])
        # From here on by what is stored, so that one altered entry is told as one.
        self._previous = row["hash"]
        if row["hash"] == self._anchor:
            self._anchor = None

    def end(self, said: str | None, count: int, now: datetime) -> Verdict:
        """What was found, when all entries have been taken.

        `said` is the head as the database keeps it, `count` how many entries it has, in whatever place.
        """
        self._faults += self._found_at_end(said, count)
        more = len(self._faults) > FAULT_LIMIT
        return Verdict(now, self._count, self._head, tuple(self._faults[:FAULT_LIMIT]), more)

    def _found(self, row: Mapping[Any, Any]) -> Iterator[Fault]:
        if len(self._faults) > FAULT_LIMIT:
            return
        if row["seq"] > self.seq + 1:
            yield Fault(Wrong.MISSING, self.seq + 1, until=row["seq"] - 1)
            self._previous = None
        if self._previous is not None and link(self._sign, self._previous, row) != row["hash"]:
            yield Fault(Wrong.ALTERED, row["seq"], id=row["id"])

    def _found_at_end(self, said: str | None, count: int) -> Iterator[Fault]:
        head = None
        with suppress(ValueError):
            head = Head.read(said or "")
        if head is None:
            yield Fault(Wrong.HEADLESS, self.seq)
        elif head.seq > self.seq:
            yield Fault(Wrong.CUT, self.seq + 1, until=head.seq)
        elif head != self._head:
            yield Fault(Wrong.BEYOND, self.seq)
        if count != self._count:
            yield Fault(Wrong.UNCOUNTED, self.seq)
        if self._anchor is not None:
            yield Fault(Wrong.NO_ANCHOR, self.seq)
