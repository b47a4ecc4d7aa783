"""From a credential to a principal: cookie, bearer token and connection_init, for every door alike."""

import uuid
from collections import defaultdict
from collections.abc import Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import ip_address, ip_network
from urllib.parse import urlsplit

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col
from starlette.requests import HTTPConnection

from api.context import ChatCustomer, Context, Machine, Principal, Services, Staff
from api.errors import Forbidden, Unauthenticated
from api.models import ApiKey, Chat, Session, User, UserDepartment
from api.models.enums import ROLE_PERMISSIONS, ChatStatus, Permission, Scope, SessionKind
from api.passwords import TokenKind, token_hash
from api.texts import preferred_locale

COOKIE = "alidash_session"
CSRF_HEADER = "x-csrf-token"

_SEEN_EVERY = timedelta(minutes=1)
_AT_ONCE = 100


@dataclass(frozen=True)
class Identity:
    """A principal, and until when its credential holds (None: no end)."""

    principal: Principal
    ends_at: datetime | None = None


async def context_of(services: Services, connection: HTTPConnection, *, cookies: bool = True) -> Context:
    """The context of an HTTP request or WebSocket handshake.

    A bearer token goes before the cookie; the cookie counts only when `cookies` and the page is our own.
    Raises Unauthenticated when a credential was given that opens nothing.
    """
    ctx = Context(
        services,
        locale=preferred_locale(connection.headers.get("accept-language")),
        address=client_address(connection, services.settings.trusted_proxies),
        user_agent=(connection.headers.get("user-agent") or "")[:256] or None,
        request_id=connection.scope.get("state", {}).get("request_id", ""),
    )
    token = bearer_token(connection.headers.get("authorization"))
    if token is not None:
        return ctx.acting_as((await identify(services, token)).principal)
    cookie = connection.cookies.get(COOKIE)
    if cookie is None or not cookies or not own_page(connection, services.settings.public_url):
        return ctx
    try:
        return ctx.acting_as((await identify(services, cookie)).principal)
    except Unauthenticated:
        # An old cookie must not keep people from the sign-in page, or customers from their chat.
        return ctx


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


def client_address(connection: HTTPConnection, trusted: list[str]) -> str | None:
    """The caller's address: the socket's, or what configured proxies say of it (the last hop that is none of them)."""
    if connection.client is None:
        return None
    address = connection.client.host
    hops = [hop.strip() for hop in connection.headers.get("x-forwarded-for", "").split(",") if hop.strip()]
    while hops and _is_trusted(address, trusted):
        address = hops.pop()
    return address


def _is_trusted(address: str, trusted: list[str]) -> bool:
    try:
        return any(ip_address(address) in ip_network(network, strict=False) for network in trusted)
    except ValueError:
        return False


async def identify(services: Services, token: str) -> Identity:
    """Whom a token stands for. Raises Unauthenticated when it opens nothing (any more)."""
    kind, _, _ = token.partition("_")
    digest = token_hash(token)
    async with services.db.read() as session:
        if kind in (TokenKind.STAFF, TokenKind.COOKIE):
            return await _staff(services, session, col(Session.token_hash) == digest)
        if kind == TokenKind.CHAT:
            return await _customer(services, session, digest)
        if kind == TokenKind.API_KEY:
            return await _machine(services, session, col(ApiKey.token_hash) == digest)
    raise Unauthenticated("bad_token")


async def look_again(ctx: Context) -> Identity:
    """The same caller with the rights of this moment. Raises Unauthenticated when there are none any more."""
    principal = ctx.principal
    async with ctx.db.read() as session:
        if isinstance(principal, Staff):
            return await _staff(ctx.services, session, col(Session.id) == principal.session_id)
        if isinstance(principal, ChatCustomer):
            return await _customer(ctx.services, session, principal.token_hash)
        if isinstance(principal, Machine):
            return await _machine(ctx.services, session, col(ApiKey.id) == principal.key_id)
    return Identity(principal)


async def look_again_at(services: Services, principals: Collection[Principal]) -> dict[Principal, Identity]:
    """These callers with the rights of this moment; who has none any more is absent.

    However many of the staff they are, that takes two queries a hundred.
    """
    found: dict[Principal, Identity] = {}
    people = [principal for principal in principals if isinstance(principal, Staff)]
    for start in range(0, len(people), _AT_ONCE):
        found |= await _staff_again(services, people[start : start + _AT_ONCE])
    for principal in principals:
        if not isinstance(principal, Staff):
            with suppress(Unauthenticated):
                found[principal] = await look_again(Context(services, principal))
    return found


async def _staff_again(services: Services, people: Sequence[Staff]) -> dict[Principal, Identity]:
    """As `look_again` for each of them."""
    sessions = {person.session_id for person in people}
    query = select(Session, User).join(User, col(User.id) == col(Session.user_id)).where(col(Session.id).in_(sessions))
    departments: defaultdict[uuid.UUID, set[uuid.UUID]] = defaultdict(set)
    async with services.db.read() as session:
        rows = {login.id: (login, user) for login, user in await session.execute(query)}
        users = {user.id for _, user in rows.values()}
        belong = select(UserDepartment).where(col(UserDepartment.user_id).in_(users))
        for row in (await session.execute(belong)).scalars():
            departments[row.user_id].add(row.department_id)
    found: dict[Principal, Identity] = {}
    for person in people:
        login, user = rows.get(person.session_id, (None, None))
        if login and user and _holds(services, login, user):
            ends_at = _ends_at(login, services.settings.session_idle)
            found[person] = Identity(staff_of(user, frozenset(departments[user.id]), login), ends_at)
    return found


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


async def _touch_customer(ctx: Context, customer: ChatCustomer) -> None:
    now = ctx.now()
    # As often as a live connection would say so.
    if customer.seen_at is None or customer.seen_at > now - ctx.settings.presence_lease / 3:
        return
    here = update(Chat).where(col(Chat.id) == customer.chat_id, col(Chat.status) == ChatStatus.WAITING)
    async with ctx.db.transaction() as tx:
        await tx.session.execute(here.values(customer_seen_at=now))


def require_csrf_header(connection: HTTPConnection) -> None:
    """Refuse an unsafe REST request that leans on the cookie without the header that no foreign page can send."""
    if CSRF_HEADER not in connection.headers:
        raise Forbidden("csrf_header_needed")


async def _staff(services: Services, session: AsyncSession, which: ColumnElement[bool]) -> Identity:
    query = select(Session, User).join(User, col(User.id) == col(Session.user_id)).where(which)
    found = (await session.execute(query)).one_or_none()
    if found is None:
        raise Unauthenticated("session_ended")
    login, user = found
    if not _holds(services, login, user):
        raise Unauthenticated("session_ended")
    ends_at = _ends_at(login, services.settings.session_idle)
    departments = await session.execute(
        select(col(UserDepartment.department_id)).where(col(UserDepartment.user_id) == user.id)
    )
    return Identity(staff_of(user, frozenset(departments.scalars()), login), ends_at)


def staff_of(user: User, department_ids: frozenset[uuid.UUID], login: Session) -> Staff:
    """The principal of a signed-in person: the permissions of the role and the extra ones."""
    usual, extra = ROLE_PERMISSIONS[user.role], frozenset(Permission(name) for name in user.permissions)
    return Staff(
        user_id=user.id,
        name=user.name,
        role=user.role,
        permissions=usual | extra if extra else usual,
        department_ids=department_ids,
        session_id=login.id,
        must_change_password=user.must_change_password,
        seen_at=login.last_seen_at,
    )


def _holds(services: Services, login: Session, user: User) -> bool:
    """Whether somebody is still signed in."""
    ends_at = _ends_at(login, services.settings.session_idle)
    return user.active and not login.revoked_at and not (ends_at and ends_at <= services.clock())


def _ends_at(login: Session, idle: timedelta) -> datetime | None:
    if login.kind is SessionKind.TOKEN:
        return login.expires_at
    rests_at = login.last_seen_at + idle
    return min(rests_at, login.expires_at) if login.expires_at else rests_at


async def _customer(services: Services, session: AsyncSession, digest: str) -> Identity:
    columns = (col(Chat.id), col(Chat.token_ends_at), col(Chat.status), col(Chat.customer_seen_at))
    query = select(*columns).where(col(Chat.token_hash) == digest)
    found = (await session.execute(query)).one_or_none()
    if found is None:
        raise Unauthenticated("bad_token")
    chat_id, ends_at, status, seen_at = found
    if ends_at and ends_at <= services.clock():
        raise Unauthenticated("bad_token")
    return Identity(ChatCustomer(chat_id, digest, seen_at if status is ChatStatus.WAITING else None), ends_at)


async def _machine(services: Services, session: AsyncSession, which: ColumnElement[bool]) -> Identity:
    key = (await session.execute(select(ApiKey).where(which))).scalar_one_or_none()
    if key is None or key.revoked_at or (key.expires_at and key.expires_at <= services.clock()):
        raise Unauthenticated("bad_token")
    scopes = frozenset(Scope(scope) for scope in key.scopes)
    return Identity(Machine(key.id, key.name, scopes, seen_at=key.last_used_at), key.expires_at)
