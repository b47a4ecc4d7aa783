"""The network by GraphQL."""

from typing import Any

from tests.network import Network
from tests.schema.conftest import Door

ERRORS = "userErrors { code message field }"
FIELDS = """id name location address status since flapping lastSeenAt latency load { users cpu memory at }
  check { kind port path tls interval timeout failAfter recoverAfter slowAbove } parent { name } children { name }
  maintenance { title } outages { totalCount nodes { startedAt endedAt duration reason accessPoint { name } } }"""
CREATE = f"mutation($i: AccessPointInput!) {{ createAccessPoint(input: $i) {{ accessPoint {{ {FIELDS} }} {ERRORS} }} }}"
UPDATE = f"""mutation($id: ID!, $i: AccessPointInput!) {{
  updateAccessPoint(id: $id, input: $i) {{ accessPoint {{ name check {{ kind }} }} {ERRORS} }} }}"""
REPORT = f"""mutation($id: ID!, $t: TelemetryInput!) {{
  reportAccessPoint(id: $id, telemetry: $t) {{ accessPoint {{ status load {{ users }} }} {ERRORS} }} }}"""
PLAN = f"""mutation($ids: [ID!]!, $from: DateTime!, $to: DateTime!) {{
  scheduleMaintenance(accessPointIds: $ids, title: "Troca", startsAt: $from, endsAt: $to) {{
    maintenance {{ id title }} {ERRORS} }} }}"""
CANCEL = f"mutation($id: ID!) {{ cancelMaintenance(id: $id) {{ done {ERRORS} }} }}"
DELETE = f"mutation($id: ID!) {{ deleteAccessPoint(id: $id) {{ done {ERRORS} }} }}"
SUMMARY = "{ networkSummary { total online degraded offline maintenance unknown } }"


async def test_a_point_is_written_down_heard_from_and_forgotten(door: Door) -> None:
    token = await door.token(await door.desk.admin())
    made = (await door.ask(CREATE, token=token, i={"name": "Rádio Norte"}))["createAccessPoint"]
    assert made["userErrors"] == []
    point = made["accessPoint"]
    assert point["check"] == {
        "kind": "HEARTBEAT",
        "port": None,
        "path": None,
        "tls": False,
        "interval": "PT1M",
        "timeout": "PT5S",
        "failAfter": 3,
        "recoverAfter": 2,
        "slowAbove": None,
    }
    assert (point["status"], point["load"], point["outages"]["totalCount"]) == ("UNKNOWN", None, 0)
    child = {"name": "Cliente", "parentId": point["id"]}
    (await door.ask(CREATE, token=token, i=child))["createAccessPoint"]
    told = await door.ask(REPORT, token=token, id=point["id"], t={"users": 12})
    assert told["reportAccessPoint"]["accessPoint"] == {"status": "ONLINE", "load": {"users": 12}}
    seen = (await door.ask(f'{{ accessPoint(id: "{point["id"]}") {{ {FIELDS} }} }}', token=token))["accessPoint"]
    assert (seen["children"], seen["lastSeenAt"]) == ([{"name": "Cliente"}], "2026-03-02T15:00:00Z")
    [node] = (await door.ask('{ accessPoints(search: "cli") { nodes { parent { name } } } }', token=token))[
        "accessPoints"
    ]["nodes"]
    assert node == {"parent": {"name": "Rádio Norte"}}
    assert (await door.ask(SUMMARY, token=token))["networkSummary"] == {
        "total": 2,
        "online": 1,
        "degraded": 0,
        "offline": 0,
        "maintenance": 0,
        "unknown": 1,
    }
    changed = await door.ask(UPDATE, token=token, id=point["id"], i={"name": "Rádio Sul"})
    assert changed["updateAccessPoint"]["accessPoint"] == {"name": "Rádio Sul", "check": {"kind": "HEARTBEAT"}}
    refused = (await door.ask(DELETE, token=token, id=point["id"]))["deleteAccessPoint"]
    assert [error["code"] for error in refused["userErrors"]] == ["CONFLICT"]


async def test_what_is_wrong_is_told_with_its_place(door: Door) -> None:
    token = await door.token(await door.desk.admin())
    given = {"name": "", "check": {"kind": "TCP", "interval": "PT1S"}}
    errors = (await door.ask(CREATE, token=token, i=given))["createAccessPoint"]["userErrors"]
    assert [error["field"][-1] for error in errors] == ["name", "address", "interval", "timeout", "port"]
    loopback = {"name": "Eu", "address": "127.0.0.1", "check": {"kind": "TCP", "port": 22}}
    [error] = (await door.ask(CREATE, token=token, i=loopback))["createAccessPoint"]["userErrors"]
    assert (error["code"], error["field"]) == ("INVALID", ["input", "address"])
    for query in (UPDATE, DELETE, CANCEL, REPORT):
        answer = await door.ask(query, token=token, id="nothing", i={"name": "T"}, t={})
        assert [error["code"] for payload in answer.values() for error in payload["userErrors"]] == ["NOT_FOUND"]
    assert (await door.ask('{ accessPoint(id: "nothing") { id } }', token=token))["accessPoint"] is None


async def test_agents_look_at_the_network_and_change_nothing(door: Door) -> None:
    ana = await door.token(await door.desk.agent("tecnico"))
    assert (await door.ask(SUMMARY, token=ana))["networkSummary"]["total"] == 0
    [error] = (await door.ask(CREATE, token=ana, i={"name": "T"}))["createAccessPoint"]["userErrors"]
    assert error["code"] == "FORBIDDEN"


async def test_planned_work_over_a_point_is_shown_and_taken_back(door: Door) -> None:
    network = await Network.of(door.desk)
    point = await network.point()
    token = await door.token(network.boss)
    times = {"from": "2026-03-02T15:00:00Z", "to": "2026-03-02T16:00:00Z"}
    planned = (await door.ask(PLAN, token=token, ids=[str(point.id)], **times))["scheduleMaintenance"]["maintenance"]
    assert await network.status(point) == "MAINTENANCE"
    assert (await door.ask(CANCEL, token=token, id=planned["id"]))["cancelMaintenance"]["done"] is True
    assert await network.status(point) == "UNKNOWN"
    backwards = {"from": times["to"], "to": times["from"]}
    [error] = (await door.ask(PLAN, token=token, ids=[str(point.id)], **backwards))["scheduleMaintenance"]["userErrors"]
    assert error["field"] == ["endsAt"]


async def test_the_past_of_a_point(door: Door) -> None:
    network = await Network.of(door.desk)
    point = await network.point()
    await network.round(3)
    network.prober.down.add("Torre")
    await network.round(4)
    query = f"""{{ accessPoint(id: "{point.id}") {{
      availability(period: {{from: "2026-03-02T15:00:00Z", to: "2026-03-02T16:00:00Z"}})
      samples(period: {{from: "2026-03-02T15:00:00Z", to: "2026-03-02T16:00:00Z"}}, points: 1) {{
        at up latency loss users cpu memory }}
      outages {{ nodes {{ reason duration accessPoint {{ name }} }} }} }} }}"""
    seen = (await door.ask(query, token=await door.token(network.boss)))["accessPoint"]
    assert seen["availability"] == 5 / 6
    [sample] = seen["samples"]
    assert (sample["up"], sample["latency"], sample["loss"]) == (False, "PT0.02S", 1 - 3 / 7)
    assert seen["outages"]["nodes"] == [{"reason": "timeout", "duration": None, "accessPoint": {"name": "Torre"}}]


EVENTS = """subscription($after: Cursor) { networkEvents(after: $after) { cursor at event { __typename
  ... on AccessPointChanged { accessPoint { name status } previous }
  ... on AccessPointDeleted { accessPointId }
  ... on OutageOpened { outage { reason accessPoint { name } } }
  ... on OutageEnded { outage { duration } } } } }"""


async def test_what_happens_is_told_live_and_again_after_a_cursor(door: Door) -> None:
    network = await Network.of(door.desk)
    point = await network.point(fail_after=1)
    token = await door.token(await door.desk.agent("tecnico"))
    cursor = (await door.ask("{ networkCursor }", token=token))["networkCursor"]

    async def heard(socket: Any, id: str, count: int) -> list[Any]:
        return [(await socket.of(id))["payload"]["data"]["networkEvents"]["event"] for _ in range(count)]

    async with door.socket(token) as socket:
        await socket.subscribe("live", EVENTS, after=cursor)
        network.prober.down.add("Torre")
        await network.round()
        told = await heard(socket, "live", 2)
        assert told == [
            {
                "__typename": "AccessPointChanged",
                "accessPoint": {"name": "Torre", "status": "OFFLINE"},
                "previous": "UNKNOWN",
            },
            {"__typename": "OutageOpened", "outage": {"reason": "timeout", "accessPoint": {"name": "Torre"}}},
        ]
        await socket.subscribe("again", EVENTS, after=cursor)
        assert await heard(socket, "again", 2) == told
        await door.ask(DELETE, token=await door.token(network.boss), id=str(point.id))
        gone = {"__typename": "AccessPointDeleted", "accessPointId": str(point.id)}
        assert [await heard(socket, id, 1) for id in ("live", "again")] == [[gone], [gone]]


async def test_who_may_not_look_at_the_network_hears_nothing_of_it(door: Door) -> None:
    async with door.socket(await door.token(await door.desk.analyst())) as socket:
        await socket.subscribe("no", EVENTS)
        frame = await socket.of("no")
        assert (frame["type"], frame["payload"][0]["extensions"]["code"]) == ("error", "FORBIDDEN")
