"""The audit log in the schema: who did what, and whether the log is what was written."""

import json
import re
import uuid
from datetime import datetime
from functools import partial
from typing import Annotated, Any

import strawberry

from api.acts import ACTS, name_of_act
from api.models import AuditEntry as AuditRow
from api.resolvers import audit as use
from api.resolvers import verifying
from api.schema.base import Connection, Info, Node, page_request, to_id
from api.schema.chat_filters import PeriodInput
from api.schema.chats import After, First

_ID = re.compile(r"\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b")


@strawberry.type(description="One value that an act set.")
class AuditChange:
    field: str = strawberry.field(description="What was set, such as name.")
    before: str | None = strawberry.field(description="What it was: text as it is, anything else as JSON.")
    after: str | None = strawberry.field(description="What it became: text as it is, anything else as JSON.")


@strawberry.type(description="What something is called that an act tells of by its id.")
class AuditName:
    value: str = strawberry.field(description="Its id, as it stands in a change.")
    name: str = strawberry.field(description="What it is called now.")


@strawberry.type(description="Who did what to what, when, from where.")
class AuditEntry(Node):
    at: datetime = strawberry.field(description="When.")
    number: int = strawberry.field(description="Its place in the chain: 1, 2, 3 and so on without a gap.")
    actor: str = strawberry.field(description="Who acted: user:<id>, key:<id>, anonymous or system.")
    action: str = strawberry.field(description="The act, for programs, such as update_user.")
    object: str = strawberry.field(description="On what, such as department:<id>.")
    changes: list[AuditChange] = strawberry.field(description="The values that became others, by their names.")
    address: str | None = strawberry.field(description="The address it came from.")
    request_id: str | None = strawberry.field(description="The request that did it, as the program's own log names it.")
    hash: str = strawberry.field(description="The keyed digest of this entry and, by the one before, of all earlier.")

    @classmethod
    def of(cls, row: AuditRow) -> "AuditEntry":
        return cls(
            id=to_id(row.id),
            at=row.at,
            number=row.seq,
            actor=row.actor,
            action=row.action,
            object=row.object,
            changes=changes_of(row),
            address=row.address,
            request_id=row.request_id,
            hash=row.hash,
        )

    @strawberry.field(description="The act, for people, in the reader's language.")
    def detail(self, info: Info) -> str:
        return name_of_act(self.action, info.context.ctx.locale)

    @strawberry.field(description="The actor's name; null for one that has none (any more).")
    async def actor_name(self, info: Info) -> str | None:
        return await info.context.loaders.audit_names.load(self.actor)

    @strawberry.field(description="What the object is called; null for one that has no name (any more).")
    async def object_name(self, info: Info) -> str | None:
        return await info.context.loaders.audit_names.load(self.object)

    @strawberry.field(description="What the ids among its changes are called; what has no name (any more) is absent.")
    async def names(self, info: Info) -> list[AuditName]:
        ids = sorted(_ids_in(self.changes))
        found = await info.context.loaders.names_of_ids.load_many(ids)
        return [AuditName(value=str(id), name=name) for id, name in zip(ids, found, strict=True) if name is not None]


def changes_of(row: AuditRow) -> list[AuditChange]:
    """The values that differ before and after, in the order of their names."""
    before, after = row.before or {}, row.after or {}
    names = sorted(name for name in before.keys() | after.keys() if before.get(name) != after.get(name))
    return [AuditChange(field=name, before=_text(before.get(name)), after=_text(after.get(name))) for name in names]


def _ids_in(changes: list[AuditChange]) -> set[uuid.UUID]:
    values = (value for change in changes for value in (change.before, change.after) if value is not None)
    return {uuid.UUID(id) for value in values for id in _ID.findall(value)}


def _named(id: str | None) -> uuid.UUID | None:
    """The UUID behind an id; what is not one names nothing, as an unknown one does."""
    try:
        return uuid.UUID(id) if id is not None else None
    except ValueError:
        return use.NOTHING


def _text(value: Any) -> str | None:
    return value if value is None or isinstance(value, str) else json.dumps(value, ensure_ascii=False)


@strawberry.type(description="An act that the audit log knows.")
class AuditAction:
    name: str = strawberry.field(description="For programs, such as update_user.")
    detail: str = strawberry.field(description="For people, in the reader's language.")


@strawberry.type(description="What the last verification of the audit log found.")
class AuditVerification:
    at: datetime = strawberry.field(description="When.")
    sound: bool = strawberry.field(description="Whether every entry is what was written.")
    entries: int = strawberry.field(description="How many entries were read.")

    @classmethod
    def of(cls, found: verifying.Verified) -> "AuditVerification":
        return cls(at=found.at, sound=found.sound, entries=found.entries)


ObjectId = Annotated[strawberry.ID | None, strawberry.argument(description="Only acts on this.")]
ActorId = Annotated[strawberry.ID | None, strawberry.argument(description="Only acts of this person or key.")]
InPeriod = Annotated[PeriodInput | None, strawberry.argument(description="Only acts of this period.")]
OfAction = Annotated[str | None, strawberry.argument(description="Only this act, such as update_user.")]


@strawberry.type
class AuditQuery:
    @strawberry.field(description="Who did what, newest first.")
    async def audit_log(
        self,
        info: Info,
        object_id: ObjectId = None,
        actor_id: ActorId = None,
        period: InPeriod = None,
        action: OfAction = None,
        first: First = None,
        after: After = None,
    ) -> Connection[AuditEntry]:
        entries = use.AuditFilter(
            object_id=_named(object_id),
            actor_id=_named(actor_id),
            period=period.bounds() if period is not None else None,
            action=action,
        )
        ctx = info.context.ctx
        page = await use.list_audit(ctx, entries, page_request(first, after))
        return Connection.of(page, AuditEntry.of, partial(use.count_audit, ctx, entries))

    @strawberry.field(description="The acts that the audit log knows, to choose from.")
    def audit_actions(self, info: Info) -> list[AuditAction]:
        locale = info.context.ctx.locale
        return [AuditAction(name=name, detail=name_of_act(name, locale)) for name in ACTS]

    @strawberry.field(description="What the last verification of the audit log found; null before the first.")
    async def audit_verification(self, info: Info) -> AuditVerification | None:
        found = await verifying.last_verified(info.context.ctx)
        return AuditVerification.of(found) if found is not None else None
