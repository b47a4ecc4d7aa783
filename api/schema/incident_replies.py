"""What is said to all chats of an incident, in the schema, and what became of it in each."""

import uuid
from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import strawberry

from api.models import IncidentReplyChat as IncidentReplyChatRow
from api.resolvers.replying import ReplyState
from api.schema.base import Info, Node, to_id
from api.schema.users import User, load_user
from api.texts import say

if TYPE_CHECKING:
    from api.schema.chats import Chat

LazyChat = Annotated["Chat", strawberry.lazy("api.schema.chats")]


async def load_chat(info: Info, chat_id: uuid.UUID) -> "Chat | None":
    """The chat that another row refers to; None when the caller may not see it."""
    from api.schema.chats import Chat

    row = await info.context.loaders.chats.load(chat_id)
    return Chat.of(info.context, row) if row else None


@strawberry.type(description="What became of a reply to all in one chat.")
class IncidentReplyChat:
    sent_at: datetime | None = strawberry.field(description="When it was said there; null while it is on its way.")
    row: strawberry.Private[IncidentReplyChatRow]

    @classmethod
    def of(cls, row: IncidentReplyChatRow) -> "IncidentReplyChat":
        return cls(sent_at=row.sent_at, row=row)

    @strawberry.field(description="The chat; null when the caller may not see it.")
    async def chat(self, info: Info) -> LazyChat | None:
        return await load_chat(info, self.row.chat_id)

    @strawberry.field(description="Why it could not be said, for people; null otherwise.")
    def error(self, info: Info) -> str | None:
        return say(self.row.failed, info.context.ctx.locale) if self.row.failed else None


@strawberry.type(description="One reply to all chats of an incident; each hears it once.")
class IncidentReply(Node):
    body: str = strawberry.field(description="What was said.")
    created_at: datetime = strawberry.field(description="When it was given.")
    finished_at: datetime | None = strawberry.field(description="When all had heard it; null while it is on its way.")
    sent: int = strawberry.field(description="In how many chats it was said.")
    failed: int = strawberry.field(description="In how many it could not be said.")
    state: strawberry.Private[ReplyState]

    @classmethod
    def of(cls, state: ReplyState) -> "IncidentReply":
        return cls(
            id=to_id(state.reply.id),
            body=state.reply.body,
            created_at=state.reply.created_at,
            finished_at=state.reply.finished_at,
            sent=state.sent,
            failed=state.failed,
            state=state,
        )

    @strawberry.field(description="Who gave it.")
    async def author(self, info: Info) -> User | None:
        return await load_user(info, self.state.reply.author_id)

    @strawberry.field(description="How many chats it is for.")
    def total(self) -> int:
        return len(self.state.chats)

    @strawberry.field(description="What became of it in each chat.")
    def chats(
        self,
        failed_only: Annotated[bool, strawberry.argument(description="Only where it could not be said.")] = False,
    ) -> list[IncidentReplyChat]:
        chats = self.state.chats
        return [IncidentReplyChat.of(row) for row in chats if row.failed is not None or not failed_only]
