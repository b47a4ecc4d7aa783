"""Which access points customers hang on, as a billing system knows it."""

import uuid
from typing import Annotated

from starlette.requests import Request

from api.context import Context
from api.resolvers import connecting
from rest_compat.body import Body, read
from rest_compat.fields import BLANK, EXAMPLE_CUSTOMER, LINE, said
from rest_compat.reply import Answer, Reply
from rest_compat.words import PlacedWord


class Placement(Body):
    """Whose connection hangs on which access point."""

    cpf: Annotated[
        str, said("CPF, com ou sem pontuação.", "CPF, with or without punctuation.", "529.982.247-25", format="cpf")
    ]
    access_point: Annotated[
        str | None,
        said(
            "Id ou nome do ponto de acesso; sem ele, em nenhum que conhecemos.",
            "Id or name of the access point; without it, on none that we know.",
            "Rádio Norte",
            pattern=LINE,
            maxLength=120,
            **{BLANK: True},
        ),
    ] = None
    name: Annotated[
        str | None,
        said(
            "Nome; preciso para quem ainda não conhecemos. Não renomeia ninguém.",
            "Name; needed of whom we do not know yet. Renames nobody.",
            "Maria Souza",
            pattern=LINE,
            maxLength=120,
            **{BLANK: True},
        ),
    ] = None


class Placed(Answer):
    """What became of it."""

    customer_id: Annotated[uuid.UUID, said("Identificador do cliente.", "The customer's identifier.", EXAMPLE_CUSTOMER)]
    outcome: Annotated[PlacedWord, said("O que mudou.", "What has changed.", "added")]


async def place_customer(ctx: Context, request: Request) -> Reply:
    """Say which access point a customer hangs on."""
    given = await read(request, Placement)
    placement = connecting.Placement(given.cpf, given.access_point or "", given.name or "")
    placed = await connecting.place_customer(ctx, placement)
    return Reply(Placed(customer_id=placed.customer_id, outcome=placed.outcome))
