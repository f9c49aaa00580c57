"""Published bulletins as DOCX, HTML and PDF of others, in the layouts that departments and newsletters use."""

from __future__ import annotations

import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest

from tests.unit.bulletin.documents import (
    PROJECT_HEADS,
    REGION_HEADS,
    as_docx,
    month_of,
    region_lines,
    shown,
    two_storeys,
)
from zhunsheng.bulletin import published, writing
from zhunsheng.bulletin.reading import read, read_bytes, read_file
from zhunsheng.papers import typesetting

if TYPE_CHECKING:
    from pathlib import Path

    from zhunsheng.bulletin.model import Bulletin, ProjectRow

SEEDS = {"2024-03": "000_caa72d36d821e81a.txt", "2025-07": "002_237d0d592ac32ee2.txt"}
SETTING = """#let d = json("data.json")
#set page(paper: "a5", flipped: d.flipped, margin: 12mm)
#set page(footer: context align(center)[— #counter(page).display() —])
#set text(size: 7pt)
#d.title
#for t in d.tables {
  table(
    columns: t.columns.map(w => eval(w)), stroke: if d.ruled { 0.4pt } else { none }, inset: (x: 3pt, y: 2pt),
    align: (x, _) => (if x == 0 { left } else { right }) + eval(d.at),
    table.header(repeat: d.repeated, ..t.head), ..t.rows.flatten(),
  )
  par[以上是第一部分。]
}
"""


@pytest.mark.parametrize("boxed", [False, True])
@pytest.mark.parametrize("month", published.months())
def test_every_cell_of_a_word_document_is_read(month: str, boxed: bool) -> None:
    assert read_bytes(as_docx(published.load(month), boxed=boxed)) == published.load(month)


@pytest.mark.parametrize(("month", "seed"), SEEDS.items())
@pytest.mark.parametrize("writer", [writing.as_pdf, writing.as_xlsx, writing.as_html, as_docx])
def test_the_publications_themselves_survive_every_paper(shared: Path, month: str, seed: str, writer: object) -> None:
    bulletin = read_file(shared / "seeds" / seed)
    assert bulletin.month == month
    assert callable(writer)
    assert read_bytes(writer(bulletin)) == bulletin


MAGAZINE = """#let d = json("data.json")
#set page(paper: "a4", margin: 15mm, columns: d.columns)
#set text(size: 8pt)
#for l in d.lines {
  if l.len() > 1 { block(spacing: 0.6em, grid(columns: (1fr,) * l.len(), ..l)) } else { par(l.first()) }
}
"""


@pytest.mark.parametrize(("month", "columns"), [("2024-03", 1), ("2025-07", 1), ("2025-07", 2)])
def test_a_whole_publication_set_again_as_pages_is_read(shared: Path, month: str, columns: int) -> None:
    """The newsletter has 28 such pages around its bulletin; no lines are drawn in its tables."""
    text = (shared / "seeds" / SEEDS[month]).read_text(encoding="utf-8")
    data = {"columns": columns, "lines": [line.split("\t") for line in text.split("\n")]}
    assert read_bytes(typesetting.pdf(MAGAZINE, data=data)) == read(text)


def test_an_old_page_with_heads_in_two_storeys_and_names_as_pictures(march_2024: Bulletin) -> None:
    back = read_bytes(two_storeys(march_2024).encode("gb18030"))
    assert (back.regions, back.blocks) == (march_2024.regions, march_2024.blocks)
    assert (back.month, back.headline.certificates) == ("2024-03", "375")


def test_a_broken_character_in_a_page_that_says_its_encoding_does_no_harm(march_2024: Bulletin) -> None:
    data = two_storeys(march_2024).encode("gb18030").replace("首页".encode("gb18030"), b"\xca\xd7\xff\xff")
    assert read_bytes(data).regions == march_2024.regions


def test_cells_merged_over_rows_and_columns_stay_under_their_heads() -> None:
    page = (
        "<table><tr><td colspan=2>认证项目</td><td>证书数</td><td>组织数</td></tr>"
        "<tr><td colspan=2>合计</td><td>9</td><td>8</td></tr>"
        "<tr><td rowspan=3>服务认证</td><td>合计</td><td>5</td><td></td></tr>"
        "<tr><td>国家推行的<br>服务认证</td><td></td><td>3&nbsp;</td></tr>"
        "<tr><td>一般服务&#x8ba4;证</td><td>1</td><td>1</td></tr></table>"
    )
    assert [(p.name, p.parent, p.certificates, p.organisations) for p in read(page).projects] == [
        ("合计", None, 9, 8),
        ("服务认证", "合计", 5, None),
        ("国家推行的服务认证", "服务认证", None, 3),
        ("一般服务认证", "服务认证", 1, 1),
    ]


def two_names(row: ProjectRow) -> tuple[str, str]:
    """What stands in the two columns of names before a row."""
    if row.parent is None:
        return row.name, ""
    return (row.name, "合计") if row.parent == "合计" else ("", row.name)


@pytest.mark.parametrize("flipped", [False, True])
@pytest.mark.parametrize("repeated", [False, True])
@pytest.mark.parametrize(("ruled", "at"), [(True, "horizon"), (True, "top"), (True, "bottom"), (False, "horizon")])
def test_narrow_pages_break_names_and_tables(
    march_2024: Bulletin, flipped: bool, repeated: bool, ruled: bool, at: str
) -> None:
    """Columns too narrow for 新疆维吾尔自治区, thousands parted by commas, the table over several small pages."""
    projects = [[*two_names(p), shown(p.certificates), shown(p.organisations)] for p in march_2024.projects]
    data = {
        "title": f"{month_of(march_2024)}有效认证证书按领域统计",
        "flipped": flipped,
        "repeated": repeated,
        "ruled": ruled,
        "at": at,
        "tables": [
            {"head": PROJECT_HEADS, "columns": ["5em", "7em", "1fr", "1fr"], "rows": projects},
            {"head": REGION_HEADS, "columns": ["4em", *["1fr"] * 6], "rows": region_lines(march_2024)},
        ],
    }
    back = read_bytes(typesetting.pdf(SETTING, data=data))
    assert back.projects == march_2024.projects
    assert back.regions == march_2024.regions
    assert back.blocks == march_2024.blocks
    assert back.month == "2024-03"


@pytest.mark.parametrize("month", published.months())
def test_without_any_head_the_totals_are_read_too(month: str) -> None:
    lines = published.text(month).split("\n")
    headless = "\n".join(line for line in lines if not line.startswith(("认证项目\t", "地区\t")))
    assert read(headless) == published.load(month)


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")
@pytest.mark.parametrize("month", ["2024-03", "2025-07"])
def test_what_libreoffice_makes_of_our_papers_is_read(tmp_path: Path, month: str) -> None:
    """Calc prints the workbook, its empty cells blank, and takes the page for a sheet with all tables in it."""
    bulletin = published.load(month)
    (tmp_path / "book.xlsx").write_bytes(writing.as_xlsx(bulletin))
    (tmp_path / "page.html").write_bytes(writing.as_html(bulletin))
    office = ["soffice", f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}", "--headless"]
    into = ["--outdir", str(tmp_path)]
    subprocess.run([*office, "--convert-to", "pdf", *into, tmp_path / "book.xlsx"], check=True, capture_output=True)
    web = ["--infilter=HTML (StarCalc)", "--convert-to", "xlsx"]
    subprocess.run([*office, *web, *into, tmp_path / "page.html"], check=True, capture_output=True)
    assert read_file(tmp_path / "book.pdf") == bulletin
    assert read_file(tmp_path / "page.xlsx") == bulletin
