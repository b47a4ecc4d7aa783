"""What a person may ask for: a copy of all that is kept of them, and that nothing of it stays."""

import asyncio
import json
import logging
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx2
import pytest
from broadcaster import Broadcast
from sqlmodel import col, select

from api.app import app_on
from api.errors import Conflict, Invalid, NotFound
from api.events import MessageSent, chat_stream
from api.models import Chat, ChatWords, Customer, Property
from api.models.enums import Channel, MessageKind
from api.resolvers.audit import AuditFilter, list_audit
from api.resolvers.chats import ChatChange, ChatFilter, by_creation, list_chats, update_chat
from api.resolvers.claims import claim_chat
from api.resolvers.closings import Rating, close_chat
from api.resolvers.connecting import set_customer_access_point
from api.resolvers.customers import (
    CustomerCard,
    CustomerChange,
    count_customers,
    list_customers,
    update_customer,
)
from api.resolvers.exports import export_chats
from api.resolvers.handoffs import Handoff, hand_off_chat
from api.resolvers.indexing import index_chats
from api.resolvers.messages import send_message
from api.resolvers.pages import PageRequest
from api.resolvers.privacy import SCRUB_DUE, erase_customer, export_customer, scrub
from api.resolvers.revealing import reveal_cpf
from api.resolvers.tickets import NewTicket, open_ticket
from api.resolvers.tokens import create_token
from api.resolvers.transfers import return_chat, take_over
from api.resolvers.verifying import verify_audit
from tests.people import Desk, person
from tests.webhooks import Hooks

CPF = "529.982.247-25"
PHONE = "+5511987650001"
WORDS = "kanarie"
"""What every text of the story holds: none of it may be found in the end."""


@dataclass
class Story:
    """What a person went through, and what is known of them by heart."""

    customer_id: UUID
    chats: list[Chat]
    secrets: list[str] = field(default_factory=list)
    """Digests and tokens that stand for them in the database."""

    @property
    def canaries(self) -> list[str]:
        return [WORDS, "52998224725", "529.982.247-25", "982.247", PHONE, PHONE[3:], *self.secrets]


async def lived(desk: Desk) -> Story:
    """A person writes by the widget and by a bot, is written about, transferred, rates, rings, and is looked up."""
    hooks = await Hooks.of(desk)
    await hooks.hook()
    ana, rui, boss = await desk.online("tecnico"), await desk.supervisor("tecnico"), await desk.admin()
    about: dict[str, Any] = {"cpf": CPF, "name": "Kanariename", "email": "kanariemail@x.example", "phone": PHONE}
    opened = await desk.opened(message=f"kanariefirst {CPF}", key="kanariekey", **about)
    customer, chat = desk.as_customer(opened), opened.chat
    await claim_chat(ana, chat.id)
    await send_message(customer, chat.id, body="kanariesaid", client_id="kanarieclient")
    await send_message(ana, chat.id, body="Olá, kanariereply")
    await send_message(ana, chat.id, body="kanarienote", kind=MessageKind.NOTE)
    await update_chat(ana, chat.id, ChatChange(subject="kanariesubject"))
    await take_over(rui, chat.id, reason="kanarietaken")
    await return_chat(rui, chat.id, reason="kanariereason")
    await claim_chat(ana, chat.id)
    await send_message(customer, chat.id, body="kanarieunread")
    await close_chat(customer, chat.id, rating=Rating(2, "kanariecomment"))
    bot = await desk.bot()
    second = await desk.opened(
        by=bot, bot_owns=True, channel=Channel.WHATSAPP, external_id="kanarieexternal", message="kanariebot", **about
    )
    await send_message(bot, second.chat.id, body="kanarieanswer", client_id="kanarieid")
    await hand_off_chat(bot, second.chat.id, Handoff(summary="kanariesummary"))
    ticket = await desk.opened(message="kanarieticket", ticket=True, **about)
    known = chat.customer_id
    rung = await open_ticket(
        ana, NewTicket(chat.department_id, "kanarieabout", "kanariedescription", customer_id=known)
    )
    await update_chat(rui, rung.id, ChatChange(subject="kanarieother"))
    for left in (second.chat, ticket.chat, rung):
        await close_chat(boss, left.id)
    await reveal_cpf(boss, known, reason="Segunda via do boleto")
    await index_chats(desk.system)
    async for _ in await export_chats(boss, ChatFilter(search="kanariename"), form="csv"):
        pass
    chats = [await desk.chat(one.id) for one in (chat, second.chat, ticket.chat, rung)]
    return Story(known, chats, await _secrets(desk, known, chats))


async def _secrets(desk: Desk, customer_id: UUID, chats: list[Chat]) -> list[str]:
    async with desk.db.read() as session:
        customer = await session.get_one(Customer, customer_id)
    secrets = [customer.cpf_digest, customer.cpf_sealed]
    assert all(secrets)
    for chat in chats:
        secrets += [chat.token_hash, chat.opening_key, chat.opening_digest]
    return [secret for secret in secrets if secret]


def files_of(desk: Desk) -> Iterator[str]:
    """What is in the files of an embedded database, byte by byte."""
    path = desk.db.engine.url.database
    assert path
    for file in (Path(path), Path(f"{path}-wal")):
        assert file.exists()
        yield file.read_bytes().decode("latin-1").lower()


async def everything(desk: Desk) -> str:
    """All rows of all tables, and of an embedded database its files."""
    rows = str(await desk.db_contents()).lower()
    return rows + "".join(files_of(desk)) if desk.db.embedded else rows


@pytest.fixture
def rung(monkeypatch: pytest.MonkeyPatch) -> "asyncio.Queue[str]":
    """What is told to the broker."""
    told: asyncio.Queue[str] = asyncio.Queue()
    publish = Broadcast.publish

    async def noted(self: Broadcast, channel: str, message: str) -> None:
        told.put_nowait(message)
        await publish(self, channel, message)

    monkeypatch.setattr(Broadcast, "publish", noted)
    return told


async def test_after_an_erasure_nothing_of_a_person_is_found_anywhere(
    desk: Desk, rung: "asyncio.Queue[str]", caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.INFO)
    boss = await desk.admin()
    story = await lived(desk)
    before = await everything(desk)
    for said in (
        "name", "first", "said", "reply", "note", "subject", "reason", "comment", "external", "summary", "client",
        "mail", "ticket", "unread", "description", "taken",
    ):  # fmt: skip
        assert f"{WORDS}{said}" in before, "the story lacks what the test looks for"
    await erase_customer(boss, story.customer_id, reason="Pedido do titular")
    await index_chats(desk.system)
    assert await scrub(desk.system)
    after = await everything(desk)
    assert [canary for canary in story.canaries if canary.lower() in after] == []
    rings = ""
    async with asyncio.timeout(30):
        while chat_stream(story.chats[-1].id) not in rings:
            rings += await rung.get()
    elsewhere = rings + caplog.text + "".join(capfd.readouterr())
    assert [canary for canary in story.canaries if canary.lower() in elsewhere.lower()] == []


async def test_an_erasure_keeps_the_record_of_what_was_done_and_when(desk: Desk) -> None:
    boss = await desk.admin()
    story = await lived(desk)
    lines = [await desk.lines(chat.id) for chat in story.chats]
    streams = [await desk.events(chat_stream(chat.id)) for chat in story.chats]
    erased = await erase_customer(boss, story.customer_id, reason="Pedido do titular")
    assert (erased.name, erased.erased_at) == ("Cliente apagado", desk.clock.now)
    for chat, said, told in zip(story.chats, lines, streams, strict=True):
        now = await desk.chat(chat.id)
        kept = ("protocol", "status", "created_at", "closed_at", "close_reason", "rating_score", "rated_at", "agent_id")
        assert all(getattr(now, name) == getattr(chat, name) for name in kept)
        assert (now.customer_name, now.subject, now.rating_comment) == ("Cliente apagado", None, None)
        assert await desk.lines(chat.id) == ["[mensagem apagada]"] * len(said)
        replayed = await desk.events(chat_stream(chat.id))
        assert len(replayed) == len(told) + 1, "one more, which says that the chat has changed"
        numbers = [event.seq for event in told if isinstance(event, MessageSent)]
        assert [event.seq for event in replayed if isinstance(event, MessageSent)] == numbers
    assert (await verify_audit(desk.system)).sound


async def test_what_is_left_is_found_by_its_protocol_and_no_more_by_a_name(desk: Desk) -> None:
    boss = await desk.admin()
    story = await lived(desk)

    async def found(words: str) -> int:
        return len((await list_chats(boss, ChatFilter(search=words), by_creation, PageRequest())).rows)

    assert (await found("kanariename"), await found("kanariesaid")) == (4, 1)
    await erase_customer(boss, story.customer_id, reason="Pedido do titular")
    assert (await found("kanariename"), await desk.count(ChatWords)) == (0, 0)
    await index_chats(desk.system)
    assert (await found("kanariename"), await found(story.chats[0].protocol)) == (0, 1)
    assert (await list_customers(boss, None, PageRequest())).rows == []
    assert await count_customers(boss, None) == 0


async def test_whoever_has_an_open_chat_is_not_erased(desk: Desk) -> None:
    boss = await desk.admin()
    chat = await desk.waiting(cpf=CPF)
    async with desk.refused(Conflict, "customer_has_open_chats"):
        await erase_customer(boss, chat.customer_id, reason="Pedido do titular")
    async with desk.refused(NotFound, "customer_not_found"):
        await erase_customer(boss, uuid4(), reason="Pedido do titular")
    for reason, refusal in (("", "required"), (f"É o {CPF}", "cpf_in_reason")):
        async with desk.refused(Invalid, refusal, field=("reason",)):
            await erase_customer(boss, chat.customer_id, reason=reason)


async def test_an_erasure_is_entered_once_and_repeating_it_changes_nothing(desk: Desk) -> None:
    boss = await desk.admin()
    chat = await desk.closed(await desk.agent("tecnico"), cpf=CPF)
    await erase_customer(boss, chat.customer_id, reason="Pedido do titular")
    async with desk.nothing_changes():
        await erase_customer(boss, chat.customer_id, reason="De novo")
    entry = (await list_audit(boss, AuditFilter(), PageRequest(first=1))).rows[0]
    assert (entry.actor, entry.action) == (f"user:{person(boss).user_id}", "erase_customer")
    assert (entry.object, entry.after) == (
        f"customer:{chat.customer_id}",
        {"reason": "Pedido do titular", "chats": 1},
    )


async def test_who_was_erased_is_somebody_new_when_they_come_again(desk: Desk) -> None:
    boss, ana = await desk.admin(), await desk.agent("tecnico")
    chat = await desk.closed(ana, cpf=CPF)
    await erase_customer(boss, chat.customer_id, reason="Pedido do titular")
    again = await desk.waiting(cpf=CPF, name="Zé")
    assert again.customer_id != chat.customer_id
    async with desk.refused(NotFound, "customer_not_found"):
        await open_ticket(ana, NewTicket(chat.department_id, "Poste", "Caiu", customer_id=chat.customer_id))


async def test_nothing_is_written_into_the_data_of_who_was_erased(desk: Desk) -> None:
    boss = await desk.admin("tecnico")
    chat = await desk.closed(await desk.agent("tecnico"), cpf=CPF)
    await erase_customer(boss, chat.customer_id, reason="Pedido do titular")
    async with desk.refused(Conflict, "customer_erased"):
        await update_customer(boss, chat.customer_id, CustomerChange(name="Zé", email="ze@x.example"))
    async with desk.refused(Conflict, "customer_erased"):
        await set_customer_access_point(boss, chat.customer_id, None)


async def test_a_correction_and_an_erasure_at_once_leave_nothing_of_the_correction(desk: Desk) -> None:
    boss, ana = await desk.admin(), await desk.agent("tecnico")
    for _ in range(4):
        chat = await desk.closed(ana, cpf=CPF)
        correction = update_customer(ana, chat.customer_id, CustomerChange(name="Zé de novo"))
        erasure = erase_customer(boss, chat.customer_id, reason="Pedido do titular")
        corrected, erased = await asyncio.gather(correction, erasure, return_exceptions=True)
        assert isinstance(erased, Customer)
        assert isinstance(corrected, CustomerCard | Conflict)
        async with desk.db.read() as session:
            customer = await session.get_one(Customer, chat.customer_id)
        assert (customer.name, customer.erased_at) == ("Cliente apagado", erased.erased_at)


async def test_the_token_of_who_was_erased_opens_nothing(desk: Desk) -> None:
    boss = await desk.admin()
    opened = await desk.opened(cpf=CPF)
    await close_chat(boss, opened.chat.id)
    identities = desk.running.services.identities
    identities.forget([chat_stream(opened.chat.id)])
    await erase_customer(boss, opened.chat.customer_id, reason="Pedido do titular")
    transport = httpx2.ASGITransport(app=app_on(desk.running))
    async with httpx2.AsyncClient(transport=transport, base_url="http://desk.example") as client:
        bearer = {"authorization": f"Bearer {opened.token}"}
        answer = await client.get(f"/api/v1/chat/{opened.chat.id}/history/", headers=bearer)
    assert answer.status_code == 401


async def test_an_opening_and_an_erasure_at_once_leave_nobody_half_erased(desk: Desk) -> None:
    boss, ana = await desk.admin(), await desk.agent("tecnico")
    for number in range(4):
        chat = await desk.closed(ana, cpf=CPF, name=f"Zé {number}")
        opening = desk.opened(cpf=CPF, name="Zé")
        erasure = erase_customer(boss, chat.customer_id, reason="Pedido do titular")
        opened, erased = await asyncio.gather(opening, erasure, return_exceptions=True)
        assert not isinstance(opened, BaseException)
        async with desk.db.read() as session:
            customer = await session.get_one(Customer, opened.chat.customer_id)
        assert customer.cpf_digest is not None
        assert isinstance(erased, Conflict) == (opened.chat.customer_id == chat.customer_id)
        await close_chat(boss, opened.chat.id)


async def test_scrubbing_waits_for_something_to_be_erased(desk: Desk) -> None:
    boss = await desk.admin()
    assert not await scrub(desk.system)
    chat = await desk.closed(await desk.agent("tecnico"), cpf=CPF)
    await erase_customer(boss, chat.customer_id, reason="Pedido do titular")
    assert await scrub(desk.system)
    async with desk.db.read() as session:
        assert (await session.execute(select(Property).where(col(Property.name) == SCRUB_DUE))).first() is None
    assert not await scrub(desk.system)


# The copy


async def test_a_person_gets_a_copy_of_all_that_is_kept_of_them(desk: Desk) -> None:
    boss = await desk.admin()
    story = await lived(desk)
    transport = httpx2.ASGITransport(app=app_on(desk.running))
    token = await create_token(desk.system, email=(await desk.user(boss)).email)
    path = f"/exports/customers/{story.customer_id}.json"
    async with httpx2.AsyncClient(transport=transport, base_url="http://desk.example") as client:
        answer = await client.get(path, headers={"authorization": f"Bearer {token}"})
        refused = await client.get(path)
    assert (answer.status_code, refused.status_code) == (200, 401)
    assert answer.headers["cache-control"] == "no-store"
    data = answer.json()
    assert (data["customer"]["name"], data["customer"]["cpf"], data["customer"]["phone"]) == ("Kanariename", CPF, PHONE)
    assert [act["action"] for act in data["acts"]] == ["reveal_cpf", "export_customer"]
    assert [chat["protocol"] for chat in data["chats"]] == [chat.protocol for chat in story.chats]
    first = data["chats"][0]
    assert (first["rating"]["score"], first["rating"]["comment"]) == (2, "kanariecomment")
    assert (first["subject"], first["department"]) == ("kanariesubject", "Técnico")
    texts = [line["text"] for line in first["messages"]]
    assert {"kanariesaid", "kanarienote", "kanariereason"} <= set(texts)
    assert [line["seq"] for line in first["messages"]] == list(range(1, len(texts) + 1))
    assert "Person" not in json.dumps(first["acts"]), "who of the staff did it is theirs"


async def test_a_copy_of_nobody_is_not_found(desk: Desk) -> None:
    boss = await desk.admin()
    async with desk.refused(NotFound, "customer_not_found"):
        await export_customer(boss, uuid4())
