"""GraphQL over HTTP as its specification has it, by the audit that the specification's working group publishes."""

import json
import os
import subprocess
import sys
from pathlib import Path
from shutil import which

import pytest

from tests.schema.conftest import Door
from tests.server import serving

AUDIT = Path(__file__).with_name("audit.mjs")
RESPONSE_JSON = "application/graphql-response+json"


def test_the_public_audit_finds_no_error_and_warns_of_nothing(database_url: str, tmp_path: Path) -> None:
    # Where the system has no Node.js, the build has put one beside Python.
    node = which("node", path=os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")]))
    assert node
    with serving(tmp_path, database_url) as server:
        command = [node, str(AUDIT), f"{server.url}/graphql"]
        done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    found = json.loads(done.stdout)
    assert len(found) > 50
    assert [audit for audit in found if audit["status"] in ("error", "warn")] == []


@pytest.mark.parametrize(
    ("accept", "kind"),
    [
        (RESPONSE_JSON, RESPONSE_JSON),
        (f"{RESPONSE_JSON}; charset=utf-8, application/json;q=0.9", RESPONSE_JSON),
        (f"text/html, {RESPONSE_JSON};q=0.5", RESPONSE_JSON),
        (f"{RESPONSE_JSON};q=0, application/json", "application/json"),
        (f"{RESPONSE_JSON};q=0.0", "application/json"),
        ("application/json", "application/json"),
        ("*/*", "application/json"),
        (f"x{RESPONSE_JSON}", "application/json"),
    ],
)
async def test_the_form_is_the_one_that_was_asked_for(door: Door, accept: str, kind: str) -> None:
    for query, status in (("{ __typename }", 200), ("{ nothing }", 400)):
        answer = await door.client.post("/graphql", json={"query": query}, headers={"accept": accept})
        assert answer.headers["content-type"].partition(";")[0] == kind
        assert answer.status_code == (status if kind == RESPONSE_JSON else 200)
        assert ("data" in answer.json()) is (status == 200)


async def test_what_failed_while_it_was_executed_was_executed(door: Door) -> None:
    query = '{ chat(id: "01a2089c-9782-7632-bc54-79fd32e8afec") { id } }'
    answer = await door.client.post("/graphql", json={"query": query}, headers={"accept": RESPONSE_JSON})
    assert (answer.status_code, answer.json()["data"]) == (200, {"chat": None})


async def test_variables_that_do_not_fit_are_the_requests_fault_in_either_form(door: Door) -> None:
    asked = {"query": "query($id: ID!) { chat(id: $id) { id } }", "variables": {"id": []}}
    for accept, status in ((RESPONSE_JSON, 400), ("application/json", 200)):
        answer = await door.client.post("/graphql", json=asked, headers={"accept": accept})
        assert answer.status_code == status
        assert "data" not in answer.json()
