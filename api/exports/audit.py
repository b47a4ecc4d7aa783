"""The audit log as CSV or JSON."""

import uuid
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import orjson
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from api.acts import name_of_act
from api.context import Context
from api.csv_text import BOM, row
from api.errors import Invalid
from api.exports.door import answered, download, today
from api.models import AuditEntry
from api.resolvers.audit import AuditFilter, audit_names, export_audit
from api.schema.scalars import read_time

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


def routes() -> list[Route]:
    """The routes of the audit log. The session's cookie opens them for pages of our own only."""
    return [
        Route("/exports/audit.csv", answered(_audit("csv", "text/csv; charset=utf-8", _csv)), methods=["GET"]),
        Route("/exports/audit.json", answered(_audit("json", "application/json", _json)), methods=["GET"]),
    ]


def _audit(
    suffix: str, media_type: str, write: Callable[[Entries], AsyncIterator[str]]
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


async def _json(batches: Entries) -> AsyncIterator[str]:
    """One array, an entry a line."""
    between = "[\n"
    async for batch in batches:
        for entry in batch:
            yield between + orjson.dumps(entry, option=orjson.OPT_UTC_Z).decode()
            between = ",\n"
    yield "\n]\n" if between != "[\n" else "[]\n"


def _audit_filter(request: Request) -> AuditFilter:
    """Which entries the address asks for. Raises Invalid."""
    asked = request.query_params
    period = None
    if "from" in asked or "to" in asked:
        period = (_read(asked, "from", read_time), _read(asked, "to", read_time))
    return AuditFilter(
        object_id=_read(asked, "objectId", uuid.UUID) if "objectId" in asked else None,
        actor_id=_read(asked, "actorId", uuid.UUID) if "actorId" in asked else None,
        period=period,
        action=asked.get("action"),
    )


def _read(asked: Any, name: str, read: Callable[[str], Any]) -> Any:
    try:
        return read(asked.get(name, ""))
    except ValueError as error:
        raise Invalid("bad_value", field=(name,)) from error
