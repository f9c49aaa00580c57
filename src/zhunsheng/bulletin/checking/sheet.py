"""A bulletin laid out for checking: rows found by what they are, and the making of findings."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from django.utils.translation import gettext as _

from zhunsheng.bulletin.model import BlockRow, Bulletin, Finding, ProjectRow, RegionRow
from zhunsheng.bulletin.taxonomy import TOTALS
from zhunsheng.bulletin.words import row_name
from zhunsheng.codes.regions import ABROAD, BY_NAME, PROVINCES

MEASURES = ("certificates", "organisations")
Row = ProjectRow | RegionRow | BlockRow
Level = Literal["error", "warning", "note"]
_NATION, _ALL = "全国", "全部"
_PROVINCE_CODES = frozenset(region.code for region in PROVINCES)


@dataclass(frozen=True, slots=True)
class Sheet:
    """The rows of one bulletin: provinces by GB/T 2260 code, blocks and projects by name, the totals."""

    bulletin: Bulletin
    projects: dict[str, ProjectRow]
    root: ProjectRow | None
    provinces: dict[str, RegionRow]
    nation: RegionRow | None
    whole: RegionRow | None
    abroad: tuple[RegionRow | BlockRow, ...]
    blocks: dict[str, BlockRow]

    @classmethod
    def of(cls, bulletin: Bulletin) -> Sheet:
        """Lay a bulletin out."""
        named = {row.name: row for row in bulletin.regions}
        known = {BY_NAME[row.name].code: row for row in bulletin.regions if row.name in BY_NAME}
        rows: tuple[RegionRow | BlockRow, ...] = (*bulletin.regions, *bulletin.blocks)
        return cls(
            bulletin=bulletin,
            projects={row.name: row for row in bulletin.projects},
            root=next((row for row in bulletin.projects if row.parent is None), None),
            provinces={code: row for code, row in known.items() if code in _PROVINCE_CODES},
            nation=named.get(_NATION),
            whole=next((named[name] for name in (_ALL, *TOTALS) if name in named), None),
            abroad=tuple(row for row in rows if row.name == ABROAD.name),
            blocks={row.name: row for row in bulletin.blocks if row.name != ABROAD.name},
        )

    @property
    def has_all_provinces(self) -> bool:
        """Whether all 34 units have a row."""
        return len(self.provinces) == len(_PROVINCE_CODES)

    def subject(self, name: str) -> Row | None:
        """The row a sentence means by a name: 浙江 is 浙江省, 能源管理体系 is 能源管理体系认证."""
        if name in BY_NAME and BY_NAME[name].code in self.provinces:
            return self.provinces[BY_NAME[name].code]
        rows: list[Row] = [*self.bulletin.blocks, *self.bulletin.regions, *self.bulletin.projects]
        by_name = {row.name: row for row in rows}
        return by_name.get(name) or by_name.get(f"{name}认证")

    def children(self, parent: str) -> list[ProjectRow]:
        """The rows printed under a project."""
        return [row for row in self.bulletin.projects if row.parent == parent]


def count(row: Row | None, measure: str) -> int | None:
    """A row's certificates or organisations; None when the row or the figure is not there."""
    value = getattr(row, measure, None)
    return value if isinstance(value, int) else None


def counts(rows: list[Row], measure: str) -> list[int] | None:
    """The figures of all rows, or None when one is missing."""
    values = [count(row, measure) for row in rows]
    known = [value for value in values if value is not None]
    return known if known and len(known) == len(values) else None


def finding(
    level: Level,
    where: tuple[str, str, str],
    printed: object,
    expected: object,
    msgid: str,
    /,
    **params: object,
) -> Finding:
    """Make a finding; `where` is table, row, column and `msgid` a Chinese source text with `params`.

    A parameter that is the name of a row is said in the reader's language.
    """
    table, row, column = where
    said = {name: row_name(value) if isinstance(value, str) else value for name, value in params.items()}
    return Finding(
        level=level,
        table=table,
        row=row,
        column=column,
        printed=None if printed is None else str(printed),
        expected=None if expected is None else str(expected),
        why=_(msgid) % said,
    )
