"""A search as a file: XLSX and CSV in the national template's columns, row by row, of public fields only.

First the ids of what fits are gathered (eight bytes each), so the count is known and written before
the first row; then the rows are read some thousands at a time and never kept.
"""

from __future__ import annotations

from array import array
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils import timezone
from django.utils.translation import gettext as _

from zhunsheng.codes import regions
from zhunsheng.codes.errors import N_, ZhunshengError
from zhunsheng.papers import sheets
from zhunsheng.papers.sheets import Column, Sheet
from zhunsheng.register import layouts, words
from zhunsheng.register.finding import filters, hits, saying
from zhunsheng.register.finding.reach import reach_of
from zhunsheng.register.models import Certificate
from zhunsheng.register.policy import State, state_with_end
from zhunsheng.standards import policy as schemes
from zhunsheng.trail import actions as trail

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import date, datetime
    from typing import IO

    from zhunsheng.papers.sheets import Cell
    from zhunsheng.people.policy import Viewer
    from zhunsheng.register.finding.asking import Query
    from zhunsheng.register.layouts import Field

XLSX, CSV = "xlsx", "csv"
# A sheet's rows but its header; a file of lines has no such bound.
MOST_ROWS = {XLSX: sheets.SHEET_ROWS - 1, CSV: None}
ROWS_AT_A_TIME = 2_000
HITS_AT_A_TIME = 20_000
# A code of the template would say less than its word, which an import reads as well.
_WIDTHS = {"ORG_NAME": 36, "BUSI_COVER_SCOP": 40, "AUTH_PROJ_CODEDEC": 30, "ORG_ADDRESS": 36, "CERT_NUMBER": 24}
# Columns that the template does not have, for people; an import leaves them out.
BODY_NAME, REGION_NAME = N_("认证机构"), N_("地区")


class TooManyRows(ZhunshengError):
    """More fits than one sheet holds."""


class UnknownForm(ZhunshengError):
    """An export has one of two forms."""


@dataclass(frozen=True, slots=True)
class Export:
    """What is to be written: the query, who asked it when, and the ids that fit it, in order."""

    query: Query
    form: str
    by: str
    at: datetime
    today: date
    ids: array[int]


def prepare(*, query: Query, form: str, viewer: Viewer, by: str, at: datetime) -> Export:
    """Gather what a search finds within the viewer's reach, and put the export on record.

    Raises NotPermitted for whoever may not read in bulk, UnknownForm, and TooManyRows for more than a sheet holds.
    """
    if form not in MOST_ROWS:
        raise UnknownForm(N_("导出的格式只有 %(forms)s"), forms="、".join(MOST_ROWS))
    today = timezone.localtime(at).date()
    ids = _gathered(query, viewer, today, MOST_ROWS[form])
    # The only write: gathering must not hold SQLite's one write lock.
    trail.record(
        at=at,
        by=by,
        action="register.export",
        subject=f"search:{query.address()}"[:200],
        detail={"query": dict(query.pairs()), "form": form, "rows": len(ids)},
    )
    return Export(query, form, by, at, today, ids)


def _gathered(query: Query, viewer: Viewer, today: date, most: int | None) -> array[int]:
    asked = filters.ask(query, reach_of(viewer), today)
    ids = array("q")
    place: tuple[str | int, ...] | None = None
    while True:
        found = hits.find(asked, after=place, limit=HITS_AT_A_TIME)
        ids.extend(hit.id for hit in found.hits)
        if most is not None and len(ids) > most:
            raise TooManyRows(
                N_("查到的证书超过一张工作表的 %(most)s 行。请加条件缩小范围，或改用 CSV 导出。"), most=f"{most:,}"
            )
        if found.place is None:
            return ids
        place = found.place


def write_xlsx(export: Export, target: IO[bytes]) -> None:
    """Write the export as a workbook: a leaf about it, then the certificates."""
    sheets.write_xlsx(target, [sheet(export)], cover=cover(export), about=_("说明"))


def csv_lines(export: Export) -> Iterator[str]:
    """Yield the export as CSV, some lines at a time."""
    return sheets.csv_lines(sheet(export))


def cover(export: Export) -> list[tuple[str, Cell]]:
    """Say what an export holds: the query in words, when, how many, who asked, as known when."""
    asked: list[tuple[str, Cell]] = [(one.label, one.value) for one in saying.said(export.query)]
    return [
        (_("内容"), _("准绳登记的证书，按查询条件导出")),
        *(asked or [(_("查询条件"), _("无"))]),
        (_("证书数"), len(export.ids)),
        (_("导出日期"), export.today),
        (_("按截至何日所知"), export.today),
        (_("导出人"), export.by),
        (_("状态"), _("按导出当天计算；有效期截止后为过期失效")),
    ]


def sheet(export: Export) -> Sheet:
    """Lay an export out: one row a certificate, under the Chinese labels of the national template."""
    columns = _columns(export.query)
    return Sheet(_("证书"), [column for column, _cell in columns], _rows(export, [cell for _column, cell in columns]))


def _columns(query: Query) -> list[tuple[Column, Callable[[dict[str, Any]], Cell]]]:
    """Return the columns with what fills each: the body's and the region's name, then the template's public fields.

    Fields that only some layouts have stand there when everything asked for is in one layout.
    """
    known = _layouts(query)
    common = [f for f in known[0].fields.values() if f.public and all(f.name in one.fields for one in known)]
    wanted = [f for f in common if f.target in _TARGETS or f.name in _STATES or (f.in_details and len(known) == 1)]
    plain = [(Column(BODY_NAME, width=28), _value("body__name")), (Column(REGION_NAME, width=10), _region)]
    return [*plain, *((_column(field), _filling(field)) for field in wanted)]


def _layouts(query: Query) -> list[layouts.LayoutOf]:
    """Return the layouts that the certificates asked for can be in."""
    every = [one for one in layouts.layouts().values() if one.kind == layouts.CERTIFICATES]
    if not query.scheme:
        return every
    leaves = [leaf.code for leaf in schemes.tree().leaves() if query.scheme in {leaf.code, leaf.parent}]
    found = {_layout_of(code, every) for code in leaves or [query.scheme]}
    return [one for one in every if one.name in found]


def _layout_of(code: str, every: Sequence[layouts.LayoutOf]) -> str:
    fits = [(len(begin), one.name) for one in every for begin in one.national_codes if code.startswith(begin)]
    return max(fits)[1]


def _column(field: Field) -> Column:
    return Column(field.label, "date" if field.kind == "date" else "text", _WIDTHS.get(field.name, 14))


def _filling(field: Field) -> Callable[[dict[str, Any]], Cell]:
    if field.name in _STATES:
        return _STATES[field.name]
    if field.in_details:
        return lambda row: row["details"].get(field.name)
    return _value(_TARGETS[field.target])


def _value(name: str) -> Callable[[dict[str, Any]], Cell]:
    def value(row: dict[str, Any]) -> Cell:
        found: Cell = row[name]
        return found

    return value


def _region(row: dict[str, Any]) -> Cell:
    return regions.BY_CODE.get(row["organisation__region"], regions.UNKNOWN).name


def _of_state(states: set[State], name: str) -> Callable[[dict[str, Any]], Cell]:
    return lambda row: row[name] if row["state"] in states else None


def _state(row: dict[str, Any]) -> Cell:
    return words.STATES[state_with_end(State(row["state"]), row["expires_on"], row["today"])]


_HELD, _ENDED = {State.SUSPENDED}, {State.WITHDRAWN, State.CANCELLED}
_STATES = {
    "CERTI_STATUS": _state,
    "PAUSE_CAUSE": _of_state(_HELD, "state_reason"),
    "PAUSE_S_DATE": _of_state(_HELD, "state_on"),
    "PAUSE_E_DATE": _of_state(_HELD, "state_until"),
    "CANCEL_CAUSE": _of_state(_ENDED, "state_reason"),
    "CANCEL_DATE": _of_state(_ENDED, "state_on"),
}
# Where a field's value is kept, by its target in the layout.
_TARGETS = {
    "body": "body__approval_no",
    "number": "number",
    "national_code": "national_code",
    "basis": "basis",
    "scope_text": "scope_text",
    "first_issued_on": "first_issued_on",
    "decided_on": "decided_on",
    "issued_on": "issued_on",
    "expires_on": "expires_on",
    "parent_number": "parent_number",
    **{
        f"organisation.{name}": f"organisation__{name}"
        for name in ("name", "name_en", "code", "country", "district", "address")
    },
}
_READ = (
    "pk",
    "state",
    "state_on",
    "state_reason",
    "state_until",
    "details",
    "body__name",
    "organisation__region",
    *_TARGETS.values(),
)


def _rows(export: Export, cells: Sequence[Callable[[dict[str, Any]], Cell]]) -> Iterator[list[Cell]]:
    for start in range(0, len(export.ids), ROWS_AT_A_TIME):
        some = export.ids[start : start + ROWS_AT_A_TIME].tolist()
        found = {row["pk"]: row for row in Certificate.objects.filter(pk__in=some).order_by().values(*_READ)}
        for pk in some:
            if pk in found:
                row = found[pk] | {"today": export.today}
                yield [cell(row) for cell in cells]
