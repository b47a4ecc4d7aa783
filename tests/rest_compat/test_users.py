"""POST /agent/status/, GET and PATCH /users/{id}."""

import pytest

from api.models.enums import Availability, Role, Scope
from tests.rest_compat.callers import Door, refusal


@pytest.mark.parametrize("word", ["pause", "pausa", "PAUSA", "paused"])
async def test_set_status_knows_the_words_for_a_pause(door: Door, word: str) -> None:
    ana = await door.agent("tecnico")
    response = await ana.post("/agent/status/", status=word, reason="almoço")
    assert response.status_code == 200
    assert response.json() == {"status": "pause", "reason": "Almoço", "since": "2026-03-02T15:00:00Z"}


async def test_set_status_keeps_since_until_the_status_changes(door: Door) -> None:
    ana = await door.agent("tecnico")
    await ana.post("/agent/status/", status="online")
    door.desk.clock.advance(minutes=5)
    assert (await ana.post("/agent/status/", status="online")).json()["since"] == "2026-03-02T15:00:00Z"
    assert (await ana.post("/agent/status/", status="offline")).json()["since"] == "2026-03-02T15:05:00Z"


@pytest.mark.parametrize(
    ("body", "errors"),
    [
        ({"status": "pause"}, {"reason": ["Escolha o motivo da pausa."]}),
        ({"status": "away"}, {"status": ["Use um destes valores: online, pause, offline."]}),
        ({"status": None}, {"status": ["Use um destes valores: online, pause, offline."]}),
        ({"status": ["online"]}, {"status": ["Use um destes valores: online, pause, offline."]}),
        ({"reason": "almoço"}, {"status": ["Preencha este campo."]}),
    ],
)
async def test_set_status_tells_what_is_wrong(door: Door, body: dict[str, object], errors: dict[str, object]) -> None:
    ana = await door.agent("tecnico")
    async with door.nothing_changes():
        problem = refusal(await ana.call("POST", "/agent/status/", json=body), 400, "INVALID")
    assert problem["errors"] == errors


async def test_only_who_attends_has_a_status(door: Door) -> None:
    for caller in (await door.customer(), await door.key(*Scope), await door.staff(Role.ANALYST)):
        async with door.nothing_changes():
            refusal(await caller.post("/agent/status/", status="online"), 403, "FORBIDDEN")
    refusal(await door.anybody.post("/agent/status/", status="online"), 401, "UNAUTHENTICATED")


async def test_get_user_tells_the_profile(door: Door) -> None:
    ana = await door.agent("tecnico", "comercial", name="Ana")
    profile = (await ana.get(f"/users/{ana.id}")).json()
    assert profile == (await (await door.admin()).get(f"/users/{ana.id}/")).json()
    assert profile == {
        "id": ana.id,
        "email": profile["email"],
        "name": "Ana",
        "extension": None,
        "role": "agent",
        "permissions": ["chat_attend", "customer_view", "network_view"],
        "departments": ["comercial", "tecnico"],
        "capacity": 5,
        "status": "offline",
        "active": True,
        "created_at": "2026-03-02T15:00:00Z",
    }


async def test_an_agent_reads_nobody_else_and_changes_nobody(door: Door) -> None:
    ana, eva = await door.agent("tecnico"), await door.agent("tecnico")
    async with door.nothing_changes():
        theirs = refusal(await ana.get(f"/users/{eva.id}"), 404, "NOT_FOUND")
        unknown = refusal(await ana.get("/users/00000000-0000-7000-8000-000000000000"), 404, "NOT_FOUND")
        refusal(await ana.patch(f"/users/{eva.id}", name="Outra"), 403, "FORBIDDEN")
        refusal(await ana.patch(f"/users/{ana.id}", role="admin"), 403, "FORBIDDEN")
        refusal(await door.anybody.get(f"/users/{eva.id}"), 401, "UNAUTHENTICATED")
    for caller in (await door.customer(), await door.key(*Scope)):
        refusal(await caller.get(f"/users/{eva.id}"), 403, "FORBIDDEN")
    assert theirs == unknown


async def test_an_admin_changes_what_is_given_and_nothing_else(door: Door) -> None:
    admin, ana = await door.admin(), await door.agent("tecnico", name="Ana")
    tecnico = str((await door.desk.department("tecnico")).id)
    before = (await admin.get(f"/users/{ana.id}")).json()

    changed = await admin.patch(
        f"/users/{ana.id}",
        extension="204",
        permissions=["metrics_view"],
        departments=["comercial", tecnico],
        capacity=3,
    )

    assert changed.status_code == 200
    assert changed.json() == before | {
        "extension": "204",
        "permissions": ["chat_attend", "customer_view", "metrics_view", "network_view"],
        "departments": ["comercial", "tecnico"],
        "capacity": 3,
    }
    assert (await admin.patch(f"/users/{ana.id}", extension="")).json()["extension"] is None
    promoted = (await admin.patch(f"/users/{ana.id}", role="Supervisor", name="Ana Lima", departments=[])).json()
    assert (promoted["role"], promoted["name"], promoted["departments"]) == ("supervisor", "Ana Lima", [])
    assert (await admin.patch(f"/users/{ana.id}", role=None)).json() == promoted


async def test_deactivating_a_person_ends_their_token(door: Door) -> None:
    admin, ana = await door.admin(), await door.agent("tecnico")
    await ana.post("/agent/status/", status="online")
    off = (await admin.patch(f"/users/{ana.id}", active=False)).json()
    assert (off["active"], off["status"]) == (False, "offline")
    assert (await door.desk.user(door.user_id(ana))).status is Availability.OFFLINE
    refusal(await ana.get(f"/users/{ana.id}"), 401, "UNAUTHENTICATED")


@pytest.mark.parametrize(
    ("body", "status", "code", "field"),
    [
        ({"role": "boss"}, 400, "INVALID", "role"),
        ({"permissions": ["everything"]}, 400, "INVALID", "permissions"),
        ({"permissions": "metrics_view"}, 400, "INVALID", "permissions"),
        ({"departments": ["vendas"]}, 404, "NOT_FOUND", "departments"),
        ({"capacity": 0}, 400, "INVALID", "capacity"),
        ({"capacity": 10**19}, 400, "INVALID", "capacity"),
        ({"name": ""}, 400, "INVALID", "name"),
        ({"active": "no"}, 400, "INVALID", "active"),
        ({"email": "ana@example.com"}, 400, "INVALID", "email"),
    ],
)
async def test_update_user_changes_nothing_when_something_is_wrong(
    door: Door, body: dict[str, object], status: int, code: str, field: str
) -> None:
    admin, ana = await door.admin(), await door.agent("tecnico")
    async with door.nothing_changes():
        problem = refusal(await admin.call("PATCH", f"/users/{ana.id}", json=body), status, code)
    assert list(problem["errors"]) == [field]


async def test_the_last_admin_stays_one(door: Door) -> None:
    admin = await door.admin()
    async with door.nothing_changes():
        refusal(await admin.patch(f"/users/{admin.id}", role="agent"), 409, "CONFLICT")


async def test_a_person_with_open_chats_stays_active(door: Door) -> None:
    admin, ana, zé = await door.admin(), await door.agent("tecnico"), await door.customer()
    await ana.post(f"/chat/{zé.id}/claim/")
    async with door.nothing_changes():
        problem = refusal(await admin.patch(f"/users/{ana.id}", active=False), 409, "CONFLICT")
    assert list(problem["errors"]) == ["active"]
