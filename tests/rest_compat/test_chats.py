"""POST /chat/{id}/handoff/, claim/ and end/."""

import asyncio
from uuid import UUID

import pytest

from api.models.enums import ChatStatus, Priority, Scope
from tests.rest_compat.callers import Door, refusal


async def test_end_chat_answers_the_times_and_repeats_its_answer(door: Door) -> None:
    zé, ana = await door.customer(), await door.agent("tecnico")
    door.desk.clock.advance(seconds=30)
    await ana.post(f"/chat/{zé.id}/claim/")
    door.desk.clock.advance(minutes=4)
    first = await ana.post(f"/chat/{zé.id}/end/", reason="resolved")
    door.desk.clock.advance(minutes=1)
    again = await ana.post(f"/chat/{zé.id}/end/")
    assert first.status_code == again.status_code == 200
    assert first.json() == again.json()
    assert first.json() == {
        "chat_id": zé.id,
        "status": "closed",
        "closed_at": "2026-03-02T15:04:30Z",
        "reason": "resolved",
        "wait_seconds": 30,
        "handle_seconds": 240,
    }


async def test_a_chat_that_nobody_claimed_has_no_handling_time(door: Door) -> None:
    zé = await door.customer()
    door.desk.clock.advance(seconds=75)
    ended = (await zé.call("POST", f"/chat/{zé.id}/end/")).json()
    assert (ended["wait_seconds"], ended["handle_seconds"], ended["reason"]) == (75, None, "customer_left")


async def test_a_chat_that_stayed_with_its_bot_has_no_times(door: Door) -> None:
    bot = await door.key(Scope.CHAT_WRITE)
    chat_id = (await bot.post("/chat/init/", **door.opening(owner="bot"))).json()["chat_id"]
    ended = (await bot.post(f"/chat/{chat_id}/end/")).json()
    assert (ended["wait_seconds"], ended["handle_seconds"]) == (None, None)


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"rating": 6}, "rating"),
        ({"rating": 0}, "rating"),
        ({"rating": "5"}, "rating"),
        ({"rating": True}, "rating"),
        ({"rating": 4.5}, "rating"),
        ({"rating": 5, "comment": "x" * 1001}, "comment"),
        ({"comment": "sem nota"}, "rating"),
        ({"reason": "incident"}, "reason"),
        ({"reason": "boredom"}, "reason"),
    ],
)
async def test_end_chat_ends_nothing_when_something_is_wrong(door: Door, body: dict[str, object], field: str) -> None:
    zé = await door.customer()
    async with door.nothing_changes():
        problem = refusal(await zé.call("POST", f"/chat/{zé.id}/end/", json=body), 400, "INVALID")
    assert list(problem["errors"]) == [field]


async def test_an_agent_cannot_rate_and_the_chat_stays_open(door: Door) -> None:
    zé, ana = await door.customer(), await door.agent("tecnico")
    await ana.post(f"/chat/{zé.id}/claim/")
    async with door.nothing_changes():
        refusal(await ana.post(f"/chat/{zé.id}/end/", rating=5), 403, "FORBIDDEN")


async def test_an_agent_cannot_end_a_chat_of_somebody_else(door: Door) -> None:
    zé, ana, eva = await door.customer(), await door.agent("tecnico"), await door.agent("tecnico")
    async with door.nothing_changes():
        refusal(await ana.post(f"/chat/{zé.id}/end/"), 409, "CONFLICT")
    await ana.post(f"/chat/{zé.id}/claim/")
    async with door.nothing_changes():
        refusal(await eva.post(f"/chat/{zé.id}/end/"), 409, "CONFLICT")


async def test_a_rating_may_follow_the_end(door: Door) -> None:
    zé = await door.customer()
    first = await zé.post(f"/chat/{zé.id}/end/")
    rated = await zé.post(f"/chat/{zé.id}/end/", rating=5.0)
    assert first.json() == rated.json()
    assert (await door.desk.chat(UUID(zé.id))).rating_score == 5


async def test_rating_twice_is_a_conflict_once_nobody_thinks_better_of_it(door: Door) -> None:
    bot = await door.key(Scope.CHAT_WRITE)
    opened = (await bot.post("/chat/init/", **door.opening())).json()
    rating = f"/chat/{opened['chat_id']}/rating/"
    async with door.nothing_changes():
        refusal(await bot.post(rating, rating=5), 409, "CONFLICT")
    await bot.post(f"/chat/{opened['chat_id']}/end/")
    assert (await bot.post(rating, rating=5)).status_code == 200
    door.desk.clock.advance(minutes=11)
    problem = refusal(await bot.post(rating, rating=3), 409, "CONFLICT")
    # The same again says nothing new, and is no fault.
    assert (await bot.post(rating, rating=5)).status_code == 200
    assert list(problem["errors"]) == ["rating"]
    assert (await door.desk.chat(UUID(opened["chat_id"]))).rating_score == 5


async def test_a_closed_chat_takes_no_more_messages_and_its_token_ends(door: Door) -> None:
    zé = await door.customer()
    ana = await door.agent("tecnico")
    await zé.post(f"/chat/{zé.id}/end/")
    async with door.nothing_changes():
        refusal(await ana.post(f"/chat/{zé.id}/message/", text="Espere!"), 409, "CHAT_CLOSED")
    door.desk.clock.advance(minutes=11)
    refusal(await zé.post(f"/chat/{zé.id}/message/", text="Espere!"), 401, "UNAUTHENTICATED")
    refusal(await zé.get(f"/chat/{zé.id}/history/"), 401, "UNAUTHENTICATED")


async def test_a_customer_reopens_their_chat_by_writing_soon_after_the_end(door: Door) -> None:
    zé = await door.customer()
    await zé.post(f"/chat/{zé.id}/end/")
    assert (await zé.post(f"/chat/{zé.id}/message/", text="Espere!")).status_code == 201
    assert (await zé.get(f"/chat/{zé.id}/history/")).json()["status"] == "waiting"


async def test_of_agents_who_claim_at_once_exactly_one_gets_the_chat(door: Door) -> None:
    zé = await door.customer()
    agents = [await door.agent("tecnico") for _ in range(5)]
    answers = await asyncio.gather(*[agent.post(f"/chat/{zé.id}/claim/") for agent in agents])
    assert sorted(answer.status_code for answer in answers) == [200, 409, 409, 409, 409]
    winner = agents[[answer.status_code for answer in answers].index(200)]
    assert str((await door.desk.chat(UUID(zé.id))).agent_id) == winner.id
    # Once more by the winner changes nothing.
    async with door.nothing_changes():
        assert (await winner.post(f"/chat/{zé.id}/claim/")).status_code == 200


async def test_an_agent_claims_up_to_the_own_capacity(door: Door) -> None:
    ana = await door.agent("tecnico", capacity=1)
    await ana.post(f"/chat/{(await door.customer()).id}/claim/")
    one_more = await door.customer()
    async with door.nothing_changes():
        problem = refusal(await ana.post(f"/chat/{one_more.id}/claim/"), 409, "CAPACITY")
    assert problem["detail"].startswith("Você já está com 1 ")


async def test_a_claim_finds_only_open_chats_of_the_own_departments(door: Door) -> None:
    zé, ana = await door.customer(), await door.agent("comercial")
    async with door.nothing_changes():
        refusal(await ana.post(f"/chat/{zé.id}/claim/"), 404, "NOT_FOUND")
        refusal(await zé.post(f"/chat/{zé.id}/claim/"), 403, "FORBIDDEN")
    await zé.post(f"/chat/{zé.id}/end/")
    eva = await door.agent("tecnico")
    async with door.nothing_changes():
        refusal(await eva.post(f"/chat/{zé.id}/claim/"), 409, "CHAT_CLOSED")


async def test_a_bot_says_where_its_chat_goes_how_urgent_it_is_and_what_it_learned(door: Door) -> None:
    bot, ana = await door.key(Scope.CHAT_WRITE), await door.agent("comercial")
    opened = (await bot.post("/chat/init/", **door.opening(owner="bot"))).json()
    at = f"/chat/{opened['chat_id']}/handoff/"
    answer = await bot.post(at, department="comercial", priority="high", summary="Quer mudar de plano")
    assert answer.json()["position"] == 1
    chat = await door.desk.chat(UUID(opened["chat_id"]))
    assert (chat.department_id, chat.priority) == ((await door.desk.department("comercial")).id, Priority.HIGH)
    seen = (await ana.get(f"/chat/{chat.id}/history/")).json()["messages"]
    assert [line["text"] for line in seen if line["kind"] == "note"] == ["Quer mudar de plano"]
    theirs = (await door.bearer(opened["token"]).get(f"/chat/{chat.id}/history/")).json()["messages"]
    assert "note" not in {line["kind"] for line in theirs}


async def test_only_its_own_bot_hands_a_chat_off(door: Door) -> None:
    bot, stranger, ana = await door.key(Scope.CHAT_WRITE), await door.key(Scope.CHAT_WRITE), await door.agent("tecnico")
    opened = (await bot.post("/chat/init/", **door.opening(owner="bot"))).json()
    at = f"/chat/{opened['chat_id']}/handoff/"
    async with door.nothing_changes():
        refusal(await stranger.post(at), 404, "NOT_FOUND")
        refusal(await ana.post(at), 403, "FORBIDDEN")
        refusal(await door.bearer(opened["token"]).post(at), 403, "FORBIDDEN")
        refusal(await door.anybody.post(at), 401, "UNAUTHENTICATED")
        refusal(await bot.post(at, department="nowhere"), 404, "NOT_FOUND")
        refusal(await bot.post(at, team="comercial"), 400, "INVALID")
    assert (await bot.call("POST", at)).json()["status"] == "waiting"
    assert (await door.desk.chat(UUID(opened["chat_id"]))).status is ChatStatus.WAITING
