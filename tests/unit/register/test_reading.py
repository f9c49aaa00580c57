"""Files are read whatever their encoding and separator; hostile ones end in a message that names file and place."""

from __future__ import annotations

import io
import zipfile
from datetime import date, datetime
from typing import TYPE_CHECKING

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from zhunsheng.register.importing import csv_files, reading, tabular, xlsx_files
from zhunsheng.register.importing.tabular import CELLS, FORMULAS, ROW, BadFile

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

TEXT = "RZJG_ID,证书编号,ORG_NAME\nCNCA-R-2018-454,甲１,名称\n"
CELLS_OF_TEXT = [["CNCA-R-2018-454", "甲１", "名称"]]


def read(path: Path) -> pl.DataFrame:
    return pl.concat(list(reading.opened(path, "return").batches()))


def cells(path: Path) -> list[list[str | None]]:
    return [list(row) for row in read(path).drop(ROW, CELLS, FORMULAS).iter_rows()]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    # The format is told by the content: the name lies.
    return tmp_path / "return.pdf"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-le", "utf-16-be"])
def test_csv_is_read_in_the_encodings_in_use(file: Path, encoding: str) -> None:
    file.write_bytes(TEXT.encode(encoding))
    assert cells(file) == CELLS_OF_TEXT


@pytest.mark.parametrize("separator", [",", "\t", ";", "|"])
def test_csv_is_read_with_the_separators_in_use(file: Path, separator: str) -> None:
    file.write_text(TEXT.replace(",", separator), encoding="utf-8")
    assert cells(file) == CELLS_OF_TEXT


def test_quoted_cells_hold_separators_and_lines_and_keep_the_row_numbers_of_a_spreadsheet(file: Path) -> None:
    file.write_text('A,B\n"1,2","x\ny"\n\n3,4\n', encoding="utf-8")
    found = read(file)
    assert cells(file) == [["1,2", "x\ny"], ["3", "4"]]
    assert found[ROW].to_list() == [2, 4]


def test_a_row_with_other_cells_than_the_header_is_marked_and_kept_readable(file: Path) -> None:
    file.write_text("A,B\n1,2\n3\n4,5,6\n7,8,,\n", encoding="utf-8")
    found = read(file)
    assert found[CELLS].to_list() == [None, 1, 3, None]
    assert cells(file) == [["1", "2"], ["3", ""], ["4", "5 | 6"], ["7", "8"]]


def test_long_files_come_in_batches(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tabular, "BATCH_ROWS", 10)
    file.write_text("A\n" + "x\n" * 25, encoding="utf-8")
    found = list(reading.opened(file, "return").batches())
    assert [len(batch) for batch in found] == [10, 10, 5]
    assert pl.concat(found)[ROW].to_list() == list(range(2, 27))


def test_parquet_values_become_text(file: Path) -> None:
    frame = pl.DataFrame(
        {
            "text": ["甲", None],
            "day": [date(2025, 1, 2), None],
            "moment": [datetime(2025, 1, 2), datetime(2025, 1, 2, 3, 4, 5)],  # noqa: DTZ001 - a file has no zone
            "whole": [7, None],
            "broken": [1.0, 2.5],
            "class": pl.Series(["a", "b"], dtype=pl.Categorical),
        }
    )
    frame.write_parquet(file)
    assert cells(file) == [
        ["甲", "2025-01-02", "2025-01-02", "7", "1", "a"],
        [None, None, "2025-01-02 03:04:05", None, "2.5", "b"],
    ]


def workbook(*rows: list[object], others: int = 0) -> bytes:
    book = Workbook()
    for _ in range(others):
        book.create_sheet("说明").append(["本表说明"])
    book.move_sheet(book.worksheets[0], offset=others)
    for row in rows:
        book.worksheets[-1].append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def test_a_workbook_s_sheet_with_known_columns_is_read_as_text(file: Path) -> None:
    file.write_bytes(
        workbook([], ["RZJG_ID", "证书编号", "AWARD_DATE"], ["甲", 12, date(2025, 1, 2)], ["乙", 2.5, None], others=1)
    )
    found = read(file)
    assert cells(file) == [["甲", "12", "2025-01-02"], ["乙", "2.5", ""]]
    assert found[ROW].to_list() == [3, 4]


def test_a_formula_is_named_and_its_kept_value_taken(file: Path) -> None:
    file.write_bytes(workbook(["RZJG_ID", "ORG_NAME"], ["甲", "=HYPERLINK(1)"], ["乙", "x"]))
    found = read(file)
    assert found[FORMULAS].to_list() == ["ORG_NAME", None]
    assert found["ORG_NAME"].to_list() == ["", "x"]


def zipped(**parts: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue()


def changed(part: str, change: Callable[[bytes], bytes]) -> bytes:
    """Return a small workbook with one part changed."""
    old, out = io.BytesIO(workbook(["RZJG_ID"], ["x"])), io.BytesIO()
    with zipfile.ZipFile(old) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            content = source.read(name)
            target.writestr(name, change(content) if name == part else content)
    return out.getvalue()


SHEET = "xl/worksheets/sheet1.xml"
TYPES = "[Content_Types].xml"
BOMB = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>'
HOSTILE: dict[str, tuple[bytes, str]] = {
    "empty": (b"", "空"),
    "only a header": (b"A,B\n", "没有数据行"),
    "blank lines": (b"\n\n", "空"),
    "latin letters of another encoding": (b"A,B\n\xff\xfe\xfd\x81,2\n", "编码"),
    "binary": (b"A,B\n\x00\x01\x02\x03\x00\xff\n", "编码"),
    "zeros": (b"\0" * 10_000, "编码"),
    "an endless line": (b"A,B\n1,2\n" + b"x" * 21_000_000, "一行超过"),
    "the same header twice": (b"A,B,A\n1,2,3\n", "两列都叫 A"),
    "a header without a name": (b"A,,B\n1,2,3\n", "第 2 列"),
    "a quote without its pair": (b'A,B\n1,2\n"' + b"x,\n" * 60_000, "第 2 行之后"),
    "old or encrypted workbook": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "密码"),
    "pdf": (b"%PDF-1.7\n", "不是 CSV"),
    "gzip": (b"\x1f\x8b\x08\0\0\0\0\0", "不是 CSV"),
    "broken parquet": (b"PAR1" + b"\0" * 100 + b"PAR1", "Parquet"),
    "cut off workbook": (workbook(["RZJG_ID"], ["x"])[:-200], "完好"),
    "another zip": (zipped(readme=b"x"), "不是 XLSX"),
    "zip with nothing of a workbook": (zipped(**{TYPES: b"<Types/>"}), "完好"),
    "zip bomb": (zipped(**{TYPES: b"x", SHEET: b"0" * 40_000_000}), "压缩炸弹"),
    "xml bomb": (changed(SHEET, lambda xml: BOMB + xml), "XML 炸弹"),
    "a cell far away": (
        changed(SHEET, lambda xml: xml.replace(b'r="A2"', b'r="XFD1048576"').replace(b'r="2"', b'r="1048576"')),
        "范围过大",
    ),
    "many entries": (zipped(**{TYPES: b"x"}, **{f"e{n}": b"" for n in range(2_001)}), "压缩炸弹"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_ends_in_a_message_that_names_it(file: Path, name: str) -> None:
    content, words = HOSTILE[name]
    file.write_bytes(content)
    with pytest.raises(BadFile) as caught:
        read(file)
    assert words in str(caught.value)
    assert "return" in str(caught.value)


def test_a_part_that_lies_about_its_size_is_counted_as_it_unpacks(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xlsx_files, "MAX_UNPACKED_BYTES", 3_000_000)
    content = bytearray(zipped(**{TYPES: b"x", SHEET: bytes(range(256)) * 20_000}))
    entry = content.rindex(b"PK\x01\x02")
    # The uncompressed size of the last entry in the central directory.
    content[entry + 24 : entry + 28] = (1000).to_bytes(4, "little")
    file.write_bytes(bytes(content))
    with pytest.raises(BadFile, match="过大"):
        read(file)


def test_a_sparse_file_of_ten_gigabytes_is_refused_by_its_size(file: Path) -> None:
    with file.open("wb") as out:
        out.truncate(10_000_000_000)
    with pytest.raises(BadFile, match="10,000,000,000"):
        reading.opened(file, "return")


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadFile, match="没有文件"):
        reading.opened(tmp_path / "none", "none")


def test_parquet_of_long_repeated_text_is_refused_before_it_unpacks(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "MAX_BATCH_BYTES", 1_000_000)
    pl.DataFrame({"A": ["x" * 10_000] * 1_000}).write_parquet(file)
    assert file.stat().st_size < 100_000
    with pytest.raises(BadFile, match="压缩炸弹"):
        read(file)


def test_parquet_of_lists_is_refused(file: Path) -> None:
    pl.DataFrame({"A": [[1, 2]]}).write_parquet(file)
    with pytest.raises(BadFile, match="A"):
        read(file)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(alphabet='ab,"\n\r é', max_size=60), ends=st.sampled_from(["\n", "\r\n"]))
def test_csv_read_quickly_is_what_row_by_row_gives(
    file: Path, monkeypatch: pytest.MonkeyPatch, text: str, ends: str
) -> None:
    file.write_bytes(f'h1,h2,h3{ends}1,"2,\n""",3{ends}{text}'.encode())
    found = []
    for quick in ({"utf-8"}, set()):
        monkeypatch.setattr(csv_files, "QUICK", quick)
        found.append([row for batch in reading.opened(file, "return").batches() for row in batch.rows()])
    assert found[0] == found[1]
