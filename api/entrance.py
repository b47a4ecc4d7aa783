"""The way in by the identity provider: `/login/openid` leads there, and `/login/openid/return` is the way back.

Whatever comes of it, the browser ends up on our own sign-in page, which knows where to go on to, or what to say: no
address that somebody gave is ever redirected to.
"""

from typing import Final
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from api.auth import context_of, keep_session, over_tls
from api.context import Context
from api.errors import AppError, SecondFactorNeeded, Unauthenticated
from api.openid import LASTS
from api.resolvers.openid import leave_for_provider, opened_voyage, sign_in_by_provider
from api.schema.signing_in import keep_ticket

COOKIE: Final = "alidash_openid"
PATH: Final = "/login/openid"
RETURN: Final = f"{PATH}/return"


def entrance() -> list[Route]:
    """The two routes."""
    return [Route(PATH, _leave), Route(RETURN, _come_back)]


async def _leave(request: Request) -> Response:
    back = request.query_params.get("para", "")
    try:
        ctx = await _context(request)
        departure = await leave_for_provider(ctx, back=back, return_to=_return_to(ctx, request))
    except AppError as error:
        return _told(error, back)
    response = RedirectResponse(departure.address, 303)
    age, secure = int(LASTS.total_seconds()), over_tls(request, ctx.settings)
    # Lax: the way back begins on the provider's page.
    response.set_cookie(COOKIE, departure.sealed, max_age=age, path=PATH, httponly=True, samesite="lax", secure=secure)
    return response


async def _come_back(request: Request) -> Response:
    response = await _answer(request)
    # One way back for each way there, whatever came of it.
    response.delete_cookie(COOKIE, path=PATH, httponly=True, samesite="lax")
    return response


async def _answer(request: Request) -> Response:
    given, back, secure = request.query_params, "", True
    try:
        ctx = await _context(request)
        voyage = opened_voyage(ctx, request.cookies.get(COOKIE, ""), given.get("state", ""))
        back, secure = voyage.back, over_tls(request, ctx.settings)
        if given.get("iss", ctx.settings.oidc_issuer) != ctx.settings.oidc_issuer or not given.get("code"):
            # Another provider's answer (RFC 9207), or its word that there will be none.
            raise Unauthenticated("openid_refused")
        return_to = _return_to(ctx, request)
        signed_in = await sign_in_by_provider(ctx, voyage, code=given["code"], return_to=return_to)
    except SecondFactorNeeded as needed:
        response = _to_sign_in(etapa="codigo", para=back)
        keep_ticket(response, needed.ticket, secure=secure)
        return response
    except AppError as error:
        return _told(error, back)
    response = _to_sign_in(para=back)
    keep_session(response, signed_in.token, ctx.settings, secure=secure)
    return response


async def _context(request: Request) -> Context:
    return await context_of(request.app.state.running.services, request, cookies=False)


def _return_to(ctx: Context, request: Request) -> str:
    """The address that the provider knows; it refuses any other."""
    own = ctx.settings.public_url or str(request.base_url)
    return f"{own.rstrip('/')}{RETURN}"


def _told(error: AppError, back: str) -> Response:
    return _to_sign_in(erro=error.reason, para=back)


def _to_sign_in(**words: str) -> Response:
    said = {name: word for name, word in words.items() if word}
    return RedirectResponse(f"/login/{'?' if said else ''}{urlencode(said)}", 303)
