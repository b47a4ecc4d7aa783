"""The departments that a chat can be opened in."""

import uuid
from typing import Annotated

from starlette.requests import Request

from api.context import Context
from api.errors import NotFound
from api.resolvers import departments
from api.resolvers.queue import QueueState, queue_states
from rest_compat.fields import EXAMPLE_DEPARTMENT, EstimatedWait, said
from rest_compat.reply import Answer, Reply
from rest_compat.words import CpfPolicyWord, seconds


class Department(Answer):
    """A department, and how its queue stands."""

    id: Annotated[uuid.UUID, said("Identificador.", "Identifier.", EXAMPLE_DEPARTMENT)]
    slug: Annotated[str, said("Nome curto, para endereços.", "Short name, for addresses.", "tecnico")]
    name: Annotated[str, said("Nome para pessoas.", "Name for people.", "Técnico")]
    online: Annotated[bool, said("Há alguém atendendo agora.", "Somebody attends now.", True)]
    waiting: Annotated[int, said("Quantos esperam.", "How many wait.", 3)]
    estimated_wait_seconds: EstimatedWait
    cpf_policy: Annotated[
        CpfPolicyWord,
        said("Quando o CPF é pedido.", "When the CPF is asked for.", "required"),
    ]


async def list_departments(ctx: Context, request: Request) -> Reply:
    """The active departments, in their order, with the wait of whoever comes now."""
    found = await departments.list_departments(ctx)
    states = await queue_states(ctx, [department.id for department in found])
    return Reply(
        [
            Department(
                id=department.id,
                slug=department.slug,
                name=department.name,
                online=state.agents_online > 0,
                waiting=state.waiting,
                estimated_wait_seconds=estimated_wait(state, state.waiting + 1),
                cpf_policy=department.cpf_policy,
            )
            for department in found
            for state in [states[department.id]]
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
