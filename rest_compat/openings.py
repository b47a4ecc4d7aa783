"""Opening a chat."""

import uuid
from datetime import datetime
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator
from starlette.requests import Request

from api.context import ChatCustomer, Context
from api.models.enums import Category, Channel, Priority
from api.resolvers import notices, openings
from api.resolvers.lines import BODY_LIMIT
from api.resolvers.queue import positions, queue_states
from rest_compat.body import Body, id_or_none, id_where_given, idempotency_key, present, read
from rest_compat.departments import estimated_wait
from rest_compat.fields import BLANK, SLUG_OR_ID, WORDS, ChatId, EstimatedWait, Position, Protocol, said
from rest_compat.incidents import Incident, IncidentOrNone, Maintenance
from rest_compat.reply import Answer, Reply
from rest_compat.words import (
    CategoryWord,
    ChatKindWord,
    ChatStatusWord,
    GivenChannelWord,
    Owner,
    OwnerWord,
    PriorityWord,
)


class OpenChat(Body):
    """What a customer, or a bot in their name, gives to open a chat."""

    name: Annotated[str, said("Nome do cliente.", "The customer's name.", "Maria Souza", pattern=WORDS, maxLength=120)]
    message: Annotated[
        str,
        said("O que houve.", "What happened.", "Estou sem internet.", pattern=WORDS, maxLength=BODY_LIMIT),
    ]
    department: Annotated[
        str,
        said(
            "Slug ou id do setor.",
            "Slug or id of the department.",
            "tecnico",
            pattern=SLUG_OR_ID,
            maxLength=40,
        ),
    ]
    cpf: Annotated[
        str | None,
        said(
            "CPF, com ou sem pontuação; exigido onde cpf_policy é required.",
            "CPF, with or without punctuation; needed where cpf_policy is required.",
            "529.982.247-25",
            format="cpf",
            **{BLANK: True},
        ),
    ] = None
    email: Annotated[str | None, said("E-mail.", "E-mail.", "maria@example.com", format="email", **{BLANK: True})] = (
        None
    )
    phone: Annotated[
        str | None,
        said(
            "Telefone; sem código de país, do Brasil.",
            "Phone; without a country code, of Brazil.",
            "+5511987654321",
            format="phone",
            **{BLANK: True},
        ),
    ] = None
    category: Annotated[CategoryWord, said("Assunto.", "What it is about.", "outage")] = Category.OTHER
    channel: Annotated[GivenChannelWord, said("De onde escreve.", "Where from.", "api")] = Channel.API
    external_id: Annotated[
        str | None,
        AfterValidator(present),
        said(
            "Id da conversa no canal: enquanto o chat estiver aberto, repetir responde o mesmo chat. "
            "Só com chave de API.",
            "Id of the conversation in its channel: while the chat is open, a repeat answers the same chat. "
            "With an API key only.",
            pattern=WORDS,
            maxLength=128,
        ),
    ] = None
    owner: Annotated[
        OwnerWord,
        said(
            "Quem atende primeiro. bot: só com chave de API.",
            "Who attends first. bot: with an API key only.",
            "queue",
        ),
    ] = Owner.QUEUE
    ticket: Annotated[
        bool,
        said(
            "Deixar um chamado em vez de esperar na fila; sem chave de API, com phone ou email.",
            "Leave a ticket rather than wait in the queue; without an API key, with phone or email.",
            False,
        ),
    ] = False
    access_point: Annotated[
        uuid.UUID | None,
        BeforeValidator(id_where_given),
        said(
            "Id do ponto de acesso do cliente; só com chave de API.",
            "Id of the customer's access point; with an API key only.",
        ),
    ] = None
    priority: Annotated[
        PriorityWord,
        said(
            "Prioridade; outra que não normal, só com chave de API.",
            "Priority; other than normal with an API key only.",
            "normal",
        ),
    ] = Priority.NORMAL
    consent: Annotated[
        bool,
        said(
            "Se o cliente leu o aviso de privacidade (privacyNotice de departments, GraphQL) e segue; guarda a hora.",
            "Whether the customer has read the privacy notice (privacyNotice of departments, GraphQL) and goes on; "
            "the time is kept.",
            False,
        ),
    ] = False
    proof: Annotated[
        str | None,
        said(
            "Prova de trabalho, quando a resposta foi PROOF_NEEDED: a solução de openingChallenge (GraphQL). "
            "Com chave de API, nunca é pedida.",
            "Proof of work, where the answer was PROOF_NEEDED: the solution of openingChallenge (GraphQL). "
            "With an API key it is never asked for.",
            pattern=WORDS,
            maxLength=200,
        ),
    ] = None


class ChatOpened(Answer):
    """The chat, and the token that opens it for its customer."""

    chat_id: ChatId
    protocol: Protocol
    token: Annotated[
        str,
        said(
            "Token do chat, mostrado só aqui. Repetir a abertura o troca por um novo.",
            "The chat's token, shown only here. Repeating the opening puts a new one in its place.",
            "chat_c2VjcmV0IHdvcmRzIG9mIHRoaXMgb25lIGNoYXQ",
        ),
    ]
    kind: Annotated[
        ChatKindWord, said("chat, ou ticket: respondido depois.", "chat, or ticket: answered later.", "chat")
    ]
    status: Annotated[ChatStatusWord, said("De quem é a vez.", "Whose move it is.", "waiting")]
    position: Position
    estimated_wait_seconds: EstimatedWait
    incident: IncidentOrNone
    maintenance: Annotated[
        Maintenance | None,
        said(
            "Onde não há massiva: a manutenção anunciada que afeta o cliente (a quem só digitou um CPF, a que todos "
            "sabem), em curso ou em até 72 horas; null se nenhuma.",
            "Where there is no incident: the announced maintenance that affects the customer (or, of who only typed a "
            "CPF, that everyone is told of), under way or within 72 hours; null if there is none.",
        ),
    ]
    created_at: Annotated[datetime, said("Quando foi aberto.", "When it was opened.", "2026-03-02T15:00:00Z")]


async def open_chat(ctx: Context, request: Request) -> Reply:
    """Open a chat, or answer the one that an earlier try opened."""
    given = await read(request, OpenChat)
    opened = await openings.open_chat(ctx, _opening(given, idempotency_key(request)), proof=given.proof)
    chat = opened.chat
    # From here on as its customer: whoever opened it may know where it stands.
    customer = ctx.acting_as(ChatCustomer(chat.id, chat.token_hash or ""))
    position = (await positions(customer, [chat.id])).get(chat.id)
    state = (await queue_states(customer, [chat.department_id]))[chat.department_id]
    notice = (await notices.notices_of_chats(customer, [chat.id])).get(chat.id)
    answer = ChatOpened(
        chat_id=chat.id,
        protocol=chat.protocol,
        token=opened.token,
        kind=chat.kind,
        status=chat.status,
        position=position,
        estimated_wait_seconds=estimated_wait(state, position),
        incident=Incident.of(notice) if notice and not notice.is_work else None,
        maintenance=Maintenance.of(notice) if notice and notice.is_work else None,
        created_at=chat.created_at,
    )
    return Reply(answer, created=not opened.repeated)


def _opening(given: OpenChat, key: str | None) -> openings.Opening:
    department_id = id_or_none(given.department)
    return openings.Opening(
        name=given.name,
        message=given.message,
        department_id=department_id,
        department_slug=given.department if department_id is None else None,
        cpf=given.cpf,
        email=given.email,
        phone=given.phone,
        category=given.category,
        channel=given.channel,
        priority=given.priority,
        external_id=given.external_id,
        ticket=given.ticket,
        access_point_id=given.access_point,
        consent=given.consent,
        bot_owns=given.owner is Owner.BOT,
        key=key,
    )
