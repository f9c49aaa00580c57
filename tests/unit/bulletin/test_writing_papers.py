"""A month as PDF, HTML and workbook: the published look, figures that are figures, the same bytes every time."""

from __future__ import annotations

import io
import re
import time
from typing import TYPE_CHECKING

import pypdfium2
import pytest
from django.utils import translation
from openpyxl import load_workbook

from zhunsheng.bulletin import published, writing
from zhunsheng.bulletin.model import Bulletin, GrowthClaim, Headline, RegionRow
from zhunsheng.bulletin.reading import Unreadable, read_bytes
from zhunsheng.bulletin.writing import sentences
from zhunsheng.cli.making import write_files

if TYPE_CHECKING:
    from pathlib import Path

NOTE = "注：只计有效的证书，不计暂停的证书；按 2024-04-10 所知。"


def pages(pdf: bytes) -> list[str]:
    return [page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(pdf)]


def test_every_file_of_a_month_is_remade_byte_for_byte(tmp_path: Path, july_2025: Bulletin) -> None:
    earlier = [published.load("2024-03")]
    for name in ("first", "second"):
        write_files(july_2025, tmp_path / name, "bulletin-2025-07", order="count", note=NOTE, earlier=earlier)
        # A clock that is looked at anywhere would show another second.
        time.sleep(1.1)
    first, second = (sorted((tmp_path / name).iterdir()) for name in ("first", "second"))
    assert [file.suffix for file in first] == [".csv", ".html", ".json", ".pdf", ".txt", ".xlsx"]
    assert [file.read_bytes() for file in first] == [file.read_bytes() for file in second]


def test_the_pdf_says_what_it_is_and_can_be_read_out(march_2024: Bulletin) -> None:
    pdf = writing.as_pdf(march_2024, note=NOTE, pictures=writing.illustrations(march_2024).pictures)
    document = pypdfium2.PdfDocument(pdf)
    assert document.get_metadata_value("Title") == "2024 年 3 月 有效认证证书统计"
    assert document.is_tagged()
    assert re.search(rb"/Lang ?\(zh-CN\)", pdf)
    # A4 in points: 210 by 297 mm.
    assert {tuple(round(side) for side in page.get_size()) for page in document} == {(595, 842)}


def test_the_pdf_has_its_parts_in_the_published_order(march_2024: Bulletin) -> None:
    text = "".join(pages(writing.as_pdf(march_2024, note=NOTE, correction="西南地区的组织数应为 76455。")))
    places = [text.index(part) for part in ("更正", "一、整体概况", "二、领域分布", "三、地域分布", NOTE)]
    assert places == sorted(places)
    assert "第 1 页，共" in text


def test_a_table_that_goes_over_a_page_repeats_its_head() -> None:
    rows = tuple(RegionRow(f"第{n}区", n, 1, "1", n, 1, "1") for n in range(1, 101))
    found = pages(writing.as_pdf(Bulletin("2024-03", regions=rows)))
    assert len(found) > 2
    assert all("证书数" in text and "全国排名" in text for text in found)


def test_a_name_that_looks_like_source_is_only_a_name() -> None:
    name = '#panic("x") <b>&amp;</b>'
    odd = Bulletin("2024-03", regions=(RegionRow(name, 1), RegionRow("北京市", 2)))
    assert name.replace(" ", "") in "".join("".join(pages(writing.as_pdf(odd))).split())
    html = writing.as_html(odd).decode()
    assert "&lt;b&gt;" in html
    assert "<b>" not in html


def test_the_page_needs_nothing_from_outside_and_runs_nothing(july_2025: Bulletin) -> None:
    shown = writing.illustrations(july_2025, [published.load("2024-03")])
    html = writing.as_html(july_2025, note=NOTE, trend=shown.trend, pictures=shown.pictures).decode()
    assert html.startswith('<!doctype html>\n<html lang="zh-CN">')
    assert html.count("<svg") == 2
    assert not re.search(r"<script|<link|<iframe|\son[a-z]+=|javascript:|url\(|@import", html)
    assert "://" not in html
    assert '<th scope="rowgroup" rowspan="11">管理体系认证</th>' in html


def test_the_workbook_holds_numbers(july_2025: Bulletin) -> None:
    book = load_workbook(io.BytesIO(writing.as_xlsx(july_2025, note=NOTE)))
    assert book.sheetnames == ["说明", "项目", "地区", "大区", "正文"]
    assert ["依据", NOTE] in [[cell.value for cell in row] for row in book["说明"]]
    projects = [[cell.value for cell in row] for row in book["项目"]]
    assert projects[0] == ["所属", "认证项目", "证书数", "组织数"]
    assert projects[2] == ["管理体系认证", "合计", 2466620, 997480]
    assert projects[3] == ["管理体系认证", "质量管理体系认证", 1018197, 948325]
    guangdong = next(row for row in book["地区"] if row[0].value == "广东省")
    assert [cell.value for cell in guangdong] == ["广东省", 765239, 1, 18.01, 174667, 1, 15.48]
    assert "428 万张" in str(book["正文"]["A2"].value)


def test_a_share_that_a_number_would_show_otherwise_stays_text() -> None:
    odd = Bulletin("2024-03", regions=(RegionRow("北京市", 1, 1, "3.40", 1, 1, "2"),))
    row = list(load_workbook(io.BytesIO(writing.as_xlsx(odd)))["地区"])[1]
    assert [row[3].value, row[6].value] == ["3.40", 2]


def test_in_english_a_figure_in_wan_is_said_in_millions() -> None:
    with translation.override("en"):
        text = pages(writing.as_pdf(published.load("2024-12")))[0]
        html = writing.as_html(published.load("2024-12")).decode()
    said = " ".join(text.split())
    assert "Valid certificates, December 2024" in said
    assert "At the end of December 2024, 4.06 million valid certificates, 1.08 million certified organisations." in said
    assert "Certificates of Zhejiang rose from 478,487 to 553,393, up 15.66%." in said
    assert not re.search(r"[\u4e00-\u9fff]", said)
    assert '<html lang="en">' in html
    assert not re.search(r"[\u4e00-\u9fff]", html)


@pytest.mark.parametrize(
    ("wan", "english"),
    [("100", "1 million"), ("99.99", "999,900"), ("0.78", "7,800"), ("0", "0"), ("424.99", "4.2499 million")],
)
def test_in_english_less_than_a_million_is_said_in_full(wan: str, english: str) -> None:
    small = Bulletin("2025-10", headline=Headline(certificates=wan))
    with translation.override("en"):
        assert sentences.headline_text(small) == f"At the end of October 2025, {english} valid certificates."


@pytest.mark.parametrize(
    ("claim", "chinese", "english"),
    [
        (
            GrowthClaim("广东省", "2025-03", 10, 9, "-10", "2025-07", "organisations"),
            "从 2025 年 3 月到 2025 年 7 月，广东省组织数从 10 家减至 9 家，下降 10%。",
            "From March 2025 to July 2025, certified organisations of Guangdong fell from 10 to 9, down 10%.",
        ),
        (
            GrowthClaim("广东省", "2025-03", None, None, "5", None, "certificates", fastest=True),
            "自 2025 年 3 月以来，广东省的证书数增长较快，增长 5%。",
            "Since March 2025, certificates grew fast in Guangdong, up 5%.",
        ),
    ],
)
def test_growth_is_said_in_both_languages(claim: GrowthClaim, chinese: str, english: str) -> None:
    from zhunsheng.bulletin.writing.sentences import running_text

    bulletin = Bulletin("2025-07", growth=(claim,))
    assert running_text(bulletin) == [chinese]
    with translation.override("en"):
        assert running_text(bulletin) == [english]


def test_a_bulletin_without_regions_has_no_picture_and_one_month_is_no_trend(march_2024: Bulletin) -> None:
    assert writing.illustrations(Bulletin("2024-03")) == writing.Illustrations()
    alone = writing.illustrations(march_2024)
    assert (list(alone.pictures), alone.trend) == (["country"], ())
    both = writing.illustrations(march_2024, [published.load("2021-07")])
    assert list(both.pictures) == ["country", "trend"]
    assert both.trend == (("2021-07", 2873853, 841156), ("2024-03", 3840047, 1042118))


def test_an_english_paper_is_not_read_as_another_bulletin() -> None:
    """Only Chinese publications are read; an English one is refused rather than half read."""
    with translation.override("en"):
        data = writing.as_pdf(published.load("2024-03"))
    with pytest.raises(Exception, match="没有认证证书统计通报") as refused:
        read_bytes(data)
    assert not isinstance(refused.value, Unreadable)
