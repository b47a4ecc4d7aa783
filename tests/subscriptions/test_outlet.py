"""The way of frames to a socket: at once while it takes them, in order, bounded, and let go when it takes none."""

import asyncio
from dataclasses import dataclass
from typing import Any

import pytest

from api.subscriptions import outlet
from api.subscriptions.outlet import Outlet


@dataclass
class Operation:
    completed: bool = False


class Wire:
    """A socket that can be stopped."""

    def __init__(self) -> None:
        self.frames: list[str] = []
        self.open = asyncio.Event()
        self.open.set()
        self.hung_up = False

    async def send(self, message: dict[str, Any]) -> None:
        await self.open.wait()
        self.frames.append(message["text"])

    async def hang_up(self) -> None:
        self.hung_up = True


@pytest.fixture
async def wire() -> Wire:
    return Wire()


def outlet_to(wire: Wire, *, limit: int = 16, operation: Operation | None = None) -> Outlet:
    return Outlet(operation or Operation(), wire.send, "<", limit=limit, hang_up=wire.hang_up)


async def test_a_frame_is_written_within_the_call_while_the_socket_takes_it(wire: Wire) -> None:
    way = outlet_to(wire)
    tasks = asyncio.all_tasks()
    assert way.write(1, "a>")
    assert wire.frames == ["<a>"]
    assert (way.sent, way.busy, asyncio.all_tasks()) == (1, False, tasks)


async def test_frames_for_a_slow_socket_follow_in_their_order(wire: Wire) -> None:
    way = outlet_to(wire)
    wire.open.clear()
    assert all(way.write(seq, f"{seq}>") for seq in (1, 2, 3))
    assert (wire.frames, way.sent) == ([], 1)
    wire.open.set()
    await way.flushed()
    assert way.write(4, "4>")
    assert (wire.frames, way.sent) == (["<1>", "<2>", "<3>", "<4>"], 4)


async def test_the_queue_is_bounded(wire: Wire) -> None:
    way = outlet_to(wire, limit=2)
    wire.open.clear()
    assert [way.write(seq, ">") for seq in range(4)] == [True, True, True, False]
    way.close()


async def test_what_is_held_is_sent_when_it_is_released_and_not_when_it_is_dropped(wire: Wire) -> None:
    way = outlet_to(wire)
    way.hold()
    way.write(1, "1>")
    way.drop()
    way.hold()
    way.write(2, "2>")
    assert wire.frames == []
    way.release()
    assert (wire.frames, way.sent) == (["<2>"], 2)


async def test_a_socket_that_takes_nothing_is_hung_up_on(wire: Wire, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outlet, "SEND_TIMEOUT", 0.01)
    way = outlet_to(wire)
    wire.open.clear()
    way.write(1, "1>")
    await way.flushed()
    wire.open.set()
    assert wire.hung_up
    assert way.write(2, "2>")
    assert wire.frames == []


@pytest.mark.parametrize("stopped", [False, True])
async def test_nothing_is_sent_for_an_operation_that_is_over(wire: Wire, stopped: bool) -> None:
    operation = Operation()
    way = outlet_to(wire, operation=operation)
    if stopped:
        wire.open.clear()
        way.write(1, "1>")
        way.write(2, "2>")
    operation.completed = True
    way.write(3, "3>")
    wire.open.set()
    await way.flushed()
    # What was on its way when it ended had been handed over.
    assert wire.frames == (["<1>"] if stopped else [])


async def test_closing_takes_back_what_is_on_its_way(wire: Wire) -> None:
    way = outlet_to(wire)
    wire.open.clear()
    way.write(1, "1>")
    await asyncio.sleep(0)
    way.close()
    await asyncio.sleep(0)
    wire.open.set()
    await asyncio.sleep(0)
    assert wire.frames == []
