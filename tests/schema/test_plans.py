"""Plans answer what graphql-core answers: the same documents, carried out both ways, side by side."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from graphql import OperationDefinitionNode, OperationType, parse, print_ast
from graphql.utilities import separate_operations

from api.context import Context
from api.models.enums import MessageKind
from api.resolvers.messages import send_message
from api.schema import build_schema
from api.schema.base import Request
from tests.people import Desk

ROOT = Path(__file__).parents[2]

PANEL = sorted((ROOT / "web/src/graphql").glob("*.ts"))
VALUES: dict[str, Any] = {
    "String": "20261122-000001",
    "Int": 3,
    "Boolean": False,
    "ChatOrder": "NEWEST",
    "CannedReplyScope": "ALL",
    "Availability": "ONLINE",
}
"""What variables of the panel's documents are given, by their type; ids name a chat, anything else is left out."""

BY_HAND = {
    "aliases, fragments and type names": """
        query($id: ID!) {
          one: chat(id: $id) { ...C } __typename
          other: chat(id: $id) { ...C ... on Chat { sender: customerName } ... on Node { id } }
        }
        fragment C on Chat { __typename id department { __typename name } messages(last: 5) { ...M } }
        fragment M on MessageConnection { nodes { body seq kind sentAt } edges { cursor node { id } } totalCount }
    """,
    "fields of one key are one field": """
        query($id: ID!) { chat(id: $id) { department { id } department { name } ... on Chat { department { slug } } } }
    """,
    "arguments in the document": "{ chats(first: 2, orderBy: OLDEST, filter: {status: [WAITING]}) { nodes { id } } }",
    "a default value of a variable": """
        query($n: Int = 1, $o: ChatOrder! = OLDEST) { chats(first: $n, orderBy: $o) { nodes { protocol } } }
    """,
    "an input object": "query($f: ChatFilter) { chats(filter: $f) { nodes { id } } }",
    "an error below what may be null": "query { chats(first: 1000) { nodes { id } } departments { name } }",
    "errors in two places": "{ a: chats(first: 0) { totalCount } b: chats(last: 0) { totalCount } }",
    "an error where nothing may be null": "{ notifications(first: -1) { nodes { id } } viewer { user { name } } }",
    "something that is not the caller's": '{ chat(id: "01890000-0000-7000-8000-000000000000") { id } }',
    "an act that is refused": """
        mutation($id: ID!) { sendMessage(chatId: $id, body: "") { message { id } userErrors { code message field } } }
    """,
    "acts one after the other": """
        mutation($id: ID!) {
          a: sendMessage(chatId: $id, body: "Alô", clientId: "1") { message { ...M } userErrors { code } }
          b: sendMessage(chatId: $id, body: "Alô", clientId: "1") { message { ...M } userErrors { code } }
          c: claimChat(id: "x") { chat { id } userErrors { code } }
        }
        fragment M on Message { seq body sender senderName clientId sentAt }
    """,
    "directives": "query($id: ID!, $no: Boolean = false) { chat(id: $id) { id protocol @include(if: $no) } }",
    "the schema's own shape": "{ __schema { queryType { name } } __type(name: \"Chat\") { name } }",
    "what does not fit": "query($id: Int!) { chat(id: $id) { id } }",
    "what is missing": "query($n: Int!) { chats(first: $n) { totalCount } }",
    "no such field": "{ chat { nothing } }",
    "not a document": "{ chat(",
}  # fmt: skip


def operations(text: str) -> list[str]:
    """Each query of a document, with the fragments that it needs."""
    found = separate_operations(parse(text)).values()
    return [print_ast(one) for one in found if _kind(one) is OperationType.QUERY]


def _kind(document: Any) -> OperationType:
    return next(node.operation for node in document.definitions if isinstance(node, OperationDefinitionNode))


def panel_documents() -> dict[str, str]:
    """The panel's own queries, by file and number; their fragments come from all of its files."""
    literals = [
        # The mark is for the panel's types, and is taken out before anything is sent.
        (path, body.replace("@_unmask", ""))
        for path in PANEL
        for body in re.findall(r"graphql\(\s*`(.*?)`", path.read_text(), re.S)
    ]
    fragments = {name: body for _, body in literals for name in re.findall(r"fragment (\w+) on", body)}
    documents = {}
    for number, (path, body) in enumerate(literals):
        if re.search(r"\bquery\b", body):
            documents[f"{path.stem} {number}"] = _with_fragments(body, fragments)
    return documents


def _with_fragments(body: str, fragments: dict[str, str]) -> str:
    missing = set(re.findall(r"\.\.\.(\w+)", body)) - set(re.findall(r"fragment (\w+) on", body)) - {"on"}
    return _with_fragments(body + "".join(fragments[name] for name in missing), fragments) if missing else body


DOCUMENTS = BY_HAND | panel_documents()


@dataclass
class Scene:
    """A desk with something to read, and its people."""

    desk: Desk
    chat_id: str
    people: dict[str, Context]


@pytest.fixture
async def scene(desk: Desk) -> Scene:
    ana = await desk.agent("tecnico")
    opened = await desk.opened()
    await desk.waiting()
    chat = await desk.active(ana)
    customer = desk.as_customer(chat)
    await send_message(ana, chat.id, body="Bom dia")
    await send_message(customer, chat.id, body="Sem sinal")
    await send_message(ana, chat.id, body="Cliente antigo", kind=MessageKind.NOTE)
    people = {"agent": ana, "customer": customer, "admin": await desk.admin("tecnico"), "nobody": desk.anonymous}
    assert opened.chat.id != chat.id
    return Scene(desk, str(chat.id), people)


def variables_of(text: str, chat_id: str) -> dict[str, Any]:
    """Values for what a document declares."""
    declared = re.findall(r"\$(\w+)\s*:\s*\[?(\w+)", text)
    return {name: chat_id if kind == "ID" else VALUES[kind] for name, kind in declared if kind in {"ID", *VALUES}}


@pytest.mark.parametrize("name", DOCUMENTS)
async def test_a_plan_answers_what_graphql_core_answers(name: str, scene: Scene) -> None:
    text = DOCUMENTS[name]
    planned, plain = build_schema(), build_schema()
    plain._documents.plan = lambda *given, **named: None  # so that nothing is planned
    variables = variables_of(text, scene.chat_id)
    for who, ctx in scene.people.items():
        answers = []
        for schema in (plain, planned):
            request = Request(ctx, scene.desk.running)
            answer = await schema.by_plan(text, variables, request, None)
            if answer is None:
                answer = await schema.execute(text, variable_values=variables, context_value=request)
            errors = sorted(
                (error.formatted for error in answer.errors or ()),
                key=lambda error: str(error.get("path", "")),
            )
            answers.append((answer.data, errors))
        assert answers[1] == answers[0], who
        assert _keys(answers[1][0]) == _keys(answers[0][0]), who


def _keys(value: Any) -> Any:
    """The keys of an answer in their order, which equality does not see."""
    if isinstance(value, dict):
        return [(key, _keys(inner)) for key, inner in value.items()]
    return [_keys(item) for item in value] if isinstance(value, list) else None


def test_the_panels_documents_are_found_and_planned() -> None:
    schema = build_schema()
    found = panel_documents()
    assert len(found) > 10
    for name, text in found.items():
        for one in operations(text):
            plan = schema._documents.plan(schema._schema, one, None, introspection=True)
            # Directives are graphql-core's: asked for where a person looks at one page, and not where a desk lives.
            assert (plan is None) is ("@include" in one), name
