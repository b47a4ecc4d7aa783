"""The hours of departments in the schema."""

import re

import strawberry

from api.business_hours import Stretch
from api.errors import Invalid
from api.models.enums import Weekday
from api.resolvers.hours import write_minute

_WEEKDAYS = tuple(Weekday)
_MINUTE = re.compile(r"([01]\d|2[0-3]):([0-5]\d)|24:00")


@strawberry.type(description="Open from one time of a weekday to another.")
class OpenHours:
    weekday: Weekday = strawberry.field(description="On which day of the week.")
    opens: str = strawberry.field(description="Such as 08:00, of the desk's time zone.")
    closes: str = strawberry.field(description="Such as 18:00; 24:00 is the end of the day.")

    @classmethod
    def of(cls, stretch: Stretch) -> "OpenHours":
        return cls(
            weekday=_WEEKDAYS[stretch.weekday],
            opens=write_minute(stretch.opens),
            closes=write_minute(stretch.closes),
        )


@strawberry.input(description="Open from one time of a weekday to another.")
class OpenHoursInput:
    weekday: Weekday = strawberry.field(description="On which day of the week.")
    opens: str = strawberry.field(description="Such as 08:00, of the desk's time zone.")
    closes: str = strawberry.field(description="Such as 18:00; 24:00 is the end of the day.")

    def stretch(self) -> Stretch:
        return Stretch(_WEEKDAYS.index(self.weekday), _minute(self.opens), _minute(self.closes))


def _minute(text: str) -> int:
    if not _MINUTE.fullmatch(text):
        raise Invalid("bad_minute", field=("input", "hours"))
    hours, minutes = text.split(":")
    return int(hours) * 60 + int(minutes)
