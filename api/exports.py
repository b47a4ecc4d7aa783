"""Files that the panels hand out: a link opens them, and they are written while they are read."""

import uuid
from collections.abc import AsyncIterator, Callable
from typing import Any

import orjson
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from api.acts import name_of_act
from api.auth import context_of
from api.context import Context
from api.csv_text import BOM, row
from api.errors import AppError, Invalid
from api.models import AuditEntry
from api.resolvers.audit import AuditFilter, audit_names, export_audit
from api.schema.scalars import read_time
from api.subscriptions.running import Running
from rest_compat.operations import locale_of, request_id
from rest_compat.reply import failure, problem

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


def exports(running: Running) -> list[Route]:
    """The routes of one app. The session's cookie opens them for pages of our own only."""

    def audit(write: Callable[[Entries], AsyncIterator[str]], kind: str, suffix: str) -> Route:
        async def answer(request: Request) -> Response:
            try:
                ctx = await context_of(running.services, request)
                batches = await export_audit(ctx, _audit_filter(request))
            except AppError as error:
                return problem(error, locale_of(request))
            except Exception as error:
                return failure(error, locale_of(request), reference=request_id(request))
            name = f"auditoria-{ctx.now().astimezone(ctx.settings.zone):%Y%m%d-%H%M}.{suffix}"
            headers = {"content-disposition": f'attachment; filename="{name}"', "cache-control": "no-store"}
            return StreamingResponse(write(_told(ctx, batches)), media_type=kind, headers=headers)

        return Route(f"/export/audit.{suffix}", answer, methods=["GET"])

    return [audit(_csv, "text/csv; charset=utf-8", "csv"), audit(_json, "application/json", "json")]


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
