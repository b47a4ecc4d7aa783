"""CSV that spreadsheets read as what it is."""

import csv

import pytest

from api.csv_text import BEGINNING, row


@pytest.mark.parametrize("text", ["=1+1", "+55 11", "-2", "@SUM(A1)", "\tx", "\rx", '=HYPERLINK("x")'])
def test_text_is_never_a_formula(text: str) -> None:
    ((cell,),) = csv.reader([row([text])], delimiter=";")
    assert cell.startswith("'")
    assert cell[1:].strip() == text.strip()


def test_other_cells_are_as_they_are() -> None:
    assert row(['Zé; "o" tal', None, -5, 0, "a=b", ""]) == '"Zé; ""o"" tal";;-5;0;a=b;\r\n'


def test_lines_within_a_cell_stay_in_it() -> None:
    assert row(["a\nb", 1]) == '"a\nb";1\r\n'


def test_excel_is_told_the_encoding() -> None:
    assert BEGINNING.encode() == b"\xef\xbb\xbf"
