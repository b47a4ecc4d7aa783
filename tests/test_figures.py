"""Random lives of chats: what the database answers is what a plain reading of the rows gives."""

from dataclasses import dataclass, field
from datetime import timedelta
from itertools import product
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from api.business_hours import Stretch
from api.context import Context
from api.errors import AppError
from api.models import Chat, Department
from api.models.enums import Availability, Channel, ChatStatus, MetricFigure
from api.resolvers.cases import Case, count_cases, list_cases
from api.resolvers.claims import claim_chat
from api.resolvers.closings import close_chat, rate_chat
from api.resolvers.departments import DepartmentChange, update_department
from api.resolvers.figures import Figures
from api.resolvers.measures import By
from api.resolvers.messages import send_message
from api.resolvers.metrics import figures_of
from api.resolvers.pages import PageRequest
from api.resolvers.periods import Asked
from api.resolvers.presence import renew_presence, set_availability
from api.resolvers.transfers import return_chat, transfer_chat
from tests.figures import ZERO, Reading, read_all, share, stats
from tests.people import Desk, person

DURATIONS = {
    MetricFigure.WAIT_TIME: "wait_time",
    MetricFigure.FIRST_RESPONSE: "first_response",
    MetricFigure.HANDLE_TIME: "handle_time",
    MetricFigure.ACTIVE_HANDLE_TIME: "active_handle_time",
    MetricFigure.RESOLUTION: "resolution",
    MetricFigure.BUSINESS_WAIT_TIME: "business_wait_time",
    MetricFigure.BUSINESS_FIRST_RESPONSE: "business_first_response",
    MetricFigure.BUSINESS_HANDLE_TIME: "business_handle_time",
    MetricFigure.BUSINESS_RESOLUTION: "business_resolution",
}

STEPS = st.lists(
    st.tuples(
        st.sampled_from(
            ("open", "claim", "answer", "ask", "return", "transfer", "close", "leave", "rate", "pause", "online")
        ),
        st.integers(0, 4),
        st.integers(0, 1),
        st.sampled_from((0, 1, 7, 11, 65, 300, 700, 4000, 50_000)),
    ),
    min_size=5,
    max_size=40,
)


@dataclass
class Life:
    """Two agents and their customers, who do whatever comes; what is not possible does not happen."""

    desk: Desk
    agents: list[Context]
    boss: Context
    chats: list[Chat] = field(default_factory=list)

    async def live(self, steps: list[tuple[str, int, int, int]]) -> None:
        for act, which, who, pause in steps:
            self.desk.clock.advance(seconds=pause, milliseconds=pause % 7)
            # Everybody is there all the time: leases are another test's.
            await renew_presence(self.desk.system, [person(agent).user_id for agent in self.agents])
            try:
                await self._do(act, which, self.agents[who], self.agents[1 - who])
            except AppError:
                continue

    async def _do(self, act: str, which: int, agent: Context, other: Context) -> None:
        if act == "open" or not self.chats:
            channel = Channel.WHATSAPP if which % 2 else Channel.WIDGET
            self.chats.append(await self.desk.waiting("tecnico" if which < 3 else "comercial", channel=channel))
            return
        chat = self.chats[which % len(self.chats)]
        customer = self.desk.as_customer(await self.desk.chat(chat.id))
        acts: dict[str, Any] = {
            "claim": lambda: claim_chat(agent, chat.id),
            "answer": lambda: send_message(agent, chat.id, body="Olá"),
            "ask": lambda: send_message(customer, chat.id, body="Oi"),
            "return": lambda: return_chat(agent, chat.id),
            "transfer": lambda: transfer_chat(agent, chat.id, agent_id=person(other).user_id, reason="Férias"),
            "close": lambda: close_chat(agent, chat.id),
            "leave": lambda: close_chat(customer, chat.id),
            "rate": lambda: rate_chat(customer, chat.id, score=which + 1),
            "pause": lambda: set_availability(agent, Availability.PAUSED, "Café"),
            "online": lambda: set_availability(agent, Availability.ONLINE),
        }
        await acts[act]()


@pytest.fixture
async def life(desk: Desk) -> Life:
    # Nobody's patience is tried here.
    agents = [await desk.online("tecnico", "comercial", capacity=50) for _ in range(2)]
    return Life(desk, agents, await desk.supervisor())


@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(steps=STEPS, cut=st.tuples(st.integers(0, 100), st.integers(1, 100)), data=st.data())
async def test_figures_are_those_of_a_plain_reading(
    life: Life, steps: list[tuple[str, int, int, int]], cut: tuple[int, int], data: st.DataObject
) -> None:
    noons = [(await opened_at_noon(life.desk)).id]
    began = life.desk.clock.now
    await life.live(steps)
    length = max(life.desk.clock.now - began, timedelta(seconds=1))
    start = began + length * cut[0] / 100
    department = (await life.desk.department("tecnico")).id
    asked = Asked(
        start,
        start + length * cut[1] / 100 + timedelta(milliseconds=1),
        data.draw(st.sampled_from([None, department])),
        data.draw(st.sampled_from([None, Channel.WHATSAPP])),
        data.draw(st.sampled_from([None, person(life.agents[0]).user_id])),
    )
    reading = await read_all(life.desk.db, wait_target=timedelta(seconds=60), now=life.desk.clock.now, noons=noons)
    figures = await figures_of(life.boss, asked)
    await agree(figures, reading, asked)
    await explained(life.boss, figures, reading, asked)


async def opened_at_noon(desk: Desk) -> Department:
    """Técnico is open from 12:00 to 12:20 only, on every day: within the hours and out of them much happens."""
    hours = tuple(Stretch(day, 12 * 60, 12 * 60 + 20) for day in range(7))
    return await update_department(
        await desk.admin(), (await desk.department("tecnico")).id, DepartmentChange(hours=hours)
    )


async def agree(figures: Figures, reading: Reading, asked: Asked) -> None:
    """The database and the plain reading say the same."""
    assert await figures.offered() == reading.offered(asked)
    assert await figures.chats() == reading.chats_of(asked)
    assert await figures.abandonment() == reading.abandonment(asked)
    assert await figures.service_level() == reading.service_level(asked)
    assert await figures.occupancy() == pytest.approx(reading.occupancy(asked), abs=1e-3)
    satisfaction = await figures.satisfaction()
    assert (satisfaction.positive, satisfaction.answers) == reading.satisfaction(asked)
    for figure, name in DURATIONS.items():
        assert await figures.stats(figure) == getattr(reading, name)(asked), name


async def explained(ctx: Context, figures: Figures, reading: Reading, asked: Asked) -> None:
    """Each figure follows from what it is said to be made of."""
    behind = {figure: await cases_of(ctx, asked, figure) for figure in MetricFigure}
    for figure in DURATIONS:
        assert stats(case.value or ZERO for case in behind[figure]) == await figures.stats(figure), figure
    assert len(behind[MetricFigure.OFFERED]) == await figures.offered()
    assert len({case.chat_id for case in behind[MetricFigure.OFFERED]}) == await figures.chats()
    rates = {
        MetricFigure.ABANDONMENT: await figures.abandonment(),
        MetricFigure.SERVICE_LEVEL: await figures.service_level(),
        MetricFigure.SATISFACTION: (await figures.satisfaction()).positive,
    }
    for figure, rate in rates.items():
        assert share(len([case for case in behind[figure] if case.met]), len(behind[figure])) == rate, figure
    attended = {case.leg.id for case in behind[MetricFigure.OCCUPANCY] if case.leg}
    end = min(asked.end, reading.now)
    assert attended == {
        leg.id
        for leg in reading.legs
        if reading.about(asked, leg)
        and leg.claimed_at is not None
        and leg.claimed_at < end
        and (leg.left_at is None or leg.left_at > asked.start)
    }


async def cases_of(ctx: Context, asked: Asked, figure: MetricFigure) -> list[Case]:
    """Every case behind a figure, page by page, each once and in order."""
    found: list[Case] = []
    after: str | None = None
    while True:
        page = await list_cases(ctx, asked, figure, PageRequest(first=3, after=after))
        found += page.rows
        if not page.has_next:
            break
        after = page.cursors[-1]
    assert len({case.id for case in found}) == len(found) == await count_cases(ctx, asked, figure)
    assert [case.moment for case in found] == sorted(case.moment for case in found)
    return found


async def test_groups_of_a_figure_are_the_figures_of_each_group(life: Life) -> None:
    """By department and agent, every figure is what the same question narrowed to it answers."""
    acts = ("open", "claim", "answer", "ask", "close", "rate")
    began = life.desk.clock.now
    await life.live([(act, which, which % 2, 40 + which) for which, act in product(range(5), acts)])
    asked = Asked(began, life.desk.clock.now + timedelta(seconds=1))
    points = await (await figures_of(life.boss, asked)).series(timedelta(minutes=5))
    everything = await figures_of(life.boss, asked)
    assert sum(point.offered for point in points) == await everything.offered() == 5
    assert sum(point.handled for point in points) == await everything.count(MetricFigure.HANDLE_TIME) > 0
    lines = await life_lines(life.boss, asked)
    assert sum(line[1] for line in lines) == await everything.offered()
    for key, *line in lines:
        alone = await figures_of(life.boss, Asked(asked.start, asked.end, department_id=key))
        assert line == [
            await alone.offered(),
            await alone.stats(MetricFigure.WAIT_TIME),
            await alone.stats(MetricFigure.HANDLE_TIME),
            await alone.service_level(),
        ]
    closed = [chat for chat in life.chats if (await life.desk.chat(chat.id)).status is ChatStatus.CLOSED]
    assert len(closed) == await everything.count(MetricFigure.RESOLUTION)


async def life_lines(ctx: Context, asked: Asked) -> list[list[Any]]:
    """What is told of each department."""
    figures = await figures_of(ctx, asked)
    return [
        [
            key,
            await figures.offered(By.DEPARTMENT, key),
            await figures.stats(MetricFigure.WAIT_TIME, By.DEPARTMENT, key),
            await figures.stats(MetricFigure.HANDLE_TIME, By.DEPARTMENT, key),
            await figures.service_level(By.DEPARTMENT, key),
        ]
        for key in await figures.departments()
    ]
