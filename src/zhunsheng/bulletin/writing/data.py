"""A bulletin as data: CSV, one line for each row, and JSON."""

from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING

from zhunsheng.bulletin.taxonomy import TOTAL, TOTALS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from zhunsheng.bulletin.model import Bulletin

_COLUMNS = (
    "section",
    "group",
    "name",
    "certs",
    "certs_rank",
    "certs_share",
    "orgs",
    "orgs_rank",
    "orgs_share",
)
Line = tuple[str | int | None, ...]


def as_json(bulletin: Bulletin) -> str:
    """Return the JSON that `bulletin read --json` prints (design, "JSON shapes")."""
    return json.dumps(bulletin.to_json(), ensure_ascii=False, indent=2) + "\n"


def as_csv(bulletin: Bulletin) -> str:
    """Return the tables and the headline as CSV; an empty cell is one the bulletin does not have.

    A subtotal stands under its domain's name in `group` and is called 合计; the total is the group
    合计 without a name. The figures in 万 are
    the rows `narrative,,certs_wan` and `narrative,,orgs_wan`.
    """
    target = io.StringIO()
    writer = csv.writer(target, lineterminator="\n")
    writer.writerow(_COLUMNS)
    writer.writerows(_lines(bulletin))
    return target.getvalue()


def _lines(bulletin: Bulletin) -> Iterator[Line]:
    if bulletin.month:
        yield ("month", None, bulletin.month, None, None, None, None, None, None)
    for project in bulletin.projects:
        group: str | None = project.parent
        name: str | None = project.name
        if project.parent is None:
            group, name = project.name, None
        elif project.parent in TOTALS:
            group, name = project.name, TOTAL
        yield ("project", group, name, project.certificates, None, None, project.organisations, None, None)
    for region in bulletin.regions:
        certificates = (region.certificates, region.certificate_rank, region.certificate_share)
        organisations = (region.organisations, region.organisation_rank, region.organisation_share)
        yield ("region", None, region.name, *certificates, *organisations)
    for block in bulletin.blocks:
        certificates = (block.certificates, None, block.certificate_share)
        yield ("block", None, block.name, *certificates, block.organisations, None, block.organisation_share)
    headline = bulletin.headline
    if headline.certificates is not None:
        yield ("narrative", None, "certs_wan", headline.certificates, None, None, None, None, None)
    if headline.organisations is not None:
        yield ("narrative", None, "orgs_wan", None, None, None, headline.organisations, None, None)
    for entry in headline.leading:
        yield ("narrative_top", None, entry.name, entry.certificates, None, None, None, None, None)
