"""How a subscription reads its stream: as one of a group that is sent the same bytes, or alone."""

import re
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Hashable
from contextlib import aclosing
from functools import lru_cache
from typing import Any, Protocol, TypeVar

import orjson
from graphql import (
    FieldNode,
    GraphQLError,
    NullValueNode,
    TypeInfo,
    TypeInfoVisitor,
    VariableNode,
    Visitor,
    is_abstract_type,
    parse,
    visit,
)
from strawberry import Schema
from strawberry.types.base import StrawberryObjectDefinition

from api.context import Context
from api.events import Delivery, Passing
from api.schema.base import PERSONAL, Info, Request
from api.schema.extensions import tell
from api.subscriptions.outlet import Outlet
from api.subscriptions.reading import Reading, SharedState, SharedStream
from api.subscriptions.running import Running
from api.subscriptions.transport import Subscriber

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)
D = TypeVar("D")


class Stream(SharedStream, Protocol[T_co]):
    """A stream of facts that a subscription follows."""

    def is_shared(self, ctx: Context) -> bool: ...

    async def told(self, ctx: Context, item: Delivery | Passing) -> T_co | None: ...

    def events(self, ctx: Context, running: Running, after: str | None) -> AsyncGenerator[T_co, None]: ...


Draw = Callable[[Request, T], Awaitable[D | None]]
"""Gives what a reader is told its GraphQL shape; None when there is nothing to show of it any more."""


async def followed(
    info: Info, stream: Stream[T], after: str | None, draw: Draw[T, D], *, state: SharedState | None = None
) -> AsyncIterator[D]:
    """What the subscriber is told, drawn.

    Over a socket nothing comes out here: a group sends what several read alike, and the subscriber's own task the
    rest, while of Strawberry's execution nothing is left in memory.
    """
    request = info.context
    subscriber = request.subscriber
    if subscriber is None:
        async for received in stream.events(request.ctx, request.running, after):
            request.forget()
            if (drawn := await draw(request, received)) is not None:
                yield drawn
        return
    asked = _asked(info, subscriber) if stream.is_shared(request.ctx) else None
    body = _renderer(info.schema, request.running, subscriber, draw)
    if asked is None:
        subscriber.goes_on = _ending(request, lambda: _alone(request, stream, after, subscriber.outlet(), body))
        return

    async def render(ctx: Context, item: Delivery | Passing) -> str | None:
        received = await stream.told(ctx, item)
        return await body(ctx, received) if received is not None else None

    personal = _is_personal(info.schema, subscriber.query)
    reading = Reading(stream, asked, personal, render, state)
    groups = request.running.groups
    subscriber.goes_on = _ending(request, lambda: groups.follow(request.ctx, reading, subscriber.outlet(), after))


async def _alone(
    request: Request, stream: Stream[T], after: str | None, outlet: Outlet, body: Callable[..., Awaitable[str | None]]
) -> None:
    """Sends one reader's stream, one frame after the other; who does not take them falls behind in the stream."""
    async with aclosing(stream.events(request.ctx, request.running, after)) as events:
        async for received in events:
            if (frame := await body(request.ctx, received)) is not None:
                outlet.write(None, frame)
                await outlet.flushed()


def _ending(request: Request, follow: Callable[[], Awaitable[object]]) -> Callable[[], Awaitable[GraphQLError]]:
    """Follows until an error ends it, and answers that."""

    async def until_it_ends() -> GraphQLError:
        try:
            await follow()
        except Exception as error:
            # As Strawberry does with what ends a stream: whatever it is, the subscriber is told by its code.
            return tell(request, [GraphQLError(str(error), original_error=error)])[0]
        raise RuntimeError("a stream of facts has no end of its own")

    return until_it_ends


def _renderer(
    schema: Any, running: Running, subscriber: Subscriber, draw: Draw[T, Any]
) -> Callable[[Context, T], Awaitable[str | None]]:
    """Executes a subscription's selection for an audience; what it makes is the end of a frame."""
    drawing = schema.drawing(subscriber.query, subscriber.variables, subscriber.operation_name)

    async def render(ctx: Context, received: T) -> str | None:
        request = Request(ctx, running)
        drawn = await draw(request, received)
        if drawn is None:
            return None
        result = await drawing.show(request, drawn)
        payload: dict[str, Any] = {"data": result.data}
        if result.errors:
            payload["errors"] = [error.formatted for error in result.errors]
        return orjson.dumps(payload).decode() + "}"

    return render


def _asked(info: Info, subscriber: Subscriber) -> Hashable | None:
    """What makes two subscriptions the same; None when the cursor is written into the document.

    The cursor's variable is left out where nothing else depends on it: it says where to begin, not what to show.
    """
    variables = subscriber.variables
    for argument in info._raw_info.field_nodes[0].arguments or ():  # where Strawberry keeps graphql-core's info
        if argument.name.value == "after" and isinstance(argument.value, VariableNode):
            name = argument.value.name.value
            if len(re.findall(rf"\${name}\b", subscriber.query)) == len(("its definition", "its use")):
                variables = {key: value for key, value in variables.items() if key != name}
        elif argument.name.value == "after" and not isinstance(argument.value, NullValueNode):
            return None
    # Decoded, as orjson's own bytes keep the room that it wrote them in.
    return subscriber.query, subscriber.operation_name, orjson.dumps(variables, option=orjson.OPT_SORT_KEYS).decode()


@lru_cache(maxsize=512)
def _is_personal(schema: Schema, query: str) -> bool:
    """Whether a document asks for a field that is marked as personal."""
    marked = _personal_fields(schema)
    types = TypeInfo(schema._schema)  # where Strawberry keeps graphql-core's
    found: list[str] = []

    class Marks(Visitor):
        def enter_field(self, node: FieldNode, *_: Any) -> None:
            parent, name = types.get_parent_type(), node.name.value
            # Behind an interface or a union may be any type: there the name alone counts.
            if any(name == field and parent and parent.name in (kind, *_abstract(schema)) for kind, field in marked):
                found.append(name)

    visit(parse(query), TypeInfoVisitor(types, Marks()))
    return bool(found)


@lru_cache(maxsize=8)
def _abstract(schema: Schema) -> frozenset[str]:
    """The names of the interfaces and unions."""
    return frozenset(name for name, kind in schema._schema.type_map.items() if is_abstract_type(kind))


@lru_cache(maxsize=8)
def _personal_fields(schema: Schema) -> frozenset[tuple[str, str]]:
    """The fields that are marked as personal, each with its type."""
    types = [kind.definition for kind in schema.schema_converter.type_map.values()]
    return frozenset(
        (kind.name, schema.config.name_converter.get_graphql_name(field))
        for kind in types
        if isinstance(kind, StrawberryObjectDefinition)
        for field in kind.fields
        if field.metadata == PERSONAL
    )
