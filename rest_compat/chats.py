"""A chat after its opening: handed off by its bot, claimed by an agent, ended."""

from datetime import datetime
from typing import Annotated

from pydantic import BeforeValidator
from starlette.requests import Request

from api.context import Context
from api.resolvers import claims, closings, handoffs, legs
from api.resolvers.lines import BODY_LIMIT
from api.resolvers.queue import positions, queue_states
from rest_compat.body import Body, Misread, id_or_none, path_id, read, whole
from rest_compat.departments import estimated_wait
from rest_compat.fields import (
    LINE,
    SLUG_OR_ID,
    WORDS,
    ChatId,
    CustomerName,
    EstimatedWait,
    Position,
    Protocol,
    said,
)
from rest_compat.reply import Answer, Reply
from rest_compat.words import ChatStatusWord, CloseReasonWord, PriorityWord, seconds


class Nothing(Body):
    """An empty object, or no body at all."""


class HandOff(Body):
    """Where a bot's chat goes, and what the bot learned; an empty object leaves things as they are."""

    department: Annotated[
        str | None,
        said(
            "Slug ou id de outro setor.",
            "Slug or id of another department.",
            "comercial",
            pattern=SLUG_OR_ID,
            maxLength=40,
        ),
    ] = None
    priority: Annotated[PriorityWord | None, said("Outra prioridade.", "Another priority.", "high")] = None
    summary: Annotated[
        str | None,
        said(
            "O que o robô apurou; vira uma nota que só a equipe vê.",
            "What the bot learned; becomes a note for the staff alone.",
            "Já reiniciou o roteador; a luz PON pisca em vermelho.",
            pattern=WORDS,
            maxLength=BODY_LIMIT,
        ),
    ] = None
    ticket: Annotated[
        bool,
        said(
            "Vira um chamado em vez de esperar na fila; para fora do horário.",
            "Becomes a ticket rather than waiting in the queue; for out of hours.",
            False,
        ),
    ] = False


class HandedOff(Answer):
    """Where a chat stands after its bot gave it to people."""

    chat_id: ChatId
    status: Annotated[ChatStatusWord, said("De quem é a vez.", "Whose move it is.", "waiting")]
    position: Position
    estimated_wait_seconds: EstimatedWait


class Claimed(Answer):
    """The chat that the caller attends from now on."""

    chat_id: ChatId
    protocol: Protocol
    status: Annotated[ChatStatusWord, said("De quem é a vez.", "Whose move it is.", "active")]
    customer: CustomerName
    claimed_at: Annotated[datetime, said("Quando foi assumido.", "When it was claimed.", "2026-03-02T15:00:42Z")]


class EndChat(Body):
    """Why a chat ends, and how it was."""

    reason: Annotated[
        CloseReasonWord | None,
        said(
            "Motivo; sem ele, o que cabe a quem encerra. Cada lado dá só os seus.",
            "Reason; without it, the one that fits the caller. Each side may give only its own.",
            "resolved",
        ),
    ] = None
    rating: Annotated[
        int | None,
        BeforeValidator(whole),
        said("Nota do cliente, de 1 a 5.", "The customer's rating, from 1 to 5.", minimum=1, maximum=5),
    ] = None
    comment: Annotated[
        str | None,
        said("Por que essa nota.", "Why that rating.", pattern=LINE, maxLength=closings.COMMENT_LIMIT),
    ] = None


class RateChat(Body):
    """How it was for the customer."""

    rating: Annotated[
        int,
        BeforeValidator(whole),
        said("Nota do cliente, de 1 a 5.", "The customer's rating, from 1 to 5.", 5, minimum=1, maximum=5),
    ]
    comment: Annotated[
        str | None,
        said("Por que essa nota.", "Why that rating.", "Rápido!", pattern=LINE, maxLength=closings.COMMENT_LIMIT),
    ] = None


class ChatRated(Answer):
    """What was kept of it."""

    chat_id: ChatId
    rating: Annotated[int | None, said("A nota guardada.", "The rating that was kept.", 5)]
    comment: Annotated[str | None, said("O comentário guardado.", "The comment that was kept.", "Rápido!")]
    rated_at: Annotated[datetime | None, said("Quando foi dada.", "When it was given.", "2026-03-02T15:10:02Z")]


class ChatEnded(Answer):
    """How a chat ended."""

    chat_id: ChatId
    status: Annotated[ChatStatusWord, said("Sempre closed.", "Always closed.", "closed")]
    closed_at: Annotated[datetime | None, said("Quando terminou.", "When it ended.", "2026-03-02T15:09:30Z")]
    reason: Annotated[CloseReasonWord | None, said("Motivo.", "Reason.", "resolved")]
    wait_seconds: Annotated[
        int | None,
        said("TME deste chat; null se nunca esteve na fila.", "TME of this chat; null if it never queued.", 42),
    ]
    handle_seconds: Annotated[
        int | None,
        said("TMA deste chat; null se ninguém assumiu.", "TMA of this chat; null if nobody claimed it.", 510),
    ]


async def hand_off_chat(ctx: Context, request: Request) -> Reply:
    """Give the bot's chat to people."""
    given = await read(request, HandOff)
    department_id = id_or_none(given.department) if given.department is not None else None
    handoff = handoffs.Handoff(
        department_id=department_id,
        department_slug=given.department if department_id is None else None,
        priority=given.priority,
        summary=given.summary,
        ticket=given.ticket,
    )
    chat = await handoffs.hand_off_chat(ctx, path_id(request, reason="chat_not_found"), handoff)
    position = (await positions(ctx, [chat.id])).get(chat.id)
    state = (await queue_states(ctx, [chat.department_id]))[chat.department_id]
    wait = estimated_wait(state, position)
    return Reply(HandedOff(chat_id=chat.id, status=chat.status, position=position, estimated_wait_seconds=wait))


async def claim_chat(ctx: Context, request: Request) -> Reply:
    """Take a waiting chat, to answer it."""
    await read(request, Nothing)
    chat = await claims.claim_chat(ctx, path_id(request, reason="chat_not_found"))
    return Reply(
        Claimed(
            chat_id=chat.id,
            protocol=chat.protocol,
            status=chat.status,
            customer=chat.customer_name,
            claimed_at=chat.claimed_at or ctx.now(),
        )
    )


async def end_chat(ctx: Context, request: Request) -> Reply:
    """End a chat, with the customer's rating if there is one."""
    given = await read(request, EndChat)
    if given.rating is None and given.comment:
        raise Misread("required", field=("rating",))
    rating = None if given.rating is None else closings.Rating(given.rating, given.comment)
    chat_id = path_id(request, reason="chat_not_found")
    chat = await closings.close_chat(ctx, chat_id, reason=given.reason, rating=rating)
    times = (await legs.times_of_chats(ctx, [chat.id])).get(chat.id)
    return Reply(
        ChatEnded(
            chat_id=chat.id,
            status=chat.status,
            closed_at=chat.closed_at,
            reason=chat.close_reason,
            wait_seconds=seconds(times.waiting) if times else None,
            handle_seconds=seconds(times.handling) if times and chat.claimed_at else None,
        )
    )


async def rate_chat(ctx: Context, request: Request) -> Reply:
    """Keep what the customer thought of a chat that has ended."""
    given = await read(request, RateChat)
    chat_id = path_id(request, reason="chat_not_found")
    chat = await closings.rate_chat(ctx, chat_id, score=given.rating, comment=given.comment)
    return Reply(
        ChatRated(chat_id=chat.id, rating=chat.rating_score, comment=chat.rating_comment, rated_at=chat.rated_at)
    )
