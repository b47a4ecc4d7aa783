"""What one person should look at: who is told, once, in which words, and for how long."""

import asyncio
import re
from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from api.business_hours import Stretch
from api.context import Context
from api.errors import Forbidden, Invalid
from api.events import Event, Notified, staff_stream
from api.models import Chat, Notification
from api.models.enums import Availability, NotificationKind, WhenClosed
from api.resolvers.claims import claim_chat
from api.resolvers.deadlines import meet_deadlines
from api.resolvers.departments import DepartmentChange, update_department
from api.resolvers.handoffs import Handoff, hand_off_chat
from api.resolvers.messages import mark_read, send_message
from api.resolvers.notifications import (
    count_notifications,
    in_words,
    list_notifications,
    mark_notifications_read,
    notifications_by_id,
    notify,
    notify_waiting,
    settle_chat,
    settle_waiting,
)
from api.resolvers.pages import PageRequest
from api.resolvers.presence import renew_presence, set_availability
from api.resolvers.tickets import NewTicket, open_ticket
from api.resolvers.transfers import transfer_chat
from api.resolvers.upkeep import prune_notifications
from api.resolvers.users import UserChange, update_user
from api.texts import Locale
from tests.clock import NOON
from tests.people import Desk, person, valid_cpf

ROUTES = Path(__file__).parents[2] / "web" / "src" / "app" / "routes.ts"
OF_NO_CHAT = {
    NotificationKind.COUNTERS_DIFFER,
    NotificationKind.ACCESS_POINT_DOWN,
    NotificationKind.ACCESS_POINT_BACK,
    NotificationKind.INCIDENT_SUSPECTED,
    NotificationKind.WEBHOOK_FAILED,
}
OF_CHATS = [kind for kind in NotificationKind if kind not in OF_NO_CHAT]
CHAT_KINDS = (NotificationKind.CHAT_WAITING, NotificationKind.CHAT_MESSAGE, NotificationKind.CHAT_ASSIGNED)


async def online(desk: Desk, *slugs: str) -> Context:
    """An agent who is ONLINE and attends nobody."""
    agent = await desk.agent(*slugs)
    await set_availability(agent, Availability.ONLINE)
    return agent


async def told(desk: Desk, who: Context, chat: Chat, *kinds: NotificationKind) -> list[UUID]:
    """Tell a person several things about a chat."""
    async with desk.db.transaction() as tx:
        ids = [await notify(tx, person(who).user_id, kind, chat) for kind in kinds]
    return [id for id in ids if id]


async def ring(desk: Desk, chat: Chat) -> None:
    """A chat begins to wait."""
    async with desk.db.transaction() as tx:
        await notify_waiting(tx, chat)


async def ring_and_fail(desk: Desk, chat: Chat) -> None:
    """A chat begins to wait, in a transaction that comes to nothing."""
    async with desk.db.transaction() as tx:
        await notify_waiting(tx, chat)
        raise ZeroDivisionError


async def rows(who: Context, *, unread_only: bool = False) -> list[Notification]:
    return (await list_notifications(who, PageRequest(), unread_only=unread_only)).rows


async def unread(who: Context) -> list[NotificationKind]:
    """What a person has not looked at yet, newest first."""
    return [notification.kind for notification in await rows(who, unread_only=True)]


async def heard(desk: Desk, who: Context) -> list[Event]:
    """What a person's stream said of notifications."""
    return [event for event in await desk.events(staff_stream(person(who).user_id)) if isinstance(event, Notified)]


def is_told(notifications: Iterable[Notification]) -> list[Event]:
    return [Notified(user_id=found.user_id, notification_id=found.id) for found in notifications]


# Who is told, and how often


async def test_who_is_free_in_the_department_is_told_that_somebody_waits(desk: Desk) -> None:
    free = [await online(desk, "tecnico"), await online(desk, "tecnico", "comercial")]
    busy, elsewhere, offline = (
        await online(desk, "tecnico"),
        await online(desk, "comercial"),
        await desk.agent("tecnico"),
    )
    paused = await online(desk, "tecnico")
    await set_availability(paused, Availability.PAUSED, "Almoço")
    gone = await online(desk, "tecnico")
    desk.clock.advance(seconds=30)
    await renew_presence(desk.system, [person(who).user_id for who in (*free, busy, elsewhere, paused)])
    await desk.active(busy)
    for agent in (*free, gone):
        assert await unread(agent) == []
    desk.clock.advance(seconds=15)
    await desk.waiting(name="Zé")
    for agent in free:
        (notification,) = await rows(agent, unread_only=True)
        assert notification.kind is NotificationKind.CHAT_WAITING
        assert (await heard(desk, agent))[-1:] == is_told([notification])
    for agent in (busy, elsewhere, offline, paused, gone):
        assert await unread(agent) == []


async def test_who_left_the_company_is_not_told(desk: Desk) -> None:
    ana = await online(desk, "tecnico")
    await update_user(await desk.admin(), person(ana).user_id, UserChange(active=False))
    await desk.waiting()
    assert await desk.count(Notification) == 0


async def test_nobody_is_told_twice_of_one_wait_that_they_have_not_looked_at(desk: Desk) -> None:
    ana = await online(desk, "tecnico")
    chat, other = await desk.waiting(), await desk.waiting()
    for _ in range(2):
        await ring(desk, chat)
    await ring(desk, other)
    assert len(await rows(ana)) == len(await heard(desk, ana)) == 2
    await mark_notifications_read(ana)
    await ring(desk, chat)
    assert (await count_notifications(ana), await count_notifications(ana, unread_only=True)) == (3, 1)


async def test_of_two_transactions_at_once_one_tells(desk: Desk) -> None:
    ana = await online(desk, "tecnico")
    chat = await desk.waiting()
    await asyncio.gather(*(ring(desk, chat) for _ in range(5)))
    assert len(await rows(ana)) == len(await heard(desk, ana)) == 1


async def test_a_rollback_tells_nobody(desk: Desk) -> None:
    chat = await desk.waiting()
    ana = await online(desk, "tecnico")
    async with desk.nothing_changes():
        with pytest.raises(ZeroDivisionError):
            await ring_and_fail(desk, chat)
    assert await heard(desk, ana) == []


async def test_the_agent_is_told_once_that_the_customer_wrote_and_nobody_where_there_is_none(desk: Desk) -> None:
    ana = await desk.agent("tecnico")
    chat, waiting = await desk.active(ana), await desk.waiting()
    for written_in in (chat, chat, waiting):
        await send_message(desk.as_customer(written_in), written_in.id, body="Alô?")
    (notification,) = await rows(ana)
    assert (notification.kind, notification.chat_id) == (NotificationKind.CHAT_MESSAGE, chat.id)
    assert await desk.count(Notification) == 1


# Until when it is unread


async def test_a_chat_that_waits_no_more_is_settled_for_everybody(desk: Desk) -> None:
    ana, bia = await online(desk, "tecnico"), await online(desk, "tecnico")
    chat, other = await desk.waiting(), await desk.waiting()
    await ring(desk, chat)
    await ring(desk, other)
    await told(desk, ana, chat, NotificationKind.CHAT_ASSIGNED)
    desk.clock.advance(minutes=1)
    async with desk.db.transaction() as tx:
        await settle_waiting(tx, chat.id)
    assert await unread(ana) == [NotificationKind.CHAT_ASSIGNED, NotificationKind.CHAT_WAITING]
    (left,) = await rows(bia, unread_only=True)
    assert left.chat_id == other.id
    assert {found.read_at for found in await rows(bia)} == {None, desk.clock.now}


async def test_who_looked_at_a_chat_has_looked_at_all_that_was_told_of_it(desk: Desk) -> None:
    ana, bia = await desk.agent("tecnico"), await desk.agent("tecnico")
    chat, other = await desk.waiting(), await desk.waiting()
    for who in (ana, bia):
        await told(desk, who, chat, *CHAT_KINDS)
    await told(desk, ana, other, NotificationKind.CHAT_RETURNED)
    async with desk.db.transaction() as tx:
        await settle_chat(tx, person(ana).user_id, chat.id)
    assert await unread(ana) == [NotificationKind.CHAT_RETURNED]
    assert len(await unread(bia)) == 3


async def test_mark_notifications_read_reads_those_named_and_only_ones_own(desk: Desk) -> None:
    ana, bia = await desk.agent("tecnico"), await desk.agent("tecnico")
    chat = await desk.waiting()
    first, *_ = await told(desk, ana, chat, *CHAT_KINDS)
    hers = await told(desk, bia, chat, *CHAT_KINDS)
    async with desk.nothing_changes():
        await mark_notifications_read(ana, [*hers, uuid4()])
        await mark_notifications_read(ana, [])
    read_at = desk.clock.now
    await mark_notifications_read(ana, [first])
    assert len(await unread(ana)) == 2
    desk.clock.advance(minutes=1)
    await mark_notifications_read(ana)
    assert [found.read_at for found in await rows(ana)] == [desk.clock.now, desk.clock.now, read_at]
    assert len(await unread(bia)) == 3


async def test_only_people_have_notifications_to_read(desk: Desk) -> None:
    async with desk.refused(Forbidden, "not_allowed"):
        await mark_notifications_read(desk.system)
    newcomer = await desk.newcomer()
    async with desk.refused(Forbidden, "second_factor_missing"):
        await list_notifications(newcomer, PageRequest())


# What is read


async def test_list_notifications_shows_ones_own_newest_first_page_by_page(desk: Desk) -> None:
    ana, bia = await desk.agent("tecnico"), await desk.agent("tecnico")
    chat = await desk.waiting()
    ids = await told(desk, ana, chat, *CHAT_KINDS)
    await told(desk, bia, chat, *CHAT_KINDS)
    first = await list_notifications(ana, PageRequest(first=2))
    assert ([found.id for found in first.rows], first.has_next) == (ids[:0:-1], True)
    rest = await list_notifications(ana, PageRequest(first=2, after=first.cursors[-1]))
    assert ([found.id for found in rest.rows], rest.has_next) == (ids[:1], False)
    assert await count_notifications(ana) == 3
    with pytest.raises(Invalid, match="bad_cursor"):
        await list_notifications(ana, PageRequest(after="nonsense"))


async def test_notifications_are_found_by_id_by_their_owner_only(desk: Desk) -> None:
    ana, bia = await desk.agent("tecnico"), await desk.agent("tecnico")
    (mine,) = await told(desk, ana, await desk.waiting(), NotificationKind.CHAT_ASSIGNED)
    assert set(await notifications_by_id(ana, [mine, uuid4()])) == {mine}
    assert await notifications_by_id(bia, [mine]) == {}


async def test_a_notification_keeps_names_and_neither_the_cpf_nor_what_was_written(desk: Desk) -> None:
    ana = await desk.agent("tecnico")
    cpf = valid_cpf(123_456_789)
    chat = await desk.waiting(name="Zé", cpf=cpf, message="A luz LOS está vermelha")
    await told(desk, ana, chat, *OF_CHATS)
    for found in await rows(ana):
        assert found.values == {"customer": "Zé", "department": "Técnico", "protocol": chat.protocol}
    assert not [row for row in (await desk.db_contents())["notifications"] if cpf in str(row)]


@pytest.mark.parametrize("kind", OF_CHATS)
def test_every_kind_is_said_in_the_readers_language(kind: NotificationKind) -> None:
    values = {"customer": "Zé {x}", "department": "Técnico", "protocol": "20260302-000001"}
    row = Notification(user_id=uuid4(), kind=kind, chat_id=uuid4(), values=values, created_at=NOON)
    portuguese, english = in_words(row, Locale.PT_BR), in_words(row, Locale.EN)
    assert portuguese.title != english.title
    assert portuguese.body != english.body
    for words in (portuguese, english):
        assert "Zé {x}" in words.title
        assert "20260302-000001" in words.body


def test_a_link_is_the_panels_own_path_of_the_chat() -> None:
    chat_id = uuid4()
    values = {"customer": "Zé", "department": "Técnico", "protocol": "20260302-000001"}
    kind = NotificationKind.CHAT_WAITING
    row = Notification(user_id=uuid4(), kind=kind, chat_id=chat_id, values=values, created_at=NOON)
    template = re.search(r"chatPath = \(id: string\) => `(.*)`", ROUTES.read_text(encoding="utf-8"))
    assert template
    assert in_words(row, Locale.EN).link == template[1].replace("${id}", str(chat_id))


# For how long it is kept


async def test_prune_notifications_forgets_what_was_read_long_ago(desk: Desk) -> None:
    ana = await desk.agent("tecnico")
    old, unseen, new = await told(desk, ana, await desk.waiting(), *CHAT_KINDS)
    await mark_notifications_read(ana, [old])
    desk.clock.advance(seconds=1)
    await mark_notifications_read(ana, [new])
    desk.clock.now += desk.running.services.settings.event_retention - timedelta(seconds=1)
    assert await prune_notifications(desk.system) == 0
    desk.clock.advance(seconds=1)
    assert await prune_notifications(desk.system) == 1
    assert {found.id for found in await rows(ana)} == {unseen, new}


# What causes them


async def test_the_agent_hears_that_the_customer_wrote_until_they_have_read_it(desk: Desk) -> None:
    ana, opened = await desk.agent("tecnico"), await desk.opened()
    await claim_chat(ana, opened.chat.id)
    assert await unread(ana) == []
    for body in ("Alô?", "Tem alguém aí?"):
        sent = await send_message(desk.as_customer(opened), opened.chat.id, body=body)
    assert await unread(ana) == [NotificationKind.CHAT_MESSAGE]
    await mark_read(ana, opened.chat.id, seq=sent.message.seq)
    assert await unread(ana) == []


async def test_who_is_given_a_chat_by_a_colleague_is_told_and_who_takes_one_is_not(desk: Desk) -> None:
    ana, bia = await desk.agent("tecnico"), await desk.online("tecnico")
    chat = await desk.active(ana)
    await transfer_chat(ana, chat.id, agent_id=person(bia).user_id, reason="É da sua região")
    assert (await unread(ana), await unread(bia)) == ([], [NotificationKind.CHAT_ASSIGNED])


async def test_who_lets_a_chat_lie_is_told_that_it_is_theirs_no_more(desk: Desk) -> None:
    ana = await desk.agent("tecnico")
    await desk.active(ana)
    desk.clock.advance(minutes=3)
    assert await meet_deadlines(desk.system) == 1
    assert await unread(ana) == [NotificationKind.CHAT_RETURNED]


async def test_an_overdue_ticket_is_told_once_to_who_has_it_or_to_all_who_may_take_it(desk: Desk) -> None:
    ana, bia, rita = await desk.agent("tecnico"), await desk.agent("tecnico"), await desk.analyst("tecnico")
    due = desk.clock.now + timedelta(hours=1)
    new = NewTicket((await desk.department("tecnico")).id, "Poste caído", "Trocar o poste", name="Zé", due_at=due)
    await claim_chat(ana, (await open_ticket(bia, new)).id)
    await open_ticket(bia, new)
    assert await meet_deadlines(desk.system) == 0
    desk.clock.advance(hours=1)
    assert await meet_deadlines(desk.system) == 2
    assert await meet_deadlines(desk.system) == 0
    overdue = NotificationKind.TICKET_OVERDUE
    assert (await unread(ana), await unread(bia), await unread(rita)) == ([overdue, overdue], [overdue], [])


async def test_a_ticket_left_out_of_hours_is_told_to_all_who_may_take_it_until_one_does(desk: Desk) -> None:
    ana, bia, rita = await desk.agent("tecnico"), await desk.agent("tecnico"), await desk.analyst("tecnico")
    cid = await desk.agent("comercial")
    hours, tecnico = (Stretch(0, 8 * 60, 9 * 60),), await desk.department("tecnico")
    change = DepartmentChange(hours=hours, when_closed=WhenClosed.TICKET)
    await update_department(await desk.admin(), tecnico.id, change)
    opening = {"ticket": True, "phone": "(11) 98765-4321", "key": "again", "cpf": valid_cpf(7)}
    ticket = (await desk.opened(**opening)).chat
    assert (await desk.opened(**opening)).repeated
    for who, expected in ((ana, 1), (bia, 1), (rita, 0), (cid, 0)):
        assert await unread(who) == [NotificationKind.CHAT_WAITING] * expected
    await claim_chat(ana, ticket.id)
    assert await unread(bia) == []
    # What a bot hands off at night is left in the same way.
    bot = await desk.bot()
    talk = (await desk.opened(by=bot, bot_owns=True)).chat
    await hand_off_chat(bot, talk.id, Handoff(ticket=True))
    assert await unread(bia) == [NotificationKind.CHAT_WAITING]


def test_what_is_about_no_chat_leads_to_none() -> None:
    kind, values = NotificationKind.COUNTERS_DIFFER, {"count": "3"}
    row = Notification(user_id=uuid4(), kind=kind, values=values, created_at=NOON)
    portuguese, english = in_words(row, Locale.PT_BR), in_words(row, Locale.EN)
    assert portuguese.title != english.title
    assert portuguese.body.startswith("3 entre")
    assert english.body.startswith("3 between")
    assert portuguese.link is english.link is None
