"""Figures that stand unchanged as in an earlier month although their parts have changed."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from zhunsheng.bulletin.checking.sheet import MEASURES, Row, Sheet, count, finding
from zhunsheng.codes.errors import N_
from zhunsheng.codes.regions import PROVINCES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from zhunsheng.bulletin.model import Finding

_CARRIED = N_("%(printed)s 是 %(month)s 的数，其各部分已变而本数未变，是沿用了旧数。")
_UNCHANGED = N_("与 %(month)s 的数完全相同，而下面各行都已变化，可能沿用了旧数。")


def check(sheet: Sheet, against: Sequence[Sheet], findings: list[Finding]) -> list[Finding]:
    """Add to an error that its figure is an earlier month's, and warn of parents that alone stayed the same."""
    earlier = sorted(
        (other for other in against if other.bulletin.month != sheet.bulletin.month),
        key=lambda other: other.bulletin.month or "",
        reverse=True,
    )
    explained = [_explained(sheet, earlier, found) for found in findings]
    in_error = {(found.table, found.row, found.column) for found in findings if found.level == "error"}
    return explained + [
        warning
        for row in sheet.bulletin.projects
        if ("projects", row.name, "organisations") not in in_error
        for warning in _unchanged(sheet, earlier, row)
    ]


def _row(sheet: Sheet, table: str, name: str) -> Row | None:
    rows: dict[str, Sequence[Row]] = {
        "projects": sheet.bulletin.projects,
        "regions": sheet.bulletin.regions,
        "blocks": sheet.bulletin.blocks,
    }
    return next((row for row in rows.get(table, ()) if row.name == name), None)


def _parts(sheet: Sheet, table: str, name: str) -> dict[str, Row]:
    """The rows a row is made of, by name."""
    rows: list[Row]
    if table == "projects":
        rows = [*sheet.children(name)]
    elif table == "blocks":
        codes = [region.code for region in PROVINCES if region.block == name]
        rows = [sheet.provinces[code] for code in codes if code in sheet.provinces]
    elif sheet.nation and name == sheet.nation.name:
        rows = [*sheet.provinces.values()]
    else:
        rows = [row for row in (sheet.nation, *sheet.abroad) if row and sheet.whole and name == sheet.whole.name]
    return {row.name: row for row in rows}


def _changed(now: Sheet, then: Sheet, table: str, name: str, measure: str) -> list[bool]:
    """For each part known in both months, whether its figure has changed."""
    before = _parts(then, table, name)
    pairs = ((count(before.get(part), measure), count(row, measure)) for part, row in _parts(now, table, name).items())
    return [old != new for old, new in pairs if old is not None and new is not None]


def _explained(sheet: Sheet, earlier: Sequence[Sheet], found: Finding) -> Finding:
    """An error whose figure is an earlier month's, with that said."""
    if found.level != "error" or found.column not in MEASURES:
        return found
    for then in earlier:
        old = count(_row(then, found.table, found.row), found.column)
        if old is None or str(old) != found.printed:
            continue
        if any(_changed(sheet, then, found.table, found.row, found.column)):
            carried = _(_CARRIED) % {"printed": found.printed, "month": then.bulletin.month or "-"}
            return replace(found, why=f"{found.why} {carried}")
    return found


def _unchanged(sheet: Sheet, earlier: Sequence[Sheet], row: Row) -> list[Finding]:
    """A parent's organisations that stayed exactly the same while every row under it changed."""
    for then in earlier:
        old = count(_row(then, "projects", row.name), "organisations")
        changed = _changed(sheet, then, "projects", row.name, "organisations")
        if old is not None and old == row.organisations and changed and all(changed):
            where, month = ("projects", row.name, "organisations"), then.bulletin.month or "-"
            return [finding("warning", where, old, None, _UNCHANGED, month=month)]
    return []
