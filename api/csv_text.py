"""Rows of CSV from and for spreadsheets: nothing that somebody wrote is ever taken for a formula."""

import csv
import io
from collections.abc import Iterable, Iterator
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


def read(text: str) -> Iterator[tuple[int, list[str]]]:
    """Each row that says anything, by the number of its first line, from 1; its cells trimmed.

    The first row tells what separates cells: a semicolon, a comma or a tab. The apostrophe that keeps a cell from being
    a formula is taken off again. Raises ValueError.
    """
    text = text.removeprefix(BOM)
    head = next((line for line in text.splitlines() if line.strip()), "")
    delimiter = max((DELIMITER, ",", "\t"), key=head.count)
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    number = 1
    try:
        for cells in rows:
            told = [_plain_text(cell.strip()) for cell in cells]
            if any(told):
                yield number, told
            number = rows.line_num + 1
    except csv.Error as error:
        raise ValueError(str(error)) from error


def _plain_text(cell: str) -> str:
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(_FORMULA) else cell
