"""The GraphQL shape of the use cases: one file a noun, put together here."""

from collections.abc import Iterable
from typing import Any

import strawberry
from graphql import OperationType
from strawberry.schema.config import StrawberryConfig
from strawberry.types import ExecutionContext, ExecutionResult
from strawberry.types.graphql import OperationType as Allowed

from api.schema.api_keys import ApiKeyMutation, ApiKeyQuery
from api.schema.base import Request
from api.schema.canned_replies import CannedReplyMutation, CannedReplyQuery
from api.schema.chat_acts import ChatMutation
from api.schema.chat_events import ChatSubscription
from api.schema.chats import ChatQuery
from api.schema.departments import DepartmentMutation, DepartmentQuery
from api.schema.extensions import Documents, RememberDocuments, TypedErrors, may_introspect, told
from api.schema.messages import MessageMutation
from api.schema.metrics import MetricsQuery
from api.schema.notifications import NotificationMutation, NotificationQuery, NotificationSubscription
from api.schema.plans import Plan
from api.schema.queue import QueueQuery, QueueSubscription
from api.schema.scalars import SCALARS
from api.schema.users import UserMutation, UserQuery


@strawberry.type(description="What can be read.")
class Query(
    UserQuery, DepartmentQuery, ChatQuery, QueueQuery, MetricsQuery, NotificationQuery, CannedReplyQuery, ApiKeyQuery
):
    pass


@strawberry.type(description="What can be done: one act each.")
class Mutation(
    ChatMutation,
    MessageMutation,
    UserMutation,
    DepartmentMutation,
    NotificationMutation,
    CannedReplyMutation,
    ApiKeyMutation,
):
    pass


@strawberry.type(
    description="What can be followed. Facts carry a cursor and are replayed after it; passing events carry none."
)
class Subscription(ChatSubscription, QueueSubscription, NotificationSubscription):
    pass


class Schema(strawberry.Schema):
    """Strawberry's schema; failures are logged where they are put into words (see extensions.py), and only there.

    Operations that there is a plan for are carried out by it; all others, and all that is wrong with a document, are
    left to graphql-core.
    """

    documents: Documents

    async def execute(
        self,
        query: str | None,
        variable_values: dict[str, Any] | None = None,
        context_value: Any = None,
        root_value: Any = None,
        operation_name: str | None = None,
        allowed_operation_types: Iterable[Allowed] | None = None,
        operation_extensions: dict[str, Any] | None = None,
    ) -> ExecutionResult:
        """The result of a query or mutation."""
        result = None
        if query is not None and allowed_operation_types is None:
            result = await self.by_plan(query, variable_values, context_value, operation_name)
        return result or await super().execute(
            query,
            variable_values,
            context_value,
            root_value,
            operation_name,
            allowed_operation_types,
            operation_extensions,
        )

    async def by_plan(
        self, query: str, variables: dict[str, Any] | None, request: Request, operation_name: str | None
    ) -> ExecutionResult | None:
        """The result of a query or mutation that there is a plan for; None when it is left to graphql-core."""
        plan = self.plan(query, operation_name, request)
        if plan is None or plan.operation.operation is OperationType.SUBSCRIPTION:
            return None
        course = plan.course(request, variables)
        if course is None:
            return None
        data = await course.run()
        return ExecutionResult(data=data, errors=[told(request, error) for error in course.errors] or None)

    def plan(self, query: str, operation_name: str | None, request: Request) -> Plan | None:
        """The plan of an operation for who asks; None when it is left to graphql-core."""
        introspection = may_introspect(request)
        return self.documents.plan(self._schema, query, operation_name, introspection=introspection)

    def process_errors(self, errors: list[Any], execution_context: ExecutionContext | None = None) -> None:
        pass


def build_schema() -> Schema:
    """A schema with its own memory of documents."""
    documents = Documents()
    schema = Schema(
        query=Query,
        mutation=Mutation,
        subscription=Subscription,
        config=StrawberryConfig(disable_field_suggestions=True, scalar_map=SCALARS),
        extensions=[lambda: RememberDocuments(documents), TypedErrors],
    )
    schema.documents = documents
    return schema
