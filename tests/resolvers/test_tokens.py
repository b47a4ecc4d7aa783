"""Tokens that people make for programs of theirs: named, bounded, and never growing by themselves."""

from datetime import timedelta

import pytest
from sqlalchemy import update
from sqlmodel import col

from api.auth import identify
from api.context import Context, Staff
from api.errors import Forbidden, Invalid, Unauthenticated
from api.models import Session, User
from api.models.enums import ROLE_PERMISSIONS, Permission, Role, SessionKind
from api.resolvers.audit import AuditFilter, list_audit
from api.resolvers.metrics import desk_now
from api.resolvers.pages import PageRequest
from api.resolvers.sessions import TokenBounds, list_sessions, revoke_session
from api.resolvers.tokens import create_own_token, create_token
from api.resolvers.users import UserChange, get_user, permissions_of, update_user
from tests.people import Desk, person


async def by(desk: Desk, token: str) -> Context:
    """Whoever shows this token."""
    return desk.as_((await identify(desk.running.services, token)).principal)


async def permissions(desk: Desk, token: str) -> frozenset[Permission]:
    principal = (await by(desk, token)).principal
    assert isinstance(principal, Staff)
    return principal.permissions


async def test_a_token_acts_as_who_made_it_and_is_listed_among_their_sessions(desk: Desk) -> None:
    rui = await desk.supervisor(name="Rui")
    ends = desk.clock.now + timedelta(days=30)
    made = await create_own_token(rui, TokenBounds(" Painel  da TV ", None, ends))
    assert made.token.startswith("staff_")
    assert person(await by(desk, made.token)).user_id == person(rui).user_id
    assert await permissions(desk, made.token) == person(rui).permissions
    (listed,) = [session for session in await list_sessions(rui) if session.kind is SessionKind.TOKEN]
    assert (listed.id, listed.name, listed.scopes, listed.expires_at) == (made.session.id, "Painel da TV", None, ends)


async def test_a_token_with_scopes_does_that_alone_and_never_more_than_its_person_may_by_now(desk: Desk) -> None:
    boss, rui = await desk.admin(), await desk.supervisor()
    both = (Permission.METRICS_VIEW, Permission.CHAT_VIEW_ALL)
    token = (await create_own_token(rui, TokenBounds("TV", both))).token
    assert await permissions(desk, token) == frozenset(both)
    await desk_now(await by(desk, token))
    await update_user(boss, person(rui).user_id, UserChange(role=Role.ANALYST))
    assert await permissions(desk, token) == {Permission.METRICS_VIEW}
    await update_user(boss, person(rui).user_id, UserChange(role=Role.AGENT))
    assert await permissions(desk, token) == frozenset()
    narrow = await by(desk, token)
    async with desk.refused(Forbidden, "not_allowed"):
        await desk_now(narrow)


async def test_nobody_makes_a_token_for_more_than_they_may(desk: Desk) -> None:
    ana = await desk.agent()
    async with desk.refused(Forbidden, "more_than_yours", field=("input", "scopes")):
        await create_own_token(ana, TokenBounds("TV", (Permission.CHAT_ATTEND, Permission.METRICS_VIEW)))


async def test_a_token_makes_no_other_so_that_its_bounds_hold(desk: Desk) -> None:
    rui = await desk.supervisor()
    narrow = await by(desk, (await create_own_token(rui, TokenBounds("TV", (Permission.METRICS_VIEW,)))).token)
    whole = await by(desk, (await create_own_token(rui, TokenBounds("Tudo"))).token)
    for token in (narrow, whole):
        async with desk.refused(Forbidden, "tokens_make_no_tokens"):
            await create_own_token(token, TokenBounds("Outro"))


async def test_a_token_that_ended_or_was_revoked_opens_nothing(desk: Desk) -> None:
    rui = await desk.supervisor()
    made = await create_own_token(rui, TokenBounds("TV", expires_at=desk.clock.now + timedelta(minutes=1)))
    revoked = await create_own_token(rui, TokenBounds("Velho"))
    await revoke_session(rui, revoked.session.id)
    with pytest.raises(Unauthenticated):
        await by(desk, revoked.token)
    await by(desk, made.token)
    desk.clock.advance(minutes=1)
    with pytest.raises(Unauthenticated):
        await by(desk, made.token)


async def test_making_one_is_audited_with_its_bounds_and_without_the_secret(desk: Desk) -> None:
    boss = await desk.admin()
    made = await create_own_token(boss, TokenBounds("TV", (Permission.METRICS_VIEW,)))
    (entry,) = (await list_audit(boss, AuditFilter(action="create_token"), PageRequest(first=5))).rows
    assert entry.after == {"name": "TV", "scopes": ["METRICS_VIEW"], "expires_at": None}
    assert made.token not in str(await desk.db_contents())


@pytest.mark.parametrize(
    ("bounds", "reason", "field"),
    [
        (TokenBounds(" "), "required", "name"),
        (TokenBounds("x" * 81), "too_long", "name"),
        (TokenBounds("TV", ("FLY",)), "bad_scope", "scopes"),
        (TokenBounds("TV", ()), "required", "scopes"),
    ],
)
async def test_a_token_has_a_name_and_scopes_that_exist(
    desk: Desk, bounds: TokenBounds, reason: str, field: str
) -> None:
    rui = await desk.supervisor()
    async with desk.refused(Invalid, reason, field=("input", field)):
        await create_own_token(rui, bounds)


async def test_a_token_ends_in_the_future(desk: Desk) -> None:
    rui = await desk.supervisor()
    async with desk.refused(Invalid, "past_expiry", field=("input", "expiresAt")):
        await create_own_token(rui, TokenBounds("TV", expires_at=desk.clock.now))


async def test_the_operators_tokens_are_held_to_scopes_too(desk: Desk) -> None:
    rui = await desk.supervisor()
    email = (await desk.user(rui)).email
    token = await create_token(desk.system, email=email, scopes=("METRICS_VIEW", "METRICS_VIEW"))
    assert await permissions(desk, token) == {Permission.METRICS_VIEW}
    async with desk.refused(Invalid, "bad_scope", field=("input", "scopes")):
        await create_token(desk.system, email=email, scopes=("FLY",))


async def test_a_permission_that_is_no_more_opens_nothing_and_hinders_nobody(desk: Desk) -> None:
    """An earlier version knew it; rows that name it stay as they are."""
    boss, ana = await desk.admin(), await desk.agent("tecnico", permissions=(Permission.EXPORT,))
    user_id = person(ana).user_id
    token = await create_own_token(ana, TokenBounds("Script", (Permission.EXPORT,), None))
    async with desk.db.transaction() as tx:
        await tx.session.execute(update(User).values(permissions=["EXPORT", "LONG_GONE"]))
        await tx.session.execute(
            update(Session).where(col(Session.id) == token.session.id).values(scopes=["LONG_GONE"])
        )
    again = person(await desk.signed_in((await desk.user(ana)).email))
    assert again.permissions == ROLE_PERMISSIONS[Role.AGENT] | {Permission.EXPORT}
    assert permissions_of(await get_user(boss, user_id)) == again.permissions
    await update_user(boss, user_id, UserChange(name="Ana"))
    # A token that was held to it alone may do nothing: not everything.
    assert await permissions(desk, token.token) == frozenset()
