"""Planned work that customers are told of, through the schema."""

from datetime import timedelta

from tests.network import Network
from tests.schema.conftest import Door

ERRORS = "userErrors { code message field }"
FIELDS = "id title startsAt endsAt weekly audience message"
PLAN = f"""mutation($ids: [ID!]!, $from: DateTime!, $to: DateTime!, $audience: IncidentAudience, $message: String!) {{
  scheduleMaintenance(accessPointIds: $ids, title: "Troca", startsAt: $from, endsAt: $to, audience: $audience,
    message: $message) {{ maintenance {{ {FIELDS} }} {ERRORS} }} }}"""
UPDATE = f"""mutation($id: ID!, $audience: IncidentAudience, $message: String!) {{
  updateMaintenance(id: $id, title: "Nova fibra", audience: $audience, message: $message) {{
    maintenance {{ {FIELDS} }} {ERRORS} }} }}"""
PUBLIC = "{ publicNotices { status message since expectedAt } }"
TIMES = {"from": "2026-03-04T05:00:00Z", "to": "2026-03-04T07:00:00Z"}


async def test_work_is_announced_told_to_all_mended_and_silenced_again(door: Door) -> None:
    network = await Network.of(door.desk)
    root = await network.point("Raiz")
    leaf = await network.point("Folha", parent=root)
    token = await door.token(network.boss)
    given = {"ids": [str(root.id)], "audience": "EVERYONE", "message": "Oscilações."} | TIMES
    work = (await door.ask(PLAN, token=token, **given))["scheduleMaintenance"]["maintenance"]
    assert (work["audience"], work["message"]) == ("EVERYONE", "Oscilações.")
    told = {"status": "PLANNED", "message": "Oscilações.", "since": TIMES["from"], "expectedAt": TIMES["to"]}
    assert (await door.ask(PUBLIC))["publicNotices"] == [told]
    shown = f'{{ accessPoint(id: "{leaf.id}") {{ maintenance {{ title }} upcomingMaintenance {{ {FIELDS} }} }} }}'
    assert (await door.ask(shown, token=token))["accessPoint"] == {"maintenance": [], "upcomingMaintenance": [work]}
    changed = {"id": work["id"], "audience": "EVERYONE", "message": "Sem internet."}
    answer = (await door.ask(UPDATE, token=token, **changed))["updateMaintenance"]
    assert answer == {"maintenance": work | {"title": "Nova fibra", "message": "Sem internet."}, "userErrors": []}
    opened = await door.desk.opened()
    read = f'{{ chat(id: "{opened.chat.id}") {{ notice {{ status message }} }} }}'
    door.desk.clock.now += timedelta(days=1, hours=15)
    notice = (await door.ask(read, token=opened.token))["chat"]["notice"]
    assert notice == {"status": "UNDER_WAY", "message": "Sem internet."}
    await door.ask(UPDATE, token=token, id=work["id"], audience=None, message="")
    assert (await door.ask(PUBLIC))["publicNotices"] == []


async def test_what_is_wrong_with_an_announcement_is_told_with_its_place(door: Door) -> None:
    network = await Network.of(door.desk)
    point = await network.point()
    token, ana = await door.token(network.boss), await door.token(await door.desk.agent("tecnico"))
    given = {"ids": [str(point.id)], "audience": "AFFECTED", "message": " "} | TIMES
    [error] = (await door.ask(PLAN, token=token, **given))["scheduleMaintenance"]["userErrors"]
    assert (error["code"], error["field"]) == ("REQUIRED", ["message"])
    [error] = (await door.ask(UPDATE, token=token, id="nothing", message=""))["updateMaintenance"]["userErrors"]
    assert error["code"] == "NOT_FOUND"
    [error] = (await door.ask(PLAN, token=ana, **given))["scheduleMaintenance"]["userErrors"]
    assert error["code"] == "FORBIDDEN"
