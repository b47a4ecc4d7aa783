"""Rows of CSV for spreadsheets: nothing that somebody wrote is ever taken for a formula."""

import csv
import io
from collections.abc import Iterable
from datetime import datetime

BOM = "\ufeff"
"""What a file begins with: without it, Excel reads UTF-8 as something else."""

DELIMITER = ";"
"""What Excel expects where the comma is the decimal mark, as in Brazil."""
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
"""How cells begin that a spreadsheet would calculate (OWASP, CSV Injection)."""


def row(cells: Iterable[object], *, delimiter: str = DELIMITER) -> str:
    """One line of CSV with its end (RFC 4180); text that begins like a formula gets a leading apostrophe.

    Numbers are numbers, also below zero; times are ISO 8601; None is an empty cell.
    """
    line = io.StringIO()
    csv.writer(line, delimiter=delimiter, lineterminator="\r\n").writerow([_plain(cell) for cell in cells])
    return line.getvalue()


def _plain(cell: object) -> object:
    match cell:
        case None:
            return ""
        case datetime():
            return cell.isoformat()
        case str() if cell.startswith(_FORMULA):
            return "'" + cell
        case _:
            return cell
