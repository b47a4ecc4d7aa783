"""What a row of the route table is, and how a request becomes a reply."""

from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from api.auth import context_of, require_csrf_header, touch
from api.context import Context, Staff
from api.errors import AppError, ErrorCode, Invalid, NotFound
from api.middleware import TooLong
from api.resolvers.access import Grant, Who, allowed
from api.texts import Locale, preferred_locale
from rest_compat import reply
from rest_compat.body import Body, Params

Handler = Callable[[Context, Request], Awaitable[reply.Reply]]

_SAFE: Final = ("GET", "HEAD")


@dataclass(frozen=True)
class Operation:
    """One documented route: what it reads, which use case it calls, what it answers, how it may fail."""

    method: str
    path: str
    handle: Handler
    use_case: Callable[..., Any]
    answer: Any
    body: type[Body] | None = None
    params: type[Params] | None = None
    creates: bool = False
    media: str = reply.JSON
    """What it answers with."""
    repeatable: bool = False
    """Whether it takes an Idempotency-Key."""
    fails: tuple[ErrorCode, ...] = ()
    """Beyond what follows from the rest: see `codes`."""

    @property
    def name(self) -> str:
        """The same verb and noun as everywhere."""
        return self.handle.__name__

    @property
    def grants(self) -> frozenset[Grant]:
        """Who may call it, as the use case has it."""
        return allowed(self.use_case)

    @property
    def public(self) -> bool:
        """Whether it needs no credential."""
        return Who.ANYONE in self.grants

    @property
    def codes(self) -> tuple[ErrorCode, ...]:
        """Every code that it may fail with."""
        needed = {ErrorCode.UNAUTHENTICATED, ErrorCode.UNAVAILABLE, ErrorCode.INTERNAL, *self.fails}
        if self.body or self.params:
            needed.add(ErrorCode.INVALID)
        if self.body:
            needed |= {ErrorCode.TOO_LARGE, ErrorCode.STORAGE_FULL}
        if not self.public or self.method not in _SAFE:
            needed.add(ErrorCode.FORBIDDEN)
        if "{id}" in self.path:
            needed.add(ErrorCode.NOT_FOUND)
        return tuple(code for code in ErrorCode if code in needed)


class Endpoint:
    """All operations of one path. Whatever happens, the caller gets JSON."""

    def __init__(self, operations: Sequence[Operation]) -> None:
        self._operations = {operation.method: operation for operation in operations}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        response = await self._answer(request)
        await response(scope, receive, send)

    async def _answer(self, request: Request) -> Response:
        locale = locale_of(request)
        operation = self._operations.get("GET" if request.method == "HEAD" else request.method)
        if operation is None:
            return reply.problem(Invalid("method_not_allowed"), locale, headers={"allow": self._allow()})
        try:
            return reply.write(await operation.handle(await _caller(request), request))
        except AppError as error:
            return reply.problem(error, locale)
        except TooLong:
            # The app's own limit on bodies answers this one.
            raise
        except Exception as error:
            return reply.failure(error, locale, reference=request_id(request))

    def _allow(self) -> str:
        also = ["HEAD"] if "GET" in self._operations else []
        return ", ".join(sorted([*self._operations, *also]))


class ReadOnly:
    """A page or document: read by anyone, changed by nobody."""

    def __init__(self, show: Callable[[Request], Awaitable[Response]]) -> None:
        self._show = show

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        if request.method in _SAFE:
            response = await self._show(request)
        else:
            refusal = Invalid("method_not_allowed")
            response = reply.problem(refusal, locale_of(request), headers={"allow": ", ".join(_SAFE)})
        await response(scope, receive, send)


class Nowhere:
    """Every path that no operation has."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        response = reply.problem(NotFound("route_not_found"), locale_of(Request(scope)))
        await response(scope, receive, send)


async def _caller(request: Request) -> Context:
    """The request's context. Raises Unauthenticated, Forbidden (a cookie without the CSRF header)."""
    ctx = await context_of(request.app.state.running.services, request)
    by_cookie = isinstance(ctx.principal, Staff) and "authorization" not in request.headers
    if by_cookie and request.method not in _SAFE:
        require_csrf_header(request)
    with suppress(AppError):
        # A disk that is full, say, must not keep anybody from reading.
        await touch(ctx)
    return ctx


def locale_of(request: Request) -> Locale:
    """The language that the caller prefers."""
    return preferred_locale(request.headers.get("accept-language"))


def request_id(request: Request) -> str:
    """What finds this request in the log."""
    return str(request.scope.get("state", {}).get("request_id", ""))
