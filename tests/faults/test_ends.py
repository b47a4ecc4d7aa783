"""Sends against ends, and ends against ends: one end, nothing after it, and counted once."""

from collections.abc import Awaitable
from datetime import timedelta

from api.errors import ChatClosed
from api.events import ChatEnded, chat_stream
from api.models.enums import LegOutcome
from api.resolvers.claims import claim_chat
from api.resolvers.closings import close_chat
from api.resolvers.messages import send_message
from api.resolvers.metrics import get_metrics
from tests import invariants
from tests.cluster import Cluster, kinds, together


async def test_many_ends_among_many_sends_on_two_processes_are_one_end_counted_once(
    cluster: Cluster, times: int
) -> None:
    desk, chats = cluster.desk, 4 * times
    start, rui = desk.clock.now, await desk.supervisor()
    for _ in range(chats):
        ana, opened = await desk.agent("tecnico"), await desk.opened()
        await claim_chat(ana, opened.chat.id)
        desk.clock.advance(seconds=60)
        await send_message(ana, opened.chat.id, body="Bom dia")
        ends = [ana, desk.as_customer(opened), rui]
        acts: list[Awaitable[object]] = [
            send_message(cluster.spread(ana, i), opened.chat.id, body=str(i)) for i in range(8)
        ]
        acts += [close_chat(cluster.spread(ends[i % 3], i), opened.chat.id) for i in range(6)]
        # Ends before, among and after the sends.
        _, errors = await together([*acts[8:10], *acts[:4], *acts[10:12], *acts[4:8], *acts[12:]])
        assert kinds(errors) <= {(ChatClosed, "chat_closed")}
        events = await desk.events(chat_stream(opened.chat.id))
        assert [type(event) for event in events].count(ChatEnded) == 1
        assert isinstance(events[-1], ChatEnded)
        (leg,) = await desk.legs(opened.chat.id)
        assert leg.outcome is LegOutcome.ENDED
        assert (await desk.user(ana)).active_chats == 0
    await invariants.check(desk)
    figures = await get_metrics(rui, start, start + timedelta(days=1))
    assert (figures.offered, figures.chats, figures.handle_time.n) == (chats, chats, chats)
