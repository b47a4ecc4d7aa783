"""GET /agent/queue/."""

from api.models.enums import Role, Scope
from tests.rest_compat.callers import Caller, Door, refusal


async def ids(caller: Caller, **params: str) -> list[str]:
    response = await caller.get("/agent/queue/", **params)
    assert response.status_code == 200, response.text
    return [row["chat_id"] for row in response.json()]


async def test_the_queue_is_in_the_order_to_be_served(door: Door) -> None:
    bot = await door.key(Scope.CHAT_WRITE)
    first = (await bot.post("/chat/init/", **door.opening())).json()["chat_id"]
    door.desk.clock.advance(minutes=1)
    second = (await bot.post("/chat/init/", **door.opening(department="comercial"))).json()["chat_id"]
    door.desk.clock.advance(minutes=1)
    urgent = (await bot.post("/chat/init/", **door.opening(priority="urgent"))).json()["chat_id"]
    ana = await door.agent("tecnico", "comercial")

    rows = (await ana.get("/agent/queue/")).json()

    assert [row["chat_id"] for row in rows] == [urgent, first, second]
    assert [(row["department"], row["position"]) for row in rows] == [("tecnico", 1), ("tecnico", 2), ("comercial", 1)]
    assert [row["wait_seconds"] for row in rows] == [0, 120, 60]
    assert await ids(ana, department="comercial") == [second]
    assert await ids(ana, department=str((await door.desk.department("tecnico")).id)) == [urgent, first]


async def test_the_preview_is_the_customers_last_text(door: Door) -> None:
    zé, ana = await door.customer(), await door.agent("tecnico")
    await zé.post(f"/chat/{zé.id}/message/", text="x" * 200)
    [row] = (await ana.get("/agent/queue/")).json()
    assert row["preview"] == "x" * 140


async def test_an_agent_sees_the_own_departments_and_an_admin_all(door: Door) -> None:
    tecnico, comercial = await door.customer(), await door.customer(department="comercial")
    ana = await door.agent("comercial")
    assert await ids(ana) == [comercial.id]
    refusal(await ana.get("/agent/queue/", department="tecnico"), 404, "NOT_FOUND")
    refusal(await ana.get("/agent/queue/", department="vendas"), 404, "NOT_FOUND")
    assert await ids(await door.agent()) == []
    assert await ids(await door.admin()) == [tecnico.id, comercial.id]
    assert await ids(await door.key(Scope.QUEUE_READ), department="tecnico") == [tecnico.id]


async def test_the_queue_is_not_for_everybody(door: Door) -> None:
    zé = await door.customer()
    refusal(await door.anybody.get("/agent/queue/"), 401, "UNAUTHENTICATED")
    for caller in (zé, await door.key(Scope.CHAT_WRITE), await door.staff(Role.ANALYST)):
        refusal(await caller.get("/agent/queue/"), 403, "FORBIDDEN")


async def test_a_misspelt_parameter_is_refused(door: Door) -> None:
    problem = refusal(await (await door.admin()).get("/agent/queue/", departament="tecnico"), 400, "INVALID")
    assert problem["errors"] == {"departament": ["Campo desconhecido."]}
    response = await (await door.admin()).call("GET", "/agent/queue/?department=%00")
    assert refusal(response, 400, "INVALID")["errors"] == {
        "department": ["O texto tem caracteres que não podemos guardar."]
    }
