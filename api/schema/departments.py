"""Departments in the schema."""

import uuid
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Annotated

import strawberry

from api.errors import NotFound
from api.models import Department as DepartmentRow
from api.models.enums import CpfPolicy, Routing, WhenClosed
from api.resolvers import departments as use
from api.resolvers.access import attends
from api.resolvers.hours import OpeningState
from api.resolvers.queue import QueueState, view_queue
from api.resolvers.queue import WaitEstimate as Estimate
from api.schema.base import Info, Node, UserError, from_id, is_staff, payload, to_id
from api.schema.hours import OpenHours, OpenHoursInput

if TYPE_CHECKING:
    from api.schema.queue import Queue
    from api.schema.users import User


@strawberry.type(description="How long a wait is likely to be still, as a range.")
class WaitEstimate:
    at_least: timedelta = strawberry.field(description="Hardly less than this.")
    at_most: timedelta = strawberry.field(description="Hardly more than this.")

    @classmethod
    def of(cls, estimate: Estimate | None) -> "WaitEstimate | None":
        return cls(at_least=estimate.at_least, at_most=estimate.at_most) if estimate else None


@strawberry.type(description="A sector with its own queue.")
class Department(Node):
    slug: str = strawberry.field(description="Its short name in addresses, such as tecnico.")
    name: str = strawberry.field(description="Its name for people.")
    active: bool = strawberry.field(description="Customers can open chats here.")
    position: int = strawberry.field(description="Its place in lists.")
    cpf_policy: CpfPolicy = strawberry.field(description="When the CPF is asked for.")
    routing: Routing = strawberry.field(description="Who picks the next chat.")
    wait_target: timedelta = strawberry.field(description="The wait to stay below, for the service level.")
    warn_after: timedelta = strawberry.field(description="A silent customer is warned after this time.")
    close_after: timedelta = strawberry.field(description="A silent customer's chat is closed after this time.")
    abandon_after: timedelta = strawberry.field(description="A waiting customer who is gone this long has left.")
    when_closed: WhenClosed = strawberry.field(description="What becomes of who comes out of hours.")
    out_of_hours_message: str | None = strawberry.field(description="What who comes out of hours is told.")
    chat_retention: timedelta | None = strawberry.field(
        description="How long its closed chats are kept; null: as the deployment says."
    )
    key: strawberry.Private[uuid.UUID]
    row: strawberry.Private[DepartmentRow]

    @classmethod
    def of(cls, row: DepartmentRow) -> "Department":
        return cls(
            id=to_id(row.id),
            slug=row.slug,
            name=row.name,
            active=row.active,
            position=row.position,
            cpf_policy=row.cpf_policy,
            routing=row.routing,
            wait_target=row.wait_target,
            warn_after=row.warn_after,
            close_after=row.close_after,
            abandon_after=row.abandon_after,
            when_closed=row.when_closed,
            out_of_hours_message=row.out_of_hours_message,
            chat_retention=row.chat_retention,
            key=row.id,
            row=row,
        )

    @strawberry.field(description="Somebody is ONLINE here.")
    async def online(self, info: Info) -> bool:
        return (await self._state(info)).agents_online > 0

    @strawberry.field(description="How many chats wait here.")
    async def waiting(self, info: Info) -> int:
        return (await self._state(info)).waiting

    @strawberry.field(description="The likely wait of somebody who comes now; null when there is too little to tell.")
    async def estimated_wait(self, info: Info) -> WaitEstimate | None:
        state = await self._state(info)
        return WaitEstimate.of(state.estimate(state.waiting + 1))

    @strawberry.field(description="It is open at this moment; one without hours always is.")
    async def open_now(self, info: Info) -> bool:
        return (await self._opening(info)).open

    @strawberry.field(description="When it opens next; null while it is open, and when that is far off.")
    async def opens_at(self, info: Info) -> datetime | None:
        return (await self._opening(info)).opens_at

    @strawberry.field(description="The same in words of the reader's language and the desk's zone: on Monday at 08:00.")
    async def opens_in_words(self, info: Info) -> str | None:
        return (await self._opening(info)).in_words

    @strawberry.field(description="What customers agree to by opening a chat, in the reader's language; null: nothing.")
    def privacy_notice(self, info: Info) -> str | None:
        ctx = info.context.ctx
        return ctx.settings.privacy_notice_in(ctx.locale)

    @strawberry.field(description="The hours of its week, none: always open; null for who is not staff.")
    def hours(self, info: Info) -> list[OpenHours] | None:
        return [OpenHours.of(stretch) for stretch in self.row.hours] if is_staff(info) else None

    @strawberry.field(description="Its queue; null for who does not attend here.")
    async def queue(self, info: Info) -> Annotated["Queue", strawberry.lazy("api.schema.queue")] | None:
        from api.schema.queue import Queue

        if not attends(info.context.ctx.principal, self.key):
            return None
        return Queue.of(await view_queue(info.context.ctx, self.key))

    @strawberry.field(description="The active people who attend here, by name; null for who is not staff.")
    async def agents(self, info: Info) -> list[Annotated["User", strawberry.lazy("api.schema.users")]] | None:
        from api.schema.users import User

        if not is_staff(info):
            return None
        return [User.of(row) for row in await info.context.loaders.agents_of.load(self.key) or []]

    async def _state(self, info: Info) -> QueueState:
        return await info.context.loaders.queues.load(self.key)

    async def _opening(self, info: Info) -> OpeningState:
        return await info.context.loaders.openings.load(self.key)


async def load_department(info: Info, department_id: uuid.UUID) -> Department:
    """The department that another row refers to."""
    return Department.of(await info.context.loaders.departments.load(department_id))


@strawberry.input(description="A department's rules; what is left out stays as it is.")
class DepartmentInput:
    slug: str | None = strawberry.field(default=None, description="Lower-case letters, digits and hyphens.")
    name: str | None = strawberry.field(default=None, description="At most 80 characters.")
    active: bool | None = strawberry.field(default=None, description="Customers can open chats here.")
    position: int | None = strawberry.field(default=None, description="Its place in lists.")
    cpf_policy: CpfPolicy | None = strawberry.field(default=None, description="When the CPF is asked for.")
    routing: Routing | None = strawberry.field(default=None, description="Who picks the next chat.")
    wait_target: timedelta | None = strawberry.field(default=None, description="The wait to stay below.")
    warn_after: timedelta | None = strawberry.field(default=None, description="When a silent customer is warned.")
    close_after: timedelta | None = strawberry.field(default=None, description="When a silent chat is closed.")
    abandon_after: timedelta | None = strawberry.field(default=None, description="When a gone customer has left.")
    hours: list[OpenHoursInput] | None = strawberry.field(default=None, description="Its week; empty: always open.")
    when_closed: WhenClosed | None = strawberry.field(
        default=None, description="What becomes of who comes out of hours."
    )
    out_of_hours_message: str | None = strawberry.field(
        default=None, description="What they are told, at most 500 characters; empty removes it."
    )
    chat_retention: timedelta | None = strawberry.field(
        default=None, description="How long closed chats are kept, 30 days at least; PT0S: as the deployment says."
    )

    def change(self) -> use.DepartmentChange:
        given = {name: value for name, value in vars(self).items() if value is not None}
        if self.hours is not None:
            given["hours"] = tuple(it.stretch() for it in self.hours)
        return use.DepartmentChange(**given)


@strawberry.type(description="The department, or what was wrong.")
class DepartmentPayload:
    department: Department | None = strawberry.field(default=None, description="The department as it is now.")
    user_errors: list[UserError] = strawberry.field(default_factory=list, description="What to mend.")


def no_department() -> NotFound:
    """What an id that names no department answers."""
    return NotFound("department_not_found")


@strawberry.type
class DepartmentQuery:
    @strawberry.field(description="The departments in their order.")
    async def departments(
        self,
        info: Info,
        include_inactive: Annotated[
            bool, strawberry.argument(description="With those that are closed to customers; for staff only.")
        ] = False,
    ) -> list[Department]:
        rows = await use.list_departments(info.context.ctx, include_inactive=include_inactive)
        return [Department.of(row) for row in rows]


@strawberry.type
class DepartmentMutation:
    @strawberry.mutation(description="Add a department.")
    @payload(DepartmentPayload)
    async def create_department(
        self,
        info: Info,
        input: Annotated[DepartmentInput, strawberry.argument(description="Slug, name and rules.")],
    ) -> DepartmentPayload:
        row = await use.create_department(info.context.ctx, input.change())
        return DepartmentPayload(department=Department.of(row))

    @strawberry.mutation(description="Change a department's rules.")
    @payload(DepartmentPayload)
    async def update_department(
        self,
        info: Info,
        id: Annotated[strawberry.ID, strawberry.argument(description="The department.")],
        input: Annotated[DepartmentInput, strawberry.argument(description="What to change.")],
    ) -> DepartmentPayload:
        row = await use.update_department(info.context.ctx, from_id(id, missing=no_department), input.change())
        return DepartmentPayload(department=Department.of(row))
