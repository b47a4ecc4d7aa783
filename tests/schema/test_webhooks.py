"""Webhooks by GraphQL."""

from typing import Any

import pytest

from api.models.enums import Permission
from tests.schema.conftest import Door

pytestmark = pytest.mark.settings(webhook_networks="127.0.0.0/8")

FIELDS = "id name url events active createdAt failingSince waiting failed oldSecretUntil"
ERRORS = "userErrors { code message field }"
CREATE = f"mutation($i: WebhookInput!) {{ createWebhook(input: $i) {{ webhook {{ {FIELDS} }} secret {ERRORS} }} }}"
UPDATE = f"""mutation($id: ID!, $i: WebhookInput!) {{
  updateWebhook(id: $id, input: $i) {{ webhook {{ {FIELDS} }} secret {ERRORS} }} }}"""
ROLL = f"mutation($id: ID!) {{ rollWebhookSecret(id: $id) {{ webhook {{ {FIELDS} }} secret {ERRORS} }} }}"
TEST = f"mutation($id: ID!) {{ testWebhook(id: $id) {{ receipt {{ taken statusCode took error }} {ERRORS} }} }}"
DELETE = f"mutation($id: ID!) {{ deleteWebhook(id: $id) {{ done {ERRORS} }} }}"
LOG = """query($id: ID!, $s: DeliveryStatus) { webhookDeliveries(webhookId: $id, status: $s, first: 10) {
  totalCount nodes {
    id event body status createdAt dueAt attempts attemptedAt statusCode took error } } }"""
REPLAY = f"mutation($id: ID!) {{ replayDelivery(id: $id) {{ delivery {{ id }} {ERRORS} }} }}"
REPLAY_ALL = f"""mutation($id: ID!, $s: DateTime!) {{ replayFailed(webhookId: $id, since: $s) {{ count {ERRORS} }} }}"""
NOWHERE = "http://127.0.0.1:9/in"
"""On this machine, where nobody listens."""


def given(**values: Any) -> dict[str, Any]:
    return {"name": "ERP", "url": NOWHERE, "events": ["CHAT_OPENED"]} | values


async def test_a_webhook_is_made_changed_tried_and_deleted(door: Door) -> None:
    boss = await door.token(await door.desk.admin())
    made = (await door.ask(CREATE, token=boss, i=given()))["createWebhook"]
    assert made["userErrors"] == []
    webhook = made["webhook"]
    assert webhook | {"id": "", "createdAt": ""} == given() | {
        "id": "",
        "active": True,
        "createdAt": "",
        "failingSince": None,
        "waiting": 0,
        "failed": 0,
        "oldSecretUntil": None,
    }
    id = webhook["id"]
    changed = (await door.ask(UPDATE, token=boss, id=id, i=given(name="CRM", active=False)))["updateWebhook"]
    assert (changed["webhook"]["name"], changed["webhook"]["active"], changed["secret"]) == ("CRM", False, None)
    rolled = (await door.ask(ROLL, token=boss, id=id))["rollWebhookSecret"]
    assert rolled["secret"] not in (None, made["secret"])
    assert rolled["webhook"]["oldSecretUntil"] == "2026-03-03T15:00:00Z"
    receipt = (await door.ask(TEST, token=boss, id=id))["testWebhook"]["receipt"]
    assert receipt | {"took": ""} == {"taken": False, "statusCode": None, "took": "", "error": "refused"}
    assert (await door.ask(DELETE, token=boss, id=id))["deleteWebhook"] == {"done": True, "userErrors": []}
    assert (await door.ask("{ webhooks { id } }", token=boss))["webhooks"] == []
    refused = (await door.ask(DELETE, token=boss, id="nothing"))["deleteWebhook"]
    assert [error["code"] for error in refused["userErrors"]] == ["NOT_FOUND"]


async def test_what_a_webhook_was_told_is_read_and_not_sent_anew_while_it_waits(door: Door) -> None:
    boss = await door.token(await door.desk.admin())
    id = (await door.ask(CREATE, token=boss, i=given()))["createWebhook"]["webhook"]["id"]
    chat = await door.desk.waiting()
    log = (await door.ask(LOG, token=boss, id=id))["webhookDeliveries"]
    [row] = log["nodes"]
    assert log["totalCount"] == 1
    assert (row["event"], row["status"], row["attempts"], row["error"]) == ("CHAT_OPENED", "PENDING", 0, None)
    assert str(chat.id) in row["body"]
    refused = (await door.ask(REPLAY, token=boss, id=row["id"]))["replayDelivery"]
    assert [error["code"] for error in refused["userErrors"]] == ["CONFLICT"]
    empty = (await door.ask(LOG, token=boss, id=id, s="FAILED"))["webhookDeliveries"]
    assert empty == {"totalCount": 0, "nodes": []}
    none = (await door.ask(REPLAY_ALL, token=boss, id=id, s="2026-03-01T00:00:00Z"))["replayFailed"]
    assert none == {"count": 0, "userErrors": []}
    assert (await door.ask("{ webhooks { waiting failed } }", token=boss))["webhooks"] == [{"waiting": 1, "failed": 0}]


async def test_an_address_that_is_refused_is_told_at_its_field(door: Door) -> None:
    boss = await door.token(await door.desk.admin())
    answer = (await door.ask(CREATE, token=boss, i=given(url="http://10.0.0.1/")))["createWebhook"]
    assert [(error["code"], error["field"]) for error in answer["userErrors"]] == [("INVALID", ["input", "url"])]


async def test_only_who_manages_webhooks_sees_them(door: Door) -> None:
    supervisor = await door.token(await door.desk.supervisor())
    answer = (await door.post("{ webhooks { id } }", token=supervisor)).json()
    assert [error["extensions"]["code"] for error in answer["errors"]] == ["FORBIDDEN"]
    trusted = await door.token(await door.desk.supervisor(permissions=(Permission.WEBHOOK_MANAGE,)))
    assert (await door.ask("{ webhooks { id } }", token=trusted))["webhooks"] == []
