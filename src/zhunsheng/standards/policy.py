"""The scheme tree as the bulletins print it: pure functions on values, no database and no Django.

A certificate's national code 认证项目分类代码 leads to the bulletin leaf that has a bit of its own
(`finest_leaf`). Which leaves one month's bulletin prints as rows, and which it counts in another
row, is that month's layout (`rows_printed`); so a certificate never has to change when a layout does.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any

from zhunsheng.codes.dates import month_end

# The first row of the project table; it is no scheme and has no national code.
TOTAL = "ALL"
TOTAL_NAME = "合计"
TOTAL_NAME_EN = "Total"
# What a management-system code that nothing else names is counted as: 其它管理体系认证.
OTHER_SYSTEMS = "A99"
MANAGEMENT_SYSTEMS = "A"
# A national code: group letter, two digits of the leaf, more for the projects below it.
_CODE = re.compile(r"[A-Z][0-9]{2}[0-9A-Z]*")


@dataclass(frozen=True, slots=True)
class Scheme:
    """One node of the scheme tree: a group (A, B, C), a bulletin leaf (with `bit`) or a project below a leaf.

    `printed_from` and `printed_until` bound the days in which bulletins print a leaf as a row (None:
    always), `counted_in` is the leaf that counts it otherwise. `unconfirmed` names the keys of the
    data file that no public source confirms.
    """

    id: int
    code: str
    parent: str | None
    name: str
    name_en: str
    bit: int | None
    printed_order: int | None
    printed_from: date | None
    printed_until: date | None
    former_name: str | None
    former_name_en: str | None
    former_until: date | None
    counted_in: str | None
    unconfirmed: tuple[str, ...]
    source: str

    @property
    def is_leaf(self) -> bool:
        """Say whether some layout of the bulletin prints this scheme as a leaf row."""
        return self.bit is not None

    @property
    def confirmed(self) -> bool:
        """Say whether a public source confirms everything said about this scheme."""
        return not self.unconfirmed

    def printed_on(self, day: date) -> bool:
        """Say whether a bulletin of that day prints this scheme as a row."""
        return (self.printed_from or day) <= day <= (self.printed_until or day)

    def names_on(self, day: date) -> tuple[str, str]:
        """Return the Chinese and English names that a bulletin of that day prints."""
        if self.former_name and self.former_name_en and self.former_until and day <= self.former_until:
            return self.former_name, self.former_name_en
        return self.name, self.name_en


@dataclass(frozen=True, slots=True)
class SchemeRow:
    """One row of a month's project table.

    `parent` is the name of the row above in the tree (None for 合计, 合计 for a group, the group for a
    leaf), `leaves` the codes of all leaves counted in this row and `mask` their bits together.
    """

    code: str
    name: str
    name_en: str
    parent: str | None
    leaves: tuple[str, ...]
    mask: int


@dataclass(frozen=True, slots=True)
class SchemeTree:
    """The whole tree, in the order of the data file; without a month its functions speak of the newest layout."""

    schemes: tuple[Scheme, ...]

    def groups(self) -> tuple[Scheme, ...]:
        """Return management systems, products and services in printed order."""
        return tuple(sorted((s for s in self.schemes if s.parent is None), key=_printed_order))

    def leaves(self) -> tuple[Scheme, ...]:
        """Return every leaf, whether printed now or formerly, in printed order."""
        below = {
            group.code: [s for s in self.schemes if s.is_leaf and s.parent == group.code] for group in self.groups()
        }
        return tuple(leaf for found in below.values() for leaf in sorted(found, key=_printed_order))

    def finest_leaf(self, national_code: str) -> str | None:
        """Return the leaf with a bit of its own that a national code belongs to, by its longest prefix.

        This is what a register keeps: it stays right when a layout changes. An unknown code of group A
        is 其它管理体系认证; None for other unknown codes and for what is no code.
        """
        if not _CODE.fullmatch(national_code):
            return None
        known = [leaf.code for leaf in self.leaves() if national_code.startswith(leaf.code)]
        if known:
            return max(known, key=len)
        return OTHER_SYSTEMS if national_code.startswith(MANAGEMENT_SYSTEMS) else None

    def leaf_code(self, national_code: str, month: str | None = None) -> str | None:
        """Return the leaf whose row counts a national code in a month's bulletin ("2025-07"; None: the newest)."""
        finest = self.finest_leaf(national_code)
        return finest and self._row_of(finest, _day(month))

    def leaves_in(self, code: str, month: str | None = None) -> tuple[Scheme, ...]:
        """Return the leaves counted in the row of a leaf, a group or TOTAL; none for any other code."""
        day = _day(month)
        return tuple(leaf for leaf in self.leaves() if code in {TOTAL, leaf.parent, self._row_of(leaf.code, day)})

    def bits_below(self, code: str, month: str | None = None) -> tuple[int, ...]:
        """Return the bits of `leaves_in`."""
        return tuple(leaf.bit for leaf in self.leaves_in(code, month) if leaf.bit is not None)

    def rows_printed(self, month: str) -> tuple[SchemeRow, ...]:
        """Return the rows of a month's project table in printed order: 合计, then each group and its leaves.

        Raises ValueError when the month is not written like "2025-07".
        """
        day = month_end(month)
        rows = [self._row(TOTAL, TOTAL_NAME, TOTAL_NAME_EN, None, month)]
        for group in self.groups():
            rows.append(self._row(group.code, group.name, group.name_en, TOTAL_NAME, month))
            printed = (leaf for leaf in self.leaves() if leaf.parent == group.code and leaf.printed_on(day))
            rows.extend(self._row(leaf.code, *leaf.names_on(day), group.name, month) for leaf in printed)
        return tuple(rows)

    def _row(self, code: str, name: str, name_en: str, parent: str | None, month: str) -> SchemeRow:
        leaves = self.leaves_in(code, month)
        mask = sum(1 << leaf.bit for leaf in leaves if leaf.bit is not None)
        return SchemeRow(code, name, name_en, parent, tuple(leaf.code for leaf in leaves), mask)

    def _row_of(self, leaf: str, day: date) -> str:
        scheme = next(scheme for scheme in self.schemes if scheme.code == leaf)
        if scheme.printed_on(day) or scheme.counted_in is None:
            return leaf
        return self._row_of(scheme.counted_in, day)


def _printed_order(scheme: Scheme) -> int:
    return scheme.printed_order or 0


def _day(month: str | None) -> date:
    """Return the day whose layout a month has; the last day there is stands for the newest layout."""
    return date.max if month is None else month_end(month)


def read(name: str) -> dict[str, Any]:
    """Return a data file of this room as TOML says it."""
    return tomllib.loads((files("zhunsheng.standards") / "data" / name).read_text(encoding="utf-8"))


@cache
def tree() -> SchemeTree:
    """Return the tree that the package carries; read once, and equal to what `actions.load` puts in the database."""
    return SchemeTree(tuple(_scheme(entry) for entry in read("schemes.toml")["scheme"]))


def _scheme(entry: dict[str, Any]) -> Scheme:
    return Scheme(
        id=entry["id"],
        code=entry["code"],
        parent=entry.get("parent"),
        name=entry["name"],
        name_en=entry["name_en"],
        bit=entry.get("bit"),
        printed_order=entry.get("order"),
        printed_from=entry.get("from"),
        printed_until=entry.get("until"),
        former_name=entry.get("former_name"),
        former_name_en=entry.get("former_name_en"),
        former_until=entry.get("former_until"),
        counted_in=entry.get("counted_in"),
        unconfirmed=tuple(entry.get("unconfirmed", ())),
        source=entry["source"],
    )


def finest_leaf(national_code: str) -> str | None:
    """Ask the package's own tree; see `SchemeTree.finest_leaf`."""
    return tree().finest_leaf(national_code)


def leaf_code(national_code: str, month: str | None = None) -> str | None:
    """Ask the package's own tree; see `SchemeTree.leaf_code`."""
    return tree().leaf_code(national_code, month)


def rows_printed(month: str) -> tuple[SchemeRow, ...]:
    """Ask the package's own tree; see `SchemeTree.rows_printed`."""
    return tree().rows_printed(month)
