"""The unified social credit code 统一社会信用代码 (GB 32100-2015), and the marked invented ones of a demo.

Eighteen characters: registration authority (1), category (1), GB/T 2260 code of the authority (6),
organisation code (9), check character (1). Early pilot codes that fail the check are legally valid,
so a bad check character is a warning, never a reason to reject.
"""

import re

from zhunsheng.codes import organisation_code
from zhunsheng.codes.errors import N_, ZhunshengError
from zhunsheng.codes.verdict import Verdict

__all__ = [
    "ALPHABET",
    "INVENTED_AUTHORITY",
    "SHAPE",
    "WEIGHTS",
    "Verdict",
    "check_character",
    "examine",
    "invented",
    "is_invented",
]

# GB 32100-2015: 31 characters, without I, O, S, V and Z; a character's value is its place here.
ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
MODULUS = len(ALPHABET)
# GB 32100-2015: the weight of place i (from 0) is 3 to the power i, modulo 31.
WEIGHTS = tuple(pow(3, place, MODULUS) for place in range(17))
SHAPE = rf"^[{ALPHABET}]{{2}}[0-9]{{6}}[{ALPHABET}]{{10}}$"
_SHAPE = re.compile(SHAPE)
# No registration authority has this letter, so no real organisation can have a code that starts with it.
INVENTED_AUTHORITY = "U"
INVENTED_SERIALS = 100_000_000


def check_character(first17: str) -> str:
    """Return the eighteenth character for the first seventeen; ValueError if they are not seventeen of ALPHABET."""
    values = [ALPHABET.index(character) for character in first17]
    total = sum(value * weight for value, weight in zip(values, WEIGHTS, strict=True))
    return ALPHABET[-total % MODULUS]


def examine(code: str) -> Verdict:
    """Judge a code that is already normalised (capital letters, no spaces)."""
    if not _SHAPE.fullmatch(code):
        return Verdict.MALFORMED
    return Verdict.OK if check_character(code[:17]) == code[17] else Verdict.BAD_CHECK


def is_invented(code: str) -> bool:
    """Say whether the code belongs to an invented organisation, whatever the rest of it looks like."""
    return code.startswith(INVENTED_AUTHORITY)


def invented(region: str, serial: int) -> str:
    """Return the code of an invented organisation: right in shape and check characters, impossible as a real one.

    `region` is a province's two digits ("00" abroad), `serial` 0 to 99,999,999; equal arguments give
    equal codes and different ones different codes. Raises ZhunshengError outside that range.
    """
    if not re.fullmatch("[0-9]{2}", region) or not 0 <= serial < INVENTED_SERIALS:
        raise ZhunshengError(
            N_("无法编造统一社会信用代码：地区 %(region)s，序号 %(serial)s"), region=region, serial=serial
        )
    body = f"{serial:08d}"
    first17 = f"{INVENTED_AUTHORITY}1{region}0000{body}{organisation_code.check_character(body)}"
    return first17 + check_character(first17)
