"""Sectors with a queue of their own, and when they are open."""

import uuid
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Dialect, TypeDecorator
from sqlmodel import Field

from api.business_hours import Stretch
from api.models.base import JsonColumn, Milliseconds, Table, UtcDateTime, enum_type, new_id
from api.models.enums import CpfPolicy, Routing, WhenClosed


class Week(TypeDecorator[tuple[Stretch, ...]]):
    """The hours of a week, kept as `[[weekday, opens, closes], …]`: always read and written as one."""

    impl = JsonColumn
    cache_ok = True

    def process_bind_param(self, value: tuple[Stretch, ...] | None, dialect: Dialect) -> list[list[int]]:
        return [[it.weekday, it.opens, it.closes] for it in value or ()]

    def process_result_value(self, value: Any, dialect: Dialect) -> tuple[Stretch, ...]:
        return tuple(Stretch(*stretch) for stretch in value or ())


class Department(Table, table=True):
    """A sector: its place in lists, its targets and its rules."""

    __tablename__ = "departments"

    id: uuid.UUID = Field(default_factory=new_id, primary_key=True)
    slug: str = Field(unique=True, max_length=40)
    name: str = Field(max_length=80)
    active: bool = True
    position: int = 0
    cpf_policy: CpfPolicy = Field(default=CpfPolicy.REQUIRED, sa_type=enum_type(CpfPolicy))
    routing: Routing = Field(default=Routing.MANUAL, sa_type=enum_type(Routing))
    wait_target: timedelta = Field(default=timedelta(seconds=60), sa_type=Milliseconds)
    warn_after: timedelta = Field(default=timedelta(minutes=5), sa_type=Milliseconds)
    close_after: timedelta = Field(default=timedelta(minutes=10), sa_type=Milliseconds)
    abandon_after: timedelta = Field(default=timedelta(minutes=5), sa_type=Milliseconds)
    hours: tuple[Stretch, ...] = Field(default=(), sa_type=Week, sa_column_kwargs={"server_default": "[]"})
    """When it is open, in the deployment's zone; none: always, holidays too."""
    when_closed: WhenClosed = Field(
        default=WhenClosed.QUEUE, sa_type=enum_type(WhenClosed), sa_column_kwargs={"server_default": "QUEUE"}
    )
    out_of_hours_message: str | None = Field(default=None, max_length=500)
    chat_retention: timedelta | None = Field(default=None, sa_type=Milliseconds)
    """How long its closed chats are kept; None as long as the deployment keeps chats."""
    created_at: datetime = Field(sa_type=UtcDateTime)
