"""What an identifier with a check character can be."""

from enum import StrEnum


class Verdict(StrEnum):
    """Right, right in shape but with another check character than computed, or not such a code at all."""

    OK = "ok"
    BAD_CHECK = "bad_check"
    MALFORMED = "malformed"
