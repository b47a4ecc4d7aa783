"""A clock that tests move by hand."""

from datetime import UTC, datetime, timedelta

NOON = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)
"""Monday noon in São Paulo, the deployment's zone by default."""


class Clock:
    """Stands still until it is told to move."""

    def __init__(self, now: datetime = NOON) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def advance(self, **by: float) -> datetime:
        """Move by a duration, such as `minutes=5`; backwards when it is negative. Returns the new time."""
        self.now += timedelta(**by)
        return self.now
