"""Whatever is sent over a socket: the close code is the protocol's, no traceback is logged, and the program lives on.

The rules are those of graphql-transport-ws (PROTOCOL.md of github.com/enisdenjo/graphql-ws), told again in `expected`.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect
from websockets.typing import Subprotocol

from tests.people import valid_cpf
from tests.server import Server, serving

OPEN = """mutation($d: ID!, $cpf: Cpf!) {
  openChat(input: {departmentId: $d, name: "Zé", cpf: $cpf, message: "Oi"}) { chat { id } token }
}"""
FOLLOW = "subscription($c: ID!) { chatEvents(chatId: $c) { cursor } }"
WITHIN = 20

Frame = str | bytes
MALFORMED, EARLY, REFUSED, IN_USE, AGAIN = 4400, 4401, 4403, 4409, 4429

json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
kinds = st.sampled_from(["connection_init", "ping", "pong", "subscribe", "complete", "next", "stop", "start"])
queries = st.sampled_from(["{ __typename }", "{", "{ nothing }", "subscription { nothing }", "query A { __typename }"])


@st.composite
def subscribing(draw: st.DrawFn) -> str:
    """One operation that ends by itself, under an id that nobody else has."""
    id = draw(st.uuids())
    payload: dict[str, Any] = {"query": draw(queries)}
    if draw(st.booleans()):
        payload["variables"] = draw(st.none() | st.dictionaries(st.text(max_size=3), json_values, max_size=2))
    return json.dumps({"id": str(id), "type": "subscribe", "payload": payload})


FOLLOWING = "following"
"""Stands for the frame that begins to follow a chat, always under the same id; it goes on for ever."""

well_formed = st.sampled_from(
    [
        json.dumps({"type": "connection_init"}),
        json.dumps({"type": "connection_init", "payload": {"locale": "en"}}),
        json.dumps({"type": "connection_init", "payload": {"token": "chat_nonsense"}}),
        json.dumps({"type": "ping"}),
        json.dumps({"type": "ping", "payload": {"a": 1}}),
        json.dumps({"type": "pong"}),
        json.dumps({"type": "complete", "id": "nobody"}),
        FOLLOWING,
    ]
)
junk = (
    json_values.map(json.dumps)
    | st.text(max_size=20)
    | st.binary(max_size=20)
    | st.builds(
        lambda kind, rest: json.dumps({**rest, "type": kind}),
        kinds,
        st.dictionaries(st.sampled_from(["id", "payload"]), json_values, max_size=2),
    )
)
conversations = st.lists(well_formed | subscribing() | junk, min_size=1, max_size=8)


@pytest.fixture
def served(database_url: str, tmp_path: Path) -> Iterator[Server]:
    with serving(tmp_path, database_url, ALIDASH_LOG="json") as server:
        yield server
    lines = [json.loads(line) for line in (server.folder / "server.log").read_text().splitlines()]
    assert [line for line in lines if line["level"] not in ("debug", "info")] == []


def test_sockets_close_as_the_protocol_has_it_and_never_with_a_traceback(served: Server) -> None:
    chat, token = _chat(served)

    @settings(
        max_examples=150,
        deadline=None,
        suppress_health_check=(HealthCheck.function_scoped_fixture, HealthCheck.too_slow),
    )
    @given(introduced=st.booleans(), frames=conversations)
    def talk(introduced: bool, frames: list[Frame]) -> None:
        hello: list[Frame] = [json.dumps({"type": "connection_init", "payload": {"token": token}})]
        said = hello * introduced + [_spelt(frame, chat) for frame in frames]
        assert _closed_with(served, said) in expected(said)

    talk()


def _spelt(frame: Frame, chat: str) -> Frame:
    if frame != FOLLOWING:
        return frame
    return json.dumps({"id": "f", "type": "subscribe", "payload": {"query": FOLLOW, "variables": {"c": chat}}})


def expected(said: list[Frame]) -> set[int | None]:
    """The codes that a conversation may be closed with; None when it goes on.

    Somebody who is nobody is refused the chat: whether their id is free again depends on who is faster.
    """
    introduced = lasts = following = False
    codes: set[int | None] = set()
    for frame in said:
        read = _read(frame)
        if read is None:
            return codes | {MALFORMED}
        if read["type"] == "connection_init":
            if introduced:
                return codes | {AGAIN}
            token = (read.get("payload") or {}).get("token")
            if token == "chat_nonsense":
                return codes | {REFUSED}
            introduced, lasts = True, token is not None
        elif read["type"] == "subscribe":
            if not introduced:
                return codes | {EARLY}
            if read["id"] == "f" and following:
                codes.add(IN_USE)
                if lasts:
                    return codes
            following = following or read["id"] == "f"
    return codes | {None}


def _read(frame: Frame) -> dict[str, Any] | None:
    """A message of the protocol; None for everything else."""
    try:
        read = json.loads(frame) if isinstance(frame, str) else None
    except ValueError:
        return None
    if not isinstance(read, dict) or not isinstance(read.get("type"), str):
        return None
    payload, id = read.get("payload"), read.get("id")
    if read["type"] in ("connection_init", "ping", "pong"):
        return read if payload is None or isinstance(payload, dict) else None
    named = isinstance(id, str) and id != ""
    if read["type"] == "complete":
        return read if named else None
    if read["type"] == "subscribe" and named and isinstance(payload, dict) and isinstance(payload.get("query"), str):
        fits = isinstance(payload.get("variables"), dict | None) and isinstance(
            payload.get("operationName"), str | None
        )
        return read if fits else None
    return None


def _closed_with(server: Server, said: list[Frame]) -> int | None:
    """The code that the server closes with; None when it still answers afterwards."""
    url = server.url.replace("http", "ws", 1) + "/graphql"
    protocols = [Subprotocol("graphql-transport-ws")]
    with connect(url, subprotocols=protocols, close_timeout=WITHIN) as socket:
        try:
            for frame in said:
                socket.send(frame)
            socket.send(json.dumps({"type": "ping"}))
            unanswered = 1 + sum((_read(frame) or {}).get("type") == "ping" for frame in said)
            while unanswered:
                unanswered -= json.loads(socket.recv(timeout=WITHIN))["type"] == "pong"
        except TimeoutError:
            pytest.fail(f"no answer within {WITHIN} seconds to {said}")
        except ConnectionClosed as closed:
            return closed.rcvd.code if closed.rcvd else 1006
    return None


def _chat(server: Server) -> tuple[str, str]:
    """A chat, and its customer's token."""
    with httpx2.Client(base_url=server.url, timeout=30) as client:
        asked = client.post("/graphql", json={"query": "{ departments { id slug } }"}).json()["data"]["departments"]
        department = next(one["id"] for one in asked if one["slug"] == "tecnico")
        variables = {"d": department, "cpf": valid_cpf(123_456_789)}
        answer = client.post("/graphql", json={"query": OPEN, "variables": variables}).json()
    assert "errors" not in answer, answer
    opened = answer["data"]["openChat"]
    return opened["chat"]["id"], opened["token"]
