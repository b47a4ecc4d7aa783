"""Who may do what, in the schema: told by the server, so that no client keeps a table of its own."""

import strawberry

from api.models.enums import Permission, Role
from api.resolvers import roles as use
from api.schema.base import Info
from api.schema.users import User


@strawberry.type(description="A named set of permissions.")
class RoleSet:
    role: Role = strawberry.field(description="Its name.")
    permissions: list[Permission] = strawberry.field(description="What it brings.")
    people: int = strawberry.field(description="How many active people have it.")


@strawberry.type(description="A permission, and who holds it beyond their role.")
class PermissionHolders:
    permission: Permission = strawberry.field(description="What they may do.")
    beyond: list[User] = strawberry.field(description="Active people whose role does not bring it, by name.")


@strawberry.type
class RoleQuery:
    @strawberry.field(description="The roles with what each brings, for who manages people.")
    async def roles(self, info: Info) -> list[RoleSet]:
        found = await use.list_roles(info.context.ctx)
        return [RoleSet(role=one.role, permissions=list(one.permissions), people=one.people) for one in found]

    @strawberry.field(description="The permissions with who holds each beyond their role, for who manages people.")
    async def permission_holders(self, info: Info) -> list[PermissionHolders]:
        found = await use.list_holders(info.context.ctx)
        return [
            PermissionHolders(permission=one.permission, beyond=[User.of(user) for user in one.beyond]) for one in found
        ]
