"""POST /chat/init/."""

import asyncio

import pytest
from sqlalchemy import select

from api.business_hours import Stretch
from api.models import Chat, Customer, Message
from api.models.enums import Category, Channel, ChatStatus, CpfPolicy, Priority, Scope, WhenClosed
from api.resolvers.challenges import issue_challenge
from api.resolvers.departments import DepartmentChange, update_department
from tests.resolvers.test_challenges import solved
from tests.rest_compat.callers import Door, refusal


async def test_open_chat_puts_the_customer_into_the_queue(door: Door) -> None:
    response = await door.anybody.post("/chat/init/", **door.opening(category="outage", phone="11 98765-4321"))

    assert response.status_code == 201
    opened = response.json()
    assert list(opened) == [
        "chat_id",
        "protocol",
        "token",
        "kind",
        "status",
        "position",
        "estimated_wait_seconds",
        "incident",
        "maintenance",
        "created_at",
    ]
    assert opened["protocol"] == "20260302-000001"
    assert opened["token"].startswith("chat_")
    assert (opened["status"], opened["position"], opened["estimated_wait_seconds"]) == ("waiting", 1, None)
    assert opened["created_at"] == "2026-03-02T15:00:00Z"
    [chat] = await _chats(door)
    assert (chat.status, chat.category, chat.channel) == (ChatStatus.WAITING, Category.OUTAGE, Channel.API)


async def test_open_chat_takes_a_department_by_its_id(door: Door) -> None:
    tecnico = await door.desk.department("tecnico")
    response = await door.anybody.post("/chat/init/", **door.opening(department=str(tecnico.id)))
    assert response.status_code == 201
    assert [chat.department_id for chat in await _chats(door)] == [tecnico.id]


async def test_open_chat_names_every_field_at_fault_in_both_languages(door: Door) -> None:
    given = door.opening(name=" ", cpf="111.111.111-11", email="nobody", phone="12")
    async with door.nothing_changes():
        portuguese = refusal(await door.anybody.post("/chat/init/", **given), 400, "INVALID")
        english = refusal(
            await door.anybody.post("/chat/init/", headers={"accept-language": "en"}, **given), 400, "INVALID"
        )
    assert portuguese["errors"] == {
        "name": ["Preencha este campo."],
        "cpf": ["CPF inválido."],
        "email": ["E-mail inválido."],
        "phone": ["Telefone inválido."],
    }
    assert english["errors"]["cpf"] == ["Invalid CPF."]


async def test_open_chat_names_what_is_missing_and_what_is_unknown(door: Door) -> None:
    async with door.nothing_changes():
        problem = refusal(await door.anybody.post("/chat/init/", name="Zé", idade=40), 400, "INVALID")
    assert problem["errors"] == {
        "message": ["Preencha este campo."],
        "department": ["Preencha este campo."],
        "idade": ["Campo desconhecido."],
    }


async def test_open_chat_takes_null_as_not_given(door: Door) -> None:
    response = await door.anybody.post("/chat/init/", **door.opening(email=None, phone=None, external_id=None))
    assert response.status_code == 201


async def test_open_chat_asks_for_the_cpf_where_the_department_does(door: Door) -> None:
    tecnico = (await door.desk.department("tecnico")).id
    async with door.nothing_changes():
        problem = refusal(await door.anybody.post("/chat/init/", **door.opening(cpf=None)), 400, "INVALID")
    assert problem["errors"] == {"cpf": ["Preencha este campo."]}
    await update_department(await door.desk.admin(), tecnico, DepartmentChange(cpf_policy=CpfPolicy.OPTIONAL))
    assert (await door.anybody.post("/chat/init/", **door.opening(cpf=None))).status_code == 201


async def test_open_chat_does_not_find_a_department_that_is_not_there(door: Door) -> None:
    async with door.nothing_changes():
        problem = refusal(await door.anybody.post("/chat/init/", **door.opening(department="vendas")), 404, "NOT_FOUND")
    assert problem["errors"] == {"department": ["Não encontramos esse setor."]}


async def test_open_chat_refuses_an_inactive_department(door: Door) -> None:
    tecnico = (await door.desk.department("tecnico")).id
    await update_department(await door.desk.admin(), tecnico, DepartmentChange(active=False))
    async with door.nothing_changes():
        refusal(await door.anybody.post("/chat/init/", **door.opening()), 400, "INVALID")


@pytest.mark.parametrize(("field", "value"), [("external_id", "wa:1"), ("owner", "bot"), ("priority", "urgent")])
async def test_open_chat_keeps_some_fields_for_api_keys(door: Door, field: str, value: str) -> None:
    async with door.nothing_changes():
        problem = refusal(await door.anybody.post("/chat/init/", **door.opening(**{field: value})), 400, "INVALID")
    assert problem["errors"] == {field: ["Este campo precisa de uma chave de API."]}


async def test_a_key_without_chat_write_opens_as_anybody_does(door: Door) -> None:
    reader = await door.key(Scope.METRICS_READ)
    async with door.nothing_changes():
        refusal(await reader.post("/chat/init/", **door.opening(priority="high")), 400, "INVALID")


async def test_a_bot_sets_priority_channel_and_owner(door: Door) -> None:
    bot = await door.key(Scope.CHAT_WRITE)
    opened = await bot.post("/chat/init/", **door.opening(priority="URGENT", channel="Telegram", owner="bot"))
    assert (opened.status_code, opened.json()["status"]) == (201, "bot")
    [chat] = await _chats(door)
    assert (chat.priority, chat.channel, chat.status) == (Priority.URGENT, Channel.TELEGRAM, ChatStatus.BOT)


async def test_a_redelivered_message_of_a_channel_opens_no_second_chat(door: Door) -> None:
    bot = await door.key(Scope.CHAT_WRITE)
    first = await bot.post("/chat/init/", **door.opening(channel="whatsapp", external_id="wa:1"))
    again = await bot.post("/chat/init/", **door.opening(channel="whatsapp", external_id="wa:1", message="De novo"))
    elsewhere = await bot.post("/chat/init/", **door.opening(channel="telegram", external_id="wa:1"))
    assert [response.status_code for response in (first, again, elsewhere)] == [201, 200, 201]
    assert first.json()["chat_id"] == again.json()["chat_id"] != elsewhere.json()["chat_id"]
    # The token of the first answer has been replaced.
    refusal(
        await door.bearer(first.json()["token"]).get(f"/chat/{first.json()['chat_id']}/history/"),
        401,
        "UNAUTHENTICATED",
    )
    renewed = door.bearer(again.json()["token"])
    assert (await renewed.get(f"/chat/{first.json()['chat_id']}/history/")).status_code == 200


async def test_an_idempotency_key_answers_the_same_chat(door: Door) -> None:
    given, key = door.opening(), {"idempotency-key": "7f3a"}
    first = await door.anybody.post("/chat/init/", headers=key, **given)
    again = await door.anybody.post("/chat/init/", headers=key, **given)
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() | {"token": ""} == again.json() | {"token": ""}
    assert first.json()["token"] != again.json()["token"]
    async with door.nothing_changes():
        problem = refusal(
            await door.anybody.post("/chat/init/", headers=key, **given | {"message": "Outra coisa"}),
            422,
            "IDEMPOTENCY_MISMATCH",
        )
    assert "errors" not in problem


@pytest.mark.parametrize("key", ["k" * 129, "a\tb", "a b", ""])
async def test_an_odd_idempotency_key_is_refused(door: Door, key: str) -> None:
    async with door.nothing_changes():
        problem = refusal(
            await door.anybody.post("/chat/init/", headers={"idempotency-key": key}, **door.opening()), 400, "INVALID"
        )
    assert list(problem["errors"]) == ["Idempotency-Key"]


async def test_twenty_openings_at_once_with_one_key_open_one_chat(door: Door) -> None:
    given, key = door.opening(), {"idempotency-key": "at-once"}
    posts = [door.anybody.post("/chat/init/", headers=key, **given) for _ in range(20)]
    answers = await asyncio.gather(*posts)
    assert sorted(answer.status_code for answer in answers) == [200] * 19 + [201]
    assert len({answer.json()["chat_id"] for answer in answers}) == 1
    assert [await door.desk.count(table) for table in (Chat, Customer, Message)] == [1, 1, 1]


@pytest.mark.settings(rate_open="2/minute")
async def test_an_address_opens_only_so_many_chats(door: Door) -> None:
    for _ in range(2):
        await door.customer()
    async with door.nothing_changes():
        response = await door.anybody.post("/chat/init/", **door.opening())
        refusal(response, 429, "RATE_LIMITED")
    assert 1 <= int(response.headers["retry-after"]) <= 60
    bot = await door.key(Scope.CHAT_WRITE)
    assert (await bot.post("/chat/init/", **door.opening())).status_code == 201


async def test_out_of_hours_a_refused_opening_is_repeated_as_a_ticket_with_the_same_key(door: Door) -> None:
    change = DepartmentChange(hours=(Stretch(1, 480, 1080),), when_closed=WhenClosed.TICKET)
    await update_department(await door.desk.admin(), (await door.desk.department("tecnico")).id, change)
    given, key = door.opening(), {"idempotency-key": "closed"}
    async with door.nothing_changes():
        problem = refusal(await door.anybody.post("/chat/init/", headers=key, **given), 409, "DEPARTMENT_CLOSED")
    assert problem["detail"] == "Este setor está fechado e abre amanhã às 08:00. Deixe um chamado, ou volte depois."
    async with door.nothing_changes():
        unreachable = await door.anybody.post("/chat/init/", headers=key, **given | {"ticket": True})
        assert list(refusal(unreachable, 400, "INVALID")["errors"]) == ["phone"]
    as_ticket = given | {"ticket": True, "phone": "(11) 98765-4321"}
    opened = await door.anybody.post("/chat/init/", headers=key, **as_ticket)
    assert opened.status_code == 201
    assert [opened.json()[name] for name in ("kind", "status", "position")] == ["ticket", "waiting", None]
    customer = door.bearer(opened.json()["token"])
    history = (await customer.get(f"/chat/{opened.json()['chat_id']}/history/")).json()
    assert [line["text"] for line in history["messages"]] == [
        given["message"],
        f"Recebemos o seu chamado: {opened.json()['protocol']}.",
    ]


async def test_a_bot_hands_off_a_ticket_out_of_hours(door: Door) -> None:
    change = DepartmentChange(hours=(Stretch(1, 480, 1080),), when_closed=WhenClosed.TICKET)
    await update_department(await door.desk.admin(), (await door.desk.department("tecnico")).id, change)
    bot = await door.key(Scope.CHAT_WRITE)
    opened = (await bot.post("/chat/init/", **door.opening(owner="bot"))).json()
    at = f"/chat/{opened['chat_id']}/handoff/"
    async with door.nothing_changes():
        refusal(await bot.post(at), 409, "DEPARTMENT_CLOSED")
    assert (await bot.post(at, ticket=True)).json()["status"] == "waiting"


async def _chats(door: Door) -> list[Chat]:
    async with door.desk.db.read() as session:
        return list((await session.execute(select(Chat))).scalars())


@pytest.mark.settings(challenge="always", challenge_bits=8)
async def test_a_script_without_a_key_is_asked_for_proof_and_a_bot_never_is(door: Door) -> None:
    async with door.nothing_changes():
        problem = refusal(await door.anybody.post("/chat/init/", **door.opening()), 403, "PROOF_NEEDED")
        assert "chave de API" in problem["detail"]
    proof = solved(await issue_challenge(door.desk.anonymous))
    assert (await door.anybody.post("/chat/init/", **door.opening(), proof=proof)).status_code == 201
    bot = await door.key(Scope.CHAT_WRITE)
    assert (await bot.post("/chat/init/", **door.opening())).status_code == 201


async def test_open_chat_keeps_when_the_customer_went_on_below_the_notice(door: Door) -> None:
    opened: list[str] = []
    for consent in ({"consent": True}, {"consent": False}, {}):
        response = await door.anybody.post("/chat/init/", **door.opening(**consent))
        assert response.status_code == 201
        opened.append(response.json()["chat_id"])
    kept = {str(chat.id): chat.consented_at for chat in await _chats(door)}
    assert [kept[chat_id] for chat_id in opened] == [door.desk.clock.now, None, None]
    async with door.nothing_changes():
        odd = await door.anybody.post("/chat/init/", **door.opening(consent="sim"))
    assert list(refusal(odd, 400, "INVALID")["errors"]) == ["consent"]
