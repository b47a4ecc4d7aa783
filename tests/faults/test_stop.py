"""A stop that was asked for: sockets are told to come back, requests are finished, and it is quick."""

import asyncio
import json
import time
from contextlib import suppress

import websockets

from tests.clock import Clock
from tests.faults.deployments import Deployment, beginning, deployed, desk_of, parties
from tests.faults.traffic import FOLLOW, connected
from tests.running import OpenRunning

STOPS_WITHIN = 10.0


async def test_sigterm_closes_sockets_with_1012_and_exits_within_ten_seconds(
    single: Deployment, open_running: OpenRunning, clock: Clock
) -> None:
    async with desk_of(single, open_running, clock) as desk:
        (party, _), start = await parties(desk, 1), beginning(desk.db)
    with deployed(single):
        url = f"{single.bases[0].replace('http', 'ws', 1)}/graphql"
        async with connected(url, party.token) as following, connected(url, None) as idle:
            variables = {"c": party.chat_id, "a": start}
            payload = {"query": FOLLOW, "variables": variables}
            await following.send(json.dumps({"id": "1", "type": "subscribe", "payload": payload}))
            await following.recv()
            began = time.monotonic()
            stopping = asyncio.create_task(asyncio.to_thread(single.stop))
            for connection in (following, idle):
                assert await close_code(connection) == 1012
            await stopping
            assert time.monotonic() - began < STOPS_WITHIN


async def close_code(connection: websockets.ClientConnection) -> int | None:
    """The code that the server closes with, past whatever it still told."""
    with suppress(websockets.ConnectionClosed):
        async for _ in connection:
            continue
    return connection.close_code
