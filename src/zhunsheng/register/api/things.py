"""One thing at a time: the certificates with a number, an organisation, a certification body."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from django.utils import timezone
from ninja import Path, Query, Router

from zhunsheng.codes import uscc
from zhunsheng.codes.errors import N_
from zhunsheng.people.http import LARGEST_KEY, Request
from zhunsheng.register import finding, lookup, queries
from zhunsheng.register.api import shapes
from zhunsheng.register.api.searching import certificate_found
from zhunsheng.register.api.values import Day  # noqa: TC001 - Ninja reads the annotations while the program runs
from zhunsheng.register.models import Certificate

if TYPE_CHECKING:
    from zhunsheng.register.models import Organisation

router = Router(tags=["register"])
LONGEST_APPROVAL = 30
# A code is what its weights weigh, and the check character.
CODE_CHARACTERS = len(uscc.WEIGHTS) + 1


@router.get(
    "/certificates/{path:number}",
    response=shapes.LookedUp,
    operation_id="certificate",
    summary=N_("按编号查证书"),
    description=N_(
        "各机构用这个编号的全部证书，连同经过；可以问某一天的状态，也可以按某一天所知来答。空格、大小写和全半角不影响。"
        "查不到不等于没有：机构可能尚未上报。"
    ),
)
def certificate(
    request: Request,
    number: Annotated[str, Path(min_length=1, max_length=lookup.LONGEST_NUMBER)],
    on: Annotated[Day | None, Query(description=N_("哪一天的状态，不写是今天"))] = None,
    known: Annotated[Day | None, Query(description=N_("按哪一天所知，不写是今天"))] = None,
) -> dict[str, Any]:
    """Return every certificate with this number, of any body, on a date as known on another, with its timeline.

    Spaces, case and width of the number do not matter. A number that is not found may still be one of a
    certificate that its body has not reported yet.
    """
    today = timezone.localdate()
    found = lookup.answer(number, on=on or today, known=known or today, viewer=request.viewer)
    if found is None:
        text = N_("登记里没有编号为 %(number)s 的证书。请核对编号；机构也可能尚未上报，可向发证机构查证。")
        raise queries.NotFound(text, number=number)
    return found


@router.get(
    "/organisations/{key}",
    response=shapes.OrganisationWhole,
    operation_id="organisation",
    summary=N_("一个组织"),
    description=N_("名称与曾用名，以及最近的证书，各机构的都在内，最多 50 张。"),
)
def organisation(
    request: Request,  # noqa: ARG001 - Ninja hands it over
    key: Annotated[str, Path(min_length=1, max_length=CODE_CHARACTERS, description=N_("统一社会信用代码，或 id"))],
) -> dict[str, Any]:
    """Return an organisation with its former names and its newest certificates across bodies (50 at most)."""
    found, today = _organisation(key), timezone.localdate()
    rows = queries.certificates_of(found, limit=finding.PUBLIC_HITS + 1)
    whole = {
        name: getattr(found, name)
        for name in ("id", "code", "name", "name_en", "region", "country", "district", "address", "known_on")
    }
    return {
        **whole,
        "names": queries.names_of(found),
        "certificates": [certificate_found(row, today) for row in rows[: finding.PUBLIC_HITS]],
        "more": len(rows) > finding.PUBLIC_HITS,
    }


def _organisation(key: str) -> Organisation:
    # A code has 18 characters and may be all digits; no id is that long.
    if len(key) < CODE_CHARACTERS and key.isascii() and key.isdigit() and int(key) <= LARGEST_KEY:
        return queries.organisation(int(key))
    return queries.organisation_coded(key)


@router.get(
    "/bodies/{approval_no}",
    response=shapes.BodyWhole,
    operation_id="body",
    summary=N_("一家认证机构"),
    description=N_("批准与批准范围、最近一次上报的日期、按项目的有效证书数。"),
)
def body(
    request: Request,  # noqa: ARG001 - as above
    approval_no: Annotated[str, Path(min_length=1, max_length=LONGEST_APPROVAL, description=N_("批准号"))],
) -> dict[str, Any]:
    """Return a certification body: its approval, its scope, how current its returns are, what it has certified."""
    found = queries.body(approval_no)
    counted = queries.certificates_by_scheme(found, timezone.localdate())
    names = ("approval_no", "code", "name", "name_en", "region", "status")
    days = ("approved_on", "expires_on", "ended_on", "reported_on")
    return {
        **{name: getattr(found, name) for name in (*names, *days)},
        "scopes": queries.scopes_of(found),
        "valid_by_scheme": [{"scheme": name, "certificates": n} for name, n in counted],
    }


def examples() -> dict[str, str]:
    """Return a number, a code and an approval number of this register, to show how to ask; none when it is empty."""
    first = Certificate.objects.select_related("body", "organisation").exclude(organisation__code="").first()
    if first is None:
        return {}
    return {
        "number": first.number,
        "code": first.organisation.code,
        "name": first.organisation.name,
        "approval_no": first.body.approval_no,
    }
