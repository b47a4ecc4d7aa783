"""What can be done about incidents in the schema."""

from datetime import datetime
from typing import Annotated

import strawberry

from api.errors import NotFound
from api.models.enums import IncidentAudience
from api.resolvers import incident_acts as use
from api.resolvers import replying
from api.schema.access_points import no_place
from api.schema.base import Info, UserError, from_id, ids_of, payload
from api.schema.incident_replies import IncidentReply
from api.schema.incidents import Incident, incident_id

IncidentId = Annotated[strawberry.ID, strawberry.argument(description="The incident.")]


@strawberry.input(description="What is said of an incident, whole.")
class IncidentInput:
    title: str | None = strawberry.field(
        default=None,
        description="For the staff, at most 120 characters; as it is by default, or its access point's name.",
    )
    message: str = strawberry.field(default="", description="For customers, at most 1000 characters.")
    expected_at: datetime | None = strawberry.field(default=None, description="Until when it is expected to last.")
    audience: IncidentAudience = strawberry.field(default=IncidentAudience.AFFECTED, description="Who is told.")

    def words(self) -> use.IncidentWords:
        return use.IncidentWords(self.title, self.message, self.audience, self.expected_at, keep_expected=False)


@strawberry.input(description="One answer to all chats of an incident.")
class IncidentReplyInput:
    body: str = strawberry.field(description="What is said, at most 4000 characters.")
    client_id: strawberry.ID = strawberry.field(description="The caller's own id: the same again says nothing new.")
    except_: list[strawberry.ID] = strawberry.field(
        name="except", default_factory=list, description="Chats that do not hear it."
    )


@strawberry.type(description="The incident, or what was wrong.")
class IncidentPayload:
    incident: Incident | None = strawberry.field(default=None, description="The incident as it is now.")
    user_errors: list[UserError] = strawberry.field(default_factory=list, description="What to mend.")


@strawberry.type(description="The reply and how it went, or what was wrong.")
class IncidentReplyPayload:
    reply: IncidentReply | None = strawberry.field(default=None, description="The reply as it is now.")
    user_errors: list[UserError] = strawberry.field(default_factory=list, description="What to mend.")


def _no_chat() -> NotFound:
    return NotFound("chat_not_found", field=("input", "except"))


@strawberry.type
class IncidentMutation:
    @strawberry.mutation(description="Open an incident by hand, confirmed, with all that hangs on an access point.")
    @payload(IncidentPayload)
    async def declare_incident(
        self,
        info: Info,
        access_point_id: Annotated[strawberry.ID, strawberry.argument(description="Where it begins.")],
        input: Annotated[IncidentInput, strawberry.argument(description="What is said of it.")],
    ) -> IncidentPayload:
        point = from_id(access_point_id, missing=no_place)
        return IncidentPayload(incident=Incident.of(await use.declare_incident(info.context.ctx, point, input.words())))

    @strawberry.mutation(description="Say that a suspicion is true: from now on customers are told.")
    @payload(IncidentPayload)
    async def confirm_incident(
        self,
        info: Info,
        id: IncidentId,
        input: Annotated[IncidentInput, strawberry.argument(description="What is said of it.")],
    ) -> IncidentPayload:
        return IncidentPayload(
            incident=Incident.of(await use.confirm_incident(info.context.ctx, incident_id(id), input.words()))
        )

    @strawberry.mutation(description="Say anew what is wrong, until when it is expected to last, and who is told.")
    @payload(IncidentPayload)
    async def update_incident(
        self,
        info: Info,
        id: IncidentId,
        input: Annotated[IncidentInput, strawberry.argument(description="What is said of it.")],
    ) -> IncidentPayload:
        row = await use.update_incident(info.context.ctx, incident_id(id), input.words())
        return IncidentPayload(incident=Incident.of(row))

    @strawberry.mutation(description="Say that it seems to be over: customers are asked whether it is.")
    @payload(IncidentPayload)
    async def monitor_incident(self, info: Info, id: IncidentId) -> IncidentPayload:
        return IncidentPayload(incident=Incident.of(await use.monitor_incident(info.context.ctx, incident_id(id))))

    @strawberry.mutation(description="Say that it is over; who was not asked yet is asked. Again changes nothing.")
    @payload(IncidentPayload)
    async def resolve_incident(self, info: Info, id: IncidentId) -> IncidentPayload:
        return IncidentPayload(incident=Incident.of(await use.resolve_incident(info.context.ctx, incident_id(id))))

    @strawberry.mutation(description="Say that there was none: its chats are as any others again.")
    @payload(IncidentPayload)
    async def dismiss_incident(
        self,
        info: Info,
        id: IncidentId,
        reason: Annotated[str, strawberry.argument(description="Why, at most 500 characters.")],
    ) -> IncidentPayload:
        row = await use.dismiss_incident(info.context.ctx, incident_id(id), reason=reason)
        return IncidentPayload(incident=Incident.of(row))

    @strawberry.mutation(description="Say the same in all open chats of an incident that the caller may see.")
    @payload(IncidentReplyPayload)
    async def reply_to_incident(
        self,
        info: Info,
        id: IncidentId,
        input: Annotated[IncidentReplyInput, strawberry.argument(description="What is said, and to whom not.")],
    ) -> IncidentReplyPayload:
        reply = replying.Reply(input.body, input.client_id, ids_of(input.except_, missing=_no_chat))
        state = await replying.reply_to_incident(info.context.ctx, incident_id(id), reply)
        return IncidentReplyPayload(reply=IncidentReply.of(state))
