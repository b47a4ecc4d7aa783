"""Coming moments in words, in Portuguese and in English: the part of a sentence that says when."""

from datetime import datetime

from api.texts import Locale

_WEEKDAYS = {
    Locale.PT_BR: ("segunda", "terça", "quarta", "quinta", "sexta", "sábado", "domingo"),
    Locale.EN: ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
}
_WORDS = {
    Locale.PT_BR: ("hoje às {0:%H:%M}", "amanhã às {0:%H:%M}", "{1} às {0:%H:%M}", "em {0:%d/%m} às {0:%H:%M}"),
    Locale.EN: ("today at {0:%H:%M}", "tomorrow at {0:%H:%M}", "on {1} at {0:%H:%M}", "on {0:%Y-%m-%d} at {0:%H:%M}"),
}


def in_words(moment: datetime, now: datetime, locale: Locale) -> str:
    """Such as "segunda às 08:00": in words where plain, by the date beyond a week. Both in one zone."""
    today, tomorrow, within_a_week, by_date = _WORDS[locale]
    days = (moment.date() - now.date()).days
    form = today if days <= 0 else tomorrow if days == 1 else within_a_week if days < 7 else by_date
    return form.format(moment, _WEEKDAYS[locale][moment.weekday()])
