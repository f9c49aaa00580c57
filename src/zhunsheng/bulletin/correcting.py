"""What a correction changes: the cells of two versions of a month's bulletin that are not the same. Pure."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from zhunsheng.bulletin.model import Bulletin

Value = int | str | None
TABLES = ("projects", "regions", "blocks")
# What names a row, or where it stands, is no figure of it.
_NAMES = frozenset(("name", "parent"))


@dataclass(frozen=True, slots=True)
class CellChange:
    """One cell: where it stands as in a finding, what the old version says, what the new one says."""

    table: str
    row: str
    column: str
    before: Value
    after: Value


def differences(old: Bulletin, new: Bulletin) -> list[CellChange]:
    """List every cell that differs, in the order of the parts; a row only one version has is all its cells."""
    found = [
        CellChange("headline", "", column, before, after)
        for column, before, after in (
            ("certificates", old.headline.certificates, new.headline.certificates),
            ("organisations", old.headline.organisations, new.headline.organisations),
            ("leading_count", old.headline.leading_count, new.headline.leading_count),
            ("leading", _leading(old), _leading(new)),
        )
        if before != after
    ]
    for table in TABLES:
        found += _rows(table, _by_name(old, table), _by_name(new, table))
    return [*found, *_rows("growth", _claims(old), _claims(new))]


def _leading(bulletin: Bulletin) -> str | None:
    return "、".join(one.name for one in bulletin.headline.leading) or None


def _by_name(bulletin: Bulletin, table: str) -> dict[str, dict[str, Value]]:
    return {row.name: asdict(row) for row in getattr(bulletin, table)}


def _claims(bulletin: Bulletin) -> dict[str, dict[str, Value]]:
    """The sentences about growth by what they are about; two about the same thing keep their order."""
    claims: dict[str, dict[str, Value]] = {}
    for claim in bulletin.growth:
        cells = {column: getattr(claim, column) for column in ("since", "before", "after", "percent")}
        claims.setdefault(claim.name, cells)
    return claims


def _rows(
    table: str, old: Mapping[str, Mapping[str, Value]], new: Mapping[str, Mapping[str, Value]]
) -> Iterator[CellChange]:
    for name in {**new, **old}:
        before, after = old.get(name, {}), new.get(name, {})
        for column in {**after, **before}:
            if column not in _NAMES and before.get(column) != after.get(column):
                yield CellChange(table, name, column, before.get(column), after.get(column))
