"""Who waits, for the people who attend."""

from datetime import datetime
from typing import Annotated

from starlette.requests import Request

from api.context import Context
from api.resolvers import queue
from rest_compat.body import Params, params
from rest_compat.departments import department_id, department_slugs
from rest_compat.fields import SLUG_OR_ID, ChatId, CustomerName, DepartmentName, Protocol, said
from rest_compat.reply import Answer, Reply
from rest_compat.words import CategoryWord, ChannelWord, PriorityWord, seconds


class QueueParams(Params):
    """Which queue."""

    department: Annotated[
        str | None,
        said(
            "Slug ou id do setor; sem ele, todos os de quem pergunta.",
            "Slug or id of a department; without it, all of the caller's.",
            pattern=SLUG_OR_ID,
        ),
    ] = None


class Waiting(Answer):
    """One who waits."""

    chat_id: ChatId
    protocol: Protocol
    customer: CustomerName
    department: DepartmentName
    priority: Annotated[PriorityWord, said("Prioridade.", "Priority.", "normal")]
    category: Annotated[CategoryWord, said("Assunto.", "What it is about.", "outage")]
    channel: Annotated[ChannelWord, said("De onde escreve.", "Where from.", "whatsapp")]
    queued_at: Annotated[datetime | None, said("Desde quando espera.", "Since when.", "2026-03-02T15:00:00Z")]
    wait_seconds: Annotated[int, said("Há quanto tempo espera.", "For how long.", 42)]
    position: Annotated[int, said("Lugar na fila do setor.", "Place in the department's queue.", 1)]
    preview: Annotated[
        str,
        said(
            "Começo do último texto do cliente.",
            "The beginning of the customer's last text.",
            "Estou sem internet.",
        ),
    ]


async def list_queue(ctx: Context, request: Request) -> Reply:
    """Who waits in the caller's departments, in the order to be served."""
    asked = params(request, QueueParams)
    rows = await queue.list_waiting(ctx, department_id=await department_id(ctx, asked.department))
    slugs = await department_slugs(ctx, [row.chat.department_id for row in rows])
    now = ctx.now()
    return Reply([_waiting(row, slugs[row.chat.department_id], now) for row in rows])


def _waiting(row: queue.Waiting, department: str, now: datetime) -> Waiting:
    chat = row.chat
    return Waiting(
        chat_id=chat.id,
        protocol=chat.protocol,
        customer=chat.customer_name,
        department=department,
        priority=chat.priority,
        category=chat.category,
        channel=chat.channel,
        queued_at=chat.queued_at,
        wait_seconds=max(0, seconds(now - (chat.queued_at or now)) or 0),
        position=row.position,
        preview=row.last_words,
    )
