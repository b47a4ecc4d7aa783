"""The audit log as CSV or JSON."""

import uuid
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import datetime
from typing import Annotated, Any

import orjson
from pydantic import BeforeValidator, Field
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from api.acts import name_of_act
from api.context import Context
from api.csv_text import BOM, row
from api.exports.door import answered, as_json, download, today
from api.models import AuditEntry
from api.resolvers.audit import AuditFilter, audit_names, export_audit
from api.schema.scalars import read_time
from rest_compat.body import Misread, Params, params

AUDIT_COLUMNS = (
    "number",
    "at",
    "actor",
    "actor_name",
    "action",
    "detail",
    "object",
    "object_name",
    "before",
    "after",
    "address",
    "request_id",
    "hash",
)

Entries = AsyncIterator[list[dict[str, Any]]]
_Id = Annotated[uuid.UUID | None, BeforeValidator(lambda text: uuid.UUID(text))]
_Moment = Annotated[datetime | None, BeforeValidator(read_time)]


class AuditParams(Params):
    """The filters of the audit log; a period has both its ends."""

    object_id: Annotated[_Id, Field(alias="objectId")] = None
    actor_id: Annotated[_Id, Field(alias="actorId")] = None
    start: Annotated[_Moment, Field(alias="from")] = None
    to: _Moment = None
    action: str | None = None


def routes() -> list[Route]:
    """The routes of the audit log. The session's cookie opens them for pages of our own only."""
    return [
        Route("/exports/audit.csv", answered(_audit("csv", "text/csv; charset=utf-8", _csv)), methods=["GET"]),
        Route("/exports/audit.json", answered(_audit("json", "application/json", as_json)), methods=["GET"]),
    ]


def _audit(
    suffix: str, media_type: str, write: Callable[[Entries], AsyncIterator[str] | AsyncIterator[bytes]]
) -> Callable[[Context, Request], Awaitable[Response]]:
    async def handle(ctx: Context, request: Request) -> Response:
        batches = await export_audit(ctx, _audit_filter(request))
        return download(write(_told(ctx, batches)), media_type, f"auditoria-{today(ctx)}.{suffix}")

    return handle


async def _told(ctx: Context, batches: AsyncIterator[list[AuditEntry]]) -> Entries:
    """Entries with the names of who acted and on what, a batch at a time."""
    async for batch in batches:
        names = await audit_names(ctx, {reference for entry in batch for reference in (entry.actor, entry.object)})
        yield [_as_told(ctx, entry, names) for entry in batch]


def _as_told(ctx: Context, entry: AuditEntry, names: dict[str, str]) -> dict[str, Any]:
    values = entry.model_dump() | {
        "number": entry.seq,
        "actor_name": names.get(entry.actor),
        "detail": name_of_act(entry.action, ctx.locale),
        "object_name": names.get(entry.object),
    }
    return {column: values[column] for column in AUDIT_COLUMNS}


async def _csv(batches: Entries) -> AsyncIterator[str]:
    yield BOM + row(AUDIT_COLUMNS)
    async for batch in batches:
        yield "".join(row([_cell(value) for value in entry.values()]) for entry in batch)


def _cell(value: Any) -> Any:
    return orjson.dumps(value).decode() if isinstance(value, dict) else value


def _audit_filter(request: Request) -> AuditFilter:
    """Which entries the address asks for. Raises Misread."""
    given = params(request, AuditParams)
    period = (given.start, given.to) if given.start and given.to else None
    if period is None and (given.start or given.to):
        raise Misread("bad_value", field=("to" if given.start else "from",))
    return AuditFilter(object_id=given.object_id, actor_id=given.actor_id, period=period, action=given.action)
