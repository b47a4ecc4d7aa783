"""A clock that jumps, forwards and backwards: the order is that of the numbers, and no duration is negative."""

from datetime import timedelta

import pytest

from api.models.enums import Availability
from api.resolvers.claims import claim_chat
from api.resolvers.closings import close_chat
from api.resolvers.legs import times_of
from api.resolvers.messages import send_message
from api.resolvers.metrics import get_metrics
from api.resolvers.presence import day_of, set_availability
from tests.clock import NOON, Clock
from tests.faults.deployments import beginning
from tests.faults.history import History, stored_history
from tests.faults.traffic import FOLLOW, fact_of
from tests.people import Desk, person
from tests.schema.conftest import open_door

JUMPS = (timedelta(hours=-1), timedelta(days=2), timedelta(seconds=-30), timedelta(minutes=5), timedelta(days=-3))


@pytest.fixture
def clock() -> Clock:
    """Noon: days begin far away."""
    return Clock(NOON)


async def test_a_clock_that_jumps_changes_no_order_and_makes_no_negative_duration(desk: Desk) -> None:
    start = desk.clock.now
    ana, rui = await desk.online("tecnico"), await desk.supervisor()
    opened = await desk.opened()
    desk.clock.now += timedelta(minutes=-10)
    await claim_chat(ana, opened.chat.id)
    for number, jump in enumerate(JUMPS):
        desk.clock.now += jump
        await send_message(ana, opened.chat.id, body=f"Olá {number}")
        await send_message(desk.as_customer(opened), opened.chat.id, body=f"Oi {number}")
        await set_availability(ana, Availability.PAUSED if number % 2 else Availability.ONLINE, "Café")
    await close_chat(ana, opened.chat.id)
    said = [body for number in range(len(JUMPS)) for body in (f"Olá {number}", f"Oi {number}")]
    assert await desk.lines(opened.chat.id) == ["Oi", *said]
    times = times_of(await desk.legs(opened.chat.id), desk.clock.now)
    assert min(times.waiting, times.handling) >= timedelta()
    figures = await get_metrics(rui, start - timedelta(days=30), start + timedelta(days=30))
    for stats in (figures.wait_time, figures.handle_time):
        assert stats.n == 1
        assert stats.mean is not None
        assert stats.mean >= timedelta()
    await a_reader_sees_it_all_in_order(desk, str(opened.chat.id), opened.token)


@pytest.mark.settings(presence_lease="PT24H")
async def test_a_clock_set_back_takes_nothing_from_an_agents_day(desk: Desk) -> None:
    ana = await desk.online("tecnico")
    for status, minutes in ((Availability.PAUSED, 30), (Availability.ONLINE, 10), (Availability.PAUSED, -20)):
        desk.clock.advance(minutes=minutes)
        await set_availability(ana, status, "Café")
    day = await day_of(ana, person(ana).user_id)
    assert day.online == timedelta(minutes=30)
    assert day.paused == {"Café": timedelta(minutes=10)}


async def a_reader_sees_it_all_in_order(desk: Desk, chat_id: str, token: str) -> None:
    """From the beginning, over a socket, as it is stored."""
    stored = await stored_history(desk.db, [chat_id])
    history = History()
    async with open_door(desk) as door, door.socket(token) as socket:
        await socket.subscribe("1", FOLLOW, c=chat_id, a=beginning(desk.db))
        while len(history.follows(chat_id, "customer")) < len(stored[chat_id]):
            told = (await socket.of("1"))["payload"]["data"]["chatEvents"]
            if told["cursor"] is not None:
                history.saw(chat_id, "customer", fact_of(told))
    history.check(stored)
