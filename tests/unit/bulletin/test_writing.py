"""A bulletin as CSV and JSON; text is tested by the round trip."""

from __future__ import annotations

import csv
import io
import json
from datetime import date
from typing import TYPE_CHECKING

import pytest

from zhunsheng.bulletin import published
from zhunsheng.bulletin.reading import read
from zhunsheng.bulletin.writing import as_csv, as_json, as_text, basis

if TYPE_CHECKING:
    from pathlib import Path

    from zhunsheng.bulletin.model import Bulletin


@pytest.mark.parametrize("month", ["2021-07", "2024-12"])
def test_csv_is_laid_out_as_the_transcribed_files(shared: Path, month: str) -> None:
    lines = list(csv.reader(io.StringIO(as_csv(published.load(month)))))
    with (shared / f"bulletins/{month}.csv").open(encoding="utf-8", newline="") as file:
        truth = list(csv.reader(file))
    assert [line for line in lines if line[0] != "month"] == truth


def test_blocks_and_the_month_are_in_the_csv(july_2025: Bulletin) -> None:
    lines = as_csv(july_2025).splitlines()
    assert lines[1] == "month,,2025-07,,,,,,"
    assert "block,,西南地区,297173,,6.99,82325,,7.3" in lines


def test_json_has_the_published_shape(july_2025: Bulletin) -> None:
    document = json.loads(as_json(july_2025))
    assert {"month", "headline", "projects", "regions", "blocks"} <= document.keys()
    assert document["projects"][1] == {
        "name": "管理体系认证",
        "parent": "合计",
        "certificates": 2466620,
        "organisations": 997480,
    }
    assert document["regions"][0]["certificate_rank"] is None
    assert document["blocks"][3]["organisation_share"] == "7.3"


def test_the_text_has_the_three_parts_of_the_published_layout(march_2024: Bulletin) -> None:
    text = as_text(march_2024)
    assert [line for line in text.splitlines() if line[1:2] == "、"] == ["一、整体概况", "二、领域分布", "三、地域分布"]
    assert "\n北京市\t145717\t6\t3.88\t47282\t6\t4.59\n" in text
    assert "\n服务认证\t合计\t73600\t47953\n" in text
    assert text == as_text(march_2024)
    assert text.endswith("\t0.34\n")


def test_the_note_says_what_was_counted_and_is_read_over(march_2024: Bulletin) -> None:
    note = basis(date(2024, 4, 10), counts_suspended=True)
    text = as_text(march_2024, note=note)
    assert text.endswith("\n\n注：计入暂停的证书；按 2024-04-10 所知。\n")
    assert "不计暂停" in basis(date(2024, 4, 10), counts_suspended=False)
    assert read(text) == march_2024
