"""The real publications: whole, partial, inside a newsletter; and the copies of their figures that we carry."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

import pytest

from zhunsheng.bulletin import published
from zhunsheng.bulletin.reading import read, read_file

if TYPE_CHECKING:
    from pathlib import Path

    from zhunsheng.bulletin.model import Bulletin

SEEDS = {"2024-03": "seeds/000_caa72d36d821e81a.txt", "2025-07": "seeds/002_237d0d592ac32ee2.txt"}
PARTIAL = ["2021-07", "2024-12"]


@pytest.mark.parametrize(("month", "file"), [*SEEDS.items(), *((m, f"bulletins/{m}.txt") for m in PARTIAL)])
def test_the_copy_carried_has_every_cell_of_the_publication(shared: Path, month: str, file: str) -> None:
    assert read_file(shared / file) == published.load(month)


def cells(bulletin: Bulletin) -> dict[tuple[str, str, str], tuple[str, ...]]:
    """The cells in the layout of the transcribed CSV files, read off the model here and not by our writer."""
    found: dict[tuple[str, str, str], tuple[object, ...]] = {}
    for p in bulletin.projects:
        key = (p.parent or p.name, p.name if p.parent else "")
        key = (p.name, "合计") if p.parent == "合计" else key
        found["project", *key] = (p.certificates, None, None, p.organisations, None, None)
    for r in bulletin.regions:
        found["region", "", r.name] = (
            r.certificates,
            r.certificate_rank,
            r.certificate_share,
            r.organisations,
            r.organisation_rank,
            r.organisation_share,
        )
    found["narrative", "", "certs_wan"] = (bulletin.headline.certificates, *[None] * 5)
    found["narrative", "", "orgs_wan"] = (*[None] * 3, bulletin.headline.organisations, None, None)
    for entry in bulletin.headline.leading:
        found["narrative_top", "", entry.name] = (entry.certificates, *[None] * 5)
    return {key: tuple("" if cell is None else str(cell) for cell in row) for key, row in found.items()}


@pytest.mark.parametrize("month", PARTIAL)
def test_every_visible_cell_of_the_partial_bulletins_is_got(shared: Path, month: str) -> None:
    with (shared / f"bulletins/{month}.csv").open(encoding="utf-8", newline="") as file:
        truth = {(row[0], row[1], row[2]): tuple(row[3:]) for row in list(csv.reader(file))[1:]}
    assert cells(read_file(shared / f"bulletins/{month}.txt")) == truth


def test_the_months_carried_say_where_they_come_from() -> None:
    assert published.months() == ("2021-07", "2024-03", "2024-12", "2025-07")
    assert all("服务平台" in published.source(month) for month in published.months())


def test_a_month_that_is_not_carried_is_named() -> None:
    with pytest.raises(published.NotCarried, match="1999-01"):
        published.load("1999-01")


def test_march_2024_has_the_figures_of_the_publication(march_2024: Bulletin) -> None:
    rows = {row.name: row for row in march_2024.regions}
    assert (len(march_2024.projects), len(rows), len(march_2024.blocks)) == (19, 37, 7)
    assert (rows["全部"].certificates, rows["国外"].organisations) == (3840047, 11221)
    assert (rows["浙江省"].certificate_rank, rows["浙江省"].organisation_share) == (3, "10.27")
    assert march_2024.headline.certificates == "375"
    assert [entry.name for entry in march_2024.headline.leading][-1] == "河南"


def test_names_broken_over_lines_inside_the_newsletter_are_whole(shared: Path) -> None:
    text = (shared / SEEDS["2025-07"]).read_text(encoding="utf-8")
    assert "广西壮族自治\n" in text
    names = {row.name for row in read(text).regions}
    assert {"广西壮族自治区", "新疆维吾尔自治区", "宁夏回族自治区", "香港特别行政区"} <= names
    assert len(names) == 36


def test_abroad_among_the_blocks_stays_among_the_blocks(july_2025: Bulletin) -> None:
    assert [row.name for row in july_2025.blocks].index("国外") == 6
    assert "国外" not in {row.name for row in july_2025.regions}


def test_the_fast_growing_provinces_are_named_with_their_months(july_2025: Bulletin) -> None:
    claims = [(c.name, c.since, c.until, c.fastest, c.before) for c in july_2025.growth]
    assert claims == [(name, "2025-03", "2025-07", True, None) for name in ("广东省", "江苏省", "浙江省")]


def test_growth_sentences_with_figures_are_read() -> None:
    claims = [(c.name, c.before, c.after, c.percent) for c in published.load("2024-12").growth]
    assert claims == [("浙江", 478487, 553393, "15.66"), ("能源管理体系", 16660, 23856, "43.19")]
