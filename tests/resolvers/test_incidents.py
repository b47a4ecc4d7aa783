"""Incidents: how they begin, whom they touch, what people say of them, and how they end."""

import asyncio
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlmodel import col

from api.context import Context
from api.db import Transaction
from api.errors import Conflict, Forbidden, IdempotencyMismatch, Invalid, NotFound
from api.models import AccessPoint, Chat, Incident, IncidentChat, IncidentPoint, Notification
from api.models.enums import (
    Category,
    ChatStatus,
    CloseReason,
    IncidentAudience,
    IncidentCause,
    IncidentStatus,
    NotificationKind,
    Priority,
    Scope,
)
from api.resolvers import incident_acts
from api.resolvers.access_points import AccessPointDetails, delete_access_point, update_access_point
from api.resolvers.asking import answer_of, mind_incidents
from api.resolvers.claims import claim_chat, claim_next
from api.resolvers.closings import close_chat
from api.resolvers.connecting import set_customer_access_point
from api.resolvers.incident_acts import (
    IncidentWords,
    confirm_incident,
    declare_incident,
    dismiss_incident,
    monitor_incident,
    resolve_incident,
    update_incident,
)
from api.resolvers.incidents import IncidentFilter, counts_of, list_incidents, scopes_of
from api.resolvers.maintenance import PlannedWork, schedule_maintenance
from api.resolvers.messages import send_message
from api.resolvers.notifications import in_words, list_notifications
from api.resolvers.openings import Opened, open_chat
from api.resolvers.pages import PageRequest
from api.resolvers.queue import serving_order, waiting_by_incident
from api.resolvers.replying import Reply, recipients_of, reply_to_incident
from api.resolvers.suspecting import Suspicion, open_incident
from api.texts import Locale
from api.writing import Writing
from tests.cluster import Cluster, kinds, together
from tests.network import Network
from tests.people import Desk, valid_cpf

S = IncidentStatus


@dataclass
class Town:
    """A network with customers on it, and a bot that knows where they live."""

    network: Network
    bot: Context

    @classmethod
    async def of(cls, desk: Desk) -> "Town":
        network = await Network.of(desk)
        return cls(network, await desk.machine(Scope.CHAT_WRITE, by=network.boss))

    @property
    def desk(self) -> Desk:
        return self.network.desk

    @property
    def boss(self) -> Context:
        return self.network.boss

    async def writes(self, point: AccessPoint, category: Category = Category.OUTAGE, **values: Any) -> Opened:
        """Somebody new who hangs on a point opens a chat."""
        return await self.desk.opened(by=self.bot, access_point_id=point.id, category=category, **values)

    async def down(self, *names: str, rounds: int = 3) -> None:
        self.network.prober.down |= set(names)
        await self.network.round(rounds)

    async def back(self, *names: str) -> None:
        self.network.prober.down -= set(names)
        await self.network.round(2)

    async def mind(self) -> int:
        return await mind_incidents(self.network.system)

    async def incidents(self) -> list[Incident]:
        async with self.desk.db.read() as session:
            return list((await session.execute(select(Incident).order_by(col(Incident.id)))).scalars())

    async def one(self) -> Incident:
        (incident,) = await self.incidents()
        return incident

    async def linked(self, incident_id: UUID) -> set[UUID]:
        async with self.desk.db.read() as session:
            query = select(col(IncidentChat.chat_id)).where(col(IncidentChat.incident_id) == incident_id)
            return set((await session.execute(query)).scalars())

    async def told(self, kind: NotificationKind) -> int:
        async with self.desk.db.read() as session:
            query = select(Notification).where(col(Notification.kind) == kind)
            return len((await session.execute(query)).all())

    async def chat(self, opened: Opened) -> Chat:
        return await self.desk.chat(opened.chat.id)


# Who waits for them


async def test_a_queue_counts_whom_each_incident_explains(desk: Desk) -> None:
    town = await Town.of(desk)
    north, south = await town.network.point("Norte"), await town.network.point("Sul")
    incidents = [await declare_incident(town.boss, point.id, IncidentWords()) for point in (north, south)]
    for point, chats in ((north, 1), (south, 3)):
        for _ in range(chats):
            await town.writes(point)
    await desk.waiting()
    taken = await town.writes(south)
    ana, tecnico = await desk.online("tecnico"), await desk.department("tecnico")
    await claim_chat(ana, taken.chat.id)
    counts = await waiting_by_incident(town.boss, tecnico.id)
    assert list(counts.items()) == [(incidents[1].id, 3), (incidents[0].id, 1)]
    assert await waiting_by_incident(town.boss, (await desk.department("comercial")).id) == {}
    assert await waiting_by_incident(ana, tecnico.id) == counts
    assert await waiting_by_incident(await desk.machine(Scope.QUEUE_READ), tecnico.id) == {}
    bia = await desk.agent("comercial")
    async with desk.refused(NotFound, "department_not_found", field=("departmentId",)):
        await waiting_by_incident(bia, tecnico.id)


# How they begin


async def test_a_dead_point_begins_one_incident_with_all_below_it_and_its_open_chats(desk: Desk) -> None:
    town = await Town.of(desk)
    root = await town.network.point("Raiz")
    leaf = await town.network.point("Folha", parent=root)
    other = await town.network.point("Outra")
    await town.network.round()
    early, elsewhere, bill = (
        await town.writes(leaf),
        await town.writes(other),
        await town.writes(leaf, Category.BILLING),
    )
    await town.down("Raiz", "Folha", rounds=2)
    assert await town.incidents() == []
    await town.network.round()
    incident = await town.one()
    assert (incident.status, incident.cause, incident.title) == (S.SUSPECTED, IncidentCause.OFFLINE, "Raiz")
    assert (incident.root_id, incident.opened_at, incident.opened_by) == (root.id, desk.clock.now, None)
    scope = (await scopes_of(town.boss, [incident.id]))[incident.id]
    assert [point.name for point in scope] == ["Folha", "Raiz"]
    late = await town.writes(root)
    assert await town.linked(incident.id) == {early.chat.id, late.chat.id}
    assert [(await town.chat(one)).incident_id for one in (elsewhere, bill)] == [None, None]
    assert await town.told(NotificationKind.ACCESS_POINT_DOWN) == 1
    await town.network.round(5)
    assert [one.id for one in await town.incidents()] == [incident.id]


async def test_what_was_suspected_below_is_a_part_of_what_dies_above(desk: Desk) -> None:
    town = await Town.of(desk)
    root = await town.network.point("Raiz")
    leaf = await town.network.point("Folha", parent=root)
    await town.network.round()
    opened = await town.writes(leaf)
    await town.down("Folha")
    part = await town.one()
    await town.down("Raiz")
    part, whole = sorted(await town.incidents(), key=lambda one: one.id != part.id)
    assert (part.status, part.absorbed_by, whole.root_id) == (S.RESOLVED, whole.id, root.id)
    assert await town.linked(whole.id) == {opened.chat.id}
    assert (await town.chat(opened)).incident_id == whole.id
    assert [one.id for one in (await list_incidents(town.boss, IncidentFilter(), PageRequest())).rows] == [whole.id]


async def test_flapping_planned_work_and_a_lost_uplink_begin_nothing(desk: Desk) -> None:
    town = await Town.of(desk)
    names = ("Pisca", "Obra", "Longe")
    flaps, work, _ = [await town.network.point(name, fail_after=1, recover_after=1) for name in names]
    start = desk.clock.now
    planned = PlannedWork([work.id], "Troca de fonte", start, start + timedelta(hours=3))
    await schedule_maintenance(town.boss, planned)
    for _ in range(8):
        await town.down("Pisca", rounds=1)
        town.network.prober.down.clear()
        await town.network.round()
    first = [one.id for one in await town.incidents()]
    assert (await town.network.now(flaps)).flapping
    town.network.prober.uplink = False
    await town.down(*names, rounds=2)
    town.network.prober.uplink = True
    town.network.prober.down.discard("Longe")
    await town.network.round()
    # Before it was known to flap each of its outages was one like any other, within the first incident.
    assert [one.id for one in await town.incidents()] == first
    assert len(first) == 1


async def test_enough_complaints_begin_an_incident_though_every_check_is_green(desk: Desk) -> None:
    town = await Town.of(desk)
    await desk.supervisor()
    point = await town.network.point()
    await town.network.round()
    four = [await town.writes(point, category) for category in (Category.OUTAGE, Category.SLOW) * 2]
    await town.writes(point, Category.OTHER)
    assert await town.incidents() == []
    fifth = await town.writes(point)
    incident = await town.one()
    assert (incident.cause, incident.status, incident.root_id) == (IncidentCause.COMPLAINTS, S.SUSPECTED, point.id)
    assert {one.chat.id for one in [*four, fifth]} < await town.linked(incident.id)
    assert await town.network.status(point) == "ONLINE"
    assert await town.told(NotificationKind.INCIDENT_SUSPECTED) == 2
    assert await town.told(NotificationKind.ACCESS_POINT_DOWN) == 0
    (told,) = (await list_notifications(town.network.boss, PageRequest())).rows
    assert in_words(told, Locale.EN).link == f"/admin/incidentes/{incident.id}"
    await town.writes(point)
    assert len(await town.incidents()) == 1


async def test_complaints_count_by_customer_by_point_and_within_the_window(desk: Desk) -> None:
    town = await Town.of(desk)
    point, other = await town.network.point(), await town.network.point("Outra")
    one = await town.writes(point)
    desk.clock.advance(minutes=11)
    cpf = valid_cpf(123_456_789)
    for _ in range(3):
        await town.writes(point, cpf=cpf)
    for _ in range(3):
        await town.writes(other)
    for _ in range(3):
        await town.writes(point)
    assert await town.incidents() == []
    assert (await town.chat(one)).incident_id is None
    await town.writes(point)
    assert (await town.one()).root_id == point.id


async def test_complaints_while_work_is_planned_begin_nothing(desk: Desk) -> None:
    town = await Town.of(desk)
    root = await town.network.point("Raiz")
    leaf = await town.network.point("Folha", parent=root)
    start = desk.clock.now
    await schedule_maintenance(town.boss, PlannedWork([root.id], "Obra", start, start + timedelta(hours=1)))
    for _ in range(6):
        await town.writes(leaf)
    assert await town.incidents() == []


async def test_what_was_dismissed_is_not_suspected_again_by_the_same_complaints(desk: Desk) -> None:
    town = await Town.of(desk)
    point = await town.network.point()
    opened = [await town.writes(point) for _ in range(5)]
    incident = await town.one()
    before = (await town.chat(opened[0])).queue_rank
    await dismiss_incident(town.boss, incident.id, reason="Era o roteador de um condomínio.")
    dismissed = await town.one()
    assert (dismissed.status, dismissed.dismissed) == (S.RESOLVED, "Era o roteador de um condomínio.")
    chat = await town.chat(opened[0])
    assert (chat.incident_id, chat.queue_rank) == (None, chat.queued_at)
    assert before is not None
    assert before > chat.queue_rank  # type: ignore[operator] - it waits
    await town.writes(point)
    assert await town.mind() == 0
    assert await town.one() == dismissed
    assert [await desk.lines(one.chat.id) for one in opened] == [["Oi"]] * 5


async def test_a_customer_placed_on_a_point_of_an_open_incident_is_linked_by_the_clock(desk: Desk) -> None:
    town = await Town.of(desk)
    point = await town.network.point()
    await town.network.round()
    opened = await desk.opened(category=Category.OUTAGE)
    await town.down("Torre")
    assert (await town.chat(opened)).incident_id is None
    await set_customer_access_point(town.boss, opened.chat.customer_id, point.id)
    assert await town.mind() == 1
    assert (await town.chat(opened)).incident_id == (await town.one()).id
    assert await town.mind() == 0


async def test_complaints_and_people_at_once_begin_exactly_one_incident(cluster: Cluster) -> None:
    town = await Town.of(cluster.desk)
    point = await town.network.point()
    openings: list[Any] = [
        open_chat(
            cluster.spread(town.bot, number),
            cluster.desk.opening(access_point_id=point.id, category=Category.OUTAGE),
        )
        for number in range(12)
    ]
    by_hand: list[Any] = [
        declare_incident(cluster.spread(town.boss, number), point.id, IncidentWords()) for number in range(4)
    ]
    fine, errors = await together([*openings[:6], *by_hand, *openings[6:]])
    assert kinds(errors) <= {(Conflict, "incident_already")}
    await town.mind()
    opened = {one.chat.id for one in fine if isinstance(one, Opened)}
    assert len(opened) == 12
    assert await town.linked((await town.one()).id) == opened


async def rival_at(tx: Transaction, root: AccessPoint) -> UUID:
    """An incident of somebody who is not done yet, at the root alone so far."""
    incident = Incident(cause=IncidentCause.BY_HAND, title="?", status=S.CONFIRMED, root_id=root.id, opened_at=tx.now)
    tx.session.add(incident)
    await tx.session.flush()
    await take(tx, incident.id, root)
    return incident.id


async def take(tx: Transaction, incident_id: UUID, point: AccessPoint) -> None:
    tx.session.add(IncidentPoint(incident_id=incident_id, access_point_id=point.id))
    await tx.session.flush()


async def waiting_for_them(declared: "asyncio.Future[Incident]") -> None:
    """On PostgreSQL it has come to the rival's point by now; on SQLite it waits for whoever writes."""
    done, _ = await asyncio.wait({declared}, timeout=0.5)
    assert not done


async def test_who_comes_a_moment_late_has_absorbed_nothing(desk: Desk) -> None:
    town = await Town.of(desk)
    root = await town.network.point("Raiz")
    leaf = await town.network.point("Folha", parent=root)
    await town.network.round()
    opened = await town.writes(leaf)
    await town.down("Folha")
    part = await town.one()
    async with desk.db.transaction() as tx:
        theirs = await rival_at(tx, root)
        declared = asyncio.ensure_future(declare_incident(town.boss, root.id, IncidentWords()))
        await waiting_for_them(declared)
    with pytest.raises(Conflict) as refused:
        await declared
    assert refused.value.reason == "incident_already"
    assert {one.id: (one.status, one.absorbed_by) for one in await town.incidents()} == {
        theirs: (S.CONFIRMED, None),
        part.id: (S.SUSPECTED, None),
    }
    assert await town.linked(part.id) == {opened.chat.id}
    assert (await town.chat(opened)).incident_id == part.id


async def test_incidents_above_and_below_each_other_take_their_points_in_one_order(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Level by level: what hangs on a point may have been written down before it."""
    town, tries = await Town.of(desk), 0

    def counted(writing: Writing, suspicion: Suspicion) -> UUID | None:
        nonlocal tries
        tries += 1
        return open_incident(writing, suspicion)

    monkeypatch.setattr(incident_acts, "open_incident", counted)
    old, middle, root = [await town.network.point(name) for name in ("Velha", "Meio", "Raiz")]
    for child, parent in ((old, middle), (middle, root)):
        await update_access_point(town.boss, child.id, AccessPointDetails(child.name, parent_id=parent.id))
    async with desk.db.transaction() as tx:
        below = await rival_at(tx, middle)
        declared = asyncio.ensure_future(declare_incident(town.boss, root.id, IncidentWords()))
        await waiting_for_them(declared)
        await take(tx, below, old)
    whole = (await declared).id
    assert tries == 1, "nobody had to give way"
    points = await scopes_of(town.boss, [whole, below])
    assert {id: {point.id for point in found} for id, found in points.items()} == {
        whole: {root.id},
        below: {middle.id, old.id},
    }


# What people say of them


async def test_an_incident_goes_from_suspected_over_confirmed_and_monitored_to_resolved(desk: Desk) -> None:
    town = await Town.of(desk)
    rui = await desk.supervisor()
    point = await town.network.point()
    [await town.writes(point) for _ in range(5)]
    incident = await town.one()
    expected = desk.clock.now + timedelta(hours=2)
    words = IncidentWords(message="Fibra rompida.", expected_at=expected, audience=IncidentAudience.EVERYONE)
    confirmed = await confirm_incident(rui, incident.id, words)
    assert (confirmed.status, confirmed.confirmed_at, confirmed.message) == (
        S.CONFIRMED,
        desk.clock.now,
        "Fibra rompida.",
    )
    assert await confirm_incident(rui, incident.id) == confirmed
    changed = await update_incident(rui, incident.id, IncidentWords(title="Centro", keep_expected=False))
    assert (changed.title, changed.message, changed.expected_at) == ("Centro", "Fibra rompida.", None)
    assert (await monitor_incident(rui, incident.id)).status is S.MONITORED
    assert (await resolve_incident(rui, incident.id)).status is S.RESOLVED
    async with desk.refused(Conflict, "incident_over"):
        await confirm_incident(rui, incident.id)
    async with desk.nothing_changes():
        await resolve_incident(rui, incident.id)


async def test_an_incident_by_hand_is_confirmed_at_once_and_only_one_at_a_point(desk: Desk) -> None:
    town = await Town.of(desk)
    root = await town.network.point("Raiz")
    leaf = await town.network.point("Folha", parent=root)
    opened = await town.writes(leaf)
    incident = await declare_incident(town.boss, root.id, IncidentWords(message="Queda de energia"))
    assert (incident.status, incident.title, incident.cause) == (S.CONFIRMED, "Raiz", IncidentCause.BY_HAND)
    assert await town.linked(incident.id) == {opened.chat.id}
    async with desk.refused(Conflict, "incident_already", field=("accessPointId",)):
        await declare_incident(town.boss, leaf.id, IncidentWords())
    ana = await desk.agent("tecnico")
    async with desk.refused(Forbidden, "not_allowed"):
        await declare_incident(ana, leaf.id, IncidentWords())


async def test_the_scope_is_what_it_was_and_a_point_that_goes_leaves_it(desk: Desk) -> None:
    town = await Town.of(desk)
    root = await town.network.point("Raiz")
    leaf = await town.network.point("Folha", parent=root)
    incident = await declare_incident(town.boss, root.id, IncidentWords())
    await town.network.point("Nova", parent=root)
    await update_access_point(town.boss, leaf.id, AccessPointDetails("Folha"))
    scope = (await scopes_of(town.boss, [incident.id]))[incident.id]
    assert [point.name for point in scope] == ["Folha", "Raiz"]
    opened = await town.writes(leaf)
    assert await town.linked(incident.id) == {opened.chat.id}
    await delete_access_point(town.boss, leaf.id)
    assert [point.name for point in (await scopes_of(town.boss, [incident.id]))[incident.id]] == ["Raiz"]


# The queue


async def test_explained_chats_yield_for_an_hour_and_nobody_starves(desk: Desk) -> None:
    town = await Town.of(desk)
    tecnico = await desk.department("tecnico")
    point = await town.network.point()
    await declare_incident(town.boss, point.id, IncidentWords())
    mass = [await town.writes(point) for _ in range(3)]
    desk.clock.advance(minutes=30)
    other = await desk.waiting(category=Category.BILLING)
    desk.clock.advance(minutes=31)
    last = await desk.waiting(category=Category.BILLING)
    order = [other.id, *(one.chat.id for one in mass), last.id]
    assert await serving_order(desk.system, tecnico.id) == order
    assert (await claim_next(await desk.agent("tecnico"))).id == other.id


# The reply


async def test_one_reply_reaches_each_linked_chat_once_but_those_unticked(desk: Desk) -> None:
    town = await Town.of(desk)
    point = await town.network.point()
    incident = await declare_incident(town.boss, point.id, IncidentWords())
    mass = [await town.writes(point) for _ in range(4)]
    gone, unticked = mass[0], mass[1]
    await close_chat(desk.as_customer(gone), gone.chat.id)
    recipients = (await recipients_of(town.boss, incident.id, PageRequest())).rows
    assert [chat.id for chat in recipients] == [one.chat.id for one in mass[1:]]
    reply = Reply("Estamos cientes.", "r1", but=[unticked.chat.id])
    for _ in range(2):
        state = await reply_to_incident(town.boss, incident.id, reply)
        assert (state.sent, state.failed, len(state.chats)) == (2, 0, 2)
        assert state.reply.finished_at == desk.clock.now
    lines = [await desk.lines(one.chat.id) for one in mass]
    assert lines == [["Oi"], ["Oi"], ["Oi", "Estamos cientes."], ["Oi", "Estamos cientes."]]
    async with desk.refused(IdempotencyMismatch, "key_reused"):
        await reply_to_incident(town.boss, incident.id, replace(reply, body="Outra coisa"))
    async with desk.refused(NotFound, "incident_not_found"):
        await reply_to_incident(town.boss, point.id, reply)
    async with desk.refused(Invalid, "required"):
        await reply_to_incident(town.boss, incident.id, Reply(" ", "r2"))


async def test_a_chat_that_ended_in_between_is_told_of_as_failed(desk: Desk) -> None:
    town = await Town.of(desk)
    point = await town.network.point()
    incident = await declare_incident(town.boss, point.id, IncidentWords())
    opened = await town.writes(point)
    await written_down(town, incident.id, Reply("Estamos cientes.", "r1"))
    await close_chat(desk.as_customer(opened), opened.chat.id)
    await town.mind()
    state = await reply_to_incident(town.boss, incident.id, Reply("Estamos cientes.", "r1"))
    assert [(chat.sent_at, chat.failed) for chat in state.chats] == [(None, "chat_closed")]


async def written_down(town: Town, incident_id: UUID, reply: Reply) -> None:
    """A reply of which nothing was sent: whoever took it was killed just then."""
    from api.resolvers import replying

    await replying._write_down(town.boss, incident_id, reply)


# The end


async def test_recovery_asks_each_once_and_heeds_the_answers(desk: Desk) -> None:
    town = await Town.of(desk)
    point = await town.network.point()
    await town.network.round()
    mass = [await town.writes(point) for _ in range(3)]
    await town.down("Torre")
    await town.back("Torre")
    assert (await town.one()).status is S.MONITORED
    assert await town.mind() == 3
    assert await town.mind() == 0
    question = "Nossos técnicos terminaram o reparo. Sua conexão voltou? Responda sim ou não."
    assert [await desk.lines(one.chat.id) for one in mass] == [["Oi", question]] * 3
    yes, no, silent = mass
    await send_message(desk.as_customer(yes), yes.chat.id, body="Sim, obrigado!")
    await send_message(desk.as_customer(no), no.chat.id, body="Ainda não voltou")
    await send_message(desk.as_customer(silent), silent.chat.id, body="Quem fala?")
    assert await town.mind() == 2
    closed, urgent, open_ = [await town.chat(one) for one in mass]
    assert (closed.status, closed.close_reason) == (ChatStatus.CLOSED, CloseReason.INCIDENT)
    assert (urgent.status, urgent.priority, urgent.incident_id) == (ChatStatus.WAITING, Priority.HIGH, None)
    assert (open_.status, open_.priority) == (ChatStatus.WAITING, Priority.NORMAL)
    tecnico = await desk.department("tecnico")
    assert await serving_order(desk.system, tecnico.id) == [urgent.id, open_.id]
    counts = (await counts_of(town.boss, [(await town.one()).id]))[(await town.one()).id]
    assert (counts.chats, counts.open_chats, counts.asked, counts.back, counts.not_back) == (3, 1, 3, 1, 1)
    assert await town.mind() == 0


async def test_what_is_said_to_an_agent_is_no_answer_to_the_desk(desk: Desk) -> None:
    town = await Town.of(desk)
    point = await town.network.point()
    incident = await declare_incident(town.boss, point.id, IncidentWords())
    opened, ana = await town.writes(point), await desk.agent("tecnico")
    await claim_chat(ana, opened.chat.id)
    await resolve_incident(town.boss, incident.id)
    await town.mind()
    await send_message(ana, opened.chat.id, body="Quer a segunda via?")
    await send_message(desk.as_customer(opened), opened.chat.id, body="Sim")
    assert await town.mind() == 0
    assert (await town.chat(opened)).status is ChatStatus.ACTIVE


async def test_who_is_still_down_is_asked_when_they_are_back(desk: Desk) -> None:
    town = await Town.of(desk)
    root = await town.network.point("Raiz")
    leaf = await town.network.point("Folha", parent=root)
    await town.network.round()
    early, late = await town.writes(root), await town.writes(leaf)
    await town.down("Raiz", "Folha")
    await town.back("Raiz")
    assert await town.mind() == 1
    assert [len(await desk.lines(one.chat.id)) for one in (early, late)] == [2, 1]
    desk.clock.advance(minutes=40)
    await town.mind()
    assert (await town.one()).status is S.MONITORED
    await town.back("Folha")
    assert await town.mind() == 1
    await town.network.round()
    assert (await town.one()).status is S.RESOLVED


async def test_what_goes_down_again_is_the_same_incident_and_nobody_is_asked_twice(desk: Desk) -> None:
    town = await Town.of(desk)
    point = await town.network.point()
    await town.network.round()
    opened = await town.writes(point)
    await town.down("Torre")
    incident = await confirm_incident(town.boss, (await town.one()).id)
    await town.back("Torre")
    await town.mind()
    await town.down("Torre")
    assert ((await town.one()).id, (await town.one()).status) == (incident.id, S.CONFIRMED)
    await town.back("Torre")
    assert (await town.one()).status is S.MONITORED
    assert await town.mind() == 0
    assert len(await desk.lines(opened.chat.id)) == 2
    desk.clock.advance(minutes=30)
    await town.mind()
    ended = await town.one()
    assert (ended.status, ended.resolved_by) == (S.RESOLVED, None)
    await town.down("Torre")
    assert len(await town.incidents()) == 2


def test_answers_are_read_as_people_write_them() -> None:
    said = {"Sim": True, "sim!!": True, "Voltou sim": True, "S": True, "Não": False, "nao": False, "ainda nao": False}
    said |= {"Sim, mas ainda caindo": False, "Quero falar com alguém": None, "": None}
    said["Sim eu queria saber quando vem o técnico aqui"] = None
    assert {words: answer_of(words) for words in said} == said
