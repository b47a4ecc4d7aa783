"""What an operation is called in the log and in the figures, and how long it took.

Its name is its kind and its root field, of our own schema: names that clients give operations are theirs to choose,
and would fill log and memory with whatever they like.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, cast

import strawberry
import structlog
from graphql import FieldNode, GraphQLError, GraphQLSchema, OperationDefinitionNode, OperationType, get_operation_ast
from graphql.execution.values import VariableValues
from strawberry.subscriptions.protocols.graphql_transport_ws.handlers import Operation
from strawberry.types import ExecutionContext, ExecutionResult

from api.schema.base import Request
from api.schema.extensions import Documents, RememberDocuments, TypedErrors, executor_for, may_introspect, tell
from api.schema.plans import Course, Plan
from api.subscriptions.transport import Handler

log = structlog.get_logger("alidash.graphql")

UNKNOWN = ("unknown", "unknown")
SHOWN = 36
"""Characters of a client's operation id that the log shows: as many as a UUID has."""


class Names:
    """Tells (kind, root field) of an operation: (`query`, `chat`), or `several` fields, or `introspection`."""

    def __init__(self, documents: Documents, schema: GraphQLSchema) -> None:
        self._documents, self._schema = documents, schema
        self.of = lru_cache(512)(self._of)

    def _of(self, query: str | None, operation_name: str | None) -> tuple[str, str]:
        try:
            operation = get_operation_ast(self._documents.parse(query or ""), operation_name)
        except GraphQLError:
            return UNKNOWN
        return (operation.operation.value, self._field(operation)) if operation else UNKNOWN

    def _field(self, operation: OperationDefinitionNode) -> str:
        chosen = operation.selection_set.selections
        if len(chosen) != 1 or not isinstance(chosen[0], FieldNode):
            return "several"
        name, root = chosen[0].name.value, self._schema.get_root_type(operation.operation)
        if name.startswith("__"):
            return "introspection"
        return name if root and name in root.fields else "unknown"


class Schema(strawberry.Schema):
    """Strawberry's schema, which carries out by plan what it can, and times what is asked over HTTP (sockets: below).

    Failures are logged where they are put into words (see extensions.py), and only there.
    """

    def __init__(self, documents: Documents, **shape: Any) -> None:
        super().__init__(
            extensions=[lambda: RememberDocuments(documents), TypedErrors],
            execution_context_class=executor_for(documents),
            **shape,
        )
        self.names = Names(documents, self._schema)
        self._documents = documents

    async def execute(self, query: str | None, *args: Any, **given: Any) -> ExecutionResult:
        request, name = given["context_value"], given.get("operation_name")
        with self._timed(request, query, name):
            return await super().execute(query, *args, **given)

    async def by_plan(
        self, query: str, variables: dict[str, Any] | None, request: Request, operation_name: str | None
    ) -> ExecutionResult | None:
        """The result of a query or mutation that there is a plan for; None when it is left to graphql-core."""
        plan = self._plan(query, operation_name, request)
        if plan is None or plan.operation.operation is OperationType.SUBSCRIPTION:
            return None
        course = plan.course(request, variables)
        if course is None:
            return None
        with self._timed(request, query, operation_name):
            return await _result(course, request)

    def drawing(self, query: str, variables: dict[str, Any], operation_name: str | None) -> "Drawing":
        """How one subscription shows events."""
        return Drawing(self, query, variables, operation_name)

    async def draw(self, drawing: "Drawing", request: Request, event: Any) -> ExecutionResult:
        """What a subscription shows of one event."""
        plan = self._plan(drawing.query, drawing.operation_name, request)
        given = drawing.given(plan) if plan else None
        if plan is None or given is None:
            return await super().execute(drawing.query, drawing.variables, request, event, drawing.operation_name)
        return await _result(Course(plan, request, event, given), request)

    def _plan(self, query: str, operation_name: str | None, request: Request) -> Plan | None:
        introspection = may_introspect(request)
        return self._documents.plan(self._schema, query, operation_name, introspection=introspection)

    @contextmanager
    def _timed(self, request: Request, query: str | None, operation_name: str | None) -> Iterator[None]:
        kind, field = self.names.of(query, operation_name)
        if request.connection is not None:
            request.connection.scope["state"]["did"] = f"{kind} {field}"
        began = time.perf_counter()
        try:
            yield
        finally:
            request.running.telemetry.operated(kind, field, time.perf_counter() - began)

    def process_errors(self, errors: list[Any], execution_context: ExecutionContext | None = None) -> None:
        pass


@dataclass
class Drawing:
    """What one subscription asks of each event."""

    schema: Schema
    query: str
    variables: dict[str, Any]
    operation_name: str | None
    _given: VariableValues | None = None

    def given(self, plan: Plan) -> VariableValues | None:
        """The variables as resolvers take them, read once; None when they do not fit."""
        if self._given is None:
            self._given = plan.given(self.variables)
        return self._given

    async def show(self, request: Request, event: Any) -> ExecutionResult:
        """The answer for one event, to one audience."""
        return await self.schema.draw(self, request, event)


async def _result(course: Course, request: Request) -> ExecutionResult:
    data = await course.run()
    return ExecutionResult(data=data, errors=tell(request, course.errors) or None)


class MeasuredHandler(Handler[Request]):
    """Times what is asked over sockets, and leaves a line in the log for each operation: never its text or variables.

    A subscription's line is written when it ends.
    """

    async def run_operation(self, operation: Operation[Request, None]) -> None:
        kind, field = cast(Schema, self.schema).names.of(operation.query, operation.operation_name)
        telemetry = self.context.running.telemetry
        if kind == OperationType.SUBSCRIPTION.value:
            telemetry.subscribed(field)
        began = time.perf_counter()
        try:
            await super().run_operation(operation)
        finally:
            took = time.perf_counter() - began
            if kind != OperationType.SUBSCRIPTION.value:
                telemetry.operated(kind, field, took)
            log.info("operation", operation=operation.id[:SHOWN], did=f"{kind} {field}", ms=round(took * 1000, 1))
