"""Whole chats over REST alone."""

from uuid import UUID

from api.models.enums import Scope
from tests.rest_compat.callers import Door, refusal


async def test_a_customer_and_an_agent_have_a_whole_chat(door: Door) -> None:
    ana = await door.agent("tecnico", name="Ana")
    assert (await ana.post("/agent/status/", status="online")).json()["status"] == "online"

    opened = await door.anybody.post("/chat/init/", **door.opening(message="Estou sem internet."))
    assert opened.status_code == 201
    chat = opened.json()
    assert (chat["status"], chat["position"]) == ("waiting", 1)
    zé = door.bearer(chat["token"])
    at = f"/chat/{chat['chat_id']}"

    door.desk.clock.advance(seconds=42)
    [waiting] = (await ana.get("/agent/queue/")).json()
    assert waiting["chat_id"] == chat["chat_id"]
    assert (waiting["customer"], waiting["wait_seconds"], waiting["position"]) == ("Zé", 42, 1)
    assert waiting["preview"] == "Estou sem internet."

    refusal(await ana.post(f"{at}/message/", text="Olá!"), 409, "CONFLICT")
    claimed = await ana.post(f"{at}/claim/")
    assert (claimed.status_code, claimed.json()["status"]) == (200, "active")
    assert (await ana.get("/agent/queue/")).json() == []
    assert (await ana.post(f"{at}/message/", text="Olá, Zé!")).status_code == 201
    assert (await zé.post(f"{at}/message/", text="Oi, Ana.")).status_code == 201

    history = (await zé.get(f"{at}/history/")).json()
    assert (history["status"], history["agent"], history["position"]) == ("active", {"name": "Ana"}, None)
    assert [(line["sender"], line["kind"], line["text"]) for line in history["messages"]] == [
        ("customer", "text", "Estou sem internet."),
        ("system", "event", "Ana entrou na conversa."),
        ("agent", "text", "Olá, Zé!"),
        ("customer", "text", "Oi, Ana."),
    ]

    door.desk.clock.advance(seconds=300)
    ended = (await zé.post(f"{at}/end/", rating=5, comment="Rápida!")).json()
    assert (ended["status"], ended["reason"]) == ("closed", "customer_left")
    assert (ended["wait_seconds"], ended["handle_seconds"]) == (42, 300)
    stored = await door.desk.chat(UUID(chat["chat_id"]))
    assert (stored.rating_score, stored.rating_comment) == (5, "Rápida!")
    refusal(await ana.post(f"{at}/message/", text="Até logo"), 409, "CHAT_CLOSED")


async def test_a_bot_talks_first_and_hands_off_to_people(door: Door) -> None:
    bot = await door.key(Scope.CHAT_WRITE)
    ana = await door.agent("tecnico", name="Ana")
    given = door.opening(channel="whatsapp", external_id="wa:5511987654321", owner="bot", priority="high")

    opened = await bot.post("/chat/init/", **given)
    chat = opened.json()
    assert (opened.status_code, chat["status"], chat["position"]) == (201, "bot", None)
    again = await bot.post("/chat/init/", **given)
    assert (again.status_code, again.json()["chat_id"]) == (200, chat["chat_id"])
    at = f"/chat/{chat['chat_id']}"

    assert (await bot.post(f"{at}/message/", text="Sou o robô. Reinicie o roteador.")).status_code == 201
    assert (await ana.get("/agent/queue/")).json() == []
    handed = (await bot.post(f"{at}/handoff/")).json()
    assert (handed["status"], handed["position"]) == ("waiting", 1)
    assert (await bot.post(f"{at}/handoff/")).json() == handed
    refusal(await bot.post(f"{at}/message/", text="Ainda aqui"), 409, "CONFLICT")

    [waiting] = (await ana.get("/agent/queue/", department="tecnico")).json()
    assert (waiting["priority"], waiting["channel"]) == ("high", "whatsapp")
    assert waiting["preview"] == "Sem internet"
    await ana.post(f"{at}/claim/")
    await ana.post(f"{at}/message/", text="Olá, aqui é a Ana.")

    history = (await bot.get(f"{at}/history/", after=2)).json()
    assert [line["sender"] for line in history["messages"]] == ["system", "system", "agent"]
    refusal(await bot.post(f"{at}/handoff/"), 409, "CONFLICT")
    ended = (await bot.post(f"{at}/end/", reason="resolved", rating=4)).json()
    assert (ended["status"], ended["reason"]) == ("closed", "resolved")
    assert (await bot.post(f"{at}/end/")).json() == ended

    opened = await bot.post("/chat/init/", **given)
    assert opened.status_code == 201
    assert opened.json()["chat_id"] != chat["chat_id"]
