"""Who may do what: the permissions that each role brings, and who holds one beyond their role."""

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlmodel import col

from api.context import Context
from api.models import User
from api.models.enums import ROLE_PERMISSIONS, Permission, Role
from api.resolvers.access import allow


@dataclass(frozen=True)
class RoleSet:
    """A role, what it brings, and how many active people have it."""

    role: Role
    permissions: tuple[Permission, ...]
    people: int


@dataclass(frozen=True)
class Holders:
    """A permission, and the active people who hold it beyond their role, by name."""

    permission: Permission
    beyond: tuple[User, ...]


@allow(Permission.USER_MANAGE)
async def list_roles(ctx: Context) -> list[RoleSet]:
    """Every role, the widest first, with its permissions in their own order."""
    query = select(col(User.role), func.count()).where(col(User.active)).group_by(col(User.role))
    async with ctx.db.read() as session:
        people = {role: count for role, count in await session.execute(query)}
    return [
        RoleSet(role, tuple(one for one in Permission if one in ROLE_PERMISSIONS[role]), people.get(role, 0))
        for role in Role
    ]


@allow(Permission.USER_MANAGE)
async def list_holders(ctx: Context) -> list[Holders]:
    """Every permission in its order; what a role brings by now is held by the role, and not beyond it."""
    query = select(User).where(col(User.active)).order_by(col(User.name), col(User.id))
    async with ctx.db.read() as session:
        people = (await session.execute(query)).scalars().all()
    extra = [(user, set(user.permissions) - ROLE_PERMISSIONS[user.role]) for user in people if user.permissions]
    return [Holders(one, tuple(user for user, more in extra if one in more)) for one in Permission]
