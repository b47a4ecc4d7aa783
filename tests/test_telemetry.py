"""What a process counts about itself: everything once, under names of ours, and each app for itself."""

from collections.abc import Iterator

import pytest
from structlog.testing import capture_logs
from structlog.typing import EventDict

from api.services import Running
from api.telemetry import Telemetry
from tests.schema.conftest import Door
from tests.schema.conftest import door as door  # the fixture

SUBSCRIPTION = "subscription Segredo($c: ID!) { chatEvents(chatId: $c) { cursor } }"


def told(running: Running, name: str) -> dict[tuple[str, ...], float]:
    """The samples of a figure that are not zero, by their labels' values."""
    samples = (sample for family in running.telemetry.registry.collect() for sample in family.samples)
    return {tuple(one.labels.values()): one.value for one in samples if one.name == f"alidash_{name}" and one.value}


@pytest.fixture
def lines() -> Iterator[list[EventDict]]:
    """What is logged meanwhile."""
    with capture_logs() as logged:
        yield logged


async def test_requests_are_counted_by_the_template_of_their_route(door: Door) -> None:
    for path in ("/healthz", "/admin/users", "/admin/chats", "/api/v1/departments", "/api/v1/departments/", "/secret"):
        await door.client.get(path)
    await door.client.request("PROPFIND", "/healthz")
    assert told(door.desk.running, "http_requests_total") == {
        ("/healthz", "GET", "200"): 1,
        ("/admin/{rest:path}", "GET", "200"): 2,
        ("/api/v1/departments", "GET", "200"): 2,
        ("none", "GET", "404"): 1,
        ("/healthz", "other", "405"): 1,
    }
    assert told(door.desk.running, "http_request_seconds_count")["/admin/{rest:path}",] == 2


async def test_operations_are_timed_by_kind_and_field_never_by_what_clients_call_them(door: Door) -> None:
    token = await door.token(await door.desk.agent("tecnico"))
    await door.ask("query Segredo { departments { id } }")
    await door.ask("{ viewer { id } departments { id } }", token=token)
    for document in ("{ segredo }", "{ departments {", "", "{ __typename }", "mutation { segredo }"):
        await door.post(document)
    assert told(door.desk.running, "graphql_operation_seconds_count") == {
        ("query", "departments"): 1,
        ("query", "several"): 1,
        ("query", "unknown"): 1,
        ("query", "introspection"): 1,
        ("mutation", "unknown"): 1,
        ("unknown", "unknown"): 2,
    }


async def test_errors_are_counted_by_their_code(door: Door) -> None:
    await door.post("{ segredo }")
    await door.post("{ viewer { id } users(first: 1) { nodes { id } } }")
    assert told(door.desk.running, "graphql_errors_total").keys() >= {("INVALID",)}


async def test_sockets_are_counted_while_they_are_open(door: Door) -> None:
    async with door.socket(), door.socket():
        assert told(door.desk.running, "sockets") == {(): 2}


async def test_what_is_asked_over_a_socket_is_timed_and_leaves_a_line_without_its_text(
    door: Door, lines: list[EventDict]
) -> None:
    opened = await door.desk.opened()
    async with door.socket_of(opened) as socket:
        await socket.subscribe("p" * 100, "query Segredo { departments { name } }")
        await socket.of("p" * 100)
        assert (await socket.of("p" * 100))["type"] == "complete"
        await socket.subscribe("2", SUBSCRIPTION, c=str(opened.chat.id))
        await socket.of("2")
        assert told(door.desk.running, "graphql_subscriptions_total") == {("chatEvents",): 1}
        await socket.send({"id": "2", "type": "complete"})
        await socket.subscribe("3", "{ __typename }")
        await socket.of("3")
        await socket.of("3")
    told_of = [line for line in lines if line["event"] == "operation"]
    assert {(line["operation"], line["did"]) for line in told_of} == {
        ("p" * 36, "query departments"),
        ("2", "subscription chatEvents"),
        ("3", "query introspection"),
    }
    assert all(line.keys() == {"event", "log_level", "operation", "did", "ms"} for line in told_of)
    assert told(door.desk.running, "graphql_operation_seconds_count") == {
        ("query", "departments"): 1,
        ("query", "introspection"): 1,
    }


async def test_the_line_of_a_request_says_what_it_did(door: Door, lines: list[EventDict]) -> None:
    await door.post("query Segredo { departments { name } }")
    await door.client.get("/healthz?cpf=52998224725")
    requests = [line for line in lines if line["event"] == "request"]
    assert [(line["path"], line["status"], line.get("did")) for line in requests] == [
        ("/graphql", 200, "query departments"),
        ("/healthz", 200, None),
    ]


def test_two_apps_count_apart() -> None:
    one, other = Telemetry(), Telemetry()
    one.answered("/x", "GET", 200, 0.1)
    assert one.registry.get_sample_value("alidash_http_request_seconds_count", {"route": "/x"}) == 1
    assert other.registry.get_sample_value("alidash_http_request_seconds_count", {"route": "/x"}) is None
