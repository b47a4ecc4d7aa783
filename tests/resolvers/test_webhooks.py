"""Webhooks as people manage them: what is written down, who may, secrets, trials, and what the outbox says."""

import json
import re
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from api.errors import Conflict, Invalid, NotFound, RateLimited
from api.models import WebhookDelivery
from api.models.enums import DeliveryStatus, MessageKind, WebhookEvent
from api.resolvers import webhooks as use
from api.resolvers.claims import claim_chat
from api.resolvers.closings import close_chat
from api.resolvers.deliveries import replay_delivery
from api.resolvers.incident_acts import IncidentWords, declare_incident, dismiss_incident
from api.resolvers.messages import send_message
from api.resolvers.webhooks import WebhookDetails
from tests.network import Network
from tests.people import Desk
from tests.statements import statements_of
from tests.webhooks import ALL, Hooks, verifies

CPF = "529.982.247-25"
ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
CLOSED = WebhookEvent.CHAT_CLOSED


async def test_a_secret_is_shown_once_and_kept_sealed(desk: Desk) -> None:
    hooks = await Hooks.of(desk)
    webhook, secret = await hooks.hook()
    assert secret.startswith("whsec_")
    assert secret not in str(await desk.db_contents())
    assert desk.running.services.vault.unseal(webhook.secret) == secret


async def test_a_new_secret_and_the_one_before_sign_for_a_day_and_then_the_new_one_alone(desk: Desk) -> None:
    hooks = await Hooks.of(desk)
    webhook, old = await hooks.hook()
    new = (await use.roll_webhook_secret(hooks.boss, webhook.id)).secret
    await desk.waiting()
    desk.clock.advance(hours=23, minutes=59)
    await hooks.deliver()
    assert len(hooks.courier.taken) == 2
    assert all(verifies(parcel, old) and verifies(parcel, new) for parcel in hooks.courier.taken)
    desk.clock.advance(minutes=1)
    receipt = await use.test_webhook(hooks.boss, webhook.id)
    assert receipt.taken
    assert verifies(hooks.courier.taken[-1], new)
    assert not verifies(hooks.courier.taken[-1], old)


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("", "required"),
        ("ftp://erp.example/", "bad_url"),
        ("https://", "bad_url"),
        ("erp.example/in", "bad_url"),
        ("https://user:secret@erp.example/", "bad_url"),
        ("https://erp.example/#part", "bad_url"),
        ("https://erp.example:99999/", "bad_url"),
        ("https://erp.example:0/", "bad_url"),
        ("https://erp.example/ x", "bad_url"),
        ("https://érp.example/", "bad_url"),
        ("https://[::1/", "bad_url"),
        ("https://erp.example\\@other.example/", "bad_url"),
        ("https://refused.example/", "receiver_not_allowed"),
        ("https://erp.example/" + "x" * 500, "too_long"),
    ],
)
async def test_an_address_is_checked(desk: Desk, url: str, reason: str) -> None:
    hooks = await Hooks.of(desk)
    async with desk.refused(Invalid, reason, field=("input", "url")):
        await use.create_webhook(hooks.boss, WebhookDetails("ERP", url, [CLOSED]))


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1/", "https://10.0.0.9/", "https://[::1]/", "https://169.254.169.254/"]
)
async def test_our_own_side_is_refused_when_it_is_saved(desk: Desk, url: str) -> None:
    boss = await desk.admin()
    async with desk.refused(Invalid, "receiver_not_allowed", field=("input", "url")):
        await use.create_webhook(boss, WebhookDetails("ERP", url, [CLOSED]))


async def test_a_webhook_wants_to_hear_something_and_has_a_name(desk: Desk) -> None:
    hooks = await Hooks.of(desk)
    with pytest.raises(Invalid) as caught:
        await use.create_webhook(hooks.boss, WebhookDetails(" ", "https://erp.example/", []))
    assert [problem.field for problem in caught.value.problems] == [("input", "name"), ("input", "events")]


async def test_there_are_not_more_webhooks_than_sends_can_bear(desk: Desk) -> None:
    hooks = await Hooks.of(desk)
    for number in range(use.MOST):
        await hooks.hook(f"erp{number}")
    async with desk.refused(Conflict, "too_many_webhooks"):
        await hooks.hook("one-more")


async def test_what_waits_goes_where_the_webhook_listens_now_and_nothing_while_it_is_off(desk: Desk) -> None:
    hooks = await Hooks.of(desk)
    webhook, _ = await hooks.hook()
    await desk.waiting()
    details = WebhookDetails("ERP", "https://new.example/", ALL, active=False)
    await use.update_webhook(hooks.boss, webhook.id, details)
    await desk.waiting()
    assert await hooks.deliver() == 0
    await use.update_webhook(hooks.boss, webhook.id, replace(details, active=True))
    assert await hooks.deliver() == 2
    assert {parcel.url for parcel in hooks.courier.taken} == {"https://new.example/"}


async def test_what_is_deleted_is_told_nothing_and_nothing_is_left_of_it(desk: Desk) -> None:
    hooks = await Hooks.of(desk)
    webhook, _ = await hooks.hook()
    await desk.waiting()
    await use.delete_webhook(hooks.boss, webhook.id)
    assert await hooks.deliver() == 0
    assert await desk.count(WebhookDelivery) == 0


async def test_what_is_not_there_is_not_found(desk: Desk) -> None:
    hooks = await Hooks.of(desk)
    details = WebhookDetails("ERP", "https://erp.example/", ALL)
    for act in (
        lambda: use.update_webhook(hooks.boss, uuid4(), details),
        lambda: use.delete_webhook(hooks.boss, uuid4()),
        lambda: use.roll_webhook_secret(hooks.boss, uuid4()),
        lambda: use.test_webhook(hooks.boss, uuid4()),
    ):
        async with desk.refused(NotFound, "webhook_not_found"):
            await act()
    async with desk.refused(NotFound, "delivery_not_found"):
        await replay_delivery(hooks.boss, uuid4())


async def test_what_is_still_to_be_sent_is_not_sent_anew(desk: Desk) -> None:
    hooks = await Hooks.of(desk)
    webhook, _ = await hooks.hook(events=[WebhookEvent.CHAT_OPENED])
    await desk.waiting()
    [row] = await hooks.log(webhook)
    async with desk.refused(Conflict, "delivery_pending"):
        await replay_delivery(hooks.boss, row.id)


async def test_a_trial_is_sent_at_once_kept_nowhere_and_not_without_end(desk: Desk) -> None:
    hooks = await Hooks.of(desk)
    webhook, secret = await hooks.hook()
    async with desk.nothing_changes():
        assert (await use.test_webhook(hooks.boss, webhook.id)).status_code == 204
        [parcel] = hooks.courier.taken
        assert verifies(parcel, secret)
        assert json.loads(parcel.body) == {
            "type": "webhook.test",
            "timestamp": "2026-03-02T15:00:00Z",
            "data": {"webhook_id": str(webhook.id)},
        }
        for _ in range(9):
            await use.test_webhook(hooks.boss, webhook.id)
        with pytest.raises(RateLimited):
            await use.test_webhook(hooks.boss, webhook.id)


async def test_the_audit_log_says_what_was_done_and_no_address_that_is_a_credential(desk: Desk) -> None:
    hooks = await Hooks.of(desk)
    made = await use.create_webhook(hooks.boss, WebhookDetails("Chat", "https://chat.example/T0/s3cret", ALL))
    await use.update_webhook(hooks.boss, made.webhook.id, WebhookDetails("Chat", "https://chat.example/T0/other", ALL))
    rows = (await desk.db_contents())["audit"]
    told = "".join(str(row) for row in rows)
    for known in ("create_webhook", "update_webhook", "chat.example"):
        assert known in told
    for secret in ("s3cret", "/T0", made.secret):
        assert secret not in told


# What the outbox says


async def test_what_receivers_are_told_of_a_chat_is_what_the_docs_say_and_no_more(desk: Desk) -> None:
    hooks = await Hooks.of(desk)
    webhook, _ = await hooks.hook()
    chat = await desk.waiting(cpf=CPF, message=f"Meu CPF é {CPF}", name="Zé da Silva", phone="11 98765-4321")
    await claim_chat(hooks.boss, chat.id)
    await send_message(hooks.boss, chat.id, body="Devedor", kind=MessageKind.NOTE)
    await close_chat(hooks.boss, chat.id)
    await hooks.deliver()
    opened, message, closed = hooks.courier.bodies()
    about = {"chat_id": str(chat.id), "protocol": chat.protocol, "kind": "CHAT", "channel": "WIDGET"}
    about |= {"department": "tecnico"}
    assert opened == {
        "type": "chat.opened",
        "timestamp": "2026-03-02T15:00:00Z",
        "data": about | {"status": "WAITING", "close_reason": None},
    }
    first = {"seq": 1, "sender": "CUSTOMER", "sent_at": "2026-03-02T15:00:00Z"}
    assert message["type"] == "message.created"
    assert message["data"].pop("message_id")
    assert message["data"] == about | {"status": "WAITING", "close_reason": None} | first
    assert closed["data"] == about | {"status": "CLOSED", "close_reason": "RESOLVED"}
    # Without the ids, whose random digits would now and then hold those of the secrets.
    told = ID.sub("", "".join(row.body for row in await hooks.log(webhook)))
    for secret in ("529", "982", "Zé", "98765", "Devedor", "Meu"):
        assert secret not in told


async def test_outages_are_told_of_with_their_point(desk: Desk) -> None:
    hooks = await Hooks.of(desk)
    await hooks.hook(events=[WebhookEvent.ACCESS_POINT_OFFLINE, WebhookEvent.ACCESS_POINT_RECOVERED])
    network = await Network.of(desk)
    point = await network.point("Torre Norte")
    network.prober.down.add("Torre-Norte")
    await network.round(3)
    network.prober.down.clear()
    await network.round(2)
    await hooks.deliver()
    offline, recovered = hooks.courier.bodies()
    assert (offline["type"], recovered["type"]) == ("access_point.offline", "access_point.recovered")
    assert offline["data"]["outage_id"] == recovered["data"]["outage_id"]
    assert offline["data"] | {"outage_id": ""} == {
        "access_point_id": str(point.id),
        "name": "Torre Norte",
        "location": "",
        "outage_id": "",
        "started_at": offline["timestamp"],
        "ended_at": None,
        "reason": "timeout",
    }
    assert recovered["data"]["ended_at"] == recovered["timestamp"]


async def test_incidents_are_told_of_when_they_begin_and_when_they_are_over_in_whatever_way(desk: Desk) -> None:
    hooks = await Hooks.of(desk)
    webhook, _ = await hooks.hook(events=[WebhookEvent.INCIDENT_OPENED, WebhookEvent.INCIDENT_RESOLVED])
    network = await Network.of(desk)
    tower, other = await network.point("Torre"), await network.point("Outra")
    by_hand = await declare_incident(network.boss, other.id, IncidentWords(message="Nosso segredo"))
    await dismiss_incident(network.boss, by_hand.id, reason="Engano do Zé")
    await network.round()
    network.prober.down.add("Torre")
    await network.round(3)
    network.prober.down.clear()
    await network.round(2)
    desk.clock.advance(minutes=31)
    await network.round()
    await hooks.deliver()
    told = [
        (one["type"], one["data"]["title"], one["data"]["cause"], one["data"]["dismissed"])
        for one in sorted(hooks.courier.bodies(), key=lambda one: (one["timestamp"], one["type"]))
    ]
    assert told == [
        ("incident.opened", "Outra", "BY_HAND", False),
        ("incident.resolved", "Outra", "BY_HAND", True),
        ("incident.opened", "Torre", "OFFLINE", False),
        ("incident.resolved", "Torre", "OFFLINE", False),
    ]
    last = hooks.courier.bodies()[-1]["data"]
    assert last["access_point_id"] in {str(tower.id), str(other.id)}
    written = "".join(row.body for row in await hooks.log(webhook))
    assert "segredo" not in written
    assert "Engano" not in written


async def test_each_webhook_hears_what_it_wants_to_hear(desk: Desk) -> None:
    hooks = await Hooks.of(desk)
    opened, _ = await hooks.hook("opened", [WebhookEvent.CHAT_OPENED])
    messages, _ = await hooks.hook("messages", [WebhookEvent.MESSAGE_CREATED])
    await desk.waiting()
    assert [row.event for row in await hooks.log(opened)] == [WebhookEvent.CHAT_OPENED]
    assert [row.event for row in await hooks.log(messages)] == [WebhookEvent.MESSAGE_CREATED]


async def test_what_was_rolled_back_is_told_to_nobody(desk: Desk) -> None:
    hooks = await Hooks.of(desk)
    await hooks.hook()
    chat = await desk.waiting()
    before = await desk.count(WebhookDelivery)
    async with desk.refused(Invalid, "required"):
        await send_message(desk.as_customer(chat), chat.id, body=" ")
    assert await desk.count(WebhookDelivery) == before == 2


async def send_and_list(desk: Desk, ctx: Any, chat_id: Any) -> list[str]:
    with statements_of(desk.db) as said:
        await send_message(ctx, chat_id, body="Oi")
    return [statement for statement, _ in said]


async def test_a_send_costs_no_statement_more_while_no_webhook_is_active(desk: Desk) -> None:
    hooks = await Hooks.of(desk)
    chat = await desk.waiting()
    customer = desk.as_customer(chat)
    await send_message(customer, chat.id, body="Olá")
    without = await send_and_list(desk, customer, chat.id)
    assert not any("webhook_deliveries" in statement for statement in without)
    webhook, _ = await hooks.hook()
    details = WebhookDetails(webhook.name, webhook.url, ALL, active=False)
    await use.update_webhook(hooks.boss, webhook.id, details)
    assert await send_and_list(desk, customer, chat.id) == without
    await use.update_webhook(hooks.boss, webhook.id, replace(details, active=True))
    assert len(await send_and_list(desk, customer, chat.id)) == len(without) + 3
    assert [row.status for row in await hooks.log(webhook)] == [DeliveryStatus.PENDING]


async def test_the_past_is_not_told_to_who_comes_later(desk: Desk) -> None:
    hooks = await Hooks.of(desk)
    chat = await desk.waiting()
    webhook, _ = await hooks.hook()
    assert await hooks.log(webhook) == []
    desk.clock.advance(seconds=timedelta(seconds=1).total_seconds())
    await send_message(desk.as_customer(chat), chat.id, body="Alô?")
    assert [json.loads(row.body)["data"]["seq"] for row in await hooks.log(webhook)] == [2]
