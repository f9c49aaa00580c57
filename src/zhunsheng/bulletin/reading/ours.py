"""The JSON and the CSV that `zhunsheng.bulletin.writing` writes, read back as they are."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

from zhunsheng.bulletin.model import BlockRow, Bulletin, GrowthClaim, Headline, LeadingRegion, ProjectRow, RegionRow
from zhunsheng.bulletin.reading.limits import Unreadable, refuse_cells
from zhunsheng.bulletin.taxonomy import TOTAL
from zhunsheng.codes.errors import N_

_CSV_HEAD = "section,group,name,certs,certs_rank,certs_share,orgs,orgs_rank,orgs_share"
_LISTS = {"projects": ProjectRow, "regions": RegionRow, "blocks": BlockRow, "growth": GrowthClaim}
_WHOLE = frozenset(
    ("certificates", "certificate_rank", "organisations", "organisation_rank", "before", "after", "leading_count")
)
_MOST_DIGITS = 15


def is_json(text: str) -> bool:
    """Tell whether a text is a JSON object."""
    return text.lstrip().startswith("{")


def is_csv(text: str) -> bool:
    """Tell whether a text has the head of our CSV."""
    return text.lstrip("\ufeff").startswith(_CSV_HEAD)


def from_json(text: str) -> Bulletin:
    """Return the bulletin in the JSON of `bulletin read`. Raises Unreadable when it has another shape."""
    try:
        data = json.loads(text)
        month = _demand(data["month"], str, "month")
        lists = {name: tuple(_made(kind, row) for row in data.get(name, [])) for name, kind in _LISTS.items()}
        return Bulletin(month=month, headline=_headline(data["headline"]), **lists)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise Unreadable(N_("这是 JSON，但不是 bulletin read --json 的样子（%(why)s）"), why=str(error)[:100]) from None


def _headline(data: dict[str, Any]) -> Headline:
    leading = tuple(_made(LeadingRegion, row) for row in data.get("leading", []))
    totals = {name: data.get(name) for name in ("certificates", "organisations", "leading_count")}
    for name, value in totals.items():
        _demand(value, int if name == "leading_count" else str, name)
    return Headline(**totals, leading=leading)


def _made(kind: Any, row: dict[str, Any]) -> Any:
    """A row as a value, each cell of the type that its column has; a field that we do not know is left out."""
    known = {name: value for name, value in row.items() if name in kind.__dataclass_fields__}
    for name, value in known.items():
        _demand(value, int if name in _WHOLE else bool if name == "fastest" else str, name)
    if not known["name"]:
        raise ValueError("name")
    return kind(**known)


def _demand(value: Any, kind: type, name: str) -> Any:
    """The value, which is of this type or None; TypeError for another."""
    if value is not None and type(value) is not kind:
        raise TypeError(name)
    return value


def from_csv(text: str) -> Bulletin:
    """Return the bulletin in our CSV, which has no sentences about growth. Raises Unreadable when it is damaged."""
    lines = list(csv.reader(io.StringIO(text.lstrip("\ufeff"))))[1:]
    refuse_cells(sum(map(len, lines)))
    month, rows = None, {name: list[Any]() for name in ("project", "region", "block", "narrative_top")}
    totals: dict[str, str | None] = {}
    try:
        for section, group, name, *cells in (line for line in lines if line):
            if section == "month":
                month = name
            elif section == "narrative":
                totals[name] = cells[0] or cells[3] or None
            else:
                rows[section].append(_csv_row(section, group, name, cells))
    except (ValueError, KeyError, IndexError) as error:
        raise Unreadable(N_("CSV 的样子不对：%(why)s"), why=str(error)[:100]) from None
    headline = Headline(totals.get("certs_wan"), totals.get("orgs_wan"), None, tuple(rows["narrative_top"]))
    return Bulletin(month, headline, tuple(rows["project"]), tuple(rows["region"]), tuple(rows["block"]))


def _csv_row(section: str, group: str, name: str, cells: list[str]) -> Any:
    certificates, certificate_rank, certificate_share, organisations, organisation_rank, organisation_share = cells
    counts = _whole(certificates), _whole(organisations)
    if section == "narrative_top":
        return LeadingRegion(name, counts[0])
    if section == "project":
        own, parent = (group, None) if not name else (group, TOTAL) if name == TOTAL else (name, group)
        return ProjectRow(own, parent, *counts)
    if section == "block":
        return BlockRow(name, counts[0], certificate_share or None, counts[1], organisation_share or None)
    return RegionRow(
        name,
        counts[0],
        _whole(certificate_rank),
        certificate_share or None,
        counts[1],
        _whole(organisation_rank),
        organisation_share or None,
    )


def _whole(text: str) -> int | None:
    if len(text) > _MOST_DIGITS:
        raise ValueError(text[:_MOST_DIGITS])
    return int(text) if text else None
