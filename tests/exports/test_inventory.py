"""The access points as files: what was exported can be imported, and calculates nothing."""

import csv
import io
from collections.abc import AsyncIterator
from datetime import timedelta

import httpx2
import pytest

from api.app import app_on
from api.models.enums import CheckKind, ImportOutcome
from api.resolvers.access_points import AccessPointDetails, Check, create_access_point
from api.resolvers.inventory import import_access_points
from api.resolvers.tokens import create_token
from tests.network import Network
from tests.people import Desk


@pytest.fixture
async def client(desk: Desk) -> AsyncIterator[httpx2.AsyncClient]:
    """Asks the app, without a network."""
    transport = httpx2.ASGITransport(app=app_on(desk.running))
    async with httpx2.AsyncClient(transport=transport, base_url="http://desk.example") as client:
        yield client


async def headers(network: Network) -> dict[str, str]:
    token = await create_token(network.desk.system, email=(await network.desk.user(network.boss)).email)
    return {"authorization": f"Bearer {token}"}


async def test_what_was_exported_is_imported_again_without_a_change(desk: Desk, client: httpx2.AsyncClient) -> None:
    network = await Network.of(desk)
    beats = Check(every=timedelta(seconds=12.5))
    root = await create_access_point(network.boss, AccessPointDetails("=Torre;1", check=beats))
    await network.point("Link", parent=root, kind=CheckKind.HTTP, tls=True, port=8443, path="/status")
    await create_access_point(network.boss, AccessPointDetails("Sensor", location="-23,5; -46,6"))
    await network.round(2)
    answer = await client.get("/exports/access-points.csv", headers=await headers(network))
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert 'attachment; filename="pontos-de-acesso-' in answer.headers["content-disposition"]
    rows = list(csv.DictReader(io.StringIO(answer.text.removeprefix("\ufeff"), newline=""), delimiter=";"))
    assert [row["Nome"] for row in rows] == ["'=Torre;1", "Link", "Sensor"]
    assert (rows[1]["Depende de"], rows[1]["Estado"], rows[0]["Intervalo (s)"]) == ("'=Torre;1", "ONLINE", "12.5")
    assert not [cell for row in rows for cell in row.values() if cell.startswith(("=", "+", "-", "@"))]
    async with desk.nothing_changes():
        again = await import_access_points(network.boss, answer.text)
    assert [line.outcome for line in again] == [ImportOutcome.UNCHANGED] * 3


async def test_points_come_as_json_narrowed_as_the_screen_is(desk: Desk, client: httpx2.AsyncClient) -> None:
    network = await Network.of(desk)
    point = await network.point("Torre A")
    await network.point("Torre B")
    asked = {"q": "torre a", "status": "UNKNOWN"}
    found = (await client.get("/exports/access-points.json", params=asked, headers=await headers(network))).json()
    assert [(one["id"], one["name"], one["kind"], one["interval"]) for one in found] == [
        (str(point.id), "Torre A", "TCP", "60")
    ]


async def test_strangers_and_odd_filters_are_refused(desk: Desk, client: httpx2.AsyncClient) -> None:
    network = await Network.of(desk)
    assert (await client.get("/exports/access-points.csv")).status_code == 401
    odd = await client.get("/exports/access-points.csv?status=GONE", headers=await headers(network))
    assert odd.status_code == 400
