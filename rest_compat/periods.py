"""Periods as people write them in an address: dates, or times."""

import re
from datetime import UTC, date, datetime, timedelta

from api.context import Context
from api.resolvers.periods import midnight
from rest_compat.body import Misread

_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_TIME = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt][0-9]{2}:[0-9]{2}(:[0-9]{2}([.][0-9]{1,9})?)?([Zz]|[+-][0-9]{2}:[0-9]{2})?"
)
_ONE_DAY = timedelta(days=1)
_FIRST = datetime(2000, 1, 1, tzinfo=UTC)
"""Before anything that AliDash knows."""


def period(ctx: Context, *, start: str | None, end: str | None) -> tuple[datetime, datetime]:
    """The half-open period `[start, end)`: today where nothing is given.

    A date is a whole day of the deployment's zone, so that `to` includes it; a time without an offset is of
    that zone. Raises Misread.
    """
    today = ctx.now().astimezone(ctx.settings.zone).date()
    until = _moment(ctx, end, field="to", last=True) if end is not None else None
    since = _moment(ctx, start, field="from", last=False) if start is not None else None
    if since is None:
        day = today if until is None else (until - timedelta(microseconds=1)).astimezone(ctx.settings.zone).date()
        since = midnight(day, ctx.settings.zone)
    return since, until or midnight(today + _ONE_DAY, ctx.settings.zone)


def span(ctx: Context, *, start: str | None, end: str | None) -> tuple[datetime, datetime] | None:
    """The same, where what is not given does not narrow: None when nothing is. Raises Misread."""
    if start is None and end is None:
        return None
    since = _moment(ctx, start, field="from", last=False) if start is not None else _FIRST
    return since, _moment(ctx, end, field="to", last=True) if end is not None else ctx.now() + _ONE_DAY


def _moment(ctx: Context, text: str, *, field: str, last: bool) -> datetime:
    try:
        if _DATE.fullmatch(text):
            day = date.fromisoformat(text)
            return midnight(day + _ONE_DAY if last else day, ctx.settings.zone)
        if _TIME.fullmatch(text):
            # Python reads at most six decimals.
            moment = datetime.fromisoformat(re.sub(r"([.][0-9]{6})[0-9]+", r"\1", text.upper()))
            return (moment if moment.tzinfo else moment.replace(tzinfo=ctx.settings.zone)).astimezone(UTC)
    except (ValueError, OverflowError):
        pass
    raise Misread("bad_value", field=(field,))
