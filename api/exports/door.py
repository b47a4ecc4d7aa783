"""How a download is opened, refused, and named."""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import suppress
from typing import Any

import orjson
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from api.auth import context_of, touch
from api.context import Context
from api.errors import AppError
from rest_compat import reply
from rest_compat.operations import locale_of, request_id


def answered(handle: Callable[[Context, Request], Awaitable[Response]]) -> Callable[[Request], Awaitable[Response]]:
    """An endpoint that knows its caller, and tells what went wrong as REST does."""

    async def endpoint(request: Request) -> Response:
        try:
            ctx = await context_of(request.app.state.running.services, request)
            with suppress(AppError):
                await touch(ctx)
            return await handle(ctx, request)
        except AppError as error:
            return reply.problem(error, locale_of(request))
        except Exception as error:
            return reply.failure(error, locale_of(request), reference=request_id(request))

    return endpoint


def download(content: AsyncIterator[str] | AsyncIterator[bytes], media_type: str, name: str) -> Response:
    """A file that is written while it is read."""
    headers = {"content-disposition": f'attachment; filename="{name}"', "cache-control": "no-store"}
    return StreamingResponse(content, media_type=media_type, headers=headers)


async def as_json(batches: AsyncIterator[Sequence[dict[str, Any]]]) -> AsyncIterator[bytes]:
    """One array, an object a line, written batch by batch."""
    between = b"[\n"
    async for batch in batches:
        for each in batch:
            yield between + orjson.dumps(each, option=orjson.OPT_UTC_Z)
            between = b",\n"
    yield b"\n]\n" if between != b"[\n" else b"[]\n"


def today(ctx: Context) -> str:
    """The day on the clock of the desk, for names of files."""
    return ctx.now().astimezone(ctx.settings.zone).date().isoformat()
