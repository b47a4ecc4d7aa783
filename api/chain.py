"""The audit log as a chain: the hash of each entry covers the one before it, so that whatever is changed shows.

What the hash covers, and how it is written down, is for ever: entries of every age are verified by it (ADR 26).
"""

import json
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, date, datetime
from typing import Any, cast

from sqlalchemy import Connection, insert, select, update
from sqlmodel import col

from api.models import AuditEntry, Property
from api.models.base import new_id

Sign = Callable[[str], str]
"""Makes a keyed digest of a text, in hex: the key is known to the program, and never to the database."""

HEAD = "audit_head"
"""The property that holds the number and the hash of the last entry; its row is locked by who adds one."""

BEGINNING = "0" * 64
"""What the first entry has in the place of an earlier hash."""


@dataclass(frozen=True)
class Head:
    """Where the chain ends: the last entry's number and hash."""

    seq: int = 0
    hash: str = BEGINNING

    @classmethod
    def read(cls, text: str) -> "Head":
        """The head as `str` wrote it. Raises ValueError."""
        seq, _, digest = text.partition(" ")
        return cls(int(seq), digest)

    def __str__(self) -> str:
        return f"{self.seq} {self.hash}"


@dataclass(frozen=True)
class Act:
    """What an audit entry tells, before it has its place in the chain."""

    at: datetime
    actor: str
    action: str
    object: str
    before: dict[str, Any] | None = None
    after: dict[str, Any] | None = None
    address: str | None = None
    request_id: str | None = None
    id: uuid.UUID = field(default_factory=new_id)


COVERED: tuple[Any, ...] = (AuditEntry.seq, *(getattr(AuditEntry, name) for name in Act.__dataclass_fields__))
"""The columns that an entry's hash covers."""


def link(sign: Sign, previous: str, entry: Mapping[str, Any]) -> str:
    """The hash of an entry that follows the one whose hash is `previous`."""
    covered = [
        previous,
        entry["seq"],
        str(entry["id"]),
        entry["at"].astimezone(UTC).isoformat(timespec="microseconds"),
        *(entry[name] for name in ("actor", "action", "object")),
        *(_plain(entry[name]) for name in ("before", "after")),
        *(entry[name] for name in ("address", "request_id")),
    ]
    return sign(json.dumps(covered, sort_keys=True, separators=(",", ":"), allow_nan=False))


def append(connection: Connection, acts: Sequence[Act], sign: Sign) -> None:
    """Add entries to the chain: the last thing that a transaction does, since others who audit wait from here on.

    Raises RuntimeError where the head is missing: a chain that was tampered with is not continued in silence.
    """
    head = connection.execute(_LOCK_HEAD).scalar_one_or_none()
    if head is None:
        raise RuntimeError("the audit log has lost its head: see docs/operations.md")
    rows, last = chained(acts, Head.read(head), sign)
    connection.execute(_ADD, rows)
    connection.execute(_MOVE_HEAD.values(value=str(last)))


def chained(acts: Sequence[Act], head: Head, sign: Sign) -> tuple[list[dict[str, Any]], Head]:
    """The rows of acts that follow a head, and the head after them."""
    rows: list[dict[str, Any]] = []
    for act in acts:
        row = asdict(act) | {"seq": head.seq + 1, "before": _plain(act.before), "after": _plain(act.after)}
        head = Head(row["seq"], link(sign, head.hash, row))
        rows.append(row | {"hash": head.hash})
    return rows, head


_LOCK_HEAD = select(col(Property.value)).where(col(Property.name) == HEAD).with_for_update()
_MOVE_HEAD = update(Property).where(col(Property.name) == HEAD)
_ADD = insert(AuditEntry)


def _plain(value: Any) -> Any:
    """A value as every database gives it back: as JSON, of which PostgreSQL's knows no difference between 1 and 1.0."""
    match value:
        case uuid.UUID():
            return str(value)
        case date():
            return value.isoformat()
        case dict():
            return {str(key): _plain(inner) for key, inner in cast("dict[Any, Any]", value).items()}
        case list() | tuple():
            return [_plain(inner) for inner in cast("list[Any]", value)]
        case float() if value.is_integer() and abs(value) < 2**63:
            return int(value)
        case _:
            return value
