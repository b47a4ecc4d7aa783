"""Keys are changed under the desk: every CPF stays readable, and what no key opens is told."""

from dataclasses import replace

import pytest
from sqlalchemy import select
from sqlmodel import col

from api.context import Context
from api.errors import SecondFactorNeeded
from api.models import AuditEntry, Customer
from api.models.enums import WebhookEvent
from api.resolvers.keys import Rotation, rotate_keys, sealed_by
from api.resolvers.sessions import confirm_sign_in, sign_in
from api.resolvers.webhooks import WebhookDetails, create_webhook, roll_webhook_secret
from api.vault import Vault
from tests.people import PASSWORD, Desk, valid_cpf
from tests.second_factors import next_code, switched_on

OLD, NEW, OTHER = b"o" * 32, b"n" * 32, b"x" * 32


def under(desk: Desk, **keys: bytes) -> Context:
    """The desk with these keys, the first of which seals."""
    ctx = desk.running.as_system()
    vault = Vault(ctx.services.vault.search_key, keys)
    return replace(ctx, services=replace(ctx.services, vault=vault))


async def sealed(desk: Desk, ctx: Context, count: int) -> list[str]:
    """So many customers, whose CPFs this context seals."""
    cpfs = [valid_cpf(number) for number in range(100_000, 100_000 + count)]
    async with ctx.db.transaction() as tx:
        for number, cpf in enumerate(cpfs):
            tx.session.add(
                Customer(
                    name=f"Cliente {number}",
                    cpf_digest=ctx.services.vault.digest(cpf),
                    cpf_sealed=ctx.services.vault.seal(cpf),
                    created_at=tx.now,
                )
            )
    return cpfs


async def unsealed(ctx: Context) -> list[str]:
    async with ctx.db.read() as session:
        rows = await session.execute(select(col(Customer.cpf_sealed)).where(col(Customer.cpf_sealed).is_not(None)))
        return sorted(ctx.services.vault.unseal(text) for (text,) in rows if text)


async def test_every_cpf_is_sealed_anew_and_the_old_key_may_go(desk: Desk) -> None:
    # More than two batches.
    cpfs = await sealed(desk, under(desk, old=OLD), 450)
    both = under(desk, new=NEW, old=OLD)
    before = await sealed_by(both)
    assert (before.by_key, before.behind, before.lost) == ({"new": 0, "old": 450}, 450, 0)
    assert await rotate_keys(both) == Rotation(resealed=450)
    alone = under(desk, new=NEW)
    assert await unsealed(alone) == sorted(cpfs)
    after = await sealed_by(alone)
    assert (after.by_key, after.behind, after.lost) == ({"new": 450}, 0, 0)


async def test_turning_twice_changes_nothing_more(desk: Desk) -> None:
    await sealed(desk, under(desk, old=OLD), 3)
    both = under(desk, new=NEW, old=OLD)
    await rotate_keys(both)
    before = await desk.db_contents()
    assert await rotate_keys(both) == Rotation()
    assert await desk.db_contents() == before


async def test_what_no_key_opens_is_told_and_left_alone(desk: Desk) -> None:
    cpfs = await sealed(desk, under(desk, gone=OTHER), 2)
    ctx = under(desk, new=NEW, old=OLD)
    assert await rotate_keys(ctx) == Rotation(lost=2)
    assert (await sealed_by(ctx)).lost == 2
    assert await unsealed(under(desk, gone=OTHER)) == sorted(cpfs)


async def test_a_rotation_is_in_the_audit_log_without_any_cpf(desk: Desk) -> None:
    await sealed(desk, under(desk, old=OLD), 2)
    await rotate_keys(under(desk, new=NEW, old=OLD))
    async with desk.running.services.db.read() as session:
        rows = await session.execute(select(AuditEntry).where(col(AuditEntry.action) == "rotate_keys"))
        (entry,) = rows.scalars()
    assert entry.after == {"key": "new", "of": "customers.cpf_sealed", "resealed": 2}


async def test_nothing_anywhere_stays_under_the_old_key(desk: Desk) -> None:
    """Also what the list of sealed columns forgot."""
    before = under(desk, old=OLD)
    await sealed(desk, before, 1)
    boss = replace(await desk.admin(), services=before.services)
    made = await create_webhook(boss, WebhookDetails("CRM", "https://crm.example/", (WebhookEvent.CHAT_OPENED,)))
    await roll_webhook_secret(boss, made.webhook.id)
    assert len(await beginning_with(desk, "old.")) == 3
    assert await rotate_keys(under(desk, new=NEW, old=OLD)) == Rotation(resealed=3)
    assert (await beginning_with(desk, "old."), len(await beginning_with(desk, "new."))) == ([], 3)


async def beginning_with(desk: Desk, beginning: str) -> list[str]:
    """Every text of the database that begins so."""
    rows = [row for table in (await desk.db_contents()).values() for row in table]
    return [text for row in rows for text in row if isinstance(text, str) and text.startswith(beginning)]


async def test_key_ids_are_taken_literally(desk: Desk) -> None:
    """`_` and `%` mean something to LIKE."""
    await sealed(desk, under(desk, axb=OLD), 1)
    ctx = under(desk, a_b=NEW, axb=OLD)
    assert (await sealed_by(ctx)).by_key == {"a_b": 0, "axb": 1}
    assert await rotate_keys(ctx) == Rotation(resealed=1)


async def test_second_factors_are_sealed_anew_and_go_on_opening(desk: Desk) -> None:
    bia = await desk.agent()
    old, both, new = under(desk, old=OLD), under(desk, new=NEW, old=OLD), under(desk, new=NEW)
    secret, _ = await switched_on(desk, replace(bia, services=old.services))
    assert await rotate_keys(both) == Rotation(resealed=1)
    caller, email = replace(desk.anonymous, services=new.services), (await desk.user(bia)).email
    with pytest.raises(SecondFactorNeeded) as needed:
        await sign_in(caller, email=email, password=PASSWORD)
    await confirm_sign_in(caller, ticket=needed.value.ticket, code=next_code(desk, secret))
