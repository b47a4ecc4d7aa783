"""The team through the door: as it is at once, then as it moves, for as long as one may see it."""

from typing import Any

import pytest

from api.models.enums import Availability, Role
from api.resolvers.claims import claim_chat
from api.resolvers.messages import send_message
from api.resolvers.presence import set_availability
from api.resolvers.users import UserChange, update_user
from api.subscriptions import team
from tests.people import person
from tests.schema.conftest import Door, Socket
from tests.schema.test_sharing import error_of, until

FIELDS = """members { user { name capacity presence { status chosen reason present } departments { name } } load tickets
  chats { customerName awaiting department { name } } }"""
FOLLOW = f"subscription {{ team {{ at {FIELDS} }} }}"
ASK = f"{{ team {{ {FIELDS} }} }}"


async def shown(socket: Socket) -> dict[str, Any]:
    """The next look at the team, by name."""
    frame = await socket.of("1")
    assert frame["type"] == "next", frame
    assert "errors" not in frame["payload"], frame
    return {member["user"]["name"]: member for member in frame["payload"]["data"]["team"]["members"]}


async def test_the_team_is_shown_at_once_and_then_as_it_moves(door: Door) -> None:
    desk = door.desk
    rui, ana = await desk.supervisor(name="Rui"), await desk.online("tecnico", name="Ana")
    chat = await desk.waiting(name="José")
    async with door.socket(await door.token(rui)) as socket:
        await socket.subscribe("1", FOLLOW)
        member = (await shown(socket))["Ana"]
        assert member["user"]["departments"] == [{"name": "Técnico"}]
        assert (member["load"], member["chats"]) == (0, [])
        await claim_chat(ana, chat.id)
        member = (await shown(socket))["Ana"]
        held = {"customerName": "José", "awaiting": "AGENT", "department": {"name": "Técnico"}}
        assert (member["load"], member["chats"]) == (1, [held])
        await send_message(ana, chat.id, body="Bom dia")
        assert (await shown(socket))["Ana"]["chats"] == [held | {"awaiting": "CUSTOMER"}]
        await set_availability(rui, Availability.PAUSED, "Almoço", user_id=person(ana).user_id)
        presence = (await shown(socket))["Ana"]["user"]["presence"]
        assert presence == {"status": "PAUSED", "chosen": "PAUSED", "reason": "Almoço", "present": True}


async def test_who_comes_and_who_goes_is_shown_though_no_event_tells(
    door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(team, "BEAT", 0.1)
    async with door.socket(await door.token(await door.desk.supervisor(name="Rui"))) as socket:
        await socket.subscribe("1", FOLLOW)
        assert set(await shown(socket)) == {"Rui"}
        await door.desk.agent("tecnico", name="Ana")
        assert "Ana" in await shown(socket)


async def test_the_same_is_answered_to_who_asks_once_and_refused_to_who_may_not(door: Door) -> None:
    ana = await door.desk.agent("tecnico", name="Ana")
    answer = await door.ask(ASK, token=await door.token(await door.desk.supervisor(name="Rui")))
    assert [member["user"]["name"] for member in answer["team"]["members"]] == ["Ana", "Rui"]
    refused = (await door.post(ASK, token=await door.token(ana))).json()
    assert refused["errors"][0]["extensions"]["code"] == "FORBIDDEN"
    async with door.socket(await door.token(ana)) as socket:
        await socket.subscribe("1", FOLLOW)
        assert await error_of(socket) == "FORBIDDEN"


async def test_who_loses_the_right_is_cut_off_and_nothing_is_left(door: Door) -> None:
    boss, rui = await door.desk.admin(), await door.desk.supervisor()
    async with door.socket(await door.token(rui)) as socket:
        await socket.subscribe("1", FOLLOW)
        await shown(socket)
        assert door.desk.running.hub.feeds > 1
        await update_user(boss, person(rui).user_id, UserChange(role=Role.AGENT))
        assert await error_of(socket) == "FORBIDDEN"
        await until(lambda: door.desk.running.hub.feeds == 0)


async def test_leaving_stops_to_listen(door: Door) -> None:
    async with door.socket(await door.token(await door.desk.supervisor())) as socket:
        await socket.subscribe("1", FOLLOW)
        await shown(socket)
    await until(lambda: door.desk.running.hub.feeds == 0)
