"""What is written is read back, also after everything that publications do to a text."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.bulletin.generated import DAMAGES, LAYOUTS, bulletins, newsletter
from zhunsheng.bulletin import published
from zhunsheng.bulletin.reading import read
from zhunsheng.bulletin.writing import as_text

if TYPE_CHECKING:
    from zhunsheng.bulletin.model import Bulletin

Mangling = Callable[[str, random.Random], str]


@given(bulletins())
def test_a_written_bulletin_reads_back_the_same(bulletin: Bulletin) -> None:
    assert read(as_text(bulletin)) == bulletin


@pytest.mark.parametrize("mangle", [*LAYOUTS, *DAMAGES])
@given(bulletins(), st.randoms(use_true_random=False))
def test_a_mangled_bulletin_reads_back_the_same(mangle: Mangling, bulletin: Bulletin, chance: random.Random) -> None:
    assert read(mangle(as_text(bulletin), chance)) == bulletin


@given(bulletins(), st.randoms(use_true_random=False), st.sampled_from(LAYOUTS), st.sets(st.sampled_from(DAMAGES)))
def test_several_damages_at_once_do_not_matter(
    bulletin: Bulletin, chance: random.Random, layout: Mangling, damages: set[Mangling]
) -> None:
    text = as_text(bulletin)
    for damage in sorted(damages - {newsletter}, key=lambda one: one.__name__):
        text = damage(text, chance)
    text = layout(text, chance)
    assert read(newsletter(text, chance) if newsletter in damages else text) == bulletin


@pytest.mark.parametrize("mangle", [*LAYOUTS, *DAMAGES])
@pytest.mark.parametrize("month", published.months())
def test_the_published_bulletins_survive_every_layout(mangle: Mangling, month: str) -> None:
    chance = random.Random(1)  # noqa: S311 - the same damage in every run, nothing secret
    assert read(mangle(published.text(month), chance)) == published.load(month)


def test_both_orders_hold_the_same_rows(july_2025: Bulletin) -> None:
    by_code, by_count = (read(as_text(july_2025, order)) for order in ("gb", "count"))
    assert [row.name for row in by_code.regions[2:4]] == ["北京市", "天津市"]
    assert by_count.regions == july_2025.regions
    assert by_count.blocks == july_2025.blocks
    assert set(by_code.regions) == set(by_count.regions)
