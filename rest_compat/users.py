"""People of the staff: their own availability, and their profiles."""

import uuid
from datetime import datetime
from typing import Annotated

from pydantic import BeforeValidator
from starlette.requests import Request

from api.context import Context
from api.models import User
from api.resolvers import presence, users
from api.resolvers.departments import departments_of_users
from rest_compat.body import Body, path_id, read, whole
from rest_compat.departments import department_ids, department_slugs
from rest_compat.fields import EXAMPLE_USER, LINE, SLUG_OR_ID, WORDS, said
from rest_compat.reply import Answer, Reply
from rest_compat.words import AvailabilityWord, PermissionWord, RoleWord


class ChooseStatus(Body):
    """Whether one attends now."""

    status: Annotated[
        AvailabilityWord,
        said("online, pause (ou pausa) ou offline.", "online, pause (or pausa) or offline.", "pause"),
    ]
    reason: Annotated[
        str | None,
        said(
            "Motivo; obrigatório na pausa.",
            "Reason; needed for a pause.",
            "almoço",
            pattern=LINE,
            maxLength=80,
        ),
    ] = None


class Status(Answer):
    """Whether somebody attends now, and since when."""

    status: Annotated[AvailabilityWord, said("O status escolhido.", "The chosen status.", "pause")]
    reason: Annotated[str | None, said("Motivo da pausa.", "Reason of the pause.", "almoço")]
    since: Annotated[datetime, said("Desde quando.", "Since when.", "2026-03-02T15:00:00Z")]


class UserPatch(Body):
    """What to set in a profile; what is not given stays as it is."""

    name: Annotated[str | None, said("Nome.", "Name.", "Ana Lima", pattern=WORDS, maxLength=120)] = None
    extension: Annotated[
        str | None,
        said("Ramal; vazio para tirar.", "Extension; empty to remove.", "204", pattern=LINE, maxLength=20),
    ] = None
    role: Annotated[RoleWord | None, said("Papel.", "Role.", "agent")] = None
    permissions: Annotated[
        list[PermissionWord] | None,
        said(
            "Permissões além das do papel; a lista toda.",
            "Permissions beyond those of the role; the whole list.",
            ["metrics_view"],
        ),
    ] = None
    departments: Annotated[
        list[Annotated[str, said("Slug ou id.", "Slug or id.", pattern=SLUG_OR_ID)]] | None,
        said(
            "Slugs ou ids dos setores; a lista toda.",
            "Slugs or ids of departments; the whole list.",
            ["tecnico"],
        ),
    ] = None
    capacity: Annotated[
        int | None,
        BeforeValidator(whole),
        said("Chats ao mesmo tempo.", "Chats at once.", 5, minimum=1, maximum=users.CAPACITY_LIMIT),
    ] = None
    active: Annotated[bool | None, said("Pode entrar e atender.", "May sign in and attend.", True)] = None


class Profile(Answer):
    """A person of the staff."""

    id: Annotated[uuid.UUID, said("Identificador.", "Identifier.", EXAMPLE_USER)]
    email: Annotated[str, said("E-mail, com que entra.", "E-mail, to sign in.", "ana@example.com")]
    name: Annotated[str, said("Nome.", "Name.", "Ana Lima")]
    extension: Annotated[str | None, said("Ramal.", "Extension.", "204")]
    role: Annotated[RoleWord, said("Papel.", "Role.", "agent")]
    permissions: Annotated[
        list[PermissionWord],
        said(
            "Tudo o que pode: as permissões do papel e as demais.",
            "All that the person may do: the role's permissions and the extra ones.",
            ["chat_attend", "customer_view", "network_view"],
        ),
    ]
    departments: Annotated[list[str], said("Slugs dos setores.", "Slugs of departments.", ["tecnico"])]
    capacity: Annotated[int, said("Chats ao mesmo tempo.", "Chats at once.", 5)]
    status: Annotated[AvailabilityWord, said("O status escolhido.", "The chosen status.", "online")]
    active: Annotated[bool, said("Pode entrar e atender.", "May sign in and attend.", True)]
    created_at: Annotated[datetime, said("Quando foi criada.", "When it was created.", "2026-01-05T12:00:00Z")]


async def set_status(ctx: Context, request: Request) -> Reply:
    """Choose whether one attends now."""
    given = await read(request, ChooseStatus)
    me = await presence.set_availability(ctx, given.status, given.reason)
    return Reply(Status(status=me.status, reason=me.status_reason, since=me.status_since))


async def get_user(ctx: Context, request: Request) -> Reply:
    """One person's profile."""
    return await _profile(ctx, await users.get_user(ctx, path_id(request, reason="user_not_found")))


async def update_user(ctx: Context, request: Request) -> Reply:
    """Change one person's profile."""
    given = await read(request, UserPatch)
    user_id = path_id(request, reason="user_not_found")
    departments = given.departments
    change = users.UserChange(
        name=given.name,
        extension=given.extension,
        role=given.role,
        permissions=None if given.permissions is None else tuple(given.permissions),
        department_ids=None
        if departments is None
        else tuple(await department_ids(ctx, departments, field="departments")),
        capacity=given.capacity,
        active=given.active,
    )
    return await _profile(ctx, await users.update_user(ctx, user_id, change))


async def _profile(ctx: Context, user: User) -> Reply:
    mine = (await departments_of_users(ctx, [user.id]))[user.id]
    slugs = await department_slugs(ctx, mine)
    return Reply(
        Profile(
            id=user.id,
            email=user.email,
            name=user.name,
            extension=user.extension,
            role=user.role,
            permissions=sorted(users.permissions_of(user)),
            departments=sorted(slugs.values()),
            capacity=user.capacity,
            status=user.status,
            active=user.active,
            created_at=user.created_at,
        )
    )
