"""What is written as HTML, XLSX, PDF, CSV and JSON is read back cell for cell, whatever the bulletin."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.bulletin.generated import bulletins
from zhunsheng.bulletin import published, writing
from zhunsheng.bulletin.reading import read_bytes

if TYPE_CHECKING:
    from zhunsheng.bulletin.model import Bulletin

Writer = Callable[..., bytes]
WRITERS: list[Writer] = [writing.as_html, writing.as_xlsx, writing.as_pdf]
NOTE = "注：只计有效的证书，不计暂停的证书；按 2025-08-10 所知。"


def dressed(month: str, writer: Writer) -> bytes:
    """A month with everything that a paper can hold beside its tables."""
    earlier = [published.load(other) for other in published.months() if other < month]
    shown = writing.illustrations(published.load(month), earlier)
    extra = {} if writer is writing.as_xlsx else {"pictures": shown.pictures}
    correction = "更正 2025-08-12 公布的一版：西南地区的组织数原为 76455，应为 82325。"
    return writer(published.load(month), note=NOTE, correction=correction, trend=shown.trend, **extra)


@pytest.mark.parametrize("month", published.months())
@pytest.mark.parametrize("writer", WRITERS)
def test_every_published_cell_comes_back(writer: Writer, month: str) -> None:
    assert read_bytes(dressed(month, writer)) == published.load(month)


@pytest.mark.parametrize("order", ["gb", "count"])
@pytest.mark.parametrize("writer", WRITERS)
def test_both_orders_hold_the_same_rows(writer: Writer, order: str, july_2025: Bulletin) -> None:
    back = read_bytes(writer(july_2025, order=order))
    assert set(back.regions) == set(july_2025.regions)
    assert set(back.blocks) == set(july_2025.blocks)
    assert back.regions[2].name == {"gb": "北京市", "count": "广东省"}[order]


@pytest.mark.parametrize("writer", [writing.as_html, writing.as_xlsx])
@given(bulletins())
def test_any_bulletin_comes_back_from_html_and_xlsx(writer: Writer, bulletin: Bulletin) -> None:
    assert read_bytes(writer(bulletin)) == bulletin


@settings(max_examples=12)
@given(bulletins())
def test_any_bulletin_comes_back_from_pdf(bulletin: Bulletin) -> None:
    assert read_bytes(writing.as_pdf(bulletin)) == bulletin


@given(bulletins())
def test_any_bulletin_comes_back_from_json(bulletin: Bulletin) -> None:
    assert read_bytes(writing.as_json(bulletin).encode()) == bulletin


@given(bulletins(), st.booleans())
def test_csv_brings_back_what_it_holds(bulletin: Bulletin, marked: bool) -> None:
    """CSV has the tables and the figures of the headline, and no sentences."""
    held = replace(bulletin, growth=(), headline=replace(bulletin.headline, leading_count=None))
    assert read_bytes(writing.as_csv(bulletin).encode("utf-8-sig" if marked else "utf-8")) == held
