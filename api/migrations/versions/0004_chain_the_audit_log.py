"""Chain the audit log: number its entries, and let the hash of each cover the one before it."""

from typing import Any

import sqlalchemy as sa
from alembic import context, op

from api.chain import COVERED, HEAD, Head, Sign, link

revision = "0004"
down_revision = "0003"

BATCH = 1000

audit = sa.table("audit", sa.column("id", sa.Uuid()), sa.column("seq", sa.BigInteger()), sa.column("hash", sa.String()))
properties = sa.table("properties", sa.column("name", sa.String()), sa.column("value", sa.String()))


def upgrade() -> None:
    op.add_column("audit", sa.Column("seq", sa.BigInteger(), nullable=True))
    op.add_column("audit", sa.Column("hash", sa.String(64), nullable=True))
    op.drop_index("audit_of_object", "audit")
    op.drop_index("audit_by_actor", "audit")
    _number()
    op.bulk_insert(properties, [{"name": HEAD, "value": str(_chain())}])
    with op.batch_alter_table("audit") as batch:
        batch.alter_column("seq", existing_type=sa.BigInteger(), nullable=False)
        batch.alter_column("hash", existing_type=sa.String(64), nullable=False)
        batch.create_unique_constraint(op.f("uq_audit_seq"), ["seq"])
    for name, first in (
        ("audit_of_object", ["object"]),
        ("audit_by_actor", ["actor"]),
        ("audit_by_action", ["action"]),
        ("audit_by_time", []),
    ):
        op.create_index(name, "audit", [*first, "at", "seq"])


def _number() -> None:
    """Entries that are there already are numbered in the order in which they were made."""
    op.execute(
        "UPDATE audit SET seq = numbered.seq FROM "
        "(SELECT id, row_number() OVER (ORDER BY at, id) AS seq FROM audit) AS numbered WHERE audit.id = numbered.id"
    )


def _chain() -> Head:
    """Give each numbered entry its hash; the head after the last one."""
    head = Head()
    while rows := _after(head.seq):
        linked: list[dict[str, Any]] = []
        for row in rows:
            head = Head(row["seq"], link(_signer(), head.hash, row))
            linked.append({"key": row["id"], "linked": head.hash})
        of_key = sa.update(audit).where(audit.c.id == sa.bindparam("key"))
        op.get_bind().execute(of_key.values(hash=sa.bindparam("linked")), linked)
    return head


def _after(seq: int) -> list[Any]:
    number = COVERED[0]
    query = sa.select(*COVERED).where(number > seq).order_by(number).limit(BATCH)
    return list(op.get_bind().execute(query).mappings())


def _signer() -> Sign:
    """The program's key; only who migrates a database with entries needs one."""
    sign: Sign | None = context.config.attributes.get("sign")
    if sign is None:
        raise RuntimeError("there are audit entries, and no key to chain them with")
    return sign
