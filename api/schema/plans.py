"""A document as a plan: what graphql-core finds out anew for each field of each request, found out once.

A plan answers what the same document answers by way of graphql-core: same data, same order, same errors at the same
places (tests/schema/test_plans.py holds the two side by side). planning.py makes plans, and says what is left to
graphql-core. https://spec.graphql.org/draft/#sec-Execution is what both carry out.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from graphql import (
    FragmentDefinitionNode,
    GraphQLError,
    GraphQLField,
    GraphQLObjectType,
    GraphQLResolveInfo,
    GraphQLSchema,
    OperationDefinitionNode,
    OperationType,
    located_error,
)
from graphql.execution.values import VariableValues, get_variable_values
from graphql.pyutils import Path, gather_with_cancel, is_awaitable
from graphql.type.definition import GraphQLResolveInfoHelpers

from api.schema.arguments import Arguments, Variable, values_of

Place = tuple[Any, str | int, bool, Any]
"""Where a value goes: its dict or list, the key in it, whether it may be null, and the place of that dict or list."""

Complete = Callable[["Course", "PlannedField", Any, Place], Any]
"""Turns what a resolver returned into what the client is sent."""


class Nulled(Exception):
    """There is a null where none may be: it takes the nearest place above that may be null."""


@dataclass(frozen=True)
class Plan:
    """One operation of a document, ready to be carried out."""

    schema: GraphQLSchema
    operation: OperationDefinitionNode
    fragments: dict[str, FragmentDefinitionNode]
    root: "Selection"
    variables: dict[str, Variable]
    """The variables that the operation declares."""

    def course(self, context: Any, variables: dict[str, Any] | None, root_value: Any = None) -> "Course | None":
        """One execution; None when the variables do not fit, which graphql-core says best."""
        given = self.given(variables or {})
        return Course(self, context, root_value, given) if given is not None else None

    def given(self, variables: dict[str, Any]) -> VariableValues | None:
        """The variables as resolvers take them; None when they do not fit."""
        values = values_of(self.variables, variables)
        if values is not None:
            return values
        # Defaults, and what is missing, are seldom enough to ask for.
        asked = get_variable_values(self.schema, self.operation.variable_definitions or (), variables)
        return asked if isinstance(asked, VariableValues) else None


@dataclass
class Course:
    """One execution of a plan: its caller, its variables, and what went wrong on the way."""

    plan: Plan
    context: Any
    root_value: Any
    variables: VariableValues
    errors: list[GraphQLError] = field(default_factory=list)
    _awaited: "list[tuple[Awaitable[Any], PlannedField, Place]]" = field(default_factory=list)

    async def run(self) -> dict[str, Any] | None:
        """The data; `errors` tells what is missing in it."""
        data: dict[str, Any] = {}
        one_by_one = self.plan.operation.operation is OperationType.MUTATION
        try:
            for planned in self.plan.root.fields:
                planned.into(self, self.root_value, data, None)
                if one_by_one:
                    # One act after the other: the next begins when this one is done.
                    await self._settle()
            await self._settle()
        except Nulled:
            # What has been begun is not left behind.
            await asyncio.gather(*(value for value, _, _ in self._awaited), return_exceptions=True)
            return None
        return data

    def later(self, value: Awaitable[Any], planned: "PlannedField", place: Place) -> None:
        """Wait for a value together with all others of its level, so that loaders see them as one."""
        self._awaited.append((value, planned, place))

    async def _settle(self) -> None:
        while self._awaited:
            waiting, self._awaited = self._awaited, []
            values = await _all_of([value for value, _, _ in waiting])
            for value, (_, planned, place) in zip(values, waiting, strict=True):
                try:
                    planned.put(self, value, place)
                except Nulled:
                    _null_above(place)  # raises where nothing above may be null

    def failed(self, error: BaseException, planned: "PlannedField", place: Place) -> None:
        """Note an error, and leave null in its place. Raises Nulled where there may be none."""
        if not isinstance(error, Exception):
            raise error  # Somebody ends this request: that is nothing to tell a client.
        self.errors.append(located_error(error, planned.nodes, _path(place)))
        self.null(place)

    def null(self, place: Place) -> None:
        """Put null in a place. Raises Nulled where there may be none."""
        container, key, nullable, _ = place
        if not nullable:
            raise Nulled
        container[key] = None


async def _all_of(awaited: Sequence[Awaitable[Any]]) -> list[Any]:
    """What each of them returned or raised."""
    if len(awaited) > 1:
        return await asyncio.gather(*awaited, return_exceptions=True)
    try:
        return [await awaited[0]]
    except Exception as error:
        return [error]


def _null_above(place: Place) -> None:
    """Null the nearest place above that may be null. Raises Nulled when there is none."""
    above = place[3]
    while above is not None:
        container, key, nullable, above = above
        if nullable:
            container[key] = None
            return
    raise Nulled


def _path(place: Place) -> list[str | int]:
    keys: list[str | int] = []
    at: Place | None = place
    while at is not None:
        keys.append(at[1])
        at = at[3]
    return keys[::-1]


@dataclass(frozen=True, slots=True)
class Selection:
    """The fields that are asked of one type, in the order of the answer."""

    fields: "tuple[PlannedField, ...]"

    def draw(self, course: Course, source: Any, place: Place) -> dict[str, Any]:
        """The answer for one object."""
        drawn: dict[str, Any] = {}
        for planned in self.fields:
            # Most fields of an answer are such; calls between functions would be most of their cost.
            if planned.leaf is not None and planned.attribute is not None:
                try:
                    value = getattr(source, planned.attribute)
                    if value is not None:
                        drawn[planned.key] = value if type(value) is planned.exact else planned.leaf(value)
                        continue
                except Exception:  # noqa: S110 # nosec B110 # read again below, where its error is told
                    pass
            planned.into(course, source, drawn, place)
        return drawn

    def draw_for(self, course: Course, planned: "PlannedField", value: Any, place: Place) -> dict[str, Any]:
        """The same, as the completion of a field."""
        return self.draw(course, value, place)


@dataclass(frozen=True, slots=True)
class PlannedField:
    """One field of a selection."""

    key: str
    nodes: list[Any]
    parent: GraphQLObjectType
    definition: GraphQLField
    nullable: bool
    complete: Complete
    attribute: str | None
    """Where the value is plainly read from; None when a resolver has to be asked."""
    resolve: Callable[..., Any]
    arguments: Arguments
    leaf: Callable[[Any], Any] | None = None
    """Writes the value, when it is no object and no list."""
    exact: type | None = None
    """Values of exactly this type are sent as they are."""
    ask: Callable[[Any], Any] | None = None
    """A resolver that is asked for nothing but its object's value."""

    def into(self, course: Course, source: Any, drawn: dict[str, Any], above: Place | None) -> None:
        """Put the field of `source` into the answer, now or as soon as it is there."""
        place = (drawn, self.key, self.nullable, above)
        try:
            value = self._read(course, source, place)
        except Exception as error:
            course.failed(error, self, place)
            return
        if self.attribute is None and is_awaitable(value):
            drawn[self.key] = None  # The key keeps its place in the order.
            course.later(value, self, place)
            return
        self.put(course, value, place)

    def put(self, course: Course, value: Any, place: Place) -> None:
        """Put what the resolver returned, or raised, in its place. Raises Nulled where a null is too much."""
        if isinstance(value, BaseException):
            course.failed(value, self, place)
            return
        self.put_as(self.complete, course, value, place)

    def put_as(self, complete: Complete, course: Course, value: Any, place: Place) -> None:
        """The same for a value of the field, or for one of the items that it is made of."""
        container, key, nullable, _ = place
        try:
            if value is None and not nullable:
                name = f"{self.parent.name}.{self.nodes[0].name.value}"
                raise TypeError(f"Cannot return null for non-nullable field {name}.")
            container[key] = None if value is None else complete(course, self, value, place)
        except Nulled:
            course.null(place)
        except Exception as error:
            course.failed(error, self, place)

    def _read(self, course: Course, source: Any, place: Place) -> Any:
        if self.attribute is not None:
            return getattr(source, self.attribute)
        if self.ask is not None:
            return self.ask(source)
        return self.resolve(source, self.info(course, place), **self.arguments(course.variables))

    def info(self, course: Course, place: Place) -> GraphQLResolveInfo:
        """What graphql-core tells a resolver."""
        plan, (first, *rest) = course.plan, _path(place)
        path = Path(None, first, None)
        for key in rest:
            path = Path(path, key, None)
        return GraphQLResolveInfo(
            field_name=self.nodes[0].name.value,
            field_nodes=self.nodes,
            return_type=self.definition.type,
            parent_type=self.parent,
            path=path,
            schema=plan.schema,
            fragments=plan.fragments,
            root_value=course.root_value,
            operation=plan.operation,
            variable_values=course.variables,
            context=course.context,
            is_awaitable=is_awaitable,
            abort_signal=None,
            async_helpers=_HELPERS,
        )


def _leave(values: Sequence[Any]) -> None:
    """Nothing of ours is left to itself: who begins something awaits it."""


async def _gather(values: Sequence[Awaitable[Any]]) -> list[Any]:
    return await gather_with_cancel(*values)


_HELPERS = GraphQLResolveInfoHelpers(gather=_gather, track=_leave)
