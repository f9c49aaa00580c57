"""A bulletin as a workbook: how it was made, its tables with real numbers, its running text; always the same bytes."""

from __future__ import annotations

import io
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from zhunsheng.bulletin import words
from zhunsheng.bulletin.taxonomy import TOTALS
from zhunsheng.bulletin.writing import layout
from zhunsheng.codes.rounding import plain
from zhunsheng.papers.sheets import Cell, Column, Sheet, write_xlsx

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from zhunsheng.bulletin.model import Bulletin

_NAME_WIDTH, _WIDTH, _TEXT_WIDTH = 28, 16, 120
# When a workbook was made is written into it; a day of its own for all keeps the bytes the same.
MADE = date(2000, 1, 1)


def as_xlsx(
    bulletin: Bulletin,
    *,
    order: str | None = None,
    note: str = "",
    correction: str = "",
    trend: Sequence[layout.Point] = (),
) -> bytes:
    """Return a bulletin as a workbook in the active language; the arguments are those of `as_pdf`.

    Counts, ranks and shares are numbers that show as printed; a cell that the bulletin does not have is empty.
    """
    paper = layout.paper(bulletin, order=order, note=note, correction=correction, trend=trend)
    cover = [
        (_("标题"), paper.title),
        (_("月份"), bulletin.month or ""),
        (_("更正"), correction),
        (_("依据"), note),
    ]
    target = io.BytesIO()
    leaves = list(_leaves(bulletin, paper))
    write_xlsx(target, leaves, cover=[pair for pair in cover if pair[1]], about=_("说明"), made=MADE)
    return target.getvalue()


def _leaves(bulletin: Bulletin, paper: layout.Paper) -> Iterator[Sheet]:
    for table in paper.projects:
        yield _projects(bulletin, table)
    for key, name in (("regions", _("地区")), ("blocks", _("大区"))):
        for table in paper.regions:
            if table.key == key:
                rows = [(row.name, *map(_number, row.cells)) for row in table.rows]
                yield Sheet(name, [Column(table.head[0], width=_NAME_WIDTH), *_columns(table)], rows)
    if paper.running:
        yield Sheet(_("正文"), [Column(_("正文"), width=_TEXT_WIDTH)], [(text,) for text in paper.running])
    if paper.trend:
        first, *others = layout.trend_heads()
        columns = [Column(first, width=_WIDTH), *(Column(head, "count", _WIDTH) for head in others)]
        yield Sheet(_("走势"), columns, paper.trend)


def _projects(bulletin: Bulletin, table: layout.Table) -> Sheet:
    """The project table flat: each row says where it belongs, so that it can be sorted and filtered."""
    rows: list[list[Cell]] = []
    for row, line in zip(bulletin.projects, table.rows, strict=True):
        above = "" if row.parent is None or row.parent in TOTALS else words.row_name(row.parent)
        rows.append([line.group or above, line.name, *map(_number, line.cells)])
    names = [Column(_("所属"), width=_NAME_WIDTH), Column(table.head[0], width=_NAME_WIDTH)]
    return Sheet(_("项目"), [*names, *_columns(table)], rows)


def _columns(table: layout.Table) -> list[Column]:
    return [
        Column(head, "share" if column.endswith("_share") else "count", _WIDTH)
        for head, column in zip(table.head[1:], table.columns, strict=True)
    ]


def _number(cell: layout.Cell) -> Cell:
    """A share as the number that shows as it is printed; text where a number would show otherwise ("3.40")."""
    if not isinstance(cell, str):
        return cell
    try:
        return float(cell) if plain(Decimal(cell)) == cell else cell
    except ArithmeticError:
        return cell
