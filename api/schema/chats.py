"""Chats in the schema: what they are, and their lists (what is done with them: chat_acts.py)."""

from datetime import datetime, timedelta
from functools import partial
from typing import Annotated

import strawberry

from api.errors import NotFound
from api.models import Chat as ChatRow
from api.models.chats import event_seq
from api.models.enums import (
    Category,
    Channel,
    ChatKind,
    ChatStatus,
    CloseReason,
    Permission,
    Priority,
    Sender,
)
from api.resolvers import chats as use
from api.resolvers import messages
from api.resolvers.access import grants_of
from api.resolvers.incidents import MAY_LOOK
from api.resolvers.legs import resolution_of
from api.resolvers.pages import Order, Page
from api.resolvers.queue import by_rank
from api.resolvers.reopening import reopens_until
from api.schema.base import (
    ChatOrder,
    Connection,
    Info,
    Node,
    Request,
    from_id,
    is_staff,
    page_request,
    to_id,
)
from api.schema.chat_filters import ChatFilter
from api.schema.customers import Customer
from api.schema.departments import Department, WaitEstimate, load_department
from api.schema.incidents import Incident, load_incident
from api.schema.legs import Leg
from api.schema.messages import Message, no_chat
from api.schema.notices import Notice
from api.schema.scalars import Cursor
from api.schema.search import Excerpt
from api.schema.users import User, load_user
from api.subscriptions.cursors import write_cursor

First = Annotated[int | None, strawberry.argument(description="The first so many, at most 100; 50 by default.")]
After = Annotated[Cursor | None, strawberry.argument(description="After this place.")]
Last = Annotated[int | None, strawberry.argument(description="The last so many, at most 100.")]
Before = Annotated[Cursor | None, strawberry.argument(description="Before this place.")]


@strawberry.type(description="How the customer found it.")
class Rating:
    score: int = strawberry.field(description="From 1 to 5.")
    comment: str | None = strawberry.field(description="In their own words.")
    at: datetime = strawberry.field(description="When they said so.")


@strawberry.type(description="One conversation, from opening to closing.")
class Chat(Node):
    protocol: str = strawberry.field(description="YYYYMMDD-NNNNNN, for people to read out.")
    kind: ChatKind = strawberry.field(description="A live chat, or a ticket that may take days.")
    status: ChatStatus = strawberry.field(description="Who owns the next move.")
    channel: Channel = strawberry.field(description="Where the customer writes from.")
    category: Category = strawberry.field(description="What it is about.")
    priority: Priority = strawberry.field(description="How far it jumps ahead in the queue.")
    subject: str | None = strawberry.field(description="What it is about, in the staff's words.")
    customer_name: str = strawberry.field(description="The name that the customer gave.")
    created_at: datetime = strawberry.field(description="When it was opened.")
    queued_at: datetime | None = strawberry.field(description="When it began to wait; kept through transfers.")
    claimed_at: datetime | None = strawberry.field(description="When the present agent took it.")
    closed_at: datetime | None = strawberry.field(description="When it ended.")
    close_reason: CloseReason | None = strawberry.field(description="Why it ended.")
    reopens_until: datetime | None = strawberry.field(
        description="Until when the customer's next words reopen it; null while it is open."
    )
    due_at: datetime | None = strawberry.field(description="Of a ticket: until when it should be done.")
    awaiting: Sender | None = strawberry.field(
        description="Whose answer it waits for; null for tickets and when it has ended."
    )
    deadline: datetime | None = strawberry.field(
        description="When the desk does the next thing by itself: warns, closes, returns it to the queue."
    )
    warned_at: datetime | None = strawberry.field(description="When its silent customer was warned of the end.")
    customer_read_seq: int = strawberry.field(description="The last message that the customer has read.")
    agent_read_seq: int = strawberry.field(description="The last message that the agent has read.")
    rating: Rating | None = strawberry.field(description="How the customer found it; null until they say so.")
    cursor: Cursor = strawberry.field(description="Where chatEvents(after:) continues from what this query read.")
    row: strawberry.Private[ChatRow]

    @classmethod
    def of(cls, request: Request, row: ChatRow) -> "Chat":
        return cls(
            id=to_id(row.id),
            protocol=row.protocol,
            kind=row.kind,
            status=row.status,
            channel=row.channel,
            category=row.category,
            priority=row.priority,
            subject=row.subject,
            customer_name=row.customer_name,
            created_at=row.created_at,
            queued_at=row.queued_at,
            claimed_at=row.claimed_at,
            closed_at=row.closed_at,
            close_reason=row.close_reason,
            reopens_until=reopens_until(row, request.ctx.settings.reopen_window),
            due_at=row.due_at,
            awaiting=row.awaiting,
            deadline=row.deadline,
            warned_at=row.warned_at,
            customer_read_seq=row.customer_read_seq,
            agent_read_seq=row.agent_read_seq,
            rating=_rating(row),
            cursor=Cursor(write_cursor(request.ctx.db.epoch, event_seq(row))),
            row=row,
        )

    @strawberry.field(description="Where it is attended.")
    async def department(self, info: Info) -> Department:
        return await load_department(info, self.row.department_id)

    @strawberry.field(description="Who writes to us; null for who may not see customers.")
    async def customer(self, info: Info) -> Customer | None:
        principal = info.context.ctx.principal
        if not is_staff(info) or Permission.CUSTOMER_VIEW not in grants_of(principal):
            return None
        card = await info.context.loaders.customers.load(self.row.customer_id)
        return Customer.of(card) if card else None

    @strawberry.field(description="The incident that explains it; null for who may not see incidents.")
    async def incident(self, info: Info) -> Incident | None:
        may_look = grants_of(info.context.ctx.principal) & {*MAY_LOOK}
        return await load_incident(info, self.row.incident_id) if may_look else None

    @strawberry.field(
        description="What its customer is told first while it is open: of the incident that explains it or of work on"
        " their access point where a bot vouches for them, else what everyone is told."
    )
    async def notice(self, info: Info) -> Notice | None:
        if self.row.status is ChatStatus.CLOSED:
            return None
        notice = await info.context.loaders.notices.load(self.row.id)
        return Notice.of(notice) if notice else None

    @strawberry.field(description="Who attends it; null for the customer.")
    async def agent(self, info: Info) -> User | None:
        return await load_user(info, self.row.agent_id)

    @strawberry.field(description="The name of who attends it, for both sides.")
    async def agent_name(self, info: Info) -> str | None:
        if self.row.agent_id is None:
            return None
        return await info.context.loaders.agent_names.load(self.row.id)

    @strawberry.field(description="Its place in the queue, 1 is next; null when it does not wait.")
    async def position(self, info: Info) -> int | None:
        if self.row.status is not ChatStatus.WAITING:
            return None
        return await info.context.loaders.positions.load(self.row.id)

    @strawberry.field(description="The likely wait still; null when it does not wait, or there is too little to tell.")
    async def estimated_wait(self, info: Info) -> WaitEstimate | None:
        position = await self.position(info)
        state = await info.context.loaders.queues.load(self.row.department_id)
        return WaitEstimate.of(state.estimate(position)) if position else None

    @strawberry.field(description="How long it waited in all, up to now while it waits; null before it ever did.")
    async def waiting(self, info: Info) -> timedelta | None:
        times = await info.context.loaders.times.load(self.row.id)
        return times.waiting if times else None

    @strawberry.field(description="How long it was attended in all, up to now while it is; null before it ever was.")
    async def handling(self, info: Info) -> timedelta | None:
        times = await info.context.loaders.times.load(self.row.id)
        return times.handling if times and self.row.claimed_at else None

    @strawberry.field(description="How long it took from its opening to its end; null while it is open.")
    def resolution(self) -> timedelta | None:
        return resolution_of(self.row)

    @strawberry.field(description="The line with most of these words; null for customers, and where no line has any.")
    async def excerpt(
        self,
        info: Info,
        search: Annotated[str, strawberry.argument(description="The words, as in ChatFilter.")],
    ) -> Excerpt | None:
        found = await info.context.loaders.excerpts.load((self.row.id, search)) if is_staff(info) else None
        return Excerpt.of(found) if found else None

    @strawberry.field(description="The words that it was opened with; null when they are forgotten.")
    async def first_message(self, info: Info) -> Message | None:
        row = await info.context.loaders.first_messages.load(self.row.id)
        return Message.of(row) if row else None

    @strawberry.field(description="The last thing said that the caller may read.")
    async def last_message(self, info: Info) -> Message | None:
        row = await info.context.loaders.last_messages.load(self.row.id)
        return Message.of(row) if row else None

    @strawberry.field(description="How many lines of the other side the caller's side has not read yet.")
    async def unread(self, info: Info) -> int:
        return await info.context.loaders.unread.load(self.row.id) or 0

    @strawberry.field(description="Its lines, in order.")
    async def messages(
        self, info: Info, first: First = None, after: After = None, last: Last = None, before: Before = None
    ) -> Connection[Message]:
        ctx = info.context.ctx
        try:
            wanted = page_request(first, after, last, before)
            page = await messages.list_messages(ctx, self.row.id, wanted, chat=self.row)
        except NotFound:
            # The caller has just given it to a department that is not theirs: that was done, and must be answered.
            return Connection.of(Page([], messages.by_seq.place, False, False), Message.of, _none)
        return Connection.of(page, Message.of, partial(messages.count_messages, ctx, self.row.id))

    @strawberry.field(description="Its legs, in order; null for the customer.")
    async def legs(self, info: Info) -> list[Leg] | None:
        if not is_staff(info):
            return None
        return [Leg.of(row) for row in await info.context.loaders.legs.load(self.row.id) or []]


async def _none() -> int:
    return 0


def _rating(row: ChatRow) -> Rating | None:
    if row.rating_score is None or row.rated_at is None:
        return None
    return Rating(score=row.rating_score, comment=row.rating_comment, at=row.rated_at)


_ORDERS: dict[ChatOrder, Order[ChatRow]] = {
    ChatOrder.QUEUE: by_rank,
    ChatOrder.NEWEST: use.newest_first,
    ChatOrder.OLDEST: use.by_creation,
    ChatOrder.RECENTLY_CLOSED: use.recently_closed,
    ChatOrder.RECENTLY_RATED: use.recently_rated,
}


ChatId = Annotated[strawberry.ID, strawberry.argument(description="The chat.")]


@strawberry.type
class ChatQuery:
    @strawberry.field(description="One chat, by id or by protocol; null when unknown, or not the caller's to see.")
    async def chat(
        self,
        info: Info,
        id: Annotated[strawberry.ID | None, strawberry.argument(description="Its id.")] = None,
        protocol: Annotated[str | None, strawberry.argument(description="Its protocol.")] = None,
    ) -> Chat | None:
        try:
            key = from_id(id, missing=no_chat) if id is not None else None
            return Chat.of(info.context, await use.get_chat(info.context.ctx, id=key, protocol=protocol))
        except NotFound:
            return None

    @strawberry.field(description="The chats that the caller may see.")
    async def chats(
        self,
        info: Info,
        filter: Annotated[ChatFilter | None, strawberry.argument(description="Which ones.")] = None,
        order_by: Annotated[ChatOrder, strawberry.argument(description="In which order.")] = ChatOrder.NEWEST,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
    ) -> Connection[Chat]:
        ctx = info.context.ctx
        chats = filter.narrowing() if filter else use.ChatFilter()
        page = await use.list_chats(ctx, chats, _ORDERS[order_by], page_request(first, after, last, before))
        return Connection.of(page, partial(Chat.of, info.context), partial(use.count_chats, ctx, chats))
