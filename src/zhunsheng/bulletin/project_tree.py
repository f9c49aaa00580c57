"""The project table as the tree that it prints: each row with its parts and its share of all. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from zhunsheng.bulletin import pages
from zhunsheng.codes.rounding import share
from zhunsheng.standards.policy import tree as schemes

if TYPE_CHECKING:
    from collections.abc import Sequence

    from zhunsheng.bulletin.model import ProjectRow

# A bulletin prints three levels; what refers to itself in a circle ends here.
DEEPEST = 6
# How the key of a row begins that is no scheme of the tree.
NO_SCHEME = "row-"


@dataclass(frozen=True, slots=True)
class Branch:
    """A row of the project table with its parts; `key` names it in an address.

    `share` is per cent of all certificates with two places at most, None where a figure is missing.
    """

    key: str
    name: str
    certificates: int | None
    organisations: int | None
    share: str | None
    parts: tuple[Branch, ...]
    open: bool

    @property
    def scheme(self) -> str:
        """The code of its scheme, empty for a row that is none."""
        return "" if self.key.startswith(NO_SCHEME) else self.key


def branches(rows: Sequence[ProjectRow], *, opened: str = "", order: str = pages.GB_ORDER) -> list[Branch]:
    """Return the topmost rows with their parts, the first level open and whatever leads to the row `opened`."""
    keys = _keys(rows)
    names = {row.name for row in rows}
    whole = next((row.certificates for row in rows if row.parent is None), None)
    in_order = pages.in_tree_order(rows, order)
    tops = [row for row in in_order if row.parent not in names]
    return [_branch(row, in_order, keys, whole, opened, 0) for row in tops]


def _branch(
    row: ProjectRow, rows: Sequence[ProjectRow], keys: dict[str, str], whole: int | None, opened: str, depth: int
) -> Branch:
    below = [r for r in rows if r.parent == row.name and r.name != row.name] if depth < DEEPEST else []
    parts = tuple(_branch(part, rows, keys, whole, opened, depth + 1) for part in below)
    key = keys[row.name]
    return Branch(
        key=key,
        name=row.name,
        certificates=row.certificates,
        organisations=row.organisations,
        share=share(row.certificates, whole) if whole and row.certificates is not None else None,
        parts=parts,
        open=bool(parts) and (depth == 0 or key == opened or any(part.open or part.key == opened for part in parts)),
    )


def _keys(rows: Sequence[ProjectRow]) -> dict[str, str]:
    """Each row's name in an address: its scheme's code, else its place in the table."""
    codes = {name: s.code for s in schemes().schemes for name in (s.name, s.former_name) if name}
    return {row.name: codes.get(row.name, f"{NO_SCHEME}{place}") for place, row in enumerate(rows)}
