"""GET /network/incidents/current/."""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import uuid4

from api.models.enums import IncidentAudience, Role, Scope
from api.resolvers.access_points import AccessPointDetails, create_access_point
from api.resolvers.connecting import Placement, place_customer
from api.resolvers.incident_acts import IncidentWords, declare_incident, resolve_incident
from api.resolvers.maintenance import PlannedWork, schedule_maintenance
from tests.people import valid_cpf
from tests.rest_compat.callers import Door, refusal

PATH = "/network/incidents/current/"
NOTHING = {"incident": None, "maintenance": None}
CPF = valid_cpf(400_000_001)


async def test_the_confirmed_incident_of_a_customer_is_told_until_it_is_over(door: Door) -> None:
    boss = await door.desk.admin()
    point = await create_access_point(boss, AccessPointDetails("Torre"))
    customer = str((await place_customer(boss, Placement(CPF, "Torre", "Ana"))).customer_id)
    erp = await door.key(Scope.CUSTOMER_WRITE)
    assert (await erp.get(PATH, customer=customer)).json() == NOTHING
    incident = await declare_incident(boss, point.id, IncidentWords(message="Fibra rompida."))
    told = await erp.get(PATH, customer=customer)
    assert told.status_code == 200
    assert told.json()["incident"] == {
        "id": str(incident.id),
        "status": "confirmed",
        "message": "Fibra rompida.",
        "since": "2026-03-02T15:00:00Z",
        "expected_at": None,
    }
    await resolve_incident(boss, incident.id)
    assert (await erp.get(PATH, customer=customer)).json() == NOTHING


async def test_announced_work_is_told_beside_it_before_and_while_it_is_done(door: Door) -> None:
    boss, clock = await door.desk.admin(), door.desk.clock
    tower = await create_access_point(boss, AccessPointDetails("Torre"))
    await create_access_point(boss, AccessPointDetails("Rádio", parent_id=tower.id))
    customer = str((await place_customer(boss, Placement(CPF, "Rádio", "Ana"))).customer_id)
    erp, start = await door.key(Scope.CUSTOMER_WRITE), clock.now + timedelta(hours=72)
    silent = PlannedWork([tower.id], "Troca", start, start + timedelta(hours=2))
    await schedule_maintenance(boss, silent)
    assert (await erp.get(PATH, customer=customer)).json() == NOTHING
    work = replace(silent, audience=IncidentAudience.AFFECTED, message="Troca de fibra.")
    planned = await schedule_maintenance(boss, work)
    told = {
        "id": str(planned.id),
        "status": "planned",
        "message": "Troca de fibra.",
        "starts_at": "2026-03-05T15:00:00Z",
        "ends_at": "2026-03-05T17:00:00Z",
    }
    assert (await erp.get(PATH, customer=customer)).json() == {"incident": None, "maintenance": told}
    clock.now = start
    under_way = told | {"status": "under_way"}
    assert (await erp.get(PATH, customer=customer)).json() == {"incident": None, "maintenance": under_way}
    clock.now = planned.ends_at
    assert (await erp.get(PATH, customer=customer)).json() == NOTHING


async def test_work_is_told_at_the_opening_and_is_no_incident(door: Door) -> None:
    boss = await door.desk.admin()
    point = await create_access_point(boss, AccessPointDetails("Torre"))
    start = door.desk.clock.now + timedelta(hours=1)
    everyone: dict[str, Any] = {"audience": IncidentAudience.EVERYONE, "message": "Troca de fibra."}
    work = PlannedWork([point.id], "Troca", start, start + timedelta(hours=2), **everyone)
    planned = await schedule_maintenance(boss, work)
    told = {
        "id": str(planned.id),
        "status": "planned",
        "message": "Troca de fibra.",
        "starts_at": "2026-03-02T16:00:00Z",
        "ends_at": "2026-03-02T18:00:00Z",
    }
    bot = await door.key(Scope.CHAT_WRITE)
    for caller, place, work_told in (
        (bot, {"access_point": str(point.id)}, told),
        (door.anybody, {}, told),
        (bot, {}, None),
    ):
        opened = (await caller.post("/chat/init/", **door.opening(category="outage", **place))).json()
        assert (opened["incident"], opened["maintenance"]) == (None, work_told)


async def test_a_suspicion_is_told_to_nobody_outside(door: Door) -> None:
    boss = await door.desk.admin()
    point = await create_access_point(boss, AccessPointDetails("Torre"))
    bot = await door.key(Scope.CHAT_WRITE)
    opened = [
        await bot.post("/chat/init/", **door.opening(access_point=str(point.id), category="outage")) for _ in range(5)
    ]
    assert [one.status_code for one in opened] == [201] * 5
    assert [one.json()["incident"] for one in opened] == [None] * 5
    customer = str((await place_customer(boss, Placement(CPF, "Torre", "Ana"))).customer_id)
    assert (await (await door.key(Scope.CUSTOMER_WRITE)).get(PATH, customer=customer)).json() == NOTHING


async def test_a_bot_is_told_at_the_opening_and_who_types_a_cpf_is_not(door: Door) -> None:
    boss = await door.desk.admin()
    point = await create_access_point(boss, AccessPointDetails("Torre"))
    incident = await declare_incident(boss, point.id, IncidentWords(message="Fibra rompida."))
    await place_customer(boss, Placement(CPF, "Torre", "Ana"))
    bot = await door.key(Scope.CHAT_WRITE)
    given = door.opening(cpf=CPF, category="outage")
    by_bot = (await bot.post("/chat/init/", **given)).json()
    assert (by_bot["incident"]["id"], by_bot["incident"]["message"]) == (str(incident.id), "Fibra rompida.")
    assert by_bot["maintenance"] is None
    typed = (await door.anybody.post("/chat/init/", **given)).json()
    assert typed["incident"] is None
    # Their history holds no word of it either.
    history = await door.bearer(typed["token"]).get(f"/chat/{typed['chat_id']}/history/")
    assert "Fibra" not in history.text


async def test_what_is_for_everyone_is_told_to_who_types_a_cpf_too(door: Door) -> None:
    boss = await door.desk.admin()
    point = await create_access_point(boss, AccessPointDetails("Torre"))
    words = IncidentWords(message="Fibra rompida.", audience=IncidentAudience.EVERYONE)
    await declare_incident(boss, point.id, words)
    await place_customer(boss, Placement(CPF, "Torre", "Ana"))
    typed = (await door.anybody.post("/chat/init/", **door.opening(cpf=CPF, category="outage"))).json()
    assert typed["incident"]["message"] == "Fibra rompida."


async def test_a_key_for_chats_asks_of_its_own_customers_alone(door: Door) -> None:
    boss = await door.desk.admin()
    await create_access_point(boss, AccessPointDetails("Torre"))
    bot, other = await door.key(Scope.CHAT_WRITE), await door.key(Scope.CHAT_WRITE)
    await bot.post("/chat/init/", **door.opening(cpf=CPF))
    customer = str((await place_customer(boss, Placement(CPF, "Torre"))).customer_id)
    assert (await bot.get(PATH, customer=customer)).json() == NOTHING
    refusal(await other.get(PATH, customer=customer), 404, "NOT_FOUND")
    assert (await (await door.agent("tecnico")).get(PATH, customer=customer)).status_code == 200


async def test_who_may_not_ask_or_asks_badly_is_refused(door: Door) -> None:
    erp, zé = await door.key(Scope.CUSTOMER_WRITE), await door.customer()
    missing = str(uuid4())
    refusal(await door.anybody.get(PATH, customer=missing), 401, "UNAUTHENTICATED")
    for caller in (zé, await door.key(Scope.METRICS_READ), await door.staff(Role.ANALYST)):
        refusal(await caller.get(PATH, customer=missing), 403, "FORBIDDEN")
    assert list(refusal(await erp.get(PATH, customer=missing), 404, "NOT_FOUND")["errors"]) == ["customer"]
    assert list(refusal(await erp.get(PATH), 400, "INVALID")["errors"]) == ["customer"]
    # Whatever is not an id is no name of a customer, a CPF least of all.
    assert list(refusal(await erp.get(PATH, customer=CPF), 400, "INVALID")["errors"]) == ["customer"]
