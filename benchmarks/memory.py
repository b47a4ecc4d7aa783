"""How much memory an idle subscriber takes, beside a bare WebSocket and stock Strawberry.

    python -m benchmarks.memory [--subscribers 2000] [--people 200]

Each server, in a process of its own, first serves fifty subscribers, so that what it loads once is loaded; then the
others join, hear of one event, and the growth of its resident memory is divided by their number. Of ours, so many
people of the staff follow one chat, each over several connections.
"""

import argparse
import asyncio
import sys
import tempfile
from pathlib import Path

from benchmarks.rivals import Rival, bare, ours, stock

FIRST = 50


async def measure(subscribers: int, people: int) -> dict[str, float]:
    """Kilobytes each."""
    found: dict[str, float] = {}
    with tempfile.TemporaryDirectory() as folder:
        async with ours(Path(folder), people) as us:
            found["ours"] = await _grown(us, subscribers)
            text = us.audience.last
    with bare(lambda: text) as plain:
        found["bare"] = await _grown(plain, subscribers)
    with stock() as strawberry:
        found["stock"] = await _grown(strawberry, subscribers)
    return found


async def _grown(rival: Rival, subscribers: int) -> float:
    await rival.audience.gather(FIRST)
    await rival.settled(FIRST)
    before = rival.process.memory_info().rss
    await rival.audience.gather(subscribers)
    await rival.settled(FIRST + subscribers)
    grown = rival.process.memory_info().rss - before
    rival.audience.leave()
    return grown / subscribers / 1024


def main() -> int:
    """Run and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--subscribers", type=int, default=2000)
    parser.add_argument("--people", type=int, default=200)
    chosen = parser.parse_args()
    for name, kilobytes in asyncio.run(measure(chosen.subscribers, chosen.people)).items():
        print(f"  {name:6} {kilobytes:6.1f} KB an idle subscriber, of {chosen.subscribers}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
