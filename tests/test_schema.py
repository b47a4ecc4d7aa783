"""The GraphQL schema as clients meet it: printed, described, and of one style throughout."""

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from graphql import (
    GraphQLArgument,
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLList,
    GraphQLNamedType,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLUnionType,
    get_named_type,
    is_specified_scalar_type,
)

from api.errors import Invalid
from api.resolvers.pages import LIMIT, PageRequest, _size
from api.schema import build_schema
from tests.every import every

PRINTED = Path(__file__).parent.parent / "schema.graphql"
BUILT = build_schema()
SCHEMA = BUILT._schema  # where Strawberry keeps graphql-core's schema

TYPES: list[GraphQLNamedType] = [
    kind
    for name, kind in sorted(SCHEMA.type_map.items())
    if not name.startswith("__") and not is_specified_scalar_type(kind)
]
OBJECTS = [kind for kind in TYPES if isinstance(kind, GraphQLObjectType | GraphQLInterfaceType)]
ROOTS = {"Query", "Mutation", "Subscription"}

PAGING = {"first", "after", "last", "before"}
BOUNDED = re.compile(rf"at most {LIMIT}\b")
ENDS_WELL = re.compile(r"[.…]$")


def fields() -> Iterator[tuple[str, GraphQLField]]:
    """Every field of every object and interface, by its place."""
    for kind in OBJECTS:
        for name, field in kind.fields.items():
            yield f"{kind.name}.{name}", field


def inputs() -> Iterator[tuple[str, Any]]:
    """Every field of every input."""
    for kind in TYPES:
        if isinstance(kind, GraphQLInputObjectType):
            for name, field in kind.fields.items():
                yield f"{kind.name}.{name}", field


def arguments() -> Iterator[tuple[str, GraphQLArgument]]:
    """Every argument of every field."""
    for place, field in fields():
        for name, argument in field.args.items():
            yield f"{place}({name}:)", argument


def fields_of(name: str) -> dict[str, GraphQLField]:
    kind = SCHEMA.type_map[name]
    assert isinstance(kind, GraphQLObjectType)
    return dict(kind.fields)


def test_schema_graphql_is_what_the_code_says() -> None:
    current = f"{BUILT.as_str()}\n"
    assert PRINTED.read_text(encoding="utf-8") == current, (
        "schema.graphql is not current: run `alidash export-schema > schema.graphql`, and read what changed"
    )


# Descriptions


def described() -> list[tuple[str, Any]]:
    return [*((kind.name, kind) for kind in TYPES), *fields(), *inputs(), *arguments()]


@every(described(), lambda placed: placed[0])
def test_everything_is_described_in_a_sentence(placed: tuple[str, Any]) -> None:
    place, what = placed
    assert what.description, f"{place} has no description"
    assert ENDS_WELL.search(what.description), f"{place}: {what.description!r} does not end with a stop"
    assert what.description == what.description.strip()


def test_all_kinds_of_things_were_looked_at() -> None:
    places = {place for place, _ in described()}
    assert {"Chat", "ChatStatus", "ChatEvent", "OpenChatInput", "Cpf", "Node"} <= places
    assert {"Chat.protocol", "OpenChatInput.cpf", "Mutation.claimChat(id:)"} <= places


def test_what_is_deprecated_says_until_when_and_what_instead() -> None:
    for place, what in [*fields(), *inputs(), *arguments()]:
        if what.deprecation_reason is not None:
            until = re.search(r"\d{4}-\d\d-\d\d", what.deprecation_reason)
            assert until, f"{place}: {what.deprecation_reason}"
            assert date.fromisoformat(until[0])


# Names


def test_names_are_written_as_is_usual() -> None:
    for kind in TYPES:
        assert re.fullmatch(r"([A-Z][a-z0-9]*)+", kind.name), kind.name
        if isinstance(kind, GraphQLEnumType):
            assert all(re.fullmatch(r"[A-Z][A-Z_]*", value) for value in kind.values), kind.name
    for place, _ in [*fields(), *inputs()]:
        assert re.fullmatch(r"[a-z][a-zA-Z0-9]*", place.split(".")[1]), place


def test_ids_are_of_the_type_of_ids() -> None:
    # A message gives its writer's own id back as the text that it is; a request's name is text in the log too.
    texts = {"Message.clientId", "AuditEntry.requestId"}
    ours = [(place, what) for place, what in [*fields(), *inputs(), *arguments()] if place not in texts]
    for place, what in ours:
        name = re.split(r"[.(]", place.rstrip(":)"))[-1]
        if name in ("id", "ids") or name.endswith(("Id", "Ids")):
            assert get_named_type(what.type).name == "ID", place


def test_who_has_an_id_of_its_own_is_a_node() -> None:
    for kind in OBJECTS:
        if "id" in kind.fields and isinstance(kind, GraphQLObjectType):
            assert [interface.name for interface in kind.interfaces] == ["Node"], kind.name
            assert str(kind.fields["id"].type) == "ID!"


# Lists that grow


def connections() -> list[tuple[str, GraphQLField]]:
    return [(place, field) for place, field in fields() if get_named_type(field.type).name.endswith("Connection")]


@every(connections(), lambda placed: placed[0])
def test_a_connection_is_asked_for_in_bounded_pages(placed: tuple[str, GraphQLField]) -> None:
    place, field = placed
    given = set(field.args) & PAGING
    assert given in ({"first", "after"}, PAGING), place
    assert isinstance(field.type, GraphQLNonNull)
    for name in given & {"first", "last"}:
        assert str(field.args[name].type) == "Int", place
        assert BOUNDED.search(field.args[name].description or ""), f"{place}({name}:) does not say its bound"
    for name in given & {"after", "before"}:
        assert str(field.args[name].type) == "Cursor", place


def test_a_connection_has_items_places_and_a_count() -> None:
    names = {get_named_type(field.type).name for _, field in connections()}
    assert names == {kind.name for kind in OBJECTS if kind.name.endswith("Connection")}
    for name in names:
        item = name.removesuffix("Connection")
        assert {field: str(what.type) for field, what in fields_of(name).items()} == {
            "edges": f"[{item}Edge!]!",
            "nodes": f"[{item}!]!",
            "pageInfo": "PageInfo!",
            "totalCount": "Int!",
        }
        assert {field: str(what.type) for field, what in fields_of(f"{item}Edge").items()} == {
            "cursor": "Cursor!",
            "node": f"{item}!",
        }


@pytest.mark.parametrize("asked", [0, -1, LIMIT + 1, 2**31 - 1])
def test_a_page_beyond_the_bound_is_refused_from_either_end(asked: int) -> None:
    for request in (PageRequest(first=asked), PageRequest(last=asked)):
        with pytest.raises(Invalid, match="bad_page"):
            _size(request)


def test_a_page_is_asked_for_from_one_end() -> None:
    with pytest.raises(Invalid, match="bad_page"):
        _size(PageRequest(first=1, last=1))


def test_lists_hold_no_null() -> None:
    for place, field in fields():
        kind = field.type.of_type if isinstance(field.type, GraphQLNonNull) else field.type
        if isinstance(kind, GraphQLList):
            assert isinstance(kind.of_type, GraphQLNonNull), place


# Acts


@every(list(fields_of("Mutation")), str)
def test_a_mutation_answers_what_it_did_or_what_to_mend(name: str) -> None:
    answer = fields_of("Mutation")[name].type
    assert isinstance(answer, GraphQLNonNull), name
    payload = get_named_type(answer)
    assert payload.name.endswith("Payload"), name
    told = {field: str(what.type) for field, what in fields_of(payload.name).items()}
    assert told.pop("userErrors") == "[UserError!]!"
    assert told, f"{payload.name} says nothing but its errors"
    for field, kind in told.items():
        assert not kind.endswith("!") or kind == "Boolean!", f"{payload.name}.{field} is not there when it failed"


def test_payloads_are_for_mutations_only() -> None:
    for place, field in fields():
        if not place.startswith("Mutation."):
            assert not get_named_type(field.type).name.endswith("Payload"), place


def test_an_input_is_of_an_input_type() -> None:
    for place, argument in arguments():
        if place.endswith("(input:)"):
            assert re.fullmatch(r"\w+Input!", str(argument.type)), place


def test_a_user_error_has_a_code_a_sentence_and_a_place() -> None:
    assert {name: str(field.type) for name, field in fields_of("UserError").items()} == {
        "code": "ErrorCode!",
        "message": "String!",
        "field": "[String!]",
    }


# Streams


STATES = {"dashboard", "team"}
"""What is followed as it is, and not event by event: there is nothing to replay, and no place to go on from."""


@every(sorted(STATES), str)
def test_a_state_is_what_the_query_of_its_name_answers(name: str) -> None:
    field = fields_of("Subscription")[name]
    assert (field.args, str(field.type)) == ({}, str(fields_of("Query")[name].type))
    assert str(fields_of(get_named_type(field.type).name)["at"].type) == "DateTime!"


@every(sorted(set(fields_of("Subscription")) - STATES), str)
def test_a_subscription_delivers_events_with_their_places(name: str) -> None:
    field = fields_of("Subscription")[name]
    assert str(field.args["after"].type) == "Cursor"
    delivery = fields_of(get_named_type(field.type).name)
    assert str(delivery.pop("cursor").type) in ("Cursor", "Cursor!")
    assert str(delivery.pop("at").type) == "DateTime!"
    ((told, what),) = delivery.items()
    assert isinstance(what.type, GraphQLNonNull)
    # Several kinds of events are told apart by a union; where there is one kind only, it is named for what it is.
    kind = get_named_type(what.type)
    expected = "EventDelivery" if isinstance(kind, GraphQLUnionType) else f"{kind.name}Delivery"
    assert get_named_type(field.type).name.endswith(expected)
    assert told == ("event" if isinstance(kind, GraphQLUnionType) else kind.name.lower())


def test_the_three_roots_are_all_there_is_to_ask() -> None:
    assert {kind.name for kind in (SCHEMA.query_type, SCHEMA.mutation_type, SCHEMA.subscription_type) if kind} == ROOTS
