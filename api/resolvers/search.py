"""Finding closed chats by their words: the same on SQLite and PostgreSQL, the newest first, at any size."""

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Select, and_, cast, column, false, func, literal_column, select, table
from sqlalchemy.dialects.postgresql import TSQUERY
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import load_only
from sqlmodel import col

from api.context import Context, Principal, Staff
from api.models import Chat, ChatWords, Message
from api.models.enums import ChatStatus, Permission
from api.resolvers.access import allow, held_to, visible_chats
from api.resolvers.checks import Checks
from api.resolvers.indexing import SAID, facets, place_of
from api.resolvers.pages import Order, Page, PageRequest, paginate
from api.words import Part, excerpt, marks, terms_of

SEARCH_LIMIT = 200

Terms = Sequence[tuple[str, ...]]
"""The words looked for, each with the spellings of which any will do."""
_FTS5 = table("chat_search", column("rowid", BigInteger))
"""SQLite's index: its row numbers are the places, and it gives them in their order without sorting."""


@dataclass(frozen=True)
class Wanted:
    """What is looked for: words, and the filters that the index itself knows."""

    terms: Terms
    department_id: uuid.UUID | None = None
    agent_id: uuid.UUID | None = None
    closed_in: tuple[datetime, datetime] | None = None


def read_search(search: str | None) -> Terms | None:
    """The words of what somebody typed, whatever that is; None when it is blank. Raises Invalid when it is too long."""
    checks = Checks()
    if len(search or "") > SEARCH_LIMIT:
        checks.fault("search", "too_long", limit=SEARCH_LIMIT)
    checks.done()
    return terms_of(search) if search and search.strip() else None


async def find_chats(
    session: AsyncSession, principal: Principal, wanted: Wanted, others: ColumnElement[bool], page: PageRequest
) -> Page[Chat]:
    """The chats with all these words that the caller may see, the last that closed first. Raises Invalid."""
    place = _place(session)
    newest: Order[ChatWords] = Order((place,), place=lambda found: (found.place,), descending=True)
    query = _matching(session, principal, wanted, others, select(ChatWords))
    # The words themselves are the index's, and long.
    query = query.options(load_only(ChatWords.place, ChatWords.chat_id))  # type: ignore[arg-type] - SQLModel's columns
    found = await paginate(session, query, newest, page)
    places = {row.chat_id: row.place for row in found.rows}
    read = await session.execute(select(Chat).where(col(Chat.id).in_(places)))
    chats = {chat.id: chat for chat in read.scalars()}
    return Page([chats[id] for id in places], lambda chat: (places[chat.id],), found.has_next, found.has_previous)


async def count_found(session: AsyncSession, principal: Principal, wanted: Wanted, others: ColumnElement[bool]) -> int:
    """How many chats have all these words."""
    query = _matching(session, principal, wanted, others, select(func.count()).select_from(ChatWords))
    return (await session.execute(query)).scalar_one()


def _matching(
    session: AsyncSession, principal: Principal, wanted: Wanted, others: ColumnElement[bool], query: Select[Any]
) -> Select[Any]:
    # The index finds the chats; what is read of each of them must not tempt SQLite to begin from there.
    held = held_to(and_(col(Chat.status) == ChatStatus.CLOSED, visible_chats(principal), others))
    query = query.join(Chat, col(Chat.id) == col(ChatWords.chat_id)).where(held)
    if _embedded(session):
        query = query.join(_FTS5, _FTS5.c.rowid == col(ChatWords.place))
    needed = [*wanted.terms, *_facets(principal, wanted)]
    if not wanted.terms or not all(needed):
        return query.where(false())
    place = _place(session)
    if wanted.closed_in is not None:
        query = query.where(place >= place_of(wanted.closed_in[0]), place < place_of(wanted.closed_in[1]))
    if not _embedded(session):
        asked = _all_of(needed, quote="'", beginning=":*", both=" & ", either=" | ")
        return query.where(col(ChatWords.words).bool_op("@@")(cast(asked, TSQUERY)))
    asked = _all_of(needed, quote='"', beginning="*", both=" AND ", either=" OR ")
    found = literal_column("chat_search").bool_op("MATCH")(asked)
    return query.where(found)


def _facets(principal: Principal, wanted: Wanted) -> Iterable[tuple[str, ...]]:
    """What the index knows of rights and filters; the chats' own rows have the last word on both."""
    if isinstance(principal, Staff) and not principal.may(Permission.CHAT_VIEW_ALL):
        yield tuple(facets(departments=sorted(principal.department_ids), agents=[principal.user_id]))
    if wanted.department_id is not None:
        yield tuple(facets(departments=[wanted.department_id]))
    if wanted.agent_id is not None:
        yield tuple(facets(agents=[wanted.agent_id]))


def _all_of(needed: Iterable[tuple[str, ...]], *, quote: str, beginning: str, both: str, either: str) -> str:
    """The query in a database's own language. Words hold letters and digits only: nothing can end the quotes."""

    def one(word: str) -> str:
        # A single letter begins too much.
        begins = len(word) > 1 and not word.startswith("_")
        return f"{quote}{word}{quote}{beginning if begins else ''}"

    return both.join(f"({either.join(map(one, spellings))})" for spellings in needed)


def _embedded(session: AsyncSession) -> bool:
    return session.get_bind().dialect.name == "sqlite"


def _place(session: AsyncSession) -> Any:
    return _FTS5.c.rowid if _embedded(session) else col(ChatWords.place)


@dataclass(frozen=True)
class Excerpt:
    """The line of a chat that has most of the words looked for, and what stands around them."""

    message: Message
    parts: list[Part]


@allow(Permission.CHAT_ATTEND, Permission.CHAT_VIEW_ALL)
async def excerpts_of(ctx: Context, asked: Sequence[tuple[uuid.UUID, str]]) -> dict[tuple[uuid.UUID, str], Excerpt]:
    """For pairs of a chat and a search: where the words stand. Absent where only its name or protocol has them."""
    sought = {key: terms for key in asked if (terms := terms_of(key[1]))}
    if not sought:
        return {}
    ids = {chat_id for chat_id, _ in sought}
    query = (
        select(Message)
        .join(Chat, col(Chat.id) == col(Message.chat_id))
        .where(col(Message.chat_id).in_(ids), held_to(visible_chats(ctx.principal)), col(Message.kind).in_(SAID))
        .order_by(col(Message.chat_id), col(Message.seq))
    )
    lines: dict[uuid.UUID, list[Message]] = {}
    async with ctx.db.read() as session:
        for message in (await session.execute(query)).scalars():
            lines.setdefault(message.chat_id, []).append(message)
    found = {key: _best(lines.get(key[0], []), terms) for key, terms in sought.items()}
    return {key: best for key, best in found.items() if best is not None}


def _best(lines: Sequence[Message], terms: Terms) -> Excerpt | None:
    """Of the lines with the most of the words, the first."""

    def there(line: Message) -> int:
        return sum(bool(marks(line.body, [term])) for term in terms)

    best = max(lines, key=there, default=None)
    if best is None or not there(best):
        return None
    return Excerpt(best, excerpt(best.body, terms))
