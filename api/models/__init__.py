"""The tables. Importing this package registers all of them with SQLModel's metadata."""

from api.models.access_points import (
    AccessPoint,
    AccessPointHour,
    AccessPointSample,
    AccessPointSpan,
    Maintenance,
    MaintenanceOf,
    Outage,
)
from api.models.api_keys import ApiKey
from api.models.audit import AuditEntry
from api.models.blocks import Block
from api.models.canned_replies import CannedReply
from api.models.chats import Chat, Leg, Message
from api.models.customers import Customer
from api.models.departments import Department
from api.models.holidays import Holiday
from api.models.incidents import Incident, IncidentChat, IncidentPoint, IncidentReply, IncidentReplyChat
from api.models.notifications import Notification
from api.models.rollups import Rollup
from api.models.search import ChatToIndex, ChatWords
from api.models.streams import Counter, EventRow, Lease, Property, Stream, keep_property, property_value
from api.models.users import RecoveryCode, Session, StatusInterval, User, UserDepartment
from api.models.webhooks import Webhook, WebhookDelivery

__all__ = [
    "AccessPoint",
    "AccessPointHour",
    "AccessPointSample",
    "AccessPointSpan",
    "ApiKey",
    "AuditEntry",
    "Block",
    "CannedReply",
    "Chat",
    "ChatToIndex",
    "ChatWords",
    "Counter",
    "Customer",
    "Department",
    "EventRow",
    "Holiday",
    "Incident",
    "IncidentChat",
    "IncidentPoint",
    "IncidentReply",
    "IncidentReplyChat",
    "Lease",
    "Leg",
    "Maintenance",
    "MaintenanceOf",
    "Message",
    "Notification",
    "Outage",
    "Property",
    "RecoveryCode",
    "Rollup",
    "Session",
    "StatusInterval",
    "Stream",
    "User",
    "UserDepartment",
    "Webhook",
    "WebhookDelivery",
    "keep_property",
    "property_value",
]
