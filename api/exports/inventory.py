"""The access points as CSV, in the columns in which they can be brought in again, and as JSON."""

from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from typing import Annotated, Any

from pydantic import BeforeValidator
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from api.context import Context
from api.csv_text import BOM, row
from api.exports.door import answered, as_json, download, today
from api.headings import point_head
from api.models.enums import AccessPointStatus
from api.resolvers.access_points import AccessPointFilter
from api.resolvers.inventory import ExportedPoint, export_access_points
from api.resolvers.inventory_columns import COLUMNS
from rest_compat.body import Params, params


class InventoryParams(Params):
    """The filters of the network's screen."""

    q: str | None = None
    status: Annotated[AccessPointStatus | None, BeforeValidator(AccessPointStatus)] = None


def routes() -> list[Route]:
    """The routes of the inventory."""
    return [
        Route("/exports/access-points.csv", answered(_csv), methods=["GET"]),
        Route("/exports/access-points.json", answered(_json), methods=["GET"]),
    ]


async def _csv(ctx: Context, request: Request) -> Response:
    pages = await export_access_points(ctx, _filter(request), form="csv")

    async def lines() -> AsyncIterator[str]:
        yield BOM + row(point_head(column, ctx.locale) for column in COLUMNS)
        async for points in pages:
            yield "".join(row(_cell(ctx, value) for value in _fields(point).values()) for point in points)

    return download(lines(), "text/csv; charset=utf-8", f"pontos-de-acesso-{today(ctx)}.csv")


async def _json(ctx: Context, request: Request) -> Response:
    pages = await export_access_points(ctx, _filter(request), form="json")

    async def objects() -> AsyncIterator[Sequence[dict[str, Any]]]:
        async for points in pages:
            yield [{"id": str(point.point.id)} | _fields(point) for point in points]

    return download(as_json(objects()), "application/json", f"pontos-de-acesso-{today(ctx)}.json")


def _filter(request: Request) -> AccessPointFilter:
    given = params(request, InventoryParams)
    return AccessPointFilter(status=(given.status,) if given.status else (), search=given.q)


def _fields(exported: ExportedPoint) -> dict[str, Any]:
    fields = {name: column.write(exported.point) for name, column in COLUMNS.items()}
    return fields | {"parent": exported.parent}


def _cell(ctx: Context, value: object) -> object:
    # As spreadsheets read a moment: on the clock of the desk.
    return f"{value.astimezone(ctx.settings.zone):%Y-%m-%d %H:%M:%S}" if isinstance(value, datetime) else value
