"""Files that the panels hand out: who gets them, and what is in them."""

import csv
import io
import json
from collections.abc import AsyncIterator
from uuid import uuid4

import httpx2
import pytest

from api.app import app_on
from api.context import Context
from api.models.enums import Permission
from api.resolvers.canned_replies import NewCannedReply, create_canned_reply
from api.resolvers.departments import DepartmentChange, update_department
from api.resolvers.tokens import create_token
from tests.people import Desk


@pytest.fixture
async def client(desk: Desk) -> AsyncIterator[httpx2.AsyncClient]:
    """Asks the app, without a network."""
    transport = httpx2.ASGITransport(app=app_on(desk.running))
    async with httpx2.AsyncClient(transport=transport, base_url="http://desk.example") as client:
        yield client


async def bearer(desk: Desk, who: Context) -> dict[str, str]:
    token = await create_token(desk.system, email=(await desk.user(who)).email)
    return {"authorization": f"Bearer {token}"}


def rows(text: str) -> list[dict[str, str]]:
    assert text.startswith("\ufeff")
    return list(csv.DictReader(io.StringIO(text[1:], newline=""), delimiter=";"))


async def test_the_audit_log_comes_as_csv_that_calculates_nothing(desk: Desk, client: httpx2.AsyncClient) -> None:
    boss = await desk.admin(name="=cmd|' /C calc'!A0")
    tecnico = await desk.department("tecnico")
    await update_department(boss, tecnico.id, DepartmentChange(name="+55 Suporte"))
    headers = await bearer(desk, boss)
    response = await client.get("/exports/audit.csv", headers=headers)
    assert response.status_code == 200
    assert response.headers["content-type"] == "text/csv; charset=utf-8"
    assert response.headers["cache-control"] == "no-store"
    assert 'attachment; filename="auditoria-' in response.headers["content-disposition"]
    told = rows(response.text)
    assert [int(row["number"]) for row in told] == list(range(1, len(told) + 1))
    change = next(row for row in told if row["action"] == "update_department")
    assert (change["actor_name"], change["object_name"]) == ("'=cmd|' /C calc'!A0", "'+55 Suporte")
    assert json.loads(change["after"])["name"] == "+55 Suporte"
    assert change["detail"] == "Alterou um setor."
    assert told[-1]["action"] == "export_audit"
    assert not [cell for row in told for cell in row.values() if cell.startswith(("=", "+", "-", "@"))]


async def test_the_audit_log_comes_as_json(desk: Desk, client: httpx2.AsyncClient) -> None:
    boss = await desk.admin()
    reply = await create_canned_reply(boss, NewCannedReply("oi", "Oi!", scope="EVERYBODY"))  # type: ignore[arg-type]
    headers = await bearer(desk, boss) | {"accept-language": "en"}
    response = await client.get("/exports/audit.json", params={"objectId": str(reply.id)}, headers=headers)
    (entry,) = response.json()
    assert (entry["action"], entry["detail"]) == ("create_canned_reply", "Added a canned reply.")
    assert entry["after"]["body"] == "Oi!"
    assert len(entry["hash"]) == 64
    nothing = await client.get("/exports/audit.json", params={"objectId": str(uuid4())}, headers=headers)
    assert nothing.json() == []


async def test_who_may_not_export_gets_nothing_and_leaves_no_entry(desk: Desk, client: httpx2.AsyncClient) -> None:
    auditor = await desk.agent(permissions=(Permission.AUDIT_VIEW,))
    headers = await bearer(desk, auditor)
    before = (await desk.db_contents())["audit"]
    assert (await client.get("/exports/audit.csv")).status_code == 401
    assert (await client.get("/exports/audit.csv", headers=headers)).status_code == 403
    assert (await desk.db_contents())["audit"] == before


@pytest.mark.parametrize("query", ["objectId=x", "actorId=1", "from=yesterday&to=2026-01-01T00:00:00Z", "from="])
async def test_a_filter_that_is_none_is_refused(desk: Desk, client: httpx2.AsyncClient, query: str) -> None:
    headers = await bearer(desk, await desk.admin())
    assert (await client.get(f"/exports/audit.csv?{query}", headers=headers)).status_code in (400, 422)
