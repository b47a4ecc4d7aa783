"""CSV as spreadsheets read it: what people wrote stays text."""

import csv
import io
from datetime import UTC, datetime

import pytest

from api.csv_text import BOM, row
from api.csv_text import read as rows_of


def read(line: str) -> list[str]:
    (cells,) = csv.reader(io.StringIO(line, newline=""), delimiter=";")
    return cells


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n"])
def test_text_that_begins_like_a_formula_gets_an_apostrophe(start: str) -> None:
    assert read(row([f"{start}cmd|' /C calc'!A0", "harmless"])) == [f"'{start}cmd|' /C calc'!A0", "harmless"]


def test_numbers_stay_numbers_and_nothing_is_an_empty_cell() -> None:
    assert row([-1, 2.5, None, ""]) == "-1;2.5;;\r\n"


def test_what_separates_cells_and_lines_is_quoted() -> None:
    cells = ["a;b", 'he said "no"', "two\nlines", "Técnico, às 9h"]
    assert row(cells) == '"a;b";"he said ""no""";"two\nlines";Técnico, às 9h\r\n'
    assert read(row(cells)) == cells


def test_times_are_written_as_iso_8601() -> None:
    assert row([datetime(2026, 11, 23, 2, 40, tzinfo=UTC)]) == "2026-11-23T02:40:00+00:00\r\n"


def test_the_mark_that_begins_a_file_is_the_one_of_utf_8() -> None:
    assert BOM.encode() == b"\xef\xbb\xbf"


@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
def test_rows_are_read_by_their_first_line_with_whatever_separates_them(delimiter: str) -> None:
    text = f'{BOM}\r\nName{delimiter}Place\r\n\r\n"two\nlines"{delimiter} here \r\nlast{delimiter}\r\n{delimiter}'
    assert list(rows_of(text)) == [(2, ["Name", "Place"]), (4, ["two\nlines", "here"]), (6, ["last", ""])]


@pytest.mark.parametrize("cell", ["=1+1", "+55", "-23,5; -46", "@home", "it's", "'quoted'", 'say "so"', "ação"])
def test_what_was_written_is_read_again(cell: str) -> None:
    assert list(rows_of(BOM + row(["a", "b"]) + row([cell, "x"])))[1] == (2, [cell, "x"])


def test_what_is_no_csv_is_refused() -> None:
    with pytest.raises(ValueError, match="limit"):
        list(rows_of("a;b\n" + "x" * 200_000))
