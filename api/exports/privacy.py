"""What is kept of a person, as JSON, for them to have."""

from collections.abc import AsyncIterator, Iterator, Sequence
from typing import Any

import orjson
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from api.acts import name_of_act
from api.context import Context
from api.exports.door import answered, download, today
from api.models import AuditEntry, Message
from api.resolvers.privacy import Conversation, PersonalData, export_customer
from rest_compat.body import path_id


def routes() -> list[Route]:
    """The route of a person's data. The session's cookie opens it for pages of our own only."""
    return [Route("/exports/customers/{id}.json", answered(_personal_data), methods=["GET"])]


async def _personal_data(ctx: Context, request: Request) -> Response:
    data = await export_customer(ctx, path_id(request, reason="customer_not_found"))
    return download(_json(ctx, data), "application/json", f"dados-pessoais-{today(ctx)}.json")


async def _json(ctx: Context, data: PersonalData) -> AsyncIterator[bytes]:
    """One object, of which the conversations are written while they are read."""
    customer = data.customer
    yield b'{"customer":' + _dumped(
        {
            "id": customer.id,
            "name": customer.name,
            "cpf": data.cpf,
            "email": customer.email,
            "phone": customer.phone,
            "company": customer.company,
            "access_point_id": customer.access_point_id,
            "created_at": customer.created_at,
            "restricted_until": customer.restricted_until,
            "erased_at": customer.erased_at,
        }
    )
    yield b',\n"acts":' + _dumped(list(_acts(ctx, data.acts))) + b',\n"chats":['
    between = b"\n"
    async for conversation in data.conversations:
        yield between + _dumped(_chat(ctx, conversation))
        between = b",\n"
    yield b"\n]}\n"


def _chat(ctx: Context, conversation: Conversation) -> dict[str, Any]:
    chat = conversation.chat
    return {
        "id": chat.id,
        "protocol": chat.protocol,
        "kind": chat.kind,
        "channel": chat.channel,
        "external_id": chat.external_id,
        "category": chat.category,
        "subject": chat.subject,
        "customer_name": chat.customer_name,
        "department": conversation.department,
        "status": chat.status,
        "created_at": chat.created_at,
        "consented_at": chat.consented_at,
        "closed_at": chat.closed_at,
        "close_reason": chat.close_reason,
        "rating": {"score": chat.rating_score, "comment": chat.rating_comment, "at": chat.rated_at},
        "messages": [_message(line) for line in conversation.lines],
        "acts": list(_acts(ctx, conversation.acts)),
    }


def _message(line: Message) -> dict[str, Any]:
    return {
        "seq": line.seq,
        "sender": line.sender,
        "sender_name": line.sender_name,
        "kind": line.kind,
        "text": line.body,
        "sent_at": line.sent_at,
    }


def _acts(ctx: Context, acts: Sequence[AuditEntry]) -> Iterator[dict[str, Any]]:
    """What was done and when, and what was noted of it. Which of the staff did it is data of theirs."""
    for act in acts:
        what = {"at": act.at, "action": act.action, "detail": name_of_act(act.action, ctx.locale)}
        yield what | {"before": act.before, "after": act.after}


def _dumped(value: Any) -> bytes:
    return orjson.dumps(value, default=str, option=orjson.OPT_UTC_Z)
