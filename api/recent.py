"""What was looked up a moment ago, and need not be looked up again for the next request of the same caller."""

import time
from collections.abc import Collection
from typing import Generic, TypeVar

V = TypeVar("V")

MOMENT = 2.0
"""Seconds: for so long a change that nobody told us of may go unnoticed."""
_MOST = 10_000


class Recent(Generic[V]):
    """Values by key, each kept for a moment, and less when its subject changes meanwhile."""

    def __init__(self) -> None:
        self._values: dict[str, tuple[V, float]] = {}
        self._keys_of: dict[str, set[str]] = {}

    def get(self, key: str) -> V | None:
        """The value that was kept lately, or None."""
        value, until = self._values.get(key, (None, 0.0))
        return value if time.monotonic() < until else None

    def keep(self, key: str, value: V, *, about: str) -> None:
        """Keep a value for a moment, or until `forget` is told of what it is about."""
        if len(self._values) >= _MOST:
            self._values.clear()
            self._keys_of.clear()
        self._values[key] = (value, time.monotonic() + MOMENT)
        self._keys_of.setdefault(about, set()).add(key)

    def forget(self, subjects: Collection[str]) -> None:
        """These are not what they were: what is kept about them is dropped."""
        for subject in subjects:
            for key in self._keys_of.pop(subject, ()):
                self._values.pop(key, None)
