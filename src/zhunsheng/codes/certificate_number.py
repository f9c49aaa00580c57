"""Certificate numbers: normalised for comparison, and taken apart where a known pattern fits.

Bodies number certificates by custom, so a number that fits no pattern is no fault (domain, 1.6).
"""

import re
from dataclasses import dataclass
from enum import StrEnum

# Full-width ！ to ～ stand at a fixed distance from their half-width twins.
_FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}


class Kind(StrEnum):
    """Which of the known patterns a number follows."""

    MANAGEMENT = "management"
    CCC = "ccc"
    ORGANIC = "organic"


@dataclass(frozen=True, slots=True)
class Parsed:
    """The parts of a number as they are written; a part that its pattern does not have is None.

    `body` is the body's code inside numbers, `year` two digits (four in CCC), `system` the system
    letters (Q, E, SC), `cycle` the re-certification count after R, `size` S, M or L by covered
    persons, `product_class` the four-digit CCC class, `child` the number of a branch's certificate.
    """

    kind: Kind
    body: str
    year: str
    serial: str
    system: str | None = None
    cycle: int | None = None
    size: str | None = None
    product_class: str | None = None
    child: str | None = None


PATTERNS = {
    # Body, two-digit year, system letters, serial, R and cycle, size, branch: 03410Q10286R0S.
    Kind.MANAGEMENT: re.compile(
        r"(?P<body>[0-9]{3,4}|F[0-9]{2})(?P<year>[0-9]{2})(?P<system>[A-Z]{1,4})(?P<serial>[0-9]{3,6})"
        r"R(?P<cycle>[0-9]+)(?P<size>[SML])?(?:[/-](?P<child>[0-9]+))?"
    ),
    # Year, body, product class, serial: 2016010901123456.
    Kind.CCC: re.compile(
        r"(?P<year>(?:19|20)[0-9]{2})(?P<body>[0-9]{2})(?P<product_class>[0-9]{4})(?P<serial>[0-9]{6})"
    ),
    # Body, OP, two-digit year, serial, child.
    Kind.ORGANIC: re.compile(
        r"(?P<body>[0-9]{3,4}|F[0-9]{2})OP(?P<year>[0-9]{2})(?P<serial>[0-9]{5})(?:-(?P<child>[0-9]+))?"
    ),
}


def normalise(text: str) -> str:
    """Return the number as the public query compares it: no white space, capitals, half-width characters."""
    return "".join(text.translate(_FULL_WIDTH).split()).upper()


def parse(text: str) -> Parsed | None:
    """Take a number apart after normalising it; None when it follows no known pattern."""
    number = normalise(text)
    for kind, pattern in PATTERNS.items():
        if found := pattern.fullmatch(number):
            parts = found.groupdict()
            cycle = parts.pop("cycle", None)
            return Parsed(kind=kind, cycle=None if cycle is None else int(cycle), **parts)
    return None
