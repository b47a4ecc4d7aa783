"""A chat to read from its first line to its last."""

import uuid
from dataclasses import dataclass

from api.context import Context
from api.models import Chat
from api.models.enums import Permission
from api.resolvers.access import allow, look_at_chat
from api.resolvers.lines import Line
from api.resolvers.messages import list_messages
from api.resolvers.pages import Page, PageRequest


@dataclass(frozen=True)
class Transcript:
    """A chat and a page of its lines, notes included."""

    chat: Chat
    lines: Page[Line]


@allow(Permission.CHAT_ATTEND, Permission.CHAT_VIEW_ALL)
async def read_transcript(ctx: Context, chat_id: uuid.UUID, page: PageRequest) -> Transcript:
    """A page of what was said in a chat: how the staff reads it in the history, on paper and as text.

    Raises NotFound, Invalid.
    """
    chat = await ctx.db.look(lambda connection: look_at_chat(ctx, connection, chat_id))
    return Transcript(chat, await list_messages(ctx, chat_id, page, chat=chat))
