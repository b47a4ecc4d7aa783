"""What no client of ours would send: refused with a type, or stored and given back as it was; never a 500."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
import websockets

from tests.faults.deployments import beginning, parties
from tests.faults.history import stored_history
from tests.faults.traffic import FOLLOW, SEND, Party, traffic
from tests.people import Desk
from tests.schema.conftest import Door, Socket, open_door

NUMBER = "9" * 5000

TEXTS = {
    "NUL": "a\0b",
    "a lone surrogate": "a\ud800b",
    "two surrogates the wrong way round": "\udc00\ud800",
    "controls": "a\x01\x1b[31m\x7fb",
    "not a character": "\uffff\ufffe",
    "line separators": "a\u2028b\u2029c",
    "right to left": "\u202eabc\u202c",
    "what JSON, HTML and SQL escape": "\\\"'</script>;--%s{}&amp;",
    "the last character": "\U0010ffff",
    "marks upon marks": "e" + "\u0301" * 500,
    "a family": "👩‍👩‍👧‍👦" * 100,
    "almost nothing": "\u200b",
}

NUMBERS = {"1e999": "1e999", "NaN": "NaN", "-Infinity": "-Infinity", "5000 digits": NUMBER, "minus nothing": "-"}


@pytest.fixture
async def door(desk: Desk) -> AsyncIterator[Door]:
    """A served app with its people, on each kind of database."""
    async with open_door(desk) as door:
        yield door


async def test_odd_text_is_refused_with_a_type_or_comes_back_as_it_was_and_streams_live_on(door: Door) -> None:
    agent, customer = await parties(door.desk, 1)
    async with traffic([door.url]) as readers, asyncio.TaskGroup() as group:
        following = [group.create_task(readers.follow(who, beginning(door.desk.db))) for who in (agent, customer)]
        for name, words in TEXTS.items():
            sent = [await by_graphql(door, customer, words), await by_rest(door, customer, words)]
            sent.append(await by_socket(door, agent, words))
            assert len(set(sent)) == 1, f"the doors differ on {name}: {sent}"
        last = await readers.send(customer, "the last")
        await readers.until(lambda: all(readers.has_seen(who, last) for who in (agent, customer)))
        for task in following:
            task.cancel()
    stored = await stored_history(door.desk.db, [agent.chat_id])
    readers.history.check(stored)
    bodies = {fact.body for fact in stored[agent.chat_id]}
    assert {TEXTS[name] for name in ("line separators", "the last character", "a family")} <= bodies
    assert TEXTS["NUL"] not in bodies
    # And a replay from the beginning, for somebody new, lives as long.
    async with door.socket(customer.token) as socket:
        await socket.subscribe("1", FOLLOW, c=customer.chat_id, a=beginning(door.desk.db))
        for _ in stored[agent.chat_id]:
            assert (await socket.of("1"))["type"] == "next"


def escaped(body: Any) -> bytes:
    """JSON that spells what UTF-8 cannot."""
    return json.dumps(body, ensure_ascii=True).encode()


async def by_graphql(door: Door, party: Party, words: str) -> bool:
    """Whether a text was taken; a refusal is typed."""
    body = escaped({"query": SEND, "variables": {"c": party.chat_id, "b": words, "k": None}})
    headers = {"content-type": "application/json", "authorization": f"Bearer {party.token}"}
    response = await door.client.post("/graphql", content=body.replace(b"$k: ID!", b"$k: ID"), headers=headers)
    assert response.status_code in (200, 400), response.text
    return taken(response.json(), words)


async def by_socket(door: Door, party: Party, words: str) -> bool:
    query = SEND.replace("$k: ID!", "$k: ID")
    payload = {"query": query, "variables": {"c": party.chat_id, "b": words, "k": None}}
    async with door.socket(party.token) as socket:
        await socket.send(escaped({"id": "1", "type": "subscribe", "payload": payload}).decode())
        frame = await frame_or_4400(socket)
    if frame is None:
        return False
    return taken(frame["payload"] if frame["type"] == "next" else {"errors": frame["payload"]}, words)


async def frame_or_4400(socket: Socket) -> dict[str, Any] | None:
    """The answer to operation 1; None where the socket is closed instead, since what it was sent is no JSON of ours."""
    try:
        return await socket.of("1")
    except websockets.ConnectionClosedError as error:
        if error.rcvd is not None and error.rcvd.code == 4400:
            return None
        raise


def taken(answer: dict[str, Any], words: str) -> bool:
    if "errors" in answer:
        assert {error["extensions"]["code"] for error in answer["errors"]} == {"INVALID"}, answer
        return False
    payload = answer["data"]["sendMessage"]
    assert {error["code"] for error in payload["userErrors"]} <= {"INVALID", "REQUIRED"}, answer
    assert payload["message"] is None or payload["message"]["body"] == words
    return payload["message"] is not None


async def by_rest(door: Door, party: Party, words: str) -> bool:
    headers = {"content-type": "application/json", "authorization": f"Bearer {party.token}"}
    response = await door.client.post(
        f"/api/v1/chat/{party.chat_id}/message/", content=escaped({"text": words}), headers=headers
    )
    assert response.status_code in (201, 400), response.text
    if response.status_code == 400:
        assert response.json()["code"] in ("INVALID", "REQUIRED")
    return response.status_code == 201


@pytest.mark.parametrize("number", NUMBERS.values(), ids=NUMBERS)
async def test_odd_numbers_and_deep_json_are_a_typed_400_at_every_door(door: Door, number: str) -> None:
    party, _ = await parties(door.desk, 1)
    headers = {"content-type": "application/json", "authorization": f"Bearer {party.token}"}
    query = 'query($n: Int) { chat(id: \\"x\\") { messages(first: $n) { totalCount } } }'
    graphql = f'{{"query": "{query}", "variables": {{"n": {number}}}}}'
    asked = [
        ("/graphql", graphql),
        (f"/api/v1/chat/{party.chat_id}/message/", f'{{"text": {number}}}'),
        ("/graphql", graphql.replace(number, "[" * 20_000)),
    ]
    for path, body in asked:
        response = await door.client.post(path, content=body.encode(), headers=headers)
        assert response.status_code in (200, 400), response.text[:500]
        said = response.json()
        assert (said.get("code") or said["errors"][0]["extensions"]["code"]) == "INVALID"
    rest = await door.client.get(f"/api/v1/chat/{party.chat_id}/history/?after={number}", headers=headers)
    assert (rest.status_code, rest.json()["code"]) == (400, "INVALID")
    async with door.socket(party.token) as socket:
        await socket.send(f'{{"id": "1", "type": "subscribe", "payload": {graphql}}}')
        frame = await frame_or_4400(socket)
        assert frame is None or frame["type"] in ("error", "next")


async def test_what_is_too_large_is_refused_with_a_type_and_costs_the_others_nothing(door: Door) -> None:
    party, _ = await parties(door.desk, 1)
    answer = await door.ask(SEND, token=party.token, c=party.chat_id, b="x" * 4001, k="1")
    assert answer["sendMessage"]["userErrors"][0]["code"] == "INVALID"
    async with door.socket(party.token) as other, door.socket(party.token) as socket:
        await socket.send("x" * 70_000)
        assert await socket.closed() == 1009
        await other.subscribe("1", FOLLOW, c=party.chat_id, a=beginning(door.desk.db))
        assert (await other.of("1"))["type"] == "next"


@pytest.mark.parametrize(
    ("path", "size"), [("/graphql", 300_000), ("/graphql", 900_000), ("rest", 70_000), ("rest", 250_000)]
)
@pytest.mark.parametrize("announced", [True, False], ids=["announced", "in pieces"])
async def test_whoever_sends_a_body_that_is_too_large_hears_so_each_time(
    door: Door, path: str, size: int, announced: bool
) -> None:
    party, _ = await parties(door.desk, 1)
    headers = {"content-type": "application/json", "authorization": f"Bearer {party.token}"}
    where = f"/api/v1/chat/{party.chat_id}/message/" if path == "rest" else path

    async def pieces() -> AsyncIterator[bytes]:
        for _ in range(0, size, 10_000):
            yield b"x" * 10_000

    for _ in range(10):
        content = b"x" * size if announced else pieces()
        response = await door.client.post(where, content=content, headers=headers)
        assert (response.status_code, response.json()["code"]) == (413, "TOO_LARGE")
