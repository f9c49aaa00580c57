"""A query and its values in words, in the active language: chips, the cover of an export, labels of facets."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import date
from typing import TYPE_CHECKING

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from zhunsheng.codes import regions
from zhunsheng.codes.errors import N_
from zhunsheng.register import words
from zhunsheng.register.finding.asking import LABELS, Query, What
from zhunsheng.register.models import Body
from zhunsheng.register.policy import State

if TYPE_CHECKING:
    from collections.abc import Iterable

KINDS = {
    What.ALL: N_("各类"),
    What.CERTIFICATES: N_("证书"),
    What.ORGANISATIONS: N_("组织"),
    What.BODIES: N_("认证机构"),
}


@dataclass(frozen=True, slots=True)
class Said:
    """One field of a query in words; `without` is the query that does not ask it."""

    field: str
    label: str
    value: str
    without: Query


def said(query: Query) -> list[Said]:
    """Return what a query asks, field by field; the kind of thing looked for is no part of it."""
    return [
        Said(one.name, _(LABELS[one.name]), value_said(one.name, getattr(query, one.name)), query.without(one.name))
        for one in fields(query)
        if one.name != "what" and getattr(query, one.name)
    ]


def value_said(field: str, value: object) -> str:
    """Return one value in words: schemes, regions and states by name, days as they are written."""
    if isinstance(value, date):
        return value.isoformat()
    text = str(value)
    if field == "scheme":
        return f"{words.scheme(text)} ({text})"
    if field == "region":
        region = regions.BY_CODE[text]
        return region.name_en if get_language() == "en" else region.name
    return _(words.STATES[State(text)]) if field == "state" else text


def body_names(numbers: Iterable[str]) -> dict[str, str]:
    """Return the names of bodies by approval number."""
    return dict(Body.objects.filter(approval_no__in=list(numbers)).values_list("approval_no", "name"))
