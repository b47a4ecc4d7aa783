"""Proof of work before a chat is opened: asked for when it is wanted, good once, and never of bots."""

import hashlib
from dataclasses import replace
from itertools import count

import pytest

from api.context import Context
from api.errors import ProofNeeded, RateLimited
from api.models.enums import Scope
from api.resolvers.challenges import issue_challenge
from api.resolvers.openings import Opened, open_chat
from tests.people import Desk


def solved(challenge: str) -> str:
    """The first proof of a challenge."""
    bits = int(challenge.split(".")[1])
    proofs = (f"{challenge}:{n}" for n in count())
    return next(proof for proof in proofs if zeros(proof) >= bits)


def zeros(proof: str) -> int:
    """How many zero bits its SHA-256 begins with."""
    return 256 - int.from_bytes(hashlib.sha256(proof.encode()).digest()).bit_length()


async def proven(ctx: Context) -> str:
    return solved(await issue_challenge(ctx))


async def opened(desk: Desk, ctx: Context, proof: str | None) -> Opened:
    return await open_chat(ctx, desk.opening(), proof=proof)


async def refused(desk: Desk, ctx: Context, proof: str | None) -> None:
    with pytest.raises(ProofNeeded):
        await opened(desk, ctx, proof)


@pytest.mark.settings(challenge="always", challenge_bits=8)
async def test_who_proves_work_opens_a_chat_and_does_so_once(desk: Desk) -> None:
    visitor = desk.anonymous
    await refused(desk, visitor, None)
    proof = await proven(visitor)
    assert (await opened(desk, visitor, proof)).chat.protocol
    await refused(desk, visitor, proof)
    # From anywhere else either.
    await refused(desk, desk.anonymous, proof)


@pytest.mark.settings(challenge="always", challenge_bits=8)
async def test_what_is_no_proof_opens_nothing(desk: Desk) -> None:
    visitor = desk.anonymous
    challenge = await issue_challenge(visitor)
    proof = solved(challenge)
    unsolved = next(f"{challenge}:{n}" for n in count() if zeros(f"{challenge}:{n}") < 8)
    easier = challenge.replace(".8.", ".1.", 1)
    others = ["", ":", "1.0.9999999999.aa.:1", "é.é:1", "x" * 10_000, challenge, unsolved, solved(easier), f"{proof}\0"]
    for other in others:
        await refused(desk, visitor, other)
    desk.clock.advance(minutes=6)
    await refused(desk, visitor, proof)


@pytest.mark.settings(challenge="always", challenge_bits=8)
async def test_bots_are_known_and_prove_nothing(desk: Desk) -> None:
    bot = await desk.machine(Scope.CHAT_WRITE)
    assert (await opened(desk, bot, None)).chat.protocol
    # A key for something else opens chats as anybody does.
    await refused(desk, await desk.machine(Scope.QUEUE_READ), None)


@pytest.mark.settings(challenge="auto", challenge_above="2/minute", challenge_bits=8)
async def test_auto_asks_only_while_many_open_chats(desk: Desk) -> None:
    for _ in range(2):
        await opened(desk, desk.anonymous, None)
    await refused(desk, desk.anonymous, None)
    visitor = desk.anonymous
    await opened(desk, visitor, await proven(visitor))


@pytest.mark.settings(challenge="always", challenge_bits=8, rate_open="1/minute")
async def test_being_asked_uses_up_no_try_and_proof_buys_no_further_one(desk: Desk) -> None:
    visitor = desk.anonymous
    for _ in range(3):
        await refused(desk, visitor, None)
    await opened(desk, visitor, await proven(visitor))
    with pytest.raises(RateLimited):
        await opened(desk, visitor, await proven(visitor))


async def test_nobody_is_asked_unless_the_operator_wants_it(desk: Desk) -> None:
    visitor = replace(desk.anonymous, address=None)
    assert (await opened(desk, visitor, None)).chat.protocol
