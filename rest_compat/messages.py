"""The lines of a chat: reading after a point, writing."""

import uuid
from datetime import datetime
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator
from starlette.requests import Request

from api.context import Context
from api.models import Message
from api.resolvers import messages
from api.resolvers.chats import agent_names
from api.resolvers.queue import positions
from rest_compat.body import Body, Params, decimal, params, path_id, present, read
from rest_compat.fields import EXAMPLE_MESSAGE, WORDS, ChatId, Position, Protocol, said
from rest_compat.reply import Answer, Reply
from rest_compat.words import ChatStatusWord, MessageKindWord, SenderWord

_MOST = 2**31 - 1


class HistoryParams(Params):
    """From where, and how much."""

    after: Annotated[
        int,
        BeforeValidator(decimal),
        said(
            "Último seq já lido; as mensagens depois dele vêm em ordem.",
            "Last seq already read; the messages after it come in order.",
            minimum=0,
            maximum=_MOST,
        ),
    ] = 0
    limit: Annotated[
        int,
        BeforeValidator(decimal),
        said("Quantas mensagens no máximo.", "How many messages at most.", minimum=1, maximum=200),
    ] = 50


class Attendant(Answer):
    """Who attends."""

    name: Annotated[str, said("Nome de quem atende.", "The name of who attends.", "Ana")]


class Line(Answer):
    """One line of a chat."""

    id: Annotated[uuid.UUID, said("Identificador.", "Identifier.", EXAMPLE_MESSAGE)]
    seq: Annotated[
        int,
        said(
            "Número no chat: 1, 2, 3…; clientes veem saltos onde há notas da equipe.",
            "Number within the chat: 1, 2, 3…; customers see gaps where staff left notes.",
            2,
        ),
    ]
    sender: Annotated[SenderWord, said("De que lado veio.", "Which side wrote it.", "agent")]
    sender_name: Annotated[str, said("Nome de quem escreveu.", "The name of who wrote it.", "Ana")]
    kind: Annotated[
        MessageKindWord,
        said(
            "text, event (algo que aconteceu) ou note (só a equipe vê).",
            "text, event (something that happened) or note (staff only).",
            "text",
        ),
    ]
    text: Annotated[str, said("O que foi dito.", "What was said.", "Olá, Maria! Vou verificar.")]
    sent_at: Annotated[datetime, said("Quando.", "When.", "2026-03-02T15:00:50Z")]


class History(Answer):
    """A chat with some of its lines."""

    chat_id: ChatId
    protocol: Protocol
    status: Annotated[ChatStatusWord, said("De quem é a vez.", "Whose move it is.", "active")]
    agent: Annotated[
        Attendant | None,
        said("Quem atende; null se ninguém.", "Who attends; null if nobody.", {"name": "Ana"}),
    ]
    position: Position
    messages: Annotated[list[Line], said("As mensagens, em ordem.", "The messages, in order.")]
    next_after: Annotated[int, said("O after da próxima leitura.", "The after of the next reading.", 2)]
    has_more: Annotated[bool, said("Há mais para ler agora.", "There is more to read now.", False)]


class SendMessage(Body):
    """A line to write."""

    text: Annotated[
        str,
        said(
            "O que dizer.",
            "What to say.",
            "Já reiniciei o roteador.",
            pattern=WORDS,
            maxLength=messages.BODY_LIMIT,
        ),
    ]
    client_id: Annotated[
        str | None,
        AfterValidator(present),
        said(
            "Identificador seu: repetir o mesmo envio responde a primeira mensagem.",
            "An identifier of yours: repeating the same send answers the first message.",
            "c-7f3a",
            pattern=WORDS,
            maxLength=messages.CLIENT_ID_LIMIT,
        ),
    ] = None


class Sent(Answer):
    """A stored line."""

    id: Annotated[uuid.UUID, said("Identificador.", "Identifier.", EXAMPLE_MESSAGE)]
    seq: Annotated[int, said("Número no chat.", "Number within the chat.", 3)]
    sent_at: Annotated[datetime, said("Quando foi gravada.", "When it was stored.", "2026-03-02T15:01:10Z")]


async def read_history(ctx: Context, request: Request) -> Reply:
    """The chat and its lines after a point, oldest first."""
    asked = params(request, HistoryParams)
    chat_id = path_id(request, reason="chat_not_found")
    history = await messages.read_history(ctx, chat_id, after=asked.after, limit=asked.limit)
    agent = (await agent_names(ctx, [chat_id])).get(chat_id)
    last = history.messages[-1].seq if history.messages else asked.after
    return Reply(
        History(
            chat_id=chat_id,
            protocol=history.chat.protocol,
            status=history.chat.status,
            agent=Attendant(name=agent) if agent is not None else None,
            position=(await positions(ctx, [chat_id])).get(chat_id),
            messages=[_line(message) for message in history.messages],
            next_after=last,
            has_more=history.has_more,
        )
    )


async def send_message(ctx: Context, request: Request) -> Reply:
    """Write a line as customer, agent or bot, by the token."""
    given = await read(request, SendMessage)
    chat_id = path_id(request, reason="chat_not_found")
    sent = await messages.send_message(ctx, chat_id, body=given.text, client_id=given.client_id)
    stored = sent.message
    return Reply(Sent(id=stored.id, seq=stored.seq, sent_at=stored.sent_at), created=not sent.repeated)


def _line(message: Message) -> Line:
    return Line(
        id=message.id,
        seq=message.seq,
        sender=message.sender,
        sender_name=message.sender_name,
        kind=message.kind,
        text=message.body,
        sent_at=message.sent_at,
    )
