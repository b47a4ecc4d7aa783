"""Who may do what: `@allow` on every public use case, and the only ways from an id to a row."""

import functools
import uuid
from collections.abc import Awaitable, Callable
from datetime import datetime
from enum import StrEnum
from typing import Any, Concatenate, ParamSpec, Protocol, TypeVar

from sqlalchemy import ColumnElement, Connection, and_, bindparam, case, false, inspect, or_, select, true
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import make_transient_to_detached
from sqlmodel import col

from api.context import Anonymous, ChatCustomer, Context, Machine, Principal, Staff, System
from api.db import persist
from api.errors import ChatClosed, Conflict, Forbidden, NotFound, Unauthenticated
from api.models import Chat, Department
from api.models.enums import ChatStatus, Permission, Scope

P = ParamSpec("P")
R = TypeVar("R")


class Who(StrEnum):
    """Callers that are no permission of anybody."""

    ANYONE = "anyone"
    CUSTOMER = "customer"
    STAFF = "staff"
    STAFF_WITHOUT_SECOND_FACTOR = "staff who lack the second factor of their role"
    SYSTEM = "system"


Grant = Who | Permission | Scope


def grants_of(principal: Principal) -> frozenset[Grant]:
    """Everything that a caller holds."""
    match principal:
        case Staff(lacks_second_factor=True):
            # Until it is set up, they may do nothing else.
            return frozenset({Who.ANYONE, Who.STAFF_WITHOUT_SECOND_FACTOR})
        case Staff(permissions=permissions):
            return frozenset({Who.ANYONE, Who.STAFF, Who.STAFF_WITHOUT_SECOND_FACTOR, *permissions})
        case ChatCustomer():
            return frozenset({Who.ANYONE, Who.CUSTOMER})
        case Machine(scopes=scopes):
            return frozenset({Who.ANYONE, *scopes})
        case System():
            return frozenset({*Who, *Permission, *Scope})
        case Anonymous():
            return frozenset({Who.ANYONE})


def allow(
    *grants: Grant,
) -> Callable[[Callable[Concatenate[Context, P], Awaitable[R]]], Callable[Concatenate[Context, P], Awaitable[R]]]:
    """Let in callers who hold any of these grants, and run the use case again when its transaction had to give way.

    Raises Unauthenticated for nobody in particular, Forbidden for anybody else.
    """

    def mark(
        use_case: Callable[Concatenate[Context, P], Awaitable[R]],
    ) -> Callable[Concatenate[Context, P], Awaitable[R]]:
        @functools.wraps(use_case)
        async def guarded(ctx: Context, /, *args: P.args, **kwargs: P.kwargs) -> R:
            _require(ctx.principal, frozenset(grants))
            return await persist(lambda: use_case(ctx, *args, **kwargs))

        guarded.allowed = frozenset(grants)  # type: ignore[attr-defined] - a mark on a function, for `allowed` to find
        return guarded

    return mark


def allowed(use_case: Callable[..., Any]) -> frozenset[Grant]:
    """The grants that a use case asks for; empty when it is not marked."""
    return getattr(use_case, "allowed", frozenset())


def _require(principal: Principal, grants: frozenset[Grant]) -> None:
    if grants & grants_of(principal):
        return
    if isinstance(principal, Anonymous):
        raise Unauthenticated("sign_in_needed")
    if isinstance(principal, Staff) and principal.lacks_second_factor:
        raise Forbidden("second_factor_missing")
    raise Forbidden("not_allowed")


def sees_restricted(principal: Principal) -> bool:
    """Whether a caller sees people, and their chats, whose data wait to be erased: who answers such requests does."""
    match principal:
        case Staff():
            return principal.may(Permission.PRIVACY_MANAGE)
        case System():
            return True
        case _:
            return False


def visible_chats(principal: Principal) -> ColumnElement[bool]:
    """Which chats a caller may see, as a condition: the start of every list."""
    sight = _sight(principal)
    return sight if sees_restricted(principal) else and_(sight, col(Chat.restricted_at).is_(None))


def _sight(principal: Principal) -> ColumnElement[bool]:
    match principal:
        case ChatCustomer(chat_id=chat_id):
            return col(Chat.id) == chat_id
        case Machine(key_id=key_id):
            return col(Chat.api_key_id) == key_id
        case Staff() if principal.may(Permission.CHAT_VIEW_ALL):
            return true()
        case Staff() if principal.may(Permission.CHAT_ATTEND):
            here = col(Chat.department_id).in_(principal.department_ids)
            return or_(here, col(Chat.agent_id) == principal.user_id)
        case System():
            return true()
        case _:
            return false()


def sights_of(principal: Principal) -> list[ColumnElement[bool]]:
    """`visible_chats` in parts, each of which an index answers in the order of a list; empty where it is one part."""
    match principal:
        case Staff() if principal.may(Permission.CHAT_ATTEND) and not principal.may(Permission.CHAT_VIEW_ALL):
            departments = [col(Chat.department_id) == id for id in sorted(principal.department_ids)]
            return [*departments, col(Chat.agent_id) == principal.user_id]
        case _:
            return []


def held_to(condition: ColumnElement[bool]) -> ColumnElement[bool]:
    """A condition that rows are held to, and never found by: for statements that name their rows.

    Who sees a department's chats would else be answered by reading all that department's history: SQLite, which knows
    nothing of how many that are, thinks of it as the shorter way.
    """
    return case((condition, true()), else_=false())


class SeenChat(Protocol):
    """What of a chat decides who may see it."""

    @property
    def id(self) -> uuid.UUID: ...
    @property
    def department_id(self) -> uuid.UUID: ...
    @property
    def agent_id(self) -> uuid.UUID | None: ...
    @property
    def api_key_id(self) -> uuid.UUID | None: ...
    @property
    def restricted_at(self) -> datetime | None: ...


def may_see(principal: Principal, chat: SeenChat) -> bool:
    """Whether a caller may see a chat that has been read: the same rule as `visible_chats`."""
    if chat.restricted_at is not None and not sees_restricted(principal):
        return False
    match principal:
        case ChatCustomer(chat_id=chat_id):
            return chat.id == chat_id
        case Machine(key_id=key_id):
            return chat.api_key_id == key_id
        case Staff() if principal.may(Permission.CHAT_VIEW_ALL):
            return True
        case Staff() if principal.may(Permission.CHAT_ATTEND):
            return chat.department_id in principal.department_ids or chat.agent_id == principal.user_id
        case System():
            return True
        case _:
            return False


async def access_chat(ctx: Context, session: AsyncSession, chat_id: uuid.UUID, *, lock: bool = False) -> Chat:
    """The chat, if the caller may see it; locked until the end of the transaction when it is about to change.

    Raises NotFound, the same for an unknown chat and for somebody else's.
    """
    query = select(Chat).where(col(Chat.id) == chat_id, visible_chats(ctx.principal))
    chat = (await session.execute(query.with_for_update() if lock else query)).scalar_one_or_none()
    if chat is None:
        raise NotFound("chat_not_found")
    return chat


_new_chat: Callable[[], Chat] = inspect(Chat).class_manager.new_instance
_NAMES = [attribute.key for attribute in inspect(Chat).column_attrs]
_CHAT = select(*(getattr(Chat, name) for name in _NAMES)).where(col(Chat.id) == bindparam("id"))
_SEEN = select(
    col(Chat.id), col(Chat.department_id), col(Chat.agent_id), col(Chat.api_key_id), col(Chat.restricted_at)
).where(col(Chat.id) == bindparam("id"))


def look_at_chat(ctx: Context, connection: Connection, chat_id: uuid.UUID) -> Chat:
    """The chat as it stands, if the caller may see it: `access_chat` for who only reads, at a fifth of the cost.

    Raises NotFound, the same for an unknown chat and for somebody else's.
    """
    row = connection.execute(_CHAT, {"id": chat_id}).one_or_none()
    if row is None:
        raise NotFound("chat_not_found")
    # The object that a session would give, without a session.
    chat = _new_chat()
    vars(chat).update(zip(_NAMES, row, strict=True))
    make_transient_to_detached(chat)
    if not may_see(ctx.principal, chat):
        raise NotFound("chat_not_found")
    return chat


def require_sight(ctx: Context, connection: Connection, chat_id: uuid.UUID) -> SeenChat:
    """Before something of a chat is read: only who may see the chat may go on. Raises NotFound."""
    chat: Any = connection.execute(_SEEN, {"id": chat_id}).one_or_none()
    if chat is None or not may_see(ctx.principal, chat):
        raise NotFound("chat_not_found")
    return chat


def attends(principal: Principal, department_id: uuid.UUID) -> bool:
    """Whether the caller may see a department's queue."""
    match principal:
        case Staff() if principal.may(Permission.CHAT_VIEW_ALL):
            return True
        case Staff():
            return principal.may(Permission.CHAT_ATTEND) and department_id in principal.department_ids
        case Machine(scopes=scopes):
            return Scope.QUEUE_READ in scopes
        case System():
            return True
        case _:
            return False


def visible_queues(principal: Principal) -> ColumnElement[bool]:
    """In which queues a caller may look, as a condition on chats: the same rule as `attends`."""
    match principal:
        case Staff() if principal.may(Permission.CHAT_VIEW_ALL):
            return true()
        case Staff() if principal.may(Permission.CHAT_ATTEND):
            return col(Chat.department_id).in_(principal.department_ids)
        case Machine(scopes=scopes) if Scope.QUEUE_READ in scopes:
            return true()
        case System():
            return true()
        case _:
            return false()


async def access_queue(
    ctx: Context, session: AsyncSession, department_id: uuid.UUID, *, field: tuple[str, ...] = ("departmentId",)
) -> Department:
    """The department, if the caller may see its queue. Raises NotFound, at the argument `field`."""
    department = await session.get(Department, department_id)
    if department is None or not attends(ctx.principal, department_id):
        raise NotFound("department_not_found", field=field)
    return department


def staff(ctx: Context) -> Staff:
    """The person who acts. Raises Unauthenticated for nobody, Forbidden for a machine or customer."""
    if isinstance(ctx.principal, Anonymous):
        raise Unauthenticated("sign_in_needed")
    if not isinstance(ctx.principal, Staff):
        raise Forbidden("not_allowed")
    return ctx.principal


def require_in_charge(ctx: Context, chat: Chat) -> None:
    """Who attends an open chat may change it, and who manages the queue; a bot's chat is the bot's.

    Raises ChatClosed, Conflict.
    """
    me = staff(ctx)
    if chat.status is ChatStatus.CLOSED:
        raise ChatClosed("chat_closed")
    if chat.status is ChatStatus.BOT:
        raise Conflict("with_bot")
    if chat.agent_id != me.user_id and not me.may(Permission.QUEUE_MANAGE):
        raise somebody_elses(chat)


def somebody_elses(chat: SeenChat) -> Conflict:
    """What who does not attend a chat is told: nobody does yet, or another person does."""
    return Conflict("claim_first" if chat.agent_id is None else "not_your_chat")


def require_own_or_managed(ctx: Context, user_id: uuid.UUID, *, field: tuple[str, ...] = ()) -> Staff:
    """The person who acts, if this is about themselves, or if they manage the queue. Raises Forbidden."""
    me = staff(ctx)
    if user_id != me.user_id and not me.may(Permission.QUEUE_MANAGE):
        raise Forbidden("not_allowed", field=field)
    return me
