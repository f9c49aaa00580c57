"""What programs read of the bulletins: the months published, their documents, checks and comparisons.

Drafts are not read here, whoever asks.
"""

from __future__ import annotations

from datetime import date, datetime  # noqa: TC003 - the schemas are read while the program runs
from typing import Annotated, Literal

from django.http import HttpRequest  # noqa: TC002 - so are the handlers' annotations
from ninja import Path, Query, Router, Schema

from zhunsheng.bulletin import queries
from zhunsheng.bulletin.comparing import Comparison, compare
from zhunsheng.bulletin.model import Bulletin, Finding
from zhunsheng.bulletin.models import MonthlyBulletin  # noqa: TC001 - as above
from zhunsheng.codes.errors import N_
from zhunsheng.people.http import LARGEST_KEY

router = Router(tags=["bulletins"])
MONTH = r"^[0-9]{4}-(0[1-9]|1[0-2])$"
Month = Annotated[str, Query(pattern=MONTH, description="YYYY-MM")]
Number = Annotated[int, Path(ge=1, le=LARGEST_KEY)]
Origin = Literal["published", "made"]


class BulletinListed(Schema):
    """A published version of a month's bulletin: published elsewhere, or made and published here.

    A correction names the bulletin that it corrects; `corrected_by` is the one that took its place.
    """

    id: int
    month: str
    origin: Origin
    version: int
    known_on: date | None
    counts_suspended: bool
    source: str
    published_at: datetime | None
    corrects: int | None
    corrected_by: int | None
    what_was_wrong: str
    why_wrong: str

    @staticmethod
    def resolve_corrects(row: MonthlyBulletin) -> int | None:
        """Name the corrected one by its id."""
        return row.corrects_id

    @staticmethod
    def resolve_corrected_by(row: MonthlyBulletin) -> int | None:
        """Name the one that corrects it by its id."""
        later = getattr(row, "corrected_by", None)
        return None if later is None else later.pk


class Bulletins(Schema):
    """The published bulletins, newest month first."""

    items: list[BulletinListed]


class Findings(Schema):
    """What the check says of a bulletin, in the language asked for."""

    items: list[Finding]


@router.get(
    "/bulletins",
    response=Bulletins,
    operation_id="bulletins",
    summary=N_("统计通报"),
    description=N_("已公布的各月通报，最近的在前，被更正过的版本也在内。"),
)
def bulletins(
    request: HttpRequest,  # noqa: ARG001 - Ninja hands it over
    month: Annotated[str | None, Query(pattern=MONTH, description="YYYY-MM")] = None,
    origin: Origin | None = None,
) -> dict[str, list[MonthlyBulletin]]:
    """Return the published bulletins, newest month first; corrected versions too."""
    rows = queries.listed()
    if month:
        rows = rows.filter(month=month)
    if origin:
        rows = rows.filter(origin=origin)
    return {"items": list(rows)}


# Ahead of the single bulletin, whose address would otherwise take this one in.
@router.get(
    "/bulletins/comparison",
    response=Comparison,
    operation_id="comparison",
    summary=N_("比较两个月"),
    description=N_("从一个月到后一个月，按项目、地区和大区的增长。不写 origin 时，别处公布的在先。"),
)
def comparison(
    request: HttpRequest,  # noqa: ARG001 - as above
    earlier: Month,
    later: Month,
    origin: Origin | None = None,
) -> Comparison:
    """Return growth by project, region and block from one month to a later one, as the bulletins stand now.

    Without `origin` a bulletin published elsewhere goes before one made here.
    """
    first, second = (queries.document(queries.of_month(month, origin)) for month in (earlier, later))
    return compare(first, second)


@router.get(
    "/bulletins/{int:number}",
    response=Bulletin,
    operation_id="bulletin",
    summary=N_("一份通报"),
    description=N_("通报的全部数字，与 zhunsheng bulletin read --json 的形状相同。"),
)
def bulletin(request: HttpRequest, number: Number) -> Bulletin:  # noqa: ARG001 - as above
    """Return a bulletin's document, in the JSON shape of `zhunsheng bulletin read --json`."""
    return queries.document(queries.kept(number))


@router.get(
    "/bulletins/{int:number}/findings",
    response=Findings,
    operation_id="findings",
    summary=N_("一份通报的核对结果"),
    description=N_("对不上的地方：错误、警告和说明。"),
)
def findings(request: HttpRequest, number: Number) -> dict[str, list[Finding]]:  # noqa: ARG001 - as above
    """Return everything in a bulletin that does not add up: errors, warnings, notes."""
    return {"items": queries.findings(queries.kept(number))}
