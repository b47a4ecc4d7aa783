"""The GraphQL shape of the use cases: one file a noun, put together here."""

import strawberry
from strawberry.schema.config import StrawberryConfig

from api.schema.access_point_acts import AccessPointMutation
from api.schema.access_point_events import AccessPointSubscription
from api.schema.access_points import AccessPointQuery
from api.schema.api_keys import ApiKeyMutation, ApiKeyQuery
from api.schema.audit import AuditQuery
from api.schema.blocks import BlockMutation, BlockQuery
from api.schema.canned_replies import CannedReplyMutation, CannedReplyQuery
from api.schema.challenges import ChallengeQuery
from api.schema.chat_acts import ChatMutation
from api.schema.chat_events import ChatSubscription
from api.schema.chats import ChatQuery
from api.schema.customers import CustomerMutation, CustomerQuery
from api.schema.dashboard import DashboardQuery, DashboardSubscription
from api.schema.departments import DepartmentMutation, DepartmentQuery
from api.schema.extensions import Documents
from api.schema.holidays import HolidayMutation, HolidayQuery
from api.schema.incident_acts import IncidentMutation
from api.schema.incident_events import IncidentSubscription
from api.schema.incidents import IncidentQuery
from api.schema.inventory import InventoryMutation
from api.schema.measuring import Schema
from api.schema.messages import MessageMutation
from api.schema.metrics import MetricsQuery
from api.schema.notices import NoticeQuery
from api.schema.notifications import NotificationMutation, NotificationQuery, NotificationSubscription
from api.schema.openid import OpenIdMutation, OpenIdQuery
from api.schema.password_links import PasswordLinkMutation, PasswordLinkQuery
from api.schema.privacy import PrivacyMutation
from api.schema.profile import ProfileMutation
from api.schema.queue import QueueQuery, QueueSubscription
from api.schema.roles import RoleQuery
from api.schema.scalars import SCALARS
from api.schema.second_factor import SecondFactorMutation, SecondFactorQuery
from api.schema.sessions import SessionMutation, SessionQuery
from api.schema.team import TeamQuery, TeamSubscription
from api.schema.transcripts import TranscriptQuery
from api.schema.users import UserMutation, UserQuery
from api.schema.webhooks import WebhookMutation, WebhookQuery


@strawberry.type(description="What can be read.")
class Query(
    UserQuery,
    SessionQuery,
    PasswordLinkQuery,
    SecondFactorQuery,
    OpenIdQuery,
    DepartmentQuery,
    ChatQuery,
    CustomerQuery,
    TranscriptQuery,
    QueueQuery,
    MetricsQuery,
    DashboardQuery,
    NotificationQuery,
    CannedReplyQuery,
    ApiKeyQuery,
    AuditQuery,
    HolidayQuery,
    BlockQuery,
    AccessPointQuery,
    IncidentQuery,
    NoticeQuery,
    ChallengeQuery,
    TeamQuery,
    RoleQuery,
    WebhookQuery,
):
    pass


@strawberry.type(description="What can be done: one act each.")
class Mutation(
    ChatMutation,
    MessageMutation,
    CustomerMutation,
    PrivacyMutation,
    UserMutation,
    SessionMutation,
    PasswordLinkMutation,
    SecondFactorMutation,
    OpenIdMutation,
    DepartmentMutation,
    NotificationMutation,
    CannedReplyMutation,
    ApiKeyMutation,
    HolidayMutation,
    BlockMutation,
    AccessPointMutation,
    IncidentMutation,
    InventoryMutation,
    ProfileMutation,
    WebhookMutation,
):
    pass


@strawberry.type(
    description="What can be followed. Facts carry a cursor and are replayed after it; passing events and state do not."
)
class Subscription(
    ChatSubscription,
    QueueSubscription,
    NotificationSubscription,
    DashboardSubscription,
    AccessPointSubscription,
    IncidentSubscription,
    TeamSubscription,
):
    pass


def build_schema() -> Schema:
    """A schema with its own memory of documents."""
    return Schema(
        Documents(),
        query=Query,
        mutation=Mutation,
        subscription=Subscription,
        config=StrawberryConfig(disable_field_suggestions=True, scalar_map=SCALARS),
    )
