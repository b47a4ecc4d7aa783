"""People of the staff in the schema."""

import uuid
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Annotated

import strawberry

from api.errors import AppError, NotFound
from api.models import User as UserRow
from api.models.enums import Availability, Permission, Role, permissions_named
from api.resolvers import presence as use_presence
from api.resolvers import users as use
from api.resolvers.openid import shown_link
from api.resolvers.password_links import PasswordLink as LinkMade
from api.schema.base import (
    PERSONAL,
    Connection,
    Info,
    Node,
    UserError,
    from_id,
    ids_of,
    is_staff,
    page_request,
    payload,
    to_id,
)
from api.schema.departments import Department, load_department, no_department
from api.schema.presence import AgentDay, Presence
from api.schema.scalars import Cursor

if TYPE_CHECKING:
    from api.schema.chats import Chat


@strawberry.type(description="A person of the staff.")
class User(Node):
    email: str = strawberry.field(description="The login.")
    name: str = strawberry.field(description="The name that customers and colleagues see.")
    extension: str | None = strawberry.field(description="The telephone extension (ramal).")
    role: Role = strawberry.field(description="The named set of permissions.")
    permissions: list[Permission] = strawberry.field(description="Everything allowed: the role's and the extra ones.")
    extra_permissions: list[Permission] = strawberry.field(description="What is allowed beyond the role.")
    active: bool = strawberry.field(description="May sign in.")
    capacity: int = strawberry.field(description="How many chats at once.")
    created_at: datetime = strawberry.field(description="When they joined.")
    key: strawberry.Private[uuid.UUID]
    row: strawberry.Private[UserRow]

    @classmethod
    def of(cls, row: UserRow) -> "User":
        return cls(
            id=to_id(row.id),
            email=row.email,
            name=row.name,
            extension=row.extension,
            role=row.role,
            permissions=sorted(use.permissions_of(row)),
            extra_permissions=permissions_named(row.permissions),
            active=row.active,
            capacity=row.capacity,
            created_at=row.created_at,
            key=row.id,
            row=row,
        )

    @strawberry.field(
        description="Since when signing in takes a second factor; null when it does not, and for others without "
        "USER_MANAGE.",
        metadata=PERSONAL,
    )
    def second_factor_at(self, info: Info) -> datetime | None:
        return use.shown_second_factor(info.context.ctx, self.row)

    @strawberry.field(
        description="Whether they are linked to the identity provider, by which they signed in; null for others "
        "without USER_MANAGE.",
        metadata=PERSONAL,
    )
    def identity_linked(self, info: Info) -> bool | None:
        return shown_link(info.context.ctx, self.row)

    @strawberry.field(description="Whether they attend now.")
    async def presence(self, info: Info) -> Presence:
        return Presence.of(use_presence.presence_of(self.row, info.context.ctx.now()))

    @strawberry.field(description="Their day so far; null for others without QUEUE_MANAGE.", metadata=PERSONAL)
    async def today(self, info: Info) -> AgentDay | None:
        try:
            day = await use_presence.day_of(info.context.ctx, self.key)
        except AppError:
            return None
        return AgentDay.of(self.key, day)

    @strawberry.field(description="Where they attend.")
    async def departments(self, info: Info) -> list[Department]:
        ids = await info.context.loaders.departments_of.load(self.key) or []
        found = [await load_department(info, department_id) for department_id in ids]
        return sorted(found, key=lambda department: (department.position, department.slug))

    @strawberry.field(description="The chats they attend now; null for others without QUEUE_MANAGE.", metadata=PERSONAL)
    async def active_chats(self, info: Info) -> list[Annotated["Chat", strawberry.lazy("api.schema.chats")]] | None:
        from api.schema.chats import Chat

        try:
            rows = await use.active_chats_of(info.context.ctx, self.key)
        except AppError:
            return None
        return [Chat.of(info.context, row) for row in rows]


async def load_user(info: Info, user_id: uuid.UUID | None) -> User | None:
    """The person that another row refers to, for the staff's eyes."""
    if user_id is None or not is_staff(info):
        return None
    row = await info.context.loaders.users.load(user_id)
    return User.of(row) if row else None


@strawberry.input(description="A new person of the staff.")
class CreateUserInput:
    email: str = strawberry.field(description="The login.")
    name: str = strawberry.field(description="The name that customers see.")
    role: Role = strawberry.field(description="The named set of permissions.")
    department_ids: list[strawberry.ID] = strawberry.field(description="Where they attend.")
    password: str | None = strawberry.field(
        default=None, description="At least 12 characters; without one a link is made, by which they set one."
    )
    extension: str | None = strawberry.field(default=None, description="The telephone extension.")
    capacity: int | None = strawberry.field(default=None, description="How many chats at once; 5 by default.")

    def new(self) -> use.NewUser:
        return use.NewUser(
            email=self.email,
            name=self.name,
            role=self.role,
            department_ids=ids_of(self.department_ids, missing=no_department),
            password=self.password,
            extension=self.extension,
            capacity=self.capacity if self.capacity is not None else 5,
        )


@strawberry.input(description="What to change in a person; what is left out stays as it is.")
class UpdateUserInput:
    name: str | None = strawberry.field(default=None, description="The name that customers see.")
    extension: str | None = strawberry.field(default=None, description="The telephone extension; empty removes it.")
    role: Role | None = strawberry.field(default=None, description="The named set of permissions.")
    permissions: list[Permission] | None = strawberry.field(
        default=None, description="Everything allowed beyond the role."
    )
    department_ids: list[strawberry.ID] | None = strawberry.field(default=None, description="Where they attend.")
    capacity: int | None = strawberry.field(default=None, description="How many chats at once.")
    active: bool | None = strawberry.field(default=None, description="May sign in.")

    def change(self) -> use.UserChange:
        given = {name: value for name, value in vars(self).items() if value is not None}
        if self.department_ids is not None:
            given["department_ids"] = ids_of(self.department_ids, missing=no_department)
        if self.permissions is not None:
            given["permissions"] = tuple(self.permissions)
        return use.UserChange(**given)


@strawberry.type(description="Where a person sets a password, to be handed to them; it works once.")
class PasswordLink:
    path: str = strawberry.field(description="The path on this desk; what is behind `#` is the secret.")
    expires_at: datetime = strawberry.field(description="Until when it works, unless another one takes its place.")

    @classmethod
    def of(cls, link: LinkMade | None) -> "PasswordLink | None":
        return cls(path=link.path, expires_at=link.expires_at) if link else None


@strawberry.type(description="The person, or what was wrong.")
class UserPayload:
    user: User | None = strawberry.field(default=None, description="The person as they are now.")
    link: PasswordLink | None = strawberry.field(
        default=None, description="Where they set a password: shown this once, when none was given."
    )
    user_errors: list[UserError] = strawberry.field(default_factory=list, description="What to mend.")


@strawberry.type(description="Whether it was done.")
class DonePayload:
    done: bool = strawberry.field(default=False, description="It was done.")
    user_errors: list[UserError] = strawberry.field(default_factory=list, description="What to mend.")


def no_user() -> NotFound:
    """What an id that names nobody answers."""
    return NotFound("user_not_found")


@strawberry.type
class UserQuery:
    @strawberry.field(description="The person who asks; null for who is not signed in.")
    async def viewer(self, info: Info) -> User | None:
        return User.of(await use.get_viewer(info.context.ctx)) if is_staff(info) else None

    @strawberry.field(description="What one may pause for, in the order of menus; empty for who is not signed in.")
    async def pause_reasons(self, info: Info) -> list[str]:
        return info.context.ctx.settings.pause_reasons if is_staff(info) else []

    @strawberry.field(description="One person; null when unknown, or not the caller's to see.")
    async def user(
        self, info: Info, id: Annotated[strawberry.ID, strawberry.argument(description="The person.")]
    ) -> User | None:
        try:
            return User.of(await use.get_user(info.context.ctx, from_id(id, missing=no_user)))
        except NotFound:
            return None

    @strawberry.field(description="People by name.")
    async def users(
        self,
        info: Info,
        search: Annotated[str | None, strawberry.argument(description="Part of a name or an e-mail.")] = None,
        role: Annotated[Role | None, strawberry.argument(description="Only this role.")] = None,
        department_id: Annotated[
            strawberry.ID | None, strawberry.argument(description="Only who attends here.")
        ] = None,
        active: Annotated[bool | None, strawberry.argument(description="Only active, or only inactive.")] = None,
        availability: Annotated[
            Availability | None, strawberry.argument(description="Only whose status that counts now is this one.")
        ] = None,
        first: Annotated[int | None, strawberry.argument(description="How many, at most 100; 50 by default.")] = None,
        after: Annotated[Cursor | None, strawberry.argument(description="After this place.")] = None,
    ) -> Connection[User]:
        ctx = info.context.ctx
        department = from_id(department_id, missing=no_department) if department_id is not None else None
        users = use.UserFilter(
            search=search, role=role, department_id=department, active=active, availability=availability
        )
        page = await use.list_users(ctx, users, page_request(first, after))
        return Connection.of(page, User.of, partial(use.count_users, ctx, users))


@strawberry.type
class UserMutation:
    @strawberry.mutation(description="Choose whether one attends now; who manages the queue may choose for others.")
    @payload(UserPayload)
    async def set_availability(
        self,
        info: Info,
        status: Annotated[Availability, strawberry.argument(description="ONLINE, PAUSED or OFFLINE.")],
        reason: Annotated[str | None, strawberry.argument(description="Why, when pausing: a pauseReasons.")] = None,
        user_id: Annotated[
            strawberry.ID | None, strawberry.argument(description="Whose; one's own by default.")
        ] = None,
    ) -> UserPayload:
        who = from_id(user_id, missing=no_user) if user_id is not None else None
        row = await use_presence.set_availability(info.context.ctx, status, reason, user_id=who)
        return UserPayload(user=User.of(row))

    @strawberry.mutation(description="Add a person of the staff.")
    @payload(UserPayload)
    async def create_user(
        self, info: Info, input: Annotated[CreateUserInput, strawberry.argument(description="Who they are.")]
    ) -> UserPayload:
        created = await use.create_user(info.context.ctx, input.new())
        return UserPayload(user=User.of(created.user), link=PasswordLink.of(created.link))

    @strawberry.mutation(description="Change a person's profile, rights or activity.")
    @payload(UserPayload)
    async def update_user(
        self,
        info: Info,
        id: Annotated[strawberry.ID, strawberry.argument(description="The person.")],
        input: Annotated[UpdateUserInput, strawberry.argument(description="What to change.")],
    ) -> UserPayload:
        user_id = from_id(id, missing=no_user)
        return UserPayload(user=User.of(await use.update_user(info.context.ctx, user_id, input.change())))

    @strawberry.mutation(
        description="Void a person's password, end their sessions, and make a link to set a new one by."
    )
    @payload(UserPayload)
    async def reset_password(
        self, info: Info, user_id: Annotated[strawberry.ID, strawberry.argument(description="The person.")]
    ) -> UserPayload:
        reset = await use.reset_password(info.context.ctx, from_id(user_id, missing=no_user))
        return UserPayload(user=User.of(reset.user), link=PasswordLink.of(reset.link))
