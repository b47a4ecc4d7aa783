"""Any steps in any order: a chat goes only where the rules let it go, and the desk keeps its books after every step."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from datetime import timedelta
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from api.context import Context
from api.models import Chat
from api.models.enums import ChatStatus, Routing, Sender
from api.resolvers.claims import assign_waiting, claim_chat, claim_next
from api.resolvers.closings import close_chat
from api.resolvers.deadlines import close_abandoned, meet_deadlines, return_orphans
from api.resolvers.departments import DepartmentChange, update_department
from api.resolvers.handoffs import hand_off_chat
from api.resolvers.messages import send_message
from api.resolvers.presence import renew_presence
from api.resolvers.transfers import return_chat, transfer_chat
from tests import invariants
from tests.cluster import together
from tests.people import Desk, person

BOT, WAITING, ACTIVE, CLOSED = ChatStatus.BOT, ChatStatus.WAITING, ChatStatus.ACTIVE, ChatStatus.CLOSED
Move = tuple[ChatStatus, ChatStatus]

CORE: set[Move] = {(BOT, WAITING), (WAITING, ACTIVE), (ACTIVE, WAITING), (ACTIVE, CLOSED), (CLOSED, WAITING)}
"""What the examples must come to at least, or they prove nothing."""


@dataclass
class Scene:
    """Two chats, two agents, and whoever else acts."""

    desk: Desk
    agents: list[Context]
    bot: Context
    chats: list[Chat]
    there: bool = True
    """Whether agents and customers keep their connections."""
    seen: set[Move] = field(default_factory=set)


Do = Callable[[Scene, Chat, Context], Awaitable[Any]]


@dataclass(frozen=True)
class Step:
    """Something that is done, and the moves between statuses that it may cause."""

    do: Do
    moves: frozenset[Move]


def step(do: Do, *moves: Move) -> Step:
    return Step(do, frozenset(moves))


async def _pass_time(scene: Scene, seconds: int) -> None:
    scene.desk.clock.advance(seconds=seconds)
    if scene.there:
        people = [person(who).user_id for who in scene.agents]
        await renew_presence(scene.desk.system, people, [chat.id for chat in scene.chats])


async def _come_or_go(scene: Scene) -> None:
    scene.there = not scene.there


def _transfer_on(scene: Scene, chat: Chat, who: Context) -> Awaitable[Any]:
    other = next(agent for agent in scene.agents if agent is not who)
    return transfer_chat(who, chat.id, agent_id=person(other).user_id, reason="Passo", or_queue=True)


async def _transfer_away(scene: Scene, chat: Chat, who: Context) -> None:
    slug = "comercial" if chat.department_id == (await scene.desk.department("tecnico")).id else "tecnico"
    await transfer_chat(who, chat.id, department_id=(await scene.desk.department(slug)).id, reason="Outro setor")


def _customer(scene: Scene, chat: Chat) -> Context:
    return scene.desk.as_customer(chat)


STEPS = {
    "claim": step(lambda _, chat, who: claim_chat(who, chat.id), (WAITING, ACTIVE)),
    "claim next": step(lambda _, __, who: claim_next(who), (WAITING, ACTIVE)),
    "hand off": step(lambda scene, chat, _: hand_off_chat(scene.bot, chat.id), (BOT, WAITING)),
    "transfer to a colleague": step(_transfer_on, (ACTIVE, WAITING)),
    "transfer to a department": step(_transfer_away, (ACTIVE, WAITING)),
    "return": step(lambda _, chat, who: return_chat(who, chat.id), (ACTIVE, WAITING)),
    "agent closes": step(lambda _, chat, who: close_chat(who, chat.id), (ACTIVE, CLOSED)),
    "bot closes": step(
        lambda scene, chat, _: close_chat(scene.bot, chat.id), (BOT, CLOSED), (WAITING, CLOSED), (ACTIVE, CLOSED)
    ),
    "customer closes": step(
        lambda scene, chat, _: close_chat(_customer(scene, chat), chat.id),
        (BOT, CLOSED), (WAITING, CLOSED), (ACTIVE, CLOSED),
    ),
    "agent writes": step(lambda _, chat, who: send_message(who, chat.id, body="Olá")),
    "bot writes": step(lambda scene, chat, _: send_message(scene.bot, chat.id, body="Olá")),
    "customer writes": step(
        lambda scene, chat, _: send_message(_customer(scene, chat), chat.id, body="Oi"), (CLOSED, WAITING)
    ),
    "deadlines": step(
        lambda scene, _, __: meet_deadlines(scene.desk.system),
        (BOT, WAITING), (BOT, CLOSED), (ACTIVE, WAITING), (ACTIVE, CLOSED),
    ),
    "orphans": step(lambda scene, _, __: return_orphans(scene.desk.system), (ACTIVE, WAITING)),
    "abandoned": step(lambda scene, _, __: close_abandoned(scene.desk.system), (WAITING, CLOSED)),
    "routing": step(lambda scene, _, __: assign_waiting(scene.desk.system), (WAITING, ACTIVE)),
    "a minute": step(lambda scene, _, __: _pass_time(scene, 60)),
    "three minutes": step(lambda scene, _, __: _pass_time(scene, 180)),
    "ten minutes": step(lambda scene, _, __: _pass_time(scene, 600)),
    "come or go": step(lambda scene, _, __: _come_or_go(scene)),
}  # fmt: skip

LIKELY = {
    BOT: ("hand off", "bot writes", "customer writes", "deadlines", "three minutes", "bot closes"),
    WAITING: ("claim", "claim", "claim", "customer writes", "routing", "ten minutes", "abandoned"),
    ACTIVE: (
        "agent writes", "agent writes", "customer writes", "transfer to a colleague", "transfer to a department",
        "return", "agent closes", "agent closes", "customer closes", "ten minutes", "deadlines", "deadlines", "orphans",
    ),
    CLOSED: ("customer writes", "customer writes", "customer writes", "a minute", "agent writes"),
}  # fmt: skip
"""What gets a chat somewhere from where it is: drawn three times as often as any step at all."""

LENGTH = 18


@pytest.fixture
async def scene(desk: Desk) -> AsyncIterator[Scene]:
    """Whoever is there stays for all the examples of a test; the chats are new in each."""
    comercial = (await desk.department("comercial")).id
    await update_department(await desk.admin(), comercial, DepartmentChange(routing=Routing.AUTOMATIC))
    agents = [await desk.online("tecnico", "comercial", capacity=40) for _ in range(2)]
    scene = Scene(desk, agents, await desk.bot(), [])
    yield scene
    assert scene.seen >= CORE, f"the examples never came to {CORE - scene.seen}"


@settings(
    derandomize=True, deadline=None, max_examples=8, database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)  # fmt: skip
@given(dice=st.randoms(use_true_random=True))
async def test_no_steps_lead_a_chat_off_the_table(scene: Scene, dice: Random) -> None:
    desk = scene.desk
    scene.there = True
    await _pass_time(scene, 1)
    scene.chats = [(await desk.opened()).chat, (await desk.opened(by=scene.bot, bot_owns=True)).chat]
    for _ in range(LENGTH):
        before = await _now(scene)
        chat = dice.choice(before)
        name = dice.choice(dice.choice([*[LIKELY[chat.status]] * 3, tuple(STEPS)]))
        # Most steps that do not fit are refused: nobody may do everything at any time.
        await together([STEPS[name].do(scene, chat, dice.choice(_people(scene, chat)))])
        await invariants.check(desk)
        for was, now in zip(before, await _now(scene), strict=True):
            _check_move(scene, name, was, now)


def _people(scene: Scene, chat: Chat) -> list[Context]:
    """Who may act: rather the one who attends the chat, where there is one."""
    owners = [who for who in scene.agents if person(who).user_id == chat.agent_id]
    return [*owners * 3, *scene.agents]


async def _now(scene: Scene) -> list[Chat]:
    return [await scene.desk.chat(chat.id) for chat in scene.chats]


def _check_move(scene: Scene, name: str, was: Chat, now: Chat) -> None:
    if was.queued_at is not None:
        assert now.queued_at == was.queued_at, (name, was, now)
    if was.status is now.status:
        return
    scene.seen.add((was.status, now.status))
    assert (was.status, now.status) in STEPS[name].moves, (name, was, now)
    if was.status is CLOSED:
        assert was.closed_at is not None
        assert scene.desk.clock.now - was.closed_at < timedelta(minutes=10), (name, was, now)
    if name == "deadlines" and now.status is CLOSED:
        assert was.awaiting is Sender.CUSTOMER, (name, was, now)
        assert was.warned_at is not None, (name, was, now)
