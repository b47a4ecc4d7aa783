"""What the panels download: the history as CSV and JSON, a transcript as text."""

import csv
import json
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import httpx2
import pytest
from sqlalchemy import select

from api.app import app_on
from api.context import Context
from api.models import AuditEntry, Chat
from api.models.enums import MessageKind, Permission
from api.resolvers.chats import ChatFilter
from api.resolvers.claims import claim_chat
from api.resolvers.closings import close_chat, rate_chat
from api.resolvers.exports import export_chats
from api.resolvers.indexing import index_chats
from api.resolvers.messages import send_message
from api.resolvers.tokens import create_token
from tests.people import Desk, valid_cpf

CPF = valid_cpf(123_456_789)


class Door:
    """Somebody who downloads."""

    def __init__(self, desk: Desk, client: httpx2.AsyncClient) -> None:
        self.desk, self.client = desk, client

    async def get(self, path: str, who: Context | None = None, **params: Any) -> httpx2.Response:
        headers = {}
        if who is not None:
            token = await create_token(self.desk.system, email=(await self.desk.user(who)).email)
            headers["authorization"] = f"Bearer {token}"
        return await self.client.get(f"/exports/{path}", headers=headers, params=params)


@pytest.fixture
async def door(desk: Desk) -> AsyncIterator[Door]:
    transport = httpx2.ASGITransport(app=app_on(desk.running))
    async with httpx2.AsyncClient(transport=transport, base_url="http://desk.example") as client:
        yield Door(desk, client)


def rows_of(answer: httpx2.Response) -> list[dict[str, str]]:
    assert answer.status_code == 200, answer.text
    text = answer.content.decode("utf-8-sig")
    assert text.encode() != answer.content, "the mark that Excel looks for is missing"
    return list(csv.DictReader(text.splitlines(), delimiter=";"))


async def ended(desk: Desk, **values: Any) -> Chat:
    """A chat that waited 30 s, was attended for 4 min, and was rated."""
    ana = await desk.agent("tecnico", name="Ana")
    chat = await desk.waiting(cpf=CPF, **values)
    desk.clock.advance(seconds=30)
    await claim_chat(ana, chat.id)
    desk.clock.advance(minutes=4)
    closed = await close_chat(ana, chat.id)
    await rate_chat(desk.as_customer(closed), chat.id, score=4, comment="=1+1")
    return closed


async def entries(desk: Desk) -> list[AuditEntry]:
    async with desk.db.read() as session:
        query = select(AuditEntry).where(AuditEntry.action == "export_chats")  # type: ignore[arg-type] - SQLModel's column
        return list((await session.execute(query)).scalars())


async def test_the_history_as_csv(desk: Desk, door: Door) -> None:
    boss = await desk.admin()
    chat = await ended(desk, name="+Zé")
    answer = await door.get("history.csv", boss)
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.headers["content-disposition"] == 'attachment; filename="historico-2026-03-02.csv"'
    assert rows_of(answer) == [
        {
            "Protocolo": chat.protocol,
            "Canal": "WIDGET",
            "Categoria": "OTHER",
            "Assunto": "",
            "Cliente": "'+Zé",
            "CPF": "***.456.789-**",
            "Setor": "Técnico",
            "Atendente": "Ana",
            "Aberto em": "2026-03-02 12:00:00",
            "Encerrado em": "2026-03-02 12:04:30",
            "Motivo": "RESOLVED",
            "Espera (s)": "30",
            "Atendimento (s)": "240",
            "Resolução (s)": "270",
            "Nota": "4",
            "Comentário": "'=1+1",
        }
    ]


async def test_the_history_as_json(desk: Desk, door: Door) -> None:
    boss = await desk.admin()
    assert json.loads((await door.get("history.json", boss)).content) == []
    chat = await ended(desk)
    (found,) = json.loads((await door.get("history.json", boss)).content)
    assert found["id"] == str(chat.id)
    assert found["closed_at"] == "2026-03-02T15:04:30Z"
    assert (found["wait_seconds"], found["handle_seconds"], found["comment"]) == (30, 240, "=1+1")


async def test_an_export_of_any_length_has_each_chat_once(desk: Desk, door: Door) -> None:
    boss, ana = await desk.admin(), await desk.agent("tecnico")
    chats = [await desk.closed(ana) for _ in range(103)]
    rows = rows_of(await door.get("history.csv", boss))
    assert [row["Protocolo"] for row in rows] == [chat.protocol for chat in reversed(chats)]


async def test_filters_and_searches_narrow_an_export(desk: Desk, door: Door) -> None:
    boss = await desk.admin()
    mine, other = await ended(desk, message="Sem conexão"), await ended(desk)
    await index_chats(desk.system)
    for params, expected in (
        ({"q": "conexao"}, [mine]),
        ({"from": "2026-03-02", "to": "2026-03-02"}, [other, mine]),
        ({"to": "2026-03-01"}, []),
        ({"from": "2026-03-02T15:05:00Z"}, [other]),
        ({"department": str(other.department_id), "agent": str(other.agent_id)}, [other]),
        ({"customer": str(mine.customer_id), "channel": "WIDGET,API", "category": "OTHER"}, [other, mine]),
        ({"reason": "ABANDONED"}, []),
        ({"score": "4,5"}, [other, mine]),
        ({"score": ""}, [other, mine]),
        ({"view": "ratings", "from": "2026-03-02T15:05:00Z"}, [other]),
        ({"view": "ratings", "score": "1"}, []),
    ):
        rows = rows_of(await door.get("history.csv", boss, **params))
        assert [row["Protocolo"] for row in rows] == [chat.protocol for chat in expected], params


async def test_an_export_is_kept_in_the_audit(desk: Desk, door: Door) -> None:
    boss = await desk.admin()
    await door.get("history.csv", boss, q="conexão", score="1,2")
    (entry,) = await entries(desk)
    assert (entry.actor, entry.object) == (boss.principal.actor, "chats")
    assert entry.after == {"form": "csv", "cpf": "masked", "filter": {"search": "…", "score": [1, 2]}}


async def test_whole_cpfs_need_their_permission_and_are_told_in_the_audit(desk: Desk, door: Door) -> None:
    boss, rui = await desk.admin(), await desk.supervisor(permissions=(Permission.EXPORT,))
    await ended(desk)
    (row,) = rows_of(await door.get("history.csv", boss, cpf="whole"))
    assert row["CPF"] == CPF
    assert [entry.after and entry.after["cpf"] for entry in await entries(desk)] == ["whole"]
    refused = await door.get("history.csv", rui, cpf="whole")
    assert (refused.status_code, refused.json()["code"]) == (403, "FORBIDDEN")
    assert len(await entries(desk)) == 1


async def test_who_may_not_export_gets_nothing(desk: Desk, door: Door) -> None:
    for who in (await desk.supervisor(), await desk.agent("tecnico"), await desk.analyst()):
        for path in ("history.csv", "history.json"):
            assert (await door.get(path, who)).status_code == 403
    assert (await door.get("history.csv")).status_code == 401
    assert await entries(desk) == []


async def test_an_agent_exports_only_what_they_may_see(desk: Desk, door: Door) -> None:
    bia = await desk.agent("comercial", permissions=(Permission.EXPORT,))
    await ended(desk)
    hers = await desk.closed(bia, "comercial")
    rows = rows_of(await door.get("history.csv", bia))
    assert [row["Protocolo"] for row in rows] == [hers.protocol]


async def test_without_the_right_to_see_customers_there_is_no_cpf(desk: Desk) -> None:
    await ended(desk)
    boss = await desk.admin()
    blind = desk.as_(_without(boss.principal, Permission.CUSTOMER_VIEW))
    (page,) = [page async for page in await export_chats(blind, ChatFilter(), form="csv")]
    assert [row.cpf for row in page] == [None]


def _without(principal: Any, permission: Permission) -> Any:
    return replace(principal, permissions=principal.permissions - {permission})


@pytest.mark.parametrize(
    ("params", "field"),
    [
        ({"from": "yesterday"}, "from"),
        ({"department": "x"}, "department"),
        ({"channel": "FAX"}, "channel"),
        ({"score": "many"}, "score"),
        ({"cpf": "please"}, "cpf"),
        ({"q": "x" * 201}, "search"),
        ({"page": "2"}, "page"),
    ],
)
async def test_what_cannot_be_read_is_told_by_its_field(
    desk: Desk, door: Door, params: dict[str, str], field: str
) -> None:
    answer = await door.get("history.csv", await desk.admin(), **params)
    assert (answer.status_code, answer.json()["code"]) == (400, "INVALID")
    assert list(answer.json()["errors"]) == [field]


async def test_a_transcript_as_text_has_every_line(desk: Desk, door: Door) -> None:
    ana = await desk.agent("tecnico", name="Ana")
    chat = await desk.active(ana, message="Oi\nTudo bem?")
    for number in range(120):
        await send_message(ana, chat.id, body=f"Linha {number}")
    await send_message(ana, chat.id, body="Só nossa", kind=MessageKind.NOTE)
    answer = await door.get(f"chats/{chat.id}.txt", ana)
    lines = answer.text.split("\r\n")
    assert answer.headers["content-disposition"] == f'attachment; filename="{chat.protocol}.txt"'
    assert lines[0] == f"{chat.protocol}  Zé"
    assert lines[2:4] == ["[2026-03-02 12:00:00] Zé (CUSTOMER, TEXT): Oi", "    Tudo bem?"]
    assert [line for line in lines if "Linha" in line] == [
        f"[2026-03-02 12:00:00] Ana (AGENT, TEXT): Linha {number}" for number in range(120)
    ]
    assert lines[-2] == "[2026-03-02 12:00:00] Ana (AGENT, NOTE): Só nossa"


async def test_a_transcript_of_somebody_elses_chat_is_not_found(desk: Desk, door: Door) -> None:
    chat = await desk.waiting("tecnico")
    bia = await desk.agent("comercial")
    for path in (f"chats/{chat.id}.txt", "chats/none.txt"):
        answer = await door.get(path, bia)
        assert (answer.status_code, answer.json()["code"]) == (404, "NOT_FOUND")
