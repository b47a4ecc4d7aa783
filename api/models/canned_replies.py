"""Answers that are written once and used often."""

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, Index, text
from sqlmodel import Field

from api.models.base import Table, UtcDateTime, new_id
from api.models.enums import CannedReplyScope


def _once(name: str, *columns: str, where: str) -> Index:
    return Index(name, *columns, unique=True, sqlite_where=text(where), postgresql_where=text(where))


class CannedReply(Table, table=True):
    """An answer under a short name: one person's, one department's, or everybody's (then it has neither)."""

    __tablename__ = "canned_replies"
    __table_args__ = (
        _once("one_shortcut_of_owner", "owner_id", "shortcut", where="owner_id IS NOT NULL"),
        _once("one_shortcut_of_department", "department_id", "shortcut", where="department_id IS NOT NULL"),
        _once("one_shortcut_of_everybody", "shortcut", where="owner_id IS NULL AND department_id IS NULL"),
        CheckConstraint("owner_id IS NULL OR department_id IS NULL", name="canned_reply_has_one_scope"),
    )

    id: uuid.UUID = Field(default_factory=new_id, primary_key=True)
    shortcut: str = Field(max_length=40)
    title: str | None = Field(default=None, max_length=120)
    body: str
    """With placeholders such as `{cliente}`, which the panel fills in before the agent sends it."""
    department_id: uuid.UUID | None = Field(default=None, foreign_key="departments.id")
    owner_id: uuid.UUID | None = Field(default=None, foreign_key="users.id")
    created_at: datetime = Field(sa_type=UtcDateTime)
    updated_at: datetime = Field(sa_type=UtcDateTime)
    updated_by: uuid.UUID = Field(foreign_key="users.id")

    @property
    def scope(self) -> CannedReplyScope:
        """Whose it is."""
        if self.owner_id is not None:
            return CannedReplyScope.PERSONAL
        return CannedReplyScope.EVERYBODY if self.department_id is None else CannedReplyScope.DEPARTMENT
