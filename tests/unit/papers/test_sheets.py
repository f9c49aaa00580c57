"""Sheets: what stands in a cell is shown, never run, and comes back as it was from independent readers."""

from __future__ import annotations

import csv
import io
from datetime import date

import pytest
from openpyxl import load_workbook

from zhunsheng.papers.sheets import CELL_CHARACTERS, Column, Sheet, csv_lines, safe, write_xlsx

COLUMNS = (Column("名称"), Column("数量", "count"), Column("占比", "share"), Column("日期", "date"))
ROWS = [("=1+1", 12345, 3.4, date(2025, 7, 31)), ("某某有限公司", 0, None, None), ("\x00坏", -3, 2, date(2024, 2, 29))]


def test_a_workbook_comes_back_as_it_was_and_runs_nothing() -> None:
    out = io.BytesIO()
    write_xlsx(out, [Sheet("表", COLUMNS, iter(ROWS))], cover=[("查询", "=HYPERLINK(1)"), ("数量", 3)], about="说明")
    book = load_workbook(out)
    assert book.sheetnames == ["说明", "表"]
    assert [[c.value for c in row] for row in book["说明"]] == [["查询", "=HYPERLINK(1)"], ["数量", 3]]
    cells = list(book["表"])
    assert [c.value for c in cells[0]] == ["名称", "数量", "占比", "日期"]
    assert cells[1][0].data_type == "s"
    assert [c.value for c in cells[1]][:3] == ["=1+1", 12345, 3.4]
    assert cells[1][3].value.date() == date(2025, 7, 31)
    assert cells[1][3].number_format == "yyyy-mm-dd"
    assert cells[3][0].value == "\ufffd坏"


def test_a_cell_longer_than_a_sheet_takes_is_cut_not_refused() -> None:
    out = io.BytesIO()
    write_xlsx(out, [Sheet("表", COLUMNS[:1], [["长" * (CELL_CHARACTERS + 1)]])])
    value = load_workbook(out)["表"]["A2"].value
    assert isinstance(value, str)
    assert len(value) == CELL_CHARACTERS


def test_csv_is_marked_as_utf_8_and_runs_nothing() -> None:
    text = "".join(csv_lines(Sheet("表", COLUMNS, ROWS)))
    assert text.startswith("\ufeff")
    read = list(csv.reader(io.StringIO(text.removeprefix("\ufeff"))))
    assert read[1] == ["'=1+1", "12345", "3.4", "2025-07-31"]
    assert read[2] == ["某某有限公司", "0", "", ""]


@pytest.mark.parametrize("text", ["=1", "+1+1", "-1-1", "@x", "＝1", "\tx", "\rx", "  =1"])
def test_what_a_spreadsheet_would_run_gets_an_apostrophe(text: str) -> None:
    assert safe(text) == "'" + text


@pytest.mark.parametrize("text", ["-5", "+3.5", "某=1", "A-1", ""])
def test_what_it_would_not_run_stays(text: str) -> None:
    assert safe(text) == text
