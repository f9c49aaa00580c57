"""A bulletin as a PDF on A4 in the published look, set by Typst; the same bulletin gives the same bytes."""

from __future__ import annotations

from importlib.resources import files
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from zhunsheng.bulletin.writing import layout
from zhunsheng.papers import typesetting

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from zhunsheng.bulletin.model import Bulletin

TEMPLATES = files("zhunsheng.bulletin") / "typst"
# The look and the tables, for any template that imports them.
TABLES = "tables.typ"


def as_pdf(
    bulletin: Bulletin,
    *,
    order: str | None = None,
    note: str = "",
    correction: str = "",
    trend: Sequence[layout.Point] = (),
    pictures: Mapping[str, bytes] | None = None,
) -> bytes:
    """Return a bulletin as a tagged PDF in the active language.

    `order` as in `as_text`; `note` stands at the end (see `basis`), `correction` at the beginning.
    `trend` has the figures of months (YYYY-MM, certificates, organisations), `pictures` SVG files by name:
    "country" stands before the region table, "trend" before its figures, any other after, its name under it.
    Raises CannotSet where the typesetter cannot do it.
    """
    paper = layout.paper(bulletin, order=order, note=note, correction=correction, trend=trend)
    named = {f"picture-{place}.svg": name for place, name in enumerate(pictures or {})}
    data = {
        "title": paper.title,
        "language": paper.language,
        "running": paper.running,
        "projects": [table_data(table) for table in paper.projects],
        "regions": [table_data(table) for table in paper.regions],
        "country": [_picture(file, name) for file, name in named.items() if name == layout.COUNTRY],
        "pictures": [_picture(file, name) for file, name in named.items() if name != layout.COUNTRY],
        "trend": {
            "caption": layout.trend_caption(),
            "head": layout.trend_heads(),
            "rows": [[layout.shown(cell) for cell in point] for point in paper.trend],
        },
        "note": note,
        "correction": correction,
        "words": layout.parts(),
        "page": page_words(),
    }
    contents = {file: (pictures or {})[name] for file, name in named.items()}
    return typesetting.pdf(template("bulletin.typ"), data=data, files={TABLES: template(TABLES).encode(), **contents})


def template(name: str) -> str:
    """Return a Typst template of this room."""
    return (TEMPLATES / name).read_text(encoding="utf-8")


def page_words() -> str:
    """Return what stands at the foot of a page, {page} and {pages} where the numbers come."""
    return _("第 %(page)s 页，共 %(pages)s 页") % {"page": "{page}", "pages": "{pages}"}


def table_data(table: layout.Table) -> dict[str, Any]:
    """Return a table as `tables.typ` takes it."""
    return {
        "caption": table.caption,
        "unit": layout.unit(table),
        "head": table.head,
        "columns": table.columns,
        "grouped": table.grouped,
        "rows": [
            {
                "name": line.name,
                "group": line.group,
                "spans": line.spans,
                "weight": line.weight,
                "cells": [layout.shown(cell) for cell in line.cells],
            }
            for line in table.rows
        ],
    }


def _picture(file: str, name: str) -> dict[str, str]:
    return {"file": file, "caption": layout.picture_caption(name)}
