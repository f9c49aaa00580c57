"""GB 32100 and GB 11714 against published vectors and against python-stdnum."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.cn import uscc as stdnum_uscc  # type: ignore[import-untyped,unused-ignore]

from zhunsheng.codes import organisation_code, uscc
from zhunsheng.codes.errors import ZhunshengError
from zhunsheng.codes.uscc import Verdict

# A published code and its weights as GB 32100 lists them.
PUBLISHED = "91350100M000100Y43"
PUBLISHED_WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)

digits = st.sampled_from("0123456789")
symbols = st.sampled_from("0123456789ABCDEFGHJKLMNPQRTUWXY")
# python-stdnum allows only digits in the first eight places, so the common ground is narrower than the standard.
first_17 = st.builds("".join, st.tuples(*[digits] * 8, *[symbols] * 9))


def test_weights_are_those_the_standard_lists() -> None:
    assert uscc.WEIGHTS == PUBLISHED_WEIGHTS


def test_published_code_is_right() -> None:
    assert uscc.check_character(PUBLISHED[:17]) == PUBLISHED[17]
    assert uscc.examine(PUBLISHED) is Verdict.OK


@pytest.mark.parametrize("place", range(18))
def test_one_changed_character_is_a_bad_check(place: int) -> None:
    other = "1" if PUBLISHED[place] != "1" else "2"
    assert uscc.examine(PUBLISHED[:place] + other + PUBLISHED[place + 1 :]) is Verdict.BAD_CHECK


@pytest.mark.parametrize(
    "text",
    [
        "",
        PUBLISHED[:17],
        PUBLISHED + "0",
        PUBLISHED.lower(),
        PUBLISHED + "\n",
        "9135010OM000100Y43",
        "91350100I000100Y43",
        "９1350100M000100Y43",
        "9135 100M000100Y43",
    ],
)
def test_what_is_not_eighteen_symbols_of_the_alphabet_is_malformed(text: str) -> None:
    assert uscc.examine(text) is Verdict.MALFORMED


def test_authorities_written_with_a_letter_are_no_malformation() -> None:
    # Rural collective organisations have codes that begin with N.
    first17 = "N2320100MF0000001"
    assert uscc.examine(first17 + uscc.check_character(first17)) is Verdict.OK


@given(first_17)
def test_check_character_agrees_with_stdnum(first17: str) -> None:
    assert uscc.check_character(first17) == stdnum_uscc.calc_check_digit(first17)


@given(first_17, symbols)
def test_verdict_agrees_with_stdnum(first17: str, last: str) -> None:
    code = first17 + last
    assert (uscc.examine(code) is Verdict.OK) == stdnum_uscc.is_valid(code)


@pytest.mark.parametrize("first17", ["", PUBLISHED, PUBLISHED[:16], "O" * 17])
def test_check_character_refuses_other_than_seventeen_symbols(first17: str) -> None:
    with pytest.raises(ValueError, match=r"zip|substring"):
        uscc.check_character(first17)


def test_published_organisation_code_is_right() -> None:
    assert organisation_code.check_character("D2143569") == "X"
    assert organisation_code.examine("D2143569-X") is Verdict.OK
    assert organisation_code.examine("D2143569X") is Verdict.OK
    assert organisation_code.examine("D2143569-1") is Verdict.BAD_CHECK


@pytest.mark.parametrize("text", ["", "D2143569", "D2143569--X", "D2143569-Y", "d2143569-X", "D2143569-X\n"])
def test_other_shapes_are_no_organisation_code(text: str) -> None:
    assert organisation_code.examine(text) is Verdict.MALFORMED


def test_an_organisation_code_whose_sum_divides_by_eleven_ends_in_zero() -> None:
    # 00000000 sums to 0, and GB 11714 writes 11 - 0 = 11 as 0.
    assert organisation_code.check_character("00000000") == "0"


@given(st.sampled_from(["00", "11", "44", "82"]), st.integers(0, 99_999_999))
def test_an_invented_code_is_right_in_shape_and_marked(region: str, serial: int) -> None:
    code = uscc.invented(region, serial)
    assert uscc.examine(code) is Verdict.OK
    assert uscc.is_invented(code)
    assert code[2:8] == region + "0000"
    assert int(code[8:16]) == serial
    assert organisation_code.examine(code[8:17]) is Verdict.OK
    # The independent implementation knows no such authority.
    assert not stdnum_uscc.is_valid(code)


def test_a_real_code_is_not_invented() -> None:
    assert not uscc.is_invented(PUBLISHED)


@pytest.mark.parametrize(("region", "serial"), [("44", -1), ("44", 100_000_000), ("4", 1), ("abroad", 1), ("４４", 1)])
def test_an_invented_code_needs_a_region_of_two_digits_and_a_serial_of_eight(region: str, serial: int) -> None:
    with pytest.raises(ZhunshengError):
        uscc.invented(region, serial)
