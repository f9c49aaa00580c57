"""Rounding 数值修约 by GB/T 8170-2008, and the percent figures of the bulletins.

A number is rounded once, from its decimal text, a half going to the even neighbour; binary
fractions never take part.
"""

import re
from collections.abc import Iterable
from decimal import ROUND_HALF_EVEN, Context, Decimal

from zhunsheng.codes.errors import N_, ZhunshengError

# The published bulletins give percent with two places.
SHARE_PLACES = 2
# Digits as printed; an exponent is refused because one short text could then ask for gigabytes of zeros.
_LITERAL = re.compile(r"[+-]?[0-9]+(?:\.[0-9]+)?")


def _decimal(number: Decimal | str) -> Decimal:
    """Read decimal text; ZhunshengError when it is no finite number."""
    if isinstance(number, str) and not _LITERAL.fullmatch(number):
        raise ZhunshengError(N_("不是数：%(text)s"), text=number)
    value = Decimal(number)
    if not value.is_finite():
        raise ZhunshengError(N_("不是数：%(text)s"), text=number)
    return value


def half_even(number: Decimal | str, places: int) -> Decimal:
    """Round to `places` digits after the point (negative: before it), a half to the even neighbour.

    Negative numbers round by their absolute value and never give a negative zero. Raises
    ZhunshengError when the text is not a finite number.
    """
    value = _decimal(number)
    # As many digits as the exact number can have: the context must not round a second time.
    context = Context(prec=max(1, value.adjusted() + places + 2), rounding=ROUND_HALF_EVEN)
    rounded = value.quantize(Decimal(1).scaleb(-places), context=context)
    return rounded or rounded.copy_abs()


def plain(number: Decimal) -> str:
    """Write a number without exponent and without trailing zeros: 3.40 is 3.4, 2.00 is 2, 1E+2 is 100."""
    text = f"{number:f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text == "-0" else text


def share(part: int, whole: int) -> str:
    """Return `part` of `whole` in percent with at most two places, as the bulletins print it ("46.45", "2").

    Counted in whole numbers throughout. Raises ZhunshengError when `whole` is not positive or `part` negative.
    """
    if whole <= 0 or part < 0:
        raise ZhunshengError(N_("无法计算比重：%(part)s / %(whole)s"), part=part, whole=whole)
    units, rest = divmod(part * 100 * 10**SHARE_PLACES, whole)
    # Half to even: up when more than half remains, or exactly half and the digit is odd.
    if rest * 2 > whole or (rest * 2 == whole and units % 2 == 1):
        units += 1
    return plain(Decimal(units).scaleb(-SHARE_PLACES))


def sum_shares(texts: Iterable[str]) -> str:
    """Return the sum of printed shares: a block's share is the sum of its provinces' rounded ones (domain, 2.4)."""
    return plain(sum((_decimal(text) for text in texts), Decimal(0)))
