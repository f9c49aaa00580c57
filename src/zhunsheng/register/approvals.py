"""The certification bodies as a list: by name or number, by status, with how many certificates each has."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Q

from zhunsheng.register.models import Body

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.db.models import QuerySet

# A body's certificates are counted up to here (design, "Search"); more is "10,000+".
MOST_COUNTED = 10_000


@dataclass(frozen=True, slots=True)
class Listed:
    """A body with its number of certificates in whatever state; `more` when counting stopped."""

    body: Body
    certificates: int
    more: bool


def bodies_like(text: str = "", *, status: str = "") -> QuerySet[Body]:
    """Return the bodies with this part in their approval number or name, and with this status; empty means any."""
    found = Body.objects.all()
    if text:
        words = Q(approval_no__icontains=text) | Q(name__icontains=text) | Q(name_en__icontains=text)
        found = found.filter(words)
    return found.filter(status=status) if status else found


def with_counts(bodies: Iterable[Body]) -> list[Listed]:
    """Return bodies with their numbers of certificates, counted as far as MOST_COUNTED."""
    listed = []
    for body in bodies:
        n = body.certificates.order_by()[: MOST_COUNTED + 1].count()
        listed.append(Listed(body, min(n, MOST_COUNTED), n > MOST_COUNTED))
    return listed
