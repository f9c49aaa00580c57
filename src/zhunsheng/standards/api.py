"""What programs read of the standards: the scheme tree, and standards with their editions."""

from __future__ import annotations

from datetime import date  # noqa: TC003 - the schemas are read while the program runs

from django.http import HttpRequest  # noqa: TC002 - so are the handlers' annotations
from ninja import Router, Schema

from zhunsheng.codes.errors import N_
from zhunsheng.standards import editions, policy, queries
from zhunsheng.standards.editions import Status  # noqa: TC001 - as above

router = Router(tags=["reference"])


class SchemeOut(Schema):
    """A node of the scheme tree: a group (`A`), a row of the bulletin (`A01`) or a project below one.

    `unconfirmed` names what no public source confirms. Bulletins print a leaf from `printed_from` until
    `printed_until`, outside of that it is counted in the leaf `counted_in`.
    """

    code: str
    parent: str | None
    name: str
    name_en: str
    is_leaf: bool
    printed_from: date | None
    printed_until: date | None
    counted_in: str | None
    unconfirmed: list[str]
    source: str


class EditionOut(Schema):
    """One dated issue of a standard; a certificate to it could be valid until `transition_ends_on`."""

    designation: str
    status: Status
    published_on: date | None
    in_force_on: date | None
    withdrawn_on: date | None
    transition_ends_on: date | None
    supersedes: str | None
    adopts: str | None
    unconfirmed: list[str]
    source: str


class StandardOut(Schema):
    """A standard with its editions; `scheme` is the project that is certified to it."""

    name: str
    title: str
    title_en: str
    scheme: str | None
    editions: list[EditionOut]
    unconfirmed: list[str]
    source: str


class Schemes(Schema):
    """The whole scheme tree."""

    items: list[SchemeOut]


class Standards(Schema):
    """All standards known here."""

    items: list[StandardOut]


@router.get(
    "/schemes",
    response=Schemes,
    operation_id="schemes",
    summary=N_("认证项目树"),
    description=N_("认证项目树：领域、通报的项目和更细的项目。"),
)
def schemes(request: HttpRequest) -> dict[str, tuple[policy.Scheme, ...]]:  # noqa: ARG001 - Ninja hands it over
    """Return every scheme, groups first."""
    return {"items": queries.stored_tree().schemes}


@router.get(
    "/standards",
    response=Standards,
    operation_id="standards",
    summary=N_("标准与版本"),
    description=N_("标准及其各个版本，连同代替关系和转换截止日期。"),
)
def standards(request: HttpRequest) -> dict[str, tuple[editions.Standard, ...]]:  # noqa: ARG001 - as above
    """Return every standard with its editions, as the operator last stated them."""
    return {"items": queries.stored_standards()}
