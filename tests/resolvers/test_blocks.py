"""Who is kept out, from where, for how long, and who says so."""

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest

from api.context import Context
from api.errors import Forbidden, Invalid, NotFound
from api.models import Block
from api.resolvers.audit import AuditFilter, list_audit
from api.resolvers.blocks import NewBlock, create_block, delete_block, list_blocks, prune_blocks
from api.resolvers.closings import close_chat
from api.resolvers.messages import send_message
from api.resolvers.pages import PageRequest
from api.resolvers.privacy import erase_customer
from tests.people import Desk

CPF = "529.982.247-25"


def calling_from(desk: Desk, address: str) -> Context:
    return replace(desk.anonymous, address=address)


async def test_a_blocked_customer_opens_no_chat_by_any_door(desk: Desk) -> None:
    rui, bot = await desk.supervisor(), await desk.bot()
    chat = await desk.closed(await desk.agent("tecnico"), cpf=CPF)
    await create_block(rui, NewBlock("Ofensas", customer_id=chat.customer_id))
    for who in (desk.anonymous, bot):
        async with desk.refused(Forbidden, "blocked"):
            await desk.opened(by=who, cpf=CPF)
    assert (await desk.opened()).chat.customer_id != chat.customer_id


@pytest.mark.parametrize(
    ("network", "inside", "outside"),
    [
        ("203.0.113.7", "203.0.113.7", "203.0.113.8"),
        ("203.0.113.0/24", "203.0.113.250", "203.0.114.1"),
        ("203.0.113.9/24", "::ffff:203.0.113.1", "::ffff:203.0.114.1"),
        ("2001:db8:1::/48", "2001:db8:1:2::3", "2001:db8:2::3"),
    ],
)
async def test_nobody_opens_a_chat_from_a_blocked_network(desk: Desk, network: str, inside: str, outside: str) -> None:
    await create_block(await desk.supervisor(), NewBlock("Spam", network=network))
    async with desk.refused(Forbidden, "blocked"):
        await desk.opened(by=calling_from(desk, inside))
    await desk.opened(by=calling_from(desk, outside))
    # A bot's address is that of its server.
    await desk.opened(by=replace(await desk.bot(), address=inside))


async def test_who_is_blocked_does_not_come_again_by_an_old_chat(desk: Desk) -> None:
    rui = await desk.supervisor()
    opened = await desk.opened(cpf=CPF)
    await close_chat(desk.as_customer(opened), opened.chat.id)
    block = (await create_block(rui, NewBlock("Ofensas", customer_id=opened.chat.customer_id))).block
    async with desk.refused(Forbidden, "blocked"):
        await send_message(desk.as_customer(opened), opened.chat.id, body="Voltei")
    await delete_block(rui, block.id)
    await send_message(desk.as_customer(opened), opened.chat.id, body="Voltei")


async def test_a_block_ends_by_itself_and_is_then_forgotten(desk: Desk) -> None:
    rui = await desk.supervisor()
    until = desk.clock.now + timedelta(hours=1)
    await create_block(rui, NewBlock("Spam", network="203.0.113.7", expires_at=until))
    desk.clock.advance(minutes=59)
    assert await prune_blocks(desk.system) == 0
    async with desk.refused(Forbidden, "blocked"):
        await desk.opened(by=calling_from(desk, "203.0.113.7"))
    desk.clock.advance(minutes=1)
    await desk.opened(by=calling_from(desk, "203.0.113.7"))
    assert await list_blocks(rui) == []
    assert await prune_blocks(desk.system) == 1
    assert await desk.count(Block) == 0


async def test_blocks_are_listed_with_whom_they_keep_out(desk: Desk) -> None:
    rui = await desk.supervisor()
    chat = await desk.closed(await desk.agent("tecnico"), cpf=CPF, name="Zé")
    await create_block(rui, NewBlock("Ofensas", customer_id=chat.customer_id))
    await create_block(rui, NewBlock("Spam", network="203.0.113.0/24"))
    found = [(each.customer, each.block.network, each.block.reason) for each in await list_blocks(rui)]
    assert found == [(None, "203.0.113.0/24", "Spam"), ("Zé", None, "Ofensas")]


async def test_blocks_and_their_lifting_are_audited_without_their_reason(desk: Desk) -> None:
    boss = await desk.admin()
    block = (await create_block(boss, NewBlock("Fulano ofende", network="203.0.113.7"))).block
    await delete_block(boss, block.id)
    entries = (await list_audit(boss, AuditFilter(), PageRequest(first=2))).rows
    assert [(entry.action, entry.object) for entry in entries] == [
        (action, f"block:{block.id}") for action in ("delete_block", "create_block")
    ]
    assert "Fulano" not in repr([entry.model_dump() for entry in entries])


async def test_an_erasure_lifts_the_blocks_of_who_is_erased(desk: Desk) -> None:
    boss = await desk.admin()
    chat = await desk.closed(await desk.agent("tecnico"), cpf=CPF)
    await create_block(boss, NewBlock("Zé ofende", customer_id=chat.customer_id))
    await erase_customer(boss, chat.customer_id, reason="Pedido do titular")
    assert await desk.count(Block) == 0
    async with desk.refused(NotFound, "customer_not_found"):
        await create_block(boss, NewBlock("Zé ofende", customer_id=chat.customer_id))


@pytest.mark.parametrize(
    ("given", "field", "reason"),
    [
        ({"network": "203.0.113.7", "reason": " "}, "reason", "required"),
        ({}, "network", "customer_or_network"),
        ({"network": "203.0.113.7", "customer_id": uuid4()}, "network", "customer_or_network"),
        ({"network": "provedor.example"}, "network", "bad_network"),
        ({"network": "0.0.0.0/0"}, "network", "network_too_wide"),
        ({"network": "2000::/3"}, "network", "network_too_wide"),
    ],
)
async def test_a_block_has_one_object_and_a_reason(
    desk: Desk, given: dict[str, object], field: str, reason: str
) -> None:
    rui = await desk.supervisor()
    async with desk.refused(Invalid, reason, field=("input", field)):
        await create_block(rui, NewBlock(**({"reason": "Spam"} | given)))  # type: ignore[arg-type] - what the test gives


async def test_a_block_does_not_end_in_the_past(desk: Desk) -> None:
    rui = await desk.supervisor()
    async with desk.refused(Invalid, "past_expiry", field=("input", "expiresAt")):
        await create_block(rui, NewBlock("Spam", network="203.0.113.7", expires_at=desk.clock.now))
    async with desk.refused(NotFound, "block_not_found"):
        await delete_block(rui, uuid4())
