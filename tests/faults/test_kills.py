"""Processes that are killed in the middle of everything: nothing is lost, doubled, reordered, or there by half."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

import pytest

from api.models import Chat
from tests import invariants
from tests.clock import Clock
from tests.faults.deployments import Deployment, beginning, deployed, desk_of, parties
from tests.faults.history import stored_history
from tests.faults.traffic import SEND, Party, Traffic, lively
from tests.faults.traffic import traffic as traffic_at
from tests.people import Desk
from tests.running import OpenRunning

CHATS = 3


@pytest.fixture(params=["sqlite", "postgres and valkey"])
def deployment(request: pytest.FixtureRequest) -> Deployment:
    """One process on SQLite; two on PostgreSQL with Valkey between them."""
    return request.getfixturevalue("single" if request.param == "sqlite" else "pair")


@contextmanager
def serving(deployment: Deployment) -> Iterator[None]:
    """The deployment serves within the block; the one that all tests share serves already."""
    if deployment.valkey is not None:
        yield
        return
    with deployed(deployment):
        yield


async def test_kill_9_in_mid_traffic_loses_doubles_and_reorders_nothing(
    deployment: Deployment, open_running: OpenRunning, clock: Clock, times: int
) -> None:
    async with desk_of(deployment, open_running, clock) as desk:
        talking, start = await parties(desk, CHATS), beginning(desk.db)
        opening = {"name": "Zé", "departmentId": str((await desk.department("comercial")).id), "message": "Oi"}
        cpfs = [desk.opening().cpf for _ in range(20 * times)]
    with serving(deployment):
        async with lively(deployment.bases, talking, start) as traffic:
            openings = asyncio.create_task(_open(traffic, opening, cpfs))
            for server in deployment.servers * times:
                await traffic.more(15)
                await asyncio.to_thread(deployment.kill_and_start, server)
            await traffic.more(15)
            await openings
    async with desk_of(deployment, open_running, clock) as desk:
        await _check(desk, traffic, talking)
    assert traffic.connections > len(talking)


async def _open(traffic: Traffic, opening: dict[str, str], cpfs: list[str | None]) -> None:
    """New customers come all the while."""
    for number, cpf in enumerate(cpfs):
        await traffic.open(f"opening {number} {cpf}", opening | {"cpf": cpf})


async def _check(desk: Desk, traffic: Traffic, talking: list[Party]) -> None:
    traffic.history.check(await stored_history(desk.db, {party.chat_id for party in talking}))
    # No half chat: each has its legs, its numbered lines, its place in the queue, or is not there at all.
    chats = {str(chat.id) for chat in await invariants.check(desk)}
    assert all(len(answered) == 1 for answered in traffic.opened.values())
    opened = set().union(*traffic.opened.values())
    assert len(opened) == len(traffic.opened)
    assert opened <= chats
    keys = [chat.opening_key for chat in await invariants.everything(desk, Chat) if chat.opening_key]
    assert len(keys) == len(set(keys))
    for chat_id in opened:
        assert await desk.lines(UUID(chat_id)) == ["Oi"]


async def test_the_same_send_50_times_at_once_on_two_processes_and_after_a_restart_is_one_row_with_equal_answers(
    pair: Deployment, open_running: OpenRunning, clock: Clock
) -> None:
    async with desk_of(pair, open_running, clock) as desk, traffic_at(pair.bases) as traffic:
        party, *_ = await parties(desk, 1)
        same = {"c": party.chat_id, "b": "Alô", "k": "one and the same"}
        answers = await asyncio.gather(*(traffic.client.insist(SEND, party.token, **same) for _ in range(50)))
        await asyncio.to_thread(pair.kill_and_start, pair.servers[0])
        answers += [await traffic.client.insist(SEND, party.token, **same) for _ in pair.servers]
        assert answers[0]["sendMessage"]["message"]["clientId"] == "one and the same"
        assert all(answer == answers[0] for answer in answers)
        stored = (await stored_history(desk.db, [party.chat_id]))[party.chat_id]
        assert [fact.client_id for fact in stored].count("one and the same") == 1
