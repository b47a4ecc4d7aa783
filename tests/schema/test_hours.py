"""Business hours by GraphQL: what a visitor needs and no more, what is edited, and what a leg took."""

from datetime import timedelta

from api.business_hours import Stretch
from api.resolvers.claims import claim_chat
from api.resolvers.departments import DepartmentChange, update_department
from tests.schema.conftest import Door

SEEN = """{ departments { slug openNow opensAt opensInWords whenClosed outOfHoursMessage
  hours { weekday opens closes } } }"""
UPDATE = """mutation($d: ID!, $i: DepartmentInput!) { updateDepartment(id: $d, input: $i) {
  department { openNow hours { weekday opens closes } } userErrors { code field message } } }"""
NATIONAL = """mutation($o: Boolean!) { addNationalHolidays(year: 2026, optional: $o) {
  holidays { id day name department { slug } } userErrors { code } } }"""
CREATE = """mutation($i: HolidayInput!) { createHoliday(input: $i) {
  holiday { day department { slug } } userErrors { code field } } }"""
LIST = "{ holidays(year: 2026) { id day name } }"
DELETE = "mutation($id: ID!) { deleteHoliday(id: $id) { done userErrors { code } } }"
OPEN = """mutation($i: OpenChatInput!) { openChat(input: $i) {
  chat { kind status } userErrors { code field message } } }"""
LEGS = "query($c: ID!) { chat(id: $c) { legs { waiting businessWait handling businessHandle } } }"
TUESDAY = {"weekday": "TUESDAY", "opens": "08:00", "closes": "24:00"}


async def test_a_visitor_sees_when_a_department_opens_and_not_its_week(door: Door) -> None:
    desk = door.desk
    boss = await door.token(await desk.admin())
    tecnico = str((await desk.department("tecnico")).id)
    given = {"hours": [TUESDAY], "whenClosed": "TICKET", "outOfHoursMessage": "Até amanhã."}
    answer = (await door.ask(UPDATE, token=boss, d=tecnico, i=given))["updateDepartment"]
    assert answer == {"department": {"openNow": False, "hours": [TUESDAY]}, "userErrors": []}
    comercial, seen, _ = (await door.ask(SEEN))["departments"]
    assert seen == {
        "slug": "tecnico",
        "openNow": False,
        "opensAt": "2026-03-03T11:00:00Z",
        "opensInWords": "amanhã às 08:00",
        "whenClosed": "TICKET",
        "outOfHoursMessage": "Até amanhã.",
        "hours": None,
    }
    assert (comercial["openNow"], comercial["opensAt"], comercial["opensInWords"]) == (True, None, None)


async def test_hours_that_cannot_be_are_told_with_their_place(door: Door) -> None:
    boss = await door.token(await door.desk.admin())
    tecnico = str((await door.desk.department("tecnico")).id)
    for opens, closes in (("8:00", "18:00"), ("08:00", "24:01"), ("25:00", "26:00"), ("18:00", "08:00")):
        given = {"hours": [{"weekday": "MONDAY", "opens": opens, "closes": closes}]}
        async with door.desk.nothing_changes():
            answer = (await door.ask(UPDATE, token=boss, d=tecnico, i=given))["updateDepartment"]
        assert [(it["code"], it["field"]) for it in answer["userErrors"]] == [("INVALID", ["input", "hours"])]


async def test_out_of_hours_a_visitor_is_refused_and_leaves_a_ticket(door: Door) -> None:
    desk = door.desk
    boss = await door.token(await desk.admin())
    tecnico = str((await desk.department("tecnico")).id)
    await door.ask(UPDATE, token=boss, d=tecnico, i={"hours": [TUESDAY], "whenClosed": "TICKET"})
    given = {"name": "Zé", "departmentId": tecnico, "message": "Oi", "cpf": "529.982.247-25"}
    async with desk.nothing_changes():
        refused = (await door.ask(OPEN, i=given))["openChat"]
    assert refused["chat"] is None
    assert refused["userErrors"] == [
        {
            "code": "DEPARTMENT_CLOSED",
            "field": ["input", "departmentId"],
            "message": "Este setor está fechado e abre amanhã às 08:00. Deixe um chamado, ou volte depois.",
        }
    ]
    left = (await door.ask(OPEN, i=given | {"ticket": True, "email": "ze@example.com"}))["openChat"]
    assert left == {"chat": {"kind": "TICKET", "status": "WAITING"}, "userErrors": []}


async def test_holidays_are_added_listed_and_removed_by_who_may(door: Door) -> None:
    boss = await door.token(await door.desk.admin())
    tecnico = str((await door.desk.department("tecnico")).id)
    added = (await door.ask(NATIONAL, token=boss, o=False))["addNationalHolidays"]["holidays"]
    assert (len(added), added[0]["day"], added[0]["department"]) == (10, "2026-01-01", None)
    own = {"day": "2026-01-25", "name": "Aniversário", "departmentId": tecnico}
    created = (await door.ask(CREATE, token=boss, i=own))["createHoliday"]["holiday"]
    assert created == {"day": "2026-01-25", "department": {"slug": "tecnico"}}
    again = (await door.ask(CREATE, token=boss, i=own))["createHoliday"]
    assert again["userErrors"] == [{"code": "CONFLICT", "field": ["input", "day"]}]
    listed = (await door.ask(LIST, token=boss))["holidays"]
    assert [it["day"] for it in listed[:3]] == ["2026-01-01", "2026-01-25", "2026-04-03"]
    assert (await door.ask(DELETE, token=boss, id=listed[1]["id"]))["deleteHoliday"]["done"] is True
    assert len((await door.ask(LIST, token=boss))["holidays"]) == 10


async def test_a_leg_tells_its_business_time_beside_the_time_on_the_clock(door: Door) -> None:
    desk = door.desk
    ana, boss = await desk.agent("tecnico"), await desk.admin()
    tecnico = await desk.department("tecnico")
    await update_department(boss, tecnico.id, DepartmentChange(hours=(Stretch(0, 480, 750),)))
    chat = await desk.waiting()
    desk.clock.now += timedelta(hours=2)
    await claim_chat(ana, chat.id)
    (leg,) = (await door.ask(LEGS, token=await door.token(ana), c=str(chat.id)))["chat"]["legs"]
    assert leg == {"waiting": "PT2H", "businessWait": "PT30M", "handling": "PT0S", "businessHandle": None}
