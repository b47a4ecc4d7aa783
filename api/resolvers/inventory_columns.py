"""The columns of the inventory: what a file says of points, and what ours says of them."""

import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import islice
from typing import Any

from api import csv_text
from api.errors import ErrorCode, Invalid, Problem
from api.headings import POINT_COLUMNS
from api.models import AccessPoint
from api.models.enums import CheckKind
from api.words import fold

MOST_LINES = 2000
"""Points of one file; a larger network comes in several, those first on which others hang."""

_SECOND, _MILLISECOND = timedelta(seconds=1), timedelta(milliseconds=1)
_YES = frozenset({"1", "x", "s", "sim", "y", "yes", "true", "verdadeiro"})
_NO = frozenset({"", "0", "n", "nao", "no", "false", "falso"})


@dataclass(frozen=True)
class Column:
    """One column: what it is of a point, how its cells are read (None: it is only told), and how they are written.

    `read` raises ValueError for what cannot be meant.
    """

    attribute: str
    read: Callable[[str], Any] | None
    write: Callable[[AccessPoint], object]


@dataclass(frozen=True)
class Line:
    """What one line of a file says of a point: by the names of details and checks; `parent` is a name, too."""

    number: int
    said: Mapping[str, Any]
    problems: tuple[Problem, ...] = ()

    @property
    def name(self) -> str:
        """The point's name; empty when it has none."""
        return str(self.said.get("name", ""))


def _told(attribute: str) -> Column:
    return Column(attribute, None, lambda point: getattr(point, attribute))


def _text(attribute: str) -> Column:
    return Column(attribute, lambda cell: " ".join(cell.split()), lambda point: getattr(point, attribute))


def _number(attribute: str) -> Column:
    return Column(attribute, int, lambda point: getattr(point, attribute))


def _length(attribute: str, unit: timedelta, read: bool = True) -> Column:
    """A duration, in numbers with a point or a comma."""

    def of_cell(cell: str) -> timedelta:
        # As it is kept: else the same file would change it each time.
        return round(float(cell.replace(",", ".")) * (unit / _MILLISECOND)) * _MILLISECOND

    def of_point(point: AccessPoint) -> object:
        length: timedelta | None = getattr(point, attribute)
        return None if length is None else f"{length / unit:g}"

    return Column(attribute, of_cell if read else None, of_point)


def _kind(cell: str) -> CheckKind:
    return CheckKind(cell.upper())


def _yes(cell: str) -> bool:
    if fold(cell) not in _YES | _NO:
        raise ValueError(cell)
    return fold(cell) in _YES


COLUMNS: Mapping[str, Column] = {
    "name": _text("name"),
    "location": _text("location"),
    "address": _text("address"),
    # Whose name it is, only who knows all points can say.
    "parent": Column("parent", lambda cell: " ".join(cell.split()), lambda point: None),
    "kind": Column("kind", _kind, lambda point: point.kind),
    "port": _number("port"),
    "path": _text("path"),
    "tls": Column("tls", _yes, lambda point: int(point.tls)),
    "interval": _length("every", _SECOND),
    "timeout": _length("timeout", _SECOND),
    "failAfter": _number("fail_after"),
    "recoverAfter": _number("recover_after"),
    "slowAbove": _length("slow_above", _MILLISECOND),
    "status": _told("status"),
    "since": _told("since"),
    "lastSeenAt": _told("last_seen_at"),
    "latency": _length("latency", _MILLISECOND, read=False),
    "users": _told("users"),
    "cpu": _told("cpu"),
    "memory": _told("memory"),
}
"""By what the schema calls them."""

_HEADS = {fold(head): name for name in COLUMNS for head in (name, *POINT_COLUMNS[name])}


def lines_of(text: str) -> list[Line]:
    """What a file says, line by line; its first says of what each column is, in either language.

    Cells that cannot be read are told by their lines. Raises Invalid for what is no such file.
    """
    rows = csv_text.read(unicodedata.normalize("NFC", text))
    try:
        _, heads = next(rows, (0, []))
        names = _names(heads)
        found = list(islice(rows, MOST_LINES + 1))
    except ValueError:
        raise Invalid("bad_csv", field=("csv",)) from None
    if len(found) > MOST_LINES:
        raise Invalid("too_many_lines", field=("csv",), limit=MOST_LINES)
    return [_line(number, names, cells) for number, cells in found]


def _names(heads: Sequence[str]) -> list[str | None]:
    """The column that each head means; one without a head is nobody's."""
    names = [_HEADS.get(fold(head)) for head in heads]
    for place, (name, head) in enumerate(zip(names, heads, strict=True)):
        if head and name is None:
            # A column that was left out in silence would be missed when it is too late.
            raise Invalid("unknown_column", field=("csv",), column=head[:40])
        if name is not None and name in names[:place]:
            raise Invalid("repeated_column", field=("csv",), column=head)
    if "name" not in names:
        raise Invalid("no_name_column", field=("csv",))
    return names


def _line(number: int, names: Sequence[str | None], cells: Sequence[str]) -> Line:
    said: dict[str, Any] = {}
    problems: list[Problem] = []
    if any(cells[len(names) :]):
        problems.append(Problem("too_many_cells", (), {"columns": len(names)}))
    for name, cell in zip(names, cells, strict=False):
        column = COLUMNS[name] if name else None
        if column is None or column.read is None:
            continue
        try:
            said[column.attribute] = column.read(cell) if cell or column.attribute in ("name", "parent") else None
        except (ValueError, OverflowError):
            problems.append(_unreadable(str(name)))
    if not said.get("name") and not problems:
        problems.append(Problem("required", ("name",), code=ErrorCode.REQUIRED))
    return Line(number, said, tuple(problems))


def _unreadable(name: str) -> Problem:
    if name == "kind":
        return Problem("bad_choice", (name,), {"choices": ", ".join(CheckKind)})
    return Problem("bad_value", (name,))
