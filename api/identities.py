"""Whom credentials stand for: looked up by token, and again while a subscription lives."""

import uuid
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Protocol

from sqlalchemy import Connection, bindparam, select
from sqlmodel import col

from api.context import ChatCustomer, Machine, Principal, Services, Staff
from api.models import ApiKey, Chat, Session, User, UserDepartment
from api.models.enums import ROLE_PERMISSIONS, ChatStatus, Role, Scope, SessionKind, permissions_named
from api.passwords import TokenKind


@dataclass(frozen=True)
class Identity:
    """A principal, and until when its credential holds (None: no end)."""

    principal: Principal
    ends_at: datetime | None = None


_STAFF = select(
    col(Session.id).label("session_id"),
    col(Session.kind),
    col(Session.last_seen_at),
    col(Session.expires_at),
    col(Session.revoked_at),
    col(Session.scopes),
    col(User.id).label("user_id"),
    col(User.name),
    col(User.role),
    col(User.permissions),
    col(User.active),
    col(User.second_factor_at),
).join(User, col(User.id) == col(Session.user_id))
_STAFF_BY_TOKEN = _STAFF.where(col(Session.token_hash) == bindparam("digest"))
_STAFF_AGAIN = _STAFF.where(col(Session.id).in_(bindparam("ids", expanding=True)))
_DEPARTMENTS = select(col(UserDepartment.user_id), col(UserDepartment.department_id)).where(
    col(UserDepartment.user_id).in_(bindparam("ids", expanding=True))
)
_CUSTOMER = select(col(Chat.id), col(Chat.token_ends_at), col(Chat.status), col(Chat.customer_seen_at)).where(
    col(Chat.token_hash) == bindparam("digest")
)
_MACHINE = select(
    col(ApiKey.id), col(ApiKey.name), col(ApiKey.scopes), col(ApiKey.last_used_at), col(ApiKey.expires_at)
).where(col(ApiKey.revoked_at).is_(None))
_MACHINE_BY_TOKEN = _MACHINE.where(col(ApiKey.token_hash) == bindparam("digest"))
_MACHINE_AGAIN = _MACHINE.where(col(ApiKey.id) == bindparam("id"))

_AT_ONCE = 100


def by_token(services: Services, connection: Connection, kind: str, digest: str) -> Identity | None:
    """Whom a token of this kind and digest stands for now, if anybody."""
    if kind in (TokenKind.STAFF, TokenKind.COOKIE):
        row = connection.execute(_STAFF_BY_TOKEN, {"digest": digest}).one_or_none()
        return _people(services, connection, [row]).get(row.session_id) if row else None
    if kind == TokenKind.CHAT:
        return _customer(services, connection, digest)
    if kind == TokenKind.API_KEY:
        return _machine(services, connection.execute(_MACHINE_BY_TOKEN, {"digest": digest}).one_or_none())
    return None


def again(services: Services, connection: Connection, principals: Collection[Principal]) -> dict[Principal, Identity]:
    """These callers with the rights of this moment; who has none any more is absent.

    However many of the staff they are, that takes two statements a hundred.
    """
    people = [principal for principal in principals if isinstance(principal, Staff)]
    found: dict[Principal, Identity] = {}
    for start in range(0, len(people), _AT_ONCE):
        some = people[start : start + _AT_ONCE]
        rows = connection.execute(_STAFF_AGAIN, {"ids": [person.session_id for person in some]})
        known = _people(services, connection, list(rows))
        found |= {person: known[person.session_id] for person in some if person.session_id in known}
    for principal in principals:
        identity = None if isinstance(principal, Staff) else _other(services, connection, principal)
        if identity is not None:
            found[principal] = identity
    return found


def _other(services: Services, connection: Connection, principal: Principal) -> Identity | None:
    match principal:
        case ChatCustomer(token_hash=digest):
            return _customer(services, connection, digest)
        case Machine(key_id=key_id):
            return _machine(services, connection.execute(_MACHINE_AGAIN, {"id": key_id}).one_or_none())
        case _:
            return Identity(principal)


def _people(services: Services, connection: Connection, logins: list[Any]) -> dict[uuid.UUID, Identity]:
    """Those who are still signed in, by session."""
    departments: defaultdict[uuid.UUID, set[uuid.UUID]] = defaultdict(set)
    for user_id, department_id in connection.execute(_DEPARTMENTS, {"ids": list({row.user_id for row in logins})}):
        departments[user_id].add(department_id)
    found: dict[uuid.UUID, Identity] = {}
    for row in logins:
        ends_at = _ends_at(row, services.settings.session_idle)
        if row.active and not row.revoked_at and not (ends_at and ends_at <= services.clock()):
            attends = departments[row.user_id]
            principal = staff_of(services, row, attends, user_id=row.user_id, login=(row.session_id, row.last_seen_at))
            found[row.session_id] = Identity(held_to_scopes(principal, row.scopes), ends_at)
    return found


class Person(Protocol):
    """What of a user's row makes a principal."""

    @property
    def name(self) -> str: ...
    @property
    def role(self) -> Role: ...
    @property
    def permissions(self) -> list[str]: ...
    @property
    def second_factor_at(self) -> datetime | None: ...


def staff_of(
    services: Services,
    person: Person,
    department_ids: Iterable[uuid.UUID],
    *,
    user_id: uuid.UUID,
    login: tuple[uuid.UUID, datetime],
) -> Staff:
    """The principal of a person, signed in by `login`: a session and its last use."""
    usual, extra = ROLE_PERMISSIONS[person.role], frozenset(permissions_named(person.permissions))
    return Staff(
        user_id=user_id,
        name=person.name,
        role=person.role,
        # Most people share the set of their role, of which there is one.
        permissions=usual | extra if extra else usual,
        department_ids=frozenset(department_ids),
        session_id=login[0],
        lacks_second_factor=person.second_factor_at is None and person.role in services.settings.second_factor_roles,
        seen_at=login[1],
    )


def held_to_scopes(principal: Staff, scopes: Collection[str] | None) -> Staff:
    """The same person with no permission beyond these; a token never does more than its person may."""
    if scopes is None:
        return principal
    return replace(principal, permissions=principal.permissions.intersection(permissions_named(scopes)))


def _ends_at(login: Any, idle: timedelta) -> datetime | None:
    if login.kind is SessionKind.TOKEN:
        return login.expires_at
    rests_at = login.last_seen_at + idle
    return min(rests_at, login.expires_at) if login.expires_at else rests_at


def _customer(services: Services, connection: Connection, digest: str) -> Identity | None:
    row = connection.execute(_CUSTOMER, {"digest": digest}).one_or_none()
    if row is None or (row.token_ends_at and row.token_ends_at <= services.clock()):
        return None
    seen_at = row.customer_seen_at if row.status is ChatStatus.WAITING else None
    return Identity(ChatCustomer(row.id, digest, seen_at), row.token_ends_at)


def _machine(services: Services, row: Any) -> Identity | None:
    if row is None or (row.expires_at and row.expires_at <= services.clock()):
        return None
    scopes = frozenset(Scope(scope) for scope in row.scopes)
    return Identity(Machine(row.id, row.name, scopes, seen_at=row.last_used_at), row.expires_at)
