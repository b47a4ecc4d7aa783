"""CSV as the spreadsheets of Brazilian offices read it: semicolons between cells, UTF-8 with a mark that says so."""

import csv
import io
from collections.abc import Iterable

BEGINNING = "\ufeff"
"""Written before the first row: without it Excel takes UTF-8 for the letters of an older Windows."""
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def row(cells: Iterable[object]) -> str:
    """One line of a file. What a spreadsheet would take for a formula is kept as text by an apostrophe (CWE-1236)."""
    line = io.StringIO()
    csv.writer(line, delimiter=";", lineterminator="\r\n").writerow([_cell(cell) for cell in cells])
    return line.getvalue()


def _cell(cell: object) -> object:
    if isinstance(cell, str) and cell.startswith(_FORMULA):
        return f"'{cell}"
    return "" if cell is None else cell
