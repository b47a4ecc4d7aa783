"""What can be done with chats in the schema: opened, claimed, moved, changed, read, closed, rated."""

from datetime import datetime
from typing import Annotated

import strawberry

from api.errors import NotFound
from api.models.enums import Category, CloseReason, Priority
from api.resolvers import chats as use
from api.resolvers import claims, closings, messages, openings, tickets, transfers
from api.schema.base import Info, UserError, from_id, payload
from api.schema.chats import Chat, ChatId
from api.schema.departments import no_department
from api.schema.messages import no_chat
from api.schema.scalars import Cpf
from api.schema.users import no_user


@strawberry.input(description="What a customer gives to open a chat.")
class OpenChatInput:
    name: str = strawberry.field(description="The customer's name.")
    department_id: strawberry.ID = strawberry.field(description="Where to.")
    message: str = strawberry.field(description="What it is about, 1 to 4000 characters.")
    cpf: Cpf | None = strawberry.field(default=None, description="Needed where the department's policy says so.")
    email: str | None = strawberry.field(default=None, description="To be reached by.")
    phone: str | None = strawberry.field(default=None, description="To be reached by.")
    category: Category | None = strawberry.field(default=None, description="What it is about.")
    ticket: bool = strawberry.field(
        default=False,
        description="Leave a ticket rather than wait, to be answered later; needs a phone or an e-mail.",
    )
    access_point_id: strawberry.ID | None = strawberry.field(
        default=None, description="What the customer hangs on; with an API key only."
    )
    consent: bool = strawberry.field(
        default=False, description="The customer was shown the privacy notice, and went on; the time is kept."
    )
    client_id: strawberry.ID | None = strawberry.field(
        default=None, description="The same id and words again answer the same chat with a fresh token."
    )
    proof: str | None = strawberry.field(
        default=None, description="Of work, when the desk asks for it by PROOF_NEEDED: see openingChallenge."
    )

    def opening(self) -> openings.Opening:
        return openings.Opening(
            name=self.name,
            message=self.message,
            department_id=from_id(self.department_id, missing=no_department),
            cpf=self.cpf,
            email=self.email,
            phone=self.phone,
            category=self.category or Category.OTHER,
            ticket=self.ticket,
            access_point_id=from_id(self.access_point_id, missing=_no_place) if self.access_point_id else None,
            consent=self.consent,
            key=self.client_id,
        )


@strawberry.input(description="What opens a ticket for somebody who rang, say.")
class OpenTicketInput:
    department_id: strawberry.ID = strawberry.field(description="Where it is taken care of.")
    subject: str = strawberry.field(description="What it is about, in a line.")
    description: str = strawberry.field(description="What has to be done, 1 to 4000 characters.")
    customer_id: strawberry.ID | None = strawberry.field(default=None, description="For whom, when we know them.")
    name: str | None = strawberry.field(default=None, description="For whom, when we do not know them yet.")
    cpf: Cpf | None = strawberry.field(default=None, description="Finds the customer, or is kept for a new one.")
    phone: str | None = strawberry.field(default=None, description="Of a new customer, to be reached by.")
    category: Category | None = strawberry.field(default=None, description="What kind of problem it is.")
    priority: Priority | None = strawberry.field(default=None, description="How urgent it is.")
    due_at: datetime | None = strawberry.field(default=None, description="Until when it should be done.")

    def ticket(self) -> tickets.NewTicket:
        return tickets.NewTicket(
            department_id=from_id(self.department_id, missing=no_department),
            subject=self.subject,
            description=self.description,
            customer_id=from_id(self.customer_id, missing=no_customer) if self.customer_id is not None else None,
            name=self.name,
            cpf=self.cpf,
            phone=self.phone,
            category=self.category or Category.OTHER,
            priority=self.priority or Priority.NORMAL,
            due_at=self.due_at,
        )


def _no_place() -> NotFound:
    return NotFound("access_point_not_found", field=("input", "accessPointId"))


def no_customer() -> NotFound:
    """What an id that names nobody answers."""
    return NotFound("customer_not_found", field=("input", "customerId"))


@strawberry.type(description="The chat, or what was wrong.")
class ChatPayload:
    chat: Chat | None = strawberry.field(default=None, description="The chat as it is now.")
    user_errors: list[UserError] = strawberry.field(default_factory=list, description="What to mend.")


@strawberry.type(description="The new chat and what opens it, or what was wrong.")
class OpenChatPayload:
    chat: Chat | None = strawberry.field(default=None, description="The chat.")
    token: str | None = strawberry.field(default=None, description="Opens this chat alone; shown this once.")
    user_errors: list[UserError] = strawberry.field(default_factory=list, description="What to mend.")


@strawberry.type
class ChatMutation:
    @strawberry.mutation(description="Open a chat as a customer.")
    @payload(OpenChatPayload)
    async def open_chat(
        self,
        info: Info,
        input: Annotated[OpenChatInput, strawberry.argument(description="Who, where, what.")],
    ) -> OpenChatPayload:
        request = info.context
        opened = await openings.open_chat(request.ctx, input.opening(), proof=input.proof)
        request.act_as(opened.customer)
        return OpenChatPayload(chat=Chat.of(request, opened.chat), token=opened.token)

    @strawberry.mutation(description="Take a waiting chat. Of two agents at once, one gets it and the other CONFLICT.")
    @payload(ChatPayload)
    async def claim_chat(self, info: Info, id: ChatId) -> ChatPayload:
        row = await claims.claim_chat(info.context.ctx, from_id(id, missing=no_chat))
        return ChatPayload(chat=Chat.of(info.context, row))

    @strawberry.mutation(description="Take the chat that is to be served next.")
    @payload(ChatPayload)
    async def claim_next(
        self,
        info: Info,
        department_id: Annotated[
            strawberry.ID | None,
            strawberry.argument(description="In this department; in all of one's own by default."),
        ] = None,
    ) -> ChatPayload:
        key = from_id(department_id, missing=no_department) if department_id is not None else None
        return ChatPayload(chat=Chat.of(info.context, await claims.claim_next(info.context.ctx, key)))

    @strawberry.mutation(description="Give a chat to a department's queue, or to a colleague who attends and has room.")
    @payload(ChatPayload)
    async def transfer_chat(
        self,
        info: Info,
        id: ChatId,
        reason: Annotated[str, strawberry.argument(description="Why; for the staff alone.")],
        department_id: Annotated[
            strawberry.ID | None, strawberry.argument(description="To this department; or in it, with an agent.")
        ] = None,
        agent_id: Annotated[strawberry.ID | None, strawberry.argument(description="To this person.")] = None,
        or_queue: Annotated[
            bool, strawberry.argument(description="Let it wait in the queue when that person is away or full.")
        ] = False,
    ) -> ChatPayload:
        row = await transfers.transfer_chat(
            info.context.ctx,
            from_id(id, missing=no_chat),
            department_id=from_id(department_id, missing=no_department) if department_id is not None else None,
            agent_id=from_id(agent_id, missing=no_user) if agent_id is not None else None,
            reason=reason,
            or_queue=or_queue,
        )
        return ChatPayload(chat=Chat.of(info.context, row))

    @strawberry.mutation(description="Give a waiting chat to somebody of its department who attends and has room.")
    @payload(ChatPayload)
    async def assign_chat(
        self,
        info: Info,
        id: ChatId,
        agent_id: Annotated[strawberry.ID, strawberry.argument(description="To whom.")],
    ) -> ChatPayload:
        agent = from_id(agent_id, missing=no_user)
        row = await claims.assign_chat(info.context.ctx, from_id(id, missing=no_chat), agent_id=agent)
        return ChatPayload(chat=Chat.of(info.context, row))

    @strawberry.mutation(description="Take a chat that a colleague attends, for who manages the queue.")
    @payload(ChatPayload)
    async def take_over(
        self,
        info: Info,
        id: ChatId,
        reason: Annotated[str | None, strawberry.argument(description="Why; for the staff alone.")] = None,
    ) -> ChatPayload:
        row = await transfers.take_over(info.context.ctx, from_id(id, missing=no_chat), reason=reason)
        return ChatPayload(chat=Chat.of(info.context, row))

    @strawberry.mutation(description="Give a chat back to its queue, at its original place.")
    @payload(ChatPayload)
    async def return_chat(
        self,
        info: Info,
        id: ChatId,
        reason: Annotated[str | None, strawberry.argument(description="Why; for the staff alone.")] = None,
    ) -> ChatPayload:
        row = await transfers.return_chat(info.context.ctx, from_id(id, missing=no_chat), reason=reason)
        return ChatPayload(chat=Chat.of(info.context, row))

    @strawberry.mutation(description="Set what a chat is about and how urgent it is; what is left out stays as it is.")
    @payload(ChatPayload)
    async def update_chat(
        self,
        info: Info,
        id: ChatId,
        priority: Annotated[Priority | None, strawberry.argument(description="A waiting chat moves at once.")] = None,
        category: Annotated[Category | None, strawberry.argument(description="What it is about.")] = None,
        subject: Annotated[
            str | None, strawberry.argument(description="The same in the staff's words; empty removes it.")
        ] = None,
        due_at: Annotated[datetime | None, strawberry.argument(description="Of a ticket: until when.")] = None,
    ) -> ChatPayload:
        change = use.ChatChange(priority=priority, category=category, subject=subject, due_at=due_at)
        row = await use.update_chat(info.context.ctx, from_id(id, missing=no_chat), change)
        return ChatPayload(chat=Chat.of(info.context, row))

    @strawberry.mutation(description="Open a ticket for a customer.")
    @payload(ChatPayload)
    async def open_ticket(
        self,
        info: Info,
        input: Annotated[OpenTicketInput, strawberry.argument(description="For whom, where, what, until when.")],
    ) -> ChatPayload:
        row = await tickets.open_ticket(info.context.ctx, input.ticket())
        return ChatPayload(chat=Chat.of(info.context, row))

    @strawberry.mutation(description="Make a ticket of a chat that needs days; it stays with who attends it.")
    @payload(ChatPayload)
    async def turn_into_ticket(
        self,
        info: Info,
        id: ChatId,
        subject: Annotated[str | None, strawberry.argument(description="What it is about, in a line.")] = None,
        due_at: Annotated[datetime | None, strawberry.argument(description="Until when it should be done.")] = None,
    ) -> ChatPayload:
        key = from_id(id, missing=no_chat)
        row = await tickets.turn_into_ticket(info.context.ctx, key, subject=subject, due_at=due_at)
        return ChatPayload(chat=Chat.of(info.context, row))

    @strawberry.mutation(description="Say that the caller's side has read up to a message.")
    @payload(ChatPayload)
    async def mark_read(
        self,
        info: Info,
        chat_id: ChatId,
        seq: Annotated[int, strawberry.argument(description="The number of the message.")],
    ) -> ChatPayload:
        row = await messages.mark_read(info.context.ctx, from_id(chat_id, missing=no_chat), seq=seq)
        return ChatPayload(chat=Chat.of(info.context, row))

    @strawberry.mutation(description="End a chat; ending it again answers the same.")
    @payload(ChatPayload)
    async def close_chat(
        self,
        info: Info,
        id: ChatId,
        reason: Annotated[CloseReason | None, strawberry.argument(description="Why; the usual one by default.")] = None,
    ) -> ChatPayload:
        row = await closings.close_chat(info.context.ctx, from_id(id, missing=no_chat), reason=reason)
        return ChatPayload(chat=Chat.of(info.context, row))

    @strawberry.mutation(description="Say how it was, once it has ended.")
    @payload(ChatPayload)
    async def rate_chat(
        self,
        info: Info,
        id: ChatId,
        score: Annotated[int, strawberry.argument(description="From 1 to 5.")],
        comment: Annotated[str | None, strawberry.argument(description="In one's own words.")] = None,
    ) -> ChatPayload:
        key = from_id(id, missing=no_chat)
        row = await closings.rate_chat(info.context.ctx, key, score=score, comment=comment)
        return ChatPayload(chat=Chat.of(info.context, row))
