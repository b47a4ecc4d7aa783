"""The nightly check: each counter broken by hand is named, and nothing else is."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, update
from sqlmodel import col
from structlog.testing import capture_logs
from typer.testing import CliRunner

from api.cli import cli
from api.models import Chat, EventRow, Leg, Message, Stream, User
from api.models.enums import Availability
from api.resolvers.closings import close_chat
from api.resolvers.counters import TOLD, Findings, Kept, check_counters, last_check
from api.resolvers.messages import send_message
from api.resolvers.notifications import in_words, list_notifications, mark_notifications_read
from api.resolvers.pages import PageRequest
from api.resolvers.presence import set_availability
from api.resolvers.transfers import return_chat
from api.texts import Locale
from tests.clock import NOON
from tests.people import Desk, person

FIRST = PageRequest(first=50)


@pytest.fixture
async def busy(desk: Desk) -> Desk:
    """A desk with a chat of each kind: waiting, attended, returned, ended, abandoned, the bot's."""
    ana = await desk.online("tecnico")
    await desk.waiting()
    chat = await desk.active(ana)
    await send_message(ana, chat.id, body="Olá")
    await return_chat(ana, (await desk.active(ana)).id)
    desk.clock.advance(seconds=40, milliseconds=7)
    await desk.closed(ana)
    gone = await desk.opened()
    desk.clock.advance(seconds=20)
    await close_chat(desk.as_customer(gone), gone.chat.id)
    await desk.opened(by=await desk.bot(), bot_owns=True)
    await set_availability(ana, Availability.PAUSED, "Café")
    return desk


async def found(desk: Desk) -> list[tuple[Kept, str, str]]:
    """What differs: which counter, what it says, what the rows say."""
    return [(each.kept, each.says, each.rows) for each in (await check_counters(desk.system)).differences]


async def broken(desk: Desk, statement: Any) -> None:
    async with desk.db.transaction() as tx:
        result: Any = await tx.session.execute(statement.execution_options(synchronize_session=False))
        assert result.rowcount > 0, "nothing was broken"


async def test_a_desk_in_order_differs_in_nothing(busy: Desk) -> None:
    boss = await busy.admin()
    assert await last_check(busy.system) is None
    assert (await check_counters(busy.system)).total == 0
    last = await last_check(busy.system)
    assert last is not None
    assert (last.at, last.counts) == (busy.clock.now.replace(microsecond=0), {})
    assert (await list_notifications(boss, FIRST)).rows == []


def of_status(status: str) -> Any:
    return update(Chat).where(col(Chat.status) == status)


LOST = update(Leg).where(col(Leg.lost_after).is_not(None))
ENDED = update(Leg).where(col(Leg.resolved_after).is_not(None))
HOUR = timedelta(hours=1)

BREAKS: dict[str, tuple[Kept, Callable[[], Any]]] = {
    "a load": (Kept.AGENT_LOAD, lambda: update(User).where(col(User.active_chats) == 1).values(active_chats=2)),
    "a last message": (Kept.MESSAGE_SEQ, lambda: of_status("ACTIVE").values(message_seq=99)),
    "a gap": (Kept.MESSAGE_SEQ, lambda: delete(Message).where(col(Message.seq) == 1, col(Message.body) == "Oi")),
    "a customer's mark": (Kept.READ_MARK, lambda: of_status("ACTIVE").values(customer_read_seq=99)),
    "an agent's mark": (Kept.READ_MARK, lambda: of_status("ACTIVE").values(agent_read_seq=-1)),
    "a head behind": (Kept.STREAM_HEAD, lambda: update(Stream).values(last_seq=col(Stream.last_seq) - 1)),
    "no head": (Kept.STREAM_HEAD, lambda: delete(Stream)),
    "a gap of events": (Kept.STREAM_HEAD, lambda: delete(EventRow).where(col(EventRow.seq) == 2)),
    "a rank": (Kept.QUEUE_RANK, lambda: of_status("WAITING").values(queue_rank=NOON - HOUR)),
    "an open leg elsewhere": (
        Kept.OPEN_LEG,
        lambda: update(Leg).where(col(Leg.left_at).is_(None), col(Leg.agent_id).is_not(None)).values(agent_id=None),
    ),
    "a leg left open": (Kept.OPEN_LEG, lambda: ENDED.values(left_at=None)),
    "a wait": (Kept.LEG_TIMES, lambda: ENDED.values(waited=HOUR)),
    "a loss": (Kept.LEG_TIMES, lambda: LOST.values(lost_after=HOUR)),
    "a response": (Kept.LEG_TIMES, lambda: ENDED.values(responded_after=HOUR)),
    "a handling": (Kept.LEG_TIMES, lambda: ENDED.values(handled=HOUR)),
    "a resolution": (Kept.LEG_TIMES, lambda: ENDED.values(resolved_after=HOUR)),
}


@pytest.mark.parametrize("name", BREAKS)
async def test_a_broken_counter_is_named(busy: Desk, name: str) -> None:
    kept, statement = BREAKS[name]
    await broken(busy, statement())
    before = await busy.db_contents()
    differences = await found(busy)
    assert {each for each, _, _ in differences} == {kept}
    assert all(says != rows for each, says, rows in differences if each is not Kept.STREAM_HEAD and name != "a gap")
    after = await busy.db_contents()
    changed = {table for table in after if after[table] != before[table]}
    assert changed <= {"properties", "notifications", "events", "streams"}, "only what tells of it is written"
    # In no order that is promised: several streams have lost their heads at once.
    assert sorted(await found(busy)) == sorted(differences), "nothing is mended"


async def test_what_differs_is_logged_remembered_and_told_to_administrators_once(busy: Desk) -> None:
    boss, other = await busy.admin(), await busy.supervisor()
    ana = await busy.user(boss)
    await broken(busy, update(User).where(col(User.id) == ana.id).values(active_chats=3))
    with capture_logs() as lines:
        findings = await check_counters(busy.system)
    assert [str(each) for each in findings.differences] == [
        f"AGENT_LOAD of user:{ana.id.hex} is 3, the rows say 0",
    ]
    assert [(line["log_level"], line["event"], line["total"]) for line in lines] == [("error", "counters differ", 1)]
    last = await last_check(busy.system)
    assert last is not None
    assert last.counts == {Kept.AGENT_LOAD: 1}
    await check_counters(busy.system)
    (told,) = (await list_notifications(boss, FIRST)).rows
    assert in_words(told, Locale.EN).body == "1 between counters and records; `alidash check` says which."
    assert in_words(told, Locale.EN).link is None
    assert (await list_notifications(other, FIRST)).rows == []
    await mark_notifications_read(boss)
    await check_counters(busy.system)
    assert len((await list_notifications(boss, FIRST)).rows) == 2


@pytest.mark.parametrize("name", ["a head behind", "no head"])
async def test_administrators_are_told_also_where_their_streams_are_what_is_broken(desk: Desk, name: str) -> None:
    boss, other = await desk.admin(), await desk.admin()
    await broken(desk, update(User).where(col(User.id) == person(boss).user_id).values(active_chats=3))
    await check_counters(desk.system)
    await mark_notifications_read(boss)
    statement = BREAKS[name][1]().where(col(Stream.name) == f"staff:{person(boss).user_id.hex}")
    await broken(desk, statement)
    assert {kept for kept, _, _ in await found(desk)} == {Kept.AGENT_LOAD, Kept.STREAM_HEAD}
    told = (await list_notifications(boss, FIRST)).rows
    assert [(each.values, each.read_at is None) for each in told] == [({"count": "2"}, True), ({"count": "1"}, False)]
    # Who still has to look is not told again, and a stream that is whole goes on.
    assert [each.values for each in (await list_notifications(other, FIRST)).rows] == [{"count": "1"}]


async def test_of_many_differences_the_first_are_told(desk: Desk) -> None:
    ana = await desk.agent("tecnico", capacity=50)
    for _ in range(TOLD + 1):
        await desk.active(ana)
    await broken(desk, update(Chat).values(message_seq=99))
    findings: Findings = await check_counters(desk.system)
    assert (len(findings.differences), findings.total) == (TOLD, TOLD + 1)


def test_the_command_ends_with_1_when_a_counter_differs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALIDASH_DATA", str(tmp_path))
    monkeypatch.delenv("ALIDASH_DATABASE_URL", raising=False)
    sound = CliRunner().invoke(cli, ["check"])
    assert (sound.exit_code, sound.stdout) == (0, "Counters: 0 differences.\n")
    with closing(sqlite3.connect(tmp_path / "alidash.sqlite3")) as database:
        database.execute("INSERT INTO streams (name, last_seq) VALUES ('staff:x', 3)")
        database.execute(
            "INSERT INTO events (stream, seq, kind, payload, at) VALUES ('staff:x', 5, 'Notified', '{}', '2026-03-02')"
        )
        database.commit()
    wrong = CliRunner().invoke(cli, ["check"])
    assert wrong.exit_code == 1
    assert "STREAM_HEAD of staff:x is 3, the rows say 5.\nCounters: 1 differences.\n" in wrong.stdout
