"""Canned replies by GraphQL."""

from typing import Any

from tests.schema.conftest import Door

FIELDS = "id shortcut title body scope department { slug } updatedBy { name } createdAt updatedAt"
LIST = f"{{ cannedReplies {{ {FIELDS} }} }}"
ERRORS = "userErrors { code message field }"
CREATE = f"""mutation($i: CreateCannedReplyInput!) {{
  createCannedReply(input: $i) {{ cannedReply {{ {FIELDS} }} {ERRORS} }} }}"""
UPDATE = f"""mutation($id: ID!, $i: UpdateCannedReplyInput!) {{
  updateCannedReply(id: $id, input: $i) {{ cannedReply {{ {FIELDS} }} {ERRORS} }} }}"""
DELETE = f"mutation($id: ID!) {{ deleteCannedReply(id: $id) {{ done {ERRORS} }} }}"


def error(answer: dict[str, Any]) -> dict[str, Any]:
    """The one thing to mend."""
    (payload,) = answer.values()
    (found,) = payload["userErrors"]
    return found


async def test_a_reply_is_written_changed_and_removed(door: Door) -> None:
    token = await door.token(await door.desk.agent("tecnico", name="Ana"))
    given = {"shortcut": "oi", "body": "Olá, {cliente}."}
    created = (await door.ask(CREATE, token=token, i=given))["createCannedReply"]["cannedReply"]
    assert created == given | {
        "id": created["id"],
        "title": None,
        "scope": "PERSONAL",
        "department": None,
        "updatedBy": {"name": "Ana"},
        "createdAt": "2026-03-02T15:00:00Z",
        "updatedAt": "2026-03-02T15:00:00Z",
    }
    door.desk.clock.advance(minutes=1)
    changed = await door.ask(UPDATE, token=token, id=created["id"], i={"title": "Saudação"})
    after = created | {"title": "Saudação", "updatedAt": "2026-03-02T15:01:00Z"}
    assert changed == {"updateCannedReply": {"cannedReply": after, "userErrors": []}}
    assert (await door.ask(LIST, token=token))["cannedReplies"] == [after]
    assert (await door.ask(DELETE, token=token, id=created["id"]))["deleteCannedReply"]["done"] is True
    assert (await door.ask(LIST, token=token))["cannedReplies"] == []


async def test_a_departments_reply_names_it(door: Door) -> None:
    boss, ana = await door.desk.supervisor(name="Rui"), await door.desk.agent("tecnico")
    department = await door.desk.department("tecnico")
    given = {"shortcut": "oi", "body": "Olá!", "scope": "DEPARTMENT", "departmentId": str(department.id)}
    await door.ask(CREATE, token=await door.token(boss), i=given)
    (seen,) = (await door.ask(LIST, token=await door.token(ana)))["cannedReplies"]
    assert (seen["scope"], seen["department"], seen["updatedBy"]) == (
        "DEPARTMENT",
        {"slug": "tecnico"},
        {"name": "Rui"},
    )


async def test_what_is_wrong_is_told_with_its_place(door: Door) -> None:
    token = await door.token(await door.desk.agent("tecnico"))
    answer = await door.ask(CREATE, token=token, i={"shortcut": "oi", "body": "Olá, {nome}"})
    assert error(answer) == {
        "code": "INVALID",
        "message": "Não conhecemos {nome}. Entre chaves, use {cliente} {agente} {protocolo} {setor} {customer} {agent}"
        " {protocol} {department}.",
        "field": ["input", "body"],
    }
    shared = await door.ask(CREATE, token=token, i={"shortcut": "oi", "body": "Olá!", "scope": "EVERYBODY"})
    assert error(shared)["code"] == "FORBIDDEN"
    for document in (UPDATE, DELETE):
        assert error(await door.ask(document, token=token, id="nonsense", i={}))["code"] == "NOT_FOUND"
    given = {"shortcut": "oi", "body": "Olá!", "scope": "DEPARTMENT", "departmentId": "nonsense"}
    assert error(await door.ask(CREATE, token=token, i=given))["field"] == ["input", "departmentId"]


async def test_customers_see_no_canned_replies(door: Door) -> None:
    opened = await door.desk.opened()
    answer = (await door.post(LIST, token=opened.token)).json()
    assert answer["errors"][0]["extensions"]["code"] == "FORBIDDEN"
