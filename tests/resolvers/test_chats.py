"""The life of a chat after its opening."""

from api.models.enums import ChatStatus
from api.resolvers.chats import claim_chat
from tests.people import Desk, person


async def test_claim_chat_gives_a_waiting_chat_to_the_agent(desk: Desk) -> None:
    ana = await desk.agent("tecnico")
    chat = await claim_chat(ana, (await desk.waiting()).id)
    assert chat.status is ChatStatus.ACTIVE
    assert chat.agent_id == person(ana).user_id
