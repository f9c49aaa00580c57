"""GB/T 8170 against its published vectors; shares against printed bulletins."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhunsheng.codes.errors import ZhunshengError
from zhunsheng.codes.rounding import half_even, plain, share, sum_shares

# The examples of GB/T 8170-2008: number, places, rounded.
PUBLISHED = [
    ("12.1498", 0, "12"),
    ("12.1498", 1, "12.1"),
    ("1268", -2, "1300"),
    ("10.5002", 0, "11"),
    ("1.050", 1, "1"),
    ("0.35", 1, "0.4"),
    ("2500", -3, "2000"),
    ("3500", -3, "4000"),
    ("-0.0365", 3, "-0.036"),
    ("15.4546", 0, "15"),
    ("8.53459", 2, "8.53"),
]
# Printed in the bulletin of July 2021: certificates of a province, their share of 全国 = 2801559.
PRINTED_2021_07 = [
    (108983, "3.89"),
    (50870, "1.82"),
    (97521, "3.48"),
    (26347, "0.94"),
    (18857, "0.67"),
    (65570, "2.34"),
    (20868, "0.74"),
    (25411, "0.91"),
    (116644, "4.16"),
    (377573, "13.48"),
]


@pytest.mark.parametrize(("number", "places", "rounded"), PUBLISHED)
def test_published_vectors_round_as_the_standard_says(number: str, places: int, rounded: str) -> None:
    assert plain(half_even(number, places)) == rounded


@pytest.mark.parametrize(
    ("number", "places", "rounded"),
    [
        ("0.5", 0, "0"),
        ("1.5", 0, "2"),
        ("2.5", 0, "2"),
        ("0.50000000000000000000000000000000000001", 0, "1"),
        ("-0.5", 0, "0"),
        ("-1.5", 0, "-2"),
        ("-2.5", 0, "-2"),
        ("999.95", 1, "1000"),
        ("4", -1, "0"),
        ("5", -1, "0"),
        ("6", -1, "10"),
        ("0.004", 2, "0"),
        ("123456789012345678901234567890.125", 2, "123456789012345678901234567890.12"),
    ],
)
def test_ties_go_to_the_even_neighbour_and_negatives_by_their_absolute_value(
    number: str, places: int, rounded: str
) -> None:
    assert plain(half_even(number, places)) == rounded


@pytest.mark.parametrize("text", ["", "-", "1,000", "1e999999999", "NaN", "Infinity", "１", "1_0", " 1", "."])
def test_what_is_no_plain_decimal_text_is_refused(text: str) -> None:
    with pytest.raises(ZhunshengError):
        half_even(text, 2)


def test_a_number_that_is_not_finite_is_refused() -> None:
    with pytest.raises(ZhunshengError):
        half_even(Decimal("Infinity"), 2)


@given(st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**12), max_value=10**12), st.integers(-3, 6))
def test_rounding_agrees_with_exact_fractions(number: Decimal, places: int) -> None:
    # The built-in round of a Fraction is exact and goes half to even.
    assert Fraction(half_even(number, places)) == round(Fraction(number) * 10**places) / Fraction(10) ** places


@pytest.mark.parametrize(
    ("number", "text"),
    [
        ("3.40", "3.4"),
        ("2.00", "2"),
        ("1E+2", "100"),
        ("0.000", "0"),
        ("-0.0", "0"),
        ("100", "100"),
        ("-1.50", "-1.5"),
        ("0E+3", "0"),
    ],
)
def test_plain_drops_trailing_zeros_and_exponents(number: str, text: str) -> None:
    assert plain(Decimal(number)) == text


@pytest.mark.parametrize(("certificates", "printed"), PRINTED_2021_07)
def test_shares_are_those_the_bulletin_prints(certificates: int, printed: str) -> None:
    assert share(certificates, 2_801_559) == printed


@pytest.mark.parametrize(
    ("part", "whole", "text"),
    [
        (0, 7, "0"),
        (7, 7, "100"),
        (1, 50, "2"),
        (1, 3, "33.33"),
        (2, 3, "66.67"),
        (1, 20_000, "0"),
        (3, 20_000, "0.02"),
        (5, 20_000, "0.02"),
        (1_000_000_005, 10**12, "0.1"),
    ],
)
def test_shares_round_exact_ties_to_even_and_drop_zeros(part: int, whole: int, text: str) -> None:
    assert share(part, whole) == text


@given(st.integers(0, 10**9), st.integers(1, 10**9))
def test_a_share_is_the_exact_fraction_rounded_once(part: int, whole: int) -> None:
    assert Fraction(share(part, whole)) == Fraction(round(Fraction(part * 10_000, whole)), 100)


@pytest.mark.parametrize(("part", "whole"), [(0, 0), (1, 0), (1, -1), (-1, 5)])
def test_a_share_of_nothing_is_refused(part: int, whole: int) -> None:
    with pytest.raises(ZhunshengError):
        share(part, whole)


def test_shares_are_summed_exactly() -> None:
    # In binary fractions 0.1 + 0.2 is not 0.3.
    assert sum_shares(["0.1", "0.2"]) == "0.3"
    assert sum_shares(["3.4", "6.6"]) == "10"
    assert sum_shares([]) == "0"


def test_a_share_that_is_not_printed_cannot_be_summed() -> None:
    with pytest.raises(ZhunshengError):
        sum_shares(["3.4", "-"])
