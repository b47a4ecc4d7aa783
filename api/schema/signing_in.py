"""How a session that begins is handed over: to a browser as a cookie, to a program in the answer."""

from collections.abc import Awaitable, Callable

import strawberry
from starlette.responses import Response

from api.errors import SecondFactorNeeded
from api.models.enums import SessionKind
from api.resolvers.proving import TICKET_LASTS
from api.resolvers.sessions import SignedIn
from api.schema.base import Info, Request, UserError, user_errors
from api.schema.users import User

TICKET_COOKIE = "alidash_second_factor"
_PATH = "/graphql"
"""Nobody else gets to see the ticket."""


@strawberry.type(description="Who signed in, or what is still missing.")
class SignInPayload:
    viewer: User | None = strawberry.field(default=None, description="Who signed in.")
    token: str | None = strawberry.field(
        default=None, description="A bearer token, for programs; a browser gets an HttpOnly cookie instead."
    )
    ticket: str | None = strawberry.field(
        default=None,
        description="With SECOND_FACTOR_NEEDED, for programs: what confirmSignIn takes within five minutes; a browser "
        "gets a cookie.",
    )
    user_errors: list[UserError] = strawberry.field(default_factory=list, description="What to mend.")


async def begun(info: Info, beginning: Callable[[SessionKind], Awaitable[SignedIn]]) -> SignInPayload:
    """Hand over the session that somebody begins, or the ticket for its second step."""
    request = info.context
    kind = SessionKind.COOKIE if request.takes_cookies else SessionKind.TOKEN
    try:
        signed_in = await beginning(kind)
    except SecondFactorNeeded as needed:
        errors = user_errors(info, needed)
        if kind is SessionKind.TOKEN:
            return SignInPayload(ticket=needed.ticket, user_errors=errors)
        keep_ticket(request.response, needed.ticket, secure=request.secure)
        return SignInPayload(user_errors=errors)
    request.act_as(signed_in.principal)
    if kind is SessionKind.TOKEN:
        return SignInPayload(viewer=User.of(signed_in.user), token=signed_in.token)
    request.set_cookie(signed_in.token)
    if kept_ticket(request) is not None:
        request.response.delete_cookie(TICKET_COOKIE, path=_PATH, httponly=True, samesite="strict")
    return SignInPayload(viewer=User.of(signed_in.user))


def kept_ticket(request: Request) -> str | None:
    """What the browser holds of a sign-in whose code is still missing."""
    return request.connection.cookies.get(TICKET_COOKIE) if request.connection and request.takes_cookies else None


def keep_ticket(response: Response, ticket: str, *, secure: bool) -> None:
    """Let the browser hold a sign-in whose code is still missing."""
    age = int(TICKET_LASTS.total_seconds())
    response.set_cookie(TICKET_COOKIE, ticket, max_age=age, path=_PATH, httponly=True, samesite="strict", secure=secure)
