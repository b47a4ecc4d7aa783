"""GET /departments/."""

from api.business_hours import Stretch
from api.models.enums import WhenClosed
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
        "open": True,
        "opens_at": None,
        "opens_in_words": None,
        "out_of_hours_message": None,
        "when_closed": "queue",
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


async def test_a_closed_department_says_when_it_opens_and_what_it_takes(door: Door) -> None:
    change = DepartmentChange(
        hours=(Stretch(1, 480, 1080),), when_closed=WhenClosed.TICKET, out_of_hours_message="Voltamos amanhã."
    )
    await update_department(await door.desk.admin(), (await door.desk.department("tecnico")).id, change)
    tecnico = next(row for row in (await door.anybody.get("/departments/")).json() if row["slug"] == "tecnico")
    assert {name: tecnico[name] for name in ("open", "opens_at", "opens_in_words")} == {
        "open": False,
        "opens_at": "2026-03-03T11:00:00Z",
        "opens_in_words": "amanhã às 08:00",
    }
    assert (tecnico["out_of_hours_message"], tecnico["when_closed"]) == ("Voltamos amanhã.", "ticket")
