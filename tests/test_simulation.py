"""A day at a busy desk, all at once and on two processes: whatever meets, the desk keeps its books."""

import random
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import pytest

from api.context import Context
from api.models import Chat
from api.models.enums import Availability, ChatKind, ChatStatus, CloseReason, LegOutcome, Priority, Routing
from api.resolvers.claims import assign_waiting, claim_chat, claim_next
from api.resolvers.closings import close_chat
from api.resolvers.deadlines import close_abandoned, meet_deadlines, return_orphans
from api.resolvers.departments import DepartmentChange, update_department
from api.resolvers.handoffs import hand_off_chat
from api.resolvers.messages import send_message
from api.resolvers.openings import Opened, open_chat
from api.resolvers.presence import lapse_presence, renew_presence, set_availability
from api.resolvers.tickets import turn_into_ticket
from api.resolvers.transfers import return_chat, transfer_chat
from tests import invariants
from tests.cluster import Cluster, together
from tests.people import Desk, person

AGENTS, CHATS, ROUNDS, OPENED_A_ROUND, ACTS_A_ROUND, CHECK_EVERY = 24, 200, 24, 10, 30, 6
SLUGS = ("tecnico", "comercial", "administrativo")
SWEEPS = (lapse_presence, meet_deadlines, return_orphans, close_abandoned, assign_waiting)

EXPECTED = {
    "chat_not_waiting", "queue_empty", "capacity_reached", "chat_closed", "chat_not_found", "agent_away", "agent_full",
    "already_there", "already_theirs", "not_your_chat", "claim_first", "bot_not_owner", "ticket_already", "with_bot",
}  # fmt: skip
"""What people may hear when somebody else was quicker; that the desk was too busy is not among it."""


@dataclass
class Day:
    """A desk at work: who is there, what they know of its chats, and what they do next."""

    cluster: Cluster
    dice: random.Random
    agents: dict[UUID, Context] = field(default_factory=dict)
    present: set[UUID] = field(default_factory=set)
    opened: dict[UUID, Opened] = field(default_factory=dict)
    chats: list[Chat] = field(default_factory=list)
    refusals: set[str] = field(default_factory=set)
    _turn: int = 0

    @property
    def desk(self) -> Desk:
        return self.cluster.desk

    def at(self, ctx: Context) -> Context:
        """The same caller at one process or the other, in turn."""
        self._turn += 1
        return self.cluster.spread(ctx, self._turn)

    async def together(self, acts: list[Awaitable[Any]]) -> list[Any]:
        """Everything at once; what was refused must be for a reason."""
        self.dice.shuffle(acts)
        fine, errors = await together(acts)
        self.refusals |= {error.reason for error in errors}
        assert self.refusals <= EXPECTED, self.refusals - EXPECTED
        return fine

    def those(self, *statuses: ChatStatus) -> list[Chat]:
        return [chat for chat in self.chats if chat.status in statuses]

    def owner(self, chat: Chat) -> Context:
        """Who attends a chat, as far as is known."""
        return self.at(self.agents[chat.agent_id]) if chat.agent_id else self.anybody()

    def anybody(self) -> Context:
        return self.at(self.dice.choice(list(self.agents.values())))

    def customer(self, chat: Chat) -> Context:
        return self.at(self.desk.as_customer(self.opened[chat.id]))


async def begin(cluster: Cluster) -> Day:
    day = Day(cluster, random.Random(20_260_302))
    boss = await day.desk.admin()
    comercial = (await day.desk.department("comercial")).id
    await update_department(boss, comercial, DepartmentChange(routing=Routing.AUTOMATIC))
    for number in range(AGENTS):
        slugs = day.dice.sample(SLUGS, k=1 + number % 2)
        agent = await day.desk.online(*slugs, capacity=day.dice.randint(2, 6))
        day.agents[person(agent).user_id] = agent
    day.present = set(day.agents)
    return day


async def open_some(day: Day, bot: Context) -> None:
    """Customers come by themselves or through a bot, which keeps some of them for a while."""
    dice, count = day.dice, min(OPENED_A_ROUND, CHATS - len(day.opened))
    openings = []
    for _ in range(count):
        by_bot = dice.random() < 0.4
        urgency = {"priority": dice.choice(list(Priority)), "bot_owns": dice.random() < 0.4} if by_bot else {}
        opening = day.desk.opening(dice.choice(SLUGS), **urgency)
        openings.append(open_chat(day.at(bot if by_bot else day.desk.anonymous), opening))
    for opened in await day.together(openings):
        day.opened[opened.chat.id] = opened


Act = Callable[[Day, Chat], Awaitable[Any]]


def _transfer(day: Day, chat: Chat) -> Awaitable[Any]:
    person_or_none = day.dice.choice([None, *day.agents])
    there = day.dice.choice([known.department_id for known in day.chats])
    where: dict[str, Any] = {"agent_id": person_or_none} if person_or_none else {"department_id": there}
    return transfer_chat(day.owner(chat), chat.id, reason="Passo", or_queue=day.dice.random() < 0.5, **where)


WAITING_ACTS: tuple[Act, ...] = (
    lambda day, chat: claim_chat(day.anybody(), chat.id),
    lambda day, chat: claim_chat(day.anybody(), chat.id),
    lambda day, _: claim_next(day.anybody()),
    lambda day, _: claim_next(day.anybody()),
    lambda day, _: claim_next(day.anybody()),
    lambda day, chat: send_message(day.customer(chat), chat.id, body="Alguém aí?"),
    lambda day, chat: close_chat(day.customer(chat), chat.id) if day.dice.random() < 0.2 else _write(day, chat),
)
ACTIVE_ACTS: tuple[Act, ...] = (
    lambda day, chat: send_message(day.owner(chat), chat.id, body="Pois não"),
    lambda day, chat: send_message(day.owner(chat), chat.id, body="Pois não"),
    lambda day, chat: send_message(day.customer(chat), chat.id, body="E agora?"),
    _transfer,
    _transfer,
    lambda day, chat: return_chat(day.owner(chat), chat.id, reason="Volto já"),
    lambda day, chat: close_chat(day.owner(chat), chat.id),
    lambda day, chat: close_chat(day.customer(chat), chat.id),
    lambda day, chat: turn_into_ticket(day.owner(chat), chat.id) if day.dice.random() < 0.3 else _transfer(day, chat),
)
ACTS: dict[ChatStatus, tuple[Act, ...]] = {
    ChatStatus.WAITING: WAITING_ACTS,
    ChatStatus.ACTIVE: ACTIVE_ACTS,
    ChatStatus.CLOSED: (lambda day, chat: _write(day, chat),),
}


def _write(day: Day, chat: Chat) -> Awaitable[Any]:
    return send_message(day.customer(chat), chat.id, body="Ainda estou aqui")


def acts(day: Day, bot: Context) -> Iterator[Awaitable[Any]]:
    """What many people and both processes do at this moment, by what they knew when it began."""
    dice = day.dice
    known = [*day.those(ChatStatus.WAITING, ChatStatus.ACTIVE) * 4, *day.those(ChatStatus.CLOSED)]
    for chat in dice.choices(known, k=ACTS_A_ROUND if known else 0):
        # The same chat may be drawn twice, or more often: that is the point.
        yield dice.choice(ACTS[chat.status])(day, chat)
    for chat in day.those(ChatStatus.BOT):
        if dice.random() < 0.5:
            yield hand_off_chat(day.at(bot), chat.id)
    for _ in range(2):
        status = dice.choice([Availability.ONLINE, Availability.ONLINE, Availability.PAUSED])
        yield set_availability(day.anybody(), status, "Café")
    for sweep in dice.choices(SWEEPS, k=3):
        yield sweep(day.at(day.desk.system))
    yield assign_waiting(day.at(day.desk.system))
    yield assign_waiting(day.at(day.desk.system))


async def stay(day: Day) -> None:
    """Some lose their connection, some get it back, and most customers stay."""
    for key in day.dice.sample(list(day.agents), k=3):
        day.present ^= {key}
    there = [chat.id for chat in day.those(ChatStatus.WAITING) if day.dice.random() < 0.9]
    await day.together([renew_presence(day.at(day.desk.system), half, there) for half in halves(day.present)])


def halves(keys: set[UUID]) -> tuple[list[UUID], list[UUID]]:
    """Two overlapping parts, in opposite orders: as two processes see the same people with several windows open."""
    ordered = sorted(keys)
    return ordered[: len(ordered) * 2 // 3], ordered[len(ordered) // 3 :][::-1]


@pytest.mark.slow
async def test_a_busy_day_on_two_processes_keeps_every_book(cluster: Cluster) -> None:
    day = await begin(cluster)
    bot = await day.desk.bot()
    for number in range(ROUNDS):
        await open_some(day, bot)
        await day.together(list(acts(day, bot)))
        day.desk.clock.advance(seconds=day.dice.randint(3, 40))
        await stay(day)
        if number % CHECK_EVERY == 0:
            day.chats = await invariants.check(day.desk)
        else:
            day.chats = await invariants.everything(day.desk, Chat)
    final = await invariants.check(day.desk)
    assert {chat.id for chat in final} == set(day.opened)
    assert len(final) == CHATS
    await _saw_everything(day, final)


async def _saw_everything(day: Day, final: list[Chat]) -> None:
    """The day was a day: each end, each way to pass a chat on, and each kind of collision came up."""
    legs = [leg for chat in final for leg in await day.desk.legs(chat.id)]
    assert {leg.outcome for leg in legs} == {*LegOutcome, None}
    assert {ChatStatus.CLOSED, ChatStatus.ACTIVE} <= {chat.status for chat in final}
    assert {CloseReason.RESOLVED, CloseReason.CUSTOMER_LEFT} <= {chat.close_reason for chat in final}
    assert {chat.kind for chat in final} == set(ChatKind)
    # Which of them meet is not the dice's to say; that some of each do is what a day is like.
    assert {"chat_not_waiting", "not_your_chat"} <= day.refusals
