"""Opening a chat: checked, limited, and safe to repeat."""

import re
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from api.auth import identify
from api.context import ChatCustomer, Machine
from api.errors import IdempotencyMismatch, Invalid, NotFound, RateLimited, Unauthenticated
from api.events import ChatQueued, MessageSent, chat_stream, queue_stream
from api.models import Chat, Customer
from api.models.enums import Channel, ChatStatus, CpfPolicy, Permission, Priority, Scope, Sender
from api.resolvers.chats import get_chat
from api.resolvers.closings import close_chat
from api.resolvers.customers import customers_by_id
from api.resolvers.departments import DepartmentChange, update_department
from api.resolvers.openings import open_chat
from tests.people import Desk, valid_cpf


async def test_open_chat_queues_it_with_its_first_message(desk: Desk) -> None:
    opened = await desk.opened(
        name="  José   da Silva ", message=" Sem internet ", email="ZE@X.com", phone="(11) 91234-5678"
    )
    chat = opened.chat
    assert (chat.status, chat.customer_name) == (ChatStatus.WAITING, "José da Silva")
    assert (chat.queued_at, chat.queue_rank, chat.created_at) == (desk.clock.now,) * 3
    assert (chat.channel, chat.priority) == (Channel.WIDGET, Priority.NORMAL)
    assert await desk.lines(chat.id) == ["Sem internet"]
    assert [leg.queued_at for leg in await desk.legs(chat.id)] == [desk.clock.now]
    assert await desk.events(queue_stream(chat.department_id)) == [ChatQueued(chat.department_id, chat.id)]
    (said,) = await desk.events(chat_stream(chat.id))
    assert isinstance(said, MessageSent)
    assert (said.sender, said.body, said.seq) == (Sender.CUSTOMER, "Sem internet", 1)
    async with desk.db.read() as session:
        customer = await session.get_one(Customer, chat.customer_id)
    assert (customer.email, customer.phone) == ("ze@x.com", "+5511912345678")
    assert chat.model_dump() == (await desk.chat(chat.id)).model_dump()


async def test_protocols_count_up_within_a_day_of_the_deployments_zone(desk: Desk) -> None:
    desk.clock.now = datetime(2026, 3, 2, 23, 59, tzinfo=ZoneInfo("America/Sao_Paulo"))
    protocols = [(await desk.waiting()).protocol for _ in range(2)]
    desk.clock.advance(minutes=1)
    protocols.append((await desk.waiting()).protocol)
    assert protocols == ["20260302-000001", "20260302-000002", "20260303-000001"]


async def test_the_token_opens_this_chat_only_until_the_reopen_window_ends(desk: Desk) -> None:
    opened = await desk.opened()
    identity = await identify(desk.running.services, opened.token)
    assert identity.principal == opened.customer == ChatCustomer(opened.chat.id, opened.chat.token_hash or "")
    assert identity.ends_at is None
    closed = await close_chat(desk.as_customer(opened), opened.chat.id)
    assert (await identify(desk.running.services, opened.token)).ends_at == closed.token_ends_at
    desk.clock.advance(minutes=10)
    with pytest.raises(Unauthenticated, match="bad_token"):
        await identify(desk.running.services, opened.token)


async def test_the_cpf_is_kept_sealed_and_found_again(desk: Desk) -> None:
    ana = await desk.agent("tecnico")
    opened = await desk.opened(cpf="529.982.247-25")
    card = (await customers_by_id(ana, [opened.chat.customer_id]))[opened.chat.customer_id]
    assert card.cpf_masked == "***.982.247-**"
    assert "52998224725" not in str((await desk.db_contents())["customers"])
    assert (await desk.opened(cpf="52998224725")).chat.customer_id == opened.chat.customer_id


async def test_a_known_cpf_is_never_renamed_completed_or_given_back(desk: Desk) -> None:
    cpf = valid_cpf(123_456_789)
    first = await desk.opened(cpf=cpf, name="José", email="jose@x.com")
    second = await desk.opened(cpf=cpf, name="Mallory", email="m@x.com", phone="11912345678")
    async with desk.db.read() as session:
        customer = await session.get_one(Customer, first.chat.customer_id)
    assert (customer.name, customer.email, customer.phone) == ("José", "jose@x.com", None)
    assert (second.chat.id != first.chat.id, second.chat.customer_name) == (True, "Mallory")
    async with desk.refused(NotFound, "chat_not_found"):
        await get_chat(desk.as_customer(second), id=first.chat.id)


async def test_departments_are_named_by_id_or_slug(desk: Desk) -> None:
    comercial = await desk.department("comercial")
    one = await desk.opened(department_id=comercial.id, department_slug=None)
    two = await desk.opened("comercial")
    assert one.chat.department_id == two.chat.department_id == comercial.id


@pytest.mark.parametrize("slug", ["nowhere", "", None, "x" * 5000, "a\x00b", "\ud800"])
async def test_an_unknown_department_is_not_found(desk: Desk, slug: str | None) -> None:
    async with desk.nothing_changes():
        with pytest.raises((NotFound, Invalid)) as caught:
            await desk.opened(department_slug=slug)
    assert caught.value.reason in {"department_not_found", "unprintable", "too_long"}


async def test_an_inactive_department_takes_no_chats(desk: Desk) -> None:
    boss = await desk.admin()
    tecnico = await desk.department("tecnico")
    await update_department(boss, tecnico.id, DepartmentChange(active=False))
    async with desk.refused(Invalid, "department_inactive", field=("input", "departmentId")):
        await desk.opened("tecnico")


@pytest.mark.parametrize(
    ("values", "field", "reason"),
    [
        ({"name": " "}, "name", "required"),
        ({"name": "x" * 121}, "name", "too_long"),
        ({"name": "a\x00"}, "name", "unprintable"),
        ({"message": ""}, "message", "required"),
        ({"message": "x" * 4001}, "message", "too_long"),
        ({"message": "\udfff"}, "message", "unprintable"),
        ({"cpf": "111.111.111-11"}, "cpf", "bad_cpf"),
        ({"cpf": "529.982.247-26"}, "cpf", "bad_cpf"),
        ({"cpf": None}, "cpf", "required"),
        ({"cpf": "  "}, "cpf", "required"),
        ({"email": "not an address"}, "email", "bad_email"),
        ({"email": "a" * 250 + "@x.com"}, "email", "too_long"),
        ({"phone": "12"}, "phone", "bad_phone"),
        ({"phone": "call me"}, "phone", "bad_phone"),
        ({"key": "x" * 129}, "clientId", "too_long"),
    ],
)
async def test_what_people_type_is_checked(desk: Desk, values: dict[str, Any], field: str, reason: str) -> None:
    async with desk.refused(Invalid, reason, field=("input", field)):
        await desk.opened(**values)


async def test_a_form_hears_of_all_its_faults_at_once(desk: Desk) -> None:
    async with desk.nothing_changes():
        with pytest.raises(Invalid) as caught:
            await desk.opened(name="", message="", cpf="1", email="x", phone="y")
    fields = [problem.field[-1] for problem in caught.value.problems]
    assert fields == ["name", "message", "cpf", "email", "phone"]


@pytest.mark.parametrize("policy", [CpfPolicy.OPTIONAL, CpfPolicy.AFTER_CLAIM])
async def test_a_department_that_does_not_ask_opens_without_a_cpf(desk: Desk, policy: CpfPolicy) -> None:
    boss = await desk.admin()
    await update_department(boss, (await desk.department("tecnico")).id, DepartmentChange(cpf_policy=policy))
    one, two = await desk.opened(cpf=None), await desk.opened(cpf=None)
    assert one.chat.customer_id != two.chat.customer_id


# What only a key may say


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"external_id": "5511"}, "externalId"),
        ({"bot_owns": True}, "owner"),
        ({"priority": Priority.URGENT}, "priority"),
    ],
)
async def test_only_a_key_that_writes_chats_chooses_owner_priority_and_external_id(
    desk: Desk, values: dict[str, Any], field: str
) -> None:
    reader = await desk.machine(Scope.QUEUE_READ)
    for who in (desk.anonymous, await desk.admin(), reader):
        async with desk.refused(Invalid, "api_key_only", field=("input", field)):
            await desk.opened(by=who, **values)


@pytest.mark.parametrize(
    ("priority", "boost"),
    [(Priority.URGENT, 60), (Priority.HIGH, 20), (Priority.NORMAL, 0), (Priority.LOW, -20)],
)
async def test_priority_is_a_fixed_head_start(desk: Desk, priority: Priority, boost: int) -> None:
    chat = (await desk.opened(by=await desk.bot(), priority=priority)).chat
    assert chat.queue_rank == desk.clock.now - timedelta(minutes=boost)


async def test_an_external_id_answers_the_same_chat_while_it_is_open(desk: Desk) -> None:
    bot = await desk.bot()
    first = await desk.opened(by=bot, external_id="5511", message="Oi")
    again = await desk.opened(by=bot, external_id="5511", message="Alguém?")
    assert (again.chat.id, again.repeated) == (first.chat.id, True)
    assert await desk.lines(first.chat.id) == ["Oi"]
    await close_chat(bot, first.chat.id)
    after = await desk.opened(by=bot, external_id="5511")
    assert (after.chat.id != first.chat.id, after.repeated) == (True, False)


async def test_external_ids_belong_to_their_key_and_channel(desk: Desk) -> None:
    boss = await desk.admin()
    bot, other = await desk.machine(Scope.CHAT_WRITE, by=boss), await desk.machine(Scope.CHAT_WRITE, by=boss)
    chats = {
        (await desk.opened(by=who, external_id="5511", channel=channel)).chat.id
        for who in (bot, other)
        for channel in (Channel.WHATSAPP, Channel.TELEGRAM)
    }
    assert len(chats) == 4


# Repeating


async def test_the_same_key_and_words_answer_the_same_chat_with_a_fresh_token(desk: Desk) -> None:
    opening = replace(desk.opening(), key="k1")
    first = await open_chat(desk.anonymous, opening)
    again = await open_chat(desk.anonymous, opening)
    assert (first.repeated, again.repeated, again.chat.id) == (False, True, first.chat.id)
    assert await desk.count(Chat) == 1
    assert await desk.lines(first.chat.id) == ["Oi"]
    assert len(await desk.events(chat_stream(first.chat.id))) == 1
    assert (await identify(desk.running.services, again.token)).principal == again.customer
    with pytest.raises(Unauthenticated, match="bad_token"):
        await identify(desk.running.services, first.token)


async def test_the_same_key_with_other_words_is_refused(desk: Desk) -> None:
    opening = replace(desk.opening(), key="k1")
    await open_chat(desk.anonymous, opening)
    for other in (
        replace(opening, message="Outra"),
        replace(opening, cpf=valid_cpf(7)),
        replace(opening, name="X"),
    ):
        async with desk.refused(IdempotencyMismatch, "key_reused", field=("input", "clientId")):
            await open_chat(desk.anonymous, other)


async def test_keys_of_machines_are_their_own(desk: Desk) -> None:
    boss = await desk.admin()
    bot, other = await desk.machine(Scope.CHAT_WRITE, by=boss), await desk.machine(Scope.CHAT_WRITE, by=boss)
    opening = replace(desk.opening(), key="k1")
    chats = {(await open_chat(who, opening)).chat.id for who in (bot, other, desk.anonymous)}
    assert len(chats) == 3


# Limits


@pytest.mark.settings(rate_open="2/minute")
async def test_one_address_opens_so_many_chats_and_no_more(desk: Desk) -> None:
    here, there = desk.anonymous, desk.anonymous
    for _ in range(2):
        await desk.opened(by=here)
    with pytest.raises(RateLimited) as caught:
        async with desk.nothing_changes():
            await desk.opened(by=here)
    assert caught.value.retry_after > timedelta()
    assert (await desk.opened(by=there)).chat


@pytest.mark.settings(rate_open="2/minute")
async def test_a_whole_ipv6_network_counts_as_one(desk: Desk) -> None:
    for last in ("1", "ffff:ffff:ffff:ffff"):
        await desk.opened(
            by=replace(desk.anonymous, address=f"2001:db8:0:1::{last}" if last == "1" else f"2001:db8:0:1:{last}")
        )
    with pytest.raises(RateLimited):
        await desk.opened(by=replace(desk.anonymous, address="2001:db8:0:1::9"))
    assert (await desk.opened(by=replace(desk.anonymous, address="2001:db8:0:2::9"))).chat


@pytest.mark.settings(rate_open_cpf="2/hour")
async def test_one_cpf_opens_so_many_chats_and_no_more(desk: Desk) -> None:
    cpf = valid_cpf(42)
    for _ in range(2):
        await desk.opened(cpf=cpf)
    with pytest.raises(RateLimited):
        await desk.opened(cpf=cpf)
    assert (await desk.opened()).chat


@pytest.mark.settings(rate_open_all="2/minute")
async def test_everybody_together_opens_so_many_chats_and_no_more(desk: Desk) -> None:
    bot = await desk.bot()
    for _ in range(2):
        await desk.opened()
    with pytest.raises(RateLimited):
        await desk.opened()
    assert (await desk.opened(by=bot)).chat


@pytest.mark.settings(rate_open="1/minute")
async def test_a_lost_race_is_not_counted_as_another_try(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    from api.errors import Contention
    from api.resolvers import openings

    real, lost = openings._open, []

    async def once_lost(*arguments: Any) -> Any:
        if not lost:
            lost.append(True)
            raise Contention("unavailable")
        return await real(*arguments)

    monkeypatch.setattr(openings, "_open", once_lost)
    assert (await desk.opened()).chat.status is ChatStatus.WAITING


async def test_a_machine_is_remembered_as_the_opener(desk: Desk) -> None:
    bot = await desk.bot()
    chat = (await desk.opened(by=bot)).chat
    assert isinstance(bot.principal, Machine)
    assert chat.api_key_id == bot.principal.key_id
    assert re.fullmatch(r"20260302-\d{6}", chat.protocol)


async def test_staff_open_chats_for_people_who_call(desk: Desk) -> None:
    ana = await desk.agent("tecnico", permissions=(Permission.QUEUE_MANAGE,))
    assert (await desk.opened(by=ana)).chat.status is ChatStatus.WAITING


async def test_the_time_of_a_consent_is_kept_with_the_chat(desk: Desk) -> None:
    assert (await desk.opened(consent=True)).chat.consented_at == desk.clock.now
    assert (await desk.opened()).chat.consented_at is None
