"""What it costs to watch a network.

    python -m benchmarks.network [--database sqlite|postgres] [--points 2000] [--every 30] [--seconds 90] [--down 0.02]

Watches so many access points by TCP with the program's own timetable, everything on that runs in a server of one
process, and answers what share of one core that takes and how late the latest check came. What answers is another
process; so many of the points are closed ports instead. Answers 1 when a check was more than 5 s late.
"""

import argparse
import asyncio
import logging
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import structlog
from sqlalchemy import func, insert, select
from sqlmodel import col

from api.addresses import AddressRules
from api.jobs import keep_time
from api.models import AccessPoint, AccessPointSample
from api.models.base import UtcDateTime, new_id
from api.models.enums import AccessPointStatus, CheckKind
from api.prober import NetworkProber
from api.services import Running, opened
from benchmarks.desks import assembled, databases

LATEST = 5.0
"""Seconds that a check may be late."""
CLOSED = 9
"""A port where nobody listens."""
LOOK_EVERY = 0.25

_oldest = select(func.min(col(AccessPoint.due_at), type_=UtcDateTime))
_samples = select(func.count()).select_from(AccessPointSample)


async def answer() -> None:
    """Be what is checked: take connections, and say on which port."""

    def hang_up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.transport.abort()

    server = await asyncio.start_server(hang_up, "127.0.0.1", 0, backlog=4096)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


@asynccontextmanager
async def peer() -> AsyncIterator[int]:
    """Another process that takes connections; yields its port."""
    command = (sys.executable, "-m", "benchmarks.network", "--answer")
    process = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)
    assert process.stdout is not None
    try:
        yield int(await process.stdout.readline())
    finally:
        process.kill()
        await process.wait()


async def fill(running: Running, asked: argparse.Namespace, port: int) -> None:
    """Write down the points, due one after the other within an interval."""
    now, every = running.services.clock(), timedelta(seconds=asked.every)
    rows = [
        AccessPoint(
            id=new_id(),
            name=f"Ponto {number}",
            address="127.0.0.1",
            kind=CheckKind.TCP,
            port=CLOSED if number < asked.points * asked.down else port,
            every=every,
            timeout=timedelta(seconds=5),
            fail_after=3,
            recover_after=2,
            status=AccessPointStatus.UNKNOWN,
            created_at=now,
            since=now,
            due_at=now + every * number / asked.points,
        ).model_dump()
        for number in range(asked.points)
    ]
    async with running.services.db.transaction() as tx:
        await tx.session.execute(insert(AccessPoint), rows)


async def measure(folder: Path, url: str, asked: argparse.Namespace) -> bool:
    """Watch for a while; whether no check was too late."""
    async with peer() as port, opened(assembled(folder, url)) as running:
        prober = NetworkProber(AddressRules(allow_loopback=True))
        running = replace(running, services=replace(running.services, prober=prober))
        await fill(running, asked, port)
        db = running.services.db
        async with keep_time(running):
            # The first interval finds out what everything is; what it costs from then on is asked here.
            await asyncio.sleep(asked.every)
            began, worked = time.perf_counter(), time.process_time()
            before = await db.look(lambda connection: connection.execute(_samples).scalar_one())
            late = 0.0
            while time.perf_counter() - began < asked.seconds:
                await asyncio.sleep(LOOK_EVERY)
                due = await db.look(lambda connection: connection.execute(_oldest).scalar_one())
                late = max(late, (running.services.clock() - due).total_seconds())
            took, worked = time.perf_counter() - began, time.process_time() - worked
            checks = await db.look(lambda connection: connection.execute(_samples).scalar_one()) - before
    print(
        f"{asked.points} points, {checks / took:.0f} checks a second: {worked / took:.1%} of one core, "
        f"{worked / checks * 1000:.2f} ms a check, the latest {late:.1f} s late"
    )
    return late <= LATEST


def main() -> None:
    """Measure what is asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--database", choices=("sqlite", "postgres"), default="sqlite")
    parser.add_argument("--points", type=int, default=2000)
    parser.add_argument("--every", type=int, default=30)
    parser.add_argument("--seconds", type=int, default=90)
    parser.add_argument("--down", type=float, default=0.02)
    parser.add_argument("--answer", action="store_true", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.answer:
        asyncio.run(answer())
        return
    # As in production: a job that had nothing to do leaves no line.
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    with tempfile.TemporaryDirectory() as folder, databases(asked.database, Path(folder), "network") as (url,):
        sys.exit(0 if asyncio.run(measure(Path(folder), url, asked)) else 1)


if __name__ == "__main__":
    main()
