"""Checks of what people type: each collects its problem, so that a form hears of all of them at once."""

import re
from datetime import datetime, timedelta

import phonenumbers

from api.errors import ErrorCode, Invalid, Problem
from api.vault import cpf_digits

_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_EMAIL = re.compile(r"[^@\s<>\"',;]{1,64}@[^@\s<>\"',;.]+(\.[^@\s<>\"',;.]+)+")
_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


class Checks:
    """The problems of one request, gathered; `done` raises them together."""

    def __init__(self, *path: str) -> None:
        self._path = path
        self._problems: list[Problem] = []

    def fault(self, field: str, reason: str, *, code: ErrorCode | None = None, **values: object) -> None:
        """Note that a field is wrong, and why."""
        self._problems.append(Problem(reason, (*self._path, field), values, code))

    def done(self) -> None:
        """Raise Invalid with every problem noted, if there is one."""
        if self._problems:
            raise Invalid.of(self._problems)

    def text(self, field: str, value: str | None, *, limit: int, required: bool = True) -> str:
        """Text of one line, trimmed."""
        text = " ".join((value or "").split())
        return self._bounded(field, text, limit, required)

    def prose(self, field: str, value: str | None, *, limit: int, required: bool = True) -> str:
        """Text of several lines, kept as typed but for blank ends."""
        return self._bounded(field, (value or "").strip(), limit, required)

    def email(self, field: str, value: str | None, *, required: bool = False) -> str | None:
        """An e-mail address in lower case, or None when there is none."""
        text = self.text(field, value, limit=254, required=required).lower()
        if text and not _EMAIL.fullmatch(text):
            self.fault(field, "bad_email")
        return text or None

    def phone(self, field: str, value: str | None) -> str | None:
        """A phone number in E.164 (Brazil assumed without a country code), or None when there is none."""
        text = self.text(field, value, limit=40, required=False)
        if not text:
            return None
        try:
            number = phonenumbers.parse(text, "BR")
        except phonenumbers.NumberParseException:
            self.fault(field, "bad_phone")
            return None
        if not phonenumbers.is_possible_number(number):
            self.fault(field, "bad_phone")
        return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)

    def cpf(self, field: str, value: str | None, *, required: bool) -> str | None:
        """The digits of a CPF, or None when there is none."""
        text = (value or "").strip()
        if not text:
            if required:
                self.fault(field, "required", code=ErrorCode.REQUIRED)
            return None
        digits = cpf_digits(text)
        if digits is None:
            self.fault(field, "bad_cpf")
        return digits

    def slug(self, field: str, value: str | None) -> str:
        """A short name for addresses: lower-case letters, digits and hyphens."""
        text = self.text(field, value, limit=40)
        if text and not _SLUG.fullmatch(text):
            self.fault(field, "bad_slug")
        return text

    def number(self, field: str, value: int, *, least: int, most: int) -> int:
        """A whole number within bounds."""
        if not least <= value <= most:
            self.fault(field, "bad_number", least=least, most=most)
        return value

    def duration(self, field: str, value: timedelta, *, least: timedelta, most: timedelta) -> timedelta:
        """A duration within bounds."""
        if not least <= value <= most:
            self.fault(field, "bad_duration", least=least, most=most)
        return value

    def future(self, field: str, value: datetime | None, reason: str, *, now: datetime) -> datetime | None:
        """A moment to come, or None when none was given; `reason` says what is wrong with one that has passed."""
        if value is not None and value <= now:
            self.fault(field, reason)
        return value

    def _bounded(self, field: str, text: str, limit: int, required: bool) -> str:
        if not text and required:
            self.fault(field, "required", code=ErrorCode.REQUIRED)
        if len(text) > limit:
            self.fault(field, "too_long", limit=limit)
        if _UNPRINTABLE.search(text):
            self.fault(field, "unprintable")
        return text
