"""The queue: who waits, in which order and place, and for how long still."""

from datetime import timedelta
from uuid import uuid4

from api.errors import NotFound
from api.events import queue_stream
from api.models.enums import Availability, Priority, Scope
from api.resolvers.claims import claim_chat, claim_next
from api.resolvers.pages import PageRequest
from api.resolvers.presence import set_availability
from api.resolvers.queue import list_queue, positions, queue_states, serving_order, view_queue
from tests.people import Desk


async def test_the_queue_lists_who_waits_in_the_order_to_be_served(desk: Desk) -> None:
    ana, bot = await desk.agent("tecnico"), await desk.bot()
    tecnico = (await desk.department("tecnico")).id
    first = await desk.waiting()
    desk.clock.advance(minutes=1)
    second = await desk.waiting()
    urgent = (await desk.opened(by=bot, priority=Priority.URGENT)).chat
    await desk.waiting("comercial")
    await desk.active(await desk.agent("tecnico"))
    line = [urgent.id, first.id, second.id]
    page = await list_queue(ana, tecnico, PageRequest())
    assert [chat.id for chat in page.rows] == line
    assert await serving_order(desk.system, tecnico) == line
    assert await positions(ana, [*line, uuid4()]) == {chat_id: place for place, chat_id in enumerate(line, start=1)}
    halves = [await list_queue(ana, tecnico, PageRequest(first=2))]
    halves.append(await list_queue(ana, tecnico, PageRequest(first=2, after=halves[0].cursors[-1])))
    assert [chat.id for half in halves for chat in half.rows] == line
    assert [half.has_next for half in halves] == [True, False]


async def test_places_move_up_as_people_are_taken(desk: Desk) -> None:
    ana = await desk.agent("tecnico")
    opened = [await desk.opened() for _ in range(3)]
    last = opened[-1]
    zé = desk.as_customer(last)
    for place in (3, 2, 1):
        assert await positions(zé, [last.chat.id]) == {last.chat.id: place}
        await claim_next(ana)
    assert await positions(zé, [last.chat.id]) == {}


async def test_nobody_learns_the_place_of_a_chat_that_is_not_theirs(desk: Desk) -> None:
    mine, theirs = await desk.opened(), await desk.opened()
    bia = await desk.agent("comercial")
    wall = await desk.machine(Scope.QUEUE_READ)
    assert await positions(desk.as_customer(mine), [mine.chat.id, theirs.chat.id]) == {mine.chat.id: 1}
    assert await positions(bia, [theirs.chat.id]) == {}
    assert await positions(wall, [theirs.chat.id]) == {theirs.chat.id: 2}


async def test_a_strange_department_has_no_queue_for_an_agent(desk: Desk) -> None:
    ana = await desk.agent("tecnico")
    for department_id in ((await desk.department("comercial")).id, uuid4()):
        async with desk.refused(NotFound, "department_not_found", field=("departmentId",)):
            await view_queue(ana, department_id)
        async with desk.refused(NotFound, "department_not_found", field=("departmentId",)):
            await list_queue(ana, department_id, PageRequest())


async def test_a_queue_is_viewed_with_where_its_stream_stood(desk: Desk) -> None:
    ana = await desk.agent("tecnico")
    tecnico = (await desk.department("tecnico")).id
    assert (await view_queue(ana, tecnico)).event_seq == 0
    await claim_chat(ana, (await desk.waiting()).id)
    view = await view_queue(ana, tecnico)
    assert (view.department.id, view.epoch) == (tecnico, desk.db.epoch)
    assert view.event_seq == len(await desk.events(queue_stream(tecnico))) == 2


async def test_states_count_who_waits_and_who_attends(desk: Desk) -> None:
    ana, bia = await desk.agent("tecnico", "comercial"), await desk.agent("tecnico")
    tecnico, comercial = (await desk.department("tecnico")).id, (await desk.department("comercial")).id
    began = desk.clock.now
    await desk.waiting()
    desk.clock.advance(seconds=30)
    await desk.waiting()
    await set_availability(ana, Availability.ONLINE)
    await set_availability(bia, Availability.PAUSED, "almoço")
    states = await queue_states(desk.anonymous, [tecnico, comercial])
    assert (states[tecnico].waiting, states[tecnico].oldest_queued_at, states[tecnico].agents_online) == (2, began, 1)
    assert (states[comercial].waiting, states[comercial].oldest_queued_at) == (0, None)
    assert states[comercial].agents_online == 1
    assert states[tecnico].estimate(1) is None


async def test_the_wait_is_estimated_from_the_recent_pace_of_claims(desk: Desk) -> None:
    ana = await desk.agent("tecnico", capacity=20)
    tecnico = (await desk.department("tecnico")).id
    await set_availability(ana, Availability.ONLINE)
    for _ in range(6):
        await desk.active(ana)
    state = (await queue_states(desk.anonymous, [tecnico]))[tecnico]
    assert state.seconds_per_claim == 600
    estimate = state.estimate(3)
    assert estimate is not None
    assert (estimate.at_least, estimate.at_most) == (timedelta(minutes=20), timedelta(minutes=40))
    await set_availability(ana, Availability.OFFLINE)
    assert (await queue_states(desk.anonymous, [tecnico]))[tecnico].estimate(3) is None
    await set_availability(ana, Availability.ONLINE)
    desk.clock.advance(hours=2)
    assert (await queue_states(desk.anonymous, [tecnico]))[tecnico].estimate(3) is None
