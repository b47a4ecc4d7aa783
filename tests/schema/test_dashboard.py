"""The dashboard through the door: one computation and one execution for all who look, and rights of each one's own."""

import asyncio
import itertools
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import pytest

from api.context import Context
from api.models.enums import Permission, Role, Scope
from api.resolvers.api_keys import create_api_key, revoke_api_key
from api.resolvers.claims import claim_chat
from api.resolvers.closings import close_chat
from api.resolvers.sessions import sign_out
from api.resolvers.users import UserChange, update_user
from api.subscriptions import board
from tests.people import person
from tests.schema.conftest import Door, Socket
from tests.schema.test_sharing import error_of, executions, until

__all__ = ["executions"]

FIELDS = """waiting active agentsOnline agentsPaused oldestWait at
  today { offered chats waitTime { mean n } byDepartment { department { name } offered } } yesterday { offered }
  traffic { hour offered yesterday }
  departments { department { name } waiting oldestWait active agentsOnline }
  system { version startedAt processes subscribers lag
    database { ok latency detail } broker { ok latency detail } }"""
FOLLOW = f"subscription {{ dashboard {{ {FIELDS} }} }}"
ASK = f"{{ dashboard {{ {FIELDS} }} }}"


@asynccontextmanager
async def looking(door: Door, *people: Context, tokens: tuple[str, ...] = (), each: int = 1) -> AsyncIterator[Any]:
    """Connections with so many dashboards each, once all have been shown something."""
    async with AsyncExitStack() as stack:
        given = [*[await door.token(who) for who in people], *tokens]
        opened = [await stack.enter_async_context(door.socket(token)) for token in given]
        for socket in opened:
            for id in range(1, each + 1):
                await socket.subscribe(str(id), FOLLOW)
        for socket in opened:
            for id in range(1, each + 1):
                await shown(socket, str(id))
        yield opened


async def shown(socket: Socket, id: str = "1") -> dict[str, Any]:
    """The next snapshot."""
    frame = await socket.of(id)
    assert frame["type"] == "next", frame
    assert "errors" not in frame["payload"], frame
    return frame["payload"]["data"]["dashboard"]


async def when(socket: Socket, **so: int) -> dict[str, Any]:
    """The first snapshot that shows this."""
    while not (seen := await shown(socket)).items() >= so.items():
        continue
    return seen


async def test_a_chat_is_shown_when_it_comes_when_it_is_claimed_and_when_it_ends(door: Door) -> None:
    ana = await door.desk.online("tecnico")
    async with looking(door, await door.desk.supervisor()) as (socket,):
        chat = await door.desk.waiting()
        seen = await when(socket, waiting=1, active=0)
        assert (seen["oldestWait"], seen["agentsOnline"]) == ("PT0S", 1)
        assert {"department": {"name": "Técnico"}, "waiting": 1, "oldestWait": "PT0S", "active": 0,
                "agentsOnline": 1} in seen["departments"]  # fmt: skip
        door.desk.clock.advance(seconds=40)
        await claim_chat(ana, chat.id)
        seen = await when(socket, waiting=0, active=1)
        assert seen["oldestWait"] is None
        await close_chat(ana, chat.id)
        seen = await when(socket, waiting=0, active=0)
    assert (seen["today"]["offered"], seen["today"]["chats"], seen["yesterday"]["offered"]) == (1, 1, 0)
    assert seen["today"]["byDepartment"] == [{"department": {"name": "Técnico"}, "offered": 1}]
    assert seen["traffic"][-1] == {"hour": 12, "offered": 1, "yesterday": 0}


async def test_two_hundred_dashboards_cost_one_reading_and_one_execution_a_second(
    door: Door, executions: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    read, readings = board.read_desk, list[float]()

    async def counted(ctx: Context) -> Any:
        readings.append(asyncio.get_running_loop().time())
        return await read(ctx)

    monkeypatch.setattr(board, "read_desk", counted)
    bosses = [await door.desk.admin() for _ in range(5)]
    async with looking(door, *bosses, each=40) as opened:
        assert door.desk.running.groups.count == 1
        executions.clear()
        readings.clear()
        began = asyncio.get_running_loop().time()
        while asyncio.get_running_loop().time() - began < 3:
            await door.desk.waiting()
        seconds = asyncio.get_running_loop().time() - began
        computed, executed = len(readings), len(executions)
        await door.desk.waiting()
        waiting = (await read(door.desk.system)).waiting
        for socket in opened:
            for id in range(1, 41):
                while (await shown(socket, str(id)))["waiting"] != waiting:
                    continue
    assert 1 <= computed <= seconds + 1
    assert 1 <= executed <= seconds + 1
    assert min(later - earlier for earlier, later in itertools.pairwise(readings)) >= board.PACE * 0.95


async def test_the_same_is_answered_to_who_asks_once(door: Door) -> None:
    token = await door.token(await door.desk.analyst())
    await door.desk.waiting()
    answer = (await door.ask(ASK, token=token))["dashboard"]
    assert (answer["waiting"], answer["active"], answer["today"]["offered"]) == (1, 0, 1)
    assert answer["system"]["database"]["ok"]
    assert answer["system"]["processes"] == 1


async def test_a_key_for_figures_may_follow_and_nobody_else_without_the_right(door: Door) -> None:
    key = await create_api_key(await door.desk.admin(), name="Painel", scopes=[Scope.METRICS_READ])
    async with looking(door, tokens=(key.secret,)):
        pass
    ana = await door.desk.agent("tecnico")
    async with door.socket(await door.token(ana)) as socket:
        await socket.subscribe("1", FOLLOW)
        assert await error_of(socket) == "FORBIDDEN"
    async with door.socket() as socket:
        await socket.subscribe("1", FOLLOW)
        assert await error_of(socket) == "UNAUTHENTICATED"
    answer = (await door.post(ASK, token=await door.token(ana))).json()
    assert answer["errors"][0]["extensions"]["code"] == "FORBIDDEN"


async def test_who_loses_the_right_is_cut_off_alone(door: Door) -> None:
    boss = await door.desk.admin()
    ana, bia = [await door.desk.analyst() for _ in range(2)]
    async with looking(door, ana, bia) as (leaving, staying):
        await update_user(boss, person(ana).user_id, UserChange(role=Role.AGENT))
        assert await error_of(leaving) == "FORBIDDEN"
        await door.desk.waiting()
        await when(staying, waiting=1)


async def test_who_signs_out_is_cut_off(door: Door) -> None:
    ana = await door.desk.analyst()
    token = await door.token(ana)
    async with looking(door, tokens=(token,)) as (socket,):
        await door.ask("mutation { signOut { done } }", token=token)
        assert await error_of(socket) == "UNAUTHENTICATED"
    await sign_out(ana)


async def test_rights_that_still_suffice_go_on(door: Door) -> None:
    boss, ana = await door.desk.admin(), await door.desk.analyst()
    async with looking(door, ana) as (socket,):
        await update_user(boss, person(ana).user_id, UserChange(permissions=(Permission.QUEUE_MANAGE,)))
        await door.desk.waiting()
        await when(socket, waiting=1)


@pytest.mark.settings(reauthorise="PT0.05S")
async def test_a_key_that_is_revoked_ends_its_dashboard_though_nothing_happens(door: Door) -> None:
    boss = await door.desk.admin()
    key = await create_api_key(boss, name="Painel", scopes=[Scope.METRICS_READ])
    async with looking(door, tokens=(key.secret,)) as (socket,):
        await revoke_api_key(boss, key.key.id)
        door.desk.clock.advance(seconds=1)
        assert await error_of(socket) == "UNAUTHENTICATED"


async def test_nothing_is_left_when_the_last_has_gone(door: Door) -> None:
    async with looking(door, await door.desk.analyst(), await door.desk.admin()):
        assert door.desk.running.hub.feeds > 1
    await until(lambda: door.desk.running.hub.feeds == 0)
    assert door.desk.running.groups.count == 0
