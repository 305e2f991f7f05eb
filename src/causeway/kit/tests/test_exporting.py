"""Files of lists: nothing in them runs, nothing is left out without a word."""

from __future__ import annotations

import io
from datetime import date

import pytest
from python_calamine import CalamineWorkbook

from causeway.frame import access
from causeway.frame.cells import harmless
from causeway.kit import exporting


def sheet(rows, heads=("Title",)):
    return CalamineWorkbook.from_filelike(io.BytesIO(exporting._xlsx(heads, rows).read())).get_sheet_by_index(0).to_python()


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", " =1", "\u3000=1", "\ufeff=1", "\uff1d1", '=HYPERLINK("http://x")'])
def test_a_formula_stays_text(text):
    assert harmless(text) == f"'{text}"
    line = "".join(exporting._csv([text], [[text]]))
    assert line.count("'") == 2
    assert [str(row[0]).strip() for row in sheet([[text]], [text])] == [text.strip()] * 2


@pytest.mark.parametrize("value", [5, -5.25, None, True, date(2026, 1, 2)])
def test_values_stay_values(value):
    assert harmless(value) is value


def test_a_day_before_1900_stands_as_text():
    assert sheet([[date(1899, 12, 31)], [date(1, 1, 1)], [date(1900, 3, 1)]])[1:] == [["1899-12-31"], ["0001-01-01"], [date(1900, 3, 1)]]


def test_more_rows_than_a_sheet_takes_are_told(monkeypatch):
    monkeypatch.setattr(exporting, "SHEET_ROWS", 3)
    assert len(sheet([["a"]] * 3)) == 4
    with pytest.raises(access.Refused, match="Take CSV"):
        exporting.respond("xlsx", "assets", ["Title"], ["title"], iter([["a"]] * 4))
