"""The departments that a chat can be opened in."""

import uuid
from datetime import datetime
from typing import Annotated

from starlette.requests import Request

from api.context import Context
from api.errors import NotFound
from api.resolvers import departments
from api.resolvers.hours import opening_states
from api.resolvers.queue import QueueState, queue_states
from rest_compat.fields import EXAMPLE_DEPARTMENT, EstimatedWait, said
from rest_compat.reply import Answer, Reply
from rest_compat.words import CpfPolicyWord, WhenClosedWord, seconds


class Department(Answer):
    """A department, and how its queue stands."""

    id: Annotated[uuid.UUID, said("Identificador.", "Identifier.", EXAMPLE_DEPARTMENT)]
    slug: Annotated[str, said("Nome curto, para endereços.", "Short name, for addresses.", "tecnico")]
    name: Annotated[str, said("Nome para pessoas.", "Name for people.", "Técnico")]
    online: Annotated[bool, said("Há alguém atendendo agora.", "Somebody attends now.", True)]
    open: Annotated[
        bool,
        said("Está no horário de atendimento; sem horário, sempre.", "Within its hours; without any, always.", True),
    ]
    opens_at: Annotated[
        datetime | None,
        said(
            "Quando abre; null se está aberto, ou se demora mais de um ano.",
            "When it opens; null while it is open, and when that is over a year away.",
        ),
    ]
    opens_in_words: Annotated[str | None, said("O mesmo em palavras.", "The same in words.", "segunda às 08:00")]
    out_of_hours_message: Annotated[
        str | None, said("O que dizer fora do horário.", "What to say out of hours.", "Atendemos de segunda a sexta.")
    ]
    when_closed: Annotated[
        WhenClosedWord,
        said(
            "Fora do horário: queue espera na fila; ticket só aceita chat/init com ticket: true.",
            "Out of hours: queue lets chats wait; ticket takes chat/init with ticket: true only.",
            "queue",
        ),
    ]
    waiting: Annotated[int, said("Quantos esperam.", "How many wait.", 3)]
    estimated_wait_seconds: EstimatedWait
    cpf_policy: Annotated[
        CpfPolicyWord,
        said("Quando o CPF é pedido.", "When the CPF is asked for.", "required"),
    ]


async def list_departments(ctx: Context, request: Request) -> Reply:
    """The active departments, in their order, with the wait of whoever comes now."""
    found = await departments.list_departments(ctx)
    ids = [department.id for department in found]
    states, openings = await queue_states(ctx, ids), await opening_states(ctx, ids)
    return Reply(
        [
            Department(
                id=department.id,
                slug=department.slug,
                name=department.name,
                online=state.agents_online > 0,
                open=opening.open,
                opens_at=opening.opens_at,
                opens_in_words=opening.in_words,
                out_of_hours_message=department.out_of_hours_message,
                when_closed=department.when_closed,
                waiting=state.waiting,
                estimated_wait_seconds=estimated_wait(state, state.waiting + 1),
                cpf_policy=department.cpf_policy,
            )
            for department in found
            for state, opening in [(states[department.id], openings[department.id])]
        ]
    )


def estimated_wait(state: QueueState, position: int | None) -> int | None:
    """The likely wait at a place in a queue, on the cautious side; None when nobody can tell."""
    estimate = state.estimate(position) if position is not None else None
    return seconds(estimate.at_most) if estimate else None


async def department_slugs(ctx: Context, ids: list[uuid.UUID]) -> dict[uuid.UUID, str]:
    """The slugs of departments, active or not, by their ids."""
    found = await departments.departments_by_id(ctx, ids)
    return {department.id: department.slug for department in found.values()}


async def department_ids(ctx: Context, names: list[str], *, field: str) -> list[uuid.UUID]:
    """The departments of these slugs or ids. Raises NotFound."""
    found = await departments.list_departments(ctx, include_inactive=True)
    known = {name: department.id for department in found for name in (department.slug, str(department.id))}
    if not {name.lower() for name in names} <= set(known):
        raise NotFound("department_not_found", field=(field,))
    return [known[name.lower()] for name in names]


async def department_id(ctx: Context, name: str | None) -> uuid.UUID | None:
    """The department of a slug or id; None when none is named. Raises NotFound."""
    return None if name is None else (await department_ids(ctx, [name], field="department"))[0]
