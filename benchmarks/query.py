"""How many times a second a chat's last 20 messages are read, beside stock Strawberry and a bare endpoint.

    python -m benchmarks.query [--database sqlite|postgres] [--callers 8] [--seconds 3] [--rounds 5]

Each server runs in a process of its own, all with the same options of uvicorn and over the same database: a chat of 200
messages. They take turns; in each round each of them answers callers who ask again as soon as they are answered. Ours
is the real program, asked by a person of the staff who shows a token: authentication, authorisation, logs and figures
are on. Before anything is measured, the three are held to answer the same.
"""

import argparse
import asyncio
import statistics
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil
from sqlalchemy import insert

from api.models import Message
from api.models.base import new_id
from api.models.enums import MessageKind, Sender
from api.services import Running
from benchmarks.desks import databases, on_database, processor_time
from benchmarks.rivals import LINE, new_chat, new_person, started
from benchmarks.wire import Caller
from tests.server import serving

QUERY = """query($id: ID!) {
  chat(id: $id) { messages(last: 20) { nodes { id seq body sender senderName sentAt } } }
}"""
MESSAGES = 200
WARM = 0.5


@dataclass
class Server:
    """One of the three, and what it did in each round."""

    name: str
    base: str
    process: psutil.Process
    rates: list[float] = field(default_factory=list)
    costs: list[float] = field(default_factory=list)

    async def turn(self, callers: int, seconds: float, asked: "Asked") -> None:
        """Answer for some seconds."""
        used, began = processor_time(self.process), time.perf_counter()
        counts = await asyncio.gather(*(asked.keep_asking(self.base, began + seconds) for _ in range(callers)))
        answered = sum(counts)
        self.rates.append(answered / (time.perf_counter() - began))
        self.costs.append((processor_time(self.process) - used) / answered)


@dataclass(frozen=True)
class Asked:
    """What everybody asks, and who they are."""

    token: str
    chat_id: str

    async def once(self, base: str) -> Any:
        """The answer of one server."""
        caller = Caller(base)
        answer = await caller.ask(QUERY, token=self.token, id=self.chat_id)
        await caller.close()
        return answer

    async def keep_asking(self, base: str, until: float) -> int:
        """How often one caller was answered."""
        caller, count = Caller(base), 0
        while time.perf_counter() < until:
            await caller.ask(QUERY, token=self.token, id=self.chat_id)
            count += 1
        await caller.close()
        return count


async def _fill(running: Running) -> Asked:
    token, chat_id = await new_person(running, 0), await new_chat(running)
    sides = ((Sender.AGENT, "Ana"), (Sender.CUSTOMER, "Zé"))
    async with running.services.db.transaction() as tx:
        rows = [
            {
                "id": new_id(), "chat_id": chat_id, "seq": seq, "sender": sides[seq % 2][0], "author": "customer",
                "sender_name": sides[seq % 2][1], "kind": MessageKind.TEXT, "body": LINE, "client_id": None,
                "sent_at": tx.now,
            }
            for seq in range(2, MESSAGES + 1)
        ]  # fmt: skip
        await tx.session.execute(insert(Message), rows)
    return Asked(token, str(chat_id))


async def _rounds(chosen: argparse.Namespace, folder: Path, url: str, servers: list[Server]) -> None:
    async with on_database(folder, url) as running:
        asked = await _fill(running)
    # Stock Strawberry writes +00:00 where we write Z.
    answers = {str(await asked.once(server.base)).replace("+00:00'", "Z'") for server in servers}
    if len(answers) != 1:
        raise RuntimeError(f"they do not answer the same: {[answer[:500] for answer in answers]}")
    for server in servers:
        await server.turn(chosen.callers, WARM, asked)
        server.rates.clear()
        server.costs.clear()
    for _ in range(chosen.rounds):
        for server in servers:
            await server.turn(chosen.callers, chosen.seconds, asked)


def _print(servers: list[Server]) -> None:
    ours = servers[0]
    for server in servers:
        rate, cost = statistics.median(server.rates), statistics.median(server.costs)
        print(f"  {server.name:6} {rate:7.0f} requests/s {cost * 1e6:7.0f} us of the server's processor a request")
    for server in servers[1:]:
        # Of each round, so that what slows the machine for a while slows both.
        rates = [mine / theirs for mine, theirs in zip(ours.rates, server.rates, strict=True)]
        costs = [theirs / mine for mine, theirs in zip(ours.costs, server.costs, strict=True)]
        print(
            f"  ours / {server.name}: {statistics.median(rates):.2f} times the requests"
            f" ({min(rates):.2f} to {max(rates):.2f}), {statistics.median(costs):.2f} by processor time"
        )


def main() -> int:
    """Run and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--database", choices=["sqlite", "postgres"], default="sqlite")
    parser.add_argument("--callers", type=int, default=8)
    parser.add_argument("--seconds", type=float, default=3)
    parser.add_argument("--rounds", type=int, default=5)
    chosen = parser.parse_args()
    print(f"{chosen.database}: {chosen.callers} callers, {chosen.rounds} rounds of {chosen.seconds:g} s")
    with (
        tempfile.TemporaryDirectory() as name,
        databases(chosen.database, Path(name), "desk") as (url,),
        serving(Path(name), url, ALIDASH_LOG="json") as server,
        started("stock_query", url) as stock,
        started("bare_query", url) as bare,
    ):
        servers = [
            Server("ours", server.url, psutil.Process(server.pid)), Server("stock", *stock), Server("bare", *bare)
        ]  # fmt: skip
        asyncio.run(_rounds(chosen, Path(name), url, servers))
        _print(servers)
    return 0


if __name__ == "__main__":
    sys.exit(main())
