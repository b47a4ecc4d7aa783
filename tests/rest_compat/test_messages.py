"""GET /chat/{id}/history/ and POST /chat/{id}/message/."""

import asyncio
from uuid import UUID

import pytest

from api.models.enums import MessageKind, Scope
from api.resolvers.messages import send_message as send
from tests.rest_compat.callers import Door, refusal


async def test_send_message_stores_and_numbers_a_line(door: Door) -> None:
    zé = await door.customer()
    response = await zé.post(f"/chat/{zé.id}/message/", text="  Alguém aí?\nOlá! 👋  ")
    assert response.status_code == 201
    assert set(response.json()) == {"id", "seq", "sent_at"}
    assert (response.json()["seq"], response.json()["sent_at"]) == (2, "2026-03-02T15:00:00Z")
    assert await door.desk.lines(UUID(zé.id)) == ["Sem internet", "Alguém aí?\nOlá! 👋"]


async def test_fifty_sends_at_once_with_one_client_id_are_one_line(door: Door) -> None:
    zé = await door.customer()
    sends = [zé.post(f"/chat/{zé.id}/message/", text="Oi", client_id="c1") for _ in range(50)]
    answers = await asyncio.gather(*sends)
    assert sorted(answer.status_code for answer in answers) == [200] * 49 + [201]
    assert len({answer.text for answer in answers}) == 1
    assert await door.desk.lines(UUID(zé.id)) == ["Sem internet", "Oi"]


async def test_a_client_id_is_not_taken_for_other_words(door: Door) -> None:
    zé = await door.customer()
    await zé.post(f"/chat/{zé.id}/message/", text="Oi", client_id="c1")
    async with door.nothing_changes():
        refusal(await zé.post(f"/chat/{zé.id}/message/", text="Tchau", client_id="c1"), 422, "IDEMPOTENCY_MISMATCH")


@pytest.mark.parametrize(
    ("body", "errors"),
    [
        ({}, {"text": ["Preencha este campo."]}),
        ({"text": "  "}, {"text": ["Preencha este campo."]}),
        ({"text": None}, {"text": ["Valor inválido."]}),
        ({"text": 5}, {"text": ["Valor inválido."]}),
        ({"text": "a\0b"}, {"text": ["O texto tem caracteres que não podemos guardar."]}),
        ({"text": "x" * 4001}, {"text": ["Use no máximo 4000 caracteres."]}),
        ({"text": "Oi", "client_id": "c" * 65}, {"client_id": ["Use no máximo 64 caracteres."]}),
        ({"text": "Oi", "client_id": " "}, {"client_id": ["Preencha este campo."]}),
        ({"text": "Oi", "client_id": "a\0"}, {"client_id": ["O texto tem caracteres que não podemos guardar."]}),
        ({"text": "Oi", "kind": "note"}, {"kind": ["Campo desconhecido."]}),
    ],
)
async def test_send_message_tells_what_is_wrong(door: Door, body: dict[str, object], errors: dict[str, object]) -> None:
    zé = await door.customer()
    async with door.nothing_changes():
        problem = refusal(await zé.call("POST", f"/chat/{zé.id}/message/", json=body), 400, "INVALID")
    assert problem["errors"] == errors


async def test_send_message_takes_the_longest_text_and_gives_it_back(door: Door) -> None:
    zé = await door.customer()
    text = "ção" * 1333 + "!"
    assert (await zé.post(f"/chat/{zé.id}/message/", text=text)).status_code == 201
    assert (await zé.get(f"/chat/{zé.id}/history/", after=1)).json()["messages"][0]["text"] == text


async def test_a_client_id_of_blanks_and_letters_is_short_enough_or_refused(door: Door) -> None:
    zé = await door.customer()
    response = await zé.post(f"/chat/{zé.id}/message/", text="Oi", client_id=f"a{' ' * 200}b")
    assert response.status_code == 201


@pytest.mark.settings(rate_message="1/minute")
async def test_a_customer_sends_only_so_many_messages(door: Door) -> None:
    zé = await door.customer()
    await zé.post(f"/chat/{zé.id}/message/", text="Oi")
    async with door.nothing_changes():
        response = await zé.post(f"/chat/{zé.id}/message/", text="Oi de novo")
        refusal(response, 429, "RATE_LIMITED")
    assert int(response.headers["retry-after"]) >= 1


async def test_history_reads_on_from_where_it_stopped(door: Door) -> None:
    zé = await door.customer()
    for number in range(2, 6):
        await zé.post(f"/chat/{zé.id}/message/", text=f"Linha {number}")
    at = f"/chat/{zé.id}/history/"

    first = (await zé.get(at, limit=2)).json()
    second = (await zé.get(at, after=first["next_after"], limit=2)).json()
    rest = (await zé.get(at, after=second["next_after"], limit=2)).json()
    nothing = (await zé.get(at, after=rest["next_after"])).json()

    pages = [first, second, rest, nothing]
    assert [[line["seq"] for line in page["messages"]] for page in pages] == [[1, 2], [3, 4], [5], []]
    assert [(page["next_after"], page["has_more"]) for page in pages] == [(2, True), (4, True), (5, False), (5, False)]
    assert (first["status"], first["position"], first["agent"]) == ("waiting", 1, None)


@pytest.mark.parametrize(
    "query",
    ["limit=0", "limit=201", "after=-1", "after=1.5", "after=x", "after=99999999999", "limit=5&limit=6", "before=1"],
)
async def test_history_refuses_odd_parameters(door: Door, query: str) -> None:
    zé = await door.customer()
    problem = refusal(await zé.call("GET", f"/chat/{zé.id}/history/?{query}"), 400, "INVALID")
    assert list(problem["errors"]) == [query.split("=")[0]]


async def test_notes_reach_staff_only(door: Door) -> None:
    bot = await door.key(Scope.CHAT_WRITE)
    opened = (await bot.post("/chat/init/", **door.opening())).json()
    chat_id = opened["chat_id"]
    ana = await door.agent("tecnico")
    boss = await door.desk.agent("tecnico")
    await send(boss, UUID(chat_id), body="Cliente difícil", kind=MessageKind.NOTE)

    seen = {}
    for name, caller in (("bot", bot), ("customer", door.bearer(opened["token"])), ("agent", ana)):
        history = (await caller.get(f"/chat/{chat_id}/history/")).json()
        seen[name] = [line["kind"] for line in history["messages"]]
    assert seen == {"bot": ["text"], "customer": ["text"], "agent": ["text", "note"]}


async def test_another_customers_chat_is_not_found(door: Door) -> None:
    zé, eva = await door.customer(), await door.customer()
    nowhere = "00000000-0000-7000-8000-000000000000"
    async with door.nothing_changes():
        theirs = refusal(await eva.get(f"/chat/{zé.id}/history/"), 404, "NOT_FOUND")
        unknown = refusal(await eva.get(f"/chat/{nowhere}/history/"), 404, "NOT_FOUND")
        malformed = refusal(await eva.get("/chat/1/history/"), 404, "NOT_FOUND")
        refusal(await eva.post(f"/chat/{zé.id}/message/", text="Oi"), 404, "NOT_FOUND")
        refusal(await eva.post(f"/chat/{zé.id}/end/"), 404, "NOT_FOUND")
    assert theirs == unknown == malformed


async def test_an_agent_of_another_department_and_another_bot_find_nothing(door: Door) -> None:
    bot = await door.key(Scope.CHAT_WRITE)
    chat_id = (await bot.post("/chat/init/", **door.opening())).json()["chat_id"]
    for caller in (await door.agent("comercial"), await door.key(Scope.CHAT_WRITE)):
        async with door.nothing_changes():
            refusal(await caller.get(f"/chat/{chat_id}/history/"), 404, "NOT_FOUND")
            refusal(await caller.post(f"/chat/{chat_id}/message/", text="Oi"), 404, "NOT_FOUND")
