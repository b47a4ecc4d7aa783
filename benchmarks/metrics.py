"""How long the figures of a day and of a month take, over a year of a busy desk.

    python -m benchmarks.metrics [--database sqlite|postgres] [--legs 1000000] [--times 7]

Makes a year of legs (five departments, sixty agents, most of it between 8 and 22 o'clock, fewer on Sundays), with the
chats that they belong to, a third of them rated, and the ledger of the agents. The same questions are asked of a day
and of a month in the middle of it, in this process and through the use cases; it prints the median of each, and how the
database reads the legs. It answers 1 when an overview takes more than 300 ms of a month, or 50 ms of a day.
"""

import argparse
import asyncio
import random
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
from sqlalchemy import inspect
from sqlalchemy.engine import make_url

from api.models import Leg, StatusInterval
from api.models.base import new_id
from api.models.enums import MetricFigure, Role
from api.resolvers.departments import DepartmentChange, create_department, list_departments
from api.resolvers.figures import Figures
from api.resolvers.measures import By
from api.resolvers.metrics import figures_of, get_metrics
from api.resolvers.periods import Asked
from api.resolvers.users import NewUser, create_user
from api.services import Running, opened
from benchmarks.desks import assembled, databases
from benchmarks.growth import plan_of
from tests.statements import statements_of

START = datetime(2025, 1, 1, 3, tzinfo=UTC)
DAYS = 365
AGENTS = 60
DAY = Asked(datetime(2025, 6, 10, 3, tzinfo=UTC), datetime(2025, 6, 11, 3, tzinfo=UTC))
MONTH = Asked(datetime(2025, 6, 1, 3, tzinfo=UTC), datetime(2025, 7, 1, 3, tzinfo=UTC))
ALLOWED = {"day": 50, "month": 300}
HOURS = (1, 1, 0, 0, 0, 1, 2, 5, 9, 10, 10, 9, 8, 9, 10, 10, 10, 10, 9, 8, 7, 5, 3, 2)
"""How busy each hour of a day is."""

NOBODY = UUID(int=1, version=4)

Row = dict[str, Any]


def legs(count: int, departments: list[UUID], agents: list[UUID]) -> Iterator[Row]:
    """A year of legs, in the order of their queueing."""
    chance = random.Random(7)
    per_day = [0.6 if (START + timedelta(days=day)).weekday() == 6 else 1.1 for day in range(DAYS)]
    for day in range(DAYS):
        today = round(count * per_day[day] / sum(per_day))
        hours = sorted(chance.choices(range(24), HOURS, k=today))
        for hour in hours:
            yield leg(
                chance, START + timedelta(days=day, hours=hour, seconds=chance.random() * 3600), departments, agents
            )


def leg(chance: random.Random, at: datetime, departments: list[UUID], agents: list[UUID]) -> Row:
    """One leg: 7 in 100 abandoned, the others claimed, 97 in 100 of these answered."""
    wait = timedelta(milliseconds=int(chance.expovariate(1 / 55_000)))
    first = chance.random() < 0.93
    row: Row = dict.fromkeys(LEGS) | {
        "id": new_id(),
        "chat_id": new_id(),
        "department_id": chance.choices(departments, (5, 4, 3, 1, 1))[0],
        "kind": "CHAT",
        "channel": chance.choice(("WIDGET", "WHATSAPP", "WHATSAPP")),
        "is_first": first,
        "queued_at": at,
        "came_at": at if first else at - timedelta(minutes=8),
    }
    if chance.random() < 0.07:
        return row | ended(at + wait, "ABANDONED") | {"lost_after": _ms(wait)}
    reply = timedelta(milliseconds=int(chance.expovariate(1 / 25_000)))
    handled = reply + timedelta(milliseconds=int(chance.lognormvariate(12.6, 0.7)))
    claimed, left = at + wait, at + wait + handled
    row |= {"claimed_at": claimed, "agent_id": chance.choice(agents)}
    row |= {"waited": _ms(wait), "in_time": _ms(wait) <= 60_000}
    row |= ended(left, "ENDED") | {"resolved_after": _ms(left - row["came_at"])}
    if chance.random() < 0.97:
        row |= {"first_reply_at": claimed + reply, "responded_after": _ms(claimed + reply - row["came_at"])}
        row |= {"handled": _ms(handled), "handled_actively": _ms(handled * chance.uniform(0.5, 1))}
    return row


def ended(at: datetime, outcome: str) -> Row:
    """How a leg ended."""
    return {"left_at": at, "live_until": at, "outcome": outcome}


def stretches(agents: list[UUID]) -> Iterator[Row]:
    """Each agent's days: six stretches online and five pauses, on most days."""
    chance = random.Random(8)
    for agent in agents:
        for day in range(DAYS):
            at = START + timedelta(days=day, hours=chance.choice((8, 12, 14)))
            for part in range(11) if chance.random() < 0.75 else ():
                length = timedelta(minutes=chance.uniform(50, 70) if part % 2 == 0 else 15)
                online = part % 2 == 0
                row = {"id": new_id(), "user_id": agent, "status": "ONLINE" if online else "PAUSED", "reason": None}
                row |= {"started_at": at, "ended_at": at + length, "changed_by": None, "lasted": _ms(length)}
                yield row | {"busy": None if part % 2 else _ms(length * chance.uniform(0.4, 0.95))}
                at += length


def _ms(length: timedelta) -> int:
    return length // timedelta(milliseconds=1)


LEGS = [attribute.key for attribute in inspect(Leg).column_attrs]
STRETCHES = [attribute.key for attribute in inspect(StatusInterval).column_attrs]
_CHATS = """INSERT INTO chats (id, protocol, kind, status, channel, category, priority, department_id, customer_id,
    customer_name, agent_id, created_at, queued_at, closed_at, message_seq, customer_read_seq, agent_read_seq,
    rating_score, rated_at)
  SELECT chat_id, substr(replace(cast(id AS text), '-', ''), 13, 20), 'CHAT', 'CLOSED', channel, 'OTHER', 'NORMAL',
    department_id, {customer},
    'Cliente', agent_id, queued_at, queued_at, left_at, 6, 6, 6,
    CASE WHEN handled % 3 = 0 THEN handled % 5 + 1 END, CASE WHEN handled % 3 = 0 THEN left_at END FROM legs"""


def tables(count: int, departments: list[UUID], agents: list[UUID]) -> list[tuple[str, list[str], Iterator[Row]]]:
    """What is written, with its columns."""
    return [
        ("legs", LEGS, legs(count, departments, agents)),
        ("status_intervals", STRETCHES, stretches(agents)),
    ]


async def fill(url: str, count: int, departments: list[UUID], agents: list[UUID]) -> None:
    """Write the year behind the program's back: what it notes at each step is in the rows."""
    address = make_url(url)
    if address.get_backend_name() == "sqlite":
        _fill_sqlite(str(address.database), count, departments, agents)
        return
    away = await asyncpg.connect(address.set(drivername="postgresql").render_as_string(hide_password=False))
    await away.execute("SET session_replication_role = replica")
    for table, columns, rows in tables(count, departments, agents):
        records = (tuple(row[name] for name in columns) for row in rows)
        await away.copy_records_to_table(table, columns=columns, records=records)
    await away.execute(_CHATS.format(customer=f"'{NOBODY}'"))
    for table in ("legs", "chats", "status_intervals"):
        # PostgreSQL does so by itself a minute later; index-only scans need it.
        await away.execute(f"VACUUM ANALYZE {table}")
    await away.close()


def _fill_sqlite(path: str, count: int, departments: list[UUID], agents: list[UUID]) -> None:
    connection = sqlite3.connect(path)
    for pragma in ("synchronous=OFF", "cache_size=-300000"):
        connection.execute(f"PRAGMA {pragma}")
    indexes = connection.execute(
        "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL"
        " AND tbl_name IN ('legs', 'chats', 'status_intervals')"
    ).fetchall()
    for name, _ in indexes:
        # Made at the end, in one go each.
        connection.execute(f"DROP INDEX {name}")
    for table, columns, rows in tables(count, departments, agents):
        marks = ", ".join("?" * len(columns))
        statement = f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})"
        connection.executemany(statement, ([_plain(row[name]) for name in columns] for row in rows))
    connection.execute(_CHATS.format(customer=f"'{NOBODY.hex}'"))
    for _, made in indexes:
        connection.execute(made)
    connection.commit()
    connection.close()


def _plain(value: Any) -> Any:
    """A value as SQLite keeps it."""
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M:%S.%f")
    return value.hex if isinstance(value, UUID) else value


async def overview(figures: Figures) -> None:
    """What the panel's first page asks."""
    await asyncio.gather(
        figures.offered(),
        figures.chats(),
        figures.abandonment(),
        figures.service_level(),
        figures.stats(MetricFigure.WAIT_TIME),
        figures.stats(MetricFigure.HANDLE_TIME),
        figures.departments(),
    )


QUESTIONS: dict[str, Callable[[Figures], Awaitable[Any]]] = {
    "overview": overview,
    "volume": lambda figures: figures.offered(),
    "chats": lambda figures: figures.chats(),
    "service level": lambda figures: figures.service_level(),
    "mean wait": lambda figures: figures.mean(MetricFigure.WAIT_TIME),
    **{
        str(figure).lower().replace("_", " "): (lambda figures, figure=figure: figures.stats(figure))
        for figure in (
            MetricFigure.WAIT_TIME,
            MetricFigure.FIRST_RESPONSE,
            MetricFigure.HANDLE_TIME,
            MetricFigure.ACTIVE_HANDLE_TIME,
            MetricFigure.RESOLUTION,
        )
    },
    "occupancy": lambda figures: figures.occupancy(),
    "satisfaction": lambda figures: figures.satisfaction(),
    "agents' means": lambda figures: figures.mean(MetricFigure.HANDLE_TIME, By.AGENT),
    "agents' percentiles": lambda figures: figures.percentiles(MetricFigure.HANDLE_TIME, By.AGENT),
    "series by day": lambda figures: figures.series(timedelta(days=1)),
    "series by hour": lambda figures: figures.series(timedelta(hours=1)),
    "everything": lambda figures: get_metrics(figures.ctx, figures.asked.start, figures.asked.end),
}


async def measure(running: Running, url: str, times: int) -> bool:
    """Print how long each question takes; whether an overview took longer than allowed."""
    slow, ctx = False, running.as_system()
    print(f"  {'':22}{'day':>10}{'month':>10}")
    for name, ask in QUESTIONS.items():
        line = f"  {name:22}"
        for period, asked in (("day", DAY), ("month", MONTH)):
            took = []
            for _ in range(times):
                figures = await figures_of(ctx, asked)
                began = time.perf_counter()
                await ask(figures)
                took.append((time.perf_counter() - began) * 1000)
            line += f"{statistics.median(took):7.1f} ms"
            slow = slow or (name == "overview" and statistics.median(took) > ALLOWED[period])
        print(line, flush=True)
    with statements_of(running.services.db) as said:
        await overview(await figures_of(ctx, MONTH))
    for statement, parameters in said:
        print(f"\n  {' '.join(statement.split())[:100]}…")
        print("\n".join(f"    {line}" for line in await plan_of(url, statement, parameters)))
    return slow


async def _run(folder: Path, url: str, count: int, times: int) -> bool:
    async with opened(assembled(folder, url)) as running:
        system = running.as_system()
        for name in ("Vendas", "Cobrança"):
            await create_department(system, DepartmentChange(slug=name.lower().replace("ç", "c"), name=name))
        departments = [found.id for found in await list_departments(system)]
        agents = []
        for number in range(AGENTS):
            new = NewUser(f"agent{number}@desk.example", f"Agent {number}", Role.AGENT, password="a long password")
            agents.append((await create_user(system, new)).user.id)
        began = time.perf_counter()
        await fill(url, count, departments, agents)
        print(f"  {count} legs written in {time.perf_counter() - began:.0f} s", flush=True)
        return await measure(running, url, times)


def main() -> int:
    """Run, print, and answer 1 when an overview is too slow."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--database", choices=["sqlite", "postgres"], default="sqlite")
    parser.add_argument("--legs", type=int, default=1_000_000)
    parser.add_argument("--times", type=int, default=7)
    chosen = parser.parse_args()
    print(f"{chosen.database}: a year of {chosen.legs} legs, medians of {chosen.times}")
    with tempfile.TemporaryDirectory() as name, databases(chosen.database, Path(name), "desk") as (url,):
        return 1 if asyncio.run(_run(Path(name), url, chosen.legs, chosen.times)) else 0


if __name__ == "__main__":
    sys.exit(main())
