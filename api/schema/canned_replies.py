"""Canned replies in the schema."""

import uuid
from datetime import datetime
from typing import Annotated

import strawberry

from api.errors import NotFound
from api.models import CannedReply as CannedReplyRow
from api.models.enums import CannedReplyScope
from api.resolvers import canned_replies as use
from api.schema.base import Info, Node, UserError, from_id, payload, to_id
from api.schema.departments import Department, load_department
from api.schema.users import DonePayload, User, load_user


@strawberry.type(description="An answer that is written once and used often.")
class CannedReply(Node):
    shortcut: str = strawberry.field(description="Its short name: lower-case letters, digits and hyphens.")
    title: str | None = strawberry.field(description="What it is for.")
    body: str = strawberry.field(
        description="The text, with placeholders such as {cliente} to fill in before it is sent."
    )
    scope: CannedReplyScope = strawberry.field(description="Whose it is.")
    created_at: datetime = strawberry.field(description="When it was written.")
    updated_at: datetime = strawberry.field(description="When it was last changed.")
    department_key: strawberry.Private[uuid.UUID | None]
    updated_by_key: strawberry.Private[uuid.UUID]

    @classmethod
    def of(cls, row: CannedReplyRow) -> "CannedReply":
        return cls(
            id=to_id(row.id),
            shortcut=row.shortcut,
            title=row.title,
            body=row.body,
            scope=row.scope,
            created_at=row.created_at,
            updated_at=row.updated_at,
            department_key=row.department_id,
            updated_by_key=row.updated_by,
        )

    @strawberry.field(description="The department that it belongs to, if it is a department's.")
    async def department(self, info: Info) -> Department | None:
        return await load_department(info, self.department_key) if self.department_key else None

    @strawberry.field(description="Who last changed it.")
    async def updated_by(self, info: Info) -> User | None:
        return await load_user(info, self.updated_by_key)


@strawberry.input(description="A new canned reply.")
class CreateCannedReplyInput:
    shortcut: str = strawberry.field(description="Lower-case letters, digits and hyphens, at most 40.")
    body: str = strawberry.field(
        description="1 to 4000 characters. What stands in braces is one of cliente, agente, protocolo and setor, or of "
        "customer, agent, protocol and department."
    )
    title: str | None = strawberry.field(default=None, description="What it is for, at most 120 characters.")
    scope: CannedReplyScope = strawberry.field(
        default=CannedReplyScope.PERSONAL, description="Whose it is; what is shared needs QUEUE_MANAGE."
    )
    department_id: strawberry.ID | None = strawberry.field(
        default=None, description="Of which department, for the scope DEPARTMENT."
    )

    def new(self) -> use.NewCannedReply:
        return use.NewCannedReply(
            shortcut=self.shortcut,
            body=self.body,
            title=self.title,
            scope=self.scope,
            department_id=from_id(self.department_id, missing=_no_department) if self.department_id else None,
        )


@strawberry.input(description="What to change in a canned reply; what is left out stays as it is.")
class UpdateCannedReplyInput:
    shortcut: str | None = strawberry.field(default=None, description="Lower-case letters, digits and hyphens.")
    body: str | None = strawberry.field(default=None, description="1 to 4000 characters, placeholders in braces.")
    title: str | None = strawberry.field(default=None, description="What it is for; empty removes it.")

    def change(self) -> use.CannedReplyChange:
        return use.CannedReplyChange(shortcut=self.shortcut, body=self.body, title=self.title)


@strawberry.type(description="The canned reply, or what was wrong.")
class CannedReplyPayload:
    canned_reply: CannedReply | None = strawberry.field(default=None, description="The canned reply as it is now.")
    user_errors: list[UserError] = strawberry.field(default_factory=list, description="What to mend.")


def _no_department() -> NotFound:
    return NotFound("department_not_found", field=("input", "departmentId"))


def no_canned_reply() -> NotFound:
    """What an id that names no canned reply answers."""
    return NotFound("canned_reply_not_found")


@strawberry.type
class CannedReplyQuery:
    @strawberry.field(
        description="The caller's own, their departments' and everybody's, by shortcut; with QUEUE_MANAGE those of all "
        "departments. At most 500 of each."
    )
    async def canned_replies(self, info: Info) -> list[CannedReply]:
        return [CannedReply.of(row) for row in await use.list_canned_replies(info.context.ctx)]


@strawberry.type
class CannedReplyMutation:
    @strawberry.mutation(description="Write a canned reply.")
    @payload(CannedReplyPayload)
    async def create_canned_reply(
        self,
        info: Info,
        input: Annotated[CreateCannedReplyInput, strawberry.argument(description="The text and whose it is.")],
    ) -> CannedReplyPayload:
        row = await use.create_canned_reply(info.context.ctx, input.new())
        return CannedReplyPayload(canned_reply=CannedReply.of(row))

    @strawberry.mutation(description="Change a canned reply; whose it is stays.")
    @payload(CannedReplyPayload)
    async def update_canned_reply(
        self,
        info: Info,
        id: Annotated[strawberry.ID, strawberry.argument(description="The canned reply.")],
        input: Annotated[UpdateCannedReplyInput, strawberry.argument(description="What to change.")],
    ) -> CannedReplyPayload:
        reply_id = from_id(id, missing=no_canned_reply)
        row = await use.update_canned_reply(info.context.ctx, reply_id, input.change())
        return CannedReplyPayload(canned_reply=CannedReply.of(row))

    @strawberry.mutation(description="Remove a canned reply.")
    @payload(DonePayload)
    async def delete_canned_reply(
        self, info: Info, id: Annotated[strawberry.ID, strawberry.argument(description="The canned reply.")]
    ) -> DonePayload:
        await use.delete_canned_reply(info.context.ctx, from_id(id, missing=no_canned_reply))
        return DonePayload(done=True)
