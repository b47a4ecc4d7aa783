"""How long it takes to verify the audit log.

    python -m benchmarks.verifying [--database sqlite|postgres] [--entries 100000]

Writes so many entries as the program does, with what a change of a department keeps of before and after, and times
`verify_audit`, which is what `alidash audit verify` and the daily job do. Answers 1 when the log is found unsound.
"""

import argparse
import asyncio
import sys
import tempfile
import time
from pathlib import Path

from api.context import Context
from api.resolvers.audit import record
from api.resolvers.verifying import verify_audit
from api.services import Running, opened
from benchmarks.desks import assembled, databases

AT_ONCE = 500
BEFORE = {"name": "Técnico", "wait_target": 60, "routing": "MANUAL", "active": True}
AFTER = BEFORE | {"name": "Suporte técnico", "wait_target": 90}


async def fill(running: Running, ctx: Context, entries: int) -> None:
    """Write so many entries."""
    for first in range(0, entries, AT_ONCE):
        async with running.services.db.transaction() as tx:
            for number in range(first, min(first + AT_ONCE, entries)):
                record(ctx, tx, action="update_department", object=f"department:{number}", before=BEFORE, after=AFTER)


async def measure(folder: Path, url: str, entries: int) -> bool:
    """Fill a database and verify its log; whether that was sound and whole."""
    async with opened(assembled(folder, url)) as running:
        ctx = running.as_system()
        await fill(running, ctx, entries)
        began, worked = time.perf_counter(), time.process_time()
        verdict = await verify_audit(ctx)
        took, worked = time.perf_counter() - began, time.process_time() - worked
        print(f"{verdict.entries} entries in {took:.1f} s, {worked:.1f} s of it this process: {verdict}")
        return verdict.sound and verdict.entries >= entries


def main() -> None:
    """Measure what is asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--database", choices=("sqlite", "postgres"), default="sqlite")
    parser.add_argument("--entries", type=int, default=100_000)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, databases(asked.database, Path(folder), "audit") as (url,):
        sys.exit(0 if asyncio.run(measure(Path(folder), url, asked.entries)) else 1)


if __name__ == "__main__":
    main()
