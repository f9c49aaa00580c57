"""What a correction changes is found cell by cell."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from zhunsheng.bulletin.correcting import CellChange, differences
from zhunsheng.bulletin.model import ProjectRow

if TYPE_CHECKING:
    from zhunsheng.bulletin.model import Bulletin


def test_the_same_bulletin_has_no_difference(july_2025: Bulletin) -> None:
    assert differences(july_2025, july_2025) == []


def test_one_wrong_cell_is_one_difference(july_2025: Bulletin) -> None:
    # The published table gives 西南地区 the organisations of March 2024 (domain, 2.4, rule 6).
    rows = tuple(replace(r, organisations=76455) if r.name == "西南地区" else r for r in july_2025.blocks)
    printed = replace(july_2025, blocks=rows)
    assert differences(printed, july_2025) == [CellChange("blocks", "西南地区", "organisations", 76455, 82325)]


def test_a_row_that_only_one_version_has_is_all_its_cells(july_2025: Bulletin) -> None:
    more = replace(july_2025, projects=(*july_2025.projects, ProjectRow("新认证", "服务认证", 7, 5)))
    cells = [CellChange("projects", "新认证", c, None, n) for c, n in (("certificates", 7), ("organisations", 5))]
    assert differences(july_2025, more) == cells
    assert [(c.before, c.after) for c in differences(more, july_2025)] == [(7, None), (5, None)]


def test_headline_and_growth_are_compared_too(july_2025: Bulletin) -> None:
    head = replace(july_2025.headline, certificates="425", leading=july_2025.headline.leading[:1])
    found = differences(july_2025, replace(july_2025, headline=head, growth=()))
    assert found[0] == CellChange("headline", "", "certificates", july_2025.headline.certificates, "425")
    assert found[1].column == "leading"
    assert {one.table for one in found[2:]} == {"growth"}
