"""What is told of incidents to those who ask for a customer."""

import uuid
from datetime import datetime
from typing import Annotated

from pydantic import BeforeValidator
from starlette.requests import Request

from api.context import Context
from api.resolvers import notices
from rest_compat.body import Params, given_id, params
from rest_compat.fields import EXAMPLE_CUSTOMER, said
from rest_compat.reply import Answer, Reply
from rest_compat.words import IncidentStatusWord


class IncidentParams(Params):
    """Of whom."""

    customer: Annotated[
        uuid.UUID,
        BeforeValidator(given_id),
        said(
            "Id do cliente, que network/customers responde; nunca o CPF.",
            "The customer's id, which network/customers answers; never the CPF.",
            EXAMPLE_CUSTOMER,
        ),
    ]


class Incident(Answer):
    """What customers are told of an incident."""

    id: Annotated[uuid.UUID, said("Identificador da massiva.", "The incident's identifier.", EXAMPLE_CUSTOMER)]
    status: Annotated[IncidentStatusWord, said("Em que pé está.", "How far it is.", "confirmed")]
    message: Annotated[
        str,
        said(
            "O que dizer ao cliente; vazio até alguém escrever.",
            "What to tell the customer; empty until somebody has written it.",
            "Rompimento de fibra no bairro; equipe a caminho.",
        ),
    ]
    since: Annotated[datetime, said("Desde quando.", "Since when.", "2026-03-02T15:00:00Z")]
    expected_at: Annotated[
        datetime | None,
        said("Até quando deve durar.", "Until when it is expected to last.", "2026-03-02T18:00:00Z"),
    ]

    @classmethod
    def of(cls, notice: notices.Notice) -> "Incident":
        return cls(
            id=notice.incident_id,
            status=notice.status,
            message=notice.message,
            since=notice.since,
            expected_at=notice.expected_at,
        )


IncidentOrNone = Annotated[
    Incident | None,
    said(
        "A massiva confirmada que afeta o cliente; null se nenhuma.",
        "The confirmed incident that affects the customer; null if there is none.",
    ),
]


class CurrentIncident(Answer):
    """What affects a customer now."""

    incident: IncidentOrNone


async def get_current_incident(ctx: Context, request: Request) -> Reply:
    """The confirmed incident that affects a customer now."""
    asked = params(request, IncidentParams)
    notice = await notices.current_notice(ctx, asked.customer)
    return Reply(CurrentIncident(incident=Incident.of(notice) if notice else None))
