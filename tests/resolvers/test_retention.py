"""What is kept when chats are forgotten: the figures of their days, the same as before, and nothing that dangles."""

import asyncio
import os
import random
import sys
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import product
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select, text
from sqlmodel import SQLModel, col

from api.context import Context
from api.db import Database
from api.errors import Invalid
from api.models import Chat, Customer, Department, EventRow, Leg, Message, Rollup, Stream
from api.models.enums import Channel, ChatStatus, IncidentShare, MetricFigure
from api.resolvers import retention
from api.resolvers.departments import DepartmentChange, update_department
from api.resolvers.figures import Figures
from api.resolvers.indexing import index_chats
from api.resolvers.measures import By
from api.resolvers.metrics import figures_of, get_metrics
from api.resolvers.periods import Asked
from api.resolvers.retention import HANGING, prune_chats
from api.resolvers.rollups import rounded
from tests.invariants import check
from tests.people import person
from tests.test_figures import DURATIONS, Life, life, opened_at_noon  # noqa: F401 - a fixture

ZONE = ZoneInfo("America/Sao_Paulo")
DAY = timedelta(days=1)
FIRST = datetime(2026, 3, 2, tzinfo=ZONE)
DAYS = 4
MONTH = pytest.mark.settings(chat_retention=timedelta(days=30))
ACTS = (
    "open",
    "open",
    "claim",
    "claim",
    "answer",
    "ask",
    "return",
    "transfer",
    "close",
    "close",
    "leave",
    "rate",
    "rate",
)


@pytest.fixture
async def lived(life: Life) -> Life:  # noqa: F811 - the fixture
    """Four days in which everything happens, also across midnights; the same in every run."""
    chance = random.Random(7)
    await opened_at_noon(life.desk)
    life.desk.clock.now = FIRST + timedelta(hours=8)
    await life.live([("online", 0, 0, 0), ("online", 0, 1, 0)])
    while life.desk.clock.now < FIRST + DAYS * DAY:
        pause = chance.choice((1, 11, 65, 700, 4000, 11_000))
        await life.live([(chance.choice(ACTS), chance.randrange(8), chance.randrange(2), pause)])
    await index_chats(life.desk.system)
    return life


async def told(figures: Figures) -> dict[str, Any]:
    """Every figure of a period but for percentiles and hours."""
    answer: dict[str, Any] = {
        "offered": await figures.offered(),
        "chats": await figures.chats(),
        "channels": await figures.offered_by_channel(),
        "abandonment": await figures.abandonment(),
        "service": await figures.service_level(),
        "satisfaction": await figures.satisfaction(),
        "departments": await figures.departments(),
        "agents": await figures.agents(),
        "days": await figures.series(DAY),
        "two days": await figures.series(2 * DAY),
    }
    for figure in DURATIONS:
        answer[figure] = (await figures.count(figure), await figures.mean(figure))
        for by in By:
            keys = {By.DEPARTMENT: answer["departments"], By.AGENT: answer["agents"], By.CHANNEL: list(Channel)}[by]
            answer[f"{figure} by {by}"] = [await figures.mean(figure, by, key) for key in keys]
    for agent in [None, *answer["agents"]]:
        busy = await figures.occupancy(agent)
        answer[f"occupancy of {agent}"] = None if busy is None else round(busy, 6)
    return answer


async def periods(life: Life) -> list[Asked]:  # noqa: F811
    """Stretches of whole days before, around and after the end of the retention, of everything and of each part."""
    tecnico = (await life.desk.department("tecnico")).id
    agent = person(life.agents[0]).user_id
    narrowed = product((None, tecnico), (None, Channel.WHATSAPP), (None, agent))
    stretches = [(0, 1), (1, 2), (0, 2), (1, 3), (1, 5), (2, 4), (0, 5)]
    return [
        *[Asked(FIRST + first * DAY, FIRST + until * DAY) for first, until in stretches],
        *[Asked(FIRST + DAY, FIRST + 3 * DAY, *only) for only in narrowed],
    ]


@MONTH
async def test_figures_are_the_same_after_the_rows_are_gone(lived: Life) -> None:
    boss, desk = lived.boss, lived.desk
    asked = await periods(lived)
    now = FIRST + timedelta(days=30 + 2, hours=12)
    desk.clock.now = now
    before = [await told(await figures_of(boss, each)) for each in asked]
    chats, legs = await desk.count(Chat), await desk.count(Leg)
    forgotten = await prune_chats(desk.system)
    assert 0 < forgotten < chats
    assert await desk.count(Leg) < legs
    after = [await told(await figures_of(boss, each)) for each in asked]
    for each, one, other in zip(asked, before, after, strict=True):
        assert one == other, each
    assert any(each["abandonment"] for each in before)
    assert any(each["satisfaction"].answers for each in before)
    assert before[0]["occupancy of None"]
    desk.clock.now = now + 10 * DAY
    before = [await told(await figures_of(boss, each)) for each in asked]
    await prune_chats(desk.system)
    assert {chat.status for chat in await check(desk)} <= set(ChatStatus) - {ChatStatus.CLOSED}
    assert before == [await told(await figures_of(boss, each)) for each in asked]


@MONTH
async def test_percentiles_keep_two_digits(lived: Life) -> None:
    asked = Asked(FIRST, FIRST + DAYS * DAY)
    for now in (FIRST + timedelta(days=32), FIRST + timedelta(days=50)):
        lived.desk.clock.now = now
        figures = await figures_of(lived.boss, asked)
        before = {(figure, by): await percentiles(figures, figure, by) for figure in DURATIONS for by in (None, *By)}
        await prune_chats(lived.desk.system)
        figures = await figures_of(lived.boss, asked)
        for (figure, by), exact in before.items():
            found = await percentiles(figures, figure, by)
            assert found.keys() == exact.keys(), (figure, by)
            for key in exact:
                assert found[key] == pytest.approx(exact[key], rel=0.05), (figure, by, key)


async def percentiles(figures: Figures, figure: MetricFigure, by: By | None) -> dict[Any, list[float]]:
    keys: list[Any] = [None]
    if by is not None:
        keys = {
            By.DEPARTMENT: await figures.departments(),
            By.AGENT: await figures.agents(),
            By.CHANNEL: list(Channel),
        }[by]
    found = {key: await figures.percentiles(figure, by, key) for key in keys}
    return {key: [each.total_seconds() for each in pair if each] for key, pair in found.items() if pair[0] is not None}


@pytest.mark.parametrize(
    ("length", "short"), [(0, 0), (99, 99), (104, 100), (105, 110), (994, 990), (995, 1000), (754_000, 750_000)]
)
def test_lengths_keep_two_significant_digits(length: int, short: int) -> None:
    assert rounded(length) == short


@MONTH
async def test_nothing_dangles(lived: Life) -> None:
    desk = lived.desk
    desk.clock.now = FIRST + timedelta(days=32)
    gone = {chat.id for chat in lived.chats}
    assert await prune_chats(desk.system) > 0
    async with desk.db.read() as session:
        chats = set((await session.execute(select(col(Chat.id)))).scalars())
        gone -= chats
        assert gone
        for table in HANGING:
            assert set((await session.execute(select(col(table.chat_id)))).scalars()) <= {*chats, None}, table
        for column in (col(EventRow.stream), col(Stream.name)):
            streams = set((await session.execute(select(column))).scalars())
            assert not streams & {f"chat:{chat_id.hex}" for chat_id in gone}
        assert len(chats) == len(set((await session.execute(select(col(Message.chat_id)))).scalars()))
    if desk.db.embedded:
        await sound_on_sqlite(desk.db)


async def sound_on_sqlite(db: Database) -> None:
    """No foreign key points to nothing, and the full-text index has the words of the chats that are there."""
    async with db.transaction() as tx:
        assert (await tx.session.execute(text("PRAGMA foreign_key_check"))).all() == []
        await tx.session.execute(text("INSERT INTO chat_search(chat_search, rank) VALUES ('integrity-check', 1)"))


def test_every_table_that_hangs_on_a_chat_is_known() -> None:
    """A new table with a foreign key to chats has to be forgotten with them."""
    hanging = {
        table.name
        for table in SQLModel.metadata.tables.values()
        for key in table.foreign_keys
        if key.column.table.name == "chats"
    }
    assert hanging == {table.__tablename__ for table in HANGING}


@MONTH
async def test_a_closed_day_is_told_of_as_a_whole_only(lived: Life) -> None:
    desk, boss = lived.desk, lived.boss
    desk.clock.now = FIRST + timedelta(days=32)
    noon = timedelta(hours=12)
    part = Asked(FIRST + noon, FIRST + 2 * DAY)
    assert await (await figures_of(boss, part)).offered() > 0
    await prune_chats(desk.system)
    async with desk.refused(Invalid, "period_pruned", field=("period",)):
        await (await figures_of(boss, part)).offered()
    async with desk.refused(Invalid, "period_pruned", field=("period",)):
        await (await figures_of(boss, replace(part, start=FIRST, end=FIRST + noon))).offered()
    async with desk.refused(Invalid, "period_pruned", field=("step",)):
        await (await figures_of(boss, Asked(FIRST, FIRST + DAY))).series(timedelta(hours=1))
    # Nothing that is kept of a day says which of its chats an incident explained.
    for share in (IncidentShare.WITHOUT, IncidentShare.ONLY):
        async with desk.refused(Invalid, "period_pruned_incidents", field=("incidents",)):
            await (await figures_of(boss, Asked(FIRST, FIRST + DAY, incidents=share))).offered()
    # From the first whole day on, nothing is missing.
    whole = await figures_of(boss, Asked(FIRST + 2 * DAY + noon, FIRST + 3 * DAY))
    assert len(await whole.series(timedelta(hours=1))) == 12
    hours = (await get_metrics(boss, FIRST, FIRST + DAYS * DAY)).by_hour
    assert hours
    assert min(at for at, _ in hours) >= FIRST + 2 * DAY


async def keep_for(admin: Context, department: Department, days: int) -> None:
    await update_department(admin, department.id, DepartmentChange(chat_retention=timedelta(days=days)))


async def test_a_department_keeps_its_chats_as_long_as_it_says(lived: Life) -> None:
    desk, boss = lived.desk, lived.boss
    desk.clock.now = FIRST + timedelta(days=40)
    tecnico = await desk.department("tecnico")
    await keep_for(await desk.admin(), tecnico, 30)
    asked = await periods(lived)
    before = [await told(await figures_of(boss, each)) for each in asked]
    mine = [chat.id for chat in await closed_chats(desk.db) if chat.department_id == tecnico.id]
    others = [chat.id for chat in await closed_chats(desk.db) if chat.department_id != tecnico.id]
    assert mine
    assert others
    assert await prune_chats(desk.system) == len(mine)
    assert [chat.id for chat in await closed_chats(desk.db)] == others
    assert before == [await told(await figures_of(boss, each)) for each in asked]


@MONTH
async def test_a_department_may_keep_its_chats_longer_than_the_deployment(lived: Life) -> None:
    desk = lived.desk
    desk.clock.now = FIRST + timedelta(days=40)
    tecnico, admin = await desk.department("tecnico"), await desk.admin()
    await keep_for(admin, tecnico, 365)
    kept = [chat.id for chat in await closed_chats(desk.db) if chat.department_id == tecnico.id]
    assert await prune_chats(desk.system) > 0
    assert [chat.id for chat in await closed_chats(desk.db)] == kept
    # None of its own, again: as the deployment.
    await keep_for(admin, tecnico, 0)
    assert await prune_chats(desk.system) == len(kept)


@pytest.mark.settings(event_retention=timedelta(days=40))
async def test_chats_are_kept_longer_than_their_events(lived: Life) -> None:
    tecnico, admin = await lived.desk.department("tecnico"), await lived.desk.admin()
    for days in (1, 29, 40):
        async with lived.desk.refused(Invalid, "bad_duration", field=("input", "chatRetention")):
            await keep_for(admin, tecnico, days)
    await keep_for(admin, tecnico, 41)


@MONTH
async def test_who_has_no_chat_left_is_forgotten(lived: Life) -> None:
    desk = lived.desk
    desk.clock.now = FIRST + timedelta(days=40)
    before = await desk.count(Customer)
    await prune_chats(desk.system)
    async with desk.db.read() as session:
        came = set((await session.execute(select(col(Chat.customer_id)))).scalars())
        left = set((await session.execute(select(col(Customer.id)))).scalars())
    assert left == came
    assert len(left) < before


async def closed_chats(db: Database) -> list[Chat]:
    async with db.read() as session:
        query = select(Chat).where(col(Chat.status) == ChatStatus.CLOSED).order_by(col(Chat.id))
        return list((await session.execute(query)).scalars())


async def test_without_a_retention_nothing_is_ever_forgotten(lived: Life) -> None:
    lived.desk.clock.now = FIRST + timedelta(days=4000)
    async with lived.desk.nothing_changes():
        assert await prune_chats(lived.desk.system) == 0


@MONTH
async def test_pruning_again_changes_nothing(lived: Life) -> None:
    lived.desk.clock.now = FIRST + timedelta(days=32)
    await prune_chats(lived.desk.system)
    async with lived.desk.nothing_changes():
        assert await prune_chats(lived.desk.system) == 0


PRUNER = """
import sys
from api.resolvers import retention
from api.services import run_once

retention._BATCH = 2

async def work(running):
    print("ready", flush=True)
    sys.stdin.readline()
    return await retention.prune_chats(running.as_system())

print(run_once(work))
"""


async def test_two_processes_that_prune_at_once_count_nothing_twice(lived: Life) -> None:
    """Two programs of their own, started off together, each taking two chats at a time."""
    asked = Asked(FIRST, FIRST + DAYS * DAY)
    before = await told(await figures_of(lived.boss, asked))
    closed = [chat for chat in await check(lived.desk) if chat.status is ChatStatus.CLOSED]
    settings = lived.desk.running.services.settings
    # By the clock of the world, which is theirs: all of these days are over, and a few more.
    days = (datetime.now(ZONE) - FIRST).days - DAYS - 4
    environment = os.environ | {
        "ALIDASH_DATABASE_URL": settings.database,
        "ALIDASH_DATA": str(settings.data),
        "ALIDASH_CHAT_RETENTION": f"P{days}D",
    }
    pipe = asyncio.subprocess.PIPE
    pruners = [
        await asyncio.create_subprocess_exec(sys.executable, "-c", PRUNER, stdin=pipe, stdout=pipe, env=environment)
        for _ in range(2)
    ]
    try:
        for pruner in pruners:
            assert pruner.stdout is not None
            while (line := await pruner.stdout.readline()) != b"ready\n":
                assert line, "it ended before it began"
        outcomes = await asyncio.gather(*(pruner.communicate(b"go\n") for pruner in pruners))
    finally:
        for pruner in pruners:
            if pruner.returncode is None:
                pruner.kill()
    counts = [int(out.split()[-1]) for out, _ in outcomes]
    assert sum(counts) == len(closed) > 0
    assert await lived.desk.count(Chat) == len(lived.chats) - len(closed)
    assert await told(await figures_of(lived.boss, asked)) == before


@MONTH
async def test_a_run_that_was_cut_short_goes_on(lived: Life, monkeypatch: pytest.MonkeyPatch) -> None:
    """A batch is kept and forgotten together, or not at all."""
    desk = lived.desk
    desk.clock.now = FIRST + timedelta(days=50)
    asked = Asked(FIRST, FIRST + DAYS * DAY)
    before = await told(await figures_of(lived.boss, asked))
    monkeypatch.setattr(retention, "_BATCH", 3)
    forget, runs = retention._forget, iter((True, False))

    def cut_short(*given: Any) -> None:
        forget(*given)
        if not next(runs):
            raise RuntimeError("cut short")

    with monkeypatch.context() as patch:
        patch.setattr(retention, "_forget", cut_short)
        with pytest.raises(RuntimeError, match="cut short"):
            await prune_chats(desk.system)
    assert await desk.count(Rollup) > 0
    assert await told(await figures_of(lived.boss, asked)) == before
    closed = [chat for chat in await check(desk) if chat.status is ChatStatus.CLOSED]
    assert await prune_chats(desk.system) == len(closed) > 0
    assert await told(await figures_of(lived.boss, asked)) == before
