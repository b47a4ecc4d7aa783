"""What has to be done from time to time: in batches, each one statement that is found by an index."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import insert, select, text
from sqlmodel import col

from api.db import Database
from api.models import EventRow
from api.resolvers.upkeep import EVENTS, prune_events
from tests.people import Desk
from tests.statements import statements_of

EACH = 20
"""Events of a stream."""


async def past(desk: Desk, streams: int) -> None:
    """Streams of events, one a minute in each; the older half of each is of the time before the retention."""
    begin = desk.clock.now - desk.running.services.settings.event_retention - timedelta(minutes=EACH / 2)
    rows = [
        {"stream": f"past:{stream}", "seq": seq, "kind": "?", "payload": {}, "at": begin + timedelta(minutes=seq)}
        for stream in range(streams)
        for seq in range(EACH)
    ]
    async with desk.db.transaction() as tx:
        await tx.session.execute(insert(EventRow), rows)


async def kept(desk: Desk) -> set[tuple[str, int]]:
    query = select(col(EventRow.stream), col(EventRow.seq)).where(col(EventRow.stream).startswith("past:"))
    async with desk.db.read() as session:
        return {(stream, seq) for stream, seq in await session.execute(query)}


async def plan_of(db: Database, statement: str, parameters: Sequence[Any]) -> str:
    """How a database carries out a statement, where it may not shun the index only because a test's table is small."""
    async with db.engine.connect() as connection:
        if db.embedded:
            plan = await connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", tuple(parameters))
            return "\n".join(row.detail for row in plan)
        await connection.execute(text("SET LOCAL enable_seqscan = off"))
        plan = await connection.exec_driver_sql(f"EXPLAIN {statement}", tuple(parameters))
        return "\n".join(row[0] for row in plan)


async def test_events_are_forgotten_by_one_statement_a_batch(desk: Desk) -> None:
    streams = 2 * EVENTS // (EACH // 2) + 1
    await past(desk, streams)
    with statements_of(desk.db) as said:
        assert await prune_events(desk.system) == streams * EACH // 2
    assert [statement.split()[0] for statement, _ in said] == ["DELETE"] * 3
    assert await kept(desk) == {(f"past:{stream}", seq) for stream in range(streams) for seq in range(EACH // 2, EACH)}
    with statements_of(desk.db) as said:
        assert await prune_events(desk.system) == 0
    assert len(said) == 1


async def test_no_other_event_is_read_to_find_those_that_are_forgotten(desk: Desk) -> None:
    await past(desk, 50)
    with statements_of(desk.db) as said:
        await prune_events(desk.system)
    plan = await plan_of(desk.db, *said[0])
    assert "events_by_time" in plan
    assert "SCAN" not in plan
    assert "Seq Scan" not in plan
