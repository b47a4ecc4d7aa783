"""Commands of one moment share a transaction, and each has its own answer."""

import asyncio
from collections.abc import Sequence

import pytest

from api import commits as commits_module
from api.commits import ENOUGH, MOST, GroupCommit
from api.errors import Conflict, Contention


class Desk:
    """Runs groups of numbers, and remembers them; it waits at the gate when that is closed."""

    def __init__(self) -> None:
        self.groups: list[list[int]] = []
        self.gate = asyncio.Event()
        self.gate.set()
        self.at_once = self.most_at_once = 0

    async def run(self, numbers: Sequence[int]) -> list[int | Exception]:
        self.groups.append(list(numbers))
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        await self.gate.wait()
        self.at_once -= 1
        if 13 in numbers:
            raise ValueError("the whole group fails by thirteen")
        if 40 in numbers:
            raise Contention("unavailable")
        return [Conflict("bot_not_owner") if number < 0 else number * 2 for number in numbers]


def itself(number: int) -> int:
    return number


async def test_those_who_wait_go_together() -> None:
    desk = Desk()
    commits = GroupCommit(desk.run, about=itself)
    assert await asyncio.gather(*(commits.submit(number) for number in range(5))) == [0, 2, 4, 6, 8]
    assert desk.groups == [[0, 1, 2, 3, 4]]


async def test_who_comes_meanwhile_goes_next() -> None:
    desk = Desk()
    desk.gate.clear()
    commits = GroupCommit(desk.run, about=itself)
    first = asyncio.create_task(commits.submit(1))
    while not desk.groups:  # noqa: ASYNC110 - until the first is under way
        await asyncio.sleep(0)
    others = [asyncio.create_task(commits.submit(number)) for number in (2, 3)]
    await asyncio.sleep(0.01)
    assert desk.groups == [[1]]
    desk.gate.set()
    assert await asyncio.gather(first, *others) == [2, 4, 6]
    assert desk.groups == [[1], [2, 3]]


async def test_a_refusal_is_one_commands_own() -> None:
    commits = GroupCommit(Desk().run, about=itself)
    answers = await asyncio.gather(*(commits.submit(number) for number in (1, -1, 2)), return_exceptions=True)
    assert (answers[0], answers[2]) == (2, 4)
    assert isinstance(answers[1], Conflict)


async def test_who_fails_a_whole_group_fails_alone() -> None:
    desk = Desk()
    commits = GroupCommit(desk.run, about=itself)
    answers = await asyncio.gather(*(commits.submit(number) for number in (1, 13, 2)), return_exceptions=True)
    assert (answers[0], answers[2]) == (2, 4)
    assert isinstance(answers[1], ValueError)
    assert desk.groups == [[1, 13, 2], [1], [13], [2]]


async def test_what_the_database_does_is_told_to_all() -> None:
    desk = Desk()
    commits = GroupCommit(desk.run, about=itself)
    answers = await asyncio.gather(*(commits.submit(number) for number in (1, 40)), return_exceptions=True)
    assert [type(answer) for answer in answers] == [Contention, Contention]
    assert len(desk.groups) == 1


async def test_groups_are_bounded() -> None:
    desk = Desk()
    commits = GroupCommit(desk.run, about=itself)
    await asyncio.gather(*(commits.submit(number + 100) for number in range(MOST + 1)))
    assert [len(group) for group in desk.groups] == [MOST, 1]


async def test_who_gives_up_waiting_spoils_nothing() -> None:
    desk = Desk()
    desk.gate.clear()
    commits = GroupCommit(desk.run, about=itself)
    impatient, patient = asyncio.create_task(commits.submit(1)), asyncio.create_task(commits.submit(2))
    while not desk.groups:  # noqa: ASYNC110 - until both are under way
        await asyncio.sleep(0)
    impatient.cancel()
    desk.gate.set()
    assert await patient == 4
    assert await commits.submit(3) == 6
    assert desk.groups == [[1, 2], [3]]


async def test_groups_go_abreast_but_never_about_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(commits_module, "ENOUGH", 1)
    desk = Desk()
    desk.gate.clear()
    commits = GroupCommit(desk.run, about=lambda number: number % 10, abreast=2)
    tasks = []
    for number in (1, 2, 11, 3):
        tasks.append(asyncio.create_task(commits.submit(number)))
        await asyncio.sleep(0.01)
    assert desk.groups == [[1], [2]]
    desk.gate.set()
    assert await asyncio.gather(*tasks) == [2, 4, 22, 6]
    assert desk.most_at_once == 2
    assert sorted(number for group in desk.groups[2:] for number in group) == [3, 11]


async def test_closing_waits_for_what_is_under_way() -> None:
    desk = Desk()
    desk.gate.clear()
    commits = GroupCommit(desk.run, about=itself)
    sending = asyncio.create_task(commits.submit(1))
    while not desk.groups:  # noqa: ASYNC110 - until it is under way
        await asyncio.sleep(0)
    closing = asyncio.create_task(commits.close())
    await asyncio.sleep(0.01)
    assert not closing.done()
    desk.gate.set()
    await closing
    assert await sending == 2


async def test_an_empty_line_stays_usable() -> None:
    commits = GroupCommit(Desk().run, about=itself)
    for number in (1, 2):
        assert await commits.submit(number) == number * 2
    with pytest.raises(ValueError, match="thirteen"):
        await commits.submit(13)


async def test_a_few_who_wait_begin_no_second_group() -> None:
    desk = Desk()
    desk.gate.clear()
    commits = GroupCommit(desk.run, about=itself, abreast=2)
    tasks = [asyncio.create_task(commits.submit(100))]
    await asyncio.sleep(0.01)
    tasks += [asyncio.create_task(commits.submit(200 + number)) for number in range(ENOUGH - 1)]
    await asyncio.sleep(0.01)
    assert [len(group) for group in desk.groups] == [1]
    tasks.append(asyncio.create_task(commits.submit(300)))
    await asyncio.sleep(0.01)
    assert [len(group) for group in desk.groups] == [1, ENOUGH]
    desk.gate.set()
    await asyncio.gather(*tasks)
