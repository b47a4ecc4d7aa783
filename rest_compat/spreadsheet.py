"""Lines as CSV (RFC 4180), with names above them."""

from collections.abc import Mapping, Sequence

from api.csv_text import row


def lines_of(columns: Sequence[str], rows: Sequence[Mapping[str, object]]) -> str:
    """A line of names and one for each row; None is an empty cell."""
    lines = [columns, *([each.get(name) for name in columns] for each in rows)]
    return "".join(row(line, delimiter=",") for line in lines)
