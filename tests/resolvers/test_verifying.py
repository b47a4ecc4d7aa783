"""The audit log as a chain: whatever is done to it behind our back shows, and where."""

import asyncio
import re
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import delete, insert, select, update
from sqlmodel import col
from structlog.testing import capture_logs
from typer.testing import CliRunner

from api import chain
from api.chain import HEAD, Act, Head
from api.cli import cli
from api.errors import Conflict
from api.models import AuditEntry, Property
from api.models.base import new_id
from api.models.enums import Priority
from api.resolvers import verifying
from api.resolvers.chats import ChatChange, update_chat
from api.resolvers.claims import claim_chat
from api.resolvers.departments import DepartmentChange, update_department
from api.resolvers.verifying import Verdict, Wrong, last_verified, verify_audit
from tests.people import Desk
from tests.running import OpenRunning

FIELDS = (
    ("actor", "user:somebody else"),
    ("action", "sign_out"),
    ("object", "department:another"),
    ("before", {"name": "Never so"}),
    ("after", {"name": "Never so"}),
    ("address", "203.0.113.9"),
    ("request_id", "another"),
    ("id", new_id()),
)


async def entered(desk: Desk, count: int = 8) -> list[AuditEntry]:
    """A log of this many entries, of acts that tell what was before and after."""
    tecnico = await desk.department("tecnico")
    boss = await desk.admin()
    while (have := await desk.count(AuditEntry)) < count:
        await update_department(boss, tecnico.id, DepartmentChange(name=f"Técnico {have}"))
    return await entries(desk)


async def entries(desk: Desk) -> list[AuditEntry]:
    async with desk.db.read() as session:
        return list((await session.execute(select(AuditEntry).order_by(col(AuditEntry.seq)))).scalars())


async def tamper(desk: Desk, *statements: Any) -> None:
    """What somebody does who can write to the database, and has no key."""
    async with desk.db.transaction() as tx:
        for statement in statements:
            await tx.session.execute(statement.execution_options(synchronize_session=False))


async def verdict(desk: Desk, anchor: str | None = None) -> Verdict:
    return await verify_audit(desk.system, anchor=anchor)


async def faults(desk: Desk, anchor: str | None = None) -> list[tuple[Wrong, int]]:
    return [(fault.wrong, fault.seq) for fault in (await verdict(desk, anchor)).faults]


def at(seq: int) -> Any:
    return update(AuditEntry).where(col(AuditEntry.seq) == seq)


def head_is(head: Head | str) -> Any:
    return update(Property).where(col(Property.name) == HEAD).values(value=str(head))


async def test_what_nobody_touched_is_sound(desk: Desk) -> None:
    log = await entered(desk)
    found = await verdict(desk)
    assert (found.sound, found.entries, found.head) == (True, len(log), Head(len(log), log[-1].hash))
    assert [entry.seq for entry in log] == list(range(1, len(log) + 1))


async def test_an_empty_log_is_sound(desk: Desk) -> None:
    found = await verdict(desk)
    assert (found.sound, found.entries, found.head) == (True, 0, Head())


@pytest.mark.parametrize(("field", "value"), FIELDS, ids=[name for name, _ in FIELDS])
async def test_an_altered_field_is_found(desk: Desk, field: str, value: Any) -> None:
    await entered(desk)
    await tamper(desk, at(4).values({field: value}))
    assert await faults(desk) == [(Wrong.ALTERED, 4)]


async def test_an_altered_time_is_found_to_the_microsecond(desk: Desk) -> None:
    log = await entered(desk)
    await tamper(desk, at(4).values(at=log[3].at.replace(microsecond=1)))
    assert await faults(desk) == [(Wrong.ALTERED, 4)]


async def test_an_entry_whose_hash_is_made_anew_without_the_key_is_found(desk: Desk) -> None:
    log = await entered(desk)
    row = log[3].model_dump() | {"actor": "user:forged"}
    forged = chain.link(lambda text: __import__("hashlib").sha256(text.encode()).hexdigest(), log[2].hash, row)
    await tamper(desk, at(4).values(actor="user:forged", hash=forged))
    assert await faults(desk) == [(Wrong.ALTERED, 4), (Wrong.ALTERED, 5)]


async def test_a_deleted_entry_is_found(desk: Desk) -> None:
    await entered(desk)
    await tamper(desk, delete(AuditEntry).where(col(AuditEntry.seq).in_([3, 4])))
    (fault,) = (await verdict(desk)).faults
    assert (fault.wrong, fault.seq, fault.until) == (Wrong.MISSING, 3, 4)


async def test_a_deleted_entry_is_found_when_the_others_move_up(desk: Desk) -> None:
    log = await entered(desk)
    closing_up = [at(seq).values(seq=seq - 1) for seq in range(4, len(log) + 1)]
    new_head = head_is(Head(len(log) - 1, log[-1].hash))
    await tamper(desk, delete(AuditEntry).where(col(AuditEntry.seq) == 3), *closing_up, new_head)
    assert (await faults(desk))[0] == (Wrong.ALTERED, 3)


async def test_an_inserted_entry_is_found(desk: Desk) -> None:
    log = await entered(desk)
    making_room = [at(seq).values(seq=seq + 1) for seq in range(len(log), 4, -1)]
    forged = log[4].model_dump() | {"id": new_id(), "actor": "user:forged"}
    await tamper(desk, *making_room, insert(AuditEntry).values(forged), head_is(Head(len(log) + 1, log[-1].hash)))
    assert (await faults(desk))[0] == (Wrong.ALTERED, 5)


async def test_an_entry_added_at_the_end_is_found(desk: Desk) -> None:
    log = await entered(desk)
    forged = log[-1].model_dump() | {"id": new_id(), "seq": len(log) + 1}
    await tamper(desk, insert(AuditEntry).values(forged), head_is(Head(len(log) + 1, forged["hash"])))
    assert await faults(desk) == [(Wrong.ALTERED, len(log) + 1)]
    await tamper(desk, head_is(Head(len(log), log[-1].hash)))
    assert await faults(desk) == [(Wrong.ALTERED, len(log) + 1), (Wrong.BEYOND, len(log) + 1)]


async def test_an_entry_before_the_first_is_found(desk: Desk) -> None:
    log = await entered(desk)
    await tamper(desk, insert(AuditEntry).values(log[0].model_dump() | {"id": new_id(), "seq": -1}))
    assert await faults(desk) == [(Wrong.UNCOUNTED, len(log))]


async def test_two_that_changed_places_are_found(desk: Desk) -> None:
    await entered(desk)
    await tamper(desk, at(3).values(seq=-3), at(6).values(seq=3), at(-3).values(seq=6))
    assert [seq for _, seq in await faults(desk)] == [3, 4, 6, 7]


async def test_a_cut_tail_is_found_by_the_head(desk: Desk) -> None:
    log = await entered(desk)
    await tamper(desk, delete(AuditEntry).where(col(AuditEntry.seq) > 5))
    (fault,) = (await verdict(desk)).faults
    assert (fault.wrong, fault.seq, fault.until) == (Wrong.CUT, 6, len(log))


async def test_a_cut_tail_with_its_head_set_back_is_found_by_an_anchor_only(desk: Desk) -> None:
    """What no chain can do by itself: docs/operations.md says so, and how to keep an anchor."""
    log = await entered(desk)
    anchor = (await verdict(desk)).head.hash
    await update_department(await desk.admin(), (await desk.department("tecnico")).id, DepartmentChange(name="Novo"))
    assert (await verdict(desk, anchor)).sound, "the log goes on, and the anchor is still in it"
    await tamper(desk, delete(AuditEntry).where(col(AuditEntry.seq) > 5), head_is(Head(5, log[4].hash)))
    assert (await verdict(desk)).sound
    assert await faults(desk, anchor) == [(Wrong.NO_ANCHOR, 5)]


@pytest.mark.parametrize("value", ["", "x y", "7"])
async def test_a_head_that_is_no_head_is_found(desk: Desk, value: str) -> None:
    log = await entered(desk)
    await tamper(desk, head_is(value))
    assert [seq for _, seq in await faults(desk)] == [len(log)]


async def test_without_its_head_the_log_is_not_continued_and_nothing_is_done(desk: Desk) -> None:
    await entered(desk)
    boss, tecnico = await desk.admin(), await desk.department("tecnico")
    await tamper(desk, delete(Property).where(col(Property.name) == HEAD))
    before = await desk.db_contents()
    with pytest.raises(RuntimeError, match="lost its head"):
        await update_department(boss, tecnico.id, DepartmentChange(name="Outro"))
    assert await desk.db_contents() == before
    assert [wrong for wrong, _ in await faults(desk)] == [Wrong.HEADLESS]


async def test_what_was_found_is_remembered_and_logged(desk: Desk) -> None:
    await entered(desk)
    boss = await desk.admin()
    assert await last_verified(boss) is None
    found = await verdict(desk)
    last = await last_verified(boss)
    assert last is not None
    assert (last.at, last.sound, last.entries) == (found.at, True, found.entries)
    await tamper(desk, at(2).values(actor="user:forged"))
    with capture_logs() as lines:
        await verdict(desk)
    last = await last_verified(boss)
    assert last is not None
    assert not last.sound
    assert [(line["log_level"], line["event"]) for line in lines] == [("error", "audit log tampered with")]


async def test_a_log_of_many_faults_tells_the_first_and_that_there_are_more(desk: Desk) -> None:
    await entered(desk, 30)
    await tamper(desk, update(AuditEntry).values(actor="user:forged"))
    found = await verdict(desk)
    assert (len(found.faults), found.more) == (verifying.FAULT_LIMIT, True)


async def test_entries_are_read_in_batches(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    log = await entered(desk)
    monkeypatch.setattr(verifying, "BATCH", 3)
    found = await verdict(desk)
    assert (found.sound, found.entries) == (True, len(log))
    await tamper(desk, at(4).values(actor="user:forged"))
    assert await faults(desk) == [(Wrong.ALTERED, 4)]


async def test_values_hash_alike_however_a_database_gives_them_back(desk: Desk) -> None:
    odd: dict[str, Any] = {"whole": 1.0, "large": 1e15, "huge": 1e20, "small": 1e-7, "half": 0.5, "zero": -0.0}
    odd |= {"text": 'ção "\\ \u2028 😀', "deep": [{"b": 1, "a": None}], "tuple": (1, "x")}
    async with desk.db.transaction() as tx:
        tx.audit(Act(at=tx.now, actor="system", action="update_user", object="user:x", after=odd | {"z": 1, "a": True}))
    assert (await verdict(desk)).sound


async def test_acts_at_once_stand_in_one_line(desk: Desk) -> None:
    boss = await desk.admin()
    chats = [await desk.waiting() for _ in range(6)]
    await asyncio.gather(*(update_chat(boss, chat.id, ChatChange(priority=Priority.HIGH)) for chat in chats))
    found = await verdict(desk)
    assert found.sound
    assert {entry.object for entry in await entries(desk)} >= {f"chat:{chat.id}" for chat in chats}


async def test_two_processes_never_fork_the_chain(database_url: str, open_running: OpenRunning, clock: Any) -> None:
    async with open_running(database_url) as one, open_running(database_url) as other:
        here, there = Desk(one, clock), Desk(other, clock)
        boss = await here.admin("tecnico", capacity=100)
        chats = [await here.waiting() for _ in range(10)]
        same = there.as_(boss.principal)
        await asyncio.gather(*(claim_chat(boss if i % 2 else same, chat.id) for i, chat in enumerate(chats)))
        found = await verdict(here)
        assert found.sound
        assert found.entries == await here.count(AuditEntry)


async def test_a_refused_act_leaves_the_chain_as_it_was(desk: Desk) -> None:
    log = await entered(desk)
    chat = await desk.active(await desk.agent("tecnico"))
    with pytest.raises(Conflict):
        await claim_chat(await desk.agent("tecnico"), chat.id)
    found = await verdict(desk)
    assert found.sound
    assert found.entries > len(log)


def test_the_command_ends_with_1_when_an_entry_was_changed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALIDASH_DATA", str(tmp_path))
    monkeypatch.delenv("ALIDASH_DATABASE_URL", raising=False)
    given = ["create-admin", "--email", "rui@example.com", "--name", "Rui", "--password-stdin"]
    assert CliRunner().invoke(cli, given, input="uma senha bem longa 7\n").exit_code == 0
    sound = CliRunner().invoke(cli, ["audit", "verify"])
    assert sound.exit_code == 0
    assert re.fullmatch(r"Audit log: [1-9][0-9]* entries, sound, head [0-9a-f]{64}\.\n", sound.stdout)
    with closing(sqlite3.connect(tmp_path / "alidash.sqlite3")) as database:
        last, id = database.execute("SELECT seq, id FROM audit ORDER BY seq DESC LIMIT 1").fetchone()
        database.execute("UPDATE audit SET actor = 'user:somebody else' WHERE seq = ?", (last,))
        database.commit()
    wrong = CliRunner().invoke(cli, ["audit", "verify"])
    assert wrong.exit_code == 1
    assert f"Fault: entry {last} ({UUID(id)}) is not what was written in this place.\n" in wrong.stdout
    assert f"Audit log: {last} entries, 1 faults, head" in wrong.stdout
