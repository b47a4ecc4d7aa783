"""Planned work in the schema (what is done with it: access_point_acts.py)."""

from datetime import datetime

import strawberry

from api.models import Maintenance as MaintenanceRow
from api.models.enums import IncidentAudience
from api.schema.base import Node, to_id


@strawberry.type(description="Planned work: watched as ever, and nobody is called.")
class Maintenance(Node):
    title: str = strawberry.field(description="What is done.")
    starts_at: datetime = strawberry.field(description="When it begins.")
    ends_at: datetime = strawberry.field(description="When it ends.")
    weekly: bool = strawberry.field(description="Whether it is one of several that were planned week by week.")
    audience: IncidentAudience | None = strawberry.field(
        description="Which customers are told, from 72 hours before it begins until it ends; null where nobody is."
    )
    message: str = strawberry.field(description="What they are told; may be empty where nobody is.")

    @classmethod
    def of(cls, row: MaintenanceRow) -> "Maintenance":
        return cls(
            id=to_id(row.id),
            title=row.title,
            starts_at=row.starts_at,
            ends_at=row.ends_at,
            weekly=row.series_id is not None,
            audience=row.audience,
            message=row.message,
        )
