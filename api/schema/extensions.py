"""What surrounds every operation: documents are parsed and validated once, failures leave as codes and sentences."""

import re
import traceback
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

import structlog
from graphql import (
    DocumentNode,
    ExecutionResult,
    GraphQLError,
    NoSchemaIntrospectionCustomRule,
    OperationDefinitionNode,
    parse,
    specified_rules,
    validate,
)
from strawberry.extensions import SchemaExtension
from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext

from api.context import Staff
from api.errors import AppError, ErrorCode, RateLimited, Unavailable
from api.models.base import new_id
from api.schema.base import Request
from api.schema.limits import MAX_TOKENS, QueryLimits
from api.schema.planning import make_plan
from api.schema.plans import Course, Plan
from api.texts import say

log = structlog.get_logger("alidash.graphql")

REPORTED = 5
"""Validation errors told at most."""

_ECHO = re.compile(r"(, found | got invalid value | has invalid value|; | cannot represent ).*", re.DOTALL)


class Documents:
    """The documents that were asked lately, parsed and validated: the same text is the same work."""

    def __init__(self, size: int = 512) -> None:
        self.parse = lru_cache(size)(self._parse)
        self._checked = lru_cache(size)(self._validate)
        self._planned = lru_cache(size)(self._plan)
        self._of_operation: dict[int, Plan] = {}
        self._size = size

    def validate(self, schema: Any, text: str, *, introspection: bool) -> list[GraphQLError]:
        """What is wrong with a document; it depends on whether the caller may introspect."""
        return list(self._checked(schema, text, introspection))

    def plan(self, schema: Any, text: str, operation_name: str | None, *, introspection: bool) -> Plan | None:
        """The plan of an operation; None for what is not valid, or is left to graphql-core."""
        return self._planned(schema, text, operation_name, introspection)

    def plan_of(self, operation: OperationDefinitionNode) -> Plan | None:
        """The plan that was made of an operation when it was validated, if there is one."""
        return self._of_operation.get(id(operation))

    def _plan(self, schema: Any, text: str, operation_name: str | None, introspection: bool) -> Plan | None:
        try:
            document = self.parse(text)
        except GraphQLError:
            return None
        plan = None if self._checked(schema, text, introspection) else make_plan(schema, document, operation_name)
        if plan is not None:
            if len(self._of_operation) >= self._size:
                self._of_operation.clear()
            # The plan holds its operation, so that no other one can have this id meanwhile.
            self._of_operation[id(plan.operation)] = plan
        return plan

    def _parse(self, text: str) -> DocumentNode:
        return parse(text, max_tokens=MAX_TOKENS, no_location=False)

    def _validate(self, schema: Any, text: str, introspection: bool) -> tuple[GraphQLError, ...]:
        rules = [*specified_rules, QueryLimits]
        if not introspection:
            rules.append(NoSchemaIntrospectionCustomRule)
        return tuple(validate(schema, self.parse(text), rules, max_errors=REPORTED))


class RememberDocuments(SchemaExtension):
    """Parses and validates by way of the app's `Documents`."""

    def __init__(self, documents: Documents) -> None:
        self._documents = documents

    def on_operation(self) -> Iterator[None]:
        self.execution_context.parse_options["max_tokens"] = MAX_TOKENS
        yield

    def on_parse(self) -> Iterator[None]:
        try:
            self.execution_context.graphql_document = self._documents.parse(self.execution_context.query or "")
        except GraphQLError:
            # Left to the server's own parser, which meets the same error and reports it on every transport alike.
            self.execution_context.graphql_document = None
        yield

    def on_validate(self) -> Iterator[None]:
        context = self.execution_context
        schema, text = context.schema._schema, context.query or ""  # where Strawberry keeps graphql-core's schema
        introspection = may_introspect(context.context)
        context.pre_execution_errors = self._documents.validate(schema, text, introspection=introspection)
        self._documents.plan(schema, text, context.operation_name, introspection=introspection)
        yield


def may_introspect(request: Request) -> bool:
    """The shape of the schema is for signed-in staff, and for developers."""
    return isinstance(request.ctx.principal, Staff) or not request.ctx.settings.production


def executor_for(documents: Documents) -> type[StrawberryGraphQLCoreExecutionContext]:
    """graphql-core's executor, which carries operations out by their plans where there are any."""

    class PlannedExecutor(StrawberryGraphQLCoreExecutionContext):
        def execute_operation(self, serially: bool | None = None) -> Any:
            plan = documents.plan_of(self.operation)
            return super().execute_operation(serially) if plan is None else self._by_plan(plan)

        async def _by_plan(self, plan: Plan) -> ExecutionResult:
            course = Course(plan, self.context_value, self.root_value, self.variable_values)
            data = await course.run()
            return ExecutionResult(data=data, errors=course.errors or None)

    return PlannedExecutor


class TypedErrors(SchemaExtension):
    """Every error leaves with a code; what we did not foresee leaves as a reference to the log, and nothing else."""

    def on_operation(self) -> Iterator[None]:
        yield
        result = self.execution_context.result
        if result is not None and result.errors:
            result.errors = tell(self.execution_context.context, result.errors)

    def on_stream_result(self, result: Any) -> Iterator[None]:
        if getattr(result, "errors", None):
            result.errors = tell(self.execution_context.context, result.errors)
        yield


def tell(request: Request, errors: list[GraphQLError]) -> list[GraphQLError]:
    """The errors as clients hear them, counted."""
    answers = [error if _is_told(error) else told(request, error) for error in errors]
    for error in answers:
        request.running.telemetry.failed(str((error.extensions or {})["code"]))
    return answers


def _is_told(error: GraphQLError) -> bool:
    return bool(error.extensions and "code" in error.extensions)


def told(request: Request, error: GraphQLError) -> GraphQLError:
    """The error as clients hear it."""
    cause = error.original_error
    while isinstance(cause, GraphQLError) and cause.original_error is not None:
        cause = cause.original_error
    if isinstance(cause, AppError):
        return _app_error(request, error, cause)
    if cause is None or (isinstance(cause, GraphQLError | ValueError) and error.path is None):
        # A document or variable that does not fit the schema; what was given is not echoed: it may be a CPF.
        return _copy(error, _ECHO.sub(": the value given does not fit.", error.message), {"code": ErrorCode.INVALID})
    reference = str(new_id())
    # The place, and never the message: a driver's or a parser's may hold what people wrote.
    place = "".join(traceback.format_tb(cause.__traceback__))
    log.error("unforeseen", reference=reference, path=error.path, error=type(cause).__name__, place=place)
    message = say("internal", request.ctx.locale, reference=reference)
    return _copy(error, message, {"code": ErrorCode.INTERNAL, "reference": reference})


def _app_error(request: Request, error: GraphQLError, cause: AppError) -> GraphQLError:
    problem = cause.problems[0]
    extensions: dict[str, Any] = {"code": problem.code or cause.code}
    if problem.field:
        extensions["field"] = list(problem.field)
    if isinstance(cause, RateLimited | Unavailable):
        extensions["retryAfter"] = round(cause.retry_after.total_seconds())
    return _copy(error, say(problem.reason, request.ctx.locale, **problem.values), extensions)


def _copy(error: GraphQLError, message: str, extensions: dict[str, Any]) -> GraphQLError:
    return GraphQLError(
        message,
        nodes=error.nodes,
        source=error.source,
        positions=error.positions,
        path=error.path,
        original_error=error.original_error,
        extensions=extensions,
    )
