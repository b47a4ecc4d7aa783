"""Notifications by GraphQL: listed in the reader's language, marked, and followed."""

import asyncio
from typing import Any

import pytest

from api.context import Context
from api.models import Chat
from api.models.enums import Availability, NotificationKind
from api.resolvers.notifications import mark_notifications_read, notify, notify_waiting
from api.resolvers.presence import set_availability
from api.resolvers.upkeep import prune_notifications
from api.resolvers.users import UserChange, update_user
from tests.people import Desk, person
from tests.schema.conftest import Door, Socket

LIST = """query($u: Boolean) { notifications(unreadOnly: $u) {
  totalCount nodes { id kind title body link chatId createdAt readAt } } }"""
MARK = "mutation($i: [ID!]) { markNotificationsRead(ids: $i) { done userErrors { code } } }"
FOLLOW = """subscription($a: Cursor) { notificationEvents(after: $a) {
  cursor at notification { kind title chatId readAt } } }"""


async def told(desk: Desk, who: Context, chat: Chat, *kinds: NotificationKind) -> None:
    async with desk.db.transaction() as tx:
        for kind in kinds:
            await notify(tx, person(who).user_id, kind, chat)


async def next_of(socket: Socket) -> dict[str, Any]:
    frame = await socket.of("1")
    assert frame["type"] == "next", frame
    return frame["payload"]["data"]["notificationEvents"]


async def test_notifications_are_listed_in_the_readers_language(door: Door) -> None:
    ana = await door.desk.agent("tecnico")
    await set_availability(ana, Availability.ONLINE)
    chat = await door.desk.waiting(name="Zé")
    async with door.desk.db.transaction() as tx:
        await notify_waiting(tx, chat)
    token = await door.token(ana)
    for language, title, body in (
        ("pt-BR", "Zé está esperando.", f"Há um atendimento na fila de Técnico: {chat.protocol}."),
        ("en", "Zé is waiting.", f"There is a chat in the queue of Técnico: {chat.protocol}."),
    ):
        answer = (await door.post(LIST, token=token, headers={"accept-language": language})).json()
        found = answer["data"]["notifications"]
        (node,) = found["nodes"]
        assert node.pop("id")
        assert (found["totalCount"], node) == (
            1,
            {
                "kind": "CHAT_WAITING",
                "title": title,
                "body": body,
                "link": f"/meu-painel/chat/{chat.id}",
                "chatId": str(chat.id),
                "createdAt": "2026-03-02T15:00:00Z",
                "readAt": None,
            },
        )


async def test_marking_reads_those_named_or_all_and_never_anybody_elses(door: Door) -> None:
    ana, bia = await door.desk.agent("tecnico"), await door.desk.agent("tecnico")
    chat = await door.desk.waiting()
    for who in (ana, bia):
        await told(door.desk, who, chat, NotificationKind.CHAT_ASSIGNED, NotificationKind.CHAT_RETURNED)
    token, hers = await door.token(ana), await door.token(bia)
    (newest, _) = (await door.ask(LIST, token=token))["notifications"]["nodes"]
    for ids, left in (([newest["id"], "nonsense"], 1), ([], 1), (None, 0)):
        done = await door.ask(MARK, token=token, i=ids)
        assert done == {"markNotificationsRead": {"done": True, "userErrors": []}}
        assert (await door.ask(LIST, token=token, u=True))["notifications"]["totalCount"] == left
    await door.ask(MARK, token=token, i=[(await door.ask(LIST, token=hers))["notifications"]["nodes"][0]["id"]])
    assert (await door.ask(LIST, token=hers, u=True))["notifications"]["totalCount"] == 2


async def test_customers_have_no_notifications(door: Door) -> None:
    opened = await door.desk.opened()
    for document, code in ((LIST, "FORBIDDEN"), (LIST, "UNAUTHENTICATED")):
        token = opened.token if code == "FORBIDDEN" else None
        answer = (await door.post(document, token=token)).json()
        assert answer["errors"][0]["extensions"]["code"] == code
    async with door.socket_of(opened) as socket:
        await socket.subscribe("1", FOLLOW)
        frame = await socket.of("1")
    assert (frame["type"], frame["payload"][0]["extensions"]["code"]) == ("error", "FORBIDDEN")


@pytest.mark.settings(second_factor_roles="AGENT")
async def test_who_lacks_the_second_factor_of_their_role_follows_nothing(door: Door) -> None:
    async with door.socket(await door.token(await door.desk.agent(present=False))) as socket:
        await socket.subscribe("1", FOLLOW)
        frame = await socket.of("1")
    assert (frame["type"], frame["payload"][0]["extensions"]["code"]) == ("error", "FORBIDDEN")


async def test_a_person_hears_of_their_own_notifications_and_resumes_after_a_cursor(door: Door) -> None:
    ana, bia = await door.desk.agent("tecnico"), await door.desk.agent("tecnico")
    chat = await door.desk.waiting(name="Zé")
    token = await door.token(ana)
    async with door.socket(token) as socket:
        await socket.subscribe("1", FOLLOW, a=f"{door.desk.db.epoch}.0")
        await told(door.desk, bia, chat, NotificationKind.CHAT_MESSAGE)
        await told(door.desk, ana, chat, NotificationKind.CHAT_ASSIGNED)
        first = await next_of(socket)
    await told(door.desk, ana, chat, NotificationKind.CHAT_MESSAGE)
    async with door.socket(token) as socket:
        await socket.subscribe("1", FOLLOW, a=first["cursor"])
        second = await next_of(socket)
    assert first["notification"] == {
        "kind": "CHAT_ASSIGNED",
        "title": "Zé agora é com você.",
        "chatId": str(chat.id),
        "readAt": None,
    }
    assert first["at"] == "2026-03-02T15:00:00Z"
    assert second["notification"]["kind"] == "CHAT_MESSAGE"


async def test_a_replay_shows_what_was_read_meanwhile_as_read_and_leaves_out_what_is_forgotten(door: Door) -> None:
    ana = await door.desk.agent("tecnico")
    chat = await door.desk.waiting()
    await told(door.desk, ana, chat, NotificationKind.CHAT_ASSIGNED)
    await mark_notifications_read(ana)
    door.desk.clock.now += door.desk.running.services.settings.event_retention
    door.desk.clock.advance(seconds=1)
    await told(door.desk, ana, chat, NotificationKind.CHAT_MESSAGE)
    await mark_notifications_read(ana)
    assert await prune_notifications(door.desk.system) == 1
    async with door.socket(await door.token(ana)) as socket:
        await socket.subscribe("1", FOLLOW, a=f"{door.desk.db.epoch}.0")
        only = await next_of(socket)
    assert only["notification"]["kind"] == "CHAT_MESSAGE"
    assert only["notification"]["readAt"] == only["at"]


async def test_who_is_shut_out_hears_no_more(door: Door) -> None:
    admin, ana = await door.desk.admin(), await door.desk.agent("tecnico")
    async with door.socket(await door.token(ana)) as socket:
        await socket.subscribe("1", FOLLOW)
        await asyncio.sleep(0.3)
        await update_user(admin, person(ana).user_id, UserChange(active=False))
        frame = await socket.of("1")
    assert (frame["type"], frame["payload"][0]["extensions"]["code"]) == ("error", "UNAUTHENTICATED")


@pytest.mark.parametrize("cursor", ["0badcafe.1", "{epoch}.999"])
async def test_a_cursor_that_cannot_be_honoured_is_said_so(door: Door, cursor: str) -> None:
    ana = await door.desk.agent("tecnico")
    async with door.socket(await door.token(ana)) as socket:
        await socket.subscribe("1", FOLLOW, a=cursor.format(epoch=door.desk.db.epoch))
        frame = await socket.of("1")
    assert (frame["type"], frame["payload"][0]["extensions"]["code"]) == ("error", "RESYNC")
