"""The keys that seal CPFs and secrets: what each has sealed, and sealing anew under the first."""

import uuid
from dataclasses import dataclass, replace
from typing import Any

from cryptography.exceptions import InvalidTag
from sqlalchemy import Column, ColumnElement, and_, func, not_, select, update
from sqlmodel import SQLModel

from api.context import Context
from api.resolvers.access import Who, allow
from api.resolvers.audit import record
from api.vault import Vault

SEALED: tuple[Column[Any], ...] = tuple(
    SQLModel.metadata.tables[table].columns[column]
    for table, column in (
        ("customers", "cpf_sealed"),
        ("webhooks", "secret"),
        ("webhooks", "old_secret"),
        ("users", "totp_sealed"),
    )
)
"""Every column whose texts the vault seals."""

_BATCH = 200


@dataclass(frozen=True)
class SealedBy:
    """How many sealed texts there are, by the key that sealed them."""

    by_key: dict[str, int]
    """Every key that the settings name, in their order: the first is the one that seals."""
    lost: int
    """Sealed by a key that the settings do not name: nobody can read these."""

    @property
    def behind(self) -> int:
        """What a key other than the first has sealed, and can be sealed anew."""
        return sum(list(self.by_key.values())[1:])


@dataclass(frozen=True)
class Rotation:
    """What a rotation did; each number is of sealed texts."""

    resealed: int = 0
    lost: int = 0
    """No key of the settings opens these; they were left alone."""

    def __str__(self) -> str:
        return f"{self.resealed} sealed anew, {self.lost} that no key opens"


@allow(Who.SYSTEM)
async def sealed_by(ctx: Context) -> SealedBy:
    """Count what each key has sealed."""
    total, by_key = 0, dict.fromkeys(ctx.services.vault.keys, 0)
    async with ctx.db.read() as session:
        for column in SEALED:
            total += (await session.execute(select(func.count(column)))).scalar_one()
            for key_id in by_key:
                counted = select(func.count()).select_from(column.table).where(_by(column, key_id))
                by_key[key_id] += (await session.execute(counted)).scalar_one()
    return SealedBy(by_key, total - sum(by_key.values()))


@allow(Who.SYSTEM)
async def rotate_keys(ctx: Context) -> Rotation:
    """Seal anew, under the first key, all that another one sealed, two hundred texts in each transaction.

    The desk goes on meanwhile, and a run that was cut off is finished by the next. Afterwards the other keys may go.
    """
    done = Rotation()
    for column in SEALED:
        after = uuid.UUID(int=0)
        while batch := await _some_of_others(ctx, column, after):
            done = await _reseal(ctx, column, batch, done)
            after = batch[-1][0]
    return done


async def _some_of_others(ctx: Context, column: Column[Any], after: uuid.UUID) -> list[tuple[uuid.UUID, str]]:
    current, id = next(iter(ctx.services.vault.keys)), column.table.c.id
    others = and_(column.is_not(None), not_(_by(column, current)), id > after)
    async with ctx.db.read() as session:
        rows = await session.execute(select(id, column).where(others).order_by(id).limit(_BATCH))
        return [(found, sealed) for found, sealed in rows]


async def _reseal(ctx: Context, column: Column[Any], batch: list[tuple[uuid.UUID, str]], done: Rotation) -> Rotation:
    fresh = {id: (sealed, anew) for id, sealed in batch if (anew := _anew(ctx.services.vault, sealed))}
    resealed = 0
    async with ctx.db.transaction() as tx:
        for id, (sealed, anew) in fresh.items():
            # Only what is still what was read: a CPF that was erased meanwhile stays erased.
            change = update(column.table).where(column.table.c.id == id, column == sealed).values({column: anew})
            resealed += (await tx.session.execute(change.returning(column.table.c.id))).first() is not None
        if resealed:
            after = {"key": next(iter(ctx.services.vault.keys)), "of": str(column), "resealed": resealed}
            record(ctx, tx, action="rotate_keys", object="keys", after=after)
    return replace(done, resealed=done.resealed + resealed, lost=done.lost + len(batch) - len(fresh))


def _anew(vault: Vault, sealed: str) -> str | None:
    try:
        return vault.seal(vault.unseal(sealed))
    except (KeyError, InvalidTag):
        # Neither is for us to mend: the key is gone, or the text is not what was sealed. Both are counted, and told.
        return None


def _by(column: Column[Any], key_id: str) -> ColumnElement[bool]:
    return column.startswith(f"{key_id}.", autoescape=True)
