"""graphql-transport-ws, on Strawberry's own handler: a fresh context for each operation, typed ends, strict frames."""

import asyncio
import sys
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from dataclasses import dataclass
from json import JSONDecodeError
from typing import Any, Protocol, TypeVar, cast

import orjson
from graphql import GraphQLError
from starlette.websockets import WebSocketState
from strawberry.asgi import ASGIWebSocketAdapter
from strawberry.http.exceptions import NonJsonMessageReceived, NonTextMessageReceived, WebSocketDisconnected
from strawberry.schema.schema import StreamResult
from strawberry.subscriptions.protocols.graphql_transport_ws.handlers import (
    BaseGraphQLTransportWSHandler,
    Operation,
)
from strawberry.types import ExecutionResult
from strawberry.types.execution import PreExecutionError

from api.context import Context
from api.errors import ErrorCode
from api.limiter import Allowance
from api.subscriptions.outlet import SEND_TIMEOUT, Outlet
from api.subscriptions.running import Running
from api.texts import say


@dataclass
class Subscriber:
    """An operation of a socket, for those who write to it themselves."""

    query: str
    variables: dict[str, object]
    operation_name: str | None
    outlet: Callable[[], Outlet]
    goes_on: Callable[[], Awaitable[GraphQLError]] | None = None
    """What the operation does when its stream has ended: writes to the outlet until an error ends it."""


class HasFresh(Protocol):
    """A context that can be made anew for one operation."""

    ctx: Context
    subscriber: Subscriber | None

    def fresh(self) -> Any: ...


class HasRunning(Protocol):
    """A view of an app that is up."""

    @property
    def running(self) -> Running: ...


C = TypeVar("C", bound=HasFresh)

FLOODED = 1008
"""Policy violation (RFC 6455): 4429 is about introductions, and clients come back after neither."""


class Socket(ASGIWebSocketAdapter):
    """A socket that takes text frames of JSON, so many a second, and is closed when one cannot be sent in time."""

    async def iter_json(self, *, ignore_parsing_errors: bool = False) -> AsyncGenerator[object, None]:
        running = cast("HasRunning", self.view).running
        allowance = Allowance(running.services.settings.socket_frames)
        while self.ws.application_state is not WebSocketState.DISCONNECTED:
            message = await self.ws.receive()
            if message["type"] == "websocket.disconnect":
                return
            if not allowance.take():
                running.telemetry.socket_refused("frames")
                await self.close(code=FLOODED, reason="Too many frames")
                return
            if message.get("text") is None:
                raise NonTextMessageReceived
            try:
                yield self.view.decode_json(message["text"])
            except JSONDecodeError as error:
                raise NonJsonMessageReceived from error

    async def send_json(self, message: Mapping[str, object]) -> None:
        try:
            async with asyncio.timeout(SEND_TIMEOUT):
                await super().send_json(message)
        except TimeoutError as error:
            raise WebSocketDisconnected from error
        except RuntimeError as error:
            # Starlette's word for a socket that was closed in the meantime.
            raise WebSocketDisconnected from error


class Handler(BaseGraphQLTransportWSHandler[C, None]):
    """One connection. What Strawberry's handler does not: see the methods."""

    async def handle_message(self, message: Any) -> None:
        """Refuse a frame that is not shaped as the protocol says with 4400, before anything reads it."""
        if not _well_formed(message):
            await self.handle_invalid_message("Malformed message")
            return
        await super().handle_message(message)

    async def handle_subscribe(self, message: Any) -> None:
        """Refuse an operation too many by itself, with a code; the socket and its other operations live on."""
        limit = self.max_subscriptions_per_connection
        if message["id"] not in self.operations and limit is not None and len(self.operations) >= limit:
            sentence = say("too_many_operations", self.context.ctx.locale, limit=limit)
            refusal = GraphQLError(sentence, extensions={"code": ErrorCode.RATE_LIMITED})
            await self.send_message({"id": message["id"], "type": "error", "payload": [refusal.formatted]})
            return
        await super().handle_subscribe(message)

    async def run_operation(self, operation: Operation[C, None]) -> None:
        """Give each operation a context of its own, or its loaders would serve the rows of an earlier one."""
        try:
            goes_on = await self._run(operation)
            if goes_on is None:
                await operation.send_operation_message({"id": operation.id, "type": "complete"})
            else:
                await operation.send_initial_errors([await goes_on()])
        except WebSocketDisconnected:
            self.operations.pop(operation.id, None)
            await self._hang_up()

    async def _run(self, operation: Operation[C, None]) -> Callable[[], Awaitable[GraphQLError]] | None:
        """Send what the operation yields; returns how it goes on then, holding nothing of the machinery any more."""
        # The same few documents are asked over every connection: one copy of each is enough.
        operation.query = sys.intern(operation.query)
        context = self.context.fresh()
        context.subscriber = subscriber = self._subscriber(operation)
        stream = await self.schema.stream(
            operation.query,
            variable_values=operation.variables,
            context_value=context,
            root_value=None,
            operation_name=operation.operation_name,
        )
        await self._send_result_stream(operation, stream)
        return subscriber.goes_on

    async def handle_connection_init(self, message: Any) -> None:
        """Forget the timer of the introduction once it has served: a connection may live for days."""
        await super().handle_connection_init(message)
        if self.connection_acknowledged:
            self.connection_init_timeout_task = None

    async def cleanup_operation(self, operation_id: str) -> None:
        """Send nothing more under this id: the client may give it to another operation in its next frame."""
        if operation_id in self.operations:
            self.operations[operation_id].completed = True
        await super().cleanup_operation(operation_id)

    def _subscriber(self, operation: Operation[C, None]) -> Subscriber:
        socket = cast("Socket", self.websocket)

        def outlet() -> Outlet:
            head = f'{{"id":{orjson.dumps(operation.id).decode()},"type":"next","payload":'
            limit = self.context.ctx.settings.reader_buffer
            return Outlet(operation, socket.ws.send, head, limit=limit, hang_up=let_go)

        async def let_go() -> None:
            await self._hang_up()
            await self.cleanup_operation(operation.id)

        return Subscriber(operation.query, operation.variables or {}, operation.operation_name, outlet)

    async def _send_result_stream(self, operation: Operation[C, None], result_source: StreamResult) -> None:
        """Send results; what ends the stream, before its first result or later, is an `error` for that id alone."""
        try:
            async for result in result_source:
                if not isinstance(result, ExecutionResult):
                    await self._reject_incremental_delivery(operation)
                    return
                if result.errors and (isinstance(result, PreExecutionError) or _ends_stream(result)):
                    await operation.send_initial_errors(result.errors)
                    return
                await operation.send_next(result)
        finally:
            await result_source.aclose()

    async def _hang_up(self) -> None:
        """Close a socket that does not take our frames; it may be gone already."""
        try:
            async with asyncio.timeout(1):
                await self.websocket.close(code=1013, reason="Too slow")
        except (TimeoutError, RuntimeError, WebSocketDisconnected):
            return


def _ends_stream(result: ExecutionResult) -> bool:
    """Whether this is a stream's own failure: an error of a field has a path, this has none."""
    return result.data is None and all(error.path is None for error in result.errors or ())


_KINDS = {"connection_init", "ping", "pong", "subscribe", "complete"}


def _well_formed(message: object) -> bool:
    if not isinstance(message, dict) or not isinstance(message.get("type"), str) or message["type"] not in _KINDS:
        return False
    payload = message.get("payload")
    if message["type"] in ("subscribe", "complete") and not _is_id(message.get("id")):
        return False
    if message["type"] != "subscribe":
        return payload is None or isinstance(payload, dict)
    return (
        isinstance(payload, dict)
        and isinstance(payload.get("query"), str)
        and isinstance(payload.get("variables"), dict | None)
        and isinstance(payload.get("operationName"), str | None)
    )


def _is_id(value: object) -> bool:
    return isinstance(value, str) and 0 < len(value) <= 128
