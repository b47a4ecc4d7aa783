"""Every sentence that the server says to people, in Portuguese and in English."""

from enum import StrEnum

from api.texts.faults import FAULTS
from api.texts.lines import LINES
from api.texts.notices import NOTICES
from api.texts.refusals import REFUSALS


class Locale(StrEnum):
    """A language that AliDash speaks."""

    PT_BR = "pt-BR"
    EN = "en"


SENTENCES: dict[str, tuple[str, str]] = REFUSALS | FAULTS | LINES | NOTICES


def say(reason: str, locale: Locale, /, **values: object) -> str:
    """The sentence for `reason` in the reader's language, with its values filled in."""
    portuguese, english = SENTENCES[reason]
    return (portuguese if locale is Locale.PT_BR else english).format(**values)


def preferred_locale(accept_language: str | None) -> Locale:
    """The first language of an Accept-Language header that we speak; Portuguese when there is none."""
    for part in (accept_language or "").split(","):
        tag = part.split(";")[0].strip().lower()
        if tag.startswith("pt"):
            return Locale.PT_BR
        if tag.startswith("en"):
            return Locale.EN
    return Locale.PT_BR
