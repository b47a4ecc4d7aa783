"""Whether the first pages of the queue, the history and a search cost the same, however many chats have ended before.

    python -m benchmarks.growth [--database sqlite|postgres] [--times 40]

Makes three databases, with 1, 10 and 100 thousand closed chats of three messages each, and 50 people who wait. The same
questions are asked in turn of all three, in this process and through the schema, by a person who sees everything and
by one who sees one department. It prints the plan of every statement that they take on the largest, and answers 1 when
one reads a growing table from end to end, or when the largest costs more than 1.3 times the smallest.
"""

import argparse
import asyncio
import re
import sqlite3
import statistics
import sys
import tempfile
import time
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
from sqlalchemy import inspect, text
from sqlalchemy.engine import make_url

from api.auth import identify
from api.context import Context
from api.models import Chat, Message
from api.models.enums import Role
from api.resolvers.departments import list_departments
from api.resolvers.indexing import index_chats
from api.resolvers.tokens import create_token
from api.resolvers.users import NewUser, create_user
from api.schema import build_schema
from api.schema.base import Request
from api.services import Running, opened
from benchmarks.desks import assembled, databases
from benchmarks.rivals import new_chat
from tests.statements import statements_of

SIZES = (1_000, 10_000, 100_000)
ALLOWED = 1.3
WAITING = 50
WORD = "oi"
ROW = "id protocol customerName department { name } agent { name } lastMessage { body } unread"
QUESTIONS = {
    "queue": f"query($d: ID!) {{ queue(departmentId: $d) {{ cursor entries(first: 50) {{ nodes {{ {ROW} }} }} }} }}",
    "history": f"""query {{
      chats(filter: {{status: [CLOSED]}}, orderBy: RECENTLY_CLOSED, first: 50) {{ nodes {{ {ROW} closedAt }} }}
    }}""",
    # A word that every chat holds, the worst case.
    "search": f"""query {{
      chats(filter: {{search: "{WORD}"}}, orderBy: RECENTLY_CLOSED, first: 50) {{
        nodes {{ {ROW} closedAt excerpt(search: "{WORD}") {{ parts {{ text found }} }} }}
      }}
    }}""",
}
GROWING = ("chats", "messages", "streams", "events", "legs")
SCANS = re.compile(rf"(?:SCAN|Seq Scan on) ({'|'.join(GROWING)})\b")

NUMBERS = "WITH RECURSIVE numbers (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM numbers WHERE i < :count)"
NEW_ID = {"sqlite": "lower(hex(randomblob(16)))", "postgresql": "gen_random_uuid()"}
AT = {
    "sqlite": "strftime('%Y-%m-%d %H:%M:%f000', created_at, '-' || (n.i * 60) || ' seconds')",
    "postgresql": "created_at - n.i * interval '1 minute'",
}
STREAM = {"sqlite": "'chat:' || id", "postgresql": "'chat:' || replace(id::text, '-', '')"}


@dataclass
class Desk:
    """One database, who asks it, and how long the answers took."""

    closed: int
    running: Running
    url: str
    department: str = ""
    people: dict[str, Context] = field(default_factory=dict)
    took: dict[tuple[str, str], list[float]] = field(default_factory=dict)

    async def ask(self, who: str, what: str) -> None:
        """Ask once. Raises RuntimeError when the answer is not a full page."""
        began = time.perf_counter()
        variables = {"d": self.department} if what == "queue" else {}
        request = Request(self.people[who], self.running)
        result = await _SCHEMA.by_plan(QUESTIONS[what], variables, request, None)
        self.took.setdefault((who, what), []).append(time.perf_counter() - began)
        page = result and result.data and (result.data["queue"]["entries"] if what == "queue" else result.data["chats"])
        if not page or len(page["nodes"]) != WAITING:
            raise RuntimeError(f"no full page: {result}")


_SCHEMA = build_schema()


async def _fill(desk: Desk) -> None:
    """Copy one chat that people opened, as often as it takes."""
    running, kind = desk.running, make_url(desk.url).get_backend_name()
    first = await new_chat(running)
    desk.department = str((await list_departments(running.as_system()))[0].id)
    for role in (Role.SUPERVISOR, Role.AGENT):
        desk.people[role.value.lower()] = await _person(running, role, desk.department)
    ended = {"status": "'CLOSED'", "closed_at": AT[kind], "queue_rank": "NULL", "deadline": "NULL"}
    await _copy(running, kind, first, desk.closed, "C", ended)
    # One waits already.
    await _copy(running, kind, first, WAITING - 1, "W", {"queue_rank": AT[kind]})
    lines = {"id": NEW_ID[kind], "chat_id": "chats.id", "seq": "n.i", "client_id": "NULL"}
    columns = ", ".join(_columns(Message))
    values = ", ".join(lines.get(name, f"messages.{name}") for name in _columns(Message))
    async with running.services.db.transaction() as tx:
        write = tx.session.execute
        await write(
            text(
                f"INSERT INTO messages ({columns}) {NUMBERS} SELECT {values}"
                " FROM chats CROSS JOIN numbers n JOIN messages ON messages.chat_id = :first AND messages.seq = 1"
                " WHERE chats.id <> :first"
            ),
            {"count": 3, "first": _as_stored(first, kind)},
        )
        where = f"WHERE {STREAM[kind]} NOT IN (SELECT name FROM streams)"
        await write(text("INSERT INTO chats_to_index (chat_id) SELECT id FROM chats WHERE status = 'CLOSED'"))
        await write(text(f"INSERT INTO streams (name, last_seq) SELECT {STREAM[kind]}, 3 FROM chats {where}"))
    await index_chats(running.as_system())


async def _copy(running: Running, kind: str, first: UUID, count: int, mark: str, changed: dict[str, str]) -> None:
    own = {"id": NEW_ID[kind], "protocol": f"'{mark}' || n.i", "token_hash": "NULL", "opening_key": "NULL"} | changed
    columns = [name for name in _columns(Chat) if name != "event_seq"]
    names = ", ".join(columns)
    values = ", ".join(own.get(name, name) for name in columns)
    statement = f"INSERT INTO chats ({names}) {NUMBERS} SELECT {values} FROM chats, numbers n WHERE id = :id"
    async with running.services.db.transaction() as tx:
        await tx.session.execute(text(statement), {"count": count, "id": _as_stored(first, kind)})


def _columns(table: Any) -> list[str]:
    return [attribute.key for attribute in inspect(table).column_attrs]


def _as_stored(id: UUID, kind: str) -> str | UUID:
    return id.hex if kind == "sqlite" else id


async def _person(running: Running, role: Role, department: str) -> Context:
    email = f"{role.value.lower()}@desk.example"
    person = NewUser(email, role.value, role, (UUID(department),), "a long password")
    await create_user(running.as_system(), person)
    identity = await identify(running.services, await create_token(running.as_system(), email=email))
    return Context(running.services, identity.principal)


async def _explain(desk: Desk) -> list[str]:
    """Print how the largest database carries out what was asked; what reads a growing table from end to end."""
    scans = []
    for who in desk.people:
        for what in QUESTIONS:
            with statements_of(desk.running.services.db) as said:
                await desk.ask(who, what)
            for statement, parameters in said:
                plan = await plan_of(desk.url, statement, parameters)
                print(f"\n  {what}, {who}: {' '.join(statement.split())[:100]}…")
                print("\n".join(f"    {line}" for line in plan))
                scans += [f"{what}, {who}: {line.strip()}" for line in plan if SCANS.search(line)]
    return scans


async def plan_of(url: str, statement: str, parameters: Any) -> list[str]:
    """How a database carries out a statement."""
    address = make_url(url)
    if address.get_backend_name() == "sqlite":
        connection = sqlite3.connect(str(address.database))
        rows = connection.execute(f"EXPLAIN QUERY PLAN {statement}", tuple(parameters)).fetchall()
        connection.close()
        return [row[3] for row in rows]
    away = await asyncpg.connect(address.set(drivername="postgresql").render_as_string(hide_password=False))
    try:
        return [row[0] for row in await away.fetch(f"EXPLAIN {statement}", *parameters)]
    finally:
        await away.close()


async def _compare(folder: Path, urls: list[str], times: int) -> list[str]:
    faults, desks = [], []
    async with AsyncExitStack() as stack:
        for size, url in zip(SIZES, urls, strict=True):
            running = assembled(folder, url)
            desks.append(Desk(size, await stack.enter_async_context(opened(running)), url))
            await _fill(desks[-1])
            if not running.services.db.embedded:
                # PostgreSQL does so by itself, a minute later; SQLite never does.
                async with running.services.db.transaction() as tx:
                    await tx.session.execute(text("ANALYZE"))
        faults += await _explain(desks[-1])
        print()
        for who in desks[0].people:
            for what in QUESTIONS:
                for _ in range(times):
                    for desk in desks:
                        await desk.ask(who, what)
                best = [statistics.median(desk.took[who, what][-times:]) * 1000 for desk in desks]
                print(f"  {what:8}{who:11}" + "".join(f"{ms:8.2f} ms" for ms in best) + f"   {best[-1] / best[0]:.2f}")
                if best[-1] > ALLOWED * best[0]:
                    faults.append(f"{what}, {who}: {best[-1] / best[0]:.2f} times the cost of the smallest")
    return faults


def main() -> int:
    """Run, print, and answer 1 when something grows with the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--database", choices=["sqlite", "postgres"], default="sqlite")
    parser.add_argument("--times", type=int, default=40)
    chosen = parser.parse_args()
    print(f"{chosen.database}: {', '.join(map(str, SIZES))} closed chats, medians of {chosen.times}")
    with (
        tempfile.TemporaryDirectory() as name,
        databases(chosen.database, Path(name), *(f"desk{size}" for size in SIZES)) as urls,
    ):
        faults = asyncio.run(_compare(Path(name), urls, chosen.times))
    for fault in faults:
        print(f"  grows: {fault}", file=sys.stderr)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
