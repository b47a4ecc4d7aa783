"""The day behind the demo: lived through the use cases themselves, under a clock that is moved."""

import random
from datetime import timedelta
from pathlib import Path

from api.context import Context
from api.demo import network, outage
from api.demo.lines import COMMENTS, TALKS, Talk
from api.demo.office import furnish
from api.demo.people import ADMIN, Team, Visitor, arrive, hire
from api.demo.steps import Day, Step
from api.errors import AppError
from api.models.enums import Availability
from api.resolvers.claims import claim_chat
from api.resolvers.closings import close_chat, rate_chat
from api.resolvers.messages import mark_read, send_message
from api.resolvers.presence import renew_presence, set_availability
from api.resolvers.queue import list_waiting
from api.services import assemble, opened, utc_now
from api.settings import Settings
from api.subscriptions.running import Running

HOURS = 9
CHATS_AN_HOUR = 9
LEFT_WAITING = (timedelta(minutes=7), timedelta(minutes=4), timedelta(minutes=2), timedelta(seconds=40))
"""How long ago the customers came who still wait when the demo begins."""


async def prepare(settings: Settings) -> str:
    """Make the demo's database anew, with a day in it. Returns the password of everybody in it."""
    _forget_yesterday(settings.data)
    end = utc_now()
    day = Day(end - timedelta(hours=HOURS))
    # Everybody is there until the day is over, and nobody after it: the demo's own people come by themselves.
    all_day = settings.model_copy(update={"presence_lease": timedelta(hours=HOURS)})
    async with opened(assemble(all_day, day.clock)) as running:
        team = await hire(running)
        ids = await network.build(team.contexts[ADMIN])
        await renew_presence(running.as_system(), team.ids)
        for agent in team.contexts.values():
            await set_availability(agent, Availability.ONLINE)
        await furnish(team)
        for _ in range(HOURS * CHATS_AN_HOUR):
            moment = day.now + timedelta(seconds=random.uniform(0, HOURS * 3600))
            day.at(moment, _opening(running, team, day))
        for ago in LEFT_WAITING:
            day.at(end - ago, _waiting_still(running))
        await outage.plan(day, running, team, ids, end)
        await day.live_until(end)
        waiting = [line.chat.id for line in await list_waiting(running.as_system())]
        await renew_presence(running.as_system(), (), waiting)
    return team.password


def _forget_yesterday(folder: Path) -> None:
    for old in folder.glob("alidash.sqlite3*"):
        old.unlink()


def _opening(running: Running, team: Team, day: Day) -> Step:
    """A customer comes; after a while somebody takes the chat, or the customer has gone."""

    async def step() -> None:
        talk = random.choices(TALKS, (5, 4, 2, 3, 3, 1))[0]
        customer = await arrive(running, talk)
        waits = timedelta(seconds=random.expovariate(1 / 75) + 8)
        if random.random() < 0.08:
            day.at(day.now + waits * 2, _leaving(customer))
        else:
            day.at(day.now + waits, _claiming(random.choice(team.attending(talk.department)), customer, talk, day))

    return step


def _waiting_still(running: Running) -> Step:
    """A customer comes whom nobody takes before the demo begins: somebody to begin with, in each department."""

    async def step() -> None:
        await arrive(running, random.choice(TALKS))

    return step


def _leaving(customer: Visitor) -> Step:
    async def step() -> None:
        await close_chat(customer.ctx, customer.chat_id)

    return step


def _claiming(agent: Context, customer: Visitor, talk: Talk, day: Day) -> Step:
    async def step() -> None:
        try:
            await claim_chat(agent, customer.chat_id)
        except AppError:
            # The agent is full: somebody tries again a little later.
            day.at(day.now + timedelta(seconds=40), _claiming(agent, customer, talk, day))
            return
        day.at(day.now + timedelta(seconds=random.uniform(10, 45)), _line(agent, customer, talk, 1, day))

    return step


def _line(agent: Context, customer: Visitor, talk: Talk, turn: int, day: Day) -> Step:
    """The next line of the talk, by the one whose turn it is; the last one is followed by the end."""

    async def step() -> None:
        writer, reader = (agent, customer.ctx) if turn % 2 else (customer.ctx, agent)
        sent = await send_message(writer, customer.chat_id, body=talk.lines[turn])
        await mark_read(reader, customer.chat_id, seq=sent.message.seq)
        pause = timedelta(seconds=random.uniform(15, 100))
        following = _line(agent, customer, talk, turn + 1, day)
        if turn + 1 == len(talk.lines):
            following = _ending(agent, customer)
        day.at(day.now + pause, following)

    return step


def _ending(agent: Context, customer: Visitor) -> Step:
    async def step() -> None:
        await close_chat(agent, customer.chat_id)
        if random.random() < 0.6:
            score = random.choices((5, 4, 3, 2), (6, 3, 1, 1))[0]
            await rate_chat(customer.ctx, customer.chat_id, score=score, comment=random.choice(COMMENTS))

    return step
