"""How pages show states, figures, dates, changes and the standing of an entry."""

from __future__ import annotations

from datetime import UTC, date, datetime
from types import SimpleNamespace
from typing import Any

import pytest
from django.utils import translation


@pytest.mark.parametrize(
    ("value", "shown"),
    [(0, "0"), (999, "999"), (1000, "1,000"), (4340282, "4,340,282"), ("76455", "76,455"), ("46.45", "46.45")],
)
def test_whole_numbers_are_grouped_by_threes_and_other_text_is_left_alone(value: object, shown: str) -> None:
    from zhunsheng.web.templatetags.zhunsheng import grouped

    assert grouped(value) == shown


@pytest.mark.parametrize("nothing", [None, ""])
def test_nothing_is_a_dash_never_a_nought(nothing: str | None) -> None:
    from zhunsheng.web.templatetags.zhunsheng import day, grouped

    assert grouped(nothing) == "—"
    assert day(None) == "—"


def test_an_instant_is_shown_as_its_day_in_shanghai() -> None:
    from zhunsheng.web.templatetags.zhunsheng import day, moment

    late = datetime(2026, 1, 31, 16, 30, tzinfo=UTC)
    assert day(late) == "2026-02-01"
    assert moment(late) == "2026-02-01 00:30"


@pytest.mark.parametrize(
    ("state", "shape", "word", "english"),
    [
        ("valid", "●", "有效", "Valid"),
        ("suspended", "▲", "暂停", "Suspended"),
        ("withdrawn", "■", "撤销", "Withdrawn"),
        ("cancelled", "■", "注销", "Cancelled"),
        ("expired", "■", "过期失效", "Expired"),
        (None, "?", "尚未颁发", "Not yet issued"),
    ],
)
def test_a_state_has_a_word_and_a_shape_beside_its_colour(
    state: str | None, shape: str, word: str, english: str
) -> None:
    from zhunsheng.web.templatetags.zhunsheng import state_badge

    for language, said in (("zh-hans", word), ("en", english)):
        with translation.override(language):
            badge = state_badge(state)
        assert shape in badge
        assert f"</span>{said}</span>" in badge


def test_a_name_in_a_badge_cannot_carry_markup() -> None:
    from zhunsheng.register import words

    assert words.field("<b>") == "<b>"
    assert words.reason("suspended", "<b>") == "<b>"


def _event(pk: int, effective: date, known: date, corrects: int | None = None, **more: Any) -> Any:
    fields = {"kind": "changed", "reason": "", "changes": None, **more}
    return SimpleNamespace(pk=pk, effective_on=effective, known_on=known, corrects_id=corrects, **fields)


def test_an_entry_counts_only_when_it_had_happened_was_known_and_is_not_corrected() -> None:
    from zhunsheng.register.pages import entries

    events = [
        _event(1, date(2024, 1, 1), date(2024, 2, 1)),
        _event(2, date(2024, 3, 1), date(2024, 4, 1)),
        _event(3, date(2024, 3, 2), date(2024, 6, 1), corrects=2),
        _event(4, date(2024, 9, 1), date(2024, 5, 1)),
    ]
    before = entries(events, layout="ms", on=date(2024, 8, 31), known=date(2024, 5, 31), everything=False)
    assert [(e.event.pk, e.standing) for e in before] == [
        (4, "not_yet"),
        (3, "not_known"),
        (2, "counts"),
        (1, "counts"),
    ]
    after = entries(events, layout="ms", on=date(2024, 8, 31), known=date(2024, 6, 1), everything=False)
    assert [e.standing for e in after] == ["not_yet", "counts", "corrected", "counts"]


def test_a_change_names_its_field_and_both_values_in_words() -> None:
    from zhunsheng.register.pages import changes_of

    recorded = {"scope_text": ["生产", "设计、生产"], "ACC_SYMBOL": ["", "01"]}
    changes = changes_of(recorded, "ms", everything=False)
    assert [(c.field, c.before, c.after) for c in changes] == [
        ("认证范围", "生产", "设计、生产"),
        ("认可标志", None, "CNAS (01)"),
    ]


@pytest.mark.parametrize("field", ["INVOICE_NUM", "covered_people", "A_AUTH_TIMES", "NO_SUCH_FIELD"])
def test_a_change_of_what_is_not_public_is_left_out_unless_one_may_see_everything(field: str) -> None:
    from zhunsheng.register.pages import changes_of

    assert changes_of({field: ["1", "2"]}, "ms", everything=False) == ()
    assert len(changes_of({field: ["1", "2"]}, "ms", everything=True)) == 1


def test_what_a_finding_keeps_in_chinese_is_said_in_english() -> None:
    from zhunsheng.register import words

    with translation.override("en"):
        said = words.spoken({"label": "证书截止日期", "before": "withdrawn", "value": "U1", "row": 7})
    assert said == {"label": "Expires on", "before": "Withdrawn", "value": "U1", "row": 7}


def test_rows_of_a_bulletin_are_ordered_by_count_within_their_parent() -> None:
    from zhunsheng.bulletin.model import ProjectRow
    from zhunsheng.bulletin.pages import in_tree_order

    rows = [
        ProjectRow("合计", None, 100),
        ProjectRow("服务认证", "合计", 10),
        ProjectRow("一般服务认证", "服务认证", 10),
        ProjectRow("产品认证", "合计", 90),
        ProjectRow("食品农产品", "产品认证", 30),
        ProjectRow("自愿性工业产品", "产品认证", 60),
    ]
    by_count = [row.name for row in in_tree_order(rows, "count")]
    assert by_count == ["合计", "产品认证", "自愿性工业产品", "食品农产品", "服务认证", "一般服务认证"]
    assert in_tree_order(rows, "gb") == rows
