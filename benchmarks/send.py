"""How many messages a second are acknowledged durably, and how soon their readers have them, beside a bare server.

    python -m benchmarks.send [--database sqlite|postgres] [--senders 32] [--chats 64] [--seconds 5] [--rounds 3]

Starts the real program in a process of its own, opens chats through GraphQL, lets senders write in them one message
after the other, each waiting for its acknowledgement, and follows every chat by a subscription. At the end it checks
that each acknowledged message reached the chat's subscriber exactly once and in the order of the chat. The same is
done in turn with a bare Starlette endpoint (bare_send.py) that commits the same transaction in groups; the ratio is
that of the medians of the rounds. Then both are measured in turn at half our load, for the time of delivery.
"""

import argparse
import asyncio
import itertools
import random
import statistics
import sys
import tempfile
import time
import uuid
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from benchmarks.desks import databases, processor_time
from benchmarks.rivals import started
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
UNLIMITED = dict.fromkeys(LIMITS, "1000000/minute") | {"ALIDASH_LOG": "json"}
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


class Ours:
    """AliDash, as its customers meet it."""

    def __init__(self, base: str) -> None:
        self.base = base

    async def open(self, chats: int) -> list[Talk]:
        """Open chats, as customers do."""
        caller = Caller(self.base)
        department = (await caller.ask("{ departments { id } }"))["departments"][0]["id"]
        talks = []
        for number in range(chats):
            opened = (await caller.ask(OPEN, d=department, n=f"Cliente {number}"))["openChat"]
            talks.append(Talk(opened["chat"]["id"], opened["token"], opened["chat"]["cursor"]))
        await caller.close()
        return talks

    async def send(self, caller: Caller, talk: Talk, body: str) -> int:
        """Write a line; returns its number once it is acknowledged. Raises RuntimeError when it is refused."""
        sent = (await caller.ask(SEND, token=talk.token, c=talk.id, b=body, k=body))["sendMessage"]
        if sent["userErrors"]:
            raise RuntimeError(str(sent["userErrors"]))
        return sent["message"]["seq"]


class Bare(Ours):
    """The yardstick: the same transaction and deliveries with nothing around them."""

    async def open(self, chats: int) -> list[Talk]:
        caller = Caller(self.base)
        talks = [Talk(str(uuid.uuid4()), "none", "") for _ in range(chats)]
        for number, talk in enumerate(talks):
            await caller.post("/open", {"chat": talk.id, "name": f"Cliente {number}"})
        await caller.close()
        return talks

    async def send(self, caller: Caller, talk: Talk, body: str) -> int:
        answer = await caller.post("/graphql", {"chat": talk.id, "body": body, "key": body})
        return answer["data"]["sendMessage"]["message"]["seq"]


async def measure(
    target: Ours, *, process: psutil.Process, chats: int, senders: int, seconds: float, rate: float | None = None
) -> Outcome:
    """Load a server for some seconds: as fast as it acknowledges, or with `rate` sends a second in all."""
    talks = await target.open(chats)
    began: dict[str, float] = {}
    followers = [asyncio.create_task(_follow(target.base, talk, began)) for talk in talks]
    await asyncio.sleep(1)
    acks: list[float] = []
    used, start = processor_time(process), time.perf_counter()
    pause = senders / rate if rate else 0.0
    await asyncio.gather(
        *(
            _write(target, talks[sender::senders], sender, start + seconds, began, acks, pause)
            for sender in range(senders)
        )
    )
    took = time.perf_counter() - start
    used = processor_time(process) - used
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


async def _follow(base: str, talk: Talk, began: dict[str, float]) -> None:
    async for data in subscribe(base, talk.token, FOLLOW, c=talk.id, a=talk.cursor):
        message = data.get("chatEvents", {}).get("event", {}).get("message")
        if message is not None:
            talk.seen.append((message["seq"], message["body"]))
            if message["body"] in began:
                talk.delays.append(time.perf_counter() - began[message["body"]])


async def _write(
    target: Ours, talks: list[Talk], sender: int, until: float, began: dict[str, float], acks: list[float], pause: float
) -> None:
    """Write in one's chats in turn, each message after the acknowledgement of the one before."""
    caller = Caller(target.base)
    await asyncio.sleep(pause * random.random())
    for number in itertools.count():
        now = time.perf_counter()
        if now >= until:
            break
        talk = talks[number % len(talks)]
        body = f"{sender}-{number}"
        began[body] = now
        talk.acknowledged[body] = await target.send(caller, talk, body)
        took = time.perf_counter() - now
        acks.append(took)
        await asyncio.sleep(max(0.0, pause - took))
    await caller.close()


async def _until_all_arrived(talks: list[Talk]) -> None:
    end = time.perf_counter() + PATIENCE
    # A poll is enough here: this wait is not part of what is measured.
    while time.perf_counter() < end and any(_missing(talk) for talk in talks):  # noqa: ASYNC110
        await asyncio.sleep(0.1)


def _missing(talk: Talk) -> set[str]:
    return set(talk.acknowledged) - {body for _, body in talk.seen}


def _faults(talk: Talk) -> list[str]:
    """What the promise forbids: an acknowledged message lost, one seen twice, or an order that is not the chat's."""
    bodies = [body for _, body in talk.seen]
    lost = sorted(_missing(talk))
    doubled = len(bodies) - len(set(bodies))
    order = [seq for seq, _ in talk.seen]
    wrong = [body for seq, body in talk.seen if talk.acknowledged.get(body, seq) != seq]
    return [
        *(f"{talk.id}: lost {body}" for body in lost),
        *([f"{talk.id}: {doubled} seen twice"] if doubled else []),
        *([f"{talk.id}: out of order"] if order != sorted(order) else []),
        *(f"{talk.id}: {body} has another number" for body in wrong),
    ]


def _p99(values: list[float]) -> float:
    return statistics.quantiles(values, n=100)[98]


def _line(name: str, outcome: Outcome) -> None:
    print(
        f"  {name:<12}{outcome.sends_a_second:7.0f} sends/s {outcome.cpu_a_send * 1e6:7.0f} us of processor"
        f"   ack p50 {outcome.ack_p50 * 1000:5.0f} p99 {outcome.ack_p99 * 1000:5.0f} ms"
        f"   delivery p50 {outcome.delivery_p50 * 1000:5.0f} p99 {outcome.delivery_p99 * 1000:5.0f} ms"
        f"   {len(outcome.faults)} faults of {outcome.acknowledged}",
        flush=True,
    )


async def _rounds(chosen: argparse.Namespace, ours: tuple[str, int], bare: tuple[str, psutil.Process]) -> list[Outcome]:
    load = {"chats": chosen.chats, "senders": chosen.senders, "seconds": chosen.seconds}
    process = psutil.Process(ours[1])

    async def in_turn(rate: float | None = None) -> tuple[list[Outcome], list[Outcome]]:
        mine, theirs = [], []
        for _ in range(chosen.rounds):
            mine.append(await measure(Ours(ours[0]), process=process, rate=rate, **load))
            _line("AliDash", mine[-1])
            theirs.append(await measure(Bare(bare[0]), process=bare[1], rate=rate, **load))
            _line("bare", theirs[-1])
        return mine, theirs

    mine, theirs = await in_turn()
    speed = statistics.median(one.sends_a_second for one in mine)
    ratio = speed / statistics.median(one.sends_a_second for one in theirs)
    cost = statistics.median(one.cpu_a_send for one in mine) / statistics.median(one.cpu_a_send for one in theirs)
    print(f"  {ratio:.2f} of the bare server's sends, {cost:.1f} times its processor time a send")
    print(f"  at half that load, {speed / 2:.0f} sends a second:")
    slower, bare_slower = await in_turn(speed / 2)
    late, bare_late = (statistics.median(one.delivery_p99 for one in some) * 1000 for some in (slower, bare_slower))
    print(f"  delivery p99, median of the rounds: {late:.0f} ms, bare {bare_late:.0f} ms")
    return [*mine, *slower]


def main() -> int:
    """Run, print, and answer 1 when the promise was broken."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--database", choices=["sqlite", "postgres"], default="sqlite")
    parser.add_argument("--senders", type=int, default=32)
    parser.add_argument("--chats", type=int, default=64)
    parser.add_argument("--seconds", type=float, default=5)
    parser.add_argument("--rounds", type=int, default=3)
    chosen = parser.parse_args()
    print(f"{chosen.database}: {chosen.senders} senders, {chosen.chats} chats, rounds of {chosen.seconds:g} s")
    with (
        tempfile.TemporaryDirectory() as name,
        databases(chosen.database, Path(name), "desk", "bare") as (url, bare_url),
        serving(Path(name), url, **UNLIMITED) as server,
        started("bare_send", bare_url) as bare,
    ):
        outcomes = asyncio.run(_rounds(chosen, (server.url, server.pid), bare))
    faults = [fault for outcome in outcomes for fault in outcome.faults]
    for fault in faults[:10]:
        print(f"    {fault}", file=sys.stderr)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
