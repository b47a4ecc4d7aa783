"""Messages in the schema."""

import uuid
from datetime import datetime
from typing import Annotated

import strawberry

from api.errors import NotFound
from api.events import MessageSent as SentFact
from api.models.enums import MessageKind, Sender
from api.resolvers import messages as use
from api.resolvers.lines import Line
from api.schema.base import Info, Node, UserError, from_id, payload, to_id
from api.schema.users import DonePayload


@strawberry.type(description="One line of a chat.")
class Message(Node):
    seq: int = strawberry.field(description="Its number in the chat: 1, 2, 3…; customers never see the notes between.")
    sender: Sender = strawberry.field(description="Which side wrote it.")
    sender_name: str = strawberry.field(description="The name of who wrote it.")
    kind: MessageKind = strawberry.field(description="Something said, an internal note, or something that happened.")
    body: str = strawberry.field(description="The text, as typed.")
    client_id: str | None = strawberry.field(description="The id that its writer gave it.")
    sent_at: datetime = strawberry.field(description="When the server stored it.")

    @classmethod
    def of(cls, row: Line) -> "Message":
        return cls._of(row.id, row)

    @classmethod
    def told(cls, fact: SentFact) -> "Message":
        """The message that an event tells of; the event holds it whole."""
        return cls._of(fact.message_id, fact)

    @classmethod
    def _of(cls, message_id: uuid.UUID, source: Line | SentFact) -> "Message":
        return cls(
            id=to_id(message_id),
            seq=source.seq,
            sender=source.sender,
            sender_name=source.sender_name,
            kind=source.kind,
            body=source.body,
            client_id=source.client_id,
            sent_at=source.sent_at,
        )


@strawberry.type(description="The message, or what was wrong.")
class MessagePayload:
    message: Message | None = strawberry.field(default=None, description="The message, on disk.")
    user_errors: list[UserError] = strawberry.field(default_factory=list, description="What to mend.")


def no_chat() -> NotFound:
    """What an id that names no chat answers."""
    return NotFound("chat_not_found")


@strawberry.type
class MessageMutation:
    @strawberry.mutation(description="Write a line. An answer means that it is on disk.")
    @payload(MessagePayload)
    async def send_message(
        self,
        info: Info,
        chat_id: Annotated[strawberry.ID, strawberry.argument(description="The chat.")],
        body: Annotated[str, strawberry.argument(description="1 to 4000 characters.")],
        client_id: Annotated[
            strawberry.ID | None,
            strawberry.argument(description="The same id again answers the first message instead of adding another."),
        ] = None,
        kind: Annotated[MessageKind, strawberry.argument(description="TEXT, or NOTE among staff.")] = MessageKind.TEXT,
    ) -> MessagePayload:
        key = from_id(chat_id, missing=no_chat)
        sent = await use.send_message(info.context.ctx, key, body=body, client_id=client_id, kind=kind)
        return MessagePayload(message=Message.told(sent.message))

    @strawberry.mutation(description="Show the other side that one is writing; at most every three seconds.")
    @payload(DonePayload)
    async def set_typing(
        self, info: Info, chat_id: Annotated[strawberry.ID, strawberry.argument(description="The chat.")]
    ) -> DonePayload:
        await use.set_typing(info.context.ctx, from_id(chat_id, missing=no_chat))
        return DonePayload(done=True)
