"""No priority starves: however many urgent chats keep coming, a LOW one is served within a bound known in advance."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import cycle

import pytest

from api.models import Chat
from api.models.enums import Priority
from api.resolvers.claims import claim_next
from api.resolvers.closings import close_chat
from tests import invariants
from tests.people import Desk

BOOSTS = {
    "boost_urgent": timedelta(minutes=12),
    "boost_high": timedelta(minutes=4),
    "boost_low": timedelta(minutes=-4),
}
"""A fifth of the usual head starts, so that a simulated hour shows what happens in five."""

ARRIVE_EVERY = timedelta(minutes=1)
MIX = (Priority.URGENT, Priority.HIGH, Priority.URGENT, Priority.LOW, Priority.NORMAL)
ARRIVALS = 60


@dataclass
class Stay:
    """One chat's time in the queue."""

    priority: Priority
    queued_at: datetime
    rank: datetime
    claimed_at: datetime


@pytest.mark.settings(**BOOSTS)
@pytest.mark.parametrize("serve_every", [50, 90], ids=["below capacity", "above capacity"])
async def test_a_low_priority_chat_is_served_within_the_difference_of_boosts_and_its_peers_time(
    desk: Desk, serve_every: int
) -> None:
    """A LOW chat c, queued at q, has the rank r = q - boost(LOW); it is claimed by r + boost(URGENT) + (P + 1) · s.

    The queue serves the smallest rank = queued_at - boost(priority). The largest boost is URGENT's, so whoever comes
    after h = r + boost(URGENT) has a rank above h - boost(URGENT) = r, and stands behind c, whatever their priority.
    At h there wait P chats with ranks below r, c's peers. From h on nobody joins them, and each claim, one every s,
    takes one of them or c itself. So c waits (boost(URGENT) - boost(LOW)) + (P + 1) · s at the most. P is what came
    before h: it does not grow with what comes after, so the bound holds however long the overload lasts.
    """
    service = timedelta(seconds=serve_every)
    stays = await _simulate(desk, service)
    head_start = BOOSTS["boost_urgent"] - BOOSTS["boost_low"]
    low = [stay for stay in stays if stay.priority is Priority.LOW]
    assert len(low) == ARRIVALS // len(MIX)
    for stay in low:
        horizon = stay.queued_at + head_start
        peers = [other for other in stays if other.rank < stay.rank and other.claimed_at > horizon]
        assert all(other.queued_at < horizon for other in peers)
        assert stay.claimed_at - stay.queued_at <= head_start + (len(peers) + 1) * service
    if service > ARRIVE_EVERY:
        _someone_urgent_waited_for_each_of(low, stays)


def _someone_urgent_waited_for_each_of(low: list[Stay], stays: list[Stay]) -> None:
    """Under overload a queue that served by priority alone would have taken all the urgent ones first."""
    urgent = [stay for stay in stays if stay.priority is Priority.URGENT]
    passed = [stay for stay in low if any(other.queued_at < stay.claimed_at < other.claimed_at for other in urgent)]
    # The last ones come when hardly anybody does any more, and are served when the queue runs empty.
    assert len(passed) >= len(low) // 2


async def _simulate(desk: Desk, service: timedelta) -> list[Stay]:
    """One chat a minute and one claim per `service`, until nobody comes any more and everybody was served."""
    bot, ana = await desk.bot(), await desk.agent("tecnico")
    start, mix = desk.clock.now, cycle(MIX)
    arrive, serve, came = start, start + service, 0
    claimed: list[Chat] = []
    while len(claimed) < ARRIVALS:
        if came < ARRIVALS and arrive < serve:
            desk.clock.now, arrive, came = arrive, arrive + ARRIVE_EVERY, came + 1
            await desk.opened(by=bot, priority=next(mix))
            continue
        desk.clock.now, serve = serve, serve + service
        if len(claimed) < came:
            claimed.append(await claim_next(ana))
            await close_chat(ana, claimed[-1].id)
    await invariants.check(desk)
    return [_stay(chat) for chat in claimed]


def _stay(chat: Chat) -> Stay:
    assert chat.queued_at is not None
    assert chat.queue_rank is not None
    assert chat.claimed_at is not None
    return Stay(chat.priority, chat.queued_at, chat.queue_rank, chat.claimed_at)
