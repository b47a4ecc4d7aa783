"""GET /departments/."""

from api.resolvers.departments import DepartmentChange, create_department, update_department
from tests.rest_compat.callers import Door


async def test_anybody_reads_the_active_departments_in_order(door: Door) -> None:
    admin = await door.desk.admin()
    financeiro = await create_department(admin, DepartmentChange(slug="financeiro", name="Financeiro", position=9))
    await update_department(admin, (await door.desk.department("administrativo")).id, DepartmentChange(active=False))
    ana = await door.agent("tecnico")
    await ana.post("/agent/status/", status="online")
    await door.customer(department="tecnico")

    response = await door.anybody.get("/departments/")

    assert response.status_code == 200
    assert [(row["slug"], row["name"], row["online"], row["waiting"]) for row in response.json()] == [
        ("comercial", "Comercial", False, 0),
        ("tecnico", "Técnico", True, 1),
        ("financeiro", "Financeiro", False, 0),
    ]
    assert response.json()[-1] == {
        "id": str(financeiro.id),
        "slug": "financeiro",
        "name": "Financeiro",
        "online": False,
        "waiting": 0,
        "estimated_wait_seconds": None,
        "cpf_policy": "required",
    }


async def test_the_wait_is_estimated_once_enough_chats_were_claimed(door: Door) -> None:
    ana = await door.agent("tecnico", capacity=10)
    await ana.post("/agent/status/", status="online")
    for _ in range(6):
        zé = await door.customer()
        await ana.post(f"/chat/{zé.id}/claim/")

    tecnico = next(row for row in (await door.anybody.get("/departments/")).json() if row["slug"] == "tecnico")
    opened = (await door.anybody.post("/chat/init/", **door.opening())).json()

    # Six claims in the last hour: one every 600 s, and a third on top to be cautious.
    assert tecnico["estimated_wait_seconds"] == 800
    assert (opened["position"], opened["estimated_wait_seconds"]) == (1, 800)
