"""Writing down who did what: in the same transaction as the act."""

from typing import Any

from api.context import Context
from api.db import Transaction
from api.models import AuditEntry


def record(
    ctx: Context,
    tx: Transaction,
    *,
    action: str,
    object: str,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
) -> None:
    """Add an audit entry for what the caller does to `object` (such as `user:<id>`) in this transaction."""
    tx.session.add(
        AuditEntry(
            at=tx.now,
            actor=ctx.principal.actor,
            action=action,
            object=object,
            before=before,
            after=after,
            address=ctx.address,
            request_id=ctx.request_id or None,
        )
    )
