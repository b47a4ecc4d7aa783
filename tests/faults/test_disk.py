"""A disk that is full: said so, nothing acknowledged, reading goes on, and all is well once there is room again."""

import pytest
from sqlalchemy import text

from api.errors import StorageFull
from api.services import Running
from tests.changes import nothing_changes
from tests.clock import Clock
from tests.faults.deployments import beginning, parties
from tests.faults.history import stored_history
from tests.faults.traffic import FOLLOW, OPEN, SEND, Party, traffic
from tests.people import Desk
from tests.running import OpenRunning
from tests.schema.conftest import Door, open_door

LARGE = "🚒" * 4000


async def limit(running: Running, spare: int | None) -> None:
    """Let the database grow by so many pages and no more; None is no limit. SQLite keeps this for each connection."""
    db = running.services.db
    async with db.read() as session:
        used = (await session.execute(text("PRAGMA page_count"))).scalar_one()
    # A pragma takes no parameters; this is a number.
    pragma = f"PRAGMA max_page_count = {2**32 - 2 if spare is None else used + spare}"
    async with db.transaction() as tx:
        await tx.session.execute(text(pragma))
    for brief in (True, False):
        await db.write(lambda writing: writing.connection.exec_driver_sql(pragma).scalar_one(), brief=brief)


async def test_a_full_disk_acknowledges_nothing_reads_on_and_recovers(
    sqlite_url: str, open_running: OpenRunning, clock: Clock
) -> None:
    async with open_running(sqlite_url) as running, open_door(Desk(running, clock)) as door:
        party, other = await parties(door.desk, 1)
        opening = {
            "departmentId": str((await door.desk.department("tecnico")).id),
            "name": "Zé",
            "message": LARGE,
            "cpf": door.desk.opening().cpf,
        }
        await limit(running, spare=20)
        acked = await fill(door, party)
        async with nothing_changes(door.desk.db):
            await is_told_that_it_is_full(door, party, opening)
            await reads_go_on(door, other)
        await limit(running, spare=None)
        async with traffic([door.url]) as writing:
            acked.append(await writing.send(party, "there is room", LARGE))
            await writing.open("there is room", opening)
        (history,) = (await stored_history(door.desk.db, [party.chat_id])).values()
        assert [fact.message_id for fact in history if fact.client_id] == acked


async def fill(door: Door, party: Party) -> list[str]:
    """Write until there is no room: the ids of the messages that were acknowledged."""
    acked: list[str] = []
    for _ in range(100):
        answer = (await door.post(SEND, token=party.token, c=party.chat_id, b=LARGE, k=str(len(acked)))).json()
        if "errors" in answer:
            assert answer["errors"][0]["extensions"]["code"] == "STORAGE_FULL"
            return acked
        acked.append(answer["data"]["sendMessage"]["message"]["id"])
    raise AssertionError("the database was never full")


async def is_told_that_it_is_full(door: Door, party: Party, opening: dict[str, str | None]) -> None:
    sent = {"c": party.chat_id, "b": LARGE, "k": "too much"}
    for answer in (await door.post(SEND, token=party.token, **sent), await door.post(OPEN, i=opening)):
        assert answer.json()["errors"][0]["extensions"]["code"] == "STORAGE_FULL", answer.text
        assert not answer.json()["data"], answer.text
    headers = {"authorization": f"Bearer {party.token}"}
    rest = await door.client.post(f"/api/v1/chat/{party.chat_id}/message/", json={"text": LARGE}, headers=headers)
    assert (rest.status_code, rest.json()["code"]) == (503, "STORAGE_FULL")


async def reads_go_on(door: Door, party: Party) -> None:
    """Somebody reads the chat, and somebody follows it, as if nothing were the matter."""
    query = "query($c: ID!) { chat(id: $c) { messages(last: 1) { nodes { body } } } }"
    data = await door.ask(query, token=party.token, c=party.chat_id)
    assert data["chat"]["messages"]["nodes"] == [{"body": LARGE}]
    async with door.socket(party.token) as socket:
        await socket.subscribe("1", FOLLOW, c=party.chat_id, a=beginning(door.desk.db))
        assert (await socket.of("1"))["type"] == "next"


async def test_following_goes_on_when_not_even_a_lease_can_be_written(
    database_url: str, open_running: OpenRunning, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with open_running(database_url) as running, open_door(Desk(running, clock)) as door:
        party, _ = await parties(door.desk, 1)

        async def full(*_: object) -> None:
            raise StorageFull("storage_full")

        monkeypatch.setattr(running.attendance, "_renew", full)
        async with door.socket(party.token) as socket:
            await socket.subscribe("1", FOLLOW, c=party.chat_id, a=beginning(door.desk.db))
            assert (await socket.of("1"))["type"] == "next"
