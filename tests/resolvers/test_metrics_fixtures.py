"""Every figure of one small story each, worked out by hand: the stories that reports usually get wrong."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from api.business_hours import Stretch
from api.context import Context
from api.errors import ChatClosed
from api.models.enums import Availability, MetricFigure
from api.resolvers.cases import list_cases
from api.resolvers.claims import claim_chat
from api.resolvers.closings import close_chat, rate_chat
from api.resolvers.deadlines import meet_deadlines
from api.resolvers.departments import DepartmentChange, update_department
from api.resolvers.durations import IN_BUSINESS_HOURS
from api.resolvers.figures import DurationStats, Satisfaction
from api.resolvers.handoffs import hand_off_chat
from api.resolvers.holidays import HolidayDetails, create_holiday
from api.resolvers.measures import By
from api.resolvers.messages import send_message
from api.resolvers.metrics import Metrics, figures_of, get_metrics
from api.resolvers.pages import PageRequest
from api.resolvers.periods import Asked
from api.resolvers.presence import renew_presence, set_availability
from api.resolvers.tickets import turn_into_ticket
from api.resolvers.transfers import return_chat, transfer_chat
from api.resolvers.users import UserChange, update_user
from tests.people import Desk, person

# Nobody's connection is lost here: that is tests/resolvers/test_presence.py.
pytestmark = pytest.mark.settings(presence_lease=timedelta(days=1))

NONE = DurationStats(None, None, None, 0)
MINUTE = timedelta(minutes=1)


def each(*seconds: float) -> DurationStats:
    """What is told of these cases: with up to two the median is the first, and the 90th percentile the last."""
    cases = sorted(timedelta(seconds=value) for value in seconds)
    if not cases:
        return NONE
    middle = cases[(len(cases) + 1) // 2 - 1]
    return DurationStats(sum(cases, timedelta()) / len(cases), middle, cases[-1], len(cases))


@dataclass
class Story:
    """A desk at noon: Ana and Bia attend in Técnico, and Rui reads the figures."""

    desk: Desk
    ana: Context
    bia: Context
    rui: Context
    start: datetime = field(init=False)

    def __post_init__(self) -> None:
        self.start = self.desk.clock.now

    async def wait(self, **by: float) -> None:
        """Time goes by, in which everybody stays connected."""
        self.desk.clock.advance(**by)
        await renew_presence(self.desk.system, [person(agent).user_id for agent in (self.ana, self.bia)])

    async def say(self, agent: Context, chat_id: Any) -> None:
        await send_message(agent, chat_id, body="Olá")

    async def ask(self, chat_id: Any) -> None:
        await send_message(self.desk.as_customer(await self.desk.chat(chat_id)), chat_id, body="E agora?")

    async def leave(self, chat_id: Any) -> None:
        await close_chat(self.desk.as_customer(await self.desk.chat(chat_id)), chat_id)


@pytest.fixture
async def story(desk: Desk) -> Story:
    return Story(desk, await desk.online("tecnico"), await desk.online("tecnico"), await desk.supervisor())


@dataclass(frozen=True)
class Expected:
    """Every figure of the hour that the story begins."""

    offered: int = 1
    chats: int = 1
    wait_time: DurationStats = NONE
    first_response: DurationStats = NONE
    handle_time: DurationStats = NONE
    active_handle_time: DurationStats = NONE
    resolution: DurationStats = NONE
    service_level: float | None = None
    abandonment: float | None = 0.0
    occupancy: float | None = 0.0
    satisfaction: Satisfaction = field(default_factory=lambda: Satisfaction(None, 0))


async def transferred(story: Story) -> None:
    """Ana claims after 30 s, answers 10 s later and gives the chat to Bia after 2 min more; Bia answers at once."""
    chat = await story.desk.waiting()
    await story.wait(seconds=30)
    await claim_chat(story.ana, chat.id)
    await story.wait(seconds=10)
    await story.say(story.ana, chat.id)
    await story.wait(seconds=120)
    await transfer_chat(story.ana, chat.id, agent_id=person(story.bia).user_id, reason="Rede")
    await story.say(story.bia, chat.id)
    await story.wait(seconds=180)
    await close_chat(story.bia, chat.id)
    await story.wait(seconds=60)


TRANSFERRED = Expected(
    offered=2,  # a leg with Ana, a leg with Bia
    chats=1,
    wait_time=each(0, 30),  # Bia's leg never waited
    first_response=each(40),  # the chat's first answer was Ana's: 30 + 10
    handle_time=each(130, 180),  # Ana 10 + 120, Bia 180
    active_handle_time=each(130, 180),  # no silence of more than 4 min
    resolution=each(340),  # 30 + 130 + 180
    service_level=1.0,  # 0 s and 30 s are both within 60 s
    occupancy=(130 + 180) / (400 + 400),  # of 400 s each, Ana attended 130 and Bia 180
)


async def returned(story: Story) -> None:
    """Ana claims after 20 s and returns the chat unanswered 40 s later; Bia claims it 30 s after that."""
    chat = await story.desk.waiting()
    await story.wait(seconds=20)
    await claim_chat(story.ana, chat.id)
    await story.wait(seconds=40)
    await return_chat(story.ana, chat.id)
    await story.wait(seconds=30)
    await claim_chat(story.bia, chat.id)
    await story.wait(seconds=10)
    await story.say(story.bia, chat.id)
    await story.wait(seconds=100)
    await close_chat(story.bia, chat.id)


RETURNED = Expected(
    offered=2,
    chats=1,
    wait_time=each(20, 30),  # each leg has a wait of its own
    first_response=each(100),  # from the first queueing: 20 + 40 + 30 + 10
    handle_time=each(110),  # Ana never answered: hers is no handling
    active_handle_time=each(110),
    resolution=each(200),
    service_level=1.0,
    occupancy=(40 + 110) / (200 + 200),  # but it took 40 s of Ana's time
)


async def abandoned_at_once(story: Story) -> None:
    chat = await story.desk.waiting()
    await story.wait(seconds=5)
    await story.leave(chat.id)


ABANDONED_AT_ONCE = Expected(abandonment=1.0)  # 5 s is below the cut: no service level, yet abandoned


async def abandoned_late(story: Story) -> None:
    chat = await story.desk.waiting()
    await story.wait(seconds=50)
    await story.leave(chat.id)


ABANDONED_LATE = Expected(abandonment=1.0, service_level=0.0)  # 0 in time / (0 claimed + 1 abandoned)


async def bot_first(story: Story) -> None:
    """A bot has the chat for 3 min; then it waits 70 s, is answered 5 s after the claim, and closed 25 s later."""
    bot = await story.desk.bot()
    opened = await story.desk.opened(by=bot, bot_owns=True)
    await story.wait(minutes=3)
    await hand_off_chat(bot, opened.chat.id)
    await story.wait(seconds=70)
    await claim_chat(story.ana, opened.chat.id)
    await story.wait(seconds=5)
    await story.say(story.ana, opened.chat.id)
    await story.wait(seconds=25)
    await close_chat(story.ana, opened.chat.id)


BOT_FIRST = Expected(
    wait_time=each(70),
    first_response=each(75),  # none of the bot's 180 s
    handle_time=each(30),
    active_handle_time=each(30),
    resolution=each(100),
    service_level=0.0,  # 70 s > 60 s
    occupancy=30 / (280 + 280),
)


async def inactive(story: Story) -> None:
    """The customer never speaks after Ana's answer at 20 s: warned after 5 min, closed after 10."""
    chat = await story.desk.waiting()
    await story.wait(seconds=10)
    await claim_chat(story.ana, chat.id)
    await story.wait(seconds=10)
    await story.say(story.ana, chat.id)
    for _ in range(2):
        await story.wait(minutes=5)
        await meet_deadlines(story.desk.system)


INACTIVE = Expected(
    wait_time=each(10),
    first_response=each(20),
    handle_time=each(10 + 600),
    active_handle_time=each(10 + 240),  # the customer's silence counts for 4 min; the desk's warning is no word
    resolution=each(620),
    service_level=1.0,
    occupancy=610 / (620 + 620),
)


async def reopened_in_time(story: Story) -> None:
    """Closed and rated 3, the chat goes on 60 s later: it waits 30 s more, Bia attends 50 s; then it is rated 5."""
    chat = await story.desk.closed(story.ana)
    customer = story.desk.as_customer(chat)
    await rate_chat(customer, chat.id, score=3)
    await story.wait(seconds=60)
    await story.ask(chat.id)
    await story.wait(seconds=30)
    await claim_chat(story.bia, chat.id)
    await story.say(story.bia, chat.id)
    await story.wait(seconds=50)
    await close_chat(story.bia, chat.id)
    await rate_chat(customer, chat.id, score=5)


REOPENED_IN_TIME = Expected(
    offered=2,
    chats=1,
    wait_time=each(0, 30),
    first_response=each(0),  # once for each chat
    handle_time=each(0, 50),
    active_handle_time=each(0, 50),
    resolution=each(140),  # once: at its last closing, 60 + 30 + 50
    service_level=1.0,
    occupancy=50 / (140 + 140),
    satisfaction=Satisfaction(1.0, 1),  # the later answer replaces the earlier one
)


async def reopened_too_late(story: Story) -> None:
    """After the window nothing is reopened: the old chat stays resolved, and a new one is another chat."""
    chat = await story.desk.closed(story.ana)
    await story.wait(minutes=11)
    with pytest.raises(ChatClosed):
        await story.ask(chat.id)
    await story.desk.waiting()


REOPENED_TOO_LATE = Expected(
    offered=2,
    chats=2,
    wait_time=each(0),
    first_response=each(0),
    handle_time=each(0),
    active_handle_time=each(0),
    resolution=each(0),
    service_level=1.0,
)


async def three_at_once(story: Story) -> None:
    """Ana has three chats at once: 0-60 s, 20-80 s and 40-100 s; then nothing until 200 s."""
    chats = []
    for _ in range(3):
        chat = await story.desk.active(story.ana)
        await story.say(story.ana, chat.id)
        chats.append(chat)
        await story.wait(seconds=20)
    for chat in chats:
        await close_chat(story.ana, chat.id)
        await story.wait(seconds=20)
    await story.wait(seconds=80)


THREE_AT_ONCE = Expected(
    offered=3,
    chats=3,
    wait_time=each(0, 0, 0),
    first_response=each(0, 0, 0),
    handle_time=each(60, 60, 60),
    active_handle_time=each(60, 60, 60),
    resolution=each(60, 60, 60),
    service_level=1.0,
    occupancy=100 / (200 + 200),  # 180 s of chats in 100 s of her time; Bia had none
)


async def still_open(story: Story) -> None:
    """One chat is attended and one waits when the report is made, 90 s after the start."""
    chat = await story.desk.waiting()
    await story.wait(seconds=30)
    await claim_chat(story.ana, chat.id)
    await story.say(story.ana, chat.id)
    await story.desk.waiting()
    await story.wait(seconds=60)


STILL_OPEN = Expected(
    offered=2,
    chats=2,
    wait_time=each(30),
    first_response=each(30),
    service_level=1.0,  # who waits still is not counted yet
    occupancy=60 / (90 + 90),  # up to now, and not to the end of the hour
)


async def deactivated(story: Story) -> None:
    """Ana attends a chat for 60 s and is deactivated 20 s later; Bia attends another for the last 45 s of 140."""
    first = await story.desk.active(story.ana)
    await story.say(story.ana, first.id)
    await story.wait(seconds=60)
    await close_chat(story.ana, first.id)
    await story.wait(seconds=20)
    await update_user(await story.desk.admin(), person(story.ana).user_id, UserChange(active=False))
    chat = await story.desk.waiting()
    await story.wait(seconds=15)
    await claim_chat(story.bia, chat.id)
    await story.say(story.bia, chat.id)
    await story.wait(seconds=45)
    await close_chat(story.bia, chat.id)


DEACTIVATED = Expected(
    offered=2,
    chats=2,
    wait_time=each(0, 15),
    first_response=each(0, 15),
    handle_time=each(45, 60),  # hers stays hers
    active_handle_time=each(45, 60),
    resolution=each(60, 60),
    service_level=1.0,
    occupancy=(60 + 45) / (80 + 140),  # Ana was online for 80 s, Bia for 140
)


async def paused_meanwhile(story: Story) -> None:
    """Ana pauses for the last 60 s of a chat of 100 s: what is handled on a pause fills no time online."""
    chat = await story.desk.active(story.ana)
    await story.say(story.ana, chat.id)
    await story.wait(seconds=40)
    await set_availability(story.ana, Availability.PAUSED, "Almoço")
    await story.wait(seconds=60)
    await close_chat(story.ana, chat.id)


PAUSED_MEANWHILE = Expected(
    wait_time=each(0),
    first_response=each(0),
    handle_time=each(100),
    active_handle_time=each(100),
    resolution=each(100),
    service_level=1.0,
    occupancy=40 / (40 + 100),  # Ana online for 40 s, all of them busy; Bia for 100 s
)


async def silences(story: Story) -> None:
    """Claimed; 2 min; answer; 6 min; question; 12 min; answer; 1 min; end."""
    chat = await story.desk.active(story.ana)
    await story.wait(minutes=2)
    await story.say(story.ana, chat.id)
    await story.wait(minutes=6)
    await story.ask(chat.id)
    await story.wait(minutes=12)
    await story.say(story.ana, chat.id)
    await story.wait(minutes=1)
    await close_chat(story.ana, chat.id)


SILENCES = Expected(
    wait_time=each(0),
    first_response=each(120),
    handle_time=each(21 * 60),
    active_handle_time=each((2 + 4 + 10 + 1) * 60),  # the customer's 6 min cut to 4, Ana's 12 min to 10
    resolution=each(21 * 60),
    service_level=1.0,
    occupancy=21 / 42,
)


async def made_a_ticket(story: Story) -> None:
    """A chat that is answered becomes a ticket after 40 s; it is closed half an hour later, and counts no more."""
    chat = await story.desk.active(story.ana)
    await story.say(story.ana, chat.id)
    await story.wait(seconds=40)
    await turn_into_ticket(story.ana, chat.id)
    await story.wait(minutes=30)
    await close_chat(story.ana, chat.id)


MADE_A_TICKET = Expected(
    wait_time=each(0),  # it waited as a chat, and was answered as one
    first_response=each(0),
    service_level=1.0,
    occupancy=40 / (1840 + 1840),  # no handling, no resolution; of Ana's time only while it was live
)

STORIES: list[tuple[Callable[[Story], Awaitable[None]], Expected]] = [
    (transferred, TRANSFERRED),
    (returned, RETURNED),
    (abandoned_at_once, ABANDONED_AT_ONCE),
    (abandoned_late, ABANDONED_LATE),
    (bot_first, BOT_FIRST),
    (inactive, INACTIVE),
    (reopened_in_time, REOPENED_IN_TIME),
    (reopened_too_late, REOPENED_TOO_LATE),
    (three_at_once, THREE_AT_ONCE),
    (still_open, STILL_OPEN),
    (deactivated, DEACTIVATED),
    (paused_meanwhile, PAUSED_MEANWHILE),
    (silences, SILENCES),
    (made_a_ticket, MADE_A_TICKET),
]


def figures_in(found: Metrics) -> Expected:
    return Expected(**{name: getattr(found, name) for name in Expected.__dataclass_fields__})


@pytest.mark.parametrize(("live", "expected"), STORIES, ids=lambda value: getattr(value, "__name__", ""))
async def test_a_story_has_the_figures_worked_out_by_hand(
    story: Story, live: Callable[[Story], Awaitable[None]], expected: Expected
) -> None:
    await live(story)
    found = figures_in(await get_metrics(story.rui, story.start, story.start + timedelta(hours=1)))
    assert found == expected
    # Nothing of what happened lies before its period, or after it.
    empty = figures_in(await get_metrics(story.rui, story.start - timedelta(days=1), story.start))
    assert empty == Expected(offered=0, chats=0, abandonment=None, occupancy=None)


async def test_the_time_of_somebody_who_was_deactivated_stays_theirs(story: Story) -> None:
    await deactivated(story)
    figures = await figures_of(story.rui, Asked(story.start, story.start + timedelta(hours=1)))
    ana, bia = (person(agent).user_id for agent in (story.ana, story.bia))
    assert set(await figures.agents()) == {ana, bia}
    assert (await figures.occupancy(ana), await figures.occupancy(bia)) == (60 / 80, 45 / 140)
    assert await figures.stats(MetricFigure.HANDLE_TIME, By.AGENT, ana) == each(60)
    assert await figures.stats(MetricFigure.HANDLE_TIME, By.AGENT, bia) == each(45)


SAO_PAULO = ZoneInfo("America/Sao_Paulo")


async def test_a_chat_across_midnight_counts_on_the_day_of_each_thing(story: Story) -> None:
    """Queued 23:59:30, claimed 00:00:10, closed 00:05:10."""
    midnight = datetime(2026, 3, 3, tzinfo=SAO_PAULO).astimezone(UTC)
    story.desk.clock.now = midnight - timedelta(seconds=30)
    await story.wait()
    chat = await story.desk.waiting()
    await story.wait(seconds=40)
    await claim_chat(story.ana, chat.id)
    await story.say(story.ana, chat.id)
    await story.wait(minutes=5)
    await close_chat(story.ana, chat.id)
    day = timedelta(days=1)
    before = await get_metrics(story.rui, midnight - day, midnight)
    after = await get_metrics(story.rui, midnight, midnight + day)
    assert (before.offered, before.wait_time.n, before.handle_time.n) == (1, 0, 0)
    assert (after.offered, after.wait_time, after.handle_time) == (0, each(40), each(300))
    assert (after.resolution, after.first_response) == (each(340), each(40))
    figures = await figures_of(story.rui, Asked(midnight, midnight + day))
    assert (await figures.previous.offered(), figures.previous.asked.start) == (1, midnight - day)


async def test_a_chat_across_closing_time_is_counted_whole_by_the_clock(story: Story) -> None:
    """Without hours a department never closes: queued at 17:58, claimed at 18:04, closed at 18:20."""
    story.desk.clock.now = datetime(2026, 3, 2, 17, 58, tzinfo=SAO_PAULO).astimezone(UTC)
    await story.wait()
    chat = await story.desk.waiting()
    await story.wait(minutes=6)
    await claim_chat(story.ana, chat.id)
    await story.say(story.ana, chat.id)
    await story.wait(minutes=16)
    await close_chat(story.ana, chat.id)
    found = await get_metrics(story.rui, story.start, story.desk.clock.now + MINUTE)
    assert (found.wait_time, found.handle_time, found.service_level) == (each(360), each(960), 0.0)
    assert found.active_handle_time == each(240)  # nobody spoke after the answer
    assert await in_business_hours(story) == [each(360), each(360), each(960), each(1320)]


OFFICE = tuple(Stretch(day, 8 * 60, 18 * 60) for day in range(5))


def on(day: int, hour: int, minute: int = 0) -> datetime:
    """A time of March 2026 in São Paulo; the second is a Monday."""
    return datetime(2026, 3, day, hour, minute, tzinfo=SAO_PAULO).astimezone(UTC)


async def office(story: Story, hours: tuple[Stretch, ...] = OFFICE, slug: str = "tecnico") -> None:
    department = await story.desk.department(slug)
    await update_department(await story.desk.admin(), department.id, DepartmentChange(hours=hours))


async def in_business_hours(story: Story) -> list[DurationStats]:
    """TME, first response, TMA and resolution of all that was, each the same as its legs."""
    asked = Asked(story.start, story.desk.clock.now + MINUTE)
    figures = await figures_of(story.rui, asked)
    found = [await figures.stats(figure) for figure in IN_BUSINESS_HOURS.values()]
    for figure, told in zip(IN_BUSINESS_HOURS.values(), found, strict=True):
        cases = (await list_cases(story.rui, asked, figure, PageRequest())).rows
        assert each(*(case.value.total_seconds() for case in cases if case.value is not None)) == told
    return found


async def attended(story: Story, queued: datetime, claimed: datetime, answered: datetime, closed: datetime) -> Any:
    """Ana's chat, which goes on at these moments."""
    story.desk.clock.now = queued
    chat = await story.desk.waiting()
    for moment, act in ((claimed, claim_chat), (answered, story.say), (closed, close_chat)):
        story.desk.clock.now = moment
        await story.wait()
        await act(story.ana, chat.id)
    return chat


async def test_across_closing_time_business_hours_stop_at_night(story: Story) -> None:
    """Monday 17:50 queued, 17:55 claimed; Tuesday 8:10 answered, 9:00 closed."""
    await office(story)
    await attended(story, on(2, 17, 50), on(2, 17, 55), on(3, 8, 10), on(3, 9))
    # 5 min; 10 of the evening and 10 of the morning; 5 + 60; 10 + 60.
    assert await in_business_hours(story) == [each(300), each(1200), each(65 * 60), each(70 * 60)]
    # By the clock it took the night as well: 14 h 10 min more.
    found = await get_metrics(story.rui, story.start, story.desk.clock.now + MINUTE)
    assert (found.wait_time, found.resolution) == (each(300), each(70 * 60 + 14 * 3600))


async def test_across_a_holiday_business_hours_leave_the_day_out(story: Story) -> None:
    """Monday 17:00 queued; Tuesday is a holiday; Wednesday 8:30 claimed, 8:45 answered, 10:00 closed."""
    await office(story)
    await create_holiday(await story.desk.admin(), HolidayDetails(date(2026, 3, 3), "Aniversário da cidade"))
    await attended(story, on(2, 17), on(4, 8, 30), on(4, 8, 45), on(4, 10))
    # 60 + 30; 60 + 45; 90; 60 + 120.
    assert await in_business_hours(story) == [each(90 * 60), each(105 * 60), each(90 * 60), each(180 * 60)]


async def test_across_a_weekend_business_hours_go_from_friday_to_monday(story: Story) -> None:
    """Friday 17:30 queued; Saturday 11:00 claimed and Sunday answered by who is there anyway; Monday 8:20 closed."""
    await office(story)
    await attended(story, on(6, 17, 30), on(7, 11), on(8, 12), on(9, 8, 20))
    # All of the wait was on Friday, and of the handling only Monday's 20 min count.
    assert await in_business_hours(story) == [each(1800), each(1800), each(1200), each(3000)]


async def test_what_business_hours_were_is_what_counts(story: Story) -> None:
    """The hours of then stay in the figures of then, whatever they are today."""
    await office(story)
    await attended(story, on(2, 17, 50), on(2, 17, 55), on(3, 8, 10), on(3, 9))
    before = await in_business_hours(story)
    await office(story, ())
    await create_holiday(await story.desk.admin(), HolidayDetails(date(2026, 3, 2), "Tarde demais"))
    assert await in_business_hours(story) == before


async def test_each_leg_counts_by_its_own_departments_hours(story: Story) -> None:
    """Monday 17:50 queued in Técnico, 18:10 given to Comercial, which is always open; 18:20 taken, 18:50 closed."""
    await office(story)
    story.desk.clock.now = on(2, 17, 50)
    chat = await story.desk.waiting()
    story.desk.clock.now = on(2, 18, 10)
    comercial = await story.desk.department("comercial")
    await transfer_chat(await story.desk.admin(), chat.id, department_id=comercial.id, reason="Plano")
    story.desk.clock.now = on(2, 18, 20)
    cid = await story.desk.online("comercial")
    await claim_chat(cid, chat.id)
    await story.say(cid, chat.id)
    story.desk.clock.now = on(2, 18, 50)
    await close_chat(cid, chat.id)
    # The whole of it counts by where it was answered and where it ended: 30 min and 60 min.
    assert await in_business_hours(story) == [each(600), each(1800), each(1800), each(3600)]


async def test_a_ticket_and_a_reopened_chat_count_in_business_hours_as_by_the_clock(story: Story) -> None:
    await office(story)
    await made_a_ticket(story)
    assert await in_business_hours(story) == [each(0), each(0), NONE, NONE]
    await reopened_in_time(story)
    assert await in_business_hours(story) == [each(0, 0, 30), each(0, 0), each(0, 50), each(140)]


async def test_a_day_of_23_hours_is_one_day(story: Story) -> None:
    """2018-11-04 in São Paulo: clocks skip from 00:00 to 01:00, and the day begins at 03:00 UTC."""
    begins, ends = datetime(2018, 11, 4, 3, tzinfo=UTC), datetime(2018, 11, 5, 2, tzinfo=UTC)
    for moment in (begins - MINUTE, begins, ends - MINUTE, ends):
        story.desk.clock.now = moment
        await story.desk.waiting()
    long_weekend = Asked(datetime(2018, 11, 3, 3, tzinfo=UTC), datetime(2018, 11, 6, 2, tzinfo=UTC))
    figures = await figures_of(story.rui, long_weekend)
    days = await figures.series(timedelta(days=1))
    assert [(point.at, point.offered) for point in days] == [
        (datetime(2018, 11, 3, 3, tzinfo=UTC), 1),
        (begins, 2),
        (ends, 1),
    ]
    sunday = await figures_of(story.rui, Asked(begins, ends))
    hours = await sunday.series(timedelta(hours=1))
    assert len(hours) == 23
    assert hours[0].at.astimezone(SAO_PAULO).hour == 1
    assert sum(point.offered for point in hours) == 2
    # The day before had 24 hours: whole days are compared with whole days.
    assert (sunday.previous.asked.start, sunday.previous.asked.end) == (datetime(2018, 11, 3, 3, tzinfo=UTC), begins)
