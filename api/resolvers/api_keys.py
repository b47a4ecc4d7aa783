"""Credentials of machines: bots, probes, analysts' scripts."""

import uuid
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlmodel import col

from api.context import Context
from api.errors import NotFound
from api.models import ApiKey
from api.models.enums import Permission, Scope
from api.passwords import TokenKind, new_token
from api.resolvers.access import allow, staff
from api.resolvers.audit import record
from api.resolvers.checks import Checks


@dataclass(frozen=True)
class ApiKeySecret:
    """A key, and its secret, which is shown this once."""

    key: ApiKey
    secret: str


@allow(Permission.API_KEY_MANAGE)
async def list_api_keys(ctx: Context) -> list[ApiKey]:
    """The keys that still open something, or expired by themselves; newest first."""
    async with ctx.db.read() as session:
        query = select(ApiKey).where(col(ApiKey.revoked_at).is_(None)).order_by(col(ApiKey.id).desc())
        return list((await session.execute(query)).scalars())


@allow(Permission.API_KEY_MANAGE)
async def create_api_key(
    ctx: Context, *, name: str, scopes: list[str], expires_at: datetime | None = None
) -> ApiKeySecret:
    """Make a key for a machine. Raises Invalid."""
    checks = Checks()
    name = checks.text("name", name, limit=80)
    for scope in scopes:
        if scope not in set(Scope):
            checks.fault("scopes", "bad_scope", scope=scope[:40])
    if not scopes:
        checks.fault("scopes", "required")
    checks.future("expiresAt", expires_at, "past_expiry", now=ctx.now())
    checks.done()
    secret, digest = new_token(TokenKind.API_KEY)
    async with ctx.db.transaction() as tx:
        key = ApiKey(
            name=name,
            scopes=sorted(set(scopes)),
            token_hash=digest,
            created_at=tx.now,
            created_by=staff(ctx).user_id,
            expires_at=expires_at,
        )
        tx.session.add(key)
        record(
            ctx,
            tx,
            action="create_api_key",
            object=f"key:{key.id}",
            after={"name": name, "scopes": key.scopes},
        )
        return ApiKeySecret(key, secret)


@allow(Permission.API_KEY_MANAGE)
async def revoke_api_key(ctx: Context, key_id: uuid.UUID) -> None:
    """End a key at once; a repeat changes nothing. Raises NotFound."""
    async with ctx.db.transaction() as tx:
        key = await tx.session.get(ApiKey, key_id, with_for_update=True)
        if key is None:
            raise NotFound("api_key_not_found")
        if key.revoked_at is not None:
            return
        key.revoked_at = tx.now
        tx.session.add(key)
        record(ctx, tx, action="revoke_api_key", object=f"key:{key.id}")
    ctx.services.identities.forget([f"key:{key_id}"])
