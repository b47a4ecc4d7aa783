"""The people who attend: whether they do now, since when, how much they carry, and with whom they speak."""

import uuid
from dataclasses import dataclass, field

from sqlalchemy import func, select
from sqlmodel import col

from api.context import Context
from api.models import Chat, User
from api.models.enums import ChatKind, ChatStatus, Permission
from api.resolvers.access import allow, held_to, visible_chats
from api.resolvers.presence import Presence, may_attend, presence_of


@dataclass(frozen=True)
class Member:
    """One of those who attend, at this moment."""

    user: User = field(compare=False)
    presence: Presence
    load: int
    """Live chats that weigh on them, of `capacity`: also those that the caller may not see."""
    capacity: int
    name: str
    tickets: int
    """Tickets that are theirs; they weigh nothing."""
    chats: tuple["HeldChat", ...]


@dataclass(frozen=True)
class HeldChat:
    """A live chat that somebody attends, as it is now."""

    id: uuid.UUID
    shown: tuple[object, ...]
    """What of it may be another without its being another chat."""
    row: Chat = field(compare=False)

    @classmethod
    def of(cls, row: Chat) -> "HeldChat":
        return cls(row.id, (row.customer_name, row.department_id, row.priority, row.awaiting, row.message_seq), row)


@allow(Permission.QUEUE_MANAGE)
async def view_team(ctx: Context) -> tuple[Member, ...]:
    """Everybody active who may attend, by name, with those of their live chats that the caller may see."""
    people = select(User).where(may_attend()).order_by(col(User.name), col(User.id))
    theirs = (
        col(Chat.agent_id).in_(select(col(User.id)).where(may_attend())),
        col(Chat.status) == ChatStatus.ACTIVE,
    )
    chats = select(Chat).where(*theirs, col(Chat.kind) == ChatKind.CHAT, held_to(visible_chats(ctx.principal)))
    tickets = select(col(Chat.agent_id), func.count()).where(*theirs, col(Chat.kind) == ChatKind.TICKET)
    async with ctx.db.read() as session:
        users = (await session.execute(people)).scalars().all()
        held: dict[uuid.UUID | None, list[HeldChat]] = {user.id: [] for user in users}
        for chat in (await session.execute(chats.order_by(col(Chat.claimed_at), col(Chat.id)))).scalars():
            held.setdefault(chat.agent_id, []).append(HeldChat.of(chat))
        counts = {key: count for key, count in await session.execute(tickets.group_by(col(Chat.agent_id)))}
    now = ctx.now()
    return tuple(
        Member(
            user=user,
            presence=presence_of(user, now),
            load=user.active_chats,
            capacity=user.capacity,
            name=user.name,
            tickets=counts.get(user.id, 0),
            chats=tuple(held[user.id]),
        )
        for user in users
    )
