"""Transcripts in the schema."""

from functools import partial

import strawberry

from api.errors import NotFound
from api.resolvers import transcripts as use
from api.resolvers.messages import count_messages
from api.schema.base import Connection, Info, from_id, page_request
from api.schema.chats import After, Chat, ChatId, First
from api.schema.messages import Message, no_chat


@strawberry.type(description="A chat to read from its first line to its last.")
class Transcript:
    chat: Chat = strawberry.field(description="The chat.")
    messages: Connection[Message] = strawberry.field(description="A page of its lines, in order.")


@strawberry.type
class TranscriptQuery:
    @strawberry.field(description="What was said in a chat, to its staff; null when unknown, or not the caller's.")
    async def transcript(
        self, info: Info, chat_id: ChatId, first: First = None, after: After = None
    ) -> Transcript | None:
        ctx = info.context.ctx
        try:
            key = from_id(chat_id, missing=no_chat)
            found = await use.read_transcript(ctx, key, page_request(first, after))
        except NotFound:
            return None
        lines = Connection.of(found.lines, Message.of, partial(count_messages, ctx, key))
        return Transcript(chat=Chat.of(info.context, found.chat), messages=lines)
