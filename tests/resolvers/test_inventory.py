"""The inventory: points brought in by a file, each by its name, and taken away in the same columns."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlmodel import col

from api.errors import Forbidden, Invalid, RateLimited
from api.events import NETWORK
from api.models import AccessPoint, AuditEntry
from api.models.enums import AccessPointStatus, CheckKind, ImportOutcome, Permission
from api.resolvers.access_points import (
    AccessPointDetails,
    AccessPointFilter,
    Check,
    create_access_point,
    update_access_point,
)
from api.resolvers.inventory import ImportedLine, export_access_points, import_access_points
from api.resolvers.inventory_columns import MOST_LINES
from api.resolvers.probing import check_network
from tests.network import Network
from tests.people import Desk

CREATED, UPDATED, UNCHANGED, REFUSED = ImportOutcome
FILE = """\ufeffNome;Local;Endereço;Depende de;Checagem;Porta;Intervalo (s);Lento acima de (ms)\r
OLT 1;Centro;olt-1;;TCP;22;30;150,5\r
Torre Norte;Morro;torre;OLT 1;HTTP;;60;\r
"""


async def points(desk: Desk) -> dict[str, AccessPoint]:
    async with desk.db.read() as session:
        rows = (await session.execute(select(AccessPoint).order_by(col(AccessPoint.name)))).scalars()
        return {point.name: point for point in rows}


def told(lines: list[ImportedLine]) -> list[tuple[int, str, str | None, str | None]]:
    """(number, outcome, reason, column) of each line, of its first problem."""
    found: list[tuple[int, str, str | None, str | None]] = []
    for line in lines:
        problem = line.problems[0] if line.problems else None
        column = problem.field[-1] if problem and problem.field else None
        found.append((line.number, str(line.outcome), problem.reason if problem else None, column))
    return found


async def test_a_file_of_a_spreadsheet_becomes_points_that_hang_on_each_other(desk: Desk) -> None:
    network = await Network.of(desk)
    assert told(await import_access_points(network.boss, FILE)) == [
        (2, "CREATED", None, None),
        (3, "CREATED", None, None),
    ]
    found = await points(desk)
    olt, tower = found["OLT 1"], found["Torre Norte"]
    assert (olt.location, olt.address, olt.kind, olt.port) == ("Centro", "olt-1", CheckKind.TCP, 22)
    assert (olt.every, olt.slow_above) == (timedelta(seconds=30), timedelta(milliseconds=150))
    assert (tower.parent_id, tower.port, tower.path, tower.slow_above) == (olt.id, 80, "/", None)
    assert (tower.fail_after, tower.timeout) == (3, timedelta(seconds=5))
    assert len(await desk.events(NETWORK)) == 2
    await network.round(2)
    assert {str(point.status) for point in (await points(desk)).values()} == {"ONLINE"}


async def test_the_same_file_again_changes_nothing_and_a_mended_one_only_what_it_says(desk: Desk) -> None:
    network = await Network.of(desk)
    await import_access_points(network.boss, FILE)
    async with desk.nothing_changes():
        again = await import_access_points(network.boss, FILE)
    assert [line.outcome for line in again] == [UNCHANGED, UNCHANGED]
    # By its name however it is written; a column that is not there leaves what stands, an empty cell the default.
    mended = await import_access_points(network.boss, "name,port,interval,slowAbove\n olt  1 ,23,,\n")
    assert told(mended) == [(2, "UPDATED", None, None)]
    olt = (await points(desk))["olt 1"]
    assert (olt.port, olt.every, olt.slow_above, olt.location) == (23, timedelta(minutes=1), None, "Centro")


async def test_a_dry_run_tells_the_same_and_writes_nothing(desk: Desk) -> None:
    network = await Network.of(desk)
    text = FILE + "Poste;;x y;;TCP;1;;\r\n"
    async with desk.nothing_changes():
        trial = await import_access_points(network.boss, text, dry_run=True)
    done = await import_access_points(network.boss, text)
    assert told(trial) == told(done)
    assert told(done)[-1] == (4, "REFUSED", "bad_value", "address")
    assert sorted(await points(desk)) == ["OLT 1", "Torre Norte"]


@pytest.mark.parametrize(
    ("lines", "reason", "column"),
    [
        (";Morro", "required", "name"),
        ("A;;;;TELEX", "bad_choice", "kind"),
        ("A;;a;;TCP;http", "bad_value", "port"),
        ("A;;a;;TCP;0", "bad_number", "port"),
        ("A;;a;;TCP;1;nan", "bad_value", "interval"),
        ("A;;a;;TCP;1;1e400", "bad_value", "interval"),
        ("A;;a;;TCP;1;1e15", "bad_value", "interval"),
        ("A;;a;;TCP;1;9", "bad_duration", "interval"),
        ("A;;;;TCP;1", "required", "address"),
        ("A;;evil;;TCP;1", "address_not_allowed", "address"),
        ("A;;;Ninguém", "parent_not_found", "parent"),
        ("A;;;A", "parent_circle", "parent"),
        ("A;;;Gêmeo", "ambiguous_name", "parent"),
        ("Gêmeo", "ambiguous_name", "name"),
        ("Casa\n casa ", "repeated_name", "name"),
        ("A;;a;;TCP;1;10;1;mais", "too_many_cells", None),
    ],
)
async def test_a_line_that_is_wrong_is_refused_by_its_number_and_keeps_no_other_back(
    desk: Desk, lines: str, reason: str, column: str | None
) -> None:
    network = await Network.of(desk)
    network.prober.refused.add("evil")
    for _ in range(2):
        await create_access_point(network.boss, AccessPointDetails("Gêmeo"))
    head = "nome;local;endereço;depende de;checagem;porta;intervalo (s);lento acima de (ms)\n"
    found = await import_access_points(network.boss, f"{head}Bom\n\n{lines}\n")
    assert told(found)[0] == (2, "CREATED", None, None)
    last = 3 + len(lines.splitlines())
    assert told(found)[-1] == (last, "REFUSED", reason, column)
    assert "Bom" in await points(desk)


async def test_who_hangs_on_a_refused_line_is_refused_and_so_is_a_circle(desk: Desk) -> None:
    network = await Network.of(desk)
    await network.point("Raiz")
    text = (
        "name;parent;failAfter\nFolha;Ramo;\nRamo;Tronco;\nTronco;Raiz;?\nUm;Dois;\nDois;Um;\nFora;Raiz;\nRaiz;Fora;\n"
    )
    assert told(await import_access_points(network.boss, text)) == [
        (2, "REFUSED", "parent_refused", "parent"),
        (3, "REFUSED", "parent_refused", "parent"),
        (4, "REFUSED", "bad_value", "failAfter"),
        (5, "REFUSED", "parent_circle", "parent"),
        (6, "REFUSED", "parent_refused", "parent"),
        (7, "REFUSED", "parent_circle", "parent"),
        (8, "REFUSED", "parent_refused", "parent"),
    ]
    assert sorted(await points(desk)) == ["Raiz"]


async def test_points_stand_in_the_file_in_any_order_and_hang_32_deep_at_most(desk: Desk) -> None:
    network = await Network.of(desk)
    names = [f"P{number}" for number in range(34)]
    lines = [f"{name};{above}" for name, above in zip(names[1:], names, strict=False)]
    text = "\n".join(["name;parent", *reversed(lines), "P0;"])
    refused = [line.name for line in await import_access_points(network.boss, text) if line.outcome is REFUSED]
    assert refused == ["P33"]
    found = await points(desk)
    assert found["P32"].parent_id == found["P31"].id


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "no_name_column"),
        ("local;porta\nA;1", "no_name_column"),
        ("nome;enderesso\nA;b", "unknown_column"),
        ("nome;name\nA;b", "repeated_column"),
        ("nome\n" + "x" * 140_000, "bad_csv"),
        ("nome\n" + "\n".join(f"P{number}" for number in range(MOST_LINES + 1)), "too_many_lines"),
    ],
    ids=["empty", "no name", "unknown", "repeated", "a cell without end", "too many"],
)
async def test_what_is_no_inventory_is_refused_whole(desk: Desk, text: str, reason: str) -> None:
    network = await Network.of(desk)
    async with desk.refused(Invalid, reason, field=("csv",)):
        await import_access_points(network.boss, text)


async def test_an_import_is_told_in_the_audit_point_by_point_and_as_a_whole(desk: Desk) -> None:
    network = await Network.of(desk)
    await import_access_points(network.boss, FILE)
    await import_access_points(network.boss, "name;location\nOLT 1;Bairro\nTorre Norte;Morro\n;x\n")
    async with desk.db.read() as session:
        query = select(AuditEntry).where(col(AuditEntry.action).contains("access_point"))
        found = list((await session.execute(query.order_by(col(AuditEntry.seq)))).scalars())
    assert [entry.action for entry in found] == [
        *("create_access_point", "create_access_point", "import_access_points"),
        *("update_access_point", "import_access_points"),
    ]
    assert found[-1].after == {"created": 0, "updated": 1, "unchanged": 1, "refused": 1}
    assert (found[3].before or {})["location"] == "Centro"


async def test_new_points_are_first_checked_one_after_the_other(desk: Desk) -> None:
    network = await Network.of(desk)
    text = "name;address;kind;port\n" + "\n".join(f"P{number};p;TCP;1" for number in range(41))
    await import_access_points(network.boss, text)
    checked = list[int]()
    for _ in range(3):
        checked.append(await check_network(network.system))
        desk.clock.advance(seconds=1)
    assert checked == [1, 20, 20]


async def test_a_point_that_was_changed_meanwhile_is_looked_at_again(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    network = await Network.of(desk)
    point = await network.point("Torre")
    refuses, meddled = network.prober.refuses, list[str]()

    async def meddle(address: str) -> bool:
        # While addresses are looked up somebody else moves the point.
        if not meddled:
            meddled.append(address)
            details = AccessPointDetails("Torre", "Morro", "Torre", check=Check(CheckKind.TCP, port=443))
            await update_access_point(network.boss, point.id, details)
        return await refuses(address)

    monkeypatch.setattr(network.prober, "refuses", meddle)
    [line] = await import_access_points(network.boss, "name;interval\nTorre;30\n")
    now = await network.now(point)
    assert line.outcome is UPDATED
    assert (now.location, now.port, now.every) == ("Morro", 443, timedelta(seconds=30))


async def test_thousands_of_lines_are_not_brought_in_for_ever(desk: Desk) -> None:
    network = await Network.of(desk)
    for _ in range(20):
        await import_access_points(network.boss, "name\nA", dry_run=True)
    async with desk.refused(RateLimited, "too_many_requests"):
        await import_access_points(network.boss, "name\nA")


async def test_points_are_exported_by_name_with_what_they_hang_on_and_not_without_a_trace(desk: Desk) -> None:
    network = await Network.of(desk)
    await import_access_points(network.boss, FILE)
    await import_access_points(network.boss, "name\n" + "\n".join(f"P{number:03}" for number in range(150)))
    pages = [page async for page in await export_access_points(network.boss, AccessPointFilter(), form="csv")]
    found = [(one.point.name, one.parent) for page in pages for one in page]
    assert found[0] == ("OLT 1", None)
    assert found[-1] == ("Torre Norte", "OLT 1")
    assert (len(found), len(pages)) == (152, 2)
    narrowed = AccessPointFilter(status=(AccessPointStatus.ONLINE,), search="torre")
    assert [page async for page in await export_access_points(network.boss, narrowed, form="csv")] == [[]]
    exporter = await desk.agent(permissions=(Permission.EXPORT,))
    assert [page async for page in await export_access_points(exporter, AccessPointFilter(), form="csv")]
    nobody = await desk.agent()
    async with desk.refused(Forbidden, "not_allowed"):
        await export_access_points(nobody, AccessPointFilter(), form="csv")
