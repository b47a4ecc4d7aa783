"""Sectors with a queue of their own."""

import uuid
from datetime import datetime, timedelta

from sqlmodel import Field

from api.models.base import Milliseconds, Table, UtcDateTime, enum_type, new_id
from api.models.enums import CpfPolicy, Routing


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
    created_at: datetime = Field(sa_type=UtcDateTime)
