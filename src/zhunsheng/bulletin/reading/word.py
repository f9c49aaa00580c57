"""DOCX as text: paragraphs as lines, tables with their real cells, text boxes where they are anchored."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import docx
from docx.oxml.ns import qn

from zhunsheng.bulletin.reading import grids
from zhunsheng.bulletin.reading.grids import GridCell
from zhunsheng.bulletin.reading.limits import Unreadable
from zhunsheng.codes.errors import N_

if TYPE_CHECKING:
    from collections.abc import Iterator

_P, _TBL, _TR, _TC = qn("w:p"), qn("w:tbl"), qn("w:tr"), qn("w:tc")
_SPACES = {qn("w:tab"): "\t", qn("w:br"): "\n", qn("w:cr"): "\n", qn("w:ptab"): "\t"}
_TEXT, _BOX, _SECTION = qn("w:t"), qn("w:txbxContent"), qn("w:sectPr")
# The same text box a second time, for programs that do not know the first way of writing it.
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
# Wrappers in which paragraphs, tables, rows and cells may stand: controls and marked changes.
_DELETED, _MOVED_FROM = qn("w:del"), qn("w:moveFrom")
_PROPERTIES = frozenset((qn("w:pPr"), qn("w:rPr"), qn("w:tblPr"), qn("w:trPr"), qn("w:tblGrid"), _FALLBACK))
_PASSED_OVER = _PROPERTIES | {_DELETED, _MOVED_FROM, _SECTION}


def as_text(data: bytes) -> str:
    """Return the text of a DOCX whose parts have been inspected. Raises Unreadable when it is damaged."""
    try:
        body = docx.Document(io.BytesIO(data)).element.body
    except Exception as error:  # the reader says a dozen different things of damaged files
        raise Unreadable(N_("DOCX 文件已损坏，读不出（%(why)s）；请另存一份"), why=str(error)[:100]) from error
    return "".join(_blocks(body))


def _blocks(parent: Any) -> Iterator[str]:
    """The paragraphs and tables in an element, in order."""
    for child in parent:
        if child.tag == _P:
            yield from _paragraph(child)
        elif child.tag == _TBL:
            yield "\n" + _table(child) + "\n"
        elif child.tag not in _PASSED_OVER:
            yield from _blocks(child)


def _paragraph(paragraph: Any) -> Iterator[str]:
    """A paragraph's own text, then the text boxes anchored in it."""
    boxes: list[Any] = []
    yield "".join(_said(paragraph, boxes)) + "\n"
    for box in boxes:
        yield from _blocks(box)


def _said(element: Any, boxes: list[Any]) -> Iterator[str]:
    for child in element:
        if child.tag == _TEXT:
            yield child.text or ""
        elif child.tag in _SPACES:
            yield _SPACES[child.tag]
        elif child.tag == _BOX:
            boxes.append(child)
        elif child.tag not in _PASSED_OVER:
            yield from _said(child, boxes)


def _table(table: Any) -> str:
    rows = [list(_cells(row)) for row in _found(table, _TR)]
    return grids.as_text(_joined(rows))


def _found(parent: Any, tag: str) -> Iterator[Any]:
    """The rows of a table or the cells of a row, through the wrappers around them but not into cells."""
    for child in parent:
        if child.tag == tag:
            yield child
        elif child.tag not in _PASSED_OVER and child.tag not in {_P, _TBL, _TC}:
            yield from _found(child, tag)


def _cells(row: Any) -> Iterator[tuple[GridCell, bool]]:
    """The cells of a row, each with whether it goes on with the cell above."""
    for cell in _found(row, _TC):
        span, merge = cell.find(f"{qn('w:tcPr')}/{qn('w:gridSpan')}"), cell.find(f"{qn('w:tcPr')}/{qn('w:vMerge')}")
        across = grids.span(span.get(qn("w:val"))) if span is not None else 1
        goes_on = merge is not None and merge.get(qn("w:val"), "continue") == "continue"
        nested = cell.find(_TBL) is not None
        text = "".join(_blocks(cell)).strip()
        yield GridCell("" if goes_on else text, across, 1, nested), goes_on


def _joined(rows: list[list[tuple[GridCell, bool]]]) -> list[list[GridCell]]:
    """Give a cell the rows below that go on with it; those rows then have no cell of their own there."""
    joined: list[list[GridCell]] = []
    open_at: dict[int, tuple[int, int]] = {}
    for row in rows:
        line: list[GridCell] = []
        column, still = 0, {}
        for cell, goes_on in row:
            if goes_on and column in open_at:
                above, place = open_at[column]
                whole = joined[above][place]
                joined[above][place] = GridCell(whole.text, whole.across, whole.down + 1, whole.nested)
                still[column] = open_at[column]
            else:
                still[column] = (len(joined), len(line))
                line.append(cell)
            column += cell.across
        open_at = still
        joined.append(line)
    return joined
