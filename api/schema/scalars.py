"""The schema's own scalars: how times, durations, cursors and CPFs are written and read."""

import re
from datetime import UTC, date, datetime, timedelta
from typing import NewType

import strawberry

_DURATION = re.compile(r"P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d{1,6})?)S)?)?")

Cursor = NewType("Cursor", str)
Cpf = NewType("Cpf", str)


def write_duration(value: timedelta) -> str:
    """ISO 8601, such as PT4M10S; at most microseconds, hours not carried into days."""
    micro = value // timedelta(microseconds=1)
    minutes, rest = divmod(max(micro, 0), 60_000_000)
    hours, minutes = divmod(minutes, 60)
    seconds = f"{rest / 1_000_000:.6f}".rstrip("0").rstrip(".")
    parts = [f"{hours}H" if hours else "", f"{minutes}M" if minutes else "", f"{seconds}S" if rest else ""]
    return "PT" + ("".join(parts) or "0S")


def read_duration(value: object) -> timedelta:
    """A duration in days, hours, minutes and seconds. Raises ValueError."""
    match = _DURATION.fullmatch(value) if isinstance(value, str) and len(value) <= 40 else None
    if match is None or not any(match.groups()):
        raise ValueError("not an ISO 8601 duration such as PT4M10S")
    days, hours, minutes, seconds = (float(part) if part else 0.0 for part in match.groups())
    try:
        return timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)
    except OverflowError as error:
        raise ValueError("a duration beyond all measure") from error


def write_time(value: datetime) -> str:
    """ISO 8601 in UTC, with Z."""
    # What the database gave is in UTC already, which ends in +00:00.
    return (value if value.tzinfo is UTC else value.astimezone(UTC)).isoformat()[:-6] + "Z"


def read_time(value: object) -> datetime:
    """A time with its offset. Raises ValueError."""
    parsed = datetime.fromisoformat(value) if isinstance(value, str) and len(value) <= 40 else None
    if parsed is None or parsed.tzinfo is None:
        raise ValueError("not an ISO 8601 time with an offset, such as 2026-11-22T18:40:00Z")
    try:
        return parsed.astimezone(UTC)
    except OverflowError as error:
        raise ValueError("a time that is none in UTC") from error


def read_day(value: object) -> date:
    """A day of a calendar. Raises ValueError."""
    if not isinstance(value, str) or len(value) != len("2027-01-25"):
        raise ValueError("not an ISO 8601 day, such as 2027-01-25")
    return date.fromisoformat(value)


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise ValueError("not a string")  # noqa: TRY004 - graphql-core reports ValueError as the caller's mistake
    return value


SCALARS = {
    datetime: strawberry.scalar(
        name="DateTime",
        description="A time in ISO 8601, UTC, with Z.",
        serialize=write_time,
        parse_value=read_time,
    ),
    date: strawberry.scalar(
        name="Date",
        description="A day in ISO 8601, such as 2027-01-25.",
        serialize=date.isoformat,
        parse_value=read_day,
    ),
    timedelta: strawberry.scalar(
        name="Duration",
        description="A duration in ISO 8601, such as PT4M10S.",
        serialize=write_duration,
        parse_value=read_duration,
    ),
    Cpf: strawberry.scalar(
        name="Cpf",
        description="A CPF, for input only: eleven digits, formatted or not.",
        serialize=_text,
        parse_value=_text,
    ),
    Cursor: strawberry.scalar(
        name="Cursor",
        description="A place in a list or a stream; opaque: hand it back as you got it.",
        serialize=_text,
        parse_value=_text,
    ),
}
