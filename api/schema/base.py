"""What every part of the schema shares: enums, connections, payloads and the way to the use cases."""

import enum
import functools
import uuid
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Final, Generic, ParamSpec, TypeVar

import strawberry
from starlette.requests import HTTPConnection
from strawberry.types import Info as StrawberryInfo

from api.auth import COOKIE, keep_session, over_tls
from api.context import Context, Principal, Staff
from api.errors import AppError, ErrorCode, Problem
from api.models import enums
from api.resolvers.pages import Page, PageRequest
from api.schema.loaders import Loaders
from api.schema.scalars import Cursor
from api.subscriptions.running import Running
from api.subscriptions.transport import Subscriber
from api.texts import say

T = TypeVar("T")
R = TypeVar("R")
P = ParamSpec("P")

# --- enums -----------------------------------------------------------------------------------------------------------


def _enum(values: type[Any]) -> Any:
    """The domain's own enum, described by its own docstring."""
    return strawberry.enum(values, description=values.__doc__)


for _values in (
    enums.Role,
    enums.Permission,
    enums.Availability,
    enums.ChatKind,
    enums.ChatStatus,
    enums.Channel,
    enums.Priority,
    enums.Category,
    enums.CloseReason,
    enums.LegOutcome,
    enums.MetricFigure,
    enums.Sender,
    enums.MessageKind,
    enums.CpfPolicy,
    enums.Routing,
    enums.WhenClosed,
    enums.Weekday,
    enums.NotificationKind,
    enums.CannedReplyScope,
    enums.AccessPointStatus,
    enums.CheckKind,
    enums.ImportOutcome,
    enums.WebhookEvent,
    enums.DeliveryStatus,
    enums.IncidentStatus,
    enums.IncidentCause,
    enums.IncidentStep,
    enums.IncidentAudience,
    enums.IncidentShare,
    enums.NoticeStatus,
    enums.Placed,
    ErrorCode,
):
    _enum(_values)


@strawberry.enum(description="The order of a list of chats.")
class ChatOrder(enum.Enum):
    QUEUE = "QUEUE"
    NEWEST = "NEWEST"
    OLDEST = "OLDEST"
    RECENTLY_CLOSED = "RECENTLY_CLOSED"
    RECENTLY_RATED = "RECENTLY_RATED"


# --- the request -----------------------------------------------------------------------------------------------------


class Request:
    """What Strawberry calls the context, one for each operation: the use cases' context, the app, and its loaders."""

    def __init__(
        self, ctx: Context, running: Running, connection: HTTPConnection | None = None, response: Any = None
    ) -> None:
        self.ctx = ctx
        self.running = running
        self.connection = connection
        self.response = response
        self.connection_params: dict[str, object] | None = None
        self.subscriber: Subscriber | None = None
        """Who is subscribed, over a socket; None otherwise."""
        self._loaders: Loaders | None = None

    @property
    def loaders(self) -> Loaders:
        """The loaders of this operation or event; who only waits has none."""
        if self._loaders is None:
            self._loaders = Loaders(self.ctx)
        return self._loaders

    @property
    def takes_cookies(self) -> bool:
        """Whether a page of ours asks, over HTTP: a browser keeps its session as a cookie that scripts cannot read."""
        return self.connection is not None and "origin" in self.connection.headers and self.response is not None

    def set_cookie(self, token: str) -> None:
        """Hand the session's token to the browser, out of the reach of scripts."""
        keep_session(self.response, token, self.ctx.settings, secure=self.secure)

    @property
    def secure(self) -> bool:
        """Whether cookies go over TLS alone: everywhere but on the developer's own machine."""
        return self.connection is None or over_tls(self.connection, self.ctx.settings)

    def drop_cookie(self) -> None:
        """Take the session's token back from the browser."""
        if self.response is not None:
            self.response.delete_cookie(COOKIE, httponly=True, samesite="lax")

    def act_as(self, principal: Principal) -> None:
        """Go on as another caller: who just signed in, or just opened a chat."""
        self.ctx = self.ctx.acting_as(principal)
        self.forget()

    def fresh(self) -> "Request":
        """The same caller with empty loaders: a socket's next operation, or a subscription's next event."""
        return Request(self.ctx, self.running, self.connection)

    def forget(self) -> None:
        """Empty the loaders, so that the next event is drawn from rows of its own time."""
        self._loaders = None


Info = StrawberryInfo[Request, None]

PERSONAL: Final = {"personal": True}
"""The mark of a field whose value depends on which person asks, and not only on what that person may."""


def is_staff(info: Info) -> bool:
    """Whether the staff's side of a type is shown."""
    return isinstance(info.context.ctx.principal, Staff)


# --- nodes, pages, errors --------------------------------------------------------------------------------------------


@strawberry.interface(description="Something with an id of its own.")
class Node:
    id: strawberry.ID = strawberry.field(description="A UUIDv7, the same value as in REST.")


@strawberry.type(description="Where a page of a list lies.")
class PageInfo:
    has_next_page: bool = strawberry.field(description="There is more after this page.")
    has_previous_page: bool = strawberry.field(description="There is more before this page.")
    start_cursor: Cursor | None = strawberry.field(description="The place of the first item; null on an empty page.")
    end_cursor: Cursor | None = strawberry.field(description="The place of the last item; null on an empty page.")


@strawberry.type(description="An item of a list, with its place.")
class Edge(Generic[T]):
    cursor: Cursor = strawberry.field(description="The item's place.")
    node: T = strawberry.field(description="The item.")


@strawberry.type(description="A page of a list.")
class Connection(Generic[T]):
    page: strawberry.Private[Page[Any]]
    draw: strawberry.Private[Callable[[Any], Any]]
    count: strawberry.Private[Callable[[], Awaitable[int]]]

    @strawberry.field(description="The items with their places.")
    def edges(self) -> list[Edge[T]]:
        return [Edge(cursor=Cursor(self.page.cursor(row)), node=self.draw(row)) for row in self.page.rows]

    @strawberry.field(description="The items.")
    def nodes(self) -> list[T]:
        return [self.draw(row) for row in self.page.rows]

    @strawberry.field(description="Where this page lies.")
    def page_info(self) -> PageInfo:
        rows = self.page.rows
        return PageInfo(
            has_next_page=self.page.has_next,
            has_previous_page=self.page.has_previous,
            start_cursor=Cursor(self.page.cursor(rows[0])) if rows else None,
            end_cursor=Cursor(self.page.cursor(rows[-1])) if rows else None,
        )

    @strawberry.field(description="How many items the whole list holds.")
    async def total_count(self) -> int:
        return await self.count()

    @classmethod
    def of(cls, page: Page[Any], draw: Callable[[Any], T], count: Callable[[], Awaitable[int]]) -> "Connection[T]":
        """A page of rows, each drawn where it is asked for."""
        return cls(page=page, draw=draw, count=count)


def page_request(
    first: int | None = None, after: str | None = None, last: int | None = None, before: str | None = None
) -> PageRequest:
    """The part of a list that the arguments ask for."""
    return PageRequest(first=first, after=after, last=last, before=before)


@strawberry.type(description="Something that the person can mend.")
class UserError:
    code: ErrorCode = strawberry.field(description="What kind of failure it is, for programs.")
    message: str = strawberry.field(description="What to do about it, for people, in their language.")
    field: list[str] | None = strawberry.field(description="The path of the argument at fault, if it is one.")


EXPECTED = frozenset(
    {
        ErrorCode.INVALID,
        ErrorCode.REQUIRED,
        ErrorCode.NOT_FOUND,
        ErrorCode.SECOND_FACTOR_NEEDED,
        ErrorCode.FORBIDDEN,
        ErrorCode.CONFLICT,
        ErrorCode.CHAT_CLOSED,
        ErrorCode.DEPARTMENT_CLOSED,
        ErrorCode.PROOF_NEEDED,
        ErrorCode.CAPACITY,
        ErrorCode.IDEMPOTENCY_MISMATCH,
        ErrorCode.RATE_LIMITED,
    }
)
"""What a person can act on goes into the payload; anything else is an error of the request."""


def payload(kind: Callable[..., R]) -> Callable[[Callable[P, Awaitable[R]]], Callable[P, Awaitable[R]]]:
    """Turn the expected failures of a mutation into `kind`'s userErrors."""

    def wrap(mutation: Callable[P, Awaitable[R]]) -> Callable[P, Awaitable[R]]:
        @functools.wraps(mutation)
        async def answered(*args: P.args, **kwargs: P.kwargs) -> R:
            try:
                return await mutation(*args, **kwargs)
            except AppError as error:
                expected = error.code in EXPECTED or error.reason == "bad_credentials"
                if not expected:
                    raise
                info: Any = kwargs["info"]
                return kind(user_errors=user_errors(info, error))

        return answered

    return wrap


def user_errors(info: Info, error: AppError) -> list[UserError]:
    """Each problem of a failure, in the reader's language."""
    return [_user_error(info, error, problem) for problem in error.problems]


def _user_error(info: Info, error: AppError, problem: Problem) -> UserError:
    return UserError(
        code=problem.code or error.code,
        message=say(problem.reason, info.context.ctx.locale, **problem.values),
        field=list(problem.field) or None,
    )


def to_id(value: uuid.UUID) -> strawberry.ID:
    """An id as clients see it."""
    return strawberry.ID(str(value))


def from_id(value: str, *, missing: Callable[[], AppError]) -> uuid.UUID:
    """The UUID behind an id; what is not one names nothing, as an unknown one does."""
    try:
        return uuid.UUID(value)
    except ValueError:
        raise missing() from None


def ids_of(values: Sequence[str], *, missing: Callable[[], AppError]) -> tuple[uuid.UUID, ...]:
    """The UUIDs behind ids."""
    return tuple(from_id(value, missing=missing) for value in values)
