"""The audit log by GraphQL: page by page, narrowed, and only to who may read it."""

from datetime import timedelta
from typing import Any

import pytest

from api.context import Context
from api.models.enums import Scope
from api.resolvers.departments import DepartmentChange, update_department
from api.schema import build_schema
from api.schema.base import Request
from tests.network import Network
from tests.people import Desk, person

PAGE = """query($objectId: ID, $actorId: ID, $period: PeriodInput, $action: String, $first: Int, $after: Cursor) {
  auditLog(objectId: $objectId, actorId: $actorId, period: $period, action: $action, first: $first, after: $after) {
    nodes { id number at actor actorName action detail object objectName hash
      changes { field before after } names { value name } }
    pageInfo { hasNextPage endCursor }
    totalCount
  }
}"""


async def answer(desk: Desk, ctx: Context, text: str = PAGE, **variables: Any) -> tuple[Any, list[str]]:
    """What is answered, and the codes of what went wrong."""
    result = await build_schema().execute(text, variables, context_value=Request(ctx, desk.running))
    return result.data, [error.extensions["code"] for error in result.errors or [] if error.extensions]


async def read(desk: Desk, ctx: Context, **variables: Any) -> Any:
    """One page of the log."""
    data, codes = await answer(desk, ctx, **variables)
    assert codes == []
    return data["auditLog"]


async def renamed(desk: Desk, ctx: Context, *names: str) -> str:
    """The technical department gets one name after the other, a minute apart."""
    department = await desk.department("tecnico")
    for name in names:
        desk.clock.advance(seconds=60)
        await update_department(ctx, department.id, DepartmentChange(name=name))
    return str(department.id)


async def test_the_log_is_paged_newest_first_each_entry_once(desk: Desk) -> None:
    boss = await desk.admin()
    await renamed(desk, boss, "A", "B", "C", "D", "E")
    numbers: list[int] = []
    after, pages = None, 0
    while True:
        page = await read(desk, boss, first=2, after=after)
        numbers += [entry["number"] for entry in page["nodes"]]
        after, pages = page["pageInfo"]["endCursor"], pages + 1
        assert page["totalCount"] >= 5
        if not page["pageInfo"]["hasNextPage"]:
            break
    assert numbers == list(range(page["totalCount"], 0, -1))
    assert pages == -(-len(numbers) // 2)


async def test_an_entry_is_told_with_names_and_with_what_it_changed(desk: Desk) -> None:
    boss = await desk.admin(name="Bruna")
    id = await renamed(desk, boss, "Suporte")
    (entry,) = (await read(desk, boss, objectId=id))["nodes"]
    assert (entry["action"], entry["actorName"], entry["objectName"]) == ("update_department", "Bruna", "Suporte")
    assert (entry["actor"], entry["object"]) == (f"user:{person(boss).user_id}", f"department:{id}")
    assert entry["changes"] == [{"field": "name", "before": "Técnico", "after": "Suporte"}]
    assert len(entry["hash"]) == 64


async def test_the_ids_among_its_changes_are_told_by_name(desk: Desk) -> None:
    network = await Network.of(desk)
    pop = await network.point("POP Norte")
    leaf = await network.point("Rua 7", parent=pop)
    (entry,) = (await read(desk, network.boss, objectId=str(leaf.id)))["nodes"]
    (parent,) = [change["after"] for change in entry["changes"] if change["field"] == "parent_id"]
    assert entry["objectName"] == "Rua 7"
    assert entry["names"] == [{"value": parent, "name": "POP Norte"}]


async def test_the_log_is_narrowed_by_what_who_when_and_act(desk: Desk) -> None:
    boss, other = await desk.admin(), await desk.admin()
    id = await renamed(desk, boss, "A")
    since = desk.clock.now + timedelta(seconds=1)
    await renamed(desk, other, "B")
    until = desk.clock.now + timedelta(seconds=1)
    period = {"from": since.isoformat(), "to": until.isoformat()}
    acts = {"objectId": id, "action": "update_department"}

    async def names(**variables: Any) -> list[str]:
        page = await read(desk, boss, **variables)
        assert page["totalCount"] == len(page["nodes"])
        return [entry["changes"][0]["after"] for entry in page["nodes"]]

    assert await names(**acts) == ["B", "A"]
    assert await names(**acts, actorId=str(person(boss).user_id)) == ["A"]
    assert await names(**acts, period=period) == ["B"]
    assert await names(**acts | {"action": "sign_in"}) == []
    assert await names(objectId="no id at all") == []


async def test_only_who_may_read_the_log_reads_it(desk: Desk) -> None:
    await renamed(desk, await desk.admin(), "A")
    refused = {
        "FORBIDDEN": [
            await desk.agent("tecnico"),
            await desk.analyst(),
            await desk.machine(Scope.METRICS_READ),
        ],
        "UNAUTHENTICATED": [desk.anonymous],
    }
    for code, callers in refused.items():
        for caller in callers:
            assert await answer(desk, caller) == (None, [code])


@pytest.mark.parametrize("variables", [{"first": 101}, {"first": 0}, {"after": "elsewhere"}])
async def test_an_odd_page_is_refused(desk: Desk, variables: dict[str, Any]) -> None:
    boss = await desk.admin()
    assert await answer(desk, boss, **variables) == (None, ["INVALID"])
