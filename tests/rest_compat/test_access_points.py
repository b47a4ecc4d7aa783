"""POST /network/access-points/{id}/heartbeat/."""

from typing import Any
from uuid import UUID, uuid4

import pytest

from api.models.enums import Role, Scope
from api.resolvers.access_points import AccessPointDetails, access_points_by_id, create_access_point
from tests.rest_compat.callers import Door, refusal


async def path_of_new_point(door: Door) -> str:
    point = await create_access_point(await door.desk.admin(), AccessPointDetails("Rádio"))
    return f"/network/access-points/{point.id}/heartbeat/"


async def test_a_script_says_that_a_device_lives_and_how_it_fares(door: Door) -> None:
    path, probe = await path_of_new_point(door), await door.key(Scope.NETWORK_REPORT)
    response = await probe.call("POST", path)
    assert (response.status_code, response.json()) == (200, {"status": "online", "since": "2026-03-02T15:00:00Z"})
    told = await probe.post(path, users=37, cpu=12.5, memory=80, latency_ms=9.5)
    assert told.status_code == 200
    boss = await door.desk.admin()
    [point] = (await access_points_by_id(boss, [UUID(path.split("/")[3])])).values()
    assert (point.users, point.cpu, point.memory) == (37, 12.5, 80)
    assert point.latency is not None
    assert point.latency.total_seconds() == pytest.approx(0.009, abs=0.001)


@pytest.mark.parametrize(
    ("body", "field"),
    [({"users": -1}, "users"), ({"cpu": 101}, "cpu"), ({"latency_ms": -1}, "latency_ms"), ({"rain": 1}, "rain")],
)
async def test_what_no_device_can_mean_is_refused_by_its_field(door: Door, body: dict[str, Any], field: str) -> None:
    path, probe = await path_of_new_point(door), await door.key(Scope.NETWORK_REPORT)
    async with door.nothing_changes():
        assert list(refusal(await probe.post(path, **body), 400, "INVALID")["errors"]) == [field]


async def test_heartbeats_are_for_who_may_report(door: Door) -> None:
    path = await path_of_new_point(door)
    zé, bot = await door.customer(), await door.key(Scope.CHAT_WRITE)
    boss = await door.admin()
    refusal(await door.anybody.post(path), 401, "UNAUTHENTICATED")
    for caller in (zé, bot, await door.agent("tecnico"), await door.staff(Role.ANALYST)):
        refusal(await caller.post(path), 403, "FORBIDDEN")
    assert (await boss.post(path)).status_code == 200
    for missing in (uuid4(), "nothing"):
        refusal(await boss.post(f"/network/access-points/{missing}/heartbeat/"), 404, "NOT_FOUND")
