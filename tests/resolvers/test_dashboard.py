"""What the dashboard shows, read from the tables."""

from datetime import timedelta

import pytest

from api.errors import Forbidden, Unauthenticated
from api.events import queue_stream, staff_stream
from api.models import User
from api.models.enums import Availability, Scope
from api.resolvers.claims import claim_chat
from api.resolvers.closings import close_chat
from api.resolvers.dashboard import Desk, TrafficHour, read_desk, read_today, read_yesterday, traffic, view_dashboard
from api.resolvers.departments import DepartmentChange, update_department
from api.resolvers.leases import count_processes, end_process, renew_process
from api.resolvers.metrics import get_metrics
from api.resolvers.presence import set_availability
from tests.people import Desk as People
from tests.people import person


def of(desk: Desk, name: str) -> tuple[int, int, int]:
    """Waiting, attended and online in one department."""
    (one,) = [one for one in desk.departments if one.name == name]
    return one.waiting, one.active, one.agents_online


async def test_an_empty_desk_shows_its_departments_and_nothing_in_them(desk: People) -> None:
    seen = await read_desk(desk.system)
    assert (seen.waiting, seen.oldest_queued_at, seen.active) == (0, None, 0)
    assert [one.name for one in seen.departments] == ["Comercial", "Técnico", "Administrativo"]


async def test_the_desk_counts_who_waits_who_is_attended_and_who_attends(desk: People) -> None:
    ana = await desk.online("tecnico", "comercial")
    bia = await desk.agent("tecnico")
    await set_availability(bia, Availability.PAUSED, "Café")
    await desk.agent("tecnico", present=False)
    first = await desk.waiting()
    desk.clock.advance(seconds=30)
    await desk.waiting()
    await desk.active(ana, "comercial")
    seen = await read_desk(desk.system)
    assert (seen.waiting, seen.active, seen.agents_online, seen.agents_paused) == (2, 1, 1, 1)
    assert seen.oldest_queued_at == first.queued_at
    assert (of(seen, "Técnico"), of(seen, "Comercial"), of(seen, "Administrativo")) == ((2, 0, 1), (0, 1, 1), (0, 0, 0))


async def test_the_desk_names_the_streams_that_tell_of_its_changes(desk: People) -> None:
    ana = await desk.agent("tecnico")
    tecnico = await desk.department("tecnico")
    streams = (await read_desk(desk.system)).streams
    assert {queue_stream(tecnico.id), staff_stream(person(ana).user_id)} <= streams
    assert len(streams) == 3 + await desk.count(User)


async def test_a_department_that_takes_no_chats_any_more_is_shown_while_it_has_some(desk: People) -> None:
    boss, ana = await desk.admin(), await desk.online("tecnico")
    chat = await desk.waiting()
    await update_department(boss, chat.department_id, DepartmentChange(active=False))
    assert of(await read_desk(desk.system), "Técnico") == (1, 0, 1)
    await claim_chat(ana, chat.id)
    await close_chat(ana, chat.id)
    assert "Técnico" not in [one.name for one in (await read_desk(desk.system)).departments]


async def test_two_looks_at_a_desk_where_nothing_happened_are_equal(desk: People) -> None:
    await desk.active(await desk.online("tecnico"))
    await desk.waiting()
    before = await read_desk(desk.system)
    desk.clock.advance(seconds=5)
    assert await read_desk(desk.system) == before


# Today and yesterday; the tests' zone is that of São Paulo, three hours behind UTC.


async def test_today_begins_at_midnight_of_the_deployments_zone(desk: People) -> None:
    desk.clock.now = desk.clock.now.replace(hour=2, minute=59, second=59)
    await desk.waiting()
    desk.clock.advance(seconds=1)
    await desk.waiting()
    today = await read_today(desk.system)
    assert (today.metrics.start.hour, today.metrics.offered) == (3, 1)
    assert today.metrics == await get_metrics(desk.system, today.metrics.start, today.metrics.end)


async def test_yesterday_ends_at_the_same_time_of_the_day(desk: People) -> None:
    desk.clock.now = desk.clock.now.replace(hour=15, minute=0, second=0)
    await desk.waiting()
    desk.clock.advance(minutes=30)
    await desk.waiting()
    desk.clock.advance(hours=23, minutes=45)
    yesterday = (await read_yesterday(desk.system)).metrics
    assert (yesterday.offered, yesterday.end - yesterday.start) == (1, timedelta(hours=12, minutes=15, microseconds=1))


async def test_traffic_shows_each_hour_of_today_beside_yesterdays(desk: People) -> None:
    desk.clock.now = desk.clock.now.replace(hour=13, minute=10)
    await desk.waiting()
    desk.clock.advance(hours=22)
    await desk.waiting()
    await desk.waiting()
    desk.clock.advance(hours=2, minutes=10)
    await desk.waiting()
    system = desk.system
    hours = traffic(await read_today(system), await read_yesterday(system), system.settings.zone)
    assert hours == [
        *[TrafficHour(hour, 0, 0) for hour in range(8)],
        TrafficHour(8, 2, 0),
        TrafficHour(9, 0, 0),
        TrafficHour(10, 1, 1),
    ]


# Who may look


async def test_only_who_may_see_figures_may_look(desk: People) -> None:
    for who in (await desk.admin(), await desk.supervisor(), await desk.analyst()):
        assert await view_dashboard(who)
    assert await view_dashboard(await desk.machine(Scope.METRICS_READ))
    for who in (await desk.agent("tecnico"), await desk.machine(Scope.QUEUE_READ)):
        with pytest.raises(Forbidden):
            await view_dashboard(who)
    with pytest.raises(Unauthenticated):
        await view_dashboard(desk.anonymous)


# Processes


async def test_processes_count_while_their_lease_runs(desk: People) -> None:
    length = timedelta(seconds=30)
    for process in ("one", "other", "other"):
        await renew_process(desk.system, process=process, length=length)
    assert await count_processes(desk.system) == 2
    desk.clock.advance(seconds=20)
    await renew_process(desk.system, process="one", length=length)
    desk.clock.advance(seconds=20)
    assert await count_processes(desk.system) == 1
    await end_process(desk.system, process="one")
    assert await count_processes(desk.system) == 0


async def test_processes_that_went_silent_leave_nothing_behind(desk: People) -> None:
    length = timedelta(seconds=30)
    for number in range(5):
        await renew_process(desk.system, process=f"gone {number}", length=length)
        desk.clock.advance(minutes=2)
    await renew_process(desk.system, process="here", length=length)
    assert [row[0] for row in (await desk.db_contents())["leases"]] == ["process:here"]
