"""Two apps in one process, each with its own database, keys, limits and hub: nothing leaks between them."""

from collections.abc import AsyncIterator

import pytest

from api.auth import identify
from api.errors import NotFound, Resync, Unauthenticated
from api.events import Typing, chat_stream
from api.models.enums import MessageKind, Sender
from api.resolvers.chats import get_chat
from api.resolvers.messages import send_message
from api.resolvers.sessions import sign_in
from api.subscriptions.cursors import read_cursor, write_cursor
from tests.clock import Clock
from tests.people import PASSWORD, Desk
from tests.running import OpenRunning


@pytest.fixture
async def desks(
    sqlite_url: str, postgres_url: str, open_running: OpenRunning, clock: Clock
) -> AsyncIterator[tuple[Desk, Desk]]:
    """One app on SQLite and one on PostgreSQL, with the same broker."""
    async with open_running(sqlite_url, rate_open="2/minute", locale="en") as one, open_running(postgres_url) as other:
        yield Desk(one, clock), Desk(other, clock)


async def test_rows_people_and_tokens_of_one_app_are_unknown_to_the_other(desks: tuple[Desk, Desk]) -> None:
    here, there = desks
    ana = await here.agent("tecnico")
    opened = await here.opened()
    async with there.nothing_changes():
        with pytest.raises(Unauthenticated):
            await identify(there.running.services, opened.token)
        with pytest.raises(Unauthenticated):
            await sign_in(there.anonymous, email=(await here.user(ana)).email, password=PASSWORD)
        with pytest.raises(NotFound):
            await get_chat(there.system, id=opened.chat.id)


async def test_what_happens_in_one_app_is_heard_in_it_alone(desks: tuple[Desk, Desk]) -> None:
    here, there = desks
    opened = await here.opened()
    stream = chat_stream(opened.chat.id)
    async with here.running.hub.reader(stream) as mine, there.running.hub.reader(stream) as theirs:
        await send_message(here.as_customer(opened), opened.chat.id, body="Alô")
        here.running.hub.signal(Typing(opened.chat.id, Sender.CUSTOMER, "Zé"))
        assert await mine.next(30) is not None
        assert await mine.next(30) is not None
        assert await theirs.next(0.2) is None
        assert (here.running.hub.subscribers, there.running.hub.subscribers) == (1, 1)


async def test_limits_are_counted_in_each_app_by_itself(desks: tuple[Desk, Desk]) -> None:
    here, there = desks
    caller = here.anonymous
    for _ in range(2):
        await here.opened(by=caller)
    guest = there.anonymous
    for _ in range(3):
        await there.opened(by=guest)


async def test_cursors_of_one_app_are_foreign_to_the_other(desks: tuple[Desk, Desk]) -> None:
    here, there = desks
    assert here.db.epoch != there.db.epoch
    with pytest.raises(Resync):
        read_cursor(there.db.epoch, write_cursor(here.db.epoch, 1))


async def test_each_app_speaks_its_own_language(desks: tuple[Desk, Desk]) -> None:
    here, there = desks
    lines = []
    for desk in desks:
        chat = await desk.closed(await desk.agent("tecnico", name="Ana"))
        lines.append((await desk.lines(chat.id, MessageKind.EVENT))[0])
    assert lines == ["Ana joined the conversation.", "Ana entrou na conversa."]
    assert here.running.services.limiter is not there.running.services.limiter
