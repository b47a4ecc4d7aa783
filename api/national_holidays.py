"""The national holidays of Brazil, and the days on which most of the country does not work either.

Fixed ones: Leis 662/1949 and 10.607/2002 (1 January, 21 April, 1 May, 7 September, 2 and 15 November, 25 December),
6.802/1980 (12 October), 14.759/2023 (20 November, from 2024 on). Good Friday is kept everywhere (Lei 9.093/1995).
"""

from dataclasses import dataclass
from datetime import date, timedelta


@dataclass(frozen=True, order=True)
class NationalHoliday:
    """A day off; an optional one is decreed each year for public offices (ponto facultativo), and widely kept."""

    day: date
    name: str
    optional: bool = False


_FIXED = (
    (1, 1, "Confraternização Universal"),
    (4, 21, "Tiradentes"),
    (5, 1, "Dia do Trabalho"),
    (9, 7, "Independência do Brasil"),
    (10, 12, "Nossa Senhora Aparecida"),
    (11, 2, "Finados"),
    (11, 15, "Proclamação da República"),
    (12, 25, "Natal"),
)
_MOVABLE = (
    (-48, "Carnaval (segunda-feira)", True),
    (-47, "Carnaval", True),
    (-2, "Sexta-feira Santa", False),
    (60, "Corpus Christi", True),
)
"""Days from Easter."""


def national_holidays(year: int) -> list[NationalHoliday]:
    """The holidays of a year, in order; a day has one, where two fall on it (Good Friday on Tiradentes in 2079)."""
    found = [NationalHoliday(date(year, month, day), name) for month, day, name in _FIXED]
    if year >= 2024:
        found.append(NationalHoliday(date(year, 11, 20), "Zumbi e Consciência Negra"))
    sunday = easter(year)
    found += [NationalHoliday(sunday + timedelta(days=days), name, optional) for days, name, optional in _MOVABLE]
    return sorted({holiday.day: holiday for holiday in reversed(found)}.values())


def easter(year: int) -> date:
    """Easter Sunday of the Gregorian calendar, by the Meeus/Jones/Butcher algorithm."""
    golden, century, of_century = year % 19, year // 100, year % 100
    moon = (19 * golden + century - century // 4 - (century - (century + 8) // 25 + 1) // 3 + 15) % 30
    weekday = (32 + 2 * (century % 4) + 2 * (of_century // 4) - moon - of_century % 4) % 7
    late = (golden + 11 * moon + 22 * weekday) // 451
    month, day = divmod(moon + weekday - 7 * late + 114, 31)
    return date(year, month, day + 1)
