"""No statement per row: what the panel reads takes as many statements for fifty rows as for one."""

from typing import Any

from api.context import Context
from api.models.enums import Permission
from api.resolvers.messages import send_message
from api.schema import build_schema
from api.schema.base import Request
from tests.people import Desk
from tests.statements import statements_of

ROWS = 50

QUEUE = """query($id: ID!) {
  queue(departmentId: $id) {
    cursor waiting oldestWait agentsOnline
    entries(first: 50) {
      edges { cursor }
      pageInfo { endCursor }
      nodes {
        id protocol customerName queuedAt waiting position estimatedWait { atMost } unread
        department { name } agent { name } lastMessage { body }
      }
    }
  }
}"""
CONVERSATION = """query($id: ID!) {
  chat(id: $id) {
    id cursor status department { name } agent { name } agentName customer { name } unread
    lastMessage { body } legs { outcome department { name } agent { name } }
    messages(last: 50) { pageInfo { startCursor } nodes { id seq body sender senderName sentAt } }
  }
}"""
CHATS = """query {
  chats(first: 50, filter: {status: [ACTIVE]}) {
    nodes { id waiting department { name } agent { name } customer { name } lastMessage { body } unread }
  }
}"""


async def asked(desk: Desk, ctx: Context, text: str, **variables: Any) -> tuple[Any, int]:
    """The data of an answer, and how many statements it took."""
    with statements_of(desk.db) as said:
        result = await build_schema().by_plan(text, variables, Request(ctx, desk.running), None)
    assert result is not None
    assert not result.errors
    return result.data, len(said)


async def test_a_page_of_the_queue_takes_twelve_statements_for_one_who_waits_and_for_fifty(desk: Desk) -> None:
    ana, queue = await desk.agent("tecnico"), str((await desk.department("tecnico")).id)
    await desk.waiting()
    one, for_one = await asked(desk, ana, QUEUE, id=queue)
    for _ in range(ROWS - 1):
        await desk.waiting()
    many, for_many = await asked(desk, ana, QUEUE, id=queue)
    assert [len(data["queue"]["entries"]["nodes"]) for data in (one, many)] == [1, ROWS]
    assert (for_one, for_many) == (12, 12)


async def test_a_conversation_takes_nine_statements_for_one_line_and_for_fifty(desk: Desk) -> None:
    ana = await desk.agent("tecnico", permissions=(Permission.CUSTOMER_VIEW,))
    chat = await desk.active(ana)
    one, for_one = await asked(desk, ana, CONVERSATION, id=str(chat.id))
    for number in range(ROWS):
        await send_message(ana, chat.id, body=f"Linha {number}")
    many, for_many = await asked(desk, ana, CONVERSATION, id=str(chat.id))
    lines = [len(data["chat"]["messages"]["nodes"]) for data in (one, many)]
    assert lines[0] < lines[1] == ROWS
    assert (for_one, for_many) == (9, 9)


async def test_a_list_of_chats_takes_seven_statements_for_one_and_for_fifty(desk: Desk) -> None:
    ana = await desk.agent("tecnico", permissions=(Permission.CUSTOMER_VIEW,), capacity=ROWS)
    await desk.active(ana)
    one, for_one = await asked(desk, ana, CHATS)
    for _ in range(ROWS - 1):
        await desk.active(ana)
    many, for_many = await asked(desk, ana, CHATS)
    assert [len(data["chats"]["nodes"]) for data in (one, many)] == [1, ROWS]
    assert (for_one, for_many) == (7, 7)
