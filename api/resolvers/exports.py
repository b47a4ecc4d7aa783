"""The history, to take away: row by row, however long it is, and never without a trace."""

import uuid
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from api.context import Context, Staff
from api.errors import Forbidden
from api.models import Chat, Customer, Department, Leg, User
from api.models.enums import Permission
from api.resolvers.access import allow
from api.resolvers.audit import WORDS, record
from api.resolvers.chats import ChatFilter, page_of_chats, recently_closed
from api.resolvers.legs import ChatTimes, resolution_of, times_by_chat
from api.resolvers.pages import LIMIT, PageRequest


@dataclass(frozen=True)
class ExportedChat:
    """A closed chat in one row."""

    chat: Chat
    department: str
    agent: str | None
    cpf: str | None
    """Masked, unless it was asked for whole; None for who may not see customers."""
    times: ChatTimes | None
    resolution: timedelta | None


@allow(Permission.EXPORT)
async def export_chats(
    ctx: Context, chats: ChatFilter, *, form: str, whole_cpf: bool = False
) -> AsyncIterator[Sequence[ExportedChat]]:
    """The closed chats that the caller may see and a filter lets through, the newest first, a page at a time.

    Kept in the audit before anything is read. Raises Forbidden (no chats to see; CPF without CPF_REVEAL), Invalid.
    """
    me = ctx.principal
    if isinstance(me, Staff) and not (me.may(Permission.CHAT_VIEW_ALL) or me.may(Permission.CHAT_ATTEND)):
        raise Forbidden("not_allowed")
    if whole_cpf and not _may(ctx, Permission.CPF_REVEAL):
        raise Forbidden("not_allowed", field=("cpf",))
    async with ctx.db.transaction() as tx:
        asked = {name: value for name, value in vars(chats).items() if value is not None}
        if "search" in asked:
            asked["search"] = WORDS
        after = {"form": form, "cpf": "whole" if whole_cpf else "masked", "filter": asked}
        record(ctx, tx, action="export_chats", object="chats", after=after)
    return _pages(ctx, chats, whole_cpf=whole_cpf)


async def _pages(ctx: Context, chats: ChatFilter, *, whole_cpf: bool) -> AsyncIterator[Sequence[ExportedChat]]:
    """A session for each page: nobody's download holds a connection while the browser takes its time."""
    request = PageRequest(first=LIMIT)
    while True:
        async with ctx.db.read() as session:
            page = await page_of_chats(session, ctx.principal, chats, recently_closed, request)
            rows = await _rows(ctx, session, page.rows, whole_cpf=whole_cpf)
        yield rows
        if not page.has_next:
            return
        request = PageRequest(first=LIMIT, after=page.cursors[-1])


async def _rows(ctx: Context, session: AsyncSession, chats: Sequence[Chat], *, whole_cpf: bool) -> list[ExportedChat]:
    departments = await _named(session, Department, {chat.department_id for chat in chats})
    agents = await _named(session, User, {chat.agent_id for chat in chats if chat.agent_id})
    cpfs = await _cpfs(ctx, session, {chat.customer_id for chat in chats}, whole=whole_cpf)
    legs = await session.execute(select(Leg).where(col(Leg.chat_id).in_([chat.id for chat in chats])))
    times = times_by_chat(legs.scalars(), ctx.now())
    return [
        ExportedChat(
            chat=chat,
            department=departments[chat.department_id],
            agent=agents[chat.agent_id] if chat.agent_id else None,
            cpf=cpfs.get(chat.customer_id),
            times=times.get(chat.id),
            resolution=resolution_of(chat),
        )
        for chat in chats
    ]


async def _named(session: AsyncSession, table: Any, ids: set[uuid.UUID]) -> dict[uuid.UUID, str]:
    rows = await session.execute(select(table.id, table.name).where(table.id.in_(ids)))
    return {id: name for id, name in rows}


async def _cpfs(ctx: Context, session: AsyncSession, ids: set[uuid.UUID], *, whole: bool) -> dict[uuid.UUID, str]:
    if not _may(ctx, Permission.CUSTOMER_VIEW):
        return {}
    show = ctx.services.vault.unseal if whole else ctx.services.vault.masked
    sealed = select(col(Customer.id), col(Customer.cpf_sealed)).where(col(Customer.id).in_(ids))
    return {id: show(cpf) for id, cpf in await session.execute(sealed) if cpf is not None}


def _may(ctx: Context, permission: Permission) -> bool:
    return not isinstance(ctx.principal, Staff) or ctx.principal.may(permission)
