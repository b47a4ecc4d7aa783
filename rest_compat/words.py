"""The words of REST for the domain's values: lower case, and the foreign spellings that people use."""

from collections.abc import Collection, Mapping
from datetime import timedelta
from enum import StrEnum
from typing import Annotated, Any

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from api.models.enums import (
    AccessPointStatus,
    Availability,
    Category,
    Channel,
    ChatKind,
    ChatStatus,
    CloseReason,
    CpfPolicy,
    IncidentShare,
    MessageKind,
    NoticeStatus,
    Permission,
    Placed,
    Priority,
    Role,
    Sender,
    WhenClosed,
)
from api.resolvers.tables import Lines
from rest_compat.body import JsonObject


class Owner(StrEnum):
    """Who owns a chat's next move at its opening."""

    QUEUE = "QUEUE"
    BOT = "BOT"


class Spoken:
    """How an enum is read and written: its values in lower case, or words instead of or beside them."""

    def __init__(
        self,
        values: type[StrEnum],
        *,
        without: Collection[StrEnum] = (),
        instead: Mapping[StrEnum, str] | None = None,
        beside: Mapping[str, StrEnum] | None = None,
    ) -> None:
        self._words = {value: (instead or {}).get(value, value.lower()) for value in values if value not in without}
        self._values = {word: value for value, word in self._words.items()} | dict(beside or {})

    def read(self, word: object) -> StrEnum:
        """The value of a word in any case."""
        value = self._values.get(word.strip().lower()) if isinstance(word, str) else None
        if value is None:
            raise PydanticCustomError("bad_choice", "bad_choice", {"choices": ", ".join(self._words.values())})
        return value

    def write(self, value: StrEnum) -> str:
        """The word of a value; one that may not be given is still told."""
        return self._words.get(value, value.lower())

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        known = core_schema.is_instance_schema(StrEnum)
        read = core_schema.no_info_plain_validator_function(self.read)
        return core_schema.union_schema(
            [known, read],
            mode="left_to_right",
            custom_error_type="bad_choice",
            custom_error_message="bad_choice",
            custom_error_context={"choices": ", ".join(self._words.values())},
            serialization=core_schema.plain_serializer_function_ser_schema(self.write),
        )

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonObject:
        written = handler.mode == "serialization"
        return {"type": "string", "enum": list(self._words.values() if written else self._values)}


ChannelWord = Annotated[Channel, Spoken(Channel)]
GivenChannelWord = Annotated[Channel, Spoken(Channel, without={Channel.INTERNAL})]
CategoryWord = Annotated[Category, Spoken(Category)]
PriorityWord = Annotated[Priority, Spoken(Priority)]
OwnerWord = Annotated[Owner, Spoken(Owner)]
LinesWord = Annotated[Lines, Spoken(Lines)]
ChatStatusWord = Annotated[ChatStatus, Spoken(ChatStatus)]
CloseReasonWord = Annotated[CloseReason, Spoken(CloseReason)]
CpfPolicyWord = Annotated[CpfPolicy, Spoken(CpfPolicy)]
WhenClosedWord = Annotated[WhenClosed, Spoken(WhenClosed)]
ChatKindWord = Annotated[ChatKind, Spoken(ChatKind)]
SenderWord = Annotated[Sender, Spoken(Sender)]
MessageKindWord = Annotated[MessageKind, Spoken(MessageKind)]
AccessPointStatusWord = Annotated[AccessPointStatus, Spoken(AccessPointStatus)]
IncidentStatusWord = Annotated[
    NoticeStatus, Spoken(NoticeStatus, without={NoticeStatus.PLANNED, NoticeStatus.UNDER_WAY})
]
WorkStatusWord = Annotated[NoticeStatus, Spoken(NoticeStatus, without={NoticeStatus.CONFIRMED, NoticeStatus.MONITORED})]
IncidentShareWord = Annotated[IncidentShare, Spoken(IncidentShare)]
PlacedWord = Annotated[Placed, Spoken(Placed, without={Placed.FAILED})]
RoleWord = Annotated[Role, Spoken(Role)]
PermissionWord = Annotated[Permission, Spoken(Permission)]
AvailabilityWord = Annotated[
    Availability,
    Spoken(
        Availability,
        instead={Availability.PAUSED: "pause"},
        beside={"pausa": Availability.PAUSED, "paused": Availability.PAUSED},
    ),
]


def seconds(duration: timedelta | None) -> int | None:
    """A duration in whole seconds."""
    return None if duration is None else round(duration.total_seconds())


def clock(duration: timedelta | None) -> str | None:
    """A duration as `HH:MM:SS`, for people; more than 99 hours simply take more digits."""
    whole = seconds(duration)
    if whole is None:
        return None
    return f"{whole // 3600:02d}:{whole // 60 % 60:02d}:{whole % 60:02d}"
