"""Credentials of machines."""

from datetime import timedelta
from uuid import uuid4

import pytest

from api.auth import identify, look_again, touch
from api.context import Machine
from api.errors import Invalid, NotFound, Unauthenticated
from api.models import ApiKey
from api.models.enums import Scope
from api.resolvers.api_keys import create_api_key, list_api_keys, revoke_api_key
from tests.people import Desk, person


async def test_a_key_opens_what_its_scopes_say_and_is_kept_as_a_hash(desk: Desk) -> None:
    boss = await desk.admin()
    made = await create_api_key(boss, name=" Bot  do WhatsApp ", scopes=["queue:read", "chat:write", "queue:read"])
    assert (made.key.name, made.key.scopes) == ("Bot do WhatsApp", ["chat:write", "queue:read"])
    assert made.key.created_by == person(boss).user_id
    identity = await identify(desk.running.services, made.secret)
    assert identity.principal == Machine(made.key.id, made.key.name, frozenset({Scope.CHAT_WRITE, Scope.QUEUE_READ}))
    assert made.secret not in str(await desk.db_contents())


async def test_a_key_ends_when_it_expires(desk: Desk) -> None:
    boss = await desk.admin()
    ends = desk.clock.now + timedelta(days=1)
    made = await create_api_key(boss, name="Bot", scopes=["chat:write"], expires_at=ends)
    assert (await identify(desk.running.services, made.secret)).ends_at == ends
    desk.clock.advance(days=1)
    with pytest.raises(Unauthenticated, match="bad_token"):
        await identify(desk.running.services, made.secret)
    assert [key.id for key in await list_api_keys(boss)] == [made.key.id]


async def test_a_revoked_key_opens_nothing_at_once_also_for_who_is_inside(desk: Desk) -> None:
    boss = await desk.admin()
    made, other = [await create_api_key(boss, name="Bot", scopes=["chat:write"]) for _ in range(2)]
    inside = desk.as_((await identify(desk.running.services, made.secret)).principal)
    assert (await look_again(inside)).principal == inside.principal
    await revoke_api_key(boss, made.key.id)
    with pytest.raises(Unauthenticated, match="bad_token"):
        await identify(desk.running.services, made.secret)
    with pytest.raises(Unauthenticated, match="bad_token"):
        await look_again(inside)
    assert [key.id for key in await list_api_keys(boss)] == [other.key.id]
    async with desk.nothing_changes():
        await revoke_api_key(boss, made.key.id)


async def test_an_unknown_key_cannot_be_revoked(desk: Desk) -> None:
    boss = await desk.admin()
    async with desk.refused(NotFound, "api_key_not_found"):
        await revoke_api_key(boss, uuid4())


@pytest.mark.parametrize(
    ("name", "scopes", "field", "reason"),
    [
        ("", ["chat:write"], "name", "required"),
        ("x" * 81, ["chat:write"], "name", "too_long"),
        ("Bot", [], "scopes", "required"),
        ("Bot", ["chat:write", "everything"], "scopes", "bad_scope"),
        ("Bot", ["\x00"], "scopes", "bad_scope"),
    ],
)
async def test_what_makes_a_key_is_checked(desk: Desk, name: str, scopes: list[str], field: str, reason: str) -> None:
    boss = await desk.admin()
    async with desk.refused(Invalid, reason, field=(field,)):
        await create_api_key(boss, name=name, scopes=scopes)


async def test_a_key_cannot_have_expired_already(desk: Desk) -> None:
    boss = await desk.admin()
    async with desk.refused(Invalid, "past_expiry", field=("expiresAt",)):
        await create_api_key(boss, name="Bot", scopes=["chat:write"], expires_at=desk.clock.now)


async def test_the_use_of_a_key_is_noted_at_most_once_a_minute(desk: Desk) -> None:
    bot = await desk.bot()
    assert isinstance(bot.principal, Machine)
    await touch(bot)
    async with desk.nothing_changes():
        desk.clock.advance(seconds=59)
        await touch(bot)
    now = desk.clock.advance(seconds=2)
    await touch(bot)
    async with desk.db.read() as session:
        assert (await session.get_one(ApiKey, bot.principal.key_id)).last_used_at == now
