"""Which rows are rejected and what is noted of the others: a table of rows, one defect each."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.actions.register.returns import BODY, ROW
from zhunsheng.codes import uscc
from zhunsheng.register import layouts
from zhunsheng.register.importing import messages, validating
from zhunsheng.register.importing.ground import BodyKnown, Ground, Span
from zhunsheng.register.importing.tabular import CELLS, FORMULAS
from zhunsheng.register.importing.tabular import ROW as LINE

KNOWN = date(2025, 7, 31)
BODIES = {
    BODY: BodyKnown(
        7,
        BODY,
        Span(date(2010, 1, 1), date(2025, 6, 30)),
        (("A01", Span()), ("A0201", Span()), ("A03", Span(date(2024, 1, 1), date(2024, 12, 31))), ("A99", Span())),
    )
}


def judged(
    *rows: dict[str, str | None], demo: bool = True, own_body: str | None = None, known: date = KNOWN
) -> validating.Judged:
    headers = list(rows[0])
    frame = pl.DataFrame(rows, schema=dict.fromkeys(headers, pl.String)).with_columns(
        pl.int_range(2, len(rows) + 2, dtype=pl.Int64).alias(LINE),
        pl.lit(None, pl.Int64).alias(CELLS),
        pl.lit(None, pl.String).alias(FORMULAS),
    )
    layout = layouts.layout("ms")
    ground = Ground(layout, layouts.recognise("certificates", headers), known, BODIES, demo=demo, own_body=own_body)
    return validating.judge(frame, ground)


def row(**changed: str | None) -> dict[str, str | None]:
    return {**ROW, **changed}


def notes(frame: pl.DataFrame) -> list[tuple[str, str]]:
    return [(name, code) for name, code in frame.select("field", "code").iter_rows()]


def test_a_right_row_passes_without_a_word() -> None:
    found = judged(row())
    assert (notes(found.rejects), notes(found.findings)) == ([], [])
    kept = found.rows.row(0, named=True)
    assert (kept["number"], kept["body_id"], kept["scheme_id"], kept["claim"]) == (ROW["CERT_NUMBER"], 7, 101, "valid")


REJECTED = [
    ({"CERT_NUMBER": ""}, "CERT_NUMBER", "no_number"),
    ({"CERT_NUMBER": " \u3000"}, "CERT_NUMBER", "no_number"),
    ({"CERT_NUMBER": "X" * 61}, "CERT_NUMBER", "number_too_long"),
    ({"RZJG_ID": ""}, "RZJG_ID", "no_approval"),
    ({"RZJG_ID": "CNCA-2018-454"}, "RZJG_ID", "bad_approval"),
    ({"RZJG_ID": "CNCA-R-2098-001"}, "RZJG_ID", "bad_approval"),
    ({"RZJG_ID": "CNCA-R-2018-454"}, "RZJG_ID", "unknown_body"),
    ({"ORG_CODE": "", "ORG_NAME": ""}, "ORG_CODE", "no_holder"),
    ({"AUTH_PROJ_CODE": ""}, "AUTH_PROJ_CODE", "unknown_scheme"),
    ({"AUTH_PROJ_CODE": "Z01"}, "AUTH_PROJ_CODE", "unknown_scheme"),
    ({"AWARD_DATE": "2025-02-30"}, "AWARD_DATE", "bad_date"),
    ({"PAUSE_S_DATE": "soon"}, "PAUSE_S_DATE", "bad_date"),
    ({"ORG_NAME": "甲\x00乙"}, "ORG_NAME", "control_character"),
    ({"ORG_ADDRESS": "甲\x1b[31m"}, "ORG_ADDRESS", "control_character"),
    ({"ORG_ADDRESS": "甲\x9f"}, "ORG_ADDRESS", "control_character"),
]


@pytest.mark.parametrize(("changed", "field", "code"), REJECTED)
def test_what_cannot_be_a_record_is_rejected(changed: dict[str, str], field: str, code: str) -> None:
    found = judged(row(**changed), row(CERT_NUMBER="GOOD"))
    if code == "bad_approval" and changed["RZJG_ID"].endswith("2098-001"):
        code = "unknown_body"  # the year does not matter to the form
    assert notes(found.rejects) == [(field, code)]
    assert found.rejects["#row"].to_list() == [2]
    assert found.rows["number"].to_list() == ["GOOD"]
    assert notes(found.findings) == []


NOTED: list[tuple[dict[str, str], list[tuple[str, str]]]] = [
    ({"ORG_CODE": ROW["ORG_CODE"][:-1] + "0"}, [("ORG_CODE", "bad_check_character")]),
    ({"ORG_CODE": "12345678-9"}, [("ORG_CODE", "malformed_code")]),
    ({"ORG_CODE": "9144" * 6}, [("ORG_CODE", "too_long"), ("ORG_CODE", "malformed_code")]),
    ({"FIRST_CERT_DATE": "2024-03-02"}, [("FIRST_CERT_DATE", "dates_out_of_order")]),
    ({"APP_ASS_DATE": "2024-03-02"}, [("APP_ASS_DATE", "dates_out_of_order")]),
    ({"CERTI_E_DATE": "2024-02-29"}, [("AWARD_DATE", "dates_out_of_order"), ("CERTI_STATUS", "valid_after_end")]),
    (
        {"APP_ASS_DATE": "", "FIRST_CERT_DATE": "2024-03-02"},
        [("APP_ASS_DATE", "missing"), ("FIRST_CERT_DATE", "dates_out_of_order")],
    ),
    ({"AWARD_DATE": "2025-08-01"}, [("AWARD_DATE", "later_than_known")]),
    ({"RELA_PEOP_NUM": "81"}, [("RELA_PEOP_NUM", "covers_more_than_staff")]),
    ({"RELA_PEOP_NUM": "许多"}, [("RELA_PEOP_NUM", "not_a_number")]),
    ({"ORG_ADDRESS": ""}, [("ORG_ADDRESS", "missing")]),
    ({"ORG_CODE": ""}, [("ORG_CODE", "missing")]),
    ({"ORG_NAME": ""}, [("ORG_NAME", "missing")]),
    ({"ORG_COUNTRY": "CN"}, [("ORG_COUNTRY", "unknown_country")]),
    ({"ORG_DISTRICT": "990000"}, [("ORG_DISTRICT", "unknown_district")]),
    ({"CERTI_STATUS": "09"}, [("CERTI_STATUS", "not_in_table")]),
    ({"CERTI_STATUS": ""}, [("CERTI_STATUS", "missing")]),
    ({"CERTI_STATUS": "05"}, [("CERTI_STATUS", "expired_before_end")]),
    (
        {"CERTI_STATUS": "02"},
        [("PAUSE_CAUSE", "missing"), ("PAUSE_S_DATE", "missing"), ("PAUSE_E_DATE", "missing")],
    ),
    ({"CERTI_STATUS": "03"}, [("CANCEL_CAUSE", "missing"), ("CANCEL_DATE", "missing")]),
    ({"CHG_TYP_CODE": "01"}, [("CHG_DATE", "missing"), ("ORG_O_NAME", "missing")]),
    ({"IS_C_CERTI": "是"}, [("M_CERTI_NUM", "missing")]),
    ({"CERT_NUMBER": "X" * 51}, [("CERT_NUMBER", "too_long")]),
    ({"ORG_NAME": "长" * 301}, [("ORG_NAME", "too_long")]),
    ({"APP_ASS_DATE": "2025-07-01", "AWARD_DATE": "2025-07-01"}, [("RZJG_ID", "body_not_approved")]),
    (
        {"FIRST_CERT_DATE": "2009-12-31", "APP_ASS_DATE": "2009-12-31", "AWARD_DATE": "2009-12-31"},
        [("RZJG_ID", "body_not_approved")],
    ),
    ({"AUTH_PROJ_CODE": "A0202"}, [("AUTH_PROJ_CODE", "scheme_not_approved")]),
    ({"AUTH_PROJ_CODE": "A0201"}, []),
    ({"AUTH_PROJ_CODE": "A0301"}, []),
    (
        {"AUTH_PROJ_CODE": "A0301", "APP_ASS_DATE": "2025-01-01", "AWARD_DATE": "2025-01-01"},
        [("AUTH_PROJ_CODE", "scheme_not_approved")],
    ),
    ({"AUTH_PROJ_CODE": "A77"}, []),
]


@pytest.mark.parametrize(("changed", "expected"), NOTED)
def test_what_is_odd_or_unlawful_is_accepted_with_a_finding(
    changed: dict[str, str], expected: list[tuple[str, str]]
) -> None:
    found = judged(row(**changed))
    assert notes(found.rejects) == []
    assert len(found.rows) == 1
    assert sorted(notes(found.findings)) == sorted(expected)


def test_dates_at_the_edge_of_the_approval_are_approved() -> None:
    for day in ("2010-01-01", "2025-06-30"):
        edge = {"FIRST_CERT_DATE": day, "APP_ASS_DATE": day, "AWARD_DATE": day}
        assert notes(judged(row(**edge)).findings) == []


def test_invented_codes_belong_into_a_demo_only() -> None:
    assert notes(judged(row(), demo=False).rejects) == [("RZJG_ID", "invented")]


def test_a_body_s_staff_send_rows_of_their_own_body_only() -> None:
    found = judged(row(), row(RZJG_ID="CNCA-R-2099-002"), own_body=BODY)
    assert notes(found.rejects) == [("RZJG_ID", "other_body")]
    assert len(found.rows) == 1


def test_a_required_column_that_is_not_there_is_named_once() -> None:
    short = {k: v for k, v in row().items() if k not in {"BUSI_COVER_SCOP", "PAUSE_CAUSE"}}
    found = judged(short, short | {"CERT_NUMBER": "B"})
    assert "BUSI_COVER_SCOP" in found.wanting
    assert "PAUSE_CAUSE" not in found.wanting
    assert "PAUSE_CAUSE" in judged(short | {"CERTI_STATUS": "02"}).wanting
    assert notes(found.findings) == []


def test_a_state_05_after_the_end_claims_nothing() -> None:
    found = judged(
        row(CERTI_STATUS="05", CERTI_E_DATE="2025-07-30"),
        row(CERT_NUMBER="B", CERTI_STATUS="05", CERTI_E_DATE="2025-07-31"),
    )
    assert found.rows["claim"].to_list() == [None, "expired"]


def test_text_that_json_escapes_comes_back_from_the_details() -> None:
    import json

    text = 'a"b\\c\nd\te ；'
    found = judged(row() | {"PLACE_NAME_ADD": f" {text}x "})
    assert json.loads(found.rows["details"][0]) == {"ORG_PEOP_NUM": "80", "PLACE_NAME_ADD": f"{text}x"}


def test_hong_kong_macao_and_taiwan_need_no_credit_code_and_are_their_own_regions() -> None:
    rows = [
        row(ORG_CODE="", ORG_COUNTRY=c, ORG_DISTRICT=d)
        for c, d in (("344", "810000"), ("446", "820000"), ("158", "710000"))
    ]
    found = judged(*rows)
    assert found.rows["org_region"].to_list() == ["81", "82", "71"]
    assert notes(found.findings) == []


@given(codes=st.lists(st.from_regex(r"\A[1-9A-F]1[0-9]{6}[0-9A-HJ-NP-RTUWXY]{10}\Z"), min_size=1, max_size=20))
def test_check_characters_are_judged_as_one_by_one(codes: list[str]) -> None:
    series = pl.Series([*codes, None, "x", codes[0][:17] + uscc.check_character(codes[0][:17])])
    expected = [uscc.examine(code or "") == uscc.Verdict.OK for code in series]
    assert validating.check_characters_right(series).to_list() == expected
    assert expected[-1]


def test_every_finding_and_rejection_has_its_words_and_parameters() -> None:
    defects = [changed for changed, _, _ in REJECTED] + [changed for changed, _ in NOTED]
    rows = [row(**changed) for changed in defects]
    found = judged(*rows)
    for code, params in pl.concat([found.rejects, found.findings]).select("code", "params").iter_rows():
        said = messages.say(code, messages.read_params(params))
        assert said != code
        assert "%(" not in said
