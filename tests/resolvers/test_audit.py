"""Who did what: which acts leave an entry, what it tells, and who may read it."""

import ast
import json
import re
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlmodel import SQLModel, col, select

from api.acts import ACTS, name_of_act
from api.context import ChatCustomer, Context
from api.errors import AppError, Forbidden
from api.models import AuditEntry
from api.models.enums import Availability, ChatKind, Permission, Priority
from api.resolvers.access import allowed, grants_of
from api.resolvers.audit import (
    READ_AGAIN_AFTER,
    AuditFilter,
    audit_names,
    count_audit,
    export_audit,
    list_audit,
    names_of_ids,
)
from api.resolvers.blocks import NewBlock, create_block
from api.resolvers.canned_replies import CannedReplyChange, NewCannedReply, create_canned_reply, update_canned_reply
from api.resolvers.chats import ChatChange, follow_chat, update_chat
from api.resolvers.departments import DepartmentChange, update_department
from api.resolvers.incident_acts import IncidentWords, declare_incident
from api.resolvers.messages import list_messages, read_history
from api.resolvers.pages import PageRequest
from api.resolvers.presence import set_availability
from api.resolvers.tickets import NewTicket, open_ticket
from api.resolvers.tokens import create_token
from api.resolvers.transfers import transfer_chat
from api.resolvers.users import UserChange, update_user
from api.texts import Locale
from tests.network import Network
from tests.people import Desk, person
from tests.test_policy import CALLS, Scene, scene, use_cases, version_of  # noqa: F401 - a fixture

ROOT = Path(__file__).parent.parent.parent

OWN = "one's own, and of no other's business"
SPOKEN = "a line of the chat, which tells itself who wrote what, and when"
CUSTOMERS = "an act of the customer or of their bot, which the chat itself tells"
CLOCK = "the desk's own clockwork, no act of anybody: the legs, the ledger or the chat's own lines tell of it"

NOT_AUDITED = {
    "openings.open_chat": CUSTOMERS,
    "closings.rate_chat": CUSTOMERS,
    "handoffs.hand_off_chat": CUSTOMERS,
    "messages.send_message": SPOKEN,
    "second_factor.begin_second_factor": OWN + "; nothing changes before it is confirmed",
    "messages.mark_read": OWN,
    "messages.set_typing": OWN,
    "presence.set_availability": OWN + "; of somebody else, it is audited",
    "notifications.mark_notifications_read": OWN,
    "access_points.report_access_point": "what devices say is told by their samples",
    "probing.check_network": CLOCK,
    "asking.mind_incidents": CLOCK,
    "replying.deliver_reply": CLOCK,
    "sampling.prune_samples": CLOCK,
    "sampling.prune_network": CLOCK,
    "claims.assign_waiting": CLOCK,
    "indexing.index_chats": CLOCK,
    "counters.check_counters": CLOCK,
    "deadlines.meet_deadlines": CLOCK,
    "deadlines.close_abandoned": CLOCK,
    "deadlines.return_orphans": CLOCK,
    "departments.ensure_departments": CLOCK,
    "leases.take_lease": CLOCK,
    "leases.keep_lease": CLOCK,
    "leases.end_lease": CLOCK,
    "dispatching.deliver_due": CLOCK,
    "upkeep.prune_deliveries": CLOCK,
    "leases.renew_process": CLOCK,
    "leases.end_process": CLOCK,
    "presence.renew_presence": CLOCK,
    "presence.lapse_presence": CLOCK,
    "retention.prune_chats": CLOCK,
    "privacy.scrub": CLOCK,
    "blocks.prune_blocks": CLOCK,
    "upkeep.prune_events": CLOCK,
    "upkeep.prune_notifications": CLOCK,
    "upkeep.prune_sessions": CLOCK,
    "verifying.verify_audit": CLOCK,
}
"""What writes and leaves no entry, and why. Whatever else writes has to be audited."""

AUDITED_READING = {
    "messages.list_messages",
    "messages.read_history",
    "chats.follow_chat",
    "transcripts.read_transcript",
    "audit.export_audit",
    "exports.export_chats",
    "inventory.export_access_points",
    "privacy.export_customer",
}
"""What changes nothing but the audit log."""

BY_A_PROVIDER = {"openid.leave_for_provider", "openid.sign_in_by_provider"}
"""What nobody gets through without an identity provider: tests/test_entrance.py reads its entries beside a real one."""

ANY_CHAT = ChatCustomer(UUID(int=0), "")
"""A customer, as long as the scene has none."""


async def log_of(desk: Desk) -> list[AuditEntry]:
    async with desk.db.read() as session:
        return list((await session.execute(select(AuditEntry).order_by(col(AuditEntry.seq)))).scalars())


async def told(desk: Desk, since: int = 0) -> list[tuple[str, str, str]]:
    """(actor, action, object) of each entry after a number."""
    return [(entry.actor, entry.action, entry.object) for entry in (await log_of(desk))[since:]]


# Which acts leave an entry


@pytest.mark.slow
async def test_every_use_case_that_writes_is_audited_or_says_why_not(scene: Scene, tmp_path: Path) -> None:  # noqa: F811
    """Every use case, called by who may: what changed any table without leaving an entry has to be in the list."""
    silent, audited = set[str](), set[str]()
    with closing(sqlite3.connect(tmp_path / "alidash.sqlite3", isolation_level=None)) as watcher:
        cases = use_cases()
        assert cases.keys() >= BY_A_PROVIDER
        for name, use_case in sorted(cases.items()):
            if name in BY_A_PROVIDER:
                continue
            before, after = await _called(scene, watcher, name, use_case)
            if after["audit"] != before["audit"]:
                audited.add(name)
            elif before != after:
                silent.add(name)
        fields, kinds = _fields(watcher), _kinds(watcher)
    for language in ("pt-BR", "en"):
        assert fields - _named_by_the_panel(language, "fields") == set(), f"no name on the audit page in {language}"
        assert kinds - _named_by_the_panel(language, "kinds") == set(), f"no name on the audit page in {language}"
    assert silent <= set(NOT_AUDITED), "these write and leave no audit entry: audit them, or say why not"
    assert audited & set(NOT_AUDITED) == set(), "these are audited: take them off the list"
    assert audited > AUDITED_READING


async def _called(scene: Scene, watcher: sqlite3.Connection, name: str, use_case: Any) -> tuple[Any, Any]:  # noqa: F811
    """Everything there is before and after the use case was called by the first who may and gets anything."""
    refusals: list[AppError] = []
    state, arguments = CALLS[name]
    for caller in ("admin", "supervisor", "agent", "customer", "key chat:write", "system"):
        if not allowed(use_case) & grants_of(scene.people[caller].principal if caller in scene.people else ANY_CHAT):
            continue
        if scene.stands != (state, version_of(watcher)):
            await scene.begin(state)
        args, kwargs = arguments(scene)
        before = _everything(watcher)
        scene.stands = (state, version_of(watcher))
        try:
            await use_case(scene.people[caller], *args, **kwargs)
        except AppError as error:
            refusals.append(error)
            continue
        return before, _everything(watcher)
    raise AssertionError(f"{name} was refused to everybody: {refusals}")


def _everything(watcher: sqlite3.Connection) -> dict[str, set[tuple[Any, ...]]]:
    """Every row of every table, as they lie on the disk."""
    tables = [table.name for table in SQLModel.metadata.sorted_tables]
    return {name: set(watcher.execute(f'SELECT * FROM "{name}"').fetchall()) for name in tables}  # noqa: S608 - our own names


def _fields(watcher: sqlite3.Connection) -> set[str]:
    """What all entries tell of, by the names that the log has for it."""
    told = watcher.execute('SELECT "before", "after" FROM "audit"').fetchall()
    return {field for row in told for cell in row if cell for field in json.loads(cell) or {}}


def _kinds(watcher: sqlite3.Connection) -> set[str]:
    """What kinds of things all entries are about."""
    told = watcher.execute('SELECT "object" FROM "audit"').fetchall()
    return {object.partition(":")[0] for (object,) in told}


def _named_by_the_panel(language: str, what: str) -> set[str]:
    """What the audit page has a name for."""
    texts = (ROOT / "web" / "src" / "texts" / language / "audit.ts").read_text(encoding="utf-8")
    begin = texts.index(f"\n  {what}: {{")
    return set(re.findall(r"^    (\w+):", texts[begin : texts.index("\n  },\n", begin)], re.MULTILINE))


def test_the_list_of_what_is_not_audited_names_use_cases() -> None:
    assert set(NOT_AUDITED) <= set(use_cases())


def actions_in_code() -> set[str]:
    """What is given as `action` to `record` anywhere, whatever it is called there."""
    found: set[str] = set()
    for path in sorted((ROOT / "api" / "resolvers").glob("*.py")):
        names = {case.partition(".")[2] for case in use_cases()} | set(ACTS)
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in {"record", "_record"}:
                given = [keyword.value for keyword in node.keywords if keyword.arg == "action"] or node.args[2:3]
                for value in given:
                    constants = {node.value for node in ast.walk(value) if isinstance(node, ast.Constant)}
                    found |= {text for text in constants if isinstance(text, str)}
                    found |= names_given(path, value, names)
    return found


def names_given(path: Path, value: ast.expr, names: set[str]) -> set[str]:
    """Where the action is a variable: the actions that its module names."""
    if not isinstance(value, ast.Name):
        return set()
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return {n.value for n in ast.walk(tree) if isinstance(n, ast.Constant) and n.value in names}


def test_every_action_has_its_sentence_and_every_sentence_its_action() -> None:
    assert len(actions_in_code()) > 20
    assert actions_in_code() == set(ACTS)


@pytest.mark.parametrize("action", list(ACTS))
def test_every_action_is_said_in_both_languages(action: str) -> None:
    portuguese, english = (name_of_act(action, locale) for locale in (Locale.PT_BR, Locale.EN))
    assert portuguese != english
    for sentence in (portuguese, english):
        assert sentence[0].isupper()
        assert sentence.endswith(".")
        assert len(action) <= 40


def test_an_action_of_another_version_is_called_by_its_own_name() -> None:
    assert name_of_act("launch_rocket", Locale.EN) == "launch_rocket"


async def test_a_change_that_changes_nothing_leaves_no_entry(desk: Desk) -> None:
    boss, agent = await desk.admin(), await desk.online("tecnico")
    department = await desk.department("tecnico")
    reply = await create_canned_reply(boss, NewCannedReply("oi", "Oi!", scope="EVERYBODY"))  # type: ignore[arg-type]
    chat = await desk.active(agent)
    before = await told(desk)
    await update_user(boss, person(agent).user_id, UserChange(name=person(agent).name, capacity=5))
    await update_user(boss, person(agent).user_id, UserChange())
    await update_department(boss, department.id, DepartmentChange(name=department.name))
    await update_canned_reply(boss, reply.id, CannedReplyChange(body="Oi!"))
    await set_availability(boss, Availability.ONLINE, user_id=person(agent).user_id)
    await update_chat(boss, chat.id, ChatChange(priority=Priority.NORMAL))
    assert await told(desk) == before


async def test_an_entry_tells_who_what_on_what_from_where_and_by_which_request(desk: Desk) -> None:
    boss = await desk.admin()
    department = await desk.department("tecnico")
    await update_department(boss, department.id, DepartmentChange(name="Suporte"))
    entry = (await log_of(desk))[-1]
    assert (entry.actor, entry.action) == (boss.principal.actor, "update_department")
    assert (entry.object, entry.address) == (f"department:{department.id}", boss.address)
    assert (entry.request_id, entry.at) == (boss.request_id, desk.clock.now)
    assert entry.before is not None
    assert entry.after is not None
    assert {key for key in entry.after if entry.after[key] != entry.before[key]} == {"name"}


async def test_what_becomes_of_a_chat_is_told_with_before_and_after(desk: Desk) -> None:
    agent, comercial = await desk.online("tecnico"), await desk.department("comercial")
    chat = await desk.active(agent)
    await transfer_chat(agent, chat.id, department_id=comercial.id, reason="Cobrança")
    entry = (await log_of(desk))[-1]
    before = {"status": "ACTIVE", "department_id": str(chat.department_id), "agent_id": str(person(agent).user_id)}
    assert (entry.action, entry.before) == ("transfer_chat", before)
    assert entry.after == {"status": "WAITING", "department_id": str(comercial.id), "agent_id": None}
    assert "Cobrança" not in repr(entry.model_dump()), "what people wrote stays in the chat"


async def test_a_ticket_is_told_without_what_its_customer_said(desk: Desk) -> None:
    agent, tecnico = await desk.agent("tecnico"), await desk.department("tecnico")
    new = NewTicket(tecnico.id, "Poste", "Trocar o poste", name="Zé", cpf="52998224725")
    chat = await open_ticket(agent, new)
    entry = (await log_of(desk))[-1]
    assert (entry.action, entry.object) == ("open_ticket", f"chat:{chat.id}")
    assert entry.after is not None
    assert entry.after["kind"] == ChatKind.TICKET
    for word in ("52998224725", "Poste", "Trocar", "Zé"):
        assert word not in repr(entry.model_dump())


async def test_a_token_made_by_the_operator_is_no_act_of_the_person(desk: Desk) -> None:
    boss = await desk.admin()
    await create_token(desk.system, email=(await desk.user(boss)).email)
    assert (await told(desk))[-1] == ("system", "create_token", boss.principal.actor)


# Reading what is protected


@pytest.mark.parametrize("read", ["list", "history", "follow"])
async def test_opening_somebody_elses_conversation_is_audited_once_an_hour(desk: Desk, read: str) -> None:
    supervisor, agent = await desk.supervisor(), await desk.agent("tecnico")
    chat = await desk.active(agent)
    reading = {
        "list": lambda: list_messages(supervisor, chat.id, PageRequest()),
        "history": lambda: read_history(supervisor, chat.id),
        "follow": lambda: follow_chat(supervisor, chat.id),
    }[read]
    before = len(await log_of(desk))
    entry = (supervisor.principal.actor, "read_transcript", f"chat:{chat.id}")
    await reading()
    await reading()
    assert await told(desk, before) == [entry]
    desk.clock.now += READ_AGAIN_AFTER
    await reading()
    assert await told(desk, before) == [entry, entry]


async def test_reading_what_is_ones_own_leaves_no_entry(desk: Desk) -> None:
    agent, bot = await desk.agent("tecnico"), await desk.bot()
    mine, waiting = await desk.active(agent), await desk.opened(by=bot)
    before = await told(desk)
    for who, chat_id in (
        (agent, mine.id),
        (agent, waiting.chat.id),
        (desk.as_customer(waiting), waiting.chat.id),
        (bot, waiting.chat.id),
        (desk.system, mine.id),
    ):
        await list_messages(who, chat_id, PageRequest())
        await read_history(who, chat_id)
    assert await told(desk) == before


async def test_a_colleague_and_who_sees_all_read_what_is_somebody_elses(desk: Desk) -> None:
    agent, colleague = await desk.agent("tecnico"), await desk.agent("tecnico")
    elsewhere = await desk.supervisor("comercial")
    attended, waiting = await desk.active(agent), await desk.waiting()
    before = len(await log_of(desk))
    await list_messages(colleague, attended.id, PageRequest())
    await list_messages(colleague, waiting.id, PageRequest())
    await list_messages(elsewhere, waiting.id, PageRequest())
    assert [(actor, object) for actor, _, object in await told(desk, before)] == [
        (colleague.principal.actor, f"chat:{attended.id}"),
        (elsewhere.principal.actor, f"chat:{waiting.id}"),
    ]


# Reading the log


async def listed(ctx: Context, page: PageRequest | None = None, **which: Any) -> list[str]:
    return [entry.action for entry in (await list_audit(ctx, AuditFilter(**which), page or PageRequest())).rows]


async def test_the_log_is_read_newest_first_and_page_by_page(desk: Desk) -> None:
    boss, tecnico = await desk.admin(), await desk.department("tecnico")
    for i in range(5):
        await update_department(boss, tecnico.id, DepartmentChange(position=10 + i))
        desk.clock.now += timedelta(seconds=i % 2)
    everything = [entry.seq for entry in reversed(await log_of(desk))]
    seen, after = [], None
    while True:
        page = await list_audit(boss, AuditFilter(), PageRequest(first=2, after=after))
        seen += [entry.seq for entry in page.rows]
        if not page.has_next:
            break
        after = page.cursors[-1]
    assert seen == everything
    assert await count_audit(boss, AuditFilter()) == len(everything)


async def test_the_log_is_narrowed_by_who_what_when_and_on_what(desk: Desk) -> None:
    boss, other = await desk.admin(), await desk.admin()
    tecnico, comercial = await desk.department("tecnico"), await desk.department("comercial")
    start = desk.clock.now = desk.clock.now + timedelta(hours=1)
    await update_department(boss, tecnico.id, DepartmentChange(name="A"))
    desk.clock.now += timedelta(minutes=1)
    await update_department(other, comercial.id, DepartmentChange(name="B"))
    await set_availability(boss, Availability.ONLINE, user_id=person(other).user_id)
    assert await listed(boss, object_id=tecnico.id) == ["update_department"]
    assert await listed(boss, period=(start, desk.clock.now)) == ["update_department"]
    assert await listed(boss, actor_id=person(other).user_id) == ["update_department", "sign_in"]
    assert await listed(boss, action="set_availability") == ["set_availability"]
    assert await listed(boss, object_id=uuid4()) == []
    assert await count_audit(boss, AuditFilter(action="update_department", actor_id=person(boss).user_id)) == 1


async def test_actors_and_objects_are_called_by_their_names(desk: Desk) -> None:
    boss, chat = await desk.admin(name="Bruna"), await desk.waiting(name="Zé")
    tecnico = await desk.department("tecnico")
    references = [f"user:{person(boss).user_id}", f"chat:{chat.id}", f"customer:{chat.id}", f"department:{tecnico.id}"]
    found = await audit_names(boss, [*references, "system", "audit", f"user:{uuid4()}", "odd:thing", "user:no-uuid"])
    assert list(map(found.get, references)) == ["Bruna", chat.protocol, "Zé", "Técnico"]
    assert set(found) == set(references)


async def test_the_ids_that_acts_tell_of_are_called_by_their_names(desk: Desk) -> None:
    network = await Network.of(desk)
    point, tecnico = await network.point("POP Norte"), await desk.department("tecnico")
    chat = await desk.waiting(name="Zé")
    incident = await declare_incident(network.boss, point.id, IncidentWords(title="Norte sem sinal"))
    block = (await create_block(network.boss, NewBlock("Spam", network="198.51.100.0/24"))).block
    called = {
        person(network.boss).user_id: person(network.boss).name,
        point.id: "POP Norte",
        chat.id: chat.protocol,
        chat.customer_id: "Zé",
        tecnico.id: "Técnico",
        incident.id: "Norte sem sinal",
        block.id: "198.51.100.0/24",
    }
    assert await names_of_ids(network.boss, [*called, uuid4()]) == called
    kinds = {"access_point": point.id, "incident": incident.id, "block": block.id}
    references = {f"{kind}:{id}": called[id] for kind, id in kinds.items()}
    assert await audit_names(network.boss, references) == references
    assert await listed(network.boss, object_id=point.id) == ["create_access_point"]


# Exporting it


async def exported(batches: AsyncIterator[list[AuditEntry]]) -> list[AuditEntry]:
    return [row async for batch in batches for row in batch]


async def test_an_export_is_itself_the_last_entry_that_it_holds(desk: Desk) -> None:
    boss = await desk.admin()
    before = await log_of(desk)
    rows = await exported(await export_audit(boss, AuditFilter()))
    assert [row.seq for row in rows] == [*(entry.seq for entry in before), len(before) + 1]
    assert (rows[-1].action, rows[-1].actor, rows[-1].object) == ("export_audit", boss.principal.actor, "audit")


async def test_an_export_tells_which_part_was_taken(desk: Desk) -> None:
    boss, tecnico = await desk.admin(), await desk.department("tecnico")
    period = (desk.clock.now, desk.clock.now + timedelta(days=1))
    which = AuditFilter(object_id=tecnico.id, action="update_department", period=period)
    assert await exported(await export_audit(boss, which)) == []
    assert (await log_of(desk))[-1].after == {
        "object": str(tecnico.id),
        "action": "update_department",
        "from": period[0].isoformat(),
        "to": period[1].isoformat(),
    }


async def test_an_export_goes_through_all_batches(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("api.resolvers.audit.EXPORT_BATCH", 3)
    boss, tecnico = await desk.admin(), await desk.department("tecnico")
    for i in range(6):
        await update_department(boss, tecnico.id, DepartmentChange(position=10 + i))
    rows = await exported(await export_audit(boss, AuditFilter()))
    assert [row.seq for row in rows] == [entry.seq for entry in await log_of(desk)]


async def test_who_may_read_the_log_may_not_export_it_by_that(desk: Desk) -> None:
    auditor = await desk.agent(permissions=(Permission.AUDIT_VIEW,))
    assert await listed(auditor)
    async with desk.refused(Forbidden, "not_allowed"):
        await export_audit(auditor, AuditFilter())
