"""GET /dashboard/metrics/."""

import csv
import io
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from api.models.enums import Role, Scope
from api.resolvers.departments import DepartmentChange, update_department
from api.resolvers.metrics import get_metrics
from api.resolvers.presence import renew_presence
from rest_compat.fields import EXAMPLE_USER
from rest_compat.spreadsheet import lines_of
from tests.rest_compat.callers import Door, refusal


async def lived_day(door: Door) -> None:
    """One chat is attended after 60 s for 252 s, one is abandoned after 90 s, one waits."""
    ana = await door.agent("tecnico", "comercial")
    await ana.post("/agent/status/", status="online")
    zé, eva = await door.customer(), await door.customer(department="comercial", channel="widget")
    door.desk.clock.advance(seconds=60)
    await ana.post(f"/chat/{zé.id}/claim/")
    await ana.post(f"/chat/{zé.id}/message/", text="Olá")
    door.desk.clock.advance(seconds=30)
    await eva.post(f"/chat/{eva.id}/end/")
    door.desk.clock.advance(seconds=222)
    await ana.post(f"/chat/{zé.id}/end/")
    await renew_presence(door.desk.system, [UUID(ana.id)])
    await door.customer()


async def test_get_metrics_tells_today_by_default(door: Door) -> None:
    await lived_day(door)
    response = await (await door.staff(Role.ANALYST)).get("/dashboard/metrics/")
    assert response.status_code == 200
    figures = response.json()
    volume = figures.pop("volume")
    # The lease of 45 s was renewed only at the end: online until 45 s, and the claim was at 60 s.
    occupied = 0.0
    assert figures == {
        "period": {"from": "2026-03-02T03:00:00Z", "to": "2026-03-03T03:00:00Z"},
        "department": None,
        "tma_seconds": 252,
        "tme_seconds": 60,
        "tma": "00:04:12",
        "tme": "00:01:00",
        "wait_time": {"mean": 60, "p50": 60, "p90": 60, "n": 1},
        "handle_time": {"mean": 252, "p50": 252, "p90": 252, "n": 1},
        "service_level": 0.5,
        "abandonment_rate": pytest.approx(1 / 3),
        "waiting_now": 1,
        "active_now": 0,
        "agents_online": 1,
        "agents_paused": 0,
        "first_response": {"mean": 60, "p50": 60, "p90": 60, "n": 1},
        # The customer's silence after the answer counts for four minutes.
        "active_handle_time": {"mean": 240, "p50": 240, "p90": 240, "n": 1},
        "resolution": {"mean": 312, "p50": 312, "p90": 312, "n": 1},
        "business_hours": {
            "wait_time": {"mean": 60, "p50": 60, "p90": 60, "n": 1},
            "first_response": {"mean": 60, "p50": 60, "p90": 60, "n": 1},
            "handle_time": {"mean": 252, "p50": 252, "p90": 252, "n": 1},
            "resolution": {"mean": 312, "p50": 312, "p90": 312, "n": 1},
        },
        "occupancy": pytest.approx(occupied, abs=0.001),
        "csat": None,
        "csat_answers": 0,
    }
    assert (volume["offered"], volume["chats"]) == (3, 3)
    assert volume["by_channel"] == {"api": 2, "widget": 1}
    assert volume["by_hour"] == [{"at": "2026-03-02T15:00:00Z", "offered": 3}]
    assert sorted(volume["by_department"], key=lambda row: row["department"]) == [
        {
            "department": "comercial",
            "name": "Comercial",
            "offered": 1,
            "tme_seconds": None,
            "tma_seconds": None,
            "abandonment_rate": 1.0,
        },
        {
            "department": "tecnico",
            "name": "Técnico",
            "offered": 2,
            "tme_seconds": 60,
            "tma_seconds": 252,
            "abandonment_rate": 0.0,
        },
    ]


async def test_without_cases_a_value_is_null_and_never_zero(door: Door) -> None:
    figures = (await (await door.admin()).get("/dashboard/metrics/", to="2026-03-01", **{"from": "2026-03-01"})).json()
    assert [figures[name] for name in ("tma", "tme", "tma_seconds", "tme_seconds", "service_level")] == [None] * 5
    assert figures["volume"]["offered"] == 0


async def test_get_metrics_is_about_the_department_asked_for(door: Door) -> None:
    await lived_day(door)
    admin = await door.admin("tecnico")
    comercial = (await admin.get("/dashboard/metrics/", department="comercial")).json()
    assert (comercial["department"], comercial["volume"]["offered"], comercial["waiting_now"]) == ("comercial", 1, 0)
    administrativo = (await admin.get("/dashboard/metrics/", department="administrativo")).json()
    assert administrativo["agents_online"] == 0
    refusal(await admin.get("/dashboard/metrics/", department="vendas"), 404, "NOT_FOUND")


async def test_the_numbers_are_those_of_the_use_case(door: Door) -> None:
    await lived_day(door)
    start = datetime(2026, 3, 2, 3, tzinfo=UTC)
    same = await get_metrics(await door.desk.admin(), start, start + timedelta(days=1))
    figures = (await (await door.key(Scope.METRICS_READ)).get("/dashboard/metrics/")).json()
    assert (figures["volume"]["offered"], figures["service_level"]) == (same.offered, same.service_level)


@pytest.mark.parametrize(
    ("given", "start", "end"),
    [
        ({"from": "2026-03-01"}, "2026-03-01T03:00:00Z", "2026-03-03T03:00:00Z"),
        ({"to": "2026-02-10"}, "2026-02-10T03:00:00Z", "2026-02-11T03:00:00Z"),
        ({"from": "2026-02-01", "to": "2026-02-28"}, "2026-02-01T03:00:00Z", "2026-03-01T03:00:00Z"),
        ({"from": "2026-03-02T12:00:00Z"}, "2026-03-02T12:00:00Z", "2026-03-03T03:00:00Z"),
        ({"from": "2026-03-02T09:00", "to": "2026-03-02T10:00-03:00"}, "2026-03-02T12:00:00Z", "2026-03-02T13:00:00Z"),
    ],
)
async def test_a_period_is_dates_or_times(door: Door, given: dict[str, str], start: str, end: str) -> None:
    figures = (await (await door.admin()).get("/dashboard/metrics/", **given)).json()
    assert figures["period"] == {"from": start, "to": end}


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"from": "yesterday"}, "from"),
        ({"to": ""}, "to"),
        ({"from": "2026-02-30"}, "from"),
        ({"to": "9999-12-31"}, "to"),
        ({"to": "20260302"}, "to"),
        ({"from": "2026-03-02T25:00:00Z"}, "from"),
        ({"from": "2026-03-02", "to": "2026-03-01"}, "from"),
        ({"since": "2026-03-02"}, "since"),
    ],
)
async def test_an_odd_period_is_refused(door: Door, given: dict[str, str], field: str) -> None:
    problem = refusal(await (await door.admin()).get("/dashboard/metrics/", **given), 400, "INVALID")
    assert list(problem["errors"]) == [field]


async def test_figures_are_not_for_everybody(door: Door) -> None:
    refusal(await door.anybody.get("/dashboard/metrics/"), 401, "UNAUTHENTICATED")
    for caller in (await door.agent("tecnico"), await door.customer(), await door.key(Scope.CHAT_WRITE)):
        refusal(await caller.get("/dashboard/metrics/"), 403, "FORBIDDEN")


async def test_figures_are_about_the_channel_and_the_agent_asked_for(door: Door) -> None:
    await lived_day(door)
    admin = await door.admin()
    widget = (await admin.get("/dashboard/metrics/", channel="widget")).json()
    assert (widget["volume"]["offered"], widget["abandonment_rate"], widget["tme"]) == (1, 1.0, None)
    nobody = (await admin.get("/dashboard/metrics/", agent=EXAMPLE_USER)).json()
    assert (nobody["volume"]["offered"], nobody["tma"]) == (0, None)


async def test_a_period_has_an_end(door: Door) -> None:
    admin = await door.admin()
    given = {"from": "2025-01-01", "to": "2026-02-05"}
    problem = refusal(await admin.get("/dashboard/metrics/", **given), 400, "INVALID")
    assert list(problem["errors"]) == ["from"]
    assert (await admin.get("/dashboard/metrics/", to="2026-02-04", **{"from": "2025-01-01"})).status_code == 200


async def table(door: Door, **given: str) -> list[list[str]]:
    """The lines of the table, as a spreadsheet reads them."""
    response = await (await door.staff(Role.ANALYST)).get("/dashboard/metrics.csv", **given)
    assert response.status_code == 200
    assert response.headers["content-type"] == "text/csv; charset=utf-8"
    assert response.headers["content-disposition"] == 'attachment; filename="metrics.csv"'
    return list(csv.reader(io.StringIO(response.text)))


COLUMNS = [
    "name",
    "offered",
    "handled",
    "tme_seconds",
    "tma_seconds",
    "service_level",
    "abandonment_rate",
    "occupancy",
    "csat",
    "csat_answers",
    "tme_business_seconds",
    "tma_business_seconds",
]


async def test_a_table_has_a_line_for_each_department_agent_or_day(door: Door) -> None:
    await lived_day(door)
    assert await table(door) == [
        COLUMNS,
        ["Comercial", "1", "0", "", "", "0.0", "1.0", "", "", "0", "", ""],
        ["Técnico", "2", "1", "60", "252", "1.0", "0.0", "", "", "0", "60", "252"],
    ]
    (agent,) = [line for line in (await table(door, by="agent"))[1:] if line[2] == "1"]
    assert agent[1:5] == ["1", "1", "60", "252"]
    assert await table(door, by="day", to="2026-03-02", **{"from": "2026-03-01"}) == [
        COLUMNS,
        ["2026-03-01", "0", "0", "", "", "", "", "", "", "", "", ""],
        ["2026-03-02", "3", "1", "60", "252", "", "", "", "", "", "60", "252"],
    ]


async def test_a_table_without_lines_has_its_head(door: Door) -> None:
    assert await table(door) == [COLUMNS]


async def test_a_spreadsheet_carries_nothing_out(door: Door) -> None:
    name = '=HYPERLINK("http://evil.example","Técnico")'
    tecnico = await door.desk.department("tecnico")
    await update_department(await door.desk.admin(), tecnico.id, DepartmentChange(name=name))
    await door.customer()
    assert (await table(door))[1][0] == f"'{name}"


@pytest.mark.parametrize("start", list("=+-@\t\r"))
def test_text_that_begins_like_a_formula_begins_with_an_apostrophe(start: str) -> None:
    (_, (cell, number)) = csv.reader(io.StringIO(lines_of(["a", "b"], [{"a": f"{start}1+1", "b": -1}]), newline=""))
    assert (cell, number) == (f"'{start}1+1", "-1")


async def test_tables_are_not_for_everybody(door: Door) -> None:
    refusal(await door.anybody.get("/dashboard/metrics.csv"), 401, "UNAUTHENTICATED")
    refusal(await (await door.agent("tecnico")).get("/dashboard/metrics.csv"), 403, "FORBIDDEN")
    assert (await (await door.key(Scope.METRICS_READ)).get("/dashboard/metrics.csv/", by="agent")).status_code == 200
