"""A night of a small provider, from the first dead concentrator to the last answer, with restarts in between.

One concentrator on a loopback address, forty points on it, five customers on each: the checks are faked, and the clock
is the test's. Everything else is the desk's own.
"""

from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlmodel import col

from api.context import Context
from api.models import AccessPoint, Chat, Incident, IncidentChat, Message, Notification, Outage
from api.models.enums import (
    AccessPointStatus,
    Category,
    ChatStatus,
    CheckKind,
    CloseReason,
    IncidentCause,
    IncidentStatus,
    NotificationKind,
    Priority,
    Scope,
)
from api.resolvers import asking, replying
from api.resolvers.access_points import AccessPointDetails, Check, create_access_point
from api.resolvers.asking import mind_incidents
from api.resolvers.connecting import Placement, import_customers
from api.resolvers.incident_acts import IncidentWords, confirm_incident
from api.resolvers.maintenance import PlannedWork, schedule_maintenance
from api.resolvers.messages import send_message
from api.resolvers.openings import Opened, open_chat
from api.resolvers.probing import check_network
from api.resolvers.replying import Reply, reply_to_incident
from tests.clock import Clock
from tests.network import FakeProber
from tests.people import Desk, valid_cpf
from tests.running import OpenRunning

POINTS, EACH = 40, 5
ROOT = "127.0.0.1"
S, N = IncidentStatus, NotificationKind
WORDS = "Estamos cientes e já a caminho."
QUESTION = "Nossos técnicos terminaram o reparo. Sua conexão voltou? Responda sim ou não."


class Killed(BaseException):
    """The process was killed here: nothing after this line has happened."""


@dataclass
class Story:
    """The provider: a desk that can be dropped and assembled anew on the same database, and its network."""

    url: str
    open_running: OpenRunning
    stack: AsyncExitStack
    desk: Desk
    prober: FakeProber = field(default_factory=FakeProber)
    people: dict[str, Any] = field(default_factory=dict)
    points: list[AccessPoint] = field(default_factory=list)
    restarts: int = 0

    @classmethod
    async def begin(cls, url: str, open_running: OpenRunning, stack: AsyncExitStack, clock: Clock) -> "Story":
        running = await stack.enter_async_context(open_running(url))
        story = cls(url, open_running, stack, Desk(running, clock))
        story.people["boss"] = (await story.desk.admin()).principal
        story.people["other"] = (await story.desk.admin()).principal
        story.people["bot"] = (await story.desk.machine(Scope.CHAT_WRITE, by=story.by("boss"))).principal
        await story._build()
        return story

    async def _build(self) -> None:
        root = await self._point("Concentrador", ROOT)
        leaves = [await self._point(f"Ponto {n:02d}", f"127.0.1.{n + 1}", root) for n in range(POINTS)]
        self.points = [root, *leaves]
        lines = [
            Placement(self.cpf(point, one), str(self.points[point].id), f"Cliente {point}.{one}")
            for point in range(1, POINTS + 1)
            for one in range(EACH)
        ]
        placed = await import_customers(self.by("boss"), lines)
        assert {line.outcome for line in placed} == {"ADDED"}
        assert len(placed) == POINTS * EACH

    async def _point(self, name: str, address: str, parent: AccessPoint | None = None) -> AccessPoint:
        check = Check(kind=CheckKind.TCP, port=80)
        details = AccessPointDetails(name, address=address, parent_id=parent.id if parent else None, check=check)
        return await create_access_point(self.by("boss"), details)

    def by(self, who: str) -> Context:
        """One of the people, or the bot, at whatever process there is now."""
        return self._watching(self.desk.as_(self.people[who]))

    @property
    def system(self) -> Context:
        return self._watching(self.desk.system)

    def _watching(self, ctx: Context) -> Context:
        return replace(ctx, services=replace(ctx.services, prober=self.prober))

    async def restart(self) -> None:
        """Drop everything that is in memory, and assemble it anew."""
        await self.stack.aclose()
        self.desk.running = await self.stack.enter_async_context(self.open_running(self.url))
        self.restarts += 1

    def cpf(self, point: int, one: int) -> str:
        return valid_cpf(600_000_000 + point * 100 + one)

    async def writes(self, point: int, one: int, category: Category = Category.OUTAGE) -> Opened:
        """A customer of a point opens a chat."""
        opening = self.desk.opening(cpf=self.cpf(point, one), category=category)
        return await open_chat(self.by("bot"), opening)

    def dies(self, *points: int) -> None:
        self.prober.down |= {self.points[n].address for n in points}

    def lives(self) -> None:
        self.prober.down.clear()

    async def rounds(self, times: int) -> None:
        for _ in range(times):
            self.desk.clock.advance(seconds=64)
            await check_network(self.system)

    async def mind(self) -> int:
        return await mind_incidents(self.system)

    async def rows(self, query: Any) -> list[Any]:
        async with self.desk.db.read() as session:
            return list((await session.execute(query)).scalars())

    async def incidents(self) -> list[Incident]:
        return await self.rows(select(Incident).order_by(col(Incident.id)))

    async def one(self) -> Incident:
        (incident,) = await self.incidents()
        return incident

    async def told(self) -> Counter[NotificationKind]:
        """How many notifications of each kind there are, of those that are about the network."""
        kinds = (N.ACCESS_POINT_DOWN, N.ACCESS_POINT_BACK, N.INCIDENT_SUSPECTED)
        return Counter(await self.rows(select(col(Notification.kind)).where(col(Notification.kind).in_(kinds))))

    async def linked(self) -> set[UUID]:
        return set(await self.rows(select(col(IncidentChat.chat_id))))

    async def said(self, body: str) -> Counter[UUID]:
        """How many times a line stands in each chat."""
        return Counter(await self.rows(select(col(Message.chat_id)).where(col(Message.body) == body)))


@pytest.fixture
async def story(database_url: str, open_running: OpenRunning, clock: Clock) -> AsyncIterator[Story]:
    """A provider whose network works, on each kind of database."""
    async with AsyncExitStack() as stack:
        story = await Story.begin(database_url, open_running, stack, clock)
        await story.rounds(2)
        assert set(await story.rows(select(col(AccessPoint.status)))) == {AccessPointStatus.ONLINE}
        yield story


ALL = range(POINTS + 1)
LEAVES = range(1, POINTS + 1)


def killed_after(count: int, work: Any) -> Any:
    """The same work, whose process is killed when it has been done so many times, before anybody notes the last."""
    done = iter(range(count - 1))

    async def until_killed(*args: Any) -> Any:
        outcome = await work(*args)
        if next(done, None) is None:
            raise Killed
        return outcome

    return until_killed


async def test_a_dead_concentrator_is_one_incident_one_alarm_one_reply_and_one_question_through_every_restart(
    story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    early = [await story.writes(point, 0) for point in LEAVES]
    assert await story.incidents() == []
    story.dies(*ALL)
    await story.rounds(2)
    await story.restart()
    await story.rounds(4)

    # One incident and one alarm, of the concentrator: none of a point that hangs on it.
    incident = await story.one()
    assert (incident.root_id, incident.cause, incident.status) == (
        story.points[0].id,
        IncidentCause.OFFLINE,
        S.SUSPECTED,
    )
    assert await story.told() == {N.ACCESS_POINT_DOWN: 2}
    outages = await story.rows(select(Outage))
    assert len(outages) == POINTS + 1
    assert [one.access_point_id for one in outages if one.announced_at is not None] == [story.points[0].id]

    # Whoever writes meanwhile is linked, also where one point alone has enough complaints for an incident of its own.
    late = [await story.writes(1, one) for one in range(1, EACH)]
    bill = await story.writes(2, 1, Category.BILLING)
    await story.restart()
    await story.mind()
    mass = [one.chat.id for one in (*early, *late)]
    assert await story.linked() == set(mass)
    assert bill.chat.id not in mass
    assert (await story.one()).id == incident.id

    # One reply, though its process is killed in the middle of it.
    await confirm_incident(story.by("boss"), incident.id, IncidentWords(message="Energia no concentrador."))
    reply = Reply(WORDS, "night-1")
    with monkeypatch.context() as broken:
        broken.setattr(replying, "_ABREAST", 1)
        broken.setattr(replying, "_say", killed_after(17, replying._say))
        with pytest.raises(Killed):
            await reply_to_incident(story.by("boss"), incident.id, reply)
    assert len(await story.said(WORDS)) == 17
    await story.restart()
    await story.mind()
    state = await reply_to_incident(story.by("boss"), incident.id, reply)
    assert (state.sent, state.failed, state.reply.finished_at) == (len(mass), 0, story.desk.clock.now)
    assert await story.said(WORDS) == dict.fromkeys(mass, 1)

    # The recovery asks each of them once, though its process is killed as well.
    story.lives()
    await story.rounds(2)
    assert (await story.one()).status is S.MONITORED
    with monkeypatch.context() as broken:
        broken.setattr(asking, "_ask", killed_after(11, asking._ask))
        with pytest.raises(Killed):
            await story.mind()
    await story.restart()
    for _ in range(2):
        await story.mind()
    assert await story.said(QUESTION) == dict.fromkeys(mass, 1)
    assert await story.told() == {N.ACCESS_POINT_DOWN: 2, N.ACCESS_POINT_BACK: 2}

    # Yes closes, no goes ahead, and who says nothing waits on.
    yes, no, silent = early[:20], early[20:25], early[25:]
    for one, words in [*((one, "Sim, voltou!") for one in yes), *((one, "Não") for one in no)]:
        await send_message(story.desk.as_customer(one), one.chat.id, body=words)
    await story.restart()
    assert await story.mind() == len(yes) + len(no)
    chats = {chat.id: chat for chat in await story.rows(select(Chat))}
    closed, urgent, waiting = ([chats[one.chat.id] for one in some] for some in (yes, no, silent))
    assert {(one.status, one.close_reason) for one in closed} == {(ChatStatus.CLOSED, CloseReason.INCIDENT)}
    assert {(one.status, one.priority, one.incident_id) for one in urgent} == {
        (ChatStatus.WAITING, Priority.HIGH, None)
    }
    assert {(one.status, one.priority) for one in waiting} == {(ChatStatus.WAITING, Priority.NORMAL)}

    # It stays up: over, and nothing more happens, whoever looks.
    story.desk.clock.advance(minutes=30)
    await story.rounds(1)
    assert (await story.one()).status is S.RESOLVED
    before = await story.said(QUESTION)
    await story.restart()
    await story.rounds(2)
    assert await story.mind() == 0
    assert (len(await story.incidents()), await story.said(QUESTION), story.restarts) == (1, before, 6)


async def test_a_flapping_concentrator_is_called_out_no_more_and_begins_no_second_incident(story: Story) -> None:
    story.dies(*ALL)
    await story.rounds(3)
    first = await story.one()
    for _ in range(8):
        story.lives()
        await story.rounds(1)
        story.dies(0)
        await story.rounds(1)
    [root] = await story.rows(select(AccessPoint).where(col(AccessPoint.id) == story.points[0].id))
    assert root.flapping
    told = await story.told()
    await story.restart()
    for _ in range(3):
        story.lives()
        await story.rounds(2)
        story.dies(0)
        await story.rounds(3)
    assert (await story.one()).id == first.id
    assert (await story.told())[N.ACCESS_POINT_DOWN] == told[N.ACCESS_POINT_DOWN]


async def test_planned_work_is_no_incident_until_it_is_over_and_the_network_is_not_back(story: Story) -> None:
    start = story.desk.clock.now
    work = PlannedWork([story.points[0].id], "Troca de fonte", start, start + timedelta(hours=1))
    await schedule_maintenance(story.by("boss"), work)
    story.dies(*ALL)
    await story.rounds(5)
    await story.restart()
    written = [await story.writes(1, one) for one in range(EACH)]
    await story.rounds(5)
    assert (await story.incidents(), await story.told()) == ([], {})
    story.desk.clock.advance(hours=1)
    await story.rounds(4)
    assert (await story.one()).root_id == story.points[0].id
    assert await story.told() == {N.ACCESS_POINT_DOWN: 2}
    assert await story.linked() == {one.chat.id for one in written}


async def test_a_lost_uplink_of_ours_is_nobodys_incident(story: Story) -> None:
    story.prober.uplink = False
    story.dies(*ALL)
    await story.rounds(6)
    await story.restart()
    await story.rounds(2)
    assert set(await story.rows(select(col(AccessPoint.status)))) == {AccessPointStatus.UNKNOWN}
    story.prober.uplink = True
    story.lives()
    await story.rounds(3)
    assert (await story.incidents(), await story.told(), await story.rows(select(Outage))) == ([], {}, [])


async def test_enough_complaints_of_one_green_point_are_an_incident_of_that_point_alone(story: Story) -> None:
    elsewhere = [await story.writes(point, 0) for point in (2, 3, 4, 5)]
    few = [await story.writes(1, one) for one in range(EACH - 1)]
    assert await story.incidents() == []
    await story.restart()
    last = await story.writes(1, EACH - 1, Category.SLOW)
    await story.rounds(2)
    incident = await story.one()
    assert (incident.root_id, incident.cause) == (story.points[1].id, IncidentCause.COMPLAINTS)
    assert await story.linked() == {one.chat.id for one in (*few, last)}
    assert not await story.linked() & {one.chat.id for one in elsewhere}
    assert await story.told() == {N.INCIDENT_SUSPECTED: 2}
