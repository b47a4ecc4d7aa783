"""The /api/v1 table."""

from itertools import groupby
from typing import Final

from starlette.routing import BaseRoute, Route

from api.errors import ErrorCode
from api.resolvers import access_points as access_point_cases
from api.resolvers import claims, closings, connecting, handoffs, notices, presence
from api.resolvers import departments as department_cases
from api.resolvers import messages as message_cases
from api.resolvers import metrics as metric_cases
from api.resolvers import openings as opening_cases
from api.resolvers import queue as queue_cases
from api.resolvers import tables as table_cases
from api.resolvers import users as user_cases
from rest_compat import (
    access_points,
    chats,
    customers,
    departments,
    incidents,
    messages,
    metrics,
    openings,
    queue,
    tables,
    users,
)
from rest_compat.docs import documentation
from rest_compat.operations import Endpoint, Nowhere, Operation
from rest_compat.reply import CSV

E = ErrorCode
ROOT: Final = "/api/v1"

# fmt: off
TABLE: Final = (
    Operation("GET", "/departments/", departments.list_departments, department_cases.list_departments,
              answer=list[departments.Department]),
    Operation("POST", "/chat/init/", openings.open_chat, opening_cases.open_chat,
              body=openings.OpenChat, answer=openings.ChatOpened, creates=True, repeatable=True,
              fails=(E.FORBIDDEN, E.PROOF_NEEDED, E.NOT_FOUND, E.DEPARTMENT_CLOSED, E.IDEMPOTENCY_MISMATCH,
                     E.RATE_LIMITED)),
    Operation("GET", "/chat/{id}/history/", messages.read_history, message_cases.read_history,
              params=messages.HistoryParams, answer=messages.History),
    Operation("POST", "/chat/{id}/message/", messages.send_message, message_cases.send_message,
              body=messages.SendMessage, answer=messages.Sent, creates=True,
              fails=(E.CONFLICT, E.CHAT_CLOSED, E.IDEMPOTENCY_MISMATCH, E.RATE_LIMITED)),
    Operation("POST", "/chat/{id}/handoff/", chats.hand_off_chat, handoffs.hand_off_chat,
              body=chats.HandOff, answer=chats.HandedOff, fails=(E.CONFLICT, E.CHAT_CLOSED, E.DEPARTMENT_CLOSED)),
    Operation("POST", "/chat/{id}/claim/", chats.claim_chat, claims.claim_chat,
              body=chats.Nothing, answer=chats.Claimed, fails=(E.CONFLICT, E.CHAT_CLOSED, E.CAPACITY)),
    Operation("POST", "/chat/{id}/end/", chats.end_chat, closings.close_chat,
              body=chats.EndChat, answer=chats.ChatEnded, fails=(E.CONFLICT,)),
    Operation("POST", "/chat/{id}/rating/", chats.rate_chat, closings.rate_chat,
              body=chats.RateChat, answer=chats.ChatRated, fails=(E.CONFLICT,)),
    Operation("GET", "/agent/queue/", queue.list_queue, queue_cases.list_waiting,
              params=queue.QueueParams, answer=list[queue.Waiting], fails=(E.NOT_FOUND,)),
    Operation("POST", "/agent/status/", users.set_status, presence.set_availability,
              body=users.ChooseStatus, answer=users.Status),
    Operation("GET", "/dashboard/metrics/", metrics.get_metrics, metric_cases.get_metrics,
              params=metrics.MetricsParams, answer=metrics.Metrics, fails=(E.NOT_FOUND,)),
    Operation("GET", "/dashboard/metrics.csv/", tables.export_metrics, table_cases.tabulate,
              params=tables.ExportParams, answer=list[tables.MetricsLine], media=CSV, fails=(E.NOT_FOUND,)),
    Operation("GET", "/users/{id}/", users.get_user, user_cases.get_user,
              answer=users.Profile),
    Operation("PATCH", "/users/{id}/", users.update_user, user_cases.update_user,
              body=users.UserPatch, answer=users.Profile, fails=(E.CONFLICT,)),
    Operation("POST", "/network/access-points/{id}/heartbeat/", access_points.report_access_point,
              access_point_cases.report_access_point, body=access_points.Heartbeat, answer=access_points.Heard),
    Operation("POST", "/network/customers/", customers.place_customer, connecting.place_customer,
              body=customers.Placement, answer=customers.Placed, fails=(E.NOT_FOUND,)),
    Operation("GET", "/network/incidents/current/", incidents.get_current_incident, notices.current_notices,
              params=incidents.IncidentParams, answer=incidents.CurrentIncident, fails=(E.NOT_FOUND,)),
)
# fmt: on


def routes() -> list[BaseRoute]:
    """Every route below /api/v1: each with and without its trailing slash, and a 404 for the rest."""
    found: list[BaseRoute] = documentation(TABLE, ROOT)
    for path, operations in groupby(TABLE, key=lambda operation: operation.path):
        endpoint = Endpoint(list(operations))
        found += [Route(f"{ROOT}{path}", endpoint), Route(f"{ROOT}{path.rstrip('/')}", endpoint)]
    return [*found, Route(ROOT, Nowhere()), Route(f"{ROOT}/{{path:path}}", Nowhere())]
