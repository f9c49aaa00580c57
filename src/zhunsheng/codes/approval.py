"""The approval number of a certification body 认证机构批准号: CNCA-R-2018-454, CNCA-RF-2005-46."""

import re
from dataclasses import dataclass

# RF bodies are foreign-invested; serials run apart for R and RF and have two to four digits.
SHAPE = r"^CNCA-(RF?)-((?:19|20)[0-9]{2})-([0-9]{2,4})$"
_SHAPE = re.compile(SHAPE)
# A year in which nobody has been approved yet marks the invented bodies of a demo.
INVENTED_YEAR = 2099


@dataclass(frozen=True, slots=True)
class Approval:
    """The parts of an approval number; the serial stays text because its leading zeros are part of it."""

    foreign: bool
    year: int
    serial: str

    def __str__(self) -> str:
        """Write the number as it is printed."""
        return f"CNCA-{'RF' if self.foreign else 'R'}-{self.year}-{self.serial}"


def parse(text: str) -> Approval | None:
    """Take a normalised number (capital letters, no spaces) apart; None when it is not an approval number."""
    found = _SHAPE.fullmatch(text)
    return Approval(found[1] == "RF", int(found[2]), found[3]) if found else None


def is_invented(text: str) -> bool:
    """Say whether the number belongs to an invented body."""
    approval = parse(text)
    return approval is not None and approval.year == INVENTED_YEAR
