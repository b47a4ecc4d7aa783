"""The closed vocabularies of the domain. Each value is its own name, in the database as in GraphQL."""

from collections.abc import Iterable
from enum import StrEnum


class Role(StrEnum):
    """A named set of permissions."""

    ADMIN = "ADMIN"
    SUPERVISOR = "SUPERVISOR"
    AGENT = "AGENT"
    ANALYST = "ANALYST"


class Permission(StrEnum):
    """One thing that a person of the staff may do."""

    CHAT_ATTEND = "CHAT_ATTEND"
    CHAT_VIEW_ALL = "CHAT_VIEW_ALL"
    QUEUE_MANAGE = "QUEUE_MANAGE"
    CUSTOMER_VIEW = "CUSTOMER_VIEW"
    CPF_REVEAL = "CPF_REVEAL"
    PRIVACY_MANAGE = "PRIVACY_MANAGE"
    USER_MANAGE = "USER_MANAGE"
    DEPARTMENT_MANAGE = "DEPARTMENT_MANAGE"
    METRICS_VIEW = "METRICS_VIEW"
    EXPORT = "EXPORT"
    AUDIT_VIEW = "AUDIT_VIEW"
    NETWORK_VIEW = "NETWORK_VIEW"
    NETWORK_MANAGE = "NETWORK_MANAGE"
    API_KEY_MANAGE = "API_KEY_MANAGE"
    WEBHOOK_MANAGE = "WEBHOOK_MANAGE"


def permissions_named(names: Iterable[str]) -> list[Permission]:
    """The permissions that a row names, in its order; one that is no more opens nothing."""
    return [Permission(name) for name in names if name in Permission.__members__]


ROLE_PERMISSIONS: dict[Role, frozenset[Permission]] = {
    Role.ADMIN: frozenset(Permission),
    Role.SUPERVISOR: frozenset(
        {
            Permission.CHAT_ATTEND,
            Permission.CHAT_VIEW_ALL,
            Permission.QUEUE_MANAGE,
            Permission.CUSTOMER_VIEW,
            Permission.METRICS_VIEW,
            Permission.NETWORK_VIEW,
        }
    ),
    Role.AGENT: frozenset({Permission.CHAT_ATTEND, Permission.CUSTOMER_VIEW, Permission.NETWORK_VIEW}),
    Role.ANALYST: frozenset({Permission.METRICS_VIEW, Permission.EXPORT}),
}


class Scope(StrEnum):
    """One thing that a machine's key may do."""

    CHAT_WRITE = "chat:write"
    QUEUE_READ = "queue:read"
    METRICS_READ = "metrics:read"
    NETWORK_REPORT = "network:report"
    CUSTOMER_WRITE = "customer:write"


class Availability(StrEnum):
    """The status that an agent chose."""

    ONLINE = "ONLINE"
    PAUSED = "PAUSED"
    OFFLINE = "OFFLINE"


class ChatKind(StrEnum):
    """A live chat, or a ticket that may take days."""

    CHAT = "CHAT"
    TICKET = "TICKET"


class ChatStatus(StrEnum):
    """Who owns the next move: the bot, the queue, one agent, nobody."""

    BOT = "BOT"
    WAITING = "WAITING"
    ACTIVE = "ACTIVE"
    CLOSED = "CLOSED"


class Channel(StrEnum):
    """Where the customer writes from."""

    WIDGET = "WIDGET"
    WHATSAPP = "WHATSAPP"
    TELEGRAM = "TELEGRAM"
    API = "API"
    INTERNAL = "INTERNAL"


class Priority(StrEnum):
    """How far a chat jumps ahead in its queue."""

    LOW = "LOW"
    NORMAL = "NORMAL"
    HIGH = "HIGH"
    URGENT = "URGENT"


class Category(StrEnum):
    """What the chat is about."""

    OUTAGE = "OUTAGE"
    SLOW = "SLOW"
    WIFI = "WIFI"
    BILLING = "BILLING"
    OTHER = "OTHER"


class CloseReason(StrEnum):
    """Why a chat ended."""

    RESOLVED = "RESOLVED"
    CUSTOMER_LEFT = "CUSTOMER_LEFT"
    INACTIVITY = "INACTIVITY"
    ABANDONED = "ABANDONED"
    ADMIN = "ADMIN"
    INCIDENT = "INCIDENT"


class LegOutcome(StrEnum):
    """How a leg ended: the chat closed in it, or left it for elsewhere, or nobody came."""

    ENDED = "ENDED"
    ABANDONED = "ABANDONED"
    RETURNED = "RETURNED"
    TRANSFERRED = "TRANSFERRED"


class MetricFigure(StrEnum):
    """A figure of a period that can be opened into what it is made of."""

    OFFERED = "OFFERED"
    ABANDONMENT = "ABANDONMENT"
    WAIT_TIME = "WAIT_TIME"
    FIRST_RESPONSE = "FIRST_RESPONSE"
    HANDLE_TIME = "HANDLE_TIME"
    ACTIVE_HANDLE_TIME = "ACTIVE_HANDLE_TIME"
    RESOLUTION = "RESOLUTION"
    BUSINESS_WAIT_TIME = "BUSINESS_WAIT_TIME"
    BUSINESS_FIRST_RESPONSE = "BUSINESS_FIRST_RESPONSE"
    BUSINESS_HANDLE_TIME = "BUSINESS_HANDLE_TIME"
    BUSINESS_RESOLUTION = "BUSINESS_RESOLUTION"
    SERVICE_LEVEL = "SERVICE_LEVEL"
    OCCUPANCY = "OCCUPANCY"
    SATISFACTION = "SATISFACTION"


class Sender(StrEnum):
    """Which side wrote a message."""

    CUSTOMER = "CUSTOMER"
    AGENT = "AGENT"
    BOT = "BOT"
    SYSTEM = "SYSTEM"


class MessageKind(StrEnum):
    """What was said, an internal note that only staff read, or something that happened."""

    TEXT = "TEXT"
    NOTE = "NOTE"
    EVENT = "EVENT"


class CpfPolicy(StrEnum):
    """When a department asks for the CPF."""

    REQUIRED = "REQUIRED"
    OPTIONAL = "OPTIONAL"
    AFTER_CLAIM = "AFTER_CLAIM"


class Routing(StrEnum):
    """Who picks the next chat: the agent, or the desk."""

    MANUAL = "MANUAL"
    AUTOMATIC = "AUTOMATIC"


class WhenClosed(StrEnum):
    """What becomes of who comes out of hours: they wait in the queue all the same, or are offered to leave a ticket."""

    QUEUE = "QUEUE"
    TICKET = "TICKET"


class Weekday(StrEnum):
    """The days of a week, in their order."""

    MONDAY = "MONDAY"
    TUESDAY = "TUESDAY"
    WEDNESDAY = "WEDNESDAY"
    THURSDAY = "THURSDAY"
    FRIDAY = "FRIDAY"
    SATURDAY = "SATURDAY"
    SUNDAY = "SUNDAY"


class SessionKind(StrEnum):
    """What a staff credential is: a browser's cookie, or a token for programs."""

    COOKIE = "COOKIE"
    TOKEN = "TOKEN"


class NotificationKind(StrEnum):
    """What a notification is about."""

    CHAT_WAITING = "CHAT_WAITING"
    CHAT_MESSAGE = "CHAT_MESSAGE"
    CHAT_ASSIGNED = "CHAT_ASSIGNED"
    CHAT_RETURNED = "CHAT_RETURNED"
    TICKET_OVERDUE = "TICKET_OVERDUE"
    COUNTERS_DIFFER = "COUNTERS_DIFFER"
    ACCESS_POINT_DOWN = "ACCESS_POINT_DOWN"
    ACCESS_POINT_BACK = "ACCESS_POINT_BACK"
    INCIDENT_SUSPECTED = "INCIDENT_SUSPECTED"
    WEBHOOK_FAILED = "WEBHOOK_FAILED"


class Rolled(StrEnum):
    """What is kept of each day after its rows are gone."""

    OFFERED = "OFFERED"
    ABANDONED = "ABANDONED"
    WAIT_TIME = "WAIT_TIME"
    KEPT_WAITING = "KEPT_WAITING"
    FIRST_RESPONSE = "FIRST_RESPONSE"
    HANDLE_TIME = "HANDLE_TIME"
    ACTIVE_HANDLE_TIME = "ACTIVE_HANDLE_TIME"
    RESOLUTION = "RESOLUTION"
    BUSINESS_WAIT_TIME = "BUSINESS_WAIT_TIME"
    BUSINESS_FIRST_RESPONSE = "BUSINESS_FIRST_RESPONSE"
    BUSINESS_HANDLE_TIME = "BUSINESS_HANDLE_TIME"
    BUSINESS_RESOLUTION = "BUSINESS_RESOLUTION"
    SATISFACTION = "SATISFACTION"
    CHATS = "CHATS"
    CHATS_OF_DEPARTMENT = "CHATS_OF_DEPARTMENT"
    CHATS_OF_AGENT = "CHATS_OF_AGENT"
    CHATS_OF_BOTH = "CHATS_OF_BOTH"
    ONLINE = "ONLINE"


class CannedReplyScope(StrEnum):
    """Whose a canned reply is: one person's, one department's, or everybody's."""

    PERSONAL = "PERSONAL"
    DEPARTMENT = "DEPARTMENT"
    EVERYBODY = "EVERYBODY"


class AccessPointStatus(StrEnum):
    """Whether a piece of the network works, as far as we know."""

    UNKNOWN = "UNKNOWN"
    ONLINE = "ONLINE"
    DEGRADED = "DEGRADED"
    OFFLINE = "OFFLINE"
    MAINTENANCE = "MAINTENANCE"


class CheckKind(StrEnum):
    """How an access point is checked; of a HEARTBEAT it tells us by itself."""

    ICMP = "ICMP"
    TCP = "TCP"
    HTTP = "HTTP"
    HEARTBEAT = "HEARTBEAT"


class IncidentStatus(StrEnum):
    """How far an incident is: thought of, known, thought to be over, over."""

    SUSPECTED = "SUSPECTED"
    CONFIRMED = "CONFIRMED"
    MONITORED = "MONITORED"
    RESOLVED = "RESOLVED"


class IncidentCause(StrEnum):
    """What an incident was found by: a check, complaints while the checks were green, or a person."""

    OFFLINE = "OFFLINE"
    COMPLAINTS = "COMPLAINTS"
    BY_HAND = "BY_HAND"


class IncidentStep(StrEnum):
    """What happened to an incident: a step of its story."""

    OPENED = "OPENED"
    CONFIRMED = "CONFIRMED"
    REPLIED = "REPLIED"
    MONITORED = "MONITORED"
    RESOLVED = "RESOLVED"
    DISMISSED = "DISMISSED"


class IncidentShare(StrEnum):
    """Whether figures are of all chats, without those that an incident explains, or of these only."""

    WITH = "WITH"
    WITHOUT = "WITHOUT"
    ONLY = "ONLY"


class Placed(StrEnum):
    """What became of one line of a list of customers and their access points."""

    ADDED = "ADDED"
    CHANGED = "CHANGED"
    UNCHANGED = "UNCHANGED"
    FAILED = "FAILED"


class IncidentAudience(StrEnum):
    """Which customers are told of an incident or of planned work: those whom it affects, or everyone."""

    AFFECTED = "AFFECTED"
    EVERYONE = "EVERYONE"


class NoticeStatus(StrEnum):
    """How far what customers are told of is: an incident, known or thought to be over; work, planned or under way."""

    CONFIRMED = "CONFIRMED"
    MONITORED = "MONITORED"
    PLANNED = "PLANNED"
    UNDER_WAY = "UNDER_WAY"


class ImportOutcome(StrEnum):
    """What becomes of a line of an imported file."""

    CREATED = "CREATED"
    UPDATED = "UPDATED"
    UNCHANGED = "UNCHANGED"
    REFUSED = "REFUSED"


class WebhookEvent(StrEnum):
    """What a webhook may be told of; in its payloads by `wire`, such as chat.opened."""

    CHAT_OPENED = "CHAT_OPENED"
    CHAT_CLOSED = "CHAT_CLOSED"
    MESSAGE_CREATED = "MESSAGE_CREATED"
    ACCESS_POINT_OFFLINE = "ACCESS_POINT_OFFLINE"
    ACCESS_POINT_RECOVERED = "ACCESS_POINT_RECOVERED"
    INCIDENT_OPENED = "INCIDENT_OPENED"
    INCIDENT_RESOLVED = "INCIDENT_RESOLVED"

    @property
    def wire(self) -> str:
        """The name that receivers know: the noun, a dot, what happened."""
        noun, _, verb = self.value.lower().rpartition("_")
        return f"{noun}.{verb}"


class DeliveryStatus(StrEnum):
    """What has become of a delivery so far."""

    PENDING = "PENDING"
    DELIVERED = "DELIVERED"
    FAILED = "FAILED"
