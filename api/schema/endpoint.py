"""GraphQL over HTTP and sockets: bodies read strictly, callers known by cookie, bearer token or connection_init."""

import re
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from json import JSONDecodeError
from typing import Any

import orjson
from cross_web import HTTPException
from starlette.requests import HTTPConnection
from starlette.requests import Request as HttpRequest
from starlette.responses import FileResponse, RedirectResponse, Response
from starlette.types import Receive, Scope, Send
from strawberry.asgi import GraphQL
from strawberry.exceptions import ConnectionRejectionError
from strawberry.http import GraphQLHTTPResponse, process_result
from strawberry.subscriptions import GRAPHQL_TRANSPORT_WS_PROTOCOL
from strawberry.types import ExecutionResult
from strawberry.types.execution import PreExecutionError
from strawberry.types.unset import UNSET, UnsetType

from api.assets import page
from api.auth import context_of, first_headers, identify, touch
from api.errors import AppError, ErrorCode, RateLimited, Unauthenticated, Unavailable
from api.middleware import PAGE_POLICY
from api.schema import Schema
from api.schema.base import Request
from api.schema.extensions import may_introspect
from api.schema.measuring import MeasuredHandler
from api.settings import Settings
from api.subscriptions.running import Running
from api.subscriptions.transport import Socket
from api.texts import Locale, preferred_locale, say

INIT_TIMEOUT = timedelta(seconds=5)
OPERATIONS_PER_SOCKET = 50

GRAPHIQL_POLICY = f"{PAGE_POLICY}; style-src-attr 'unsafe-inline'"
"""The editor places its lines by style attributes, which no nonce covers; its scripts and sheets are our files."""

_STREAMS = re.compile("multipart/|text/event-stream")
RESPONSE_JSON = "application/graphql-response+json"
_STATES_ALL = re.compile(rf"(?:^|,)\s*{re.escape(RESPONSE_JSON)}\s*(?:,|$|;(?!\s*q=0(?:\.0*)?\s*(?:,|$)))")
"""Finds it in an Accept header, unless it is refused there by `q=0`."""

_STATUS = {
    ErrorCode.UNAUTHENTICATED: 401,
    ErrorCode.SECOND_FACTOR_NEEDED: 401,
    ErrorCode.FORBIDDEN: 403,
    ErrorCode.RATE_LIMITED: 429,
    ErrorCode.UNAVAILABLE: 503,
    ErrorCode.STORAGE_FULL: 503,
}


class Endpoint(GraphQL[Request, None]):
    """The `/graphql` route of one app."""

    graphql_transport_ws_handler_class = MeasuredHandler
    websocket_adapter_class = Socket

    def __init__(self, schema: Schema, running: Running) -> None:
        super().__init__(
            schema,
            allow_queries_via_get=False,
            subscription_protocols=(GRAPHQL_TRANSPORT_WS_PROTOCOL,),
            connection_init_wait_timeout=INIT_TIMEOUT,
            max_subscriptions_per_connection=OPERATIONS_PER_SOCKET,
            allowed_origins=_pages_of(running.services.settings),
        )
        self._schema = schema
        self.running = running

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer; a credential that opens nothing, or a database that is away, is said in the answer's own form."""
        if scope["type"] != "http":
            return await super().__call__(scope, receive, send)
        request = HttpRequest(scope, receive)
        try:
            response = await self._by_plan(request) or await self.run(request)
        except AppError as error:
            response = _refusal(error, preferred_locale(request.headers.get("accept-language")))
        except HTTPException as error:
            response = _answer({"errors": [_formatted(error.reason, ErrorCode.INVALID)]}, error.status_code)
        return await _as_accepted(request, response)(scope, receive, send)

    async def _by_plan(self, request: HttpRequest) -> Response | None:
        """The answer to a usual request; None for all others, which Strawberry reads."""
        if request.method != "POST" or not _is_plain(first_headers(request)):
            return None
        try:
            asked = self.decode_json(await request.body())
        except JSONDecodeError:
            return None
        text, variables, name = asked.get("query"), asked.get("variables"), asked.get("operationName")
        if not (isinstance(text, str) and isinstance(variables, dict | None) and isinstance(name, str | None)):
            return None
        # Cookies are written on it while the answer is worked out.
        response = Response(media_type="application/json")
        context = await self.get_context(request, response)
        result = await self._schema.by_plan(text, variables, context, name)
        return None if result is None else _filled(response, _told(result))

    async def get_context(self, request: HTTPConnection, response: Any) -> Request:
        ctx = await context_of(self.running.services, request)
        if isinstance(request, HttpRequest):
            with suppress(AppError):
                # A disk that is full, say, must not keep anybody from reading.
                await touch(ctx)
        http = response if isinstance(response, Response) else None
        return Request(ctx, self.running, request, http)

    async def on_ws_connect(self, context: Request) -> UnsetType:
        """Take the credential and the language that connection_init brings; a bad credential closes with 4403."""
        params = context.connection_params or {}
        if isinstance(params.get("locale"), str):
            context.ctx = replace(context.ctx, locale=preferred_locale(str(params["locale"])))
        token = params.get("token")
        if token is not None:
            try:
                identity = await identify(self.running.services, str(token))
            except Unauthenticated as error:
                raise ConnectionRejectionError from error
            context.ctx = context.ctx.acting_as(identity.principal)
        return UNSET

    async def render_graphql_ide(self, request: HttpRequest) -> Response:
        """GraphiQL, from our own assets, for signed-in staff."""
        ctx = await context_of(self.running.services, request)
        if not may_introspect(Request(ctx, self.running)):
            return RedirectResponse("/login/?next=/graphql", 303)
        return graphiql_page()

    async def process_result(self, request: HttpRequest, result: ExecutionResult) -> GraphQLHTTPResponse:
        return _told(result)

    def create_response(self, response_data: Any, sub_response: Response) -> Response:
        response = _answer(response_data, 200)
        response.headers.raw.extend(sub_response.headers.raw)
        return response

    def decode_json(self, data: str | bytes) -> dict[str, Any]:
        """Strict JSON: UTF-8, no NaN, no lone surrogates, an object. Raises JSONDecodeError."""
        value = orjson.loads(data)
        if not isinstance(value, dict):
            raise JSONDecodeError("not an object", "", 0)
        return value

    def encode_json(self, data: object) -> str:
        return orjson.dumps(data).decode()


def _told(result: ExecutionResult) -> GraphQLHTTPResponse:
    """What became of an operation; where nothing was executed there is no data to speak of (GraphQL over HTTP)."""
    told = process_result(result)
    # What went wrong while executing has a path; what is wrong with the request, such as its variables, has none.
    begun = result.data is not None or any(error.path is not None for error in result.errors or ())
    if isinstance(result, PreExecutionError) or not begun:
        told.pop("data", None)
    return told


def _as_accepted(request: HttpRequest, response: Response) -> Response:
    """The answer in the form that says by its status whether anything was executed, for who asked for that form."""
    if not _STATES_ALL.search(request.headers.get("accept", "")) or response.media_type != "application/json":
        return response
    response.headers["content-type"] = f"{RESPONSE_JSON}; charset=utf-8"
    response.headers.add_vary_header("accept")
    if response.status_code == 200 and not bytes(response.body).startswith(b'{"data"'):
        problems = orjson.loads(response.body)["errors"]
        response.status_code = _STATUS.get(problems[0].get("extensions", {}).get("code"), 400)
    return response


def _filled(response: Response, body: Any) -> Response:
    """An empty response, with a body after all."""
    response.body = orjson.dumps(body)
    length = b"content-length", str(len(response.body)).encode()
    response.raw_headers = [length, *(header for header in response.raw_headers if header[0] != length[0])]
    return response


def _is_plain(headers: dict[str, str]) -> bool:
    """Whether this is one operation in JSON that is answered at once."""
    return headers.get("content-type", "").startswith("application/json") and not _STREAMS.search(
        headers.get("accept", "")
    )


def _pages_of(settings: Settings) -> list[str]:
    """The origins whose pages may open sockets: those that embed the widget, and our own behind a proxy."""
    return [*settings.origins, settings.public_url] if settings.public_url else settings.origins


def _formatted(message: str, code: ErrorCode) -> dict[str, Any]:
    return {"message": message, "extensions": {"code": code}}


def _answer(body: Any, status: int) -> Response:
    return Response(orjson.dumps(body), status, media_type="application/json")


def _refusal(error: AppError, locale: Locale) -> Response:
    problem = error.problems[0]
    sentence = say(problem.reason, locale, **problem.values)
    response = _answer({"errors": [_formatted(sentence, error.code)]}, _STATUS.get(error.code, 400))
    if isinstance(error, RateLimited | Unavailable):
        response.headers["retry-after"] = str(round(error.retry_after.total_seconds()))
    if error.code is ErrorCode.UNAUTHENTICATED:
        response.headers["www-authenticate"] = "Bearer"
    return response


def graphiql_page() -> FileResponse:
    """The explorer's page."""
    return page("web", "graphiql.html", policy=GRAPHIQL_POLICY)
