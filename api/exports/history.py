"""The history as CSV or JSON, and a transcript as text."""

import uuid
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from api.context import Context
from api.csv_text import BOM, row
from api.exports.door import answered, as_json, download, today
from api.headings import COLUMNS, head
from api.models.enums import Category, Channel, CloseReason
from api.resolvers.chats import ChatFilter
from api.resolvers.closings import EVERY_SCORE
from api.resolvers.exports import ExportedChat, export_chats
from api.resolvers.lines import Line
from api.resolvers.pages import LIMIT, PageRequest
from api.resolvers.transcripts import Transcript, read_transcript
from rest_compat.body import Params, params, path_id
from rest_compat.periods import span
from rest_compat.words import seconds


def routes() -> list[Route]:
    """The routes of the history."""
    return [
        Route("/exports/history.csv", answered(_history_csv)),
        Route("/exports/history.json", answered(_history_json)),
        Route("/exports/chats/{id}.txt", answered(_transcript)),
    ]


def _listed(kind: Callable[[str], Any]) -> BeforeValidator:
    """A list as an address writes it: `RESOLVED,ADMIN`."""
    return BeforeValidator(lambda text: [kind(part) for part in str(text).split(",")] if text else None)


class HistoryParams(Params):
    """The filters of the history screen, and whether CPFs are to be shown whole."""

    view: Literal["chats", "ratings"] = "chats"
    q: str | None = None
    start: Annotated[str | None, Field(alias="from")] = None
    to: str | None = None
    department: Annotated[uuid.UUID | None, BeforeValidator(lambda text: uuid.UUID(text))] = None
    agent: Annotated[uuid.UUID | None, BeforeValidator(lambda text: uuid.UUID(text))] = None
    customer: Annotated[uuid.UUID | None, BeforeValidator(lambda text: uuid.UUID(text))] = None
    channel: Annotated[list[Channel] | None, _listed(Channel)] = None
    category: Annotated[list[Category] | None, _listed(Category)] = None
    reason: Annotated[list[CloseReason] | None, _listed(CloseReason)] = None
    score: Annotated[list[int] | None, _listed(int)] = None
    cpf: Literal["masked", "whole"] = "masked"


async def _history_csv(ctx: Context, request: Request) -> Response:
    pages = await _pages(ctx, request, form="csv")

    async def lines() -> AsyncIterator[str]:
        yield BOM + row(head(column, ctx.locale) for column in COLUMNS)
        async for chats in pages:
            yield "".join(row(_cells(ctx, chat)) for chat in chats)

    return download(lines(), "text/csv; charset=utf-8", f"historico-{today(ctx)}.csv")


async def _history_json(ctx: Context, request: Request) -> Response:
    pages = await _pages(ctx, request, form="json")

    async def objects() -> AsyncIterator[list[dict[str, Any]]]:
        async for chats in pages:
            yield [{"id": str(chat.chat.id)} | _fields(chat) for chat in chats]

    return download(as_json(objects()), "application/json", f"historico-{today(ctx)}.json")


async def _pages(ctx: Context, request: Request, *, form: str) -> AsyncIterator[Sequence[ExportedChat]]:
    """The pages, the first of which has been read: what fails there is told as an error, not as a broken file."""
    given = params(request, HistoryParams)
    rated, within = given.view == "ratings", span(ctx, start=given.start, end=given.to)
    chats = ChatFilter(
        department_id=given.department,
        agent_id=given.agent,
        customer_id=given.customer,
        channel=given.channel,
        category=given.category,
        close_reason=given.reason,
        score=given.score or (EVERY_SCORE if rated else None),
        closed_in=None if rated else within,
        rated_in=within if rated else None,
        search=given.q,
    )
    pages = await export_chats(ctx, chats, form=form, whole_cpf=given.cpf == "whole")
    first = await anext(pages)

    async def every() -> AsyncIterator[Sequence[ExportedChat]]:
        yield first
        async for page in pages:
            yield page

    return every()


def _fields(exported: ExportedChat) -> dict[str, Any]:
    """A chat's row, by the names of COLUMNS."""
    chat, times = exported.chat, exported.times
    return {
        "protocol": chat.protocol,
        "channel": chat.channel,
        "category": chat.category,
        "subject": chat.subject,
        "customer": chat.customer_name,
        "cpf": exported.cpf,
        "department": exported.department,
        "agent": exported.agent,
        "created_at": chat.created_at,
        "closed_at": chat.closed_at,
        "reason": chat.close_reason,
        "wait_seconds": seconds(times.waiting if times else None),
        "handle_seconds": seconds(times.handling if times and chat.claimed_at else None),
        "resolution_seconds": seconds(exported.resolution),
        "rating": chat.rating_score,
        "comment": chat.rating_comment,
    }


def _cells(ctx: Context, exported: ExportedChat) -> Iterator[object]:
    for value in _fields(exported).values():
        if isinstance(value, datetime):
            # As spreadsheets read a moment: on the clock of the desk.
            yield f"{value.astimezone(ctx.settings.zone):%Y-%m-%d %H:%M:%S}"
        else:
            yield value


async def _transcript(ctx: Context, request: Request) -> Response:
    chat_id = path_id(request, reason="chat_not_found")
    first = await read_transcript(ctx, chat_id, PageRequest(first=LIMIT))

    async def text() -> AsyncIterator[str]:
        chat, found = first.chat, first
        yield f"{chat.protocol}  {chat.customer_name}\r\n\r\n"
        while True:
            yield "".join(_line(ctx, line) for line in found.lines.rows)
            if not found.lines.has_next:
                return
            found = await _next(ctx, found)

    return download(text(), "text/plain; charset=utf-8", f"{first.chat.protocol}.txt")


async def _next(ctx: Context, found: Transcript) -> Transcript:
    return await read_transcript(ctx, found.chat.id, PageRequest(first=LIMIT, after=found.lines.cursors[-1]))


def _line(ctx: Context, line: Line) -> str:
    at = f"{line.sent_at.astimezone(ctx.settings.zone):%Y-%m-%d %H:%M:%S}"
    body = "\r\n    ".join(line.body.splitlines())
    return f"[{at}] {line.sender_name} ({line.sender}, {line.kind}): {body}\r\n"
