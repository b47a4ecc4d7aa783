"""Rights that go while somebody follows: cut within five seconds, on every process, bell or no bell."""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
import websockets
from sqlalchemy import update
from sqlmodel import col

from api.context import Context
from api.models import Chat, Session
from api.resolvers.closings import close_chat
from api.resolvers.tokens import create_token
from api.resolvers.users import UserChange, update_user
from tests.clock import Clock
from tests.faults.deployments import Deployment, beginning, desk_of
from tests.faults.traffic import FOLLOW, connected
from tests.people import Desk, person
from tests.running import OpenRunning

CUT_WITHIN = 5.0
SLACK = 2.0

QUEUE = "subscription($d: ID!, $a: Cursor) { queueEvents(departmentId: $d, after: $a) { cursor } }"


@pytest.fixture
async def desk(pair: Deployment, open_running: OpenRunning, clock: Clock) -> AsyncIterator[Desk]:
    """The desk of the two processes, from outside both: whatever changes here, they learn from elsewhere."""
    async with desk_of(pair, open_running, clock) as desk:
        yield desk


@dataclass(frozen=True)
class Watch:
    """Somebody who follows something: how they lose the right to it, and the code that then ends their stream."""

    token: str
    query: str
    variables: dict[str, str]
    lose: Callable[[], Awaitable[object]]
    code: str


@pytest.mark.parametrize("bell", [True, False], ids=["bell", "no bell"])
async def test_whose_rights_are_gone_is_cut_off_within_five_seconds_on_every_process(
    pair: Deployment, desk: Desk, bell: bool
) -> None:
    assert pair.valkey is not None
    watches = await everybody(desk)
    if not bell:
        pair.valkey.stop()
    try:
        async with AsyncExitStack() as stack:
            streams = [(watch, await following(stack, base, watch)) for base in pair.bases for watch in watches]
            for watch in watches:
                await watch.lose()
            began = time.monotonic()
            for watch, connection in streams:
                assert await code_of_the_end(connection) == watch.code
            assert time.monotonic() - began < CUT_WITHIN + SLACK
    finally:
        if not bell:
            pair.valkey.start()


async def everybody(desk: Desk) -> list[Watch]:
    """Three of the staff who watch a queue, and a customer who watches a chat."""
    boss, opened = await desk.admin(), await desk.opened()
    queue = {"d": str((await desk.department("tecnico")).id), "a": beginning(desk.db)}
    chat = {"c": str(opened.chat.id), "a": beginning(desk.db)}
    past = datetime.now(UTC) - timedelta(seconds=1)

    async def expire(who: Context) -> None:
        async with desk.db.transaction() as tx:
            mine = col(Session.user_id) == person(who).user_id
            await tx.session.execute(update(Session).where(mine).values(expires_at=past))

    async def end_token() -> None:
        await close_chat(boss, opened.chat.id)
        async with desk.db.transaction() as tx:
            mine = col(Chat.id) == opened.chat.id
            await tx.session.execute(update(Chat).where(mine).values(token_ends_at=past))

    def change(who: Context, change: UserChange) -> Callable[[], Awaitable[object]]:
        return lambda: update_user(boss, person(who).user_id, change)

    expired, deactivated, moved = [await desk.agent("tecnico") for _ in range(3)]
    tokens = [
        await create_token(desk.system, email=(await desk.user(who)).email) for who in (expired, deactivated, moved)
    ]
    return [
        Watch(tokens[0], QUEUE, queue, lambda: expire(expired), "UNAUTHENTICATED"),
        Watch(tokens[1], QUEUE, queue, change(deactivated, UserChange(active=False)), "UNAUTHENTICATED"),
        Watch(tokens[2], QUEUE, queue, change(moved, UserChange(department_ids=())), "NOT_FOUND"),
        Watch(opened.token, FOLLOW, chat, end_token, "UNAUTHENTICATED"),
    ]


async def following(stack: AsyncExitStack, base: str, watch: Watch) -> websockets.ClientConnection:
    """A stream that has begun."""
    connection = await stack.enter_async_context(connected(f"{base.replace('http', 'ws', 1)}/graphql", watch.token))
    payload = {"query": watch.query, "variables": watch.variables}
    await connection.send(json.dumps({"id": "1", "type": "subscribe", "payload": payload}))
    assert json.loads(await connection.recv())["type"] == "next"
    return connection


async def code_of_the_end(connection: websockets.ClientConnection) -> str:
    """The code of the error that ends the stream, past whatever it still told."""
    async with asyncio.timeout(2 * CUT_WITHIN):
        while (frame := json.loads(await connection.recv()))["type"] == "next":
            continue
    return frame["payload"][0]["extensions"]["code"]
