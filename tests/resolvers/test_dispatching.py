"""Sending what is in the outbox: in order, again after failures, by one of many, each receiver by itself."""

import asyncio
import json
from collections import defaultdict
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from structlog.testing import capture_logs

from api.context import Context
from api.courier import Parcel, Receipt, new_secret
from api.models import Chat, Webhook, WebhookDelivery
from api.models.enums import DeliveryStatus, NotificationKind, WebhookEvent
from api.outbox import PATIENCE
from api.resolvers import dispatching
from api.resolvers.claims import claim_chat
from api.resolvers.closings import close_chat
from api.resolvers.deliveries import replay_delivery, replay_failed
from api.resolvers.dispatching import CLAIM, delay_after, deliver_due
from api.resolvers.messages import send_message
from api.resolvers.notifications import in_words, list_notifications
from api.resolvers.pages import PageRequest
from api.resolvers.upkeep import prune_deliveries
from api.resolvers.webhooks import list_webhooks, standing_of
from api.texts import Locale
from api.writing import Writing
from tests.cluster import Cluster
from tests.people import Desk
from tests.running import OpenRunning
from tests.webhooks import FakeCourier, Hooks, verifies

HOUR = timedelta(hours=1)
LIFE = ["chat.opened", "message.created", "message.created", "message.created", "chat.closed"]


async def whole_life(hooks: Hooks) -> Chat:
    """A chat from its opening to its end, with a line of each side besides the first."""
    chat = await hooks.desk.waiting()
    await claim_chat(hooks.boss, chat.id)
    await send_message(hooks.desk.as_customer(chat), chat.id, body="A internet caiu")
    await send_message(hooks.boss, chat.id, body="Já vejo")
    return await close_chat(hooks.boss, chat.id)


def stories(parcels: list[Parcel]) -> dict[str, list[str]]:
    """What receivers were told of each chat, in the order in which they took it."""
    found: dict[str, list[str]] = defaultdict(list)
    for parcel in parcels:
        body = json.loads(parcel.body)
        found[body["data"]["chat_id"]].append(body["type"])
    return found


async def test_a_receiver_that_fails_for_an_hour_gets_everything_in_order_once_it_is_back(desk: Desk) -> None:
    hooks = await Hooks.of(desk)
    webhook, secret = await hooks.hook()
    hooks.courier.down.add(webhook.url)
    chats = [await whole_life(hooks) for _ in range(2)]
    await hooks.pass_time(HOUR / 2)
    chats += [await whole_life(hooks) for _ in range(2)]
    await hooks.pass_time(HOUR / 2)
    assert hooks.courier.taken == []
    # It was not hammered meanwhile: four chats' first events, each some ten times in an hour.
    assert {parcel.id for parcel in hooks.courier.tried} == {
        f"msg_{row.id.hex}" for row in await hooks.log(webhook) if json.loads(row.body)["type"] == "chat.opened"
    }
    assert len(hooks.courier.tried) < 4 * 12

    hooks.courier.down.clear()
    await hooks.pass_time(timedelta(minutes=20))
    assert stories(hooks.courier.taken) == {str(chat.id): LIFE for chat in chats}
    ids = [parcel.id for parcel in hooks.courier.taken]
    assert len(ids) == len(set(ids)) == 20
    assert all(verifies(parcel, secret) for parcel in hooks.courier.taken)
    assert not verifies(hooks.courier.taken[0], new_secret())
    # Every try of one event is the same letter under the same id.
    assert len({(parcel.id, parcel.body) for parcel in hooks.courier.tried}) == 20
    assert (await standing_of(hooks.boss, [webhook.id]))[webhook.id].waiting == 0
    assert (await list_webhooks(hooks.boss))[0].failing_since is None


async def test_who_is_back_after_a_while_is_sent_at_once_what_waited(desk: Desk) -> None:
    hooks = await Hooks.of(desk)
    webhook, _ = await hooks.hook()
    hooks.courier.down.add(webhook.url)
    for _ in range(12):
        await desk.waiting()
    await hooks.pass_time(HOUR)
    hooks.courier.down.clear()
    # The first that is tried again shows that the receiver is back; the other eleven need not wait for their turn.
    while not hooks.courier.taken:
        await hooks.pass_time(timedelta(seconds=5), timedelta(seconds=5))
    assert len(hooks.courier.taken) == 24


async def test_a_failing_delivery_holds_back_its_own_chat_and_no_other(desk: Desk) -> None:
    hooks = await Hooks.of(desk)
    webhook, _ = await hooks.hook()
    poisoned = await whole_life(hooks)
    hooks.courier.refuses_when = lambda parcel: str(poisoned.id) in parcel.body and "message.created" in parcel.body
    fine = await whole_life(hooks)
    await hooks.pass_time(timedelta(minutes=5))
    assert stories(hooks.courier.taken) == {str(poisoned.id): ["chat.opened"], str(fine.id): LIFE}
    hooks.courier.refuses_when = None
    await hooks.pass_time(timedelta(minutes=20))
    assert stories(hooks.courier.taken)[str(poisoned.id)] == LIFE
    log = await hooks.log(webhook)
    assert {row.status for row in log} == {DeliveryStatus.DELIVERED}
    assert max(row.attempts for row in log) > 2


async def test_a_restart_in_the_middle_loses_nothing_and_repeats_only_under_the_same_id(
    database_url: str, open_running: OpenRunning, clock: Any
) -> None:
    async with open_running(database_url) as first:
        hooks = await Hooks.of(Desk(first, clock))
        await hooks.hook()
        chat = await whole_life(hooks)
        dying = Dying(dies_at=3)
        system = replace(hooks.system, services=replace(hooks.system.services, courier=dying))
        with pytest.raises(asyncio.CancelledError):
            await deliver_due(system)
    async with open_running(database_url) as second:
        desk = Desk(second, clock)
        hooks = replace(hooks, desk=desk, courier=FakeCourier())
        assert await hooks.deliver() == 0, "what the dead one was sending is its own for a while"
        clock.advance(seconds=CLAIM.total_seconds())
        await hooks.deliver()
        both = dying.taken + hooks.courier.taken
        assert [parcel.id for parcel in dying.taken][-1] == hooks.courier.taken[0].id, (
            "it may have arrived: the same id"
        )
        once = list({parcel.id: parcel for parcel in both}.values())
        assert stories(once) == {str(chat.id): LIFE}


class Dying(FakeCourier):
    """Hands over some letters; with the last one its process dies before anybody could write that down."""

    def __init__(self, dies_at: int) -> None:
        super().__init__()
        self.dies_at = dies_at

    async def deliver(self, parcel: Parcel) -> Receipt:
        receipt = await super().deliver(parcel)
        if len(self.taken) == self.dies_at:
            raise asyncio.CancelledError
        return receipt


class Slow(FakeCourier):
    """Gives way before it takes anything, so that whoever else is there comes in between."""

    async def deliver(self, parcel: Parcel) -> Receipt:
        for _ in range(3):
            await asyncio.sleep(0)
        return await super().deliver(parcel)


async def test_two_dispatchers_at_once_send_everything_once_and_in_order(cluster: Cluster) -> None:
    hooks = await Hooks.of(cluster.desk)
    hooks.courier = Slow()
    hooks.boss = hooks.at(hooks.boss)
    await hooks.hook()
    chats = [await whole_life(hooks) for _ in range(6)]
    systems = [hooks.at(cluster.spread(cluster.desk.system, number)) for number in range(4)]
    while any([await deliver for deliver in asyncio.as_completed([deliver_due(system) for system in systems])]):
        cluster.desk.clock.advance(seconds=CLAIM.total_seconds())
    assert stories(hooks.courier.taken) == {str(chat.id): LIFE for chat in chats}
    assert len(hooks.courier.tried) == len({parcel.id for parcel in hooks.courier.tried}) == 30


class Stuck(FakeCourier):
    """One receiver that does not answer before the test lets it."""

    def __init__(self, url: str) -> None:
        super().__init__()
        self.url = url
        self.asked = asyncio.Event()
        self.answers = asyncio.Event()

    async def deliver(self, parcel: Parcel) -> Receipt:
        if parcel.url == self.url:
            self.asked.set()
            await self.answers.wait()
        return await super().deliver(parcel)


async def test_a_slow_receiver_holds_up_nobody_else(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dispatching, "_LOOK_EVERY", 0.01)
    hooks = await Hooks.of(desk)
    slow, _ = await hooks.hook("slow")
    quick, _ = await hooks.hook("quick")
    courier = Stuck(slow.url)
    hooks.courier, hooks.boss = courier, hooks.at(hooks.boss)
    await desk.waiting()
    round = asyncio.create_task(hooks.deliver())
    async with asyncio.timeout(30):
        await courier.asked.wait()
        for chats in (1, 2):
            # Also what happens only now.
            while len(courier.taken) < 2 * chats:  # noqa: ASYNC110 - the courier tells nobody
                await asyncio.sleep(0.01)
            assert {parcel.url for parcel in courier.taken} == {quick.url}
            if chats == 1:
                await desk.waiting()
        courier.answers.set()
        assert await round == 8
    assert sorted(parcel.url for parcel in courier.taken) == sorted([slow.url, quick.url] * 4)


async def seal_by_a_lost_key(desk: Desk, webhook: Webhook) -> None:
    async with desk.db.transaction() as tx:
        row = await tx.session.get_one(Webhook, webhook.id)
        row.secret = "lost." + row.secret.partition(".")[2]
        tx.session.add(row)


async def test_a_webhook_whose_secret_cannot_be_read_fails_like_any_other_and_cuts_nobody_off(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dispatching, "_LOOK_EVERY", 0.01)
    hooks = await Hooks.of(desk)
    broken, _ = await hooks.hook("broken", [WebhookEvent.CHAT_OPENED])
    fine, _ = await hooks.hook("fine", [WebhookEvent.CHAT_OPENED])
    courier = Stuck(fine.url)
    hooks.courier, hooks.boss = courier, hooks.at(hooks.boss)
    await seal_by_a_lost_key(desk, broken)
    await desk.waiting()
    with capture_logs() as logged:
        round = asyncio.create_task(hooks.deliver())
        async with asyncio.timeout(30):
            await courier.asked.wait()
            # By now the broken one has had its try, in the middle of the other's.
            while not (row := (await hooks.log(broken))[0]).error:  # noqa: ASYNC110 - nobody tells
                await asyncio.sleep(0.01)
            courier.answers.set()
            assert await round == 2
    assert [parcel.url for parcel in courier.tried] == [fine.url]
    assert [row.status for row in await hooks.log(fine)] == [DeliveryStatus.DELIVERED]
    assert (row.status, row.attempts, row.status_code, row.error) == (DeliveryStatus.PENDING, 1, None, "failed_here")
    assert row.due_at is not None
    assert timedelta(seconds=8) <= row.due_at - desk.clock.now <= timedelta(seconds=12)
    [line] = [line for line in logged if line["log_level"] == "error"]
    assert (line["event"], line["webhook"], line["exc_info"]) == ("webhook failed here", broken.id.hex, True)

    await hooks.pass_time(PATIENCE + timedelta(hours=1), timedelta(minutes=10))
    [row] = await hooks.log(broken)
    assert (row.status, row.error, row.due_at) == (DeliveryStatus.FAILED, "failed_here", None)
    assert await told_of_failure(hooks, hooks.boss) == 1


async def test_what_goes_wrong_with_one_webhook_ends_nobody_elses_service(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dispatching, "_LOOK_EVERY", 0.01)
    hooks = await Hooks.of(desk)
    broken, _ = await hooks.hook("broken", [WebhookEvent.CHAT_OPENED])
    fine, _ = await hooks.hook("fine", [WebhookEvent.CHAT_OPENED])
    courier, claim, broke = Stuck(fine.url), dispatching._claim, asyncio.Event()
    hooks.courier, hooks.boss = courier, hooks.at(hooks.boss)

    def claim_breaking_once(writing: Writing, webhook_id: UUID) -> Any:
        if webhook_id == broken.id and not broke.is_set():
            broke.set()
            raise RuntimeError("broken")
        return claim(writing, webhook_id)

    monkeypatch.setattr(dispatching, "_claim", claim_breaking_once)
    await desk.waiting()
    with capture_logs() as logged:
        round = asyncio.create_task(hooks.deliver())
        async with asyncio.timeout(30):
            await courier.asked.wait()
            # It is served again a moment later, while the other is still at its letter.
            while not courier.taken:  # noqa: ASYNC110 - the courier tells nobody
                await asyncio.sleep(0.01)
            courier.answers.set()
            assert await round == 2
    assert broke.is_set()
    assert [parcel.url for parcel in courier.taken] == [broken.url, fine.url]
    assert [line["webhook"] for line in logged if line["event"] == "webhook not served"] == [broken.id.hex]


async def test_no_more_than_a_handful_is_sent_to_one_receiver_at_a_time(desk: Desk) -> None:
    hooks = await Hooks.of(desk)
    await hooks.hook()
    for _ in range(20):
        await desk.waiting()
    most = now = 0

    class Counting(FakeCourier):
        async def deliver(self, parcel: Parcel) -> Receipt:
            nonlocal most, now
            now += 1
            most = max(most, now)
            await asyncio.sleep(0)
            now -= 1
            return await super().deliver(parcel)

    hooks.courier = Counting()
    assert await hooks.deliver() == 40
    assert most == dispatching.ABREAST


def test_waits_double_up_to_a_quarter_of_an_hour_give_or_take_a_fifth() -> None:
    for attempts, expected in ((1, 10), (2, 20), (3, 40), (6, 320), (7, 640), (8, 900), (500, 900)):
        drawn = {delay_after(attempts).total_seconds() for _ in range(200)}
        assert expected * 0.8 <= min(drawn) < expected < max(drawn) <= expected * 1.2


async def told_of_failure(hooks: Hooks, boss: Context) -> int:
    page = await list_notifications(boss, PageRequest(first=100))
    return sum(row.kind is NotificationKind.WEBHOOK_FAILED for row in page.rows)


async def test_after_three_days_it_is_given_up_and_administrators_are_told_once(desk: Desk) -> None:
    hooks = await Hooks.of(desk)
    webhook, _ = await hooks.hook(events=[WebhookEvent.CHAT_OPENED, WebhookEvent.CHAT_CLOSED])
    hooks.courier.down.add(webhook.url)
    await whole_life(hooks)
    await hooks.pass_time(PATIENCE - timedelta(minutes=30), timedelta(minutes=10))
    assert {row.status for row in await hooks.log(webhook)} == {DeliveryStatus.PENDING}
    assert await told_of_failure(hooks, hooks.boss) == 0
    await hooks.pass_time(timedelta(hours=1), timedelta(minutes=10))
    opened, closed = await hooks.log(webhook)
    assert [opened.status, closed.status] == [DeliveryStatus.FAILED, DeliveryStatus.FAILED]
    assert (opened.status_code, opened.error, opened.due_at) == (503, "refused_status", None)
    assert closed.attempts == 1, "as old as the first, it has its one try"
    assert await told_of_failure(hooks, hooks.boss) == 1
    [row] = [
        row
        for row in (await list_notifications(hooks.boss, PageRequest(first=100))).rows
        if row.kind is NotificationKind.WEBHOOK_FAILED
    ]
    assert in_words(row, Locale.EN).title == "The webhook erp does not take what it is sent."
    assert in_words(row, Locale.EN).link == "/admin/webhooks"

    # Sent anew, in order, under the same ids.
    hooks.courier.down.clear()
    assert await replay_failed(hooks.boss, webhook.id, desk.clock.now - timedelta(days=4)) == 2
    await hooks.deliver()
    assert [parcel.id for parcel in hooks.courier.taken] == [f"msg_{row.id.hex}" for row in (opened, closed)]
    assert (await list_webhooks(hooks.boss))[0].told_at is None


async def test_a_delivery_is_sent_anew_under_its_own_id(desk: Desk) -> None:
    hooks = await Hooks.of(desk)
    webhook, _ = await hooks.hook(events=[WebhookEvent.CHAT_OPENED])
    await desk.waiting()
    await hooks.deliver()
    [row] = await hooks.log(webhook)
    await replay_delivery(hooks.boss, row.id)
    await hooks.deliver()
    first, again = hooks.courier.taken
    assert (first.id, first.body) == (again.id, again.body)


async def test_who_says_that_it_is_gone_is_sent_nothing_more(desk: Desk) -> None:
    hooks = await Hooks.of(desk)
    webhook, _ = await hooks.hook()
    hooks.courier.down.add(webhook.url)
    hooks.courier.code = 410
    await desk.waiting()
    await hooks.pass_time(HOUR)
    assert len(hooks.courier.tried) == 1
    assert (await list_webhooks(hooks.boss))[0].active is False
    assert await told_of_failure(hooks, hooks.boss) == 1


async def test_what_becomes_of_a_lost_claim_is_not_written_over_what_came_after(desk: Desk) -> None:
    """A sender that was held up for longer than its claim must not undo what another has found meanwhile."""
    hooks = await Hooks.of(desk)
    webhook, _ = await hooks.hook(events=[WebhookEvent.CHAT_OPENED])
    await desk.waiting()
    stuck = Stuck(webhook.url)
    stuck.down.add(webhook.url)
    late = asyncio.create_task(replace(hooks, courier=stuck).deliver())
    async with asyncio.timeout(30):
        await stuck.asked.wait()
        desk.clock.advance(seconds=CLAIM.total_seconds())
        await hooks.deliver()
        stuck.answers.set()
        await late
    [row] = await hooks.log(webhook)
    assert (row.status, row.attempts, row.status_code) == (DeliveryStatus.DELIVERED, 2, 204)


async def test_old_deliveries_are_forgotten(desk: Desk) -> None:
    hooks = await Hooks.of(desk)
    webhook, _ = await hooks.hook(events=[WebhookEvent.CHAT_OPENED])
    await desk.waiting()
    await hooks.deliver()
    desk.clock.advance(days=13)
    await desk.waiting()
    desk.clock.advance(days=1)
    assert await prune_deliveries(desk.system) == 0
    desk.clock.advance(seconds=1)
    assert await prune_deliveries(desk.system) == 1
    assert [row.status for row in await hooks.log(webhook)] == [DeliveryStatus.PENDING]
    assert await desk.count(WebhookDelivery) == 1
    assert await desk.count(Webhook) == 1
