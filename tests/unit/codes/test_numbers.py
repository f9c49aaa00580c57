"""Approval numbers and certificate numbers: the published examples, and what is none."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhunsheng.codes import approval, certificate_number
from zhunsheng.codes.approval import Approval
from zhunsheng.codes.certificate_number import Kind, Parsed


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("CNCA-R-2018-454", Approval(foreign=False, year=2018, serial="454")),
        ("CNCA-RF-2005-46", Approval(foreign=True, year=2005, serial="46")),
        ("CNCA-R-2002-001", Approval(foreign=False, year=2002, serial="001")),
        ("CNCA-R-2025-1503", Approval(foreign=False, year=2025, serial="1503")),
    ],
)
def test_approval_number_comes_apart_and_together(text: str, parts: Approval) -> None:
    assert approval.parse(text) == parts
    assert str(parts) == text


@pytest.mark.parametrize(
    "text",
    [
        "",
        "CNCA-R-2018",
        "CNCA-R-2018-4",
        "CNCA-R-2018-45678",
        "CNCA-RX-2018-454",
        "CNCA-R-1899-454",
        "cnca-r-2018-454",
        "CNCA-R-2018-454\n",
    ],
)
def test_other_texts_are_no_approval_number(text: str) -> None:
    assert approval.parse(text) is None
    assert not approval.is_invented(text)


def test_only_the_impossible_year_marks_an_invented_body() -> None:
    assert approval.is_invented("CNCA-R-2099-001")
    assert not approval.is_invented("CNCA-R-2098-001")


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        (
            "03410Q10286R0S",
            Parsed(kind=Kind.MANAGEMENT, body="034", year="10", system="Q", serial="10286", cycle=0, size="S"),
        ),
        (
            "51320SC0093R0S",
            Parsed(kind=Kind.MANAGEMENT, body="513", year="20", system="SC", serial="0093", cycle=0, size="S"),
        ),
        (
            "150325E20001R12M/2",
            Parsed(
                kind=Kind.MANAGEMENT, body="1503", year="25", system="E", serial="20001", cycle=12, size="M", child="2"
            ),
        ),
        (
            "F0519S10001R1-3",
            Parsed(kind=Kind.MANAGEMENT, body="F05", year="19", system="S", serial="10001", cycle=1, child="3"),
        ),
        (
            "2016010901123456",
            Parsed(kind=Kind.CCC, body="01", year="2016", product_class="0901", serial="123456"),
        ),
        ("001OP1500123", Parsed(kind=Kind.ORGANIC, body="001", year="15", serial="00123")),
        ("F01OP1500123-4", Parsed(kind=Kind.ORGANIC, body="F01", year="15", serial="00123", child="4")),
    ],
)
def test_known_certificate_numbers_come_apart(text: str, parts: Parsed) -> None:
    assert certificate_number.parse(text) == parts


@pytest.mark.parametrize("text", ["", "QMS-1", "201601090112345", "20160109011234567", "001OP150012", "03410Q10286S"])
def test_a_number_of_no_known_pattern_is_no_error(text: str) -> None:
    assert certificate_number.parse(text) is None


def test_numbers_are_compared_without_spaces_in_capitals_and_half_width() -> None:
    assert certificate_number.normalise(" ０３４１０ｑ10286\u3000r0s\t") == "03410Q10286R0S"
    assert certificate_number.normalise("（中）-１") == "(中)-1"


@given(st.text())
def test_normalising_twice_changes_nothing_more(text: str) -> None:
    once = certificate_number.normalise(text)
    assert certificate_number.normalise(once) == once


@given(st.text())
def test_no_text_whatever_breaks_the_parsers(text: str) -> None:
    parsed = certificate_number.parse(text)
    assert parsed is None or parsed.body
    found = approval.parse(text)
    assert found is None or str(found) == text
