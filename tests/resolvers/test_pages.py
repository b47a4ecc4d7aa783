"""Keyset pages: every row once, from either end, whatever is written meanwhile; and any cursor is answered."""

import base64
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.errors import Invalid
from api.models import Chat
from api.resolvers.chats import ChatFilter, by_creation, list_chats, newest_first, recently_closed
from api.resolvers.messages import by_seq
from api.resolvers.pages import Order, PageRequest, _read, write_place
from api.resolvers.queue import by_rank
from api.resolvers.users import UserFilter, by_name, list_users
from tests.people import Desk

ORDERS = [by_creation, newest_first, recently_closed, by_rank, by_name, by_seq]


def encoded(value: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


@pytest.mark.parametrize("order", [by_creation, newest_first])
async def test_every_row_comes_once_from_either_end(desk: Desk, order: Order[Chat]) -> None:
    rui = await desk.supervisor()
    chats = [(await desk.waiting()).id for _ in range(7)]
    expected = chats if order is by_creation else chats[::-1]
    for size in (1, 3, 7, 8):
        forwards, backwards = [], []
        page = await list_chats(rui, ChatFilter(), order, PageRequest(first=size))
        assert not page.has_previous
        while True:
            forwards += [chat.id for chat in page.rows]
            if not page.has_next:
                break
            page = await list_chats(rui, ChatFilter(), order, PageRequest(first=size, after=page.cursors[-1]))
            assert page.has_previous
        page = await list_chats(rui, ChatFilter(), order, PageRequest(last=size))
        while True:
            backwards = [chat.id for chat in page.rows] + backwards
            if not page.has_previous:
                break
            page = await list_chats(rui, ChatFilter(), order, PageRequest(last=size, before=page.cursors[0]))
        assert forwards == backwards == expected


async def test_a_row_written_meanwhile_shifts_nothing(desk: Desk) -> None:
    rui = await desk.supervisor()
    chats = [(await desk.waiting()).id for _ in range(4)]
    page = await list_chats(rui, ChatFilter(), newest_first, PageRequest(first=2))
    await desk.waiting()
    rest = await list_chats(rui, ChatFilter(), newest_first, PageRequest(first=5, after=page.cursors[-1]))
    assert [chat.id for chat in [*page.rows, *rest.rows]] == chats[::-1]


async def test_people_of_one_name_are_told_apart(desk: Desk) -> None:
    boss = await desk.admin(name="Ana")
    for _ in range(3):
        await desk.agent(name="Ana")
    first = await list_users(boss, UserFilter(), PageRequest(first=2))
    rest = await list_users(boss, UserFilter(), PageRequest(first=2, after=first.cursors[-1]))
    assert len({user.id for user in [*first.rows, *rest.rows]}) == 4


@pytest.mark.parametrize(
    ("request_", "field"),
    [
        (PageRequest(first=0), "first"),
        (PageRequest(first=101), "first"),
        (PageRequest(first=-1), "first"),
        (PageRequest(last=101), "last"),
        (PageRequest(first=1, last=1), "last"),
    ],
)
async def test_a_page_has_one_to_a_hundred_rows_from_one_end(desk: Desk, request_: PageRequest, field: str) -> None:
    rui = await desk.supervisor()
    async with desk.refused(Invalid, "bad_page", field=(field,)):
        await list_chats(rui, ChatFilter(), by_creation, request_)


STRANGE = [
    "",
    "x",
    "é",
    "\x00",
    "=" * 10,
    "a" * 100_000,
    encoded([]),
    encoded({}),
    encoded(None),
    encoded(1),
    encoded("x"),
    encoded([1]),
    encoded([None]),
    encoded([[]]),
    encoded([True]),
    encoded([{"a": 1}]),
    encoded(["x", "y", "z"]),
    encoded(["9" * 30]),
    encoded(["1e999"]),
    encoded([-(2**63) - 1]),
    encoded(["2026-03-02T12:00:00", "0" * 32]),
    encoded(["2026-03-02T12:00:00+00:00", 7]),
    encoded(["a\x00b", "0" * 32]),
    encoded(["\ud800", "0" * 32]),
    base64.urlsafe_b64encode(b"[1e999]").decode(),
    base64.urlsafe_b64encode(b"[" * 5000).decode(),
    base64.urlsafe_b64encode(b"[" + b"9" * 5000 + b"]").decode(),
]


async def test_a_strange_cursor_is_answered_and_never_breaks_anything(desk: Desk) -> None:
    boss = await desk.admin()
    for cursor in STRANGE:
        for request_ in (PageRequest(after=cursor), PageRequest(before=cursor)):
            for order in (by_creation, newest_first, recently_closed, by_rank):
                await answered(list_chats(boss, ChatFilter(), order, request_))
            await answered(list_users(boss, UserFilter(), request_))


async def answered(work: Any) -> None:
    """The work succeeds, or is refused as invalid."""
    try:
        await work
    except Invalid:
        return


@given(text=st.text(max_size=60), order=st.sampled_from(ORDERS))
def test_any_text_is_a_place_or_a_bad_cursor(text: str, order: Order[Any]) -> None:
    for cursor in (text, base64.urlsafe_b64encode(text.encode("utf-8", "replace")).decode()):
        try:
            assert len(_read(cursor, order, "after")) == len(order.columns)
        except Invalid as error:
            assert error.reason == "bad_cursor"  # noqa: PT017


@given(
    value=st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=2),
        max_leaves=6,
    ),
    order=st.sampled_from(ORDERS),
)
def test_any_json_is_a_place_or_a_bad_cursor(value: Any, order: Order[Any]) -> None:
    try:
        assert len(_read(encoded(value), order, "after")) == len(order.columns)
    except Invalid as error:
        assert error.reason == "bad_cursor"  # noqa: PT017


async def test_the_place_of_a_row_is_read_as_it_was_written(desk: Desk) -> None:
    chat = await desk.closed(await desk.agent("tecnico"))
    for order in (by_creation, recently_closed, by_rank):
        assert _read(write_place(order.place(chat)), order, "after") == list(order.place(chat))
