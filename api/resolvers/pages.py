"""Keyset pages: a place in an order is the last row's own values, never an offset."""

import base64
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, Generic, TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, Select, and_, bindparam, or_, select, union_all
from sqlalchemy.ext.asyncio import AsyncSession

from api.errors import Invalid

T = TypeVar("T")

LIMIT = 100
DEFAULT = 50


@dataclass(frozen=True)
class PageRequest:
    """Which part of a list is wanted: `first` after a place, or `last` before one."""

    first: int | None = None
    after: str | None = None
    last: int | None = None
    before: str | None = None


@dataclass(frozen=True)
class Page(Generic[T]):
    """A part of a list, in the list's order, with the place of each row."""

    rows: list[T]
    place: Callable[[T], Sequence[Any]]
    has_next: bool
    has_previous: bool

    @property
    def cursors(self) -> list[str]:
        """The place of each row."""
        return [self.cursor(row) for row in self.rows]

    def cursor(self, row: T) -> str:
        """The place of one row."""
        return write_place(self.place(row))


@dataclass(frozen=True)
class Order(Generic[T]):
    """A total order: columns (the last one unique), whether it descends, and how to read a row's place in it."""

    columns: Sequence[Any]
    place: Callable[[T], Sequence[Any]]
    descending: bool = False


async def paginate(
    session: AsyncSession,
    query: Select[Any],
    order: Order[T],
    request: PageRequest,
    *,
    parts: Sequence[ColumnElement[bool]] = (),
) -> Page[T]:
    """One page of `query`, by keyset: the same cost at any depth.

    `parts` are conditions of which a row meets at least one: a page is read of each, in its own index, and the page of
    all is among them. As one condition they would be walked past whatever else stands in the list's order.
    Raises Invalid for a page over 100 rows, from both ends, or with a foreign cursor.
    """
    size, page = _part(query, order, request)
    if parts:
        key = order.columns[-1]
        pages = [page.with_only_columns(key).where(part).subquery() for part in parts]
        among = select(key.class_).where(key.in_(union_all(*(select(one.c[0]) for one in pages))))
        page = _narrowed(among, order, None, None, backwards=request.last is not None).limit(size + 1)
    return _page(list((await session.execute(page)).scalars()), order, request, size)


async def paginate_rows(
    session: AsyncSession, query: Select[Any], order: Order[Any], request: PageRequest
) -> Page[Any]:
    """The same for a query of several columns: the page is of its rows."""
    size, page = _part(query, order, request)
    return _page(list((await session.execute(page)).all()), order, request, size)


def _part(query: Select[Any], order: Order[Any], request: PageRequest) -> tuple[int, Select[Any]]:
    """The rows of a page and one more, which tells whether there is another page."""
    size = _size(request)
    after, before = _ends(request, order)
    query = _narrowed(query, order, after, before, backwards=request.last is not None)
    return size, query.limit(size + 1)


class Prepared(Generic[T]):
    """Pages of one query of columns, asked for so often that its statements are made once for each kind of page."""

    def __init__(self, query: Select[*tuple[Any, ...]], order: Order[T]) -> None:
        self._query: Select[Any] = query
        self._order = order
        self._statement = lru_cache(self._make)

    def read(self, connection: Connection, request: PageRequest, **values: Any) -> Page[T]:
        """One page for the query's parameters. Raises Invalid as `paginate` does."""
        size = _size(request)
        after, before = _ends(request, self._order)
        statement = self._statement(after is not None, before is not None, request.last is not None)
        values |= {f"after_{i}": value for i, value in enumerate(after or ())}
        values |= {f"before_{i}": value for i, value in enumerate(before or ())}
        rows: list[Any] = [*connection.execute(statement, values | {"page_size": size + 1}).all()]
        return _page(rows, self._order, request, size)

    def _make(self, after: bool, before: bool, backwards: bool) -> Select[Any]:
        ends = [[bindparam(f"{name}_{i}") for i in range(len(self._order.columns))] for name in ("after", "before")]
        given = (end if wanted else None for end, wanted in zip(ends, (after, before), strict=True))
        return _narrowed(self._query, self._order, *given, backwards=backwards).limit(bindparam("page_size"))


def _narrowed(
    query: Select[Any], order: Order[T], after: list[Any] | None, before: list[Any] | None, *, backwards: bool
) -> Select[Any]:
    """The rows between two places, from the wanted end."""
    if after is not None:
        query = query.where(_beyond(order, after, forwards=True))
    if before is not None:
        query = query.where(_beyond(order, before, forwards=False))
    return query.order_by(*(c.desc() if order.descending is not backwards else c.asc() for c in order.columns))


def _page(rows: list[T], order: Order[T], request: PageRequest, size: int) -> Page[T]:
    backwards, more = request.last is not None, len(rows) > size
    rows = rows[:size]
    if backwards:
        rows.reverse()
    return Page(
        rows=rows,
        place=order.place,
        has_next=request.before is not None if backwards else more,
        has_previous=more if backwards else request.after is not None,
    )


def _ends(request: PageRequest, order: Order[Any]) -> tuple[list[Any] | None, list[Any] | None]:
    return (
        _read(request.after, order, "after") if request.after is not None else None,
        _read(request.before, order, "before") if request.before is not None else None,
    )


def _size(request: PageRequest) -> int:
    if request.first is not None and request.last is not None:
        raise Invalid("bad_page", field=("last",), limit=LIMIT)
    field = "last" if request.last is not None else "first"
    size = request.last if request.last is not None else request.first
    if size is None:
        return DEFAULT
    if not 0 < size <= LIMIT:
        raise Invalid("bad_page", field=(field,), limit=LIMIT)
    return size


def _beyond(order: Order[T], place: list[Any], *, forwards: bool) -> ColumnElement[bool]:
    """Rows strictly after (or before) a place: (a > x) or (a = x and b > y)…"""
    greater = forwards is not order.descending
    steps = []
    for i, column in enumerate(order.columns):
        equal = [earlier == value for earlier, value in zip(order.columns, place[:i], strict=False)]
        steps.append(and_(*equal, column > place[i] if greater else column < place[i]))
    return or_(*steps)


def write_place(values: Sequence[Any]) -> str:
    """An opaque cursor for a row's place."""
    plain = [value.isoformat() if isinstance(value, datetime) else str(value) for value in values]
    return base64.urlsafe_b64encode(json.dumps(plain).encode()).decode().rstrip("=")


def _read(cursor: str, order: Order[T], field: str) -> list[Any]:
    try:
        plain = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        kinds = [column.type.python_type for column in order.columns]
        return [_parse(kind, value) for kind, value in zip(kinds, plain, strict=True)]
    except (ValueError, TypeError, OverflowError, RecursionError) as error:
        raise Invalid("bad_cursor", field=(field,)) from error


def _parse(kind: type, value: object) -> Any:
    """A value as write_place wrote it: always text. Raises ValueError for anything that no column can hold."""
    if not isinstance(value, str) or "\0" in value:
        raise ValueError("not a place")
    value.encode()
    if kind is datetime:
        return datetime.fromisoformat(value).astimezone(UTC)
    if kind is int:
        number = int(value)
        if not -(2**63) <= number < 2**63:
            raise ValueError("not a place")
        return number
    return UUID(value) if kind is UUID else value
