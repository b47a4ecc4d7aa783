"""What can be done with chats in the schema: opened, claimed, read, closed, rated."""

from typing import Annotated

import strawberry

from api.models.enums import Category, CloseReason
from api.resolvers import chats as use
from api.resolvers import messages, openings
from api.schema.base import Info, UserError, from_id, payload
from api.schema.chats import Chat, ChatId
from api.schema.departments import no_department
from api.schema.messages import no_chat
from api.schema.scalars import Cpf


@strawberry.input(description="What a customer gives to open a chat.")
class OpenChatInput:
    name: str = strawberry.field(description="The customer's name.")
    department_id: strawberry.ID = strawberry.field(description="Where to.")
    message: str = strawberry.field(description="What it is about, 1 to 4000 characters.")
    cpf: Cpf | None = strawberry.field(default=None, description="Needed where the department's policy says so.")
    email: str | None = strawberry.field(default=None, description="To be reached by.")
    phone: str | None = strawberry.field(default=None, description="To be reached by.")
    category: Category | None = strawberry.field(default=None, description="What it is about.")
    client_id: strawberry.ID | None = strawberry.field(
        default=None, description="The same id and words again answer the same chat with a fresh token."
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
            key=self.client_id,
        )


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
        opened = await openings.open_chat(request.ctx, input.opening())
        request.act_as(opened.customer)
        return OpenChatPayload(chat=Chat.of(request, opened.chat), token=opened.token)

    @strawberry.mutation(description="Take a waiting chat. Of two agents at once, one gets it and the other CONFLICT.")
    @payload(ChatPayload)
    async def claim_chat(self, info: Info, id: ChatId) -> ChatPayload:
        row = await use.claim_chat(info.context.ctx, from_id(id, missing=no_chat))
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
        return ChatPayload(chat=Chat.of(info.context, await use.claim_next(info.context.ctx, key)))

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
        row = await use.close_chat(info.context.ctx, from_id(id, missing=no_chat), reason=reason)
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
        row = await use.rate_chat(info.context.ctx, key, score=score, comment=comment)
        return ChatPayload(chat=Chat.of(info.context, row))
