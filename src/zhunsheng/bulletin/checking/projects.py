"""The project table: certificates add up, organisations keep within their bounds.

A certificate belongs to one project, so certificates are additive. An organisation may hold
certificates of several projects and is counted once in each row, so organisations are not: a
parent's lie between its largest row and the sum of its rows (domain, 2.4 rule 5).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from zhunsheng.bulletin.checking.sheet import MEASURES, Sheet, count, counts, finding
from zhunsheng.bulletin.taxonomy import CURRENT
from zhunsheng.codes.errors import N_

if TYPE_CHECKING:
    from collections.abc import Iterator

    from zhunsheng.bulletin.model import Finding, ProjectRow


def check(sheet: Sheet) -> Iterator[Finding]:
    """Yield what does not fit in the project table."""
    for row in sheet.bulletin.projects:
        children = sheet.children(row.name)
        if children:
            yield from _certificates(sheet, row, children)
            yield from _organisations(sheet, row, children)
        yield from _holders(row)
    yield from _total(sheet)


def _cut(sheet: Sheet, parent: str) -> bool:
    """Whether usual rows of a parent are missing."""
    return any(above == parent and name not in sheet.projects for name, above in CURRENT)


def _certificates(sheet: Sheet, row: ProjectRow, children: list[ProjectRow]) -> Iterator[Finding]:
    """Certificates: a parent is the sum of its rows; smaller is excused where the table is cut."""
    parts = counts([*children], "certificates")
    if row.certificates is None or parts is None or row.certificates == sum(parts):
        return
    where = ("projects", row.name, "certificates")
    if row.certificates > sum(parts) and _cut(sheet, row.name):
        text = N_("表中各行证书数之和为 %(sum)s，少于所印的 %(printed)s；常见的行有缺，原因不明。")
        yield finding("warning", where, row.certificates, sum(parts), text, sum=sum(parts), printed=row.certificates)
        return
    text = N_("一张证书只属于一个项目，各行证书数之和为 %(sum)s，所印的是 %(printed)s。")
    yield finding("error", where, row.certificates, sum(parts), text, sum=sum(parts), printed=row.certificates)


def _organisations(sheet: Sheet, row: ProjectRow, children: list[ProjectRow]) -> Iterator[Finding]:
    """Organisations: at least the largest row, at most the sum of the rows."""
    if row.organisations is None:
        return
    where = ("projects", row.name, "organisations")
    known = [child for child in children if child.organisations is not None]
    largest = max(known, key=lambda child: child.organisations or 0, default=None)
    if largest and largest.organisations is not None and largest.organisations > row.organisations:
        text = N_("%(child)s 的获证组织有 %(count)s 家，它们也都在本行之中，本行不能更少。")
        bound = f"≥ {largest.organisations}"
        yield finding("error", where, row.organisations, bound, text, child=largest.name, count=largest.organisations)
    total = sum(child.organisations or 0 for child in known)
    if len(known) == len(children) and total < row.organisations and not _cut(sheet, row.name):
        text = N_("本行的每个组织至少属于下面的一行，各行组织数之和只有 %(sum)s，本行不能更多。")
        yield finding("error", where, row.organisations, f"≤ {total}", text, sum=total)


def _holders(row: ProjectRow) -> Iterator[Finding]:
    """Every certified organisation holds a certificate."""
    if row.certificates is not None and row.organisations is not None and row.organisations > row.certificates:
        where = ("projects", row.name, "organisations")
        text = N_("每个获证组织至少有一张证书，组织数不能多于证书数 %(certificates)s。")
        bound = f"≤ {row.certificates}"
        yield finding("error", where, row.organisations, bound, text, certificates=row.certificates)


def _total(sheet: Sheet) -> Iterator[Finding]:
    """The total of the project table is the 全部 of the region table."""
    for measure in MEASURES:
        printed, expected = count(sheet.whole, measure), count(sheet.root, measure)
        if sheet.whole and printed is not None and expected is not None and printed != expected:
            text = N_("两张表的总数应当相同：领域表的合计是 %(projects)s，地域表的全部是 %(regions)s。")
            where = ("regions", sheet.whole.name, measure)
            yield finding("error", where, printed, expected, text, projects=expected, regions=printed)
