"""Answers that are written once and used often: whose they are, who may change them, and what may stand in them."""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select
from sqlmodel import col

from api.context import Context
from api.errors import Conflict, Forbidden, Invalid, NotFound
from api.models import AuditEntry, CannedReply
from api.models.enums import CannedReplyScope, Permission
from api.resolvers import canned_replies
from api.resolvers.canned_replies import (
    PLACEHOLDERS,
    CannedReplyChange,
    NewCannedReply,
    create_canned_reply,
    delete_canned_reply,
    list_canned_replies,
    update_canned_reply,
)
from tests.people import Desk, person

OI = NewCannedReply("oi", "Olá, {cliente}. Aqui é {agente}.")
OURS = replace(OI, scope=CannedReplyScope.EVERYBODY)


async def of_department(desk: Desk, slug: str, shortcut: str = "oi") -> NewCannedReply:
    department = await desk.department(slug)
    return replace(OI, shortcut=shortcut, scope=CannedReplyScope.DEPARTMENT, department_id=department.id)


async def audited(desk: Desk) -> list[tuple[str, Any, Any]]:
    """What was written down about canned replies."""
    async with desk.db.read() as session:
        query = (
            select(AuditEntry).where(col(AuditEntry.object).startswith("canned_reply:")).order_by(col(AuditEntry.id))
        )
        return [(entry.action, entry.before, entry.after) for entry in (await session.execute(query)).scalars()]


async def shortcuts(who: Context) -> list[str]:
    return [reply.shortcut for reply in await list_canned_replies(who)]


# Whose they are


async def test_a_personal_reply_is_its_owners_alone(desk: Desk) -> None:
    ana, boss = await desk.agent("tecnico"), await desk.admin("tecnico")
    reply = await create_canned_reply(ana, replace(OI, title=" Saudação "))
    (stored,) = await list_canned_replies(ana)
    assert stored.model_dump() == reply.model_dump()
    assert (stored.owner_id, stored.department_id, stored.title) == (person(ana).user_id, None, "Saudação")
    assert stored.scope is CannedReplyScope.PERSONAL
    assert await list_canned_replies(boss) == []
    assert await audited(desk) == []
    for act in (update_canned_reply(boss, reply.id, CannedReplyChange(title="x")), delete_canned_reply(boss, reply.id)):
        async with desk.refused(NotFound, "canned_reply_not_found"):
            await act


async def test_people_see_their_own_their_departments_and_everybodys_replies_by_shortcut(desk: Desk) -> None:
    boss, ana, bia = await desk.supervisor(), await desk.agent("tecnico"), await desk.agent("comercial")
    await create_canned_reply(boss, replace(OURS, shortcut="d-todos"))
    await create_canned_reply(boss, await of_department(desk, "tecnico", "c-tecnico"))
    await create_canned_reply(boss, await of_department(desk, "comercial", "b-comercial"))
    await create_canned_reply(ana, replace(OI, shortcut="a-meu"))
    assert await shortcuts(ana) == ["a-meu", "c-tecnico", "d-todos"]
    assert await shortcuts(bia) == ["b-comercial", "d-todos"]
    assert await shortcuts(boss) == ["b-comercial", "c-tecnico", "d-todos"]


async def test_who_neither_attends_nor_manages_has_no_use_for_them(desk: Desk) -> None:
    for who in (await desk.analyst("tecnico"), await desk.bot(), desk.as_customer(await desk.waiting()), desk.system):
        async with desk.refused(Forbidden, "not_allowed"):
            await list_canned_replies(who)


async def test_what_is_shared_is_written_by_who_manages_queues_and_written_down(desk: Desk) -> None:
    boss = await desk.supervisor()
    reply = await create_canned_reply(boss, await of_department(desk, "tecnico"))
    department = str(reply.department_id)
    before = {"shortcut": "oi", "title": None, "body": OI.body, "department_id": department}
    await update_canned_reply(boss, reply.id, CannedReplyChange(shortcut="ola", body="Olá!"))
    after = before | {"shortcut": "ola", "body": "Olá!"}
    await delete_canned_reply(boss, reply.id)
    assert await desk.count(CannedReply) == 0
    assert await audited(desk) == [
        ("create_canned_reply", None, before),
        ("update_canned_reply", before, after),
        ("delete_canned_reply", after, None),
    ]


async def test_an_agent_uses_what_is_shared_and_does_not_change_it(desk: Desk) -> None:
    boss, ana = await desk.supervisor(), await desk.agent("tecnico")
    ours = await create_canned_reply(boss, await of_department(desk, "tecnico"))
    theirs = await create_canned_reply(boss, await of_department(desk, "comercial"))
    for new in (OURS, await of_department(desk, "tecnico", "outro")):
        async with desk.refused(Forbidden, "not_allowed"):
            await create_canned_reply(ana, new)
    for reply, error, reason in ((ours, Forbidden, "not_allowed"), (theirs, NotFound, "canned_reply_not_found")):
        async with desk.refused(error, reason):
            await update_canned_reply(ana, reply.id, CannedReplyChange(title="x"))
        async with desk.refused(error, reason):
            await delete_canned_reply(ana, reply.id)


async def test_who_manages_queues_without_attending_keeps_none_of_their_own(desk: Desk) -> None:
    boss = await desk.analyst(permissions=(Permission.QUEUE_MANAGE,))
    await create_canned_reply(boss, OURS)
    async with desk.refused(Forbidden, "not_allowed"):
        await create_canned_reply(boss, replace(OI, shortcut="meu"))


# Changing


async def test_update_canned_reply_changes_what_is_given_and_nothing_else(desk: Desk) -> None:
    ana = await desk.agent("tecnico")
    before = (await create_canned_reply(ana, replace(OI, title="Saudação"))).model_dump()
    desk.clock.advance(minutes=1)
    after = await update_canned_reply(ana, before["id"], CannedReplyChange(title=""))
    assert after.model_dump() == before | {"title": None, "updated_at": before["updated_at"] + timedelta(minutes=1)}


async def test_an_unknown_reply_is_not_found(desk: Desk) -> None:
    ana = await desk.agent("tecnico")
    async with desk.refused(NotFound, "canned_reply_not_found"):
        await update_canned_reply(ana, uuid4(), CannedReplyChange(title="x"))
    async with desk.refused(NotFound, "canned_reply_not_found"):
        await delete_canned_reply(ana, uuid4())


# What is checked


async def test_a_shortcut_is_used_once_in_each_scope(desk: Desk) -> None:
    boss, ana = await desk.supervisor("tecnico"), await desk.agent("tecnico")
    scopes = (OI, OURS, await of_department(desk, "tecnico"), await of_department(desk, "comercial"))
    for new in scopes:
        await create_canned_reply(boss, new)
        other = await create_canned_reply(boss, replace(new, shortcut="outro"))
        async with desk.refused(Conflict, "shortcut_taken", field=("input", "shortcut")):
            await create_canned_reply(boss, new)
        async with desk.refused(Conflict, "shortcut_taken", field=("input", "shortcut")):
            await update_canned_reply(boss, other.id, CannedReplyChange(shortcut="oi"))
    await create_canned_reply(ana, OI)
    assert await shortcuts(ana) == ["oi", "oi", "oi", "outro", "outro"]


async def test_a_scope_holds_so_many_and_no_more(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(canned_replies, "SCOPE_LIMIT", 2)
    boss, ana = await desk.supervisor(), await desk.agent("tecnico")
    for new in (OI, OURS, await of_department(desk, "tecnico"), await of_department(desk, "comercial")):
        for shortcut in ("um", "dois"):
            await create_canned_reply(boss, replace(new, shortcut=shortcut))
        async with desk.refused(Conflict, "too_many_canned_replies"):
            await create_canned_reply(boss, replace(new, shortcut="demais"))
    await create_canned_reply(ana, OI)


def test_lists_are_bounded() -> None:
    assert canned_replies.SCOPE_LIMIT == 500


@pytest.mark.parametrize(
    ("values", "field", "reason"),
    [
        ({"shortcut": ""}, "shortcut", "required"),
        ({"shortcut": "Olá"}, "shortcut", "bad_slug"),
        ({"shortcut": "a" * 41}, "shortcut", "too_long"),
        ({"body": " \n "}, "body", "required"),
        ({"body": "x" * 4001}, "body", "too_long"),
        ({"body": "a\x00"}, "body", "unprintable"),
        ({"body": "Olá, {nome}"}, "body", "bad_placeholder"),
        ({"body": "Olá, {Cliente}"}, "body", "bad_placeholder"),
        ({"body": "Olá, {}"}, "body", "bad_placeholder"),
        ({"body": "Olá, { cliente }"}, "body", "bad_placeholder"),
        ({"title": "x" * 121}, "title", "too_long"),
    ],
)
async def test_what_is_written_is_checked(desk: Desk, values: dict[str, Any], field: str, reason: str) -> None:
    ana = await desk.agent("tecnico")
    reply = await create_canned_reply(ana, replace(OI, shortcut="antes"))
    async with desk.refused(Invalid, reason, field=("input", field)):
        await create_canned_reply(ana, replace(OI, **values))
    async with desk.refused(Invalid, reason, field=("input", field)):
        await update_canned_reply(ana, reply.id, CannedReplyChange(**values))


async def test_every_known_placeholder_and_lone_braces_are_accepted(desk: Desk) -> None:
    ana = await desk.agent("tecnico")
    body = " ".join(f"{{{name}}}" for name in PLACEHOLDERS) + " :} {"
    assert (await create_canned_reply(ana, replace(OI, body=body))).body == body


async def test_an_unknown_placeholder_is_answered_with_the_known_ones(desk: Desk) -> None:
    with pytest.raises(Invalid) as caught:
        await create_canned_reply(await desk.agent("tecnico"), replace(OI, body="{nome} {x}"))
    (problem,) = caught.value.problems
    assert problem.values == {
        "placeholder": "{nome}",
        "known": "{cliente} {agente} {protocolo} {setor} {customer} {agent} {protocol} {department}",
    }


@pytest.mark.parametrize(
    ("scope", "named"),
    [
        (CannedReplyScope.DEPARTMENT, False),
        (CannedReplyScope.EVERYBODY, True),
        (CannedReplyScope.PERSONAL, True),
    ],
)
async def test_a_department_is_given_for_a_departments_reply_and_for_no_other(
    desk: Desk, scope: CannedReplyScope, named: bool
) -> None:
    boss = await desk.supervisor()
    department_id: UUID | None = (await desk.department("tecnico")).id if named else None
    async with desk.refused(Invalid, "department_of_scope", field=("input", "departmentId")):
        await create_canned_reply(boss, replace(OI, scope=scope, department_id=department_id))


async def test_an_unknown_department_has_no_replies(desk: Desk) -> None:
    boss = await desk.supervisor()
    new = replace(OI, scope=CannedReplyScope.DEPARTMENT, department_id=uuid4())
    async with desk.refused(NotFound, "department_not_found", field=("input", "departmentId")):
        await create_canned_reply(boss, new)
