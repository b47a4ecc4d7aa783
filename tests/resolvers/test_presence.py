"""Whether people attend now: what they chose, the lease of their connection, and the ledger of their day."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import delete, select, update
from sqlmodel import col

from api.context import Context
from api.errors import Forbidden, Invalid, NotFound
from api.events import PresenceChanged, staff_stream
from api.models import AuditEntry, StatusInterval, User
from api.models.enums import Availability
from api.resolvers.presence import (
    day_of,
    lapse_presence,
    presence_of,
    renew_presence,
    set_availability,
)
from tests.people import Desk, person

ONLINE, PAUSED, OFFLINE = Availability.ONLINE, Availability.PAUSED, Availability.OFFLINE
Line = tuple[Availability, str | None, timedelta, timedelta | None]


async def ledger(desk: Desk, who: Context) -> list[Line]:
    """A person's stretches, in order, by the time since the first."""
    query = select(StatusInterval).where(col(StatusInterval.user_id) == person(who).user_id)
    async with desk.db.read() as session:
        rows = (await session.execute(query.order_by(col(StatusInterval.started_at), col(StatusInterval.id)))).scalars()
        stretches = list(rows)
    first = stretches[0].started_at
    return [
        (row.status, row.reason, row.started_at - first, row.ended_at - first if row.ended_at else None)
        for row in stretches
    ]


async def stay(desk: Desk, *people: Context, **time: float) -> None:
    """Let time pass with these people connected, whose lease is renewed four times a minute."""
    end = desk.clock.now + timedelta(**time)
    while desk.clock.now < end:
        desk.clock.advance(seconds=15)
        await renew_presence(desk.system, [person(who).user_id for who in people])


async def now_of(desk: Desk, who: Context) -> Availability:
    return presence_of(await desk.user(who), desk.clock.now).status


async def test_the_ledger_closes_one_stretch_and_opens_the_next(desk: Desk) -> None:
    bia = await desk.agent("tecnico")
    await stay(desk, bia, minutes=1)
    await set_availability(bia, ONLINE)
    await stay(desk, bia, minutes=2)
    user = await set_availability(bia, PAUSED, " almoço ")
    assert (user.status, user.status_reason, user.status_since) == (PAUSED, "Almoço", desk.clock.now)
    assert await ledger(desk, bia) == [
        (OFFLINE, None, timedelta(), timedelta(minutes=1)),
        (ONLINE, None, timedelta(minutes=1), timedelta(minutes=3)),
        (PAUSED, "Almoço", timedelta(minutes=3), None),
    ]


async def test_the_same_choice_again_changes_nothing(desk: Desk) -> None:
    bia = await desk.online("tecnico")
    desk.clock.advance(seconds=30)
    async with desk.nothing_changes():
        await set_availability(bia, ONLINE, "ignored")


@pytest.mark.parametrize("reason", [None, "", "  "])
async def test_a_pause_has_a_reason(desk: Desk, reason: str | None) -> None:
    bia = await desk.agent("tecnico")
    async with desk.refused(Invalid, "pause_needs_reason", field=("reason",)):
        await set_availability(bia, PAUSED, reason)


@pytest.mark.parametrize(
    ("reason", "problem"), [("x" * 81, "too_long"), ("a\x00", "unprintable"), ("Praia", "bad_choice")]
)
async def test_the_reason_of_a_pause_is_one_of_the_deployments(desk: Desk, reason: str, problem: str) -> None:
    bia = await desk.agent("tecnico")
    async with desk.refused(Invalid, problem, field=("reason",)):
        await set_availability(bia, PAUSED, reason)


@pytest.mark.settings(pause_reasons="Café da manhã, Reunião")
async def test_the_reasons_are_a_setting(desk: Desk) -> None:
    bia = await desk.agent("tecnico")
    assert (await set_availability(bia, PAUSED, "café da manhã")).status_reason == "Café da manhã"


async def test_who_is_gone_for_the_lease_is_offline_at_once_and_in_the_ledger(desk: Desk) -> None:
    ana = await desk.online("tecnico")
    await stay(desk, ana, minutes=1)
    desk.clock.advance(seconds=44)
    assert await now_of(desk, ana) is ONLINE
    assert await lapse_presence(desk.system) == 0
    desk.clock.advance(seconds=1)
    assert await now_of(desk, ana) is OFFLINE
    desk.clock.advance(seconds=5)
    assert await lapse_presence(desk.system) == 1
    # The ledger is entered late, and tells the moment at which the lease ran out all the same.
    assert await ledger(desk, ana) == [
        (OFFLINE, None, timedelta(), timedelta()),
        (ONLINE, None, timedelta(), timedelta(seconds=105)),
        (OFFLINE, None, timedelta(seconds=105), None),
    ]
    assert (await desk.user(ana)).status is ONLINE
    assert await lapse_presence(desk.system) == 0


async def test_who_comes_back_within_the_grace_was_never_gone(desk: Desk) -> None:
    ana = await desk.online("tecnico")
    before = await ledger(desk, ana)
    told = len(await desk.events(staff_stream(person(ana).user_id)))
    desk.clock.advance(seconds=44)
    await renew_presence(desk.system, [person(ana).user_id])
    desk.clock.advance(seconds=44)
    assert await lapse_presence(desk.system) == 0
    assert await now_of(desk, ana) is ONLINE
    assert await ledger(desk, ana) == before
    assert len(await desk.events(staff_stream(person(ana).user_id))) == told


async def test_who_comes_back_later_attends_as_they_chose_and_the_ledger_tells_the_gap(desk: Desk) -> None:
    ana = await desk.online("tecnico")
    desk.clock.advance(minutes=5)
    await renew_presence(desk.system, [person(ana).user_id])
    assert await now_of(desk, ana) is ONLINE
    assert await ledger(desk, ana) == [
        (OFFLINE, None, timedelta(), timedelta()),
        (ONLINE, None, timedelta(), timedelta(seconds=45)),
        (OFFLINE, None, timedelta(seconds=45), timedelta(minutes=5)),
        (ONLINE, None, timedelta(minutes=5), None),
    ]
    assert isinstance((await desk.events(staff_stream(person(ana).user_id)))[-1], PresenceChanged)


async def test_what_an_absent_person_chooses_counts_when_they_come(desk: Desk) -> None:
    ana = await desk.agent("tecnico", present=False)
    await set_availability(ana, ONLINE)
    assert await now_of(desk, ana) is OFFLINE
    assert [line[0] for line in await ledger(desk, ana)] == [OFFLINE]
    await renew_presence(desk.system, [person(ana).user_id])
    assert await now_of(desk, ana) is ONLINE


async def test_a_supervisor_sets_somebody_elses_status_and_it_is_audited(desk: Desk) -> None:
    rui, ana = await desk.supervisor(), await desk.online("tecnico")
    key = person(ana).user_id
    assert (await set_availability(rui, PAUSED, "Reunião", user_id=key)).status is PAUSED
    async with desk.db.read() as session:
        query = select(AuditEntry).where(col(AuditEntry.action) == "set_availability")
        entry = (await session.execute(query)).scalar_one()
    assert (entry.actor, entry.object) == (person(rui).actor, f"user:{key}")
    assert (entry.before, entry.after) == (
        {"status": "ONLINE", "reason": None},
        {"status": "PAUSED", "reason": "Reunião"},
    )
    async with desk.db.read() as session:
        open_one = col(StatusInterval.user_id) == key, col(StatusInterval.ended_at).is_(None)
        stretch = (await session.execute(select(StatusInterval).where(*open_one))).scalar_one()
    assert stretch.changed_by == person(rui).user_id


async def test_an_agent_sets_nobody_elses_status(desk: Desk) -> None:
    ana, bia = await desk.agent("tecnico"), await desk.agent("tecnico")
    async with desk.refused(Forbidden, "not_allowed", field=("userId",)):
        await set_availability(ana, OFFLINE, user_id=person(bia).user_id)
    rui = await desk.supervisor()
    async with desk.refused(NotFound, "user_not_found", field=("userId",)):
        await set_availability(rui, OFFLINE, user_id=(await desk.department("tecnico")).id)


async def test_the_day_adds_up_what_counted(desk: Desk) -> None:
    ana = await desk.online("tecnico")
    await stay(desk, ana, minutes=30)
    await set_availability(ana, PAUSED, "Almoço")
    await stay(desk, ana, minutes=10)
    await set_availability(ana, ONLINE)
    desk.clock.advance(minutes=5)
    await lapse_presence(desk.system)
    day = await day_of(ana, person(ana).user_id)
    assert day.online == timedelta(minutes=30, seconds=45)
    assert day.paused == {"Almoço": timedelta(minutes=10)}
    bia = await desk.agent("tecnico")
    async with desk.refused(Forbidden, "not_allowed"):
        await day_of(bia, person(ana).user_id)
    assert (await day_of(await desk.supervisor(), person(ana).user_id)).online == day.online


async def test_a_crowd_that_comes_at_once_is_entered_as_if_each_had_come_alone(desk: Desk) -> None:
    never, online, paused = await desk.agent(present=False), await desk.online("tecnico"), await desk.agent("tecnico")
    await set_availability(paused, PAUSED, "Almoço")
    people = [never, online, paused]
    desk.clock.advance(minutes=5)
    told = [len(await desk.events(staff_stream(person(who).user_id))) for who in people]
    # The same person in several tabs, and several people in one breath, are one lease each.
    ids = [[person(who).user_id] for who in (*people, *people)] + [[person(who).user_id for who in people]]
    await asyncio.gather(*(renew_presence(desk.system, some) for some in ids))
    assert [await now_of(desk, who) for who in people] == [OFFLINE, ONLINE, PAUSED]
    assert await ledger(desk, never) == [(OFFLINE, None, timedelta(), None)]
    gap = (timedelta(seconds=45), timedelta(minutes=5))
    assert (await ledger(desk, online))[-2:] == [(OFFLINE, None, *gap), (ONLINE, None, timedelta(minutes=5), None)]
    assert (await ledger(desk, paused))[-2:] == [
        (OFFLINE, None, *gap),
        (PAUSED, "Almoço", timedelta(minutes=5), None),
    ]
    assert [len(await desk.events(staff_stream(person(who).user_id))) for who in people] == [n + 1 for n in told]
    for who in people:
        user = await desk.user(who)
        assert (user.present_until, user.idle_since) == (desk.clock.now + timedelta(seconds=45), desk.clock.now)


async def test_a_crowd_takes_a_few_transactions_and_not_one_each(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    people = [await desk.agent("tecnico", present=False) for _ in range(20)]
    begun = 0
    write = desk.db.write

    async def counted(work: Any, **how: Any) -> Any:
        nonlocal begun
        begun += 1
        return await write(work, **how)

    monkeypatch.setattr(desk.db, "write", counted)
    await asyncio.gather(*(renew_presence(desk.system, [person(who).user_id]) for who in people))
    assert begun == 1
    assert all([presence_of(await desk.user(who), desk.clock.now).present for who in people])


async def test_one_who_cannot_be_entered_keeps_nobody_else_out(desk: Desk) -> None:
    lost, *others = [await desk.agent("tecnico", present=False) for _ in range(4)]
    async with desk.db.transaction() as tx:
        await tx.session.execute(delete(StatusInterval).where(col(StatusInterval.user_id) == person(lost).user_id))
    work = [renew_presence(desk.system, [person(who).user_id]) for who in (lost, *others)]
    outcomes = await asyncio.gather(*work, return_exceptions=True)
    assert isinstance(outcomes[0], KeyError)
    assert outcomes[1:] == [None] * 3
    assert [presence_of(await desk.user(who), desk.clock.now).present for who in (lost, *others)] == [False] + [
        True
    ] * 3


async def test_who_is_deactivated_does_not_come_back(desk: Desk) -> None:
    gone, stays = await desk.online("tecnico"), await desk.online("tecnico")
    desk.clock.advance(minutes=5)
    async with desk.db.transaction() as tx:
        await tx.session.execute(update(User).where(col(User.id) == person(gone).user_id).values(active=False))
    before = await ledger(desk, gone)
    await asyncio.gather(*(renew_presence(desk.system, [person(who).user_id]) for who in (gone, stays)))
    assert not presence_of(await desk.user(gone), desk.clock.now).present
    assert await ledger(desk, gone) == before
    assert await now_of(desk, stays) is ONLINE


async def test_customers_who_wait_are_seen_and_those_who_are_attended_are_not(desk: Desk) -> None:
    ana = await desk.online("tecnico")
    chats = [await desk.active(ana), await desk.waiting(), await desk.waiting()]
    desk.clock.advance(seconds=30)
    before = [(await desk.chat(chat.id)).customer_seen_at for chat in chats]
    await asyncio.gather(*(renew_presence(desk.system, (), [chat.id]) for chat in chats))
    assert [(await desk.chat(chat.id)).customer_seen_at for chat in chats] == [before[0], *[desk.clock.now] * 2]
