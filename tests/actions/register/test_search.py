"""Finding by number, code and any part of any name: two characters suffice, nothing is guessed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.actions.register.found import known_as
from zhunsheng.codes import uscc
from zhunsheng.register import search
from zhunsheng.register.models import Organisation

pytestmark = pytest.mark.django_db

NAMES = (
    "青禾（北京）科技有限公司",
    "青禾(上海)精密机械有限公司",
    "白云科技股份公司",
    "ＡＢＣ Testing 有限公司",
    "100%_满意服务",
)


@pytest.fixture
def ids() -> dict[str, int]:
    """The organisations of NAMES by name."""
    found = {}
    for serial, name in enumerate(NAMES):
        code = uscc.invented("11", serial)
        made = Organisation.objects.create(key=code, code=code, name=name, region="11")
        known_as(made, name)
        found[name] = made.pk
    return found


@pytest.mark.parametrize(
    ("text", "hits"),
    [
        ("科技", (0, 2)),
        ("青禾", (0, 1)),
        ("青禾北京", (0,)),  # brackets are written in many ways
        ("青禾（上海）", (1,)),
        ("abc", (3,)),
        ("ＡＢＣ", (3,)),
        ("c t", (3,)),
        ("100%", (4,)),
        ("%_", ()),  # no wildcards
        ("科", ()),  # too short for an index of pairs
        ("技科", ()),  # the pair must stand in the name as typed
        ("青云", ()),
        ('"OR"', ()),
        ("", ()),
    ],
)
def test_part_of_a_name_finds_the_names_it_stands_in(ids: dict[str, int], text: str, hits: tuple[int, ...]) -> None:
    assert sorted(search.organisations(text, 50)) == [ids[NAMES[i]] for i in hits]


def test_both_pairs_in_a_name_do_not_make_the_text_stand_in_it(ids: dict[str, int]) -> None:
    # 有限 and 限公 stand in the name, but 有限限公 does not.
    assert search.organisations("有限限公", 50) == []
    assert len(search.organisations("有限公司", 50)) == 3


def test_a_former_name_still_finds_the_organisation_once(ids: dict[str, int]) -> None:
    holder = Organisation.objects.get(pk=ids[NAMES[2]])
    known_as(holder, "白云检验科技集团")
    assert search.organisations("白云", 50) == [holder.pk]
    assert search.organisations("检验科技", 50) == [holder.pk]


def test_the_limit_is_kept(ids: dict[str, int]) -> None:
    # All three end with it; of those the shortest name comes first, then the next.
    assert search.organisations("有限公司", 2) == [ids[NAMES[0]], ids[NAMES[1]]]


def test_a_search_goes_on_past_the_first_page_of_candidates(
    monkeypatch: pytest.MonkeyPatch, ids: dict[str, int]
) -> None:
    monkeypatch.setattr(search, "FIRST_BLOCK", 1)
    monkeypatch.setattr(search, "BLOCK", 1)
    assert len(search.organisations("有限公司", 50)) == 3


@given(st.text(max_size=30))
def test_the_pairs_of_a_column_are_the_pairs_of_each_name(name: str) -> None:
    import polars as pl

    column = pl.DataFrame({"name": [name]}).select(search.grams_of(pl.col("name"))).to_series().to_list()
    assert [g for g in (column[0] or "").split(" ") if g] == search.grams(name)
