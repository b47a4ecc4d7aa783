"""What is told of incidents and of planned work to those who ask for a customer."""

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
from rest_compat.words import IncidentStatusWord, WorkStatusWord


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
            id=notice.id,
            status=notice.status,
            message=notice.message,
            since=notice.since,
            expected_at=notice.expected_at,
        )


IncidentOrNone = Annotated[
    Incident | None,
    said(
        "A massiva confirmada que afeta o cliente (a quem só digitou um CPF, a que todos sabem); null se nenhuma.",
        "The confirmed incident that affects the customer (or, of who only typed a CPF, that everyone is told of); "
        "null if there is none.",
    ),
]


class Maintenance(Answer):
    """What customers are told of planned work."""

    id: Annotated[uuid.UUID, said("Identificador da manutenção.", "The work's identifier.", EXAMPLE_CUSTOMER)]
    status: Annotated[
        WorkStatusWord,
        said(
            "planned: começa em até 72 horas; under_way: em curso.",
            "planned: it begins within 72 hours; under_way: it has begun.",
            "planned",
        ),
    ]
    message: Annotated[
        str,
        said("O que dizer ao cliente.", "What to tell the customer.", "Troca de fibra; a internet pode oscilar."),
    ]
    starts_at: Annotated[datetime, said("Quando começa.", "When it begins.", "2026-03-05T05:00:00Z")]
    ends_at: Annotated[datetime, said("Quando termina.", "When it ends.", "2026-03-05T07:00:00Z")]

    @classmethod
    def of(cls, notice: notices.Notice) -> "Maintenance":
        return cls(
            id=notice.id,
            status=notice.status,
            message=notice.message,
            starts_at=notice.since,
            ends_at=notice.expected_at or notice.since,
        )


class CurrentIncident(Answer):
    """What affects a customer now, and what will soon."""

    incident: IncidentOrNone
    maintenance: Annotated[
        Maintenance | None,
        said(
            "A manutenção anunciada que afeta o cliente, em curso ou em até 72 horas; null se nenhuma.",
            "The announced maintenance that affects the customer, under way or within 72 hours; null if there is none.",
        ),
    ]


async def get_current_incident(ctx: Context, request: Request) -> Reply:
    """The confirmed incident that affects a customer now, and the maintenance that does or will."""
    asked = params(request, IncidentParams)
    now = await notices.current_notices(ctx, asked.customer)
    return Reply(
        CurrentIncident(
            incident=Incident.of(now.incident) if now.incident else None,
            maintenance=Maintenance.of(now.maintenance) if now.maintenance else None,
        )
    )
