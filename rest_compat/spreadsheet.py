"""Lines as CSV (RFC 4180) that spreadsheets open without carrying anything out."""

import csv
import io
from collections.abc import Mapping, Sequence
from typing import Final

_CARRIED_OUT: Final = ("=", "+", "-", "@", "\t", "\r")
"""How a cell begins that a spreadsheet reads as a formula: https://owasp.org/www-community/attacks/CSV_Injection."""


def lines_of(columns: Sequence[str], rows: Sequence[Mapping[str, object]]) -> str:
    """A line of names and one for each row; None is an empty cell."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(columns)
    writer.writerows([[_cell(row.get(name)) for name in columns] for row in rows])
    return out.getvalue()


def _cell(value: object) -> object:
    return f"'{value}" if isinstance(value, str) and value.startswith(_CARRIED_OUT) else value
