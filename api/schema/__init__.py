"""The GraphQL shape of the use cases: one file a noun, put together here."""

from typing import Any

import strawberry
from graphql import OperationType
from strawberry.schema.config import StrawberryConfig
from strawberry.types import ExecutionContext, ExecutionResult

from api.schema.api_keys import ApiKeyMutation, ApiKeyQuery
from api.schema.base import Request
from api.schema.canned_replies import CannedReplyMutation, CannedReplyQuery
from api.schema.chat_acts import ChatMutation
from api.schema.chat_events import ChatSubscription
from api.schema.chats import ChatQuery
from api.schema.departments import DepartmentMutation, DepartmentQuery
from api.schema.extensions import Documents, RememberDocuments, TypedErrors, executor_for, may_introspect, told
from api.schema.messages import MessageMutation
from api.schema.metrics import MetricsQuery
from api.schema.notifications import NotificationMutation, NotificationQuery, NotificationSubscription
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

    async def by_plan(
        self,
        query: str,
        variables: dict[str, Any] | None,
        request: Request,
        operation_name: str | None,
        *,
        event: Any = None,
    ) -> ExecutionResult | None:
        """The result of an operation that there is a plan for, of a subscription's for one event.

        None when it is left to graphql-core, or is a subscription without an event.
        """
        introspection = may_introspect(request)
        plan = self.documents.plan(self._schema, query, operation_name, introspection=introspection)
        if plan is None or (event is None and plan.operation.operation is OperationType.SUBSCRIPTION):
            return None
        course = plan.course(request, variables, event)
        if course is None:
            return None
        data = await course.run()
        return ExecutionResult(data=data, errors=[told(request, error) for error in course.errors] or None)

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
        execution_context_class=executor_for(documents),
    )
    schema.documents = documents
    return schema
