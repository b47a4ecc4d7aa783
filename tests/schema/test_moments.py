"""Moments at the edges of the calendar: refused as what they are, and never a fault of ours."""

from tests.schema.conftest import Door

PLAN = """mutation($ids: [ID!]!, $from: DateTime!, $to: DateTime!, $weeks: Int!) {
  scheduleMaintenance(accessPointIds: $ids, title: "Troca", startsAt: $from, endsAt: $to, weeks: $weeks) {
    maintenance { startsAt } userErrors { code field } } }"""
CREATE = 'mutation { createAccessPoint(input: {name: "Torre"}) { accessPoint { id } } }'
CHATS = "query($t: DateTime!) { chats(filter: {dueBefore: $t}) { totalCount } }"


async def test_a_moment_that_is_none_in_utc_is_refused(door: Door) -> None:
    token = await door.token(await door.desk.admin())
    for moment in ("0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"):
        answer = (await door.post(CHATS, token=token, t=moment)).json()
        assert [error["extensions"]["code"] for error in answer["errors"]] == ["INVALID"], moment


async def test_work_at_the_end_of_the_calendar_is_planned_or_refused(door: Door) -> None:
    token = await door.token(await door.desk.admin())
    id = (await door.ask(CREATE, token=token))["createAccessPoint"]["accessPoint"]["id"]
    planned = {"ids": [id], "from": "9999-12-31T10:00:00Z", "to": "9999-12-31T11:00:00Z"}
    answer = await door.ask(PLAN, token=token, weeks=10, **planned)
    assert answer["scheduleMaintenance"]["userErrors"] == [{"code": "INVALID", "field": ["startsAt"]}]
