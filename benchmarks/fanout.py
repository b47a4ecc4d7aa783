"""What it costs to tell many subscribers of one event, beside a bare WebSocket and stock Strawberry.

    python -m benchmarks.fanout [--subscribers 500] [--events 40] [--rounds 5]

Each server runs in a process of its own, all with the same options of uvicorn. They take turns: in each round each of
them tells all its subscribers of so many events, and its processor time is read before and after. The bare server
sends the very bytes that ours sent.
"""

import argparse
import asyncio
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from benchmarks.rivals import Rival, bare, ours, stock

IDLE = 10.0


@dataclass
class Spent:
    """What one server has used so far, in seconds, and for how many deliveries."""

    cpu: float = 0.0
    wall: float = 0.0
    deliveries: int = 0

    @property
    def cpu_each(self) -> float:
        """Microseconds of processor time a delivery."""
        return self.cpu / self.deliveries * 1e6

    @property
    def wall_each(self) -> float:
        """Microseconds of the clock a delivery."""
        return self.wall / self.deliveries * 1e6


async def measure(subscribers: int, events: int, rounds: int) -> tuple[dict[str, Spent], float]:
    """Let the servers take turns; also what share of a processor ours uses while nothing happens."""
    with tempfile.TemporaryDirectory() as folder:
        async with ours(Path(folder), subscribers) as us:
            with bare(lambda: us.audience.last) as plain, stock() as strawberry:
                rivals = [us, plain, strawberry]
                for rival in rivals:
                    await rival.audience.gather(subscribers)
                    await rival.settled(subscribers)
                spent = {rival.name: Spent() for rival in rivals}
                for _ in range(rounds):
                    for rival in rivals:
                        await _turn(rival, subscribers, events, spent[rival.name])
                idle = us.cpu
                await asyncio.sleep(IDLE)
                idle = (us.cpu - idle) / IDLE
                for rival in rivals:
                    rival.audience.leave()
                return spent, idle


async def _turn(rival: Rival, subscribers: int, events: int, spent: Spent) -> None:
    expected = rival.audience.heard + subscribers * events
    cpu, began = rival.cpu, time.perf_counter()
    await rival.emit(events)
    await rival.audience.until(expected)
    spent.wall += time.perf_counter() - began
    spent.cpu += rival.cpu - cpu
    spent.deliveries += subscribers * events


def main() -> int:
    """Run and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--subscribers", type=int, default=500)
    parser.add_argument("--events", type=int, default=40)
    parser.add_argument("--rounds", type=int, default=5)
    chosen = parser.parse_args()
    spent, idle = asyncio.run(measure(chosen.subscribers, chosen.events, chosen.rounds))
    print(f"{chosen.subscribers} subscribers, {chosen.rounds} rounds of {chosen.events} events each")
    for name, one in spent.items():
        print(
            f"  {name:6} {one.cpu_each:7.1f} us of the server's processor a delivery   {one.wall_each:7.1f} us of wall"
        )
    us = spent["ours"].cpu_each
    print(f"  ours / bare  {us / spent['bare'].cpu_each:5.2f}")
    print(f"  stock / ours {spent['stock'].cpu_each / us:5.2f}")
    print(f"  ours while nothing happens: {idle:.1%} of a processor, rights and leases of all of them looked after")
    return 0


if __name__ == "__main__":
    sys.exit(main())
