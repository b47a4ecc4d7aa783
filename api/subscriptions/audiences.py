"""As whom a stream is read: callers who may see the same of it are one audience, and share one execution."""

import uuid
from dataclasses import replace

from api.context import Principal, Staff

NOBODY = uuid.UUID(int=0)
"""Stands for every person of an audience: no row is anybody's of this id."""


def audience_of(principal: Principal, *, personal: bool = False) -> Principal:
    """The caller without what sets one person of the audience apart from another.

    Staff are alike who have the same role, permissions and departments. With `personal` they stay themselves, for what
    they see as the very person they are; each customer and each machine is an audience of its own anyway.
    """
    if not isinstance(principal, Staff):
        return principal
    user_id = principal.user_id if personal else NOBODY
    return replace(principal, user_id=user_id, name="", session_id=NOBODY, seen_at=None)
