"""Out of sight until they may be erased: people who ask for it while the law keeps the record of their chats."""

import asyncio
from collections.abc import AsyncIterator, Iterable, Mapping
from dataclasses import fields, is_dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlmodel import SQLModel, col, select

from api.context import Context
from api.errors import AppError, Conflict, NotFound
from api.events import ChatChanged, chat_stream
from api.models import AuditEntry, Block, Chat, Customer
from api.models.enums import Channel, ChatStatus, MessageKind, Permission
from api.resolvers.audit import audit_names
from api.resolvers.blocks import NewBlock, create_block
from api.resolvers.chats import ChatChange, ChatFilter, by_creation, get_chat, list_chats, update_chat
from api.resolvers.claims import claim_chat
from api.resolvers.closings import close_chat
from api.resolvers.connecting import set_customer_access_point
from api.resolvers.customers import CustomerChange, get_customer, list_customers, update_customer
from api.resolvers.exports import export_chats
from api.resolvers.handoffs import Handoff, hand_off_chat
from api.resolvers.indexing import index_chats
from api.resolvers.messages import send_message
from api.resolvers.pages import PageRequest
from api.resolvers.privacy import erase_customer, erase_held, export_customer, scrub
from api.resolvers.reopening import reopens_until
from api.resolvers.restricting import holds_of
from api.resolvers.search import excerpts_of
from api.resolvers.tickets import NewTicket, open_ticket
from api.resolvers.verifying import verify_audit
from tests.people import Desk, person
from tests.resolvers.test_privacy import CPF, WORDS, everything, lived
from tests.running import OpenRunning
from tests.test_policy import CALLS, REACHING, Scene, staged, use_cases

HOLD = timedelta(days=730)
MINUTE = timedelta(minutes=1)
REASON = "Pedido do titular"

held = pytest.mark.settings(legal_hold=HOLD)


async def customer_of(desk: Desk, chat: Chat) -> Customer:
    async with desk.db.read() as session:
        return await session.get_one(Customer, chat.customer_id)


async def last_entry(desk: Desk) -> AuditEntry:
    """What the audit log tells of last."""
    async with desk.db.read() as session:
        return (await session.execute(select(AuditEntry).order_by(col(AuditEntry.seq).desc()).limit(1))).scalar_one()


@held
async def test_who_came_lately_is_restricted_and_not_erased(desk: Desk) -> None:
    boss, ana = await desk.admin(), await desk.agent("tecnico")
    first = await desk.closed(ana, cpf=CPF, message="Primeira vez", email="ze@x.example")
    desk.clock.now += timedelta(days=30)
    chat = await desk.closed(ana, cpf=CPF, message="De novo")
    desk.clock.now += timedelta(days=1)
    told = await erase_customer(boss, chat.customer_id, reason=REASON)
    assert chat.closed_at is not None
    until = chat.closed_at + HOLD
    assert (told.restricted_at, told.restricted_until, told.erased_at) == (desk.clock.now, until, None)
    stored = await customer_of(desk, chat)
    assert (stored.name, stored.email, stored.cpf_digest) == ("Zé", "ze@x.example", None)
    assert stored.cpf_sealed is not None, "it is part of the record, for who may ask for it"
    for one, said in ((first, "Primeira vez"), (chat, "De novo")):
        now = await desk.chat(one.id)
        assert (now.restricted_at, now.token_hash, now.opening_key) == (desk.clock.now, None, None)
        assert (await desk.lines(one.id))[0] == said
        assert (await desk.events(chat_stream(one.id)))[-1] == ChatChanged(chat_id=one.id)
        assert reopens_until(one, timedelta(minutes=10)) is not None
        assert reopens_until(now, timedelta(minutes=10)) is None
    entry = await last_entry(desk)
    assert (entry.actor, entry.action) == (f"user:{person(boss).user_id}", "restrict_customer")
    assert (entry.object, entry.after) == (
        f"customer:{chat.customer_id}",
        {"reason": REASON, "chats": 2, "until": until.isoformat()},
    )


@held
async def test_asking_again_while_the_record_is_held_changes_nothing(desk: Desk) -> None:
    boss = await desk.admin()
    chat = await desk.closed(await desk.agent("tecnico"), cpf=CPF)
    await erase_customer(boss, chat.customer_id, reason=REASON)
    desk.clock.now += timedelta(days=700)
    async with desk.nothing_changes():
        again = await erase_customer(boss, chat.customer_id, reason="De novo")
    assert again.erased_at is None


@held
async def test_whose_last_chat_is_long_ago_is_erased_at_once(desk: Desk) -> None:
    boss = await desk.admin()
    chat = await desk.closed(await desk.agent("tecnico"), cpf=CPF)
    desk.clock.now += HOLD
    assert await holds_of(boss, [chat.customer_id]) == {}
    assert (await erase_customer(boss, chat.customer_id, reason=REASON)).erased_at == desk.clock.now
    assert (await last_entry(desk)).action == "erase_customer"


@held
async def test_until_when_it_would_be_held_is_known_before(desk: Desk) -> None:
    boss, ana = await desk.admin(), await desk.agent("tecnico")
    chat, other = await desk.closed(ana), await desk.waiting()
    assert chat.closed_at is not None
    assert await holds_of(boss, [chat.customer_id, other.customer_id]) == {chat.customer_id: chat.closed_at + HOLD}


async def test_without_a_hold_nobody_is_held(desk: Desk) -> None:
    boss = await desk.admin()
    chat = await desk.closed(await desk.agent("tecnico"))
    assert await holds_of(boss, [chat.customer_id]) == {}


@held
async def test_at_the_end_of_the_hold_they_are_erased_by_the_desk_itself(desk: Desk) -> None:
    boss = await desk.admin()
    story = await lived(desk)
    await erase_customer(boss, story.customer_id, reason=REASON)
    asked_at = desk.clock.now
    until = (await customer_of(desk, story.chats[0])).restricted_until
    assert until is not None
    assert await scrub(desk.system) is False
    desk.clock.now = until - MINUTE
    async with desk.nothing_changes():
        assert await erase_held(desk.system) == 0
    assert f"{WORDS}said" in await everything(desk)
    desk.clock.now = until
    assert await erase_held(desk.system) == 1
    entry = await last_entry(desk)
    assert (entry.actor, entry.action, entry.object) == ("system", "erase_customer", f"customer:{story.customer_id}")
    assert entry.after == {"asked_by": f"user:{person(boss).user_id}", "asked_at": asked_at.isoformat(), "chats": 4}
    await index_chats(desk.system)
    assert await scrub(desk.system)
    after = await everything(desk)
    assert [canary for canary in story.canaries if canary.lower() in after] == []
    stored = await customer_of(desk, story.chats[0])
    assert (stored.restricted_at, stored.restricted_until, stored.restricted_by) == (None, None, None)
    assert stored.erased_at == until
    assert {(await desk.chat(chat.id)).restricted_at for chat in story.chats} == {None}
    assert (await verify_audit(desk.system)).sound
    assert await erase_held(desk.system) == 0


@held
async def test_two_processes_erase_whom_they_held_once(desk: Desk) -> None:
    boss, ana = await desk.admin(), await desk.agent("tecnico")
    for _ in range(3):
        chat = await desk.closed(ana)
        await erase_customer(boss, chat.customer_id, reason=REASON)
    desk.clock.now += HOLD
    erased = await asyncio.gather(*(erase_held(desk.system) for _ in range(3)))
    assert sum(erased) == 3
    async with desk.db.read() as session:
        query = select(AuditEntry).where(col(AuditEntry.action) == "erase_customer")
        assert len((await session.execute(query)).all()) == 3


@held
async def test_a_hold_that_was_told_is_not_moved_by_a_setting_and_can_be_given_up(
    desk: Desk, database_url: str, open_running: OpenRunning
) -> None:
    boss = await desk.admin()
    chat = await desk.closed(await desk.agent("tecnico"))
    told = (await erase_customer(boss, chat.customer_id, reason=REASON)).restricted_until
    async with open_running(database_url, legal_hold=2 * HOLD) as longer:
        there = Desk(longer, desk.clock)
        async with there.nothing_changes():
            again = await erase_customer(there.as_(boss.principal), chat.customer_id, reason=REASON)
        assert again.restricted_until == told
    async with open_running(database_url, legal_hold=None) as free:
        there = Desk(free, desk.clock)
        gone = await erase_customer(there.as_(boss.principal), chat.customer_id, reason=REASON)
    assert (gone.erased_at, gone.restricted_until) == (desk.clock.now, None)


# What is done with who is restricted


@held
async def test_who_is_restricted_is_somebody_new_when_they_come_again(desk: Desk) -> None:
    boss, bot = await desk.admin(), await desk.bot()
    about: dict[str, Any] = {"cpf": CPF, "channel": Channel.WHATSAPP, "external_id": "wa:1", "key": "again"}
    before = await desk.opened(by=bot, **about)
    await close_chat(boss, before.chat.id)
    await erase_customer(boss, before.chat.customer_id, reason=REASON)
    again = await desk.opened(by=bot, **about)
    assert not again.repeated
    assert again.chat.id != before.chat.id
    assert again.chat.customer_id != before.chat.customer_id
    async with desk.refused(NotFound, "chat_not_found"):
        await send_message(bot, before.chat.id, body="Oi?")
    async with desk.refused(NotFound, "chat_not_found"):
        await send_message(desk.as_customer(before), before.chat.id, body="Oi?")


@held
async def test_nothing_of_who_is_restricted_changes_any_more(desk: Desk) -> None:
    boss = await desk.admin("tecnico")
    chat = await desk.closed(await desk.agent("tecnico"), cpf=CPF)
    await create_block(boss, NewBlock("Ofensas", customer_id=chat.customer_id))
    await erase_customer(boss, chat.customer_id, reason=REASON)
    assert await desk.count(Block) == 0
    async with desk.refused(Conflict, "customer_restricted"):
        await update_customer(boss, chat.customer_id, CustomerChange(name="Outro"))
    async with desk.refused(Conflict, "customer_restricted"):
        await set_customer_access_point(boss, chat.customer_id, None)
    async with desk.refused(NotFound, "customer_not_found"):
        await open_ticket(boss, NewTicket(chat.department_id, "Poste", "Caiu", customer_id=chat.customer_id))
    async with desk.refused(NotFound, "customer_not_found"):
        await create_block(boss, NewBlock("Ofensas", customer_id=chat.customer_id))


@held
async def test_who_answers_for_data_still_finds_and_hands_out_what_is_restricted(desk: Desk) -> None:
    boss = await desk.admin()
    story = await lived(desk)
    await erase_customer(boss, story.customer_id, reason=REASON)
    assert (await get_customer(boss, id=story.customer_id)).customer.name == "Kanariename"
    assert [row.id for row in (await list_customers(boss, "kanariename", PageRequest())).rows] == [story.customer_id]
    found = await list_chats(boss, ChatFilter(search="kanariesaid"), by_creation, PageRequest())
    assert [chat.id for chat in found.rows] == [story.chats[0].id]
    copy = await export_customer(boss, story.customer_id)
    assert (copy.cpf, copy.customer.restricted_until is not None) == (CPF, True)
    lines = [line.body async for conversation in copy.conversations for line in conversation.lines]
    assert {"kanariesaid", "kanarienote"} <= set(lines)


@held
async def test_an_opening_and_a_restriction_at_once_leave_nobody_half_restricted(desk: Desk) -> None:
    boss, ana = await desk.admin(), await desk.agent("tecnico")
    for number in range(4):
        chat = await desk.closed(ana, cpf=CPF, name=f"Zé {number}")
        opening = desk.opened(cpf=CPF, name="Zé")
        restriction = erase_customer(boss, chat.customer_id, reason=REASON)
        opened, told = await asyncio.gather(opening, restriction, return_exceptions=True)
        assert not isinstance(opened, BaseException)
        customer = await customer_of(desk, opened.chat)
        assert (customer.restricted_at, opened.chat.restricted_at) == (None, None)
        assert customer.cpf_digest is not None
        assert isinstance(told, Conflict) == (opened.chat.customer_id == chat.customer_id)
        await close_chat(boss, opened.chat.id)
        await erase_customer(boss, opened.chat.customer_id, reason=REASON)


@held
async def test_a_ticket_and_a_restriction_at_once_leave_no_ticket_of_who_is_restricted(desk: Desk) -> None:
    boss, ana = await desk.admin(), await desk.agent("tecnico")
    for _ in range(4):
        chat = await desk.closed(ana)
        new = NewTicket(chat.department_id, "Poste", "Caiu", customer_id=chat.customer_id)
        restriction = erase_customer(boss, chat.customer_id, reason=REASON)
        ticket, told = await asyncio.gather(open_ticket(ana, new), restriction, return_exceptions=True)
        restricted = (await customer_of(desk, chat)).restricted_at is not None
        assert (isinstance(ticket, NotFound), isinstance(told, Conflict)) == (restricted, not restricted)


# Out of sight


async def staged_story(scene: Scene) -> Chat:
    """A chat of somebody whose every word is a canary, in the place of the scene's own."""
    desk, people = scene.desk, scene.people
    await scene.begin("closed")
    about: dict[str, Any] = {"cpf": CPF, "phone": "+5511987650001", "email": "kanariemail@x.example"}
    bot, agent = people["key chat:write"], people["agent"]
    scene.opened = await desk.opened(by=bot, bot_owns=True, name="Kanariename", message="kanariefirst", **about)
    scene.chat = scene.opened.chat
    await send_message(bot, scene.chat_id, body="kanariebot")
    await hand_off_chat(bot, scene.chat_id, Handoff(summary="kanariesummary"))
    await claim_chat(agent, scene.chat_id)
    await update_chat(agent, scene.chat_id, ChatChange(subject="kanariesubject"))
    await send_message(agent, scene.chat_id, body="kanariereply")
    await send_message(agent, scene.chat_id, body="kanarienote", kind=MessageKind.NOTE)
    people["customer"] = desk.as_customer(scene.opened)
    await send_message(people["customer"], scene.chat_id, body="kanariesaid")
    await create_block(people["admin"], NewBlock("Ofensas", customer_id=scene.chat.customer_id))
    await close_chat(people["customer"], scene.chat_id)
    await index_chats(desk.system)
    return scene.chat


async def told(answer: Any) -> str:
    """All that an answer holds, as text."""
    if isinstance(answer, AsyncIterator):
        return "".join([await told(part) async for part in answer])
    if isinstance(answer, SQLModel):
        return str(answer.model_dump())
    if is_dataclass(answer) and not isinstance(answer, type):
        return "".join([await told(getattr(answer, field.name)) for field in fields(answer)])
    if isinstance(answer, Mapping):
        return "".join([await told(part) for pair in answer.items() for part in pair])
    if isinstance(answer, Iterable) and not isinstance(answer, str | bytes):
        return "".join([await told(part) for part in answer])
    return str(answer)


def widened(scene: Scene, argument: Any) -> Any:
    """Who asks for some ids may ask for those of the story as well."""
    assert scene.chat is not None
    if isinstance(argument, list) and argument and all(isinstance(one, UUID) for one in argument):
        return [*argument, scene.chat_id, scene.chat.customer_id]
    return argument


async def seen_by(ctx: Context, scene: Scene, *, but: str = "") -> set[str]:
    """The names of the use cases that tell a caller anything of the story, of all that there are (but for one)."""
    found: set[str] = set()
    for name, use_case in sorted(use_cases().items()):
        if name == but:
            continue
        args, kwargs = CALLS[name][1](scene)
        try:
            answer = await told(await use_case(ctx, *(widened(scene, arg) for arg in args), **kwargs))
        except AppError as refusal:
            answer = str(vars(refusal))
        if any(canary in answer.lower() for canary in (WORDS, "982.247", "98765", "52998224725")):
            found.add(name)
    return found


async def sought_by(ctx: Context, chat: Chat) -> set[str]:
    """The ways that begin from something known by heart, and lead the caller to the story."""
    page, found = PageRequest(), set[str]()

    async def look(name: str, what: Any) -> None:
        try:
            answer = await told(await what)
        except AppError:
            return
        if WORDS in answer.lower():
            found.add(name)

    async def by_words() -> Any:
        return (await list_chats(ctx, ChatFilter(search="kanariesaid"), by_creation, page)).rows

    async def of_customer() -> Any:
        return (await list_chats(ctx, ChatFilter(customer_id=chat.customer_id), by_creation, page)).rows

    for name, what in {
        "words": by_words(),
        "excerpt": excerpts_of(ctx, [(chat.id, "kanariesaid")]),
        "customer": of_customer(),
        "protocol": get_chat(ctx, protocol=chat.protocol),
        "export": export_chats(ctx, ChatFilter(), form="csv"),
        "name": list_customers(ctx, "kanariename", page),
        "phone": list_customers(ctx, "98765", page),
        "mail": list_customers(ctx, "kanariemail", page),
        "cpf": get_customer(ctx, cpf=CPF),
        "card": get_customer(ctx, id=chat.customer_id),
        "log": audit_names(ctx, [f"customer:{chat.customer_id}", f"customer:{chat.id}"]),
    }.items():
        await look(name, what)
    return found


async def test_nothing_of_who_is_restricted_is_told_to_anybody_who_does_not_answer_for_data(
    database_url: str, open_running: OpenRunning, clock: Any
) -> None:
    async with open_running(database_url, **REACHING, legal_hold=HOLD) as running:
        desk = Desk(running, clock)
        scene = await staged(desk)
        scene.people["auditor"] = await desk.supervisor(
            "tecnico", permissions=tuple(set(Permission) - {Permission.PRIVACY_MANAGE})
        )
        chat = await staged_story(scene)
        # A correction would take the words away that are looked for.
        known = {
            caller: await seen_by(scene.people[caller], scene, but="customers.update_customer")
            for caller in ("agent", "auditor")
        }
        ways = {caller: await sought_by(scene.people[caller], chat) for caller in ("agent", "auditor")}
        # Or else the walk would find nothing afterwards either.
        assert {"chats.get_chat", "chats.list_chats", "messages.read_history", "customers.list_customers"} <= known[
            "agent"
        ]
        assert {"exports.export_chats", "blocks.list_blocks", "notifications.list_notifications"} <= set().union(
            *known.values()
        )
        assert ways["auditor"] == {
            "words",
            "excerpt",
            "customer",
            "protocol",
            "export",
            "name",
            "phone",
            "mail",
            "cpf",
            "card",
            "log",
        }
        await _end_all(desk, chat.customer_id)
        assert (await erase_customer(scene.people["admin"], chat.customer_id, reason=REASON)).restricted_at is not None
        for caller, ctx in scene.people.items():
            if caller in ("admin", "system", "newcomer"):
                continue
            assert (caller, await seen_by(ctx, scene)) == (caller, set())
            assert (caller, await sought_by(ctx, chat)) == (caller, set())
        assert {"chats.get_chat", "customers.get_customer"} <= await seen_by(scene.people["admin"], scene)


async def _end_all(desk: Desk, customer_id: UUID) -> None:
    """Close what the walk has opened for the customer."""
    async with desk.db.read() as session:
        query = select(Chat.id).where(col(Chat.customer_id) == customer_id, col(Chat.status) != ChatStatus.CLOSED)
        ids = list((await session.execute(query)).scalars())
    boss = await desk.admin()
    for id in ids:
        await close_chat(boss, id)
