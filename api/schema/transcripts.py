"""Transcripts in the schema."""

import uuid
from functools import partial

import strawberry

from api.errors import NotFound
from api.resolvers import transcripts as use
from api.resolvers.chats import get_chat
from api.resolvers.messages import count_messages
from api.schema.base import Connection, Info, from_id, is_staff, page_request
from api.schema.chats import After, Chat, ChatId, First
from api.schema.messages import Message, no_chat


@strawberry.type(description="A chat to read from its first line to its last.")
class Transcript:
    chat: Chat = strawberry.field(description="The chat.")
    key: strawberry.Private[uuid.UUID]

    @strawberry.field(description="Its lines, in order.")
    async def messages(self, info: Info, first: First = None, after: After = None) -> Connection[Message]:
        ctx = info.context.ctx
        found = await use.read_transcript(ctx, self.key, page_request(first, after))
        return Connection.of(found.lines, Message.of, partial(count_messages, ctx, self.key))


@strawberry.type
class TranscriptQuery:
    @strawberry.field(description="What was said in a chat, to its staff; null when unknown, or not the caller's.")
    async def transcript(self, info: Info, chat_id: ChatId) -> Transcript | None:
        if not is_staff(info):
            return None
        try:
            row = await get_chat(info.context.ctx, id=from_id(chat_id, missing=no_chat))
        except NotFound:
            return None
        return Transcript(chat=Chat.of(info.context, row), key=row.id)
