"""Figures by GraphQL: what is asked is read, once, and nothing else."""

from datetime import timedelta
from typing import Any

import pytest

from api.business_hours import Stretch
from api.context import Context
from api.resolvers.closings import close_chat
from api.resolvers.departments import DepartmentChange, update_department
from api.resolvers.messages import send_message
from api.schema import build_schema
from api.schema.base import Request
from tests.people import Desk
from tests.statements import statements_of

PERIOD = "$from: DateTime!, $to: DateTime!"
ASKED = "metrics(period: {from: $from, to: $to})"
EVERYTHING = f"""query({PERIOD}) {{ {ASKED} {{
  from to offered chats serviceLevel abandonment occupancy satisfaction {{ positive answers }}
  waitTime {{ ...stats }} firstResponse {{ ...stats }} handleTime {{ ...stats }}
  activeHandleTime {{ ...stats businessHours {{ n }} }} resolution {{ ...stats }}
  byDepartment {{ department {{ slug }} offered abandonment serviceLevel waitTime {{ ...stats }} handleTime {{ n }} }}
  byChannel {{ channel offered }}
  byAgent {{ agent {{ name }} handled occupancy handleTime {{ ...stats }} satisfaction {{ answers }} }}
  series(step: "PT1H") {{ at offered handled waitTime handleTime }}
  previous {{ from to offered waitTime {{ n }} }}
  legs(figure: HANDLE_TIME, first: 1) {{
    totalCount pageInfo {{ hasNextPage }}
    nodes {{ at value met score leg {{ handling department {{ slug }} }} chat {{ id }} }}
  }}
}} }}
fragment stats on DurationStats {{ mean p50 p90 n }}"""
IN_HOURS = f"""query({PERIOD}) {{ {ASKED} {{
  waitTime {{ n businessHours {{ mean n }} }} firstResponse {{ businessHours {{ n }} }}
  handleTime {{ mean businessHours {{ mean p50 p90 n businessHours {{ n }} }} }}
  resolution {{ businessHours {{ p90 }} }}
  byAgent {{ handleTime {{ businessHours {{ mean }} }} }}
  legs(figure: BUSINESS_HANDLE_TIME) {{ totalCount nodes {{ value leg {{ businessHandle }} }} }}
}} }}"""


async def answer(desk: Desk, ctx: Context, text: str, *, hours: int = 1) -> tuple[Any, int]:
    """What is answered of the last hours, and how many statements it took."""
    end = desk.clock.now + timedelta(seconds=1)
    variables = {"from": (end - timedelta(hours=hours)).isoformat(), "to": end.isoformat()}
    with statements_of(desk.db) as said:
        result = await build_schema().by_plan(text, variables, Request(ctx, desk.running), None)
    assert result is not None
    assert not result.errors
    assert result.data is not None
    return result.data["metrics"], len(said)


async def lived(desk: Desk) -> Any:
    """Two chats are attended for 60 s and 120 s by the same person."""
    ana = await desk.online("tecnico", name="Ana")
    chats = [await desk.active(ana) for _ in range(2)]
    for chat in chats:
        await send_message(ana, chat.id, body="Olá")
        desk.clock.advance(seconds=60)
        await close_chat(ana, chat.id)
    return chats


async def test_durations_are_told_in_business_hours_too(desk: Desk) -> None:
    """It is noon, and the department closes at 12:02."""
    hours = tuple(Stretch(day, 8 * 60, 12 * 60 + 2) for day in range(7))
    tecnico = await desk.department("tecnico")
    await update_department(await desk.admin(), tecnico.id, DepartmentChange(hours=hours))
    desk.clock.advance(seconds=30)
    await lived(desk)
    told, _ = await answer(desk, await desk.supervisor(), IN_HOURS)
    assert told["waitTime"] == {"n": 2, "businessHours": {"mean": "PT0S", "n": 2}}
    assert told["firstResponse"] == {"businessHours": {"n": 2}}
    # From 12:00:30 to 12:01:30, and from 12:00:30 to 12:02:30, of which half a minute was after the end.
    business = {"mean": "PT1M15S", "p50": "PT1M", "p90": "PT1M30S", "n": 2, "businessHours": None}
    assert told["handleTime"] == {"mean": "PT1M30S", "businessHours": business}
    assert told["resolution"] == {"businessHours": {"p90": "PT1M30S"}}
    assert told["byAgent"] == [{"handleTime": {"businessHours": {"mean": "PT1M15S"}}}]
    nodes = [{"value": took, "leg": {"businessHandle": took}} for took in ("PT1M", "PT1M30S")]
    assert told["legs"] == {"totalCount": 2, "nodes": nodes}


@pytest.mark.settings(presence_lease=timedelta(hours=1))
async def test_every_figure_is_told(desk: Desk) -> None:
    chats = await lived(desk)
    told, _ = await answer(desk, await desk.supervisor(), EVERYTHING)
    assert (told["offered"], told["chats"], told["serviceLevel"], told["abandonment"]) == (2, 2, 1.0, 0.0)
    assert (told["occupancy"], told["satisfaction"]) == (1.0, {"positive": None, "answers": 0})
    assert told["handleTime"] == told["resolution"] == {"mean": "PT1M30S", "p50": "PT1M", "p90": "PT2M", "n": 2}
    (department,) = told["byDepartment"]
    assert (department["department"], department["offered"], department["handleTime"]) == (
        {"slug": "tecnico"},
        2,
        {"n": 2},
    )
    (agent,) = told["byAgent"]
    assert told["activeHandleTime"]["businessHours"] is None
    assert (agent["agent"], agent["handled"], agent["occupancy"]) == ({"name": "Ana"}, 2, 1.0)
    assert agent["handleTime"] == told["handleTime"]
    assert [(point["offered"], point["handled"]) for point in told["series"]] == [(0, 0), (2, 2)]
    assert told["previous"] | {"to": None} == {
        "from": "2026-03-02T13:02:01Z",
        "to": None,
        "offered": 0,
        "waitTime": {"n": 0},
    }
    assert told["previous"]["to"] == told["from"]
    legs = told["legs"]
    assert (legs["totalCount"], legs["pageInfo"]) == (2, {"hasNextPage": True})
    assert legs["nodes"] == [
        {
            "at": "2026-03-02T15:01:00Z",
            "value": "PT1M",
            "met": None,
            "score": None,
            "leg": {"handling": "PT1M", "department": {"slug": "tecnico"}},
            "chat": {"id": str(chats[0].id)},
        }
    ]


async def test_an_analyst_reads_figures_and_no_chat(desk: Desk) -> None:
    await lived(desk)
    told, _ = await answer(desk, await desk.analyst(), EVERYTHING)
    assert told["legs"]["nodes"][0]["chat"] is None
    assert told["byAgent"][0]["agent"] == {"name": "Ana"}


@pytest.mark.parametrize(
    ("fields", "statements"),
    [
        # How far back there are rows, the departments, and the one range that the figure is.
        ("offered", 3),
        ("waitTime { mean n }", 3),
        # The same range again, in order.
        ("waitTime { mean p50 p90 n }", 5),
        # Each figure and group is read once, however many ask for it.
        ("offered abandonment byDepartment { offered abandonment }", 8),
        ("from to previous { from to }", 0),
    ],
)
async def test_only_what_is_asked_for_is_read(desk: Desk, fields: str, statements: int) -> None:
    await lived(desk)
    _, took = await answer(desk, await desk.supervisor(), f"query({PERIOD}) {{ {ASKED} {{ {fields} }} }}")
    assert took == statements


@pytest.mark.parametrize(
    ("step", "hours", "reason"),
    [
        ("PT1S", 1, "bad_step"),
        ("PT36H", 72, "bad_step"),
        ("PT1M", 17, "too_many_points"),
    ],
)
async def test_an_odd_series_is_refused(desk: Desk, step: str, hours: int, reason: str) -> None:
    rui, end = await desk.supervisor(), desk.clock.now
    text = f'query({PERIOD}) {{ {ASKED} {{ series(step: "{step}") {{ at }} }} }}'
    variables = {"from": (end - timedelta(hours=hours)).isoformat(), "to": end.isoformat()}
    result = await build_schema().by_plan(text, variables, Request(rui, desk.running), None)
    assert result is not None
    assert [getattr(error.original_error, "reason", None) for error in result.errors or ()] == [reason]
