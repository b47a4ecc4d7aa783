"""Figures of a period: each recomputed by hand from the story that made it."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from api.errors import Forbidden, Invalid
from api.models.enums import Availability, Category, Channel, IncidentShare, MetricFigure, Scope
from api.resolvers.access_points import AccessPointDetails, create_access_point
from api.resolvers.cases import count_cases, list_cases
from api.resolvers.claims import claim_chat
from api.resolvers.closings import close_chat, rate_chat
from api.resolvers.figures import DurationStats
from api.resolvers.incident_acts import IncidentWords, declare_incident, dismiss_incident
from api.resolvers.messages import send_message
from api.resolvers.metrics import desk_now, figures_of_day, get_metrics
from api.resolvers.pages import PageRequest
from api.resolvers.periods import Asked
from api.resolvers.presence import set_availability
from tests.people import Desk, person

MINUTE = timedelta(minutes=1)
END_OF_TIME = datetime.max.replace(tzinfo=UTC)
NOTHING = DurationStats(None, None, None, 0)


async def test_with_no_case_there_is_no_figure_and_never_a_zero(desk: Desk) -> None:
    rui = await desk.supervisor()
    now = desk.clock.now
    figures = await get_metrics(rui, now, now + MINUTE)
    assert (figures.offered, figures.chats) == (0, 0)
    assert figures.wait_time == figures.handle_time == NOTHING
    assert figures.service_level is figures.abandonment is None
    assert (figures.by_department, figures.by_channel, figures.by_hour) == ([], {}, [])


async def test_one_day_of_four_chats(desk: Desk) -> None:
    """One answered after 30 s and held 10 min, one after 90 s and never answered, one abandoned late, one at once."""
    ana, rui = await desk.agent("tecnico", "comercial"), await desk.supervisor()
    start = desk.clock.now
    one, two, three, four = (
        await desk.opened(),
        await desk.opened("comercial"),
        await desk.opened(),
        await desk.opened(),
    )
    desk.clock.advance(seconds=5)
    await close_chat(desk.as_customer(four), four.chat.id)
    desk.clock.advance(seconds=25)
    await claim_chat(ana, one.chat.id)
    await send_message(ana, one.chat.id, body="Olá")
    desk.clock.advance(seconds=60)
    await claim_chat(ana, two.chat.id)
    await close_chat(desk.as_customer(three), three.chat.id)
    desk.clock.now = start + timedelta(seconds=30, minutes=10)
    await close_chat(ana, one.chat.id)
    await close_chat(ana, two.chat.id)
    figures = await get_metrics(rui, start, start + timedelta(hours=1))
    assert (figures.offered, figures.chats) == (4, 4)
    assert figures.wait_time == DurationStats(timedelta(seconds=60), timedelta(seconds=30), timedelta(seconds=90), 2)
    assert figures.handle_time == DurationStats(10 * MINUTE, 10 * MINUTE, 10 * MINUTE, 1)
    assert figures.service_level == pytest.approx(1 / 3)
    assert figures.abandonment == pytest.approx(2 / 4)
    assert figures.by_channel == {Channel.WIDGET: 4}
    offered = {entry.department_id: entry.offered for entry in figures.by_department}
    assert offered == {one.chat.department_id: 3, two.chat.department_id: 1}
    only = await get_metrics(rui, start, start + timedelta(hours=1), department_id=two.chat.department_id)
    assert (only.offered, only.wait_time.n, only.handle_time.n, only.abandonment) == (1, 1, 0, 0)


async def test_figures_are_told_with_without_and_only_of_what_incidents_explain(desk: Desk) -> None:
    boss, ana = await desk.admin(), await desk.agent("tecnico")
    bot = await desk.machine(Scope.CHAT_WRITE, by=boss)
    start = desk.clock.now
    down, green = [await create_access_point(boss, AccessPointDetails(name)) for name in ("Norte", "Sul")]
    incident, mistake = [await declare_incident(boss, point.id, IncidentWords()) for point in (down, green)]
    mass = [await desk.opened(by=bot, category=Category.OUTAGE, access_point_id=down.id) for _ in range(2)]
    dismissed = await desk.opened(by=bot, category=Category.OUTAGE, access_point_id=green.id)
    other = await desk.opened()
    await dismiss_incident(boss, mistake.id, reason="Engano")
    desk.clock.advance(seconds=30)
    for one in (*mass[:1], dismissed, other):
        await claim_chat(ana, one.chat.id)
        await close_chat(ana, one.chat.id)
        await rate_chat(desk.as_customer(one), one.chat.id, score=5)
    until = desk.clock.now + MINUTE
    told = {share: await get_metrics(boss, start, until, incidents=share) for share in IncidentShare}
    counts = {
        share: (found.offered, found.chats, found.wait_time.n, found.satisfaction.answers)
        for share, found in told.items()
    }
    assert counts == {
        IncidentShare.WITH: (4, 4, 3, 3),
        IncidentShare.WITHOUT: (2, 2, 2, 2),
        IncidentShare.ONLY: (2, 2, 1, 1),
    }
    assert [told[share].occupancy is None for share in (IncidentShare.WITHOUT, IncidentShare.ONLY)] == [True, True]
    for figure in MetricFigure:
        parts = [
            await count_cases(boss, Asked(start, until, incidents=share), figure)
            for share in (IncidentShare.WITH, IncidentShare.WITHOUT, IncidentShare.ONLY)
        ]
        assert parts[0] == parts[1] + parts[2]
    cases = await list_cases(
        boss, Asked(start, until, incidents=IncidentShare.ONLY), MetricFigure.OFFERED, PageRequest()
    )
    assert {case.chat_id for case in cases.rows} == {one.chat.id for one in mass}
    assert (await desk.chat(mass[0].chat.id)).incident_id == incident.id


async def test_a_period_is_half_open(desk: Desk) -> None:
    rui = await desk.supervisor()
    now = desk.clock.now
    await desk.opened()
    assert (await get_metrics(rui, now - MINUTE, now)).offered == 0
    assert (await get_metrics(rui, now, now + MINUTE)).offered == 1


async def test_bots_and_their_chats_do_not_wait(desk: Desk) -> None:
    rui = await desk.supervisor()
    await desk.opened(by=await desk.bot(), bot_owns=True)
    assert (await get_metrics(rui, desk.clock.now - MINUTE, desk.clock.now + MINUTE)).offered == 0


async def test_hours_are_those_of_the_deployments_zone(desk: Desk) -> None:
    rui = await desk.supervisor()
    zone = ZoneInfo("America/Sao_Paulo")
    desk.clock.now = datetime(2026, 3, 2, 23, 30, tzinfo=zone)
    await desk.opened()
    await desk.opened()
    desk.clock.advance(minutes=45)
    await desk.opened()
    figures = await get_metrics(rui, desk.clock.now - timedelta(hours=2), desk.clock.now + MINUTE)
    assert figures.by_hour == [
        (datetime(2026, 3, 2, 23, tzinfo=zone), 2),
        (datetime(2026, 3, 3, 0, tzinfo=zone), 1),
    ]


async def test_no_duration_is_negative_when_the_clock_jumps_back(desk: Desk) -> None:
    ana, rui = await desk.agent("tecnico"), await desk.supervisor()
    start = desk.clock.now
    chat = await desk.waiting()
    desk.clock.advance(minutes=-2)
    await claim_chat(ana, chat.id)
    await send_message(ana, chat.id, body="Olá")
    desk.clock.advance(minutes=-2)
    await close_chat(ana, chat.id)
    figures = await get_metrics(rui, start - timedelta(hours=1), start + timedelta(hours=1))
    assert figures.wait_time.mean == figures.handle_time.mean == timedelta()


@pytest.mark.parametrize("length", [timedelta(), -MINUTE])
async def test_a_period_begins_before_it_ends(desk: Desk, length: timedelta) -> None:
    rui = await desk.supervisor()
    async with desk.refused(Invalid, "bad_period", field=("period",)):
        await get_metrics(rui, desk.clock.now, desk.clock.now + length)


async def test_the_desk_now_counts_who_waits_is_attended_and_attends(desk: Desk) -> None:
    ana, bia, rui = await desk.agent("tecnico"), await desk.agent("tecnico"), await desk.supervisor()
    await desk.waiting()
    await desk.waiting("comercial")
    await desk.active(ana)
    await desk.closed(ana)
    await set_availability(ana, Availability.ONLINE)
    await set_availability(bia, Availability.PAUSED, "almoço")
    now = await desk_now(rui)
    assert (now.waiting, now.active, now.agents_online, now.agents_paused) == (2, 1, 1, 1)
    tecnico = await desk_now(rui, department_id=(await desk.department("tecnico")).id)
    assert (tecnico.waiting, tecnico.active) == (1, 1)
    desk.clock.advance(seconds=45)
    gone = await desk_now(rui)
    assert (gone.agents_online, gone.agents_paused) == (0, 0)


async def test_an_agents_own_day_is_told_by_the_same_definitions_as_everybodys_figures(desk: Desk) -> None:
    ana, bia, rui = await desk.agent("tecnico"), await desk.agent("tecnico"), await desk.supervisor()
    start = desk.clock.now
    for who, minutes, score in ((ana, 10, 5), (ana, 4, 2), (bia, 30, 1)):
        opened = await desk.opened()
        await claim_chat(who, opened.chat.id)
        await send_message(who, opened.chat.id, body="Olá")
        desk.clock.advance(minutes=minutes)
        await close_chat(who, opened.chat.id)
        await rate_chat(desk.as_customer(opened), opened.chat.id, score=score)
    # Claimed and never answered: nothing that was handled.
    await close_chat(ana, (await desk.active(ana)).id)
    for asks in (ana, rui):
        day = await figures_of_day(asks, person(ana).user_id)
        assert await day.count(MetricFigure.HANDLE_TIME) == 2
        assert await day.mean(MetricFigure.HANDLE_TIME) == 7 * MINUTE
        assert (await day.satisfaction()).answers == 2
        assert (await day.satisfaction()).positive == pytest.approx(1 / 2)
        everybodys = await get_metrics(rui, start, desk.clock.now + MINUTE, agent_id=person(ana).user_id)
        assert await day.stats(MetricFigure.HANDLE_TIME) == everybodys.handle_time
        assert await day.satisfaction() == everybodys.satisfaction


async def test_yesterdays_chats_are_no_part_of_the_day(desk: Desk) -> None:
    ana = await desk.agent("tecnico")
    await desk.closed(ana)
    assert await (await figures_of_day(ana, person(ana).user_id)).count(MetricFigure.HANDLE_TIME) == 1
    desk.clock.advance(hours=24)
    day = await figures_of_day(ana, person(ana).user_id)
    assert (await day.count(MetricFigure.HANDLE_TIME), await day.mean(MetricFigure.HANDLE_TIME)) == (0, None)


async def test_nobody_reads_a_colleagues_day(desk: Desk) -> None:
    ana, bia = await desk.agent("tecnico"), await desk.agent("tecnico")
    async with desk.refused(Forbidden, "not_allowed"):
        await figures_of_day(bia, person(ana).user_id)


@pytest.mark.parametrize(
    ("start", "end"), [(END_OF_TIME - MINUTE, END_OF_TIME), (datetime.min.replace(tzinfo=UTC),) * 2]
)
async def test_a_period_at_the_edge_of_the_calendar_is_refused(desk: Desk, start: datetime, end: datetime) -> None:
    """The next day of the one, and the day in our zone of the other, are no days."""
    rui = await desk.supervisor()
    async with desk.refused(Invalid, "bad_period", field=("period",)):
        await get_metrics(rui, start, max(end, start + MINUTE))
