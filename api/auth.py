"""From a credential to a principal: cookie, bearer token and connection_init, for every door alike."""

from collections.abc import Collection
from datetime import timedelta
from ipaddress import ip_address, ip_network
from urllib.parse import urlsplit

from sqlalchemy import update
from sqlmodel import col
from starlette.requests import HTTPConnection
from starlette.responses import Response

from api.context import Anonymous, ChatCustomer, Context, Machine, Principal, Services, Staff
from api.errors import Forbidden, Unauthenticated
from api.events import chat_stream, staff_stream
from api.identities import Identity, again, by_token
from api.models import ApiKey, Chat, Session
from api.models.enums import ChatStatus
from api.passwords import TokenKind, token_hash
from api.settings import Settings
from api.texts import preferred_locale

COOKIE = "alidash_session"
CSRF_HEADER = "x-csrf-token"

_SEEN_EVERY = timedelta(minutes=1)
_AT_ONCE = 100


async def context_of(services: Services, connection: HTTPConnection, *, cookies: bool = True) -> Context:
    """The context of an HTTP request or WebSocket handshake.

    A bearer token goes before the cookie; the cookie counts only when `cookies` and the page is our own.
    Raises Unauthenticated when a credential was given that opens nothing.
    """
    headers = first_headers(connection)
    return Context(
        services,
        await _caller(services, connection, headers, cookies=cookies),
        locale=preferred_locale(headers.get("accept-language")),
        address=client_address(connection, services.settings.trusted_proxies),
        user_agent=headers.get("user-agent", "")[:256] or None,
        request_id=connection.scope.get("state", {}).get("request_id", ""),
    )


def first_headers(connection: HTTPConnection) -> dict[str, str]:
    """The headers by name, the first where one came twice: reading one of Starlette's goes through all of them."""
    return {name.decode("latin-1"): value.decode("latin-1") for name, value in reversed(connection.scope["headers"])}


async def _caller(
    services: Services, connection: HTTPConnection, headers: dict[str, str], *, cookies: bool
) -> Principal:
    token = bearer_token(headers.get("authorization"))
    if token is not None:
        return (await identify(services, token)).principal
    cookie = connection.cookies.get(COOKIE) if cookies and "cookie" in headers else None
    if cookie is None or not own_page(connection, services.settings.public_url):
        return Anonymous()
    try:
        return (await identify(services, cookie)).principal
    except Unauthenticated:
        # An old cookie must not keep people from the sign-in page, or customers from their chat.
        return Anonymous()


def bearer_token(header: str | None) -> str | None:
    """The token of an Authorization header (`Bearer`, or the older habit `Token`).

    Raises Unauthenticated for any other scheme.
    """
    if header is None:
        return None
    scheme, _, token = header.strip().partition(" ")
    if scheme.lower() not in ("bearer", "token") or not token.strip():
        raise Unauthenticated("bad_token")
    return token.strip()


def own_page(connection: HTTPConnection, public_url: str | None) -> bool:
    """Whether a page of ours asks: no Origin at all (not a browser's cross-site request), or our own."""
    origin = connection.headers.get("origin")
    if origin is None:
        return connection.headers.get("sec-fetch-site", "same-origin") in ("same-origin", "none")
    own = {urlsplit(public_url).netloc} if public_url else set()
    return urlsplit(origin).netloc in own | {connection.headers.get("host", "")}


def over_tls(connection: HTTPConnection, settings: Settings) -> bool:
    """Whether cookies go over TLS alone: everywhere but on the developer's own machine."""
    local = connection.url.hostname in ("localhost", "127.0.0.1")
    return settings.public_url.startswith("https://") if settings.public_url else not local


def keep_session(response: Response, token: str, settings: Settings, *, secure: bool) -> None:
    """Hand a session's token to the browser, out of the reach of scripts."""
    age = int(settings.session_limit.total_seconds())
    response.set_cookie(COOKIE, token, max_age=age, httponly=True, samesite="lax", secure=secure)


def client_address(connection: HTTPConnection, trusted: list[str]) -> str | None:
    """The caller's address: the socket's, or what configured proxies say of it (the last hop that is none of them)."""
    if connection.client is None:
        return None
    address = connection.client.host
    if not within(address, trusted):
        return address
    hops = [hop.strip() for hop in connection.headers.get("x-forwarded-for", "").split(",") if hop.strip()]
    while hops and within(address, trusted):
        address = hops.pop()
    return address


def within(address: str, networks: list[str]) -> bool:
    """Whether an address belongs to one of these networks; what is no address belongs to none."""
    try:
        return any(ip_address(address) in ip_network(network, strict=False) for network in networks)
    except ValueError:
        return False


async def identify(services: Services, token: str) -> Identity:
    """Whom a token stands for. Raises Unauthenticated when it opens nothing (any more)."""
    digest = token_hash(token)
    known: Identity | None = services.identities.get(digest)
    if known is not None and (known.ends_at is None or known.ends_at > services.clock()):
        return known
    identity = await _look_up(services, token, digest)
    services.identities.keep(digest, identity, about=subject_of(identity.principal))
    return identity


def subject_of(principal: Principal) -> str:
    """What a caller's rights hang on: the stream that tells when they change, where there is one."""
    match principal:
        case Staff(user_id=user_id):
            return staff_stream(user_id)
        case ChatCustomer(chat_id=chat_id):
            return chat_stream(chat_id)
        case _:
            return principal.actor


async def _look_up(services: Services, token: str, digest: str) -> Identity:
    kind, _, _ = token.partition("_")
    identity = await services.db.look(lambda connection: by_token(services, connection, kind, digest))
    if identity is None:
        raise Unauthenticated("session_ended" if kind in (TokenKind.STAFF, TokenKind.COOKIE) else "bad_token")
    return identity


async def look_again(ctx: Context) -> Identity:
    """The same caller with the rights of this moment. Raises Unauthenticated when there are none any more."""
    identity = (await look_again_at(ctx.services, {ctx.principal})).get(ctx.principal)
    if identity is None:
        raise Unauthenticated("session_ended" if isinstance(ctx.principal, Staff) else "bad_token")
    return identity


async def look_again_at(services: Services, principals: Collection[Principal]) -> dict[Principal, Identity]:
    """These callers with the rights of this moment; who has none any more is absent."""
    return await services.db.look(lambda connection: again(services, connection, principals))


async def touch(ctx: Context) -> None:
    """Note that a session or key is in use, at most once a minute; of a customer who waits, that they are still there.

    Who polls, because sockets do not get through, is as present as who is connected.
    """
    principal, now = ctx.principal, ctx.now()
    if isinstance(principal, ChatCustomer):
        await _touch_customer(ctx, principal)
        return
    if not isinstance(principal, Staff | Machine) or (principal.seen_at and principal.seen_at >= now - _SEEN_EVERY):
        return
    if isinstance(principal, Staff):
        statement = (
            update(Session)
            .where(col(Session.id) == principal.session_id, col(Session.last_seen_at) < now - _SEEN_EVERY)
            .values(last_seen_at=now)
        )
    else:
        stale = col(ApiKey.last_used_at).is_(None) | (col(ApiKey.last_used_at) < now - _SEEN_EVERY)
        statement = update(ApiKey).where(col(ApiKey.id) == principal.key_id, stale).values(last_used_at=now)
    async with ctx.db.transaction() as tx:
        await tx.session.execute(statement)
    ctx.services.identities.forget([subject_of(principal)])


async def _touch_customer(ctx: Context, customer: ChatCustomer) -> None:
    now = ctx.now()
    # As often as a live connection would say so.
    if customer.seen_at is None or customer.seen_at > now - ctx.settings.presence_lease / 3:
        return
    here = update(Chat).where(col(Chat.id) == customer.chat_id, col(Chat.status) == ChatStatus.WAITING)
    async with ctx.db.transaction() as tx:
        await tx.session.execute(here.values(customer_seen_at=now))
    ctx.services.identities.forget([subject_of(customer)])


def require_csrf_header(connection: HTTPConnection) -> None:
    """Refuse an unsafe REST request that leans on the cookie without the header that no foreign page can send."""
    if CSRF_HEADER not in connection.headers:
        raise Forbidden("csrf_header_needed")
