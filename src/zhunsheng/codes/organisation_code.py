"""The nine-character organisation code 组织机构代码 (GB 11714), now the body of the social credit code."""

import re

from zhunsheng.codes.verdict import Verdict

# GB 11714: a character's value is its place here; the weights belong to places 1 to 8.
ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
MODULUS = 11
# The check character by its number 0 to 10; ten is written X.
CHECK_CHARACTERS = "0123456789X"
SHAPE = r"^[0-9A-Z]{8}-?[0-9X]$"
_SHAPE = re.compile(SHAPE)


def check_character(first8: str) -> str:
    """Return the ninth character for the first eight, as GB 11714 computes it; ValueError if they are not eight."""
    values = [ALPHABET.index(character) for character in first8]
    total = sum(value * weight for value, weight in zip(values, WEIGHTS, strict=True))
    return CHECK_CHARACTERS[-total % MODULUS]


def examine(code: str) -> Verdict:
    """Judge a code in capital letters without spaces, with or without the hyphen before the last character."""
    if not _SHAPE.fullmatch(code):
        return Verdict.MALFORMED
    return Verdict.OK if check_character(code[:8]) == code[-1] else Verdict.BAD_CHECK
