"""Searches: the first hits for anyone, everything within their reach, page by page, for who may read in bulk."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, TypeVar

from django.core.signing import BadSignature, Signer
from django.utils import timezone
from ninja import Query, Router, Schema
from pydantic import Field

from zhunsheng.codes import regions
from zhunsheng.codes.errors import N_
from zhunsheng.people.http import Request  # noqa: TC001 - Ninja reads the annotations while the program runs
from zhunsheng.people.policy import NotPermitted
from zhunsheng.register import finding
from zhunsheng.register.api import shapes
from zhunsheng.register.api.values import Day, Flag, Number  # noqa: TC001 - as above
from zhunsheng.register.finding.asking import LONGEST_TEXT
from zhunsheng.register.policy import State, state_with_end

if TYPE_CHECKING:
    from datetime import date

    from zhunsheng.register.models import Certificate

router = Router(tags=["search"])
MOST_IN_BULK = 1000
Row = TypeVar("Row")
Text = Annotated[str, Field(max_length=LONGEST_TEXT)]


class Filters(Schema):
    """What is asked of a search; what is left out does not limit it. All dates are included."""

    q: Text = Field("", description=N_("证书编号、代码，或名称、曾用名的一部分"))
    body: Text = Field("", description=N_("认证机构的批准号，或名称的一部分"))
    scheme: str = Field(
        "",
        pattern=r"^([A-Z]([0-9]{2}[0-9A-Z]{0,9})?)?$",
        description=N_("认证项目代码，各级都可以"),
    )
    standard: Text = Field("", description=N_("认证依据的标准，可不写年份"))
    region: str = Field("", description=N_("持证组织的地区"), json_schema_extra={"enum": ["", *regions.BY_CODE]})
    state: State | None = Field(None, description=N_("今天的状态"))
    issued_from: Day | None = Field(None, description=N_("颁证日期不早于"))
    issued_until: Day | None = Field(None, description=N_("颁证日期不晚于"))
    expires_from: Day | None = Field(None, description=N_("截止日期不早于"))
    expires_until: Day | None = Field(None, description=N_("截止日期不晚于"))

    def query(self) -> finding.Query:
        """Return it as the register takes it. Raises BadQuery."""
        return finding.read({name: str(value) for name, value in self.dict(exclude_none=True).items()})


class Paging(Schema):
    """How much of it, and from where on."""

    limit: Number = Field(20, ge=1, le=MOST_IN_BULK, description=N_("每页条数；不是成批读取时最多 50"))
    bulk: Flag = Field(default=False, description=N_("成批读取，需要令牌"))
    after: Annotated[str, Field(max_length=400)] = Field("", description=N_("续页标记，取自上一页的 next"))

    def place(self, query: finding.Query) -> finding.Cursor | None:
        """Return where to go on with a query.

        Raises NotPermitted for more than anyone may read without asking in bulk, BadQuery for a mark that
        was not made here, or was made for another query.
        """
        if not self.bulk and (self.after or self.limit > finding.PUBLIC_HITS):
            raise NotPermitted(
                N_("不带令牌的查询只给前 %(most)s 条，不能续页。续页和更多条数请用令牌并加 bulk=true。"),
                most=finding.PUBLIC_HITS,
            )
        if not self.after:
            return None
        try:
            return finding.cursor(_signer(query).unsign(self.after))
        except BadSignature:
            raise finding.BadQuery(N_("%(field)s：续页标记无法识别，请从第一页重新查询"), field="after") from None


def _signer(query: finding.Query) -> Signer:
    # A place is one of its own query; signed, nobody else's marks reach the database.
    return Signer(salt=f"zhunsheng.register.after?{query.address()}", sep=".")


def certificate_found(row: Certificate, today: date) -> dict[str, Any]:
    """Return a certificate as it stands in a list."""
    return {
        "id": row.pk,
        "number": row.number,
        "state": state_with_end(State(row.state), row.expires_on, today),
        "body": row.body,
        "organisation": row.organisation,
        "scheme": row.scheme,
        "basis": row.basis,
        "issued_on": row.issued_on,
        "expires_on": row.expires_on,
        "known_on": row.known_on,
    }


def _hits(
    request: Request, query: finding.Query, page: finding.Page[Row], items: list[Any], *, bulk: bool
) -> dict[str, Any]:
    following = None
    if bulk and page.next is not None:
        params = request.GET.copy()
        params["after"] = _signer(query).sign(page.next.token())
        following = f"{request.path}?{params.urlencode()}"
    return {"items": items, "more": page.next is not None, "next": following}


@router.get(
    "/certificates",
    response=shapes.Certificates,
    operation_id="certificates",
    summary=N_("查找证书"),
    description=N_("按编号、名称、机构、项目、标准、地区、状态和日期查找；每张证书按最近所知列出。"),
)
def certificates(request: Request, filters: Query[Filters], paging: Query[Paging]) -> dict[str, Any]:
    """Find certificates; the newest knowledge of each."""
    today, query = timezone.localdate(), filters.query()
    page = finding.certificates(
        query,
        viewer=request.viewer,
        today=today,
        bulk=paging.bulk,
        limit=paging.limit,
        after=paging.place(query),
    )
    return _hits(request, query, page, [certificate_found(row, today) for row in page.rows], bulk=paging.bulk)


@router.get(
    "/organisations",
    response=shapes.Organisations,
    operation_id="organisations",
    summary=N_("查找组织"),
    description=N_("按名称、曾用名或代码查找；写了证书的条件，就只列有这样一张证书的组织。"),
)
def organisations(request: Request, filters: Query[Filters], paging: Query[Paging]) -> dict[str, Any]:
    """Find organisations: by name or code, or those with a certificate that fits the other filters."""
    query = filters.query()
    page = finding.organisations(
        query,
        viewer=request.viewer,
        today=timezone.localdate(),
        bulk=paging.bulk,
        limit=paging.limit,
        after=paging.place(query),
    )
    return _hits(request, query, page, page.rows, bulk=paging.bulk)


@router.get(
    "/bodies",
    response=shapes.Bodies,
    operation_id="bodies",
    summary=N_("查找认证机构"),
    description=N_("按批准号或名称查找；只看 q、body 和 region。"),
)
def bodies(request: Request, filters: Query[Filters], paging: Query[Paging]) -> dict[str, Any]:
    """Find certification bodies."""
    query = filters.query()
    page = finding.bodies(
        query,
        viewer=request.viewer,
        bulk=paging.bulk,
        limit=paging.limit,
        after=paging.place(query),
    )
    return _hits(request, query, page, page.rows, bulk=paging.bulk)


@router.get(
    "/facets",
    response=shapes.Facets,
    operation_id="facets",
    summary=N_("查询结果的分布"),
    description=N_("查到的证书按项目、地区、状态和机构各有多少；10,000 张以内是准数，更多时只列出可以再选的值。"),
)
def facets(request: Request, filters: Query[Filters]) -> dict[str, Any]:
    """Count the certificates that a search finds, by scheme, region, state and body; exact up to 10,000 hits."""
    found = finding.facets(filters.query(), viewer=request.viewer, today=timezone.localdate())
    groups = {
        name: [{"code": value.code, "certificates": value.n} for value in values]
        for name, values in found.groups.items()
    }
    return {"total": found.total.n, "exact": found.total.exact, "groups": groups}
