"""What customers are told of planned work: from when until when, in what order, and who."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from api.context import Context
from api.errors import ChatClosed, Conflict, Invalid, NotFound
from api.events import ChatChanged, chat_stream
from api.models import AccessPoint, Maintenance
from api.models.base import new_id
from api.models.enums import Category, IncidentAudience, NoticeStatus, Scope
from api.resolvers.asking import mind_incidents
from api.resolvers.audit import AuditFilter, list_audit
from api.resolvers.claims import claim_chat
from api.resolvers.closings import close_chat
from api.resolvers.connecting import Placement, place_customer
from api.resolvers.incident_acts import IncidentWords, declare_incident, resolve_incident, update_incident
from api.resolvers.incidents import incidents_by_id
from api.resolvers.maintenance import (
    ANNOUNCED,
    PlannedWork,
    WorkWords,
    cancel_maintenance,
    maintenance_of,
    schedule_maintenance,
    upcoming_maintenance,
    update_maintenance,
)
from api.resolvers.messages import send_message
from api.resolvers.notices import MOST_NOTICES, Notice, current_notices, notices_of_chats, public_notices
from api.resolvers.openings import Opened, open_chat
from api.resolvers.pages import PageRequest
from tests.cluster import Cluster, kinds, together
from tests.network import Network
from tests.people import Desk, valid_cpf

HOUR, SECOND, WEEK = timedelta(hours=1), timedelta(seconds=1), timedelta(days=7)
EVERYONE, AFFECTED = IncidentAudience.EVERYONE, IncidentAudience.AFFECTED
CPF = valid_cpf(500_000_001)


async def plan(network: Network, *points: AccessPoint, begins: timedelta = HOUR, **values: Any) -> Maintenance:
    start = network.desk.clock.now + begins
    given = {"audience": EVERYONE, "message": "Troca de fibra."} | values
    work = PlannedWork([point.id for point in points], "Troca", start, start + HOUR, **given)
    return await schedule_maintenance(network.boss, work)


async def public(desk: Desk) -> list[tuple[NoticeStatus, str]]:
    return [(notice.status, notice.message) for notice in await public_notices(desk.anonymous)]


async def customer_at(network: Network, point: AccessPoint, cpf: str = CPF) -> UUID:
    return (await place_customer(network.boss, Placement(cpf, point.name, "Ana"))).customer_id


async def told_in(desk: Desk, opened: Opened) -> str | None:
    notice = (await notices_of_chats(desk.as_customer(opened), [opened.chat.id])).get(opened.chat.id)
    return notice.message if notice else None


# When


async def test_planned_work_is_told_from_72_hours_before_it_begins_until_it_ends(desk: Desk) -> None:
    network = await Network.of(desk)
    work = await plan(network, await network.point(), begins=ANNOUNCED + SECOND)
    assert timedelta(hours=72) == ANNOUNCED
    assert await public(desk) == []
    desk.clock.now = work.starts_at - ANNOUNCED
    planned = Notice(work.id, NoticeStatus.PLANNED, "Troca de fibra.", work.starts_at, work.ends_at)
    assert await public_notices(desk.anonymous) == [planned]
    desk.clock.now = work.starts_at - SECOND
    assert await public(desk) == [(NoticeStatus.PLANNED, "Troca de fibra.")]
    desk.clock.now = work.starts_at
    assert await public(desk) == [(NoticeStatus.UNDER_WAY, "Troca de fibra.")]
    desk.clock.now = work.ends_at - SECOND
    assert await public(desk) == [(NoticeStatus.UNDER_WAY, "Troca de fibra.")]
    desk.clock.now = work.ends_at
    assert await public(desk) == []


async def test_each_time_of_weekly_work_is_told_for_itself(desk: Desk) -> None:
    network = await Network.of(desk)
    first = await plan(network, await network.point(), begins=ANNOUNCED, weeks=3)
    told: list[datetime | None] = []
    for hours in range(0, 24 * 21, 24):
        desk.clock.now = first.starts_at - ANNOUNCED + timedelta(hours=hours)
        told += [notice.since for notice in await public_notices(desk.anonymous)]
    # Three days before, two, one, and as it begins; then silence until the next.
    assert told == [first.starts_at + WEEK * week for week in range(3) for _ in range(4)]


async def test_work_is_silent_unless_somebody_says_so_and_what_is_taken_back_is_told_no_more(desk: Desk) -> None:
    network = await Network.of(desk)
    point = await network.point()
    silent = await plan(network, point, audience=None, message="")
    assert (silent.audience, silent.message, await public(desk)) == (None, "", [])
    loud = await plan(network, point)
    assert len(await public(desk)) == 1
    await cancel_maintenance(network.boss, loud.id)
    assert await public(desk) == []


async def test_incidents_are_told_first_and_of_all_five_at_most(desk: Desk) -> None:
    network = await Network.of(desk)
    point, other = await network.point(), await network.point("Outra")
    for hours in (3, 1, 2, 5, 4):
        await plan(network, point, begins=HOUR * hours, message=f"Em {hours} h.")
    soon = [(NoticeStatus.PLANNED, f"Em {hours} h.") for hours in range(1, 6)]
    assert await public(desk) == soon
    await declare_incident(network.boss, other.id, IncidentWords(message="Fibra rompida.", audience=EVERYONE))
    assert await public(desk) == [(NoticeStatus.CONFIRMED, "Fibra rompida."), *soon[: MOST_NOTICES - 1]]


# Whom


async def test_work_for_those_affected_is_told_where_it_reaches_down_the_tree_and_to_nobody_else(desk: Desk) -> None:
    network = await Network.of(desk)
    root = await network.point("Raiz")
    branch = await network.point("Ramo", parent=root)
    leaf = await network.point("Folha", parent=branch)
    beside = await network.point("Lado", parent=root)
    work = await plan(network, branch, leaf, audience=AFFECTED)
    assert await public(desk) == []
    bot = await desk.machine(Scope.CUSTOMER_WRITE, by=network.boss)
    found = {}
    for number, point in enumerate((root, branch, leaf, beside)):
        customer_id = await customer_at(network, point, valid_cpf(500_000_010 + number))
        found[point.name] = (await current_notices(bot, customer_id)).maintenance
    told = Notice(work.id, NoticeStatus.PLANNED, "Troca de fibra.", work.starts_at, work.ends_at)
    assert found == {"Raiz": None, "Ramo": told, "Folha": told, "Lado": None}
    upcoming = await upcoming_maintenance(network.boss, [point.id for point in (root, branch, leaf, beside)])
    # Though work is on the leaf and on what it hangs on, it is one work.
    assert [[one.id for one in upcoming[point.id]] for point in (root, branch, leaf, beside)] == [
        [],
        [work.id],
        [work.id],
        [],
    ]


async def test_a_bot_hears_of_the_next_work_that_is_announced_and_agents_of_silent_work_too(desk: Desk) -> None:
    network = await Network.of(desk)
    point = await network.point()
    silent = await plan(network, point, audience=None, message="")
    loud = await plan(network, point, begins=HOUR * 2, audience=AFFECTED)
    far = await plan(network, point, begins=ANNOUNCED + SECOND)
    customer_id = await customer_at(network, point)
    found = (await current_notices(network.boss, customer_id)).maintenance
    assert found is not None
    assert found.id == loud.id
    agent = await desk.agent("tecnico")
    upcoming = (await upcoming_maintenance(agent, [point.id]))[point.id]
    assert [one.id for one in upcoming] == [silent.id, loud.id]
    assert far.id in {one.id for one in (await maintenance_of(agent, [point.id]))[point.id]}


async def test_an_open_chat_tells_who_is_vouched_for_their_own_and_who_typed_a_cpf_what_everyone_is(desk: Desk) -> None:
    network = await Network.of(desk)
    here, elsewhere = await network.point("Aqui"), await network.point("Longe")
    await plan(network, here, audience=AFFECTED, message="Só aqui.")
    await customer_at(network, here)
    bot = await desk.machine(Scope.CHAT_WRITE, by=network.boss)
    vouched = await desk.opened(by=bot, cpf=CPF, category=Category.BILLING)
    typed = await desk.opened(cpf=CPF)
    stranger = await desk.opened(cpf=valid_cpf(500_000_002))
    assert [await told_in(desk, one) for one in (vouched, typed, stranger)] == ["Só aqui.", None, None]
    await plan(network, elsewhere, begins=HOUR * 2, message="No bairro todo.")
    everyone = ["Só aqui.", "No bairro todo.", "No bairro todo."]
    assert [await told_in(desk, one) for one in (vouched, typed, stranger)] == everyone
    # An incident is told before any work; of one for those affected a typed CPF still says nothing.
    await declare_incident(network.boss, here.id, IncidentWords(message="Caiu aqui."))
    outage = await desk.opened(by=bot, cpf=CPF, category=Category.OUTAGE)
    guess = await desk.opened(cpf=CPF, category=Category.OUTAGE)
    assert (await desk.chat(guess.chat.id)).incident_id is not None
    assert [await told_in(desk, one) for one in (outage, guess, stranger)] == ["Caiu aqui.", *everyone[1:]]


async def test_whether_a_typed_cpf_is_affected_by_what_all_know_cannot_be_read_either(desk: Desk) -> None:
    network = await Network.of(desk)
    here = await network.point("Aqui")
    await customer_at(network, here)
    await declare_incident(network.boss, here.id, IncidentWords(message="Caiu.", audience=EVERYONE))
    affected = await desk.opened(cpf=CPF, category=Category.OUTAGE)
    stranger = await desk.opened(cpf=valid_cpf(500_000_002), category=Category.OUTAGE)
    linked = [(await desk.chat(one.chat.id)).incident_id is not None for one in (affected, stranger)]
    assert linked == [True, False]
    assert [await told_in(desk, one) for one in (affected, stranger)] == ["Caiu."] * 2


async def test_a_chat_that_has_ended_tells_nothing_and_nobody_reads_what_another_chat_is_told(desk: Desk) -> None:
    network = await Network.of(desk)
    await plan(network, await network.point())
    agent = await desk.agent("tecnico")
    ends, stays = await desk.opened(), await desk.opened()
    assert await notices_of_chats(desk.as_customer(stays), [ends.chat.id]) == {}
    await claim_chat(agent, ends.chat.id)
    await close_chat(agent, ends.chat.id)
    assert [await told_in(desk, one) for one in (ends, stays)] == [None, "Troca de fibra."]


async def test_open_chats_of_an_incident_are_renewed_when_what_is_told_of_it_changes(desk: Desk) -> None:
    network = await Network.of(desk)
    point = await network.point()
    bot = await desk.machine(Scope.CHAT_WRITE, by=network.boss)
    incident = await declare_incident(network.boss, point.id, IncidentWords(message="Caiu."))
    given: dict[str, Any] = {"access_point_id": point.id, "category": Category.OUTAGE}
    chat, other = await desk.opened(by=bot, **given), await desk.opened()

    async def renewed() -> list[int]:
        told = [await desk.events(chat_stream(one.chat.id)) for one in (chat, other)]
        return [sum(isinstance(event, ChatChanged) for event in events) for events in told]

    before = await renewed()
    await update_incident(network.boss, incident.id, IncidentWords(message="Volta às 18 h."))
    assert await told_in(desk, chat) == "Volta às 18 h."
    assert await renewed() == [before[0] + 1, before[1]]
    await update_incident(network.boss, incident.id, IncidentWords(message="Volta às 18 h."))
    assert await renewed() == [before[0] + 1, before[1]]
    await resolve_incident(network.boss, incident.id)
    assert (await renewed(), await told_in(desk, chat)) == ([before[0] + 2, before[1]], None)


# What


@pytest.mark.parametrize("audience", [EVERYONE, AFFECTED])
async def test_who_announces_says_something(desk: Desk, audience: IncidentAudience) -> None:
    network = await Network.of(desk)
    point = await network.point()
    work = await plan(network, point)
    for words, reason in (("", "required"), ("  \n ", "required"), ("x" * 1001, "too_long")):
        async with desk.refused(Invalid, reason, field=("message",)):
            await plan(network, point, audience=audience, message=words)
        async with desk.refused(Invalid, reason, field=("message",)):
            await update_maintenance(network.boss, work.id, WorkWords("Troca", audience, words))
    assert await public(desk) == [(NoticeStatus.PLANNED, "Troca de fibra.")]


async def entries(boss: Context) -> list[tuple[Any, Any]]:
    page = await list_audit(boss, AuditFilter(action="update_maintenance"), PageRequest())
    return [(entry.before, entry.after) for entry in page.rows]


async def test_words_and_audience_are_mended_while_times_stay_and_the_log_knows(desk: Desk) -> None:
    network = await Network.of(desk)
    work = await plan(network, await network.point(), audience=None, message="")
    told = await update_maintenance(network.boss, work.id, WorkWords(" Nova fibra ", EVERYONE, " Oscilações. \n"))
    assert (told.title, told.audience, told.message) == ("Nova fibra", EVERYONE, "Oscilações.")
    assert (told.starts_at, told.ends_at) == (work.starts_at, work.ends_at)
    assert await public(desk) == [(NoticeStatus.PLANNED, "Oscilações.")]
    [(before, after)] = await entries(network.boss)
    assert (before["audience"], after["audience"], after["message"]) == (None, "EVERYONE", "Oscilações.")
    await update_maintenance(network.boss, work.id, WorkWords("Nova fibra"))
    assert await public(desk) == []


async def test_one_week_is_mended_or_that_and_all_that_follow(desk: Desk) -> None:
    network = await Network.of(desk)
    point = await network.point()
    await plan(network, point, weeks=4, message="Janela.")

    async def told() -> list[str]:
        return [one.message for one in (await maintenance_of(network.boss, [point.id]))[point.id]]

    times = (await maintenance_of(network.boss, [point.id]))[point.id]
    await update_maintenance(network.boss, times[1].id, WorkWords("Troca", EVERYONE, "Só esta."))
    assert await told() == ["Janela.", "Só esta.", "Janela.", "Janela."]
    await update_maintenance(
        network.boss, times[2].id, WorkWords("Troca", EVERYONE, "Daqui em diante."), following=True
    )
    assert await told() == ["Janela.", "Só esta.", "Daqui em diante.", "Daqui em diante."]
    assert [after.get("weeks") for _, after in await entries(network.boss)] == [2, None]


async def test_what_is_over_or_unknown_is_not_mended(desk: Desk) -> None:
    network = await Network.of(desk)
    work = await plan(network, await network.point())
    async with desk.refused(NotFound, "maintenance_not_found"):
        await update_maintenance(network.boss, new_id(), WorkWords("Troca"))
    desk.clock.now = work.ends_at
    async with desk.refused(Conflict, "maintenance_over"):
        await update_maintenance(network.boss, work.id, WorkWords("Troca"))


# At once


async def test_work_is_mended_and_taken_back_at_once_and_each_change_that_was_told_happened(cluster: Cluster) -> None:
    network = await Network.of(cluster.desk)
    work = await plan(network, await network.point())
    mendings: list[Any] = [
        update_maintenance(
            cluster.spread(network.boss, number), work.id, WorkWords("Troca", EVERYONE, f"Vez {number}.")
        )
        for number in range(8)
    ]
    taking: Any = cancel_maintenance(cluster.spread(network.boss, 1), work.id)
    fine, errors = await together([*mendings[:4], taking, *mendings[4:]])
    assert kinds(errors) <= {(NotFound, "maintenance_not_found")}
    assert fine.count(None) == 1
    told = [after["message"] for _, after in reversed(await entries(network.boss))]
    assert sorted(told) == sorted(one.message for one in fine if one is not None)
    assert await public(cluster.desk) == []


async def test_an_incident_changes_while_chats_are_opened_linked_and_closed(cluster: Cluster) -> None:
    desk = cluster.desk
    network = await Network.of(desk)
    point, agent = await network.point(), await desk.agent("tecnico")
    bot = await desk.machine(Scope.CHAT_WRITE, by=network.boss)
    given: dict[str, Any] = {"access_point_id": point.id, "category": Category.OUTAGE}
    incident = await declare_incident(network.boss, point.id, IncidentWords(message="Caiu."))
    open_now = [await desk.opened(by=bot, **given) for _ in range(6)]
    work: list[Any] = []
    for number, opened in enumerate(open_now):
        words = IncidentWords(message=f"Notícia {number}.")
        work += [
            update_incident(cluster.spread(network.boss, number), incident.id, words),
            open_chat(cluster.spread(bot, number), desk.opening(**given)),
            mind_incidents(cluster.spread(network.system, number + 1)),
            close_chat(cluster.spread(network.boss, number + 1), opened.chat.id),
            send_message(cluster.spread(desk.as_customer(opened), number), opened.chat.id, body="E agora?"),
        ]
    _, errors = await together(work)
    assert kinds(errors) <= {(ChatClosed, "chat_closed")}
    last = await desk.opened(by=bot, **given)
    words = (await incidents_by_id(agent, [incident.id]))[incident.id].message
    assert await told_in(desk, last) == words
