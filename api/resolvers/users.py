"""People of the staff: who they are, what they may do, and whether they attend now."""

import uuid
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from api.context import Context, Staff, System
from api.db import Transaction
from api.errors import Conflict, Forbidden, NotFound
from api.events import AccessChanged
from api.models import Chat, Department, StatusInterval, User, UserDepartment
from api.models.enums import ROLE_PERMISSIONS, Availability, ChatStatus, Permission, Role, permissions_named
from api.passwords import check_strength
from api.resolvers.access import Who, allow, require_own_or_managed, staff
from api.resolvers.audit import record
from api.resolvers.checks import Checks
from api.resolvers.pages import Order, Page, PageRequest, paginate
from api.resolvers.password_links import INVITATION_LASTS, RESET_LASTS, PasswordLink, give_link
from api.resolvers.presence import choose, whose_status_counts_as
from api.resolvers.sessions import end_sessions

by_name: Order[User] = Order(columns=(col(User.name), col(User.id)), place=lambda user: (user.name, user.id))

CAPACITY_LIMIT = 100


@dataclass(frozen=True)
class NewUser:
    """What creates a person of the staff; without a password they get a link to set one by."""

    email: str
    name: str
    role: Role
    department_ids: tuple[uuid.UUID, ...] = ()
    password: str | None = None
    extension: str | None = None
    capacity: int = 5


@dataclass(frozen=True)
class UserChange:
    """What to set; None leaves a value as it is."""

    name: str | None = None
    extension: str | None = None
    role: Role | None = None
    permissions: tuple[Permission, ...] | None = None
    department_ids: tuple[uuid.UUID, ...] | None = None
    capacity: int | None = None
    active: bool | None = None


@dataclass(frozen=True)
class UserSecret:
    """A person, and the link to hand to them, when they are to set a password."""

    user: User
    link: PasswordLink | None


@dataclass(frozen=True)
class UserFilter:
    """Which people a list is about; what is None does not narrow it."""

    search: str | None = None
    role: Role | None = None
    department_id: uuid.UUID | None = None
    active: bool | None = None
    availability: Availability | None = None
    """The status that counts now."""


@allow(Who.STAFF, Who.STAFF_WITHOUT_SECOND_FACTOR)
async def get_viewer(ctx: Context) -> User:
    """The person who asks."""
    async with ctx.db.read() as session:
        return await session.get_one(User, staff(ctx).user_id)


@allow(Who.STAFF)
async def get_user(ctx: Context, user_id: uuid.UUID) -> User:
    """One person: anybody for those who list people, oneself for the others. Raises NotFound."""
    me = staff(ctx)
    if user_id != me.user_id and not (me.may(Permission.USER_MANAGE) or me.may(Permission.QUEUE_MANAGE)):
        raise NotFound("user_not_found")
    async with ctx.db.read() as session:
        user = await session.get(User, user_id)
    if user is None:
        raise NotFound("user_not_found")
    return user


@allow(Permission.USER_MANAGE, Permission.QUEUE_MANAGE)
async def list_users(ctx: Context, users: UserFilter, page: PageRequest) -> Page[User]:
    """People by name."""
    async with ctx.db.read() as session:
        return await paginate(session, _narrowed(select(User), users, ctx.now()), by_name, page)


@allow(Permission.USER_MANAGE, Permission.QUEUE_MANAGE)
async def count_users(ctx: Context, users: UserFilter) -> int:
    """How many people the list holds in all."""
    async with ctx.db.read() as session:
        query = _narrowed(select(func.count()).select_from(User), users, ctx.now())
        return (await session.execute(query)).scalar_one()


@allow(Permission.USER_MANAGE, Who.SYSTEM)
async def create_user(ctx: Context, new: NewUser) -> UserSecret:
    """Add a person. Nobody can give a role whose permissions they lack.

    Raises Invalid, Forbidden, Conflict (e-mail taken), NotFound (department).
    """
    new = _checked_new(new)
    require_may_grant(ctx, ROLE_PERMISSIONS[new.role])
    password_hash = ""
    if new.password is not None:
        check_strength(new.password, new.name, new.email, field=("input", "password"))
        password_hash = await ctx.services.passwords.hash(new.password)
    try:
        async with ctx.db.transaction() as tx:
            user = await _add(tx, new, password_hash)
            link = None if password_hash else give_link(user, tx.now, INVITATION_LASTS)
            after = await _described(tx.session, user)
            record(ctx, tx, action="create_user", object=f"user:{user.id}", after=after)
            return UserSecret(user, link)
    except IntegrityError as error:
        raise Conflict("email_taken", field=("input", "email")) from error


def _checked_new(new: NewUser) -> NewUser:
    checks = Checks("input")
    email = checks.email("email", new.email, required=True) or ""
    name = checks.text("name", new.name, limit=120)
    extension = checks.text("extension", new.extension, limit=20, required=False) or None
    checks.number("capacity", new.capacity, least=1, most=CAPACITY_LIMIT)
    checks.done()
    return replace(new, email=email, name=name, extension=extension)


async def _add(tx: Transaction, new: NewUser, password_hash: str) -> User:
    """The row of a new person, with their departments and the first stretch of their ledger."""
    user = User(
        email=new.email,
        name=new.name,
        extension=new.extension,
        role=new.role,
        capacity=new.capacity,
        password_hash=password_hash,
        status_since=tx.now,
        created_at=tx.now,
    )
    tx.session.add(user)
    await tx.session.flush()
    await _set_departments(tx, user.id, new.department_ids)
    tx.session.add(StatusInterval(user_id=user.id, status=Availability.OFFLINE, started_at=tx.now))
    return user


@allow(Permission.USER_MANAGE)
async def update_user(ctx: Context, user_id: uuid.UUID, change: UserChange) -> User:
    """Change a person's profile, rights or activity; a change of rights ends what they have open.

    Raises NotFound, Invalid, Forbidden (more rights than the caller's own), Conflict (last administrator, open chats).
    """
    values = _checked(change)
    async with ctx.db.transaction() as tx:
        admins = await _locked_admins(tx) if _may_unmake_admin(change) else set()
        user = await _locked(tx, user_id)
        before = await _described(tx.session, user)
        _require_may_change(ctx, user, change)
        if change.active is False:
            await _require_no_open_chats(tx, user)
            await choose(tx, user, Availability.OFFLINE, None, by=staff(ctx).user_id)
        if admins == {user_id}:
            raise Conflict("last_admin")
        user.sqlmodel_update(values)
        tx.session.add(user)
        await tx.session.flush()
        if change.department_ids is not None:
            await _set_departments(tx, user.id, change.department_ids)
        after = await _described(tx.session, user)
        record(ctx, tx, action="update_user", object=f"user:{user.id}", before=before, after=after)
        if change.active is False:
            user.link_hash = user.link_ends_at = None
            await end_sessions(tx, user.id)
        elif before != after:
            tx.emit(AccessChanged(user_id=user.id))
        return user


def _checked(change: UserChange) -> dict[str, Any]:
    """The columns to set, with their values."""
    given = asdict(change)
    values = {name: value for name, value in given.items() if name != "department_ids" and value is not None}
    checks = Checks("input")
    if change.name is not None:
        values["name"] = checks.text("name", change.name, limit=120)
    if change.extension is not None:
        values["extension"] = checks.text("extension", change.extension, limit=20, required=False) or None
    if change.capacity is not None:
        checks.number("capacity", change.capacity, least=1, most=CAPACITY_LIMIT)
    if change.permissions is not None:
        values["permissions"] = sorted({permission.value for permission in change.permissions})
    checks.done()
    return values


async def _locked(tx: Transaction, user_id: uuid.UUID) -> User:
    """The person, held until the end of the transaction. Raises NotFound."""
    user = await tx.session.get(User, user_id, with_for_update=True)
    if user is None:
        raise NotFound("user_not_found")
    return user


@allow(Permission.USER_MANAGE)
async def reset_password(ctx: Context, user_id: uuid.UUID) -> UserSecret:
    """Give a person a link to set a password by; the old one opens nothing any more, and their sessions end.

    Raises NotFound, Forbidden (more rights than the caller's own).
    """
    async with ctx.db.transaction() as tx:
        user = await _locked(tx, user_id)
        require_may_grant(ctx, permissions_of(user))
        user.password_hash = ""
        link = give_link(user, tx.now, RESET_LASTS)
        tx.session.add(user)
        await end_sessions(tx, user.id)
        record(ctx, tx, action="reset_password", object=f"user:{user.id}")
        return UserSecret(user, link)


@allow(Who.STAFF)
async def users_by_id(ctx: Context, ids: list[uuid.UUID]) -> dict[uuid.UUID, User]:
    """People by their ids, as colleagues see them."""
    async with ctx.db.read() as session:
        rows = await session.execute(select(User).where(col(User.id).in_(ids)))
        return {user.id: user for user in rows.scalars()}


@allow(Who.STAFF)
async def agents_of_departments(ctx: Context, department_ids: list[uuid.UUID]) -> dict[uuid.UUID, list[User]]:
    """The active people of departments, by name."""
    async with ctx.db.read() as session:
        rows = await session.execute(
            select(col(UserDepartment.department_id), User)
            .join(User, col(User.id) == col(UserDepartment.user_id))
            .where(col(UserDepartment.department_id).in_(department_ids), col(User.active))
            .order_by(col(User.name))
        )
        found: dict[uuid.UUID, list[User]] = {key: [] for key in department_ids}
        for department_id, user in rows:
            found[department_id].append(user)
        return found


@allow(Who.STAFF)
async def active_chats_of(ctx: Context, user_id: uuid.UUID) -> list[Chat]:
    """The chats that an agent attends now, the oldest claim first: one's own, or anybody's for who manages the queue.

    Raises Forbidden.
    """
    require_own_or_managed(ctx, user_id)
    async with ctx.db.read() as session:
        rows = await session.execute(
            select(Chat)
            .where(col(Chat.agent_id) == user_id, col(Chat.status) == ChatStatus.ACTIVE)
            .order_by(col(Chat.claimed_at), col(Chat.id))
        )
        return list(rows.scalars())


@allow(Who.SYSTEM)
async def has_admin(ctx: Context) -> bool:
    """Whether somebody can administer this desk."""
    async with ctx.db.read() as session:
        return await _admins(session) > 0


def shown_second_factor(ctx: Context, user: User) -> datetime | None:
    """Since when a person has a second factor, for themselves and for who manages people; None for everybody else."""
    me = ctx.principal
    shown = isinstance(me, Staff) and (user.id == me.user_id or me.may(Permission.USER_MANAGE))
    return user.second_factor_at if shown else None


def permissions_of(user: User) -> frozenset[Permission]:
    """What a person may do: the role's permissions and the extra ones."""
    return ROLE_PERMISSIONS[user.role] | frozenset(permissions_named(user.permissions))


def _narrowed(query: Any, users: UserFilter, now: datetime) -> Any:
    if users.search:
        part = users.search.strip().lower()
        name, email = func.lower(col(User.name)), col(User.email)
        query = query.where(or_(name.contains(part, autoescape=True), email.contains(part, autoescape=True)))
    if users.role is not None:
        query = query.where(col(User.role) == users.role)
    if users.active is not None:
        query = query.where(col(User.active) == users.active)
    if users.department_id is not None:
        there = select(col(UserDepartment.user_id)).where(col(UserDepartment.department_id) == users.department_id)
        query = query.where(col(User.id).in_(there))
    if users.availability is not None:
        query = query.where(whose_status_counts_as(users.availability, now))
    return query


def require_may_grant(ctx: Context, permissions: frozenset[Permission]) -> None:
    """Only who has all these rights may give them, or act on who has them. Raises Forbidden."""
    if isinstance(ctx.principal, System):
        return
    if not permissions <= staff(ctx).permissions:
        raise Forbidden("more_than_yours")


def _require_may_change(ctx: Context, user: User, change: UserChange) -> None:
    """Neither raise somebody above oneself, nor touch the rights of somebody who is above."""
    require_may_grant(ctx, permissions_of(user))
    if change.role is not None:
        require_may_grant(ctx, ROLE_PERMISSIONS[change.role])
    require_may_grant(ctx, frozenset(change.permissions or ()))


async def _require_no_open_chats(tx: Transaction, user: User) -> None:
    """Tickets weigh on nobody, so the load alone does not tell."""
    theirs = select(func.count()).where(col(Chat.agent_id) == user.id, col(Chat.status) == ChatStatus.ACTIVE)
    if count := (await tx.session.execute(theirs)).scalar_one():
        raise Conflict("user_has_chats", field=("input", "active"), count=count)


async def _admins(session: AsyncSession) -> int:
    query = select(func.count()).where(col(User.role) == Role.ADMIN, col(User.active))
    return (await session.execute(query)).scalar_one()


def _may_unmake_admin(change: UserChange) -> bool:
    return change.active is False or change.role not in (None, Role.ADMIN)


async def _locked_admins(tx: Transaction) -> set[uuid.UUID]:
    """The active administrators, held until the end of the transaction.

    Of two who are to go at once, the second finds itself the last. Held in one order, so that nobody waits in a ring.
    """
    query = select(col(User.id)).where(col(User.role) == Role.ADMIN, col(User.active)).order_by(col(User.id))
    return set((await tx.session.execute(query.with_for_update())).scalars())


async def _set_departments(tx: Transaction, user_id: uuid.UUID, department_ids: tuple[uuid.UUID, ...]) -> None:
    wanted = set(department_ids)
    known = set((await tx.session.execute(select(col(Department.id)).where(col(Department.id).in_(wanted)))).scalars())
    if known != wanted:
        raise NotFound("department_not_found", field=("input", "departmentIds"))
    await tx.session.execute(delete(UserDepartment).where(col(UserDepartment.user_id) == user_id))
    tx.session.add_all(
        [UserDepartment(user_id=user_id, department_id=department_id) for department_id in sorted(wanted)]
    )
    await tx.session.flush()


async def _described(session: AsyncSession, user: User) -> dict[str, Any]:
    """What an audit entry says of a person: everything but secrets and what moves by itself."""
    departments = await session.execute(
        select(col(UserDepartment.department_id)).where(col(UserDepartment.user_id) == user.id)
    )
    shown = {"email", "name", "extension", "role", "permissions", "capacity", "active"}
    return user.model_dump(mode="json", include=shown) | {
        "departments": sorted(str(department_id) for department_id in departments.scalars())
    }
