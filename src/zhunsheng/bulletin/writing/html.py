"""A bulletin as one HTML file that can be printed: no script, nothing from outside, pictures inside."""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from zhunsheng.bulletin.writing import layout
from zhunsheng.bulletin.writing.pdf import template

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from zhunsheng.bulletin.model import Bulletin

STYLE = "paper.css"
_LANGUAGES = {"zh": "zh-CN", "en": "en"}
_SVG = "{http://www.w3.org/2000/svg}"


def as_html(
    bulletin: Bulletin,
    *,
    order: str | None = None,
    note: str = "",
    correction: str = "",
    trend: Sequence[layout.Point] = (),
    pictures: Mapping[str, bytes] | None = None,
) -> bytes:
    """Return a bulletin as an HTML file in the active language; the arguments are those of `as_pdf`."""
    paper = layout.paper(bulletin, order=order, note=note, correction=correction, trend=trend)
    words, pictures = layout.parts(), pictures or {}
    root = ET.Element("html", lang=_LANGUAGES[paper.language])
    _head(root, paper.title)
    main = ET.SubElement(ET.SubElement(root, "body"), "main")
    _add(main, "h1", paper.title)
    if paper.correction:
        notice = ET.SubElement(main, "aside")
        _add(notice, "strong", words["correction"])
        _add(notice, "div", paper.correction)
    _add(main, "h2", words["overview"])
    for text in paper.running:
        _add(main, "p", text)
    _part(main, words["projects"], paper.projects, {})
    _part(main, words["regions"], paper.regions, _only(pictures, country=True))
    _trend(main, words["trend"], paper.trend, _only(pictures, country=False))
    if paper.note:
        _add(main, "footer", paper.note)
    return b"<!doctype html>\n" + ET.tostring(root, encoding="unicode", method="html").encode() + b"\n"


def _add(parent: ET.Element, tag: str, text: str, **attributes: str) -> ET.Element:
    element = ET.SubElement(parent, tag, {name.rstrip("_"): value for name, value in attributes.items()})
    element.text = text
    return element


def _head(root: ET.Element, title: str) -> None:
    head = ET.SubElement(root, "head")
    ET.SubElement(head, "meta", charset="utf-8")
    ET.SubElement(head, "meta", name="viewport", content="width=device-width, initial-scale=1")
    _add(head, "title", title)
    _add(head, "style", template(STYLE))


def _only(pictures: Mapping[str, bytes], *, country: bool) -> dict[str, bytes]:
    return {name: svg for name, svg in pictures.items() if (name == layout.COUNTRY) == country}


def _part(main: ET.Element, heading: str, tables: Sequence[layout.Table], pictures: Mapping[str, bytes]) -> None:
    if not tables:
        return
    _add(main, "h2", heading)
    _pictures(main, pictures)
    for table in tables:
        _table(main, table)


def _trend(main: ET.Element, heading: str, trend: Sequence[layout.Point], pictures: Mapping[str, bytes]) -> None:
    if not trend and not pictures:
        return
    _add(main, "h2", heading)
    _pictures(main, pictures)
    if not trend:
        return
    body = _framed(main, layout.trend_caption(), "", layout.trend_heads())
    for month, *counts in trend:
        line = ET.SubElement(body, "tr")
        _add(line, "th", month, scope="row")
        for count in counts:
            _add(line, "td", layout.shown(count))


def _pictures(main: ET.Element, pictures: Mapping[str, bytes]) -> None:
    for name, svg in pictures.items():
        figure = ET.SubElement(main, "figure")
        figure.append(_inline(svg))
        _add(figure, "figcaption", layout.picture_caption(name))


def _inline(svg: bytes) -> ET.Element:
    """A picture to stand inside the page, where its elements are known without the name of their kind."""
    root = ET.fromstring(svg)  # noqa: S314 - our own picture
    for element in root.iter():
        element.tag = element.tag.removeprefix(_SVG)
    return root


def _framed(main: ET.Element, caption: str, unit: str, heads: Sequence[str], *, grouped: bool = False) -> ET.Element:
    """Begin a table in a box that scrolls where it is too wide; return its body."""
    # A box that scrolls can be reached by keyboard, and says what it is.
    box = {"class": "scroll", "tabindex": "0", "role": "region", "aria-label": caption}
    table = ET.SubElement(ET.SubElement(main, "div", box), "table")
    over = _add(table, "caption", caption)
    if unit:
        _add(over, "small", unit)
    line = ET.SubElement(ET.SubElement(table, "thead"), "tr")
    for place, head in enumerate(heads):
        cell = _add(line, "th", head, scope="col")
        if grouped and place == 0:
            cell.set("colspan", "2")
    return ET.SubElement(table, "tbody")


def _table(main: ET.Element, table: layout.Table) -> None:
    body = _framed(main, table.caption, layout.unit(table), table.head, grouped=table.grouped)
    for row in table.rows:
        line = ET.SubElement(body, "tr", {} if row.weight == "row" else {"class": row.weight})
        if row.group:
            _add(line, "th", row.group, scope="rowgroup", rowspan=str(row.spans))
        name = _add(line, "th", row.name, scope="row")
        if table.grouped and not row.group and row.spans:
            name.set("colspan", "2")
        for cell in row.cells:
            _add(line, "td", layout.shown(cell))
