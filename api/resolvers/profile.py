"""What people set of themselves: how customers and colleagues see and reach them."""

from dataclasses import dataclass

from api.context import Context
from api.events import AccessChanged
from api.models import User
from api.resolvers.access import Who, allow, staff
from api.resolvers.audit import record
from api.resolvers.checks import Checks


@dataclass(frozen=True)
class ProfileChange:
    """What to set; None leaves a value as it is, an empty extension removes it."""

    name: str | None = None
    extension: str | None = None


@allow(Who.STAFF)
async def update_profile(ctx: Context, change: ProfileChange) -> User:
    """Change one's own name or extension; one's rights are others' to change. Raises Invalid."""
    checks = Checks("input")
    values: dict[str, str | None] = {}
    if change.name is not None:
        values["name"] = checks.text("name", change.name, limit=120)
    if change.extension is not None:
        values["extension"] = checks.text("extension", change.extension, limit=20, required=False) or None
    checks.done()
    async with ctx.db.transaction() as tx:
        user = await tx.session.get_one(User, staff(ctx).user_id, with_for_update=True)
        before = _described(user)
        user.sqlmodel_update(values)
        after = _described(user)
        if before == after:
            return user
        tx.session.add(user)
        record(ctx, tx, action="update_profile", object=f"user:{user.id}", before=before, after=after)
        # Their name is part of whom their sessions stand for.
        tx.emit(AccessChanged(user_id=user.id))
        return user


def _described(user: User) -> dict[str, str | None]:
    return {"name": user.name, "extension": user.extension}
